"""The order of the samples: a clock that is set back, samples out of order, a second recording of
the same time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from trailstats.arrays import Ints
from trailstats.cleaning._draft import Draft
from trailstats.cleaning._order import (
    WRONG_DATE,
    Order,
    is_shuffled,
    usual_step,
)
from trailstats.cleaning._strays import DAY, SECOND, put_strays_right
from trailstats.model.activity import Issue
from trailstats.schema import Severity


def put_in_order(draft: Draft) -> None:
    """Bring the records, extras and pauses of a draft into the order of time, each time once.

    An issue is added for each kind of change; where nothing is to be done the activity stays the
    same object.
    """
    stamps = _stamps(draft.index)
    passed = np.diff(stamps)
    if (passed > 0).all() and passed.max(initial=0) < DAY // 2:
        return
    stamps = _put_strays_right(draft, stamps)
    order = Order(draft.activity, stamps, draft.rules)
    order.follow()
    if order.shift.any():
        _set_clock(draft, order)
    _sort(draft, order)


def _stamps(times: pd.Index | pd.Series) -> Ints:
    """Return times in nanoseconds."""
    return pd.DatetimeIndex(times).as_unit("ns").asi8


def _put_strays_right(draft: Draft, stamps: Ints) -> Ints:
    """Give samples with a time far from that of their neighbours one between them, and return all
    times.
    """
    if (np.diff(stamps) >= 0).all():
        return stamps
    least = int(draft.rules.clock_step * SECOND)
    usual = usual_step(stamps)
    moved, stray = put_strays_right(draft.activity, stamps, usual, least)
    if not stray.any() or is_shuffled(moved):
        return stamps
    draft.note(
        "time_stray",
        Severity.WARNING,
        stray,
        "{count} samples with a time far from that of the samples around them; they were put "
        "between those",
    )
    _set_times(draft, moved)
    return moved


def _set_times(draft: Draft, stamps: Ints) -> None:
    """Give records and extras other times; the start follows."""
    activity = draft.activity
    index = pd.DatetimeIndex(stamps, tz="UTC", name=draft.index.name)
    extras = activity.extras
    if len(extras) == len(index):
        extras = extras.set_axis(index)
    draft.activity = replace(
        activity,
        records=activity.records.set_axis(index),
        extras=extras,
        meta=replace(activity.meta, start_time=index.min()),
    )


def _set_clock(draft: Draft, order: Order) -> None:
    """Give the samples the times that they would have by one clock."""
    activity = draft.activity
    change = np.diff(order.shift, prepend=order.shift[:1])
    begin = np.append(0, np.flatnonzero(change))
    parts = [np.sort(part) for part in np.split(order.stamps, begin[1:])]
    shifts = order.shift[begin]
    _set_times(draft, order.stamps + order.shift)
    draft.activity = replace(
        draft.activity,
        pauses=_pauses_by_clock(activity.pauses, parts, shifts, order.usual),
        rr=_beats_by_clock(activity.rr, shifts, draft.rules.clock_step),
    )
    draft.note(
        "clock_set_back",
        Severity.WARNING,
        order.set_back,
        "the clock was set back {count} times, by {seconds:.0f} s in all; the file's order was "
        "kept and what follows moved on in time",
        seconds=float(change[order.set_back].sum()) / SECOND,
    )
    draft.note(
        "clock_set_forward",
        Severity.WARNING,
        order.set_forward,
        "the clock was set forward by {days:.0f} days; what lies on both sides is one recording",
        days=-float(change[order.set_forward].sum()) / DAY,
    )


def _pauses_by_clock(
    pauses: pd.DataFrame, parts: list[Ints], shifts: Ints, usual: int
) -> pd.DataFrame:
    """Return the pauses by one clock: each belongs to the part that recorded least in it."""
    if pauses.empty:
        return pauses
    start, end = _stamps(pauses["start_time"]), _stamps(pauses["end_time"])
    recorded = []
    for part in parts:
        inside = np.searchsorted(part, end) - np.searchsorted(
            part, start, side="right"
        )
        outside = (end < part[0] - usual) | (start > part[-1] + usual)
        recorded.append(np.where(outside, np.iinfo(np.int64).max, inside))
    shift = shifts[np.argmin(recorded, axis=0)]
    return pd.DataFrame(
        {
            "start_time": pd.DatetimeIndex(start + shift, tz="UTC"),
            "end_time": pd.DatetimeIndex(end + shift, tz="UTC"),
        }
    )


def _beats_by_clock(
    rr: pd.Series | None, shifts: Ints, least: float
) -> pd.Series | None:
    """Return heartbeats by one clock; they stand in the file's order and step back where the
    records do.
    """
    if rr is None or rr.empty:
        return rr
    stamps = _stamps(rr.index)
    step = np.diff(stamps)
    part = np.cumsum(np.append(0, (step < -least * SECOND) | (step > WRONG_DATE)))
    moved = stamps + shifts[np.minimum(part, len(shifts) - 1)]
    return rr.set_axis(pd.DatetimeIndex(moved, tz="UTC", name=rr.index.name))


def _sort(draft: Draft, order: Order) -> None:
    """Sort records and extras by time; of samples with one time the fullest stays, filled from the
    others.
    """
    records, extras = draft.activity.records, draft.activity.extras
    draft.note(
        "time_backwards",
        Severity.WARNING,
        order.out_of_order & ~order.second,
        "the clock went back {count} times; sorted",
    )
    draft.note(
        "time_overlap",
        Severity.WARNING,
        order.second,
        "{count} samples record a second time what others do; the fuller recording was kept",
    )
    stamps = _stamps(records.index)
    filled = np.count_nonzero(~np.isnan(records.to_numpy()), axis=1)
    by_time = np.lexsort((-filled, stamps))
    by_time = by_time[~order.second[by_time]]
    first = np.append(True, np.diff(stamps[by_time]) > 0)
    keep = by_time[first]
    if len(keep) < len(by_time):
        draft.issues.append(
            Issue.over(
                records.index[by_time],
                ~first,
                "time_repeated",
                Severity.WARNING,
                "{count} samples repeat a time; the fuller one was kept, filled from the others",
            )
        )
    if len(keep) == len(records) and (np.diff(keep) > 0).all():
        return
    begin = np.flatnonzero(first)
    records = _by_time(records, by_time, begin)
    extras = (
        _by_time(extras, by_time, begin)
        if len(extras.columns)
        else pd.DataFrame(index=records.index)
    )
    draft.activity = replace(draft.activity, records=records, extras=extras)


def _by_time(frame: pd.DataFrame, by_time: Ints, begin: Ints) -> pd.DataFrame:
    """Return the first row of each time, with what it lacks from those that follow, of which the
    next time begins elsewhere in ``by_time``.
    """
    if len(begin) == len(by_time):
        return frame.iloc[by_time]
    values = frame.to_numpy(np.float64)[by_time]
    row = np.arange(len(by_time))[:, None]
    known = np.where(np.isnan(values), len(by_time), row)
    first = np.minimum.reduceat(known, begin, axis=0)
    # Where all lack a value, so does the first of them.
    first = np.where(first < len(by_time), first, begin[:, None])
    return pd.DataFrame(
        np.take_along_axis(values, first, axis=0),
        frame.index[by_time[begin]],
        frame.columns,
    )
