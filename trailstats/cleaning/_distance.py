"""Time and distance between samples: jumps, gaps, and whose distance counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Flags, Floats, Ints
from trailstats.cleaning._draft import Draft
from trailstats.cleaning._odometer import device_steps
from trailstats.geo import step_lengths
from trailstats.model.activity import Issue
from trailstats.schema import Severity

CATCH_UP = 500.0
"""Longest step of a device's own distance that may be a catch-up after a lost fix [m] (our choice).
"""

ROUNDING = 0.1
"""Times of pauses are rounded by no more than this [s] (our choice)."""

FASTER, LATE = 1.5, 5.0
"""A step over the edge of a pause may be longer by this factor and by so much [m] than the pace
beside it makes it (our choice).
"""

OFTEN = 0.7
"""Samples closer in time than this [s] are taken several times a second (our choice)."""

LONGEST_BRIDGE = 3600.0
"""A gap longer than this [s] is never bridged (our choice)."""

MINUTE = 60.0
"""Time over which the fastest pace of a recording is taken [s] (our choice)."""

DRIVEN = 1.25
"""A gap that was crossed faster by this factor than the fastest minute of the recording was not
crossed on foot (our choice).
"""


@dataclass(frozen=True, eq=False)
class Steps:
    """Distance and timer time between each sample and the one before.

    Attributes
    ----------
    step, duration : numpy.ndarray, shape (n,)
        [m], [s]; both 0 across gaps without movement.
    interrupted : numpy.ndarray of bool, shape (n,)
        Whether nothing is known of the track from the sample before: a pause, a jump or a gap
        without movement.
    thrown : numpy.ndarray, shape (n,)
        What was left out because nobody runs that fast [m].
    """

    step: Floats
    duration: Floats
    interrupted: Flags
    thrown: Floats


def steps(draft: Draft, duration: Floats) -> Steps:
    """Return the distance and the timer time between each sample and the one before, without gaps.

    The device's own distance is taken where it has one that agrees with the positions: it comes
    from the full measuring rate, and indoors from a foot pod. Otherwise the positions count, and
    without them the device's speed.
    """
    seconds = draft.activity.seconds
    passed = np.diff(seconds, prepend=seconds[0])
    paused = duration < 0.5 * passed
    step, jump = _counted_steps(draft, duration, duration < passed - ROUNDING)
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = step / duration
    draft.note(
        "distance_jump",
        Severity.WARNING,
        jump,
        "{count} jumps faster than {limit:g} m/s, {metres:.0f} m in all, were left out",
        limit=draft.limit,
        metres=step[jump].sum(),
    )
    thrown = np.where(jump, step, 0.0)
    step = np.where(jump, 0.0, step)
    usual = float(np.median(duration[1:])) if len(duration) > 1 else 1.0
    # Devices that save space record only where something changes: for them a gap is longer.
    gap = duration > max(draft.rules.gap, 5.0 * usual)
    still = (pace < draft.rules.stop_speed) | jump | ~np.isfinite(pace)
    lost = (gap & still) | (duration > LONGEST_BRIDGE)
    driven = _driven(draft, step, duration, gap & ~lost)
    bridged = gap & ~lost & ~driven
    draft.note(
        "gap",
        Severity.INFO,
        lost,
        "{count} gaps without movement, or longer than an hour, {time:.0f} s in all, count as "
        "pauses",
        time=duration[lost].sum(),
    )
    draft.note(
        "gap_driven",
        Severity.WARNING,
        driven,
        "{count} gaps, {metres:.0f} m in all, were crossed faster than the runner ran; not on "
        "foot, they count as pauses",
        metres=step[driven].sum(),
    )
    lost |= driven
    step, duration = np.where(lost, 0.0, step), np.where(lost, 0.0, duration)
    draft.note(
        "gap_bridged",
        Severity.INFO,
        bridged,
        "{count} gaps with movement were bridged in a straight line or by the device, "
        "{metres:.0f} m in all",
        metres=step[bridged].sum(),
    )
    return Steps(step, duration, paused | jump | lost, thrown)


def _driven(draft: Draft, step: Floats, duration: Floats, gap: Flags) -> Flags:
    """Return which gaps were crossed faster than the runner ran in any minute of the recording."""
    long = gap & (duration >= draft.rules.carried_time_slow)
    if not draft.on_foot or not long.any():
        return np.zeros(len(step), bool)
    timer = np.cumsum(np.where(gap, 0.0, duration))
    along = np.cumsum(np.where(gap, 0.0, step))
    if timer[-1] < MINUTE:
        return np.zeros(len(step), bool)
    fastest = speed_over(timer, along, MINUTE).max()
    return np.asarray(long & (step > DRIVEN * fastest * duration))


def _counted_steps(
    draft: Draft, duration: Floats, paused: Flags
) -> tuple[Floats, Flags]:
    """Return the distance to each sample by what can be trusted most, and which of them are
    errors.
    """
    columns = draft.columns
    timer = np.cumsum(duration)
    by_position, known = _position_steps(draft, timer)
    device = device_steps(draft, by_position, duration, known)
    if device is not None:
        # A device that lost its fix catches up in one step; only what can't be that is an error.
        step, jump = device
        step = _within_pace(step, duration, paused & (duration > 0))
        most = np.maximum(draft.limit * np.maximum(duration, 1.0), CATCH_UP)
        return step, jump | (step > most)
    if known.any() or np.isnan(columns["speed"]).all():
        # A pause in between: what was walked with the timer stopped does not count.
        placed = np.where(paused & (duration <= 0), 0.0, by_position)
        step = _within_pace(placed, duration, paused)
        return step, _too_fast(step, duration, draft.limit)
    timed = np.where(duration > draft.rules.gap, 0.0, duration)
    step = np.nan_to_num(columns["speed"]) * timed
    message = f"neither positions nor a distance; {step.sum():.0f} m come from the device's speed"
    count = int((step > 0).sum())
    draft.issues.append(
        Issue("distance_from_speed", Severity.INFO, message, count)
    )
    return step, np.zeros(len(step), bool)


def _within_pace(step: Floats, duration: Floats, paused: Flags) -> Floats:
    """Return the steps, those over a pause no longer than the pace beside it makes them in the time
    that the timer ran.
    """
    if not paused.any():
        return step
    running = np.flatnonzero(~paused & (duration > 0))
    if not len(running):
        return np.where(paused, 0.0, step)
    rows = np.flatnonzero(paused)
    place = np.searchsorted(running, rows)
    before = running[np.maximum(place - 1, 0)]
    after = running[np.minimum(place, len(running) - 1)]
    pace = np.maximum(
        step[before] / duration[before], step[after] / duration[after]
    )
    out = step.copy()
    walked = step[rows] > FASTER * pace * duration[rows] + LATE
    out[rows[walked]] = (pace * duration[rows])[walked]
    return out


def _too_fast(step: Floats, duration: Floats, limit: float) -> Flags:
    """Return which steps are faster than a limit, those of less than a second together with their
    neighbours.
    """
    fast = step > limit * np.maximum(duration, 1.0)
    brief = (duration > 0) & (duration < OFTEN)
    if not brief.any():
        return fast
    timer, along = np.cumsum(duration), np.cumsum(step)
    later = np.append(np.diff(timer) > 0, True)
    t, d = timer[later], along[later]
    before = np.maximum(timer - 0.5, 0.0)
    after = np.minimum(before + 1.0, timer[-1])
    passed = np.interp(after, t, d) - np.interp(before, t, d)
    return np.asarray(fast | (brief & (passed > limit)))


def _position_steps(draft: Draft, timer: Floats) -> tuple[Floats, Flags]:
    """Return the distance by positions, spread evenly over samples without one, and which steps
    join two known.
    """
    columns, seconds = draft.columns, draft.activity.seconds
    known = ~np.isnan(columns["latitude"])
    joined = known & np.append(False, known[:-1])
    rows = np.flatnonzero(known)
    if len(rows) > 2 and np.median(np.diff(seconds[rows])) < OFTEN:
        along = _smoothed_way(columns, rows, timer)
        return np.diff(along, prepend=along[0]), joined
    step = draft.step_lengths()
    if not known.any() or known.all():
        return step, joined
    along = np.interp(timer, timer[rows], np.cumsum(step)[rows])
    return np.diff(along, prepend=along[0]), joined


def _smoothed_way(
    columns: dict[str, Floats], rows: Ints, timer: Floats
) -> Floats:
    """Return the distance since the start where positions are taken several times a second: by
    their means over each second, so that their noise is not taken for way.
    """
    lat, lon = columns["latitude"][rows], columns["longitude"][rows]
    east = lon[0] + (lon - lon[0] + 180.0) % 360.0 - 180.0
    cell = np.unique(np.floor(timer[rows]), return_inverse=True)[1]
    count = np.bincount(cell)
    mean_time, mean_lat, mean_lon = (
        np.bincount(cell, values) / count for values in (timer[rows], lat, east)
    )
    along = np.cumsum(step_lengths(mean_lat, mean_lon))
    if len(along) < 2:
        whole = np.cumsum(step_lengths(lat, lon))
        return np.interp(timer, timer[rows], whole)
    # The half seconds at both ends, before the first mean and after the last, at the pace there.
    pace = np.diff(along)[[0, -1]] / np.diff(mean_time)[[0, -1]]
    ends = (mean_time[0] - timer[0], timer[-1] - mean_time[-1])
    t = np.concatenate(([timer[0]], mean_time, [timer[-1]]))
    start, end = -pace[0] * ends[0], along[-1] + pace[1] * ends[1]
    return np.interp(timer, t, np.concatenate(([start], along, [end])))


def speed_over(timer: Floats, distance: Floats, window: float) -> Floats:
    """Return the speed over a window of timer time about each sample, shorter at the ends."""
    if timer[-1] <= 0:
        return np.zeros(len(timer))
    before = np.maximum(timer - window / 2, 0.0)
    after = np.minimum(timer + window / 2, timer[-1])
    # Of samples with the same timer time (a pause) interpolation needs one: the last.
    keep = np.append(np.diff(timer) > 0, True)
    t, d = timer[keep], distance[keep]
    passed = np.interp(after, t, d) - np.interp(before, t, d)
    lasted = after - before
    return np.where(lasted > 0, passed / np.maximum(lasted, 1e-9), 0.0)
