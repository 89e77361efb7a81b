"""Values that can't be: ranges, stuck heart rates, heart rates that are cadences."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import scipy

from trailstats.arrays import Flags, Floats
from trailstats.cleaning._draft import Draft
from trailstats.metrics.intensity import HeartRateRules, heart_rate_quality
from trailstats.metrics.sampling import true_runs
from trailstats.model.activity import Issue
from trailstats.schema import NO_CADENCE, TREADMILL, Severity

SMOOTHED = 15
"""Samples a second apart over which heart rate and cadence are compared (our choice)."""

STEADY = 0.5
"""A cadence that varies by less than this says nothing about what follows it [1/min] (our
choice).
"""

APART = 0.9
"""A heart rate that is the cadence keeps to it within this standard deviation [bpm] (our
choice).
"""


def blank_impossible(draft: Draft) -> None:
    """Blank values outside what is possible, and those by which devices mean that there is none."""
    for item in fields(draft.rules.ranges):
        name = item.name
        lowest, highest = getattr(draft.rules.ranges, name)
        values = draft.columns[name]
        bad = (values < lowest) | (values > highest)
        if name == "cadence":
            bad |= values == NO_CADENCE
        if not bad.any():
            continue
        noun = name.replace("_", " ")
        draft.blank(bad, name)
        draft.note(
            f"{name}_range",
            Severity.INFO,
            # A heart rate of 0 is how some devices write "no contact"; that is no news to a person.
            bad & (values != 0),
            f"{{count}} values of {noun} outside {lowest:g} to {highest:g} were blanked",
        )


def blank_lost_elevation(draft: Draft) -> None:
    """Blank elevations of exactly 0 between others that are far from it: that is how some write
    "not known".
    """
    z = draft.columns["elevation"]
    zero = z == 0
    known = np.flatnonzero(~np.isnan(z) & ~zero)
    if not zero.any() or not len(known):
        return
    rows = np.flatnonzero(zero)
    after = np.searchsorted(known, rows)
    behind = known[np.minimum(after, len(known) - 1)]
    before = known[np.maximum(after - 1, 0)]
    lost = np.zeros(len(z), bool)
    nearer = np.minimum(np.abs(z[before]), np.abs(z[behind]))
    lost[rows] = nearer > draft.rules.elevation_jump
    draft.blank(lost, "elevation")
    draft.note(
        "elevation_lost",
        Severity.INFO,
        lost,
        "{count} elevations of 0 among others far from it were blanked",
    )


def correct_elevation(draft: Draft, distance: Floats) -> None:
    """Take the elevation of the ground model, where the rules name one that knows it."""
    if draft.rules.dem is None:
        return
    recorded = draft.columns["elevation"]
    found = draft.rules.dem.correct(
        distance, draft.columns["latitude"], draft.columns["longitude"], recorded
    )
    if found is None:
        message = "the ground model covers none of the track"
        draft.issues.append(Issue("dem_outside", Severity.WARNING, message, 0))
        return
    changed = np.isfinite(found.elevation) & (found.elevation != recorded)
    draft.columns["elevation"] = found.elevation
    draft.issues.append(
        Issue("elevation_dem", Severity.INFO, found.message, int(changed.sum()))
    )


def set_indoor_aside(draft: Draft) -> None:
    """Blank positions and elevation of a treadmill: what they show is the receiver's drift and the
    weather's.
    """
    if draft.activity.meta.sub_sport not in TREADMILL:
        return
    columns = draft.columns
    there = ~np.isnan(columns["latitude"]) | ~np.isnan(columns["elevation"])
    draft.blank(np.ones(len(there), bool), "latitude", "longitude", "elevation")
    draft.note(
        "indoor_position",
        Severity.INFO,
        there,
        "indoors, {count} positions or elevations show drift alone and were set aside",
    )


def blank_heart_rate(draft: Draft, speed: Floats, duration: Floats) -> None:
    """Blank heart rates that are stuck, or that are the cadence."""
    columns, rules = draft.columns, draft.rules
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
    locked = quality.cadence_locked | _follows_cadence(draft, np.cumsum(measured))
    for code, flags, fault in (
        ("heart_rate_lock", locked, "follow the cadence, not the heart"),
        ("heart_rate_flat", quality.flat, "don't change for minutes"),
    ):
        draft.note(
            code,
            Severity.WARNING,
            flags,
            f"{{count}} heart rates, {{time:.0f}} s in all, {fault}; blanked",
            time=measured[flags].sum(),
        )
    draft.blank(locked | quality.flat, "heart_rate")


def _follows_cadence(draft: Draft, timer: Floats) -> Flags:
    """Return where the heart rate, smoothed as sensors do it, rises and falls with the cadence and
    lies upon it.
    """
    rules = draft.rules
    heart, steps = draft.columns["heart_rate"], draft.columns["cadence"]
    out = np.zeros(len(timer), bool)
    known = (
        np.append(np.diff(timer) > 0, True) & ~np.isnan(heart) & ~np.isnan(steps)
    )
    if known.sum() < 2 or timer[-1] < rules.heart_rate_lock:
        return out
    second = np.arange(timer[known][0], timer[known][-1], 1.0)

    def smoothed(values: Floats) -> Floats:
        each_second = np.interp(second, timer[known], values[known])
        return scipy.ndimage.median_filter(each_second, SMOOTHED, mode="nearest")

    beat, step = smoothed(heart), smoothed(steps)
    start, stop = true_runs(np.abs(beat - step) < rules.heart_rate_lock_distance)
    long = stop - start > rules.heart_rate_lock
    for first, last in np.transpose((start, stop))[long].tolist():
        a, b = beat[first:last], step[first:last]
        if min(a.std(), b.std()) < STEADY or (a - b).std() > APART:
            continue
        # Two lines close to each other are the same only where they also bend together.
        if np.corrcoef(a, b)[0, 1] < rules.heart_rate_lock_likeness:
            continue
        out |= (timer >= second[first]) & (timer <= second[last - 1])
    return out & ~np.isnan(heart)
