"""Features follow the ground and not the device."""

from __future__ import annotations

import numpy as np
import pytest

from terrain.ways import (
    mountain_run,
    renamed,
    run_along,
    straight,
    street_run,
    turned,
    winding,
    without,
)
from trailstats.cleaning import clean
from trailstats.model.activity import Activity
from trailstats.terrain.features import (
    FLAT,
    MOST_SHIFT,
    RUN_FEATURES,
    WINDOW_FEATURES,
    RunGrid,
    flat_speed,
    own_pace,
    run_features,
    run_grid,
    window_features,
)
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.surface import estimate_surface


def grid_of(run: Activity) -> RunGrid:
    found = run_grid(clean(run))
    assert found is not None
    return found


def whole_of(run: Activity) -> dict[str, float]:
    return run_features(grid_of(run))


def windows_of(run: Activity) -> np.ndarray:
    return window_features(grid_of(run))[1]


def test_a_circle_turns_by_its_curvature() -> None:
    """On a circle of radius R chords of length c turn by about c / R, everywhere the same."""
    grid = grid_of(run_along(np.full(3000, 1 / 150.0)))
    turn = grid.turns[50.0][10:-10]
    assert turn == pytest.approx(np.full(len(turn), 50 / 150), rel=0.05)


def test_a_circle_does_not_wiggle_and_a_path_does() -> None:
    """Turning that adds up is no wiggle; turning left and right is."""
    circle = whole_of(run_along(np.full(4000, 1 / 60.0)))
    path = whole_of(run_along(winding(4000)))
    assert circle["wiggle_50"] == pytest.approx(np.log(0.01), abs=0.3)
    assert path["wiggle_50"] > circle["wiggle_50"] + 1.5


def test_street_and_path_differ_the_expected_way() -> None:
    """A winding, uneven, hilly run has more of every cue than an even run along streets."""
    street, path = (
        whole_of(street_run()),
        whole_of(mountain_run()),
    )
    for name in set(RUN_FEATURES) - {"straight_50"}:
        assert path[name] > street[name], name
    assert path["straight_50"] < street["straight_50"]


@pytest.mark.parametrize("step", [3.0, 5.0])
@pytest.mark.parametrize("make", [street_run, mountain_run])
def test_sampling_step_hardly_matters(make: object, step: float) -> None:
    """A point every 3 or 5 s gives the features of a point every second, to within a fifth of
    street against path.
    """
    fine, coarse = (whole_of(make(step=s)) for s in (1.0, step))  # type: ignore[operator]
    gap = {
        k: abs(whole_of(street_run())[k] - whole_of(mountain_run())[k])
        for k in fine
    }
    for name in ("wiggle_50", "wiggle_100"):
        assert abs(fine[name] - coarse[name]) < 0.2 * gap[name], name


def test_place_and_height_do_not_matter() -> None:
    """The same run shifted to another latitude's meridian and 1000 m higher has the same
    features.
    """
    run = mountain_run()
    moved = run.records.assign(
        longitude=run.records["longitude"] + 100,
        elevation=run.records["elevation"] + 1000,
    )
    other = Activity(moved, run.meta)
    assert whole_of(other) == pytest.approx(whole_of(run), rel=1e-6)
    assert windows_of(other) == pytest.approx(windows_of(run), rel=1e-5, abs=1e-8)


def test_other_sensors_do_not_matter() -> None:
    """Heart rate and cadence present or absent leave every feature as it is."""
    run = mountain_run()
    with_sensors = Activity(
        run.records.assign(heart_rate=150.0, cadence=170.0), run.meta
    )
    assert whole_of(with_sensors) == whole_of(run)


def test_without_elevation_nothing_is_missing() -> None:
    """Blanked elevation changes no feature; only the distance along the slope changes a little."""
    run = mountain_run()
    full, bare = (
        whole_of(run),
        whole_of(without(run, "elevation")),
    )
    assert bare == pytest.approx(full, abs=0.02)


