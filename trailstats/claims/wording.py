"""The words of claims, their parts and the training rules, as they stand in ``claims.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.schema import EvidenceStrength

__all__ = [
    "ClaimWords",
    "PartWords",
    "RuleWords",
    "Wording",
    "claim_wording",
    "claim_words",
    "rule_result",
    "unanswered",
]


@dataclass(frozen=True, kw_only=True)
class ClaimWords:
    """What the article says, and what has been published on it.

    Attributes
    ----------
    title, statement : str
        A short name, and the claim in a sentence.
    direction : int
        The sign of the difference, trail less road, that speaks for the claim; 0 for none.
    evidence : EvidenceStrength
    published : str
        The state of the literature in a sentence.
    sides, counted : tuple of str
        What the two values are of, and what is counted on each side.
    caveats : tuple of str
        What limits every answer.
    """

    title: str
    statement: str = ""
    direction: int = 0
    evidence: EvidenceStrength = EvidenceStrength.NONE
    published: str = ""
    sides: tuple[str, ...] = ("on trail", "on road")
    counted: tuple[str, ...] = ("trail", "road")
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PartWords:
    """One figure of an answer; attributes as of `ClaimResult`, ``direction`` as of `ClaimWords`."""

    metric: str
    unit: str = "1"
    direction: int = 0
    statement: str = ""
    caveats: tuple[str, ...] = ()


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


@cache
def claim_wording() -> Wording:
    """Return the words of the claims, read once."""
    file = resources.files("trailstats.claims").joinpath("claims.toml")
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return Wording(
        {k: ClaimWords(**_typed(v)) for k, v in table["claims"].items()},
        {k: PartWords(**_typed(v)) for k, v in table["parts"].items()},
        {k: RuleWords(**_typed(v)) for k, v in table["rules"].items()},
    )


def claim_words(claim: str) -> ClaimWords:
    """Return the words of one claim; of an unknown one, such as a part's, a title alone."""
    known = claim_wording().claims.get(claim)
    return known or ClaimWords(title=claim.replace("_", " ").capitalize())


def unanswered(part: str, *caveats: str) -> ClaimResult:
    """Return one figure's answer without numbers; ``caveats`` follow those of every answer."""
    words = claim_wording().parts[part]
    return ClaimResult(
        part,
        words.statement,
        words.metric,
        words.unit,
        caveats=(*words.caveats, *caveats),
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
    """Return an entry with tuples for lists, and the enum for the strength of the evidence."""
    typed: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()
    }
    if "evidence" in typed:
        typed["evidence"] = EvidenceStrength(typed["evidence"])
    return typed
