"""The article's own mechanisms: histories in which each is so by hand."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from trailstats import schema
from trailstats.claims import _mechanisms as mechanisms
from trailstats.claims._critical import critical_fraction
from trailstats.claims._evidence import Evidence
from trailstats.claims._races import _best_around, race_cycle
from trailstats.claims._volume import _hours_after
from trailstats.claims._weeks import whole_weeks
from trailstats.claims.plan import check_plan
from trailstats.claims.result import ClaimResult
from trailstats.history import History
from trailstats.schema import Verdict


@pytest.fixture(scope="module")
def history(runners: ModuleType, scenarios: ModuleType) -> History:
    """Return two years without any effect."""
    return runners.simulate(replace(scenarios.NONE, weeks=104), 6)


def test_time_above_the_first_threshold(history: History) -> None:
    """Trail runs spend half of their time above it, road runs a fifth: 0.3 more."""
    table = history.activities
    above = np.where(table["surface"] == "trail", 0.5, 0.2)
    above = above + 0.02 * np.sin(np.arange(len(table)))
    time = table["moving_time"]
    made = replace(
        history,
        activities=table.assign(
            time_zone_1=time * (1.0 - above),
            time_zone_2=time * above,
            time_zone_3=0.0,
        ),
    )
    part = mechanisms.upper_zones(Evidence(made)).result
    assert part.difference == pytest.approx(0.3, abs=0.01)
    assert part.verdict is Verdict.SUPPORTED


def test_the_next_hard_session_follows_within_three_days(
    history: History,
) -> None:
    """Hard runs after a trail run are 5 % faster than those after a road run."""
    table = history.activities.copy()
    hard = (table["intent"] == "hard").to_numpy()
    trail = (table["surface"] == "trail").to_numpy()
    before = np.roll(trail, 1)
    speed = np.where(before, 3.15, 3.0) * np.exp(
        0.005 * np.cos(np.arange(len(table)))
    )
    table["grade_adjusted_speed"] = np.where(
        hard, speed, table["grade_adjusted_speed"]
    )
    made = replace(history, activities=table)
    part = mechanisms.next_session(Evidence(made)).result
    # Of several runs before a session only the last makes it faster, so less than all is seen.
    assert 0.01 < part.difference < np.log(3.15 / 3.0) + 0.005
    assert part.low > 0.0


def test_falls_can_not_be_measured() -> None:
    """No recording tells of them, so there is no number."""
    part = mechanisms.falls().result
    assert part.verdict is Verdict.NOT_MEASURABLE
    assert np.isnan(part.difference)


def test_hours_in_the_days_after(history: History) -> None:
    """Runs of one hour on days 0, 1, 1.5, and 5: two hours follow the first within two days."""
    start = pd.Timestamp("2024-01-01", tz="UTC")
    days = pd.to_timedelta([0.0, 1.0, 1.5, 5.0, 9.0], unit="D")
    table = history.activities.iloc[:5].assign(
        start_time=start + days, moving_time=3600.0
    )
    made = replace(history, activities=table, analyses=history.analyses[:5])
    after = _hours_after(Evidence(made)).to_numpy()
    assert after[:4] == pytest.approx([2.0, 1.0, 0.0, 0.0])
    assert np.isnan(after[4])


def test_races_are_known_or_found(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """Four races that are called so are all known; without a name, runs 30 % faster are found."""
    base = next(s for s in scenarios.WORLDS if "at named races" in s.name)
    named = runners.simulate(replace(base, weeks=84), 2)
    data = Evidence(named)
    weeks = whole_weeks(data)
    known = race_cycle(data, weeks)
    assert known.named == int((data.runs["intent"] == "race").sum()) >= 3
    table = named.activities
    raced = table["intent"] == "race"
    hidden = replace(
        named,
        activities=table.assign(
            intent=table["intent"].where(~raced, ""),
            grade_adjusted_speed=table["grade_adjusted_speed"]
            * np.where(raced, 1.3, 1.0),
        ),
    )
    found = race_cycle(Evidence(hidden), weeks)
    assert found.named == 0
    assert found.found >= known.named
    before = known.columns[:, 0] > 0.8
    assert (found.columns[before, 0] > 0.8).all()
    # Eight weeks before a race form begins to come.
    assert known.columns[:, 0].min() == 0.0


def test_best_around_is_that_of_every_pair() -> None:
    """In any order of days, several runs on one day and a run alone among them."""
    rng = np.random.default_rng(4)
    for count in (1, 2, 40, 300):
        when = rng.integers(0, 900, count).astype(np.float64)
        score = rng.normal(size=count)
        near = np.abs(when[:, None] - when[None, :]) <= 42.0
        expected = np.where(near, score[None, :], -np.inf).max(axis=1)
        np.testing.assert_array_equal(_best_around(when, score, 42.0), expected)


def test_memory_of_races_grows_with_runs_alone() -> None:
    """No table of runs by runs: ten times as many of equal density take no more than some hundred
    bytes each.
    """
    count = 20_000
    when = np.arange(count, dtype=np.float64)
    tracemalloc.start()
    _best_around(when, np.sin(when), 42.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200 * count


def test_races_after_few_trails_are_described(
    runners: ModuleType, scenarios: ModuleType
) -> None:
    """How races went is said beside the rule, and not judged."""
    base = next(s for s in scenarios.WORLDS if "at named races" in s.name)
    rules = check_plan(runners.simulate(base, 2))
    described = [r for r in rules if r.rule == "R2" and r.outcome == "described"]
    assert len(described) == 1
    assert "no effect" in described[0].detail


def test_fraction_of_the_critical_speed(history: History) -> None:
    """Efforts on the line of 150 m and 4 m/s in weeks after much trail, of 3.5 m/s after little: a
    speed of 3 m/s is three quarters of the one, and 2.8 m/s four fifths of the other.
    """
    data = Evidence(history)
    weeks = whole_weeks(data)
    share = weeks.share_before(8)
    much = share > np.median(share[np.isfinite(share)])
    week = np.clip(weeks.of_run, 0, len(weeks) - 1)
    analyses = []
    for analysis, fast in zip(history.analyses, much[week], strict=True):
        length = np.array([400.0, 800.0, 5000.0])
        table = schema.EFFORTS.frame(
            {
                "basis": ["distance"] * 3,
                "ground": ["level"] * 3,
                "distance": length,
                "duration": (length - 150.0) / (4.0 if fast else 3.5),
            }
        )
        analyses.append(replace(analysis, efforts=table))
    made = Evidence(replace(history, analyses=tuple(analyses)))
    speeds = ClaimResult("road_improvement", "s", "m", trail=3.0, road=2.8)
    part = critical_fraction(made, weeks, speeds).result
    assert (part.trail, part.road) == pytest.approx((0.75, 0.8))
    assert part.verdict is None
