"""Training load: of one session, and of sessions over days and weeks.

A series of daily loads has one value per calendar day, 0 on a day of rest. A day whose load is
unknown (NaN) counts as 0 in running averages, because a filter would otherwise never recover; check
the number of unknown days before.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import accumulate
from math import nan

import numpy as np

from trailstats.arrays import (
    ArrayLike,
    Floats,
    as_floats,
    divide_by_positive,
    sum_up_to,
)
from trailstats.metrics._session_load import (
    LoadMethod,
    SessionLoad,
    SessionLoadRules,
    session_load,
)
from trailstats.metrics._session_spike import (
    SPIKE_BANDS,
    SPIKE_DAYS,
    session_spike,
    spike_band,
)
from trailstats.metrics._trimp import (
    Sex,
    TrimpVariant,
    banister_trimp,
    edwards_trimp,
    heart_rate_ratio_load,
    heart_rate_reserve_load,
    lucia_trimp,
    pace_load,
    session_rpe_load,
)
from trailstats.metrics.sampling import true_runs

__all__ = [
    "SPIKE_BANDS",
    "SPIKE_DAYS",
    "LoadConvention",
    "LoadMethod",
    "SessionLoad",
    "SessionLoadRules",
    "Sex",
    "TrimpVariant",
    "acute_chronic_ratio",
    "banister_trimp",
    "edwards_trimp",
    "ewma",
    "exponential_load",
    "heart_rate_ratio_load",
    "heart_rate_reserve_load",
    "longest_unbroken_days",
    "lucia_trimp",
    "monotony",
    "pace_load",
    "rolling_total",
    "session_load",
    "session_rpe_load",
    "session_spike",
    "spike_band",
    "strain",
    "training_stress_balance",
]


class LoadConvention(StrEnum):
    """How a time constant becomes the weight of today's load."""

    EXPONENTIAL = "exponential"
    """``1 - exp(-1 / days)``. The default."""
    RECIPROCAL = "reciprocal"
    """``1 / days``."""


def _running_average(daily: ArrayLike, weight: float, initial: float) -> Floats:
    loads = np.nan_to_num(as_floats(daily)).tolist()
    kept = 1.0 - weight
    # A loop: some thousand days take less time than importing a library's filter.
    averages = accumulate(
        loads, lambda mean, load: weight * load + kept * mean, initial=initial
    )
    return as_floats(list(averages)[1:])


def exponential_load(
    daily: ArrayLike,
    time_constant: float,
    *,
    convention: LoadConvention = LoadConvention.EXPONENTIAL,
    initial: float = 0.0,
) -> Floats:
    """Compute the exponentially weighted mean of daily load, by time constant.

    42 days give the chronic load (fitness), 7 days the acute load (fatigue).

    Parameters
    ----------
    daily : array-like, shape (n,)
        Load per day, 0 on a day of rest. [load] NaN counts as 0.
    time_constant : float
        Time constant. [d]
    convention : LoadConvention
        How it becomes the weight of today.
    initial : float
        Average before the first day. [load] From 0 the first weeks are too low.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Average at the end of each day. [load]

    Raises
    ------
    ValueError
        If `time_constant` is not positive, or below 1 by the reciprocal convention.

    References
    ----------
    [Banister1991]_, [Williams2017]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> round(float(load.exponential_load([100.0] * 42, 42)[-1]), 4)
    63.2121
    """
    if not time_constant > 0.0:
        raise ValueError(f"time_constant must be positive, got {time_constant}")
    if convention == LoadConvention.EXPONENTIAL:
        return _running_average(
            daily, -float(np.expm1(-1.0 / time_constant)), initial
        )
    if time_constant < 1.0:
        raise ValueError(
            f"time_constant must be at least a day by this convention, got {time_constant}"
        )
    return _running_average(daily, 1.0 / time_constant, initial)


def ewma(
    daily: ArrayLike, span: float, *, initial: float | None = None
) -> Floats:
    """Compute the exponentially weighted moving average of daily load, by span.

    Parameters
    ----------
    daily : array-like, shape (n,)
        Load per day, 0 on a day of rest. [load] NaN counts as 0.
    span : float
        Span; the weight of today is ``2 / (span + 1)``. [d]
    initial : float, optional
        Average before the first day. [load] None starts at the first day's load.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Average at the end of each day. [load]

    Raises
    ------
    ValueError
        If `span` is below 1.

    References
    ----------
    [Williams2017]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.ewma([100.0, 0.0], 7, initial=0.0)
    array([25.  , 18.75])
    """
    if not span >= 1.0:
        raise ValueError(f"span must be at least one day, got {span}")
    loads = np.nan_to_num(as_floats(daily))
    before = (
        initial if initial is not None else float(loads[0]) if loads.size else 0.0
    )
    return _running_average(loads, 2.0 / (span + 1.0), before)


