"""Heart rate at equal effort: no run is judged by a curve that was fitted to it."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from trailstats.claims import evaluate_claims
from trailstats.claims._equal_effort import FOLDS, OWN, equal_effort
from trailstats.claims._evidence import Evidence
from trailstats.claims._same_effort import same_effort
from trailstats.claims.result import ClaimResult
from trailstats.history import History


def altered(history: History, rows: np.ndarray, beats: float) -> History:
    """Return the history with more heart beats uphill in some runs."""
    analyses = list(history.analyses)
    for i in np.flatnonzero(rows):
        table = analyses[i].stretches
        up = table["grade"].clip(lower=0.0)
        rate = table["heart_rate"] + beats * up
        analyses[i] = replace(
            analyses[i], stretches=table.assign(heart_rate=rate)
        )
    return replace(history, analyses=tuple(analyses))


def every(data: Evidence) -> np.ndarray:
    return np.ones(len(data.runs), dtype=bool)


def test_a_runs_curve_does_not_know_its_own_heart_rate(runner: History) -> None:
    """Beats that are added uphill in one run move the curve of the others, not its own."""
    one = 10
    only = np.arange(len(runner.activities)) == one
    before = Evidence(runner)
    after = Evidence(altered(runner, only, 300.0))
    kept, changed = (equal_effort(d, every(d)) for d in (before, after))
    factor = {
        name: found.level[OWN] - found.level["race"]
        for name, found in (("kept", kept), ("changed", changed))
    }
    of_run = kept.row == one
    assert of_run.any()
    same = factor["changed"][of_run] == pytest.approx(factor["kept"][of_run])
    assert same
    fold = kept.row % FOLDS == one % FOLDS
    moved = np.abs(factor["changed"] - factor["kept"])
    assert moved[~fold].max() > 1e-4
    assert "fitted to other runs" in kept.method


def test_each_curve_is_in_the_interval(runner: History) -> None:
    """The interval reaches out to what each published curve would make of the difference, and down
    to what a distance that was lost on trail would.
    """
    found = same_effort(Evidence(runner)).result
    text = " ".join(found.caveats)
    assert "three published curves" in text
    assert "lost 3 %" in text
    assert found.low < 5.0 < found.high


@pytest.mark.parametrize("beats", [0.0, 5.0])
def test_what_the_ground_adds_is_found(
    runners: ModuleType, scenarios: ModuleType, beats: float
) -> None:
    """Over eight runners the mean difference is within a beat of what the ground adds: that of one
    runner scatters by half a beat, and the gain is drawn to a population's.
    """
    runner = replace(scenarios.NONE, beats=beats)
    found: list[ClaimResult] = [
        same_effort(Evidence(runners.simulate(runner, seed))).result
        for seed in range(8)
    ]
    assert abs(np.mean([r.difference for r in found]) - beats) < 1.0
    assert all(r.low < beats < r.high for r in found)


def test_a_heart_that_does_not_follow_says_nothing(runner: History) -> None:
    """Where heart rates have nothing to do with speed, no equal effort is read into them."""
    rng = np.random.default_rng(1)
    analyses = [
        replace(
            a,
            stretches=a.stretches.assign(
                heart_rate=150.0 + rng.normal(0.0, 1.0, len(a.stretches))
            ),
        )
        for a in runner.analyses
    ]
    history = replace(runner, analyses=tuple(analyses))
    found = next(r for r in evaluate_claims(history) if r.claim == "same_effort")
    assert np.isnan(found.difference)
    assert any("doesn't follow speed" in text for text in found.caveats)
