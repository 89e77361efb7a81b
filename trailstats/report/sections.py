"""One activity as its section of the page shows it: facts, splits, segments, climbs, zones,
metrics, issues.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trailstats.model.activity import ActivityMeta
from trailstats.model.results import Analysis, Metric
from trailstats.report import text
from trailstats.report.claim_view import display_unit
from trailstats.report.tracks import TrackView
from trailstats.schema import METRICS, Gait, Slope, Surface
from trailstats.schema.arrays import Floats

__all__ = [
    "ActivityView",
    "TableView",
    "activity_view",
    "glossary",
    "metric_unit",
    "metric_words",
    "surface_of",
]

ZONES = ("easy", "moderate", "hard")
METRIC_WORDS = {
    "trail_probability": "probability that it was a trail run",
    "grade_adjusted_speed": "grade-adjusted pace",
    "normalised_speed": "normalised grade-adjusted pace",
    "impact_load": "impact load",
    "active_load": "muscle load",
    "tibial_load": "shin load",
    "impact_load_trail": "impact load on trail",
    "impact_load_road": "impact load on road",
    "time_above_easy": "time above the easy ceiling",
    "time_easy_judged": "time judged for easiness",
    "hard_time": "time counted as hard",
    "edwards_load": "load by heart-rate zones",
    "efficiency_factor": "level metres per heart beat",
    "decoupling": "drift of heart rate against pace",
    "cadence_cv": "variation of cadence",
    "descent_dose": "descent dose",
    "rpe": "rated exertion, 0 to 10",
    "feel": "rated feeling, 0 to 100",
    "stance_time_balance": "contact time on the left foot",
    "time_zone_1": "time in the easy zone",
    "time_zone_2": "time in the moderate zone",
    "time_zone_3": "time in the hard zone",
}
_SUFFIX = re.compile(r"\.(?:fit|gpx|tcx)(?:\.gz)?$", re.IGNORECASE)
_SHARES = (
    "trail_probability",
    "decoupling",
    "cadence_cv",
    "pace_spread",
    "stance_time_balance",
)


@dataclass(frozen=True)
class TableView:
    """A small table: column heads, with their unit, and rows of finished texts.

    Attributes
    ----------
    heads : tuple of str
    rows : tuple of tuple of str
    surfaces : tuple of int
        For each row the number of its surface, or nothing where rows have none.
    spans : tuple of (float, float)
        For each row where it begins and ends along the run, or nothing.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    surfaces: tuple[int, ...] = ()
    spans: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class ActivityView:
    """One activity, ready to be shown.

    Attributes
    ----------
    number : int
        Its number on the page, from 0 in order of time.
    title, date, file : str
    surface : Surface
        What it counts as on the whole.
    facts : tuple of (str, str)
        What it is and its value.
    splits, segments, climbs, metrics, details : TableView
        Details are the metrics beside the main ones.
    zones : tuple of (str, str, float)
        Name, time, and share of the time with a heart rate; empty without one.
    issues : tuple of (str, str, str)
        Severity, message, place.
    notes : str
    track : TrackView
    pieces : tuple of (int, bool)
        For each segment the number of its surface and whether it is technical.
    """

    number: int
    title: str
    date: str
    file: str
    surface: Surface
    facts: tuple[tuple[str, str], ...]
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
    analysis: Analysis,
    number: int,
    track: TrackView,
    *,
    surface: Surface | None = None,
    file: str = "",
    duplicate_of: str = "",
    imperial: bool = False,
) -> ActivityView:
    """Return an activity as its section shows it.

    Parameters
    ----------
    analysis : Analysis
    number : int
        Its number on the page.
    track : TrackView
        Its track, private places already left out.
    surface : Surface, optional
        What it counts as on the whole; by default that of most of its distance.
    file : str
        Its source as the page names it; by default the file's name.
    duplicate_of : str
        Source of the same activity met before, as the page names it.
    imperial : bool
    """
    meta = analysis.meta
    file = file or _file_name(meta.source)
    segments = analysis.segments
    codes = [_code(s) for s in segments["surface"]]
    return ActivityView(
        number=number,
        title=_title(meta),
        date=text.date(meta.start_time, meta.local_offset),
        file=file,
        surface=surface or surface_of(analysis),
        facts=_facts(analysis, file, duplicate_of, imperial),
        splits=_splits(segments, imperial),
        segments=_segments(segments, codes, imperial),
        climbs=_climbs(analysis.climbs, imperial),
        metrics=_metrics(analysis.metrics, imperial, detail=False),
        details=_metrics(analysis.metrics, imperial, detail=True),
        zones=_zones(analysis.metrics),
        issues=tuple((i.severity.value, i.message, i.where) for i in analysis.issues),
        notes=meta.notes,
        track=track,
        pieces=tuple(zip(codes, (bool(t) for t in segments["technical"]), strict=True)),
    )


