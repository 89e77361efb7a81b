"""Cleaning keeps what is right, removes what is wrong, and says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from builders import codes, make_activity, totals
from trailstats.cleaning import CleanRules, PlausibleRanges, clean
from trailstats.errors import ConfigError
from trailstats.geo import EARTH_RADIUS
from trailstats.model.activity import Activity
from trailstats.terrain import cut_segments, find_climbs

PLACE = ("latitude", "longitude")


def with_pause(activity: Activity, start: float, end: float) -> Activity:
    begin = activity.records.index[0]
    pauses = pd.DataFrame(
        {
            "start_time": [begin + pd.Timedelta(seconds=start)],
            "end_time": [begin + pd.Timedelta(seconds=end)],
        }
    ).astype("datetime64[ns, UTC]")
    return replace(activity, pauses=pauses)


def test_a_steady_run_is_left_alone() -> None:
    """Half an hour at 3 m/s is 5,400 m and 1,800 s, without an issue."""
    run = clean(make_activity())
    assert totals(run) == pytest.approx((5400, 1800))
    assert run.issues == ()
    assert run.track["speed"].to_numpy() == pytest.approx(3.0, abs=1e-3)


@pytest.mark.parametrize("step", [1.0, 3.0, 7.0, 10.0])
def test_sampling_changes_nothing(step: float) -> None:
    """The same run recorded every second or every ten has the same length and time."""
    assert totals(make_activity(duration=2100, step=step)) == pytest.approx(
        (6300, 2100), rel=1e-3
    )


def test_the_input_is_not_changed() -> None:
    """Cleaning returns a new activity; the one as read is the same as before, and reachable."""
    run = make_activity(heart_rate=np.full(1801, 20.0))
    before = run.records.copy()
    cleaned = clean(run)
    pd.testing.assert_frame_equal(run.records, before)
    assert cleaned.original is run
    assert cleaned.records["heart_rate"].isna().all()
    assert "heart_rate_range" in codes(cleaned)
    assert clean(cleaned) is cleaned


def test_a_spike_is_blanked_and_adds_no_distance() -> None:
    """One position 300 m to the side is taken out, and the length stays."""
    run = make_activity()
    records = run.records.copy()
    records.iloc[900, records.columns.get_loc("longitude")] += np.degrees(
        300 / EARTH_RADIUS
    )
    cleaned = clean(replace(run, records=records))
    assert "position_spike" in codes(cleaned)
    assert totals(cleaned)[0] == pytest.approx(5400, rel=1e-3)


def test_a_first_position_that_jumps_is_a_spike() -> None:
    """A receiver without a good fix begins 300 m off and then stays where it jumped to: the start
    is blanked, and no jump is left out of the distance.
    """
    run = make_activity()
    records = run.records.copy()
    records.iloc[0, records.columns.get_loc("longitude")] += np.degrees(
        300 / EARTH_RADIUS
    )
    cleaned = clean(replace(run, records=records))
    assert np.isnan(cleaned.records["longitude"].iloc[0])
    assert (
        next(i for i in cleaned.issues if i.code == "position_spike").count == 1
    )
    assert "distance_jump" not in codes(cleaned)


def test_samples_of_one_time_complete_each_other() -> None:
    """Positions in one record and heart rates in another of the same second are both kept, and no
    value is lost.
    """
    run = make_activity(heart_rate=150.0 + np.arange(1801) % 7)
    place = run.records.assign(heart_rate=np.nan)
    heart = run.records.assign(latitude=np.nan, longitude=np.nan)
    both = pd.concat([place, heart]).sort_index(kind="stable")
    cleaned = clean(
        replace(run, records=both, extras=pd.DataFrame(index=both.index))
    )
    assert (
        next(i for i in cleaned.issues if i.code == "time_repeated").count == 1801
    )
    for name in ("latitude", "longitude", "heart_rate"):
        assert cleaned.records[name].to_numpy() == pytest.approx(
            run.records[name].to_numpy()
        )
    assert totals(cleaned) == pytest.approx((5400, 1800))


def test_a_catch_up_is_spread_over_the_way_it_makes_up_for() -> None:
    """A device that counts nothing for 100 s and then 303 m in one second ran them at 3 m/s all the
    time.
    """
    run = make_activity(device_distance=True)
    counted = run.records["distance"].to_numpy().copy()
    counted[600:700] = counted[599]
    cleaned = clean(replace(run, records=run.records.assign(distance=counted)))
    step = cleaned.track["step"].to_numpy()[1:]
    assert step == pytest.approx(np.full(1800, 3.0), abs=0.01)
    assert "distance_jump" not in codes(cleaned)


def test_a_step_that_makes_up_for_nothing_is_left_out() -> None:
    """A device that adds 200 m in a second while the positions go on as before did not run them."""
    run = make_activity(device_distance=True)
    counted = run.records["distance"].to_numpy() + np.where(
        np.arange(1801) >= 900, 200.0, 0.0
    )
    cleaned = clean(replace(run, records=run.records.assign(distance=counted)))
    assert next(i for i in cleaned.issues if i.code == "distance_jump").count == 1
    assert totals(cleaned)[0] == pytest.approx(5400 - 3, abs=0.5)
    indoors = run.records.assign(
        distance=counted, latitude=np.nan, longitude=np.nan
    )
    assert totals(clean(replace(run, records=indoors)))[0] == pytest.approx(5600)


def test_several_positions_far_away_are_blanked() -> None:
    """Four positions in a row 300 m to the side, three times, are taken out; the way and its shape
    stay.
    """
    run = make_activity()
    records = run.records.copy()
    for row in (300, 700, 708):
        records.iloc[row : row + 4, records.columns.get_loc("longitude")] += (
            np.degrees(300 / EARTH_RADIUS)
        )
    cleaned = clean(replace(run, records=records))
    assert (
        next(i for i in cleaned.issues if i.code == "position_spike").count == 12
    )
    assert "distance_jump" not in codes(cleaned)
    assert totals(cleaned) == pytest.approx((5400, 1800), rel=1e-3)
    assert cleaned.records["longitude"].max() < 11.001


def test_a_real_shift_of_place_stays() -> None:
    """A jump that doesn't come back is no excursion: what follows is believed, the jump is no
    distance.
    """
    run = make_activity()
    east = np.degrees(np.where(np.arange(1801) > 900, 300.0, 0.0) / EARTH_RADIUS)
    cleaned = clean(
        replace(
            run,
            records=run.records.assign(longitude=run.records["longitude"] + east),
        )
    )
    assert cleaned.records["longitude"].notna().all()
    assert "distance_jump" in codes(cleaned)


def test_repeated_and_backward_times_are_sorted_out() -> None:
    """Records in the wrong order are sorted, and of two with one time the fuller one is kept."""
    run = make_activity(heart_rate=140.0 + np.arange(1801) // 100)
    records = run.records
    shuffled = pd.concat(
        [
            records.iloc[100:],
            records.iloc[:100],
            records.iloc[50:60].assign(heart_rate=np.nan),
        ]
    )
    cleaned = clean(
        replace(run, records=shuffled, extras=pd.DataFrame(index=shuffled.index))
    )
    assert {"time_backwards", "time_repeated"} <= codes(cleaned)
    assert len(cleaned.records) == 1801
    assert cleaned.records["heart_rate"].notna().all()
    assert totals(cleaned) == pytest.approx((5400, 1800))


def test_a_pause_adds_nothing() -> None:
    """What the timer left out is neither time nor distance."""
    run = make_activity(duration=1800)
    moved = run.records.index.where(
        np.arange(1801) <= 900, run.records.index + pd.Timedelta(minutes=10)
    )
    records = run.records.set_axis(
        pd.DatetimeIndex(moved, name="time").as_unit("ns")
    )
    paused = with_pause(
        replace(run, records=records, extras=pd.DataFrame(index=records.index)),
        900,
        1500,
    )
    assert totals(paused) == pytest.approx((5400, 1800), rel=2e-3)


def test_standing_without_a_pause_is_found() -> None:
    """Three minutes at a traffic light with the timer running are no moving time."""
    speed = np.where((np.arange(1801) > 600) & (np.arange(1801) <= 780), 0.0, 3.0)
    distance, time = totals(make_activity(speed=speed))
    assert distance == pytest.approx(1620 * 3, rel=1e-3)
    assert time == pytest.approx(1620, abs=12)


def test_a_slow_climb_is_not_a_pause() -> None:
    """0.25 m/s up a slope of 45 % is work, not standing."""
    run = make_activity(
        speed=0.25, duration=3600, elevation=np.linspace(0, 405, 100)
    )
    assert totals(run)[1] == pytest.approx(3600, rel=0.01)


def test_a_gap_without_movement_counts_as_a_pause() -> None:
    """Ten minutes without records, at the same place, are no time."""
    run = make_activity()
    moved = run.records.index.where(
        np.arange(1801) <= 900, run.records.index + pd.Timedelta(minutes=10)
    )
    records = run.records.set_axis(
        pd.DatetimeIndex(moved, name="time").as_unit("ns")
    )
    cleaned = clean(
        replace(run, records=records, extras=pd.DataFrame(index=records.index))
    )
    assert "gap" in codes(cleaned)
    assert totals(cleaned)[1] == pytest.approx(1800, rel=2e-3)


def test_a_gap_with_movement_is_bridged() -> None:
    """A minute without records in a tunnel keeps the way through it."""
    run = make_activity()
    kept = np.r_[0:900, 960:1801]
    records = run.records.iloc[kept]
    cleaned = clean(
        replace(run, records=records, extras=pd.DataFrame(index=records.index))
    )
    assert "gap_bridged" in codes(cleaned)
    assert totals(cleaned) == pytest.approx((5400, 1800), rel=1e-3)


@pytest.mark.parametrize("speed", [0.1, 3.0])
def test_steps_that_are_usual_are_no_gaps(speed: float) -> None:
    """A watch that records every 40 s has no gaps, though each step is longer than a gap in a
    recording by the second; what stands still there is standing and not a pause.
    """
    found = codes(clean(make_activity(step=40.0, speed=speed)))
    assert not found & {"gap", "gap_bridged"}


def test_the_device_distance_is_used_where_it_agrees() -> None:
    """A device that measured 2 % more than its positions is believed; one that is far off is
    not.
    """
    true = 3.0 * np.arange(1801)
    assert totals(make_activity(distance=true * 1.02))[0] == pytest.approx(
        5400 * 1.02
    )
    wrong = clean(make_activity(distance=true * 2))
    assert "device_distance" in codes(wrong)
    assert totals(wrong)[0] == pytest.approx(5400, rel=1e-3)


def test_jitter_on_a_slow_way_says_nothing_against_the_device() -> None:
    """Positions that jitter by half a metre add a third to a stroll; the device, which smooths
    them, is believed.
    """
    rng = np.random.default_rng(3)
    true = 0.8 * np.arange(1801)
    run = make_activity(speed=0.8, distance=true)
    shake = {
        name: run.records[name]
        + np.degrees(rng.normal(0, 0.5, 1801) / EARTH_RADIUS)
        for name in PLACE
    }
    jittered = replace(run, records=run.records.assign(**shake))
    silent = replace(run, records=run.records.assign(**shake, distance=np.nan))
    assert totals(silent)[0] > 1.25 * true[-1]
    assert totals(jittered)[0] == pytest.approx(true[-1])
    assert "device_distance" not in codes(clean(jittered))


def test_a_treadmill_has_its_foot_pod() -> None:
    """Without positions the device's distance counts."""
    nothing = np.full(1801, np.nan)
    run = make_activity(
        latitude=nothing, longitude=nothing, distance=2.5 * np.arange(1801)
    )
    assert totals(run) == pytest.approx((4500, 1800))


