"""The words of claims, their parts and the training rules, as they stand in ``claims.toml``."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.schema import EvidenceStrength, Reach, Verdict

__all__ = [
    "ClaimWords",
    "PartWords",
    "RuleWords",
    "Wording",
    "answer_word",
    "claim_wording",
    "claim_words",
    "counted_in",
    "found_clause",
    "meaning_of",
    "plain_measure",
    "rule_result",
    "speaks",
    "unanswered",
]


@dataclass(frozen=True, kw_only=True)
class ClaimWords:
    """What the article says, and what has been published on it.

    Attributes
    ----------
    title, aim, statement : str
        A short name, what is to come of it in a few words, and the claim in a sentence.
    reach : Reach
        How far the main measure carries to the claim.
    direction : int
        The sign of the difference, trail less road, that speaks for the claim; 0 for none.
    evidence : EvidenceStrength
    published : str
        The state of the literature in a sentence.
    sides, counted : tuple of str
        What the two values are of, and what is counted on each side.
    caveats : tuple of str
        What limits every answer.
    words : mapping of str to str
        What a verdict is called for people, where that isn't the general word.
    higher, lower, same : str
        What was found, in a clause for a runner: trail has more, less, as much; empty where the
        claim compares nothing.
    figure : str
        The part whose figure the answer has; empty for the claim's own name.
    """

    title: str
    aim: str = ""
    statement: str = ""
    reach: Reach = Reach.DIRECT
    direction: int = 0
    evidence: EvidenceStrength = EvidenceStrength.NONE
    published: str = ""
    sides: tuple[str, ...] = ("on trail", "on road")
    counted: tuple[str, ...] = ("trail", "road")
    caveats: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    higher: str = ""
    lower: str = ""
    same: str = ""
    figure: str = ""


@dataclass(frozen=True, kw_only=True)
class PartWords:
    """One figure of an answer.

    Attributes
    ----------
    metric, unit, statement : str
        As of `ClaimResult`; the statement is what the verdict is of.
    direction : int
        As of `ClaimWords`.
    caveats : tuple of str
        What limits every answer.
    reach : Reach or None
        How far it carries to the claim; None for as far as the claim's main measure.
    margin : float
        Smallest difference that matters; 0 for any.
    relative : bool
        Whether the margin is a share of the road's value.
    margin_source : str
    judged : bool
        Whether it gets a verdict; what can't fail gets none.
    wants : str
        What its runs must hold, such as a heart rate.
    cue : bool
        Whether the ground model goes by it, so that its sides must rest on something else.
    each : str
        What a difference is counted in, for people, such as "% of the pace"; empty for the unit.
    plain : str
        What the two values are, in a runner's words; empty where the metric does.
    no_worse : bool
        Whether it holds that there is no difference against the claim that matters, rather than
        one for it.
    """

    metric: str
    unit: str = "1"
    direction: int = 0
    statement: str = ""
    caveats: tuple[str, ...] = ()
    reach: Reach | None = None
    margin: float = 0.0
    relative: bool = False
    margin_source: str = "our choice"
    judged: bool = True
    wants: str = "runs"
    cue: bool = False
    no_worse: bool = False
    each: str = ""
    plain: str = ""


@dataclass(frozen=True, kw_only=True)
class RuleWords:
    """One training rule, with what it suggests for the next weeks where it isn't kept."""

    statement: str
    evidence: EvidenceStrength
    advice: str


@dataclass(frozen=True)
class Wording:
    """All of them by identifier, in the order in which they are answered and shown."""

    claims: Mapping[str, ClaimWords]
    parts: Mapping[str, PartWords]
    rules: Mapping[str, RuleWords]
    answers: Mapping[str, str]
    meanings: Mapping[str, Mapping[str, str]]


@cache
def claim_wording() -> Wording:
    """Return the words of the claims, read once."""
    file = resources.files("trailstats.claims").joinpath("claims.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return Wording(
        {k: ClaimWords(**_typed(v)) for k, v in table["claims"].items()},
        {k: PartWords(**_typed(v)) for k, v in table["parts"].items()},
        {k: RuleWords(**_typed(v)) for k, v in table["rules"].items()},
        table["answers"],
        table["meanings"],
    )


