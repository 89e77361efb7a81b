"""An athlete's own grade curve: the population curve, bent by what the athlete's history shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats, broadcast_floats
from trailstats.metrics._curves import EffortCurve, effort_factor

_GRADE_SCALE = 0.10
"""Grade at which the basis functions reach 1, so that one prior width fits all of them
(our choice).
"""


def _basis(grade: Floats) -> Floats:
    """Return departures that vanish on the level: a line and a parabola, uphill and downhill
    apart.
    """
    up = np.maximum(grade, 0.0) / _GRADE_SCALE
    down = np.maximum(-grade, 0.0) / _GRADE_SCALE
    return np.stack([up, up**2, down, down**2], axis=-1)


@dataclass(frozen=True, eq=False)
class PersonalCurve:
    """A grade curve fitted to one athlete, with its uncertainty.

    Attributes
    ----------
    population : EffortCurve
        The curve it departs from.
    departure : numpy.ndarray, shape (4,)
        Coefficients of the log departure (up, up squared, down, down squared, per 10 % of grade).
        [1]
    covariance : numpy.ndarray, shape (4, 4)
        Posterior covariance of the coefficients. [1]
    noise : float
        Standard deviation of one log observation. [1]
    n : int
        Number of observations used. [1]
    grade_low, grade_high : float
        Range of observed grades. [1] Outside it the departure is held at its value on the edge.

    References
    ----------
    [Balducci2016]_
    """

    population: EffortCurve
    departure: Floats
    covariance: Floats
    noise: float
    n: int
    grade_low: float
    grade_high: float

    def factor(self, grade: ArrayLike) -> Floats:
        """Divide the level speed of equal effort by the actual speed, for this athlete.

        Parameters
        ----------
        grade : array-like
            Rise over run. [1]

        Returns
        -------
        numpy.ndarray
            Factor. [1] NaN where `grade` is NaN; 1 on the level.
        """
        base = effort_factor(grade, curve=self.population)
        return as_floats(base * np.exp(self._design(grade) @ self.departure))

    def factor_range(
        self, grade: ArrayLike, *, width: float = 1.959964
    ) -> tuple[Floats, Floats]:
        """Bound the factor by the posterior of the departure.

        Parameters
        ----------
        grade : array-like
            Rise over run. [1]
        width : float
            Half width in standard deviations; the default gives 95 %. [1]

        Returns
        -------
        low, high : numpy.ndarray
            Bounds. [1] NaN where `grade` is NaN.
        """
        design = self._design(grade)
        half = width * np.sqrt(
            np.einsum("...i,ij,...j->...", design, self.covariance, design)
        )
        centre = self.factor(grade)
        return centre * np.exp(-half), centre * np.exp(half)

    def _design(self, grade: ArrayLike) -> Floats:
        low = min(self.grade_low, 0.0)
        high = max(self.grade_high, 0.0)
        return _basis(np.clip(as_floats(grade), low, high))


def equal_effort_factors(
    speed: ArrayLike,
    grade: ArrayLike,
    heart_rate: ArrayLike,
    *,
    level_grade: float = 0.02,
) -> Floats:
    """Compute observed grade factors: the athlete's own level speed at the same heart rate, over
    the actual speed.

    Give steady windows (60 s means, say, without the minute after a change of grade), not single
    samples: heart rate lags. Downhill, heart rate is biased upwards for the same oxygen uptake
    [Lemire2020]_.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Mean speed of each window. [m/s]
    grade : array-like, shape (n,)
        Mean grade of each window. [1]
    heart_rate : array-like, shape (n,)
        Mean heart rate of each window. [bpm]
    level_grade : float
        Windows with a smaller absolute grade are level and give the line of speed on heart rate.
        [1]

    Returns
    -------
    numpy.ndarray, shape (n,)
        Factor per window. [1] NaN where an input is NaN, where the speed is not positive, and
        throughout when fewer than 10 level windows are there or the level speed does not rise with
        heart rate.

    References
    ----------
    [Robb2017]_, [Lemire2020]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> hr = [130.0 + 2.0 * k for k in range(10)] + [140.0]
    >>> speed = [2.5 + 0.1 * k for k in range(10)] + [2.0]
    >>> grade = [0.0] * 10 + [0.1]
    >>> round(float(effort.equal_effort_factors(speed, grade, hr)[-1]), 3)
    1.5
    """
    v, slope, hr = broadcast_floats(speed, grade, heart_rate)
    level = (np.abs(slope) < level_grade) & (v > 0.0) & ~np.isnan(hr)
    nothing = np.full(v.shape, np.nan)
    if np.count_nonzero(level) < 10:
        return nothing
    centre_hr = float(np.mean(hr[level]))
    centre_v = float(np.mean(v[level]))
    spread = float(np.sum((hr[level] - centre_hr) ** 2))
    line = float(np.sum((hr[level] - centre_hr) * (v[level] - centre_v)))
    if spread == 0.0 or line <= 0.0:
        return nothing
    level_speed = centre_v + line / spread * (hr - centre_hr)
    usable = (v > 0.0) & (level_speed > 0.0) & ~np.isnan(slope)
    return as_floats(np.divide(level_speed, v, out=nothing, where=usable))


def fit_personal_curve(
    grade: ArrayLike,
    factor: ArrayLike,
    *,
    population: EffortCurve = EffortCurve.RACE,
    prior_std: float = 0.15,
    noise: float | None = None,
) -> PersonalCurve:
    """Fit an athlete's departure from a population curve, shrunk towards that curve.

    The log of the observed over the population factor is a line plus a parabola, uphill and
    downhill apart, with a normal prior around zero. Without observations the result is the
    population curve with the prior's width.

    Parameters
    ----------
    grade : array-like, shape (n,)
        Grades of the observations. [1]
    factor : array-like, shape (n,)
        Observed factors, see `equal_effort_factors`. [1] NaN and values that are not positive are
        skipped.
    population : EffortCurve
        The curve to depart from.
    prior_std : float
        Prior standard deviation of each coefficient, per 10 % of grade. [1] Our choice: people
        differ by about 15 %.
    noise : float, optional
        Standard deviation of one log observation. [1] By default estimated from the observations,
        robustly, and never below 0.05 (our choice); 0.15 with fewer than 10 of them.

    Returns
    -------
    PersonalCurve
        The fitted curve.

    Raises
    ------
    ValueError
        If `prior_std` or `noise` is not positive.

    References
    ----------
    [Balducci2016]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> curve = effort.fit_personal_curve([0.1] * 50, [1.7] * 50)
    >>> round(float(curve.factor(0.1)), 2), round(float(effort.race_factor(0.1)), 2)
    (1.7, 1.52)
    """
    if not prior_std > 0.0 or (noise is not None and not noise > 0.0):
        raise ValueError("prior_std and noise must be positive")
    slopes, observed = broadcast_floats(grade, factor)
    kept = ~np.isnan(slopes) & (observed > 0.0)
    x = slopes[kept]
    y = np.log(observed[kept]) - np.log(effort_factor(x, curve=population))
    design = _basis(x)
    prior = np.eye(design.shape[1]) / prior_std**2
    if noise is None:
        noise = 0.15
        if x.size >= 10:
            first = np.linalg.solve(
                design.T @ design / noise**2 + prior, design.T @ y / noise**2
            )
            residual = y - design @ first
            noise = max(
                0.05,
                1.4826 * float(np.median(np.abs(residual - np.median(residual)))),
            )
    covariance = as_floats(np.linalg.inv(design.T @ design / noise**2 + prior))
    return PersonalCurve(
        population=population,
        departure=covariance @ (design.T @ y) / noise**2,
        covariance=covariance,
        noise=noise,
        n=int(x.size),
        grade_low=float(np.min(x)) if x.size else 0.0,
        grade_high=float(np.max(x)) if x.size else 0.0,
    )
