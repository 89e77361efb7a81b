"""While the timer stands nothing counts, whichever way the file says that it stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import at, codes, make_activity, totals
from trailstats import schema
from trailstats.cleaning import clean
from trailstats.io import read
from trailstats.model.activity import Activity, DeviceTotals


def ferry(
    *,
    stop: int,
    lasts: int,
    speed: float = 6.0,
    total: int = 1800,
    **options: object,
) -> Activity:
    """Return a run at 3 m/s that is interrupted by a ride, with records and an odometer that go
    on.
    """
    seconds = np.arange(total + lasts + 1)
    riding = (seconds > stop) & (seconds <= stop + lasts)
    pace = np.where(riding, speed, 3.0)
    run = make_activity(
        speed=pace,
        duration=total + lasts,
        cadence=np.where(riding, 0.0, 170.0),
        **options,
    )
    return run


def marked(
    run: Activity, *pauses: tuple[float, float], fmt: str = "fit"
) -> Activity:
    """Return a run with pauses that its file marks."""
    table = pd.DataFrame(
        {
            "start_time": at([a for a, _ in pauses]),
            "end_time": at([b for _, b in pauses]),
        }
    ).astype("datetime64[ns, UTC]")
    return replace(run, pauses=table, meta=replace(run.meta, format=fmt))


def lapped(run: Activity, *laps: tuple[float, float, float, float]) -> Activity:
    """Return a run with laps of a start, an end, a timer's time and a distance."""
    start, end, timer, metres = np.array(laps).T
    table = schema.LAPS.frame(
        {
            "start_time": at(start),
            "end_time": at(end),
            "distance": metres,
            "timer_time": timer,
            "trigger": ["manual"] * len(laps),
        }
    )
    return replace(run, laps=table, meta=replace(run.meta, format="tcx"))


def without(run: Activity, first: int, last: int) -> Activity:
    """Return a run without the samples from one row to before another."""
    kept = np.r_[0:first, last : len(run.records)]
    records = run.records.iloc[kept]
    return replace(run, records=records, extras=pd.DataFrame(index=records.index))


@pytest.mark.parametrize("device", [True, False])
@pytest.mark.parametrize("speed", [1.2, 6.0, 25.0])
@pytest.mark.parametrize("every", [1, 7])
def test_what_goes_on_in_a_pause_does_not_count(
    device: bool, speed: float, every: int
) -> None:
    """On a ferry, on foot or on a train with the timer stopped, records and odometer go on."""
    run = ferry(stop=900, lasts=1200, speed=speed, device_distance=device)
    records = run.records.iloc[::every]
    thinned = replace(
        run, records=records, extras=pd.DataFrame(index=records.index)
    )
    found = totals(marked(thinned, (900, 2100)))
    assert found == pytest.approx((5400, 1800), rel=0.01)


@settings(max_examples=25)
@given(
    stop=st.integers(60, 1700),
    lasts=st.integers(30, 3000),
    speed=st.floats(0.0, 30.0),
    device=st.booleans(),
    fmt=st.sampled_from(["fit", "tcx", "gpx"]),
)
def test_a_pause_of_any_kind(
    stop: int, lasts: int, speed: float, device: bool, fmt: str
) -> None:
    """Wherever a pause lies, however long it is and however fast the runner is moved in it."""
    run = ferry(stop=stop, lasts=lasts, speed=speed, device_distance=device)
    found = totals(marked(run, (stop, stop + lasts), fmt=fmt))
    # The window of speed may take the seconds beside a pause for standing.
    assert found == pytest.approx((5400, 1800), rel=0.01)


@pytest.mark.parametrize("metres", [900.0, np.nan])
@pytest.mark.parametrize("away", [3000.0, 60.0, 20000.0])
def test_a_gap_between_laps_is_a_pause_where_their_timers_say_so(
    metres: float, away: float
) -> None:
    """Two laps of 300 s, ten minutes apart, in which the runner was taken elsewhere."""
    speed = np.where(
        (np.arange(1201) > 300) & (np.arange(1201) <= 900), away / 600, 3.0
    )
    run = without(make_activity(speed=speed, duration=1200), 301, 900)
    run = lapped(run, (0, 300, 300, metres), (900, 1200, 300, metres))
    assert totals(run) == pytest.approx((1800, 600), rel=0.01)


