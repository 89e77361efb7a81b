"""A clock that is set back in mid-run costs nothing of the run; what is only out of order is
sorted.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import beating, make_activity
from trailstats.cleaning import CleanRules, clean
from trailstats.geo import EARTH_RADIUS
from trailstats.model.activity import Activity

LAST = 2400
ROLLOVER = 1024 * 7 * 86_400.0


def course(shape: str, *, step: float = 1.0, odometer: bool = False) -> Activity:
    """Return forty minutes at 3 m/s over three hills, with a stop of two minutes: straight, to and
    fro, or in laps.
    """
    seconds = np.arange(0.0, LAST + step / 2, step)
    pace = np.where((seconds > 1000) & (seconds <= 1120), 0.0, 3.0)
    way = np.concatenate(([0.0], np.cumsum(np.diff(seconds) * pace[1:])))
    east, north = {
        "straight": (np.zeros(len(way)), way),
        "to and fro": (np.zeros(len(way)), np.minimum(way, way[-1] - way)),
        "laps": (300 * np.cos(way / 300), 300 * np.sin(way / 300)),
        "indoors": (np.full(len(way), np.nan), np.full(len(way), np.nan)),
    }[shape]
    run = make_activity(
        duration=LAST,
        step=step,
        latitude=47.0 + np.degrees(north / EARTH_RADIUS),
        longitude=11.0
        + np.degrees(east / EARTH_RADIUS) / np.cos(np.radians(47.0)),
        heart_rate=beating(150.0, len(seconds)),
    )
    columns: dict[str, object] = {
        "elevation": 400 + 30 * (1 - np.cos(2 * np.pi * way / 2200))
    }
    if odometer or shape == "indoors":
        columns["distance"] = way
    return replace(run, records=run.records.assign(**columns))


def at_times(
    run: Activity, index: pd.DatetimeIndex, order: np.ndarray | None = None
) -> Activity:
    """Return the run with other times, and its samples in another order."""
    records = run.records.set_axis(
        pd.DatetimeIndex(index, name="time").as_unit("ns")
    )
    records = records if order is None else records.iloc[order]
    return replace(run, records=records, extras=pd.DataFrame(index=records.index))


def set_back(
    run: Activity, at: int, seconds: float, until: int | None = None
) -> Activity:
    """Return the run with its clock set back at one sample, and put right again at another."""
    number = np.arange(len(run.records))
    wrong = (number >= at) & (number < (len(number) if until is None else until))
    return at_times(
        run,
        run.records.index
        - pd.to_timedelta(np.where(wrong, seconds, 0.0), unit="s"),
    )


def sums(run: Activity) -> tuple[float, float, float, float]:
    """Return distance, moving time, ascent and descent."""
    track = clean(run).track
    assert track is not None
    last = track.iloc[-1]
    moving = float(track["duration"][track["moving"]].sum())
    return (
        float(last["distance"]),
        moving,
        float(last["ascent"]),
        float(last["descent"]),
    )


def codes(run: Activity) -> dict[str, int]:
    return {issue.code: issue.count for issue in clean(run).issues}


@pytest.mark.parametrize("shape", ["straight", "to and fro", "laps", "indoors"])
@pytest.mark.parametrize("seconds", [3.0, 30.0, 900.0, 3600.0, ROLLOVER])
def test_a_clock_that_is_set_back_costs_nothing(
    shape: str, seconds: float
) -> None:
    """Distance, moving time and ascent are those of the run without the fault, and an issue tells
    where it was.
    """
    run = course(shape)
    wrong = set_back(run, 1500, seconds)
    assert sums(wrong) == pytest.approx(sums(run), rel=1e-3, abs=2.0)
    cleaned = clean(wrong)
    (issue,) = (i for i in cleaned.issues if i.code == "clock_set_back")
    assert issue.count == 1
    assert f"by {seconds + 0:.0f} s" in issue.message
    assert issue.where == "2026-03-01T08:25:00Z"
    assert (cleaned.records.index == run.records.index).all()
    assert cleaned.meta.start_time == run.records.index[0]
    assert cleaned.original is wrong
    assert (cleaned.original.records.index == wrong.records.index).all()


def test_a_run_through_the_end_of_summer_time() -> None:
    """In a file of local times the hour from two to three comes twice; the run goes on."""
    run = course("to and fro")
    local = at_times(
        run,
        run.records.index.tz_convert("Europe/Vienna")
        .tz_localize(None)
        .tz_localize("UTC"),
    )
    autumn = pd.Timestamp("2026-10-25T00:40:00Z") - run.records.index[0]
    local = run.records.index + autumn
    wall = local.tz_convert("Europe/Vienna").tz_localize(None).tz_localize("UTC")
    assert (np.diff(wall.asi8) < 0).sum() == 1
    assert sums(at_times(run, wall)) == pytest.approx(
        sums(run), rel=1e-3, abs=2.0
    )


@settings(max_examples=40)
@given(
    shape=st.sampled_from(["straight", "to and fro"]),
    step=st.sampled_from([1.0, 3.0, 5.0]),
    odometer=st.booleans(),
    share=st.floats(0.02, 0.98),
    seconds=st.one_of(
        st.floats(15.0, 2400.0), st.sampled_from([3600.0, 7200.0, ROLLOVER])
    ),
    again=st.booleans(),
)
def test_whenever_it_is_set_back(
    shape: str,
    step: float,
    odometer: bool,
    share: float,
    seconds: float,
    again: bool,
) -> None:
    """At any sample, by any time, once or twice, with or without the device's distance: the run
    stays what it was.
    """
    run = course(shape, step=step, odometer=odometer)
    count = len(run.records)
    wrong = set_back(run, int(share * count), seconds)
    if again:
        wrong = set_back(wrong, int((share + 1) / 2 * count), seconds)
    assert sums(wrong) == pytest.approx(sums(run), rel=3e-3, abs=8.0)


@pytest.mark.parametrize("seconds", [24.7, 33.7, 49.4, 52.8])
def test_a_clock_set_back_by_some_samples_is_no_stray(seconds: float) -> None:
    """Set back by the time of five to ten samples, those that follow are not samples with a wrong
    time, which would have to lie within a part of one step.
    """
    run = course("straight", step=5.0)
    wrong = set_back(run, len(run.records) // 2, seconds)
    assert sums(wrong) == pytest.approx(sums(run), rel=3e-3, abs=8.0)
    assert "time_stray" not in codes(wrong)


@pytest.mark.parametrize("seconds", [3600.0, ROLLOVER])
def test_a_clock_that_is_put_right_again(seconds: float) -> None:
    """Five minutes by a wrong clock don't move what was recorded after them."""
    run = course("to and fro")
    wrong = set_back(run, 900, seconds, until=1200)
    assert sums(wrong) == pytest.approx(sums(run), rel=1e-3, abs=2.0)
    cleaned = clean(wrong)
    assert (cleaned.records.index == run.records.index).all()
    assert codes(wrong) == {"clock_set_back": 1, "pause_inferred": 1}


