"""Load of one session from heart rate, pace or perceived effort."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats
from trailstats.metrics._heart_rate_anchors import heart_rate_reserve_fraction
from trailstats.metrics._zones import time_in_zones
from trailstats.metrics.sampling import time_mean, valid_seconds


class Sex(StrEnum):
    """Which of the two published curves of blood lactate against heart rate applies."""

    MALE = "male"
    FEMALE = "female"


class TrimpVariant(StrEnum):
    """Convention for the factor in front of Banister's curve for women."""

    SEX_SPECIFIC = "sex_specific"
    """0.86 for women, 0.64 for men. The default."""
    COMMON_FACTOR = "common_factor"
    """0.64 for both, as some calculators have it."""


_MEN: Final = (0.64, 1.92)  # [Banister1991]
_WOMEN: Final = (0.86, 1.67)  # [Banister1991]


def trimp_weight(
    fraction: ArrayLike, sex: Sex | None, variant: TrimpVariant
) -> Floats:
    """Weigh a minute by its share of heart-rate reserve."""
    x = as_floats(fraction)
    men = _MEN[0] * x * np.exp(_MEN[1] * x)
    factor = _WOMEN[0] if variant == TrimpVariant.SEX_SPECIFIC else _MEN[0]
    women = factor * x * np.exp(_WOMEN[1] * x)
    if sex is None:
        return as_floats(0.5 * (men + women))
    return as_floats(women if sex == Sex.FEMALE else men)


def banister_trimp(
    hr: ArrayLike,
    dt: ArrayLike,
    *,
    rest: float,
    maximum: float,
    sex: Sex | None = None,
    variant: TrimpVariant = TrimpVariant.SEX_SPECIFIC,
) -> float:
    """Compute the training impulse: minutes weighted by heart-rate reserve and its exponential.

    Summed over samples, because the curve bends upwards: the value of a mean heart rate is too low.

    Parameters
    ----------
    hr : array-like
        Heart rate. [bpm] NaN is skipped, so scale by coverage where much is missing.
    dt : array-like
        Seconds that each sample stands for. [s]
    rest : float
        Resting heart rate. [bpm]
    maximum : float
        Maximum heart rate. [bpm]
    sex : Sex, optional
        Which curve. None takes the mean of both (our choice).
    variant : TrimpVariant
        Convention for women.

    Returns
    -------
    float
        Training impulse. [1] At most 4.37 (men) or 4.57 (women) a minute. NaN when nothing was
        recorded.

    Raises
    ------
    ValueError
        If `maximum` is not above `rest`.

    References
    ----------
    [Banister1991]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> round(load.banister_trimp(130.0, 1800.0, rest=40.0, maximum=200.0, sex=load.Sex.MALE), 4)
    31.8025
    """
    fraction = heart_rate_reserve_fraction(hr, rest, maximum)
    seconds = valid_seconds(dt, fraction)
    return (
        time_mean(trimp_weight(fraction, sex, variant), dt)
        * float(np.sum(seconds))
        / 60.0
    )


def edwards_trimp(hr: ArrayLike, dt: ArrayLike, *, maximum: float) -> float:
    """Sum the minutes in five zones of maximum heart rate, weighted 1 to 5.

    The zones part at 50, 60, 70, 80 and 90 %.

    Parameters
    ----------
    hr : array-like
        Heart rate. [bpm] NaN is skipped; below 50 % counts nothing, above 100 % counts as the
        highest zone.
    dt : array-like
        Seconds that each sample stands for. [s]
    maximum : float
        Maximum heart rate. [bpm]

    Returns
    -------
    float
        Load. [1] NaN when nothing was recorded.

    References
    ----------
    [Edwards1993]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.edwards_trimp([125.0, 185.0], 60.0, maximum=190.0)
    7.0
    """
    minutes = (
        time_in_zones(hr, dt, maximum * as_floats([0.5, 0.6, 0.7, 0.8, 0.9]))
        / 60.0
    )
    return float(minutes @ np.arange(6.0))


