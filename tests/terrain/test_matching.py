"""A track follows the ways that place, direction and connection make likely."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from terrain.town import PATH, ROAD, Line, Ways, degrees, run_over, write_map
from trailstats.model.activity import Activity
from trailstats.terrain.maps import MapMatch, RoadMap
from trailstats.terrain.maps._candidates import METRES, REACH, cells_around
from trailstats.terrain.maps._index import LONGEST_PIECE, cell_of, expand
from trailstats.terrain.maps._matching import _posterior
from trailstats.terrain.maps._rules import MATCH_RULES

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


@pytest.mark.parametrize("latitude", [0.0, 47.0, -69.0, 84.0])
def test_every_piece_within_reach_is_looked_at(latitude: float) -> None:
    """Wherever the middle of a piece lies that passes a point within reach, its cell is among those
    around the point.
    """
    rng = np.random.default_rng(1)
    lat = np.array([round(latitude * 1e7) + 1234])
    lon = np.array([110_000_000])
    known = cells_around(lat, lon).numbers
    narrow = np.cos(np.radians(lat * 1e-7))
    middle_north, middle_east = rng.uniform(-1e5, 1e5, (2, 50_000))
    end_north, end_east = rng.uniform(
        -LONGEST_PIECE / 2, LONGEST_PIECE / 2, (2, 50_000)
    )
    # The nearest point of the piece to the origin, in metres.
    north, east = end_north * METRES, end_east * METRES * narrow
    y, x = middle_north * METRES, middle_east * METRES * narrow
    share = np.clip(-(x * east + y * north) / (east**2 + north**2), -1.0, 1.0)
    near = np.hypot(x + share * east, y + share * north) <= REACH
    cells = cell_of(
        (lat + middle_north[near]).astype(np.int64),
        (lon + middle_east[near]).astype(np.int64),
    )
    assert near.sum() > 5
    assert np.isin(cells, known).all()


@pytest.mark.parametrize("points", [1, 2, 7, 500])
def test_the_recursions_in_blocks_are_those_along_the_chain(points: int) -> None:
    """Probabilities of a chain of four states, worked out one point after the other in logarithms,
    with steps that all but forbid most changes.
    """
    rng = np.random.default_rng(points)
    fit = rng.normal(0.0, 3.0, (points, 4))
    fit[rng.random(fit.shape) < 0.2] = -np.inf
    fit[:, 3] = -3.0
    costs = -6.0 * rng.random((points - 1, 4, 4)) ** 3
    forward, backward = [fit[0]], [np.zeros(4)]
    for i in range(1, points):
        through = forward[-1][:, None] + costs[i - 1]
        forward.append(np.logaddexp.reduce(through, axis=0) + fit[i])
    for i in range(points - 2, -1, -1):
        onward = costs[i] + fit[i + 1] + backward[-1]
        backward.append(np.logaddexp.reduce(onward, axis=1))
    both = np.array(forward) + np.array(backward[::-1])
    expected = np.exp(both - np.logaddexp.reduce(both, axis=1)[:, None])
    assert _posterior(fit, costs) == pytest.approx(expected, abs=1e-9)


def square(way: int, tags: dict[str, str], half: float) -> dict:
    """Return a closed way around the middle."""
    line = [
        (-half, -half),
        (half, -half),
        (half, half),
        (-half, half),
        (-half, -half),
    ]
    return {way: (tags, line)}


BEACH = {"natural": "beach"}
PITCH = {"leisure": "pitch", "surface": "grass"}
LAPS = {"leisure": "track", "surface": "tartan"}


@pytest.mark.parametrize(
    ("tags", "p_trail"),
    [(BEACH, 0.9), (PITCH, 0.9), (LAPS, 0.02), ({"leisure": "track"}, 0.03)],
)
def test_a_point_lies_on_an_area(matched, tags, p_trail) -> None:
    """Far from every way, inside of a closed one: its ground; beyond it, none."""
    ways = square(7, tags, 300.0) | {1: (ROAD, [(-900, 900), (900, 900)])}
    match = matched(ways, run_over([(-600, 20), (600, 20)]))
    x = match.distance - 600.0
    inside = np.abs(x) < 260
    assert (match.way[inside] == 7).all()
    assert match.offset[inside] == pytest.approx(0.0)
    assert match.p_trail[inside] == pytest.approx(p_trail, abs=0.01)
    assert (match.way[np.abs(x) > 400] == 0).all()


def test_a_way_over_an_area_is_followed(matched) -> None:
    """Who runs along a mapped road over a beach, or a few metres beside it, runs on the road."""
    ways = square(7, BEACH, 300.0) | {1: (ROAD, [(-900, 0), (900, 0)])}
    match = matched(ways, run_over([(-600, 4), (600, 4)], error=3.0))
    assert (match.way == 1).mean() > 0.98
    # 40 m away there is only the beach.
    match = matched(ways, run_over([(-250, 40), (250, 40)], error=3.0))
    assert (match.way == 7).mean() > 0.95


def test_closed_lines_are_no_areas(matched) -> None:
    """A street around a block is no place; neither is what a mapper says is no area."""
    for tags in (ROAD, {**BEACH, "area": "no"}):
        match = matched(square(7, tags, 300.0), run_over([(-200, 20), (200, 20)]))
        assert not match
    match = matched(
        square(7, {"highway": "pedestrian", "area": "yes"}, 300.0),
        run_over([(-200, 20), (200, 20)]),
    )
    assert match.way.all()


def test_a_hole_in_a_concave_area_is_outside(matched) -> None:
    """The inside is told by the even-odd rule: between the arms of a U there is nothing."""
    line = [
        (-300, -300),
        (300, -300),
        (300, 300),
        (200, 300),
        (200, -200),
        (-200, -200),
    ]
    line += [(-200, 300), (-300, 300), (-300, -300)]
    match = matched({7: (BEACH, line)}, run_over([(-290, 100), (290, 100)]))
    x = match.distance - 290.0
    assert (match.way[np.abs(x) > 220] == 7).all()
    assert (match.way[np.abs(x) < 130] == 0).all()
