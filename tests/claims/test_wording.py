"""The table of the claims' words, against what is answered and what the documentation lists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trailstats.claims import CLAIMS, ClaimResult, evaluate_claims
from trailstats.claims.plan import check_plan
from trailstats.claims.wording import claim_wording, claim_words
from trailstats.history import History
from trailstats.schema import EvidenceStrength

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "claims.md"


@pytest.fixture(scope="module")
def answers(runner: History) -> list[ClaimResult]:
    return evaluate_claims(runner)


def _listed(heading: str) -> list[str]:
    """Return the first column of the table below a heading of the page."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {heading}\n")[1]
    rows = re.findall(r"^\| ([^|]+) \|", section.split("\n## ")[0], re.MULTILINE)
    return rows[1:]


def test_every_claim_has_words(answers: list[ClaimResult]) -> None:
    """Each answer states its claim and closes with the state of the literature."""
    words = claim_wording().claims
    assert tuple(words) == CLAIMS
    for result in answers:
        own = words[result.claim]
        assert result.statement == own.statement
        assert result.evidence is own.evidence
        assert own.published in result.caveats
        assert result.caveats[: len(own.caveats)] == own.caveats
        assert own.direction in (-1, 0, 1)
        assert isinstance(own.evidence, EvidenceStrength)


def test_parts_say_what_they_measure(answers: list[ClaimResult]) -> None:
    """Each part's words are those of the table, and no entry is left over."""
    words = claim_wording().parts
    parts = {part.claim: part for result in answers for part in result.parts}
    for name, part in parts.items():
        own = words[name]
        expected = (own.metric, own.unit, own.statement)
        assert (part.metric, part.unit, part.statement) == expected
        assert own.direction
    # Kinds of trail are shown where there are enough runs of them.
    kinds = {f"same_effort_{kind}" for kind in ("smooth", "hilly", "technical")}
    assert set(words) == set(parts) | kinds | {
        "road_improvement",
        "same_effort",
        "training_rules",
    }


def test_every_rule_has_words(runner: History) -> None:
    """Rules are checked in the order of the table, with its statements."""
    words = claim_wording().rules
    found = check_plan(runner)
    assert [rule.rule for rule in found] == list(words)
    assert all(words[r.rule].statement == r.statement for r in found)
    assert all(entry.advice for entry in words.values())


def test_the_page_lists_claims_and_rules() -> None:
    """The documentation has a row for each claim and each rule."""
    assert _listed("Claim by claim") == list(CLAIMS)
    rules = _listed("Training rules")
    assert [r.replace("R3a to R3c", "R3a") for r in rules] == [
        rule for rule in claim_wording().rules if rule not in ("R3b", "R3c")
    ]


def test_unknown_claims_have_a_title() -> None:
    """A part's or a later version's identifier is shown as words."""
    assert claim_words("tibial_per_km").title == "Tibial per km"
    assert claim_words("volume").sides == ("after much trail", "after little")
