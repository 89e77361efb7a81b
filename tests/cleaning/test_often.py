"""Recordings of several samples a second, and two watches in one recording."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trailstats as ts
from builders import at, codes, make_activity, totals
from trailstats.cleaning import clean
from trailstats.geo import EARTH_RADIUS
from trailstats.io import read
from trailstats.model.activity import Activity


def shaken(run: Activity, metres: float, seed: int) -> Activity:
    """Return a run whose positions have an error of their own in each sample."""
    rng = np.random.default_rng(seed)
    n = len(run.records)
    error = np.degrees(rng.normal(0.0, metres, (2, n)) / EARTH_RADIUS)
    records = run.records.assign(
        latitude=run.records["latitude"] + error[0],
        longitude=run.records["longitude"] + error[1] / np.cos(np.radians(47.0)),
    )
    return replace(run, records=records)


@settings(max_examples=15)
@given(
    rate=st.sampled_from([2, 4, 5, 10, 20]),
    metres=st.floats(0.0, 0.8),
    seed=st.integers(0, 1000),
)
def test_noise_of_many_samples_a_second_is_no_way(
    rate: int, metres: float, seed: int
) -> None:
    """At 2 to 20 samples a second the way keeps its length, and nobody was carried."""
    run = shaken(make_activity(duration=1200, step=1.0 / rate), metres, seed)
    cleaned = clean(run)
    # A mean of k samples errs by s / sqrt(k); across a step of 3 m that adds s^2 / 9k of it.
    assert totals(cleaned) == pytest.approx(
        (3600, 1200), rel=0.01 + 0.12 * metres**2 / rate
    )
    assert "carried" not in codes(cleaned)
    assert "distance_jump" not in codes(cleaned)


@pytest.mark.parametrize("rate", [5, 10, 100])
@pytest.mark.parametrize("speed", [30.0, 250.0])
def test_nobody_runs_that_fast_however_often_it_is_sampled(
    rate: int, speed: float
) -> None:
    """Each step is short enough for a second; so many of them a second are no running."""
    run = make_activity(speed=speed, duration=10, step=1.0 / rate)
    cleaned = clean(run)
    assert codes(cleaned) & {"distance_jump", "carried"}
    assert totals(cleaned)[0] == 0.0


def test_a_sprint_of_many_samples_is_running() -> None:
    """60 m in 7 s, ten times a second."""
    assert totals(make_activity(speed=8.6, duration=7, step=0.1))[
        0
    ] == pytest.approx(60.2, rel=0.02)


def merged(
    first: float,
    second: float,
    offset: float,
    *,
    aside: float = 6.0,
    above: float = 15.0,
    noise: float = 0.0,
    seed: int = 0,
    heart_of: int = 0,
) -> Activity:
    """Return the samples of two watches on one runner, in order of time: each with its own
    interval, the second some metres aside and above.
    """
    rng = np.random.default_rng(seed)
    parts = []
    for number, (every, begin) in enumerate(((first, 0.0), (second, offset))):
        seconds = np.arange(begin, 1800.001, every)
        north = 3.0 * seconds + rng.normal(0.0, noise, len(seconds))
        east = number * aside + rng.normal(0.0, noise, len(seconds))
        frame = pd.DataFrame(
            {
                "latitude": 47.0 + np.degrees(north / EARTH_RADIUS),
                "longitude": 11.0
                + np.degrees(east / EARTH_RADIUS) / np.cos(np.radians(47.0)),
                "elevation": 400.0 + number * above,
                "heart_rate": 146.0 + seconds // 60 % 5
                if number == heart_of
                else np.nan,
            },
            index=at(seconds),
        )
        parts.append(frame)
    run = make_activity(duration=10)
    rows = pd.concat(parts).sort_index(kind="stable")
    records = rows.reindex(columns=run.records.columns).rename_axis("time")
    return replace(run, records=records.astype(float), extras=records[[]])


@settings(max_examples=30)
@given(
    intervals=st.sampled_from(
        [(1.0, 1.0, 0.5), (1.0, 1.0, 0.3), (2.0, 2.0, 1.0), (1.0, 4.0, 0.5),
         (3.0, 3.0, 1.0), (1.0, 5.0, 0.4)]
    ),
    aside=st.floats(3.0, 15.0),
    above=st.sampled_from([0.0, 15.0, -30.0]),
    noise=st.floats(0.0, 0.2),
    seed=st.integers(0, 1000),
)  # fmt: skip
def test_two_watches_are_told_apart(
    intervals: tuple[float, float, float],
    aside: float,
    above: float,
    noise: float,
    seed: int,
) -> None:
    """Whatever their intervals: the way is that of one of them, without a climb."""
    run = merged(*intervals, aside=aside, above=above, noise=noise, seed=seed)
    cleaned = clean(run)
    assert totals(cleaned) == pytest.approx((5400, 1800), rel=0.015)
    assert np.nanmax(cleaned.track["ascent"]) < 3.0
    assert "carried" not in codes(cleaned)


def test_the_fuller_one_is_kept_and_filled() -> None:
    """What only the other watch has is not lost."""
    run = merged(1.0, 1.0, 0.5)
    bare = run.records["heart_rate"].isna()
    power = run.records.assign(power=np.where(bare, 250.0, np.nan))
    cleaned = clean(replace(run, records=power))
    assert "watches_merged" in codes(cleaned)
    assert cleaned.records["heart_rate"].notna().all()
    assert cleaned.records["power"].notna().all()
    assert set(cleaned.records["elevation"]) == {400.0}


@pytest.mark.parametrize("metres", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("speed", [0.8, 3.0])
def test_a_noisy_track_is_one_track(metres: float, speed: float) -> None:
    """Errors that differ from sample to sample are no second watch, even if a sensor speaks every
    other time.
    """
    rate = np.where(np.arange(1801) % 2, np.nan, 140.0 + np.arange(1801) % 7)
    run = shaken(make_activity(speed=speed, heart_rate=rate), metres, 5)
    assert "watches_merged" not in codes(clean(run))


@pytest.mark.parametrize("metres", [0.4, 0.8])
def test_reported_rates(metres: float) -> None:
    """Ten samples a second with 0.4 and 0.8 m of noise, as reported."""
    run = shaken(make_activity(duration=1800, step=0.1), metres, 1)
    assert totals(run) == pytest.approx((5400, 1800), rel=0.01)


def test_reported_recordings(cases) -> None:
    """Recordings modelled on reports: a hundred samples a second; two watches in one file."""
    fast = ts.analyze(cases / "hostile" / "hz100.gpx")
    assert fast.totals.distance == 0.0
    assert "distance_jump" in {issue.code for issue in fast.issues}
    both = read(cases / "gpx_two_watches_merged.gpx.gz")
    assert totals(both) == pytest.approx((5400, 1800), rel=0.01)
