"""The ground of a course from own recordings of the same way, and from nowhere else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity
from trailstats.analysis import Options, measure
from trailstats.geo import local_xy
from trailstats.history._history import combine
from trailstats.history.prediction import Course
from trailstats.history.prediction._own_ground import (
    NEAR,
    NEIGHBOURS,
    ground_of_points,
)

DEGREE = 111_195.0
"""Metres of a degree of latitude on a sphere of 6371 km."""


@pytest.fixture(scope="module")
def history() -> ts.History:
    """Return a history of one run of 5.4 km straight north, its second half labelled trail."""
    found = measure(
        make_activity(speed=3.0, elevation=np.array([500.0, 520.0])),
        Options(ts.Athlete()),
    )
    whole = found.segments.iloc[:1]
    first = whole.assign(end_distance=2700.0, p_trail=0.1, p_technical=0.05)
    second = whole.assign(
        index=1, start_distance=2700.0, p_trail=0.9, p_technical=0.45
    )
    segments = pd.concat([first, second], ignore_index=True)
    profile = found.profile.assign(
        segment=(found.profile["distance"] > 2700.0).astype("int64")
    )
    return combine(
        [replace(found, segments=segments, profile=profile)], [], ts.Athlete()
    )


def north(length: float, *, east: float = 11.0, start: float = 0.0) -> Course:
    """Return a way straight north along a meridian."""
    distance = np.arange(0.0, length + 1.0, 40.0)
    nothing = np.full(len(distance), np.nan)
    return Course(
        "north",
        distance,
        47.0 + (start + distance) / DEGREE,
        np.full(len(distance), east),
        nothing,
        nothing,
        nothing,
    )


def test_the_same_way_has_the_ground_that_was_found(history: ts.History) -> None:
    """Ten metres beside the recording; road before the middle, trail behind it."""
    beside = 11.0 + 10.0 / (DEGREE * np.cos(np.radians(47.0)))
    course = north(5400.0, east=beside).with_recordings(history)
    pieces = course.pieces()
    middle = np.cumsum(pieces.distance) - pieces.distance / 2
    clear = np.abs(middle - 2700.0) > 150.0
    np.testing.assert_allclose(
        pieces.p_trail[clear],
        np.where(middle > 2700.0, 0.9, 0.1)[clear],
        atol=0.01,
    )
    assert course.ground_source == "own recordings"


def test_another_way_has_none(history: ts.History) -> None:
    """A hundred metres beside it nothing is known, nor beyond its end."""
    beside = 11.0 + 100.0 / (DEGREE * np.cos(np.radians(47.0)))
    assert north(5000.0, east=beside).with_recordings(history).ground_source == ""
    longer = north(4000.0, start=4000.0).with_recordings(history).pieces()
    middle = np.cumsum(longer.distance) - longer.distance / 2
    assert np.isfinite(longer.p_trail[middle < 1300.0]).all()
    assert np.isnan(longer.p_trail[middle > 1700.0]).all()


def test_what_is_known_stays(history: ts.History) -> None:
    """A map's word is not overruled; recordings tell what it leaves open."""
    course = north(3000.0)
    known = replace(
        course, p_trail=np.full(len(course.distance), 0.5), ground_source="map"
    )
    found = known.with_recordings(history)
    assert (found.p_trail == 0.5).all()
    assert np.isfinite(found.p_technical).all()
    assert found.ground_source == "map, own recordings"


def test_places_without_a_position_have_no_ground(history: ts.History) -> None:
    """A gap in the positions of a recorded course stays unknown, and nothing else does."""
    course = north(3000.0)
    latitude = course.latitude.copy()
    latitude[20:40] = np.nan
    found = replace(course, latitude=latitude).with_recordings(history)
    assert np.isnan(found.p_trail[25:35]).all()
    assert np.isfinite(found.p_trail[:15]).all()
    assert np.isfinite(found.p_trail[45:]).all()


def test_half_of_a_way_must_be_known_for_its_ground_to_count(
    history: ts.History,
) -> None:
    """Of 4 km from 4 km on 1.4 were run before: too little. Of 3 km all were."""
    little = north(4000.0, start=4000.0).with_recordings(history).pieces()
    much = north(3000.0).with_recordings(history).pieces()
    assert "trail" not in little.terms(heart_rate=False)
    assert {"trail", "technical"} <= set(much.terms(heart_rate=False))


def test_points_are_looked_for_in_cells_and_none_is_missed() -> None:
    """The ground from points in cells beside the places is that from all points, one by one."""
    rng = np.random.default_rng(3)
    lat = 47.0 + np.cumsum(rng.normal(0.0, 3e-4, 300))
    lon = 11.0 + np.cumsum(rng.normal(0.0, 3e-4, 300))
    near = (
        rng.normal(0.0, 2e-4, (4000, 2))
        + np.stack([lat, lon], -1)[rng.integers(0, 300, 4000)]
    )
    points = np.column_stack([near, rng.uniform(0.0, 1.0, (4000, 2))])
    found = ground_of_points(points, lat, lon)["p_trail"]
    x, y = local_xy(np.append(lat, near[:, 0]), np.append(lon, near[:, 1]))
    away = np.hypot(x[:300, None] - x[None, 300:], y[:300, None] - y[None, 300:])
    for place in range(300):
        nearest = np.argsort(away[place])[:NEIGHBOURS]
        nearest = nearest[away[place][nearest] < NEAR]
        expected = points[nearest, 2].mean() if len(nearest) else np.nan
        assert found[place] == pytest.approx(expected, nan_ok=True)
