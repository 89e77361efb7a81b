"""Speed, what is standing, and what is being carried: lifts and vehicles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from trailstats.activity import Issue
from trailstats.cleaning._report import when
from trailstats.cleaning.rules import CleanRules
from trailstats.elevation import Profile
from trailstats.metrics.sampling import true_runs
from trailstats.schema import Severity

__all__ = ["carried", "moving_samples", "speed_over"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TICK = 5.0
"""Step of the grid of timer time on which being carried is looked for [s]."""

PIECE = 20.0
"""A lift climbs in each piece of this length, so that a jump of the barometer is none [s]; judgement."""

SLOWEST = 1.5
"""No lift is slower than this along the ground; what climbs without going on is the barometer [m/s]; judgement."""

STILL_SHARE = 0.1
"""Share of the time with steps, below which nobody walked; judgement."""

STEPS_RECORDED = 0.3
"""Share of samples with steps, above which a recording knows its steps; judgement."""


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
    return np.asarray(np.where(after > before, passed / np.maximum(after - before, 1e-9), 0.0))


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
    tick = np.arange(0.0, timer[-1], TICK)
    fast = _rate(tick, timer[later], np.cumsum(step)[later], PIECE)
    climb = np.zeros(len(tick))
    z = columns["elevation"]
    known = later & ~np.isnan(z)
    if known.sum() >= 10:
        climb = _rate(tick, timer[known], scipy.ndimage.median_filter(z[known], 5, mode="nearest"), PIECE)
    beat = _beat(tick, timer, columns["heart_rate"])
    walked = columns["cadence"] > 0
    now = np.ones(len(tick), dtype=np.bool_)
    if np.mean(walked) > STEPS_RECORDED:
        steps = np.cumsum(walked * duration)
        # Steps are lost on steep ground too, with hands on poles and rocks; then the heart works.
        still = (_rate(tick, timer, steps, rules.carried_time) < STILL_SHARE) & ~(beat > 0)
        now = _rate(tick, timer, steps, TICK) < STILL_SHARE
        ways = [(np.abs(climb), still, rules.carried_climb_still), (fast, still, rules.carried_speed_still)]
    else:
        ways = [(climb, now, rules.carried_climb), (-climb, now, rules.carried_drop)]
        ways.append((climb, beat < 0, rules.carried_climb_calm))
    found = _lasting(fast, rules.carried_speed, rules.carried_time)
    for rate, where, least in ways:
        core = where & (fast >= SLOWEST) & _lasting(rate, least, rules.carried_time, wide=False)
        found |= _widened(core, now & (rate >= least / 2), rules.carried_time)
    if not found.any():
        return none
    out = found[np.clip(np.rint(timer / TICK).astype(np.intp), 0, len(tick) - 1)]
    time, metres = float(duration[out].sum()), float(step[out].sum())
    times = int((np.diff(found.astype(int), prepend=0) > 0).sum())
    message = f"carried {times} times by a lift or a vehicle, {metres:.0f} m and {time:.0f} s in all; not on foot"
    issues.append(Issue("carried", Severity.WARNING, message, int(out.sum()), when(index, out)))
    return out


def _rate(tick: Floats, timer: Floats, values: Floats, window: float) -> Floats:
    after, before = (np.interp(tick + sign * window / 2, timer, values) for sign in (1, -1))
    return np.asarray((after - before) / window)


def _beat(tick: Floats, timer: Floats, heart_rate: Floats) -> Floats:
    """Return the heart rate at each tick less its median; NaN without one."""
    known = ~np.isnan(heart_rate)
    if not known.any():
        return np.full(len(tick), np.nan)
    return np.asarray(np.interp(tick, timer[known], heart_rate[known]) - np.median(heart_rate[known]))


def _lasting(rate: Floats, least: float, time: float, *, wide: bool = True) -> Flags:
    """Return where a rate holds for a time about: nowhere below half, on average above."""
    size = max(1, round(time / TICK))
    mean = np.convolve(rate, np.ones(size) / size, mode="same")
    core = (mean >= least) & (scipy.ndimage.minimum_filter1d(rate, size, mode="nearest") >= least / 2)
    return _widened(core, rate >= least / 2, time) if wide else core


def _widened(core: Flags, allowed: Flags, time: float) -> Flags:
    """Return the flags carried on to both sides for a time, as long as it is allowed."""
    start, stop = true_runs(allowed)
    out = np.zeros(len(core), dtype=np.bool_)
    near = scipy.ndimage.maximum_filter1d(core, 2 * round(time / TICK) + 1, mode="constant") & allowed
    for first, last in zip(start.tolist(), stop.tolist(), strict=True):
        if core[first:last].any():
            out[first:last] = near[first:last]
    return out


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
        climb = np.abs(np.interp(distance, profile.distance, profile.grade)) * speed
        under_way |= climb >= rules.stop_climb
    start, stop = true_runs(~under_way)
    clock = np.append(0.0, np.cumsum(duration))
    short = clock[stop] - clock[start] < rules.stop_time
    edges = np.zeros(len(duration) + 1, dtype=np.intp)
    edges[start[short]] += 1
    edges[stop[short]] -= 1
    return (under_way | (np.cumsum(edges[:-1]) > 0)) & (duration > 0)
