"""How much of a time is a runner's own pace per km-effort, for runners whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from history.prediction.simulated import runner
from history.prediction.test_predict import NOISE, found_for, straight
from trailstats.history.prediction import _Aim, _own_pace
from trailstats.history.prediction._carry import left_out
from trailstats.history.prediction._model import fit_runner
from trailstats.history.prediction._own_pace import (
    MOST,
    PRIOR_RUNS,
    RECENT,
    learn_own_pace,
    misses_of_rule,
    share_of_rule,
)
from trailstats.history.prediction._population import carry_rules, population
from trailstats.history.prediction._runs import Runs
from trailstats.history.prediction._terms import COURSE_TERMS
from trailstats.history.prediction.course import Course

TRUE_PACE = 360.0
"""Of the runner whose truth is the rule of thumb [s/km]."""


def by_the_model(seed: int, n_runs: int = 40) -> Runs:
    """Return a runner whose terms are the population's."""
    rng = np.random.default_rng(seed)
    return runner(rng, population(COURSE_TERMS), NOISE, n_runs=n_runs)


def by_the_rule(seed: int, n_runs: int = 40) -> Runs:
    """Return a runner who takes 360 s for each km-effort, to 3 %, whatever the way is like: each
    run keeps its stretches, at another speed.
    """
    rng = np.random.default_rng(seed)
    runs = by_the_model(seed, n_runs)
    km = runs.column("distance") / 1000.0
    ascent = rng.uniform(0.0, 60.0, n_runs) * km
    scatter = np.exp(rng.normal(0.0, 0.03, n_runs))
    taken = TRUE_PACE * (km + ascent / 100.0) * scatter
    slower = (taken / runs.column("moving_time"))[runs.run]
    runs.table["ascent"], runs.table["moving_time"] = ascent, taken
    runs.stretches["duration"] *= slower
    runs.stretches["speed"] /= slower
    return replace(runs, facts=replace(runs.facts, ascent=ascent))


@pytest.mark.parametrize("seed", range(3))
def test_the_rule_counts_for_whom_it_is_true(seed: int) -> None:
    """Half of the time of a runner of 360 s per km-effort is the rule's, and it is said; of a
    runner of the model's terms hardly any is, and nothing is said of less than 1 %.
    """
    course = straight(10_000.0, climb=0.03)
    found = found_for(course, by_the_rule(seed))
    other = found_for(course, by_the_model(seed))
    assert found.own_pace_share == pytest.approx(MOST, abs=0.1)
    told = f"{100 * found.own_pace_share:.0f} % of it is your own usual pace"
    assert told in found.method
    assert other.own_pace_share < 0.05
    assert ("own usual pace" in other.method) == (other.own_pace_share >= 0.005)
    assert found.to_dict()["own_pace_share"] == found.own_pace_share


