"""Time and distance between samples: pauses, jumps, gaps, whose distance counts, and what is
standing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats
from trailstats.cleaning._draft import Draft
from trailstats.cleaning._positions import flags_of_runs
from trailstats.cleaning.rules import CleanRules
from trailstats.elevation import Profile
from trailstats.geo import step_lengths
from trailstats.metrics.sampling import true_runs
from trailstats.model.activity import Issue
from trailstats.schema import Severity

CATCH_UP = 500.0
"""Longest step of a device's own distance that may be a catch-up after a lost fix [m] (our choice).
"""

FELL_BEHIND = 600.0
"""A device that catches up fell behind the positions no longer ago than this [s] (our choice)."""

COMPARED = 100.0
"""Shortest distance by positions that a device's can be judged by [m] (our choice)."""

COARSE = 15.0
"""Positions so far apart in time show the track without their jitter [s] (our choice)."""


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
    """

    step: Floats
    duration: Floats
    interrupted: Flags


def durations(seconds: Floats, index: pd.Index, pauses: pd.DataFrame) -> Floats:
    """Return the timer time between each sample and the one before: clock time less the pauses in
    between.
    """
    passed = np.diff(seconds, prepend=seconds[0])
    if pauses.empty:
        return passed
    origin = index[0]
    start = (pauses["start_time"] - origin).dt.total_seconds().to_numpy()
    end = (pauses["end_time"] - origin).dt.total_seconds().to_numpy()
    order = np.argsort(start)
    start, end = start[order], np.maximum.accumulate(end[order])
    # Pauses may overlap; each begins where those before it have ended.
    start = np.maximum(start, np.concatenate(([-np.inf], end[:-1])))
    end = np.maximum(start, end)
    total = np.cumsum(end - start)
    knots = np.stack([start, end], axis=1).ravel()
    until = np.stack([total - (end - start), total], axis=1).ravel()
    paused = np.interp(seconds, knots, until)
    return np.asarray(
        np.maximum(passed - np.diff(paused, prepend=paused[0]), 0.0)
    )


def steps(draft: Draft, duration: Floats) -> Steps:
    """Return the distance and the timer time between each sample and the one before, without gaps.

    The device's own distance is taken where it has one that agrees with the positions: it comes
    from the full measuring rate, and indoors from a foot pod. Otherwise the positions count, and
    without them the device's speed.
    """
    seconds = draft.activity.seconds
    paused = duration < 0.5 * np.diff(seconds, prepend=seconds[0])
    step, jump = _counted_steps(draft, duration, paused)
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
    step = np.where(jump, 0.0, step)
    usual = float(np.median(duration[1:])) if len(duration) > 1 else 1.0
    # Devices that save space record only where something changes: for them a gap is longer.
    gap = duration > max(draft.rules.gap, 5.0 * usual)
    still = (pace < draft.rules.stop_speed) | jump | ~np.isfinite(pace)
    lost, bridged = gap & still, gap & ~still
    draft.note(
        "gap",
        Severity.INFO,
        lost,
        "{count} gaps without movement, {time:.0f} s in all, count as pauses",
        time=duration[lost].sum(),
    )
    step, duration = np.where(lost, 0.0, step), np.where(lost, 0.0, duration)
    draft.note(
        "gap_bridged",
        Severity.INFO,
        bridged,
        "{count} gaps with movement were bridged in a straight line or by the device, "
        "{metres:.0f} m in all",
        metres=step[bridged].sum(),
    )
    return Steps(step, duration, paused | jump | lost)


def _counted_steps(
    draft: Draft, duration: Floats, paused: Flags
) -> tuple[Floats, Flags]:
    """Return the distance to each sample by what can be trusted most, and which of them are
    errors.
    """
    columns = draft.columns
    timer = np.cumsum(duration)
    most = draft.limit * np.maximum(duration, 1.0)
    by_position, known = _position_steps(columns, timer)
    by_device = _device_steps(draft, by_position, timer, known, most)
    if by_device is not None:
        # A device that lost its fix catches up in one step; only what can't be that is an error.
        step, jump = _caught_up(by_device, by_position, known, timer, most)
        return step, jump | (step > np.maximum(most, CATCH_UP))
    if known.any() or np.isnan(columns["speed"]).all():
        # A pause in between: what was walked with the timer stopped does not count.
        walked = paused & (by_position > draft.limit / 2 * duration)
        step = np.where(walked, 0.0, by_position)
        return step, step > most
    timed = np.where(duration > draft.rules.gap, 0.0, duration)
    step = np.nan_to_num(columns["speed"]) * timed
    message = f"neither positions nor a distance; {step.sum():.0f} m come from the device's speed"
    count = int((step > 0).sum())
    draft.issues.append(
        Issue("distance_from_speed", Severity.INFO, message, count)
    )
    return step, np.zeros(len(step), bool)


def _caught_up(
    step: Floats, by_position: Floats, known: Flags, timer: Floats, most: Floats
) -> tuple[Floats, Flags]:
    """Return a device's steps with each catch-up spread over the stretch on which it fell behind,
    and those that can't be a catch-up.

    A step that is too fast, while the positions hardly move, makes up for what the device had not
    counted: from where it was as far ahead of the positions as it is now. Where it never was, the
    step is an error.
    """
    fast = np.flatnonzero(known & (step > most) & (by_position < step / 2.0))
    error = np.zeros(len(step), bool)
    if not len(fast):
        return step, error
    step, true = step.copy(), np.cumsum(by_position)
    behind = true - np.cumsum(step)
    for row in fast.tolist():
        first = int(np.searchsorted(timer, timer[row] - FELL_BEHIND))
        even = np.flatnonzero(behind[first:row] <= behind[row])
        if not len(even):
            error[row] = True
            continue
        since = first + int(even[-1]) + 1
        went = by_position[since : row + 1]
        step[since : row + 1] = went * (step[since : row + 1].sum() / went.sum())
        before = true[since - 1] - behind[since - 1]
        behind[since:row] = true[since:row] - (
            before + np.cumsum(step[since:row])
        )
    return step, error


def _position_steps(
    columns: dict[str, Floats], timer: Floats
) -> tuple[Floats, Flags]:
    """Return the distance by positions, spread evenly over samples without one, and which steps
    join two known.
    """
    lat = columns["latitude"]
    step = step_lengths(lat, columns["longitude"])
    known = ~np.isnan(lat)
    joined = known & np.append(False, known[:-1])
    if not known.any() or known.all():
        return step, joined
    rows = np.flatnonzero(known)
    along = np.interp(timer, timer[rows], np.cumsum(step)[rows])
    return np.diff(along, prepend=along[0]), joined


def _device_steps(
    draft: Draft, by_position: Floats, timer: Floats, known: Flags, most: Floats
) -> Floats | None:
    """Return the distance to each sample by the device's own count, None where there is none or the
    positions deny it.
    """
    columns = draft.columns
    distance = columns["distance"]
    recorded = np.flatnonzero(~np.isnan(distance))
    if len(recorded) < max(2, 0.9 * len(distance)):
        return None
    filled = np.interp(np.arange(len(distance)), recorded, distance[recorded])
    step = np.maximum(np.diff(filled, prepend=filled[0]), 0.0)
    # Compared where both exist: a late fix or a jump says nothing against the device.
    both = known & (by_position <= most)
    counted, placed = float(step[both].sum()), float(by_position[both].sum())
    low, high = draft.rules.device_distance_ratio
    if placed > COMPARED and counted < low * placed:
        # On slow stretches the jitter of positions adds up; over longer steps it doesn't.
        rows = np.flatnonzero(both)
        some = rows[
            np.unique(np.floor(timer[rows] / COARSE), return_index=True)[1]
        ]
        coarse = step_lengths(
            columns["latitude"][some], columns["longitude"][some]
        )
        placed = min(placed, float(coarse.sum()))
    if placed > COMPARED and not low <= counted / placed <= high:
        message = (
            f"the device counted {counted:.0f} m where positions give {placed:.0f} m; the "
            "positions were used"
        )
        draft.issues.append(Issue("device_distance", Severity.WARNING, message))
        return None
    return step if step.sum() > 0 else None


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


def moving_samples(
    duration: Floats,
    speed: Floats,
    distance: Floats,
    profile: Profile | None,
    rules: CleanRules,
    placed: bool,
) -> Flags:
    """Return which samples were under way; slow going counts while it climbs."""
    if not placed:
        return duration > 0
    under_way = speed >= rules.stop_speed
    if profile is not None:
        climb = (
            np.abs(np.interp(distance, profile.distance, profile.grade)) * speed
        )
        under_way |= climb >= rules.stop_climb
    start, stop = true_runs(~under_way)
    clock = np.append(0.0, np.cumsum(duration))
    short = clock[stop] - clock[start] < rules.stop_time
    brief = flags_of_runs(start[short], stop[short], len(duration))
    return (under_way | brief) & (duration > 0)
