"""Effort of a grade: energy curves, grade-adjusted speed with its spread over models, and energy.

Grade-adjusted speed is the level speed of equal effort. It is computed per sample and aggregated
afterwards, because the curves bend: the factor of a mean grade is not the mean factor.
"""

from __future__ import annotations

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_flags, as_floats
from trailstats.metrics._curves import (
    GRADE_RANGE,
    EffortCurve,
    cost_factor,
    effort_factor,
    effort_factor_range,
    heart_rate_factor,
    race_factor,
    running_cost,
    slope_distance_factor,
    walking_cost,
)
from trailstats.metrics._distance_lost import longest_way_factor
from trailstats.metrics._energy import (
    HIKING_GRADE,
    PANDOLF_TERRAIN,
    STOPPED_SPEED,
    energy,
    energy_polynomial,
    hike_share,
    hiking_level_speed,
    is_walking,
    pandolf_power,
    running_power,
    walking_power,
)
from trailstats.metrics._even_ground import (
    EvenGroundCurve,
    Footing,
    even_ground_distance,
    even_ground_speed,
    population_even_ground,
)
from trailstats.metrics._even_ground_fit import (
    HeartRateStretches,
    fit_even_ground,
    heart_rate_gain,
)
from trailstats.metrics.sampling import moving_mean, time_mean, valid_seconds

__all__ = [
    "GRADE_RANGE",
    "HIKING_GRADE",
    "PANDOLF_TERRAIN",
    "STOPPED_SPEED",
    "EffortCurve",
    "EvenGroundCurve",
    "Footing",
    "HeartRateStretches",
    "cost_factor",
    "effort_factor",
    "effort_factor_range",
    "energy",
    "energy_polynomial",
    "even_ground_distance",
    "even_ground_speed",
    "fit_even_ground",
    "grade_adjusted_speed",
    "grade_adjusted_speed_range",
    "heart_rate_factor",
    "heart_rate_gain",
    "hike_share",
    "hiking_level_speed",
    "is_walking",
    "longest_way_factor",
    "mean_grade_adjusted_speed",
    "normalised_speed",
    "pandolf_power",
    "population_even_ground",
    "race_factor",
    "running_cost",
    "running_power",
    "slope_distance_factor",
    "variability_index",
    "walking_cost",
    "walking_power",
]


def grade_adjusted_speed(
    speed: ArrayLike,
    grade: ArrayLike,
    *,
    curve: EffortCurve = EffortCurve.RACE,
    walking: ArrayLike = False,
) -> Floats:
    """Compute the level speed of equal effort, per sample.

    What is hiked counts by the cost of walking: by the race curve where it climbs at `HIKING_GRADE`
    or more, by energy cost on any grade. A walk on the level between runs doesn't bring the heart
    rate down to its cost, so there the race curve is kept (docs/effort.md). The curve of equal
    heart rate is kept throughout: it is of recordings, hiked ones included.

    Parameters
    ----------
    speed : array-like
        Speed. [m/s]
    grade : array-like
        Rise over run. [1] See `GRADE_RANGE`.
    curve : EffortCurve
        Which model of equal effort.
    walking : array-like of bool, optional
        Whether each sample is hiked. [1]

    Returns
    -------
    numpy.ndarray
        Grade-adjusted speed. [m/s] Equal to `speed` where the grade is 0 and it is run, NaN where
        an input is NaN.

    References
    ----------
    [Kay2012]_, [Minetti2002]_, [Looney2019]_, [Robb2017]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.grade_adjusted_speed([3.0, 2.0], [0.0, 0.1]).round(3)
    array([3.   , 3.031])
    """
    level = as_floats(speed) * effort_factor(grade, curve=curve)
    hiked = as_flags(walking)
    if curve is EffortCurve.HEART_RATE or not hiked.any():
        return level
    if curve is EffortCurve.RACE:
        hiked = hiked & (np.nan_to_num(as_floats(grade)) >= HIKING_GRADE)
    return np.where(hiked, hiking_level_speed(speed, grade), level)


