"""Regression on a series whose errors fade into each other from week to week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve, qr
from scipy.special import stdtr, stdtrit

from trailstats.arrays import ArrayLike, Floats, as_floats

NAN = float("nan")
CORRELATIONS = np.linspace(-0.3, 0.95, 26)
"""Correlations of errors one unit of time apart that are averaged over (our choice)."""


@dataclass(frozen=True, eq=False)
class Regression:
    """A linear regression with first-order autoregressive errors.

    Attributes
    ----------
    coefficients, errors : numpy.ndarray, shape (p,)
        With their standard errors; NaN where the design can't tell them apart.
    p_values : numpy.ndarray, shape (p,)
        Two-sided.
    correlation : float
        Of neighbouring errors, one unit of time apart.
    df : float
        Degrees of freedom of the t distribution: the effective number of points less the
        coefficients.
    std : float
        Standard deviation of the errors.
    identified : bool
        Whether the design has full rank and degrees of freedom are left.
    """

    coefficients: Floats
    errors: Floats
    p_values: Floats
    correlation: float
    df: float
    std: float
    identified: bool

    def interval(
        self, index: int, *, confidence: float = 0.95
    ) -> tuple[float, float]:
        """Return the interval of one coefficient."""
        reach = float(stdtrit(self.df, 0.5 + confidence / 2) * self.errors[index])
        middle = float(self.coefficients[index])
        return middle - reach, middle + reach


def ar1_regression(
    y: ArrayLike,
    design: ArrayLike,
    time: ArrayLike,
    *,
    weights: ArrayLike | None = None,
) -> Regression:
    """Fit a line by generalised least squares, averaged over the correlations that the data allow.

    Parameters
    ----------
    y : array-like, shape (n,)
        Finite values in order of time.
    design : array-like, shape (n, p)
        Finite; give the column of ones yourself.
    time : array-like, shape (n,)
        Increasing whole numbers, such as weeks; errors one unit apart have the correlation that is
        estimated, points further apart less.
    weights : array-like, shape (n,), optional
        Inverse variances, up to a factor.

    Returns
    -------
    Regression
        Correlations from -0.3 to 0.95 weigh by their restricted likelihood. A single best one would
        make the intervals of short series too narrow, as it takes the correlation for known. The
        degrees of freedom count effective points.

    Raises
    ------
    ValueError
        If the lengths differ or times are no increasing whole numbers.

    References
    ----------
    [Turner2021]_, [PattersonThompson1971]_
    """
    values = as_floats(y)
    columns = as_floats(design)
    clock = as_floats(time)
    if columns.ndim != 2 or not len(values) == len(columns) == len(clock):
        raise ValueError("y, design and time must have the same length")
    steps = np.diff(clock)
    if (steps <= 0).any():
        raise ValueError("times must increase")
    if (clock != np.rint(clock)).any():
        raise ValueError("times must be whole numbers")
    count, size = columns.shape
    scale = np.ones(count) if weights is None else np.sqrt(as_floats(weights))
    lengths = np.sqrt((columns**2).mean(axis=0))
    if (
        count < size + 3
        or not (lengths > 0).all()
        or _rank(columns / lengths) < size
    ):
        nothing = np.full(size, np.nan)
        return Regression(nothing, nothing, nothing, NAN, NAN, NAN, False)
    rows = np.column_stack((columns / lengths, values)) * scale[:, None]
    fits = [_fit_at(rows, steps, float(r)) for r in CORRELATIONS]
    criteria = np.array([fit.criterion for fit in fits])
    # The criterion is minus twice the restricted log-likelihood.
    weight = np.exp(-0.5 * (criteria - criteria.min()))
    weight /= weight.sum()
    betas = np.array([fit.beta for fit in fits])
    beta = weight @ betas
    # What the correlations disagree on adds to what each of them leaves open.
    variances = np.array([fit.variances for fit in fits]) + (betas - beta) ** 2
    errors = np.sqrt(weight @ variances)
    ratio = np.divide(
        np.abs(beta), errors, out=np.full(size, np.inf), where=errors > 0
    )
    # Points that go together say less: n (1 - r) / (1 + r) of them, never more than n.
    independent = np.minimum((1.0 - CORRELATIONS) / (1.0 + CORRELATIONS), 1.0)
    df = max(count * float(weight @ independent) - size, 3.0)
    return Regression(
        coefficients=beta / lengths,
        errors=errors / lengths,
        p_values=2.0 * np.asarray(stdtr(df, -ratio)),
        correlation=float(weight @ CORRELATIONS),
        df=df,
        std=float(np.sqrt(weight @ np.array([fit.variance for fit in fits]))),
        identified=True,
    )


class _Fit(NamedTuple):
    """Generalised least squares at one correlation; ``variances`` are those of ``beta``."""

    criterion: float
    beta: Floats
    variances: Floats
    variance: float


def _fit_at(rows: Floats, steps: Floats, correlation: float) -> _Fit:
    """Fit the last column on the others, errors correlated so much."""
    white, log_determinant = _whiten(rows, steps, correlation)
    x = white[:, :-1]
    target = white[:, -1]
    left = x.shape[0] - x.shape[1]
    factor = cho_factor(x.T @ x)
    beta = cho_solve(factor, x.T @ target)
    residual = target - x @ beta
    variance = float(residual @ residual) / left
    inverse = cho_solve(factor, np.eye(x.shape[1]))
    log_information = 2.0 * float(np.log(np.diag(factor[0])).sum())
    log_variance = np.log(max(variance, 1e-300))
    criterion = float(left * log_variance + log_determinant + log_information)
    return _Fit(criterion, beta, variance * np.diag(inverse), variance)


def smallest_detectable(
    error: float, df: float, *, power: float = 0.8, confidence: float = 0.95
) -> float:
    """Return the effect that data with this standard error would show with the given power.

    Parameters
    ----------
    error : float
        Standard error of the effect, in its unit.
    df : float
        Degrees of freedom.
    power, confidence : float

    Returns
    -------
    float
        In the unit of ``error``; NaN where an input is NaN.

    References
    ----------
    [Hawley2019]_
    """
    return float(error * (stdtrit(df, 0.5 + confidence / 2) + stdtrit(df, power)))


def _rank(columns: Floats) -> int:
    diagonal = np.abs(np.diag(qr(columns, mode="r", pivoting=True)[0]))
    return int((diagonal > 1e-6 * diagonal.max()).sum())


def _whiten(
    rows: Floats, steps: Floats, correlation: float
) -> tuple[Floats, float]:
    """Return rows with independent errors, and the logarithm of the determinant of their
    correlation.
    """
    carried = correlation**steps
    left = 1.0 - carried**2
    out = rows.copy()
    out[1:] = (rows[1:] - carried[:, None] * rows[:-1]) / np.sqrt(left)[:, None]
    return out, float(np.log(left).sum())
