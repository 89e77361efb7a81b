"""The ways of a map under tracks: at their places, near what is shown only, at most so many."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trailstats.geo import EARTH_RADIUS
from trailstats.report import write_report
from trailstats.report.tracks import place_tracks, placed_track
from trailstats.report.ways import ways_under
from trailstats.terrain import RoadMap
from trailstats.terrain.maps.near import ways_near

PER_DEGREE = math.radians(1) * EARTH_RADIUS
NODES = {1: (47.0, 11.0), 2: (47.0003, 11.0), 3: (47.0, 11.0004), 4: (47.5, 11)}


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> RoadMap:
    """Return a path to the north and a street to the east of home, and a way far off."""
    pytest.importorskip("osmium")
    folder = tmp_path_factory.mktemp("town")
    nodes = "".join(
        f"<node id='{n}' version='1' lat='{lat}' lon='{lon}'/>"
        for n, (lat, lon) in NODES.items()
    )
    ways = "".join(
        f"<way id='{k}' version='1'><nd ref='{a}'/><nd ref='{b}'/>"
        f"<tag k='highway' v='{kind}'/></way>"
        for k, a, b, kind in (
            (1, 1, 2, "path"),
            (2, 1, 3, "residential"),
            (3, 4, 4, "path"),
        )
    )
    path = folder / "town.osm"
    path.write_text(f"<osm version='0.6'>{nodes}{ways}</osm>")
    return RoadMap(path, cache=folder)


def test_ways_lie_where_the_tracks_lie(build, town) -> None:
    """From the first point of a run at home the path goes 33 m to the north, the street 30 m to the
    east.
    """
    track = placed_track(build.analysis(0, trail=False).profile)
    (view,) = place_tracks([track])
    (ways,) = ways_under(town, [track.points], [view])
    home = np.array([view.x[0], view.y[0]])
    path, street = ways.ends[ways.is_trail], ways.ends[~ways.is_trail]
    steps = {
        "path": (0.0, 0.0003 * PER_DEGREE),
        "street": (0.0004 * PER_DEGREE * math.cos(math.radians(47)), 0.0),
    }
    for found, name in ((path, "path"), (street, "street")):
        ends = found.reshape(-1, 2) - home
        # Whole metres, of the region's plane.
        assert ends.min(axis=0) == pytest.approx((0, 0), abs=1.5)
        assert ends.max(axis=0) == pytest.approx(steps[name], abs=1.5)


def test_no_way_near_a_private_place_is_drawn(build, town) -> None:
    """Home is left out with 600 m around it: of ways that only lie there nothing is told."""
    profile = build.analysis(0, trail=False).profile
    track = placed_track(profile, [(47.0, 11.0, 600.0)])
    assert ways_under(town, [track.points], place_tracks([track])) == ()


def test_the_most_visited_are_kept(town) -> None:
    """Of the pieces one is kept where most positions lie."""
    near = ways_near(
        town, np.array([47.0, math.nan]), np.array([11.0, 11.0]), most=1
    )
    assert len(near.ends) == 1


def test_the_page_draws_them(build, town, tmp_path) -> None:
    """The report holds them, and says so in the place of "no map"."""
    run = build.analysis(0, trail=False)
    history = build.history([run])
    plain, mapped = (
        write_report(
            history, tmp_path / f"{k}.html", claims=[], rules=[], map=one
        ).read_text(encoding="utf-8")
        for k, one in enumerate((None, town))
    )
    assert "No map and no place on Earth" in plain
    assert '"ways":{}' in plain
    assert "ways of the map near the runs" in mapped
    assert '"ways":{"0":[[' in mapped
