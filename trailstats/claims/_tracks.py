"""What claims want of each activity's thinned track, made once and kept: which ground it covers,
and how it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from trailstats.arrays import Floats, Ints, as_floats, as_indices
from trailstats.history._chunks import Joined
from trailstats.history._code import code_fingerprint
from trailstats.history._made import made_of
from trailstats.history._stored import joined_columns
from trailstats.metrics.effort import STOPPED_SPEED, effort_factor
from trailstats.metrics.variety import route_cells
from trailstats.model.results import Analysis
from trailstats.schema import PROFILE, SEGMENTS, Surface

SPACING: Final = 25.0
"""The thinned track is filled up to points so far apart, so that no cell along it is missed [m].
"""

LAST: Final = 1000.0
SHORTEST: Final = 3000.0
GENTLE: Final = 0.05
"""Ground steeper than this counts on neither side of a surge [1] (our choice)."""

FEWEST_POINTS: Final = 5

_MAKING: Final = ("claims/_tracks.py",)
"""Modules that this follows from besides those that measure."""


def cells_of_analyses(analyses: Sequence[Analysis]) -> list[Ints]:
    """Return the cells of the map that each analysis covers, none for one without positions."""
    columns, counts = _made(analyses, "cells of some", _cells)
    return np.split(columns["cell"].astype(np.int64), np.cumsum(counts)[:-1])


def surges_of_analyses(analyses: Sequence[Analysis]) -> Floats:
    """Return the speed of each analysis's last kilometre over that before on the same ground, less
    one.

    Ground is what the last kilometre mostly is, road or trail and not technical; of the run before
    only such ground counts. So a road that leads home from the trails is no surge. NaN for less
    than three kilometres.
    """
    columns, _ = _made(analyses, "surges of some", _surges)
    return as_floats(columns["surge"])


def _made(
    analyses: Sequence[Analysis],
    name: str,
    make: Callable[[Sequence[Analysis]], Joined],
) -> Joined:
    return made_of(analyses, name, code_fingerprint(_MAKING), make)


def _cells(analyses: Sequence[Analysis]) -> Joined:
    names = ("distance", "latitude", "longitude")
    columns, counts = joined_columns(analyses, PROFILE, names)
    points = np.column_stack([as_floats(columns[name]) for name in names])
    cells = []
    for track in np.split(points, np.cumsum(counts)[:-1]):
        known = track[np.isfinite(track).all(axis=1)]
        if len(known) < 2:
            cells.append(np.zeros(0, dtype=np.int64))
            continue
        along, latitude, longitude = known.T
        every = np.arange(along[0], along[-1] + SPACING, SPACING)
        filled = [np.interp(every, along, p) for p in (latitude, longitude)]
        cells.append(route_cells(*filled))
    sizes = np.array([len(own) for own in cells], dtype=np.int64)
    joined = np.concatenate([np.zeros(0, dtype=np.int64), *cells])
    return {"cell": joined}, sizes


def _surges(analyses: Sequence[Analysis]) -> Joined:
    names = ("distance", "grade", "speed", "segment")
    track, points = joined_columns(analyses, PROFILE, names)
    segments, held = joined_columns(analyses, SEGMENTS, ("surface", "technical"))
    count = len(points)
    row = np.repeat(np.arange(count), points)
    # An analysis's own segments are counted from 0 and lie together.
    index = as_floats(track["segment"])
    first = np.cumsum(held) - held
    known = (index >= 0) & (index < held[row])
    row = row[known]
    segment = as_indices(index[known]) + first[row]
    distance, grade, speed = (
        as_floats(track[name])[known] for name in ("distance", "grade", "speed")
    )
    speed = speed * effort_factor(grade)
    surface = segments["surface"]
    kinds = np.select(
        [surface == Surface.ROAD, surface == Surface.TRAIL], [0, 1], 2
    )
    code = kinds[segment]
    technical = segments["technical"].astype(np.bool_)[segment]
    fair = (np.abs(grade) < GENTLE) & ~technical & (speed > STOPPED_SPEED)
    length = np.full(count, -np.inf)
    np.maximum.at(length, row, distance)
    late = distance > length[row] - LAST
    votes = np.bincount(3 * row + code, weights=fair & late, minlength=3 * count)
    same = fair & (code == votes.reshape(count, 3).argmax(axis=1)[row])
    means = []
    enough = length >= SHORTEST
    for part in (late, ~late):
        here = same & part
        seen = np.bincount(row[here], minlength=count)
        sums = np.bincount(row[here], weights=speed[here], minlength=count)
        enough &= seen >= FEWEST_POINTS
        means.append(sums / np.maximum(seen, 1))
    last, before = means
    surge = np.where(
        enough, last / np.where(before > 0, before, 1.0) - 1.0, np.nan
    )
    return {"surge": surge}, np.ones(count, dtype=np.int64)
