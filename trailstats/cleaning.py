"""From an activity as recorded to one that can be measured: order, spikes, gaps, pauses, distance, elevation.

Each change is an `Issue` with a count; the activity as read stays reachable as ``Activity.original``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.activity import Activity, Issue
from trailstats.elevation import ElevationRules, Profile, grid_profile
from trailstats.geo import step_lengths
from trailstats.schema import Severity

__all__ = ["CleanRules", "clean"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class CleanRules:
    """What counts as an error and what is done about it. All values are judgement unless a source is named.

    Attributes
    ----------
    max_speed : float
        A position that can only be reached faster than this is a spike, on foot [m/s].
    max_speed_riding : float
        The same for cycling and other sports [m/s].
    gap : float
        A time between samples longer than this (and than five times the usual) is a gap [s].
    stop_speed : float
        Slower than this, and not climbing, is standing [m/s].
    stop_climb : float
        Vertical speed above which slow going counts as moving [m/s].
    stop_time : float
        Standing shorter than this stays part of the movement [s].
    speed_window : float
        Time over which speed is taken [s].
    heart_rate_range : tuple of float
        Values outside are blanked [1/min].
    max_cadence : float
        Values above are blanked [1/min].
    device_distance_ratio : tuple of float
        The device's distance is used when it lies in this ratio to that of the positions.
    elevation : ElevationRules
    """

    max_speed: float = 12.0
    max_speed_riding: float = 35.0
    gap: float = 30.0
    stop_speed: float = 0.3
    stop_climb: float = 0.08
    stop_time: float = 20.0
    speed_window: float = 10.0
    heart_rate_range: tuple[float, float] = (30.0, 230.0)
    max_cadence: float = 300.0
    device_distance_ratio: tuple[float, float] = (0.8, 1.25)
    elevation: ElevationRules = field(default_factory=ElevationRules)


CATCH_UP = 500.0
"""Longest step of a device's own distance that may be a catch-up after a lost fix [m]; judgement."""

MOST_SPIKES = 0.05
"""Share of the positions that may be spikes; above, the track was not run; judgement."""

ON_FOOT = frozenset({"running", "walking", "hiking", "generic", "training", "fitness_equipment", ""})


def clean(activity: Activity, *, rules: CleanRules | None = None) -> Activity:
    """Return a cleaned activity with its ``track``.

    Parameters
    ----------
    activity : Activity
        As read; it is not changed. One that has been cleaned already is returned as it is.
    rules : CleanRules, optional

    Returns
    -------
    Activity
        With records in order of time, errors blanked, ``track`` (table ``schema.TRACK``) filled, and an `Issue`
        for each change.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.clean(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> bool(run.track["distance"].is_monotonic_increasing)
    True
    """
    if activity.track is not None:
        return activity
    rules = rules or CleanRules()
    issues: list[Issue] = list(activity.issues)
    records, extras = _in_order(activity, issues)
    seconds = replace(activity, records=records).seconds
    columns = {name: records[name].to_numpy(copy=True) for name in records.columns}
    _blank(columns, rules, issues)
    limit = rules.max_speed if activity.meta.sport in ON_FOOT else rules.max_speed_riding
    _remove_spikes(columns, seconds, limit, issues)
    duration = _durations(seconds, records.index, activity.pauses)
    step, duration = _steps(columns, seconds, duration, limit, rules, issues)
    distance = np.cumsum(step)
    timer = np.cumsum(duration)
    profile = grid_profile(distance, columns["elevation"], rules.elevation)
    speed = _speed(timer, distance, rules.speed_window)
    # Without positions and a device's distance all that is known of a recording is its time.
    placed = not np.isnan(columns["latitude"]).all() or bool((columns["distance"] > 0).any())
    moving = _moving(timer, duration, speed, distance, profile, rules, placed)
    track = schema.TRACK.frame(
        {
            "duration": duration,
            "step": step,
            "distance": distance,
            "moving": moving,
            "speed": speed,
            **_on_samples(profile, distance),
        },
        index=records.index,
    )
    return replace(
        activity,
        records=schema.RECORDS.frame(columns, records.index),
        extras=extras,
        track=track,
        original=activity,
        issues=tuple(issues),
    )


