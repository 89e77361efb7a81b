"""A track follows the ways that place, direction and connection make likely."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from terrain.town import PATH, ROAD, Line, Ways, degrees, run_over, write_map
from trailstats.model.activity import Activity
from trailstats.terrain.maps import MapMatch, RoadMap
from trailstats.terrain.maps._candidates import CELL, METRES, REACH, expand
from trailstats.terrain.maps._matching import MATCH_RULES

pytest.importorskip("osmium")


@pytest.fixture
def matched(tmp_path: Path):
    """Return the function that matches a run on ways."""

    def match(ways: Ways, run: Activity, **rules: float) -> MapMatch:
        town = RoadMap(
            write_map(tmp_path / "town.osm", ways), cache=tmp_path / "cache"
        )
        return town.match(run, rules=replace(MATCH_RULES, **rules))

    return match


def test_place_tells_parallel_ways_apart(matched) -> None:
    """Of two parallel ways 20 m apart the nearer one is followed, with its distance."""
    ways = {1: (ROAD, [(-500, 0), (500, 0)]), 2: (PATH, [(-500, 20), (500, 20)])}
    for at, way in ((3.0, 1), (17.0, 2)):
        match = matched(ways, run_over([(-400, at), (400, at)]))
        assert (match.way == way).all()
        assert match.offset == pytest.approx(3.0, abs=0.2)
        assert match.confidence.min() > 0.7


def test_halfway_between_two_ways_the_match_is_not_sure(matched) -> None:
    """A run in the middle between a road and a path far from any junction could be on either."""
    ways = {1: (ROAD, [(-500, 0), (500, 0)]), 2: (PATH, [(-500, 16), (500, 16)])}
    match = matched(ways, run_over([(-400, 8), (400, 8)]))
    assert 0.3 < np.median(match.p_trail) < 0.7
    assert np.median(match.confidence) < 0.7


def test_direction_tells_crossing_ways_apart(matched) -> None:
    """Along a road with paths across it every 60 m the road is followed, also where a path is
    nearer.
    """
    paths = {
        10 + i: (PATH, [(60.0 * i, -300), (60.0 * i, 300)]) for i in range(-6, 7)
    }
    match = matched(
        {1: (ROAD, [(-500, 0), (500, 0)])} | paths,
        run_over([(-400, 6), (400, 6)]),
    )
    assert (match.way == 1).all()
    assert match.p_trail.max() < 0.1


def test_a_bridge_is_no_junction(matched) -> None:
    """A path over a bridge stays one where it crosses a road that runs nearly the same way."""
    road: Line = [(-500, -60), (0, 0), (500, 60)]
    path: Line = [
        (-500, 60),
        (500, -60),
    ]  # meets the road's place at (0, 0) without a shared node
    match = matched({1: (ROAD, road), 2: (PATH, path)}, run_over(path))
    assert (match.way == 2).all()


def test_a_turn_at_a_junction_is_followed(matched) -> None:
    """From a road into a path at their junction the match changes within one receiver's error."""
    ways = {
        1: (ROAD, [(-500, 0), (0, 0), (500, 0)]),
        2: (PATH, [(0, 0), (0, 500)]),
    }
    match = matched(ways, run_over([(-400, 0), (0, 0), (0, 400)], error=3.0))
    change = match.distance[np.flatnonzero(np.diff(match.way))]
    assert match.way[0] == 1
    assert match.way[-1] == 2
    assert len(change) == 1
    assert abs(change[0] - 400) < 20


@pytest.mark.parametrize("seed", range(5))
def test_errors_of_a_receiver_dont_break_the_sequence(matched, seed: int) -> None:
    """With positions off by 5 m, slowly changing, nine tenths of a way beside another one are
    found.
    """
    ways = {
        1: (ROAD, [(-2000, 0), (2000, 0)]),
        2: (PATH, [(-2000, 25), (2000, 25)]),
    }
    match = matched(
        ways, run_over([(-1900, 25), (1900, 25)], error=5.0, seed=seed)
    )
    assert np.mean(match.way == 2) > 0.9
    assert np.count_nonzero(np.diff(match.way)) <= 4


def test_off_the_map_nothing_is_followed(matched) -> None:
    """Across a field between two roads no way is followed, and the probability is missing."""
    ways = {1: (ROAD, [(0, -50), (0, 50)]), 2: (ROAD, [(600, -50), (600, 50)])}
    match = matched(ways, run_over([(0, -50), (0, 0), (600, 0), (600, 50)]))
    field = (match.distance > 120) & (match.distance < 580)
    assert (match.way[field] == 0).all()
    assert np.isnan(match.p_trail[field]).all()
    assert np.isnan(match.offset[field]).all()
    assert {match.way[0], match.way[-1]} == {1, 2}


