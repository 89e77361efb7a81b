"""Which activity stands before and after another, in time and on its route."""

from dataclasses import replace

import numpy as np

from trailstats.report.neighbours import neighbours_of
from trailstats.report.tracks import track_views


def views(build, *numbers):
    return track_views([build.analysis(k, trail=False).profile for k in numbers])


def moved(view, east):
    return replace(view, x=view.x + east)


def test_routes_are_linked_over_the_runs_between(build):
    """Runs 0, 2 and 3 follow one loop, run 1 another 3 km away: 0 leads to 2, and 2 to 3."""
    same = views(build, 0, 7, 14, 21)  # loops of the same radius
    tracks = [same[0], moved(same[1], 3000.0), same[2], same[3]]
    found = neighbours_of(tracks)
    assert [n.before for n in found] == [-1, 0, 1, 2]
    assert [n.after for n in found] == [1, 2, 3, -1]
    assert [n.route_after for n in found] == [2, -1, 3, -1]
    assert [n.route_before for n in found] == [-1, -1, 0, 2]


def test_a_few_metres_make_no_other_route(build):
    """A receiver's error of 10 m leaves most cells the same."""
    first, second = views(build, 0, 7)
    rng = np.random.default_rng(1)
    shaken = replace(second, y=second.y + rng.normal(0, 3, len(second.y)))
    assert neighbours_of([first, moved(shaken, 4.0)])[0].route_after == 1


def test_a_run_without_positions_has_no_route(build):
    """It still has neighbours in time."""
    run = build.analysis(0, trail=False, without=("latitude", "longitude"))
    (blank,) = track_views([run.profile])
    found = neighbours_of([blank, blank])
    assert (found[0].after, found[0].route_after) == (1, -1)


def test_routes_south_and_west_of_the_middle_are_told_apart(build):
    """Cells below 0 are as good as others: 3 km west and south lies another route."""
    same = views(build, 0, 7)
    for east, north in ((-3000.0, 0.0), (0.0, -3000.0), (-2000.0, 2000.0)):
        away = replace(moved(same[1], east), y=same[1].y + north)
        again = replace(moved(same[0], east), y=same[0].y + north)
        found = neighbours_of([same[0], away, again])
        assert [n.route_after for n in found] == [-1, 2, -1]
