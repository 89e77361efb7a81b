"""Everything that the page shows, as frozen values that are already formatted.

`build_page` is the only place where a `History` or an `Analysis` turns into words and numbers for
people; the template and the scripts only arrange them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from trailstats import schema
from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.history import History
from trailstats.model.athlete import Athlete
from trailstats.model.results import Analysis
from trailstats.report import history_rows as archive
from trailstats.report import text
from trailstats.report.basis import Basis, basis_of
from trailstats.report.claim_view import ClaimView, RuleView, claim_view, rule_views
from trailstats.report.palette import VERDICTS, Swatch
from trailstats.report.sections import ActivityView, activity_view, glossary
from trailstats.report.tracks import track_views
from trailstats.schema import Surface, Verdict, has_ground

__all__ = [
    "ActivityRow",
    "ArchiveView",
    "IssueGroup",
    "Page",
    "VerdictGroup",
    "archive_view",
    "build_page",
]


@dataclass(frozen=True)
class ActivityRow:
    """One row of the table of activities.

    Attributes
    ----------
    number : int
        Number of the activity's section.
    cells : tuple of (str, str)
        For each column the text and the value to sort by, empty where there is none.
    surface : str
    search : str
        What the filter looks through.
    """

    number: int
    cells: tuple[tuple[str, str], ...]
    surface: str
    search: str


@dataclass(frozen=True)
class IssueGroup:
    """One kind of issue over all activities."""

    code: str
    severity: str
    activities: int
    example: str
    runs: tuple[int, ...]


@dataclass(frozen=True)
class VerdictGroup:
    """The claims with one verdict."""

    verdict: Swatch
    claims: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ArchiveView:
    """Rows of the archive's charts, in the units shown; empty where there is nothing to draw."""

    weekly: list[dict[str, object]]
    load: list[dict[str, object]]
    impact: list[dict[str, object]]
    intensity: list[dict[str, object]]
    calendar: list[dict[str, object]]
    variety: list[dict[str, object]]
    trend: archive.Trend


@dataclass(frozen=True, eq=False)
class Page:
    """The whole page.

    Attributes
    ----------
    glossary : tuple of (str, str)
        Metrics and their meaning.
    folder : str
        Address of the folder with a page for each activity, empty when their sections stand in this
        page.
    front : str
        Address of the front page, on the page of a single activity beside it.
    """

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    verdicts: tuple[VerdictGroup, ...]
    claims: tuple[ClaimView, ...]
    rules: tuple[RuleView, ...]
    basis: Basis
    archive: ArchiveView | None
    columns: tuple[str, ...]
    activities: tuple[ActivityRow, ...]
    sections: tuple[ActivityView, ...]
    failures: tuple[tuple[str, str], ...]
    issues: tuple[IssueGroup, ...]
    imperial: bool
    glossary: tuple[tuple[str, str], ...] = ()
    folder: str = ""
    front: str = ""

    def href(self, number: int) -> str:
        """Return the address of an activity: its section, or its own page in the folder."""
        return f"{self.folder}/a{number}.html" if self.folder else f"#a{number}"

    def alone(self, section: ActivityView, front: str) -> Page:
        """Return the page of one activity that stands beside the front page."""
        return Page(
            title=section.title,
            subtitle=section.date,
            facts=(),
            verdicts=(),
            claims=(),
            rules=(),
            basis=self.basis,
            archive=None,
            columns=(),
            activities=(),
            sections=(replace(section, number=0),),
            failures=(),
            issues=(),
            imperial=self.imperial,
            front=front,
        )


