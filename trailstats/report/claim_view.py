"""Claims and training rules as the page shows them: words, formatted numbers and the picture of the
interval.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.claims.wording import (
    answer_word,
    claim_wording,
    claim_words,
    counted_in,
    found_clause,
    plain_measure,
    speaks,
)
from trailstats.report import text
from trailstats.report.palette import (
    EVIDENCE,
    OUTCOMES,
    Swatch,
    verdict_swatch,
)
from trailstats.report.units import METRIC, Units, display_unit
from trailstats.schema import EvidenceStrength, Reach, Verdict


@dataclass(frozen=True)
class IntervalPicture:
    """A difference with its interval on an axis whose middle is zero; positions in percent of
    the axis.

    Attributes
    ----------
    left, width, dot : float
        Where the interval begins, how long it is, and where the difference lies.
    edge : str
        Difference at the right end of the axis; the left end is its opposite.
    clear : bool
        Whether the interval leaves out zero.
    favours : int
        The end of the axis that speaks for the claim: -1 left, 1 right, 0 not known.
    label : str
        The same in words.
    """

    left: float
    width: float
    dot: float
    edge: str
    clear: bool
    favours: int
    label: str


@dataclass(frozen=True)
class MarkView:
    """How far an open claim has come in one respect: in words, and in percent of the way."""

    text: str
    percent: int


@dataclass(frozen=True)
class ClaimView:
    """One claim, or one part of it, ready to be shown.

    Attributes
    ----------
    verdict, kind : Swatch
        In the claim's own words, and as all claims of this verdict.
    measured, meaning : str
        What was found, and what that says about the claim, a line each; the meaning is empty where
        it says no more.
    tested : str
        The statement that the verdict is of.
    marks : tuple of MarkView
        How far an open claim has come.
    margin : str
        The smallest difference that matters, with where it comes from; empty without one.
    needs : tuple of str
        What would answer it.
    """

    claim: str
    title: str
    statement: str
    metric: str
    measure: str
    verdict: Swatch
    kind: Swatch
    measured: str
    tested: str
    meaning: str
    marks: tuple[MarkView, ...]
    answer: str
    margin: str
    needs: tuple[str, ...]
    trail: str
    road: str
    difference: str
    interval: str
    bounds: str
    sample: str
    evidence: str
    dots: int
    picture: IntervalPicture | None
    caveats: tuple[str, ...]
    parts: tuple[ClaimView, ...]
    runs: tuple[int, ...]


@dataclass(frozen=True)
class CheckView:
    """One check of a training rule."""

    period: str
    outcome: Swatch
    detail: str
    runs: tuple[int, ...]


@dataclass(frozen=True)
class RuleView:
    """One training rule with its checks, such as one for each race, ready to be shown."""

    rule: str
    statement: str
    evidence: str
    dots: int
    checks: tuple[CheckView, ...]


def claim_view(
    result: ClaimResult,
    numbers: Mapping[str, int],
    units: Units = METRIC,
    part: bool = False,
) -> ClaimView:
    """Return a claim as the page shows it.

    Parameters
    ----------
    result : ClaimResult
    numbers : mapping of str to int
        The number that the page gives to the activity from each source; sources that it lacks are
        left out.
    units : Units
    part : bool
        Whether it is a part of another claim's answer.
    """
    unit = display_unit(result.unit, result.metric)
    picture = _picture(result, unit, units, _favours(result, part))
    each = counted_in(result.claim)
    difference = units.difference(
        result.difference,
        unit,
        beside=_largest_size(result.low, result.high),
        word=each,
    )
    interval = units.interval(
        result.low, result.high, unit, signed=True, word=each
    )
    # Beside the difference the interval does without the unit.
    _, space, word = difference.partition(" ")
    bounds = interval.removesuffix(space + word)
    if unit == "m/s" and result.road > 0 and math.isfinite(result.difference):
        difference, bounds = _as_pace(result, units)
        interval = bounds or text.DASH
    evidence = result.evidence
    words = claim_words(result.claim)
    kind = verdict_swatch(result.verdict, result.reach)
    sides = [
        units.number(value, unit) if _possible(value) else text.DASH
        for value in (result.trail, result.road)
    ]
    return ClaimView(
        claim=result.claim,
        title=words.title,
        statement=result.statement,
        metric=units.worded(result.metric),
        measure=units.worded(short_metric(result.metric)),
        verdict=replace(
            kind, word=words.words.get(str(result.verdict), kind.word)
        ),
        kind=kind,
        measured=_measured(result, difference),
        tested=result.measured.rstrip("."),
        meaning="" if result.reach is Reach.DIRECT else result.meaning,
        marks=tuple(
            MarkView(mark.text, round(100 * min(mark.have / mark.wanted, 1)))
            for need in sorted(result.needs, key=lambda n: n.kind == "map")
            for mark in need.marks
            if mark.wanted
        ),
        answer=_answer(result, unit, units),
        margin=_margin(result, unit, units),
        needs=tuple(need.text for need in result.needs),
        trail=sides[0],
        road=sides[1],
        difference=difference,
        interval=interval,
        bounds="" if interval == text.DASH else bounds,
        sample=_sample(result),
        evidence=evidence.value if evidence else "",
        dots=EVIDENCE[evidence] if evidence else 0,
        picture=picture,
        caveats=result.caveats,
        parts=tuple(claim_view(p, numbers, units, True) for p in result.parts),
        runs=_runs(result.activities, numbers),
    )


def rule_views(
    results: Sequence[RuleResult],
    numbers: Mapping[str, int],
    units: Units = METRIC,
) -> tuple[RuleView, ...]:
    """Return training rules as the page shows them, the checks of one rule together; ``numbers`` as
    in `claim_view`.
    """
    together: dict[tuple[str, str, EvidenceStrength], list[CheckView]] = {}
    for result in results:
        unknown = Swatch(result.outcome, "dots", "muted")
        check = CheckView(
            period=result.period,
            outcome=OUTCOMES.get(result.outcome, unknown),
            detail=units.measured_text(result.detail),
            runs=_runs(result.activities, numbers),
        )
        rule = (result.rule, result.statement, EvidenceStrength(result.evidence))
        together.setdefault(rule, []).append(check)
    return tuple(
        RuleView(
            rule, statement, evidence.value, EVIDENCE[evidence], tuple(checks)
        )
        for (rule, statement, evidence), checks in together.items()
    )


def short_metric(metric: str) -> str:
    """Return what was measured without the qualifications behind the first comma or colon."""
    return re.split(r"[,:]", metric, maxsplit=1)[0].rstrip(".")


def _answer(result: ClaimResult, unit: str, units: Units) -> str:
    """Return the finding in one sentence; where there is none, the reason."""
    plain = plain_measure(result.claim, result.unit)
    what = units.worded(plain or short_metric(result.metric))
    what = f"{what[:1].upper()}{what[1:]}: "
    sides = [
        f"{units.number(value, unit)} {side}"
        for value, side in zip(
            (result.trail, result.road),
            claim_words(result.claim).sides,
            strict=True,
        )
        if math.isfinite(value)
    ]
    if len(sides) > 1 and not all(map(_possible, (result.trail, result.road))):
        return ""
    if len(sides) > 1:
        return f"{what}{', '.join(sides)}."
    if sides:
        return f"{what}{sides[0]}; nothing to compare with."
    if math.isfinite(result.difference):
        return f"{what}difference {units.difference(result.difference, unit)}."
    if any(math.isfinite(part.difference) for part in result.parts):
        return f"{len(result.parts)} measures, shown apart."
    if any(need.marks for need in result.needs):
        return ""  # how far it has come says the same
    # Among the caveats the one that says what is needed is the reason.
    own = result.claim in claim_wording().claims
    return next(
        (c for c in result.caveats if "needed" in c),
        "" if own else next(iter(result.caveats), ""),
    )


def _as_pace(result: ClaimResult, units: Units) -> tuple[str, str]:
    """Return a difference of speeds and its bounds as seconds of the pace, which the two sides are
    given in, too.
    """
    ends = [
        units.pace_change(result.road, bound, word=False)
        for bound in (result.low, result.high)
    ]
    known = text.DASH not in ends
    return (
        units.pace_change(result.road, result.difference),
        " to ".join(ends) if known else "",
    )


def _measured(result: ClaimResult, difference: str) -> str:
    """Return what was found in a line for a runner; claims of others, which have no such words, by
    their measured statement.
    """
    by = "" if difference == text.DASH else f" by {_size(difference)}"
    clause = found_clause(result)
    if result.is_decided and clause:
        line = f"{clause[0].upper()}{clause[1:]}"
        return line if result.verdict is Verdict.NO_DIFFERENCE else line + by
    if result.verdict is Verdict.INCONCLUSIVE and clause:
        return f"So far {clause}{by}; that may be chance"
    if result.claim in claim_wording().claims and not result.is_decided:
        return ""
    statement = result.measured.rstrip(".") or short_metric(result.metric)
    by = "" if difference == text.DASH else f", {difference}"
    return f"{statement}: {answer_word(result)}{by}"


def _size(difference: str) -> str:
    """Return a difference without its direction, which the clause before it has said."""
    return re.sub(r" (?:slower|faster)$", "", difference).lstrip(f"+{text.MINUS}")


def _possible(value: float) -> bool:
    """Return whether a side's value is shown: a line to all road or all trail can end below zero,
    where none of what is compared can lie.
    """
    return not value < 0.0


def _margin(result: ClaimResult, unit: str, units: Units) -> str:
    if not math.isfinite(result.margin):
        return ""
    source = re.sub(r"\[(\w+)\]_", r"\1", result.margin_source)
    each = counted_in(result.claim)
    if each and unit == "share":
        return f"{100 * result.margin:g} {each} ({source})"
    return f"{units.number(result.margin, unit)} ({source})"


def _favours(result: ClaimResult, part: bool) -> int:
    """Return the sign of the difference that speaks for the claim; of a part only where its verdict
    says.
    """
    if not part:
        return claim_words(result.claim).direction
    sign = speaks(result)
    return sign if result.difference > 0 else -sign


def _sample(result: ClaimResult) -> str:
    if not result.n_trail and not result.n_road:
        return text.DASH
    sides = claim_words(result.claim).counted
    return f"{text.count(result.n_trail)} {sides[0]}, {text.count(result.n_road)} {sides[1]}"


def _runs(sources: Sequence[str], numbers: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers[s] for s in sources if s in numbers))


def _picture(
    result: ClaimResult, unit: str, units: Units, favours: int
) -> IntervalPicture | None:
    if not math.isfinite(result.difference):
        return None
    edge = 1.1 * _largest_size(result.low, result.difference, result.high) or 1.0
    is_bounded = math.isfinite(result.low) or math.isfinite(result.high)
    # An interval that is open on one side reaches the end of the axis there.
    low = -edge if is_bounded else result.difference
    high = edge if is_bounded else result.difference
    if math.isfinite(result.low):
        low = result.low
    if math.isfinite(result.high):
        high = result.high

    def percent_of_axis(value: float) -> float:
        return round(50.0 + 50.0 * value / edge, 2)

    span = units.interval(result.low, result.high, unit, signed=True)
    label = f"difference {units.difference(result.difference, unit)}"
    if span != text.DASH:
        label += f", 95 % interval {span}"
    return IntervalPicture(
        left=percent_of_axis(low),
        width=round(percent_of_axis(high) - percent_of_axis(low), 2),
        dot=percent_of_axis(result.difference),
        edge=units.difference(edge, unit),
        clear=result.low > 0
        or result.high < 0,  # without an interval, NaN, it is not
        favours=favours,
        label=label,
    )


def _largest_size(*values: float) -> float:
    """Return the largest size of the values that are known, 0 without any."""
    return max((abs(v) for v in values if math.isfinite(v)), default=0.0)
