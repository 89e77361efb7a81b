"""The table of activities: one row from an analysis or a failure, and the same run met twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from trailstats import schema
from trailstats.io.containers import Failure
from trailstats.model.results import Analysis
from trailstats.schema import INDOOR, Surface
from trailstats.terrain import TerrainRules

DECIDED = TerrainRules().decide
"""Probability from which the whole activity counts as one surface, as each of its segments does."""

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
        "surface": _surface_of_run(
            metrics["trail_probability"].value, meta.sub_sport
        ),
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


def _surface_of_run(probability: float, sub_sport: str) -> Surface:
    """Return the ground of the whole run; one indoors has none."""
    if sub_sport in INDOOR:
        return Surface.UNKNOWN
    if probability >= DECIDED:
        return Surface.TRAIL
    return Surface.ROAD if probability <= 1 - DECIDED else Surface.UNKNOWN


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
    table["duplicate_of"] = pd.array(_duplicates(table), dtype="str")
    return table


_MISSING = {"str": "", "int64": 0, "float64": float("nan")}

SAME_START = 90.0
"""Two recordings that start within this time of each other may be the same run [s] (our choice)."""

SAME_SIZE = 0.05
"""They are, where their lengths and times differ by no more than this share [1] (our choice)."""


def _duplicates(table: pd.DataFrame) -> list[str]:
    """Return, for each row, the source of the same run met before, or an empty text.

    The same content is a duplicate; so are recordings that start together and agree in length and
    time, as when one run was exported in two formats.
    """
    names = [
        "file",
        "status",
        "content_hash",
        "start_time",
        "distance",
        "elapsed_time",
    ]
    seen: dict[str, str] = {}
    recent: list[Any] = []
    out: list[str] = []
    runs: Iterable[Any] = table[names].itertuples()
    for run in runs:
        twin = ""
        if run.status == "ok":
            recent = [
                other
                for other in recent
                if (run.start_time - other.start_time).total_seconds()
                <= SAME_START
            ]
            alike = (other.file for other in recent if _are_alike(run, other))
            twin = seen.get(run.content_hash) or next(alike, "")
            if not twin:
                seen[run.content_hash] = run.file
                recent.append(run)
        out.append(twin)
    return out


def _are_alike(one: Any, other: Any) -> bool:  # noqa: ANN401 - rows of a table
    pairs = (
        (one.distance, other.distance),
        (one.elapsed_time, other.elapsed_time),
    )
    return all(abs(a - b) <= max(SAME_SIZE * max(a, b), 1.0) for a, b in pairs)
