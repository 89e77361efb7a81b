"""What the commands print for a person: one run, a history, claims and rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from rich.style import Style
from rich.text import Text

from trailstats import schema
from trailstats.cli._console import (
    Row,
    complain,
    is_narrow,
    note,
    print_rows,
)
from trailstats.cli._nothing import nothing_there
from trailstats.cli._options import STANDARD_INPUT
from trailstats.history import History
from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.map_hint import history_map_hint, runs_map_hint
from trailstats.report.overview import overview_of
from trailstats.report.palette import OUTCOMES
from trailstats.report.run_tables import (
    COLUMNS,
    column_texts,
    headed,
    metric_table,
    told_metrics,
)
from trailstats.report.sections import limits_notice
from trailstats.report.units import METRIC, Units
from trailstats.schema import Surface, has_ground, is_on_foot

if TYPE_CHECKING:
    from trailstats.claims import ClaimResult, RuleResult
    from trailstats.report.claim_view import ClaimView

MOST_FAILURES = 20
MOST_WANTED = 5
NARROWEST = 64
"""Below this width answers, which are sentences, stand as blocks of lines (our choice)."""


_COLOURS = {
    "good": "green",
    "bad": "red",
    "warn": "yellow",
    "accent": "blue",
    "proxy": "cyan",
    "dose": "magenta",
    "muted": "bright_black",
}
_SIGNS = {
    "check": "+",
    "cross": "-",
    "equal": "=",
    "wave": "~",
    "dots": " ",
    "bar": " ",
}
"""The drawings of the page's signs, as letters."""
_ON_FOOT_ALONE = {"ground", "speed", "grade_adjusted_speed", "p_trail", "gait"}
"""Columns of segments that say nothing of a ride."""


def summary(history: History, units: Units) -> None:
    """Print what the history holds, in a few lines."""
    total = overview_of(history)
    if history.period is not None:
        note(f"{history.athlete.name or 'Runner'}: {text.span(*history.period)}")
    counts = [
        text.counted(total.runs, "run"),
        units.distance(total.distance),
        f"{units.elevation(total.ascent)} up",
        f"{text.duration(total.moving_time)} moving",
    ]
    if total.hikes:
        counts.insert(
            1, text.counted(total.hikes, "hike on trail", "hikes on trail")
        )
    if total.duplicates:
        counts.append(f"{text.counted(total.duplicates, 'duplicate')} left out")
    if total.failures:
        counts.append(f"{text.counted(total.failures, 'source')} failed")
    note(", ".join(counts))
    if total.others:
        note(f"listed apart, summed nowhere: {text.sports(total.others)}")
    if total.distance > 0:
        shares = [f"{s} {text.percent(total.shares[s])}" for s in Surface]
        note(", ".join(shares))
        if hint := history_map_hint(history):
            note(hint)
    if history.attribution:
        note(f"Map data: {history.attribution}")


def claims(results: Sequence[ClaimResult], units: Units = METRIC) -> None:
    """Print the answers: the one sentence, a table, and what would answer more.

    Each answer has two lines: the measured statement, and what it means for the claim.
    """
    from trailstats.claims.summary import one_sentence, to_answer
    from trailstats.claims.wording import claim_words
    from trailstats.report.claim_view import claim_view

    narrow = is_narrow()
    heads = ["claim", "answer", "difference (likely range)"]
    if not narrow:
        heads += ["trail / road", "runs", "published evidence"]
    cells = []
    for result in results:
        view = claim_view(result, {}, units)
        interval = f"({view.bounds})" if view.bounds else ""
        row: list[str | Text] = [
            view.title,
            _answer(view),
            f"{view.difference}{chr(10) if narrow else ' '}{interval}".rstrip(),
        ]
        if not narrow:
            row += [
                f"{view.trail} / {view.road}",
                f"{result.n_trail} / {result.n_road}",
                view.evidence,
            ]
        cells.append(row)
    note(one_sentence(results))
    print_rows(heads, cells, least=NARROWEST)
    if wanted := to_answer(results)[:MOST_WANTED]:
        note("What would answer more:")
        for each in wanted:
            titles = [claim_words(claim).title for claim in each.claims]
            note(f"- {each.need.text} (for: {', '.join(titles)})")
    note(
        "trail / road: the two sides of each comparison. The range holds the true difference 19 "
        "times in 20. `trailstats claims --explain easy_days` lists the runs behind an answer; "
        f"the others are {', '.join(r.claim for r in results if r.claim != 'easy_days')}."
    )


def _answer(view: ClaimView) -> Text:
    """Return the verdict's word, the measured statement, and what it means for the claim."""
    colour = Style(color=_COLOURS[view.verdict.tone])
    sign = _SIGNS[view.verdict.sign]
    far = ", ".join(mark.text for mark in view.marks)
    return Text.assemble(
        (f"{sign} {view.verdict.word}", colour),
        f"\n{view.measured}" if view.measured else "",
        (f"\n{view.meaning}" if view.meaning else "", "dim"),
        (f"\n{far}" if far else "", "dim"),
    )


def rules(results: Sequence[RuleResult], units: Units = METRIC) -> None:
    """Print the training rules as a table."""
    if not results:
        return
    cells: list[Row] = []
    before = ""
    for result in results:
        rule = result.statement
        if rule != before:
            cells.append(("", rule))
        before = rule
        period = f" ({result.period})" if result.period else ""
        detail = units.measured_text(result.detail)
        outcome = Text(result.outcome)
        if swatch := OUTCOMES.get(result.outcome):
            outcome = Text(swatch.word, Style(color=_COLOURS[swatch.tone]))
        cells.append((outcome, Text(f"{detail}{period}", "dim")))
    print_rows(("outcome", "training rule"), cells, unbroken=("outcome",))


