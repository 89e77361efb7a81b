"""Single samples whose time is far from that of the samples around them in the file."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from trailstats.arrays import Flags, Floats, Ints, as_flags, as_indices
from trailstats.geo import step_lengths
from trailstats.model.activity import Activity

SECOND = 1_000_000_000
"""Times are counted in nanoseconds."""

DAY = 86_400 * SECOND

LONGEST = 10
"""So many samples in a row may stray; more are a part of the recording by another clock (our
choice).
"""

NEIGHBOURS = 5
"""Samples no further apart in time than so many usual steps follow each other (our choice)."""

NEARER = 10
"""Samples before and after strays lie so many times closer to each other than the strays to them
(our choice).
"""

DETOUR = 25.0
"""An order of the samples is the wrong one when it makes the track longer by more than this [m]
(our choice).
"""


def put_strays_right(
    activity: Activity, stamps: Ints, usual: int, least: int
) -> tuple[Ints, Flags]:
    """Return the times with those of stray samples moved to between their neighbours in the file,
    and which samples these are.

    Parameters
    ----------
    activity : Activity
        In the order of its file.
    stamps : numpy.ndarray of int, shape (n,)
        Its times [ns].
    usual : int
        Usual step between two samples [ns].
    least : int
        A time that is off by less than this is only out of order [ns].

    Returns
    -------
    stamps : numpy.ndarray of int, shape (n,)
    stray : numpy.ndarray of bool, shape (n,)
    """
    out = stamps.copy()
    stray = np.zeros(len(stamps), bool)
    for size in range(1, LONGEST + 1):
        left = np.flatnonzero(~stray)
        if len(left) < size + 2 or (np.diff(stamps[left]) >= 0).all():
            break
        start = _blocks(stamps[left], size, usual, least)
        wrong = _off_the_way(activity, stamps, left, start, size, usual)
        start = start[wrong]
        if not len(start):
            continue
        rows = left[start[:, None] + np.arange(size)]
        before, after = left[start - 1], left[start + size]
        out[rows] = _between(stamps[rows], stamps[before], stamps[after])
        stray[rows] = True
    return out, stray


def _blocks(stamps: Ints, size: int, usual: int, least: int) -> Ints:
    """Return where blocks of a size begin whose times lie outside those before and after, which
    follow each other; of blocks side by side those further from the middle of all times.
    """
    inner = sliding_window_view(stamps[1:-1], size)
    before, after = stamps[: -size - 1], stamps[size + 1 :]
    off = np.maximum(before - inner.max(axis=1), inner.min(axis=1) - after)
    hole = after - before
    # Days apart, the usual step of time [ns] may be so long that its multiple is no int64.
    steps = min((size + 1) * usual, np.iinfo(np.int64).max // NEIGHBOURS)
    near = np.maximum(NEIGHBOURS * steps, off // NEARER)
    # Where the clock was set back by some samples' time, the first that it overtakes again leaves
    # a hole too, but none that they would fit in.
    found = (2 * hole >= steps) & (hole <= near) & (off > least)
    start: Ints = np.flatnonzero(found) + 1
    if len(start) < 2:
        return start
    away = np.abs(stamps[start] - np.median(stamps))
    beside = np.diff(start) <= size
    loses = np.append(beside & (away[:-1] <= away[1:]), False)
    loses |= np.append(False, beside & (away[1:] < away[:-1]))
    start = start[~loses]
    # Of blocks that still share samples the first counts.
    if not len(start):
        return start
    return as_indices(start[np.append(True, np.diff(start) >= size)])


def _off_the_way(
    activity: Activity,
    stamps: Ints,
    left: Ints,
    start: Ints,
    size: int,
    usual: int,
) -> Flags:
    """Return which blocks stand at their place in the file, so that their times are wrong; the
    others were written late.
    """
    if not len(start):
        return np.empty(0, bool)
    first, last = left[start], left[start + size - 1]
    before, after = left[start - 1], left[start + size]
    others = np.ones(len(left), bool)
    others[(start[:, None] + np.arange(size)).ravel()] = False
    others_rows = left[others]
    rank = others_rows[np.argsort(stamps[others_rows], kind="stable")]
    at = np.searchsorted(stamps[rank], stamps[first])
    earlier = rank[np.maximum(at - 1, 0)]
    later = rank[np.minimum(at, len(rank) - 1)]
    by_file = _metres(activity, before, first) + _metres(activity, last, after)
    by_time = _metres(activity, earlier, first) + _metres(activity, last, later)
    away = np.minimum(
        np.abs(stamps[first] - stamps[earlier]),
        np.abs(stamps[first] - stamps[later]),
    )
    # Where positions don't decide, a time that others have already, or that is far from all of
    # them, is wrong.
    taken = (away < usual // 2) | (away > NEIGHBOURS * usual)
    off = np.minimum(
        np.abs(stamps[first] - stamps[before]),
        np.abs(stamps[first] - stamps[after]),
    )
    far = off > DAY // 2
    wrong = taken | (by_file + DETOUR < by_time) | far
    late = (by_time + DETOUR < by_file) & ~far
    return as_flags(wrong & ~late)


def _metres(activity: Activity, one: Ints, other: Ints) -> Floats:
    """Return the metres between pairs of samples, NaN where a position is missing."""
    lat = activity.columns["latitude"]
    lon = activity.columns["longitude"]
    pairs = np.stack((one, other), axis=1).ravel()
    known = ~np.isnan(lat[one]) & ~np.isnan(lat[other])
    lengths = step_lengths(lat[pairs], lon[pairs])[1::2]
    return np.where(known, lengths, np.nan)


def _between(inner: Ints, before: Ints, after: Ints) -> Ints:
    """Return times between those before and after: the same time of day where that fits, else
    evenly spread.
    """
    days = np.rint((before[:, None] - inner) / DAY).astype(np.int64) * DAY
    shifted = inner + days
    inside = as_flags(shifted > before[:, None])
    inside &= shifted < after[:, None]
    inside[:, 1:] &= np.diff(shifted, axis=1) > 0
    fits = inside.all(axis=1, keepdims=True)
    size = inner.shape[1]
    step = (after - before) // (size + 1)
    spread = before[:, None] + step[:, None] * np.arange(1, size + 1)
    return np.where(fits, shifted, spread)
