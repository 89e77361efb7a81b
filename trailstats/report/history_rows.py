"""Rows that the archive's charts are drawn from, in the units that are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.claims.road_form import road_form
from trailstats.history import History
from trailstats.history.training import monday_of
from trailstats.metrics.variety import shannon_evenness
from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.overview import counted_activities
from trailstats.report.run_tables import ZONES, zone_times
from trailstats.report.units import METRIC, Units
from trailstats.schema import Surface
from trailstats.terrain.ground_kinds import GROUND_KINDS, kinds_of_ground

__all__ = [
    "Trend",
    "calendar_rows",
    "intensity_rows",
    "load_rows",
    "trend_rows",
    "variety_rows",
    "weekly_impact_rows",
    "weekly_rows",
]

Row = dict[str, object]

# Without a zone, so that a browser takes it as local and shows the same day.
_DAY = "%Y-%m-%dT00:00"
_BAR = pd.Timedelta(days=6)


@dataclass(frozen=True)
class Trend:
    """Pace on level road at one heart rate.

    Attributes
    ----------
    points : list of dict
        ``week, speed, n, pace``: for each week the pace [s per km or mile], its runs, and the pace
        in words.
    lines : list of dict
        ``week, speed, low, high`` along the trend, in the same unit; ``low`` is the slower bound.
    reference : float
        The heart rate [bpm].
    """

    points: list[Row]
    lines: list[Row]
    reference: float


def weekly_rows(weeks: pd.DataFrame, units: Units = METRIC) -> list[Row]:
    """Return a row for each week and surface: ``week, end, surface, distance`` [km or mi].

    Parameters
    ----------
    weeks : pandas.DataFrame
        Table ``schema.WEEKLY``.
    units : Units
    """
    out: list[Row] = []
    for surface in Surface:
        values = weeks[f"{surface}_distance"].to_numpy() / units.long_metres
        if surface is Surface.UNKNOWN and not (values > 0).any():
            continue
        out += [
            _week(week) | {"surface": surface.value, "distance": round(float(v), 2)}
            for week, v in zip(weeks["week"], values, strict=True)
        ]
    return out


def load_rows(history: History) -> list[Row]:
    """Return a row for each week: ``week, end, load, fitness, fatigue, form`` [load a week].

    Fitness and fatigue are those of `History.daily`, times seven; form is the one less the other.
    Empty when no activity has a load.
    """
    if not counted_activities(history.activities)["session_load"].notna().any():
        return []
    days = history.daily()
    frame = pd.DataFrame(
        {
            "load": days["session_load"],
            "fitness": 7.0 * days["fitness"],
            "fatigue": 7.0 * days["fatigue"],
        }
    )
    by_week = frame.groupby(monday_of(days["day"])).agg(
        {"load": "sum", "fitness": "last", "fatigue": "last"}
    )
    return [
        _week(week)
        | {
            "load": round(a, 1),
            "fitness": round(b, 1),
            "fatigue": round(c, 1),
            "form": round(b - c, 1),
        }
        for week, a, b, c in zip(
            by_week.index,
            by_week["load"],
            by_week["fitness"],
            by_week["fatigue"],
            strict=True,
        )
    ]


def weekly_impact_rows(history: History) -> list[Row]:
    """Return a row for each week and surface: ``week, end, surface, impact`` [level-road km]."""
    table = counted_activities(history.activities)
    if not table["impact_load"].notna().any():
        return []
    parts = {
        s: table[f"impact_load_{s.value}"].fillna(0.0)
        for s in (Surface.ROAD, Surface.TRAIL)
    }
    rest = table["impact_load"].fillna(0.0) - parts[Surface.ROAD] - parts[Surface.TRAIL]
    parts[Surface.UNKNOWN] = rest.clip(lower=0.0)
    out: list[Row] = []
    for surface, values in parts.items():
        if not (values > 0).any():
            continue
        sums = values.groupby(monday_of(table["start_time"])).sum()
        out += [
            _week(week) | {"surface": surface.value, "impact": round(float(v), 2)}
            for week, v in zip(sums.index, sums, strict=True)
        ]
    return out


def intensity_rows(activities: pd.DataFrame, analyses: Sequence[Analysis]) -> list[Row]:
    """Return a row for each surface and zone: ``surface, zone, order, share, time, n``.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``, the rows that were read.
    analyses : sequence of Analysis
        In the same order.
    """
    found: dict[str, list[list[float]]] = {
        Surface.TRAIL.value: [],
        Surface.ROAD.value: [],
    }
    for analysis, surface, double in zip(
        analyses, activities["surface"], activities["duplicate_of"], strict=True
    ):
        times = zone_times(analysis.metrics)
        if surface in found and not double and times:
            found[surface].append(times)
    out: list[Row] = []
    for surface, runs in found.items():
        total = np.sum(runs, axis=0) if runs else np.zeros(3)
        if not total.sum() > 0:
            continue
        out += [
            {
                "surface": f"{surface} runs",
                "zone": zone,
                "order": order,
                "share": round(float(part / total.sum()), 4),
                "time": text.duration(float(part)),
                "n": len(runs),
            }
            for order, (zone, part) in enumerate(zip(ZONES, total, strict=True))
        ]
    return out


def calendar_rows(activities: pd.DataFrame, units: Units = METRIC) -> list[Row]:
    """Return a row for each activity that was read: ``week, day, surface, distance, label``.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``.
    units : Units
    """
    table = counted_activities(activities)
    local = table["start_time"] + pd.to_timedelta(
        table["local_offset"].fillna(0.0), unit="s"
    )
    return [
        {
            "week": week.strftime(_DAY),
            "day": day.strftime("%a"),
            "date": day.strftime("%Y-%m-%d"),
            "surface": surface or Surface.UNKNOWN.value,
            "distance": None
            if math.isnan(metres)
            else round(metres / units.long_metres, 2),
            "name": name,
        }
        for week, day, surface, metres, name in zip(
            monday_of(local),
            local,
            table["surface"],
            table["distance"],
            table["name"],
            strict=True,
        )
    ]


def trend_rows(history: History, units: Units = METRIC) -> Trend:
    """Return the pace on level road at one heart rate over the weeks, with a straight trend.

    Parameters
    ----------
    history : History
    units : Units
    """
    form = road_form(history)

    def rows(table: pd.DataFrame, *columns: str) -> list[Row]:
        values = [(units.long_metres / table[c]).round(1).tolist() for c in columns]
        weeks = table["week"].dt.strftime(_DAY).tolist()
        return [
            {"week": w} | dict(zip(columns, v, strict=True))
            for w, *v in zip(weeks, *values, strict=True)
        ]

    points = [
        row | {"n": n, "pace": units.pace(speed)}
        for row, n, speed in zip(
            rows(form.weeks, "speed"),
            form.weeks["n_runs"].tolist(),
            form.weeks["speed"].tolist(),
            strict=True,
        )
    ]
    return Trend(points, rows(form.trend, "speed", "low", "high"), form.reference)


def variety_rows(history: History) -> list[Row]:
    """Return a row for each month and kind of ground: ``month, kind, share, hours, evenness``.

    The kinds are those of the training rule on variety; ground whose surface or slope is not known
    is left out. The evenness is that of the whole month over the kinds, 0 to 1.
    """
    counted = counted_activities(history.activities)
    table = history.segments
    table = table[table["file"].isin(counted["file"])]
    kind = kinds_of_ground(table)
    known = (kind >= 0) & table["start_time"].notna() & table["duration"].notna()
    table = table[known].reset_index(drop=True)
    kind = kind[known]
    month = table["start_time"].dt.strftime("%Y-%m-01T00:00")
    out: list[Row] = []
    for name, own in (table["duration"] / 3600.0).groupby(month):
        times = np.bincount(
            kind[own.index.to_numpy()],
            weights=own.to_numpy(),
            minlength=len(GROUND_KINDS),
        )
        total = float(times.sum())
        if not total > 0:
            continue
        evenness = round(shannon_evenness(times), 2)
        out += [
            {
                "month": str(name),
                "kind": k,
                "share": round(t / total, 4),
                "hours": round(t, 2),
                "evenness": evenness,
            }
            for k, t in zip(GROUND_KINDS, times.tolist(), strict=True)
            if t > 0
        ]
    return out


def _week(monday: pd.Timestamp) -> Row:
    return {"week": monday.strftime(_DAY), "end": (monday + _BAR).strftime(_DAY)}