def lucia_trimp(hr: ArrayLike, dt: ArrayLike, *, bounds: ArrayLike) -> float:
    """Sum the minutes in three zones between the two thresholds, weighted 1, 2 and 3.

    Parameters
    ----------
    hr : array-like
        Heart rate. [bpm] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]
    bounds : array-like, shape (2,)
        First and second threshold, see `three_zone_bounds`. [bpm]

    Returns
    -------
    float
        Load. [1] NaN when nothing was recorded.

    Raises
    ------
    ValueError
        If there are not two rising bounds.

    References
    ----------
    [Lucia2003]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.lucia_trimp([140.0, 160.0, 180.0], 600.0, bounds=[150.0, 170.0])
    60.0
    """
    edges = as_floats(bounds)
    if edges.shape != (2,):
        raise ValueError(f"expected two thresholds, got {edges.size}")
    return float(time_in_zones(hr, dt, edges) / 60.0 @ as_floats([1.0, 2.0, 3.0]))


def session_rpe_load(rating: float, duration: float) -> float:
    """Multiply the rating of perceived exertion by minutes.

    Parameters
    ----------
    rating : float
        Rating on the scale from 0 to 10. [1]
    duration : float
        Duration of the session. [s]

    Returns
    -------
    float
        Load. [1] NaN when an input is NaN.

    Raises
    ------
    ValueError
        If the rating lies outside 0 to 10.

    References
    ----------
    [Foster2001]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.session_rpe_load(6.0, 3600.0)
    360.0
    """
    if rating < 0.0 or rating > 10.0:
        raise ValueError(f"the rating must lie between 0 and 10, got {rating}")
    return rating * duration / 60.0


def pace_load(speed: ArrayLike, dt: ArrayLike, threshold_speed: float) -> float:
    """Compute the load from grade-adjusted speed: 100 for an hour at threshold speed.

    For one session use the normalised speed of the session as a single sample; given samples, the
    square is averaged over them.

    Parameters
    ----------
    speed : array-like
        Grade-adjusted speed, normalised or per sample. [m/s] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    threshold_speed : float
        Level speed that can be held for about an hour. [m/s]

    Returns
    -------
    float
        Load. [1] NaN when nothing was recorded.

    Raises
    ------
    ValueError
        If `threshold_speed` is not positive.

    References
    ----------
    [Skiba2006]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> round(load.pace_load(1000.0 / 300.0, 1800.0, 1000.0 / 270.0), 2)
    40.5
    """
    if threshold_speed <= 0.0:
        raise ValueError(
            f"threshold_speed must be positive, got {threshold_speed}"
        )
    ratio = as_floats(speed) / threshold_speed
    return (
        100.0
        * time_mean(ratio**2, dt)
        * float(np.sum(valid_seconds(dt, ratio)))
        / 3600.0
    )


def heart_rate_ratio_load(
    hr: ArrayLike, dt: ArrayLike, *, threshold: float
) -> float:
    """Compute the load by the square of heart rate over threshold heart rate: 100 for an hour at
    threshold.

    Parameters
    ----------
    hr : array-like
        Heart rate. [bpm] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]
    threshold : float
        Heart rate at the lactate threshold. [bpm]

    Returns
    -------
    float
        Load. [1] NaN when nothing was recorded.

    Raises
    ------
    ValueError
        If `threshold` is not positive.

    References
    ----------
    [HeartRateLoad]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.heart_rate_ratio_load(160.0, 3600.0, threshold=160.0)
    100.0
    """
    return pace_load(hr, dt, threshold)


def heart_rate_reserve_load(
    hr: ArrayLike,
    dt: ArrayLike,
    *,
    rest: float,
    maximum: float,
    threshold_fraction: float,
) -> float:
    """Compute the load by the square of heart-rate reserve over its threshold value: 100 for an
    hour at threshold.

    Parameters
    ----------
    hr : array-like
        Heart rate. [bpm] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]
    rest : float
        Resting heart rate. [bpm]
    maximum : float
        Maximum heart rate. [bpm]
    threshold_fraction : float
        Share of the reserve at threshold. [1]

    Returns
    -------
    float
        Load. [1] NaN when nothing was recorded.

    Raises
    ------
    ValueError
        If `maximum` is not above `rest` or the threshold is not positive.

    References
    ----------
    [HeartRateLoad]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> two_hours = load.heart_rate_reserve_load(
    ...     155.0, 7200.0, rest=45.0, maximum=185.0, threshold_fraction=0.83
    ... )
    >>> round(two_hours, 3)
    179.227
    """
    return pace_load(
        heart_rate_reserve_fraction(hr, rest, maximum), dt, threshold_fraction
    )