def test_neither_position_nor_distance_leaves_time() -> None:
    """A recording of heart rate alone has moving time and no distance."""
    nothing = np.full(1801, np.nan)
    assert totals(make_activity(latitude=nothing, longitude=nothing)) == (
        0.0,
        1800.0,
    )


def test_one_record_is_no_crash() -> None:
    """A recording of a single sample has no length and no time."""
    run = make_activity()
    single = replace(
        run,
        records=run.records.iloc[:1],
        extras=pd.DataFrame(index=run.records.index[:1]),
    )
    assert totals(single) == (0.0, 0.0)


def test_grade_and_ascent_of_a_known_slope() -> None:
    """A steady climb of 5 % has that grade everywhere, and its ascent is its height."""
    run = clean(make_activity(elevation=np.linspace(100, 370, 300)))
    assert run.track["grade"].to_numpy() == pytest.approx(0.05, abs=2e-3)
    assert run.track["ascent"].iloc[-1] == pytest.approx(270, rel=0.01)
    assert run.track["descent"].iloc[-1] == 0


def test_a_drive_is_no_run_and_says_so() -> None:
    """90 km/h with the watch running is neither distance nor moving time, and an issue tells
    why.
    """
    drive = make_activity(speed=25.0)
    assert totals(drive) == (0.0, 0.0)
    assert "distance_jump" in codes(clean(drive))


