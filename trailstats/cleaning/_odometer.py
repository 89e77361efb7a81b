"""The device's own distance: repaired where it fails, and taken where it agrees with the rest."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import scipy

from trailstats.arrays import Flags, Floats, Ints, as_floats, sum_up_to
from trailstats.cleaning._draft import Draft
from trailstats.cleaning._positions import GOING, STEPPING
from trailstats.geo import step_lengths
from trailstats.metrics.sampling import true_runs
from trailstats.model.activity import Issue
from trailstats.schema import TREADMILL, Severity

FELL_BEHIND = 600.0
"""A device that catches up fell behind the positions no longer ago than this [s] (our choice)."""

COMPARED = 100.0
"""Shortest distance by positions that a device's can be judged by [m] (our choice)."""

COARSE = 15.0
"""Positions so far apart in time show the track without their jitter [s] (our choice)."""

STUCK = 60.0
"""An odometer that stands for longer than this [s], while all else goes on, has failed (our
choice).
"""

CREEPS = 0.1
"""It stands when it counts less than this share of what positions or speed give (our choice)."""

FASTEST = 6.0
"""Above this speed [m/s] positions alone are no proof that the odometer failed (our choice)."""

CORRECTION = 50.0
"""A step back of no more than this [m] takes back what was counted too much; a longer one begins to
count anew (our choice).
"""

ODD = 7
"""Samples over which a count of metres that jumps away and back is told from a true one (our
choice).
"""

CALIBRATED = 0.01
"""Share by which a total must differ from what was recorded to have been put right by hand (our
choice).
"""

MOST_CALIBRATED = 2.0
"""A total that differs by more than this factor was not put right but belongs to something else
(our choice).
"""

PAUSED = 10.0
"""What a device counts while its timer stands may be what it was late with, up to this [m] (our
choice).
"""


def device_steps(
    draft: Draft, by_position: Floats, duration: Floats, known: Flags
) -> tuple[Floats, Flags] | None:
    """Return the distance to each sample by the device's own count, and which steps are errors;
    None where there is no count, or the positions deny it.

    Parameters
    ----------
    draft : Draft
    by_position : numpy.ndarray, shape (n,)
        Distance by positions [m].
    duration : numpy.ndarray, shape (n,)
        Timer time [s].
    known : numpy.ndarray of bool, shape (n,)
        Whether positions stand at both ends of the step.
    """
    most = draft.limit * np.maximum(duration, 1.0)
    distance = draft.columns["distance"]
    recorded = np.flatnonzero(~np.isnan(distance))
    if len(recorded) < max(2, 0.9 * len(distance)):
        return None
    filled = np.interp(np.arange(len(distance)), recorded, distance[recorded])
    step = _forward(filled, by_position, known, most)
    step = _without_pauses(draft, step, duration)
    timer = np.cumsum(duration)
    step, error = _caught_up(step, by_position, known, timer, most)
    step = _where_stuck(draft, step, by_position, known, duration)
    both = known & (by_position <= most) & (duration > 0)
    if _denied(draft, step, by_position, timer, both):
        return None
    if not step.sum() > 0:
        return None
    return _calibrated(draft, step), error


def _forward(
    count: Floats, by_position: Floats, known: Flags, most: Floats
) -> Floats:
    """Return the steps of a count of metres, whatever it does instead of rising."""
    change = np.diff(count, prepend=count[0])
    back = change < 0
    if not back.any():
        return change
    # A few samples that jump away and back are errors of writing.
    usual = scipy.ndimage.median_filter(count, ODD, mode="nearest")
    odd = np.abs(count - usual) > np.maximum(ODD * most, CORRECTION)
    if odd.any() and not odd.all():
        rows = np.arange(len(count))
        count = np.interp(rows, rows[~odd], count[~odd])
        change = np.diff(count, prepend=count[0])
    anew = np.where(change < -CORRECTION, 0.0, change)
    level = np.cumsum(anew)
    onward = np.diff(np.maximum.accumulate(level), prepend=level[0])
    rising = np.maximum(change, 0.0)
    placed = by_position[known].sum()
    if placed > COMPARED:
        # Both readings of a step back exist among devices; the positions tell which it was.
        far = abs(rising[known].sum() - placed)
        return rising if far < abs(onward[known].sum() - placed) else onward
    return onward


def _without_pauses(draft: Draft, step: Floats, duration: Floats) -> Floats:
    """Return the steps without what was counted while the timer stood."""
    seconds = draft.activity.seconds
    passed = np.diff(seconds, prepend=seconds[0])
    still = (duration <= 0) & (passed > 0)
    if not still.any():
        return step
    start, stop = true_runs(still)
    count = sum_up_to(step)
    ran = (count[stop] - count[start]) > PAUSED
    out = step.copy()
    for first, last in np.transpose((start, stop))[ran].tolist():
        out[first:last] = 0.0
    return out


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


