"""When the timer ran: by its own marks, and by laps and totals that are shorter than the clock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats, as_floats
from trailstats.cleaning._draft import Draft
from trailstats.schema import Columns, Severity

BRIEF = 10.0
"""A break between parts of a track that is shorter than this [s] is no pause where the runner kept
moving (our choice).
"""

LEAST = 30.0
"""The clock must exceed a lap's or a recording's own timer by more than this [s], before a pause is
looked for (our choice).
"""

EXPLAINED = 0.8
"""Share of the time by which the clock exceeds the timer that gaps must make up for, to be what the
timer left out (our choice).
"""

AGREES = 0.05
"""A distance agrees with a total that it differs from by less than this share (our choice)."""

SECOND = np.timedelta64(1, "s")

SHORTEST = 20.0
"""Distances are compared no closer than this [m] (our choice)."""


class Stops:
    """Times in which the timer stood [s] since the first sample; they may overlap.

    Parameters
    ----------
    start, end : numpy.ndarray, shape (k,)
        [s]
    """

    def __init__(self, start: Floats, end: Floats) -> None:
        order = np.argsort(start, kind="stable")
        start, end = start[order], np.maximum.accumulate(end[order])
        # Each begins where those before it have ended.
        self.start = np.maximum(start, np.concatenate(([-np.inf], end[:-1])))
        self.end = np.maximum(self.start, end)

    def __len__(self) -> int:
        return len(self.start)

    def with_others(self, other: list[tuple[float, float]]) -> Stops:
        """Return these and others."""
        start, end = np.array(other).reshape(-1, 2).T
        return Stops(np.append(self.start, start), np.append(self.end, end))

    def until(self, seconds: Floats) -> Floats:
        """Return how long the timer has stood at each time [s]."""
        if not len(self):
            return np.zeros(np.shape(seconds))
        length = self.end - self.start
        total = np.cumsum(length)
        knots = np.stack([self.start, self.end], axis=1).ravel()
        stood = np.stack([total - length, total], axis=1).ravel()
        return np.asarray(np.interp(seconds, knots, stood))


def timer_steps(draft: Draft) -> Floats:
    """Return the timer time between each sample and the one before: clock time less the pauses in
    between.

    Parameters
    ----------
    draft : Draft
        An issue is added where pauses are not those that the file marks.

    Returns
    -------
    numpy.ndarray, shape (n,)
        [s]
    """
    seconds = draft.activity.seconds
    passed = np.diff(seconds, prepend=seconds[0])
    stops = _marked(draft, passed)
    found = _untimed(draft, passed, stops)
    if found:
        stops = stops.with_others(found)
        draft.note(
            "pause_from_totals",
            Severity.INFO,
            np.diff(stops.until(seconds), prepend=0.0) > 0,
            "{times} pauses, {time:.0f} s in all, follow from laps or totals whose timer is "
            "shorter than the clock",
            times=len(found),
            time=sum(end - start for start, end in found),
        )
    if not len(stops):
        return passed
    stood = stops.until(seconds)
    return np.maximum(passed - np.diff(stood, prepend=stood[0]), 0.0)


def _marked(draft: Draft, passed: Floats) -> Stops:
    """Return the pauses that the file marks, without those that are none."""
    pauses, index = draft.activity.pauses, draft.index
    if pauses.empty:
        return Stops(np.empty(0), np.empty(0))
    start, end = _since(index, pauses).T
    kept = np.ones(len(start), bool)
    if draft.activity.meta.format != "fit":
        kept = ~_breaks_only(draft, start, end)
    stops = Stops(start[kept], end[kept])
    # The file's own total tells whether its timer stood in what it marks.
    told, clock = draft.activity.meta.device_totals.timer_time, passed.sum()
    ran = clock - float(stops.until(draft.activity.seconds[-1:])[0])
    if clock - ran > LEAST and abs(clock - told) < AGREES * (clock - ran):
        message = "{count} marked pauses, {time:.0f} s, contradict the timer's total; not believed"
        draft.note(
            "pause_contradicted",
            Severity.WARNING,
            np.diff(stops.until(draft.activity.seconds), prepend=0.0) > 0,
            message,
            count=len(stops),
            time=clock - ran,
        )
        return Stops(np.empty(0), np.empty(0))
    return stops


def _since(index: pd.Index, spans: Columns | pd.DataFrame) -> Floats:
    """Return start and end of each span since the first sample [s]; NaN where there is none."""
    names = ("start_time", "end_time")
    stamps = np.stack(
        [np.asarray(spans[name], dtype="M8[ns]") for name in names], axis=1
    )
    return np.asarray((stamps - index[0].to_datetime64()) / SECOND)


def _breaks_only(draft: Draft, start: Floats, end: Floats) -> Flags:
    """Return which pauses are breaks between parts of a track, over which the runner kept
    moving.
    """
    seconds = draft.activity.seconds
    brief = end - start < BRIEF
    if not brief.any():
        return brief
    first = np.searchsorted(seconds, start, side="right") - 1
    last = np.minimum(np.searchsorted(seconds, end), len(seconds) - 1)
    along = _way(draft)
    moved = along[last] - along[np.maximum(first, 0)]
    pace = moved / np.maximum(seconds[last] - seconds[first], 1e-3)
    return brief & (pace >= draft.rules.stop_speed) & (pace <= draft.limit)


def _way(draft: Draft) -> Floats:
    """Return the distance since the start by positions, else by the device, as recorded."""
    columns = draft.columns
    if np.isnan(columns["latitude"]).all():
        return np.nan_to_num(np.fmax.accumulate(columns["distance"]))
    return np.cumsum(draft.step_lengths())


def _untimed(
    draft: Draft, passed: Floats, stops: Stops
) -> list[tuple[float, float]]:
    """Return pauses that no mark tells of, but laps or totals that are shorter than the clock."""
    laps, seconds = _timed_laps(draft), draft.activity.seconds
    found: list[tuple[float, float]] = []
    if not len(laps):
        return found
    clock = laps[:, 1] - laps[:, 0]
    stood = stops.until(laps[:, 1]) - stops.until(laps[:, 0])
    excess = clock - stood - laps[:, 2]
    suspect = np.flatnonzero(excess > LEAST)
    if not len(suspect):
        return found
    usual = float(np.median(passed[1:])) if len(passed) > 1 else 1.0
    ran = passed - np.diff(stops.until(seconds), prepend=0.0)
    ways = _ways(draft)
    for row in suspect.tolist():
        begin, end, _, metres = laps[row].tolist()
        first, last = np.searchsorted(seconds, (begin, end), side="left")
        if first == len(seconds):
            # A lap after the last sample.
            continue
        if metres > 0 and not _too_far(ways, first, last, metres):
            continue
        inside = np.arange(first + 1, min(last + 1, len(seconds)))
        gaps = inside[ran[inside] > max(LEAST, 5.0 * usual)]
        left = float(excess[row])
        if ran[gaps].sum() >= EXPLAINED * left:
            for gap in gaps[np.argsort(-ran[gaps], kind="stable")].tolist():
                within = min(left, float(ran[gap]))
                middle = (seconds[gap - 1] + seconds[gap]) / 2
                found.append((middle - within / 2, middle + within / 2))
                left -= within
                if left <= LEAST:
                    break
            continue
        # Samples went on after the lap's timer had stopped.
        over = float(end - excess[row])
        stop = int(np.searchsorted(seconds, over, side="right")) - 1
        if metres > 0 and _as_far(ways, first, stop, metres):
            found.append((over, float(end)))
    return found


def _timed_laps(draft: Draft) -> Floats:
    """Return begin, end [s], timer time [s] and distance [m] of each lap, or of the whole recording
    where no laps have a timer.
    """
    activity, index = draft.activity, draft.index
    laps = activity.held("laps")
    timer = as_floats(laps["timer_time"])
    if len(laps) and (timer > 0).all():
        begin, end = _since(index, laps).T
        order = np.argsort(begin, kind="stable")
        begin, end, timer = begin[order], end[order], timer[order]
        metres = as_floats(laps["distance"])[order]
        # A lap lasts until the next begins, however long the timer stood in between.
        end = np.append(np.maximum(end[:-1], begin[1:]), end[-1])
        if np.isfinite(begin).all() and np.isfinite(end).all():
            return np.stack([begin, end, timer, metres], axis=1)
    told = activity.meta.device_totals
    if not told.timer_time > 0:
        return np.empty((0, 4))
    return np.array([[0.0, activity.seconds[-1], told.timer_time, told.distance]])


def _ways(draft: Draft) -> list[Floats]:
    """Return the distance since the start, as each of the device and the positions has it."""
    columns = draft.columns
    ways = []
    if not np.isnan(columns["latitude"]).all():
        ways.append(_way(draft))
    if not np.isnan(columns["distance"]).all():
        rises = np.maximum(np.diff(columns["distance"], prepend=np.nan), 0.0)
        ways.append(np.cumsum(np.nan_to_num(rises)))
    return ways


def _too_far(ways: list[Floats], first: int, last: int, metres: float) -> bool:
    """Return whether all that was moved between two samples exceeds what the lap counted."""
    most = max(AGREES * metres, SHORTEST)
    last = min(last, len(ways[0]) - 1) if ways else 0
    return not ways or any(w[last] - w[first] - metres > most for w in ways)


def _as_far(ways: list[Floats], first: int, last: int, metres: float) -> bool:
    """Return whether what was moved between two samples is what the lap counted."""
    most = max(AGREES * metres, SHORTEST)
    return any(abs(w[last] - w[first] - metres) < most for w in ways)