def test_repeats_leave_no_trace_in_the_scatter_of_speed() -> None:
    """A running median follows a step: repeats of 500 m at twice the pace have the scatter of the
    even run; an uneven path has more.
    """
    even = whole_of(run_along(straight(8000), 3.2))["speed_scatter"]
    steps = np.tile(np.repeat([4.6, 2.3], 500), 8)
    repeats = whole_of(run_along(straight(8000), steps))["speed_scatter"]
    path = whole_of(mountain_run())["speed_scatter"]
    assert repeats - even < 0.4 * (path - even)


def test_flat_speed_is_that_of_the_flat() -> None:
    """Three kilometres level at 3.2 m/s and three uphill at 2 m/s: 3.2; less than a kilometre of
    flat has none.
    """
    speed = np.repeat([3.2, 2.0], 3000)
    climb = 0.08 * np.maximum(np.arange(6000.0) - 3000.0, 0.0)
    grid = grid_of(run_along(winding(6000), speed, climb=climb))
    assert np.exp(flat_speed(grid)) == pytest.approx(3.2, rel=0.02)
    hill = grid_of(run_along(winding(6000), 2.0, climb=0.08 * np.arange(6000.0)))
    assert hill is not None
    assert np.isnan(flat_speed(hill))


def test_own_pace_is_bounded() -> None:
    """A tenth slower is its log; half as fast counts as no more than the bound; faster is above
    zero.
    """
    assert own_pace(np.log(2.7), np.log(3.0)) == pytest.approx(np.log(0.9))
    assert own_pace(np.log(1.5), np.log(3.0)) == -MOST_SHIFT
    assert own_pace(np.log(3.3), np.log(3.0)) == pytest.approx(np.log(1.1))


def test_reversal_keeps_shape() -> None:
    """Running a way backwards leaves wiggle and bends as they are."""
    forth = whole_of(run_along(winding(5000)))
    back = whole_of(run_along(-winding(5000)[::-1]))
    for name in ("wiggle_50", "wiggle_100"):
        assert back[name] == pytest.approx(forth[name], abs=0.1)


def test_windows_lie_where_they_say() -> None:
    """On a run that is half street, half path, the windows of the path wiggle and those of the
    street don't.
    """
    run = run_along(np.concatenate([straight(4000), winding(4000)]))
    centres, values, names = window_features(grid_of(run))
    assert names == WINDOW_FEATURES
    assert np.diff(centres) == pytest.approx(np.full(len(centres) - 1, 50.0))
    wiggle = values[:, names.index("wiggle_400")]
    assert wiggle[(centres > 4500) & (centres < 7500)].min() > np.median(
        wiggle[centres < 3500]
    )


@pytest.mark.parametrize(
    "run",
    [
        street_run(950),
        without(street_run(), "latitude", "longitude"),
        renamed(street_run(), sport="running").__class__(
            street_run().records.iloc[:3]
        ),
    ],
    ids=["short", "no positions", "three points"],
)
def test_what_can_not_tell_has_no_estimate(run: Activity) -> None:
    """Too short a run, or one without positions, has no grid, no windows and no probability."""
    assert run_grid(clean(run)) is None
    estimate = estimate_surface(run)
    assert not estimate
    assert np.isnan(estimate.activity_probability)


def test_positions_in_one_of_three_samples_are_enough() -> None:
    """A device that saves its battery gives a position now and then; the way is still known."""
    run = mountain_run()
    x, y = turned(winding(8000))
    sparse = run.records.assign(distance=clean(run).track["distance"].to_numpy())
    sparse.loc[np.arange(len(sparse)) % 3 > 0, ["latitude", "longitude"]] = np.nan
    assert len(x) == len(y)
    full, some = (
        whole_of(run),
        whole_of(Activity(sparse, run.meta)),
    )
    assert some["wiggle_100"] == pytest.approx(full["wiggle_100"], abs=0.2)


def test_nothing_is_changed() -> None:
    """The recording is the same after its features were taken."""
    run = clean(mountain_run(2000))
    before = run.records.copy()
    windows_of(run)
    whole_of(run)
    assert run.records.equals(before)


def test_flat_is_what_the_rules_call_flat() -> None:
    """A pace on the flat and a flat segment mean the same grades."""
    assert TerrainRules().flat == FLAT
