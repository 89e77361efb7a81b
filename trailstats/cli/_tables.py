"""What the commands print for a person."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Console, JustifyMethod
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from trailstats import schema
from trailstats.history import History
from trailstats.model.activity import Activity
from trailstats.model.results import Analysis, Metric
from trailstats.report import text as say
from trailstats.report.basis import map_hint
from trailstats.report.palette import OUTCOMES, VERDICTS
from trailstats.schema import METRICS, Verdict, has_ground
from trailstats.schema.documents import rows

if TYPE_CHECKING:
    from trailstats.claims import ClaimResult, RuleResult
    from trailstats.report.claim_view import ClaimView

MOST_FAILURES = 20
WIDEST = 32
"""Characters that a column of any table gets at most where there are others."""

NARROW = 120
"""Below this width tables leave out what can be done without."""


def _has_width() -> bool:
    # Of a pipe the width is not known: lines are left whole there, unless the caller names one.
    return sys.stdout.isatty() or os.environ.get("COLUMNS", "").isdigit()


def _console() -> Console:
    return (
        Console(highlight=False)
        if _has_width()
        else Console(width=160, highlight=False)
    )


def _is_narrow() -> bool:
    return _console().width < NARROW


def note(message: str) -> None:
    """Print a line, broken between words where the width is known."""
    _console().print(Text(message), soft_wrap=not _has_width())


def _table(
    *headers: str, right: Iterable[int] = (), whole: Iterable[int] = ()
) -> RichTable:
    """Return an empty table; the columns of numbers and those in ``whole`` are never broken into
    lines.
    """
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    numbers = set(right)
    for i, header in enumerate(headers):
        justify: JustifyMethod = "right" if i in numbers else "left"
        table.add_column(
            header, justify=justify, no_wrap=i in numbers or i in set(whole)
        )
    return table


def _row(table: RichTable, *cells: str | Text) -> None:
    # As Text: names from files may hold what the console would take for markup.
    table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in cells))


def summary(history: History, imperial: bool) -> None:
    """Print what the history holds, in a few lines."""
    table = history.activities
    ok = table[table["status"] == "ok"]
    twins = int((ok["duplicate_of"] != "").sum())
    own = ok[ok["duplicate_of"] == ""]
    period = history.period
    if period is not None:
        note(f"{history.athlete.name or 'Runner'}: {say.span(*period)}")
    words = [
        f"{len(own)} {'activity' if len(own) == 1 else 'activities'}",
        say.distance(float(own["distance"].sum()), imperial),
    ]
    words += [
        f"{say.elevation(float(own['ascent'].sum()), imperial)} up",
        f"{say.duration(float(own['moving_time'].sum()))} moving",
    ]
    if twins:
        words.append(f"{twins} duplicate{'s' * (twins != 1)} left out")
    if history.failures:
        words.append(
            f"{len(history.failures)} source{'s' * (len(history.failures) != 1)} failed"
        )
    note(", ".join(words))
    known = own["distance"].sum()
    if known > 0:
        shares = {
            side: float((own["distance"] * own[f"{side}_share"]).sum() / known)
            for side in ("road", "trail", "unknown")
        }
        note(
            ", ".join(f"{side} {say.percent(share)}" for side, share in shares.items())
        )
        outside = own[
            [
                has_ground(*kind)
                for kind in zip(own["sport"], own["sub_sport"], strict=True)
            ]
        ]
        unknown = float(
            (outside["distance"] * outside["unknown_share"]).sum()
            / max(outside["distance"].sum(), 1.0)
        )
        if map_hint(unknown, by_map=False):
            by_map = any(
                (table["surface_source"] == "map").any()
                for table in history.tables(schema.SEGMENTS)
            )
            if not by_map:
                note(map_hint(unknown, by_map))


def claims(results: Sequence[ClaimResult], imperial: bool = False) -> None:
    """Print the answers as a table; what was measured and the published evidence where there is
    room.
    """
    from trailstats.report.claim_view import claim_view

    narrow = _is_narrow()
    more = () if narrow else ("runs", "published evidence")
    table = _table(
        "claim",
        "verdict",
        "trail",
        "road",
        "difference (95 % interval)",
        *more,
        right=(2, 3),
    )
    for result in results:
        view = claim_view(result, {}, imperial)
        spread = f" ({view.bounds})" if view.bounds else ""
        cells: list[str | Text] = [
            view.title if narrow else _measured(view),
            _verdict(result.verdict),
            view.trail,
            view.road,
            view.difference + (f"\n{spread.strip()}" if narrow and spread else spread),
        ]
        if not narrow:
            cells += [f"{result.n_trail} / {result.n_road}", view.evidence]
        _row(table, *cells)
    _console().print(table)
    note(
        "trail / road: the two sides of each comparison; `--explain CLAIM` lists the runs behind "
        "an answer."
    )


def _measured(view: ClaimView) -> Text:
    return Text.assemble(view.title, "\n", (view.measure, "dim"))


_COLOURS = {"good": "green", "bad": "red", "warn": "yellow", "muted": "bright_black"}


def _verdict(verdict: Verdict) -> Text:
    marks = {
        Verdict.SUPPORTED: "+ ",
        Verdict.CONTRADICTED: "- ",
        Verdict.INCONCLUSIVE: "~ ",
    }
    return Text(
        marks.get(verdict, "  ") + verdict.value,
        Style(color=_COLOURS[VERDICTS[verdict].tone]),
    )


def rules(results: Sequence[RuleResult]) -> None:
    """Print the training rules as a table."""
    if not results:
        return
    table = _table("outcome", "training rule", whole=(0,))
    before = ""
    for result in results:
        rule = f"{result.rule}  {result.statement}"
        if rule != before:
            _row(table, "", rule)
        detail = (
            f"{result.detail} ({result.period})" if result.period else result.detail
        )
        swatch = OUTCOMES.get(result.outcome)
        outcome = (
            Text(swatch.word, Style(color=_COLOURS[swatch.tone]))
            if swatch
            else result.outcome
        )
        _row(table, outcome, Text(detail, "dim"))
        before = rule
    _console().print(table)


def failures(history: History) -> None:
    """Print the sources that failed, on standard error, and whether that were all."""
    for failure in history.failures[:MOST_FAILURES]:
        place = f" ({failure.where})" if failure.where else ""
        sys.stderr.write(f"failed: {failure.source}: {failure.message}{place}\n")
    if len(history.failures) > MOST_FAILURES:
        sys.stderr.write(
            f"... and {len(history.failures) - MOST_FAILURES} more; `trailstats check` lists them "
            "all\n"
        )
    if not len(history.analyses):
        sys.stderr.write("trailstats: no activity could be read\n")


def analysis(result: Analysis, imperial: bool) -> None:
    """Print one activity."""
    meta, totals = result.meta, result.totals
    sport = (
        "/".join(part for part in (meta.sport, meta.sub_sport) if part)
        or "unknown sport"
    )
    note(
        f"{meta.source}: {sport}, {say.date(meta.start_time, meta.local_offset)}  "
        f"{meta.name}".rstrip()
    )
    note(
        f"{say.distance(totals.distance, imperial)}, {say.duration(totals.moving_time)} moving of "
        f"{say.duration(totals.elapsed_time)}, {say.pace(totals.mean_speed, imperial)} "
        f"(grade-adjusted {say.pace(totals.grade_adjusted_speed, imperial)}), "
        f"{say.elevation(totals.ascent, imperial)} up, {say.elevation(totals.descent, imperial)} "
        "down"
    )
    note(
        f"trail {say.percent(totals.trail_share)}, road {say.percent(totals.road_share)}, "
        f"unknown {say.percent(totals.unknown_share)}, technical "
        f"{say.percent(totals.technical_share)}"
    )
    by_map = bool((result.segments["surface_source"] == "map").any())
    if has_ground(meta.sport, meta.sub_sport) and (
        hint := map_hint(totals.unknown_share, by_map)
    ):
        note(hint)
    _metrics(result.metrics, imperial)
    _segments(result.segments, imperial)
    _climbs(result.climbs, imperial)
    for issue in result.issues:
        note(f"{issue.severity}: {issue.message}")


def _metrics(metrics: dict[str, Metric], imperial: bool) -> None:
    """Print the metrics that have a value, then for each reason those that have none."""
    from trailstats.report.sections import metric_unit, metric_words

    narrow = _is_narrow()
    table = _table(
        "metric", "value", "95 % or range", *(() if narrow else ("how",)), right=(1,)
    )
    missing: dict[str, list[str]] = {}
    for name, metric in metrics.items():
        if name in METRICS and METRICS[name].detail:
            continue
        words = metric_words(name)
        if not metric:
            missing.setdefault(metric.reason or metric.method, []).append(words)
            continue
        unit = metric_unit(name, metric)
        spread = (
            say.interval(metric.low, metric.high, unit, imperial)
            if np.isfinite(metric.low)
            else ""
        )
        how = () if narrow else (metric.method,)
        _row(table, words, say.number(metric.value, unit, imperial), spread, *how)
    if table.row_count:
        _console().print(table)
    for reason, names in missing.items():
        note(f"no value ({reason}): {', '.join(names)}")


def _segments(segments: pd.DataFrame, imperial: bool) -> None:
    """Print the segments; without the adjusted pace and the gait where there is little room."""
    if segments.empty:
        return
    far = "mi" if imperial else "km"
    narrow = _is_narrow()
    shape = (f"at {far}", far, "surface", "slope", "grade", f"pace /{far}")
    more = () if narrow else ("adjusted", "trail?", "gait")
    table = _table(
        *shape,
        *more,
        "HR",
        right=(0, 1, 4, 5, 6) if narrow else (0, 1, 4, 5, 6, 7, 9),
        whole=(2, 3),
    )
    for row in _cells(segments):
        cells = [
            _bare(say.distance(row["start_distance"], imperial)),
            _bare(say.distance(row["distance"], imperial)),
            row["surface"] + (" technical" if row["technical"] else ""),
            row["slope"].replace("_", " "),
            say.percent(row["mean_grade"]),
            _bare(say.pace(row["speed"], imperial)),
        ]
        if not narrow:
            cells += [
                _bare(say.pace(row["grade_adjusted_speed"], imperial)),
                say.percent(row["p_trail"]),
                row["gait"],
            ]
        _row(table, *cells, say.rate(row["heart_rate"]))
    _console().print(table)


def _climbs(climbs: pd.DataFrame, imperial: bool) -> None:
    if climbs.empty:
        return
    far, high = ("mi", "ft") if imperial else ("km", "m")
    heads = (f"at {far}", far, f"gain {high}", "mean", "steepest", "time", f"{high}/h")
    table = _table("", *heads, right=range(1, 8))
    for row in _cells(climbs):
        _row(
            table,
            "climb" if row["direction"] == "up" else "descent",
            _bare(say.distance(row["start_distance"], imperial)),
            _bare(say.distance(row["distance"], imperial)),
            _bare(say.elevation(row["ascent"] + row["descent"], imperial)),
            say.percent(row["mean_grade"]),
            say.percent(row["steepest_grade"]),
            say.duration(row["moving_time"]),
            _bare(say.climb_rate(row["vertical_speed"], imperial)),
        )
    _console().print(table)


def _bare(cell: str) -> str:
    """Return a value without its unit, which stands in the column's head."""
    return cell.split(" ", 1)[0]


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
        "start_time": None
        if meta.start_time is None
        else meta.start_time.isoformat().replace("+00:00", "Z"),
        "device": meta.device,
        "n_records": len(records),
        "channels": [c for c in records.columns if activity.has(c)],
        "extras": list(activity.extras.columns),
        "n_laps": len(activity.laps),
        "n_pauses": len(activity.pauses),
        "issues": [issue.to_dict() for issue in activity.issues],
    }


