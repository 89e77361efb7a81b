"""Thinned tracks of all runs side by side: which ground is new, which routes are repeated, how runs
end.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from trailstats.arrays import Floats
from trailstats.claims._evidence import Evidence
from trailstats.metrics.effort import STOPPED_SPEED, effort_factor
from trailstats.metrics.variety import route_novelty
from trailstats.schema import Surface

MEMORY: Final = 365.0
"""Ground not run for so long counts as new [day]."""

LEARNING: Final = 56.0
"""In the first weeks all ground is new, so they are not judged [day] (our choice)."""

LAST: Final = 1000.0
SHORTEST: Final = 3000.0
GENTLE: Final = 0.05
"""Ground steeper than this counts on neither side of a surge [1] (our choice)."""

FEWEST_POINTS: Final = 5


def novelty(data: Evidence) -> Floats:
    """Return the share of each run's ground that was not run in the year before; NaN in the first
    eight weeks.
    """
    days = data.runs["day"].to_numpy()
    share = route_novelty(data.cells, days, memory=MEMORY)
    return np.where(days - days.min(initial=np.inf) >= LEARNING, share, np.nan)


def surges(data: Evidence) -> Floats:
    """Return the speed of each run's last kilometre over that before on the same ground, less one.

    Ground is what the last kilometre mostly is, road or trail and not technical; of the run before
    only such ground counts. So a road that leads home from the trails is no surge. NaN for runs
    shorter than three kilometres.
    """
    count = len(data.runs)
    kept = data.tracks["segment"] >= 0
    if not kept.any():
        return np.full(count, np.nan)
    row = data.tracks["row"][kept].astype(np.intp)
    distance = data.tracks["distance"][kept]
    grade = data.tracks["grade"][kept]
    speed = data.tracks["speed"][kept] * effort_factor(grade)
    segment = data.tracks["segment"][kept].astype(np.intp)
    segments = data.history.segments
    surface = segments["surface"]
    kinds = np.select(
        [surface == Surface.ROAD, surface == Surface.TRAIL], [0, 1], 2
    )
    code = kinds[segment]
    technical = segments["technical"].to_numpy(dtype=np.bool_)[segment]
    fair = (np.abs(grade) < GENTLE) & ~technical & (speed > STOPPED_SPEED)
    length = np.full(count, -np.inf)
    np.maximum.at(length, row, distance)
    late = distance > length[row] - LAST
    held = np.bincount(3 * row + code, weights=fair & late, minlength=3 * count)
    same = fair & (code == held.reshape(count, 3).argmax(axis=1)[row])
    means = []
    enough = length >= SHORTEST
    for part in (late, ~late):
        here = same & part
        points = np.bincount(row[here], minlength=count)
        sums = np.bincount(row[here], weights=speed[here], minlength=count)
        enough &= points >= FEWEST_POINTS
        means.append(sums / np.maximum(points, 1))
    last, before = means
    return np.where(
        enough, last / np.where(before > 0, before, 1.0) - 1.0, np.nan
    )
