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
    """On tagged ways the mean probability and the share of trail agree within 0.05, below and above
    one half.
    """
    tagged = scored[(scored["conf"] == "tag") & scored["p"].notna()]
    for part in (tagged[tagged["p"] < 0.5], tagged[tagged["p"] >= 0.5]):
        assert abs(part["p"].mean() - (part["label"] == "trail").mean()) < 0.05
