"""The ground of a way from the runner's own recordings of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import scipy.spatial

from trailstats import schema
from trailstats.arrays import Floats, Ints, as_floats
from trailstats.geo import local_xy
from trailstats.history import History

NEAR: Final = 30.0
"""Distance within which a recording was on the same way [m] (our choice: twice the error of a
receiver under trees).
"""

SPACING: Final = 25.0
"""Distance between the points of a recording that are compared [m] (our choice)."""

NEIGHBOURS: Final = 8
"""Points of recordings whose mean tells the ground of a place (our choice)."""

_GROUND: Final = ("p_trail", "p_technical")


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
    nothing = np.full(len(latitude), np.nan)
    found = [
        block for block in _points(history, latitude, longitude) if len(block)
    ]
    if not found:
        return dict.fromkeys(_GROUND, nothing)
    return ground_of_points(np.concatenate(found), latitude, longitude)


def ground_of_points(
    points: Floats, latitude: Floats, longitude: Floats
) -> dict[str, Floats]:
    """Return the ground at places from points: latitude, longitude, ``p_trail`` and
    ``p_technical``, shape (m, 4).
    """
    placed = np.isfinite(latitude) & np.isfinite(longitude)
    if not placed.all():
        part = ground_of_points(points, latitude[placed], longitude[placed])
        out = {name: np.full(len(latitude), np.nan) for name in _GROUND}
        for name, values in part.items():
            out[name][placed] = values
        return out
    points = points[np.isfinite(points[:, :2]).all(axis=1)]
    if not len(points) or not len(latitude):
        return {name: np.full(len(latitude), np.nan) for name in _GROUND}
    n = len(latitude)
    x, y = local_xy(
        np.append(latitude, points[:, 0]), np.append(longitude, points[:, 1])
    )
    places = np.stack([x, y], axis=-1)
    tree = scipy.spatial.cKDTree(places[n:])
    away, which = tree.query(places[:n], k=NEIGHBOURS, distance_upper_bound=NEAR)
    return {
        name: _mean_of(points[:, 2 + k], np.isfinite(away), np.asarray(which))
        for k, name in enumerate(_GROUND)
    }


def _mean_of(values: Floats, near: np.ndarray, which: Ints) -> Floats:
    """Return the mean of the values that are near; NaN where none is."""
    held = np.append(values, np.nan)[np.where(near, which, len(values))]
    known = np.isfinite(held)
    count = known.sum(axis=1)
    total = np.where(known, held, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _points(
    history: History, latitude: Floats, longitude: Floats
) -> Iterator[Floats]:
    """Yield the points of each run in the box of some places: latitude, longitude, ground."""
    margin = 0.01  # about a kilometre
    south, north = np.nanmin(latitude) - margin, np.nanmax(latitude) + margin
    west, east = np.nanmin(longitude) - margin, np.nanmax(longitude) + margin
    read = history.activities.index[history.activities["status"] == "ok"]
    wanted = read.isin(history.runs.index)
    tables = zip(
        wanted,
        history.tables(schema.PROFILE),
        history.tables(schema.SEGMENTS),
        strict=True,
    )
    for is_run, profile, segments in tables:
        if not is_run or not len(segments):
            continue
        lat, lon, along = (
            as_floats(profile[name])
            for name in ("latitude", "longitude", "distance")
        )
        inside = (lat > south) & (lat < north) & (lon > west) & (lon < east)
        if inside.sum() < 2:
            continue
        rows = np.flatnonzero(inside)
        at = np.clip(profile["segment"].to_numpy()[rows], 0, len(segments) - 1)
        ground = as_floats(segments[list(_GROUND)])[at]
        dense = np.arange(along[rows[0]], along[rows[-1]], SPACING)
        nearest = np.clip(np.searchsorted(along[rows], dense), 0, len(rows) - 1)
        # Across a gap the line between two points was not run.
        gap = np.diff(along[rows], prepend=along[rows[0]])
        kept = gap[nearest] < 300.0
        yield np.column_stack(
            [
                np.interp(dense, along[rows], lat[rows]),
                np.interp(dense, along[rows], lon[rows]),
                ground[nearest],
            ]
        )[kept]
