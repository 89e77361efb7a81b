"""Trail runs against road runs that are near in time and alike in duration, resampled by run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from trailstats.arrays import ArrayLike, Floats, as_flags, as_floats

NAN = float("nan")
_PAIRS = ("trail", "road", "trail_value", "road_value", "difference", "weight")


@dataclass(frozen=True, kw_only=True)
class MatchRules:
    """Which runs are compared with each other, and how surely. All values are our choice.

    Attributes
    ----------
    days : float
        A pair's weight falls in a line to zero where its runs lie so far apart [day].
    duration_ratio : float
        Likewise where one run takes so many times as long as the other.
    fewest : int
        Matched runs that each side needs.
    confidence : float
        Of the interval.
    draws : int
        Resamples of each side.
    seed : int
        The same seed gives the same resamples.
    """

    days: float = 45.0
    duration_ratio: float = 2.0
    fewest: int = 8
    confidence: float = 0.95
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
    error, df : float
        Standard error, and the degrees of freedom of its t distribution.
    p_value : float
        Two-sided; NaN where a side is too small.
    standardised : float
        Difference over the runs' own standard deviation, corrected for small samples (Hedges).
    robust : float
        Weighted median of the pairs' differences: what is left when single runs can't pull.
    share_above : float
        Share of pairs in which the trail run has the larger value, ties half.
    contrast : float
        Share of its size at which a difference shows, where sides may be mistaken; else 1.
    n_trail, n_road : int
        Matched runs.
    enough : bool
        Whether both sides reach the floor.
    pairs : pandas.DataFrame
        ``trail, road`` (positions in the input), ``trail_value, road_value, difference, weight``:
        each matched pair.
    """

    trail: float = NAN
    road: float = NAN
    difference: float = NAN
    low: float = NAN
    high: float = NAN
    error: float = NAN
    df: float = NAN
    p_value: float = NAN
    standardised: float = NAN
    robust: float = NAN
    share_above: float = NAN
    contrast: float = 1.0
    n_trail: int = 0
    n_road: int = 0
    enough: bool = False
    pairs: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({name: [] for name in _PAIRS})
    )


def compare(
    values: ArrayLike,
    is_trail: ArrayLike,
    days: ArrayLike,
    durations: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    rules: MatchRules | None = None,
) -> Comparison:
    """Compare trail runs with road runs of the same weeks and of like duration.

    Every trail run is paired with every road run near enough; a pair weighs the more the nearer it
    is in time and the more alike in duration. So season, form and the length of the day's run,
    which change slowly or by plan, are the same on both sides. The error comes from resampling each
    side's runs, whole; its t distribution has Satterthwaite's degrees of freedom from the effective
    numbers of runs, so few runs give a wide interval.

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
    groups : array-like, shape (n,), optional
        Only runs of the same group are paired, such as those recorded by the same device.
    rules : MatchRules, optional

    Returns
    -------
    Comparison
        With ``enough`` False and no interval where fewer than ``rules.fewest`` runs of a side find
        a match.

    References
    ----------
    [EfronTibshirani1993]_, [Satterthwaite1946]_, [Hedges1981]_, [HodgesLehmann1963]_
    """
    rules = rules or MatchRules()
    y = as_floats(values)
    when = as_floats(days)
    duration = as_floats(durations)
    side = as_flags(is_trail)
    usable = np.isfinite(y) & np.isfinite(when) & (duration > 0)
    trail = np.flatnonzero(usable & side)
    road = np.flatnonzero(usable & ~side)
    size = np.log(np.where(duration > 0, duration, 1.0))
    weight = _kernel(when, trail, road, rules.days)
    weight *= _kernel(size, trail, road, float(np.log(rules.duration_ratio)))
    if groups is not None:
        group = np.asarray(groups)
        weight *= np.equal.outer(group[trail], group[road])
    return _summarise(y, trail, road, weight, rules)


def allow_for_slope(
    known: Comparison,
    gap: float,
    error: float,
    df: float,
    *,
    confidence: float = 0.95,
) -> Comparison:
    """Return the comparison with an interval that allows for an uncertain slope.

    Values that were moved along a line, so that both sides have the same speed, carry the error of
    the line's slope.

    Parameters
    ----------
    known : Comparison
        Of the values so moved.
    gap : float
        How far apart the two sides were along the line, trail minus road.
    error, df : float
        Standard error of the slope, and its degrees of freedom.
    confidence : float

    Returns
    -------
    Comparison
        Unchanged where it has no interval. Both errors count as independent, as they are where the
        slope was estimated within each side.

    References
    ----------
    [Satterthwaite1946]_
    """
    if not known.enough:
        return known
    own = known.error**2
    line = (gap * error) ** 2
    both = own**2 / known.df + line**2 / df
    joint = (own + line) ** 2 / both if both > 0 else known.df
    return _with_interval(known, float(np.sqrt(own + line)), joint, confidence)


def allow_for_dilution(known: Comparison, share: float) -> Comparison:
    """Return the comparison with an interval that reaches out to where it would lie if sides were
    mistaken.

    Where a part of either side truly belongs to the other, a difference shows smaller than it is:
    at ``share`` of its size, if the probabilities are right. How right they are for one runner is
    unknown, so the true size lies between the one seen and that divided by ``share``, and the
    interval covers both ends. The difference stays as seen, and so does the p value.

    Parameters
    ----------
    known : Comparison
    share : float
        Probability of trail on the trail side less that on the road side, above 0 and at most 1.

    Returns
    -------
    Comparison
        Pairs as they were.

    References
    ----------
    [Aigner1973]_
    """
    return replace(
        known,
        low=min(known.low, known.low / share),
        high=max(known.high, known.high / share),
        contrast=share,
    )


