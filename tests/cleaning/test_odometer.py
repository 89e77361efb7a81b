"""An odometer that stands, steps back, jumps or was put right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import at, codes, make_activity, totals
from trailstats import schema
from trailstats.cleaning import clean
from trailstats.geo import EARTH_RADIUS
from trailstats.io import read
from trailstats.model.activity import Activity, DeviceTotals

TRUE = 3.0 * np.arange(1801)
NOWHERE = np.full(1801, np.nan)


def counting(
    count: np.ndarray, *, outdoors: bool = True, **columns: object
) -> Activity:
    """Return half an hour at 3 m/s with the given count of metres."""
    place = {} if outdoors else {"latitude": NOWHERE, "longitude": NOWHERE}
    run = make_activity(distance=count, **place)
    return replace(run, records=run.records.assign(**columns))


@settings(max_examples=25)
@given(
    start=st.integers(20, 1000),
    lasts=st.integers(70, 700),
    evidence=st.sampled_from(
        [(), ("cadence",), ("speed",), ("cadence", "speed")]
    ),
)
def test_an_odometer_that_stands_is_replaced(
    start: int, lasts: int, evidence: tuple[str, ...]
) -> None:
    """Positions go on, and steps and speed where they are recorded: so did the runner."""
    lost = np.clip(np.arange(1801) - start, 0, lasts) * 3.0
    rates = {"cadence": np.full(1801, 170.0), "speed": np.full(1801, 3.0)}
    run = counting(TRUE - lost, **{name: rates[name] for name in evidence})
    assert totals(run) == pytest.approx((5400, 1800), rel=0.01)


def test_speed_stands_in_where_no_position_is_known() -> None:
    """On a treadmill whose odometer stands for five minutes, speed and steps go on."""
    lost = np.clip(np.arange(1801) - 600, 0, 300) * 3.0
    run = counting(
        TRUE - lost,
        outdoors=False,
        cadence=np.full(1801, 170.0),
        speed=np.full(1801, 3.0),
    )
    cleaned = clean(run)
    assert "odometer_stuck" in codes(cleaned)
    assert totals(cleaned) == pytest.approx((5400, 1800), rel=0.01)


def test_an_odometer_that_stands_with_its_runner_is_right() -> None:
    """Positions drift by some metres about someone who waits five minutes without a step."""
    rng = np.random.default_rng(1)
    waits = (np.arange(1801) > 600) & (np.arange(1801) <= 900)
    drift = np.where(waits, rng.normal(0.0, 3.0, 1801), 0.0)
    run = make_activity(
        speed=np.where(waits, 0.0, 3.0),
        device_distance=True,
        cadence=np.where(waits, 0.0, 170.0),
    )
    shaken = run.records["longitude"] + np.degrees(drift / EARTH_RADIUS)
    cleaned = clean(replace(run, records=run.records.assign(longitude=shaken)))
    assert "odometer_stuck" not in codes(cleaned)
    assert totals(cleaned) == pytest.approx((4500, 1500), rel=0.01)


@settings(max_examples=25)
@given(
    row=st.integers(10, 1790),
    size=st.floats(1.0, 3000.0),
    outdoors=st.booleans(),
)
def test_one_step_back_loses_nothing_much(
    row: int, size: float, outdoors: bool
) -> None:
    """An odometer that steps back once, by whatever, counts on from there: no more is lost than
    the step itself where that may be a correction.
    """
    size = min(size, TRUE[row])
    count = np.where(np.arange(1801) >= row, TRUE - size, TRUE)
    found = totals(counting(count, outdoors=outdoors))[0]
    slack = 3.1 if outdoors else min(size, 50.0) + 3.1
    assert 5400 - slack <= found <= 5400.1


@settings(max_examples=25)
@given(
    row=st.integers(10, 1780),
    length=st.integers(1, 3),
    value=st.floats(-5000.0, 9000.0),
    outdoors=st.booleans(),
)
def test_single_wrong_counts_are_not_distance(
    row: int, length: int, value: float, outdoors: bool
) -> None:
    """Up to three samples with another count, such as 0, add no metre."""
    count = TRUE.copy()
    count[row : row + length] = max(count[row] + value, 0.0)
    found = totals(counting(count, outdoors=outdoors))[0]
    # A count that jumps by less than can be told from a catch-up may lose a few steps.
    assert found == pytest.approx(5400, abs=100)


def test_an_odometer_that_begins_anew_in_each_lap() -> None:
    """Three laps, each counted from zero, are the way of all three."""
    count = np.where(np.arange(1801) < 1800, TRUE % 1800.0, 1800.0)
    for outdoors in (True, False):
        assert totals(counting(count, outdoors=outdoors))[0] == pytest.approx(
            5400, abs=10
        )


def test_an_odometer_that_trembles_adds_nothing() -> None:
    """Back and forth by two metres each second, without positions that could deny it."""
    tremble = TRUE + np.where(np.arange(1801) % 2, 5.0, 0.0)
    found = totals(counting(tremble, outdoors=False))[0]
    assert found == pytest.approx(5400, abs=10)


def told(run: Activity, total: float, *, fmt: str = "fit") -> Activity:
    """Return a treadmill run whose file tells a total, in its session or its laps."""
    meta = replace(run.meta, sub_sport="treadmill", format=fmt)
    if fmt == "fit":
        totals_of = DeviceTotals(distance=total, timer_time=1800.0)
        return replace(run, meta=replace(meta, device_totals=totals_of))
    laps = schema.LAPS.frame(
        {
            "start_time": at([0.0, 900.0]),
            "end_time": at([900.0, 1800.0]),
            "distance": [total / 2] * 2,
            "timer_time": [900.0] * 2,
            "trigger": ["manual"] * 2,
        }
    )
    return replace(run, meta=meta, laps=laps)


@pytest.mark.parametrize("fmt", ["fit", "tcx"])
@pytest.mark.parametrize("total", [3600.0, 4900.0, 6000.0, 8000.0])
def test_a_total_that_was_put_right_counts_and_is_said(
    fmt: str, total: float
) -> None:
    """Distances and speeds of a treadmill are scaled to the total that the runner set."""
    cleaned = clean(told(counting(TRUE, outdoors=False), total, fmt=fmt))
    assert "distance_calibrated" in codes(cleaned)
    assert totals(cleaned) == pytest.approx((total, 1800), rel=1e-6)
    assert cleaned.track["speed"].to_numpy()[60:-60] == pytest.approx(
        total / 1800
    )


@pytest.mark.parametrize("total", [5400.0, 5420.0, 100.0, 54000.0, np.nan])
def test_other_totals_change_nothing(total: float) -> None:
    """One that agrees, one of something else, and none."""
    cleaned = clean(told(counting(TRUE, outdoors=False), total))
    assert "distance_calibrated" not in codes(cleaned)
    assert totals(cleaned)[0] == pytest.approx(5400)


def test_a_total_of_a_recording_that_lost_its_end_is_no_scale() -> None:
    """Half of a treadmill run was saved, its session tells of all."""
    run = counting(TRUE, outdoors=False)
    half = DeviceTotals(distance=9000.0, timer_time=3600.0)
    meta = replace(run.meta, sub_sport="treadmill", device_totals=half)
    assert totals(replace(run, meta=meta))[0] == pytest.approx(5400)


def test_positions_need_no_total() -> None:
    """Outdoors the file's total is no reason to stretch the way."""
    run = counting(TRUE)
    other = DeviceTotals(distance=6000.0, timer_time=1800.0)
    found = totals(replace(run, meta=replace(run.meta, device_totals=other)))
    assert found[0] == pytest.approx(5400)


@pytest.mark.parametrize(
    ("name", "metres", "seconds"),
    [
        ("fit_odometer_stands_500s.fit.gz", 10800.0, 3600.0),
        ("fit_treadmill_calibrated.fit.gz", 5400.0, 1800.0),
    ],
)
def test_reported_odometers(
    cases, name: str, metres: float, seconds: float
) -> None:
    """Recordings modelled on reports about other programs."""
    assert totals(read(cases / name)) == pytest.approx(
        (metres, seconds), rel=0.01
    )
