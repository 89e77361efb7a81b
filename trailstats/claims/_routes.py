"""Thinned tracks of all runs side by side: which ground is new, which routes are repeated, how runs
end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from trailstats.claims._evidence import Evidence
from trailstats.metrics.effort import STOPPED_SPEED, effort_factor
from trailstats.metrics.variety import route_cells
from trailstats.schema import Surface
from trailstats.schema.arrays import Floats, Ints

__all__ = ["cells_of_runs", "novelty", "surges"]


SPACING: Final = 25.0
"""The thinned track is filled up to points so far apart, so that no cell on the way is missed [m].
"""

MEMORY: Final = 365.0
"""Ground not run for so long counts as new [day]."""

LEARNING: Final = 56.0
"""In the first weeks all ground is new, so they are not judged [day]; judgement."""

LAST: Final = 1000.0
SHORTEST: Final = 3000.0
GENTLE: Final = 0.05
"""Ground steeper than this counts on neither side of a surge [1]; judgement."""

FEWEST_POINTS: Final = 5


def cells_of_runs(data: Evidence) -> list[Ints]:
    """Return each run's cells, empty for a run without positions."""
    names = ("row", "distance", "latitude", "longitude")
    row, along, latitude, longitude = (data.tracks[name] for name in names)
    known = np.isfinite(latitude) & np.isfinite(longitude) & np.isfinite(along)
    row, along, latitude, longitude = (
        row[known],
        along[known],
        latitude[known],
        longitude[known],
    )
    borders = np.searchsorted(row, np.arange(len(data.runs) + 1.0))
    out = []
    for first, last in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True):
        if last - first < 2:
            out.append(np.zeros(0, dtype=np.int64))
            continue
        own = along[first:last]
        every = np.arange(own[0], own[-1] + SPACING, SPACING)
        places = (np.interp(every, own, p[first:last]) for p in (latitude, longitude))
        out.append(route_cells(*places))
    return out


def novelty(data: Evidence, cells: Sequence[Ints]) -> Floats:
    """Return the share of each run's ground that was not run in the year before; NaN in the first
    eight weeks.
    """
    days = data.runs["day"].to_numpy()
    out = np.full(len(cells), np.nan)
    counts = np.array([len(c) for c in cells], dtype=np.intp)
    if not counts.any():
        return out
    flat = np.concatenate(cells)
    owner = np.repeat(np.arange(len(cells)), counts)
    # In order of cell and then time, the visit before stands in the row before.
    order = np.lexsort((owner, flat))
    again = np.append(False, np.diff(flat[order]) == 0)
    when = days[owner[order]]
    recent = again & (np.append(0.0, np.diff(when)) <= MEMORY)
    fresh = np.bincount(owner[order], weights=~recent, minlength=len(cells))
    judged = (counts > 0) & (days - days.min() >= LEARNING)
    out[judged] = fresh[judged] / counts[judged]
    return out


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
    distance, grade, speed = (
        data.tracks[name][kept] for name in ("distance", "grade", "speed")
    )
    row, place = (
        data.tracks[name][kept].astype(np.intp) for name in ("row", "segment")
    )
    segments = data.history.segments
    surface = segments["surface"]
    kinds = np.select([surface == Surface.ROAD, surface == Surface.TRAIL], [0, 1], 2)
    code = kinds[place]
    length = np.full(count, -np.inf)
    np.maximum.at(length, row, distance)
    speed = speed * effort_factor(grade)
    fair = (
        (np.abs(grade) < GENTLE)
        & ~segments["technical"].to_numpy()[place]
        & (speed > STOPPED_SPEED)
    )
    late = distance > length[row] - LAST
    held = np.bincount(
        3 * row + code, weights=fair & late, minlength=3 * count
    ).reshape(count, 3)
    same = fair & (code == held.argmax(axis=1)[row])
    means = []
    enough = length >= SHORTEST
    for part in (late, ~late):
        here = same & part
        points = np.bincount(row[here], minlength=count)
        sums = np.bincount(row[here], weights=speed[here], minlength=count)
        enough &= points >= FEWEST_POINTS
        means.append(sums / np.maximum(points, 1))
    return np.where(
        enough, means[0] / np.where(means[1] > 0, means[1], 1.0) - 1.0, np.nan
    )