def _kernel(
    at: Floats, trail: NDArray[np.intp], road: NDArray[np.intp], reach: float
) -> Floats:
    """Return weights of pairs that fall in a line from 1 at no distance to 0 at the reach."""
    distance = np.abs(np.subtract.outer(at[trail], at[road]))
    return np.maximum(0.0, 1.0 - distance / reach)


@dataclass(frozen=True, eq=False)
class _Side:
    """One side's matched runs.

    Attributes
    ----------
    values, weights : numpy.ndarray, shape (n,)
        Each run's value, and the weight of all its pairs.
    gaps : numpy.ndarray, shape (n,)
        Sum of its pairs' differences, trail minus road, each with its weight.
    """

    values: Floats
    weights: Floats
    gaps: Floats

    @property
    def size(self) -> float:
        """Number of equally weighted runs that would say as much."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum())

    @property
    def mean(self) -> float:
        return float(np.average(self.values, weights=self.weights))

    @property
    def variance(self) -> float:
        """Variance of single runs, unbiased."""
        squares = (self.values - self.mean) ** 2
        return float(np.average(squares, weights=self.weights)) * self._correction

    @property
    def _correction(self) -> float:
        # n / (n - 1): runs scatter less about their own mean than about the true one, and what is
        # drawn from them anew does so too. With eight runs that makes an interval 7 % wider.
        return self.size / max(self.size - 1.0, 0.5)

    def error_variance(self, draws: int, seed: int) -> float:
        """Return the variance of the difference when this side's runs are drawn anew, whole."""
        drawn = _resamples(len(self.values), draws, seed)
        weight = drawn @ self.weights
        kept = weight > 0
        differences = (drawn @ self.gaps)[kept] / weight[kept]
        return float(np.var(differences, ddof=1)) * self._correction


def _summarise(
    y: Floats,
    trail: NDArray[np.intp],
    road: NDArray[np.intp],
    weight: Floats,
    rules: MatchRules,
) -> Comparison:
    rows = weight.sum(axis=1)
    columns = weight.sum(axis=0)
    if not rows.any():
        return Comparison()
    first, second = np.nonzero(weight)
    pairs = pd.DataFrame(
        {
            "trail": trail[first],
            "road": road[second],
            "trail_value": y[trail[first]],
            "road_value": y[road[second]],
            "difference": y[trail[first]] - y[road[second]],
            "weight": weight[first, second],
        }
    )
    on_trail = rows > 0
    on_road = columns > 0
    trail_gaps = rows * y[trail] - weight @ y[road]
    road_gaps = y[trail] @ weight - columns * y[road]
    sides = (
        _Side(y[trail][on_trail], rows[on_trail], trail_gaps[on_trail]),
        _Side(y[road][on_road], columns[on_road], road_gaps[on_road]),
    )
    means = [side.mean for side in sides]
    counts = [len(side.values) for side in sides]
    gaps = pairs["difference"].to_numpy()
    heavy = pairs["weight"].to_numpy()
    above = (gaps > 0) + 0.5 * (gaps == 0)
    known = Comparison(
        trail=means[0],
        road=means[1],
        difference=means[0] - means[1],
        robust=_weighted_median(gaps, heavy),
        share_above=float(np.average(above, weights=heavy)),
        n_trail=counts[0],
        n_road=counts[1],
        pairs=pairs,
    )
    if min(counts) < rules.fewest:
        return known
    errors = [
        side.error_variance(rules.draws, rules.seed + k)
        for k, side in enumerate(sides)
    ]
    variance = sum(errors)
    df = 1e9
    if variance > 0:
        shares = [
            error**2 / max(side.size - 1.0, 1.0)
            for error, side in zip(errors, sides, strict=True)
        ]
        df = variance**2 / sum(shares)
    pooled = float(np.sqrt(np.mean([side.variance for side in sides])))
    # Hedges' factor: over the standard deviation of few runs a difference comes out too large.
    small = 1.0 - 3.0 / (4.0 * sum(counts) - 9.0)
    sized = replace(
        known,
        standardised=small * known.difference / pooled if pooled > 0 else NAN,
        enough=True,
    )
    return _with_interval(sized, float(np.sqrt(variance)), df, rules.confidence)


def bounds_at(known: Comparison, confidence: float) -> tuple[float, float]:
    """Return the interval of a comparison's difference at another confidence.

    Parameters
    ----------
    known : Comparison
    confidence : float

    Returns
    -------
    (float, float)
        NaN without an error. What the interval was widened by for ground that may be mistaken is
        kept as it was, as a ratio.
    """
    reach = float(stdtrit(known.df, 0.5 + confidence / 2)) * known.error
    low, high = known.difference - reach, known.difference + reach
    return min(low, low / known.contrast), max(high, high / known.contrast)


def _with_interval(
    known: Comparison, error: float, df: float, confidence: float
) -> Comparison:
    difference = known.difference
    reach = float(stdtrit(df, 0.5 + confidence / 2)) * error
    p_value = 1.0 if difference == 0 else 0.0
    if error > 0:
        p_value = 2.0 * float(stdtr(df, -abs(difference) / error))
    return replace(
        known,
        low=difference - reach,
        high=difference + reach,
        error=error,
        df=df,
        p_value=p_value,
    )


@lru_cache(maxsize=8)
def _resamples(count: int, draws: int, seed: int) -> Floats:
    """Return how often each of ``count`` runs is drawn, shape (draws, count)."""
    rng = np.random.default_rng(seed)
    drawn = as_floats(
        rng.multinomial(count, np.full(count, 1.0 / count), size=draws)
    )
    drawn.flags.writeable = False
    return drawn


def _weighted_median(values: Floats, weights: Floats) -> float:
    """Return the smallest value that half of the weight doesn't exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, 0.5 * reached[-1])])
