"""Segments cover a run without gaps, add up to it, and change where the slope does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import make_activity
from trailstats.cleaning import clean
from trailstats.terrain.climbs import find_climbs
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.segments import (
    NO_GROUND,
    cut_segments,
    cuts_by_slope_and_gait,
    further_cuts,
    hiked_samples,
    segment_table,
)


def three_parts(duration: int = 3600) -> np.ndarray:
    """Return elevations: flat, then up at 8 %, then down at 8 %, a third of the time each at 3
    m/s.
    """
    d = np.linspace(0, 3.0 * duration, 600)
    third = d[-1] / 3
    return np.interp(
        d, [0, third, 2 * third, d[-1]], [100, 100, 100 + 0.08 * third, 100]
    )


def test_flat_up_down_is_told_apart() -> None:
    """A third each of flat, up and down comes out as those three, near the right places."""
    segments = cut_segments(make_activity(duration=3600, elevation=three_parts()))
    length = segments.groupby("slope")["distance"].sum()
    assert length["flat"] == pytest.approx(3600, abs=120)
    assert length["up"] == pytest.approx(3600, abs=200)
    assert length["down"] == pytest.approx(3600, abs=200)
    assert segments["ascent"].sum() == pytest.approx(288, rel=0.02)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), step=st.sampled_from([1.0, 4.0]))
def test_segments_add_up(seed: int, step: float) -> None:
    """Length, time, ascent and samples of the segments are those of the run; each begins where the
    last ended.
    """
    rng = np.random.default_rng(seed)
    z = 100 + np.cumsum(rng.normal(0, 3, 120))
    speed = np.interp(
        np.arange(0, 1800 + step / 2, step),
        np.linspace(0, 1800, 20),
        rng.uniform(0.0, 4.0, 20),
    )
    run = clean(make_activity(speed=speed, elevation=z, step=step))
    segments = cut_segments(run)
    track = run.track
    assert segments["distance"].sum() == pytest.approx(track["distance"].iloc[-1])
    assert segments["duration"].sum() == pytest.approx(
        track["duration"][track["moving"]].sum()
    )
    if track["ascent"].notna().any():
        assert segments["ascent"].sum() == pytest.approx(track["ascent"].iloc[-1])
        assert segments["descent"].sum() == pytest.approx(
            track["descent"].iloc[-1]
        )
    assert segments["n_records"].sum() == len(track)
    assert (
        segments["start_distance"].iloc[1:].to_numpy()
        == segments["end_distance"].iloc[:-1].to_numpy()
    ).all()
    assert (
        segments["start_time"].iloc[1:].to_numpy()
        == segments["end_time"].iloc[:-1].to_numpy()
    ).all()


def test_splitting_keeps_the_sums() -> None:
    """A further cut makes one segment more, of the same slope, with the same sums."""
    run = clean(make_activity(duration=3600, elevation=three_parts()))
    segments = cut_segments(run)
    rules = TerrainRules()
    hiking = hiked_samples(run, rules)
    cut = cuts_by_slope_and_gait(run, hiking, rules)
    cut = further_cuts(run, cut, np.array([1000.0, 1090.0, 95.0]), rules)
    more = segment_table(run, *cut, hiking, NO_GROUND)
    assert len(more) == len(segments) + 1
    assert more["distance"].sum() == pytest.approx(segments["distance"].sum())
    assert more["duration"].sum() == pytest.approx(segments["duration"].sum())
    assert set(more["slope"]) == set(segments["slope"])


def test_gait_follows_cadence() -> None:
    """110 steps a minute at walking speed is hiking, 170 at the same speed is running."""
    for steps, gait in ((110.0, "hike"), (170.0, "run")):
        segments = cut_segments(
            make_activity(
                speed=1.6, cadence=np.full(1801, steps), elevation=np.zeros(10)
            )
        )
        assert set(segments["gait"]) == {gait}


@pytest.mark.parametrize(("limit", "gait"), [(2.0, "hike"), (1.5, "run")])
def test_gait_follows_speed_without_steps(limit: float, gait: str) -> None:
    """1.6 m/s on the level is hiking, unless the rules say that running begins at 1.5; steps
    overrule both.
    """
    rules = TerrainRules(hike_speed=limit)
    assert set(cut_segments(make_activity(speed=1.6), terrain=rules)["gait"]) == {
        gait
    }
    stepping = make_activity(speed=1.6, cadence=np.full(1801, 110.0))
    assert set(cut_segments(stepping, terrain=rules)["gait"]) == {"hike"}


@pytest.mark.parametrize("steps", [True, False])
@pytest.mark.parametrize(
    "elevation", [np.full(10, 300.0), None], ids=["flat", "no elevation"]
)
def test_running_and_walking_are_cut_apart(
    steps: bool, elevation: np.ndarray | None
) -> None:
    """Ten minutes of running, five of walking and ten of running on the flat are three segments."""
    t = np.arange(1501)
    walking = (t > 600) & (t <= 900)
    cadence = np.where(walking, 110.0, 170.0) if steps else np.full(1501, np.nan)
    run = make_activity(
        speed=np.where(walking, 1.3, 3.0),
        duration=1500,
        elevation=elevation,
        cadence=cadence,
    )
    segments = cut_segments(run)
    assert segments["gait"].tolist() == ["run", "hike", "run"]
    assert segments["distance"].to_numpy() == pytest.approx(
        [1800, 390, 1800], abs=30
    )
    assert segments["duration"].sum() == pytest.approx(1500)


def test_a_few_steps_of_walking_are_no_segment() -> None:
    """Half a minute of walking in between, and a walk at a traffic light, don't cut a run."""
    t = np.arange(1501)
    walking = ((t > 600) & (t <= 630)) | ((t > 900) & (t <= 940))
    run = make_activity(
        speed=np.where(walking, 1.3, 3.0),
        duration=1500,
        cadence=np.where(walking, 110.0, 170.0),
    )
    assert cut_segments(run)["gait"].tolist() == ["run"]


