"""What `claims --explain` prints for a person: the way runs were dropped, and what figures rest on,
by date, name and unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from trailstats.cli._console import note, print_rows
from trailstats.history import History
from trailstats.report import text
from trailstats.report.units import Units, display_unit

if TYPE_CHECKING:
    from trailstats.claims.wording import PartWords

MOST_ROWS = 20
"""Rows that are shown of each figure; the rest is in --json (our choice)."""

_RUNS = ("trail", "road", "file")
_VALUES = ("value", "trail_value", "road_value")
_WORDS = {
    "trail": "trail run",
    "road": "road run",
    "file": "run",
    "trail_value": "on trail",
    "road_value": "on road",
    "weight": "counts for",
    "days_apart": "days apart",
    "p_trail_trail": "trail run's share of trail",
    "p_trail_road": "road run's",
}


def print_explained(
    history: History, rests: pd.DataFrame, runs: pd.DataFrame, units: Units
) -> None:
    """Print how runs were dropped step by step, and what each figure rests on.

    Parameters
    ----------
    history : History
    rests, runs : pandas.DataFrame
        From `trailstats.claims.explain` and `trailstats.claims.explain_runs`.
    units : Units
    """
    _print_ways(runs)
    names = _names(history)
    for part, own in rests.groupby("part", sort=False):
        _print_part(str(part), own, names, units)
    note("--json has every run with its step, and every row.")


def _print_ways(runs: pd.DataFrame) -> None:
    """Print the way from all runs to those that count, once for figures with the same."""
    ways: dict[tuple[tuple[str, int], ...], list[str]] = {}
    for part, own in runs.groupby("part", sort=False):
        counts = own["step"].value_counts(sort=False)
        dropped = {s: n for s, n in counts.items() if s != "used"}
        ways.setdefault(
            tuple((str(s), int(n)) for s, n in dropped.items()), []
        ).append(str(part))
    for way, parts in ways.items():
        note(f"{'; '.join(map(_title, parts))}:")
        left = int((runs["part"] == parts[0]).sum())
        note(f"  {text.counted(left, 'run')}")
        for step, count in way:
            left -= count
            note(f"  {text.MINUS}{count}: {step}; {left} left")
        note(f"  {text.counted(left, 'run')} used")


def _print_part(
    part: str, own: pd.DataFrame, names: Mapping[str, str], units: Units
) -> None:
    from trailstats.claims.wording import claim_wording

    note("")
    note(_title(part))
    words = claim_wording().parts.get(part)
    columns = own.drop(columns="part").dropna(axis="columns", how="all")
    shown = columns.head(MOST_ROWS)
    print_rows(
        [_WORDS.get(c, c.replace("_", " ")) for c in shown.columns],
        [
            [
                _cell(value, str(name), names, units, words)
                for name, value in zip(shown.columns, row, strict=True)
            ]
            for row in shown.itertuples(index=False)
        ],
        unbroken=("difference",),
    )
    if more := len(columns) - len(shown):
        note(f"... and {more} more")


def _title(part: str) -> str:
    """Return what a figure is of: its statement, or its name."""
    from trailstats.claims.wording import claim_wording

    wording = claim_wording()
    if part in wording.parts:
        return wording.parts[part].statement.rstrip(".")
    if part in wording.rules:
        return wording.rules[part].statement.rstrip(".")
    return part.replace("_", " ")


def _names(history: History) -> dict[str, str]:
    """Return each source's date and name."""
    table = history.activities
    return {
        file: f"{text.date(start, offset)[:10]} {name}".rstrip()
        for file, start, offset, name in zip(
            table["file"],
            table["start_time"],
            table["local_offset"],
            table["name"],
            strict=True,
        )
    }


def _cell(
    value: object,
    column: str,
    names: Mapping[str, str],
    units: Units,
    words: PartWords | None,
) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if column in _RUNS:
        return names.get(str(value), str(value))
    if column == "runs" and isinstance(value, str):
        listed = [names.get(file, file) for file in value.split(", ") if file]
        return "\n".join(listed[:3] + ["..."] * (len(listed) > 3))
    if not isinstance(value, int | float):
        return units.measured_text(str(value))
    if column == "weight" or "share" in column or "p_trail" in column:
        return text.percent(value)
    if column == "days_apart":
        return f"{value:.0f}"
    unit = display_unit(words.unit, words.metric) if words else "1"
    if column in _VALUES:
        return units.number(value, unit)
    if column == "difference":
        return units.difference(value, unit, word=words.each if words else "")
    if column.startswith("heart_rate"):
        return units.number(value, "bpm")
    if "speed" in column:
        return units.pace(value)
    return f"{value:.3g}"
