"""Positions as arrays: distances, local coordinates, headings and turning."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trailstats.arrays import Floats

__all__ = [
    "EARTH_RADIUS",
    "heading",
    "local_xy",
    "resample_path",
    "step_lengths",
    "turning",
]


EARTH_RADIUS = 6_371_008.8
"""Mean radius of the Earth [m], (2a + b)/3 of [WGS84]_."""


def step_lengths(latitude: ArrayLike, longitude: ArrayLike) -> Floats:
    """Return the great-circle distance of each position from the known one before it.

    Parameters
    ----------
    latitude, longitude : array-like, shape (n,)
        WGS 84 [deg]; NaN where there is no position.

    Returns
    -------
    numpy.ndarray, shape (n,)
        [m]; 0 for the first position and wherever there is none: the next known one bridges the
        gap.

    Notes
    -----
    Haversine on a sphere, within 0.5 % of the ellipsoid; heights don't enter: this is map distance.
    """
    lat = np.radians(np.asarray(latitude, float))
    lon = np.radians(np.asarray(longitude, float))
    out = np.zeros(len(lat))
    known = np.flatnonzero(~np.isnan(lat) & ~np.isnan(lon))
    if len(known) < 2:
        return out
    lat, lon = lat[known], lon[known]
    shrink = np.cos(lat[1:]) * np.cos(lat[:-1])
    h = np.sin(np.diff(lat) / 2) ** 2 + shrink * np.sin(np.diff(lon) / 2) ** 2
    out[known[1:]] = 2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(h, 1.0)))
    return out


def local_xy(latitude: ArrayLike, longitude: ArrayLike) -> tuple[Floats, Floats]:
    """Return positions on a plane that touches the globe at their median.

    Parameters
    ----------
    latitude, longitude : array-like, shape (n,)
        WGS 84 [deg]; NaN stays NaN.

    Returns
    -------
    x, y : numpy.ndarray, shape (n,)
        East and north of the median [m]. Equirectangular: within 0.1 % over 50 km away from the
        poles.
    """
    lat, lon = np.asarray(latitude, float), np.asarray(longitude, float)
    if not np.isfinite(lat).any():
        return np.full(lat.shape, np.nan), np.full(lon.shape, np.nan)
    lat0 = float(np.nanmedian(lat))
    # The shorter arc from the first position, so that a track across the date line stays in one
    # piece.
    east = (lon - lon[np.isfinite(lon)][0] + 180.0) % 360.0 - 180.0
    east = east - np.nanmedian(east)
    x = np.radians(east) * np.cos(np.radians(lat0)) * EARTH_RADIUS
    return x, np.radians(lat - lat0) * EARTH_RADIUS


def resample_path(
    x: ArrayLike, y: ArrayLike, spacing: float
) -> tuple[Floats, Floats, Floats]:
    """Return a path at equal distances along itself, so that shape does not depend on the sampling
    rate.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        [m]; points with NaN are left out.
    spacing : float
        [m]

    Returns
    -------
    along, x, y : numpy.ndarray, shape (m,)
        Distance along the path [m] and the points there; empty when the path is shorter than
        ``spacing``.
    """
    east, north = np.asarray(x, float), np.asarray(y, float)
    known = ~np.isnan(east) & ~np.isnan(north)
    east, north = east[known], north[known]
    if len(east) < 2:
        return np.empty(0), np.empty(0), np.empty(0)
    steps = np.hypot(np.diff(east), np.diff(north))
    length = np.append(0.0, np.cumsum(steps))
    along = np.arange(0.0, length[-1], spacing)
    if len(along) < 2:
        return np.empty(0), np.empty(0), np.empty(0)
    return along, np.interp(along, length, east), np.interp(along, length, north)


def heading(x: ArrayLike, y: ArrayLike) -> Floats:
    """Return the direction of each step of a path.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        [m]

    Returns
    -------
    numpy.ndarray, shape (n - 1,)
        Counter-clockwise from east [rad].
    """
    return np.arctan2(np.diff(y), np.diff(x))


def turning(headings: ArrayLike) -> Floats:
    """Return the change of direction between successive headings.

    Parameters
    ----------
    headings : array-like, shape (n,)
        [rad]

    Returns
    -------
    numpy.ndarray, shape (n - 1,)
        In (-pi, pi], counter-clockwise positive [rad].
    """
    change = np.diff(headings)
    return np.pi - (np.pi - change) % (2 * np.pi)
