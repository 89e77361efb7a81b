"""Proxies for how much a runner runs to numbers: spread of pace, chasing of own bests, final
surges.
"""

from __future__ import annotations

from math import nan

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats
from trailstats.metrics.sampling import moving_mean, time_mean, valid_seconds


def coefficient_of_variation(values: ArrayLike, dt: ArrayLike = 1.0) -> float:
    """Compute the standard deviation over the mean, weighted by time.

    Parameters
    ----------
    values : array-like
        Positive series. [any unit] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]

    Returns
    -------
    float
        Coefficient. [1] NaN when nothing was recorded or the mean is not positive.

    References
    ----------
    [Definition]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> round(variability.coefficient_of_variation([9.0, 11.0]), 3)
    0.1
    """
    mean = time_mean(values, dt)
    if not mean > 0.0:
        return nan
    return float(np.sqrt(time_mean((as_floats(values) - mean) ** 2, dt))) / mean


def pace_freedom(
    speed: ArrayLike, dt: ArrayLike, *, smoothing: float = 60.0
) -> float:
    """Measure the spread of grade-adjusted speed within a run; small when the runner keeps to a
    number.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Grade-adjusted speed. [m/s] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    smoothing : float
        Window of the moving mean taken first, so that noise of the positions does not count. [s]
        Our choice.

    Returns
    -------
    float
        Coefficient of variation. [1] NaN when nothing was recorded.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> round(variability.pace_freedom([2.8] * 600 + [3.2] * 600, 1.0), 3)
    0.066
    """
    smooth = moving_mean(speed, dt, smoothing)
    # A gap that the window bridges stays out: only recorded samples carry weight.
    return coefficient_of_variation(smooth, valid_seconds(dt, speed))


def near_own_best(
    route: ArrayLike, duration: ArrayLike, *, margin: float = 0.02
) -> Floats:
    """Tell which repeats of a route come within a margin of the runner's best on it so far.

    Parameters
    ----------
    route : array-like of int, shape (n,)
        Route group of each run, in order of time. [1] Negative values belong to no route.
    duration : array-like, shape (n,)
        Moving time of each run. [s] What is not above 0, or NaN, is skipped.
    margin : float
        Distance from the earlier best that counts as chasing it. [1]

    Returns
    -------
    numpy.ndarray, shape (n,)
        1 or 0. [1] NaN for the first run of a route and for what is skipped.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> variability.near_own_best([0, 0, 0], [1800.0, 1810.0, 2000.0])
    array([nan,  1.,  0.])
    """
    group, times = np.asarray(route, dtype=np.int64), as_floats(duration)
    out = np.full(len(group), nan)
    kept = np.flatnonzero((group >= 0) & (times > 0.0))
    by_route = kept[np.argsort(group[kept], kind="stable")]
    edges = np.flatnonzero(np.diff(group[by_route])) + 1
    for rows in np.split(by_route, edges):
        best = np.minimum.accumulate(times[rows])[:-1]
        out[rows[1:]] = times[rows[1:]] <= (1.0 + margin) * best
    return out


def final_surge(
    speed: ArrayLike,
    distance_cum: ArrayLike,
    dt: ArrayLike,
    *,
    length: float = 1000.0,
) -> float:
    """Compare the speed of the last kilometre with that of the run before it.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Grade-adjusted speed. [m/s]
    distance_cum : array-like, shape (n,)
        Distance since the start. [m]
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    length : float
        Length of the end. [m]

    Returns
    -------
    float
        Ratio minus one. [1] NaN for a run shorter than twice the length. NaN samples are skipped.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import variability
    >>> speed = np.array([3.0] * 1000 + [3.3] * 304)
    >>> round(variability.final_surge(speed, np.cumsum(speed), 1.0), 2)
    0.1
    """
    d = as_floats(distance_cum)
    known = d[~np.isnan(d)]
    if known.size == 0 or known[-1] - known[0] < 2.0 * length:
        return nan
    seconds = valid_seconds(dt, speed, d)
    last = d > known[-1] - length
    before = time_mean(speed, np.where(last, 0.0, seconds))
    return (
        time_mean(speed, np.where(last, seconds, 0.0)) / before - 1.0
        if before > 0.0
        else nan
    )
