"""Training rules on calendars written out by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from trailstats import schema
from trailstats.claims.plan import check_plan, next_four_weeks
from trailstats.claims.result import RuleResult
from trailstats.errors import ConfigError
from trailstats.history import History
from trailstats.model.activity import ActivityMeta
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import Analysis, Totals

RACE = dt.date(2026, 5, 10)


def calendar(
    runs: list[tuple[int, str, float]],
    athlete: Athlete | None = None,
    **columns: object,
) -> History:
    """Return a history of runs, each given by its days before the race, its ground and its
    kilometres.
    """
    runs = sorted(runs, reverse=True)
    count = len(runs)
    start = [
        pd.Timestamp(RACE) - pd.Timedelta(days=ago) + pd.Timedelta(hours=8)
        for ago, _, _ in runs
    ]
    files = [f"{ago:03d}-{k}.fit" for k, (ago, _, _) in enumerate(runs)]
    table = schema.ACTIVITIES.frame(
        {
            "file": files,
            "status": "ok",
            "sport": "running",
            "start_time": pd.DatetimeIndex(start).tz_localize("UTC"),
            "distance": [1000.0 * km for _, _, km in runs],
            "moving_time": [360.0 * km for _, _, km in runs],
            "surface": [side for _, side, _ in runs],
            "local_offset": np.zeros(count),
            **columns,
        }
    )
    analyses = [
        Analysis(
            ActivityMeta(source=file),
            Totals(),
            {},
            schema.SEGMENTS.empty(),
            schema.CLIMBS.empty(),
            schema.PROFILE.empty(),
        )
        for file in files
    ]
    return History(
        athlete or Athlete(),
        table,
        schema.SEGMENTS.empty(),
        tuple(analyses),
        (),
        HeartRateLimits(),
    )


def rule(
    history: History, name: str, races: tuple[dt.date, ...] = (RACE,)
) -> RuleResult:
    found = [r for r in check_plan(history, races=races) if r.rule == name]
    assert len(found) == 1
    return found[0]


BASE = [(ago, "road", 10.0) for ago in range(2, 60, 2)]


@pytest.mark.parametrize(
    ("trail", "outcome"),
    [
        ((3, 10), "fail"),
        ((3, 20), "pass"),
        ((14, 15), "pass"),
        ((15, 28), "fail"),
        ((29, 30, 35), "pass"),
        ((), "pass"),
    ],
)
def test_trail_runs_before_a_race(trail: tuple[int, ...], outcome: str) -> None:
    """Days -3 and -10 lie in one block of two weeks and fail, days -3 and -20 in two and pass; day
    29 is too early.
    """
    found = rule(calendar([*BASE, *((ago, "trail", 8.0) for ago in trail)]), "R2")
    assert found.outcome == outcome
    assert len(found.activities) == sum(ago <= 28 for ago in trail)


def test_race_from_profile_and_name() -> None:
    """A race of the profile and a run named as a race count as well; without any, the rules are not
    applicable.
    """
    runs = [*BASE, (0, "road", 10.0)]
    assert (
        rule(calendar(runs, Athlete(races=(RACE,))), "R2", ()).outcome == "pass"
    )
    intent = [
        "race" if ago == 0 else "" for ago, _, _ in sorted(runs, reverse=True)
    ]
    assert rule(calendar(runs, intent=intent), "R2", ()).outcome == "pass"
    for name in ("R2", "R2b", "R2c", "R2d"):
        assert rule(calendar(runs), name, ()).outcome == "not applicable"


def test_each_race_is_checked() -> None:
    """Two races give each rule twice."""
    second = RACE - dt.timedelta(days=30)
    found = check_plan(calendar(BASE), races=(RACE, second))
    assert [r.rule for r in found].count("R2b") == 2


@pytest.mark.parametrize(
    ("last", "outcome"),
    [(10.0, "fail"), (6.0, "fail"), (5.0, "pass"), (3.5, "fail")],
)
def test_taper_volume(last: float, outcome: str) -> None:
    """Half of the volume in the last two weeks passes; 40 % less is too little, 65 % too much."""
    runs = [(ago, "road", last if ago <= 14 else 10.0) for ago in range(1, 50)]
    found = rule(calendar(runs), "R2b")
    assert found.outcome == outcome
    assert f"{100 - 10 * last:.0f} % less" in found.detail


def test_falling_weeks() -> None:
    """Each of the last four weeks must be shorter than the one before."""
    falling = [(ago, "road", 4.0 + (ago - 1) // 7) for ago in range(1, 60)]
    assert rule(calendar(falling), "R2c").outcome == "pass"
    level = [(ago, "road", 8.0) for ago in range(1, 60)]
    assert rule(calendar(level), "R2c").outcome == "fail"


def test_late_descents() -> None:
    """A run with more descent than any of the six weeks before fails; nothing is said without
    elevation.
    """
    order = sorted(BASE, reverse=True)
    late = [400.0 if ago == 10 else 200.0 for ago, _, _ in order]
    early = [400.0 if ago == 40 else 200.0 for ago, _, _ in order]
    assert rule(calendar(BASE, descent=late), "R2d").outcome == "fail"
    assert rule(calendar(BASE, descent=early), "R2d").outcome == "pass"
    assert rule(calendar(BASE), "R2d").outcome == "not enough data"


def test_a_short_archive_decides_nothing_but_what_is_seen() -> None:
    """Where the recordings begin two weeks before the race, only what they show can fail."""
    short = [(ago, "road", 8.0) for ago in range(1, 14)]
    assert {
        rule(calendar(short), name).outcome for name in ("R2", "R2b", "R2c")
    } == {"not enough data"}
    assert (
        rule(
            calendar([*short, (3, "trail", 8.0), (5, "trail", 8.0)]), "R2"
        ).outcome
        == "fail"
    )


def test_a_race_to_come() -> None:
    """A race far ahead can't be judged yet."""
    assert (
        rule(calendar(BASE), "R2", (RACE + dt.timedelta(days=90),)).outcome
        == "not enough data"
    )


