"""Metabolic power and energy of running and walking, and the walk-run transition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from trailstats.arrays import (
    ArrayLike,
    Flags,
    Floats,
    as_flags,
    as_floats,
    broadcast_floats,
)
from trailstats.metrics._curves import cost_factor, running_cost, walking_cost
from trailstats.metrics.sampling import time_mean, valid_seconds

PANDOLF_TERRAIN: Final[Mapping[str, float]] = MappingProxyType(
    {
        "paved": 1.0,
        "dirt": 1.1,
        "grass": 1.1,
        "light_brush": 1.2,
        "heavy_brush": 1.5,
        "swamp": 1.8,
        "sand": 2.1,
    }
)
"""Walking terrain coefficient of the Pandolf equation by kind of ground. They are walking numbers:
never apply them to running [DeGruchy2017].
"""

STOPPED_SPEED: Final = 0.3
"""Speed below which a sample counts as standing (our choice). [m/s]"""

_STANDING_POWER: Final = (
    1.44  # [Looney2019], the value of the walking equation at speed zero
)
_WALKING_CADENCE: Final = 140.0  # [WalkRun2023], level transition
_LEVEL_TRANSITION: Final = 2.0  # [WalkRun2023]
HIKING_GRADE: Final = 0.10
"""Grade from which a walk is hiking [1] (our choice): there the cost of walking leads to the same
level speed as the race curve, so the one takes over from the other without a step.
"""

_WALKING_SPEED_LIMIT: Final = 2.0  # upper end of the walking equation
# Walk-run transition by slope angle; the level value is the more often reported 2.0 [Brill2021].
_TRANSITION_ANGLE: Final = (0.0, 5.0, 10.0, 15.0)
_TRANSITION_SPEED: Final = (_LEVEL_TRANSITION, 1.78, 1.62, 1.47)


def walking_power(speed: ArrayLike, grade: ArrayLike) -> Floats:
    """Compute the metabolic power of walking by the load carriage decision aid, standing included.

    Parameters
    ----------
    speed : array-like
        Walking speed. [m/s] Meant for about 0.2 to 2 m/s; the fourth power grows without bound
        beyond.
    grade : array-like
        Rise over run. [1]

    Returns
    -------
    numpy.ndarray
        Power per kilogram of body mass. [W/kg] NaN where an input is NaN.

    References
    ----------
    [Looney2019]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.walking_power(1.3, [0.0, 0.1]).round(4)
    array([4.2972, 8.3964])
    """
    s = as_floats(speed)
    percent = 100.0 * as_floats(grade)
    # Held where the inner power would overflow; the outer term is 1 to machine precision long
    # before.
    inner = 1.1 ** (np.clip(percent, -200.0, 100.0) + 32.0)
    outer = 1.0 - np.exp2(np.log2(1.05) * np.maximum(1.0 - inner, -1000.0))
    graded = 0.34 * s * percent * outer
    return as_floats(_STANDING_POWER + 1.94 * s**0.43 + 0.24 * s**4 + graded)


def running_power(speed: ArrayLike) -> Floats:
    """Compute the metabolic power of level running, standing included.

    Parameters
    ----------
    speed : array-like
        Running speed. [m/s] Studied around 3.5 m/s (about 2 to 5 m/s).

    Returns
    -------
    numpy.ndarray
        Power per kilogram of body mass. [W/kg] NaN where `speed` is NaN.

    References
    ----------
    [Looney2023]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> float(effort.running_power(3.5).round(2))
    14.25
    """
    v = as_floats(speed)
    return 4.43 + 1.51 * v + 0.37 * v**2


def hiking_level_speed(speed: ArrayLike, grade: ArrayLike) -> Floats:
    """Compute the speed of level running whose metabolic power above standing is that of hiking.

    Parameters
    ----------
    speed : array-like
        Walking speed. [m/s] Above 2 it counts as 2, the end of the walking equation.
    grade : array-like
        Rise over run. [1]

    Returns
    -------
    numpy.ndarray
        Level running speed. [m/s] NaN where an input is NaN. On the level it is below the walking
        speed: walking is cheaper there.

    References
    ----------
    [Looney2019]_, [Minetti2002]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.hiking_level_speed(1.0, [0.0, 0.2]).round(2)
    array([0.61, 2.49])
    """
    walked = np.minimum(as_floats(speed), _WALKING_SPEED_LIMIT)
    above = np.maximum(walking_power(walked, grade) - _STANDING_POWER, 0.0)
    return as_floats(above / running_cost(0.0))


def pandolf_power(
    speed: ArrayLike,
    grade: ArrayLike,
    *,
    mass: float,
    load: float = 0.0,
    terrain: float = 1.0,
) -> Floats:
    """Compute the metabolic power of walking with a load by Pandolf's equation.

    Kept for comparison; `energy` uses `walking_power`.

    Parameters
    ----------
    speed : array-like
        Walking speed. [m/s]
    grade : array-like
        Rise over run. [1] Level and uphill only: a negative grade gives NaN.
    mass : float
        Body mass. [kg]
    load : float
        Carried load. [kg]
    terrain : float
        Terrain coefficient, see `PANDOLF_TERRAIN`. [1]

    Returns
    -------
    numpy.ndarray
        Power. [W] NaN where an input is NaN or the grade is negative.

    Raises
    ------
    ValueError
        If `mass` is not positive or `load` is negative.

    References
    ----------
    [Pandolf1977]_, [DeGruchy2017]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> float(effort.pandolf_power(1.3, 0.0, mass=70.0).round(2))
    282.45
    """
    if not mass > 0.0 or load < 0.0:
        raise ValueError(
            f"mass must be positive and load not negative, got {mass} and {load}"
        )
    v = as_floats(speed)
    percent = 100.0 * as_floats(grade)
    total = mass + load
    moving = terrain * total * (1.5 * v**2 + 0.35 * v * percent)
    power = 1.5 * mass + 2.0 * total * (load / mass) ** 2 + moving
    return np.where(percent < 0.0, np.nan, power)


def is_walking(
    speed: ArrayLike,
    cadence: ArrayLike | None = None,
    grade: ArrayLike | None = None,
    *,
    cadence_limit: float = _WALKING_CADENCE,
    running_speed: float = 2.5,
) -> Flags:
    """Decide whether a moving sample is walking rather than running.

    Cadence decides where it was recorded: below `cadence_limit` is walking. Elsewhere speed
    decides, against a transition speed that falls from 2.0 m/s on the level to 1.47 m/s at 15
    degrees uphill.

    Parameters
    ----------
    speed : array-like
        Speed along the ground. [m/s]
    cadence : array-like, optional
        Steps of both feet. [1/min] NaN and values below 40 count as not recorded (our choice).
    grade : array-like, optional
        Rise over run. [1] NaN counts as level.
    cadence_limit : float
        Cadence of the walk-run transition. [1/min]
    running_speed : float
        Speed from which a sample is running whatever its cadence (our choice). [m/s]

    Returns
    -------
    numpy.ndarray of bool
        True for walking. [1] False where `speed` is NaN.

    References
    ----------
    [WalkRun2023]_, [Brill2021]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.is_walking([1.5, 3.0])
    array([ True, False])
    """
    v = as_floats(speed)
    slope = np.zeros_like(v) if grade is None else np.nan_to_num(as_floats(grade))
    angle = np.degrees(np.arctan(slope))
    slow = v < np.interp(angle, _TRANSITION_ANGLE, _TRANSITION_SPEED)
    if cadence is not None:
        steps = as_floats(cadence)
        slow = np.where(steps >= 40.0, steps < cadence_limit, slow)
    return np.asarray(slow & (v < running_speed), dtype=np.bool_)


def energy(
    speed: ArrayLike,
    grade: ArrayLike,
    dt: ArrayLike,
    walking: ArrayLike | None,
    mass: float,
) -> float:
    """Compute the metabolic energy of a recording, standing included.

    Running is the level power of [Looney2023]_ above standing, times the grade ratio of
    [Minetti2002]_; walking up to 2 m/s is `walking_power`; standing is its value at rest. Firm
    uneven ground may add up to ten percent that is not in here.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Speed along the slope. [m/s]
    grade : array-like
        Rise over run. [1]
    dt : array-like
        Seconds that each sample stands for. [s]
    walking : array-like of bool, or None
        Walking samples. [1] None decides by speed and grade, see `is_walking`.
    mass : float
        Body mass. [kg]

    Returns
    -------
    float
        Energy. [J] Samples with a NaN are skipped, so scale by coverage where there are many; NaN
        when nothing was recorded.

    Raises
    ------
    ValueError
        If `mass` is not positive.

    References
    ----------
    [Looney2019]_, [Looney2023]_, [Minetti2002]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> round(effort.energy([3.0], [0.0], [3600.0], None, 70.0) / 1000.0)
    3097
    """

    def power(v: Floats, slope: Floats, walk: Flags) -> Floats:
        above_standing = running_power(v) - _STANDING_POWER
        running = _STANDING_POWER + above_standing * cost_factor(slope)
        walked = walk & (v <= _WALKING_SPEED_LIMIT)
        moving = np.where(
            walked, walking_power(np.maximum(v, 0.0), slope), running
        )
        return np.where(v < STOPPED_SPEED, _STANDING_POWER, moving)

    return _energy_of(power, speed, grade, dt, walking, mass)


def energy_polynomial(
    speed: ArrayLike,
    grade: ArrayLike,
    dt: ArrayLike,
    walking: ArrayLike | None,
    mass: float,
) -> float:
    """Compute the metabolic energy by the cost polynomials alone, standing added: a second opinion
    on `energy`.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Speed along the slope. [m/s]
    grade : array-like
        Rise over run. [1] Clamped to -0.45 to 0.45.
    dt : array-like
        Seconds that each sample stands for. [s]
    walking : array-like of bool, or None
        Walking samples. [1] None decides by speed and grade, see `is_walking`.
    mass : float
        Body mass. [kg]

    Returns
    -------
    float
        Energy. [J] Samples with a NaN are skipped; NaN when nothing was recorded.

    Raises
    ------
    ValueError
        If `mass` is not positive.

    References
    ----------
    [Minetti2002]_, [Looney2019]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> round(effort.energy_polynomial([3.0], [0.0], [3600.0], None, 70.0) / 1000.0)
    3084
    """

    def power(v: Floats, slope: Floats, walk: Flags) -> Floats:
        cost = np.where(walk, walking_cost(slope), running_cost(slope))
        return np.where(v < STOPPED_SPEED, 0.0, cost * v) + _STANDING_POWER

    return _energy_of(power, speed, grade, dt, walking, mass)


def _energy_of(
    power: Callable[[Floats, Floats, Flags], Floats],
    speed: ArrayLike,
    grade: ArrayLike,
    dt: ArrayLike,
    walking: ArrayLike | None,
    mass: float,
) -> float:
    """Return the energy of a recording by a law of power per kilogram from speed, grade and
    gait.
    """
    if not mass > 0.0:
        raise ValueError(f"mass must be positive, got {mass}")
    v, slope = broadcast_floats(speed, grade)
    walk = is_walking(v, grade=slope) if walking is None else as_flags(walking)
    seconds = valid_seconds(dt, v, slope)
    if not np.any(seconds > 0.0):
        return float("nan")
    powers = np.where(seconds > 0.0, power(v, slope, walk), 0.0)
    return mass * float(np.sum(powers * seconds))


def hike_share(walking: ArrayLike, climbing: ArrayLike, dt: ArrayLike) -> float:
    """Compute the share of climbing time that is walked.

    Parameters
    ----------
    walking : array-like of bool
        Walking samples. [1]
    climbing : array-like of bool
        Samples on a climb. [1]
    dt : array-like
        Seconds that each sample stands for. [s]

    Returns
    -------
    float
        Share from 0 to 1. [1] NaN without climbing.

    References
    ----------
    [Giovanelli2016]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.hike_share([True, False], [True, True], [30.0, 90.0])
    0.25
    """
    seconds = valid_seconds(dt) * as_flags(climbing)
    return time_mean(as_flags(walking), seconds)
