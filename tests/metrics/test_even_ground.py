"""Even-ground speed: runners who are simulated with known terms, and their hearts with a lag."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from trailstats.metrics import effort
from trailstats.metrics._even_ground import GROUND_TERMS, TERMS
from trailstats.metrics._even_ground_fit import EvenGroundFit, as_the_heart_sees
from trailstats.metrics._even_ground_sums import (
    Piece,
    places_of_pieces,
    posterior,
)
from trailstats.metrics.effort import Footing, HeartRateStretches

STRETCH = 45.0
STEP = 5.0
PER_STRETCH = int(STRETCH / STEP)
LAG = 35.0


class Simulated(NamedTuple):
    """A runner's true terms and gain, and what was recorded."""

    terms: np.ndarray
    gain: float
    seen: HeartRateStretches


def _drift(rng: np.random.Generator, count: int, kept: float) -> np.ndarray:
    """Return a series of unit variance, each like the one before."""
    out = rng.standard_normal(count)
    for i in range(1, count):
        out[i] = kept * out[i - 1] + np.sqrt(1.0 - kept**2) * out[i]
    return out


def _run(
    rng: np.random.Generator, terms: np.ndarray, gain: float, count: int
) -> HeartRateStretches:
    """Return one run, on road or trail, in stretches."""
    trail = rng.uniform() < 0.5
    steep = rng.uniform(0.04, 0.14) if trail else rng.uniform(0.0, 0.02)
    grade = steep * _drift(rng, count, 0.8)
    p_trail = np.full(count, rng.uniform(0.9, 1.0) if trail else 0.1)
    p_trail[: rng.integers(5, 20)] = 0.1
    rough = trail & (rng.uniform(size=count) < 0.3)
    footing = Footing(
        grade, p_trail, np.where(rough, 1.0, 0.02), 1.0 * (grade > 0.17)
    )
    even = rng.normal(2.8, 0.25) * np.exp(0.06 * _drift(rng, count, 0.8))
    clock = STRETCH * np.arange(count)
    hours = terms[TERMS.index("hours")] * clock / 3600.0
    speed = even * np.exp(footing.columns() @ terms[: len(GROUND_TERMS)])
    # At equal heart rate speed is lost with the time under way.
    aim = 85.0 * (even * np.exp(-hours) / 2.8) ** gain
    aim += 60.0 + rng.normal(0.0, 3.0) + 2.5 * _drift(rng, count, 0.6)
    heart = np.empty((count, PER_STRETCH))
    rate, kept = aim[0], np.exp(-STEP / LAG)
    for i in range(count):
        for j in range(PER_STRETCH):
            rate = kept * rate + (1.0 - kept) * aim[i]
            heart[i, j] = rate
    later = np.append(heart.ravel()[6:], np.full(6, rate))
    return HeartRateStretches(
        np.zeros(count, dtype=np.int64),
        speed * np.exp(rng.normal(0.0, 0.03, count)),
        later.reshape(count, PER_STRETCH).mean(axis=1),
        footing,
        clock,
        np.zeros(count),
        np.full(count, np.nan),
        np.full(count, STRETCH),
    )


def simulate(seed: int, runs: int = 40, count: int = 80) -> Simulated:
    """Return a runner drawn from the population."""
    rng = np.random.default_rng(seed)
    usual = effort.population_even_ground()
    spread = np.sqrt(np.diag(usual.covariance))
    terms = usual.mean + spread * rng.standard_normal(len(TERMS))
    gain = float(rng.uniform(0.8, 1.1))
    parts = [_run(rng, terms, gain, count) for _ in range(runs)]

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts])

    def ground(name: str) -> np.ndarray:
        return np.concatenate([getattr(part.footing, name) for part in parts])

    seen = HeartRateStretches(
        np.repeat(np.arange(runs), count),
        joined("speed"),
        joined("heart_rate"),
        Footing(*(ground(n) for n in FOOTING)),
        joined("moving_before"),
        joined("descent_before"),
        joined("temperature"),
        joined("duration"),
    )
    return Simulated(terms, gain, seen)


FOOTING = ("grade", "p_trail", "p_technical", "walking")
RUNNERS = 60


@pytest.fixture(scope="module")
def fits() -> list[tuple[Simulated, effort.EvenGroundCurve]]:
    runners = [simulate(seed) for seed in range(RUNNERS)]
    return [(one, effort.fit_even_ground(one.seen)) for one in runners]