def check(found: list[dict[str, object]]) -> None:
    """Print what is in the files: a row for each activity, and for each file that can't be read."""
    if not found:
        note("no activity files there")
        return
    names = [str(item["file"]) for item in found]
    shared = _shared_folder(names)
    if shared:
        note(f"in {shared}")
    table = _table("file", "what it holds", "what was found")
    table.columns[0].overflow = "fold"
    table.columns[0].max_width = max(_console().width // 4, 16)
    for item, name in zip(found, names, strict=True):
        short = name.removeprefix(shared)
        if item["status"] == "failed":
            why = str(item["error"]).split(": ", 1)[-1].removeprefix(f"{name}: ")
            _row(table, short, Text("failed", Style(color="red")), why)
            continue
        sport = (
            "/".join(str(item[k]) for k in ("sport", "sub_sport") if item[k])
            or "unknown sport"
        )
        channels: Iterable[str] = item["channels"]  # type: ignore[assignment]
        told = ", ".join(_channels(channels))
        issues: Iterable[dict[str, object]] = item["issues"]  # type: ignore[assignment]
        lines = [f"{i['severity']}: {i['message']}" for i in issues]
        if "differences" in item:
            lines += _differences(item["differences"])  # type: ignore[arg-type]
        elif "no_comparison" in item:
            lines.append(f"not compared: {item['no_comparison']}")
        what = f"{str(item['format']).upper()}, {sport}, {item['n_records']} records: {told}"
        _row(table, short, what, "\n".join(lines) or "nothing odd")
    _console().print(table)


def _shared_folder(names: Sequence[str]) -> str:
    """Return the folder that all files lie in, with the slash at its end; empty where there is
    none.
    """
    folders = {name.rpartition("/")[0] for name in names}
    return (
        f"{folders.pop()}/"
        if len(names) > 1 and len(folders) == 1 and folders != {""}
        else ""
    )


def _channels(names: Iterable[str]) -> list[str]:
    """Return channels as words, latitude and longitude as one."""
    words = [n.replace("_", " ") for n in names if n != "longitude"]
    return ["position" if w == "latitude" else w for w in words]


def _differences(found: list[dict[str, object]]) -> list[str]:
    if not found:
        return ["a second reader agrees in every value"]
    lines = []
    for row in found:
        largest = row["largest_difference"]
        by = "" if largest is None else f", by {largest:.6g} at most"
        lines.append(
            f"differs: {row['column']} in {row['rows']} samples{by} {row['note']}".rstrip()
        )
    return lines


def columns(table: schema.Table) -> None:
    """Print a table's columns."""
    note(f"{table.name}: a row is {table.row}")
    shown = _table("column", "dtype", "unit", "meaning")
    for column in table:
        _row(shown, column.name, column.dtype, column.unit, column.meaning)
    _console().print(shown)


def plain_rows(
    headers: Sequence[str], lines: Iterable[Sequence[str]], *, right: Iterable[int] = ()
) -> None:
    """Print rows of texts."""
    shown = _table(*headers, right=right)
    for line in lines:
        _row(shown, *line)
    _console().print(shown)


def frame(table: pd.DataFrame, as_json: bool) -> None:
    """Print any table, for a person or as a JSON list of rows."""
    if as_json:
        sys.stdout.write(
            json.dumps(
                {"format_version": schema.FORMAT_VERSION, "rows": rows(table)},
                allow_nan=False,
            )
            + "\n"
        )
        return
    console = _console()
    columns = {
        str(name): [_cell(cell, str(name)) for cell in table[name].tolist()]
        for name in table.columns
    }
    # Three characters lie between columns, and a long text may take several lines.
    widths = [
        3 + min(max(map(len, (name, *cells))), WIDEST)
        for name, cells in columns.items()
    ]
    fitting = max(int((np.cumsum(widths) <= console.width).sum()), 3)
    names = list(columns)
    shown = _table(*names[:fitting])
    for row in zip(*(columns[name] for name in names[:fitting]), strict=True):
        _row(shown, *row)
    console.print(shown)
    if names[fitting:]:
        note(
            f"not shown: {', '.join(names[fitting:])}; a wider terminal or --json has them"
        )


def _cell(value: object, column: str) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if column in ("file", "trail", "road"):
        return PurePath(str(value)).name
    return str(value)
