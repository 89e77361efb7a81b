"""From an activity as recorded to one that can be measured: order, spikes, gaps, pauses, distance,
elevation.

Each change is an `Issue` with a count and its times; the activity as read stays reachable as
``CleanActivity.original``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trailstats.arrays import Flags, Floats
from trailstats.cleaning._altimeter import (
    carried_by_speed,
    elevation_jumps,
    judged_elevation,
    withhold_elevation,
)
from trailstats.cleaning._carried import carried_samples
from trailstats.cleaning._clock import put_in_order
from trailstats.cleaning._distance import Steps, speed_over, steps
from trailstats.cleaning._draft import Draft
from trailstats.cleaning._merged import tell_apart
from trailstats.cleaning._pod import by_pod
from trailstats.cleaning._positions import (
    blank_frozen,
    blank_marks,
    blank_spikes,
)
from trailstats.cleaning._sensors import blank_static, hold_sensors
from trailstats.cleaning._standing import moving_samples
from trailstats.cleaning._timer import timer_steps
from trailstats.cleaning._values import (
    blank_heart_rate,
    blank_impossible,
    blank_lost_elevation,
    correct_elevation,
    set_indoor_aside,
)
from trailstats.cleaning.rules import CleanRules, PlausibleRanges
from trailstats.elevation import ElevationQuality, Profile, grid_profile
from trailstats.metrics.sampling import true_runs
from trailstats.model.activity import Activity, CleanActivity
from trailstats.model.inputs import as_given
from trailstats.schema import Severity

__all__ = ["CleanRules", "PlausibleRanges", "clean"]


def clean(
    activity: Activity, *, cleaning: CleanRules | None = None
) -> CleanActivity:
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

    Raises
    ------
    TypeError
        For rules of another type.

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
    rules = as_given(CleanRules, cleaning, option="cleaning")
    if isinstance(activity, CleanActivity):
        return activity
    draft = Draft(activity, rules, list(activity.issues))
    put_in_order(draft)
    tell_apart(draft)
    blank_impossible(draft)
    hold_sensors(draft)
    blank_lost_elevation(draft)
    set_indoor_aside(draft)
    blank_marks(draft)
    blank_spikes(draft)
    duration = timer_steps(draft)
    blank_frozen(draft, duration)
    found, distance_quality = by_pod(draft, steps(draft, duration))
    carried = carried_samples(draft, found)
    way = _Way.of(found, carried, rules)
    blank_static(draft, found.duration)
    blank_heart_rate(draft, way.speed, found.duration)
    correct_elevation(draft, way.distance)
    jumps = elevation_jumps(draft, way.timer, way.distance)
    profile, quality = _profile(draft, way, jumps)
    if carried.any() and not quality.believed:
        carried = carried_by_speed(draft, found)
        way = _Way.of(found, carried, rules)
        profile, quality = _profile(draft, way, jumps)
    if profile is not None and not quality.believed:
        profile = withhold_elevation(draft, profile, quality)
    if profile is not None:
        quality = replace(
            quality,
            ascent_range=profile.climbing.ascent_range,
            descent_range=profile.climbing.descent_range,
        )
    speed, believed = way.speed, profile if quality.believed else None
    moving = moving_samples(draft, found, speed, way.distance, believed)
    moving &= ~carried
    standing = ~moving & (found.duration > 0)
    draft.note(
        "pause_inferred",
        Severity.INFO,
        standing,
        "stood {count} times, {time:.0f} s in all, with the timer running",
        count=len(true_runs(standing)[0]),
        time=found.duration[standing].sum(),
    )
    # On foot distance counts while moving, like time; swimmers are counted by the length.
    step = np.where(standing & draft.on_foot, 0.0, way.step)
    track = {
        "duration": found.duration,
        "step": step,
        "distance": np.cumsum(step),
        "moving": moving,
        "speed": speed,
        **_on_samples(profile, way.distance),
    }
    return CleanActivity.of(
        draft.activity,
        draft.columns,
        track,
        issues=tuple(draft.issues),
        original=activity,
        elevation_quality=quality,
        distance_quality=distance_quality,
    )


@dataclass(frozen=True, eq=False)
class _Way:
    """Distance along the track, of what was done on foot.

    Attributes
    ----------
    step, distance, timer, speed : numpy.ndarray, shape (n,)
        [m], [m], [s], [m/s].
    broken : numpy.ndarray of bool, shape (n,)
        Whether nothing is known of the way from the sample before, or it was carried.
    """

    step: Floats
    distance: Floats
    timer: Floats
    speed: Floats
    broken: Flags

    @classmethod
    def of(cls, found: Steps, carried: Flags, rules: CleanRules) -> _Way:
        step = np.where(carried, 0.0, found.step)
        distance, timer = np.cumsum(step), np.cumsum(found.duration)
        speed = speed_over(timer, distance, rules.speed_window)
        return cls(step, distance, timer, speed, found.interrupted | carried)


def _profile(
    draft: Draft, way: _Way, jumps: Flags
) -> tuple[Profile | None, ElevationQuality]:
    """Return elevation over distance, and how far it can be believed."""
    profile = grid_profile(
        way.distance,
        draft.columns["elevation"],
        draft.rules.elevation,
        breaks=way.broken | jumps,
        step=draft.rules.break_step,
        timer=way.timer,
    )
    if profile is None:
        return None, ElevationQuality()
    if any(issue.code == "elevation_dem" for issue in draft.issues):
        return profile, ElevationQuality(trust=1.0)
    return profile, judged_elevation(draft, profile, way.timer, way.distance)


def _on_samples(profile: Profile | None, distance: Floats) -> dict[str, object]:
    if profile is None:
        return {}
    found: dict[str, object] = {
        name: np.interp(distance, profile.distance, getattr(profile, name))
        for name in ("elevation", "ascent", "descent", "grade", "lifted")
    }
    return found | {"grade_error": np.full(len(distance), profile.grade_error)}
