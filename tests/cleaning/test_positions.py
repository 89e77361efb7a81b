"""Positions that stand for none are blanked wherever they are; longitudes run around the globe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trailstats as ts
from builders import make_activity, totals
from trailstats.cleaning import clean
from trailstats.geo import EARTH_RADIUS
from trailstats.model.activity import Activity

MARKS = [(89.9, -80.0), (1.0, 1.0), (0.0, 11.0), (47.0, 12.0), (-47.0, 11.0)]


def placed(rows: np.ndarray, mark: tuple[float, float]) -> Activity:
    """Return a run with a mark in place of some positions."""
    run = make_activity()
    records = run.records.copy()
    records.iloc[rows, [0, 1]] = mark
    return replace(run, records=records)


@settings(max_examples=60)
@given(
    mark=st.sampled_from(MARKS),
    where=st.sampled_from(["first", "last", "middle", "singles"]),
    size=st.integers(1, 600),
    seed=st.integers(0, 1000),
)
def test_a_mark_anywhere_is_blanked(
    mark: tuple[float, float], where: str, size: int, seed: int
) -> None:
    """At the beginning, at the end, in the middle, here and there; one or hundreds."""
    rows = {
        "first": np.arange(size),
        "last": np.arange(1801 - size, 1801),
        "middle": np.arange(700, 700 + size),
        "singles": np.random.default_rng(seed).permutation(1799)[:size] + 1,
    }[where]
    run = placed(rows, mark)
    cleaned = clean(run)
    assert cleaned.records["latitude"].iloc[rows].isna().all()
    assert cleaned.records["latitude"].notna().sum() == 1801 - len(rows)
    length = 5400 if where in ("middle", "singles") else 3.0 * (1800 - size)
    assert totals(run)[0] == pytest.approx(length, rel=0.02, abs=20)


def test_standing_is_no_mark() -> None:
    """A position that repeats where the runner stands stays."""
    speed = np.where(np.arange(1801) // 300 % 2, 3.0, 0.0)
    run = make_activity(speed=speed)
    assert clean(run).records["latitude"].notna().all()


def test_a_drive_is_no_mark() -> None:
    """Positions of a car that stops now and then stay; what was driven is left out later."""
    speed = np.where(np.arange(1801) > 900, 25.0, 3.0)
    speed[1200:1260] = 0.0
    issues = clean(make_activity(speed=speed)).issues
    assert "position_unfixed" not in {issue.code for issue in issues}


def gpx(latitude: np.ndarray, longitude: np.ndarray) -> bytes:
    """Return a recording of positions a second apart."""
    points = "".join(
        f'<trkpt lat="{lat:.8f}" lon="{lon:.8f}"><time>{1_772_352_000 + i}</time></trkpt>'
        for i, (lat, lon) in enumerate(zip(latitude, longitude, strict=True))
    )
    return f"<gpx><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>".encode()


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("lat", [0.5, -17.0, 66.5])
@pytest.mark.parametrize("turns", [0, 180, 360])
def test_a_run_across_the_date_line(lat: float, way: int, turns: int) -> None:
    """Eastward or westward, in longitudes that run on beyond 180, or from 0 to 360: its length is
    right, and all longitudes lie on the globe.
    """
    east = np.degrees(3.0 * np.arange(1801) / EARTH_RADIUS)
    longitude = 180.0 * way + way * (east / np.cos(np.radians(lat)) - 0.03)
    if turns:
        longitude = (
            longitude % turns if turns == 360 else (longitude + 180) % 360 - 180
        )
    run = ts.read(gpx(np.full(1801, lat), longitude))
    assert run.records["longitude"].between(-180, 180).all()
    assert totals(run) == pytest.approx((5400, 1800), rel=0.01)


def test_longitudes_counted_from_0_to_360_may_run_on() -> None:
    """Eastward across Greenwich, to 360.1 degrees."""
    east = np.degrees(3.0 * np.arange(1801) / EARTH_RADIUS)
    longitude = 360.0 + east / np.cos(np.radians(51.5)) - 0.03
    run = ts.read(gpx(np.full(1801, 51.5), longitude))
    assert run.records["longitude"].between(-180, 180).all()
    assert totals(run) == pytest.approx((5400, 1800), rel=0.01)


@pytest.mark.parametrize("missing", ["latitude", "longitude"])
def test_half_a_position_is_none(missing: str) -> None:
    """Latitudes without any longitude, or the other way round, leave the rest of the recording."""
    kept = "lon" if missing == "latitude" else "lat"
    points = "".join(
        f'<trkpt {kept}="11"><time>{1_772_352_000 + i}</time>'
        f"<extensions><hr>{140 + i // 60 % 2}</hr></extensions></trkpt>"
        for i in range(900)
    )
    run = ts.analyze(f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode())
    assert run.totals.mean_heart_rate == pytest.approx(140.5, abs=0.5)
    assert "position_invalid" in {issue.code for issue in run.issues}


def test_reported_files(cases: Path) -> None:
    """Recordings modelled on public reports."""
    last = clean(ts.read(cases / "gpx_last_fix_90_80.gpx"))
    assert last.records["latitude"].max() < 89
    assert last.track["distance"].iloc[-1] == pytest.approx(3600, rel=0.01)
    line = ts.analyze(cases / "gpx_lon_below_180.gpx")
    assert line.totals.distance == pytest.approx(5400, rel=0.01)
    assert line.totals.moving_time == pytest.approx(1800, rel=0.01)
    half = ts.analyze(cases / "hostile" / "lat_only.fit")
    assert half.totals.n_records == 900
