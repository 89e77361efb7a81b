"""Runs on more trail against runs on less that are near in time and alike in duration."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from trailstats.arrays import ArrayLike, Flags, Floats, as_floats
from trailstats.metrics._root import root_between

NAN = float("nan")
WEEK = 7.0
"""Days whose runs go together: those of one week (our choice) [day]."""

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
    contrast : float
        Trail share of the one side less that of the other that a comparison needs.
    confidence : float
        Of the interval.
    """

    days: float = 45.0
    duration_ratio: float = 2.0
    fewest: int = 8
    contrast: float = 0.4
    confidence: float = 0.95


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sides and what lies between them.

    Attributes
    ----------
    trail, road : float
        Means over the matched runs on more and on less trail, weighted by how well they match, in
        the values' unit.
    shares : (float, float)
        Mean shares of trail that these hold at: their gap is ``difference`` times that of the
        shares.
    difference, low, high : float
        Trail minus road with its interval; NaN bounds where a side is too small, and no figures
        where one has fewer than two runs or their ground is hardly apart.
    error, df : float
        Standard error, and the degrees of freedom of its t distribution; from two runs a side on.
    p_value : float
        Two-sided; NaN where a side is too small.
    standardised : float
        Difference over the runs' own standard deviation, corrected for small samples (Hedges).
    robust : float
        Weighted median of the pairs' differences: what is left when single runs can't pull.
    share_above : float
        Share of pairs in which the run on more trail has the larger value, ties half.
    pull : numpy.ndarray, shape (n,)
        What each run's value weighs in the difference.
    variances : (float, float)
        What the runs on more and those on less trail add to the squared error.
    scale : float
        Where the ground is only expected: by what else the difference may be multiplied. The
        interval reaches from the one to the other.
    beyond : (float, float)
        By how much the true difference may lie below and above what was seen for reasons that no
        number of runs narrows down: not more than 0, and not less.
    n_trail, n_road : int
        Matched runs.
    enough : bool
        Whether both sides reach the floor.
    pairs : pandas.DataFrame
        ``trail, road`` (positions in the input of the run on more and on less trail),
        ``trail_value, road_value, difference`` (for all trail against none), ``weight``: each
        matched pair.
    """

    trail: float = NAN
    road: float = NAN
    shares: tuple[float, float] = (NAN, NAN)
    difference: float = NAN
    low: float = NAN
    high: float = NAN
    error: float = NAN
    df: float = NAN
    p_value: float = NAN
    standardised: float = NAN
    robust: float = NAN
    share_above: float = NAN
    variances: tuple[float, float] = (NAN, NAN)
    scale: float = 1.0
    beyond: tuple[float, float] = (0.0, 0.0)
    n_trail: int = 0
    n_road: int = 0
    enough: bool = False
    pull: Floats = field(default_factory=lambda: np.zeros(0))
    pairs: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({name: [] for name in _PAIRS})
    )

    def is_close(self, fewest: int) -> bool:
        """Return whether there are so many runs on each side, but their ground is hardly apart."""
        return not self.enough and min(self.n_trail, self.n_road) >= fewest


def compare(
    values: ArrayLike,
    trail_share: ArrayLike,
    days: ArrayLike,
    durations: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    rules: MatchRules | None = None,
) -> Comparison:
    """Compare runs on more trail with runs on less, of the same weeks and of like duration.

    Every run is paired with every other near enough; a pair weighs the more the nearer it is in
    time and the more alike in duration. So season, form and the length of the day's run, which
    change slowly or by plan, are the same on both sides. Over the pairs the difference of values is
    regressed on that of trail shares, without a constant: the slope is what all trail adds to none.
    Where shares are 0 and 1 that is the weighted mean of the pairs' differences. Where they are
    expectations, and right on the average, the slope is right as well [Berkson1950]_: runs whose
    ground is mixed or in doubt count for as much as they tell.

    Parameters
    ----------
    values : array-like, shape (n,)
        One value for each run [any unit]; NaN is left out.
    trail_share : array-like, shape (n,)
        Expected share of trail, 0 to 1, or whether it is a trail run; NaN is left out.
    days : array-like, shape (n,)
        Start of the run [day]; NaN is left out.
    durations : array-like, shape (n,)
        Moving time [s]; NaN and what is not positive is left out.
    groups : array-like, shape (n,), optional
        Only runs of the same group are paired, such as those recorded by the same device.
    weights : array-like, shape (n,), optional
        What each run counts for; 0 is left out.
    rules : MatchRules, optional

    Returns
    -------
    Comparison
        With ``enough`` False and no interval where fewer than ``rules.fewest`` runs mostly on
        trail, or as many mostly on road, find a match, or where both are hardly apart. The error is
        robust against runs that scatter differently (HC2), each run's own scatter taken about those
        that it is paired with; the t distribution has Satterthwaite's degrees of freedom from the
        effective numbers of runs at both ends. With equal weights this is Welch's test. Where the
        runs of a week go together, the error is that of whole weeks, if it is the larger one. How
        right the expected shares are for one runner is unknown, so the interval reaches in to what
        sides taken at their word would show.

    References
    ----------
    [Berkson1950]_, [MacKinnonWhite1985]_, [LiangZeger1986]_, [Satterthwaite1946]_,
    [Hedges1981]_, [HodgesLehmann1963]_
    """
    rules = rules or MatchRules()
    y = as_floats(values)
    share = as_floats(trail_share)
    when = as_floats(days)
    duration = as_floats(durations)
    usable = np.isfinite(y) & np.isfinite(share) & np.isfinite(when)
    usable &= duration > 0
    group = np.zeros(len(y)) if groups is None else np.asarray(groups)
    chosen = np.flatnonzero(usable)
    first, second = chosen[_near(when[chosen], rules.days)]
    size = np.log(duration, where=usable, out=np.zeros(len(y)))
    weight = _kernel(when, first, second, rules.days)
    weight *= _kernel(size, first, second, float(np.log(rules.duration_ratio)))
    if weights is not None:
        counted = as_floats(weights)
        weight *= counted[first] * counted[second]
    kept = (weight > 0) & (group[first] == group[second])
    # The run on more trail stands first.
    swap = share[first] < share[second]
    pairs = _Pairs(
        np.where(swap, second, first)[kept],
        np.where(swap, first, second)[kept],
        weight[kept],
        np.nan_to_num(when) // WEEK,
    )
    return _summarise(y, share, pairs, rules)


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


def allow_for_bias(
    known: Comparison, low: float, high: float, *, confidence: float = 0.95
) -> Comparison:
    """Return the comparison with an interval that allows for an error that all runs share.

    Of such an error only the range is known. The interval holds the true difference as often as it
    says wherever in the range the error lies; as chance can lead out of the range on one side only
    at a time, it reaches less far beyond it than beyond a point.

    Parameters
    ----------
    known : Comparison
    low, high : float
        By how much the truth may lie below (not more than 0) and above what was seen.
    confidence : float

    Returns
    -------
    Comparison
        Unchanged where it has no interval. The p value is that of the nearest truth in the range.

    References
    ----------
    [ImbensManski2004]_
    """
    if not known.enough:
        return known
    down, up = known.beyond
    ranged = replace(known, beyond=(down + min(low, 0.0), up + max(high, 0.0)))
    return _with_interval(ranged, known.error, known.df, confidence)


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
        scale=1.0 / share,
    )


def _near(when: Floats, reach: float) -> NDArray[np.intp]:
    """Return the pairs of positions less than the reach apart in time, shape (2, pairs).

    Their number grows with that of the runs, not with its square.
    """
    order = np.argsort(when, kind="stable")
    clock = when[order]
    place = np.arange(len(clock))
    count = np.searchsorted(clock, clock + reach) - place - 1
    one = np.repeat(place, count)
    before = np.cumsum(count) - count
    other = one + 1 + np.arange(len(one)) - np.repeat(before, count)
    return np.asarray(order[np.vstack((one, other))])


def _kernel(
    at: Floats, one: NDArray[np.intp], other: NDArray[np.intp], reach: float
) -> Floats:
    """Return weights of pairs that fall in a line from 1 at no distance to 0 at the reach."""
    return np.asarray(np.maximum(0.0, 1.0 - np.abs(at[one] - at[other]) / reach))


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Pairs of runs, the one on more trail first, with their weights, and the week of each run."""

    more: NDArray[np.intp]
    less: NDArray[np.intp]
    weight: Floats
    week: Floats

    @property
    def runs(self) -> int:
        """How many runs there are, paired or not."""
        return len(self.week)

    def total(self, of_more: Floats, of_less: Floats) -> Floats:
        """Return each run's sum over its pairs of what the pair gives the one and the other."""
        return np.asarray(
            np.bincount(self.more, weights=of_more, minlength=self.runs)
            + np.bincount(self.less, weights=of_less, minlength=self.runs)
        )


