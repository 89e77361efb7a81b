"""Shape of a path on the ground: how straight it is and how much it turns."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import ArrayLike, Floats
from trailstats.geo import heading, resample_path, turning


def straightness(x: ArrayLike, y: ArrayLike, *, window: float = 50.0) -> Floats:
    """Compare chord with path in consecutive windows of equal length.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        Positions in a plane, see `trailstats.geo.local_xy`. [m] NaN samples are dropped.
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
    # A hair shorter, so that a path of just so many windows holds the last of them.
    spacing = window * (1.0 - 1e-12)
    plane_x, plane_y = np.broadcast_arrays(x, y)
    _, east, north = resample_path(plane_x, plane_y, spacing=spacing)
    chord = np.hypot(np.diff(east), np.diff(north))
    return np.minimum(chord / window, 1.0)


def turn_density(
    x: ArrayLike, y: ArrayLike, *, step: float = 5.0, smoothing: int = 3
) -> float:
    """Sum the absolute changes of heading per kilometre, after resampling and smoothing.

    Below about 5 m changes of heading are noise of the positions.

    Parameters
    ----------
    x, y : array-like, shape (n,)
        Positions in a plane, see `trailstats.geo.local_xy`. [m] NaN samples are dropped.
        Leave stops out.
    step : float
        Distance between resampled points. [m]
    smoothing : int
        Points of the moving mean of the positions. [1] Our choice; 1 switches it off.

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
    plane_x, plane_y = np.broadcast_arrays(x, y)
    points, east, north = resample_path(plane_x, plane_y, spacing=step)
    if points.size <= 8:
        return float("nan")
    kernel = np.full(smoothing, 1.0 / smoothing)
    smooth_x, smooth_y = (
        np.convolve(position, kernel, mode="valid") for position in (east, north)
    )
    turns = turning(heading(smooth_x, smooth_y))
    # Each change of heading belongs to one step of the resampled path.
    return float(np.sum(np.abs(turns))) * 1000.0 / (turns.size * step)
