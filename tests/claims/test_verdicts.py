"""Verdicts by the place of an interval against zero and against the smallest difference that
matters.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trailstats.claims import ClaimResult, claims_document, evaluate_claims
from trailstats.claims._finding import decide
from trailstats.claims.result import Need
from trailstats.claims.summary import one_sentence, to_answer
from trailstats.claims.wording import (
    PartWords,
    claim_wording,
    meaning_of,
    speaks,
)
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.model.athlete import Athlete
from trailstats.schema import Reach, Verdict

MORE = PartWords(metric="m", direction=1)
NOT_WORSE = PartWords(metric="m", direction=-1, no_worse=True)


@pytest.mark.parametrize(
    ("words", "low", "high", "p", "verdict"),
    [
        # Beyond zero on the side that the statement names, or the other.
        (MORE, 0.5, 4.0, 0.01, Verdict.SUPPORTED),
        (MORE, -4.0, -0.5, 0.01, Verdict.CONTRADICTED),
        # Over zero and over the margin.
        (MORE, -2.0, 4.0, 0.4, Verdict.INCONCLUSIVE),
        # Within the margin, whether or not zero is left out.
        (MORE, -2.9, 2.9, 0.9, Verdict.NO_DIFFERENCE),
        (MORE, 0.1, 2.0, 0.01, Verdict.NO_DIFFERENCE),
        # Not worse: the bad side is kept clear of, however far the good one reaches.
        (NOT_WORSE, -9.0, 2.9, 0.2, Verdict.SUPPORTED),
        (NOT_WORSE, -2.0, 2.9, 0.8, Verdict.NO_DIFFERENCE),
        (NOT_WORSE, -2.0, 3.1, 0.8, Verdict.INCONCLUSIVE),
        (NOT_WORSE, 0.5, 6.0, 0.01, Verdict.CONTRADICTED),
        (MORE, np.nan, np.nan, np.nan, Verdict.NOT_ENOUGH_DATA),
        (replace(MORE, judged=False), 1.0, 2.0, 0.0, None),
    ],
)
def test_an_interval_decides(words, low, high, p, verdict) -> None:
    """Three ways and not at all, with a margin of 3 [Schuirmann1987]."""
    assert decide((low, high), p, words, 3.0) is verdict


def test_no_margin_no_equivalence() -> None:
    """Without a margin nothing is too small to matter."""
    assert decide((-1e-9, 1e-9), 0.9, MORE, 0.0) is Verdict.INCONCLUSIVE


def test_the_profile_sets_margins(runner: History) -> None:
    """Its margin stands in the answer and decides; a measure that there is none of is an error."""
    wide = Athlete.from_dict({"margins": {"climb_dose": 1000.0}})
    answers = evaluate_claims(replace(runner, athlete=wide))
    strength = answers[0]
    assert (strength.margin, strength.margin_source) == (1000.0, "the profile")
    assert strength.verdict is Verdict.NO_DIFFERENCE
    assert evaluate_claims(runner)[0].verdict is Verdict.SUPPORTED
    wrong = Athlete.from_dict({"margins": {"joy": 1.0}})
    with pytest.raises(ConfigError, match="no measure 'joy'"):
        evaluate_claims(replace(runner, athlete=wrong))


@pytest.mark.parametrize("margins", [{"feel": -1.0}, {"feel": "much"}, [1.0]])
def test_margins_are_checked(margins) -> None:
    """A margin is a number from 0 on."""
    with pytest.raises(ConfigError, match="margin"):
        Athlete.from_dict({"margins": margins})


def test_every_figure_has_a_margin_or_no_verdict() -> None:
    """What is judged has a smallest difference that matters; wholes of several parts are judged by
    theirs, and falls by nothing that is recorded.
    """
    wholes = {"impact", "training_rules", "falls"}
    for name, part in claim_wording().parts.items():
        assert bool(part.margin) == (part.judged and name not in wholes), name


def test_a_dose_tells_nothing_on_its_effect() -> None:
    """However sure the dose, its meaning says that no recording can tell."""
    for verdict in Verdict:
        assert "no recording can tell" in meaning_of(
            "strength", verdict, Reach.DOSE
        )
    assert "sign for it" in meaning_of("stress", Verdict.SUPPORTED, Reach.PROXY)


def test_no_difference_speaks_for_not_harder() -> None:
    """The claim of no difference is borne out by finding none; others are not."""
    none = Verdict.NO_DIFFERENCE
    same = ClaimResult("same_effort", "s", "m", verdict=none)
    assert speaks(same) == 1
    assert meaning_of("same_effort", none, Reach.DIRECT).endswith(
        "yes, in these records"
    )
    assert speaks(replace(same, claim="volume")) == 0


def test_what_can_not_fail_has_no_verdict(runner: History) -> None:
    """Time on technical ground and long runs on trail are described; parts leave the strength of
    the evidence to the claim.
    """
    answers = evaluate_claims(runner)
    parts = {p.claim: p for answer in answers for p in answer.parts}
    for name in ("technical_time", "marathon_volume"):
        assert parts[name].verdict is None
    assert all(part.evidence is None for part in parts.values())
    assert all(answer.evidence is not None for answer in answers)


def test_what_answers_the_most_comes_first(runner: History) -> None:
    """Each need once, with all its claims; what nothing would answer last. Who lacks another number
    of runs stands apart: "1 more" beside "6 of 8" would be two figures of one thing.
    """
    runs, ratings = Need("runs", "8 more", 8.0), Need("ratings", "rate 10", 10.0)
    never = Need("nothing", "never")
    results = [
        ClaimResult("volume", "s", "m", needs=(never,)),
        ClaimResult("enjoyment", "s", "m", needs=(ratings, runs)),
        ClaimResult("impact", "s", "m", needs=(replace(runs, missing=3.0),)),
    ]
    wanted = to_answer(results)
    assert [w.need.kind for w in wanted] == ["runs", "ratings", "nothing"]
    assert wanted[0].claims == ("enjoyment", "impact")
    assert wanted[0].need.missing == 3.0
    other = Need("runs", "2 more", 2.0)
    apart = to_answer([*results, ClaimResult("stress", "s", "m", needs=(other,))])
    assert [(w.need.text, w.claims) for w in apart][:2] == [
        ("8 more", ("enjoyment", "impact")),
        ("2 more", ("stress",)),
    ]
    document = claims_document(runner, results, [])
    assert document["to_answer"][0]["claims"] == ["enjoyment", "impact"]


def test_the_sentence_counts_what_is_open() -> None:
    """Whether road running got faster comes first, then direct answers before signs and doses."""
    results = [
        ClaimResult(
            "strength", "s", "m", verdict=Verdict.SUPPORTED, reach=Reach.DOSE
        ),
        ClaimResult("same_effort", "s", "m", verdict=Verdict.CONTRADICTED),
        ClaimResult("volume", "s", "m", verdict=Verdict.INCONCLUSIVE),
        ClaimResult("road_improvement", "s", "m", difference=0.1),
    ]
    results[:2] = [replace(r, difference=4.0) for r in results[:2]]
    assert one_sentence(results) == (
        "Whether road running gets faster with trails can't be told yet. What these recordings "
        "tell: the heart beats faster on trail at the same effort and trail runs climb more. "
        "2 of 4 claims are open."
    )
    answered = replace(results[3], verdict=Verdict.SUPPORTED)
    assert one_sentence([answered]) == "Road running got faster with trails."
