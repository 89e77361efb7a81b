"""The commands' arguments and options, as ``options.toml`` declares them: flags and help."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import typer

_DECLARED: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    resources.files("trailstats.cli").joinpath("options.toml").read_text("utf-8")
)


def option(name: str) -> Any:  # noqa: ANN401  # as typer types it
    """Return the option declared under a name."""
    declared = dict(_DECLARED["option"][name])
    return typer.Option(*declared.pop("flags", ()), **declared)


def argument(name: str) -> Any:  # noqa: ANN401  # as typer types it
    """Return the argument declared under a name."""
    return typer.Argument(**_DECLARED["argument"][name])