@pytest.mark.parametrize("seconds", [ROLLOVER, -ROLLOVER])
def test_a_clock_that_was_not_set_at_the_start(seconds: float) -> None:
    """Samples of another decade, before the receiver told the time, don't date the run."""
    run = course("straight")
    number = np.arange(len(run.records))
    wrong = at_times(
        run,
        run.records.index
        - pd.to_timedelta(np.where(number < 20, seconds, 0.0), unit="s"),
    )
    cleaned = clean(wrong)
    assert sums(wrong) == pytest.approx(sums(run), rel=1e-3, abs=2.0)
    assert cleaned.meta.start_time == run.records.index[0]
    assert (cleaned.records.index == run.records.index).all()
    assert {"clock_set_back", "clock_set_forward"} & set(codes(wrong))


@pytest.mark.parametrize("shape", ["straight", "to and fro", "laps"])
@pytest.mark.parametrize("at", [100, 1200, 2300])
def test_parts_in_the_wrong_order_are_sorted(shape: str, at: int) -> None:
    """A file that holds the second part of a run before the first is put in order, at its own
    times.
    """
    run = course(shape)
    number = np.arange(len(run.records))
    swapped = at_times(
        run, run.records.index, np.concatenate((number[at:], number[:at]))
    )
    assert sums(swapped) == pytest.approx(sums(run))
    assert (clean(swapped).records.index == run.records.index).all()
    assert "time_backwards" in codes(swapped)
    assert "clock_set_back" not in codes(swapped)