def _title(meta: ActivityMeta) -> str:
    """Return the name with the workout's, which often tells more; without either the file's
    name.
    """
    parts = [
        meta.name,
        meta.workout if meta.workout.casefold() not in meta.name.casefold() else "",
    ]
    return (
        " · ".join(p for p in parts if p)
        or _SUFFIX.sub("", _file_name(meta.source))
        or "Activity"
    )


def _file_name(source: str) -> str:
    return source.replace("\\", "/").rsplit("/", 1)[-1]


def surface_of(analysis: Analysis) -> Surface:
    """Return the surface of most of the distance; unknown where none holds more than half."""
    t = analysis.totals
    for surface, share in (
        (Surface.TRAIL, t.trail_share),
        (Surface.ROAD, t.road_share),
    ):
        if share > 0.5:
            return surface
    return Surface.UNKNOWN


def _code(surface: str) -> int:
    names = [s.value for s in Surface]
    return (
        names.index(surface) if surface in names else names.index(Surface.UNKNOWN.value)
    )


def _facts(
    analysis: Analysis, file: str, duplicate_of: str, imperial: bool
) -> tuple[tuple[str, str], ...]:
    t, meta = analysis.totals, analysis.meta
    beats = text.rate(t.mean_heart_rate)
    facts = [
        ("distance", text.distance(t.distance, imperial)),
        ("moving time", text.duration(t.moving_time)),
        ("elapsed time", text.duration(t.elapsed_time)),
        ("ascent", text.elevation(t.ascent, imperial)),
        ("descent", text.elevation(t.descent, imperial)),
        ("pace", text.pace(t.mean_speed, imperial)),
        ("grade-adjusted pace", text.pace(t.grade_adjusted_speed, imperial)),
        ("mean heart rate", beats if beats == text.DASH else f"{beats} bpm"),
        ("on trail", text.percent(t.trail_share)),
        ("on road", text.percent(t.road_share)),
        ("unknown ground", text.percent(t.unknown_share)),
        ("technical", text.percent(t.technical_share)),
    ]
    stated = [
        ("sport", " / ".join(p for p in (meta.sport, meta.sub_sport) if p)),
        ("device", meta.device),
        ("file", file),
        ("same recording as", duplicate_of),
    ]
    return tuple(facts + [(what, value) for what, value in stated if value])


def _splits(segments: pd.DataFrame, imperial: bool) -> TableView:
    """Return sums up, flat and down, and on each surface."""
    heads = ("part", "distance", "time", "pace", "grade-adjusted", "heart rate")
    up = [s.value for s in Slope if s.is_up]
    down = [s.value for s in Slope if s.is_down]
    slope, surface, gait = (
        segments[c].to_numpy(dtype=object) for c in ("slope", "surface", "gait")
    )
    length, time = (
        segments[c].fillna(0.0).to_numpy() for c in ("distance", "duration")
    )
    level, beats = (
        segments[c].to_numpy() for c in ("grade_adjusted_speed", "heart_rate")
    )
    parts = [
        ("uphill", np.isin(slope, up)),
        ("flat", slope == Slope.FLAT),
        ("downhill", np.isin(slope, down)),
        ("on road", surface == Surface.ROAD),
        ("on trail", surface == Surface.TRAIL),
        ("unknown ground", surface == Surface.UNKNOWN),
        ("technical", segments["technical"].to_numpy()),
        ("hiked", gait == Gait.HIKE),
    ]
    rows = []
    for name, own in parts:
        total = float(time[own].sum())
        if total <= 0:
            continue
        rows.append(
            (
                name,
                text.distance(float(length[own].sum()), imperial),
                text.duration(total),
                text.pace(float(length[own].sum()) / total, imperial),
                text.pace(_weighted(level[own], time[own]), imperial),
                text.rate(_weighted(beats[own], time[own])),
            )
        )
    return TableView(heads, tuple(rows))


def _weighted(values: Floats, time: Floats) -> float:
    """Return the mean over the time where a value is known."""
    known = np.isfinite(values) & (time > 0)
    return (
        float(np.average(values[known], weights=time[known]))
        if known.any()
        else math.nan
    )


