"""One activity as its section of the page shows it: facts, tables, zones, issues, track."""

from __future__ import annotations

import re
from dataclasses import dataclass

from trailstats.analysis import run_surface
from trailstats.model.activity import ActivityMeta
from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.privacy import seen
from trailstats.report.run_tables import (
    ZONES,
    TableView,
    climb_table,
    metric_table,
    segment_table,
    split_table,
    surface_code,
    zone_times,
)
from trailstats.report.tracks import TrackView
from trailstats.report.units import Units
from trailstats.schema import RunSurface

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


@dataclass(frozen=True, eq=False)
class ActivityView:
    """One activity, ready to be shown.

    Attributes
    ----------
    number : int
        Its number on the page, from 0 in order of time.
    title, date, file : str
    surface : RunSurface
        What it counts as on the whole.
    facts : tuple of (str, str)
        What it is and its value.
    splits, segments, climbs, metrics, details : TableView
        Details are the metrics beside the main ones.
    zones : tuple of (str, str, float)
        Name, time, and share of the time with a heart rate; empty without one.
    issues : tuple of (str, str, str)
        Severity, message, where.
    notes : str
    track : TrackView
    pieces : tuple of (int, bool)
        For each segment the number of its surface and whether it is technical.
    """

    number: int
    title: str
    date: str
    file: str
    surface: RunSurface
    facts: text.Pairs
    splits: TableView
    segments: TableView
    climbs: TableView
    metrics: TableView
    details: TableView
    zones: tuple[tuple[str, str, float], ...]
    issues: tuple[tuple[str, str, str], ...]
    notes: str
    track: TrackView
    pieces: tuple[tuple[int, bool], ...]


def activity_view(
    analysis: Analysis, listing: Listing, track: TrackView, units: Units
) -> ActivityView:
    """Return an activity as its section shows it.

    Parameters
    ----------
    analysis : Analysis
    listing : Listing
    track : TrackView
        Its track, private places already left out.
    units : Units
    """
    meta = analysis.meta
    segments = segment_table(seen(analysis.segments, track), units)
    surfaces = map(surface_code, analysis.segments["surface"])
    technical = (bool(t) for t in analysis.segments["technical"])
    return ActivityView(
        number=listing.number,
        title=_title(meta),
        date=text.date(meta.start_time, meta.local_offset),
        file=listing.file,
        surface=listing.surface or run_surface(analysis),
        facts=_run_facts(analysis, listing, units),
        splits=split_table(analysis.segments, units),
        segments=segments,
        climbs=climb_table(seen(analysis.climbs, track), units),
        metrics=metric_table(analysis.metrics, units),
        details=metric_table(analysis.metrics, units, detail=True),
        zones=_zone_shares(analysis),
        issues=tuple(
            (i.severity.value, i.message, i.where) for i in analysis.issues
        ),
        notes=meta.notes,
        track=track,
        pieces=tuple(zip(surfaces, technical, strict=True)),
    )


def _title(meta: ActivityMeta) -> str:
    """Return the name with the workout's, which often says more; without either the file's name."""
    is_new = meta.workout.casefold() not in meta.name.casefold()
    parts = [meta.name, meta.workout if is_new else ""]
    file = meta.source.replace("\\", "/").rsplit("/", 1)[-1]
    return " · ".join(filter(None, parts)) or _SUFFIX.sub("", file) or "Activity"


def _run_facts(analysis: Analysis, listing: Listing, units: Units) -> text.Pairs:
    t = analysis.totals
    meta = analysis.meta
    beats = text.rate(t.mean_heart_rate)
    facts = {
        "distance": units.distance(t.distance),
        "moving time": text.duration(t.moving_time),
        "elapsed time": text.duration(t.elapsed_time),
        "ascent": units.elevation(t.ascent),
        "ascent from": _known(units.span(t.ascent_low, t.ascent_high)),
        "ascent by the device": _known(
            units.elevation(meta.device_totals.ascent)
        ),
        "descent": units.elevation(t.descent),
        "pace": units.pace(t.mean_speed),
        "grade-adjusted pace": units.pace(t.grade_adjusted_speed),
        "mean heart rate": beats if beats == text.DASH else f"{beats} bpm",
        "on trail": text.percent(t.trail_share),
        "on road": text.percent(t.road_share),
        "unknown ground": text.percent(t.unknown_share),
        "technical": text.percent(t.technical_share),
        "sport": " / ".join(filter(None, (meta.sport, meta.sub_sport))),
        "device": meta.device,
        "file": listing.file,
        "same recording as": listing.duplicate_of,
    }
    return tuple((what, value) for what, value in facts.items() if value)


def _known(value: str) -> str:
    """Return a text, empty where it is a dash."""
    return "" if value == text.DASH else value


def _zone_shares(analysis: Analysis) -> tuple[tuple[str, str, float], ...]:
    times = zone_times(analysis.metrics)
    total = sum(times)
    if total <= 0:
        return ()
    return tuple(
        (zone, text.duration(time), round(time / total, 4))
        for zone, time in zip(ZONES, times, strict=True)
    )
