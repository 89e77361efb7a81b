"""What was not done on foot: lifts and vehicles."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import scipy

from trailstats.arrays import Flags, Floats
from trailstats.cleaning._distance import Steps
from trailstats.cleaning._draft import Draft
from trailstats.cleaning._ride import FALLING, SLOWEST, Ride
from trailstats.cleaning._town import town_drives
from trailstats.cleaning.rules import CleanRules
from trailstats.metrics.sampling import true_runs
from trailstats.schema import Severity


def carried_samples(draft: Draft, found: Steps) -> Flags:
    """Return which samples were spent in a lift or a vehicle; none for what was not on foot.

    Parameters
    ----------
    draft : Draft
        The rules whose name begins with ``carried`` decide; an issue is added when anything is
        found.
    found : Steps

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
    """
    rules = draft.rules
    none = np.zeros(len(found.step), bool)
    timer = np.cumsum(found.duration)
    later = np.append(np.diff(timer) > 0, True)
    if not draft.on_foot or timer[-1] < rules.carried_time or later.sum() < 10:
        return none
    ride = Ride(draft.columns, timer, later, found)
    short = rules.carried_time
    fast = _lasting(ride, ride.fast, rules.carried_speed, short)
    within = ride.fast >= rules.carried_speed / 2
    ticks = _widened(ride, fast, within, short)
    for sign in _signs(ride, rules):
        if not sign.where.any():
            continue
        core = sign.where & _lasting(ride, sign.rate, sign.least, sign.lasts)
        if core.any():
            reach = sign.reach & (sign.rate >= sign.least / 2)
            wide = _widened(ride, core, reach, sign.lasts)
            ticks |= _trimmed(sign.rate, wide, round(sign.lasts / ride.every))
    ticks |= town_drives(ride, rules)
    if not ticks.any():
        return none
    nearest = np.rint(timer / ride.every).astype(np.intp)
    out = ticks[np.clip(nearest, 0, len(ticks) - 1)]
    draft.note(
        "carried",
        Severity.WARNING,
        out,
        "carried {times} times by a lift or a vehicle, {metres:.0f} m and {time:.0f} s in all; "
        "not on foot",
        times=len(true_runs(ticks)[0]),
        metres=found.step[out].sum(),
        time=found.duration[out].sum(),
    )
    return out


class _Sign(NamedTuple):
    """A rate that is too high for someone on foot: how high, for how long, where that counts, and
    how far to both sides the lift may reach.
    """

    rate: Floats
    least: float
    lasts: float
    where: Flags
    reach: Flags


def _signs(ride: Ride, rules: CleanRules) -> list[_Sign]:
    """Return everything that shows a lift."""
    climb, fast, now = ride.climb, ride.fast, ride.now
    short, long = rules.carried_time, rules.carried_time_slow
    moving = fast >= SLOWEST
    mean_beat = scipy.ndimage.uniform_filter1d(
        ride.beat, max(1, round(long / ride.every)), mode="nearest"
    )
    rest = mean_beat <= rules.carried_rest
    resting = now & rest & ride.straight & ride.onward
    quiet = now & ((ride.beat <= 1.0 - 2 * FALLING) | ride.falling)
    slow = _Sign(ride.slow_climb, rules.carried_climb_rest, long, resting, quiet)
    if ride.steps:
        # Steps are lost on steep ground too, with hands on poles and rocks; then the heart works.
        still = ride.still & ~(ride.beat > 1.0)
        sitting = still & moving
        onward = still & ride.onward
        return [
            slow,
            _Sign(np.abs(climb), rules.carried_climb_still, short, sitting, now),
            _Sign(fast, rules.carried_speed_still, short, sitting, now),
            _Sign(climb, rules.carried_climb_calm, long, onward, now),
        ]
    calm = (ride.beat < 1.0) & moving
    going = moving | ride.onward
    return [
        slow,
        _Sign(climb, rules.carried_climb, short, going, now),
        _Sign(-climb, rules.carried_drop, short, moving, now),
        _Sign(climb, rules.carried_climb_calm, short, calm, now),
        _Sign(climb, rules.carried_climb_long, 5 * short, going, now),
    ]


def _lasting(ride: Ride, rate: Floats, least: float, time: float) -> Flags:
    """Return where a rate holds for a time about: nowhere below half, on average above."""
    if not (rate >= least).any():
        return np.zeros(len(rate), bool)
    size = max(1, round(time / ride.every))
    mean = np.convolve(rate, np.ones(size) / size, mode="same")[: len(rate)]
    lowest = scipy.ndimage.minimum_filter1d(rate, size, mode="nearest")
    return (mean >= least) & (lowest >= least / 2)


def _widened(ride: Ride, core: Flags, allowed: Flags, time: float) -> Flags:
    """Return the flags carried on to both sides for a time, as long as it is allowed."""
    out = np.zeros(len(core), bool)
    if not core.any():
        return out
    size = 2 * round(time / ride.every) + 1
    near = allowed & scipy.ndimage.maximum_filter1d(core, size, mode="constant")
    for first, last in np.transpose(true_runs(allowed)).tolist():
        if core[first:last].any():
            out[first:last] = near[first:last]
    return out


def _trimmed(rate: Floats, ticks: Flags, size: int) -> Flags:
    """Return the flags without the ticks at both ends at which a rate is nearer to that of the
    ticks next to them than to that of the ride: a slow lift may follow a steep way to it.
    """
    out = ticks.copy()
    for first, last in np.transpose(true_runs(ticks)).tolist():
        inside = np.median(rate[first:last])
        for beside, ridden in (
            (rate[max(first - size, 0) : first], np.arange(first, last)),
            (rate[last : last + size], np.arange(first, last)[::-1]),
        ):
            if len(beside):
                fast = rate[ridden] >= (inside + np.median(beside)) / 2
                out[ridden[: np.argmax(fast)]] = False
    return out
