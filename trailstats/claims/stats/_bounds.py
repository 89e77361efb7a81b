"""Intervals of a comparison, and what widens them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import stdtr, stdtrit

from trailstats.claims.stats._comparison import Comparison
from trailstats.metrics._root import root_between


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
    return with_interval(known, float(np.sqrt(own + line)), joint, confidence)


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
    return with_interval(ranged, known.error, known.df, confidence)


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


def with_interval(
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
