"""Published facts of the FIT protocol: field numbers, scales, units, names of values.

They stand in ``profile.json``, which ``tools/make_fit_profile.py`` writes from the profile table of
fitdecode (MIT licence, Copyright (c) 2018-present Jean-Charles Lefebvre), and are read when the
first FIT file is.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any, NamedTuple


class Fact(NamedTuple):
    """What is published about a field: its number, and how its value becomes one in ``unit``."""

    number: int
    name: str
    scale: float
    offset: float
    unit: str


@cache
def message_number(message: str) -> int:
    """Return the number of a message."""
    return int(_published()["messages"][message]["number"])


@cache
def fields(message: str) -> dict[str, Fact]:
    """Return the fields of a message by name."""
    published = _published()["messages"][message]["fields"]
    return {
        name: Fact(number, name, float(scale), float(offset), unit)
        for name, (number, scale, offset, unit) in published.items()
    }


@cache
def value_names(kind: str) -> dict[int, str]:
    """Return the names of an enumerated type's values."""
    values = _published()["values"][kind]
    return {int(number): name for number, name in values.items()}


@cache
def _published() -> dict[str, Any]:
    file = resources.files("trailstats.io.fit").joinpath("profile.json")
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document
