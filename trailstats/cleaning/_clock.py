"""The order of the samples: a clock that is set back, samples out of order, a second recording of
the same time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from trailstats.cleaning._report import when
from trailstats.cleaning.rules import CleanRules
from trailstats.geo import EARTH_RADIUS, step_lengths
from trailstats.model.activity import Activity, Issue
from trailstats.schema import Severity
from trailstats.schema.arrays import Flags, Ints

__all__ = ["in_order"]


SECOND = 1_000_000_000
"""Times are counted in nanoseconds."""

MOST_STEPS = 50
"""A file whose clock steps back more often is written in another order than it was recorded in;
judgement.
"""

NEIGHBOURS = 5
"""Samples no further apart in time than so many usual steps follow each other; judgement."""

DETOUR = 25.0
"""An order of the samples is the wrong one when it makes the way longer by more than this [m];
judgement.
"""

SAME_WAY = 200.0
"""Ways are compared over no less than this [m]; judgement."""

WRONG_DATE = 30 * 86_400 * SECOND
"""A step forward of more than this lies between a clock that was not set and one that was;
judgement.
"""

DAY = 86_400 * SECOND

METRES = float(np.radians(1.0)) * EARTH_RADIUS
"""Length of a degree of latitude [m]."""


def in_order(activity: Activity, rules: CleanRules, issues: list[Issue]) -> Activity:
    """Return an activity with its records, extras and pauses in order of time, each time once.

    Parameters
    ----------
    activity : Activity
        In the order of its file.
    rules : CleanRules
        The values whose name begins with ``clock``.
    issues : list of Issue
        One is added for each kind of change.

    Returns
    -------
    Activity
        The same one where nothing is to be done.
    """
    index = pd.DatetimeIndex(activity.records.index).as_unit("ns")
    stamps = index.asi8
    passed = np.diff(stamps)
    if (passed > 0).all() and passed.max(initial=0) < WRONG_DATE:
        return activity
    order = _Order(activity, stamps, rules)
    order.follow()
    if order.shift.any():
        activity = _with_clock(activity, index, order, issues)
        index = pd.DatetimeIndex(activity.records.index)
    return _sorted(activity, index, order, issues)


@dataclass(eq=False)
class _Order:
    """Where each sample belongs, found block by block; a block ends where the clock steps back."""

    activity: Activity
    stamps: Ints
    rules: CleanRules

    def __post_init__(self) -> None:
        n = len(self.stamps)
        self.shift: Ints = np.zeros(n, np.int64)
        self.set_back: Flags = np.zeros(n, np.bool_)
        self.set_forward: Flags = np.zeros(n, np.bool_)
        self.out_of_order: Flags = np.append(False, np.diff(self.stamps) < 0)
        self.second: Flags = np.zeros(n, np.bool_)
        pauses = self.activity.pauses
        self.paused = [
            pd.DatetimeIndex(pauses[c]).as_unit("ns").asi8
            for c in ("start_time", "end_time")
        ]
        steps = np.diff(self.stamps)
        self.usual = int(np.median(steps[steps > 0])) if (steps > 0).any() else SECOND

    def follow(self) -> None:
        """Walk through the blocks and decide of each where it belongs."""
        t = self.stamps
        breaks = np.flatnonzero(
            self.out_of_order | np.append(False, np.diff(t) > WRONG_DATE)
        )
        if not 0 < len(breaks) <= MOST_STEPS:
            return
        shift, top = 0, int(t[: breaks[0]].max())
        for start, end in zip(
            breaks.tolist(), [*breaks[1:].tolist(), len(t)], strict=True
        ):
            if shift and 0 < t[start] - top < WRONG_DATE:
                shift = 0
            block = t[start:end] + shift
            self.set_forward[start] = block[0] - top > WRONG_DATE
            self.set_back[start] = self._follows(block, start, top)
            if self.set_forward[start] or self.set_back[start]:
                shift += top + self.usual - int(block[0])
                self.out_of_order[start] = False
            self.shift[start:end] = shift
            right = self._put_right(start, end, shift)
            if right < end:
                self.shift[right:end] = shift = 0
            top = max(top, int((t[start:end] + self.shift[start:end]).max()))
        values, count = np.unique(self.shift, return_counts=True)
        most = int(values[np.argmax(count)])
        if abs(most) > DAY:
            # Of two dates the one that most samples have is the day of the run.
            self.shift -= most

    def _put_right(self, start: int, end: int, shift: int) -> int:
        """Return the sample of a block at which the clock jumps forward by as much as it was set
        back, else the end.

        A step of that length in which the timer was stopped is a pause.
        """
        steps = np.diff(self.stamps[start:end])
        slack = int(self.rules.gap * SECOND) + self.usual
        found = (
            np.flatnonzero((steps > shift) & (steps <= shift + slack))
            if shift > 0
            else np.empty(0, np.int64)
        )
        for row in (found + start + 1).tolist():
            before, after = (
                self.stamps[row - 1] - self.usual,
                self.stamps[row] + self.usual,
            )
            if not ((self.paused[0] >= before) & (self.paused[1] <= after)).any():
                return int(row)
        return end

    def _follows(self, block: Ints, start: int, top: int) -> bool:
        """Return whether a block follows what stands before it in the file, though its times
        don't.
        """
        late = int(np.searchsorted(block, top, side="right"))
        if late == 0 or top - block[0] < self.rules.clock_step * SECOND:
            return False
        earlier = self.stamps[:start] + self.shift[:start]
        rank = np.argsort(earlier, kind="stable")
        times = earlier[rank]
        first, last = (
            np.searchsorted(times, block[0]),
            np.searchsorted(times, block[late - 1], side="right"),
        )
        if late > 1 and first < last:
            return not self._is_second(block[:late], start, rank[first:last])
        return self._longer_when_sorted(block, start, late, rank, int(first), int(last))

    def _longer_when_sorted(
        self, block: Ints, start: int, late: int, rank: Ints, first: int, last: int
    ) -> bool:
        """Return whether sorting a block in, where nothing else was recorded, makes the way
        longer.
        """
        before = int(rank[first - 1]) if first else None
        after = int(rank[last]) if last < len(rank) else None
        end, following = start + late - 1, start + late if late < len(block) else None
        in_file = (start - 1, start), (end, following), (before, after)
        by_time = (before, start), (end, after), (start - 1, following)
        lengths = [
            sum(self._way(a, b) for a, b in joins) for joins in (in_file, by_time)
        ]
        gaps = [
            abs(self._time(a) - self._time(b))
            for a, b in by_time[:2]
            if a is not None and b is not None
        ]
        near = all(gap <= NEIGHBOURS * self.usual for gap in gaps)
        # Where places tell nothing, neighbours in time are neighbours; without any the order of the
        # file is right.
        detour = 0.0 if np.isnan(lengths).any() else lengths[1] - lengths[0]
        return bool(detour > DETOUR if near else detour > -DETOUR)

    def _time(self, row: int) -> int:
        return int(self.stamps[row] + self.shift[row])

    def _way(self, one: int | None, other: int | None) -> float:
        """Return the metres between two samples, 0 where there is no such sample, NaN where nothing
        tells.
        """
        if one is None or other is None:
            return 0.0
        columns = self.activity.columns
        lat, lon, odometer = (
            columns[name] for name in ("latitude", "longitude", "distance")
        )
        if np.isnan([lat[one], lat[other]]).any():
            return float(abs(odometer[other] - odometer[one]))
        return float(step_lengths(lat[[one, other]], lon[[one, other]])[1])

    def _is_second(self, block: Ints, start: int, earlier: Ints) -> bool:
        """Return whether a block records again what samples before it have recorded; note which are
        to go.
        """
        rows = np.arange(start, start + len(block))
        brief = block[-1] - block[0] < self.rules.clock_overlap * SECOND
        columns = self.activity.columns
        odometer, jump = columns["distance"], self._way(start - 1, start)
        reach = DETOUR + self.rules.max_speed * self.usual / SECOND
        if 0 <= odometer[start] - odometer[start - 1] <= reach or (
            brief and jump <= reach
        ):
            return False
        lat, lon = columns["latitude"], columns["longitude"]
        known, own = earlier[~np.isnan(lat[earlier])], rows[~np.isnan(lat[rows])]
        if len(known) < 2 or len(own) < 2:
            # Without places a second recording is told by its own count of metres, which begins
            # anew.
            return bool(odometer[start] < odometer[start - 1])
        at, then = (self.stamps[known] + self.shift[known]), block[own - start]
        north = (lat[own] - np.interp(then, at, lat[known])) * METRES
        east = (
            (lon[own] - np.interp(then, at, lon[known]))
            * METRES
            * np.cos(np.radians(lat[own]))
        )
        away = float(np.hypot(np.median(north), np.median(east)))
        spread = float(
            np.median(np.hypot(north - np.median(north), east - np.median(east)))
        )
        place = self.rules.clock_same_place
        moved = (
            float(
                np.ptp(lat[known])
                + np.ptp(lon[known]) * np.cos(np.radians(lat[known[0]]))
            )
            * METRES
        )
        if (
            spread > place
            or (away > place and jump < away / 2)
            or (moved < SAME_WAY and not brief)
        ):
            return False
        if brief:
            return True
        told = [
            int(np.count_nonzero(~np.isnan(self.activity.records.to_numpy()[part])))
            for part in (earlier, rows)
        ]
        self.second[earlier if told[1] > told[0] else rows] = True
        return True


def _with_clock(
    activity: Activity, index: pd.DatetimeIndex, order: _Order, issues: list[Issue]
) -> Activity:
    """Return the activity with the times that its samples would have by one clock."""
    moved = pd.DatetimeIndex(index.asi8 + order.shift, tz="UTC", name=index.name)
    change = np.diff(order.shift, prepend=order.shift[:1])
    back, forward = order.set_back, order.set_forward
    if back.any():
        count, seconds = int(back.sum()), float(change[back].sum()) / SECOND
        message = (
            f"the clock was set back {count} times, by {seconds:.0f} s in all; "
            "the file's order was kept and what follows moved on in time"
        )
        issues.append(
            Issue("clock_set_back", Severity.WARNING, message, count, when(moved, back))
        )
    if forward.any():
        days = -float(change[forward].sum()) / DAY
        message = (
            f"the clock was set forward by {days:.0f} days; what lies on both sides is one "
            "recording"
        )
        issues.append(
            Issue(
                "clock_set_forward",
                Severity.WARNING,
                message,
                int(forward.sum()),
                when(moved, forward),
            )
        )
    begin = np.append(0, np.flatnonzero(change))
    parts = [np.sort(part) for part in np.split(index.asi8, begin[1:])]
    shifts = order.shift[begin]
    return replace(
        activity,
        records=activity.records.set_axis(moved),
        extras=activity.extras.set_axis(moved)
        if len(activity.extras) == len(moved)
        else activity.extras,
        pauses=_pauses_by_clock(activity.pauses, parts, shifts, order.usual),
        rr=_beats_by_clock(activity.rr, shifts, order.rules.clock_step),
        meta=replace(activity.meta, start_time=moved.min()),
    )


def _pauses_by_clock(
    pauses: pd.DataFrame, parts: list[Ints], shifts: Ints, usual: int
) -> pd.DataFrame:
    """Return the pauses by one clock: each belongs to the part that recorded least in it."""
    if pauses.empty:
        return pauses
    start, end = (
        pd.DatetimeIndex(pauses[c]).as_unit("ns").asi8
        for c in ("start_time", "end_time")
    )
    inside = np.stack(
        [
            np.searchsorted(p, end, side="left")
            - np.searchsorted(p, start, side="right")
            for p in parts
        ]
    )
    outside = np.stack([(end < p[0] - usual) | (start > p[-1] + usual) for p in parts])
    shift = shifts[np.argmin(np.where(outside, np.iinfo(np.int64).max, inside), axis=0)]
    columns = {"start_time": start + shift, "end_time": end + shift}
    return pd.DataFrame(
        {name: pd.DatetimeIndex(value, tz="UTC") for name, value in columns.items()}
    )


def _beats_by_clock(
    rr: pd.Series | None, shifts: Ints, least: float
) -> pd.Series | None:
    """Return heartbeats by one clock; they stand in the file's order and step back where the
    records do.
    """
    if rr is None or rr.empty:
        return rr
    stamps = pd.DatetimeIndex(rr.index).as_unit("ns").asi8
    step = np.diff(stamps)
    part = np.cumsum(np.append(0, (step < -least * SECOND) | (step > WRONG_DATE)))
    moved = stamps + shifts[np.minimum(part, len(shifts) - 1)]
    return rr.set_axis(pd.DatetimeIndex(moved, tz="UTC", name=rr.index.name))


def _sorted(
    activity: Activity, index: pd.DatetimeIndex, order: _Order, issues: list[Issue]
) -> Activity:
    """Return records and extras by time; of samples with one time the fullest, filled from the
    others.
    """
    records, extras = activity.records, activity.extras
    back = order.out_of_order & ~order.second
    if back.any():
        count = int(back.sum())
        message = f"the clock went back {count} times; sorted"
        issues.append(
            Issue("time_backwards", Severity.WARNING, message, count, when(index, back))
        )
    if order.second.any():
        count = int(order.second.sum())
        message = (
            f"{count} samples record a second time what others do; the fuller "
            "recording was kept"
        )
        issues.append(
            Issue(
                "time_overlap",
                Severity.WARNING,
                message,
                count,
                when(index, order.second),
            )
        )
    stamps = index.asi8
    filled = np.count_nonzero(~np.isnan(records.to_numpy()), axis=1)
    by_time = np.lexsort((-filled, stamps))
    by_time = by_time[~order.second[by_time]]
    first = np.append(True, np.diff(stamps[by_time]) > 0)
    keep = by_time[first]
    doubled = len(by_time) - len(keep)
    if doubled:
        message = (
            f"{doubled} samples repeat a time; the fuller one was kept, filled "
            "from the others"
        )
        place = when(index[by_time], ~first)
        issues.append(Issue("time_repeated", Severity.WARNING, message, doubled, place))
    if len(keep) == len(index) and (np.diff(keep) > 0).all():
        return activity
    records = _by_time(records, by_time, keep)
    extras = (
        _by_time(extras, by_time, keep)
        if len(extras.columns)
        else pd.DataFrame(index=records.index)
    )
    return replace(activity, records=records, extras=extras)


def _by_time(frame: pd.DataFrame, by_time: Ints, keep: Ints) -> pd.DataFrame:
    """Return the rows to keep, in their order, with what they lack from those of the same time."""
    if len(keep) == len(by_time):
        return frame.iloc[keep]
    return frame.iloc[by_time].groupby(level=0, sort=False).first()