def test_it_is_nearer_to_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the miss is left where half of the time is the rule's, with the error of the median
    pace of 40 runs, 0.6 %; and the range is narrower.
    """
    course = straight(10_000.0, climb=0.03)
    truth = TRUE_PACE * (10.0 + 3.0)
    missed, width = [], []
    for most in (0.0, MOST):
        monkeypatch.setattr(_own_pace, "MOST", most)
        times = [found_for(course, by_the_rule(s)).moving_time for s in range(4)]
        missed.append(np.log([time.value / truth for time in times]))
        width.append([time.high90 / time.value for time in times])
    alone, both = missed
    np.testing.assert_allclose(both, 0.5 * alone, atol=0.015)
    assert np.abs(both).mean() < np.abs(alone).mean()
    assert (np.array(width[1]) < np.array(width[0])).all()


def test_a_race_is_faster_by_what_races_were() -> None:
    """Races that took 10 % less than the rule says make a race 10 % faster than usual."""
    runs = by_the_rule(5, n_runs=60)
    intent = np.where(np.arange(60) % 8 == 0, "race", "")
    runs.table["intent"] = intent
    quick = np.where(intent == "race", np.exp(-0.10), 1.0)
    runs.table["moving_time"] *= quick
    runs.stretches["duration"] *= quick[runs.run]
    runs.stretches["speed"] /= quick[runs.run]
    course = straight(10_000.0, climb=0.03)
    usual, race = (found_for(course, runs, _Aim.of(k)) for k in ("usual", "race"))
    assert race.own_pace_share == usual.own_pace_share > 0.3
    change = np.log(race.moving_time.value / usual.moving_time.value)
    assert change == pytest.approx(-0.10, abs=0.03)


def test_runs_are_missed_by_less_with_the_rule() -> None:
    """What an effort's runs are compared with holds the rule as well: where it is true, the scatter
    of runs about it is smaller than about the model.
    """
    runs, names = by_the_rule(10), COURSE_TERMS
    model = fit_runner(runs, names, population(names), carry_rules(names))
    alone = left_out(model.ratio, runs.facts, model.rules)
    assert np.abs(model.missed()).mean() < 0.8 * np.abs(alone).mean()


def test_where_the_rule_says_nothing() -> None:
    """Nothing of it with few runs, a heart rate, or a course without heights."""
    course = straight(8000.0, climb=0.03)
    flat = replace(course, elevation=np.full(len(course.distance), np.nan))
    runs = by_the_rule(6)
    asked: list[tuple[Course, Runs, str | float]] = [
        (course, by_the_rule(6, n_runs=9), "usual"),
        (course, runs, 145.0),
        (flat, runs, "usual"),
    ]
    for way, known, effort in asked:
        found = found_for(way, known, _Aim.of(effort))
        assert found.own_pace_share == 0.0
        assert "own usual pace" not in found.method


def test_the_share_is_a_shrunk_slope(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no run taken for far off it is least squares with ten more runs that say 0."""
    rng = np.random.default_rng(7)
    missed = rng.normal(0.0, 0.1, 50)
    apart = 1.5 * missed + rng.normal(0.0, 0.1, 50)
    monkeypatch.setattr(_own_pace, "FAR", np.inf)
    extra = np.sqrt(PRIOR_RUNS * np.mean(apart**2))
    slope = np.linalg.lstsq(
        np.append(apart, extra)[:, None], np.append(missed, 0.0), rcond=None
    )[0][0]
    assert 0.1 < slope < MOST
    found = share_of_rule(missed, missed - apart)
    assert found == pytest.approx(slope, rel=1e-9)


def test_the_range_is_narrower_by_what_is_missed_less() -> None:
    """Misses of 10 % on either side in turn, which the rule halves as it has none, with ten runs
    more as which nothing changes: (40 x 0.5 + 10) / 50.
    """
    missed = np.where(np.arange(40) % 2 == 0, 0.1, -0.1)
    found = learn_own_pace(missed, np.full(40, 6.0))
    assert found.share == MOST
    assert found.narrowing == pytest.approx(0.6)


def test_one_run_far_off_hardly_changes_it() -> None:
    """A run that the model missed by 100 % and the rule met, among 60 of the model's."""
    rng = np.random.default_rng(8)
    missed, by_rule = rng.normal(0.0, 0.05, 60), rng.normal(0.0, 0.15, 60)
    missed[30], by_rule[30] = 0.7, 0.0
    assert share_of_rule(missed, by_rule) < 0.15
    nothing = np.delete(missed, 30), np.delete(by_rule, 30)
    assert share_of_rule(*nothing) < 0.1


def test_each_run_is_left_out_of_the_pace_that_it_is_judged_by() -> None:
    """Of few runs the median of all others; of many that of the 40 around; equal runs miss 0."""
    rng = np.random.default_rng(9)
    few = rng.normal(6.0, 0.1, 12)
    expected = [few[k] - np.median(np.delete(few, k)) for k in range(12)]
    np.testing.assert_allclose(misses_of_rule(few), expected)
    steps = np.repeat([6.0, 7.0], 100)
    found = misses_of_rule(steps)
    far = np.abs(np.arange(200) - 99.5) > RECENT / 2 + 1
    assert (found[far] == 0.0).all()
    even = learn_own_pace(np.zeros(12), np.full(12, 6.0))
    assert (even.share, even.log_pace, even.narrowing) == (0.0, 6.0, 1.0)
