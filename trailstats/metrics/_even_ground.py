"""Even-ground speed: that on level road of equal heart rate, by terms of grade, gait and ground.

The log of a speed is the log of the even-ground speed plus terms, each linear in something that is
known of the way. Their values are normal: those of a population, or of one runner.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any, Final, NamedTuple

import numpy as np

from trailstats.arrays import (
    WIDTH_95,
    ArrayLike,
    Floats,
    as_floats,
    broadcast_floats,
)

KNOTS: Final = (-0.35, -0.22, -0.12, -0.06, 0.0, 0.06, 0.12, 0.22, 0.35)
"""Grades at which the curve of a runner has a value of its own, straight between (our choice:
about the bands in which studies measure). Beyond the ends the value of the end holds.
"""

GRADE_TERMS: Final = tuple(
    f"{'up' if knot > 0 else 'down'}_{round(100 * abs(knot))}"
    for knot in KNOTS
    if knot
)

GROUND_TERMS: Final = (
    *GRADE_TERMS,
    "walking",
    "trail",
    "technical",
    "technical_descent",
)
"""Terms of the way and the gait."""

DAY_TERMS: Final = ("hours", "descent", "warmth", "early")
"""Terms of how long a run has gone on and of how warm it is."""

UNKNOWN_TRAIL, UNKNOWN_TECHNICAL = 0.3, 0.05
"""Probabilities that stand for ground of which nothing is known (our choice)."""

SURE_ROAD, SURE_TRAIL = 0.3, 0.9
"""Probabilities of trail up to which ground counts as road and from which as trail (our choice):
what differs beyond them, on runs that never leave the road, is pace and not ground.
"""

NOT_TECHNICAL = 0.1
"""Probability of technical ground up to which it counts as none (our choice, as above)."""


class Estimate(NamedTuple):
    """A value with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float