def test_no_elevation_is_one_unknown_slope() -> None:
    """Without elevation the slope is unknown, not flat."""
    segments = cut_segments(make_activity())
    assert segments["slope"].tolist() == ["unknown"]
    assert segments["mean_grade"].isna().all()


def test_one_hill_with_a_dip_is_one_climb() -> None:
    """200 m up with a dip of 6 m is one climb; with a dip of 60 m it is two with a descent
    between.
    """
    for dip, up, down in ((6.0, 1, 0), (60.0, 2, 1)):
        d = np.array([0, 1000, 2000, 2000 + dip * 10, 3000 + dip * 10, 4000])
        z = np.array([100, 100, 200, 200 - dip, 300 - dip, 300 - dip])
        elevation = np.interp(np.linspace(0, 4000, 500), d, z)
        climbs = find_climbs(
            make_activity(speed=2.0, duration=2000, elevation=elevation)
        )
        assert (climbs["direction"] == "up").sum() == up
        assert (climbs["direction"] == "down").sum() == down


@pytest.mark.parametrize(("top", "up", "down"), [(600.0, 1, 0), (200.0, 2, 1)])
def test_a_dip_counts_by_the_size_of_the_hill(
    top: float, up: int, down: int
) -> None:
    """A dip of 40 m half-way up a mountain of 600 m is none to remember; on a hill of 200 m it
    makes two climbs.
    """
    half = top / 2
    d = np.array(
        [
            0.0,
            1000.0,
            1000 + half * 8,
            1400 + half * 8,
            1400 + top * 8,
            2400 + top * 8,
        ]
    )
    z = np.array([500.0, 500.0, 500 + half, 460 + half, 460 + top, 460 + top])
    elevation = np.interp(np.linspace(0, d[-1], 900), d, z)
    climbs = find_climbs(
        make_activity(speed=2.0, duration=int(d[-1] / 2), elevation=elevation)
    )
    assert (climbs["direction"] == "up").sum() == up
    assert (climbs["direction"] == "down").sum() == down
    if up == 1:
        assert climbs["ascent"].iloc[0] == pytest.approx(top - 40, rel=0.02)
        assert climbs["end_distance"].iloc[0] == pytest.approx(d[4], abs=60)


