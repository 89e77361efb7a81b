"""Label before map before tag before signal, and each only where it may be used and speaks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from terrain.town import PATH, ROAD, Line, Ways, run_over, write_map
from terrain.ways import mountain_run, renamed
from trailstats import cleaning
from trailstats.analysis import run_surface
from trailstats.cleaning import clean
from trailstats.schema import SEGMENTS, SurfaceSource
from trailstats.terrain import (
    RoadMap,
    SurfaceEstimate,
    SurfaceLabels,
    TerrainRules,
    classify_terrain,
    fusion,
    gather_evidence,
    other_models,
    trail_probability,
)
from trailstats.terrain.map_evidence import without_doubt
from trailstats.terrain.segments import cut_segments

pytest.importorskip("osmium")

LINE: Line = [(0, 0), (1000, 0), (1000, 1000), (2000, 1000)]
WAYS: Ways = {
    1: (ROAD, [(-50, 0), (1000, 0)]),
    2: (PATH, [(1000, 0), (1000, 1000)]),
    3: (ROAD, [(1000, 1000), (2050, 1000)]),
}
"""A road, a path from 1000 m on, and a road from 2000 m on."""


@pytest.fixture
def town(tmp_path: Path) -> RoadMap:
    """Return the map of a road, a path and a road."""
    return RoadMap(
        write_map(tmp_path / "town.osm", WAYS), cache=tmp_path / "cache"
    )


@pytest.fixture
def run() -> ts.Activity:
    """Return a run along the three."""
    return clean(run_over(LINE, error=2.0))


def stretches(run: ts.Activity, *evidence: str, **given: object) -> pd.DataFrame:
    rules = (
        TerrainRules(sources=frozenset(map(SurfaceSource, evidence)))
        if evidence
        else TerrainRules()
    )
    return classify_terrain(run, cut_segments(run), terrain=rules, **given)  # type: ignore[arg-type]


def at(table: pd.DataFrame, distance: float) -> pd.Series:
    return table[
        (table["start_distance"] <= distance) & (table["end_distance"] > distance)
    ].iloc[0]


def test_segments_are_cut_where_the_way_changes(
    run: ts.Activity, town: RoadMap
) -> None:
    """The path between two roads becomes a stretch of its own, cut within 20 m, with the map as its
    source.
    """
    table = stretches(run, map=town)
    SEGMENTS.validate(table)
    assert table["surface"].tolist() == ["road", "trail", "road"]
    assert table["start_distance"].tolist()[1:] == pytest.approx(
        [1000, 2000], abs=20
    )
    assert (table["surface_source"] == "map").all()
    assert table["p_trail"].iloc[1] > 0.9
    assert table["p_trail"].iloc[[0, 2]].max() < 0.1


def test_labels_win_over_the_map(run: ts.Activity, town: RoadMap) -> None:
    """Where the runner says something else, that counts, also "unknown"; the rest stays with the
    map.
    """
    labels = SurfaceLabels.from_text(
        "file,from,to,surface\nrun.gpx,1200 m,1600 m,road\nrun.gpx,2500 m,,unknown\n"
    )
    table = stretches(run, map=town, labels=labels)
    assert (at(table, 1400)["surface"], at(table, 1400)["surface_source"]) == (
        "road",
        "label",
    )
    assert at(table, 1400)["p_trail"] == 0.0
    assert (at(table, 2800)["surface"], at(table, 2800)["surface_source"]) == (
        "unknown",
        "label",
    )
    assert np.isnan(at(table, 2800)["p_trail"])
    assert (at(table, 1100)["surface"], at(table, 1100)["surface_source"]) == (
        "trail",
        "map",
    )
    assert (at(table, 1800)["surface"], at(table, 1800)["surface_source"]) == (
        "trail",
        "map",
    )


def test_labels_need_no_map(run: ts.Activity) -> None:
    """A labelled stretch is one with the signal around it."""
    labels = SurfaceLabels.from_text(
        "file,from,to,surface\nrun.gpx,1000 m,2000 m,trail\n"
    )
    table = stretches(run, labels=labels)
    assert at(table, 1500)["surface_source"] == "label"
    assert at(table, 500)["surface_source"] == "signal"
    assert at(table, 1500)["p_trail"] == 1.0


def test_only_allowed_evidence_is_used(run: ts.Activity, town: RoadMap) -> None:
    """Without map or label among the sources neither changes anything."""
    labels = SurfaceLabels.from_text("file,surface\nrun.gpx,trail\n")
    plain = stretches(run, "signal")
    assert stretches(run, "signal", map=town, labels=labels).equals(plain)
    assert set(
        stretches(run, "map", map=town, labels=labels)["surface_source"]
    ) == {"map"}
    assert set(
        stretches(run, "label", map=town, labels=labels)["surface_source"]
    ) == {"label"}
    assert set(stretches(run, "map")["surface_source"]) == {"none"}


def test_off_the_map_the_signal_takes_over(
    run: ts.Activity, tmp_path: Path
) -> None:
    """Where no way is within reach, the surface rests on tag or signal, and on nothing when neither
    may be used.
    """
    town = RoadMap(write_map(tmp_path / "part.osm", {1: WAYS[1]}), cache=tmp_path)
    both, alone = stretches(run, map=town), stretches(run, "map", map=town)
    assert at(both, 500)["surface_source"] == "map"
    assert at(both, 2500)["surface_source"] == "signal"
    assert not np.isnan(at(both, 2500)["p_trail"])
    assert at(alone, 2500)["surface_source"] == "none"
    assert np.isnan(at(alone, 2500)["p_trail"])
    tagged = renamed(run, sub_sport="trail")
    assert at(stretches(tagged, map=town), 2500)["surface_source"] == "tag"


@pytest.mark.parametrize(
    ("tags", "p_trail"),
    [
        ({"highway": "unclassified", "surface": "gravel"}, 0.5),
        ({"highway": "footway"}, 0.27),
    ],
)
def test_a_way_that_could_be_either_is_left_to_the_signal(
    run: ts.Activity, tmp_path: Path, tags: dict[str, str], p_trail: float
) -> None:
    """An unpaved road, or a footway of an unknown surface, decides nothing; alone, the map gives
    its probability and says unknown.
    """
    ways = WAYS | {2: (tags, WAYS[2][1])}
    town = RoadMap(write_map(tmp_path / "foot.osm", ways), cache=tmp_path)
    assert at(stretches(run, map=town), 1500)["surface_source"] == "signal"
    alone = at(stretches(run, "map", map=town), 1500)
    assert (alone["surface"], alone["surface_source"]) == ("unknown", "map")
    assert alone["p_trail"] == pytest.approx(p_trail, abs=0.02)


def test_a_short_crossing_is_no_stretch(tmp_path: Path) -> None:
    """A paved square of 30 m inside a path makes no segment of its own, and doesn't spoil its
    probability.
    """
    ways: Ways = {
        1: (PATH, [(-50, 0), (500, 0)]),
        2: (ROAD, [(500, 0), (530, 0)]),
        3: (PATH, [(530, 0), (1050, 0)]),
    }
    town = RoadMap(write_map(tmp_path / "square.osm", ways), cache=tmp_path)
    table = stretches(clean(run_over([(0, 0), (1000, 0)])), map=town)
    assert table["surface"].tolist() == ["trail"]
    assert table["p_trail"].iloc[0] > 0.95


def test_the_whole_run_follows_from_labels_and_map(
    run: ts.Activity, town: RoadMap
) -> None:
    """The expected share of trail is the mean over its length, one third here, so that most of it
    hardly is; a label says the rest.
    """
    probability, source = trail_probability(run, map=town)
    assert source is SurfaceSource.MAP
    assert probability < 0.2
    labels = SurfaceLabels.from_text("file,surface\nrun.gpx,trail\n")
    found, by = trail_probability(run, map=town, labels=labels)
    assert found == pytest.approx(1.0)
    assert by is SurfaceSource.LABEL
    metric = ts.analyze(run, map=town).metrics["trail_expected"]
    assert metric.value == pytest.approx((0.02 + 0.97 + 0.02) / 3, abs=0.02)
    assert metric.low < metric.value < metric.high
    assert "map" in metric.method


def test_a_map_that_covers_little_leaves_the_whole_to_the_signal(
    run: ts.Activity, tmp_path: Path
) -> None:
    """With a map of the first third only, the whole rests on the signal; that a third is road is
    taken in.
    """
    town = RoadMap(write_map(tmp_path / "part.osm", {1: WAYS[1]}), cache=tmp_path)
    probability, source = trail_probability(run, map=town)
    alone, _ = trail_probability(run)
    assert source is SurfaceSource.SIGNAL
    assert probability < alone


def test_a_map_overrules_the_profile(run: ts.Activity, tmp_path: Path) -> None:
    """A run under the profile trail on ways that are all road is a road run."""
    roads = {number: (ROAD, way) for number, (_, way) in WAYS.items()}
    town = RoadMap(write_map(tmp_path / "roads.osm", roads), cache=tmp_path)
    found = ts.analyze(renamed(run, sub_sport="trail"), map=town)
    assert str(run_surface(found)) == "road"
    assert found.metrics["trail_probability"].value < 0.01
    assert found.totals.road_share == pytest.approx(1.0)


def test_technical_ground_by_the_map(run: ts.Activity, tmp_path: Path) -> None:
    """A path of a hard hiking scale is technical without elevation; a paved road is not."""
    ways = WAYS | {
        2: (
            {"highway": "path", "sac_scale": "demanding_mountain_hiking"},
            WAYS[2][1],
        )
    }
    town = RoadMap(write_map(tmp_path / "rocks.osm", ways), cache=tmp_path)
    table = stretches(run, map=town)
    assert at(table, 1500)["technical"]
    assert at(table, 1500)["p_technical"] == pytest.approx(0.9, abs=0.02)
    assert not at(table, 500)["technical"]
    assert np.isnan(stretches(run)["p_technical"]).all()
    labels = SurfaceLabels.from_text("file,surface\nrun.gpx,road\n")
    assert not stretches(run, map=town, labels=labels)["technical"].any()


def test_a_treadmill_has_no_ways(run: ts.Activity, town: RoadMap) -> None:
    """What was run indoors meets no way, wherever its positions lie."""
    table = stretches(renamed(run, sub_sport="treadmill"), "map", map=town)
    assert set(table["surface_source"]) == {"none"}


@pytest.mark.parametrize(
    ("metres", "source"), [(2100, "label"), (1200, "signal")]
)
def test_labels_speak_for_a_run_they_cover_half_of(
    metres: int, source: str
) -> None:
    """Of 3 km, a label on 70 % gives the probability of the whole; one on 40 % leaves it to the
    signal.
    """
    labels = SurfaceLabels.from_text(
        f"file,from,to,surface\nrun.gpx,,{metres} m,road\n"
    )
    run = replace(mountain_run(3000), meta=ts.ActivityMeta(source="run.gpx"))
    probability, found = trail_probability(run, labels=labels)
    assert found == source
    alone, _ = trail_probability(run)
    assert probability < alone
    assert probability < 0.1 or source == "signal"


def test_an_estimate_that_shows_nothing_is_an_answer() -> None:
    """Where a model of one's own shows nothing, the built-in one doesn't step in."""
    run, rules = clean(mountain_run(3000)), TerrainRules()
    nothing = SurfaceEstimate.nothing()
    found = gather_evidence(run, terrain=rules, estimate=nothing)
    assert np.isnan(found.trail_probability)
    assert found.trail_source is SurfaceSource.NONE
    assert gather_evidence(run, terrain=rules).trail_probability > 0.5


def test_nothing_is_done_twice(
    town: RoadMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One analysis cleans once, brings the run onto a grid once, and estimates the signal once."""
    calls: Counter[str] = Counter()

    def counted(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def counting(*args: object, **options: object) -> object:
            calls[name] += 1
            return real(*args, **options)

        monkeypatch.setattr(module, name, counting)

    for name in (
        "put_in_order",
        "blank_spikes",
        "steps",
        "carried_samples",
        "grid_profile",
    ):
        counted(cleaning, name)
    counted(fusion, "run_grid")
    counted(other_models, "estimate_on_grid")
    ts.analyze(mountain_run(3000), map=town)
    assert len(calls) == 7
    assert set(calls.values()) == {1}


def test_the_profile_names_the_map(
    run: ts.Activity, town: RoadMap, tmp_path: Path, monkeypatch
) -> None:
    """The extracts of the athlete's profile are used when no map is given, relative to the
    profile's folder.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "home"))
    (tmp_path / "athlete.toml").write_text('osm = ["town.osm"]\n')
    athlete = ts.Athlete.from_toml(tmp_path / "athlete.toml")
    assert athlete.osm == (str(tmp_path / "town.osm"),)
    found = ts.analyze(run, athlete=athlete)
    assert set(found.segments["surface_source"]) == {"map"}


def test_workers_use_map_and_labels(town: RoadMap, tmp_path: Path) -> None:
    """A folder measured in two processes gives what one gives."""
    for i in range(3):
        ts.convert(run_over(LINE, error=2.0, seed=i), tmp_path / f"run{i}.gpx")
    labels = SurfaceLabels.from_text(
        "file,from,to,surface\nrun1.gpx,0 m,500 m,trail\n"
    )
    files = sorted(tmp_path.glob("run*.gpx"))
    both = [
        ts.analyze_folder(files, map=town, labels=labels, workers=n).segments
        for n in (1, 2)
    ]
    assert both[0].equals(both[1])
    assert set(both[0]["surface_source"]) == {"map", "label"}


def test_short_doubts_go_to_the_nearest_answer() -> None:
    """Undecided points between two answers are shared out, long stretches of them stay."""
    assert without_doubt(np.array([1, 0, 0, 0, 2]), 4).tolist() == [
        1,
        1,
        1,
        2,
        2,
    ]
    assert without_doubt(np.array([1, 0, 0, 0, 2]), 3).tolist() == [
        1,
        0,
        0,
        0,
        2,
    ]
    assert without_doubt(np.array([0, 0, 1, 1, 0]), 3).tolist() == [1] * 5
    assert without_doubt(np.array([0, 0]), 3).tolist() == [0, 0]
    assert without_doubt(np.array([0, 0, 0, 1]), 3).tolist() == [0, 0, 0, 1]


def test_inputs_stay_as_they_are(run: ts.Activity, town: RoadMap) -> None:
    """Neither the activity nor the segments change."""
    segments, records = cut_segments(run), run.records.copy()
    before = segments.copy()
    classify_terrain(run, segments, map=town)
    assert segments.equals(before)
    assert run.records.equals(records)
    assert replace(run).track is run.track
