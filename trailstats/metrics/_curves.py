"""How much effort a grade costs: energy curves and equal-effort speed curves."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats


class EffortCurve(StrEnum):
    """Model that turns speed on a grade into the level speed of equal effort.

    The models disagree, downhill even in sign, and that spread is larger than any other error of a
    grade-adjusted speed; see `effort_factor_range`.
    """

    RACE = "race"
    """Speeds of elite hill races, braking and footing included [Kay2012]_. The default for speed.
    """
    COST = "cost"
    """Energy cost of running on a treadmill [Minetti2002]_. The default for energy."""
    HEART_RATE = "heart_rate"
    """Speeds at equal heart rate over a large population [Robb2017]_."""


GRADE_RANGE: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        EffortCurve.RACE: (-0.25, 0.30),
        EffortCurve.COST: (-0.45, 0.45),
        EffortCurve.HEART_RATE: (-0.30, 0.30),
    }
)
"""Grades over which each curve was measured or fitted. Beyond, the speed of equal effort falls as
the energy cost of the grade rises, up to the end of that curve; it is held from there.
"""

_VENDOR_GRADES: Final = (-0.25, -0.19, -0.10, -0.065, 0.0, 0.065, 0.10, 0.20)
_VENDOR_LOW: Final = (0.97, 0.90, 0.80, 0.83, 1.0, 1.18, 1.30, 1.86)
_VENDOR_HIGH: Final = (1.13, 0.91, 0.90, 0.92, 1.0, 1.36, 1.67, 2.59)
"""Level speed over actual speed that two vendors' watches wrote into recordings, the lower and the
higher of the two medians [VendorFields].
"""

# Highest power first, as in the papers.
_RUNNING_COST: Final = (155.4, -30.4, -43.3, 46.3, 19.5, 3.6)  # [Minetti2002]
_WALKING_COST: Final = (280.5, -58.7, -76.8, 51.9, 19.6, 2.5)  # [Minetti2002]
_RACE: Final = (
    -43635.0 / 1707.0,
    -3211.0 / 1707.0,
    32209.0 / 1707.0,
    5656.0 / 1707.0,
    1.0,
)  # [Kay2012]
# Least squares through the observed equal-heart-rate factors, largest error 0.020 [Robb2017].
_HEART_RATE: Final = (
    -92.67537677,
    -43.23132435,
    7.28727601,
    18.66418585,
    2.85605194,
    1.0,
)


def _clamped_polynomial(
    coefficients: tuple[float, ...], grade: ArrayLike, curve: EffortCurve
) -> Floats:
    clamped = np.clip(as_floats(grade), *GRADE_RANGE[curve])
    return as_floats(np.polyval(coefficients, clamped))


def _beyond(grade: ArrayLike, curve: EffortCurve) -> Floats:
    """Return by how much the energy cost of a grade exceeds that at the end of a curve's range; 1
    inside.
    """
    slope = as_floats(grade)
    inside = np.clip(slope, *GRADE_RANGE[curve])
    # Hardly any grade of a run is outside, and each cost is a polynomial.
    far = slope != inside
    out = np.ones_like(slope)
    out[far] = running_cost(slope[far]) / running_cost(inside[far])
    return out


def running_cost(grade: ArrayLike) -> Floats:
    """Compute the metabolic cost of running along a slope.

    The polynomial's level value (3.6) is not the measured one (3.40), so use ratios of this curve,
    as `cost_factor` does, and take the level from `running_power`.

    Parameters
    ----------
    grade : array-like
        Rise over run. [1] Clamped to -0.45 to 0.45, the measured range; see `outside_grade_range`.

    Returns
    -------
    numpy.ndarray
        Cost per kilogram and metre along the slope. [J/kg/m] NaN where `grade` is NaN.

    References
    ----------
    [Minetti2002]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.running_cost([-0.2, 0.0, 0.2]).round(4)
    array([1.8   , 3.6   , 9.0067])
    """
    return _clamped_polynomial(_RUNNING_COST, grade, EffortCurve.COST)


def walking_cost(grade: ArrayLike) -> Floats:
    """Compute the metabolic cost of walking along a slope.

    `walking_power` is the better choice for energy, this one for comparing walking with running on
    steep ground.

    Parameters
    ----------
    grade : array-like
        Rise over run. [1] Clamped to -0.45 to 0.45, the measured range.

    Returns
    -------
    numpy.ndarray
        Cost per kilogram and metre along the slope. [J/kg/m] NaN where `grade` is NaN.

    References
    ----------
    [Minetti2002]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.walking_cost([-0.1, 0.0, 0.1]).round(4)
    array([1.1271, 2.5   , 4.8991])
    """
    return _clamped_polynomial(_WALKING_COST, grade, EffortCurve.COST)


def cost_factor(grade: ArrayLike) -> Floats:
    """Compute the cost of running on a grade relative to level running.

    Parameters
    ----------
    grade : array-like
        Rise over run. [1] Clamped to -0.45 to 0.45.

    Returns
    -------
    numpy.ndarray
        Level speed of equal metabolic power divided by actual speed. [1] Exactly 1 on the level,
        NaN where `grade` is NaN.

    References
    ----------
    [Minetti2002]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.cost_factor([-0.1, 0.0, 0.1]).round(4)
    array([0.5977, 1.    , 1.6578])
    """
    return running_cost(grade) / _RUNNING_COST[-1]


def race_factor(grade: ArrayLike) -> Floats:
    """Compute the speed factor of racing on a grade.

    Parameters
    ----------
    grade : array-like
        Rise over run. [1] Beyond -0.25 to 0.30, the range over which the curve behaves, the factor
        grows with the energy cost.

    Returns
    -------
    numpy.ndarray
        Level speed of equal race effort divided by actual speed. [1] Exactly 1 on the level, NaN
        where `grade` is NaN.

    References
    ----------
    [Kay2012]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.race_factor([-0.1, 0.0, 0.1]).round(4)
    array([0.8567, 1.    , 1.5156])
    """
    inside = _clamped_polynomial(_RACE, grade, EffortCurve.RACE)
    return inside * _beyond(grade, EffortCurve.RACE)


def heart_rate_factor(grade: ArrayLike) -> Floats:
    """Compute the speed factor of equal heart rate on a grade.

    Parameters
    ----------
    grade : array-like
        Rise over run. [1] Beyond -0.30 to 0.30, the fitted range, the factor grows with the energy
        cost.

    Returns
    -------
    numpy.ndarray
        Level speed at the same heart rate divided by actual speed. [1] Exactly 1 on the level, NaN
        where `grade` is NaN.

    References
    ----------
    [Robb2017]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.heart_rate_factor([-0.1, 0.0, 0.1]).round(3)
    array([0.89 , 1.   , 1.474])
    """
    inside = _clamped_polynomial(_HEART_RATE, grade, EffortCurve.HEART_RATE)
    return inside * _beyond(grade, EffortCurve.HEART_RATE)


def effort_factor(
    grade: ArrayLike, *, curve: EffortCurve = EffortCurve.RACE
) -> Floats:
    """Divide the level speed of equal effort by the actual speed, by the chosen curve.

    Parameters
    ----------
    grade : array-like
        Rise over run. [1] Clamped to the curve's range in `GRADE_RANGE`.
    curve : EffortCurve
        Which model of equal effort.

    Returns
    -------
    numpy.ndarray
        Factor. [1] NaN where `grade` is NaN.

    References
    ----------
    [Kay2012]_, [Minetti2002]_, [Robb2017]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> float(effort.effort_factor(0.1, curve=effort.EffortCurve.COST).round(4))
    1.6578
    """
    if curve == EffortCurve.RACE:
        return race_factor(grade)
    if curve == EffortCurve.COST:
        return cost_factor(grade)
    return heart_rate_factor(grade)


def effort_factor_range(grade: ArrayLike) -> tuple[Floats, Floats]:
    """Find the lowest and highest factor over three models and two vendors' watches.

    Parameters
    ----------
    grade : array-like
        Rise over run. [1] Beyond what the vendors' medians cover, they are held at their ratio to
        the race curve.

    Returns
    -------
    low, high : numpy.ndarray
        Bounds of the factor. [1] NaN where `grade` is NaN. A structural range, not a confidence
        interval.

    References
    ----------
    [Kay2012]_, [Minetti2002]_, [Robb2017]_, [VendorFields]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> low, high = effort.effort_factor_range(-0.1)
    >>> float(low.round(3)), float(high.round(3))
    (0.598, 0.9)
    """
    race = race_factor(grade)
    own = race_factor(_VENDOR_GRADES)
    vendors = [
        race * np.interp(as_floats(grade), _VENDOR_GRADES, said / own)
        for said in (np.array(_VENDOR_LOW), np.array(_VENDOR_HIGH))
    ]
    factors = np.stack(
        [race, cost_factor(grade), heart_rate_factor(grade), *vendors]
    )
    return np.min(factors, axis=0), np.max(factors, axis=0)


def slope_distance_factor(grade: ArrayLike) -> Floats:
    """Divide the length along the slope by the length on the map.

    Multiply a speed from satellite positions by this before a formula that wants speed along the
    slope; leave a footpod's speed alone, which is along the slope already.

    Parameters
    ----------
    grade : array-like
        Rise over run. [1]

    Returns
    -------
    numpy.ndarray
        Factor of at least 1. [1] NaN where `grade` is NaN.

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> float(effort.slope_distance_factor(0.2).round(4))
    1.0198
    """
    return np.hypot(1.0, as_floats(grade))
