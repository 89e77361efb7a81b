"""Distances, local coordinates and turning, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailstats import geo


def test_a_degree_of_latitude_is_its_arc() -> None:
    """One degree along a meridian is radius times pi / 180."""
    assert geo.step_lengths([10.0, 11.0], [20.0, 20.0])[1] == pytest.approx(
        np.pi / 180 * geo.EARTH_RADIUS
    )


def test_the_quarter_of_a_meridian() -> None:
    """From equator to pole it is 10 001 965.729 m on WGS 84, by GeographicLib's GeodSolve; the
    sphere of the mean radius has it 0.056 % longer, one of the equatorial radius 0.17 %.
    """
    found = geo.step_lengths([0.0, 90.0], [11.0, 11.0])[1]
    assert found == pytest.approx(10_001_965.729, rel=6e-4)


def test_known_distance_between_two_towns() -> None:
    """Paris to London, 343.5 km by the haversine of any atlas, within 0.2 %."""
    found = geo.step_lengths([48.8566, 51.5074], [2.3522, -0.1278])[1]
    assert found == pytest.approx(343_500, rel=2e-3)


def test_a_missing_position_is_bridged() -> None:
    """The next known position takes the whole distance, nothing is lost or counted twice."""
    whole = geo.step_lengths([0.0, 0.001, 0.002], [0.0, 0.0, 0.0])
    holed = geo.step_lengths([0.0, np.nan, 0.002], [0.0, np.nan, 0.0])
    assert holed[1] == 0
    assert holed.sum() == pytest.approx(whole.sum())


def test_the_plane_agrees_with_the_sphere() -> None:
    """Over a run's extent, distances on the local plane agree with those on the sphere to 0.1 %."""
    rng = np.random.default_rng(1)
    lat, lon = 47 + rng.uniform(0, 0.1, 50), 11 + rng.uniform(0, 0.1, 50)
    x, y = geo.local_xy(lat, lon)
    flat = np.hypot(np.diff(x), np.diff(y))
    assert flat == pytest.approx(geo.step_lengths(lat, lon)[1:], rel=1.5e-3)


def test_the_date_line_does_not_tear_a_track() -> None:
    """A step of 0.002 degrees across the date line is as short as anywhere."""
    x, _ = geo.local_xy([0.0, 0.0], [179.999, -179.999])
    assert abs(x[1] - x[0]) == pytest.approx(
        0.002 * np.pi / 180 * geo.EARTH_RADIUS, rel=1e-6
    )


@given(turns=st.integers(3, 40), left=st.booleans())
def test_a_closed_polygon_turns_once_round(turns: int, left: bool) -> None:
    """The turns of a regular polygon add up to a full circle, whichever way it is walked."""
    angle = np.linspace(0, 2 * np.pi, turns + 1) * (1 if left else -1)
    x, y = np.cos(angle), np.sin(angle)
    headings = geo.heading(np.append(x, x[1]), np.append(y, y[1]))
    assert geo.turning(headings).sum() == pytest.approx(
        2 * np.pi if left else -2 * np.pi
    )


@given(spacing=st.floats(1.0, 30.0))
def test_resampling_keeps_a_straight_line(spacing: float) -> None:
    """Points on a straight line stay on it, at equal distances."""
    x = np.array([0.0, 3.0, 50.0, 51.0, 200.0])
    along, rx, ry = geo.resample_path(x, 2 * x, spacing)
    assert np.diff(along) == pytest.approx(spacing)
    assert ry == pytest.approx(2 * rx)
    assert np.hypot(np.diff(rx), np.diff(ry)) == pytest.approx(spacing)


def test_nothing_to_resample_gives_nothing() -> None:
    """A path of one point, or of none, has no shape."""
    assert len(geo.resample_path([1.0], [1.0], 5.0)[0]) == 0
    assert len(geo.resample_path([np.nan, np.nan], [0.0, 1.0], 5.0)[0]) == 0
