"""The files that stand beside the report's modules: styles, scripts, the template, texts."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any


@functools.cache
def packaged(name: str) -> str:
    """Return the text of a file."""
    file = resources.files("trailstats.report").joinpath(name)
    return file.read_text(encoding="utf-8")


def packaged_tables(name: str) -> dict[str, dict[str, Any]]:
    """Return the tables of a TOML file."""
    return tomllib.loads(packaged(name))