def _scatter(left: Floats, pull: Floats, pairs: _Pairs) -> Floats:
    """Return how far each run lies off those that it is paired with, as a draw of its own scatter;
    NaN without a pair.

    Parameters
    ----------
    left : numpy.ndarray, shape (n,)
        Values less what their trail share explains.
    pull : numpy.ndarray, shape (n,)
        What each run's value weighs in the slope.
    pairs : _Pairs
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


def _error(
    off: Floats, pull: Floats, week: Floats
) -> tuple[tuple[float, float], float]:
    """Return what either end adds to the squared error of the slope, and the degrees of freedom.

    Parameters
    ----------
    off : numpy.ndarray, shape (n,)
        How far each run lies off, as of `_scatter`.
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


def _summarise(
    y: Floats, share: Floats, pairs: _Pairs, rules: MatchRules
) -> Comparison:
    apart = share[pairs.more] - share[pairs.less]
    weight = pairs.weight * apart
    force = float(weight @ apart)
    if not force > 0:
        return Comparison()
    # The slope is a weighted sum of the values.
    pull = pairs.total(weight, -weight) / force
    told = pull != 0
    slope = float(pull[told] @ y[told])
    left = np.where(np.isfinite(share), y - slope * share, 0.0)
    left = np.where(np.isfinite(left), left, 0.0)
    size = np.abs(pull)
    informative = apart > 0
    gaps = (y[pairs.more] - y[pairs.less])[informative] / apart[informative]
    heavy = (weight * apart)[informative]
    above = (gaps > 0) + 0.5 * (gaps == 0)
    paired = np.unique(
        np.concatenate((pairs.more[informative], pairs.less[informative]))
    )
    mostly = share[paired] >= 0.5
    ends = (pull > 0, pull < 0)
    means = [float(np.average(share[e], weights=size[e])) for e in ends]
    # At their own shares these are values that were run; a line's ends needn't be possible.
    sides = [float(np.average(y[e], weights=size[e])) for e in ends]
    known = Comparison(
        trail=sides[0],
        road=sides[1],
        shares=(means[0], means[1]),
        difference=slope,
        robust=_weighted_median(gaps, heavy),
        share_above=float(np.average(above, weights=heavy)),
        n_trail=int(mostly.sum()),
        n_road=int((~mostly).sum()),
        pull=pull,
        pairs=pd.DataFrame(
            {
                "trail": pairs.more[informative],
                "road": pairs.less[informative],
                "trail_value": y[pairs.more[informative]],
                "road_value": y[pairs.less[informative]],
                "difference": gaps,
                "weight": heavy,
            }
        ),
    )
    least = min(known.n_trail, known.n_road)
    if least < 2 or means[0] - means[1] < rules.contrast:
        # What a line through hardly different ground says of all trail is no figure at all.
        return replace(
            known,
            trail=NAN,
            road=NAN,
            shares=(NAN, NAN),
            difference=NAN,
            robust=NAN,
            share_above=NAN,
        )
    off = np.where(told, _scatter(left, pull, pairs), 0.0)
    errors, df = _error(off, pull, pairs.week)
    error = float(np.sqrt(sum(errors)))
    if least < rules.fewest:
        return replace(known, error=error, df=float(df))
    pooled = float(
        np.sqrt(np.mean([np.average(off[e] ** 2, weights=size[e]) for e in ends]))
    )
    # Hedges' factor: over the standard deviation of few runs a difference comes out too large.
    small = 1.0 - 3.0 / (4.0 * (known.n_trail + known.n_road) - 9.0)
    sized = replace(
        known,
        standardised=small * slope / pooled if pooled > 0 else NAN,
        enough=True,
        variances=errors,
        scale=min(means[0] - means[1], 1.0),
    )
    return _with_interval(sized, error, float(df), rules.confidence)


