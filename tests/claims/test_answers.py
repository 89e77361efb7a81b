"""Answers for simulated runners whose truth is known."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from types import ModuleType

import numpy as np
import pytest

from trailstats.claims import ClaimResult, evaluate_claims, explain, findings
from trailstats.claims._evidence import Evidence
from trailstats.claims._impact import impact
from trailstats.history import History
from trailstats.schema import EvidenceStrength, Verdict

CAUSAL = re.compile(
    r"\b(made you|because of|caused|thanks to|due to|proves|makes you faster)\b"
)


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


def test_known_effects_lie_in_their_intervals(
    answers: dict[str, ClaimResult],
) -> None:
    """Five beats, 0.03 of spread and half as much again of cadence variation are covered."""
    same = answers["same_effort"]
    assert same.low < 5.0 < same.high
    spread = _part(answers["stress"], "pace_spread")
    assert spread.low < 0.03 < spread.high
    steps = answers["balance"]
    assert steps.low < 0.003 < steps.high


def test_easy_days_need_less_overshoot(runner: History, cut) -> None:
    """Slower easy days whose time above the ceiling doesn't fall don't support the claim: the
    time differs by less than matters.
    """
    every = np.ones(len(runner.activities), dtype=bool)
    changed = cut(runner, every)
    table = changed.activities
    table["time_above_easy"] = (
        0.3
        * table["time_easy_judged"]
        * (1.0 + 0.1 * np.sin(np.arange(len(table))))
    )
    result = next(r for r in evaluate_claims(changed) if r.claim == "easy_days")
    assert _part(result, "easy_speed").verdict is Verdict.SUPPORTED
    assert result.verdict is Verdict.NO_DIFFERENCE
    assert -result.margin < result.low < result.high < result.margin


def test_impact_needs_all_tissues(answers: dict[str, ClaimResult]) -> None:
    """The claim as a whole says what its tissues agree on, per kilometre, and names them."""
    result = answers["impact"]
    own = [
        _part(result, f"{tissue}_per_km")
        for tissue in ("active", "impact", "tibial")
    ]
    assert len(result.parts) == 18
    verdicts = {p.verdict for p in own}
    assert result.verdict is (
        verdicts.pop() if len(verdicts) == 1 else Verdict.INCONCLUSIVE
    )
    for name in ("muscles and joints", "the impact peak", "the shin"):
        assert name in result.measured


def test_lighter_steps_are_found(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """Steps that load a tenth less lower what no constant touches by a tenth per kilometre; the
    interval holds it, and the point lies inside.
    """
    base = next(
        s for s in scenarios.SCENARIOS if s.name.startswith("steps load 10 %")
    )
    result = next(
        r
        for r in evaluate_claims(runners.simulate(base, 2))
        if r.claim == "impact"
    )
    active = _part(result, "active_per_km")
    assert active.verdict is Verdict.SUPPORTED
    assert active.low < -0.1 < active.high
    for part in result.parts:
        assert part.low <= part.difference <= part.high


@pytest.mark.parametrize("world", ["no difference at all", "3 % of the way lost"])
def test_equal_steps_decide_no_part_of_impact(
    runners: ModuleType, scenarios: ModuleType, world: str
) -> None:
    """Where trail is exactly like road, rows of impact are called lower or higher in at most one
    of eight histories, also where a receiver loses 3 % of the way there: eighteen rows count
    together, and 5 % of histories are allowed.
    """
    scenario = next(s for s in scenarios.WORLDS if s.name.startswith(world))
    decided = (Verdict.SUPPORTED, Verdict.CONTRADICTED)
    found = [
        impact(Evidence(runners.simulate(scenario, 40 + seed))).result
        for seed in range(8)
    ]
    assert sum(any(p.verdict in decided for p in r.parts) for r in found) <= 1


def test_impact_is_not_lower_for_a_ground_factor_of_one(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """Equal steps on both grounds are never called lower: the published factor contains 1."""
    result = next(
        r
        for r in evaluate_claims(runners.simulate(scenarios.NONE, 11))
        if r.claim == "impact"
    )
    part = _part(result, "impact_per_km")
    assert part.verdict is Verdict.INCONCLUSIVE
    assert part.low < 0.0 < part.high
    assert part.high - part.low > 0.2  # the constants' range alone is wide


def test_nothing_true_nothing_found(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """A runner for whom the ground makes no difference gets no decision; that trail is not harder
    is true of him, and may be said.
    """
    found = {
        r.claim: r.verdict
        for r in evaluate_claims(runners.simulate(scenarios.NONE, 5))
    }
    assert Verdict.CONTRADICTED not in found.values()
    assert found.pop("same_effort") in (
        Verdict.NO_DIFFERENCE,
        Verdict.SUPPORTED,
        Verdict.INCONCLUSIVE,
    )
    assert Verdict.SUPPORTED not in found.values()


def test_volume_that_rises_with_the_trails_decides_nothing(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """Form that comes from more running is not set down to the trails, and the rise in volume is
    named.
    """
    scenario = next(
        s
        for s in scenarios.SCENARIOS
        if s.name.startswith("volume rises with the trails")
    )
    result = next(
        r
        for r in evaluate_claims(runners.simulate(scenario, 2))
        if r.claim == "road_improvement"
    )
    assert result.verdict is Verdict.INCONCLUSIVE
    assert any("Weekly hours changed by +" in c for c in result.caveats)
    assert any("Placebo test" in c for c in result.caveats)
    assert any("four times out of five" in c for c in result.caveats)


def test_a_strong_gain_is_seen(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """Form that rises by 15 % within weeks of the first trails, volume alike, is supported."""
    base = next(
        s
        for s in scenarios.SCENARIOS
        if s.name == "road form 3 % up with the trails"
    )
    strong = replace(base, gain=0.15, heat=0.0)
    result = next(
        r
        for r in evaluate_claims(runners.simulate(strong, 7))
        if r.claim == "road_improvement"
    )
    assert result.low < 0.15 * result.road < result.high
    assert result.verdict is Verdict.SUPPORTED


def test_wording(answers: dict[str, ClaimResult]) -> None:
    """No answer speaks of causes; each names the published evidence, and proxies are called so."""
    for result in answers.values():
        text = " ".join(
            (result.statement, result.metric, *result.caveats)
        ).lower()
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
    assert {r.claim for r in tested} >= {
        "strength",
        "easy_days",
        "same_effort",
        "volume",
    }
    assert "impact" not in {r.claim for r in tested}


def _with_climb(history: History, cut, climb: np.ndarray) -> ClaimResult:
    """Return the answer on strength where each run climbs so much a kilometre [m]."""
    changed = cut(history, np.ones(len(climb), dtype=bool))
    table = changed.activities
    table["ascent"] = climb * table["distance"] / 1000.0
    return next(r for r in evaluate_claims(changed) if r.claim == "strength")


def test_adjustment_takes_decisions_back(
    runners: ModuleType, scenarios: ModuleType, cut
) -> None:
    """A difference whose interval just leaves out zero is decided by itself, not among nine claims;
    one that is ten times as large is.
    """
    history = runners.simulate(scenarios.NONE, 5)
    table = history.activities
    climb = (1000.0 * table["ascent"] / table["distance"]).to_numpy()
    on_trail = (table["surface"] == "trail").to_numpy()
    own = _with_climb(history, cut, climb)
    # What is added to every trail run moves the interval and leaves its width.
    shift = 0.02 * (own.high - own.low) - own.low
    near = _with_climb(history, cut, climb + shift * on_trail)
    assert near.low < 0 < near.high  # as wide as all tests together ask for
    assert _part(near, "climb_dose").low > 0
    assert _part(near, "climb_dose").verdict is Verdict.SUPPORTED
    assert near.verdict is Verdict.INCONCLUSIVE
    assert any("allows for the others" in c for c in near.caveats)
    far = _with_climb(history, cut, climb + 10.0 * shift * on_trail)
    assert far.verdict is Verdict.SUPPORTED
    assert not any("allows for the others" in c for c in far.caveats)


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.3, Verdict.INCONCLUSIVE), (0.7, Verdict.SUPPORTED)]
)
def test_single_runs_decide_nothing(
    runner: History, cut, share: float, verdict: Verdict
) -> None:
    """Where a few mountain runs raise the mean and most trail runs are flatter than road runs,
    nothing is decided, however small the p value; where most runs agree it is.
    """
    rng = np.random.default_rng(3)
    on_trail = (runner.activities["surface"] == "trail").to_numpy()
    mountain = rng.uniform(size=len(on_trail)) < share
    climb = np.where(on_trail, np.where(mountain, 100.0, 0.0), 1.0)
    result = _with_climb(runner, cut, climb)
    assert result.difference > 0
    assert result.verdict is verdict
    opposed = any("differ in sign" in c for c in result.caveats)
    assert opposed == (verdict is Verdict.INCONCLUSIVE)
    # What is taken back isn't drawn as an interval that leaves out zero.
    assert opposed == np.isnan(result.low)


@pytest.mark.parametrize(
    "claim",
    ["strength", "easy_days", "balance", "stress", "enjoyment", "variety"],
)
def test_pairs_give_the_figures(
    runner: History, answers: dict[str, ClaimResult], claim: str
) -> None:
    """The weighted mean of the listed pairs' differences is each part's, whose sides lie as far
    apart as their shares of trail make of it; the pairs name its runs.
    """
    table = explain(runner, claim)
    for part in answers[claim].parts:
        pairs = table[table["part"] == part.claim]
        if not np.isfinite(part.difference) or part.claim == "chasing":
            continue
        assert pairs["weight"].sum() == pytest.approx(1.0)
        mean = np.average(pairs["difference"], weights=pairs["weight"])
        assert mean == pytest.approx(part.difference)
        between = (part.trail_share - part.road_share) * mean
        assert part.trail - part.road == pytest.approx(between)
        assert set(pairs["trail"]) | set(pairs["road"]) == set(part.activities)
        assert (pairs["trail"].nunique(), pairs["road"].nunique()) == (
            part.n_trail,
            part.n_road,
        )


def test_repeats_of_routes_give_the_chasing(
    runner: History, answers: dict[str, ClaimResult]
) -> None:
    """A repeat's value is whether it came within 2 % of the best time on its route before."""
    part, table = _part(answers["stress"], "chasing"), explain(runner, "stress")
    own = table[table["part"] == "chasing"]
    runs = own[own["route"].notna()].sort_values("file")
    best = runs.groupby("route")["moving_time"].transform(
        lambda times: times.cummin().shift()
    )
    near = (runs["moving_time"] <= 1.02 * best).astype(float)
    chased = dict(zip(runs["file"], near, strict=True))
    pairs = own[own["trail_value"].notna()]
    for side in ("trail", "road"):
        assert (pairs[f"{side}_value"] == pairs[side].map(chased)).all()
        assert pairs[side].nunique() == getattr(part, f"n_{side}")


