"""The ground of a way from the runner's own recordings of it."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.spatial

from trailstats.arrays import Flags, Floats, Ints
from trailstats.geo import local_xy
from trailstats.history import History
from trailstats.history._code import code_fingerprint
from trailstats.history._stored import StoredAnalyses, ways_of
from trailstats.history._ways import GROUND, WAY, points_near
from trailstats.model.fingerprint import fingerprint

NEAR: Final = 30.0
"""Distance within which a recording was on the same way [m] (our choice: twice the error of a
receiver under trees).
"""

NEIGHBOURS: Final = 8
"""Points of recordings whose mean tells the ground of a place (our choice)."""

_MOST_CELLS: Final = 1e6
"""Cells of the grid in which neighbours are looked for (our choice)."""

_MARGIN: Final = 0.01
"""Degrees around a way in which points of recordings are looked at: about a kilometre."""


def own_ground(
    history: History, latitude: Floats, longitude: Floats
) -> dict[str, Floats]:
    """Return the ground at places, from runs that came by.

    Parameters
    ----------
    history : History
    latitude, longitude : numpy.ndarray, shape (n,)
        WGS 84 [deg].

    Returns
    -------
    dict of str to numpy.ndarray, shape (n,)
        ``p_trail`` and ``p_technical`` [1]; NaN where no recording is within `NEAR`.
    """
    box = (
        float(np.nanmin(latitude)) - _MARGIN,
        float(np.nanmax(latitude)) + _MARGIN,
        float(np.nanmin(longitude)) - _MARGIN,
        float(np.nanmax(longitude)) + _MARGIN,
    )
    points = points_near(_ways_of_runs(history), box)
    return ground_of_points(points, latitude, longitude)


def _ways_of_runs(history: History) -> bytes:
    """Return the points of all runs, from one block where it is kept."""
    read = history.activities.index[history.activities["status"] == "ok"]
    wanted = read.isin(history.runs.index)
    analyses, basis = history.analyses, ""
    if isinstance(analyses, StoredAnalyses):
        basis = fingerprint((wanted.tobytes(), code_fingerprint()))
        kept = analyses.made_of_all(WAY, basis)
        if kept is not None:
            return kept
    ways = ways_of(analyses)
    joined = b"".join(ways[number] for number in np.flatnonzero(wanted))
    if isinstance(analyses, StoredAnalyses):
        analyses.keep_of_all(WAY, basis, joined)
    return joined


def ground_of_points(
    points: Floats, latitude: Floats, longitude: Floats
) -> dict[str, Floats]:
    """Return the ground at places from points: latitude, longitude, ``p_trail`` and
    ``p_technical``, shape (m, 4).
    """
    placed = np.isfinite(latitude) & np.isfinite(longitude)
    if not placed.all():
        part = ground_of_points(points, latitude[placed], longitude[placed])
        out = {name: np.full(len(latitude), np.nan) for name in GROUND}
        for name, values in part.items():
            out[name][placed] = values
        return out
    points = points[np.isfinite(points[:, :2]).all(axis=1)]
    if not len(points) or not len(latitude):
        return {name: np.full(len(latitude), np.nan) for name in GROUND}
    n = len(latitude)
    x, y = local_xy(
        np.append(latitude, points[:, 0]), np.append(longitude, points[:, 1])
    )
    places = np.stack([x, y], axis=-1)
    kept = np.flatnonzero(_beside(places[n:], places[:n]))
    # Not balanced: half the time to build, and it is asked once.
    tree = scipy.spatial.cKDTree(
        places[n:][kept], balanced_tree=False, compact_nodes=False
    )
    away, which = tree.query(places[:n], k=NEIGHBOURS, distance_upper_bound=NEAR)
    ground = points[kept, 2:]
    return {
        name: _mean_of(ground[:, k], np.isfinite(away), np.asarray(which))
        for k, name in enumerate(GROUND)
    }


def _beside(points: Floats, places: Floats) -> Flags:
    """Return which points are near enough to any place to matter: those in cells of a grid that
    hold one, and in cells beside these.
    """
    low = places.min(axis=0)
    extent = places.max(axis=0) - low
    side = max(2.0 * NEAR, float(np.sqrt(np.prod(extent + 1.0) / _MOST_CELLS)))
    # Three cells more than places need: one before them, and two behind.
    grid = np.zeros(np.floor(extent / side).astype(np.int64) + 4, dtype=bool)
    at = np.floor((places - low) / side).astype(np.int64) + 1
    for east in (-1, 0, 1):
        for north in (-1, 0, 1):
            grid[at[:, 0] + east, at[:, 1] + north] = True
    cell = np.floor((points - low) / side) + 1.0
    inside = ((cell >= 0) & (cell < grid.shape)).all(axis=1)
    found = np.zeros(len(points), dtype=bool)
    number = cell[inside].astype(np.int64)
    found[inside] = grid[number[:, 0], number[:, 1]]
    return found


def _mean_of(values: Floats, near: np.ndarray, which: Ints) -> Floats:
    """Return the mean of the values that are near; NaN where none is."""
    held = np.append(values, np.nan)[np.where(near, which, len(values))]
    known = np.isfinite(held)
    count = known.sum(axis=1)
    total = np.where(known, held, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
