"""Sensors that come every few seconds count for their time; static of a dry strap doesn't."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trailstats as ts
from builders import codes, make_activity
from trailstats.cleaning import CleanRules, clean
from trailstats.model.activity import Activity

COUNT = np.arange(3601)


def beats(seed: int = 0, mean: float = 150.0, top: float = 12.0) -> np.ndarray:
    """Return a heart rate that follows an hour's run, with its own small noise."""
    rng = np.random.default_rng(seed)
    slow = mean + top * np.sin(COUNT / 400.0) - 40.0 * np.exp(-COUNT / 60.0)
    return np.rint(slow + rng.normal(0.0, 1.0, len(COUNT)))


def every(values: np.ndarray, seconds: int) -> np.ndarray:
    """Return a series of which only one value in so many seconds was recorded."""
    return np.where(COUNT % seconds == 0, values, np.nan)


@pytest.mark.parametrize("seconds", [5, 10, 30, 60])
@pytest.mark.parametrize("name", ["heart_rate", "cadence"])
def test_a_sparse_sensor_counts_for_its_time(name: str, seconds: int) -> None:
    """Its time, mean and coverage are those of one that came every second."""
    values = beats() if name == "heart_rate" else np.full(3601, 172.0)
    full = clean(make_activity(duration=3600, **{name: values}))
    cleaned = clean(
        make_activity(duration=3600, **{name: every(values, seconds)})
    )
    held = cleaned.records[name]
    assert held.notna().all()
    assert "sensor_held" in codes(cleaned)
    # A value that is held lags by half its interval behind a heart that rises by 40 beats.
    assert held.mean() == pytest.approx(
        full.records[name].mean(), abs=0.3 + 40 * seconds / 2 / 3600
    )


@pytest.mark.parametrize("seconds", [5, 10, 30, 60])
def test_zones_and_load_rest_on_it(seconds: int) -> None:
    """Zones add up to the hour, the load is the heart's, within 1 % of that by every second."""
    athlete = {"heart_rate_max": 190.0, "heart_rate_rest": 50.0}
    full, sparse = (
        ts.analyze(
            make_activity(duration=3600, heart_rate=values), athlete=athlete
        )
        for values in (beats(), every(beats(), seconds))
    )
    zones = [sparse.metrics[f"time_zone_{k}"].value for k in (1, 2, 3)]
    assert sum(zones) == pytest.approx(3600, rel=0.01)
    load = sparse.metrics["session_load"]
    assert load.method.startswith("heart rate")
    assert load.value == pytest.approx(
        full.metrics["session_load"].value, rel=0.01
    )
    assert load.coverage == pytest.approx(1.0, abs=0.02)


def test_it_is_held_no_longer_than_stated() -> None:
    """A break of five minutes stays one, and coverage says so."""
    values = every(beats(), 10)
    values[1201:1500] = np.nan
    cleaned = clean(make_activity(duration=3600, heart_rate=values))
    unknown = cleaned.records["heart_rate"].isna().to_numpy()
    assert unknown.sum() == pytest.approx(300, abs=10)
    assert unknown[1210:1490].all()
    shorter = clean(
        make_activity(duration=3600, heart_rate=every(beats(), 30)),
        cleaning=CleanRules(sensor_hold=20.0),
    )
    assert shorter.records["heart_rate"].notna().sum() == 121


def test_a_dense_sensor_that_drops_out_is_not_held() -> None:
    """Twenty seconds without contact of a strap that sends every second are unknown."""
    values = beats()
    values[1000:1020] = np.nan
    cleaned = clean(make_activity(duration=3600, heart_rate=values))
    assert cleaned.records["heart_rate"].isna().sum() == 20


def test_what_was_blanked_is_not_held() -> None:
    """A value that can't be stands for nothing until the next."""
    values = every(beats(), 10)
    values[1000] = 250.0
    cleaned = clean(make_activity(duration=3600, heart_rate=values))
    assert cleaned.records["heart_rate"].isna().sum() == 10


def with_static(
    start: int, lasts: int, *, low: float, seed: int, wild: bool = True
) -> tuple[Activity, np.ndarray]:
    """Return an hour's run with static at some time, and where it is."""
    rng = np.random.default_rng(seed)
    bad = (start <= COUNT) & (start + lasts > COUNT)
    noise = (
        rng.uniform(low, low + 20.0, len(COUNT)) if wild else low + COUNT * 0.0
    )
    return make_activity(
        duration=3600, heart_rate=np.rint(np.where(bad, noise, beats(seed)))
    ), bad


@settings(max_examples=30)
@given(
    place=st.sampled_from(
        [(0, 240), (40, 200), (240, 120), (0, 480), (1800, 60)]
    ),
    low=st.floats(195.0, 210.0),
    seed=st.integers(0, 10_000),
    wild=st.booleans(),
)
def test_static_is_blanked_and_the_heart_stays(
    place: tuple[int, int], low: float, seed: int, wild: bool
) -> None:
    """In the first minutes for as long as a strap stays dry, elsewhere for a minute."""
    run, bad = with_static(*place, low=low, seed=seed, wild=wild)
    rate = clean(run).records["heart_rate"].to_numpy()
    assert np.isnan(rate[bad]).mean() > 0.97
    assert np.isnan(rate[~bad]).mean() < 0.005


@pytest.mark.parametrize("jump", ["late contact", "sprints", "pause"])
def test_what_the_heart_does_is_kept(jump: str) -> None:
    """A sensor that finds the pulse late, short hard efforts, and a heart that calms down while the
    timer stands, are no static.
    """
    rate = beats()
    run = make_activity(duration=3600, heart_rate=rate)
    if jump == "late contact":
        rate = np.where(COUNT < 600, rate - 50.0, rate)
    elif jump == "sprints":
        rate = np.rint(rate + 30.0 * np.exp(-(((COUNT % 600 - 300) / 40.0) ** 2)))
    run = make_activity(duration=3600, heart_rate=rate)
    if jump == "pause":
        late = run.records.index + np.where(
            COUNT > 240, np.timedelta64(600, "s"), np.timedelta64(0, "s")
        )
        falls = np.where(COUNT > 240, rate - 45.0, rate)
        records = run.records.set_axis(late).assign(heart_rate=falls)
        run = replace(run, records=records, extras=records[[]])
    cleaned = clean(run)
    assert "heart_rate_static" not in codes(cleaned)
    assert cleaned.records["heart_rate"].notna().all()


def test_two_bad_starts_of_twelve_change_neither_maximum_nor_loads(cases) -> None:
    """The maximum is about 180, the loads are those of the same runs without static, and how sure
    it is stands beside it.
    """
    history = ts.analyze_folder(cases / "static12")
    limits = history.limits
    assert limits.maximum == pytest.approx(180, abs=3)
    assert limits.maximum_low <= limits.maximum <= limits.maximum_high < 190
