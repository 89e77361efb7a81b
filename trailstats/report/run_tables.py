"""The tables of one activity as rows of text, which the page and the terminal print: splits,
segments, climbs, metrics.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.metrics.sampling import time_mean
from trailstats.model.results import Analysis, Metric
from trailstats.report import text
from trailstats.report.packaged import packaged_tables
from trailstats.report.units import METRIC, Units, display_unit
from trailstats.schema import METRICS, Gait, Slope, Surface, is_on_foot

ZONES = ("easy", "moderate", "hard")
COLUMNS = packaged_tables("columns.toml")
METRIC_WORDS = packaged_tables("metrics.toml")
_SHARES = (
    "trail_probability",
    "trail_expected",
    "decoupling",
    "cadence_cv",
    "pace_spread",
    "stance_time_balance",
)
_OF_RUNNERS = frozenset(
    {"efficiency_factor", "decoupling", "km_effort", "variability_index"}
)
"""A runner's measures that are no speeds themselves."""
_DIRECTIONS = {"up": "climb", "down": "descent"}


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


def column_texts(table: pd.DataFrame, units: Units) -> dict[str, list[str]]:
    """Return segments or climbs as columns of texts, without the units that stand in their heads.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``schema.SEGMENTS`` or ``schema.CLIMBS``.
    units : Units

    Returns
    -------
    dict of str to list of str
        Under the names of the table's columns, and ``height`` for what a climb goes up or a descent
        down.
    """
    writers = {
        "start_distance": units.distance,
        "distance": units.distance,
        "mean_grade": text.percent,
        "steepest_grade": text.percent,
        "moving_time": text.duration,
        "vertical_speed": units.climb_rate,
        "speed": units.pace,
        "grade_adjusted_speed": units.level_pace,
        "p_trail": text.percent,
        "heart_rate": text.rate,
    }
    texts = {
        name: [text.without_unit(write(value)) for value in table[name].tolist()]
        for name, write in writers.items()
        if name in table
    }
    if "direction" in table:
        # A climb has an ascent, a descent a descent: the other is 0.
        heights = (table["ascent"] + table["descent"]).tolist()
        texts["height"] = [text.without_unit(units.elevation(h)) for h in heights]
        texts["direction"] = [_DIRECTIONS[d] for d in table["direction"]]
    else:
        texts["slope"] = [slope.replace("_", " ") for slope in table["slope"]]
        texts["gait"] = table["gait"].tolist()
    return texts


def headed(
    name: str, texts: Mapping[str, list[str]], units: Units
) -> dict[str, list[str]]:
    """Return columns of texts under their heads, as a table of ``columns.toml`` orders them."""
    return {
        units.named(head): texts[column] for head, column in COLUMNS[name].items()
    }


def segment_table(segments: pd.DataFrame, units: Units) -> TableView:
    """Return the segments as the page shows them."""
    ground = [
        f"{surface}{', technical' if technical else ''}"
        f"{'' if source in ('', 'none', 'signal') else f' ({source})'}"
        for surface, technical, source in zip(
            segments["surface"],
            segments["technical"],
            segments["surface_source"],
            strict=True,
        )
    ]
    texts = column_texts(segments, units) | {"ground": ground}
    columns = headed("page_segments", texts, units)
    surfaces = tuple(surface_code(s) for s in segments["surface"])
    return TableView(
        tuple(columns), _rows_of_columns(columns), surfaces, _spans(segments)
    )


def climb_table(climbs: pd.DataFrame, units: Units) -> TableView:
    """Return the climbs and descents as the page shows them."""
    columns = headed("page_climbs", column_texts(climbs, units), units)
    return TableView(
        tuple(columns), _rows_of_columns(columns), (), _spans(climbs)
    )


