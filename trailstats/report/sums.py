"""What of one activity is added up over a period on the page: by ground, by zone, and its best
efforts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from trailstats.analysis._best_efforts import LENGTHS
from trailstats.model.results import Analysis
from trailstats.report.run_tables import zone_times
from trailstats.schema import has_ground

__all__ = ["LENGTHS", "Sums", "sums_of"]


@dataclass(frozen=True)
class Sums:
    """Numbers of one activity, NaN where one is not known.

    Attributes
    ----------
    day : str
        By the runner's clock, such as ``"2025-03-04"``; empty where no time was recorded.
    ground : tuple of float
        Distance on road, on trail and on unknown ground [m].
    moving_time, ascent, load : float
        [s], [m], [1]
    impact : tuple of float
        Impact load on road, on trail and on unknown ground [level-road m].
    zones : tuple of float
        Times in three heart-rate zones [s]; empty where one is not known.
    best : tuple of float
        Times of the best efforts over `LENGTHS` [s].
    gear : str
    outdoors : bool
        Whether it has a ground that shares are taken of.
    """

    day: str
    ground: tuple[float, ...]
    moving_time: float
    ascent: float
    load: float
    impact: tuple[float, ...]
    zones: tuple[float, ...]
    best: tuple[float, ...]
    gear: str
    outdoors: bool


def sums_of(analysis: Analysis) -> Sums:
    """Return what of an activity is added up."""
    t, meta = analysis.totals, analysis.meta

    def value(name: str) -> float:
        metric = analysis.metrics.get(name)
        return math.nan if metric is None else metric.value

    efforts = analysis.efforts
    columns = (
        efforts[name].tolist()
        for name in ("ground", "basis", "distance", "duration")
    )
    best = {
        length: time
        for ground, basis, length, time in zip(*columns, strict=True)
        if ground == "actual" and basis == "distance"
    }
    offset = meta.local_offset if math.isfinite(meta.local_offset) else 0.0
    start = meta.start_time
    whole, road, trail = (
        1000.0 * value(name)
        for name in ("impact_load", "impact_load_road", "impact_load_trail")
    )
    parts = [part if part > 0 else 0.0 for part in (road, trail)]
    rest = max(whole - sum(parts), 0.0) if whole > 0 else 0.0
    return Sums(
        day=""
        if start is None
        else f"{start + pd.Timedelta(seconds=offset):%Y-%m-%d}",
        ground=(t.road_distance, t.trail_distance, t.unknown_distance),
        moving_time=t.moving_time,
        ascent=t.ascent,
        load=value("session_load"),
        impact=(*parts, rest),
        zones=tuple(zone_times(analysis.metrics)),
        best=tuple(best.get(length, math.nan) for length in LENGTHS),
        gear=meta.gear,
        outdoors=has_ground(meta.sport, meta.sub_sport),
    )
