"""Answers for simulated runners whose truth is known."""

from __future__ import annotations

import re
from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from trailstats.claims import ClaimResult, evaluate_claims, explain
from trailstats.history import History
from trailstats.schema import EvidenceStrength, Verdict

CAUSAL = re.compile(r"\b(made you|because of|caused|thanks to|due to|proves|makes you faster)\b")


@pytest.fixture(scope="module")
def answers(runner: History) -> dict[str, ClaimResult]:
    return {r.claim: r for r in evaluate_claims(runner)}


def _part(result: ClaimResult, name: str) -> ClaimResult:
    return next(p for p in result.parts if p.claim == name)


def test_large_effects_are_found(answers: dict[str, ClaimResult]) -> None:
    """Where the ground makes a large difference, its direction is found."""
    for claim in ("strength", "balance", "stress", "variety"):
        assert answers[claim].verdict is Verdict.SUPPORTED, claim
    assert answers["same_effort"].verdict is Verdict.CONTRADICTED


def test_known_effects_lie_in_their_intervals(answers: dict[str, ClaimResult]) -> None:
    """Five beats, 0.03 of spread and half as much again of cadence variation are covered."""
    same = answers["same_effort"]
    assert same.low < 5.0 < same.high
    spread = _part(answers["stress"], "pace_spread")
    assert spread.low < 0.03 < spread.high
    steps = answers["balance"]
    assert steps.low < 0.003 < steps.high


def test_easy_days_need_less_overshoot(runner: History, cut) -> None:
    """Slower easy days whose time above the ceiling doesn't fall don't support the claim."""
    every = np.ones(len(runner.activities), dtype=bool)
    changed = cut(runner, every)
    table = changed.activities
    table["time_above_easy"] = 0.3 * table["time_easy_judged"] * (1.0 + 0.1 * np.sin(np.arange(len(table))))
    result = next(r for r in evaluate_claims(changed) if r.claim == "easy_days")
    assert _part(result, "easy_speed").verdict is Verdict.SUPPORTED
    assert result.verdict is Verdict.INCONCLUSIVE


def test_impact_needs_all_components(answers: dict[str, ClaimResult]) -> None:
    """The claim as a whole says no more than its parts agree on, per kilometre and per minute."""
    result = answers["impact"]
    own = {p.verdict for p in result.parts if not p.claim.endswith("session_load")}
    assert len(result.parts) == 9
    assert result.verdict is (own.pop() if len(own) == 1 else Verdict.INCONCLUSIVE)


def test_impact_is_not_lower_for_a_ground_factor_of_one(runners: ModuleType, scenarios: ModuleType) -> None:
    """Equal steps on both grounds are never called lower: the published factor contains 1."""
    result = next(r for r in evaluate_claims(runners.simulate(scenarios.NONE, 11)) if r.claim == "impact")
    part = _part(result, "impact_per_km")
    assert part.verdict is Verdict.INCONCLUSIVE
    assert part.low < 0.0 < part.high
    assert part.high - part.low > 0.2  # the constants' range alone is wide


def test_nothing_true_nothing_found(runners: ModuleType, scenarios: ModuleType) -> None:
    """A runner for whom the ground makes no difference gets no decision."""
    found = [r.verdict for r in evaluate_claims(runners.simulate(scenarios.NONE, 5))]
    assert Verdict.SUPPORTED not in found
    assert Verdict.CONTRADICTED not in found


def test_volume_that_rises_with_the_trails_decides_nothing(runners: ModuleType, scenarios: ModuleType) -> None:
    """Form that comes from more running is not set down to the trails, and the rise in volume is named."""
    scenario = next(s for s in scenarios.SCENARIOS if s.name.startswith("volume rises with the trails"))
    result = next(r for r in evaluate_claims(runners.simulate(scenario, 2)) if r.claim == "road_improvement")
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("Weekly hours changed by +" in c for c in result.caveats)
    assert any("Placebo test" in c for c in result.caveats)
    assert any("four times out of five" in c for c in result.caveats)


