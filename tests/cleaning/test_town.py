"""Drives with stops, and gaps that were driven, are no running."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import codes, make_activity, totals
from trailstats.cleaning import clean
from trailstats.io import read
from trailstats.model.activity import Activity

DRIVE = 900


def traffic(seed: int, top: float) -> np.ndarray:
    """Return the speed of a car or bus second by second, from light to light."""
    rng = np.random.default_rng(seed)
    speed: list[float] = [0.0] * 25
    while len(speed) < DRIVE:
        cruise = rng.uniform(0.6, 1.0) * top
        up = np.linspace(0.0, cruise, 8)
        speed += [*up, *[cruise] * int(rng.integers(15, 60)), *up[::-1]]
        speed += [0.0] * int(rng.integers(5, 50))
    return np.array(speed[:DRIVE])


def driven(
    before: int,
    after: int,
    *,
    top: float = 11.0,
    seed: int = 1,
    steps: bool = True,
    heart: bool = True,
    device_distance: bool = False,
) -> Activity:
    """Return a run at 3 m/s with a drive through town between its two parts."""
    speed = np.concatenate(
        ([0.0], np.full(before, 3.0), traffic(seed, top), np.full(after, 3.0))
    )
    riding = np.zeros(len(speed), bool)
    riding[before + 1 : before + 1 + DRIVE] = True
    columns: dict[str, object] = {}
    rng = np.random.default_rng(seed)
    if steps:
        columns["cadence"] = np.where(riding, 0.0, 170.0)
    if heart:
        since = np.arange(len(speed)) - before
        rate = np.where(riding, 85.0 + 60.0 * np.exp(-since / 60.0), 145.0)
        columns["heart_rate"] = np.rint(rate + rng.normal(0.0, 1.5, len(speed)))
    return make_activity(
        speed=speed,
        duration=len(speed) - 1,
        device_distance=device_distance,
        **columns,
    )


@settings(max_examples=30)
@given(
    before=st.integers(600, 2400),
    after=st.sampled_from([0, 0, 900]),
    top=st.floats(7.0, 14.0),
    seed=st.integers(0, 10_000),
    sensors=st.sampled_from([(True, True), (True, False), (False, True)]),
    device=st.booleans(),
)
def test_a_drive_through_town_is_no_running(
    before: int,
    after: int,
    top: float,
    seed: int,
    sensors: tuple[bool, bool],
    device: bool,
) -> None:
    """At the end or in the middle, with steps or a heart rate to tell it by."""
    steps, heart = sensors
    run = driven(
        before,
        after,
        top=top,
        seed=seed,
        steps=steps,
        heart=heart,
        device_distance=device,
    )
    metres, seconds = totals(run)
    # Without steps the heart, which settles over a minute, blurs the edges.
    slack = 0.01 if steps else 0.06
    assert metres == pytest.approx(3.0 * (before + after), rel=slack, abs=25)
    assert seconds == pytest.approx(before + after, rel=slack, abs=25)


@pytest.mark.parametrize("seed", range(5))
def test_bursts_that_nobody_runs_tell_of_a_drive_without_any_sensor(
    seed: int,
) -> None:
    """Positions alone: again and again from standing to 13 m/s, and standing."""
    run = driven(1800, 0, top=16.0, seed=seed, steps=False, heart=False)
    cleaned = clean(run)
    assert "carried" in codes(cleaned)
    assert totals(cleaned)[0] == pytest.approx(5400, rel=0.1)


def test_bursts_tell_of_a_drive_where_the_heart_calms_down_slowly() -> None:
    """From light to light at up to 11 m/s, while the heart falls by a beat in eight seconds: for
    the first minutes it beats as at a walk.
    """
    second = np.arange(DRIVE)
    phase = second % 90
    rising = np.minimum(11.0, 0.8 * (phase - 20.0))
    falling = np.maximum(0.0, 11.0 - 0.6 * (phase - 60.0))
    ride = np.where(phase < 20, 0.0, np.where(phase < 60, rising, falling))
    beat = 145.0 + np.rint(5.0 * np.sin(np.arange(1801) / 37.0))
    run = make_activity(
        speed=np.concatenate((np.full(1801, 3.0), ride)),
        duration=1800 + DRIVE,
        heart_rate=np.append(beat, np.maximum(85, 140 - second // 8)),
    )
    assert totals(run) == pytest.approx((5400, 1800), rel=0.02)


def test_a_foot_pod_that_fails_leaves_the_run() -> None:
    """Without a step for the second half, with a working heart at an even pace."""
    count = np.arange(3601)
    run = make_activity(
        duration=3600,
        cadence=np.where(count < 1800, 170.0, 0.0),
        heart_rate=np.rint(150.0 + 3.0 * np.sin(count / 90.0)),
    )
    assert "carried" not in codes(clean(run))
    assert totals(run) == pytest.approx((10800, 3600), rel=0.01)


def test_intervals_with_quiet_rests_are_running() -> None:
    """Ten times 200 m in 30 s, with two minutes of standing: fast, with stops, on foot."""
    speed = np.tile(np.repeat([6.7, 0.0], [30, 120]), 10)
    rate = np.tile(
        np.concatenate((np.linspace(130, 175, 30), np.linspace(175, 120, 120))),
        10,
    )
    run = make_activity(
        speed=np.append(0.0, speed),
        duration=1500,
        heart_rate=np.append(130.0, rate),
    )
    assert "carried" not in codes(clean(run))


def gap(seconds: int, metres: float, *, pace: float = 3.0) -> Activity:
    """Return two runs of 20 minutes with a gap between them that no mark tells of."""
    speed = np.full(2400 + seconds + 1, pace)
    speed[1201 : 1201 + seconds] = metres / seconds
    run = make_activity(speed=speed, duration=2400 + seconds)
    kept = np.r_[0:1201, 1200 + seconds : len(run.records)]
    records = run.records.iloc[kept]
    return replace(run, records=records, extras=pd.DataFrame(index=records.index))


@settings(max_examples=25)
@given(
    seconds=st.integers(130, 3500),
    speed=st.floats(4.0, 11.9),
)
def test_a_gap_crossed_faster_than_the_runner_ran_is_no_running(
    seconds: int, speed: float
) -> None:
    """Neither its way nor its time counts."""
    run = gap(seconds, speed * seconds)
    assert totals(run) == pytest.approx((7200, 2400), rel=0.01)
    assert "gap_driven" in codes(clean(run))


@pytest.mark.parametrize("speed", [1.0, 2.5, 3.4])
def test_a_gap_at_the_runner_s_pace_is_bridged(speed: float) -> None:
    """Five minutes without a sample at a pace that the runner has elsewhere."""
    assert totals(gap(300, 300 * speed))[0] == pytest.approx(
        7200 + 300 * speed, rel=0.01
    )


def test_a_gap_of_days_is_never_bridged() -> None:
    """However slowly it was crossed."""
    run = gap(7200, 7200 * 2.0)
    assert totals(run) == pytest.approx((7200, 2400), rel=0.01)


@pytest.mark.parametrize(
    ("name", "metres", "seconds"),
    [
        ("fit_car_city.fit.gz", 5400.0, 1800.0),
        ("gpx_drive_in_gap.gpx.gz", 7200.0, 2400.0),
    ],
)
def test_reported_drives(cases, name: str, metres: float, seconds: float) -> None:
    """Recordings modelled on reports of runners."""
    assert totals(read(cases / name)) == pytest.approx(
        (metres, seconds), rel=0.01
    )