def claim_words(claim: str) -> ClaimWords:
    """Return the words of one claim; of an unknown one, such as a part's, a title alone."""
    known = claim_wording().claims.get(claim)
    return known or ClaimWords(title=claim.replace("_", " ").capitalize())


def answer_word(result: ClaimResult) -> str:
    """Return how the measured statement is answered: "yes", "no, the opposite", "open", ..."""
    return claim_wording().answers[result.verdict or "described"]


def plain_measure(claim: str, unit: str) -> str:
    """Return what the two values of a claim's answer are, in a runner's words; empty where there
    are none, or the answer is of another unit than its figure.

    Examples
    --------
    >>> plain_measure("easy_days", "1")
    'time above your easy limit on easy days'
    """
    part = claim_wording().parts.get(claim_words(claim).figure or claim)
    return part.plain if part and part.unit == unit else ""


def counted_in(claim: str) -> str:
    """Return what a difference of a claim or part is counted in, for people, such as "min in 100";
    empty where it is the unit.

    Examples
    --------
    >>> counted_in("easy_days"), counted_in("strength")
    ('min in 100', '')
    """
    part = claim_wording().parts.get(claim_words(claim).figure or claim)
    return part.each if part else ""


def found_clause(result: ClaimResult) -> str:
    """Return what an answer found, in a clause for a runner, such as "trail runs climb more"; empty
    without a difference, or where the claim has no such words.
    """
    own = claim_words(result.claim)
    if result.verdict is Verdict.NO_DIFFERENCE:
        return own.same
    if not math.isfinite(result.difference):
        return ""
    return own.higher if result.difference > 0 else own.lower


def meaning_of(claim: str, verdict: Verdict | None, reach: Reach) -> str:
    """Return what the verdict of a claim's main measure says about the claim itself; empty where
    it says no more.
    """
    words = claim_wording()
    own = claim_words(claim)
    # What holds that there is no difference is borne out by finding none.
    part = words.parts.get(claim)
    if part and part.no_worse and verdict is Verdict.NO_DIFFERENCE:
        verdict = Verdict.SUPPORTED
    meaning = words.meanings[reach][verdict or "described"]
    return f"{own.aim or own.title}: {meaning}" if meaning else ""


def speaks(result: ClaimResult) -> int:
    """Return 1 where an answer speaks for the claim, -1 where it speaks against it, else 0."""
    part = claim_wording().parts.get(result.claim)
    if part and part.no_worse and result.verdict is Verdict.NO_DIFFERENCE:
        return 1
    return {Verdict.SUPPORTED: 1, Verdict.CONTRADICTED: -1}.get(
        result.verdict or Verdict.INCONCLUSIVE, 0
    )


def unanswered(part: str, *caveats: str) -> ClaimResult:
    """Return one figure's answer without numbers; ``caveats`` follow those of every answer."""
    words = claim_wording().parts[part]
    return ClaimResult(
        part,
        words.statement,
        words.metric,
        words.unit,
        caveats=(*words.caveats, *caveats),
        measured=words.statement,
        verdict=Verdict.NOT_ENOUGH_DATA if words.judged else None,
    )


def rule_result(
    rule: str,
    period: str,
    outcome: str | bool,
    detail: str,
    activities: tuple[str, ...] = (),
) -> RuleResult:
    """Return a rule's outcome with its words; True and False stand for pass and fail."""
    words = claim_wording().rules[rule]
    if isinstance(outcome, bool):
        outcome = "pass" if outcome else "fail"
    return RuleResult(
        rule, words.statement, period, outcome, detail, words.evidence, activities
    )


def _typed(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry with tuples for lists, and enums for evidence and reach."""
    typed: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()
    }
    for key, kind in (("evidence", EvidenceStrength), ("reach", Reach)):
        if key in typed:
            typed[key] = kind(typed[key])
    return typed
