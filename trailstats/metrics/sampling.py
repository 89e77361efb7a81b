"""Time weights of a sampled series: coverage, means, quantiles, moving means and runs of samples.

Every formula that adds over a recording takes `dt`, the seconds that each sample stands for. A
pause has ``dt = 0``. A missing or negative `dt` counts as zero, so a bad clock never adds time.
"""

from __future__ import annotations

from math import nan

import numpy as np

from trailstats.arrays import (
    ArrayLike,
    Flags,
    Floats,
    Ints,
    as_flags,
    as_floats,
    broadcast_floats,
    sum_up_to,
)

__all__ = [
    "WARM_UP",
    "moving_mean",
    "recorded_share",
    "time_mean",
    "time_quantile",
    "true_runs",
    "valid_seconds",
]

WARM_UP = 600.0
"""Time at the start in which the heart rate is still rising (our choice). [s]"""


def valid_seconds(dt: ArrayLike, *values: ArrayLike) -> Floats:
    """Return the seconds of each sample, zero where a value or the duration is missing.

    Parameters
    ----------
    dt : array-like
        Seconds that each sample stands for. [s]
    *values : array-like
        Series that must all be recorded, each broadcastable with `dt`. [any unit]

    Returns
    -------
    numpy.ndarray
        Non-negative seconds, of the broadcast shape. [s] NaN in any input gives 0.

    Examples
    --------
    >>> from trailstats.metrics import sampling
    >>> sampling.valid_seconds([1.0, 2.0, -1.0], [5.0, float('nan'), 5.0])
    array([1., 0., 0.])
    """
    # Of a number and NaN, fmax takes the number.
    seconds = as_floats(np.fmax(as_floats(dt), 0.0))
    for value in values:
        seconds = np.where(np.isnan(as_floats(value)), 0.0, seconds)
    return seconds


def recorded_share(dt: ArrayLike, *values: ArrayLike) -> float:
    """Compute the share of the time in which all of the values are recorded (the coverage of an
    aggregate).

    Parameters
    ----------
    dt : array-like
        Seconds that each sample stands for. [s]
    *values : array-like
        Series that must all be recorded. [any unit]

    Returns
    -------
    float
        Share from 0 to 1. [1] NaN when `dt` adds up to zero.

    Examples
    --------
    >>> from trailstats.metrics import sampling
    >>> sampling.recorded_share([1.0, 3.0], [5.0, float('nan')])
    0.25
    """
    seconds = broadcast_floats(dt, *values)[0]
    total = float(np.sum(valid_seconds(seconds)))
    if total == 0.0:
        return nan
    return float(np.sum(valid_seconds(dt, *values))) / total


def time_mean(values: ArrayLike, dt: ArrayLike) -> float:
    """Average a sampled series over time.

    Parameters
    ----------
    values : array-like
        Sampled series. [any unit] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]

    Returns
    -------
    float
        Mean, in the unit of `values`. NaN when nothing was recorded.

    Examples
    --------
    >>> from trailstats.metrics import sampling
    >>> sampling.time_mean([1.0, 3.0], [3.0, 1.0])
    1.5
    """
    series = as_floats(values)
    seconds = valid_seconds(dt, series)
    total = float(np.sum(seconds))
    if total == 0.0:
        return nan
    return float(np.sum(np.where(seconds > 0.0, series, 0.0) * seconds)) / total


def time_quantile(values: ArrayLike, dt: ArrayLike, quantile: float) -> float:
    """Find the value that is not exceeded for the given share of the time.

    Parameters
    ----------
    values : array-like
        Sampled series. [any unit] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]
    quantile : float
        Share of the time, from 0 to 1. [1]

    Returns
    -------
    float
        The smallest recorded value whose cumulated time reaches the share. NaN when nothing was
        recorded.

    Raises
    ------
    ValueError
        If `quantile` is outside 0 to 1.

    Examples
    --------
    >>> from trailstats.metrics import sampling
    >>> sampling.time_quantile([1.0, 2.0, 3.0], [1.0, 1.0, 2.0], 0.5)
    2.0
    """
    if not 0.0 <= quantile <= 1.0:
        raise ValueError(f"quantile must lie between 0 and 1, got {quantile}")
    series, seconds = np.broadcast_arrays(
        as_floats(values), valid_seconds(dt, values)
    )
    kept = seconds > 0.0
    if not np.any(kept):
        return nan
    order = np.argsort(series[kept], kind="stable")
    ordered, cumulated = series[kept][order], np.cumsum(seconds[kept][order])
    # A hair below the target, so that rounding in the cumulated sum cannot skip a value.
    position = np.searchsorted(
        cumulated, quantile * cumulated[-1] * (1.0 - 1e-12)
    )
    return float(ordered[min(int(position), ordered.size - 1)])


def moving_mean(values: ArrayLike, dt: ArrayLike, window: float) -> Floats:
    """Average over a centred window of time around the middle of each sample.

    The mean is taken from the running integral, so it costs the same for every window length and
    does not depend on the sampling rate.

    Parameters
    ----------
    values : array-like, shape (n,)
        Sampled series. [any unit] NaN is skipped within the window.
    dt : array-like, shape (n,)
        Seconds that each sample stands for. [s]
    window : float
        Length of the window. [s] Zero or less returns the series unchanged.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Moving mean, in the unit of `values`. NaN where the window holds nothing recorded.

    Examples
    --------
    >>> from trailstats.metrics import sampling
    >>> sampling.moving_mean([1.0, 2.0, 3.0], 1.0, 3.0)
    array([1.5, 2. , 2.5])
    """
    series = as_floats(values)
    if window <= 0.0 or series.size == 0:
        return series.copy()
    clock = sum_up_to(np.broadcast_to(valid_seconds(dt), series.shape))
    seconds = valid_seconds(dt, series)
    recorded = sum_up_to(seconds)
    integral = sum_up_to(np.where(seconds > 0.0, series, 0.0) * seconds)
    middle = 0.5 * (clock[:-1] + clock[1:])
    low, high = middle - 0.5 * window, middle + 0.5 * window
    # A pause repeats a position of the clock, but with the same sums, so interpolation cannot go
    # wrong there.
    weight = np.interp(high, clock, recorded) - np.interp(low, clock, recorded)
    total = np.interp(high, clock, integral) - np.interp(low, clock, integral)
    result = np.full(series.shape, np.nan)
    np.divide(total, weight, out=result, where=weight > 1e-9)
    return result


def true_runs(mask: ArrayLike) -> tuple[Ints, Ints]:
    """Find the first and one-past-last index of every unbroken run of true values.

    Parameters
    ----------
    mask : array-like of bool, shape (n,)
        Condition per sample. [1] NaN must have been decided before.

    Returns
    -------
    start, stop : numpy.ndarray of int
        Indices such that ``mask[start:stop]`` is true throughout. [1]

    Examples
    --------
    >>> from trailstats.metrics import sampling
    >>> sampling.true_runs([False, True, True, False])
    (array([1]), array([3]))
    """
    flags: Flags = as_flags(mask)
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    start, stop = (np.flatnonzero(edges == step) for step in (1, -1))
    return start.astype(np.int64), stop.astype(np.int64)
