"""Rows that the archive's charts are drawn from, in the units that are shown."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from trailstats.history import History
from trailstats.metrics.load import exponential_load
from trailstats.report import text
from trailstats.results import Analysis
from trailstats.schema import Surface

__all__ = ["calendar_rows", "intensity_rows", "load_rows", "trend_rows", "weekly_impact_rows", "weekly_rows"]

Row = dict[str, object]

FITNESS_DAYS = 42.0
FATIGUE_DAYS = 7.0
MIN_TREND = 8
"""Runs on one surface that a trend needs (judgement)."""
# Without a zone, so that a browser takes it as local and shows the same day.
_DAY = "%Y-%m-%dT00:00"
_BAR = pd.Timedelta(days=6)
ZONES = ("easy", "moderate", "hard")


def weekly_rows(weeks: pd.DataFrame, imperial: bool = False) -> list[Row]:
    """Return a row for each week and surface: ``week, end, surface, distance`` [km or mi].

    Parameters
    ----------
    weeks : pandas.DataFrame
        Table ``schema.WEEKS``.
    imperial : bool
    """
    factor = text.METRES_PER_MILE if imperial else 1000.0
    out: list[Row] = []
    for surface in Surface:
        values = weeks[f"{surface.value}_distance"].to_numpy() / factor
        if surface is Surface.UNKNOWN and not (values > 0).any():
            continue
        out += [
            _week(week) | {"surface": surface.value, "distance": round(float(v), 2)}
            for week, v in zip(weeks["week"], values, strict=True)
        ]
    return out


def load_rows(history: History) -> list[Row]:
    """Return a row for each week: ``week, end, load, fitness, fatigue`` [load a week].

    Fitness and fatigue are exponentially fading averages of the daily load over 42 and 7 days
    [Banister1991]_, times seven. Empty when no activity has a load.
    """
    table = _counted(history.activities)
    table = table[table["session_load"].notna()]
    if table.empty:
        return []
    days = table["session_load"].groupby(table["start_time"].dt.floor("D")).sum()
    every = pd.date_range(days.index.min(), days.index.max(), freq="D")
    daily = days.reindex(every, fill_value=0.0)
    frame = pd.DataFrame(
        {
            "load": daily,
            "fitness": 7.0 * exponential_load(daily, FITNESS_DAYS),
            "fatigue": 7.0 * exponential_load(daily, FATIGUE_DAYS),
        }
    )
    by_week = frame.groupby(_monday(every.to_series())).agg({"load": "sum", "fitness": "last", "fatigue": "last"})
    return [
        _week(week) | {"load": round(a, 1), "fitness": round(b, 1), "fatigue": round(c, 1)}
        for week, a, b, c in zip(by_week.index, by_week["load"], by_week["fitness"], by_week["fatigue"], strict=True)
    ]


def weekly_impact_rows(history: History) -> list[Row]:
    """Return a row for each week and surface: ``week, end, surface, impact`` [level-road km]."""
    table = _counted(history.activities)
    if not table["impact_load"].notna().any():
        return []
    parts = {s: table[f"impact_load_{s.value}"].fillna(0.0) for s in (Surface.ROAD, Surface.TRAIL)}
    rest = table["impact_load"].fillna(0.0) - parts[Surface.ROAD] - parts[Surface.TRAIL]
    parts[Surface.UNKNOWN] = rest.clip(lower=0.0)
    out: list[Row] = []
    for surface, values in parts.items():
        if not (values > 0).any():
            continue
        sums = values.groupby(_monday(table["start_time"])).sum()
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
    out: list[Row] = []
    for surface in (Surface.TRAIL, Surface.ROAD):
        times = [
            [a.metrics[name].value for name in ("time_zone_1", "time_zone_2", "time_zone_3")]
            for a, found, double in zip(analyses, activities["surface"], activities["duplicate_of"], strict=True)
            if found == surface.value and not double and all(a.metrics.get(f"time_zone_{k}") for k in (1, 2, 3))
        ]
        total = np.sum(times, axis=0) if times else np.zeros(3)
        if not total.sum() > 0:
            continue
        out += [
            {
                "surface": f"{surface.value} runs",
                "zone": zone,
                "order": order,
                "share": round(float(part / total.sum()), 4),
                "time": text.duration(float(part)),
                "n": len(times),
            }
            for order, (zone, part) in enumerate(zip(ZONES, total, strict=True))
        ]
    return out


def calendar_rows(activities: pd.DataFrame, imperial: bool = False) -> list[Row]:
    """Return a row for each activity that was read: ``week, day, surface, distance, label``.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``.
    imperial : bool
    """
    table = _counted(activities)
    local = table["start_time"] + pd.to_timedelta(table["local_offset"].fillna(0.0), unit="s")
    factor = text.METRES_PER_MILE if imperial else 1000.0
    return [
        {
            "week": week.strftime(_DAY),
            "day": day.strftime("%a"),
            "date": day.strftime("%Y-%m-%d"),
            "surface": surface or Surface.UNKNOWN.value,
            "distance": None if math.isnan(metres) else round(metres / factor, 2),
            "name": name,
        }
        for week, day, surface, metres, name in zip(
            _monday(local), local, table["surface"], table["distance"], table["name"], strict=True
        )
    ]


def trend_rows(activities: pd.DataFrame, analyses: Sequence[Analysis]) -> tuple[list[Row], list[Row]]:
    """Return level-equivalent metres per heart beat over time, and a straight trend for each surface.

    Parameters
    ----------
    activities : pandas.DataFrame
        Table ``schema.ACTIVITIES``, the rows that were read.
    analyses : sequence of Analysis
        In the same order.

    Returns
    -------
    points : list of dict
        ``date, surface, value`` for each run with a heart rate.
    lines : list of dict
        ``date, surface, value, low, high``: least squares with the 95 % band of the mean, where there are at
        least eight runs. The band takes runs as independent, so it is too narrow where form drifts.
    """
    points: list[Row] = []
    columns = (activities[c] for c in ("surface", "duplicate_of", "start_time"))
    for analysis, surface, double, start in zip(analyses, *columns, strict=True):
        metric = analysis.metrics.get("efficiency_factor")
        if metric and surface in ("road", "trail") and not double and not pd.isna(start):
            points.append({"date": start.strftime(_DAY), "surface": surface, "value": round(metric.value, 4)})
    lines: list[Row] = []
    for surface in ("road", "trail"):
        own = [p for p in points if p["surface"] == surface]
        if len(own) < MIN_TREND:
            continue
        days = pd.to_datetime([str(p["date"]) for p in own])
        x = (days - days.min()).days.to_numpy(dtype=np.float64)
        y = np.array([p["value"] for p in own], dtype=np.float64)
        if np.ptp(x) <= 0:
            continue
        fit = stats.linregress(x, y)
        at = np.linspace(0.0, x.max(), 12)
        residual = y - fit.intercept - fit.slope * x
        spread = math.sqrt(float(residual @ residual) / (len(x) - 2))
        half = stats.t.ppf(0.975, len(x) - 2) * spread
        half = half * np.sqrt(1 / len(x) + (at - x.mean()) ** 2 / float(((x - x.mean()) ** 2).sum()))
        for day, value, width in zip(at, fit.intercept + fit.slope * at, half, strict=True):
            date = (days.min() + pd.Timedelta(days=round(day))).strftime(_DAY)
            bounds = {"low": round(value - width, 4), "high": round(value + width, 4)}
            lines.append({"date": date, "surface": surface, "value": round(value, 4), **bounds})
    return points, lines


def _counted(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the activities that were read, have a date and are no duplicates."""
    read = (activities["status"] == "ok") & (activities["duplicate_of"] == "")
    return activities[read & activities["start_time"].notna()]


def _monday(times: pd.Series) -> pd.Series:
    days = times.dt.floor("D")
    monday: pd.Series = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return monday


def _week(monday: pd.Timestamp) -> Row:
    return {"week": monday.strftime(_DAY), "end": (monday + _BAR).strftime(_DAY)}
