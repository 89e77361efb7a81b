"""The fit finds what simulated runners are made of, and says how sure it is."""

from __future__ import annotations

import numpy as np
import pytest

from history.prediction.simulated import LEVEL, noise_of_runs, runner
from trailstats.history.prediction._fit import (
    Noise,
    Prior,
    Stretches,
    equations,
    fit_terms,
    noise_of,
)
from trailstats.history.prediction._population import population
from trailstats.history.prediction._terms import COURSE_TERMS

NOISE = Noise(spread=0.15, correlation=0.4, between=0.10)


def drawn(rng: np.random.Generator, prior: Prior) -> Prior:
    """Return the terms of a runner of the population."""
    return Prior(prior.names, rng.normal(prior.mean, prior.spread), prior.spread)


def test_the_equations_are_those_of_generalised_least_squares() -> None:
    """For runs of several lengths they equal X'V^-1 X with the covariance written out."""
    rng = np.random.default_rng(1)
    run = np.repeat([0, 1, 2], [4, 1, 6])
    x, y = rng.normal(size=(11, 2)), rng.normal(size=11)
    apart = np.abs(np.subtract.outer(np.arange(11), np.arange(11)))
    same = np.equal.outer(run, run)
    v = same * (NOISE.spread**2 * NOISE.correlation**apart + NOISE.between**2)
    full = np.column_stack([np.ones(11), x])
    matrix, vector = equations(Stretches(y, x, run), NOISE)
    inverse = np.linalg.inv(v)
    np.testing.assert_allclose(matrix, full.T @ inverse @ full, rtol=1e-9)
    np.testing.assert_allclose(vector, full.T @ inverse @ y, rtol=1e-9)


def test_the_noise_is_found() -> None:
    """From 200 runs spread, correlation and the runs' intercepts come back to within a tenth."""
    rng = np.random.default_rng(2)
    errors = noise_of_runs(rng, NOISE, 200, 100)
    found = noise_of(errors.ravel(), np.repeat(np.arange(200), 100))
    assert found.spread == pytest.approx(NOISE.spread, rel=0.1)
    assert found.correlation == pytest.approx(NOISE.correlation, abs=0.04)
    assert found.between == pytest.approx(NOISE.between, rel=0.15)


def test_few_stretches_have_the_usual_noise() -> None:
    """Fewer than a hundred say nothing of it."""
    assert noise_of(np.zeros(50), np.zeros(50, dtype=np.int64)) == Noise()


def test_the_intervals_cover_the_terms_of_simulated_runners() -> None:
    """Of 60 runners with 40 runs, drawn from the population, 95 % intervals of the terms of grade,
    technical ground and fatigue hold 92 to 98 %.

    With 60 * 12 = 720 intervals the share has a standard error of below 1 %.
    """
    rng = np.random.default_rng(3)
    prior = population(COURSE_TERMS)
    watched = [name for name in prior.names if name not in ("trail", "warmth")]
    inside = []
    for _ in range(60):
        truth = drawn(rng, prior)
        runs = runner(rng, truth, NOISE)
        columns = runs.conditions.columns(prior.names)
        terms = fit_terms(runs.fitted(columns), prior)
        for name in watched:
            _, low, high = terms.interval(name)
            true = truth.mean[prior.names.index(name)]
            inside.append(low <= true <= high)
    assert 0.92 <= np.mean(inside) <= 0.98


def test_what_is_never_met_stays_what_the_population_says() -> None:
    """A runner on the level keeps the population's slopes with all of their spread."""
    rng = np.random.default_rng(4)
    prior = population(COURSE_TERMS)
    runs = runner(rng, prior, NOISE, n_runs=12)
    level = runs.conditions.columns(prior.names)
    level[:, :8] = 0.0
    terms = fit_terms(runs.fitted(level), prior)
    value, low, high = terms.interval("up_22")
    at = prior.names.index("up_22")
    assert value == pytest.approx(prior.mean[at], abs=1e-6)
    assert high - low == pytest.approx(2 * 1.959964 * prior.spread[at], rel=1e-3)


def test_the_level_is_found() -> None:
    """With many runs the log speed on the level is near the truth."""
    rng = np.random.default_rng(5)
    prior = population(COURSE_TERMS)
    runs = runner(rng, prior, NOISE, n_runs=100)
    columns = runs.conditions.columns(prior.names)
    terms = fit_terms(runs.fitted(columns), prior)
    # 100 intercepts of 0.10 leave an error of 0.01 on the mean.
    assert terms.level == pytest.approx(LEVEL, abs=0.05)
