"""The table of activities: one row from an analysis or a failure, and the same run met twice."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from trailstats import schema
from trailstats.io.containers import Failure
from trailstats.model.results import Analysis
from trailstats.schema import INDOOR, Surface

__all__ = ["activities_table", "activity_row", "failure_row"]

DECIDED = 0.7
"""Probability from which the whole activity counts as one surface; judgement, as for segments."""

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
        "surface": _surface(metrics["trail_probability"].value, meta.sub_sport),
        "session_load_method": metrics["session_load"].method.split(";")[0],
    }
    row |= {name: metric.value for name, metric in metrics.items() if name in _COLUMNS}
    return row | {name: getattr(totals, name) for name in _AS_TOTAL}


def failure_row(failure: Failure) -> dict[str, object]:
    """Return the row of ``schema.ACTIVITIES`` for a source that failed."""
    place = f" ({failure.where})" if failure.where else ""
    return {
        "file": failure.source,
        "status": "failed",
        "error": f"{failure.code}: {failure.message}{place}",
    }


def _surface(probability: float, sub_sport: str) -> str:
    """Return the ground of the whole run; one indoors has none."""
    if sub_sport in INDOOR:
        return Surface.UNKNOWN.value
    if probability >= DECIDED:
        return Surface.TRAIL.value
    return Surface.ROAD.value if probability <= 1 - DECIDED else Surface.UNKNOWN.value


def activities_table(items: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return the table ``schema.ACTIVITIES`` of rows in order of start time, with the same run met
    twice linked.
    """
    if not items:
        return schema.ACTIVITIES.empty()
    columns = {c.name: [item.get(c.name) for item in items] for c in schema.ACTIVITIES}
    table = schema.ACTIVITIES.frame({k: _fill(k, v) for k, v in columns.items()})
    table["duplicate_of"] = pd.array(_duplicates(table), dtype="str")
    return table


def _fill(name: str, values: list[object]) -> object:
    """Return a column's values with what its dtype has for "missing"."""
    dtype = next(c.dtype for c in schema.ACTIVITIES if c.name == name)
    if dtype == "str":
        return ["" if v is None else v for v in values]
    if dtype == "int64":
        return [0 if v is None else v for v in values]
    if dtype == "float64":
        return [float("nan") if v is None else v for v in values]
    return pd.DatetimeIndex([pd.NaT if v is None else v for v in values])


SAME_START = 90.0
"""Two recordings that start within this time of each other may be the same run [s]; judgement."""


def _duplicates(table: pd.DataFrame) -> list[str]:
    """Return, for each row, the source of the same run met before, or an empty text.

    The same content is a duplicate; so are recordings that start together and agree in length and
    time within 5 %, as when one run was exported in two formats.
    """
    seen: dict[str, str] = {}
    recent: list[tuple[pd.Timestamp, float, float, str]] = []
    out: list[str] = []
    columns = (
        table[c].tolist()
        for c in (
            "file",
            "status",
            "content_hash",
            "start_time",
            "distance",
            "elapsed_time",
        )
    )
    for file, status, content, start, distance, elapsed in zip(*columns, strict=True):
        if status != "ok":
            out.append("")
            continue
        twin = seen.get(content, "")
        recent = [r for r in recent if (start - r[0]).total_seconds() <= SAME_START]
        for _, length, time, earlier in recent if not twin else []:
            if _close(length, distance) and _close(time, elapsed):
                twin = earlier
                break
        if not twin:
            seen[content] = file
            recent.append((start, distance, elapsed, file))
        out.append(twin)
    return out


def _close(one: float, other: float) -> bool:
    return abs(one - other) <= max(0.05 * max(one, other), 1.0)
