"""One activity as its section of the page shows it: facts, tables, zones, issues, track."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from trailstats.analysis import run_surface
from trailstats.model.activity import ActivityMeta
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.metric_groups import (
    MetricGroup,
    main_metrics,
    metric_groups,
)
from trailstats.report.part_tables import effort_view, part_view
from trailstats.report.privacy import seen, seen_parts
from trailstats.report.run_tables import (
    TableView,
    climb_table,
    segment_table,
    split_table,
    surface_code,
    told_metrics,
)
from trailstats.report.sums import Sums, sums_of
from trailstats.report.tracks import TrackView
from trailstats.report.units import Units
from trailstats.report.zones import Zone, zones_of
from trailstats.schema import RunSurface, has_ground, is_on_foot

SAME = 0.01
"""Totals of ours and of the device that differ by less than this share are the same to a reader
(our choice).
"""

_SUFFIX = re.compile(r"\.(?:fit|gpx|tcx)(?:\.gz)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Listing:
    """What a page knows of an activity beside its analysis.

    Attributes
    ----------
    number : int
        Its number on the page, from 0 in order of time.
    file : str
        Its source as the page names it.
    surface : RunSurface or None
        What it counts as on the whole; None for that of most of its distance.
    duplicate_of : str
        Source of the same activity met before, as the page names it.
    counts : bool
        Whether it is summed up as the runner's: a run, or a hike on trail, met once.
    """

    number: int
    file: str
    surface: RunSurface | None = None
    duplicate_of: str = ""
    counts: bool = True


@dataclass(frozen=True)
class Shown:
    """How activities are shown: the units, and the limits that their zones have.

    Attributes
    ----------
    units : Units
    limits : HeartRateLimits or None
        Those that loads and zones were computed with; None where they are not known.
    """

    units: Units
    limits: HeartRateLimits | None = None


@dataclass(frozen=True)
class Heading:
    """What names an activity wherever it stands.

    Attributes
    ----------
    title, date, brief : str
        Brief is its size in a few words.
    surface : RunSurface
        What it counts as by its own distance.
    """

    title: str
    date: str
    brief: str
    surface: RunSurface


@dataclass(frozen=True, eq=False)
class ActivityView:
    """One activity, ready to be shown on any page.

    Attributes
    ----------
    heading : Heading
    facts, about : tuple of (str, str)
        What it is and its value; about are those that fold out.
    splits, kilometres, miles, laps, efforts, segments, climbs : TableView
    notice : str
        What is missing for its loads and zones, and how to give it; else empty.
    metrics : tuple of (str, str, str)
        Name, value and a plain line of those in the open.
    groups : tuple of MetricGroup
        All of them.
    zones : tuple of Zone
        Empty without a heart rate or without limits.
    sums : Sums
        What of it is added up over a period.
    issues : tuple of (str, str, str)
        Severity, message, where.
    notes : str
    track : TrackView
    pieces : tuple of (int, bool)
        For each segment the number of its surface and whether it is technical.
    by_hour : bool
        Whether its speed is drawn by the hour, as of rides, and not as a pace.
    """

    heading: Heading
    facts: text.Pairs
    about: text.Pairs
    splits: TableView
    kilometres: TableView
    miles: TableView
    laps: TableView
    efforts: TableView
    segments: TableView
    climbs: TableView
    notice: str
    metrics: tuple[tuple[str, str, str], ...]
    groups: tuple[MetricGroup, ...]
    zones: tuple[Zone, ...]
    sums: Sums
    issues: tuple[tuple[str, str, str], ...]
    notes: str
    track: TrackView
    pieces: tuple[tuple[int, bool], ...]
    by_hour: bool


def activity_view(
    analysis: Analysis, track: TrackView, shown: Shown
) -> ActivityView:
    """Return an activity as its section shows it.

    Parameters
    ----------
    analysis : Analysis
    track : TrackView
        Its track, private places already left out.
    shown : Shown
    """
    meta = analysis.meta
    by_hour = not is_on_foot(meta.sport, meta.sub_sport)
    units = replace(shown.units, by_hour=by_hour)
    shown_parts = seen_parts(analysis.parts, track)
    kilometres, miles, laps = (
        part_view(shown_parts, kind, units) for kind in ("km", "mile", "lap")
    )
    segments = segment_table(seen(analysis.segments, track), units)
    surfaces = map(surface_code, analysis.segments["surface"])
    technical = (bool(t) for t in analysis.segments["technical"])
    return ActivityView(
        heading=Heading(
            _title(meta),
            text.date(meta.start_time, meta.local_offset),
            _brief(analysis, units),
            run_surface(analysis),
        ),
        facts=_run_facts(analysis, units),
        about=_further_facts(analysis, units),
        kilometres=kilometres,
        miles=miles,
        laps=laps,
        efforts=effort_view(analysis.efforts, units),
        splits=split_table(analysis.segments, units),
        segments=segments,
        climbs=climb_table(seen(analysis.climbs, track), units),
        notice=limits_notice(analysis),
        metrics=main_metrics(told_metrics(analysis), units),
        groups=metric_groups(told_metrics(analysis), units),
        zones=zones_of(analysis, shown.limits),
        sums=sums_of(analysis),
        issues=tuple(
            (i.severity.value, i.message, i.where) for i in analysis.issues
        ),
        notes=meta.notes,
        track=track,
        pieces=tuple(zip(surfaces, technical, strict=True)),
        by_hour=by_hour,
    )


def _title(meta: ActivityMeta) -> str:
    """Return the name with the workout's, which often says more; without either the file's name."""
    is_new = meta.workout.casefold() not in meta.name.casefold()
    parts = [meta.name, meta.workout if is_new else ""]
    file = meta.source.replace("\\", "/").rsplit("/", 1)[-1]
    return " · ".join(filter(None, parts)) or _SUFFIX.sub("", file) or "Activity"


def _brief(analysis: Analysis, units: Units) -> str:
    t = analysis.totals
    up = _known(units.elevation(t.ascent))
    parts = (
        _known(units.distance(t.distance)),
        _known(text.duration(t.moving_time)),
        f"{up} up" if up else "",
    )
    return " · ".join(filter(None, parts))


def _run_facts(analysis: Analysis, units: Units) -> text.Pairs:
    """Return what a runner looks for first; beside it what the device counted, where that
    differs.
    """
    t, told = analysis.totals, analysis.meta.device_totals
    beats = text.rate(t.mean_heart_rate)
    outside = has_ground(analysis.meta.sport, analysis.meta.sub_sport)
    grounds = {
        "on trail": t.trail_share,
        "on road": t.road_share,
        "unknown ground": t.unknown_share,
    }
    facts = {
        "distance": _beside(units.distance, t.distance, told.distance),
        "moving time": _beside(text.duration, t.moving_time, told.timer_time),
        "speed" if units.by_hour else "pace": units.pace(t.mean_speed),
        "as if level": ""
        if units.by_hour
        else units.pace(t.grade_adjusted_speed),
        "up": _beside(units.elevation, t.ascent, told.ascent),
        "down": _beside(units.elevation, t.descent, told.descent),
        "heart rate while moving": beats
        if beats == text.DASH
        else f"{beats} bpm",
    }
    if outside:
        facts |= {what: text.percent(share) for what, share in grounds.items()}
    return tuple((what, value) for what, value in facts.items() if value)


def _beside(write: Callable[[float], str], ours: float, told: float) -> str:
    """Return our value, and the device's own where the two differ."""
    shown, other = write(ours), write(told)
    differs = abs(told - ours) > SAME * abs(ours)
    return f"{shown} (watch: {other})" if differs and shown != other else shown


