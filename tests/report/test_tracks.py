"""What of a track reaches the page: distances checked against an independent geodesy by hand, zones
against circles.
"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailstats import schema
from trailstats.report.tracks import (
    MAX_POINTS,
    ZONE_MARGIN,
    outside_zones,
    spread_points,
    track_views,
)

DEGREE = 2 * math.pi * 6_371_008.8 / 360  # metres of one degree along a meridian


def line(latitudes, longitudes, **more):
    """Return a profile along the given positions, 10 m a point."""
    n = len(latitudes)
    return schema.PROFILE.frame(
        {
            "latitude": latitudes,
            "longitude": longitudes,
            "distance": np.arange(n) * 10.0,
            "segment": np.zeros(n, int),
        }
        | more
    )


def test_points_inside_a_zone_are_removed():
    """It should leave out exactly the points that lie within radius and margin of the centre."""
    metres = np.arange(-1000.0, 1001.0, 50.0)
    profile = line(47 + metres / DEGREE, np.full(len(metres), 11.0))
    keep = outside_zones(profile, [(47.0, 11.0, 200.0)])
    assert keep.tolist() == (np.abs(metres) > 200.0 + ZONE_MARGIN).tolist()


def test_a_zone_is_a_circle_on_the_ground_at_any_latitude():
    """It should count a degree of longitude at 60 degrees north as half a degree of latitude."""
    east = 300.0 / (DEGREE * math.cos(math.radians(60)))
    profile = line([60.0, 60.0], [10.0 + 0.9 * east, 10.0 + 1.2 * east])
    assert outside_zones(profile, [(60.0, 10.0, 300.0)]).tolist() == [False, True]


def test_points_without_a_position_between_private_ones_are_removed():
    """It should not keep the records of a stay at home because the signal was lost there."""
    nan = math.nan
    profile = line(
        [47.1, nan, 47.0, nan, 47.0, nan, 47.1], [11, nan, 11, nan, 11, nan, 11]
    )
    keep = outside_zones(profile, [(47.0, 11.0, 200.0)])
    assert keep.tolist() == [True, False, False, False, False, False, True]


def test_no_private_point_reaches_the_view():
    """It should keep the distance between every drawn point and the zone's centre above the
    radius.
    """
    metres = np.arange(-1000.0, 1001.0, 10.0)
    zone = (47.0, 11.0, 300.0)
    (view,) = track_views(
        [line(47 + metres / DEGREE, np.full(len(metres), 11.0))], [zone]
    )
    # The profile is symmetric, so its centre stays at the zone's centre after the points inside are
    # removed.
    assert np.abs(view.y).min() > 300.0
    assert view.starts.tolist() == [int((metres < -300.0 - ZONE_MARGIN).sum())]


def test_metres_around_the_centre():
    """It should put a degree of latitude 111.2 km from the next and keep no absolute position."""
    (view,) = track_views([line([46.5, 47.0, 47.5], [11.0, 11.0, 11.0])])
    assert np.diff(view.y) == pytest.approx([DEGREE / 2] * 2, rel=1e-9)
    assert view.x == pytest.approx([0, 0, 0], abs=1e-6)
    assert abs(view.y).max() < DEGREE


def test_runs_far_apart_get_maps_of_their_own():
    """It should number the region with the most runs first."""
    abroad = line([40.0, 40.01], [3.0, 3.01])
    home = line([47.0, 47.01], [11.0, 11.01])
    nowhere = line([math.nan] * 2, [math.nan] * 2)
    views = track_views([abroad, home, home, nowhere])
    assert [v.region for v in views] == [1, 0, 0, -1]
    assert not views[3].has("x")


def test_time_stands_in_for_a_missing_distance():
    """It should measure along time where there is no distance."""
    profile = line([math.nan] * 3, [math.nan] * 3, distance=[math.nan] * 3)
    profile["time"] = schema.PROFILE.frame(
        {
            "time": [
                "2025-01-01T00:00:00Z",
                "2025-01-01T00:01:00Z",
                "2025-01-01T00:03:00Z",
            ]
        }
    )["time"]
    (view,) = track_views([profile])
    assert view.by_time
    assert view.along.tolist() == [0.0, 60.0, 180.0]


def test_an_empty_profile():
    """It should give an empty track."""
    (view,) = track_views([schema.PROFILE.empty()], [(47.0, 11.0, 100.0)])
    assert len(view) == 0
    assert not view.has("elevation")


@given(st.integers(2, 5000), st.lists(st.integers(0, 5000), max_size=4))
def test_thinning_keeps_ends_and_breaks(n, holes):
    """It should keep first and last point, both sides of each gap, and few more than the limit."""
    metres = np.arange(n) * 10.0
    profile = line(47 + metres / DEGREE, np.full(n, 11.0), elevation=metres)
    zones = [(47 + h * 10.0 / DEGREE, 11.0, 30.0) for h in holes]
    keep = outside_zones(profile, zones)
    (view,) = track_views([profile], zones)
    kept = metres[keep]
    assert len(view) <= MAX_POINTS + 2 * len(holes)
    if len(kept):
        assert view.elevation[0] == kept[0]
        assert view.elevation[-1] == kept[-1]
    broken = kept[1:][np.diff(kept) > 10.5]
    assert view.elevation[view.starts].tolist() == broken.tolist()


def test_the_profile_stays_as_it_was(analyses):
    """It should change nothing in what it is given."""
    profile = analyses[0].profile
    before = profile.copy(deep=True)
    track_views([profile], [(47.0, 11.0, 500.0)])
    assert profile.equals(before)


def test_no_line_is_drawn_over_ground_that_was_not_recorded():
    """A ride in a car between two halves of a hike is no way that was walked."""
    metres = np.concatenate(
        (np.arange(0.0, 2000.0, 20.0), np.arange(12_000.0, 14_000.0, 20.0))
    )
    (view,) = track_views(
        [line(47 + metres / DEGREE, np.full(len(metres), 11.0))]
    )
    assert np.diff(view.y)[view.starts - 1] == pytest.approx([10_020.0], rel=1e-3)
    coarse = np.arange(0.0, 20_000.0, 400.0)
    (view,) = track_views(
        [line(47 + coarse / DEGREE, np.full(len(coarse), 11.0))]
    )
    assert len(view.starts) == 0


def test_a_line_that_is_thinned_keeps_the_points_at_its_breaks():
    """It should choose 0, 33, 66, 99 of a hundred points and both ends of a break before 51."""
    chosen, starts = spread_points(100, 4, np.array([51]))
    assert chosen.tolist() == [0, 33, 50, 51, 66, 99]
    assert chosen[starts].tolist() == [51]
    few, _ = spread_points(3, 4, np.array([], dtype=int))
    assert few.tolist() == [0, 1, 2]
