"""Everything that the page shows, as frozen values that are already formatted.

`build_page` is the only place where a `History` or an `Analysis` turns into words and numbers for
people; the template and the scripts only arrange them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, takewhile

from trailstats.arrays import Flags
from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.claims.summary import one_sentence, to_answer
from trailstats.claims.wording import claim_words
from trailstats.history import History
from trailstats.history.map_need import MapNeed, history_need, map_need
from trailstats.model.athlete import Athlete
from trailstats.model.limits import resolve_limits
from trailstats.model.results import Analysis
from trailstats.report import history_rows, own_skill, text
from trailstats.report.activity_part import (
    ActivityPart,
    IssueGroup,
    Section,
    activity_part,
    activity_parts,
    issue_groups,
)
from trailstats.report.activity_rows import ActivityRow, activity_columns
from trailstats.report.basis import Basis, basis_of
from trailstats.report.claim_view import (
    ClaimView,
    RuleView,
    claim_view,
    rule_views,
)
from trailstats.report.neighbours import Neighbours, neighbours_of
from trailstats.report.overview import overview_of, read_activities
from trailstats.report.palette import SWATCHES, Swatch
from trailstats.report.privacy import zones_left_out
from trailstats.report.run_tables import METRIC_WORDS, glossary
from trailstats.report.sections import Listing, Shown
from trailstats.report.tracks import planes_of
from trailstats.report.units import METRIC, Units
from trailstats.report.ways import RegionWays, ways_under
from trailstats.schema import RunSurface, Surface
from trailstats.terrain import RoadMap


@dataclass(frozen=True)
class VerdictGroup:
    """The claims with one verdict: identifier, title, and how far an open one has come."""

    verdict: Swatch
    claims: tuple[tuple[str, str, str], ...]


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
    own: own_skill.OwnSkill


@dataclass(frozen=True, eq=False)
class Page:
    """The whole page.

    Attributes
    ----------
    answer : str
        All answers in one sentence.
    to_answer : tuple of (str, str, tuple of (str, str))
        What would answer more claims, the best first, each with how to give it and the claims that
        it would answer.
    glossary : tuple of (str, str)
        Metrics and their meaning.
    folder : str
        Address of the folder with a page for each activity, empty when their sections stand in this
        page.
    front : str
        Address of the front page, on the page of a single activity beside it.
    neighbours : tuple of Neighbours
        Of each activity.
    ways : tuple of RegionWays
        Of a map, drawn under the tracks.
    attribution : str
        What has to stand where the ground is shown; empty where no map was of use.
    """

    title: str
    basis: Basis
    sections: tuple[Section, ...]
    units: Units
    subtitle: str = ""
    facts: text.Pairs = ()
    answer: str = ""
    to_answer: tuple[tuple[str, str, text.Pairs], ...] = ()
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
    neighbours: tuple[Neighbours, ...] = ()
    ways: tuple[RegionWays, ...] = ()

    @property
    def sports(self) -> tuple[str, ...]:
        """The sports of the activities, the most frequent first."""
        found = Counter(row.sport for row in self.activities)
        return tuple(sport for sport, _ in found.most_common())

    def href(self, number: int) -> str:
        """Return the address of an activity: its section, or its own page in the folder."""
        return f"{self.folder}/a{number}.html" if self.folder else f"#a{number}"

    def alone(self, section: Section, front: str) -> Page:
        """Return the page of one activity that stands beside the front page."""
        return Page(
            title=section.heading.title,
            subtitle=section.heading.date,
            basis=self.basis,
            sections=(replace(section, number=0),),
            units=self.units,
            front=front,
            attribution=self.attribution,
            neighbours=self.neighbours[section.number : section.number + 1],
            ways=tuple(
                own for own in self.ways if own.region == section.plane.region
            ),
        )


def build_page(
    result: History | Analysis,
    *,
    claims: Sequence[ClaimResult] = (),
    rules: Sequence[RuleResult] = (),
    athlete: Athlete | None = None,
    units: Units = METRIC,
    map: RoadMap | None = None,
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
    map : RoadMap, optional
        Its ways are drawn under the tracks.
    """
    if isinstance(result, Analysis):
        page = _run_page(result, athlete or Athlete(), units)
        return replace(page, ways=_ways_under(map, page.sections))
    athlete = athlete or result.athlete
    zones = zones_left_out(athlete)
    parts = activity_parts(result, zones=zones, shown=Shown(units, result.limits))
    table = read_activities(result.activities)
    failures = result.failures
    sources = table["file"].tolist()
    own = table.index.isin(result.archive.index)
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
                own.tolist(),
                strict=True,
            )
        )
    ]
    sections, activities = _listed(parts, listings)
    numbers = {source: k for k, source in enumerate(sources)}
    answers = tuple(
        _with_rule_count(claim_view(c, numbers, units), rules) for c in claims
    )
    name = f"Road and trail: {athlete.name}" if athlete.name else "Road and trail"
    return Page(
        title=name,
        subtitle=text.span(*result.period) if result.period else "",
        facts=_history_facts(result, units),
        answer=one_sentence(claims) if claims else "",
        to_answer=tuple(
            (
                wanted.need.text,
                METRIC_WORDS["needs"].get(wanted.need.kind, ""),
                tuple((c, claim_words(c).title) for c in wanted.claims),
            )
            for wanted in to_answer(claims)
        ),
        verdicts=_verdict_groups(answers),
        claims=answers,
        rules=rule_views(rules, numbers, units),
        basis=basis_of(
            [
                part.counted
                for part, counts in zip(parts, own, strict=True)
                if counts
            ],
            result.limits,
            bool(zones),
            partial(_need_of, result, own),
        ),
        history=history_view(result, units),
        columns=activity_columns(units),
        activities=activities,
        sections=sections,
        failures=tuple(
            (
                short[f.source],
                f"{f.message} ({f.where})" if f.where else f.message,
            )
            for f in failures
        ),
        issues=issue_groups(parts),
        units=units,
        attribution=result.attribution,
        neighbours=neighbours_of([section.plane for section in sections]),
        ways=_ways_under(map, sections),
        glossary=_glossary(parts, units),
    )