def test_a_lower_top_behind_the_summit_is_no_part_of_the_climb() -> None:
    """Up 200 m, down 15 m, up 13 m and down again: the climb ends on the summit, though so small a
    dip on the way up would be part of it.
    """
    d = np.array([0.0, 1500.0, 1560.0, 1620.0, 3200.0])
    z = np.array([300.0, 500.0, 485.0, 498.0, 290.0])
    elevation = np.interp(np.linspace(0, 3200, 1601), d, z)
    climbs = find_climbs(
        make_activity(speed=2.0, duration=1600, elevation=elevation)
    )
    up = climbs[climbs["direction"] == "up"]
    assert up["end_distance"].iloc[0] == pytest.approx(1500, abs=30)


def test_a_false_summit_on_the_way_down_is_part_of_the_descent() -> None:
    """Down 300 m, up 20 m and down 300 m more is one descent; seen from the other side it is one
    climb.
    """
    d = np.array([0.0, 3000.0, 3200.0, 6200.0])
    z = np.array([1200.0, 900.0, 920.0, 620.0])
    elevation = np.interp(np.linspace(0, 6200, 700), d, z)
    climbs = find_climbs(
        make_activity(speed=2.5, duration=2480, elevation=elevation)
    )
    assert climbs["direction"].tolist() == ["down"]
    back = find_climbs(
        make_activity(speed=2.0, duration=3100, elevation=elevation[::-1])
    )
    assert back["direction"].tolist() == ["up"]
    assert back["ascent"].tolist() == pytest.approx(
        climbs["descent"].tolist(), rel=0.01
    )


def test_the_steepest_part_of_a_climb() -> None:
    """1 km at 5 %, 300 m at 20 % and 1 km at 5 %: the steepest 100 m have 20 %, the whole 7 %."""
    d, z = (
        np.array([0.0, 1000.0, 1300.0, 2300.0, 2600.0]),
        np.array([0.0, 50.0, 110.0, 160.0, 160.0]),
    )
    elevation = np.interp(np.linspace(0, 2600, 520), d, z)
    climb = find_climbs(
        make_activity(speed=2.0, duration=1300, elevation=elevation)
    ).iloc[0]
    assert climb["steepest_grade"] == pytest.approx(0.20, rel=0.03)
    assert climb["mean_grade"] == pytest.approx(160 / 2300, rel=0.03)
    assert climb["moving_time"] == pytest.approx(1150, abs=20)
    assert climb["grade_adjusted_speed"] > 2.0


def test_a_climb_has_its_numbers() -> None:
    """3 km flat and then 2 km at 10 %: a climb of 200 m and 2 km, that does not take the flat
    approach along.
    """
    elevation = np.interp(
        np.linspace(0, 5000, 500), [0, 3000, 5000], [50, 50, 250]
    )
    climbs = find_climbs(
        make_activity(speed=2.0, duration=2500, elevation=elevation)
    )
    assert len(climbs) == 1
    climb = climbs.iloc[0]
    assert climb["ascent"] == pytest.approx(200, rel=0.02)
    assert climb["start_distance"] == pytest.approx(3000, abs=60)
    assert climb["mean_grade"] == pytest.approx(0.10, rel=0.03)
    assert climb["vertical_speed"] == pytest.approx(0.2, rel=0.03)
    assert climb["score"] == pytest.approx(200 * 100, rel=0.02)


def test_a_plain_has_no_climbs() -> None:
    """Rolling by 5 m is no climb, and without elevation there is none."""
    rolling = 100 + 2.5 * np.sin(np.linspace(0, 40, 400))
    assert len(find_climbs(make_activity(elevation=rolling))) == 0
    assert len(find_climbs(make_activity())) == 0


def test_other_sports_have_no_gait() -> None:
    """Neither a ride nor a swim is run or hiked."""
    for sport in ("cycling", "swimming"):
        assert set(
            cut_segments(make_activity(sport=sport, speed=1.5))["gait"]
        ) == {"unknown"}
