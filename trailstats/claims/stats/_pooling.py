"""Random-effects mean of several runners' differences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from trailstats.arrays import ArrayLike, Floats, as_floats

NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Pooled:
    """The mean of runners, and each runner's own difference drawn towards it.

    Attributes
    ----------
    mean, low, high : float
        Over all runners like these, with its 95 % interval.
    error, tau : float
        Standard error of the mean, and the standard deviation of true differences between runners.
    own, own_reach : numpy.ndarray, shape (k,)
        Each runner's difference, drawn to the mean by as much as it is uncertain, and how far its
        interval reaches on either side.
    differs : numpy.ndarray, shape (k,)
        p value of each runner against the others.
    """

    mean: float
    low: float
    high: float
    error: float
    tau: float
    own: Floats
    own_reach: Floats
    differs: Floats


def pool_differences(
    differences: ArrayLike, errors: ArrayLike, *, confidence: float = 0.95
) -> Pooled:
    """Return the random-effects mean of differences.

    Parameters
    ----------
    differences, errors : array-like, shape (k,)
        One for each runner, with its standard error [any unit]; at least two.
    confidence : float

    Returns
    -------
    Pooled
        The spread between runners is DerSimonian's and Laird's moment estimate, the interval of the
        mean that of Hartung and Knapp, which holds for few runners as well.

    Raises
    ------
    ValueError
        With fewer than two runners, or an error that is not above 0.

    References
    ----------
    [DerSimonianLaird1986]_, [HartungKnapp2001]_

    Examples
    --------
    >>> found = pool_differences([1.0, 3.0], [0.1, 0.1])
    >>> round(found.mean, 2), round(found.tau, 2)
    (2.0, 1.41)
    """
    y, s = as_floats(differences), as_floats(errors)
    if len(y) < 2 or not (s > 0).all():
        raise ValueError("at least two differences, each with an error above 0")
    mean, spread, weight = _mean_and_spread(y, s)
    count = len(y)
    scatter = float(weight @ (y - mean) ** 2) / ((count - 1) * weight.sum())
    # Never below the plain error: runners that agree by chance make no better mean.
    error = float(np.sqrt(max(scatter, 1.0 / weight.sum())))
    # As wide as so few runners leave the spread between them open.
    scale = float(stdtrit(count - 1, 0.5 + confidence / 2))
    reach = scale * error
    own = mean + spread / (spread + s**2) * (y - mean)
    left = s**2 / (spread + s**2)
    own_error = np.sqrt(s**2 * (1.0 - left) + left**2 / weight.sum())
    return Pooled(
        mean=mean,
        low=mean - reach,
        high=mean + reach,
        error=error,
        tau=float(np.sqrt(spread)),
        own=np.asarray(own),
        own_reach=np.asarray(scale * own_error),
        differs=_against_the_others(y, s),
    )


def _mean_and_spread(y: Floats, s: Floats) -> tuple[float, float, Floats]:
    """Return the mean, the variance between runners, and the weights [DerSimonianLaird1986]_."""
    fixed = 1.0 / s**2
    total = fixed.sum()
    plain = float(fixed @ y / total)
    q = float(fixed @ (y - plain) ** 2)
    scale = total - float((fixed**2).sum()) / total
    spread = max((q - (len(y) - 1)) / scale, 0.0) if scale > 0 else 0.0
    weight = 1.0 / (s**2 + spread)
    return float(weight @ y / weight.sum()), spread, weight


def _against_the_others(y: Floats, s: Floats) -> Floats:
    """Return the p value of each against the mean of the others; NaN with fewer than two others."""
    out = np.full(len(y), NAN)
    if len(y) < 3:
        return out
    for k in range(len(y)):
        rest = np.arange(len(y)) != k
        mean, spread, weight = _mean_and_spread(y[rest], s[rest])
        error = float(np.sqrt(spread + s[k] ** 2 + 1.0 / weight.sum()))
        out[k] = 2.0 * float(stdtr(len(y) - 2, -abs(y[k] - mean) / error))
    return out
