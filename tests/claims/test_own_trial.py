"""The trial: its test, its power, its plan, and that it isn't looked at before it is over."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from scipy import stats as reference
from statsmodels.stats.power import TTestIndPower

from trailstats.claims.trial import (
    CLOSED,
    OPEN,
    Trial,
    answer_trial,
    plan_trial,
    power,
    randomisation_interval,
    randomisation_test,
    runs_for,
)
from trailstats.claims.trial._weather import kept_information
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.schema import Verdict

START = dt.date(2026, 5, 4)


def _coins(rng: np.random.Generator, runs: int) -> tuple[np.ndarray, np.ndarray]:
    half = np.array([True, True, False, False])
    coin = np.concatenate([rng.permutation(half) for _ in range(runs // 4)])
    return coin, np.arange(runs) // 4


def test_exact_test_is_fishers() -> None:
    """In one block of eight the p value is that of scipy's permutation test over all 70 ways."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=8)
    arm = np.arange(8) < 4
    difference, p = randomisation_test(values, arm, np.zeros(8, dtype=int))
    known = reference.permutation_test(
        (values[arm], values[~arm]),
        lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
        vectorized=True,
        n_resamples=np.inf,
    )
    assert difference == pytest.approx(known.statistic)
    # scipy doubles the smaller tail; with sides of one size both tails are alike.
    assert p == pytest.approx(known.pvalue)