def test_a_drive_after_a_run_leaves_the_run() -> None:
    """Ten minutes of driving home at the end are left out, the half hour before stays."""
    speed = np.where(np.arange(2401) > 1800, 20.0, 3.0)
    distance, time = totals(make_activity(speed=speed, duration=2400))
    assert distance == pytest.approx(5400, rel=0.01)
    assert time == pytest.approx(1800, abs=20)


def message(activity: Activity, code: str) -> str:
    return next(i.message for i in clean(activity).issues if i.code == code)


def freeze(run: Activity, begin: int, end: int) -> Activity:
    """Return the run with the position of one sample repeated in all samples up to another."""
    records = run.records.copy()
    for name in ("latitude", "longitude"):
        column = records.columns.get_loc(name)
        records.iloc[begin:end, column] = records.iloc[begin, column]
    return replace(run, records=records)


@pytest.mark.parametrize("evidence", ["jump", "cadence", "device"])
def test_a_frozen_position_is_bridged(evidence: str) -> None:
    """A minute with the same position and a jump of 180 m after it is a minute of running, not a
    stop and an error.
    """
    columns: dict[str, object] = {}
    if evidence == "cadence":
        columns["cadence"] = np.full(1801, 170.0)
    if evidence == "device":
        columns["distance"] = 3.0 * np.arange(1801)
    frozen = freeze(make_activity(**columns), 900, 960)
    cleaned = clean(frozen)
    found = next(i for i in cleaned.issues if i.code == "position_frozen")
    assert found.count == 59
    assert found.where == "2026-03-01T08:15:01Z to 2026-03-01T08:15:59Z"
    assert totals(frozen) == pytest.approx((5400, 1800), rel=1e-3)
    assert cleaned.track["speed"].to_numpy() == pytest.approx(3.0, abs=0.05)
    assert cleaned.original is frozen
    assert cleaned.original.records["latitude"].notna().all()


