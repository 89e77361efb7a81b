"""What must hold for any run: ascent, time and distance from the way itself, not from how it was
recorded.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from builders import make_activity
from trailstats.cleaning import clean
from trailstats.geo import EARTH_RADIUS
from trailstats.io import read
from trailstats.model.activity import Activity
from trailstats.schema import Surface
from trailstats.terrain import classify_terrain
from trailstats.terrain.segments import cut_segments

FEW = settings(max_examples=20)
SECONDS = 2401


def sums(activity: Activity) -> tuple[float, float, float, float]:
    """Return distance, moving time, ascent and descent."""
    track = clean(activity).track
    assert track is not None
    last = track.iloc[-1]
    moving = float(track["duration"][track["moving"]].sum())
    return (
        float(last["distance"]),
        moving,
        float(last["ascent"]),
        float(last["descent"]),
    )


@st.composite
def rolling(draw: st.DrawFn) -> np.ndarray:
    """Return the elevation of hills up to 60 m high and up to 0.18 steep, for each second at 3
    m/s.
    """
    d = 3.0 * np.arange(SECONDS)
    z = np.full(SECONDS, 300.0)
    for steep in (0.12, 0.06):
        wave, part, phase = (
            draw(st.floats(*r)) for r in ((600, 2000), (0.2, 1.0), (0, 2 * np.pi))
        )
        z += (
            part
            * steep
            * wave
            / (2 * np.pi)
            * np.sin(2 * np.pi * d / wave + phase)
        )
    return z


def recorded(
    z: np.ndarray, *, step: int = 1, noise: float = 0.0, seed: int = 0
) -> Activity:
    """Return a run over an elevation, thinned to one sample in ``step`` seconds."""
    z = z + np.random.default_rng(seed).normal(0, noise, len(z)) if noise else z
    return make_activity(duration=len(z) - 1, step=float(step), elevation=z)


@FEW
@given(
    seed=st.integers(0, 10_000),
    noise=st.floats(0.0, 0.3),
    radius=st.floats(40.0, 400.0),
)
def test_a_flat_loop_climbs_nothing(
    seed: int, noise: float, radius: float
) -> None:
    """Laps on the flat have no ascent and no descent, also with the noise of a barometer."""
    angle = 3.0 * np.arange(SECONDS) / radius
    run = make_activity(duration=SECONDS - 1)
    records = run.records.assign(
        latitude=47.0 + np.degrees(radius * np.sin(angle) / EARTH_RADIUS),
        longitude=11.0
        + np.degrees(radius * np.cos(angle) / EARTH_RADIUS)
        / np.cos(np.radians(47.0)),
        elevation=200.0 + np.random.default_rng(seed).normal(0, noise, SECONDS),
    )
    distance, _, up, down = sums(replace(run, records=records))
    assert distance == pytest.approx(3.0 * (SECONDS - 1), rel=0.01)
    assert (up, down) == (0.0, 0.0)


@FEW
@given(rises=st.lists(st.floats(0.0, 0.3), min_size=5, max_size=40))
@example(rises=[0.25, 0.0625, 0.0, 0.0, 0.0, 0.0])
def test_a_monotone_climb_is_exact(rises: list[float]) -> None:
    """A way that never falls climbs the difference of its ends, and descends nothing."""
    if sum(rises) < 0.2:
        rises = [*rises, 0.2]
    grade = np.repeat(rises, int(np.ceil(SECONDS / len(rises))))[:SECONDS]
    z = 100.0 + np.cumsum(grade * 1.2)
    run = make_activity(speed=1.2, duration=SECONDS - 1, elevation=z)
    _, _, up, down = sums(run)
    assert up == pytest.approx(z[-1] - z[0], rel=0.01, abs=1.0)
    assert down == pytest.approx(0.0, abs=0.5)


@FEW
@given(z=rolling(), noise=st.floats(0.0, 0.2), seed=st.integers(0, 100))
def test_halving_the_sampling_rate_keeps_ascent(
    z: np.ndarray, noise: float, seed: int
) -> None:
    """Half of the samples give the same ascent to 3 %, and the same distance and time.

    One rise or fall of about the threshold of 2 m may count or not.
    """
    full, half = (
        sums(recorded(z, step=step, noise=noise, seed=seed)) for step in (1, 2)
    )
    assert half[2:] == pytest.approx(full[2:], rel=0.03, abs=2.5)
    assert half[:2] == pytest.approx(full[:2], rel=2e-3)


@FEW
@given(z=rolling(), noise=st.floats(0.0, 0.2))
def test_going_back_swaps_ascent_and_descent(z: np.ndarray, noise: float) -> None:
    """The same way backwards climbs what was descended, but for a rise about the threshold of 3 m
    that counts from one side alone.
    """
    z = z + np.random.default_rng(0).normal(0, noise, len(z))
    _, _, up, down = sums(recorded(z))
    _, _, back_up, back_down = sums(recorded(z[::-1]))
    assert (back_up, back_down) == pytest.approx((down, up), rel=0.01, abs=3.0)


@FEW
@given(
    z=rolling(),
    at=st.integers(300, 2000),
    minutes=st.integers(1, 600),
    drift=st.floats(-60.0, 60.0),
    stopped=st.booleans(),
)
def test_a_pause_or_a_gap_adds_nothing(
    z: np.ndarray, at: int, minutes: int, drift: float, stopped: bool
) -> None:
    """A pause, by the timer or as a gap in the samples, adds no distance, no time and no ascent.

    Not even where the elevation is another one afterwards; less than 3 m can't be told from the
    noise and may count.
    """
    plain = recorded(z)
    later = np.arange(SECONDS) > at
    index = plain.records.index.where(
        ~later, plain.records.index + pd.Timedelta(minutes=minutes)
    )
    records = plain.records.set_axis(
        pd.DatetimeIndex(index, name="time").as_unit("ns")
    )
    records = records.assign(
        elevation=records["elevation"] + np.where(later, drift, 0.0)
    )
    paused = replace(
        plain, records=records, extras=pd.DataFrame(index=records.index)
    )
    if stopped:
        stops = pd.DataFrame(
            {
                "start_time": [index[at]],
                "end_time": [index[at] + pd.Timedelta(minutes=minutes)],
            }
        )
        paused = replace(paused, pauses=stops.astype("datetime64[ns, UTC]"))
    before, after = sums(plain), sums(paused)
    assert after[:2] == pytest.approx(before[:2], abs=6.0)
    assert after[2:] == pytest.approx(before[2:], abs=3.5)


@FEW
@given(z=rolling(), factor=st.floats(0.7, 1.3))
def test_pace_does_not_change_the_hills(z: np.ndarray, factor: float) -> None:
    """The same hills run faster or slower have the same ascent, but for what is counted over time:
    of short hills, crossed in half a minute, the smoothing takes more from the faster run.
    """
    d = 3.0 * np.arange(SECONDS)
    slow = make_activity(
        speed=3.0 * factor,
        duration=int((SECONDS - 1) / factor),
        elevation=np.interp(
            3.0 * factor * np.arange(int((SECONDS - 1) / factor) + 1), d, z
        ),
    )
    assert sums(slow)[2:] == pytest.approx(
        sums(recorded(z))[2:], rel=0.15, abs=3.0
    )


@pytest.mark.corpus
def test_thinning_real_runs_keeps_their_trail_share(
    shared_runs: list[Activity],
) -> None:
    """Recordings of one sample a second, thinned to one in five, keep their share of trail to 0.02
    on average.
    """
    change = []
    for run in shared_runs:
        kept = run.records.iloc[::5]
        thin = replace(run, records=kept, extras=pd.DataFrame(index=kept.index))
        change.append(abs(trail_share(run) - trail_share(thin)))
    assert len(change) >= 40
    assert np.mean(change) <= 0.02


def trail_share(activity: Activity) -> float:
    """Return the share of the distance that is called trail from the signal."""
    run = clean(activity)
    stretches = classify_terrain(run, cut_segments(run))
    length = stretches["distance"]
    return float(
        length[stretches["surface"] == Surface.TRAIL.value].sum()
        / max(length.sum(), 1.0)
    )


@pytest.fixture(scope="module")
def shared_runs(corpus: Path) -> list[Activity]:
    """Return runs and trail runs of one sample a second, a few of each athlete and label."""
    index = pd.read_csv(corpus / "index.csv").sort_values("file")
    plain = (
        index["label"].isin(["road", "trail"])
        & (index["median_dt_s"] == 1)
        & (index["has_gps"] == 1)
    )
    some = (
        index[plain & (index["size"] < 1_500_000)]
        .groupby(["athlete", "label"])
        .head(6)
    )
    return [read(corpus / name) for name in some["file"]]