def bounds_at(known: Comparison, confidence: float) -> tuple[float, float]:
    """Return the interval of a comparison's difference at another confidence.

    Parameters
    ----------
    known : Comparison
    confidence : float

    Returns
    -------
    (float, float)
        NaN without an error.
    """
    down, up = known.beyond
    reach = _reach(known, confidence) * known.error
    low, high = known.difference + down - reach, known.difference + up + reach
    return min(low, low * known.scale), max(high, high * known.scale)


def _reach(known: Comparison, confidence: float) -> float:
    """Return how many standard errors the interval reaches beyond the range of the truth."""
    both = float(stdtrit(known.df, 0.5 + confidence / 2))
    width = known.beyond[1] - known.beyond[0]
    if not width > 0 or not known.error > 0:
        return both
    apart = width / known.error

    def surplus(reach: float) -> float:
        held = stdtr(known.df, reach + apart) - stdtr(known.df, -reach)
        return float(held) - confidence

    # Where the range is wide, only one side can be missed; a hair below it the sign is sure.
    one = float(stdtrit(known.df, confidence)) - 1e-9
    return root_between(surplus, one, both + 1e-9)


def _with_interval(
    known: Comparison, error: float, df: float, confidence: float
) -> Comparison:
    difference = known.difference
    down, up = known.beyond
    # How far the nearest truth of the range lies from none; below 0 where none lies in it.
    near = max(difference + down, -difference - up)
    p_value = 0.0 if near > 0 else 1.0
    if error > 0:
        apart = (up - down) / error
        p_value = float(stdtr(df, -near / error))
        p_value += float(stdtr(df, -near / error - apart))
    tested = replace(known, error=error, df=df, p_value=p_value)
    low, high = bounds_at(tested, confidence)
    return replace(tested, low=low, high=high)


def _weighted_median(values: Floats, weights: Floats) -> float:
    """Return the smallest value that half of the weight doesn't exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, 0.5 * reached[-1])])