@pytest.mark.parametrize("effect", [0.0, 0.4])
def test_level_and_power_are_as_promised_with_confounding(effect: float) -> None:
    """Form, weather and a runner who takes the other ground on bad days move the values and what is
    run, but not the coin: nothing is found in at most 5 of 100 trials where there is nothing, and
    an effect as often as the plan promises, within five points.
    """
    rng = np.random.default_rng(5)
    trials, runs, found = 400, 32, 0
    promised = power(2.5 * effect, 1.0, runs, adherence=0.9)
    for _ in range(trials):
        coin, block = _coins(rng, runs)
        # What a block shares is taken out by it; the scatter is what is left.
        season = np.repeat(rng.normal(0.0, 3.0, runs // 4), 4)
        luck = rng.normal(size=runs)
        swap = luck < np.quantile(luck, 0.1)
        ground = np.where(swap, ~coin, coin)
        values = season + luck + 2.5 * effect * ground
        found += randomisation_test(values, coin, block, seed=1)[1] < 0.05
    share = found / trials
    if effect:
        # Five points, and two standard errors of 400 trials.
        assert share == pytest.approx(promised, abs=0.05 + 0.05)
    else:
        # Two standard errors of 400 trials are 2.2 points.
        assert share <= 0.05 + 0.022


def test_power_is_the_t_tests() -> None:
    """Against statsmodels, for sides of one size; half of the runs on the wrong ground show
    nothing.
    """
    for effect, runs in ((0.5, 40), (1.0, 24), (0.2, 200)):
        known = TTestIndPower().power(effect, runs // 2, 0.05)
        # Of one block, which has no means of others to take out.
        found = power(effect, 1.0, runs, block=runs)
        assert found == pytest.approx(known, abs=1e-6)
    assert power(1.0, 1.0, 40, adherence=0.5) == pytest.approx(0.05)
    fewest = runs_for(0.5, 1.0)
    assert fewest is not None
    assert power(0.5, 1.0, fewest) >= 0.8 > power(0.5, 1.0, fewest - 4)


def test_interval_covers() -> None:
    """The effects that aren't refused hold the true one in 95 of 100 trials."""
    rng = np.random.default_rng(6)
    inside = 0
    for _ in range(150):
        coin, block = _coins(rng, 16)
        values = rng.gamma(2.0, 1.0, 16) + 1.5 * coin
        low, high = randomisation_interval(values, coin, block)
        inside += low <= 1.5 <= high
    # Two standard errors of 150 trials are 3.6 points.
    assert inside / 150 >= 0.95 - 0.036


def _recorded(
    runners: ModuleType, scenarios: ModuleType, trial: Trial, effect: float
) -> History:
    """Return a history that holds the runs of a trial, feel moved by the ground that was run."""
    history = runners.simulate(scenarios.NONE, 9)
    count = len(trial.days)
    table = history.activities.iloc[:count].reset_index(drop=True)
    rng = np.random.default_rng(18)
    trail = np.array(trial.trail)
    trail[3] = not trail[3]  # once the other ground was run
    start = pd.to_datetime(pd.Series(trial.days)).dt.tz_localize("UTC")
    table = table.assign(
        start_time=start + pd.Timedelta(hours=9),
        trail_expected=trail.astype(np.float64),
        surface=np.where(trail, "trail", "road"),
        intent="easy",
        feel=50.0 + effect * trail + rng.normal(0.0, 5.0, count),
    )
    return replace(
        history,
        activities=table,
        analyses=tuple(history.analyses[i] for i in range(count)),
        segments_source=history.segments[
            history.segments["file"].isin(table["file"])
        ],
    )


def test_a_trial_from_plan_to_answer(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """Planned from the runner's scatter, kept in a file, read back once it is over: an effect of
    three times the scatter is found, none isn't; adherence is counted.
    """
    before = runners.simulate(scenarios.NONE, 9)
    trial = plan_trial(before, "feel", start=START, effect=10.0, seed=3)
    assert sum(trial.trail) * 2 == len(trial.days)
    assert all(day.weekday() in (1, 3, 5) for day in trial.days)
    assert trial.power >= 0.8
    again = Trial.from_json(trial.to_json())
    assert again == trial
    after = trial.ends + dt.timedelta(days=1)
    real = answer_trial(
        again, _recorded(runners, scenarios, trial, 15.0), today=after
    )
    assert real.verdict is Verdict.SUPPORTED
    assert real.low < 15.0 * (1.0 - 1.0 / len(trial.days)) < real.high
    assert (real.planned, real.run) == (len(trial.days), len(trial.days))
    assert real.kept == len(trial.days) - 1
    assert real.followed > real.difference
    none = answer_trial(
        again, _recorded(runners, scenarios, trial, 0.0), today=after
    )
    assert none.verdict in (Verdict.NO_DIFFERENCE, Verdict.INCONCLUSIVE)


def test_no_peeking(runners: ModuleType, scenarios: ModuleType) -> None:
    """On its last day a trial gives no answer yet, whatever the recordings hold; a plan that was
    changed gives none at all.
    """
    before = runners.simulate(scenarios.NONE, 9)
    trial = plan_trial(before, "feel", start=START, effect=10.0, seed=3)
    history = _recorded(runners, scenarios, trial, 15.0)
    for today in (START, trial.ends):
        with pytest.raises(ConfigError, match="not looked at before"):
            answer_trial(trial, history, today=today)
    text = trial.to_json()
    changed = text.replace('"trail"', '"road"', 1)
    with pytest.raises(ConfigError, match="changed"):
        Trial.from_json(changed)
    for wrong in ("", "[]", "{}", text.replace("feel", "luck")):
        with pytest.raises(ConfigError, match="no plan"):
            Trial.from_json(wrong)


def test_what_can_not_be_planned(
    runners: ModuleType, scenarios: ModuleType, empty: History
) -> None:
    """Without runs, an unknown question, and an effect that no endurable trial finds, which says
    what the longest would.
    """
    history = runners.simulate(scenarios.NONE, 9)
    with pytest.raises(ConfigError, match="can't ask"):
        plan_trial(history, "luck", start=START)
    with pytest.raises(ConfigError, match="everyday runs"):
        plan_trial(empty, "feel", start=START)
    with pytest.raises(ConfigError, match="120 runs find"):
        plan_trial(history, "feel", start=START, effect=0.1)
    with pytest.raises(ConfigError, match="weekdays"):
        plan_trial(history, "feel", start=START, weekdays=(7,))


def test_calendar_has_a_day_for_each_run(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """Whole days, lines as RFC 5545 has them, one event a run with its ground."""
    history = runners.simulate(scenarios.NONE, 9)
    trial = plan_trial(history, "feel", start=START, effect=10.0, seed=3)
    text = trial.to_calendar()
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert max(map(len, lines)) <= 75
    days = [line.split(":")[1] for line in lines if line.startswith("DTSTART")]
    assert days == [f"{day:%Y%m%d}" for day in trial.days]
    grounds = [line for line in lines if line.startswith("SUMMARY")]
    for line, trail in zip(grounds, trial.trail, strict=True):
        assert ("on trail" in line) == trail


@pytest.mark.parametrize("effect", [0.0, 1.4])
def test_weather_said_before_the_coin_fools_no_one(effect: float) -> None:
    """On a fifth of the days, the muddy ones, weather forbids the trail, and feet are heavier on
    them: they fall out of both arms before the coin is told. Nothing is found in at most 5 of 100
    trials where there is nothing, and an effect as often as promised, within five points. Were
    only the trail's days left out, something would be found where there is nothing.
    """
    rng = np.random.default_rng(15)
    trials, days, found, one_arm = 400, 40, 0, 0
    told = kept_information(0.2, 4)
    promised = power(effect, 1.0, round(told * days))
    for _ in range(trials):
        coin, block = _coins(rng, days)
        season = np.repeat(rng.normal(0.0, 3.0, days // 4), 4)
        muddy = rng.uniform(size=days) < 0.2
        values = season + rng.normal(size=days) + effect * coin - 3.0 * muddy
        kept = np.where(muddy, np.nan, values)
        found += randomisation_test(kept, coin, block, seed=1)[1] < 0.05
        biased = np.where(muddy & coin, np.nan, values)
        one_arm += randomisation_test(biased, coin, block, seed=1)[1] < 0.05
    if effect:
        # Five points, and two standard errors of 400 trials.
        assert found / trials == pytest.approx(promised, abs=0.05 + 0.05)
    else:
        # Two standard errors of 400 trials are 2.2 points.
        assert found / trials <= 0.05 + 0.022
        assert one_arm / trials > 0.15


def test_a_coin_is_told_once_its_weather_was_said(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """Neither file nor calendar show a coin before; a day that was said isn't said anew; days
    without a word, and those on which one ground was forbidden, count for neither arm.
    """
    before = runners.simulate(scenarios.NONE, 9)
    sure = plan_trial(before, "feel", start=START, effect=10.0, seed=3)
    trial = plan_trial(
        before, "feel", start=START, effect=10.0, seed=3, closed=0.2
    )
    assert len(trial.days) > len(sure.days)
    assert trial.power == pytest.approx(0.8, abs=0.1)
    assert {run["ground"] for run in trial.to_dict()["runs"]} == {None}
    assert "trail" not in trial.to_calendar().split("PRODID")[1].split(
        "EVENT", 1
    )[1].replace("@trailstats", "").replace("of the trial", "")
    said = trial
    for k, day in enumerate(trial.days[:-2]):
        assert said.ground_on(day) == ""
        said = said.with_weather(day, both=k % 5 != 0)
        ground = "trail" if trial.trail[k] else "road"
        assert said.ground_on(day) == (ground if k % 5 else "")
    again = Trial.from_json(said.to_json())
    assert again == said
    assert again.weather[:2] == (CLOSED, OPEN)
    with pytest.raises(ConfigError, match="not said anew"):
        again.with_weather(trial.days[0], both=True)
    with pytest.raises(ConfigError, match="no day"):
        again.with_weather(START - dt.timedelta(days=1), both=True)
    with pytest.raises(ConfigError, match="asks for no weather"):
        sure.with_weather(sure.days[0], both=True)
    with pytest.raises(ConfigError, match="leaves no trial"):
        plan_trial(before, "feel", start=START, closed=0.9)
    found = answer_trial(
        again,
        _recorded(runners, scenarios, trial, 15.0),
        today=trial.ends + dt.timedelta(days=1),
    )
    assert found.run == sum(again.counted) < found.planned
    assert any("nothing was said" in text for text in found.caveats)
    assert found.verdict is Verdict.SUPPORTED
