"""What earlier runs say of the next: held against the covariance written out, and simulation."""

from __future__ import annotations

import numpy as np
import pytest

from trailstats.history.prediction._carry import (
    CarryRules,
    RunFacts,
    carry,
    left_out,
)

RULES = CarryRules()


def facts(n: int, *, seed: int = 1) -> RunFacts:
    """Return runs of 8 to 20 km over hills of their own."""
    rng = np.random.default_rng(seed)
    distance = rng.uniform(8e3, 20e3, n)
    return RunFacts(
        day=np.arange(float(n)) * 3.0,
        distance=distance,
        ascent=distance * rng.uniform(0.0, 0.06, n),
        trail=rng.uniform(0.0, 1.0, n),
        device=rng.integers(-1, 2, n),
        reserve=np.zeros(n),
    )


def test_a_run_like_all_others_takes_what_they_took() -> None:
    """Where every run took 20 % more than its terms say, so will the next."""
    every = facts(60)
    mean, spread = carry(
        np.full(50, 0.2),
        every.take(slice(0, 50)),
        every.take(slice(50, 60)),
        RULES,
    )
    np.testing.assert_allclose(mean, 0.2, atol=0.02)
    assert (spread < 0.3).all()


def test_ranges_cover_runs_that_are_made_by_these_rules() -> None:
    """Of runs drawn from the covariance, nine tenths lie in the 90 % range (2,000 runs: 88 to 92
    %).
    """
    rng = np.random.default_rng(2)
    inside = []
    for seed in range(100):
        every = facts(60, seed=seed)
        # All 60 at once from the covariance, which `left_out` inverts for 60 single runs.
        root = np.linalg.cholesky(_covariance(every))
        ratio = np.clip(root @ rng.normal(size=60), -9, 9)
        before, after = every.take(slice(0, 40)), every.take(slice(40, 60))
        loose = CarryRules(outlier=9.0)
        mean, spread = carry(ratio[:40], before, after, loose)
        inside.append(np.abs(ratio[40:] - mean) < 1.644854 * spread)
    assert 0.88 <= np.mean(inside) <= 0.92


def _covariance(runs: RunFacts) -> np.ndarray:
    """Return the covariance of the rules, pair by pair."""
    courses = runs.courses(RULES)
    middle = courses[:40].mean(axis=0)
    n = len(runs.day)
    out = np.zeros((n, n))
    for i in range(n):
        for k in range(n):
            one, other = courses[i], courses[k]
            out[i, k] = RULES.level**2
            out[i, k] += RULES.form**2 * np.exp(
                -abs(runs.day[i] - runs.day[k]) / RULES.days
            )
            away = float(np.sum((one - other) ** 2))
            out[i, k] += RULES.alike**2 * np.exp(-away / 2.0)
            slopes = np.array(RULES.lines)
            out[i, k] += float(
                ((one - middle) * slopes) @ ((other - middle) * slopes)
            )
            if runs.device[i] == runs.device[k] >= 0:
                out[i, k] += RULES.device**2
        out[i, i] += RULES.rest**2 + (RULES.rest_trail * runs.trail[i]) ** 2
    return out


def test_left_out_is_what_leaving_out_gives() -> None:
    """The closed form equals the prediction of each run from all others."""
    rules = CarryRules(lines=(0.0, 0.0, 0.0, 0.0), outlier=9.0)
    every = facts(30)
    ratio = np.random.default_rng(3).normal(0.0, 0.1, 30)
    found = left_out(ratio, every, rules)
    for i in (0, 7, 29):
        others = np.flatnonzero(np.arange(30) != i)
        mean, _ = carry(
            ratio[others], every.take(others), every.take(np.array([i])), rules
        )
        assert found[i] == pytest.approx(ratio[i] - mean[0], abs=1e-9)


def test_an_outlier_counts_no_more_than_the_rules_say() -> None:
    """One run with a ratio of 5 moves the next as much as one of 0.6."""
    every = facts(21)
    before, after = every.take(slice(0, 20)), every.take(slice(20, 21))
    calm, wild = np.zeros(20), np.zeros(20)
    calm[5], wild[5] = RULES.outlier, 5.0
    assert (
        carry(calm, before, after, RULES)[0]
        == carry(wild, before, after, RULES)[0]
    )


def test_only_the_latest_runs_are_looked_at() -> None:
    """The size of what is solved does not grow with the history."""
    rules = CarryRules(most=10)
    every = facts(31)
    ratio = np.concatenate([np.full(20, 0.5), np.zeros(10)])
    mean, _ = carry(
        ratio, every.take(slice(0, 30)), every.take(slice(30, 31)), rules
    )
    assert abs(mean[0]) < 1e-9
