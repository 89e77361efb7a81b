"""The article's claims in sentences, with how strong the published evidence for each is."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from trailstats.schema import EvidenceStrength

__all__ = ["CLAIM_WORDS", "ClaimWords"]


@dataclass(frozen=True)
class ClaimWords:
    """What the article says, and what has been published on it.

    Attributes
    ----------
    statement : str
    evidence : EvidenceStrength
    published : str
        The state of the literature in a sentence.
    """

    statement: str
    evidence: EvidenceStrength
    published: str


_NONE, _WEAK, _MODERATE = (
    EvidenceStrength.NONE,
    EvidenceStrength.WEAK,
    EvidenceStrength.MODERATE,
)

CLAIM_WORDS: Final = MappingProxyType(
    {
        "strength": ClaimWords(
            "Trail running strengthens muscles and corrects the imbalance of repetitive road "
            "running.",
            _WEAK,
            "Published evidence: uphill intervals went with faster 5 km times in one small trial; "
            "no study shows "
            "imbalance corrected, and one found weaker hips in mountain runners than in people who "
            "don't run.",
        ),
        "easy_days": ClaimWords(
            "Trails make you slow down on easy days.",
            _NONE,
            "Published evidence: none on trails and easy days; that more discipline makes faster "
            "is unproven, too.",
        ),
        "balance": ClaimWords(
            "Trail running improves balance and stability.",
            _WEAK,
            "Published evidence: one small trial in novices without a difference between trail and "
            "road group, and "
            "comparisons of people who chose the one or the other.",
        ),
        "stress": ClaimWords(
            "Trail running takes away the pressure of pace.",
            _WEAK,
            "Published evidence: natural surroundings improve mood against urban ones; nothing on "
            "pace pressure.",
        ),
        "impact": ClaimWords(
            "Trails are easier on the joints: each run loads them less.",
            _WEAK,
            "Published evidence: mixed; softer ground lowers tibial acceleration in a pooled "
            "analysis, but not the "
            "force peak, and real dirt and gravel trails showed no difference. Descents raise "
            "impact peaks.",
        ),
        "volume": ClaimWords(
            "Trail running lets you train more.",
            _NONE,
            "Published evidence: none; injury rates reported for trail and road runners overlap.",
        ),
        "enjoyment": ClaimWords(
            "Trails make you enjoy running.",
            _MODERATE,
            "Published evidence: activity in natural surroundings feels better than in urban ones, "
            "in trials with a "
            "high risk of bias.",
        ),
        "variety": ClaimWords(
            "Trails bring variety into training.",
            _NONE,
            "Published evidence: practitioners' advice; no trial.",
        ),
        "road_improvement": ClaimWords(
            "Trail running goes together with better road running.",
            _WEAK,
            "Published evidence: one small trial in novices without a difference between trail and "
            "road group.",
        ),
        "same_effort": ClaimWords(
            "Trail running isn't necessarily harder than road running.",
            _MODERATE,
            "Published evidence: on a rolling treadmill belt heart rate and oxygen uptake were as "
            "on the level; "
            "uneven ground costs up to about 5 % more.",
        ),
        "training_rules": ClaimWords(
            "Replace one or two road runs a week by trail, keep trails rare before a road race, "
            "and choose the ground "
            "by the goal.",
            _NONE,
            "Published evidence: strong for less volume in the last two weeks before a race; none "
            "for the number of "
            "trail runs.",
        ),
    }
)
"""By identifier, in the order in which the claims are answered and shown."""
