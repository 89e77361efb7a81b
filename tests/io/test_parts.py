"""Recordings of different days in one track are activities of their own; a clock that is set is
not another recording.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trailstats as ts
from trailstats.geo import EARTH_RADIUS

DAY = 86_400
FIRST = 1_772_352_000  # 2026-03-01T08:00:00Z


def points(
    start: float, seconds: int, latitude: float, *, step: int = 5
) -> list[tuple[float, float]]:
    """Return times [s] and latitudes of a run straight north at 3 m/s."""
    at = np.arange(0, seconds + 1, step)
    north = latitude + np.degrees(3.0 * at / EARTH_RADIUS)
    return list(zip((start + at).tolist(), north.tolist(), strict=True))


def gpx(*segments: list[tuple[float, float]]) -> bytes:
    """Return one track with segments."""
    body = "".join(
        "<trkseg>"
        + "".join(
            f'<trkpt lat="{lat:.8f}" lon="11"><time>{at}</time></trkpt>'
            for at, lat in segment
        )
        + "</trkseg>"
        for segment in segments
    )
    return f"<gpx><trk><type>running</type>{body}</trk></gpx>".encode()


def tcx(*segments: list[tuple[float, float]]) -> bytes:
    """Return one activity with a lap for each segment."""
    body = "".join(
        "<Lap><Track>"
        + "".join(
            f"<Trackpoint><Time>{at}</Time><Position><LatitudeDegrees>{lat:.8f}</LatitudeDegrees>"
            "<LongitudeDegrees>11</LongitudeDegrees></Position></Trackpoint>"
            for at, lat in segment
        )
        + "</Track></Lap>"
        for segment in segments
    )
    return (
        '<TrainingCenterDatabase><Activities><Activity Sport="Running">'
        f"{body}</Activity></Activities></TrainingCenterDatabase>"
    ).encode()


def totals(data: bytes) -> list[tuple[float, float]]:
    """Return distance and moving time of each activity."""
    found = []
    for activity in ts.iter_activities(data):
        assert isinstance(activity, ts.Activity)
        run = ts.analyze(activity)
        found.append((run.totals.distance, run.totals.moving_time))
    return found


@settings(max_examples=25)
@given(
    days=st.lists(st.floats(6, 400), min_size=1, max_size=3),
    home=st.booleans(),
    write=st.sampled_from([gpx, tcx]),
    joined=st.booleans(),
)
def test_runs_days_apart_are_runs_of_their_own(
    days: list[float], home: bool, write: object, joined: bool
) -> None:
    """However many, from one door or not, in segments or not: none is lost, none is dated by
    another.
    """
    starts = FIRST + DAY * np.cumsum([0.0, *days])
    runs = [
        points(float(start), 600 + 300 * i, 47.0 if home else 47.0 + i / 2)
        for i, start in enumerate(starts)
    ]
    segments = [list(chain.from_iterable(runs))] if joined else runs
    data = write(*segments)  # type: ignore[operator]
    expected = [
        (3.0 * (600 + 300 * i), 600.0 + 300 * i) for i in range(len(runs))
    ]
    assert totals(data) == [pytest.approx(pair, rel=0.01) for pair in expected]
    found = [a.meta.start_time.timestamp() for a in ts.iter_activities(data)]
    assert found == pytest.approx(starts, abs=1.0)


@pytest.mark.parametrize("years", [-20, -6, 17])
@pytest.mark.parametrize("write", [gpx, tcx])
def test_a_clock_that_is_set_in_mid_run_makes_no_second_run(
    years: int, write: object
) -> None:
    """Ten minutes of another year, then the right one, going on where it was: one run."""
    run = points(FIRST, 1800, 47.0)
    wrong = [(at + 365 * DAY * years, lat) for at, lat in run[:120]]
    assert totals(write(wrong + run[120:])) == [  # type: ignore[operator]
        pytest.approx((5400, 1800), rel=0.01)
    ]


@pytest.mark.parametrize("size", [1, 3, 9])
@pytest.mark.parametrize("at", ["first", "last"])
def test_a_few_samples_of_another_date_are_no_run(size: int, at: str) -> None:
    """They are put where the file has them."""
    run = points(FIRST, 1800, 47.0)
    rows = range(size) if at == "first" else range(len(run) - size, len(run))
    for row in rows:
        run[row] = (run[row][0] + 17 * 365 * DAY, run[row][1])
    assert totals(gpx(run)) == [pytest.approx((5400, 1800), rel=0.02)]


def test_laps_and_pauses_go_with_their_run() -> None:
    """Each has its own lap, and the weeks between them are no pause."""
    data = tcx(points(FIRST, 600, 47.0), points(FIRST + 20 * DAY, 600, 47.5))
    for activity in ts.iter_activities(data):
        assert isinstance(activity, ts.Activity)
        assert len(activity.laps) == 1
        assert activity.pauses.empty
        assert "recordings_apart" in {i.code for i in activity.issues}


def test_a_night_between_is_one_recording() -> None:
    """Whoever camps for a night, or two, goes on with the same recording."""
    data = gpx(points(FIRST, 600, 47.0), points(FIRST + 2 * DAY, 600, 47.1))
    assert len(totals(data)) == 1


def test_two_runs_forty_days_apart(cases: Path) -> None:
    """Modelled on a public report: 8100 m in all, the first on its day."""
    runs = [
        ts.analyze(a)
        for a in ts.iter_activities(cases / "gpx_two_runs_40_days.gpx")
        if isinstance(a, ts.Activity)
    ]
    assert sum(r.totals.distance for r in runs) == pytest.approx(8100, rel=0.01)
    assert sum(r.totals.moving_time for r in runs) == pytest.approx(
        2700, rel=0.01
    )
    assert str(runs[0].meta.start_time) == "2026-03-01 08:00:00+00:00"


def test_a_time_that_is_missing_hides_no_second_run() -> None:
    """Runs weeks apart are two though a sample between has no time."""
    first, second = points(FIRST, 600, 47.0), points(FIRST + 20 * DAY, 600, 47.5)
    broken = gpx(first, second).replace(
        f"<time>{first[50][0]}</time>".encode(), b"<time>never</time>"
    )
    assert len(totals(broken)) == 2