def _run_page(analysis: Analysis, athlete: Athlete, units: Units) -> Page:
    """Return the page of a single activity."""
    source = analysis.meta.source
    listing = Listing(0, _short_names([source])[source])
    zones = zones_left_out(athlete)
    limits = resolve_limits(athlete, day=analysis.meta.start_time)
    part = activity_part(analysis, zones=zones, shown=Shown(units, limits))
    sections, _ = _listed([part], [listing])

    def need(outside: Flags) -> MapNeed:
        return map_need([(analysis.profile, analysis.segments)] * outside.sum())

    return Page(
        title=sections[0].heading.title,
        subtitle=sections[0].heading.date,
        basis=basis_of([part.counted], None, bool(zones), need),
        sections=sections,
        units=units,
        attribution=analysis.meta.attribution,
        glossary=_glossary([part], units),
    )


def _glossary(parts: Sequence[ActivityPart], units: Units) -> text.Pairs:
    """Return what the metrics of activities mean."""
    found = {part.counted.metrics for part in parts}
    return glossary({name for names in found for name in names.split(" ")}, units)


def _need_of(history: History, own: Flags, outside: Flags) -> MapNeed:
    """Return what activities need of a map; ``outside`` are of those that are the page's own."""
    counted = own.copy()
    counted[own] = outside
    return history_need(history, counted)


def _listed(
    parts: Sequence[ActivityPart], listings: Sequence[Listing]
) -> tuple[tuple[Section, ...], tuple[ActivityRow, ...]]:
    """Return sections and rows of activities that stand on one page."""
    planes = planes_of([part.points for part in parts])
    pairs = [
        part.listed(listing, plane)
        for part, listing, plane in zip(parts, listings, planes, strict=True)
    ]
    return tuple(s for s, _ in pairs), tuple(row for _, row in pairs)


def _ways_under(
    map: RoadMap | None, sections: Sequence[Section]
) -> tuple[RegionWays, ...]:
    points = [section.part.points for section in sections]
    return ways_under(map, points, [section.plane for section in sections])


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
    """Return the claims by what their verdicts say, in the order of the general words."""
    ordered = sorted(
        claims, key=lambda c: (SWATCHES.index(c.kind), c.verdict != c.kind)
    )
    return tuple(
        VerdictGroup(
            swatch,
            tuple(
                (c.claim, c.title, c.marks[0].text if c.marks else "")
                for c in own
            ),
        )
        for swatch, own in groupby(ordered, key=lambda c: c.verdict)
    )


def history_view(history: History, units: Units) -> HistoryView:
    """Return the rows of the history's charts."""
    return HistoryView(
        weekly=history_rows.weekly_rows(history.weekly(), units),
        load=history_rows.load_rows(history),
        impact=history_rows.weekly_impact_rows(history, units),
        intensity=history_rows.intensity_rows(history),
        calendar=history_rows.calendar_rows(history, units),
        variety=history_rows.variety_rows(history),
        trend=history_rows.trend_rows(history, units),
        own=own_skill.own_skill(history),
    )
