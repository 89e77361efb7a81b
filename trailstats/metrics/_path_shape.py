"""Shape of a path on the ground: how straight it is and how much it turns."""

from __future__ import annotations

from typing import Final

import numpy as np

from trailstats.schema.arrays import ArrayLike, Floats, as_floats

_EARTH_RADIUS: Final = 6371008.8  # [m], mean radius [IUGG1980]


def local_plane(latitude: ArrayLike, longitude: ArrayLike) -> tuple[Floats, Floats]:
    """Metres east and north of the first position, for the extent of one run.

    Parameters
    ----------
    latitude, longitude : array-like, shape (n,)
        Positions. [degrees] NaN stays NaN.

    Returns
    -------
    x, y : numpy.ndarray, shape (n,)
        East and north. [m]

    References
    ----------
    [IUGG1980]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> x, y = variability.local_plane([47.0, 47.001], [11.0, 11.0])
    >>> float(y[1].round(1))
    111.2
    """
    lat, lon = np.broadcast_arrays(as_floats(latitude), as_floats(longitude))
    known = np.flatnonzero(~(np.isnan(lat) | np.isnan(lon)))
    if known.size == 0:
        return np.full(lat.shape, np.nan), np.full(lat.shape, np.nan)
    lat_0, lon_0 = float(lat[known[0]]), float(lon[known[0]])
    # The shorter way round keeps a run across the date line together.
    east = np.radians((lon - lon_0 + 180.0) % 360.0 - 180.0)
    scale = np.cos(np.radians(0.5 * (lat + lat_0)))
    return as_floats(_EARTH_RADIUS * east * scale), as_floats(
        _EARTH_RADIUS * np.radians(lat - lat_0)
    )


def _along_path(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Positions without repeats, with the distance along them."""
    east, north = np.broadcast_arrays(as_floats(x), as_floats(y))
    known = ~(np.isnan(east) | np.isnan(north))
    east, north = east[known], north[known]
    step = np.hypot(np.diff(east), np.diff(north))
    moved = np.concatenate([[True], step > 0.0])[: east.size]
    position = np.concatenate([[0.0], np.cumsum(step)])[: east.size]
    return position[moved], east[moved], north[moved]


def straightness(x: ArrayLike, y: ArrayLike, *, window: float = 50.0) -> Floats:
    """Chord over path in consecutive windows of equal length.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        Positions in a plane, see `local_plane`. [m] NaN samples are dropped.
    window : float
        Length of a window along the path. [m]

    Returns
    -------
    numpy.ndarray, shape (k,)
        One value per full window: 1 for a straight line. [1] Empty for a path shorter than a
        window.

    Raises
    ------
    ValueError
        If `window` is not positive.

    References
    ----------
    [Definition]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> variability.straightness([0.0, 50.0, 50.0], [0.0, 0.0, 50.0])
    array([1., 1.])
    """
    if not window > 0.0:
        raise ValueError(f"window must be positive, got {window}")
    position, east, north = _along_path(x, y)
    if position.size < 2:
        return np.empty(0)
    edges = np.arange(int(position[-1] / window * (1.0 + 1e-12)) + 1) * window
    chord = np.hypot(
        np.diff(np.interp(edges, position, east)),
        np.diff(np.interp(edges, position, north)),
    )
    return np.minimum(as_floats(chord / window), 1.0)


def turn_density(
    x: ArrayLike, y: ArrayLike, *, step: float = 5.0, smoothing: int = 3
) -> float:
    """Sum of the absolute changes of heading per kilometre, after resampling and smoothing.

    Below about 5 m changes of heading are noise of the positions.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        Positions in a plane, see `local_plane`. [m] NaN samples are dropped. Leave stops out.
    step : float
        Distance between resampled points. [m]
    smoothing : int
        Points of the moving mean of the positions. [1] Judgement; 1 switches it off.

    Returns
    -------
    float
        Turning: a circle of radius r gives 1000 / r. [rad/km] NaN for a path shorter than eight
        steps.

    Raises
    ------
    ValueError
        If `step` is not positive or `smoothing` is below 1.

    References
    ----------
    [GilgenAmmann2020]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import variability
    >>> turn = np.linspace(0.0, 2.0 * np.pi, 500)
    >>> round(variability.turn_density(100.0 * np.cos(turn), 100.0 * np.sin(turn)), 1)
    10.0
    """
    if not step > 0.0 or smoothing < 1:
        raise ValueError("step must be positive and smoothing at least 1")
    position, east, north = _along_path(x, y)
    if position.size < 2 or position[-1] < 8.0 * step:
        return float("nan")
    points = np.arange(0.0, position[-1], step)
    kernel = np.full(smoothing, 1.0 / smoothing)
    smooth_x = np.convolve(np.interp(points, position, east), kernel, mode="valid")
    smooth_y = np.convolve(np.interp(points, position, north), kernel, mode="valid")
    dx, dy = np.diff(smooth_x), np.diff(smooth_y)
    cross, along = (
        dx[:-1] * dy[1:] - dy[:-1] * dx[1:],
        dx[:-1] * dx[1:] + dy[:-1] * dy[1:],
    )
    # Each change of heading belongs to one step of the resampled path.
    turning = float(np.sum(np.abs(np.arctan2(cross, along))))
    return turning * 1000.0 / (int(cross.size) * step)
