"""Best efforts of a run, over the ground as it was and as if level, and the race performance they
imply.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.analysis._samples import Samples
from trailstats.analysis._wrapping import NO_SPEED, found, missing
from trailstats.metrics import performance
from trailstats.model.results import Metric

LENGTHS = (
    400.0,
    800.0,
    1000.0,
    1609.344,
    3000.0,
    5000.0,
    10000.0,
    21097.5,
    42195.0,
)
"""Lengths of best efforts [m]."""

TIMES = (60.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0)
"""Times of best efforts [s]."""

SHORTEST, LONGEST = 210.0, 14400.0
"""Durations over which a race performance is implied [s] [DanielsGilbert1979]_."""

HIGHEST = 90.0
"""Uptake above which it was no running, such as a ride without a sport [ml/kg/min] (our choice): no
runner has it.
"""


def effort_table(samples: Samples) -> pd.DataFrame:
    """Return the best efforts: table ``schema.EFFORTS``; without a row for what the run was too
    short for.
    """
    s = samples
    if not s.on_foot or not s.has_distance:
        return schema.EFFORTS.empty()
    parts = {"actual": s.distance}
    if s.has_elevation:
        parts["level"] = np.cumsum(np.nan_to_num(s.level_speed) * s.time)
    columns: dict[str, list[object]] = {
        name: []
        for name in ("ground", "basis", "distance", "duration", "start_offset")
    }
    for ground, distance in parts.items():
        by_distance = performance.best_efforts_by_distance(
            distance, s.clock, LENGTHS
        )
        by_time = performance.best_efforts_by_time(distance, s.clock, TIMES)
        for basis, best in (("distance", by_distance), ("time", by_time)):
            kept = ~np.isnan(best.start_time)
            size = int(kept.sum())
            columns["ground"] += [ground] * size
            columns["basis"] += [basis] * size
            columns["distance"] += best.distance[kept].tolist()
            columns["duration"] += best.duration[kept].tolist()
            columns["start_offset"] += best.start_time[kept].tolist()
    return schema.EFFORTS.frame(columns)


def implied_performance(
    samples: Samples, efforts: pd.DataFrame
) -> dict[str, Metric]:
    """Return what the best efforts imply, at least, of the runner's race performance."""
    s = samples
    if not s.on_foot or not s.has_distance:
        return missing("not on foot" if s.has_distance else NO_SPEED, "vdot")
    ground, basis = (
        efforts[name].to_numpy(dtype=object) for name in ("ground", "basis")
    )
    distance, duration = (
        efforts["distance"].to_numpy(),
        efforts["duration"].to_numpy(),
    )
    level = ground == ("level" if s.has_elevation else "actual")
    raced = (
        level
        & (basis == "distance")
        & (duration >= SHORTEST)
        & (duration <= LONGEST)
    )
    if not raced.any():
        return missing(
            "no stretch of 3.5 minutes to 4 hours over a race distance", "vdot"
        )
    uptake = performance.vdot(distance[raced], duration[raced])
    best = int(np.argmax(uptake))
    if uptake[best] > HIGHEST:
        return missing("faster than any runner: perhaps not on foot", "vdot")
    return found(
        "vdot",
        float(uptake[best]),
        f"implied by the best {distance[raced][best]:.0f} "
        f"m{' as if level' if s.has_elevation else ''}; "
        "as high as the runner could go only if that was all out",
        float(duration[raced][best]) / max(s.time.sum(), 1.0),
    )
