"""Where a run went and on what ground, in few bytes: points along its way."""

from __future__ import annotations

from typing import Final

import numpy as np

from trailstats.arrays import Floats, as_floats
from trailstats.errors import SchemaError
from trailstats.model.results import Analysis

WAY: Final = "way"
"""Name of the block."""

SPACING: Final = 25.0
"""Distance between the points of a way [m] (our choice)."""

GROUND: Final = ("p_trail", "p_technical")

_GAP: Final = 300.0
"""Across a longer step between two positions nothing is said [m] (our choice)."""

_DEGREE: Final = 1e7
"""Parts of a degree that positions are kept in: a centimetre."""

_POINT: Final = np.dtype(
    [("latitude", "<i4"), ("longitude", "<i4"), ("ground", "<f4", len(GROUND))]
)


def pack_way(analysis: Analysis) -> bytes:
    """Return the points of an analysis's way; none where it has no positions."""
    profile, segments = analysis.held("profile"), analysis.held("segments")
    along, lat, lon = (
        as_floats(profile[name]) for name in ("distance", "latitude", "longitude")
    )
    placed = np.flatnonzero(
        np.isfinite(along) & np.isfinite(lat) & np.isfinite(lon)
    )
    if len(placed) < 2 or not len(segments):
        return b""
    along = along[placed]
    dense = np.arange(along[0], along[-1], SPACING)
    nearest = np.clip(np.searchsorted(along, dense), 0, len(placed) - 1)
    gap = np.diff(along, prepend=along[0])[nearest]
    at = np.asarray(profile["segment"])[placed[nearest]]
    at = np.clip(at, 0, len(segments) - 1)
    points = np.empty(len(dense), dtype=_POINT)
    for name, values in (("latitude", lat), ("longitude", lon)):
        degrees = np.interp(dense, along, values[placed])
        points[name] = np.round(degrees * _DEGREE)
    points["ground"] = np.stack(
        [as_floats(segments[n])[at] for n in GROUND], axis=1
    )
    return points[gap < _GAP].tobytes()


def points_near(ways: bytes, box: tuple[float, float, float, float]) -> Floats:
    """Return the points of ways in a box.

    Parameters
    ----------
    ways : bytes
        As `pack_way` gives them, one after the other.
    box : tuple of float
        South, north, west, east [deg].

    Returns
    -------
    numpy.ndarray, shape (m, 4)
        Latitude, longitude, ``p_trail`` and ``p_technical``.

    Raises
    ------
    SchemaError
        When these are no ways.
    """
    try:
        points = np.frombuffer(ways, dtype=_POINT)
    except ValueError as error:
        raise SchemaError(f"not valid ways: {error}") from error
    south, north, west, east = (round(edge * _DEGREE) for edge in box)
    lat, lon = points["latitude"], points["longitude"]
    inside = (lat > south) & (lat < north) & (lon > west) & (lon < east)
    found = points[inside]
    return np.column_stack(
        [
            found["latitude"] / _DEGREE,
            found["longitude"] / _DEGREE,
            found["ground"].astype(np.float64),
        ]
    )