def weeks(trail: int, road: int, count: int = 20) -> list[tuple[int, str, float]]:
    """Return so many weeks with the same number of runs, from Monday on."""
    sunday = 0  # the race day is a Sunday
    out = []
    for week in range(count):
        for k in range(trail + road):
            out.append(
                (sunday + 7 * week + k, "trail" if k < trail else "road", 8.0)
            )
    return out


@pytest.mark.parametrize(
    ("trail", "road", "outcome"),
    [(1, 3, "pass"), (2, 2, "pass"), (0, 4, "fail"), (3, 1, "fail")],
)
def test_trail_runs_a_week(trail: int, road: int, outcome: str) -> None:
    """One or two trail runs a week pass, none and three fail."""
    assert RACE.weekday() == 6
    assert rule(calendar(weeks(trail, road)), "R1", ()).outcome == outcome


def test_added_runs_fail() -> None:
    """Two trail runs on top of the usual three road runs are no replacement."""
    before = [(ago + 7 * 6, side, km) for ago, side, km in weeks(0, 3, 14)]
    found = rule(calendar([*weeks(2, 3, 6), *before]), "R1", ())
    assert "4 with more runs than usual" in found.detail


def test_weeks_before_a_race_do_not_count() -> None:
    """In the month before a race the weekly rule gives way."""
    assert "of 7 weeks" in rule(calendar(weeks(1, 3)), "R1").detail
    assert "of 12 weeks" in rule(calendar(weeks(1, 3)), "R1", ()).detail


@pytest.mark.parametrize(("above", "outcome"), [(120.0, "pass"), (900.0, "fail")])
def test_easy_trail_runs(above: float, outcome: str) -> None:
    """With 2 of 40 minutes above the ceiling an easy run is easy, with 15 it isn't."""
    runs = weeks(1, 3)
    found = rule(
        calendar(
            runs, intent="easy", time_above_easy=above, time_easy_judged=2400.0
        ),
        "R4",
        (),
    )
    assert found.outcome == outcome
    assert (
        rule(calendar(runs, intent="easy"), "R4", ()).outcome == "not enough data"
    )


def test_goal_is_never_guessed() -> None:
    """Ground by goal is not judged where the profile names no goal."""
    for name in ("R3a", "R3b", "R3c"):
        found = rule(calendar(BASE), name)
        assert found.outcome == "not applicable"
        assert "no goal" in found.detail


def level(trails: list[tuple[int, str, float]], goal: str) -> History:
    """Return road runs and trail runs, all of them on smooth and level ground."""
    runs = sorted([*BASE, *trails], reverse=True)
    on_trail = np.array([side == "trail" for _, side, _ in runs])
    history = calendar(
        runs,
        Athlete(goal=goal),
        trail_share=on_trail.astype(float),
        technical_share=0.0,
    )
    table = history.activities
    segments = schema.SEGMENTS.frame(
        {
            "file": table["file"],
            "index": np.zeros(len(table), dtype=np.int64),
            "start_time": table["start_time"],
            "distance": table["distance"],
            "duration": table["moving_time"],
            "surface": table["surface"],
            "mean_grade": 0.0,
            "gait": "run",
        }
    )
    return replace(history, segments_source=segments)


@pytest.mark.parametrize(
    ("kilometres", "outcome"),
    [((20.0, 20.0, 20.0, 20.0), "pass"), ((20.0, 20.0, 5.0, 5.0), "pass"), ((20.0, 5.0, 5.0, 5.0),
     "fail"),
     ((20.0, 20.0, 20.0), "not enough data")],
)  # fmt: skip
def test_ground_of_a_marathon_goal(
    kilometres: tuple[float, ...], outcome: str
) -> None:
    """Half of the trail runs are long and smooth, or not; the other goals' rules don't apply."""
    trails = [(3 + 7 * k, "trail", km) for k, km in enumerate(kilometres)]
    history = level(trails, "marathon")
    found = rule(history, "R3b")
    assert found.outcome == outcome
    assert len(found.activities) == len(kilometres)
    for name in ("R3a", "R3c"):
        assert rule(history, name).outcome == "not applicable"
    assert any("run long" in text for text in next_four_weeks([found])) == (
        outcome == "fail"
    )


def test_unknown_goal_is_an_error() -> None:
    """A goal that no rule knows is refused, with those that are known."""
    with pytest.raises(ConfigError, match="power, marathon, endurance"):
        Athlete(goal="medals")


def test_next_four_weeks() -> None:
    """What failed is suggested, with its evidence; what passed is not."""
    fail = rule(calendar(weeks(0, 4)), "R1", ())
    assert any(
        "on trail instead of road" in text and "no study" in text
        for text in next_four_weeks([fail])
    )
    assert next_four_weeks([rule(calendar(weeks(1, 3)), "R1", ())]) == ()


def test_local_day_decides() -> None:
    """A run late in the evening, west of Greenwich, belongs to the day before in UTC."""
    runs = [*BASE, (14, "trail", 8.0), (14, "trail", 8.0)]
    assert rule(calendar(runs), "R2").outcome == "fail"
    moved = calendar(runs)
    moved.activities["local_offset"] = -9.0 * 3600.0
    found = rule(moved, "R2")
    assert "2 trail runs in the fourth and third week" in found.detail
