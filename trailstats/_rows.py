"""One row of the table of activities, from an analysis or a failure."""

from __future__ import annotations

from trailstats.io.containers import Failure
from trailstats.results import Analysis
from trailstats.schema import Surface

__all__ = ["activity_row", "failure_row"]

DECIDED = 0.7
"""Probability from which the whole activity counts as one surface; judgement, as for segments."""

_AS_METRIC = (
    "trail_probability",
    "session_load",
    "impact_load",
    "active_load",
    "tibial_load",
    "impact_load_trail",
    "impact_load_road",
    "time_above_easy",
    "time_easy_judged",
    "hard_time",
    "stance_time_balance",
    "cadence_cv",
    "temperature",
    "pace_spread",
    "decoupling",
    "technical_time",
)
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
        "activity": meta.content_hash,
        "format": meta.format,
        "name": meta.name,
        "workout": meta.workout,
        "device": meta.device,
        "local_offset": meta.local_offset,
        "feel": meta.feel,
        "rpe": meta.rpe,
        "surface": _surface(metrics["trail_probability"].value),
        "session_load_method": metrics["session_load"].method.split(";")[0],
        "grade_adjusted_speed": metrics["grade_adjusted_speed"].value,
    }
    row |= {name: metrics[name].value for name in _AS_METRIC}
    return row | {name: getattr(totals, name) for name in _AS_TOTAL}


def failure_row(failure: Failure) -> dict[str, object]:
    """Return the row of ``schema.ACTIVITIES`` for a source that failed."""
    place = f" ({failure.where})" if failure.where else ""
    return {"file": failure.source, "status": "failed", "error": f"{failure.code}: {failure.message}{place}"}


def _surface(probability: float) -> str:
    if probability >= DECIDED:
        return Surface.TRAIL.value
    return Surface.ROAD.value if probability <= 1 - DECIDED else Surface.UNKNOWN.value