def _where_stuck(
    draft: Draft,
    step: Floats,
    by_position: Floats,
    known: Flags,
    duration: Floats,
) -> Floats:
    """Return the steps, by positions or speed where the device's count stood and all else went
    on.
    """
    columns = draft.columns
    by_speed = np.nan_to_num(columns["speed"]) * duration
    other = np.where(known, by_position, by_speed)
    stands = (step < CREEPS * other) & (duration > 0)
    if not stands.any():
        return step
    clock, moved = sum_up_to(duration), sum_up_to(other)
    start, stop = true_runs(stands)
    lasted = clock[stop] - clock[start]
    long = lasted >= STUCK
    if not long.any():
        return step
    start, stop, lasted = start[long], stop[long], lasted[long]
    pace = (moved[stop] - moved[start]) / lasted
    going = (pace > GOING) & (pace < FASTEST)
    for name, least in (("cadence", STEPPING), ("speed", GOING)):
        values = columns[name]
        if np.isnan(values).all():
            continue
        total = sum_up_to(np.nan_to_num(values) * duration)
        going &= (total[stop] - total[start]) / lasted > least
    going &= _leads_away(columns, start, stop, lasted) | ~known[start]
    if not going.any():
        return step
    failed = np.zeros(len(step), bool)
    for first, last in np.transpose((start, stop))[going].tolist():
        failed[first:last] = True
    draft.note(
        "odometer_stuck",
        Severity.WARNING,
        failed,
        "the device's distance stood still {times} times, {time:.0f} s in all, while the runner "
        "did not; positions or speed give {metres:.0f} m there",
        times=int(going.sum()),
        time=duration[failed].sum(),
        metres=other[failed].sum(),
    )
    return np.where(failed, other, step)


def _leads_away(
    columns: dict[str, Floats], start: Ints, stop: Ints, lasted: Floats
) -> Flags:
    """Return whether positions at any third of a stretch lie further apart than drift takes
    them.
    """
    thirds = [start, (2 * start + stop) // 3, (start + 2 * stop) // 3, stop - 1]
    far = np.zeros(len(start))
    for one, other in pairwise(thirds):
        ends = np.stack([one, other], axis=1).ravel()
        apart = step_lengths(
            columns["latitude"][ends], columns["longitude"][ends]
        )
        far = np.fmax(far, apart[1::2])
    return far > GOING * lasted / 3.0


def _denied(
    draft: Draft, step: Floats, by_position: Floats, timer: Floats, both: Flags
) -> bool:
    """Return whether the positions deny the device's count, where both exist."""
    columns = draft.columns
    # A late fix or a jump says nothing against the device.
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
    if not placed > COMPARED or low <= counted / placed <= high:
        return False
    message = (
        f"the device counted {counted:.0f} m where positions give {placed:.0f} m; the "
        "positions were used"
    )
    draft.issues.append(Issue("device_distance", Severity.WARNING, message))
    return True


def _calibrated(draft: Draft, step: Floats) -> Floats:
    """Return the steps of a run without positions, scaled to a total that the runner put right."""
    activity, recorded = draft.activity, float(step.sum())
    indoors = activity.meta.sub_sport in TREADMILL
    if not indoors and not np.isnan(draft.columns["latitude"]).all():
        return step
    total = _total(draft)
    if not recorded > COMPARED or not total > 0:
        return step
    factor = total / recorded
    if (
        abs(factor - 1.0) < CALIBRATED
        or not 1.0 / MOST_CALIBRATED <= factor <= MOST_CALIBRATED
    ):
        return step
    message = (
        f"the file's total of {total:.0f} m was put right after {recorded:.0f} m were recorded; "
        "the total counts, and distances and speeds are scaled to it"
    )
    draft.issues.append(Issue("distance_calibrated", Severity.INFO, message))
    return step * factor


def _total(draft: Draft) -> float:
    """Return the distance that the file tells in all, where it was recorded in full; else NaN."""
    activity = draft.activity
    told, laps = activity.meta.device_totals, activity.held("laps")
    by_lap = as_floats(laps["distance"])
    lap_sum = float(by_lap.sum()) if len(by_lap) else float("nan")
    timer = as_floats(laps["timer_time"])
    if activity.meta.format == "fit" and not np.isnan(told.distance):
        total, ran = told.distance, told.timer_time
    else:
        total, ran = lap_sum, float(timer.sum()) if len(timer) else float("nan")
    recorded = float(activity.seconds[-1])
    # A recording that lost its end, or laps of half of it, tell nothing of the scale.
    lost = ran > recorded + max(0.02 * recorded, 10.0)
    short = (
        len(timer) > 0
        and activity.meta.format != "fit"
        and (np.isnan(timer).any() or ran < 0.5 * recorded)
    )
    return float("nan") if lost or short else total
