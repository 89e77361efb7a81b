"""On recorded runs the map tells road from trail.

The labels were themselves made by matching these tracks to the same extracts, with another program
and table. So this checks the matching and the table, not whether the map is right.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from trailstats.schema import SurfaceSource

pytest.importorskip("osmium")
pytestmark = pytest.mark.corpus

RULES = ts.TerrainRules(sources=frozenset({SurfaceSource.MAP}))


@pytest.fixture(scope="module")
def scored(osm: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return the labelled points of every fourth run and of all small regions, with what the
    segments say there.
    """
    tracks = pd.read_csv(osm / "tracks.csv")
    tracks = tracks[tracks["sport"] == "run"]
    town = (
        tracks[tracks["region"] == "gothenburg"]
        .sort_values(["cluster", "file"])
        .iloc[::4]
    )
    tracks = pd.concat([town, tracks[tracks["region"] != "gothenburg"]])
    labels = pd.read_csv(osm / "labels.csv.gz", low_memory=False)
    labels["time"] = pd.to_datetime(labels["time"], utc=True, format="ISO8601")
    cache = tmp_path_factory.mktemp("maps")
    found = []
    for region, own in tracks.groupby("region"):
        town = ts.RoadMap(osm / "extracts" / f"{region}.osm.pbf", cache=cache)
        for file in own["file"]:
            run = ts.clean(ts.read(osm / "tracks" / file))
            table = ts.classify_terrain(
                run, ts.cut_segments(run), terrain=RULES, map=town
            )
            points = labels[
                (labels["file"] == file) & labels["label"].isin(["road", "trail"])
            ]
            points = points[points["ambiguous"] != 1].sort_values("time")
            at = (
                np.searchsorted(
                    table["start_time"].to_numpy(),
                    points["time"].to_numpy(),
                    side="right",
                )
                - 1
            )
            at = np.clip(at, 0, None)
            found.append(
                points.assign(
                    got=table["surface"].to_numpy()[at],
                    p=table["p_trail"].to_numpy()[at],
                    region=region,
                )
            )
    return pd.concat(found)


def test_tagged_ways_are_told(scored: pd.DataFrame) -> None:
    """Where a tag says what the way is made of, 99 % of what is decided is right and 95 % is
    decided.
    """
    tagged = scored[scored["conf"] == "tag"]
    decided = tagged[tagged["got"] != "unknown"]
    assert len(tagged) > 1000
    assert len(decided) / len(tagged) >= 0.95
    assert (decided["got"] == decided["label"]).mean() >= 0.99


def test_the_kind_of_way_tells_most_of_the_rest(scored: pd.DataFrame) -> None:
    """Where only the kind of way is known, 97 % of what is decided agrees and 90 % is decided."""
    rest = scored[scored["conf"] == "class"]
    decided = rest[rest["got"] != "unknown"]
    assert len(decided) / len(rest) >= 0.90
    assert (decided["got"] == decided["label"]).mean() >= 0.97


def test_road_only_regions_stay_road(scored: pd.DataFrame) -> None:
    """Where there is no trail, none is found."""
    city = scored[scored["region"] == "beijing-tsinghua"]
    assert len(city) > 300
    assert (city["p"] > 0.5).mean() <= 0.01


def test_probabilities_mean_what_they_say(scored: pd.DataFrame) -> None:
    """On tagged ways the mean probability and the share of trail agree within 0.06, below and above
    one half: a tag gives 0.97 at most, and another way beside may have been followed.
    """
    tagged = scored[(scored["conf"] == "tag") & scored["p"].notna()]
    for part in (tagged[tagged["p"] < 0.5], tagged[tagged["p"] >= 0.5]):
        assert abs(part["p"].mean() - (part["label"] == "trail").mean()) < 0.06


@pytest.fixture(scope="module")
def hidden(osm: Path, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return the labelled points of every third run of Gothenburg, and what the map says there once
    its ways have lost their surfaces.
    """
    import osmium

    folder = tmp_path_factory.mktemp("hidden")
    bare = folder / "gothenburg.osm.pbf"
    with osmium.SimpleWriter(str(bare)) as writer:
        for item in osmium.FileProcessor(
            str(osm / "extracts" / "gothenburg.osm.pbf")
        ):
            tags = {tag.k: tag.v for tag in item.tags if tag.k != "surface"}
            writer.add(item.replace(tags=tags) if item.is_way() else item)
    town = ts.RoadMap(bare, cache=folder)
    tracks = pd.read_csv(osm / "tracks.csv")
    tracks = tracks[
        (tracks["sport"] == "run") & (tracks["region"] == "gothenburg")
    ]
    labels = pd.read_csv(osm / "labels.csv.gz", low_memory=False)
    found = []
    for file in tracks["file"].iloc[::3]:
        run = ts.clean(ts.read(osm / "tracks" / file))
        match = town.match(run)
        own = labels[(labels["file"] == file) & (labels["ambiguous"] != 1)]
        seconds = pd.to_datetime(own["time"], utc=True, format="ISO8601")
        since = (seconds - run.records.index[0]).dt.total_seconds()
        known = (run.records.index - run.records.index[0]).total_seconds()
        along = np.interp(since, known, run.track["distance"])
        row = np.clip(np.searchsorted(match.distance, along - 5.0), 0, None)
        row = np.minimum(row, len(match.distance) - 1)
        found.append(own.assign(p=match.p_decided[row]))
    return pd.concat(found)


def test_ways_that_lost_their_surface_are_still_told(
    hidden: pd.DataFrame,
) -> None:
    """The truth is the surface that the map doesn't show here: what is decided without it is right
    19 times in 20.
    """
    known = hidden[
        (hidden["conf"] == "tag") & hidden["label"].isin(["road", "trail"])
    ]
    decided = known[(known["p"] >= 0.7) | (known["p"] <= 0.3)]
    assert len(known) > 1000
    assert len(decided) / len(known) >= 0.6
    assert ((decided["p"] > 0.5) == (decided["label"] == "trail")).mean() >= 0.95


def test_footways_without_a_surface_are_left_open(hidden: pd.DataFrame) -> None:
    """They are decided only where another way is as near."""
    bare = hidden[hidden["basis"] == "footway_no_surface"]
    assert len(bare) > 1000
    assert ((bare["p"] >= 0.7) | (bare["p"] <= 0.3)).mean() <= 0.10