def test_a_gap_that_laps_count_is_no_pause() -> None:
    """A tunnel in the first lap: its timer and its distance count on, and so does the bridge."""
    run = without(make_activity(duration=1200), 301, 500)
    run = lapped(run, (0, 600, 600, 1800.0), (600, 1200, 600, 1800.0))
    cleaned = clean(run)
    assert totals(cleaned) == pytest.approx((3600, 1200), rel=0.01)
    assert "pause_from_totals" not in codes(cleaned)


def test_a_lap_whose_distance_holds_the_gap_keeps_it() -> None:
    """Where timer and distance of a lap contradict each other, nothing is taken away."""
    run = without(make_activity(duration=1200), 301, 500)
    run = lapped(run, (0, 600, 400, 1800.0), (600, 1200, 600, 1800.0))
    assert totals(run)[0] == pytest.approx(3600, rel=0.01)


def test_samples_after_a_lap_s_timer_are_none_of_it() -> None:
    """A lap of 900 m in 300 s goes on for ten minutes of riding before the next begins."""
    run = ferry(stop=300, lasts=600, total=600)
    run = lapped(run, (0, 900, 300, 900.0), (900, 1200, 300, 900.0))
    assert totals(run) == pytest.approx((1800, 600), rel=0.01)


def test_a_total_tells_of_a_pause_in_a_gap() -> None:
    """Without laps and marks, the recording's own timer and distance do."""
    speed = np.where(
        (np.arange(2401) > 900) & (np.arange(2401) <= 1500), 5.0, 3.0
    )
    run = without(make_activity(speed=speed, duration=2400), 901, 1500)
    told = DeviceTotals(distance=5400.0, timer_time=1800.0)
    run = replace(run, meta=replace(run.meta, device_totals=told))
    assert totals(run) == pytest.approx((5400, 1800), rel=0.01)


def test_a_new_part_of_the_track_every_few_seconds_is_no_pause() -> None:
    """A program that begins a segment every five seconds loses neither way nor time by it."""
    run = make_activity()
    breaks = [(5.0 * k, 5.0 * k + 1.0) for k in range(1, 359)]
    assert totals(marked(run, *breaks, fmt="gpx")) == pytest.approx((5400, 1800))


def test_marks_that_the_timer_denies_are_not_believed() -> None:
    """A stop without a start, in a file whose timer ran all the time."""
    run = make_activity(device_distance=True)
    told = DeviceTotals(distance=5400.0, timer_time=1800.0)
    run = replace(run, meta=replace(run.meta, device_totals=told))
    cleaned = clean(marked(run, (300, 1800)))
    assert "pause_contradicted" in codes(cleaned)
    assert totals(cleaned) == pytest.approx((5400, 1800))
    right = replace(run, meta=replace(run.meta, device_totals=DeviceTotals()))
    assert totals(marked(right, (300, 1800))) == pytest.approx(
        (900, 300), rel=0.01
    )


def test_what_a_device_is_late_with_counts() -> None:
    """A hundred pauses, in each of which an odometer counts on by three metres, as it ran."""
    speed = np.ones(3601) * 3.0
    stops = [(30.0 * k, 30.0 * k + 10.0) for k in range(1, 101)]
    for start, end in stops:
        speed[int(start) + 2 : int(end) + 1] = 0.0
    run = make_activity(speed=speed, duration=3600, device_distance=True)
    counted = run.records["distance"].iloc[-1]
    assert totals(marked(run, *stops))[0] == pytest.approx(counted, rel=0.01)


@pytest.mark.parametrize(
    ("name", "metres", "seconds"),
    [
        ("fit_odometer_runs_in_pause.fit", 5400.0, 1800.0),
        ("tcx_pause_at_lap_border.tcx", 1800.0, 600.0),
        ("hostile/vdot_pauses.gpx", 2970.0, 1980.0),
    ],
)
def test_reported_pauses(cases, name: str, metres: float, seconds: float) -> None:
    """Recordings modelled on reports about other programs."""
    assert totals(read(cases / name)) == pytest.approx(
        (metres, seconds), rel=0.01
    )


def test_a_lap_after_the_last_sample_is_left_alone() -> None:
    """A lap that is listed for a time after the last sample cuts nothing and breaks nothing."""
    run = make_activity(duration=1800)
    listed = lapped(run, (0, 1800, 1800, 5400), (1900, 2500, 60, 300))
    assert totals(clean(listed))[1] == pytest.approx(1800, abs=2)