def _cells(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    """Return a table's rows as plain values; by columns, which is much faster than row by row."""
    return zip(*(table[name].tolist() for name in names), strict=True)


def _segments(segments: pd.DataFrame, codes: list[int], imperial: bool) -> TableView:
    far = "mi" if imperial else "km"
    shape = (
        f"from ({far})",
        f"length ({far})",
        "ground",
        "trail prob.",
        "slope",
        "grade",
        "gait",
    )
    heads = (*shape, f"pace (/{far})", f"grade-adj. (/{far})", "heart rate")

    def km(metres: float) -> str:
        return _bare(text.distance(metres, imperial))

    rows = []
    where = (
        "start_distance",
        "distance",
        "surface",
        "technical",
        "surface_source",
        "p_trail",
    )
    how = ("slope", "mean_grade", "gait", "speed", "grade_adjusted_speed", "heart_rate")
    for row in _cells(segments, *where, *how):
        (
            start,
            length,
            surface,
            technical,
            source,
            p_trail,
            slope,
            grade,
            gait,
            speed,
            level,
            beats,
        ) = row
        evidence = f" ({source})" if source not in ("", "none", "signal") else ""
        rows.append(
            (
                km(start),
                km(length),
                f"{surface}{', technical' if technical else ''}{evidence}",
                text.percent(p_trail),
                slope.replace("_", " "),
                text.percent(grade),
                gait,
                _bare(text.pace(speed, imperial)),
                _bare(text.pace(level, imperial)),
                text.rate(beats),
            )
        )
    return TableView(heads, tuple(rows), tuple(codes), _spans(segments))


def _climbs(climbs: pd.DataFrame, imperial: bool) -> TableView:
    far, high = ("mi", "ft") if imperial else ("km", "m")
    shape = (
        "",
        f"from ({far})",
        f"length ({far})",
        f"height ({high})",
        "grade",
        "steepest",
    )
    where = (
        "direction",
        "start_distance",
        "distance",
        "ascent",
        "descent",
        "mean_grade",
        "steepest_grade",
    )
    how = ("moving_time", "vertical_speed", "grade_adjusted_speed")
    rows = tuple(
        (
            "climb" if direction == "up" else "descent",
            _bare(text.distance(start, imperial)),
            _bare(text.distance(length, imperial)),
            _bare(text.elevation(up + down, imperial)),
            text.percent(grade),
            text.percent(steepest),
            text.duration(time),
            _bare(text.climb_rate(rise, imperial)),
            _bare(text.pace(level, imperial)),
        )
        for direction, start, length, up, down, grade, steepest, time, rise, level in _cells(
            climbs, *where, *how
        )
    )
    heads = (*shape, "time", f"{high}/h", f"grade-adj. (/{far})")
    return TableView(heads, rows, (), _spans(climbs))


def _metrics(metrics: dict[str, Metric], imperial: bool, detail: bool) -> TableView:
    """Return the main metrics, or the details; those only where they have a value."""
    heads = ("metric", "value", "interval", "covers", "evidence", "how it was found")
    rows = []
    for name, metric in metrics.items():
        if (name in METRICS and METRICS[name].detail) is not detail or (
            detail and not metric
        ):
            continue
        unit = metric_unit(name, metric)
        rows.append(
            (
                metric_words(name),
                text.number(metric.value, unit, imperial),
                text.interval(metric.low, metric.high, unit, imperial),
                text.percent(metric.coverage),
                metric.evidence.value,
                metric.method if metric else metric.reason or metric.method,
            )
        )
    return TableView(heads, tuple(rows))


def metric_words(name: str) -> str:
    """Return a metric's name as people read it."""
    return METRIC_WORDS.get(name, name.replace("_", " "))


def glossary(analyses: Sequence[Analysis]) -> tuple[tuple[str, str], ...]:
    """Return the name and the meaning, with where it holds, of every metric that occurs in the
    analyses.
    """
    found = {
        name
        for analysis in analyses
        for name, metric in analysis.metrics.items()
        if metric
    }
    told = {
        metric_words(
            name
        ): f"{entry.meaning}. {entry.valid[:1].upper()}{entry.valid[1:]}."
        for name, entry in METRICS.items()
        if name in found
    }
    return tuple(
        (name, re.sub(r"`(\w+)`", lambda m: metric_words(m[1]), words))
        for name, words in told.items()
    )


def metric_unit(name: str, metric: Metric) -> str:
    """Return a metric's unit, ``"share"`` where its plain number is a part of a whole."""
    return (
        "share"
        if name in _SHARES and metric.unit == "1"
        else display_unit(metric.unit, name)
    )


def _zones(metrics: dict[str, Metric]) -> tuple[tuple[str, str, float], ...]:
    found = [metrics.get(f"time_zone_{k}") for k in (1, 2, 3)]
    times = [m.value for m in found if m]
    total = sum(times)
    if len(times) < 3 or total <= 0:
        return ()
    return tuple(
        (n, text.duration(t), round(t / total, 4))
        for n, t in zip(ZONES, times, strict=True)
    )


def _spans(table: pd.DataFrame) -> tuple[tuple[float, float], ...]:
    ends = zip(table["start_distance"], table["end_distance"], strict=True)
    return tuple((round(float(a), 1), round(float(b), 1)) for a, b in ends)


def _bare(cell: str) -> str:
    """Return a value without its unit, which stands in the column's head."""
    return cell.split(" ", 1)[0]
