"""Kilometres, miles, laps and best efforts of one activity as rows of text."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_floats
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
    inside = parts["kind"].to_numpy(dtype=object) == kind
    if not inside.any():
        return TableView((), ())

    def column(name: str) -> Floats:
        return as_floats(parts[name].to_numpy()[inside])

    writers = {
        "distance": units.distance,
        "moving_time": text.duration,
        "speed": units.pace,
        "grade_adjusted_speed": units.level_pace,
        "ascent": units.elevation,
        "descent": units.elevation,
        "heart_rate": text.rate,
        "cadence": text.rate,
        "power": text.rate,
    }
    texts = {
        name: [text.without_unit(write(value)) for value in values.tolist()]
        for name, write in writers.items()
        if np.isfinite(values := column(name)).any()
    }
    if units.by_hour:
        texts.pop("grade_adjusted_speed", None)
    texts["index"] = [str(int(n) + 1) for n in column("index")]
    shares = zip(
        column("road_share").tolist(),
        column("trail_share").tolist(),
        strict=True,
    )
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
    columns = (
        efforts[name].tolist()
        for name in ("basis", "ground", "distance", "duration")
    )
    found: dict[str, dict[float, float]] = {"actual": {}, "level": {}}
    for basis, ground, length, time in zip(*columns, strict=True):
        if basis == "distance":
            found[ground][length] = time
    actual, level = found["actual"], found["level"]
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
