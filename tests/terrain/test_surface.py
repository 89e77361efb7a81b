"""Road and trail are told apart where they can be, and nothing is said where they can't."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from terrain.ways import (
    hills,
    mountain_run,
    renamed,
    run_along,
    straight,
    street_run,
    uneven,
    winding,
    without,
)
from trailstats.cleaning import clean
from trailstats.model.activity import Activity
from trailstats.schema import SEGMENTS, SurfaceSource
from trailstats.terrain import (
    TerrainRules,
    classify_terrain,
    estimate_surface,
    gather_evidence,
    surface_cuts,
    trail_probability,
)
from trailstats.terrain._model import surface_model
from trailstats.terrain.features import RUN_FEATURES, WINDOW_FEATURES
from trailstats.terrain.segments import cut_segments

SIGNAL = TerrainRules(sources=frozenset({SurfaceSource.SIGNAL}))


def test_street_and_mountain_path_are_told_apart() -> None:
    """A flat even run along streets is no trail run; an uneven one on a winding hilly path is."""
    street, source = trail_probability(street_run(), terrain=SIGNAL)
    path, _ = trail_probability(mountain_run(), terrain=SIGNAL)
    assert street < 0.1
    assert path > 0.9
    assert source is SurfaceSource.SIGNAL


@pytest.mark.parametrize("step", [5.0, 10.0])
def test_thinned_points_give_the_same_answer(step: float) -> None:
    """A point every 5 or 10 s does not turn the answer."""
    assert trail_probability(street_run(step=step), terrain=SIGNAL)[0] < 0.2
    assert trail_probability(mountain_run(step=step), terrain=SIGNAL)[0] > 0.8


def test_elevation_says_nothing_of_the_ground() -> None:
    """Hills that a receiver makes up, of 60 m over some minutes, leave the answer as it is; so does
    no elevation at all. Only the distance along the slope changes a little.
    """
    plain = street_run()
    made_up = hills(len(plain.records), 60.0)
    noisy = replace(
        plain, records=plain.records.assign(elevation=100.0 + made_up)
    )
    for run in (noisy, without(plain, "elevation")):
        found = estimate_surface(run)
        assert found.channels == {"position"}
        assert found.activity_probability == pytest.approx(
            estimate_surface(plain).activity_probability, abs=0.01
        )


def mixed_run() -> Activity:
    """Return 5 km of streets, 5 km of winding path, 5 km of streets."""
    turn = np.concatenate([straight(5000), winding(5000), straight(5000)])
    speed = np.concatenate([np.full(5000, 3.2), uneven(5000), np.full(5000, 3.2)])
    return run_along(turn, speed, climb=hills(15000, 10.0))


def test_a_path_inside_a_run_is_found() -> None:
    """Inside a mixed run the path has a higher probability than the streets, and cuts lie at its
    ends, though windows of two kilometres see the border from far off.
    """
    run = clean(mixed_run())
    estimate = estimate_surface(run, terrain=SIGNAL)
    inside = (estimate.distance > 5500) & (estimate.distance < 9500)
    outside = (estimate.distance < 4500) | (estimate.distance > 10500)
    assert estimate.p_trail[inside].min() > estimate.p_trail[outside].max()
    assert (
        estimate.p_trail[inside].mean() - estimate.p_trail[outside].mean() > 0.15
    )
    cuts = surface_cuts(gather_evidence(run, terrain=SIGNAL), SIGNAL)
    assert np.abs(cuts - 5000).min() <= 200
    assert np.abs(cuts - 10000).min() <= 200


def test_segments_carry_the_surface() -> None:
    """The table keeps its form and its length; the surface follows from the probability and the
    stated bound.
    """
    run = clean(mixed_run())
    stretches = classify_terrain(run, cut_segments(run), terrain=SIGNAL)
    SEGMENTS.validate(stretches)
    assert stretches["distance"].sum() == pytest.approx(
        run.track["distance"].iloc[-1]
    )
    p = stretches["p_trail"]
    assert p.between(0, 1).all()
    assert ((stretches["surface"] == "trail") == (p >= SIGNAL.decide)).all()
    assert ((stretches["surface"] == "road") == (p <= 1 - SIGNAL.decide)).all()
    assert (stretches["surface_source"] == "signal").all()
    middle = stretches[stretches["start_distance"].between(5500, 9000)]
    assert (
        middle["p_trail"].mean()
        > p[stretches["end_distance"] < 4500].mean() + 0.15
    )


def test_a_higher_bound_leaves_more_unknown() -> None:
    """Raising the bound never names more of the way."""
    run = clean(mixed_run())
    unknown = [
        float(s.loc[s["surface"] == "unknown", "distance"].sum())
        for s in (
            classify_terrain(
                run, cut_segments(run), terrain=replace(SIGNAL, decide=d)
            )
            for d in (0.6, 0.75, 0.9)
        )
    ]
    assert unknown == sorted(unknown)


@pytest.mark.parametrize(
    "run",
    [
        renamed(street_run(), sport="cycling"),
        renamed(street_run(), sport="swimming", sub_sport="lap_swimming"),
        renamed(street_run(), sub_sport="treadmill"),
        renamed(street_run(), sub_sport="virtual_activity"),
        without(street_run(), "latitude", "longitude"),
        run_along(straight(20000), 11.0, sport=""),
        street_run(900),
    ],
    ids=[
        "ride",
        "pool",
        "treadmill",
        "virtual",
        "no positions",
        "drive",
        "short",
    ],
)
def test_what_has_no_ground_is_unknown(run: Activity) -> None:
    """Rides, pools, treadmills, drives and recordings without positions get NaN and unknown, and no
    error.
    """
    run = clean(run)
    probability, source = trail_probability(run, terrain=SIGNAL)
    assert np.isnan(probability)
    assert source is SurfaceSource.NONE
    stretches = classify_terrain(run, cut_segments(run), terrain=SIGNAL)
    assert stretches["p_trail"].isna().all()
    assert stretches["p_technical"].isna().all()
    assert (stretches["surface"] == "unknown").all()
    assert (stretches["surface_source"] == "none").all()
    assert not stretches["technical"].any()


def test_laps_within_a_stadium_get_no_answer() -> None:
    """Ten laps of a stadium track show laps, not ground; ten of a loop four times as wide do."""
    lap = np.concatenate([np.zeros(84), np.full(116, np.pi / 116)] * 2)
    run = run_along(np.tile(lap, 10), 4.0)
    assert np.isnan(trail_probability(run, terrain=SIGNAL)[0])
    wide = np.repeat(lap / 4, 4)
    assert (
        trail_probability(run_along(np.tile(wide, 5), 4.0), terrain=SIGNAL)[0]
        < 0.3
    )


def test_intervals_on_the_road_are_no_trail() -> None:
    """Repeats of 500 m with a slow jog between them are as much road as the even run: what counts
    is the unevenness within steady pieces.
    """
    repeats = np.tile(np.repeat([4.6, 2.3], 500), 8)
    even = trail_probability(run_along(straight(8000), 3.2), terrain=SIGNAL)[0]
    found = trail_probability(run_along(straight(8000), repeats), terrain=SIGNAL)
    assert found[0] < max(2 * even, 0.05)


def test_a_tag_is_evidence_beside_the_signal() -> None:
    """A tag multiplies the odds by what it is worth at most, and says so; it makes no trail of an
    even run along streets, and on a treadmill there is none.
    """
    worth = np.exp(surface_model().tags["trail"])
    assert worth > 10
    for plain in (mixed_run(), street_run(), mountain_run()):
        run = renamed(plain, sub_sport="trail")
        probability, source = trail_probability(run)
        bare, _ = trail_probability(run, terrain=SIGNAL)
        odds = bare / (1 - bare) * worth
        assert source is SurfaceSource.TAG
        # Less where the share itself is near one half.
        assert bare < probability <= odds / (1 + odds) + 1e-9
    street = renamed(street_run(), sub_sport="trail")
    assert trail_probability(street)[0] < 0.6
    assert trail_probability(renamed(run, sub_sport="treadmill"))[0] == 0.0


def test_a_tag_shifts_the_windows() -> None:
    """The tag trail raises the probability along the run, the tag street lowers it; both say so."""
    run = clean(mixed_run())
    mean = {}
    for tag in ("", "trail", "street"):
        tagged = renamed(run, sub_sport=tag)
        stretches = classify_terrain(tagged, cut_segments(tagged))
        mean[tag] = float(
            np.average(stretches["p_trail"], weights=stretches["distance"])
        )
        assert set(stretches["surface_source"]) == {"tag" if tag else "signal"}
    assert mean["street"] < mean[""] < mean["trail"]


def test_the_tag_alone_covers_the_whole_run() -> None:
    """With the tag as the only source every stretch has its probability."""
    rules = TerrainRules(sources=frozenset({SurfaceSource.TAG}))
    run = clean(renamed(street_run(), sub_sport="trail"))
    stretches = classify_terrain(run, cut_segments(run), terrain=rules)
    assert (stretches["p_trail"] > 0.7).all()
    plain = clean(street_run())
    assert (
        classify_terrain(plain, cut_segments(plain), terrain=rules)["surface"]
        == "unknown"
    ).all()


def test_contributions_add_up() -> None:
    """The parts that are shown for the whole run sum to its effect; those of the windows cover
    every feature.
    """
    estimate = estimate_surface(mountain_run())
    whole = estimate.activity_contributions
    assert sum(whole.values()) == pytest.approx(estimate.mean)
    assert list(whole) == [*RUN_FEATURES, "intercept"]
    assert list(estimate.contributions.columns) == [*WINDOW_FEATURES, "activity"]
    assert (estimate.contributions["activity"] == estimate.mean).all()
    assert len(estimate.contributions) == len(estimate.distance)


def test_nothing_is_changed() -> None:
    """Segments that go in stay as they are."""
    run = clean(mountain_run(3000))
    segments = cut_segments(run)
    before = segments.copy()
    classify_terrain(run, segments)
    assert segments.equals(before)


def test_half_a_million_points() -> None:
    """A recording of 500,000 points is labelled from end to end."""
    laps = np.tile(np.concatenate([straight(4000), winding(4000)]), 30)
    run = clean(run_along(laps, 2.4, step=0.2))
    assert len(run.records) > 490_000
    stretches = classify_terrain(run, cut_segments(run))
    assert stretches["p_trail"].notna().all()


def test_the_model_fits_the_features() -> None:
    """The table in the package names the features that the code computes, in the same order."""
    model = surface_model()
    assert model.windows.names == WINDOW_FEATURES
    assert 0 < model.temper < 1
    assert model.run.names == RUN_FEATURES
    assert set(model.effects) == {"position", "baseline+position"}
    for effect in model.effects.values():
        assert effect.gain > 0
        assert effect.slope > 0
        assert effect.spread > 0
    assert model.effect({"position"}).own_pace == 0.0
    assert model.effect({"position", "baseline"}).own_pace < 0
    assert model.tags["trail"] > 0 > model.tags["street"]
