"""Answers on the whole, on one activity, on claims, comparisons, courses and words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats

from trailstats import schema
from trailstats.claims import CLAIMS, claims_document
from trailstats.claims.result import ClaimResult
from trailstats.errors import ConfigError
from trailstats.history.prediction import predict as predict_course
from trailstats.mcp._archive import Archive
from trailstats.mcp._lists import Asked, as_day, chosen, with_ids, within
from trailstats.mcp._schemas import BRIEF, CLAIM, TOTAL
from trailstats.mcp._words import (
    Json,
    day,
    page,
    recorded_text,
    shortened,
    value_of,
)
from trailstats.model.results import Metric, Totals
from trailstats.schema import METRICS, RunSurface
from trailstats.schema.catalogue import FORMULAS

MAIN = (
    "trail_probability",
    "grade_adjusted_speed",
    "session_load",
    "impact_load",
)
"""The metrics that an activity is told by unless others are asked for."""

FEWEST = 3
"""Runs on each side that a comparison needs (our choice)."""


def overview(archive: Archive, asked: Asked) -> Json:
    """Answer `overview`."""
    history = archive.history()
    period = history.period or (None, None)
    document: Any = claims_document(history, archive.claims(), [])
    totals = sum(
        (_totals_of(row) for row in history.runs.to_dict("records")), Totals()
    )
    answer = {
        "from": day(period[0]),
        "to": day(period[1]),
        "activities": len(history.analyses),
        "runs": len(history.runs),
        "failures": len(history.failures),
        **_sums(totals),
        "heart_rate_limits": history.limits.source,
        "answer": document["answer"],
        "would_answer_more": [one["text"] for one in document["to_answer"]],
    }
    return shortened(answer, asked["bytes"] - 250, "would_answer_more")


def _totals_of(row: dict[Any, Any]) -> Totals:
    """Return what adds up of a row of the table of activities."""
    way, beats = row["distance"], row["mean_heart_rate"]
    timed = 0.0 if math.isnan(beats) else row["moving_time"]
    return Totals(
        distance=way,
        moving_time=row["moving_time"],
        ascent=row["ascent"],
        descent=row["descent"],
        trail_distance=way * _or_zero(row["trail_share"]),
        road_distance=way * _or_zero(row["road_share"]),
        unknown_distance=way * _or_zero(row["unknown_share"]),
        heart_beats=_or_zero(beats) * timed / 60.0,
        heart_rate_time=timed,
    )


def _or_zero(value: float) -> float:
    return 0.0 if math.isnan(value) else value


def _sums(totals: Totals) -> Json:
    units = {column.name: column.unit for column in schema.ACTIVITIES}
    return {
        "totals": {name: value_of(getattr(totals, name)) for name in TOTAL},
        "units": {name: units[name] for name in TOTAL},
    }


def activity(archive: Archive, asked: Asked) -> Json:
    """Answer `activity`."""
    row, analysis = chosen(archive.history(), asked)
    names = asked.get("metrics", MAIN)
    unknown = [name for name in names if name not in analysis.metrics]
    if unknown:
        raise ConfigError(f"there is no metric {unknown[0]!r}; see `explain`")
    file = archive.without_folder(str(row["file"]))
    answer = {
        "id": asked["id"],
        "day": day(row["start_time"]),
        "name": recorded_text(row["name"]),
        "file": recorded_text(file),
        "sport": recorded_text(f"{row['sport']} {row['sub_sport']}".strip()),
        **_sums(analysis.totals),
        "surface": RunSurface(row["surface"]).value,
        "metrics": [
            {"name": name, "metric": _metric(analysis.metrics[name])}
            for name in names
        ],
        "issues": [issue.code for issue in analysis.issues],
    }
    return shortened(answer, asked["bytes"] - 200, "issues", "metrics")


def _metric(metric: Metric) -> Json:
    return {name: value_of(value) for name, value in metric.to_dict().items()}


def claims(archive: Archive, asked: Asked) -> Json:
    """Answer `claims`."""
    results = {result.claim: result for result in archive.claims()}
    if "claim" not in asked:
        document: Any = claims_document(archive.history(), archive.claims(), [])
        answer = {
            "answer": document["answer"],
            "claims": [_brief(one) for one in results.values()],
        }
        return shortened(answer, asked["bytes"] - 250, "claims")
    if asked["claim"] not in results:
        known = ", ".join(results)
        raise ConfigError(f"there is no such claim; known are {known}")
    found = results[asked["claim"]]
    document = found.to_dict()
    answer = {
        "claim": {name: value_of(document[name]) for name in CLAIM},
        "needs": [
            {name: value_of(value) for name, value in need.to_dict().items()}
            for need in found.needs
        ],
        "parts": [_brief(part) for part in found.parts],
        "caveats": list(found.caveats),
    }
    return shortened(answer, asked["bytes"] - 250, "caveats", "parts", "needs")


def _brief(result: ClaimResult) -> Json:
    document = result.to_dict()
    return {name: value_of(document[name]) for name in BRIEF}


def compare(archive: Archive, asked: Asked) -> Json:
    """Answer `compare`: means over runs, and Welch's interval of their difference."""
    runs = archive.history().runs
    columns = {c.name: c for c in schema.ACTIVITIES if c.dtype == "float64"}
    if asked["measure"] not in columns:
        known = ", ".join(columns)
        raise ConfigError(f"there is no such measure; known are {known}")
    column = columns[asked["measure"]]
    runs = runs[within(runs["start_time"], asked)]
    if asked["by"] == "ground":
        sides = {name: runs["surface"] == name for name in ("trail", "road")}
    elif "split" not in asked:
        raise ConfigError("two periods need `split`, the first day of the later")
    else:
        later = runs["start_time"] >= as_day(asked["split"])
        begin = asked["split"]
        sides = {f"from {begin}": later, f"before {begin}": ~later}
    values = [
        runs.loc[side, column.name].dropna().to_numpy() for side in sides.values()
    ]
    difference, low, high, reason = _welch(*values)
    return {
        "measure": column.name,
        "unit": column.unit,
        "meaning": column.meaning,
        "sides": [
            {"name": name, "n": len(held), "mean": value_of(_mean(held))}
            for name, held in zip(sides, values, strict=True)
        ],
        "difference": value_of(difference),
        "low": value_of(low),
        "high": value_of(high),
        "method": "mean over runs of the first side less the second; Welch's 95 % "
        "interval; runs not matched",
        "reason": reason,
    }