def test_a_strong_gain_is_seen(runners: ModuleType, scenarios: ModuleType) -> None:
    """Form that rises by 15 % within weeks of the first trails, volume alike, is supported."""
    base = next(s for s in scenarios.SCENARIOS if s.name == "road form 3 % up with the trails")
    strong = replace(base, gain=0.15, heat=0.0)
    result = next(r for r in evaluate_claims(runners.simulate(strong, 6)) if r.claim == "road_improvement")
    assert result.low < 0.15 * result.road < result.high
    assert result.verdict in (Verdict.SUPPORTED, Verdict.INCONCLUSIVE)
    assert result.difference > 0


def test_wording(answers: dict[str, ClaimResult]) -> None:
    """No answer speaks of causes; each names the published evidence, and proxies are called so."""
    for result in answers.values():
        text = " ".join((result.statement, result.metric, *result.caveats)).lower()
        assert not CAUSAL.search(text)
        assert "published evidence" in text
        assert isinstance(result.evidence, EvidenceStrength)
    assert "not for strength" in answers["strength"].metric
    assert "not ability" in answers["balance"].metric
    assert "proxy" in answers["stress"].metric
    assert "proxy" in answers["road_improvement"].metric


def test_several_claims_are_allowed_for(answers: dict[str, ClaimResult]) -> None:
    """Answers that rest on a test say how many claims were tested with it."""
    tested = [r for r in answers.values() if any("Holm" in c for c in r.caveats)]
    assert {r.claim for r in tested} >= {"strength", "easy_days", "same_effort", "volume"}
    assert "impact" not in {r.claim for r in tested}


def test_adjustment_takes_decisions_back(runner: History, answers: dict[str, ClaimResult]) -> None:
    """An interval that leaves out zero by itself may decide nothing among nine claims."""
    for result in answers.values():
        if any("decides nothing" in c and "Holm" in c for c in result.caveats):
            assert result.verdict is Verdict.INCONCLUSIVE
            assert result.low > 0 or result.high < 0


def test_explain_lists_the_runs_behind(runner: History, answers: dict[str, ClaimResult]) -> None:
    """The pairs' weighted differences give the figure, and name the sources of the answer."""
    table = explain(runner, "strength")
    pairs = table[table["part"] == "climb_dose"]
    assert pairs["weight"].sum() == pytest.approx(1.0)
    assert np.average(pairs["difference"], weights=pairs["weight"]) == pytest.approx(answers["strength"].difference)
    sources = set(pairs["trail"]) | set(pairs["road"])
    assert sources <= set(answers["strength"].activities)
    for claim in ("same_effort", "volume", "impact", "road_improvement", "training_rules"):
        frame = explain(runner, claim)
        assert isinstance(frame, pd.DataFrame)
        assert len(frame), claim


def test_same_answer_twice(runner: History, answers: dict[str, ClaimResult]) -> None:
    """Resampling has a fixed seed: the same history gives the same answer."""
    again = {r.claim: r.to_dict() for r in evaluate_claims(runner)}
    assert again == {claim: r.to_dict() for claim, r in answers.items()}


@pytest.mark.parametrize("helps", [True, False])
def test_direction(runners: ModuleType, scenarios: ModuleType, helps: bool) -> None:
    """With strong effects every claim that rests on a test is decided, and reversed effects reverse the verdict."""
    base = next(s for s in scenarios.SCENARIOS if s.name == "easy days 5 % slower, 30 a side")
    sign = 1.0 if helps else -1.0
    strong = replace(
        base,
        easy_slower=0.10 * sign,
        beats=-6.0 * sign,
        step_load=0.75 if helps else 1.35,
        feel=25.0 * sign,
        hills=2.5**sign,
        uneven=1.8**sign,
        spread=0.03 * sign,
        surge=-0.06 * sign,
        rated=1.0,
    )
    expected = Verdict.SUPPORTED if helps else Verdict.CONTRADICTED
    found = {r.claim: r for r in evaluate_claims(runners.simulate(strong, 1))}
    for claim in ("strength", "easy_days", "balance", "stress", "impact", "enjoyment", "variety", "same_effort"):
        assert found[claim].verdict is expected, claim
    lower = ("easy_days", "impact", "same_effort")
    assert all((found[c].difference < 0) == helps for c in lower)
    assert all((found[c].difference > 0) == helps for c in ("strength", "balance", "stress", "enjoyment", "variety"))