def _in_order(activity: Activity, issues: list[Issue]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return records and extras by time; of samples with the same time the first one that holds most."""
    records, extras = activity.records, activity.extras
    index = records.index
    if not index.is_monotonic_increasing:
        back = int((index[1:] < index[:-1]).sum())
        issues.append(Issue("time_backwards", Severity.WARNING, f"the clock went back {back} times; sorted", back))
    if not index.is_unique or not index.is_monotonic_increasing:
        filled = records.notna().sum(axis=1).to_numpy()
        stamps = np.asarray(index.astype("int64"))
        order = np.lexsort((-filled, stamps))
        keep = order[np.append(True, np.diff(stamps[order]) > 0)]
        doubled = len(index) - len(keep)
        if doubled:
            message = f"{doubled} samples repeat a time; the fuller one was kept"
            issues.append(Issue("time_repeated", Severity.WARNING, message, doubled))
        records = records.iloc[keep]
        extras = extras.iloc[keep] if len(extras.columns) else pd.DataFrame(index=records.index)
    return records, extras


def _blank(columns: dict[str, Floats], rules: CleanRules, issues: list[Issue]) -> None:
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
        # A heart rate of 0 is how some devices write "no contact"; that is no news to a person.
        count = int((bad & (values != 0)).sum())
        if bad.any():
            columns[name] = np.where(bad, np.nan, values)
        if count:
            message = f"{count} {words} outside {lowest:g} to {highest:g} were blanked"
            issues.append(Issue(f"{name}_range", Severity.INFO, message, count))


def _remove_spikes(columns: dict[str, Floats], seconds: Floats, limit: float, issues: list[Issue]) -> None:
    """Blank positions that jump away and back: reached and left faster than anyone moves.

    Where many are that fast it is no error of the receiver but a vehicle; then they stay, and their distance is left
    out later.
    """
    removed = 0
    for _ in range(5):
        lat, lon = columns["latitude"], columns["longitude"]
        known = np.flatnonzero(~np.isnan(lat))
        if len(known) < 3:
            break
        length = step_lengths(lat[known], lon[known])
        elapsed = np.diff(seconds[known], prepend=seconds[known[0]] - 1.0)
        fast = length > limit * np.maximum(elapsed, 1.0)
        spike = fast & np.append(fast[1:], False)
        # At the start a receiver without a good fix jumps once, and stays where it jumped to.
        spike[0] = bool(fast[1])
        if not spike.any() or spike.sum() > MOST_SPIKES * len(known):
            break
        rows = known[spike]
        removed += len(rows)
        for name in ("latitude", "longitude"):
            values = columns[name].copy()
            values[rows] = np.nan
            columns[name] = values
    if removed:
        message = f"{removed} positions that no runner could reach were blanked"
        issues.append(Issue("position_spike", Severity.WARNING, message, removed))


def _durations(seconds: Floats, index: pd.Index, pauses: pd.DataFrame) -> Floats:
    """Return the timer time between each sample and the one before: clock time less the pauses in between."""
    passed = np.diff(seconds, prepend=seconds[0])
    if pauses.empty:
        return passed
    origin = index[0]
    start = (pauses["start_time"] - origin).dt.total_seconds().to_numpy()
    end = (pauses["end_time"] - origin).dt.total_seconds().to_numpy()
    order = np.argsort(start)
    start, end = start[order], np.maximum.accumulate(end[order])
    start = np.maximum(start, np.concatenate(([-np.inf], end[:-1])))
    end = np.maximum(start, end)
    total = np.cumsum(end - start)
    knots = np.stack([start, end], axis=1).ravel()
    paused = np.interp(seconds, knots, np.stack([total - (end - start), total], axis=1).ravel())
    return np.asarray(np.maximum(passed - np.diff(paused, prepend=paused[0]), 0.0))


def _steps(
    columns: dict[str, Floats],
    seconds: Floats,
    duration: Floats,
    limit: float,
    rules: CleanRules,
    issues: list[Issue],
) -> tuple[Floats, Floats]:
    """Return the distance and the timer time between each sample and the one before, without gaps.

    The device's own distance is taken where it has one that agrees with the positions: it comes from the full
    measuring rate, and indoors from a foot pod. Otherwise the positions count.
    """
    by_position = step_lengths(columns["latitude"], columns["longitude"])
    by_device = _device_steps(columns["distance"], float(by_position.sum()), rules, issues)
    if by_device is not None:
        # A device that lost its fix catches up in one step; only what can't be that is an error.
        step = by_device
        jump = step > np.maximum(limit * np.maximum(duration, 1.0), CATCH_UP)
    else:
        step = by_position
        # A pause in between: what was walked with the timer stopped does not count.
        clock = np.diff(seconds, prepend=seconds[0])
        step = np.where((duration < 0.5 * clock) & (step > limit / 2 * duration), 0.0, step)
        jump = step > limit * np.maximum(duration, 1.0)
    duration = duration.copy()
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = step / duration
    if jump.any():
        count, metres = int(jump.sum()), float(step[jump].sum())
        message = f"{count} jumps faster than {limit:g} m/s, {metres:.0f} m in all, were left out"
        issues.append(Issue("distance_jump", Severity.WARNING, message, count))
        step = np.where(jump, 0.0, step)
    usual = float(np.median(duration[1:])) if len(duration) > 1 else 1.0
    gap = duration > max(rules.gap, 5.0 * usual)
    lost = gap & ((pace < rules.stop_speed) | jump | ~np.isfinite(pace))
    if lost.any():
        count, time = int(lost.sum()), float(duration[lost].sum())
        message = f"{count} gaps without movement, {time:.0f} s in all, count as pauses"
        issues.append(Issue("gap", Severity.INFO, message, count))
        step, duration = np.where(lost, 0.0, step), np.where(lost, 0.0, duration)
    bridged = gap & ~lost
    if bridged.any():
        count, metres = int(bridged.sum()), float(step[bridged].sum())
        message = f"{count} gaps with movement were bridged in a straight line or by the device, {metres:.0f} m in all"
        issues.append(Issue("gap_bridged", Severity.INFO, message, count))
    return step, duration


def _device_steps(distance: Floats, by_position: float, rules: CleanRules, issues: list[Issue]) -> Floats | None:
    known = np.flatnonzero(~np.isnan(distance))
    if len(known) < max(2, 0.9 * len(distance)):
        return None
    filled = np.interp(np.arange(len(distance)), known, distance[known])
    step = np.maximum(np.diff(filled, prepend=filled[0]), 0.0)
    total = float(step.sum())
    low, high = rules.device_distance_ratio
    if by_position > 100.0 and not low <= total / by_position <= high:
        message = f"the device counted {total:.0f} m, the positions give {by_position:.0f} m; the positions were used"
        issues.append(Issue("device_distance", Severity.WARNING, message))
        return None
    return step if total > 0 else None


def _speed(timer: Floats, distance: Floats, window: float) -> Floats:
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


def _moving(
    timer: Floats,
    duration: Floats,
    speed: Floats,
    distance: Floats,
    profile: Profile | None,
    rules: CleanRules,
    placed: bool,
) -> NDArray[np.bool_]:
    if not placed:
        return duration > 0
    under_way = speed >= rules.stop_speed
    if profile is not None:
        climb = np.abs(np.interp(distance, profile.distance, profile.grade)) * speed
        under_way |= climb >= rules.stop_climb
    edges = np.flatnonzero(np.diff(under_way)) + 1
    starts = np.concatenate(([0], edges))
    ends = np.concatenate((edges, [len(timer)]))
    lasted = np.add.reduceat(duration, starts)
    short = ~under_way[starts] & (lasted < rules.stop_time)
    under_way = under_way | np.repeat(short, ends - starts)
    return under_way & (duration > 0)


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