def _mean(values: np.ndarray[Any, Any]) -> float:
    return float(values.mean()) if len(values) else math.nan


def _welch(
    one: np.ndarray[Any, Any], other: np.ndarray[Any, Any]
) -> tuple[float, float, float, str]:
    """Return the difference of two means with its interval, or why there is none."""
    if min(len(one), len(other)) < FEWEST:
        return math.nan, math.nan, math.nan, f"fewer than {FEWEST} runs on a side"
    difference = _mean(one) - _mean(other)
    if not (one.std() or other.std()):
        return difference, math.nan, math.nan, "no spread on either side"
    found = stats.ttest_ind(one, other, equal_var=False).confidence_interval()
    return difference, float(found.low), float(found.high), ""


def predict(archive: Archive, asked: Asked) -> Json:
    """Answer `predict`."""
    history = archive.history()
    known = with_ids(history)
    effort = asked["effort"]
    if asked["course"] in known.index:
        row: Any = known.loc[asked["course"]]
        course: Any = history.analyses[int(row["place"])]
    else:
        course = archive.inside(asked["course"])
    try:
        found = predict_course(
            course,
            history,
            effort=float(effort) if effort.isdigit() else effort,
        )
    except ValueError as error:  # a heart rate that nobody runs at
        raise ConfigError(str(error)) from None
    document: Any = found.to_dict()
    way = ("distance", "ascent", "descent")
    answer = {
        "course": {name: value_of(document["course"][name]) for name in way},
        "units": dict.fromkeys(way, "m") | {"moving_time": "s"},
        "effort": document["effort"],
        "moving_time": {
            k: value_of(v) for k, v in document["moving_time"].items()
        },
        "method": document["method"],
        "learnt_from": document["history"]["activities"],
        "caveats": document["caveats"],
    }
    return shortened(answer, asked["bytes"] - 250, "caveats")


def explain(archive: Archive, asked: Asked) -> Json:
    """Answer `explain`."""
    if "name" not in asked:
        names: Any = list(METRICS)
        return page({}, "names", names, asked)
    name = asked["name"]
    if name in METRICS:
        entry = METRICS[name]
        return {
            "name": name,
            "unit": entry.unit,
            "meaning": entry.meaning,
            "formulas": [f"{f}: {FORMULAS[f].formula}" for f in entry.formulas],
            "valid": entry.valid,
            "missing": entry.missing,
            "evidence": entry.evidence.value,
        }
    columns = {c.name: c for table in schema.TABLES.values() for c in table}
    if name in columns:
        column = columns[name]
        return {"name": name, "unit": column.unit, "meaning": column.meaning}
    if name in CLAIMS:
        found = next(one for one in archive.claims() if one.claim == name)
        evidence = found.evidence.value if found.evidence else "none"
        return {
            "name": name,
            "unit": found.unit,
            "meaning": f"{found.statement} Measured: {found.metric}",
            "evidence": evidence,
        }
    raise ConfigError("there is no metric, claim or column of this name")


def glossary() -> str:
    """Return every metric with unit and meaning, as Markdown."""
    lines = ["# Metrics", ""]
    for name, entry in METRICS.items():
        unit = "" if entry.unit == "1" else f" [{entry.unit}]"
        lines.append(
            f"- `{name}`{unit}: {entry.meaning}; evidence {entry.evidence}."
        )
    return "\n".join(lines)
