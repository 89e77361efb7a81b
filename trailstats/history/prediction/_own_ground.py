"""The ground of a way from the runner's own recordings of it."""

from __future__ import annotations

from typing import Final

import numpy as np
import scipy.spatial

from trailstats.arrays import Floats, Ints
from trailstats.geo import local_xy
from trailstats.history import History
from trailstats.history._stored import ways_of
from trailstats.history._ways import GROUND, points_near

NEAR: Final = 30.0
"""Distance within which a recording was on the same way [m] (our choice: twice the error of a
receiver under trees).
"""

NEIGHBOURS: Final = 8
"""Points of recordings whose mean tells the ground of a place (our choice)."""

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
    read = history.activities.index[history.activities["status"] == "ok"]
    wanted = np.flatnonzero(read.isin(history.runs.index))
    ways = ways_of(history.analyses)
    box = (
        float(np.nanmin(latitude)) - _MARGIN,
        float(np.nanmax(latitude)) + _MARGIN,
        float(np.nanmin(longitude)) - _MARGIN,
        float(np.nanmax(longitude)) + _MARGIN,
    )
    points = points_near([ways[number] for number in wanted], box)
    return ground_of_points(points, latitude, longitude)


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
    tree = scipy.spatial.cKDTree(places[n:])
    away, which = tree.query(places[:n], k=NEIGHBOURS, distance_upper_bound=NEAR)
    return {
        name: _mean_of(points[:, 2 + k], np.isfinite(away), np.asarray(which))
        for k, name in enumerate(GROUND)
    }


def _mean_of(values: Floats, near: np.ndarray, which: Ints) -> Floats:
    """Return the mean of the values that are near; NaN where none is."""
    held = np.append(values, np.nan)[np.where(near, which, len(values))]
    known = np.isfinite(held)
    count = known.sum(axis=1)
    total = np.where(known, held, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