def build_page(
    result: History | Analysis,
    *,
    claims: Sequence[ClaimResult] = (),
    rules: Sequence[RuleResult] = (),
    athlete: Athlete | None = None,
    imperial: bool = False,
    title: str = "",
) -> Page:
    """Return everything that the page shows.

    Parameters
    ----------
    result : History or Analysis
        A single analysis gives a page without an archive.
    claims : sequence of ClaimResult
    rules : sequence of RuleResult
    athlete : Athlete, optional
        Whose privacy zones are applied; without one, the history's.
    imperial : bool
        Miles and feet.
    title : str
        Without one, the athlete's or the activity's name.
    """
    history = result if isinstance(result, History) else None
    analyses = list(result.analyses) if isinstance(result, History) else [result]
    athlete = athlete or (history.athlete if history else Athlete())
    table = _read(history)
    doubles = list(table["duplicate_of"]) if history else [""]
    surfaces = (
        [Surface(s) if s else None for s in table["surface"]] if history else [None]
    )
    failures = history.failures if history else ()
    short = _short_names(
        [a.meta.source for a in analyses] + [f.source for f in failures]
    )
    tracks = track_views([a.profile for a in analyses], athlete.privacy_zones)
    sections = tuple(
        activity_view(
            a,
            k,
            track,
            surface=surface,
            file=short[a.meta.source],
            duplicate_of=short.get(double, double),
            imperial=imperial,
        )
        for k, (a, track, surface, double) in enumerate(
            zip(analyses, tracks, surfaces, doubles, strict=True)
        )
    )
    numbers = {a.meta.source: k for k, a in enumerate(analyses)}
    answers = tuple(
        _with_rules(claim_view(c, numbers, imperial), rules) for c in claims
    )
    period = history.period if history else None
    return Page(
        title=title or _title(history, athlete, sections),
        subtitle=text.span(*period)
        if period
        else sections[0].date
        if sections and not history
        else "",
        facts=_facts(history, table, imperial),
        verdicts=_verdict_groups(answers),
        claims=answers,
        rules=rule_views(rules, numbers),
        basis=basis_of(
            analyses, history.limits if history else None, bool(athlete.privacy_zones)
        ),
        archive=archive_view(history, imperial, analyses=analyses) if history else None,
        columns=_columns(imperial),
        activities=tuple(
            _row(a, s, double, imperial)
            for a, s, double in zip(analyses, sections, doubles, strict=True)
        )
        if history
        else (),
        sections=sections,
        failures=tuple(
            (short[f.source], _failure(f.message, f.where)) for f in failures
        ),
        issues=_issues(analyses) if history else (),
        imperial=imperial,
        glossary=glossary(analyses),
    )


def _with_rules(view: ClaimView, rules: Sequence[RuleResult]) -> ClaimView:
    """Return the claim on the training rules with a count that can be read without their codes."""
    judged = [r.outcome for r in rules if r.outcome in ("pass", "fail")]
    if view.claim != "training_rules" or not judged:
        return view
    return replace(
        view,
        answer=f"{judged.count('pass')} of {len(judged)} checks kept; they are listed below.",
    )


def _short_names(sources: Sequence[str]) -> dict[str, str]:
    """Return each source without the folders that all share: a page that is passed on shows no
    one's disk.
    """
    parts = [source.replace("\\", "/").split("/") for source in sources]
    folders = [p[:-1] for p in parts]
    shared = 0
    for level in zip(*folders, strict=False):
        if len(set(level)) > 1:
            break
        shared += 1
    return {
        source: "/".join(p[shared:]) for source, p in zip(sources, parts, strict=True)
    }


def _read(history: History | None) -> pd.DataFrame:
    """Return the rows of the activities that were read, in the order of the analyses."""
    if history is None:
        return schema.ACTIVITIES.empty()
    return history.activities[history.activities["status"] == "ok"]


def _title(
    history: History | None, athlete: Athlete, sections: Sequence[ActivityView]
) -> str:
    if history is None and sections:
        return sections[0].title
    return f"Road and trail: {athlete.name}" if athlete.name else "Road and trail"


def _facts(
    history: History | None, table: pd.DataFrame, imperial: bool
) -> tuple[tuple[str, str], ...]:
    if history is None:
        return ()
    own = table[table["duplicate_of"] == ""]
    length = own["distance"].fillna(0.0)
    total = float(length.sum())
    grounds = (
        ("on trail", "trail"),
        ("on road", "road"),
        ("unknown ground", "unknown"),
    )
    sides = {
        words: float((length * own[f"{s}_share"].fillna(0.0)).sum())
        for words, s in grounds
    }
    facts = [
        ("activities", text.count(len(own))),
        ("distance", text.distance(total, imperial)),
        (
            "time",
            text.duration(float(own["moving_time"].fillna(0.0).sum())).rsplit(":", 1)[0]
            + " h",
        ),
        ("ascent", text.elevation(float(own["ascent"].fillna(0.0).sum()), imperial)),
        *(
            (words, text.percent(side / total if total > 0 else math.nan))
            for words, side in sides.items()
        ),
    ]
    doubles = len(table) - len(own)
    if doubles:
        facts.append(("left out as duplicates", text.count(doubles)))
    if history.failures:
        facts.append(("could not be read", text.count(len(history.failures))))
    return tuple(facts)