def test_standing_is_not_a_frozen_position() -> None:
    """A position that repeats while nobody moves is a stop, even when the watch keeps showing the
    last cadence.
    """
    speed = np.where((np.arange(1801) > 600) & (np.arange(1801) <= 780), 0.0, 3.0)
    for cadence in (np.where(speed > 0, 170.0, 0.0), np.full(1801, 170.0)):
        assert "position_frozen" not in codes(
            clean(make_activity(speed=speed, cadence=cadence))
        )


def test_missing_positions_are_bridged_evenly() -> None:
    """A minute of records without a position keeps its 180 m, spread over the minute."""
    run = make_activity()
    holed = replace(
        run,
        records=run.records.assign(
            latitude=run.records["latitude"].where(
                np.abs(np.arange(1801) - 900) > 30
            )
        ),
    )
    cleaned = clean(holed)
    assert "distance_jump" not in codes(cleaned)
    assert totals(holed) == pytest.approx((5400, 1800), rel=1e-3)
    assert cleaned.track["step"].to_numpy()[1:] == pytest.approx(3.0, abs=0.01)


def beats(seconds: int = 1801, seed: int = 0) -> np.ndarray:
    """Return a heart rate that rises and wanders."""
    rng = np.random.default_rng(seed)
    rise = 110 + 40 * (1 - np.exp(-np.arange(seconds) / 120))
    return np.round(
        rise + 4 * np.sin(np.arange(seconds) / 50) + rng.normal(0, 0.8, seconds)
    )