def test_intervals_hold_the_truth(fits) -> None:
    """The 95 % intervals of grade, ground and fatigue hold what is true of simulated runners in 92
    to 98 % of cases.

    The bounds are those asked for, wider by two standard errors of a share of so many: terms of
    one runner go together, so about four of eight grades count.
    """
    kinds = {
        "grade": TERMS[:8],
        "technical": ("technical", "technical_descent"),
        "trail": ("trail",),
        "hours": ("hours",),
    }
    for kind, names in kinds.items():
        inside = []
        for one, curve in fits:
            for name in names:
                _, low, high = curve.term(name)
                inside.append(low <= one.terms[TERMS.index(name)] <= high)
        count = RUNNERS * min(len(names), 4)
        slack = 2.0 * np.sqrt(0.95 * 0.05 / count)
        assert 0.92 - slack <= np.mean(inside) <= min(0.98 + slack, 1.0), kind


def test_runs_teach_what_the_population_does_not_know(fits) -> None:
    """Forty runs leave a fifth of what runners differ by, without going to one side: the mean error
    is within two of its standard errors and a hundredth.
    """
    usual = np.sqrt(np.diag(effort.population_even_ground().covariance))
    for name in ("up_12", "down_12", "technical", "trail"):
        at = TERMS.index(name)
        error = np.array([c.mean[at] - one.terms[at] for one, c in fits])
        assert np.std(error) < 0.25 * usual[at], name
        side = 2.0 * np.std(error) / np.sqrt(RUNNERS) + 0.01
        assert abs(np.mean(error)) < side, name


def test_noise_of_the_speed_does_not_flatten_the_gain(fits) -> None:
    """Speeds that err by 3 % where runs vary by 6 % would take a fifth off a plain slope; the lag
    still takes a tenth.
    """
    found = [effort.heart_rate_gain(one.seen).value / one.gain for one, _ in fits]
    assert 0.88 < np.mean(found) < 1.03


def test_without_heart_rates_it_is_the_populations() -> None:
    """Nine runs with a heart rate leave the population's curve as it is; ten are the runner's."""
    one = simulate(5, runs=10, count=40)
    assert effort.fit_even_ground(one.seen).n_runs == 10
    silent = np.where(one.seen.run == 3, np.nan, one.seen.heart_rate)
    fewer = effort.fit_even_ground(replace(one.seen, heart_rate=silent))
    assert not fewer.personal
    usual = effort.population_even_ground()
    assert fewer.mean == pytest.approx(usual.mean)


def test_ten_runs_are_nearer_to_the_population_than_forty() -> None:
    """With less to go by the curve is drawn to the population's, and its interval is wider."""
    many = simulate(11)
    few = many.seen.where(many.seen.run < 10)
    wide = effort.fit_even_ground(few).term("up_22")
    close = effort.fit_even_ground(many.seen).term("up_22")
    assert wide.high - wide.low > 1.3 * (close.high - close.low)


def test_level_road_is_itself() -> None:
    """On level road that is run the factor is exactly 1 and its interval has no width."""
    level = effort.population_even_ground().factor(Footing.of([0.0, 0.0]))
    assert level.value.tolist() == [1.0, 1.0]
    assert level.low.tolist() == level.high.tolist() == [1.0, 1.0]


def test_the_population_is_about_the_published_curve() -> None:
    """Uphill the population lies within a tenth of the race curve, which elite hill races gave."""
    usual = effort.population_even_ground()
    grade = np.array([0.06, 0.12, 0.22])
    ratio = usual.factor(Footing.of(grade)).value / effort.race_factor(grade)
    assert np.all(np.abs(ratio - 1.0) < 0.10)


def test_distance_adds_up_over_stretches_and_ways() -> None:
    """The worth of a way is the sum over its stretches; one whose grade is not known has none."""
    footing = Footing.of([0.0, 0.1, -0.1, np.nan], p_trail=[0.0, 1.0, 1.0, 0.0])
    length = np.array([1000.0, 500.0, 500.0, 300.0])
    whole = effort.even_ground_distance(length, footing)
    factor = effort.population_even_ground().factor(footing)
    expected = np.nansum(length * factor.value)
    assert whole.value[0] == pytest.approx(expected)
    assert whole.low[0] < whole.value[0] < whole.high[0]
    apart = effort.even_ground_distance(
        length, footing, group=[0, 0, 1, 2], n_groups=4
    )
    assert apart.value[:2].sum() == pytest.approx(expected)
    assert np.isnan(apart.value[2:]).all()


def test_interval_of_a_way_follows_from_that_of_the_terms() -> None:
    """On one grade and ground the interval of the distance is that of the factor."""
    place = Footing.of(0.12, p_trail=1.0)
    curve = effort.population_even_ground()
    way = effort.even_ground_distance([2000.0], place, curve=curve)
    factor = curve.factor(place)
    assert way.low[0] == pytest.approx(2000.0 * factor.low[0])
    assert way.high[0] == pytest.approx(2000.0 * factor.high[0])


