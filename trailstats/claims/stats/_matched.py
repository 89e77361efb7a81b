"""Runs on more trail against runs on less that are near in time and alike in duration."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats
from trailstats.claims.stats._bounds import with_interval
from trailstats.claims.stats._comparison import NAN, Comparison, MatchRules
from trailstats.claims.stats._pairs import Pairs, evened, kernel, near
from trailstats.claims.stats._scatter import scatter, slope_error

WEEK = 7.0
"""Days whose runs go together: those of one week (our choice) [day]."""

SAME_LENGTH = 1e-12
"""Variance of the logarithm of durations below which runs are of one length: rounding [1]."""


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
    time and the more alike in duration, over how many runs lie about either. Over the pairs the
    difference of values is regressed on that of trail shares and on that of the logarithms of
    duration, without a constant: the first slope is what all trail adds to none. So season, form
    and the length of the day's run, which change slowly or by plan, are the same on both sides.
    Where shares are expectations, and right on the average, the slope is right as well
    [Berkson1950]_: runs whose ground is mixed or in doubt count for as much as they tell.

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
    first, second = chosen[near(when[chosen], rules.days)]
    size = np.log(duration, where=usable, out=np.zeros(len(y)))
    weight = kernel(when, first, second, rules.days)
    weight *= kernel(size, first, second, float(np.log(rules.duration_ratio)))
    counts = np.ones(len(y)) if weights is None else as_floats(weights)
    kept = (weight > 0) & (group[first] == group[second])
    kept &= (counts[first] > 0) & (counts[second] > 0)
    first, second = first[kept], second[kept]
    # The run on more trail stands first.
    swap = share[first] < share[second]
    pairs = Pairs(
        np.where(swap, second, first),
        np.where(swap, first, second),
        evened(weight[kept], first, second, counts),
        np.nan_to_num(when) // WEEK,
    )
    mostly = share[usable & (counts > 0)] >= 0.5
    return replace(
        _summarise(y, share, size, pairs, rules),
        usable=(int(mostly.sum()), int((~mostly).sum())),
    )


@dataclass(frozen=True, eq=False)
class _Fit:
    """What least squares over the pairs gives.

    Attributes
    ----------
    slope : float
        What all trail adds to none, at the same length of run.
    by_length : float
        What a run's length adds, by its logarithm.
    pull : numpy.ndarray, shape (n,)
        What each run's value weighs in the slope.
    left : numpy.ndarray, shape (n,)
        Values less what share and length explain.
    contrast : float
        Trail share of the runs on more trail less that of those on less, whatever their length.
    """

    slope: float
    by_length: float
    pull: Floats
    left: Floats
    contrast: float


def _fit(y: Floats, share: Floats, size: Floats, pairs: Pairs) -> _Fit | None:
    """Return the slopes over the pairs; None where the ground never differs at the same length."""
    w = pairs.weight
    apart, longer = (v[pairs.more] - v[pairs.less] for v in (share, size))
    own = apart
    spread = float(w @ longer**2)
    told_apart = spread > SAME_LENGTH * float(w.sum())
    if told_apart:
        # What the lengths tell of the ground is taken off; the rest is alike in length.
        own = apart - float(w * longer @ apart) / spread * longer
    force = float(w @ own**2)
    if not force > SAME_LENGTH * float(w.sum()):
        return None
    # The slope is a weighted sum of the values.
    pull = pairs.total(w * own, -w * own) / force
    told = pull != 0
    slope = float(pull[told] @ y[told])
    left = np.where(np.isfinite(share) & np.isfinite(y), y - slope * share, 0.0)
    by_length = 0.0
    if told_apart:
        rest = left[pairs.more] - left[pairs.less]
        by_length = float(w * longer @ rest) / spread
    left = left - by_length * np.where(told, size, 0.0)
    plain = pairs.total(w * apart, -w * apart) / float(w @ apart**2)
    contrast = 1.0 / float(plain[plain > 0].sum())
    return _Fit(slope, by_length, pull, left, contrast)


def _summarise(
    y: Floats, share: Floats, size: Floats, pairs: Pairs, rules: MatchRules
) -> Comparison:
    fit = _fit(y, share, size, pairs)
    if fit is None:
        return Comparison()
    pull = fit.pull
    told = pull != 0
    heft = np.abs(pull)
    apart = share[pairs.more] - share[pairs.less]
    informative = apart > 0
    # At the same length; their mean is the slope.
    alike = y - fit.by_length * size
    gaps = (alike[pairs.more] - alike[pairs.less])[informative]
    gaps = gaps / apart[informative]
    heavy = (pairs.weight * apart**2)[informative]
    above = (gaps > 0) + 0.5 * (gaps == 0)
    paired = np.unique(
        np.concatenate((pairs.more[informative], pairs.less[informative]))
    )
    mostly = share[paired] >= 0.5
    ends = (pull > 0, pull < 0)
    means = [float(np.average(share[e], weights=heft[e])) for e in ends]
    # At their own shares these are values that were run; a line's ends needn't be possible.
    sides = [float(np.average(y[e], weights=heft[e])) for e in ends]
    known = Comparison(
        trail=sides[0],
        road=sides[1],
        shares=(means[0], means[1]),
        difference=fit.slope,
        robust=_weighted_median(gaps, heavy),
        share_above=float(np.average(above, weights=heavy)),
        n_trail=int(mostly.sum()),
        n_road=int((~mostly).sum()),
        pull=pull,
        paired={
            "trail": pairs.more[informative],
            "road": pairs.less[informative],
            "trail_value": y[pairs.more[informative]],
            "road_value": y[pairs.less[informative]],
            "difference": gaps,
            "weight": heavy,
        },
    )
    least = min(known.n_trail, known.n_road)
    if least < 2 or fit.contrast < rules.contrast:
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
    off = np.where(told, scatter(fit.left, pull, pairs), 0.0)
    errors, df = slope_error(off, pull, pairs.week)
    error = float(np.sqrt(sum(errors)))
    if least < rules.fewest:
        return replace(known, error=error, df=float(df))
    pooled = float(
        np.sqrt(np.mean([np.average(off[e] ** 2, weights=heft[e]) for e in ends]))
    )
    # Hedges' factor: over the standard deviation of few runs a difference comes out too large.
    small = 1.0 - 3.0 / (4.0 * (known.n_trail + known.n_road) - 9.0)
    sized = replace(
        known,
        standardised=small * fit.slope / pooled if pooled > 0 else NAN,
        enough=True,
        variances=errors,
        scale=min(fit.contrast, 1.0),
    )
    return with_interval(sized, error, float(df), rules.confidence)


def _weighted_median(values: Floats, weights: Floats) -> float:
    """Return the smallest value that half of the weight doesn't exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, 0.5 * reached[-1])])
