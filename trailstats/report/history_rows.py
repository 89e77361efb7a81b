"""Rows that a history's charts are drawn from, in the units that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from trailstats.claims.road_form import RoadForm, road_form
from trailstats.history import History
from trailstats.history.days import local_starts, monday_of
from trailstats.history.training import FITNESS_DAYS, load_days
from trailstats.metrics.variety import shannon_evenness
from trailstats.report import text
from trailstats.report.overview import counted_activities, read_activities
from trailstats.report.run_tables import ZONES
from trailstats.report.units import METRIC, Units
from trailstats.schema import Surface
from trailstats.terrain.ground_kinds import GROUND_KINDS, kinds_of_ground

Row = dict[str, object]
Rows = list[Row]

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
    periods : list of dict
        The same for each period that the page offers, with its name as ``period``: ``"all"``,
        ``"year"`` (the last twelve months) and calendar years.
    reference : float
        The heart rate [bpm].
    """

    points: Rows
    lines: Rows
    reference: float
    periods: Rows


def weekly_rows(weeks: pd.DataFrame, units: Units = METRIC) -> Rows:
    """Return a row for each week and surface: ``week, end, surface, distance`` [km or mi].

    Parameters
    ----------
    weeks : pandas.DataFrame
        Table ``schema.WEEKLY``.
    units : Units
    """
    distances = {
        surface: weeks.set_index("week")[f"{surface}_distance"]
        / units.long_metres
        for surface in Surface
    }
    if not (distances[Surface.UNKNOWN] > 0).any():
        del distances[Surface.UNKNOWN]
    return _surface_rows(distances, "distance")


def load_rows(history: History) -> Rows:
    """Return a row for each week: ``week, end, load, fitness, fatigue, form`` [load a week], and
    ``warming``, where the means still start from nothing.

    Fitness and fatigue are those of `History.daily`, times seven; form is the one less the other.
    Empty when no activity has a load.
    """
    if not counted_activities(history)["session_load"].notna().any():
        return []
    days = load_days(history.activities)
    by_week = days.groupby(monday_of(days["day"])).agg(
        load=("session_load", "sum"),
        fitness=("fitness", "last"),
        fatigue=("fatigue", "last"),
    )
    by_week[["fitness", "fatigue"]] *= 7.0
    by_week["form"] = by_week["fitness"] - by_week["fatigue"]
    warm = days["day"].iloc[0] + pd.Timedelta(days=FITNESS_DAYS)
    by_week["warming"] = by_week.index < warm
    values: list[dict[Any, object]] = by_week.round(1).to_dict("records")
    return [
        _week_bounds(week) | row
        for week, row in zip(by_week.index, values, strict=True)
    ]


def weekly_impact_rows(history: History, units: Units = METRIC) -> Rows:
    """Return a row for each week and surface: ``week, end, surface, impact`` [level-road km or
    mi].
    """
    table = counted_activities(history)
    if not table["impact_load"].notna().any():
        return []
    names = ("impact_load", "impact_load_road", "impact_load_trail")
    whole, road, trail = (
        table[name].fillna(0.0) * (1000.0 / units.long_metres) for name in names
    )
    loads = {
        Surface.ROAD: road,
        Surface.TRAIL: trail,
        Surface.UNKNOWN: (whole - road - trail).clip(lower=0.0),
    }
    monday = monday_of(local_starts(table))
    sums = {s: v.groupby(monday).sum() for s, v in loads.items() if (v > 0).any()}
    return _surface_rows(sums, "impact")


def intensity_rows(history: History) -> Rows:
    """Return a row for each surface and zone: ``surface, zone, order, share, time, n``.

    Parameters
    ----------
    history : History
        Failures, duplicates and other sports are left out.
    """
    names = ["time_zone_1", "time_zone_2", "time_zone_3"]
    own = read_activities(history.archive).dropna(subset=names)
    found = {
        surface.value: own.loc[own["surface"] == surface, names].to_numpy()
        for surface in (Surface.TRAIL, Surface.ROAD)
    }
    out: Rows = []
    for surface, runs in found.items():
        total = np.sum(runs, axis=0)
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