def grade_adjusted_speed_range(
    speed: ArrayLike, grade: ArrayLike, *, walking: ArrayLike = False
) -> tuple[Floats, Floats]:
    """Find the lowest and highest grade-adjusted speed over models, vendors and gaits.

    Parameters
    ----------
    speed : array-like
        Speed. [m/s]
    grade : array-like
        Rise over run. [1]
    walking : array-like of bool, optional
        Whether each sample is hiked: the range then holds the cost of walking, too. [1]

    Returns
    -------
    low, high : numpy.ndarray
        Bounds per sample. [m/s] NaN where an input is NaN. A structural range, not a confidence
        interval.

    References
    ----------
    [Kay2012]_, [Minetti2002]_, [Looney2019]_, [Robb2017]_, [VendorFields]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> low, high = effort.grade_adjusted_speed_range(3.0, -0.1)
    >>> float(low.round(2)), float(high.round(2))
    (1.79, 2.7)
    """
    low, high = (as_floats(speed) * f for f in effort_factor_range(grade))
    cost = np.where(as_flags(walking), hiking_level_speed(speed, grade), low)
    return np.minimum(low, cost), np.maximum(high, cost)


def mean_grade_adjusted_speed(
    speed: ArrayLike,
    grade: ArrayLike,
    dt: ArrayLike,
    *,
    curve: EffortCurve = EffortCurve.RACE,
    walking: ArrayLike = False,
) -> float:
    """Average the grade-adjusted speed over time.

    Parameters
    ----------
    speed : array-like
        Speed. [m/s]
    grade : array-like
        Rise over run. [1]
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    curve : EffortCurve
        Which model of equal effort.
    walking : array-like of bool, optional
        Whether each sample is hiked. [1]

    Returns
    -------
    float
        Mean grade-adjusted speed. [m/s] Samples with a NaN are skipped; NaN when nothing was
        recorded.

    References
    ----------
    [Kay2012]_, [Minetti2002]_, [Robb2017]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> round(effort.mean_grade_adjusted_speed([3.0, 2.0], [0.0, 0.1], 1.0), 3)
    3.016
    """
    level = grade_adjusted_speed(speed, grade, curve=curve, walking=walking)
    return time_mean(level, dt)


def normalised_speed(
    speed: ArrayLike,
    dt: ArrayLike,
    *,
    smoothing: float = 30.0,
    exponent: float = 4.0,
) -> float:
    """Compute the power mean of a speed that counts hard stretches more than easy ones.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Speed, as a rule grade-adjusted. [m/s]
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    smoothing : float
        Window of the moving mean taken first. [s] Our choice; 0 switches it off.
    exponent : float
        Exponent of the mean. [1] 4 by practice, as for cycling power.

    Returns
    -------
    float
        Normalised speed, at least the mean of the smoothed speed. [m/s] NaN samples are skipped;
        NaN when nothing was recorded.

    References
    ----------
    [Skiba2006]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> round(effort.normalised_speed([2.0] * 600 + [4.0] * 600, 1.0), 2)
    3.41
    """
    smooth = moving_mean(np.maximum(as_floats(speed), 0.0), dt, smoothing)
    # A gap that the window bridges stays out: only recorded samples carry weight.
    seconds = valid_seconds(dt, speed)
    return float(time_mean(smooth**exponent, seconds) ** (1.0 / exponent))


def variability_index(
    speed: ArrayLike, dt: ArrayLike, *, smoothing: float = 30.0
) -> float:
    """Divide normalised speed by mean speed: 1 for an even run, more for a varied one.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Speed, as a rule grade-adjusted. [m/s]
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    smoothing : float
        Window of the moving mean taken first. [s] Our choice.

    Returns
    -------
    float
        Index. [1] NaN when nothing was recorded or the mean is 0.

    References
    ----------
    [Skiba2006]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> round(effort.variability_index([3.0] * 600, 1.0), 3)
    1.0
    """
    mean = time_mean(speed, dt)
    return (
        normalised_speed(speed, dt, smoothing=smoothing) / mean
        if mean > 0.0
        else float("nan")
    )
