"""What the commands print for a person."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from trailstats import schema
from trailstats.activity import Activity
from trailstats.claims import ClaimResult, RuleResult
from trailstats.documents import rows
from trailstats.history import History
from trailstats.report import text as say
from trailstats.results import Analysis
from trailstats.schema import METRICS, Verdict

MOST_FAILURES = 20


def _console() -> Console:
    # Of a pipe the width is not known: lines are left whole there.
    return Console() if sys.stdout.isatty() else Console(width=160)


def note(message: str) -> None:
    """Print a line."""
    _console().print(Text(message), soft_wrap=True)


def _table(*headers: str, right: Iterable[int] = ()) -> RichTable:
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    numbers = set(right)
    for i, header in enumerate(headers):
        table.add_column(header, justify="right" if i in numbers else "left")
    return table


def _row(table: RichTable, *cells: str) -> None:
    # As Text: names from files may hold what the console would take for markup.
    table.add_row(*(Text(cell) for cell in cells))


def summary(history: History, imperial: bool) -> None:
    """Print what the history holds, in a few lines."""
    table = history.activities
    ok = table[table["status"] == "ok"]
    twins = int((ok["duplicate_of"] != "").sum())
    own = ok[ok["duplicate_of"] == ""]
    period = history.period
    if period is not None:
        note(f"{history.athlete.name or 'Runner'}: {say.span(*period)}")
    words = [f"{len(own)} activities", say.distance(float(own["distance"].sum()), imperial)]
    words += [
        f"{say.elevation(float(own['ascent'].sum()), imperial)} up",
        f"{say.duration(float(own['moving_time'].sum()))} moving",
    ]
    if twins:
        words.append(f"{twins} duplicates left out")
    if history.failures:
        words.append(f"{len(history.failures)} sources failed")
    note(", ".join(words))
    known = own["distance"].sum()
    if known > 0:
        shares = {
            side: float((own["distance"] * own[f"{side}_share"]).sum() / known) for side in ("road", "trail", "unknown")
        }
        note(", ".join(f"{side} {say.percent(share)}" for side, share in shares.items()))


def claims(results: Sequence[ClaimResult]) -> None:
    """Print the answers as a table."""
    table = _table(
        "claim",
        "trail",
        "road",
        "difference (95 %)",
        "runs",
        "verdict",
        "published evidence",
        right=(1, 2, 4),
    )
    for result in results:
        spread = say.interval(result.low, result.high, result.unit, signed=True)
        shown = say.difference(result.difference, result.unit)
        measured = np.isfinite(result.difference)
        cells = (
            f"{result.statement}\n  {result.metric}",
            say.number(result.trail, result.unit),
            say.number(result.road, result.unit),
            f"{shown}\n({spread})" if measured else say.DASH,
            f"{result.n_trail} / {result.n_road}",
            _verdict(result.verdict),
            result.evidence.value,
        )
        _row(table, *cells)
    _console().print(table)


def _verdict(verdict: Verdict) -> str:
    marks = {Verdict.SUPPORTED: "+ ", Verdict.CONTRADICTED: "- ", Verdict.INCONCLUSIVE: "~ "}
    return marks.get(verdict, "") + verdict.value


def rules(results: Sequence[RuleResult]) -> None:
    """Print the training rules as a table."""
    if not results:
        return
    table = _table("rule", "outcome", "period", "why")
    for result in results:
        _row(table, f"{result.rule}  {result.statement}", result.outcome, result.period, result.detail)
    _console().print(table)


def failures(history: History) -> None:
    """Print the sources that failed, on standard error."""
    for failure in history.failures[:MOST_FAILURES]:
        place = f" ({failure.where})" if failure.where else ""
        sys.stderr.write(f"failed: {failure.source}: {failure.message}{place}\n")
    if len(history.failures) > MOST_FAILURES:
        sys.stderr.write(f"... and {len(history.failures) - MOST_FAILURES} more; `trailstats check` lists them all\n")


def analysis(result: Analysis, imperial: bool) -> None:
    """Print one activity."""
    meta, totals = result.meta, result.totals
    sport = "/".join(part for part in (meta.sport, meta.sub_sport) if part) or "unknown sport"
    note(f"{meta.source}: {sport}, {say.date(meta.start_time, meta.local_offset)}  {meta.name}".rstrip())
    note(
        f"{say.distance(totals.distance, imperial)}, {say.duration(totals.moving_time)} moving of "
        f"{say.duration(totals.elapsed_time)}, {say.pace(totals.mean_speed, imperial)} "
        f"(grade-adjusted {say.pace(totals.grade_adjusted_speed, imperial)}), "
        f"{say.elevation(totals.ascent, imperial)} up, {say.elevation(totals.descent, imperial)} down"
    )
    note(
        f"trail {say.percent(totals.trail_share)}, road {say.percent(totals.road_share)}, "
        f"unknown {say.percent(totals.unknown_share)}, technical {say.percent(totals.technical_share)}"
    )
    metrics = _table("metric", "value", "range", "how", right=(1,))
    for name, metric in result.metrics.items():
        if not metric and name in METRICS and METRICS[name].detail:
            continue
        if metric:
            spread = say.interval(metric.low, metric.high, metric.unit, imperial) if np.isfinite(metric.low) else ""
            _row(
                metrics,
                name.replace("_", " "),
                say.number(metric.value, metric.unit, imperial),
                spread,
                metric.method,
            )
        else:
            _row(metrics, name.replace("_", " "), say.DASH, "", metric.reason)
    _console().print(metrics)
    stretches = _table(
        "from",
        "length",
        "surface",
        "p trail",
        "slope",
        "grade",
        "gait",
        "pace",
        "adjusted",
        "HR",
        right=(0, 1, 3, 5, 7, 8, 9),
    )
    for row in _cells(result.segments):
        _row(
            stretches,
            say.distance(row["start_distance"], imperial),
            say.distance(row["distance"], imperial),
            row["surface"] + (" technical" if row["technical"] else ""),
            say.percent(row["p_trail"]),
            row["slope"].replace("_", " "),
            say.percent(row["mean_grade"]),
            row["gait"],
            say.pace(row["speed"], imperial),
            say.pace(row["grade_adjusted_speed"], imperial),
            say.rate(row["heart_rate"]),
        )
    _console().print(stretches)
    if len(result.climbs):
        hills = _table("", "from", "length", "gain", "mean", "steepest", "time", "climb rate", right=range(1, 8))
        for row in _cells(result.climbs):
            _row(
                hills,
                row["direction"],
                say.distance(row["start_distance"], imperial),
                say.distance(row["distance"], imperial),
                say.elevation(row["gain"], imperial),
                say.percent(row["mean_grade"]),
                say.percent(row["steepest_grade"]),
                say.duration(row["duration"]),
                say.climb_rate(row["vertical_speed"], imperial),
            )
        _console().print(hills)
    for issue in result.issues:
        note(f"{issue.severity.value}: {issue.message}")


def _cells(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.to_dict("records")  # type: ignore[return-value]


def checked(activity: Activity) -> dict[str, object]:
    """Return what `check` tells of one activity."""
    records, meta = activity.records, activity.meta
    return {
        "file": meta.source,
        "status": "ok",
        "format": meta.format,
        "sport": meta.sport,
        "sub_sport": meta.sub_sport,
        "start_time": None if meta.start_time is None else meta.start_time.isoformat().replace("+00:00", "Z"),
        "device": meta.device,
        "n_records": len(records),
        "channels": [c for c in records.columns if activity.has(c)],
        "extras": list(activity.extras.columns),
        "n_laps": len(activity.laps),
        "n_pauses": len(activity.pauses),
        "issues": [issue.to_dict() for issue in activity.issues],
    }


def check(found: list[dict[str, object]]) -> None:
    """Print what is in the files."""
    table = _table("file", "format", "sport", "records", "channels", "found", right=(3,))
    for item in found:
        if item["status"] == "failed":
            _row(table, str(item["file"]), "", "", "", "", f"failed: {item['error']}")
            continue
        sport = "/".join(str(item[k]) for k in ("sport", "sub_sport") if item[k])
        channels: Iterable[str] = item["channels"]  # type: ignore[assignment]
        issues: Iterable[dict[str, object]] = item["issues"]  # type: ignore[assignment]
        lines = [f"{i['severity']}: {i['message']}" for i in issues]
        if "differences" in item:
            lines += _differences(item["differences"])  # type: ignore[arg-type]
        elif "no_comparison" in item:
            lines.append(f"not compared: {item['no_comparison']}")
        told = "\n".join(lines)
        _row(
            table,
            str(item["file"]),
            str(item["format"]),
            sport,
            str(item["n_records"]),
            " ".join(channels),
            told,
        )
    _console().print(table)


def _differences(found: list[dict[str, object]]) -> list[str]:
    if not found:
        return ["a second reader agrees in every value"]
    lines = []
    for row in found:
        largest = row["largest_difference"]
        by = "" if largest is None else f", by {largest:.6g} at most"
        lines.append(f"differs: {row['column']} in {row['rows']} samples{by} {row['note']}".rstrip())
    return lines


def columns(table: schema.Table) -> None:
    """Print a table's columns."""
    note(f"{table.name}: a row is {table.row}")
    shown = _table("column", "dtype", "unit", "meaning")
    for column in table:
        _row(shown, column.name, column.dtype, column.unit, column.meaning)
    _console().print(shown)


def frame(table: pd.DataFrame, as_json: bool) -> None:
    """Print any table, for a person or as a JSON list of rows."""
    if as_json:
        sys.stdout.write(
            json.dumps({"format_version": schema.FORMAT_VERSION, "rows": rows(table)}, allow_nan=False) + "\n"
        )
        return
    shown = _table(*(str(c) for c in table.columns))
    for row in table.itertuples(index=False):
        _row(shown, *(f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in row))
    _console().print(shown)
