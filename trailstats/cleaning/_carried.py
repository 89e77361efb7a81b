"""What was not done on foot: lifts and vehicles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import scipy

from trailstats.arrays import Flags, Floats
from trailstats.cleaning._distance import Steps
from trailstats.cleaning._draft import Draft
from trailstats.cleaning.rules import CleanRules
from trailstats.geo import local_xy
from trailstats.metrics.sampling import true_runs
from trailstats.schema import Severity

TICK = 5.0
"""Step of the grid of timer time on which lifts and vehicles are looked for [s]."""

PIECE = 20.0
"""Time over which speed and climb rate are taken [s]: long enough that a pressure jump isn't taken
for a lift (our choice).
"""

MINUTE = 60.0
"""Time over which slow climbs, steps and the shape of the track are taken [s]."""

SLOWEST = 1.5
"""Above this speed the athlete was moving, even allowing for errors of position [m/s] (our
choice).
"""

SLOWEST_ONWARD, STEEPEST = 0.5, 2.0
"""A slow but steady displacement at this speed [m/s], on a climb no steeper than this, is a lift
that climbs and not a barometer that drifts (our choice).
"""

STRAIGHT = 0.95
"""Least ratio of the distance between two ends to the distance travelled on the line of a lift (our
choice).
"""

STILL_SHARE = 0.1
"""Share of the time with steps, below which nobody walked (our choice)."""

STEPS_RECORDED = 0.3
"""Share of samples with steps, above which a recording has steps at all (our choice)."""

FALLING = 0.1
"""Heart rate falls when it loses this share of its median in half a minute (our choice)."""


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
    ride = _Ride(draft.columns, timer, later, found)
    fast = _lasting(ride.fast, rules.carried_speed, rules.carried_time)
    within = ride.fast >= rules.carried_speed / 2
    ticks = _widened(fast, within, rules.carried_time)
    for sign in _signs(ride, rules):
        core = sign.where & _lasting(sign.rate, sign.least, sign.lasts)
        if core.any():
            reach = sign.reach & (sign.rate >= sign.least / 2)
            ticks |= _widened(core, reach, sign.lasts)
    if not ticks.any():
        return none
    out = ticks[np.clip(np.rint(timer / TICK).astype(np.intp), 0, len(ticks) - 1)]
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


def _signs(ride: _Ride, rules: CleanRules) -> list[_Sign]:
    """Return everything that shows a lift."""
    climb, fast, now = ride.climb, ride.fast, ride.now
    short, long = rules.carried_time, rules.carried_time_slow
    moving = fast >= SLOWEST
    mean_beat = scipy.ndimage.uniform_filter1d(
        ride.beat, round(long / TICK), mode="nearest"
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


@dataclass(eq=False)
class _Ride:
    """A recording on a grid of timer time, as far as lifts and vehicles show in it."""

    columns: dict[str, Floats]
    timer: Floats
    later: Flags
    found: Steps

    def __post_init__(self) -> None:
        columns, timer, later = self.columns, self.timer, self.later
        self.tick = tick = np.arange(0.0, timer[-1], TICK)
        distance = np.cumsum(self.found.step)
        self.fast = _rate(tick, timer[later], distance[later], PIECE)
        self.climb = self.slow_climb = np.zeros(len(tick))
        known = later & ~np.isnan(columns["elevation"])
        if known.sum() >= 10:
            climbed = self._height_climbed(known)
            height = scipy.ndimage.median_filter(climbed, 5, mode="nearest")
            self.climb = _rate(tick, timer[known], height, PIECE)
            self.slow_climb = _rate(tick, timer[known], height, MINUTE)
        self.beat, self.falling = self._heart_rates()
        self.onward, self.straight = self._shape_of_track()
        walked = columns["cadence"] > 0
        self.steps = bool(np.mean(walked) > STEPS_RECORDED)
        self.now = self.still = np.ones(len(tick), bool)
        if self.steps:
            stepping = np.cumsum(walked * self.found.duration)
            self.still = _rate(tick, timer, stepping, MINUTE) < STILL_SHARE
            self.now = _rate(tick, timer, stepping, TICK) < STILL_SHARE

    def _height_climbed(self, known: Flags) -> Floats:
        """Return the elevations less what they changed by while the timer stood."""
        height = self.columns["elevation"][known]
        # A pause takes no timer time: what happened in it would look like a lift of a second.
        pauses_before = np.cumsum(self.found.interrupted)[known]
        across = np.diff(pauses_before, prepend=pauses_before[0]) > 0
        change = np.diff(height, prepend=height[0])
        return np.asarray(height - np.cumsum(np.where(across, change, 0.0)))

    def _heart_rates(self) -> tuple[Floats, Flags]:
        """Return the heart rate at each tick as a share of its median, NaN without one, and whether
        it falls.
        """
        tick, heart_rate = self.tick, self.columns["heart_rate"]
        known = ~np.isnan(heart_rate)
        if not known.any():
            return np.full(len(tick), np.nan), np.zeros(len(tick), bool)
        usual = np.median(heart_rate[known])
        beat = np.interp(tick, self.timer[known], heart_rate[known]) / usual
        before = np.interp(tick - 15.0, tick, beat)
        after = np.interp(tick + 15.0, tick, beat)
        return beat, after < before - FALLING

    def _shape_of_track(self) -> tuple[Flags, Flags]:
        """Return where the track leads on, at no impossible slope, and where it is straight."""
        tick, columns = self.tick, self.columns
        known = self.later & ~np.isnan(columns["latitude"])
        if known.sum() < 2:
            none = np.zeros(len(tick), bool)
            return none, none
        x, y = local_xy(columns["latitude"][known], columns["longitude"][known])
        # As complex numbers, so that the size of a difference is a distance.
        points = [
            np.interp(tick + half * MINUTE / 2, self.timer[known], x + 1j * y)
            for half in range(-2, 3)
        ]
        first, before, _, after, last = points
        travelled = sum(np.abs(b - a) for a, b in pairwise(points))
        speed = np.abs(after - before) / MINUTE
        onward = (speed >= SLOWEST_ONWARD) & (self.slow_climb <= STEEPEST * speed)
        return onward, np.abs(last - first) >= STRAIGHT * travelled


def _rate(tick: Floats, timer: Floats, values: Floats, window: float) -> Floats:
    """Return the change of values per second, over a window about each tick."""
    after = np.interp(tick + window / 2, timer, values)
    before = np.interp(tick - window / 2, timer, values)
    return (after - before) / window


def _lasting(rate: Floats, least: float, time: float) -> Flags:
    """Return where a rate holds for a time about: nowhere below half, on average above."""
    size = max(1, round(time / TICK))
    mean = np.convolve(rate, np.ones(size) / size, mode="same")[: len(rate)]
    lowest = scipy.ndimage.minimum_filter1d(rate, size, mode="nearest")
    return (mean >= least) & (lowest >= least / 2)


def _widened(core: Flags, allowed: Flags, time: float) -> Flags:
    """Return the flags carried on to both sides for a time, as long as it is allowed."""
    out = np.zeros(len(core), bool)
    size = 2 * round(time / TICK) + 1
    near = allowed & scipy.ndimage.maximum_filter1d(core, size, mode="constant")
    for first, last in np.transpose(true_runs(allowed)).tolist():
        if core[first:last].any():
            out[first:last] = near[first:last]
    return out
