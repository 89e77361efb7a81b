"""Trail runs against road runs that are near in time and alike in duration, resampled by run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit

__all__ = [
    "Comparison",
    "MatchRules",
    "compare",
    "effective_number",
    "kernel",
    "resamples",
    "weighted_median",
    "with_inference",
]

Floats = NDArray[np.float64]
NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class MatchRules:
    """Which runs are compared with each other, and how surely. All values are judgement.

    Attributes
    ----------
    days : float
        A pair's weight falls in a line to zero where its runs lie so far apart [day].
    duration_ratio : float
        Likewise where one run takes so many times as long as the other.
    fewest : int
        Matched runs that each side needs.
    level : float
        Of the interval.
    draws : int
        Resamples of each side.
    seed : int
        The same seed gives the same resamples.
    """

    days: float = 45.0
    duration_ratio: float = 2.0
    fewest: int = 8
    level: float = 0.95
    draws: int = 999
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sides and what lies between them.

    Attributes
    ----------
    trail, road : float
        Means over the matched runs, weighted by how well they match, in the values' unit.
    difference, low, high : float
        Trail minus road with its interval; NaN bounds where a side is too small.
    error, freedom : float
        Standard error, and the degrees of freedom of its t distribution.
    p_value : float
        Two-sided; NaN where a side is too small.
    standardised : float
        Difference over the runs' own standard deviation, corrected for small samples (Hedges).
    robust : float
        Weighted median of the pairs' differences: what is left when single runs can't pull.
    share_above : float
        Share of pairs in which the trail run has the larger value, ties half.
    n_trail, n_road : int
        Matched runs.
    enough : bool
        Whether both sides reach the floor.
    pairs : pandas.DataFrame
        ``trail``, ``road`` (positions in the input), ``difference``, ``weight``: each matched pair.
    """

    trail: float = NAN
    road: float = NAN
    difference: float = NAN
    low: float = NAN
    high: float = NAN
    error: float = NAN
    freedom: float = NAN
    p_value: float = NAN
    standardised: float = NAN
    robust: float = NAN
    share_above: float = NAN
    n_trail: int = 0
    n_road: int = 0
    enough: bool = False
    pairs: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"trail": [], "road": [], "difference": [], "weight": []})
    )


def compare(
    values: ArrayLike,
    is_trail: ArrayLike,
    days: ArrayLike,
    durations: ArrayLike,
    *,
    rules: MatchRules | None = None,
) -> Comparison:
    """Compare trail runs with road runs of the same weeks and of like duration.

    Every trail run is paired with every road run near enough; a pair weighs the more the nearer it is in time and
    the more alike in duration. So season, form and the length of the day's run, which change slowly or by plan,
    are the same on both sides. The error comes from resampling each side's runs, whole; its t distribution has
    Satterthwaite's degrees of freedom from the effective numbers of runs, so few runs give a wide interval.

    Parameters
    ----------
    values : array-like, shape (n,)
        One value for each run [any unit]; NaN is left out.
    is_trail : array-like of bool, shape (n,)
        True for trail, False for road.
    days : array-like, shape (n,)
        Start of the run [day]; NaN is left out.
    durations : array-like, shape (n,)
        Moving time [s]; NaN and what is not positive is left out.
    rules : MatchRules, optional

    Returns
    -------
    Comparison
        With ``enough`` False and no interval where fewer than ``rules.fewest`` runs of a side find a match.

    References
    ----------
    [EfronTibshirani1993]_, [Satterthwaite1946]_, [Hedges1981]_, [HodgesLehmann1963]_
    """
    rules = rules or MatchRules()
    y, when, long = (np.asarray(a, dtype=np.float64) for a in (values, days, durations))
    side = np.asarray(is_trail, dtype=np.bool_)
    usable = np.isfinite(y) & np.isfinite(when) & (long > 0)
    trail, road = np.flatnonzero(usable & side), np.flatnonzero(usable & ~side)
    weight = kernel(when[trail][:, None] - when[road][None, :], rules.days)
    log = np.log(np.where(long > 0, long, 1.0))
    weight *= kernel(log[trail][:, None] - log[road][None, :], float(np.log(rules.duration_ratio)))
    return _summarise(y, trail, road, weight, rules)


