"""Altimeters that are set anew, settle or wander: whether recorded elevation is the ground's."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Flags, Floats
from trailstats.cleaning._carried import carried_samples
from trailstats.cleaning._distance import Steps
from trailstats.cleaning._draft import Draft
from trailstats.elevation import (
    ElevationQuality,
    Profile,
    Way,
    elevation_quality,
    not_believed,
    set_anew,
    settling,
)
from trailstats.geo import local_xy
from trailstats.metrics.effort import effort_factor
from trailstats.metrics.sampling import true_runs
from trailstats.model.activity import Issue
from trailstats.schema import Severity

KNOWN = 0.8
"""Least share of the samples with a heart rate that is looked at (our choice)."""

POSITIONS = 0.5
"""Least share of the samples with a position that is looked at (our choice)."""


def elevation_jumps(draft: Draft, timer: Floats, distance: Floats) -> Flags:
    """Return where elevation changes by what nobody climbs or falls: a sensor was set anew, or
    settles.
    """
    rules, z = draft.rules, draft.columns["elevation"]
    out = np.zeros(len(z), bool)
    known = np.flatnonzero(~np.isnan(z))
    if len(known) < 2:
        return out
    height = z[known]
    seconds = draft.activity.seconds[known]
    change = np.abs(np.diff(height, prepend=height[0]))
    took = np.diff(seconds, prepend=seconds[0])
    most = np.maximum(rules.elevation_jump, rules.elevation_jump_speed * took)
    out[known] = change > most
    if draft.on_foot:
        anew = rules.elevation.anew
        out[known] |= set_anew(height, seconds, anew)
        until = settling(
            height, timer[known], distance[known], effort_factor, anew
        )
        settles = np.zeros(len(z), bool)
        settles[known] = timer[known] - timer[known[0]] < until
        draft.note(
            "elevation_settles",
            Severity.INFO,
            settles,
            "the altimeter settled for {time:.0f} s after the start; neither ascent nor descent",
            time=until,
        )
        settles[known[0]] = False
        out |= settles
        settled = settles[known]
    else:
        settled = np.zeros(len(known), bool)
    jumps = out[known] & ~settled
    flags = np.zeros(len(z), bool)
    flags[known] = jumps
    draft.note(
        "elevation_jump",
        Severity.WARNING,
        flags,
        "elevation jumped {count} times, {metres:.0f} m in all; neither ascent nor descent",
        count=len(true_runs(jumps)[0]),
        metres=change[jumps].sum(),
    )
    return out


def judged_elevation(
    draft: Draft, profile: Profile, timer: Floats, distance: Floats
) -> ElevationQuality:
    """Return how far the elevation can be believed; on foot only, as only there the cost of a
    grade is known.
    """
    if not draft.on_foot:
        return ElevationQuality()
    rules = draft.rules.elevation
    onward = np.append(np.diff(distance) > 0, True)
    at = profile.distance

    def along(values: Floats, known: Flags) -> Floats:
        return np.interp(at, distance[known], values[known])

    time = along(timer, onward)
    columns = draft.columns
    latitude, longitude = columns["latitude"], columns["longitude"]
    placed = np.isfinite(latitude) & np.isfinite(longitude)
    often = placed.mean() >= POSITIONS
    placed &= onward
    place = None
    if often and placed.any():
        # Longitudes from the first on, so that the date line is no step.
        first = longitude[placed][:1]
        east = (longitude - first + 180.0) % 360.0 - 180.0
        x, y = local_xy(along(latitude, placed), along(east, placed))
        place = x + 1j * y
    beat = columns["heart_rate"]
    measured = ~np.isnan(beat)
    rate = None
    if measured.mean() >= KNOWN:
        later = time + rules.trust.heart_rate_lag
        rate = np.interp(later, timer[measured], beat[measured])
    way = Way(rules.spacing, time, place, rate)
    return elevation_quality(profile, way, effort_factor, rules.trust)


def withhold_elevation(
    draft: Draft, profile: Profile, quality: ElevationQuality
) -> Profile:
    """Return a profile whose elevation is not believed; see `not_believed`."""
    rules = draft.rules.elevation.trust
    counted = profile.ascent[-1]
    found = not_believed(profile, rules.wander_threshold * quality.error)
    message = (
        f"the elevation wanders by about {quality.error:.0f} m: it rises and falls where pace and "
        f"heart rate, or the same places passed again, show no hills; grades are left out, and of "
        f"{counted:.0f} m of ascent {found.ascent[-1]:.0f} m count"
    )
    issue = Issue("elevation_wanders", Severity.WARNING, message, 0)
    draft.issues.append(issue)
    return found


def carried_by_speed(draft: Draft, found: Steps) -> Flags:
    """Return which samples were spent in a vehicle, where elevation is not believed: what an
    altimeter that wanders shows of lifts is nothing.
    """
    kept = [issue for issue in draft.issues if issue.code != "carried"]
    level = Draft(draft.activity, draft.rules, kept)
    level.columns = dict(draft.columns)
    level.blank(np.ones(len(found.step), bool), "elevation")
    carried = carried_samples(level, found)
    draft.issues[:] = level.issues
    return carried
