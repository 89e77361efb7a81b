"""Sides from the ground that was run: expected shares, and what the ground is told from."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import numpy as np
import pytest

from trailstats.claims import CLAIMS, ClaimResult, evaluate_claims
from trailstats.claims.wording import claim_wording
from trailstats.history import History
from trailstats.schema import Verdict
from trailstats.terrain._model import surface_model


def _by_signal(history: History, cut, **columns: object) -> History:
    """Return the history with its ground told by the recording's signal alone."""
    changed = cut(history, np.ones(len(history.activities), dtype=bool))
    segments = changed.segments.assign(surface_source="signal")
    activities = changed.activities.assign(**columns)
    return replace(changed, segments_source=segments, activities=activities)


def _answers(history: History) -> dict[str, ClaimResult]:
    return {r.claim: r for r in evaluate_claims(history)}


def test_cues_decide_only_by_other_evidence(runner: History, cut) -> None:
    """Where the same differences stand beside a side that only the signal tells, the claims whose
    measure the ground is told from are open and say so; the others are as they were.
    """
    told, signal = _answers(runner), _answers(_by_signal(runner, cut))
    cues = ("balance", "stress", "variety")
    for claim in cues:
        assert told[claim].verdict is Verdict.SUPPORTED
        assert signal[claim].verdict is Verdict.NOT_ENOUGH_DATA
        assert any("told from this as well" in c for c in signal[claim].caveats)
    for claim in ("strength", "enjoyment", "easy_days"):
        assert signal[claim].difference == told[claim].difference


def test_a_city_archive_decides_nothing_by_cues(
    runners: ModuleType, scenarios: ModuleType, cut
) -> None:
    """Road runs only, some with a doubtful share of trail because they turned and slowed more: what
    moves with that share decides nothing.
    """
    history = runners.simulate(scenarios.NONE, 21)
    rng = np.random.default_rng(21)
    count = len(history.activities)
    doubt = rng.beta(0.6, 3.0, count) * 0.75
    slow = history.activities["pace_spread"].median() * (1.0 + 2.0 * doubt)
    road = cut(history, np.ones(count, dtype=bool), surface="road")
    city = _by_signal(
        road,
        cut,
        trail_expected=doubt,
        pace_spread=slow,
        cadence_cv=0.01 * (1.0 + 2.0 * doubt),
        terrain_evenness=0.2 + 0.4 * doubt,
        ascent=history.activities["ascent"] * (1.0 + 2.0 * doubt),
        mean_speed=history.activities["mean_speed"] * (1.0 - 0.2 * doubt),
    )
    decided = [c for c, r in _answers(city).items() if r.is_decided]
    assert decided == []


def test_mixed_runs_count_with_their_share(runner: History, cut) -> None:
    """Runs that are called mixed are on no side; half of trail, they still add to the figure."""
    table = runner.activities
    rng = np.random.default_rng(4)
    mixed = rng.uniform(size=len(table)) < 0.3
    trail = (table["surface"] == "trail").to_numpy()
    share = np.where(mixed, 0.5, trail.astype(float))
    # Half of the extra climb of a trail run, for half of the way.
    climb = 10.0 + 20.0 * share + rng.normal(0.0, 3.0, len(table))
    history = _by_signal(
        runner,
        cut,
        trail_expected=share,
        surface=np.where(mixed, "mixed", table["surface"]),
        ascent=climb * table["distance"] / 1000.0,
    )
    found = _answers(history)["strength"]
    assert found.n_trail + found.n_road > int((~mixed).sum())
    assert found.low < 20.0 < found.high
    assert found.difference == pytest.approx(20.0, abs=3.0)


def test_the_cues_are_those_of_the_model() -> None:
    """The ground is told from turning and from speed, never from climb, slope or cadence: as soon
    as one of those is a cue, the measures made of it must be marked.
    """
    model = surface_model()
    names = " ".join((*model.run.names, *model.windows.names))
    for word in ("ascent", "climb", "grade", "slope", "elevation", "cadence"):
        assert word not in names
    assert "speed_scatter" in names and "slow_share" in names
    parts = claim_wording().parts
    cues = {name for name, part in parts.items() if part.cue}
    assert {"pace_spread", "easy_speed", "step_variability"} <= cues
    assert not {"climb_dose", "feel", "above_easy_ceiling"} & cues
    assert set(CLAIMS)