def test_pairs_give_the_same_effort(
    runner: History, answers: dict[str, ClaimResult]
) -> None:
    """The pairs' mean difference is the figure."""
    table = explain(runner, "same_effort")
    pairs = table[table["part"] == "same_effort"]
    seen = np.average(pairs["difference"], weights=pairs["weight"])
    assert seen == pytest.approx(answers["same_effort"].difference)


def test_loads_give_the_impact(
    runner: History, answers: dict[str, ClaimResult]
) -> None:
    """The listed loads over the listed trail shares, averaged as logarithms, come near the figure,
    but for what matching takes out.
    """
    table = explain(runner, "impact")
    for name in ("active_per_km", "tibial_per_km"):
        own = table[table["part"] == name]
        log = np.log(own["load"])
        on_trail = own["trail_share"] > 0.5
        ratio = np.exp(log[on_trail].mean() - log[~on_trail].mean())
        part = _part(answers["impact"], name)
        assert ratio == pytest.approx(part.trail, rel=0.03)


def test_weeks_runs_and_rules_are_listed(
    runner: History, answers: dict[str, ClaimResult]
) -> None:
    """Volume lists its weeks, road improvement its runs, the training rules what decided each."""
    weeks = explain(runner, "volume")
    assert {"weekly_hours", "weekly_load", "weeks_off"} <= set(weeks["part"])
    assert weeks[weeks["part"] == "weekly_hours"][
        "value"
    ].mean() == pytest.approx(
        runner.activities["moving_time"].sum() / 3600.0 / 52.0, rel=0.1
    )
    road = explain(runner, "road_improvement")
    road = road[road["part"] == "road_improvement"]
    assert set(road["file"]) <= set(answers["road_improvement"].activities)
    assert road["speed_at_reference"].between(2.0, 4.5).all()
    rules = explain(runner, "training_rules")
    listed = set(", ".join(rules["runs"]).split(", ")) - {""}
    assert set(answers["training_rules"].activities) <= listed


