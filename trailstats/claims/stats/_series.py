"""Regression on a series whose errors fade into each other from week to week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import (
    cholesky,
    cholesky_banded,
    qr,
)
from scipy.linalg.lapack import dpbtrs, dpotrs
from scipy.special import stdtr, stdtrit

from trailstats.arrays import ArrayLike, Floats, as_floats

NAN = float("nan")
CORRELATIONS = np.linspace(-0.3, 0.95, 26)
"""Correlations of errors one unit of time apart that are averaged over (our choice)."""

MIXED = (0.08, 0.15, 0.3, 0.5, 0.7, 0.85)
"""Shares of the variance that fades slowly, where the rest is each point's own (our choice)."""

LOOSE = 0.4
"""How loosely the standard deviation of the part that fades is known, in its logarithm
(our choice).
"""

SLOW = np.linspace(0.5, 0.95, 10)
"""Correlations of the part that fades, one unit of time apart (our choice: a month is 0.79)."""


_AT_A_TIME = 64
"""Candidates whose slopes are computed at a time."""


@dataclass(frozen=True, eq=False)
class Regression:
    """A linear regression with errors that fade into each other.

    Attributes
    ----------
    coefficients, errors : numpy.ndarray, shape (p,)
        With their standard errors; NaN where the design can't tell them apart.
    p_values : numpy.ndarray, shape (p,)
        Two-sided.
    correlation : float
        Of neighbouring errors, one unit of time apart, as far as they fade.
    share : float
        Of the errors' variance that fades; the rest is each point's own.
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
    share: float
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
    slow: float = 0.0,
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
    slow : float
        Standard deviation that errors which fade slowly are known to have, about. The rest of each
        error is then its own, as that of a measurement, and the weights are those of the rest. Such
        a sum remembers longer than a short series can show, so what is known of it counts beside
        what is seen. 0 where all of the errors fade at one rate.

    Returns
    -------
    Regression
        Correlations from -0.3 to 0.95, and shares that fade, weigh by their restricted likelihood.
        A single best one would make the intervals of short series too narrow, as it takes the
        correlation for known. The degrees of freedom count effective points.

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
    power = np.ones(count) if weights is None else as_floats(weights)
    lengths = np.sqrt((columns**2).mean(axis=0))
    if (
        count < size + 3
        or not (lengths > 0).all()
        or _rank(columns / lengths) < size
    ):
        nothing = np.full(size, np.nan)
        return Regression(nothing, nothing, nothing, NAN, NAN, NAN, NAN, False)
    rows = np.column_stack((columns / lengths, values))
    if slow > 0:
        fits = [
            _fit_mixed(rows, power, steps, (float(r), share)).known(slow)
            for r in SLOW
            for share in MIXED
        ]
    else:
        fits = [_fit_at(rows, power, steps, float(r)) for r in CORRELATIONS]
    return _averaged(fits, lengths, count)


def _averaged(fits: list[_Fit], lengths: Floats, count: int) -> Regression:
    """Return the mean of fits, each by its restricted likelihood."""
    size = len(lengths)
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
    independent = np.minimum([fit.independent for fit in fits], 1.0)
    df = max(count * float(weight @ independent) - size, 3.0)
    fading = np.array([fit.fading for fit in fits])
    return Regression(
        coefficients=beta / lengths,
        errors=errors / lengths,
        p_values=2.0 * np.asarray(stdtr(df, -ratio)),
        correlation=float(weight @ fading[:, 0]),
        share=float(weight @ fading[:, 1]),
        df=df,
        std=float(np.sqrt(weight @ np.array([fit.variance for fit in fits]))),
        identified=True,
    )


class _Fit(NamedTuple):
    """Generalised least squares at one correlation; ``variances`` are those of ``beta``.

    ``independent`` is the share of the points that their mean rests on, ``fading`` the correlation
    and the share of the variance that fades.
    """

    criterion: float
    beta: Floats
    variances: Floats
    variance: float
    independent: float
    fading: tuple[float, float]

    def known(self, slow: float) -> _Fit:
        """Return the fit as likely as it is for one who knows about how much fades."""
        ratio = 0.5 * np.log(max(self.variance, 1e-300) * self.fading[1])
        away = (ratio - np.log(slow)) / LOOSE
        return self._replace(criterion=self.criterion + float(away**2))


def _fit_at(
    rows: Floats, power: Floats, steps: Floats, correlation: float
) -> _Fit:
    """Fit the last column on the others, all of the errors correlated so much."""
    white, log_determinant = _whiten(
        rows * np.sqrt(power)[:, None], steps, correlation
    )
    log_determinant -= float(np.log(power).sum())
    independent = (1.0 - correlation) / (1.0 + correlation)
    return _solved(
        white.T @ white,
        len(rows),
        log_determinant,
        independent,
        (correlation, 1.0),
    )


def _fit_mixed(
    rows: Floats, power: Floats, steps: Floats, fading: tuple[float, float]
) -> _Fit:
    """Fit likewise where such a share of the variance is correlated so much.

    The inverse of the part that fades has two bands, so the sum of both is never inverted as a
    whole: the cost grows with the number of points.
    """
    own = power * np.mean(1.0 / power) / (1.0 - fading[1])
    factor, log_determinant = _part_of_both(own, steps, fading)
    with_mean = np.column_stack((rows, np.ones(len(rows))))
    weighted = own[:, None] * with_mean
    # Scipy's own solvers take ten times as long to look at what they are given.
    solved, _ = dpbtrs(factor, weighted)
    products = with_mean.T @ weighted - weighted.T @ solved
    independent = float(products[-1, -1]) / len(rows)
    return _solved(
        products[:-1, :-1], len(rows), log_determinant, independent, fading
    )


def _part_of_both(
    own: Floats, steps: Floats, fading: tuple[float, float]
) -> tuple[Floats, float]:
    """Return the bands of the factor of the summed inverses of both parts' covariances, and the
    logarithm of the determinant of the covariance of all.

    Parameters
    ----------
    own : numpy.ndarray, shape (n,)
        Inverse variances of what is each point's own.
    steps : numpy.ndarray, shape (n - 1,)
    fading : (float, float)
        Correlation and share of what fades.
    """
    correlation, share = fading
    carried = correlation**steps
    left = 1.0 - carried**2
    bands = np.zeros((2, len(own)))
    bands[0, 1:] = -carried / left
    bands[1] = 1.0
    bands[1, 1:] += carried**2 / left
    bands[1, :-1] += carried**2 / left
    whole = bands / share
    whole[1] += own
    factor = cholesky_banded(whole)
    log_determinant = float(
        2.0 * np.log(factor[1]).sum()
        - np.log(own).sum()
        + np.log(left).sum()
        + len(own) * np.log(share)
    )
    return factor, log_determinant


def _solved(
    products: Floats,
    count: int,
    log_determinant: float,
    independent: float,
    fading: tuple[float, float],
) -> _Fit:
    """Return the fit of the last column on the others from their whitened products."""
    size = len(products) - 1
    factor = cholesky(products[:size, :size])
    solved, _ = dpotrs(
        factor, np.column_stack((products[:size, size], np.eye(size)))
    )
    beta, inverse = solved[:, 0], solved[:, 1:]
    left = count - size
    rest = float(products[size, size] - beta @ products[:size, size])
    variance = max(rest, 0.0) / left
    log_information = 2.0 * float(np.log(np.diag(factor)).sum())
    log_variance = np.log(max(variance, 1e-300))
    criterion = float(left * log_variance + log_determinant + log_information)
    return _Fit(
        criterion,
        beta,
        variance * np.diag(inverse),
        variance,
        independent,
        fading,
    )


def standardised_slopes(
    y: Floats,
    columns: Floats,
    candidates: Floats,
    at: tuple[Floats, Floats],
    fit: Regression,
) -> Floats:
    """Return the slope of each candidate over its standard error, one at a time beside the columns.

    Parameters
    ----------
    y : numpy.ndarray, shape (n,)
    columns : numpy.ndarray, shape (n, p)
    candidates : numpy.ndarray, shape (n, k)
    at : (numpy.ndarray, numpy.ndarray)
        Times and weights, as of `ar1_regression`.
    fit : Regression
        Whose errors are taken for known.

    Returns
    -------
    numpy.ndarray, shape (k,)
        NaN for a candidate that the columns hold already.
    """
    time, weights = at
    steps = np.diff(time)
    fading = (max(fit.correlation, 0.0), fit.share)
    # A base of the columns, so that their products tell them well apart.
    base = np.linalg.qr(columns / np.sqrt((columns**2).mean(axis=0)))[0]
    known = np.column_stack((base, y))
    size = base.shape[1]
    solved = _times_inverse(known, weights, steps, fading)
    products = known.T @ solved
    found = np.linalg.solve(products[:size, :size], products[:size, size])
    value = products[size, size] - found @ products[:size, size]
    slopes = []
    # Some at a time: there may be as many candidates as points.
    for begin in range(0, candidates.shape[1], _AT_A_TIME):
        some = candidates[:, begin : begin + _AT_A_TIME]
        whole = (some * _times_inverse(some, weights, steps, fading)).sum(axis=0)
        beside = some.T @ solved
        held = np.linalg.solve(products[:size, :size], beside[:, :size].T).T
        power = whole - (held * beside[:, :size]).sum(axis=1)
        shared = beside[:, size] - beside[:, :size] @ found
        new = power > 1e-8 * np.maximum(whole, 1e-300)
        safe = np.where(new, power, 1.0)
        rest = value - shared**2 / safe
        spread = np.sqrt(np.maximum(rest, 1e-300) / (len(y) - size - 1))
        slopes.append(np.where(new, shared / np.sqrt(safe) / spread, np.nan))
    return np.concatenate(slopes)


def _times_inverse(
    rows: Floats, weights: Floats, steps: Floats, fading: tuple[float, float]
) -> Floats:
    """Return the inverse of the errors' covariance times some columns.

    Parameters
    ----------
    rows : numpy.ndarray, shape (n, k)
    weights : numpy.ndarray, shape (n,)
        Inverse variances of what is each point's own, up to a factor.
    steps : numpy.ndarray, shape (n - 1,)
    fading : (float, float)
        Correlation and share of what fades.
    """
    correlation, share = fading
    if share > 1.0 - 1e-9:
        carried = (correlation**steps)[:, None]
        apart = (rows[1:] - carried * rows[:-1]) / (1.0 - carried**2)
        whole = np.concatenate((rows[:1], apart))
        whole[:-1] -= carried * apart
        return whole
    own = weights * np.mean(1.0 / weights) / (1.0 - share)
    weighted = own[:, None] * rows
    solved, _ = dpbtrs(_part_of_both(own, steps, fading)[0], weighted)
    return as_floats(weighted - own[:, None] * solved)


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