def failures(history: History, sources: Sequence[str] = ()) -> None:
    """Print the sources that failed, on standard error, and whether that were all."""
    for failure in history.failures[:MOST_FAILURES]:
        where = f" ({failure.where})" if failure.where else ""
        complain(f"failed: {failure.source}: {failure.message}{where}")
    rest = len(history.failures) - MOST_FAILURES
    if rest > 0:
        complain(f"... and {rest} more; `trailstats check` lists them all")
    if not len(history.analyses):
        why = (
            "no activity could be read; `trailstats check` says more of each file"
            if history.failures
            else nothing_there(sources)
        )
        complain(f"trailstats: {why}")


def analysis(result: Analysis, units: Units) -> None:
    """Print one activity."""
    meta = result.meta
    t = result.totals
    date = text.date(meta.start_time, meta.local_offset)
    sport = sport_text(meta.sport, meta.sub_sport)
    note(f"{meta.source}: {sport}, {date}  {meta.name}".rstrip())
    # A pace is a runner's measure, and no ride has a ground of ours.
    paced = is_on_foot(meta.sport, meta.sub_sport)
    fast = (
        f"{units.pace(t.mean_speed)} (grade-adjusted {units.pace(t.grade_adjusted_speed)})"
        if paced
        else units.speed_over_ground(t.mean_speed)
    )
    note(
        f"{units.distance(t.distance)}, {text.duration(t.moving_time)} moving of "
        f"{text.duration(t.elapsed_time)}, {fast}, "
        f"{units.elevation(t.ascent)} up, {units.elevation(t.descent)} down"
    )
    if beside := _ascent_beside(result, units):
        note(beside)
    if has_ground(meta.sport, meta.sub_sport):
        note(
            f"trail {text.percent(t.trail_share)}, road {text.percent(t.road_share)}, "
            f"unknown {text.percent(t.unknown_share)}, "
            f"technical {text.percent(t.technical_share)}"
        )
    if said := limits_notice(result):
        note(said)
    # Of a file with several, or of what was piped, the command takes the file.
    file = re.sub(r"#\d+$", "", meta.source)
    named = "FILE" if file == STANDARD_INPUT else file
    if hint := runs_map_hint([result], named):
        note(hint)
    _metrics(result, units)
    _segments(result.segments, units, paced)
    _climbs(result.climbs, units)
    if meta.attribution:
        note(f"Map data: {meta.attribution}")
    for issue in result.issues:
        note(f"{issue.severity}: {units.measured_text(issue.message)}")


def _ascent_beside(result: Analysis, units: Units) -> str:
    """Return how unsure the ascent is, and what the device counted."""
    t, counted = result.totals, result.meta.device_totals.ascent
    span = units.span(t.ascent_low, t.ascent_high)
    parts = [] if span == text.DASH else [f"ascent from {span}"]
    if not np.isnan(counted):
        parts.append(f"the device counted {units.elevation(counted)} up")
    return "; ".join(parts)


def sport_text(*parts: object) -> str:
    """Return sport and sub-sport as one text."""
    return "/".join(str(part) for part in parts if part) or "unknown sport"


def _metrics(result: Analysis, units: Units) -> None:
    """Print the metrics that have a value, then for each reason those that have none."""
    cells = []
    missing: dict[str, list[str]] = {}
    table = metric_table(told_metrics(result), units)
    for name, value, interval, _covers, _evidence, how in table.rows:
        if value == text.DASH:
            missing.setdefault(how, []).append(name)
        else:
            spread = "" if interval == text.DASH else interval
            cells.append((name, value, spread, how))
    heads = ["metric", "value", "95 % or range", "how"]
    if is_narrow():
        heads.remove("how")
    if cells:
        print_rows(heads, [row[: len(heads)] for row in cells], right=("value",))
    for reason, names in missing.items():
        note(f"no value ({reason}): {', '.join(names)}")


def _segments(segments: pd.DataFrame, units: Units, paced: bool) -> None:
    """Print the segments; without the adjusted pace and the gait where there is little room, and
    without what holds on foot alone where it wasn't.
    """
    if segments.empty:
        return
    ground = segments["surface"].where(
        ~segments["technical"], segments["surface"] + " technical"
    )
    texts = column_texts(segments, units) | {"ground": ground.tolist()}
    columns = headed("terminal_segments", texts, units)
    if not paced:
        keys = COLUMNS["terminal_segments"].values()
        columns = {
            head: column
            for (head, column), key in zip(columns.items(), keys, strict=True)
            if key not in _ON_FOOT_ALONE
        }
    if is_narrow():
        for name in ("adjusted", "trail?", "gait"):
            columns.pop(name, None)
    print_rows(
        list(columns),
        zip(*columns.values(), strict=True),
        right=columns.keys() - {"surface", "slope", "gait"},
        unbroken=("surface", "slope"),
    )


def _climbs(climbs: pd.DataFrame, units: Units) -> None:
    if climbs.empty:
        return
    columns = headed("terminal_climbs", column_texts(climbs, units), units)
    cells = zip(*columns.values(), strict=True)
    print_rows(list(columns), cells, right=columns.keys() - {""})


def columns(table: schema.Table) -> None:
    """Print a table's columns."""
    note(f"{table.name}: a row is {table.row}")
    print_rows(
        ("column", "dtype", "unit", "meaning"),
        ((c.name, c.dtype, c.unit, c.meaning) for c in table),
    )