def test_same_answer_twice(
    runner: History, answers: dict[str, ClaimResult]
) -> None:
    """Resampling has a fixed seed: the same history gives the same answer."""
    again = {r.claim: r.to_dict() for r in evaluate_claims(runner)}
    assert again == {claim: r.to_dict() for claim, r in answers.items()}


@pytest.mark.parametrize("helps", [True, False])
def test_direction(
    runners: ModuleType, scenarios: ModuleType, helps: bool
) -> None:
    """With strong effects every claim that rests on a test is decided, and reversed effects reverse
    the verdict.
    """
    base = next(
        s
        for s in scenarios.SCENARIOS
        if s.name == "easy days 5 % slower, 30 a side"
    )
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
    for claim in (
        "strength",
        "easy_days",
        "balance",
        "stress",
        "impact",
        "enjoyment",
        "variety",
        "same_effort",
    ):
        assert found[claim].verdict is expected, claim
    lower = ("easy_days", "impact", "same_effort")
    assert all((found[c].difference < 0) == helps for c in lower)
    assert all(
        (found[c].difference > 0) == helps
        for c in ("strength", "balance", "stress", "enjoyment", "variety")
    )


def test_answers_hold_no_pairs(runner: History) -> None:
    """What an answer can be traced to isn't kept where only answers are asked for: pairs of
    thousands of runs fill memory.
    """
    found = findings(Evidence(runner))
    assert any(one.tables for one in found)
    assert all(not one.untraced().tables for one in found)
    bounds = [one.bounds for one in found if isinstance(one.bounds, partial)]
    assert bounds
    assert all(not made.args[0].paired for made in bounds)