def test_a_heart_rate_that_follows_the_cadence_is_blanked() -> None:
    """Five minutes in which an optical sensor shows the steps are blanked, and no more."""
    rng = np.random.default_rng(2)
    cadence = 168 + 4 * np.sin(np.arange(1801) / 30) + rng.normal(0, 1, 1801)
    heart = beats()
    heart[600:900] = cadence[600:900] + rng.normal(0, 0.5, 300)
    speed = 3.0 + 0.5 * np.sin(np.arange(1801) / 40)
    cleaned = clean(make_activity(speed=speed, heart_rate=heart, cadence=cadence))
    blank = cleaned.records["heart_rate"].isna().to_numpy()
    assert "heart_rate_lock" in codes(cleaned)
    assert blank[605:895].mean() > 0.95
    assert not blank[:590].any()
    assert not blank[910:].any()


@pytest.mark.parametrize("seed", range(3))
def test_a_smoothed_lock_is_blanked(seed: int) -> None:
    """Ten minutes in which a sensor shows the mean of the last ten seconds' steps, and errs by a
    beat, are blanked.
    """
    rng = np.random.default_rng(seed)
    cadence = np.round(
        168 + 3 * np.sin(np.arange(1801) / 50) + rng.normal(0, 1.5, 1801)
    )
    heart = beats(seed=seed)
    followed = pd.Series(cadence).rolling(10, min_periods=1).mean().to_numpy()
    heart[600:1200] = np.round(followed[600:1200] + rng.normal(0, 0.7, 600))
    cleaned = clean(make_activity(heart_rate=heart, cadence=cadence))
    blank = cleaned.records["heart_rate"].isna().to_numpy()
    assert "heart_rate_lock" in codes(cleaned)
    assert blank[620:1180].mean() > 0.95
    assert not blank[:570].any()
    assert not blank[1230:].any()


@pytest.mark.parametrize("seed", range(5))
def test_a_heart_that_beats_as_often_as_its_runner_steps_is_kept(
    seed: int,
) -> None:
    """Half an hour at 168 beats and 168 steps, each wandering for itself, is no lock."""
    rng = np.random.default_rng(seed)
    cadence = np.round(
        168 + 1.5 * np.sin(np.arange(1801) / 50) + rng.normal(0, 1.5, 1801)
    )
    heart = np.round(
        168 + np.cumsum(rng.normal(0, 0.05, 1801)) + rng.normal(0, 0.5, 1801)
    )
    cleaned = clean(make_activity(heart_rate=heart, cadence=cadence))
    assert cleaned.records["heart_rate"].notna().all()


def test_a_stuck_heart_rate_is_blanked() -> None:
    """Five minutes of one value are blanked; two minutes are what a steady runner may show."""
    heart = beats()
    heart[600:900] = 151.0
    stuck = clean(make_activity(heart_rate=heart))
    assert "heart_rate_flat" in codes(stuck)
    assert stuck.records["heart_rate"].isna().sum() == pytest.approx(300, abs=2)
    heart = beats()
    heart[600:720] = 151.0
    assert "heart_rate_flat" not in codes(clean(make_activity(heart_rate=heart)))


def test_a_bus_is_no_run() -> None:
    """Ten minutes at 9 m/s, below what counts as a jump, are left out of a run."""
    speed = np.where(
        (np.arange(2401) > 1200) & (np.arange(2401) <= 1800), 9.0, 3.0
    )
    distance, time = totals(make_activity(speed=speed, duration=2400))
    assert distance == pytest.approx(5400, rel=0.02)
    assert time == pytest.approx(1800, abs=30)


def test_a_ride_is_not_carried() -> None:
    """On a bicycle 9 m/s is the sport itself."""
    assert totals(make_activity(speed=9.0, sport="cycling"))[0] == pytest.approx(
        16200, rel=1e-3
    )


def test_a_treadmill_has_no_ground() -> None:
    """Indoors positions that drift and a barometer that follows the weather are set aside; the foot
    pod counts.
    """
    rng = np.random.default_rng(1)
    drift = 11.0 + np.cumsum(rng.normal(0, 1e-6, 1801))
    run = make_activity(
        speed=0.0,
        sub_sport="treadmill",
        longitude=drift,
        elevation=np.linspace(300, 312, 50),
        distance=2.5 * np.arange(1801),
    )
    cleaned = clean(run)
    assert "indoor_position" in codes(cleaned)
    assert totals(run) == pytest.approx((4500, 1800))
    assert cleaned.track["ascent"].isna().all()
    assert cleaned.records["latitude"].isna().all()