def _verdict_groups(claims: Sequence[ClaimView]) -> tuple[VerdictGroup, ...]:
    groups = []
    for swatch in (VERDICTS[v] for v in Verdict):
        own = tuple((c.claim, c.title) for c in claims if c.verdict == swatch)
        if own:
            groups.append(VerdictGroup(swatch, own))
    return tuple(groups)


def archive_view(
    history: History,
    imperial: bool = False,
    *,
    analyses: Sequence[Analysis] | None = None,
) -> ArchiveView:
    """Return the rows of the archive's charts.

    Parameters
    ----------
    history : History
    imperial : bool
    analyses : sequence of Analysis, optional
        Those of the history, where they are at hand already.
    """
    return ArchiveView(
        weekly=archive.weekly_rows(history.weekly(), imperial),
        load=archive.load_rows(history),
        impact=archive.weekly_impact_rows(history),
        intensity=archive.intensity_rows(_read(history), analyses or history.analyses),
        calendar=archive.calendar_rows(history.activities, imperial),
        variety=archive.variety_rows(history),
        trend=archive.trend_rows(history, imperial),
    )


def _columns(imperial: bool) -> tuple[str, ...]:
    far, high = ("mi", "ft") if imperial else ("km", "m")
    names = (
        "date",
        "name",
        "ground",
        "on trail",
        f"distance ({far})",
        "time",
        f"ascent ({high})",
        f"pace (/{far})",
    )
    return (*names, f"grade-adj. (/{far})", "heart rate", "load", "impact")


def _row(
    analysis: Analysis, section: ActivityView, double: str, imperial: bool
) -> ActivityRow:
    t, metrics = analysis.totals, analysis.metrics
    start = analysis.meta.start_time
    found = [
        metrics[name].value if name in metrics else math.nan
        for name in ("session_load", "impact_load")
    ]
    trail = (
        t.trail_share
        if has_ground(analysis.meta.sport, analysis.meta.sub_sport)
        else math.nan
    )
    cells = (
        (section.date, "" if start is None else str(int(start.timestamp()))),
        (
            f"{section.title} (duplicate)" if double else section.title,
            section.title.casefold(),
        ),
        (section.surface.value, section.surface.value),
        _cell(text.at_least(trail, t.unknown_share), trail),
        _cell(text.distance(t.distance, imperial), t.distance),
        _cell(text.duration(t.moving_time), t.moving_time),
        _cell(text.elevation(t.ascent, imperial), t.ascent),
        _cell(text.pace(t.mean_speed, imperial), t.mean_speed),
        _cell(text.pace(t.grade_adjusted_speed, imperial), t.grade_adjusted_speed),
        _cell(text.rate(t.mean_heart_rate), t.mean_heart_rate),
        _cell(text.number(found[0], "1"), found[0]),
        _cell(text.number(found[1], "1"), found[1]),
    )
    search = " ".join(
        (
            section.title,
            section.file,
            section.date,
            section.surface.value,
            analysis.meta.workout,
        )
    )
    return ActivityRow(section.number, cells, section.surface.value, search.casefold())


def _cell(shown: str, value: float) -> tuple[str, str]:
    bare = shown if shown.endswith("%") else shown.split(" ", 1)[0]
    return bare, f"{value:.6g}" if math.isfinite(value) else ""


def _failure(message: str, where: str) -> str:
    return f"{message} ({where})" if where else message


def _issues(analyses: Sequence[Analysis]) -> tuple[IssueGroup, ...]:
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for number, analysis in enumerate(analyses):
        for issue in analysis.issues:
            found[issue.code].append((number, issue.severity.value, issue.message))
    order = ["error", "warning", "info"]
    groups = []
    for code, items in found.items():
        runs = tuple(dict.fromkeys(number for number, _, _ in items))
        worst = min((severity for _, severity, _ in items), key=order.index)
        groups.append(
            IssueGroup(code.replace("_", " "), worst, len(runs), items[0][2], runs)
        )
    return tuple(sorted(groups, key=lambda g: (order.index(g.severity), -g.activities)))
