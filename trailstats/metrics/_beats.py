"""Beat intervals: artefacts, their correction, and short-term variability."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import scipy

from trailstats.arrays import ArrayLike, Flags, Floats, as_floats


@dataclass(frozen=True)
class BeatRules:
    """Constants of the artefact detection.

    Attributes
    ----------
    alpha : float
        Width of the thresholds in quartile deviations. [1]
    window : int
        Beats over which the quartile deviation is taken. [1]
    median_window : int
        Beats over which the median is taken. [1]
    slope, intercept : float
        Lines that part ectopic from normal beats. [1]
    largest_share : float
        Share of corrected beats above which variability has no value. [1]
    shortest : float
        Recording time that variability needs. [s]

    References
    ----------
    [LipponenTarvainen2019]_
    """

    alpha: float = 5.2
    window: int = 91
    median_window: int = 11
    slope: float = 0.13
    intercept: float = 0.17
    largest_share: float = 0.05
    shortest: float = 60.0


@dataclass(frozen=True, eq=False)
class CorrectedBeats:
    """Beat intervals after correction.

    Attributes
    ----------
    intervals : numpy.ndarray, shape (m,)
        Corrected intervals; a missed beat splits one in two, an extra beat joins two. [s]
    corrected : numpy.ndarray of bool, shape (m,)
        Intervals that are not as recorded. [1]
    share : float
        Share of recorded intervals found wrong. [1] NaN without beats.

    References
    ----------
    [LipponenTarvainen2019]_
    """

    intervals: Floats
    corrected: Flags
    share: float


def rmssd(intervals: ArrayLike) -> float:
    """Compute the root mean square of the differences of successive beat intervals.

    Parameters
    ----------
    intervals : array-like, shape (n,)
        Beat intervals, as recorded or corrected. [s] A difference with a NaN is skipped.

    Returns
    -------
    float
        Variability, in the unit of `intervals`. [s] NaN with fewer than two intervals.

    References
    ----------
    [TaskForce1996]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> round(variability.rmssd([0.800, 0.810, 0.790, 0.805, 0.795]), 7)
    0.0143614
    """
    differences = np.diff(as_floats(intervals))
    differences = differences[~np.isnan(differences)]
    return float(np.sqrt(np.mean(differences**2))) if differences.size else nan


def _threshold(values: Floats, rules: BeatRules) -> Floats:
    size = min(rules.window, values.size)
    low = scipy.ndimage.percentile_filter(values, 25, size=size, mode="reflect")
    high = scipy.ndimage.percentile_filter(values, 75, size=size, mode="reflect")
    # A perfectly even series has no spread; a tiny floor keeps its quotients finite.
    return as_floats(np.maximum(rules.alpha * 0.5 * (high - low), 1e-6))


def _shifted(values: Floats, by: int) -> Floats:
    """Return the series moved so that entry i holds the neighbour i + by, 0 beyond the ends."""
    result = np.zeros_like(values)
    if by > 0:
        result[:-by] = values[by:]
    else:
        result[-by:] = values[:by]
    return result


def correct_beats(
    intervals: ArrayLike, *, rules: BeatRules | None = None
) -> CorrectedBeats:
    """Find and correct ectopic, missed, extra, long and short beats.

    Parameters
    ----------
    intervals : array-like, shape (n,)
        Recorded beat intervals. [s] NaN and intervals outside 0.2 to 3 s are dropped first and
        count as wrong.
    rules : BeatRules, optional
        Constants.

    Returns
    -------
    CorrectedBeats
        Corrected intervals, marks and the share found wrong. Fewer than 20 intervals are returned
        unjudged.

    References
    ----------
    [LipponenTarvainen2019]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import variability
    >>> recorded = 0.8 + 0.02 * np.random.default_rng(1).normal(size=200)
    >>> recorded[100] *= 2.0
    >>> beats = variability.correct_beats(recorded)
    >>> beats.intervals.size, round(beats.share, 3)
    (201, 0.025)
    """
    limits = rules or BeatRules()
    recorded = as_floats(intervals)
    rr = recorded[(recorded >= 0.2) & (recorded <= 3.0)]
    dropped = recorded.size - rr.size
    if rr.size < 20:
        share = dropped / recorded.size if recorded.size else nan
        return CorrectedBeats(
            rr.copy(), np.zeros(rr.shape, dtype=np.bool_), share
        )

    change = np.diff(rr, prepend=rr[0])
    change = change / _threshold(np.abs(change), limits)
    median = as_floats(
        scipy.ndimage.median_filter(rr, size=limits.median_window, mode="reflect")
    )
    departure = rr - median
    # A short interval is half as far from the median as a long one of the same origin.
    departure = np.where(departure < 0.0, 2.0 * departure, departure)
    width = _threshold(np.abs(departure), limits)
    departure = departure / width

    before = _shifted(change, -1)
    after = _shifted(change, 1)
    later = _shifted(change, 2)
    neighbour = np.where(
        change > 0.0, np.maximum(before, after), np.minimum(before, after)
    )
    ahead = np.where(
        change >= 0.0, np.minimum(after, later), np.maximum(after, later)
    )
    large = np.abs(change) > 1.0
    ectopic = large & (
        ((change > 1.0) & (neighbour < -limits.slope * change - limits.intercept))
        | (
            (change < -1.0)
            & (neighbour > -limits.slope * change + limits.intercept)
        )
    )
    suspect = (large | (np.abs(departure) > 3.0)) & ~ectopic
    long_beat = suspect & (((change > 1.0) & (ahead < -1.0)) | (departure > 3.0))
    short_beat = (
        suspect
        & ~long_beat
        & (((change < -1.0) & (ahead > 1.0)) | (departure < -3.0))
    )
    missed = long_beat & (np.abs(0.5 * rr - median) < width)
    joined = np.append(rr[:-1] + rr[1:], np.inf)
    extra = short_beat & (np.abs(joined - median) < width)
    extra[1:] &= ~extra[:-1]

    wrong = ectopic | long_beat | short_beat
    eaten = np.concatenate([[False], extra[:-1]])
    replaced = (wrong & ~missed & ~extra) & ~eaten
    values = rr.copy()
    good = np.flatnonzero(~(wrong | eaten))
    if good.size:
        values[replaced] = np.interp(np.flatnonzero(replaced), good, rr[good])
    values[extra] = joined[extra]
    values[missed] *= 0.5
    repeats = np.where(missed, 2, np.where(eaten, 0, 1))
    marks = (wrong | eaten) & (repeats > 0)
    share = (float(np.count_nonzero(wrong)) + dropped) / recorded.size
    return CorrectedBeats(
        np.repeat(values, repeats), np.repeat(marks, repeats), share
    )


def rmssd_corrected(
    intervals: ArrayLike, *, rules: BeatRules | None = None
) -> float:
    """Compute the beat-interval variability after artefact correction, where it may be stated at
    all.

    Parameters
    ----------
    intervals : array-like, shape (n,)
        Recorded beat intervals at rest. [s]
    rules : BeatRules, optional
        Constants and gates.

    Returns
    -------
    float
        Variability. [s] NaN when more than 5 % of the beats are wrong or less than 60 s are
        recorded.

    References
    ----------
    [LipponenTarvainen2019]_, [TaskForce1996]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> round(variability.rmssd_corrected([0.9, 0.92, 0.91] * 30), 4)
    0.0142
    """
    limits = rules or BeatRules()
    beats = correct_beats(intervals, rules=limits)
    if (
        not beats.share <= limits.largest_share
        or float(np.sum(beats.intervals)) < limits.shortest
    ):
        return nan
    return rmssd(beats.intervals)