def test_speed_alone_gives_a_distance() -> None:
    """Without positions and distance the device's speed is added up, and an issue says so."""
    nothing = np.full(1801, np.nan)
    run = make_activity()
    silent = replace(
        run,
        records=run.records.assign(
            latitude=nothing, longitude=nothing, speed=2.5
        ),
    )
    assert totals(silent) == pytest.approx((4500, 1800), rel=1e-3)
    assert "distance_from_speed" in codes(clean(silent))


def test_a_late_fix_says_nothing_against_the_device() -> None:
    """A receiver that finds its place after ten of thirty minutes does not overrule the device's
    whole distance.
    """
    run = make_activity(distance=3.0 * np.arange(1801))
    late = replace(
        run,
        records=run.records.assign(
            latitude=run.records["latitude"].where(np.arange(1801) > 600)
        ),
    )
    assert "device_distance" not in codes(clean(late))
    assert totals(late) == pytest.approx((5400, 1800), rel=1e-3)


def test_what_was_climbed_in_a_pause_is_no_ascent() -> None:
    """Walking up 40 m to a view with the timer stopped adds nothing."""
    run = make_activity(elevation=np.where(np.arange(1801) <= 900, 500.0, 540.0))
    moved = run.records.index.where(
        np.arange(1801) <= 900, run.records.index + pd.Timedelta(minutes=10)
    )
    records = run.records.set_axis(
        pd.DatetimeIndex(moved, name="time").as_unit("ns")
    )
    paused = with_pause(
        replace(run, records=records, extras=pd.DataFrame(index=records.index)),
        900,
        1500,
    )
    track = clean(paused).track
    assert track is not None
    assert track["ascent"].iloc[-1] == 0
    assert track["elevation"].iloc[[0, -1]].to_numpy() == pytest.approx(
        [500, 540], abs=0.5
    )


def test_standing_is_told() -> None:
    """A stop with the timer running is an issue with its time and place."""
    speed = np.where((np.arange(1801) > 600) & (np.arange(1801) <= 780), 0.0, 3.0)
    assert "stood once" in message(make_activity(speed=speed), "pause_inferred")


@pytest.mark.parametrize("grade", [0.0, 0.3, 0.45])
def test_distance_is_that_of_the_map(grade: float) -> None:
    """The distance of positions is horizontal: a slope does not lengthen it."""
    run = make_activity(speed=1.2, elevation=np.linspace(0, 2160 * grade, 300))
    assert totals(run)[0] == pytest.approx(2160, rel=1e-3)
    track = clean(run).track
    assert track is not None
    assert track["grade"].median() == pytest.approx(grade, abs=2e-3)


def test_rules_refuse_what_makes_no_sense() -> None:
    """Values that are not positive and ranges that fall are errors."""
    with pytest.raises(ConfigError, match="gap"):
        CleanRules(gap=0.0)
    with pytest.raises(ConfigError, match="heart_rate"):
        PlausibleRanges(heart_rate=(200.0, 30.0))


def hills() -> np.ndarray:
    """Return the elevation of half an hour over low hills, a value a second."""
    return 400 + 20 * np.sin(np.arange(1801) / 100)


def climbed(elevation: np.ndarray) -> tuple[float, float]:
    track = clean(make_activity(elevation=elevation)).track
    assert track is not None
    return float(track["ascent"].iloc[-1]), float(track["descent"].iloc[-1])


@pytest.mark.parametrize(
    "where",
    [slice(500, 520), slice(500, 501), slice(0, 60)],
    ids=["middle", "one", "start"],
)
def test_an_elevation_of_zero_is_not_the_sea(where: slice) -> None:
    """Zeros where a device knew no height, 400 m up, are no fall to the sea and no climb out of
    it.
    """
    z = hills()
    z[where] = 0.0
    cleaned = clean(make_activity(elevation=z))
    assert "elevation_lost" in codes(cleaned)
    assert climbed(z) == pytest.approx(climbed(hills()), abs=15)
    assert cleaned.track["elevation"].min() > 370