class Factor(NamedTuple):
    """Values with the bounds of their 95 % intervals, arrays of one shape."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Footing:
    """What a runner goes on and how: arrays of one length.

    Attributes
    ----------
    grade : numpy.ndarray
        Rise over run. [1]
    p_trail, p_technical : numpy.ndarray
        Probability of trail, and of technical ground. [1] NaN where not known: taken to be road
        that is not technical.
    walking : numpy.ndarray
        Share that is walked. [1]
    """

    grade: Floats
    p_trail: Floats
    p_technical: Floats
    walking: Floats

    @classmethod
    def of(
        cls,
        grade: ArrayLike,
        *,
        p_trail: ArrayLike = 0.0,
        p_technical: ArrayLike = 0.0,
        walking: ArrayLike = 0.0,
    ) -> Footing:
        """Return the footing of values that are brought to one length; by default a road that is
        run.

        Parameters
        ----------
        grade : array-like, shape (n,) or a float
            Rise over run. [1]
        p_trail, p_technical, walking : array-like, optional
            [1]

        Examples
        --------
        >>> from trailstats.metrics import effort
        >>> effort.Footing.of([0.0, 0.1], p_trail=1.0).p_trail
        array([1., 1.])
        """
        values = broadcast_floats(grade, p_trail, p_technical, walking)
        return cls(*(np.atleast_1d(value) for value in values))

    def columns(self) -> Floats:
        """Compute what the terms of the way and the gait are multiplied by.

        Returns
        -------
        numpy.ndarray, shape (n, 12)
            Columns in the order of `EvenGroundCurve.mean`. [1] What is not known counts as road
            that is run on the level.

        References
        ----------
        [Judgement]_

        Examples
        --------
        >>> from trailstats.metrics import effort
        >>> effort.Footing.of([0.0]).columns().sum()
        np.float64(0.0)
        """
        return self._columns

    @cached_property
    def _columns(self) -> Floats:
        found = ground_columns(self.grade, self.p_trail, self.p_technical)
        found["walking"] = np.nan_to_num(self.walking)
        return np.stack([found[name] for name in GROUND_TERMS]).T


def ground_columns(
    grade: Floats, p_trail: Floats, p_technical: Floats
) -> dict[str, Floats]:
    """Return what the terms of grade and ground are multiplied by, by their names."""
    slope = np.nan_to_num(grade)
    hats = np.eye(len(KNOTS))
    names = iter(GRADE_TERMS)
    wild = np.nan_to_num(p_trail, nan=UNKNOWN_TRAIL)
    rough = np.nan_to_num(p_technical, nan=UNKNOWN_TECHNICAL)
    technical = _ramp(rough, NOT_TECHNICAL, 1.0)
    return {
        **{
            next(names): np.interp(slope, KNOTS, hat)
            for knot, hat in zip(KNOTS, hats, strict=True)
            if knot
        },
        "trail": _ramp(wild, SURE_ROAD, SURE_TRAIL),
        "technical": technical,
        "technical_descent": technical * np.clip(-slope / 0.10, 0.0, 2.0),
    }


def _ramp(values: Floats, low: float, high: float) -> Floats:
    """Return 0 up to one value, 1 from another, and a line between."""
    return np.clip((values - low) / (high - low), 0.0, 1.0)


@dataclass(frozen=True, eq=False)
class EvenGroundCurve:
    """What grade, gait and ground cost at equal heart rate: terms of log speed.

    Attributes
    ----------
    mean : numpy.ndarray, shape (16,)
        Values of the terms `GROUND_TERMS` and `DAY_TERMS`: log speed at equal heart rate. [1; of
        ``hours`` 1/h, of ``descent`` 1/km, of ``warmth`` for 10 degrees]
    covariance : numpy.ndarray, shape (16, 16)
    gain : float
        How the log of the heart rate above `REST` follows the log of the speed. [1]
    gain_error : float
        Its standard error. [1]
    n_runs : int
        Runs of the runner that it was fitted to; 0 for a population's.

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> curve = effort.population_even_ground()
    >>> bool(curve.factor(effort.Footing.of(0.1)).value[0] > 1.3)
    True
    """

    mean: Floats
    covariance: Floats
    gain: float
    gain_error: float
    n_runs: int = 0

    @property
    def personal(self) -> bool:
        """Whether it is of one runner."""
        return self.n_runs > 0

    def term(self, name: str) -> Estimate:
        """Look up one term with its 95 % interval.

        Parameters
        ----------
        name : str
            One of ``down_35 down_22 down_12 down_6 up_6 up_12 up_22 up_35`` (grades in per cent),
            ``walking trail technical technical_descent hours descent warmth early``.

        Returns
        -------
        Estimate
            Log speed at equal heart rate, in the unit of `mean`. [1]

        Examples
        --------
        >>> from trailstats.metrics import effort
        >>> effort.population_even_ground().term("technical").value < 0
        True
        """
        at = TERMS.index(name)
        half = WIDTH_95 * float(np.sqrt(self.covariance[at, at]))
        value = float(self.mean[at])
        return Estimate(value, value - half, value + half)

    def factor(self, footing: Footing) -> Factor:
        """Divide the even-ground speed by the actual one, at each place.

        Parameters
        ----------
        footing : Footing
            Of n places.

        Returns
        -------
        Factor
            Values and bounds, each of shape (n,). [1] Exactly 1 on level road that is run, NaN
            where the grade is NaN.
        """
        columns = footing.columns()
        log = self.log_factor(footing)
        half = WIDTH_95 * self._error_along(columns)
        return Factor(np.exp(log), np.exp(log - half), np.exp(log + half))

    def log_factor(self, footing: Footing) -> Floats:
        """Compute the logarithm of the values of `factor`, without their bounds.

        Parameters
        ----------
        footing : Footing
            Of n places.

        Returns
        -------
        numpy.ndarray, shape (n,)
            [1] NaN where the grade is NaN.

        Examples
        --------
        >>> from trailstats.metrics import effort
        >>> bool(effort.population_even_ground().log_factor(effort.Footing.of(0.1))[0] > 0.3)
        True
        """
        known = np.where(np.isnan(footing.grade), np.nan, 0.0)
        return known - footing.columns() @ self.mean[: len(GROUND_TERMS)]

    def _error_along(self, columns: Floats) -> Floats:
        """Return the standard error of sums of the terms of the way and the gait."""
        count = len(GROUND_TERMS)
        pulled = columns @ self.covariance[:count, :count]
        return as_floats(np.sqrt(np.einsum("ij,ij->i", pulled, columns)))


TERMS: Final = (*GROUND_TERMS, *DAY_TERMS)


def even_ground_speed(
    speed: ArrayLike, footing: Footing, *, curve: EvenGroundCurve | None = None
) -> Floats:
    """Compute the speed on level road of equal heart rate, per sample or stretch.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Actual speed. [m/s]
    footing : Footing
        Of the same places.
    curve : EvenGroundCurve, optional
        Of a runner; by default of the population.

    Returns
    -------
    numpy.ndarray, shape (n,)
        Even-ground speed. [m/s] NaN where speed or grade is NaN.

    References
    ----------
    [Robb2017]_, [LairdWare1982]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.even_ground_speed([3.0], effort.Footing.of([0.0]))
    array([3.])
    """
    used = curve or population_even_ground()
    return as_floats(as_floats(speed) * used.factor(footing).value)


def even_ground_distance(
    distance: ArrayLike,
    footing: Footing,
    *,
    group: ArrayLike | None = None,
    n_groups: int = 1,
    curve: EvenGroundCurve | None = None,
) -> Factor:
    """Compute what a way is worth on level road: the distance there in equal time at equal heart
    rate.

    Parameters
    ----------
    distance : array-like, shape (n,)
        Lengths of the stretches of ways. [m]
    footing : Footing
        Of the same stretches.
    group : array-like of int, shape (n,), optional
        Number of the way of each; by default all are of one.
    n_groups : int
        How many ways there are.
    curve : EvenGroundCurve, optional
        Of a runner; by default of the population.

    Returns
    -------
    Factor
        Distance of each way and the bounds of its 95 % interval, that of the terms. [m] NaN where
        no stretch has a length and a grade.

    References
    ----------
    [Robb2017]_, [LairdWare1982]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> level = effort.Footing.of([0.0, 0.0])
    >>> float(effort.even_ground_distance([500.0, 400.0], level).value[0])
    900.0
    """
    used = curve or population_even_ground()
    length = as_floats(distance)
    number = np.zeros(len(length)) if group is None else as_floats(group)
    columns = footing.columns()
    count = columns.shape[1]
    level = length * np.exp(-columns @ used.mean[:count])
    known = np.isfinite(level) & np.isfinite(footing.grade)
    place = number[known].astype(np.intp)

    def total(values: Floats) -> Floats:
        return as_floats(np.bincount(place, values[known], n_groups))

    whole = total(level)
    whole[np.bincount(place, minlength=n_groups) == 0] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        pull = np.stack([total(level * c) for c in columns.T], axis=-1)
        pull /= whole[:, None]
    half = WIDTH_95 * used._error_along(pull)
    return Factor(whole, whole * np.exp(-half), whole * np.exp(half))


@cache
def _table() -> Mapping[str, Any]:
    place = resources.files("trailstats.metrics") / "even_ground.toml"
    return tomllib.loads(place.read_text("utf-8"))


def population_even_ground() -> EvenGroundCurve:
    """Return the terms of a population with what runners differ by: what one is taken to be like
    before ten own runs with a heart rate are known.

    Returns
    -------
    EvenGroundCurve
        Its covariance is that between runners.

    References
    ----------
    [Kay2012]_, [LairdWare1982]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.population_even_ground().personal
    False
    """
    found = _table()
    spread = np.array([found["spread"][name] for name in TERMS])
    return EvenGroundCurve(
        np.array([found["mean"][name] for name in TERMS]),
        np.diag(spread**2),
        float(found["gain"]["mean"]),
        float(found["gain"]["spread"]),
    )