def split_table(segments: pd.DataFrame, units: Units) -> TableView:
    """Return sums up, flat and down, and on each surface."""
    slope, surface, gait = (
        segments[name].to_numpy(dtype=object)
        for name in ("slope", "surface", "gait")
    )
    distance, duration, adjusted, heart_rate = (
        segments[name].to_numpy()
        for name in (
            "distance",
            "duration",
            "grade_adjusted_speed",
            "heart_rate",
        )
    )
    parts = {
        "uphill": np.isin(slope, [s for s in Slope if s.is_up]),
        "flat": slope == Slope.FLAT,
        "downhill": np.isin(slope, [s for s in Slope if s.is_down]),
        "on road": surface == Surface.ROAD,
        "on trail": surface == Surface.TRAIL,
        "unknown ground": surface == Surface.UNKNOWN,
        "technical": segments["technical"].to_numpy(),
        "hiked": gait == Gait.HIKE,
    }
    rows = []
    for name, inside in parts.items():
        time = np.nan_to_num(duration[inside])
        total = float(time.sum())
        if total <= 0:
            continue
        length = float(np.nansum(distance[inside]))
        rows.append(
            (
                name,
                units.distance(length),
                text.duration(total),
                units.pace(length / total),
                units.level_pace(time_mean(adjusted[inside], time)),
                text.rate(time_mean(heart_rate[inside], time)),
            )
        )
    heads = ("part", "distance", "time", "pace", "grade-adjusted", "heart rate")
    return TableView(tuple(map(units.named, heads)), tuple(rows))


def told_metrics(analysis: Analysis) -> dict[str, Metric]:
    """Return an activity's metrics without a runner's measures of one that is not on foot, where
    they say nothing.
    """
    paced = is_on_foot(analysis.meta.sport, analysis.meta.sub_sport)
    return {
        name: metric
        for name, metric in analysis.metrics.items()
        if paced or (metric.unit != "m/s" and name not in _OF_RUNNERS)
    }


def metric_table(metrics: Mapping[str, Metric], units: Units) -> TableView:
    """Return the main metrics."""
    heads = (
        "metric",
        "value",
        "interval",
        "covers",
        "evidence",
        "how it was found",
    )
    rows = []
    for name, metric in metrics.items():
        if name in METRICS and METRICS[name].detail:
            continue
        unit = metric_unit(name, metric)
        rows.append(
            (
                units.worded(metric_words(name)),
                units.number(metric.value, unit),
                units.interval(metric.low, metric.high, unit),
                text.percent(metric.coverage),
                metric.evidence.value,
                units.worded(
                    metric.method if metric else metric.reason or metric.method
                ),
            )
        )
    return TableView(heads, tuple(rows))


def zone_times(metrics: Mapping[str, Metric]) -> list[float]:
    """Return the times in the heart-rate zones `ZONES` [s]; empty where one is missing."""
    found = [metrics.get(f"time_zone_{k}") for k in (1, 2, 3)]
    times = [metric.value for metric in found if metric]
    return times if len(times) == len(ZONES) else []


def surface_code(surface: str) -> int:
    """Return the number of a surface on the page."""
    names = list(Surface)
    return names.index(Surface(surface) if surface in names else Surface.UNKNOWN)


def glossary(found: Collection[str], units: Units = METRIC) -> text.Pairs:
    """Return the name and the meaning, with where it holds, of every metric of these names."""
    # By name as shown: two metrics that read alike are explained once.
    meanings = {
        metric_words(
            name
        ): f"{entry.meaning}. {entry.valid[:1].upper()}{entry.valid[1:]}."
        for name, entry in METRICS.items()
        if name in found
    }
    return tuple(
        (
            units.worded(name),
            units.worded(
                re.sub(r"`(\w+)`", lambda m: metric_words(m[1]), meaning)
            ),
        )
        for name, meaning in meanings.items()
    )


def metric_words(name: str) -> str:
    """Return a metric's name as people read it."""
    return str(METRIC_WORDS["names"].get(name, name.replace("_", " ")))


def metric_unit(name: str, metric: Metric) -> str:
    """Return a metric's unit, ``"share"`` where its plain number is a part of a whole."""
    if name in _SHARES and metric.unit == "1":
        return "share"
    return display_unit(metric.unit, name)


def _rows_of_columns(
    columns: Mapping[str, Iterable[str]],
) -> tuple[tuple[str, ...], ...]:
    return tuple(zip(*columns.values(), strict=True))


def _spans(table: pd.DataFrame) -> tuple[tuple[float, float], ...]:
    ends = zip(table["start_distance"], table["end_distance"], strict=True)
    return tuple((round(float(a), 1), round(float(b), 1)) for a, b in ends)