def test_a_run_at_the_sea_keeps_its_zeros() -> None:
    """On the beach 0 m is a height like any other."""
    z = np.round(np.clip(6 * np.sin(np.arange(1801) / 200), 0, None))
    assert "elevation_lost" not in codes(clean(make_activity(elevation=z)))


@pytest.mark.parametrize("change", [37.0, -430.0])
def test_a_sensor_that_is_set_anew_climbs_nothing(change: float) -> None:
    """A barometer that is set to another height in mid-run is neither ascent nor descent; the
    heights stay.
    """
    z = hills() + np.where(np.arange(1801) >= 900, change, 0.0)
    cleaned = clean(make_activity(elevation=z))
    assert "elevation_jump" in codes(cleaned)
    assert climbed(z) == pytest.approx(climbed(hills()), abs=1)
    assert cleaned.track["grade"].abs().max() < 0.1
    assert cleaned.track["elevation"].iloc[-1] == pytest.approx(z[-1], abs=1)


def test_a_fast_descent_is_no_jump() -> None:
    """Three metres a second down, sampled every seven seconds, is run."""
    run = make_activity(
        speed=5.0,
        duration=595,
        step=7.0,
        elevation=np.linspace(2000, 2000 - 3 * 595, 86),
    )
    assert "elevation_jump" not in codes(clean(run))


def test_a_lift_between_two_parts_is_neither_climb_nor_grade() -> None:
    """1350 m at 10 %, a gondola of 440 m while paused, 1350 m on the level: one climb of 135 m, and
    no stretch steeper than the way.
    """
    d = 1.5 * np.arange(1801.0)
    z = 900 + 0.10 * np.minimum(d, 1350.0) + 440.0 * (d > 1350.0)
    run = make_activity(speed=1.5, duration=1800, elevation=z)
    times = run.records.index
    moved = times + pd.to_timedelta(720.0 * (d > 1350.0), unit="s")
    records = run.records.set_axis(moved.rename("time"))
    paused = replace(
        run,
        records=records,
        pauses=pd.DataFrame(
            {"start_time": [moved[900]], "end_time": [moved[901]]}
        ),
    )
    cleaned = clean(paused)
    assert cleaned.track["ascent"].iloc[-1] == pytest.approx(135, abs=3)
    climbs = find_climbs(cleaned)
    assert climbs["ascent"].tolist() == pytest.approx([135], abs=3)
    parts = cut_segments(cleaned)
    assert parts["mean_grade"].abs().max() < 0.12
    assert cleaned.track["elevation"].iloc[-1] == pytest.approx(1475, abs=3)


def test_an_altimeter_set_anew_by_12_m_makes_no_stretch() -> None:
    """Flat, with steps of 12 m up and down every ten minutes."""
    step = 12.0 * (np.arange(3601) // 600 % 2)
    noise = np.random.default_rng(0).normal(0, 0.2, 3601)
    cleaned = clean(make_activity(duration=3600, elevation=400 + step + noise))
    assert cleaned.track["ascent"].iloc[-1] < 3
    assert find_climbs(cleaned).empty
    assert set(cut_segments(cleaned)["slope"]) == {"flat"}
    assert "elevation_jump" in codes(cleaned)


def test_an_altimeter_that_settles_makes_no_climb() -> None:
    """30 m too low at the start, and right after two minutes."""
    decay = -30.0 * np.exp(-np.arange(1801) / 25.0)
    cleaned = clean(make_activity(duration=1800, elevation=400 + decay))
    assert cleaned.track["ascent"].iloc[-1] < 5
    assert find_climbs(cleaned).empty
    assert "elevation_settles" in codes(cleaned)


def test_what_is_no_elevation_is_none() -> None:
    """A raw value of 0 is -500 m: a whole recording of that has no elevation, and one in between
    no abyss.
    """
    empty = clean(make_activity(elevation=np.full(1801, -500.0)))
    assert empty.track["elevation"].isna().all()
    some = np.full(1801, 300.0)
    some[700:720] = -500.0
    assert clean(make_activity(elevation=some)).track["ascent"].iloc[-1] == 0
