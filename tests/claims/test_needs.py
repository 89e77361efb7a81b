"""What would answer an open claim, and which runs were used and dropped."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from trailstats.claims import CLAIMS, evaluate_claims, explain_runs
from trailstats.claims._evidence import Evidence
from trailstats.claims._needs import (
    SEEN,
    needs_of_runs,
    needs_of_weeks,
    runs_needed,
)
from trailstats.claims.stats import MatchRules, compare
from trailstats.claims.wording import claim_wording
from trailstats.history import History
from trailstats.schema import Verdict


def test_power_is_that_of_the_textbook() -> None:
    """Two-sided 5 % and 80 % power: 1.96 + 0.84 standard errors."""
    assert pytest.approx(1.95996 + 0.84162, abs=1e-4) == SEEN


def test_more_runs_give_the_error_that_was_asked_for() -> None:
    """With so many more runs of like scatter the error is as asked; where the road's own error is
    too large for trail runs alone, both sides grow.
    """
    rng = np.random.default_rng(3)

    def error(n_trail: int, n_road: int) -> tuple[float, tuple[float, float]]:
        count = n_trail + n_road
        found = compare(
            rng.normal(0.0, 4.0, count),
            np.arange(count) < n_trail,
            np.zeros(count),
            np.full(count, 3600.0),
        )
        return found.error, found.variances

    for counts, target in (((30, 400), 0.55), ((40, 40), 0.4)):
        before, variances = error(*counts)
        assert before > target
        trail, road = runs_needed(variances, counts, target)
        assert (road == 0) == (counts[1] == 400)
        after, _ = error(counts[0] + int(trail), counts[1] + int(road))
        # Scatter is itself estimated, from thirty runs within a seventh.
        assert after == pytest.approx(target, rel=0.25)
    assert runs_needed((0.1, 0.1), (20, 20), 1.0) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("n_trail", "days_apart", "text"),
    [
        (3, 0.0, "5 more trail runs"),
        (20, 200.0, "8 more trail runs, in weeks with road runs of like length"),
        (50, 200.0, "8 more road runs, in weeks with trail runs of like length"),
    ],
)
def test_runs_that_wait_for_a_partner_are_not_asked_for(
    runner: History, n_trail: int, days_apart: float, text: str
) -> None:
    """Forty road runs and three on trail: trail runs are missing, however few road runs they match;
    where there are enough of both, but at other times, those of the rarer ground are.
    """
    count = n_trail + 40
    trail = np.arange(count) < n_trail
    found = compare(
        np.arange(count) + 0.0,
        trail,
        np.where(trail, days_apart, 0.0),
        3000.0 + 100.0 * (np.arange(count) % 7),
    )
    assert found.usable == (n_trail, 40)
    words = replace(claim_wording().parts["new_ground"], wants="runs")
    need = needs_of_runs(Evidence(runner), words, found, np.nan, MatchRules())[-1]
    assert need.text == text


def test_without_a_heart_rate_same_effort_asks_for_one(
    runner: History, cut
) -> None:
    """Nothing can be told of effort, and the answer names the heart rate."""
    every = np.ones(len(runner.activities), dtype=bool)
    dark = cut(runner, every, mean_heart_rate=np.nan, heart_rate=np.nan)
    (result,) = (r for r in evaluate_claims(dark) if r.claim == "same_effort")
    assert result.verdict is Verdict.NOT_MEASURABLE
    assert [need.kind for need in result.needs] == ["heart rate"]


def test_weeks_grow_with_the_square_of_the_error() -> None:
    """Twice the error that would do asks for three times as many weeks again; a hopeless one for
    none.
    """
    (need,) = needs_of_weeks(50, 2.0 / SEEN, 1.0, "2 %")
    assert need.missing == 150.0
    assert need.text.endswith("for a difference of 2 %")
    (never,) = needs_of_weeks(50, 20.0 / SEEN, 1.0, "2 %")
    assert never.kind == "nothing"


def test_every_open_answer_says_what_would_answer_it(
    runner: History,
    empty: History,
    runners: ModuleType,
    scenarios: ModuleType,
    cut,
) -> None:
    """For a runner with little, with one side, with nothing, and for whom nothing is true; answers
    that stand need nothing.
    """
    first = np.arange(len(runner.activities)) < 12
    trail = (runner.activities["surface"] == "trail").to_numpy()
    histories = (
        runner,
        empty,
        cut(runner, first),
        cut(runner, trail),
        runners.simulate(scenarios.NONE, 5),
    )
    for history in histories:
        for result in evaluate_claims(history):
            assert bool(result.needs) != result.is_decided, result.claim
            for need in result.needs:
                assert need.text
                assert (
                    need.missing >= 1
                    or need.kind == "nothing"
                    or np.isnan(need.missing)
                )


def test_missing_runs_are_counted(runner: History, cut) -> None:
    """Five rated trail runs of the ten that are needed: five more, rated."""
    rated = runner.activities["feel"].notna().to_numpy()
    trail = (runner.activities["surface"] == "trail").to_numpy()
    kept = ~(trail & rated) | (np.cumsum(trail & rated) <= 5)
    results = {r.claim: r for r in evaluate_claims(cut(runner, kept))}
    enjoyment = results["enjoyment"]
    assert enjoyment.verdict is Verdict.NOT_ENOUGH_DATA
    missing = 10 - enjoyment.n_trail
    assert enjoyment.needs[0].kind == "ratings"
    assert enjoyment.needs[0].missing == missing
    assert enjoyment.needs[0].text.startswith(f"{missing} more trail run")


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_run_is_used_or_dropped_at_one_step(
    runner: History, claim: str
) -> None:
    """For each figure each run once; those used are those that the answer names."""
    table = explain_runs(runner, claim)
    assert not table.duplicated(["part", "file"]).any()
    assert (table.groupby("part").size() == len(runner.activities)).all()
    assert ((table["step"] == "used") == table["used"]).all()
    result = next(r for r in evaluate_claims(runner) if r.claim == claim)
    named = set(result.activities)
    if claim != "stress":  # repeats of routes are named by their own part
        assert set(table.loc[table["used"], "file"]) == named


def test_hard_runs_are_dropped_as_such(runner: History) -> None:
    """Steps are asked in order: what a run fails first is what it is dropped for."""
    table = explain_runs(runner, "stress")
    own = table[table["part"] == "pace_spread"].set_index("file")["step"]
    hard = runner.activities.loc[runner.activities["intent"] == "hard", "file"]
    assert (own[hard] == "a hard run or a race").all()


def test_unknown_claim() -> None:
    """Asking for a claim that doesn't exist names those that do."""
    with pytest.raises(KeyError, match="strength"):
        explain_runs(None, "happiness")  # type: ignore[arg-type]
