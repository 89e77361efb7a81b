"""From an activity as recorded to one that can be measured: order, spikes, gaps, pauses, distance,
elevation.

Each change is an `Issue` with a count and its place; the activity as read stays reachable as
``CleanActivity.original``.
"""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from trailstats import schema
from trailstats.cleaning._carried import carried
from trailstats.cleaning._clock import in_order
from trailstats.cleaning._distance import durations, moving_samples, speed_over, steps
from trailstats.cleaning._positions import blank_frozen, blank_spikes
from trailstats.cleaning._report import when
from trailstats.cleaning._values import (
    blank_heart_rate,
    blank_impossible,
    blank_lost_elevation,
    elevation_jumps,
    set_indoor_aside,
)
from trailstats.cleaning.rules import CleanRules
from trailstats.elevation import GroundModel, Profile, grid_profile
from trailstats.model.activity import Activity, CleanActivity, Issue
from trailstats.schema import Severity, is_on_foot
from trailstats.schema.arrays import Floats

__all__ = ["CleanRules", "clean"]


def clean(activity: Activity, *, cleaning: CleanRules | None = None) -> CleanActivity:
    """Return a cleaned activity with its ``track``.

    Parameters
    ----------
    activity : Activity
        As read; it is not changed. One that has been cleaned already is returned as it is, so that
        every function that needs a cleaned one can take either.
    cleaning : CleanRules, optional

    Returns
    -------
    CleanActivity
        With records in order of time, errors blanked, ``track`` (table ``schema.TRACK``) filled,
        and an `Issue` for each change.

    Notes
    -----
    Distance is horizontal (map) distance where it comes from positions. The device's own is taken
    where it has one that agrees with the positions where both exist, since it comes from the full
    measuring rate, and indoors from a foot pod; without positions and distance the device's speed
    counts.

    What was climbed in a lift, across a pause or across a gap without movement is no ascent, and
    what was spent in a lift or a vehicle is neither moving time nor distance on foot.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.clean(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> bool(run.track["distance"].is_monotonic_increasing)
    True
    """
    if isinstance(activity, CleanActivity):
        return activity
    rules = cleaning or CleanRules()
    issues: list[Issue] = list(activity.issues)
    ordered = in_order(activity, rules, issues)
    index, seconds, columns = (
        ordered.records.index,
        ordered.seconds,
        dict(ordered.columns),
    )
    on_foot = is_on_foot(activity.meta.sport, activity.meta.sub_sport)
    limit = rules.max_speed if on_foot else rules.max_speed_riding
    blank_impossible(columns, index, rules, issues)
    blank_lost_elevation(columns, index, rules, issues)
    set_indoor_aside(columns, activity, index, issues)
    blank_spikes(columns, index, seconds, limit, issues)
    duration = durations(seconds, index, ordered.pauses)
    blank_frozen(columns, index, seconds, duration, limit, rules, issues)
    way = steps(columns, index, seconds, duration, limit, rules, issues)
    step, interrupted = way.step, way.interrupted
    if on_foot:
        lifted = carried(columns, index, way.duration, step, rules, issues)
        step, interrupted = np.where(lifted, 0.0, step), interrupted | lifted
    distance, timer = np.cumsum(step), np.cumsum(way.duration)
    speed = speed_over(timer, distance, rules.speed_window)
    blank_heart_rate(columns, index, speed, way.duration, rules, issues)
    if rules.dem is not None:
        _put_on_ground(columns, distance, rules.dem, issues)
    broken = interrupted | elevation_jumps(columns, index, seconds, rules, issues)
    profile = grid_profile(
        distance,
        columns["elevation"],
        rules.elevation,
        breaks=broken,
        step=rules.break_step,
        timer=timer,
    )
    # Without positions and a device's distance all that is known of a recording is its time.
    placed = not np.isnan(columns["latitude"]).all() or bool(distance[-1] > 0)
    moving = moving_samples(way.duration, speed, distance, profile, rules, placed)
    if on_foot:
        moving &= ~lifted
    standing = ~moving & (way.duration > 0)
    if standing.any():
        stops = int((np.diff(standing.astype(int), prepend=0) > 0).sum())
        message = (
            f"stood {stops} times, {way.duration[standing].sum():.0f} s in all, with the "
            "timer running"
        )
        issues.append(
            Issue(
                "pause_inferred", Severity.INFO, message, stops, when(index, standing)
            )
        )
    track = schema.TRACK.frame(
        {
            "duration": way.duration,
            "step": step,
            "distance": distance,
            "moving": moving,
            "speed": speed,
            **_on_samples(profile, distance),
        },
        index=index,
    )
    facts = {field.name: getattr(ordered, field.name) for field in fields(Activity)}
    facts["records"] = schema.RECORDS.frame(columns, index)
    facts["issues"] = tuple(issues)
    return CleanActivity(**facts, track=track, original=activity)


def _put_on_ground(
    columns: dict[str, Floats],
    distance: Floats,
    model: GroundModel,
    issues: list[Issue],
) -> None:
    found = model.correct(
        distance, columns["latitude"], columns["longitude"], columns["elevation"]
    )
    if found is None:
        issues.append(
            Issue(
                "dem_outside",
                Severity.WARNING,
                "the ground model covers none of the way",
                0,
            )
        )
        return
    count = int(
        (np.isfinite(found.elevation) & (found.elevation != columns["elevation"])).sum()
    )
    columns["elevation"] = found.elevation
    issues.append(Issue("elevation_dem", Severity.INFO, found.message, count))


def _on_samples(profile: Profile | None, distance: Floats) -> dict[str, object]:
    if profile is None:
        return {}
    return {
        "elevation": np.interp(distance, profile.distance, profile.elevation),
        "ascent": np.interp(distance, profile.distance, profile.ascent),
        "descent": np.interp(distance, profile.distance, profile.descent),
        "grade": np.interp(distance, profile.distance, profile.grade),
        "grade_error": np.full(len(distance), profile.grade_error),
    }