def kernel(distance: Floats, reach: float) -> Floats:
    """Return weights that fall in a line from 1 at no distance to 0 at the reach."""
    return np.maximum(0.0, 1.0 - np.abs(distance) / reach)


def _summarise(
    y: Floats, trail: NDArray[np.intp], road: NDArray[np.intp], weight: Floats, rules: MatchRules
) -> Comparison:
    rows, columns = weight.sum(axis=1), weight.sum(axis=0)
    n_trail, n_road = int(np.count_nonzero(rows)), int(np.count_nonzero(columns))
    if not n_trail:
        return Comparison()
    first, second = np.nonzero(weight)
    gaps = y[trail[first]] - y[road[second]]
    heavy = weight[first, second]
    pairs = pd.DataFrame({"trail": trail[first], "road": road[second], "difference": gaps, "weight": heavy})
    total = float(rows.sum())
    means = float(rows @ y[trail]) / total, float(columns @ y[road]) / total
    known = Comparison(
        trail=means[0],
        road=means[1],
        difference=means[0] - means[1],
        robust=weighted_median(gaps, heavy),
        share_above=float(heavy @ ((gaps > 0) + 0.5 * (gaps == 0)) / total),
        n_trail=n_trail,
        n_road=n_road,
        pairs=pairs,
    )
    if min(n_trail, n_road) < rules.fewest:
        return known
    sides = (
        (rows, rows * y[trail] - weight @ y[road], means[0], y[trail]),
        (columns, y[trail] @ weight - columns * y[road], means[1], y[road]),
    )
    parts = [_resampled(own, gap, rules.draws, rules.seed + k) for k, (own, gap, _, _) in enumerate(sides)]
    sizes = [effective_number(own) for own, _, _, _ in sides]
    variance = sum(parts)
    freedom = 1e9
    if variance > 0:
        freedom = variance**2 / sum(v**2 / max(n - 1.0, 1.0) for v, n in zip(parts, sizes, strict=True))
    spread = [float(own @ (values - mean) ** 2 / total) for own, _, mean, values in sides]
    return with_inference(known, float(np.sqrt(variance)), freedom, spread, rules.level)


def with_inference(
    known: Comparison, error: float, freedom: float, spread: Sequence[float], level: float
) -> Comparison:
    """Return the comparison with interval, p value and standardised difference.

    Parameters
    ----------
    known : Comparison
    error, freedom : float
        Of the difference.
    spread : sequence of float
        Variance of the values on each side.
    level : float
    """
    difference = known.difference
    reach = float(stdtrit(freedom, 0.5 + level / 2)) * error
    exact = 1.0 if difference == 0 else 0.0
    pooled = float(np.sqrt(sum(spread) / len(spread)))
    small = 1.0 - 3.0 / (4.0 * (known.n_trail + known.n_road) - 9.0)
    return replace(
        known,
        low=difference - reach,
        high=difference + reach,
        error=error,
        freedom=freedom,
        p_value=2.0 * float(stdtr(freedom, -abs(difference) / error)) if error > 0 else exact,
        standardised=small * difference / pooled if pooled > 0 else NAN,
        enough=True,
    )


@lru_cache(maxsize=8)
def resamples(count: int, draws: int, seed: int) -> Floats:
    """Return how often each of ``count`` runs is drawn, shape (draws, count)."""
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(count, np.full(count, 1.0 / count), size=draws).astype(np.float64)
    drawn.flags.writeable = False
    return drawn


def _resampled(own: Floats, gap: Floats, draws: int, seed: int) -> float:
    """Return the variance of the difference when one side's runs are drawn anew, corrected for their number."""
    used = own > 0
    own, gap = own[used], gap[used]
    count = len(own)
    drawn = resamples(count, draws, seed)
    weight = drawn @ own
    kept = weight > 0
    size = effective_number(own)
    return float(np.var((drawn @ gap)[kept] / weight[kept], ddof=1)) * size / max(size - 1.0, 0.5)


def effective_number(weights: Floats) -> float:
    """Return how many equally weighted runs would tell as much."""
    return float(weights.sum() ** 2 / (weights**2).sum())


def weighted_median(values: Floats, weights: Floats) -> float:
    """Return the smallest value that half of the weight doesn't exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, 0.5 * reached[-1])])