def training_stress_balance(chronic: ArrayLike, acute: ArrayLike) -> Floats:
    """Compute form: yesterday's chronic load minus yesterday's acute load.

    Parameters
    ----------
    chronic : array-like, shape (n,)
        Chronic load at the end of each day. [load]
    acute : array-like, shape (n,)
        Acute load at the end of each day. [load]

    Returns
    -------
    numpy.ndarray, shape (n,)
        Balance at the start of each day. [load] NaN on the first day.

    References
    ----------
    [Banister1991]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.training_stress_balance([50.0, 52.0], [40.0, 60.0])
    array([nan, 10.])
    """
    balance = np.full(
        np.broadcast_shapes(np.shape(chronic), np.shape(acute)), np.nan
    )
    balance[1:] = (as_floats(chronic) - as_floats(acute))[:-1]
    return balance


def monotony(week: ArrayLike, *, population: bool = False) -> float:
    """Divide the mean daily load by its standard deviation.

    Parameters
    ----------
    week : array-like, shape (7,)
        Load per day, 0 on a day of rest. [load]
    population : bool
        Divide by the number of days instead of one less; the sources do not say which. [1]

    Returns
    -------
    float
        Monotony. [1] NaN when all days are equal (it has no value then), or a day is NaN.

    References
    ----------
    [Foster1998]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> round(load.monotony([600, 200, 400, 500, 100, 650, 0]), 4)
    1.3817
    """
    loads = as_floats(week)
    if loads.size < 2:
        return nan
    mean = float(np.mean(loads))
    std = float(np.std(loads, ddof=0 if population else 1))
    # Equal days leave a standard deviation of rounding size, not exactly zero.
    return mean / std if std > 1e-9 * abs(mean) else nan


def strain(week: ArrayLike, *, population: bool = False) -> float:
    """Sum of the week's load times its monotony.

    Parameters
    ----------
    week : array-like, shape (7,)
        Load per day, 0 on a day of rest. [load]
    population : bool
        As in `monotony`. [1]

    Returns
    -------
    float
        Strain. [load] NaN when all days are equal, or a day is NaN.

    References
    ----------
    [Foster1998]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> round(load.strain([600, 200, 400, 500, 100, 650, 0]), 1)
    3385.2
    """
    return float(np.sum(as_floats(week))) * monotony(week, population=population)


def rolling_total(daily: ArrayLike, days: int) -> Floats:
    """Sum over the last days, today included.

    Parameters
    ----------
    daily : array-like, shape (n,)
        Amount per day. [any unit] NaN counts as 0.
    days : int
        Length of the window. [d]

    Returns
    -------
    numpy.ndarray, shape (n,)
        Sum, in the unit of `daily`. NaN on days before the first full window.

    Raises
    ------
    ValueError
        If `days` is below 1.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.rolling_total([1.0, 2.0, 3.0], 2)
    array([nan,  3.,  5.])
    """
    if days < 1:
        raise ValueError(f"days must be at least 1, got {days}")
    amounts = np.nan_to_num(as_floats(daily))
    sums = sum_up_to(amounts)
    result = np.full(amounts.shape, np.nan)
    if amounts.size >= days:
        result[days - 1 :] = sums[days:] - sums[:-days]
    return result


def acute_chronic_ratio(
    daily: ArrayLike, *, acute_days: int = 7, chronic_days: int = 28
) -> Floats:
    """Divide the mean daily load of the last week by that of the last four weeks.

    Replacing the chronic part by random values keeps its relation with injury, so it carries no
    warning on its own.

    Parameters
    ----------
    daily : array-like, shape (n,)
        Load per day, 0 on a day of rest. [load] NaN counts as 0.
    acute_days : int
        Length of the short window. [d]
    chronic_days : int
        Length of the long window, the short one included. [d]

    Returns
    -------
    numpy.ndarray, shape (n,)
        Ratio. [1] NaN before the first full long window and where the long window holds no load.

    Raises
    ------
    ValueError
        If a window is shorter than a day.

    References
    ----------
    [Impellizzeri2020]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> round(float(load.acute_chronic_ratio([50.0] * 21 + [100.0] * 7)[-1]), 2)
    1.6
    """
    acute = rolling_total(daily, acute_days) / acute_days
    chronic = rolling_total(daily, chronic_days) / chronic_days
    # Cancellation in the running sum leaves dust where the window is empty.
    largest = float(np.max(np.nan_to_num(as_floats(daily)), initial=1e-12))
    return divide_by_positive(
        acute, np.where(chronic > 1e-9 * largest, chronic, np.nan)
    )


def longest_unbroken_days(daily: ArrayLike, *, gap: int = 7) -> int:
    """Find the longest stretch of days without an interruption, a proxy for tolerated training.

    Parameters
    ----------
    daily : array-like, shape (n,)
        Amount per day, 0 on a day of rest. [any unit] NaN counts as rest.
    gap : int
        Days of rest in a row that make an interruption, whose cause is unknown. [d]

    Returns
    -------
    int
        Days from the first to the last training day of the longest stretch. [d] 0 without training.

    Raises
    ------
    ValueError
        If `gap` is below 1.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.longest_unbroken_days([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])
    3
    """
    if gap < 1:
        raise ValueError(f"gap must be at least 1, got {gap}")
    active = np.flatnonzero(np.nan_to_num(as_floats(daily)) > 0.0)
    if active.size == 0:
        return 0
    # Two training days n apart have n - 1 days of rest between them.
    start, stop = true_runs(np.diff(active) <= gap)
    return int(np.max(active[stop] - active[start] + 1, initial=1))
