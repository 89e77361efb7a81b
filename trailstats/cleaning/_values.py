"""Values that can't be: ranges, stuck heart rates, heart rates that are cadences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import scipy

from trailstats.cleaning._report import when
from trailstats.cleaning.rules import CleanRules
from trailstats.metrics.intensity import HeartRateRules, heart_rate_quality
from trailstats.metrics.sampling import true_runs
from trailstats.model.activity import Activity, Issue
from trailstats.schema import TREADMILL, Severity
from trailstats.schema.arrays import Flags, Floats

__all__ = [
    "blank_heart_rate",
    "blank_impossible",
    "blank_lost_elevation",
    "elevation_jumps",
    "set_indoor_aside",
]


SMOOTHED = 15
"""Samples a second apart over which heart rate and cadence are compared; judgement."""

STEADY = 0.5
"""A cadence that varies by less than this tells nothing about what follows it [1/min]; judgement.
"""

APART = 0.9
"""A heart rate that is the cadence keeps to it within this standard deviation [1/min]; judgement.
"""


def blank_impossible(
    columns: dict[str, Floats], index: pd.Index, rules: CleanRules, issues: list[Issue]
) -> None:
    """Blank values outside what is possible."""
    low, high = rules.heart_rate_range
    checks = (
        ("heart_rate", low, high, "heart rates"),
        ("cadence", 0.0, rules.max_cadence, "cadences"),
        ("elevation", -500.0, 9000.0, "elevations"),
        ("speed", 0.0, 100.0, "speeds"),
    )
    for name, lowest, highest, words in checks:
        values = columns[name]
        with np.errstate(invalid="ignore"):
            bad = (values < lowest) | (values > highest)
        if not bad.any():
            continue
        columns[name] = np.where(bad, np.nan, values)
        # A heart rate of 0 is how some devices write "no contact"; that is no news to a person.
        told = bad & (values != 0)
        count = int(told.sum())
        if count:
            message = f"{count} {words} outside {lowest:g} to {highest:g} were blanked"
            issues.append(
                Issue(f"{name}_range", Severity.INFO, message, count, when(index, told))
            )


def blank_lost_elevation(
    columns: dict[str, Floats], index: pd.Index, rules: CleanRules, issues: list[Issue]
) -> None:
    """Blank elevations of exactly 0 between others that are far from it: that is how some write
    "not known".
    """
    z = columns["elevation"]
    zero = z == 0
    known = np.flatnonzero(~np.isnan(z) & ~zero)
    if not zero.any() or not len(known):
        return
    rows = np.flatnonzero(zero)
    after = np.searchsorted(known, rows)
    sides = [np.abs(z[known[np.clip(after - i, 0, len(known) - 1)]]) for i in (0, 1)]
    lost = np.zeros(len(z), dtype=np.bool_)
    lost[rows] = np.minimum(*sides) > rules.elevation_jump
    if lost.any():
        columns["elevation"] = np.where(lost, np.nan, z)
        count = int(lost.sum())
        message = f"{count} elevations of 0 among others far from it were blanked"
        issues.append(
            Issue("elevation_lost", Severity.INFO, message, count, when(index, lost))
        )


def elevation_jumps(
    columns: dict[str, Floats],
    index: pd.Index,
    seconds: Floats,
    rules: CleanRules,
    issues: list[Issue],
) -> Flags:
    """Return where elevation jumps to another level, faster than anyone climbs or falls: a sensor
    was set anew.
    """
    out = np.zeros(len(seconds), dtype=np.bool_)
    known = np.flatnonzero(~np.isnan(columns["elevation"]))
    if len(known) < 2:
        return out
    change = np.abs(np.diff(columns["elevation"][known]))
    fast = change > np.maximum(
        rules.elevation_jump, rules.elevation_jump_speed * np.diff(seconds[known])
    )
    out[known[1:][fast]] = True
    if out.any():
        count, metres = int(out.sum()), float(change[fast].sum())
        message = (
            f"elevation jumped {count} times, {metres:.0f} m in all; neither "
            "ascent nor descent"
        )
        issues.append(
            Issue("elevation_jump", Severity.WARNING, message, count, when(index, out))
        )
    return out


def set_indoor_aside(
    columns: dict[str, Floats], activity: Activity, index: pd.Index, issues: list[Issue]
) -> None:
    """Blank positions and elevation of a treadmill: what they show is the receiver's drift and the
    weather's.
    """
    if activity.meta.sub_sport not in TREADMILL:
        return
    there = ~np.isnan(columns["latitude"]) | ~np.isnan(columns["elevation"])
    for name in ("latitude", "longitude", "elevation"):
        columns[name] = np.full(len(index), np.nan)
    count = int(there.sum())
    if count:
        message = f"indoors, {count} positions or elevations show drift alone and were set aside"
        issues.append(
            Issue("indoor_position", Severity.INFO, message, count, when(index, there))
        )


def blank_heart_rate(
    columns: dict[str, Floats],
    index: pd.Index,
    speed: Floats,
    duration: Floats,
    rules: CleanRules,
    issues: list[Issue],
) -> None:
    """Blank heart rates that are stuck, or that are the cadence."""
    if np.isnan(columns["heart_rate"]).all():
        return
    limits = HeartRateRules(
        lock_distance=rules.heart_rate_lock_distance,
        lock_seconds=rules.heart_rate_lock,
        flat_seconds=rules.heart_rate_flat,
    )
    # Across a long gap nothing was measured, so nothing can have stuck.
    measured = np.where(duration > rules.gap, 0.0, duration)
    quality = heart_rate_quality(
        columns["heart_rate"], columns["cadence"], speed, measured, rules=limits
    )
    locked = quality.cadence_locked | _follows_cadence(
        columns, np.cumsum(measured), rules
    )
    for code, flags, words in (
        ("heart_rate_lock", locked, "follow the cadence, not the heart"),
        ("heart_rate_flat", quality.flat, "don't change for minutes"),
    ):
        if flags.any():
            count, time = int(flags.sum()), float(measured[flags].sum())
            message = f"{count} heart rates, {time:.0f} s in all, {words}; blanked"
            issues.append(
                Issue(code, Severity.WARNING, message, count, when(index, flags))
            )
    columns["heart_rate"] = np.where(
        locked | quality.flat, np.nan, columns["heart_rate"]
    )


def _follows_cadence(
    columns: dict[str, Floats], timer: Floats, rules: CleanRules
) -> Flags:
    """Return where the heart rate, smoothed as sensors do it, rises and falls with the cadence and
    lies upon it.
    """
    out = np.zeros(len(timer), dtype=np.bool_)
    heart, steps = columns["heart_rate"], columns["cadence"]
    known = np.append(np.diff(timer) > 0, True) & ~np.isnan(heart) & ~np.isnan(steps)
    if known.sum() < 2 or timer[-1] < rules.heart_rate_lock:
        return out
    second = np.arange(timer[known][0], timer[known][-1], 1.0)
    beat, step = (
        scipy.ndimage.median_filter(
            np.interp(second, timer[known], v[known]), SMOOTHED, mode="nearest"
        )
        for v in (heart, steps)
    )
    start, stop = true_runs(np.abs(beat - step) < rules.heart_rate_lock_distance)
    long = stop - start > rules.heart_rate_lock
    for first, last in zip(start[long].tolist(), stop[long].tolist(), strict=True):
        a, b = beat[first:last], step[first:last]
        if min(a.std(), b.std()) < STEADY or (a - b).std() > APART:
            continue
        if np.corrcoef(a, b)[0, 1] < rules.heart_rate_lock_likeness:
            continue
        out |= (timer >= second[first]) & (timer <= second[last - 1])
    return out & ~np.isnan(heart)
