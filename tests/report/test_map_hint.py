"""A map is recommended where it would help: the command, the region and the size are named."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from trailstats.history.map_need import MapNeed
from trailstats.report.map_hint import GroundKnown, map_hint
from trailstats.terrain.maps.fetching import MapStore

NAN = math.nan


@pytest.fixture(autouse=True)
def no_maps(tmp_path, monkeypatch) -> None:
    """Give the maps a folder of their own."""
    monkeypatch.setenv("TRAILSTATS_DATA", str(tmp_path))


def need_at(latitude: float, longitude: float) -> MapNeed:
    """Return the need of one point of unknown ground in the middle of a tile."""
    one = np.ones(1)
    return MapNeed(
        one * latitude,
        one * longitude,
        one * 100.0,
        one > 0,
        one.astype(np.int64),
    )


def hint(unknown: float, covered: float, source: str = "SOURCE...") -> str:
    known = GroundKnown(*(np.array([v]) for v in (5000.0, unknown, covered)))
    return map_hint(known, lambda: need_at(57.69, 11.97), source)


@pytest.mark.parametrize(
    ("unknown", "covered", "words"),
    [
        (0.5, NAN, ("50 %", "no map was used", "trailstats map get")),
        (0.1, NAN, ()),
        (NAN, NAN, ()),
        (0.5, 1.0, ()),
        (0.5, 0.4, ("covers 40 % of the distance", "trailstats map get")),
        (0.1, 0.4, ("covers 40 % of the distance",)),
        (0.5, 0.0, ("of another region", "trailstats map get")),
        (0.0, 0.0, ("of another region", "trailstats map get")),
    ],
)
def test_what_is_said(
    unknown: float, covered: float, words: tuple[str, ...]
) -> None:
    """Nothing where little is unknown and no map was used, or the map covers it all; a map that
    covers a part says how much, one of another region that it does nothing.
    """
    said = hint(unknown, covered)
    assert bool(said) == bool(words)
    for word in words:
        assert word in said


def test_the_command_the_size_and_the_place_are_named() -> None:
    """A tile of 0.02 degrees at 57.7 degrees north is 2.224 km by 2.224 cos 57.7 km, 2.6 km2; the
    place is named to a degree.
    """
    said = hint(0.5, NAN, "run.fit")
    assert "`trailstats map get run.fit`" in said
    assert "3 km² of OpenStreetMap around 58° N, 12° E" in said
    assert "MB to keep" in said
    assert "57." not in said


def test_a_region_that_is_known_is_named() -> None:
    """After a first fetch the index of regions is there, and no server is asked."""
    ring = [[11, 57], [13, 57], [13, 58], [11, 58], [11, 57]]
    region = {
        "properties": {"id": "sweden", "name": "Sweden", "urls": {"pbf": "x"}},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    folder = MapStore().folder
    folder.mkdir(parents=True)
    index = json.dumps({"features": [region]})
    (folder / "regions.geojson").write_text(index)
    assert "km² of OpenStreetMap in Sweden" in hint(0.5, NAN)


def test_shares_are_by_distance() -> None:
    """A long run that is known outweighs a short one that isn't; one without a map counts nothing
    for how much the map covers.
    """
    known = GroundKnown(
        np.array([9000.0, 1000.0]), np.array([0.0, 1.0]), np.array([0.8, NAN])
    )
    said = map_hint(known, lambda: need_at(0.01, 0.01))
    assert said == "The map in use covers 80 % of the distance."
