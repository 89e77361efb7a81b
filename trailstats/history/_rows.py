"""The table of activities: one row from an analysis or a failure, and which rows are runs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from trailstats import schema
from trailstats.analysis import run_surface
from trailstats.history._copies import copies
from trailstats.io.containers import Failure
from trailstats.model.results import Analysis
from trailstats.schema import NAMED_RUNS, RUNS, TREADMILL, WALKS, RunSurface

_COLUMNS = frozenset(schema.ACTIVITIES.names)
_AS_TOTAL = (
    "distance",
    "elapsed_time",
    "moving_time",
    "ascent",
    "descent",
    "mean_speed",
    "mean_heart_rate",
    "trail_share",
    "road_share",
    "unknown_share",
    "technical_share",
    "uphill_share",
    "downhill_share",
    "n_records",
    "hike_time",
)


def activity_row(analysis: Analysis) -> dict[str, object]:
    """Return the row of ``schema.ACTIVITIES`` for an analysis."""
    meta, totals, metrics = analysis.meta, analysis.totals, analysis.metrics
    row: dict[str, object] = {
        "file": meta.source,
        "status": "ok",
        "sport": meta.sport,
        "sub_sport": meta.sub_sport,
        "start_time": meta.start_time,
        "n_issues": len(analysis.issues),
        "content_hash": meta.content_hash,
        "format": meta.format,
        "name": meta.name,
        "workout": meta.workout,
        "device": meta.device,
        "local_offset": meta.local_offset,
        "attribution": meta.attribution,
        "surface": run_surface(analysis),
        "trail_expected_low": metrics["trail_expected"].low,
        "trail_expected_high": metrics["trail_expected"].high,
        "distance_low": metrics["way_length"].low,
        "distance_high": metrics["way_length"].high,
        "distance_method": metrics["way_length"].method.split(";")[0],
        "even_ground_distance_low": metrics["even_ground_distance"].low,
        "even_ground_distance_high": metrics["even_ground_distance"].high,
        "even_ground_method": metrics["even_ground_distance"].method.split(";")[
            0
        ],
        "session_load_method": metrics["session_load"].method.split(";")[0],
    }
    row |= {
        name: metric.value for name, metric in metrics.items() if name in _COLUMNS
    }
    return row | {name: getattr(totals, name) for name in _AS_TOTAL}


def failure_row(failure: Failure) -> dict[str, object]:
    """Return the row of ``schema.ACTIVITIES`` for a source that failed."""
    place = f" ({failure.where})" if failure.where else ""
    return {
        "file": failure.source,
        "status": "failed",
        "error": f"{failure.code}: {failure.message}{place}",
    }


def activities_table(items: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return the table ``schema.ACTIVITIES`` of rows in order of start time, with the same run met
    twice linked.
    """
    if not items:
        return schema.ACTIVITIES.empty()
    columns: dict[str, object] = {}
    for column in schema.ACTIVITIES:
        missing = _MISSING.get(column.dtype, pd.NaT)
        given = [item.get(column.name) for item in items]
        values = [missing if value is None else value for value in given]
        columns[column.name] = (
            pd.DatetimeIndex(values) if missing is pd.NaT else values
        )
    table = schema.ACTIVITIES.frame(columns)
    table["duplicate_of"] = pd.array(copies(table), dtype="str")
    return table


_MISSING = {"str": "", "int64": 0, "float64": float("nan")}


def are_counted(table: pd.DataFrame) -> pd.Series:
    """Return which rows of ``schema.ACTIVITIES`` were read, each activity once."""
    return (table["status"] == "ok") & (table["duplicate_of"] == "")


def are_runs(table: pd.DataFrame) -> pd.Series:
    """Return which rows of ``schema.ACTIVITIES`` are runs that count: read, each once, and of a
    sport that is a run.

    A recording that names no sport is taken for one where it has a distance; squash and weights
    stand under such a name, too.
    """
    unnamed = ~table["sport"].isin(NAMED_RUNS)
    still = ~(table["distance"] > 0) & ~table["sub_sport"].isin(TREADMILL)
    return are_counted(table) & table["sport"].isin(RUNS) & ~(unnamed & still)


def are_in_archive(table: pd.DataFrame) -> pd.Series:
    """Return which rows of ``schema.ACTIVITIES`` are summed up as a runner's: the runs that count,
    and hikes and walks that were on trail as a whole.
    """
    hiked = table["sport"].isin(WALKS) & (table["surface"] == RunSurface.TRAIL)
    return are_runs(table) | (are_counted(table) & hiked)
