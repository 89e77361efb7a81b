"""Climb and descent doses: eccentric work downhill, strength stimulus uphill."""

from __future__ import annotations

from math import nan
from typing import Final

import numpy as np

from trailstats.arrays import (
    ArrayLike,
    Floats,
    as_flags,
    as_floats,
    broadcast_floats,
    sum_up_to,
)
from trailstats.metrics._spring_mass import GRAVITY
from trailstats.metrics.sampling import true_runs, valid_seconds

DESCENT_BANDS: Final = (-0.05, -0.10, -0.15)
"""Grades that part the descent dose: gentler than -5 %, -5 to -10 %, -10 to -15 %, steeper than
-15 % (our choice).
"""


def descent_dose(elevation_change: ArrayLike) -> float:
    """Compute the work of gravity over all descents, a proxy for eccentric muscle load.

    Parameters
    ----------
    elevation_change : array-like
        Change of the smoothed elevation per sample. [m]

    Returns
    -------
    float
        Dose per kilogram of body mass. [J/kg] NaN samples are skipped; NaN when nothing was
        recorded.

    References
    ----------
    [Bontemps2020]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> round(impact.descent_dose([-60.0, 20.0, -40.0]), 1)
    981.0
    """
    return GRAVITY * _downward_sum(-as_floats(elevation_change))


def positive_work_dose(elevation_change: ArrayLike) -> float:
    """Compute the work against gravity over all climbs, a proxy for the strength stimulus.

    Parameters
    ----------
    elevation_change : array-like
        Change of the smoothed elevation per sample. [m]

    Returns
    -------
    float
        Dose per kilogram of body mass. [J/kg] NaN samples are skipped; NaN when nothing was
        recorded.

    References
    ----------
    [Barnes2013]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> round(impact.positive_work_dose([60.0, -20.0]), 1)
    588.6
    """
    return GRAVITY * _downward_sum(as_floats(elevation_change))


def _downward_sum(drop: Floats) -> float:
    recorded = ~np.isnan(drop)
    if not np.any(recorded):
        return nan
    return float(np.sum(np.maximum(drop[recorded], 0.0)))


def descent_dose_by_grade(
    elevation_change: ArrayLike,
    grade: ArrayLike,
    *,
    bands: tuple[float, ...] = DESCENT_BANDS,
) -> Floats:
    """Split the descent dose by steepness.

    Parameters
    ----------
    elevation_change : array-like, shape (n,)
        Change of the smoothed elevation per sample. [m]
    grade : array-like, shape (n,)
        Rise over run. [1]
    bands : tuple of float
        Falling grades that part the bands. [1] A grade on a border belongs to the steeper band.

    Returns
    -------
    numpy.ndarray, shape (len(bands) + 1,)
        Dose from the gentlest to the steepest band. [J/kg] NaN samples are skipped.

    References
    ----------
    [Bontemps2020]_, [Khassetarash2022]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.descent_dose_by_grade([-10.0, -10.0], [-0.03, -0.12]).round(1)
    array([98.1,  0. , 98.1,  0. ])
    """
    drop, slope = np.broadcast_arrays(
        -as_floats(elevation_change), as_floats(grade)
    )
    kept = (drop > 0.0) & ~np.isnan(slope)
    band = np.searchsorted(-as_floats(bands), -slope[kept], side="right")
    return as_floats(
        GRAVITY * np.bincount(band, weights=drop[kept], minlength=len(bands) + 1)
    )


def downhill_exposure_ratio(descent: float, previous: ArrayLike) -> float:
    """Compare the descent of a run with the largest of the recent past.

    Unaccustomed descent damages most and recent exposure protects best.

    Parameters
    ----------
    descent : float
        Descent of the run. [m]
    previous : array-like
        Descent of each run in the three to six weeks before. [m]

    Returns
    -------
    float
        Ratio. [1] NaN without earlier descent or when `descent` is NaN.

    References
    ----------
    [Bontemps2020]_, [Khassetarash2022]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.downhill_exposure_ratio(600.0, [200.0, 400.0])
    1.5
    """
    earlier = as_floats(previous)
    earlier = earlier[~np.isnan(earlier)]
    most = float(np.max(earlier, initial=0.0))
    return descent / most if most > 0.0 else nan


