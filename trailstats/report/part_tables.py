"""Kilometres, miles, laps and best efforts of one activity as rows of text."""

from __future__ import annotations

import pandas as pd

from trailstats.report import text
from trailstats.report.run_tables import COLUMNS, TableView
from trailstats.report.units import METRES_PER_MILE, Units
from trailstats.schema import Surface

_NAMED = {
    METRES_PER_MILE: "1 mile",
    21097.5: "half marathon",
    42195.0: "marathon",
}
_MOSTLY = 0.5
"""Share of a part from which it is said to lie on one ground."""


def part_view(parts: pd.DataFrame, kind: str, units: Units) -> TableView:
    """Return the kilometres, miles or laps of a run, without the columns that hold nothing.

    Parameters
    ----------
    parts : pandas.DataFrame
        Table ``schema.PARTS``.
    kind : str
        ``"km"``, ``"mile"`` or ``"lap"``.
    units : Units
    """
    table = parts[parts["kind"] == kind]
    writers = {
        "distance": units.distance,
        "moving_time": text.duration,
        "speed": units.pace,
        "grade_adjusted_speed": units.pace,
        "ascent": units.elevation,
        "descent": units.elevation,
        "heart_rate": text.rate,
        "cadence": text.rate,
        "power": text.rate,
    }
    texts = {
        name: [text.without_unit(write(value)) for value in table[name].tolist()]
        for name, write in writers.items()
        if table[name].notna().any()
    }
    texts["index"] = [str(n + 1) for n in table["index"].tolist()]
    shares = zip(table["road_share"], table["trail_share"], strict=True)
    texts["ground"] = [_ground(*pair) for pair in shares]
    heads = {
        units.named(head): column
        for head, column in COLUMNS["parts"].items()
        if column in texts
    }
    rows = zip(*(texts[column] for column in heads.values()), strict=True)
    return TableView(tuple(heads), tuple(rows))


def _ground(road: float, trail: float) -> str:
    if trail >= _MOSTLY:
        return Surface.TRAIL.value
    return Surface.ROAD.value if road >= _MOSTLY else Surface.UNKNOWN.value


def effort_view(efforts: pd.DataFrame, units: Units) -> TableView:
    """Return the best efforts over lengths: over the ground as it was, and as if level.

    Parameters
    ----------
    efforts : pandas.DataFrame
        Table ``schema.EFFORTS``.
    units : Units
    """
    table = efforts[efforts["basis"] == "distance"]
    actual, level = (
        dict(zip(own["distance"], own["duration"], strict=True))
        for own in (table[table["ground"] == g] for g in ("actual", "level"))
    )
    rows = tuple(
        (
            length_name(length),
            text.duration(time),
            units.pace(length / time),
            units.pace(length / level[length]) if length in level else text.DASH,
        )
        for length, time in actual.items()
    )
    return TableView(("best", "time", "pace", "as if level"), rows)


def length_name(metres: float) -> str:
    """Return a usual length of races by its name."""
    known = _NAMED.get(metres)
    if known:
        return known
    return f"{metres:.0f} m" if metres < 1000.0 else f"{metres / 1000:.0f} km"