def test_samples_out_of_order_are_sorted() -> None:
    """Neighbours that changed places, a sample written late, and a file written backwards keep
    their own times.
    """
    run = course("straight")
    number = np.arange(len(run.records))
    neighbours = number.copy()
    neighbours[[500, 501, 900, 901]] = [501, 500, 901, 900]
    late = np.concatenate(
        (number[:700], number[703:720], number[700:703], number[720:])
    )
    for order in (neighbours, late, number[::-1]):
        shuffled = at_times(run, run.records.index, order)
        assert sums(shuffled) == pytest.approx(sums(run))
        assert "clock_set_back" not in codes(shuffled)


@pytest.mark.parametrize(
    "offset", [0.0, 500.0], ids=["same place", "another map datum"]
)
@pytest.mark.parametrize("shape", ["straight", "to and fro"])
def test_two_devices_in_one_track_are_one_run(shape: str, offset: float) -> None:
    """A second recording of the same time, by another device in the same file, adds nothing."""
    run = course(shape)
    rng = np.random.default_rng(4)
    place = {
        name: run.records[name]
        + np.degrees(
            (offset + rng.normal(0, 2, len(run.records)).cumsum() / 30)
            / EARTH_RADIUS
        )
        for name in ("latitude", "longitude")
    }
    other = run.records.assign(**place, heart_rate=np.nan).iloc[200:2200]
    other = other.set_axis(other.index + pd.Timedelta(milliseconds=400))
    both = pd.concat([run.records, other])
    twice = replace(run, records=both, extras=pd.DataFrame(index=both.index))
    assert sums(twice) == pytest.approx(sums(run), rel=1e-3, abs=2.0)
    assert codes(twice)["time_overlap"] == 2000
    assert clean(twice).records["heart_rate"].notna().all()


@pytest.mark.parametrize("seconds", [30.0, 590.0, 900.0])
def test_pauses_go_with_the_clock(seconds: float) -> None:
    """A stop of the timer after the clock was set back stays where it was in the run, and is no
    correction of it.
    """
    run = course("straight")
    begin = run.records.index[0]
    later = run.records.index.where(
        np.arange(LAST + 1) <= 1800, run.records.index + pd.Timedelta(minutes=10)
    )
    stop = {
        "start_time": [begin + pd.Timedelta(seconds=1800)],
        "end_time": [begin + pd.Timedelta(seconds=2400)],
    }
    paused = replace(
        at_times(run, later),
        pauses=pd.DataFrame(stop).astype("datetime64[ns, UTC]"),
    )
    wrong = set_back(paused, 1500, seconds)
    earlier = {
        name: [time - pd.Timedelta(seconds=seconds) for time in times]
        for name, times in stop.items()
    }
    wrong = replace(
        wrong, pauses=pd.DataFrame(earlier).astype("datetime64[ns, UTC]")
    )
    assert sums(wrong) == pytest.approx(sums(paused), rel=1e-3, abs=2.0)
    pd.testing.assert_frame_equal(clean(wrong).pauses, paused.pauses)


def test_heartbeats_go_with_the_clock() -> None:
    """Times between beats of the later part are later than those of the earlier one."""
    run = course("straight")
    wrong = set_back(run, 1500, 3600.0)
    wrong = replace(
        wrong, rr=pd.Series(0.4, index=wrong.records.index, name="rr")
    )
    beats = clean(wrong).rr
    assert beats is not None
    assert (beats.index == run.records.index).all()


def test_a_rounded_clock_is_sorted() -> None:
    """A step back of a second is how some programs round; nothing moves."""
    run = course("straight")
    number = np.arange(len(run.records))
    wrong = at_times(
        run,
        run.records.index
        - pd.to_timedelta(np.where(number >= 900, 2.0, 0.0), unit="s"),
    )
    assert "clock_set_back" not in codes(wrong)
    assert "clock_set_back" in {
        i.code for i in clean(wrong, cleaning=CleanRules(clock_step=0.5)).issues
    }