def calendar_rows(history: History, units: Units = METRIC) -> Rows:
    """Return a row for each activity of the archive: ``week, day, surface, distance, name``.

    Parameters
    ----------
    history : History
    units : Units
    """
    table = counted_activities(history)
    local = local_starts(table)
    distance = (table["distance"] / units.long_metres).round(2)
    rows = pd.DataFrame(
        {
            "week": monday_of(local).dt.strftime(_DAY),
            "day": local.dt.strftime("%a"),
            "date": local.dt.strftime("%Y-%m-%d"),
            "surface": table["surface"].replace("", Surface.UNKNOWN.value),
            "distance": distance.astype(object).where(distance.notna(), None),
            "name": table["name"],
        }
    )
    return rows.to_dict("records")  # type: ignore[return-value]  # its keys are texts


def trend_rows(history: History, units: Units = METRIC) -> Trend:
    """Return the pace on level road at one heart rate over the weeks, with the straight trend of
    each period that the page offers.

    Parameters
    ----------
    history : History
    units : Units
    """
    form = road_form(history)

    def paces(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
        rows = (units.long_metres / table[list(columns)]).round(1)
        rows.insert(0, "week", table["week"].dt.strftime(_DAY))
        return rows

    points = paces(form.weeks, "speed")
    points["n"] = form.weeks["n_runs"]
    points["pace"] = [units.pace(speed) for speed in form.weeks["speed"]]
    rows: Rows = points.to_dict("records")  # type: ignore[assignment]
    trends: list[Row] = []
    for name, table in _trends(form, local_starts(counted_activities(history))):
        lines = paces(table, "speed", "low", "high")
        lines.insert(0, "period", name)
        trends += lines.to_dict("records")  # type: ignore[arg-type]
    whole = [
        {key: row[key] for key in ("week", "speed", "low", "high")}
        for row in trends
        if row["period"] == "all"
    ]
    return Trend(rows, whole, form.reference, trends)


def _trends(form: RoadForm, starts: pd.Series) -> list[tuple[str, pd.DataFrame]]:
    """Return the trend of each period, by its name on the page."""
    if form.weeks.empty:
        return []
    first, last = (d.floor("D") for d in (starts.min(), starts.max()))
    if last.tz is None:
        first, last = first.tz_localize("UTC"), last.tz_localize("UTC")
    out = [("all", form.trend)]
    back = last - pd.DateOffset(years=1) + pd.Timedelta(days=1)
    if back > first:
        out.append(("year", form.trend_within(back, last)))
    if first.year == last.year:
        return [*out, (str(first.year), form.trend)]
    for year in range(first.year, last.year + 1):
        ends = (
            pd.Timestamp(year, month, day, tz="UTC")
            for month, day in ((1, 1), (12, 31))
        )
        out.append((str(year), form.trend_within(*ends)))
    return out


def variety_rows(history: History) -> Rows:
    """Return a row for each month and kind of ground: ``month, kind, share, hours, evenness``.

    The kinds are those of the training rule on variety; ground whose surface or slope is not known
    is left out. The evenness is that of the whole month over the kinds, 0 to 1.
    """
    counted = counted_activities(history)
    table = history.segments
    table = table[table["file"].isin(counted["file"])]
    kind = kinds_of_ground(table)
    known = (kind >= 0) & table["start_time"].notna() & table["duration"].notna()
    table = table[known].reset_index(drop=True)
    kind = kind[known]
    offset = table["file"].map(
        dict(zip(counted["file"], counted["local_offset"], strict=True))
    )
    local = local_starts(table.assign(local_offset=offset))
    month = local.dt.strftime("%Y-%m-01T00:00")
    out: Rows = []
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


def _surface_rows(weeks: Mapping[Surface, pd.Series], name: str) -> Rows:
    """Return a row for each surface and week, from values by week."""
    return [
        _week_bounds(week)
        | {"surface": surface.value, name: round(float(value), 2)}
        for surface, values in weeks.items()
        for week, value in zip(values.index, values, strict=True)
    ]


def _week_bounds(monday: pd.Timestamp) -> Row:
    return {"week": monday.strftime(_DAY), "end": (monday + _BAR).strftime(_DAY)}