def test_a_gap_is_not_bridged(matched) -> None:
    """Where positions are missing for 300 m both sides stand for themselves: no change of way has
    to be explained.
    """
    ways = {
        1: (ROAD, [(-500, 0), (-100, 0)]),
        2: (PATH, [(100, 20), (500, 20)]),
        3: (ROAD, [(-500, 25), (500, 25)]),
    }
    run = run_over([(-450, 0), (-150, 0), (150, 20), (450, 20)])
    lost = np.arange(len(run.records)) // 100 == 1
    records = run.records.copy()
    records.loc[lost, ["latitude", "longitude"]] = np.nan
    match = matched(ways, replace(run, records=records), jump=50.0, leave=50.0)
    change = np.flatnonzero(np.diff(match.way))
    assert set(match.way[: change[0] + 1].tolist()) == {1}
    assert set(match.way[change[-1] + 1 :].tolist()) == {2}
    # However long the gap counts in the distance, nothing is followed in it.
    assert not match.way[change[0] + 1 : change[-1] + 1].any()


def test_both_directions_give_the_same(matched) -> None:
    """A run the other way round follows the same ways."""
    line: Line = [(-400, 3), (0, 0), (0, 300), (300, 300)]
    ways = {
        1: (ROAD, [(-500, 0), (0, 0), (500, 0)]),
        2: (PATH, [(0, 0), (0, 300), (400, 300)]),
        3: (ROAD, [(-400, 20), (-100, 20), (0, 0)]),
    }
    # A whole number of steps of 10 m, so that the points are the same ones.
    there, back = (
        matched(ways, run_over(line)),
        matched(ways, run_over(line[::-1])),
    )
    n = min(len(there.way), len(back.way))
    assert np.mean(there.way[:n] == back.way[::-1][-n:]) > 0.97


@pytest.mark.parametrize("step", [2, 5, 10])
def test_thinned_positions_follow_the_same_ways(matched, step: int) -> None:
    """A position every 2, 5 or 10 s gives the same ways but for the neighbourhood of the turns."""
    ways = {
        1: (ROAD, [(-500, 0), (0, 0), (500, 0)]),
        2: (PATH, [(0, 0), (0, 300), (400, 300)]),
    }
    run = run_over([(-400, 0), (0, 0), (0, 300), (400, 300)], error=2.0)
    fine, coarse = (
        matched(ways, run),
        matched(ways, replace(run, records=run.records.iloc[::step])),
    )
    n = min(len(fine.way), len(coarse.way))
    assert np.mean(fine.way[:n] == coarse.way[:n]) > 0.95


def test_moving_the_whole_world_changes_nothing(tmp_path: Path) -> None:
    """Ways and run at other longitudes, across tiles and the meridian of Greenwich, give the same
    match.
    """
    ways = {
        1: (ROAD, [(-500, 0), (0, 0), (500, 0)]),
        2: (PATH, [(0, 0), (0, 500)]),
    }
    run = run_over([(-400, 2), (0, 0), (0, 400)])
    text = write_map(tmp_path / "a.osm", ways).read_text()
    here = RoadMap(tmp_path / "a.osm", cache=tmp_path).match(run)
    for shift in (-11, -11.01, 168.99):
        moved = text
        for x, y in {place for _, line in ways.values() for place in line}:
            lon = f'lon="{float(degrees(x, y)[1]):.7f}"'
            moved = moved.replace(
                lon, f'lon="{float(degrees(x, y)[1]) + shift:.7f}"'
            )
        (tmp_path / f"b{shift}.osm").write_text(moved)
        records = run.records.assign(longitude=run.records["longitude"] + shift)
        there = RoadMap(tmp_path / f"b{shift}.osm", cache=tmp_path).match(
            replace(run, records=records)
        )
        assert (there.way == here.way).all()
        assert there.p_trail == pytest.approx(here.p_trail, abs=1e-3)


def test_nothing_to_match(matched) -> None:
    """Without positions there are no points."""
    run = run_over([(-400, 0), (400, 0)])
    blank = replace(
        run, records=run.records.assign(latitude=np.nan, longitude=np.nan)
    )
    match = matched({1: (ROAD, [(-500, 0), (500, 0)])}, blank)
    assert not match
    assert not len(match.to_frame())


def test_the_posterior_of_a_known_chain(matched) -> None:
    """Two ways at the same place as a point, not connected: with equal fit, each has half the
    probability.
    """
    ways = {1: (ROAD, [(-500, 0), (500, 0)]), 2: (PATH, [(-501, 0), (501, 0)])}
    match = matched(ways, run_over([(-400, 0), (400, 0)]), off_way=-50.0)
    assert match.confidence == pytest.approx(0.5, abs=1e-6)
    assert match.p_trail == pytest.approx((0.02 + 0.97) / 2, abs=1e-6)


def test_ranges_expand() -> None:
    """Ranges become their members, in order, empty ones none."""
    owner, member = expand(np.array([5, 0, 7]), np.array([2, 0, 3]))
    assert owner.tolist() == [0, 0, 2, 2, 2]
    assert member.tolist() == [5, 6, 7, 8, 9]


def test_a_cell_of_the_search_is_about_as_wide_as_the_reach() -> None:
    """Smaller cells make every piece of a way lie in many of them, larger ones bring pieces that
    are far away.
    """
    assert REACH / 2 < CELL * METRES < 3 * REACH
