"""What was not done on foot: lifts and vehicles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy

from trailstats.cleaning._report import when
from trailstats.cleaning.rules import CleanRules
from trailstats.geo import local_xy
from trailstats.metrics.sampling import true_runs
from trailstats.model.activity import Issue
from trailstats.schema import Severity
from trailstats.schema.arrays import Flags, Floats

__all__ = ["carried"]


TICK = 5.0
"""Step of the grid of timer time on which being carried is looked for [s]."""

PIECE = 20.0
"""A lift climbs in each piece of this length, so that a jump of the barometer is none [s];
judgement.
"""

SLOWEST = 1.5
"""What is faster than this along the ground went on, whatever its receiver errs [m/s]; judgement.
"""

SLOWEST_ONWARD, STEEPEST = 0.5, 2.0
"""So did what leaves its place at this speed [m/s], no steeper than this: no barometer that drifts;
judgement.
"""

STRAIGHT = 0.95
"""Share of the way that lies between its ends, on lines of lifts; judgement."""

STILL_SHARE = 0.1
"""Share of the time with steps, below which nobody walked; judgement."""

STEPS_RECORDED = 0.3
"""Share of samples with steps, above which a recording knows its steps; judgement."""

FALLING = 0.1
"""Heart rate falls when it loses this share of its median in half a minute; judgement."""


def carried(
    columns: dict[str, Floats],
    index: pd.Index,
    duration: Floats,
    step: Floats,
    rules: CleanRules,
    issues: list[Issue],
) -> Flags:
    """Return which samples were spent in a lift or a vehicle.

    Parameters
    ----------
    columns : dict of str to numpy.ndarray
        The records.
    index : pandas.DatetimeIndex, shape (n,)
    duration, step : numpy.ndarray, shape (n,)
        Timer time [s] and distance [m] since the sample before.
    rules : CleanRules
        The values whose name begins with ``carried``.
    issues : list of Issue
        One is added when anything is found.

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
    """
    none = np.zeros(len(step), dtype=np.bool_)
    timer = np.cumsum(duration)
    later = np.append(np.diff(timer) > 0, True)
    if timer[-1] < rules.carried_time or later.sum() < 10:
        return none
    ride = _Ride(columns, timer, later, duration, step)
    found = _lasting(ride.fast, rules.carried_speed, rules.carried_time)
    found = _widened(found, ride.fast >= rules.carried_speed / 2, rules.carried_time)
    for rate, least, lasts, where, allowed in _signs(ride, rules):
        core = where & _lasting(rate, least, lasts)
        if core.any():
            found |= _widened(core, allowed & (rate >= least / 2), lasts)
    if not found.any():
        return none
    out = found[np.clip(np.rint(timer / TICK).astype(np.intp), 0, len(found) - 1)]
    time, metres = float(duration[out].sum()), float(step[out].sum())
    times = int((np.diff(found.astype(int), prepend=0) > 0).sum())
    message = (
        f"carried {times} times by a lift or a vehicle, {metres:.0f} m and {time:.0f} s in "
        "all; not on foot"
    )
    issues.append(
        Issue("carried", Severity.WARNING, message, int(out.sum()), when(index, out))
    )
    return out


def _signs(
    ride: _Ride, rules: CleanRules
) -> list[tuple[Floats, float, float, Flags, Flags]]:
    """Return what tells a lift: a rate, how much of it for how long, where it counts, and how far
    it may reach.
    """
    climb, on, long = ride.climb, ride.fast >= SLOWEST, rules.carried_time_slow
    # Steps are lost on steep ground too, with hands on poles and rocks; then the heart works.
    still, calm = ride.still & ~(ride.beat > 1.0), ride.beat < 1.0
    rest = (
        scipy.ndimage.uniform_filter1d(ride.beat, round(long / TICK), mode="nearest")
        <= rules.carried_rest
    )
    resting = ride.now & rest & ride.straight & ride.onward
    quiet = ride.now & ((ride.beat <= 1.0 - 2 * FALLING) | ride.falling)
    signs = [(ride.slow_climb, rules.carried_climb_rest, long, resting, quiet)]
    if ride.steps:
        signs.append(
            (
                np.abs(climb),
                rules.carried_climb_still,
                rules.carried_time,
                still & on,
                ride.now,
            )
        )
        signs.append(
            (
                ride.fast,
                rules.carried_speed_still,
                rules.carried_time,
                still & on,
                ride.now,
            )
        )
        signs.append(
            (climb, rules.carried_climb_calm, long, still & ride.onward, ride.now)
        )
    else:
        signs.append(
            (climb, rules.carried_climb, rules.carried_time, on | ride.onward, ride.now)
        )
        signs.append((-climb, rules.carried_drop, rules.carried_time, on, ride.now))
        signs.append(
            (climb, rules.carried_climb_calm, rules.carried_time, calm & on, ride.now)
        )
        signs.append(
            (
                climb,
                rules.carried_climb_long,
                5 * rules.carried_time,
                on | ride.onward,
                ride.now,
            )
        )
    return signs


@dataclass(eq=False)
class _Ride:
    """A recording on a grid of timer time, as far as lifts and vehicles show in it."""

    columns: dict[str, Floats]
    timer: Floats
    later: Flags
    duration: Floats
    step: Floats

    def __post_init__(self) -> None:
        columns, timer, later = self.columns, self.timer, self.later
        self.tick = tick = np.arange(0.0, timer[-1], TICK)
        minute = 60.0
        self.fast = _rate(tick, timer[later], np.cumsum(self.step)[later], PIECE)
        self.climb = self.slow_climb = np.zeros(len(tick))
        known = later & ~np.isnan(columns["elevation"])
        if known.sum() >= 10:
            height = scipy.ndimage.median_filter(
                columns["elevation"][known], 5, mode="nearest"
            )
            self.climb = _rate(tick, timer[known], height, PIECE)
            self.slow_climb = _rate(tick, timer[known], height, minute)
        self.beat, self.falling = self._hearts()
        self.onward, self.straight = self._lines(minute)
        walked = columns["cadence"] > 0
        self.steps = bool(np.mean(walked) > STEPS_RECORDED)
        self.now = self.still = np.ones(len(tick), dtype=np.bool_)
        if self.steps:
            stepping = np.cumsum(walked * self.duration)
            self.still = _rate(tick, timer, stepping, minute) < STILL_SHARE
            self.now = _rate(tick, timer, stepping, TICK) < STILL_SHARE

    def _hearts(self) -> tuple[Floats, Flags]:
        """Return the heart rate at each tick as a share of its median, NaN without one, and whether
        it falls.
        """
        heart_rate = self.columns["heart_rate"]
        known = ~np.isnan(heart_rate)
        if not known.any():
            return np.full(len(self.tick), np.nan), np.zeros(
                len(self.tick), dtype=np.bool_
            )
        beat = np.interp(self.tick, self.timer[known], heart_rate[known]) / np.median(
            heart_rate[known]
        )
        before, after = (
            np.interp(self.tick + sign * 15.0, self.tick, beat) for sign in (-1, 1)
        )
        return beat, after < before - FALLING

    def _lines(self, minute: float) -> tuple[Flags, Flags]:
        """Return where the way leads on, at no impossible slope, and where it is straight."""
        known = self.later & ~np.isnan(self.columns["latitude"])
        if known.sum() < 2:
            return np.zeros(len(self.tick), dtype=np.bool_), np.zeros(
                len(self.tick), dtype=np.bool_
            )
        x, y = local_xy(
            self.columns["latitude"][known], self.columns["longitude"][known]
        )
        ends = np.arange(-2, 3) * minute / 2
        at = [
            np.interp(self.tick[:, None] + ends, self.timer[known], v) for v in (x, y)
        ]
        whole = np.hypot(at[0][:, 4] - at[0][:, 0], at[1][:, 4] - at[1][:, 0])
        middle = np.hypot(at[0][:, 3] - at[0][:, 1], at[1][:, 3] - at[1][:, 1]) / minute
        along = np.hypot(np.diff(at[0], axis=1), np.diff(at[1], axis=1)).sum(axis=1)
        onward = (middle >= SLOWEST_ONWARD) & (self.slow_climb <= STEEPEST * middle)
        return onward, whole >= STRAIGHT * along


def _rate(tick: Floats, timer: Floats, values: Floats, window: float) -> Floats:
    after, before = (
        np.interp(tick + sign * window / 2, timer, values) for sign in (1, -1)
    )
    return np.asarray((after - before) / window)


def _lasting(rate: Floats, least: float, time: float) -> Flags:
    """Return where a rate holds for a time about: nowhere below half, on average above."""
    size = max(1, round(time / TICK))
    mean = np.convolve(rate, np.ones(size) / size, mode="same")[: len(rate)]
    return np.asarray(
        (mean >= least)
        & (scipy.ndimage.minimum_filter1d(rate, size, mode="nearest") >= least / 2),
        dtype=np.bool_,
    )


def _widened(core: Flags, allowed: Flags, time: float) -> Flags:
    """Return the flags carried on to both sides for a time, as long as it is allowed."""
    start, stop = true_runs(allowed)
    out = np.zeros(len(core), dtype=np.bool_)
    near = (
        scipy.ndimage.maximum_filter1d(
            core, 2 * round(time / TICK) + 1, mode="constant"
        )
        & allowed
    )
    for first, last in zip(start.tolist(), stop.tolist(), strict=True):
        if core[first:last].any():
            out[first:last] = near[first:last]
    return out
