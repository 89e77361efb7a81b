"""Where each sample of a recording belongs in time, whatever its clock says."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Ints, as_flags
from trailstats.cleaning._strays import DAY, DETOUR, NEIGHBOURS, SECOND
from trailstats.cleaning.rules import CleanRules
from trailstats.geo import EARTH_RADIUS, step_lengths
from trailstats.model.activity import Activity

WRONG_DATE = 5 * DAY
"""A step forward of more than this lies between a clock that was not set and one that was (our
choice); two recordings so far apart are two activities already when they are read.
"""

MOST_STEPS, MOST_SHARE = 50, 0.2
"""A file whose clock steps back more often, or at more than this share of the steps, is written in
another order than it was recorded in (our choice).
"""

SAME_TRACK = 200.0
"""Two recordings are compared over no less than this [m] (our choice)."""

METRES = float(np.radians(1.0)) * EARTH_RADIUS
"""Length of a degree of latitude [m]."""


@dataclass(eq=False)
class Order:
    """Where each sample belongs, found block by block; a block ends where the clock steps back.

    Attributes
    ----------
    activity : Activity
        In the order of its file.
    stamps : numpy.ndarray of int, shape (n,)
        Its times [ns].
    rules : CleanRules
        The values whose name begins with ``clock``.
    shift : numpy.ndarray of int, shape (n,)
        What to add to the times so that one clock wrote them all [ns].
    set_back, set_forward : numpy.ndarray of bool, shape (n,)
        Where the clock was set.
    out_of_order : numpy.ndarray of bool, shape (n,)
        Where a sample was written later than it was recorded.
    second : numpy.ndarray of bool, shape (n,)
        What another block records more fully.
    usual : int
        Usual step between two samples [ns].
    """

    activity: Activity
    stamps: Ints
    rules: CleanRules

    def __post_init__(self) -> None:
        n = len(self.stamps)
        self.shift: Ints = np.zeros(n, np.int64)
        self.set_back: Flags = np.zeros(n, bool)
        self.set_forward: Flags = np.zeros(n, bool)
        self.out_of_order: Flags = np.append(False, np.diff(self.stamps) < 0)
        self.second: Flags = np.zeros(n, bool)
        pauses = self.activity.pauses
        self.paused = [
            pd.DatetimeIndex(pauses[c]).as_unit("ns").asi8
            for c in ("start_time", "end_time")
        ]
        self.usual = usual_step(self.stamps)

    def follow(self) -> None:
        """Walk through the blocks and decide of each where it belongs."""
        t = self.stamps
        jumped = np.append(False, self._jumps())
        breaks = np.flatnonzero(self.out_of_order | jumped)
        if not 0 < len(breaks) <= MOST_STEPS or is_shuffled(t):
            return
        shift, top = 0, int(t[: breaks[0]].max())
        for start, end in pairwise([*breaks.tolist(), len(t)]):
            # The clock is right again once it runs on from where it was before.
            if shift and 0 < t[start] - top < WRONG_DATE:
                shift = 0
            block = t[start:end] + shift
            self.set_forward[start] = jumped[start] and block[0] - top > DAY // 2
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
        if abs(most) > DAY // 2:
            # Of two dates the one that most samples have is the day of the run.
            self.shift -= most

    def _jumps(self) -> Flags:
        """Return between which samples the date jumps forward: by more than a pause lasts, or by
        whole days within which the time of day goes on and the runner has not moved.
        """
        steps = np.diff(self.stamps)
        far = as_flags(steps > WRONG_DATE)
        on = np.abs((steps + DAY // 2) % DAY - DAY // 2)
        rows = np.flatnonzero(
            (steps > DAY // 2) & (on <= NEIGHBOURS * self.usual)
        )
        for row in rows[:MOST_STEPS].tolist():
            far[row] |= self._metres(row, row + 1) <= DETOUR
        return far

    def _put_right(self, start: int, end: int, shift: int) -> int:
        """Return the sample of a block at which the clock jumps forward by as much as it was set
        back, else the end.

        A step of that length in which the timer was stopped is a pause.
        """
        steps = np.diff(self.stamps[start:end])
        slack = int(self.rules.gap * SECOND) + self.usual
        if shift <= 0:
            return end
        found = np.flatnonzero((steps > shift) & (steps <= shift + slack))
        for row in (found + start + 1).tolist():
            before = self.stamps[row - 1] - self.usual
            after = self.stamps[row] + self.usual
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
        first = int(np.searchsorted(times, block[0]))
        last = int(np.searchsorted(times, block[late - 1], side="right"))
        if late > 1 and first < last:
            own = np.arange(start, start + late)
            if self._completes(own, rank[first:last]):
                return False
            return not self._is_second(block[:late], start, rank[first:last])
        before = int(rank[first - 1]) if first else None
        after = int(rank[last]) if last < len(rank) else None
        following = start + late if late < len(block) else None
        return self._longer_when_sorted(
            start, start + late - 1, before, after, following
        )

    def _completes(self, own: Ints, earlier: Ints) -> bool:
        """Return whether samples hold other channels than those before them of the same time: one
        recording, written channel by channel.

        What both hold is the same, at the same times.
        """
        mine, theirs = (
            self.activity.records.to_numpy()[rows] for rows in (own, earlier)
        )
        held = (~np.isnan(mine)).any(axis=0), (~np.isnan(theirs)).any(axis=0)
        if not (held[0] & ~held[1]).any():
            return False
        both = np.flatnonzero(held[0] & held[1])
        if not len(both):
            return True
        times = self.stamps + self.shift
        _, at, by = np.intersect1d(
            self.stamps[own], times[earlier], return_indices=True
        )
        a, b = mine[np.ix_(at, both)], theirs[np.ix_(by, both)]
        same = np.isclose(a, b, equal_nan=True) | np.isnan(a) | np.isnan(b)
        return bool(len(at) > len(own) / 2 and same.all())

    def _longer_when_sorted(
        self,
        start: int,
        end: int,
        before: int | None,
        after: int | None,
        following: int | None,
    ) -> bool:
        """Return whether sorting a block in, between two samples where nothing else was recorded,
        makes the track longer than leaving it where the file has it.
        """
        in_file = (start - 1, start), (end, following), (before, after)
        by_time = (before, start), (end, after), (start - 1, following)
        lengths = [
            sum(self._metres(a, b) for a, b in joins)
            for joins in (in_file, by_time)
        ]
        gaps = [
            abs(self._time(a) - self._time(b))
            for a, b in by_time[:2]
            if a is not None and b is not None
        ]
        near = all(gap <= NEIGHBOURS * self.usual for gap in gaps)
        # Where positions say nothing, neighbours in time are neighbours; without any the order of
        # the file is right.
        detour = 0.0 if np.isnan(lengths).any() else lengths[1] - lengths[0]
        return bool(detour > DETOUR if near else detour > -DETOUR)

    def _time(self, row: int) -> int:
        return int(self.stamps[row] + self.shift[row])

    def _metres(self, one: int | None, other: int | None) -> float:
        """Return the metres between two samples, 0 where there is no such sample, NaN where
        neither positions nor a distance are known.
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
        odometer, jump = columns["distance"], self._metres(start - 1, start)
        reach = DETOUR + self.rules.max_speed * self.usual / SECOND
        counted_on = 0 <= odometer[start] - odometer[start - 1] <= reach
        if counted_on or (brief and jump <= reach):
            return False
        lat, lon = columns["latitude"], columns["longitude"]
        known, own = earlier[~np.isnan(lat[earlier])], rows[~np.isnan(lat[rows])]
        if len(known) < 2 or len(own) < 2:
            # Without positions a second recording shows by its count of metres, which begins anew.
            return bool(odometer[start] < odometer[start - 1])
        then, at = block[own - start], self.stamps[known] + self.shift[known]
        north = (lat[own] - np.interp(then, at, lat[known])) * METRES
        along = np.unwrap(lon[known], period=360.0)
        east = (lon[own] - np.interp(then, at, along) + 180.0) % 360.0 - 180.0
        east = east * METRES
        east = east * np.cos(np.radians(lat[own]))
        away = float(np.hypot(np.median(north), np.median(east)))
        scatter = np.hypot(north - np.median(north), east - np.median(east))
        spread = float(np.median(scatter))
        # Two devices lie apart by a constant error; another spread is another track.
        near = self.rules.clock_same_place
        if spread > near or (away > near and jump < away / 2):
            return False
        if brief:
            return True
        width = np.ptp(along) * np.cos(np.radians(lat[known[0]]))
        moved = float(np.ptp(lat[known]) + width) * METRES
        if moved < SAME_TRACK:
            return False
        recorded = ~np.isnan(self.activity.records.to_numpy())
        fuller = np.count_nonzero(recorded[rows]) > np.count_nonzero(
            recorded[earlier]
        )
        self.second[earlier if fuller else rows] = True
        return True


def usual_step(stamps: Ints) -> int:
    """Return the usual step between two samples, backward ones left out, and those to another day
    where there are others [ns].
    """
    steps = np.diff(stamps)
    steps = steps[steps > 0]
    within = steps[steps < DAY // 2]
    known = within if len(within) else steps
    return int(np.median(known)) if len(known) else SECOND


def is_shuffled(stamps: Ints) -> bool:
    """Return whether so many times step back that the file's order says nothing."""
    back = np.count_nonzero(np.diff(stamps) < 0)
    return bool(back > MOST_SHARE * (len(stamps) - 1))