def _further_facts(analysis: Analysis, units: Units) -> text.Pairs:
    t, meta = analysis.totals, analysis.meta
    facts = {
        "elapsed time": text.duration(t.elapsed_time),
        "climbing is between": _known(units.span(t.ascent_low, t.ascent_high)),
        "technical ground": text.percent(t.technical_share),
        "sport": " / ".join(filter(None, (meta.sport, meta.sub_sport))),
        "shoes or gear": meta.gear,
        "device": meta.device,
    }
    return tuple((what, value) for what, value in facts.items() if value)


def _known(value: str) -> str:
    """Return a text, empty where it is a dash."""
    return "" if value == text.DASH else value


def limits_notice(analysis: Analysis) -> str:
    """Return what is missing for loads and zones by heart rate, and how to give it; empty where
    nothing is, or no heart rate was recorded.
    """
    zone = analysis.metrics.get("time_zone_1")
    if zone or not analysis.heart_rate_times.moving.any():
        return ""
    return (
        "No maximum heart rate is known, so load and zones don't use the heart rate. State "
        "`heart_rate_max` in athlete.toml, which `trailstats init` writes from your recordings, "
        "and give `--athlete athlete.toml`; or let `trailstats analyze` take it from your other "
        "recordings: `--from FOLDER`."
    )
