"""Everything that the page shows, as frozen values that are already formatted.

`build_page` is the only place where a `History` or an `Analysis` turns into words and numbers for
people; the template and the scripts only arrange them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.claims.summary import one_sentence, to_answer
from trailstats.claims.wording import claim_words
from trailstats.history import History
from trailstats.model.athlete import Athlete
from trailstats.model.results import Analysis
from trailstats.report import history_rows, text
from trailstats.report.activity_rows import (
    ActivityRow,
    IssueGroup,
    activity_columns,
    activity_row,
    issue_groups,
)
from trailstats.report.basis import Basis, basis_of
from trailstats.report.claim_view import (
    ClaimView,
    RuleView,
    claim_view,
    rule_views,
)
from trailstats.report.overview import overview_of, read_activities
from trailstats.report.palette import SWATCHES, Swatch
from trailstats.report.privacy import zones_left_out
from trailstats.report.run_tables import glossary
from trailstats.report.sections import ActivityView, Listing, activity_view
from trailstats.report.tracks import track_views
from trailstats.report.units import METRIC, Units
from trailstats.schema import RunSurface, Surface


@dataclass(frozen=True)
class VerdictGroup:
    """The claims with one verdict."""

    verdict: Swatch
    claims: text.Pairs


@dataclass(frozen=True)
class HistoryView:
    """Rows of the history's charts, in the units shown; empty where there is nothing to draw."""

    weekly: history_rows.Rows
    load: history_rows.Rows
    impact: history_rows.Rows
    intensity: history_rows.Rows
    calendar: history_rows.Rows
    variety: history_rows.Rows
    trend: history_rows.Trend


@dataclass(frozen=True, eq=False)
class Page:
    """The whole page.

    Attributes
    ----------
    answer : str
        All answers in one sentence.
    to_answer : tuple of (str, tuple of (str, str))
        What would answer more claims, the best first, each with the claims that it would answer.
    glossary : tuple of (str, str)
        Metrics and their meaning.
    folder : str
        Address of the folder with a page for each activity, empty when their sections stand in this
        page.
    front : str
        Address of the front page, on the page of a single activity beside it.
    attribution : str
        What has to stand where the ground is shown; empty where no map was of use.
    """

    title: str
    basis: Basis
    sections: tuple[ActivityView, ...]
    units: Units
    subtitle: str = ""
    facts: text.Pairs = ()
    answer: str = ""
    to_answer: tuple[tuple[str, text.Pairs], ...] = ()
    verdicts: tuple[VerdictGroup, ...] = ()
    claims: tuple[ClaimView, ...] = ()
    rules: tuple[RuleView, ...] = ()
    history: HistoryView | None = None
    columns: tuple[str, ...] = ()
    activities: tuple[ActivityRow, ...] = ()
    failures: text.Pairs = ()
    issues: tuple[IssueGroup, ...] = ()
    glossary: text.Pairs = ()
    folder: str = ""
    front: str = ""
    attribution: str = ""

    @property
    def sports(self) -> tuple[str, ...]:
        """The sports of the activities, the most frequent first."""
        found = Counter(row.sport for row in self.activities)
        return tuple(sport for sport, _ in found.most_common())

    def href(self, number: int) -> str:
        """Return the address of an activity: its section, or its own page in the folder."""
        return f"{self.folder}/a{number}.html" if self.folder else f"#a{number}"

    def alone(self, section: ActivityView, front: str) -> Page:
        """Return the page of one activity that stands beside the front page."""
        return Page(
            title=section.title,
            subtitle=section.date,
            basis=self.basis,
            sections=(replace(section, number=0),),
            units=self.units,
            front=front,
            attribution=self.attribution,
        )


def build_page(
    result: History | Analysis,
    *,
    claims: Sequence[ClaimResult] = (),
    rules: Sequence[RuleResult] = (),
    athlete: Athlete | None = None,
    units: Units = METRIC,
    title: str = "",
) -> Page:
    """Return everything that the page shows.

    Parameters
    ----------
    result : History or Analysis
        A single analysis gives a page without charts and claims of a history.
    claims : sequence of ClaimResult
    rules : sequence of RuleResult
    athlete : Athlete, optional
        Whose privacy zones are applied; without one, the history's.
    units : Units
    title : str
        Without one, the athlete's or the activity's name.
    """
    if isinstance(result, Analysis):
        return _run_page(result, athlete or Athlete(), units, title)
    athlete = athlete or result.athlete
    analyses = list(result.analyses)
    table = read_activities(result.activities)
    failures = result.failures
    sources = [a.meta.source for a in analyses]
    own = table.index.isin(result.archive.index).tolist()
    short = _short_names([*sources, *(f.source for f in failures)])
    listings = [
        Listing(
            number,
            short[file],
            RunSurface(surface) if surface else None,
            short.get(double, double),
            counts,
        )
        for number, (file, surface, double, counts) in enumerate(
            zip(
                sources,
                table["surface"],
                table["duplicate_of"],
                own,
                strict=True,
            )
        )
    ]
    sections = _sections(analyses, listings, athlete, units)
    numbers = {source: k for k, source in enumerate(sources)}
    answers = tuple(
        _with_rule_count(claim_view(c, numbers, units), rules) for c in claims
    )
    name = f"Road and trail: {athlete.name}" if athlete.name else "Road and trail"
    return Page(
        title=title or name,
        subtitle=text.span(*result.period) if result.period else "",
        facts=_history_facts(result, units),
        answer=one_sentence(claims) if claims else "",
        to_answer=tuple(
            (
                wanted.need.text,
                tuple((c, claim_words(c).title) for c in wanted.claims),
            )
            for wanted in to_answer(claims)
        ),
        verdicts=_verdict_groups(answers),
        claims=answers,
        rules=rule_views(rules, numbers),
        basis=basis_of(
            [a for a, counts in zip(analyses, own, strict=True) if counts],
            result.limits,
            bool(athlete.privacy_zones),
        ),
        history=history_view(result, units, analyses=analyses),
        columns=activity_columns(units),
        activities=tuple(
            activity_row(a, s, listing, units)
            for a, s, listing in zip(analyses, sections, listings, strict=True)
        ),
        sections=sections,
        failures=tuple(
            (
                short[f.source],
                f"{f.message} ({f.where})" if f.where else f.message,
            )
            for f in failures
        ),
        issues=issue_groups(analyses),
        units=units,
        attribution=result.attribution,
        glossary=glossary(analyses),
    )


