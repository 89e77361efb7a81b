"""How answers hold numbers and texts: rounded, with units, and what came from files marked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import pandas as pd

from trailstats.schema import Table
from trailstats.schema.documents import plain

Json: TypeAlias = dict[str, Any]

DIGITS = 5
"""Significant digits of the numbers (our choice): a metre in 100 km is beyond any recording."""

LONGEST_TEXT = 80
"""Characters that are shown of a text from a file."""

BYTES = 2000
"""Size of an answer unless more is asked for."""


def value_of(value: object) -> object:
    """Return a single value as JSON has it, numbers rounded."""
    value = plain(value)
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return value


def recorded_text(text: str) -> Json:
    """Return a text that stands in a file, or is its name: marked as data, without control
    characters, cut where it is long.
    """
    shown = "".join(c if c.isprintable() else " " for c in str(text))
    if len(shown) > LONGEST_TEXT:
        shown = shown[: LONGEST_TEXT - 1] + "…"
    return {"recorded_text": shown}


def units_of(table: Table, names: Iterable[str]) -> dict[str, str]:
    """Return the units of those columns that have one."""
    units = {column.name: column.unit for column in table}
    return {name: units[name] for name in names if units.get(name)}


def row_of(row: Mapping[Any, Any], names: Iterable[str]) -> Json:
    """Return some columns of a row of a table."""
    return {name: value_of(row[name]) for name in names}


def size_of(answer: Json) -> int:
    """Return how many bytes an answer takes as text."""
    return len(as_text(answer).encode())


def as_text(answer: Json) -> str:
    """Return an answer as the text that stands beside its structure."""
    return json.dumps(
        answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )


def page(
    head: Json, key: str, items: list[Json], asked: Mapping[str, Any]
) -> Json:
    """Return an answer with as many items as are asked for and fit, and where to go on.

    Parameters
    ----------
    head : dict
        The rest of the answer.
    key : str
        What the items are called in it.
    items : list
    asked : mapping
        ``cursor``, ``limit`` and ``bytes``.
    """
    begin = min(int(asked["cursor"]), len(items))
    most = int(asked["bytes"])
    shown: list[Json] = []
    answer = head | {key: shown, "total": len(items), "next_cursor": None}
    left = most - size_of(answer | {"next_cursor": 100_000})
    for item in items[begin : begin + int(asked["limit"])]:
        left -= size_of(item) + 1
        if left < 0 and shown:
            break
        shown.append(item)
    end = begin + len(shown)
    answer["next_cursor"] = end if end < len(items) else None
    return answer


def shortened(answer: Json, most: int, *keys: str) -> Json:
    """Return an answer without the last entries of some of its lists, in the order of the keys,
    until it fits; how many were left out stands beside them.
    """
    kept = {key: list(answer[key]) for key in keys}
    left_out = 0
    for items in kept.values():
        while items and size_of(answer | kept | {"left_out": left_out}) > most:
            items.pop()
            left_out += 1
    return answer | kept | {"left_out": left_out}


def day(time: pd.Timestamp | None) -> str | None:
    """Return the day of a time."""
    return None if time is None or pd.isna(time) else f"{time:%Y-%m-%d}"