def test_even_ground_speed_is_the_speed_times_the_factor() -> None:
    """A speed on a grade is worth the speed times the factor there; on road it is itself."""
    place = Footing.of([0.0, 0.1])
    factor = effort.population_even_ground().factor(place).value
    found = effort.even_ground_speed([3.0, 2.0], place)
    assert found == pytest.approx([3.0, 2.0 * factor[1]])
    assert np.isnan(effort.even_ground_speed([3.0], Footing.of([np.nan]))).all()


def test_the_heart_looks_back_step_by_step() -> None:
    """What it sees is the recursion written out, in stretches of any length; the first of a run
    stands for itself. Six steps are looked back on, which leaves 1e-3 at most.
    """
    rng = np.random.default_rng(0)
    run = np.repeat([0, 1, 2], [5, 1, 20])
    time = rng.uniform(30.0, 300.0, len(run))
    values = rng.standard_normal(len(run))
    left = (1.0 - np.exp(-time / LAG)) * LAG / time
    kept = 0.35 * left / ((1.0 - np.exp(-45.0 / LAG)) * LAG / 45.0)
    expected = values.copy()
    for i in range(1, len(run)):
        if run[i] == run[i - 1]:
            expected[i] = (1.0 - kept[i]) * values[i]
            expected[i] += kept[i] * expected[i - 1]
    found = as_the_heart_sees(values, run, time)
    assert found == pytest.approx(expected, abs=1e-3)


def test_leaving_a_part_out_is_fitting_the_rest() -> None:
    """Terms without a part of the runs are those of a fit that never saw them."""
    one = simulate(3, runs=30)
    usual = effort.population_even_ground()
    part = one.seen.run % 3
    fit = EvenGroundFit.of(one.seen, usual, part)
    for left_out in range(3):
        alone = effort.fit_even_ground(one.seen.where(part != left_out))
        mean, runs = fit.terms_without(left_out)
        assert runs == alone.n_runs == 20
        np.testing.assert_allclose(mean, alone.mean, rtol=1e-9, atol=1e-12)


def test_terms_are_those_of_the_equations_written_out() -> None:
    """Generalised least squares with the whole covariance of each run, weights and variances found
    anew as often: the same terms as from sums over pieces.
    """
    rng = np.random.default_rng(5)
    count, runs, gain = 4000, 40, 0.9
    run = np.sort(rng.integers(0, runs, count))
    columns = rng.normal(size=(2, count))
    speed = rng.normal(0.9, 0.1, count)
    reserve = gain * (speed - 0.3 * columns[0] + 0.1 * columns[1])
    reserve += rng.normal(0.0, 0.1, runs)[run] + rng.normal(0.0, 0.05, count)
    prior = np.diag([1e-9, 100.0, 100.0])
    table = np.vstack([np.ones(count), -gain * columns])
    aim = reserve - gain * speed
    weight, noise, spread = np.ones(count), 0.08, 0.08
    for _ in range(4):
        information, pull = np.zeros((3, 3)), np.zeros(3)
        for number in np.unique(run):
            own = run == number
            x, y, w = table[:, own], aim[own], weight[own]
            whole = np.diag((noise / w) ** 2) + spread**2
            solved = np.linalg.solve(whole, np.vstack([x, y]).T)
            information += x @ solved[:, :-1]
            pull += x @ solved[:, -1]
        found = np.linalg.solve(information + prior, pull)
        left = aim - found @ table
        level = np.bincount(run, left * weight**2) / np.bincount(run, weight**2)
        off = left - level[run]
        seen = weight * off
        same = run[1:] == run[:-1]
        alike = np.mean((seen[1:] * seen[:-1])[same]) / np.mean(seen**2)
        alike = min(max(alike, 0.0), 0.95)
        noise = np.sqrt(np.mean(seen**2) * (1.0 + alike) / (1.0 - alike))
        spread = np.std(level)
        weight = np.clip(np.exp(reserve - off), 0.2, 2.0)
    rows = np.vstack([np.ones(count), columns, speed, reserve])
    places = [
        place
        for where in (run < 11, run >= 11)
        for place in places_of_pieces(run, where)
    ]
    np.testing.assert_array_equal(np.concatenate(places), np.arange(count))
    pieces = [Piece.of(0, rows[:, place], run[place]) for place in places]
    assert len(pieces) > 2
    ours = posterior(pieces, gain, prior, np.zeros(3))
    np.testing.assert_allclose(ours.mean, found[1:], rtol=1e-9)