def _run_page(
    analysis: Analysis, athlete: Athlete, units: Units, title: str
) -> Page:
    """Return the page of a single activity."""
    source = analysis.meta.source
    listing = Listing(0, _short_names([source])[source])
    sections = _sections([analysis], [listing], athlete, units)
    return Page(
        title=title or sections[0].title,
        subtitle=sections[0].date,
        basis=basis_of([analysis], None, bool(athlete.privacy_zones)),
        sections=sections,
        units=units,
        attribution=analysis.meta.attribution,
        glossary=glossary([analysis]),
    )


def _sections(
    analyses: Sequence[Analysis],
    listings: Sequence[Listing],
    athlete: Athlete,
    units: Units,
) -> tuple[ActivityView, ...]:
    tracks = track_views([a.profile for a in analyses], zones_left_out(athlete))
    return tuple(
        activity_view(analysis, listing, track, units)
        for analysis, listing, track in zip(
            analyses, listings, tracks, strict=True
        )
    )


def _with_rule_count(view: ClaimView, rules: Sequence[RuleResult]) -> ClaimView:
    """Return the claim on the training rules with a count that can be read without their codes."""
    judged = [r.outcome for r in rules if r.outcome in ("pass", "fail")]
    if view.claim != "training_rules" or not judged:
        return view
    kept = judged.count("pass")
    return replace(
        view,
        answer=f"{kept} of {len(judged)} checks kept; they are listed below.",
    )


def _short_names(sources: Sequence[str]) -> dict[str, str]:
    """Return each source without the folders that all share: a page that is passed on shows no
    one's disk.
    """
    parts = [source.replace("\\", "/").split("/") for source in sources]
    levels = zip(*(p[:-1] for p in parts), strict=False)
    shared = len(list(takewhile(lambda names: len(set(names)) == 1, levels)))
    return {
        source: "/".join(p[shared:])
        for source, p in zip(sources, parts, strict=True)
    }


def _history_facts(history: History, units: Units) -> text.Pairs:
    total = overview_of(history)
    hours = text.duration(total.moving_time).rsplit(":", 1)[0]
    facts = {
        "runs": text.count(total.runs),
        "hikes on trail": text.count(total.hikes) if total.hikes else "",
        "distance": units.distance(total.distance),
        "time": f"{hours} h",
        "ascent": units.elevation(total.ascent),
        "on trail": text.percent(total.shares[Surface.TRAIL]),
        "on road": text.percent(total.shares[Surface.ROAD]),
        "unknown ground": text.percent(total.shares[Surface.UNKNOWN]),
    }
    if total.duplicates:
        facts["left out as duplicates"] = text.count(total.duplicates)
    if total.failures:
        facts["could not be read"] = text.count(total.failures)
    if total.others:
        facts["listed apart"] = text.sports(total.others)
    return tuple((what, value) for what, value in facts.items() if value)


def _verdict_groups(claims: Sequence[ClaimView]) -> tuple[VerdictGroup, ...]:
    groups = {
        swatch: tuple((c.claim, c.title) for c in claims if c.verdict == swatch)
        for swatch in SWATCHES
    }
    return tuple(
        VerdictGroup(swatch, own) for swatch, own in groups.items() if own
    )


def history_view(
    history: History, units: Units, *, analyses: Sequence[Analysis] | None = None
) -> HistoryView:
    """Return the rows of the history's charts.

    Parameters
    ----------
    history : History
    units : Units
    analyses : sequence of Analysis, optional
        Those of the history, where they are at hand already.
    """
    return HistoryView(
        weekly=history_rows.weekly_rows(history.weekly(), units),
        load=history_rows.load_rows(history),
        impact=history_rows.weekly_impact_rows(history),
        intensity=history_rows.intensity_rows(history, analyses=analyses),
        calendar=history_rows.calendar_rows(history, units),
        variety=history_rows.variety_rows(history),
        trend=history_rows.trend_rows(history, units),
    )
