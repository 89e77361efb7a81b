"""Pooling over runners, against published values, statsmodels and simulated truth."""

from __future__ import annotations

from types import ModuleType

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from trailstats.claims import evaluate_claims
from trailstats.claims.pooled import pool_claims, pooled_document
from trailstats.claims.stats import compare, pool_differences
from trailstats.history import History
from trailstats.schema import Verdict

# Thirteen trials of the BCG vaccine (Colditz et al., JAMA 271:698, 1994): log risk ratios and
# variances, as in the data set dat.bcg of the R package metafor.
BCG = np.array(
    [-0.8893, -1.5854, -1.3481, -1.4416, -0.2175, -0.7861, -1.6209, 0.0120,
     -0.4694, -1.3713, -0.3394, 0.4459, -0.0173]
)  # fmt: skip
BCG_VARIANCE = np.array(
    [0.3256, 0.1946, 0.4154, 0.0200, 0.0512, 0.0069, 0.2230, 0.0040, 0.0564,
     0.0730, 0.0124, 0.5325, 0.0714]
)  # fmt: skip


def test_published_values() -> None:
    """Mean -0.7141 and between-trial variance 0.3088 by DerSimonian and Laird, as published with
    metafor; four digits of input give three of the result.
    """
    found = pool_differences(BCG, np.sqrt(BCG_VARIANCE))
    assert found.mean == pytest.approx(-0.7141, abs=1e-3)
    assert found.tau**2 == pytest.approx(0.3088, abs=1e-3)


def test_statsmodels_agrees() -> None:
    """Moment estimate, mean, and the interval of Hartung and Knapp."""
    found = pool_differences(BCG, np.sqrt(BCG_VARIANCE))
    known = combine_effects(BCG, BCG_VARIANCE, method_re="chi2", use_t=True)
    assert found.tau**2 == pytest.approx(known.tau2)
    assert found.mean == pytest.approx(known.mean_effect_re)
    assert found.error == pytest.approx(known.sd_eff_w_re_hksj)


def test_true_mean_and_own_effects_are_covered() -> None:
    """Eight runners around a mean of 2 with a spread of 1: the mean lies in its interval in 95 of
    100, each runner's own in that of the shrunken; those are nearer the truth than the raw.
    """
    rng = np.random.default_rng(4)
    inside, owns, raw, drawn = 0, [], [], []
    for _ in range(300):
        true = rng.normal(2.0, 1.0, 8)
        errors = rng.uniform(0.3, 2.0, 8)
        seen = rng.normal(true, errors)
        found = pool_differences(seen, errors)
        inside += found.low <= 2.0 <= found.high
        owns.append(np.abs(found.own - true) <= found.own_reach)
        raw.append((seen - true) ** 2)
        drawn.append((found.own - true) ** 2)
    assert 0.92 <= inside / 300 <= 0.985
    # The spread is taken for known, which costs a few points with eight runners.
    assert np.mean(owns) >= 0.88
    assert np.mean(drawn) < 0.7 * np.mean(raw)


def test_who_differs_is_found() -> None:
    """One runner of nine who differs by six times the others' spread."""
    rng = np.random.default_rng(5)
    seen = rng.normal(0.0, 1.0, 9)
    seen[4] = 12.0
    found = pool_differences(seen, np.full(9, 0.5))
    assert np.argmin(found.differs) == 4
    assert found.differs[4] < 0.05 / 9


@pytest.mark.parametrize(("y", "s"), [([1.0], [1.0]), ([1.0, 2.0], [1.0, 0.0])])
def test_too_little_is_an_error(y, s) -> None:
    """One runner, or an error of nothing."""
    with pytest.raises(ValueError, match="two differences"):
        pool_differences(y, s)


def test_four_trail_runs_get_a_qualified_answer(
    runners: ModuleType, scenarios: ModuleType, cut
) -> None:
    """Five runners for whom trails are hilly, one of them with four trail runs, who has no answer
    alone: the pooled one gives it.
    """
    large = next(s for s in scenarios.SCENARIOS if s.name == "large effects")
    histories: dict[str, History] = {
        f"runner {k}": runners.simulate(large, 60 + k) for k in range(5)
    }
    table = histories["runner 0"].activities
    trail = (table["surface"] == "trail").to_numpy()
    few = ~trail | (np.cumsum(trail) <= 4)
    histories["runner 0"] = cut(histories["runner 0"], few)
    answers = {name: evaluate_claims(h) for name, h in histories.items()}
    assert answers["runner 0"][0].verdict is Verdict.NOT_ENOUGH_DATA
    pooled = {p.part: p for p in pool_claims(answers)}
    climb = pooled["climb_dose"]
    assert climb.verdict is Verdict.SUPPORTED
    own = next(r for r in climb.runners if r.runner == "runner 0")
    assert own.high - own.low < 2.0 * 1.96 * own.error * 1.2
    assert own.verdict is not Verdict.NOT_ENOUGH_DATA
    assert min(own.difference, climb.difference) <= own.shrunken
    assert own.shrunken <= max(own.difference, climb.difference)
    assert not any(name.startswith("impact") for name in pooled)
    assert pool_claims({"alone": answers["runner 1"]}) == []
    assert pooled_document(list(pooled.values()))["pooled"]


def test_few_runs_have_an_error_but_no_answer() -> None:
    """Three trail runs: a difference with an error for pooling, no interval and no p value."""
    found = compare(
        np.arange(23.0), np.arange(23) < 3, np.zeros(23), np.full(23, 3600.0)
    )
    assert not found.enough
    assert found.error > 0
    assert np.isnan([found.low, found.p_value]).all()