def vertical_speed(speed: ArrayLike, grade: ArrayLike) -> Floats:
    """Compute the vertical part of a speed along the slope.

    Parameters
    ----------
    speed : array-like
        Speed along the slope. [m/s]
    grade : array-like
        Rise over run. [1]

    Returns
    -------
    numpy.ndarray
        Vertical speed, negative downhill. [m/s] NaN where an input is NaN. Geometry.

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> float(impact.vertical_speed(3.0, 0.1).round(4))
    0.2985
    """
    return as_floats(speed) * np.sin(np.arctan(as_floats(grade)))


def damaging_descent() -> tuple[float, float]:
    """Return the continuous descent known to damage the muscles of people not used to it.

    Returns
    -------
    low, high : float
        Descent of two laboratory protocols: 40 min at -12 % and 11.3 km/h, and 30 min at -20 % and
        2.8 m/s. [m]

    References
    ----------
    [Bontemps2020]_, [Khassetarash2022]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> [round(metres) for metres in impact.damaging_descent()]
    [898, 988]
    """
    low = -float(vertical_speed(11.3 / 3.6, -0.12)) * 40.0 * 60.0
    high = -float(vertical_speed(2.8, -0.20)) * 30.0 * 60.0
    return low, high


def time_climbing(
    grade: ArrayLike,
    dt: ArrayLike,
    *,
    minimum_grade: float = 0.05,
    within: ArrayLike | None = None,
) -> float:
    """Sum the time spent climbing, optionally only where a further condition holds.

    With `within` set to heart rate above the second threshold this is the interval-like climbing
    dose, below the first the endurance-like one.

    Parameters
    ----------
    grade : array-like, shape (n,)
        Rise over run. [1] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]
    minimum_grade : float
        Grade from which ground is a climb. [1]
    within : array-like of bool, optional
        Further condition per sample. [1]

    Returns
    -------
    float
        Time. [s] NaN when no grade was recorded.

    References
    ----------
    [Barnes2013]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.time_climbing([0.0, 0.06, 0.08], 60.0)
    120.0
    """
    slope = as_floats(grade)
    seconds = valid_seconds(dt, slope)
    if not np.any(seconds > 0.0):
        return nan
    climbing = slope >= minimum_grade
    if within is not None:
        climbing = climbing & as_flags(within)
    return float(np.sum(seconds[climbing]))


def steep_bouts(
    grade: ArrayLike,
    speed: ArrayLike,
    dt: ArrayLike,
    *,
    minimum_speed: float,
    minimum_grade: float = 0.10,
    shortest: float = 6.0,
    longest: float = 30.0,
) -> int:
    """Count short, steep and fast bouts, a proxy for power training.

    Parameters
    ----------
    grade : array-like, shape (n,)
        Rise over run. [1] NaN ends a bout.
    speed : array-like, shape (n,)
        Speed. [m/s] NaN ends a bout.
    dt : array-like
        Seconds that each sample stands for. [s]
    minimum_speed : float
        Speed that counts as fast, such as the athlete's top decile on that grade. [m/s]
    minimum_grade : float
        Grade that counts as steep. [1] Our choice.
    shortest, longest : float
        Duration of a bout. [s] Our choice.

    Returns
    -------
    int
        Number of bouts. [1]

    References
    ----------
    [Barnes2013]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> impact.steep_bouts([0.15] * 10 + [0.0] * 5, [3.0] * 15, 1.0, minimum_speed=2.5)
    1
    """
    slope, v = broadcast_floats(grade, speed)
    start, stop = true_runs((slope >= minimum_grade) & (v >= minimum_speed))
    clock = sum_up_to(np.broadcast_to(valid_seconds(dt), slope.shape))
    duration = clock[stop] - clock[start]
    return int(np.count_nonzero((duration >= shortest) & (duration <= longest)))
