"""How far runs scatter about those that they are paired with, and the error that follows."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Flags, Floats, as_floats
from trailstats.claims.stats._pairs import Pairs


def scatter(left: Floats, pull: Floats, pairs: Pairs) -> Floats:
    """Return how far each run lies off those that it is paired with, as a draw of its own scatter;
    NaN without a pair.

    Parameters
    ----------
    left : numpy.ndarray, shape (n,)
        Values less what their trail share explains.
    pull : numpy.ndarray, shape (n,)
        What each run's value weighs in the slope.
    pairs : Pairs
    """
    w = pairs.weight
    whole = pairs.total(w, w)
    squares = pairs.total(w**2, w**2)
    mean = pairs.total(w * left[pairs.less], w * left[pairs.more])
    known = whole > 0
    safe = np.where(known, whole, 1.0)
    # The mean of k others has a variance of its own, and the slope follows each run a little.
    others = np.where(known, safe**2 / np.where(known, squares, 1.0), 1.0)
    leverage = pull**2 / (pull**2).sum() * (others + 1.0) / others
    leverage = np.minimum(leverage, 0.9)
    off = (left - mean / safe) * np.sqrt(others / (others + 1.0))
    return np.where(known, off / np.sqrt(1.0 - leverage), np.nan)


def slope_error(
    off: Floats, pull: Floats, week: Floats
) -> tuple[tuple[float, float], float]:
    """Return what either end adds to the squared error of the slope, and the degrees of freedom.

    Parameters
    ----------
    off : numpy.ndarray, shape (n,)
        How far each run lies off, as of `scatter`.
    pull : numpy.ndarray, shape (n,)
    week : numpy.ndarray, shape (n,)
    """
    ends = (pull > 0, pull < 0)
    by_run = _ends(off, pull, ends)
    place = np.unique(week, return_inverse=True)[1]
    # A week's runs at one end stand and fall together, those at both ends part each other out.
    weekly = [np.bincount(place, np.where(e, pull * off, 0.0)) for e in ends]
    reach = [as_floats(np.bincount(place, np.where(e, pull, 0.0))) for e in ends]
    whole = float(((weekly[0] + weekly[1]) ** 2).sum())
    plain = sum(squares for squares, _ in by_run)
    if not whole > plain:
        return (by_run[0][0], by_run[1][0]), _satterthwaite(by_run)
    by_week = [
        (float((w**2).sum()), _effective(r))
        for w, r in zip(weekly, reach, strict=True)
    ]
    grown = whole / plain if plain > 0 else 1.0
    df = min(_satterthwaite(by_run), _satterthwaite(by_week))
    return (by_run[0][0] * grown, by_run[1][0] * grown), df


def _ends(
    off: Floats, pull: Floats, ends: tuple[Flags, Flags]
) -> list[tuple[float, float]]:
    """Return the squared error and the effective number of the runs at either end."""
    return [
        (float(pull[e] ** 2 @ off[e] ** 2), _effective(pull[e])) for e in ends
    ]


def _effective(weights: Floats) -> float:
    """Return how many equal weights tell as much of a variance."""
    return float(np.sum(weights**2) ** 2 / np.sum(weights**4))


def _satterthwaite(ends: list[tuple[float, float]]) -> float:
    """Return the degrees of freedom of a sum of squared errors, each of so many runs."""
    shares = sum(error**2 / max(n - 1.0, 1.0) for error, n in ends)
    return sum(error for error, _ in ends) ** 2 / shares if shares > 0 else 1e9
