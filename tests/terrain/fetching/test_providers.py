"""From recordings to clips: the smallest regions, what lies near, and what stands beside it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import trailstats as ts
from terrain.fetching.conftest import square
from terrain.town import degrees
from trailstats.errors import ConfigError, DownloadError, WriteError
from trailstats.terrain.maps.fetching import (
    Area,
    Fetcher,
    MapStore,
    Provider,
    area_of,
    fetch_map,
    server_of,
)


def near(*east: float) -> Area:
    """Return the tiles about points east of the middle [m]."""
    latitude, longitude = degrees(np.array(east), np.zeros(len(east)))
    return area_of(latitude, longitude)


def ways_of(path: Path) -> set[int]:
    osmium = pytest.importorskip("osmium")
    return {way.id for way in osmium.FileProcessor(str(path), osmium.osm.WAY)}


def test_the_smallest_region_is_taken(
    offered, fetcher: Fetcher, store: MapStore
) -> None:
    """A town's own extract, not its country's; the country where the runs leave the town."""
    server = server_of("geofabrik", offered.address, fetcher)
    found, outside = server.downloads(near(0.0), store)
    assert [d.name for d in found] == ["land-town"]
    assert found[0].size == len(offered.files["/land/town-latest.osm.pbf"])
    assert len(outside) == 0
    found, _ = server.downloads(near(0.0, 30_000.0), store)
    assert [d.name for d in found] == ["land"]


def test_a_border_drawn_beyond_the_parent_holds_no_data(
    offered, fetcher, store
) -> None:
    """A part's border runs on where its country ends, as Texas' does into Mexico."""
    index = json.loads(offered.files["/index-v1.json"])
    index["features"][1] = square(
        "land/town",
        "land",
        "https://download.geofabrik.de/land/town.osm.pbf",
        9e3,
        76e3,
    )
    index["features"].append(
        square("next", "", f"{offered.address}/next", 20e3, 100e3)
    )
    offered.put("/index-v1.json", json.dumps(index).encode(), checksum=False)
    offered.put("/next", b"")
    server = server_of("geofabrik", offered.address, fetcher)
    found, outside = server.downloads(near(83_500.0), store)
    assert [d.name for d in found] == ["next"]
    assert len(outside) == 0


def test_tiles_without_a_region_are_said(offered, fetcher, store) -> None:
    """A run at sea needs a map that nobody offers."""
    server = server_of("geofabrik", offered.address, fetcher)
    found, outside = server.downloads(near(0.0, 300_000.0), store)
    assert [d.name for d in found] == ["land-town"]
    assert len(outside) == len(near(300_000.0))


def test_a_clip_holds_the_ways_nearby_and_no_more(
    offered, fetcher, store
) -> None:
    """Neither the road 30 km away nor the building nor the motorway; the running track is there."""
    server = server_of("geofabrik", offered.address, fetcher)
    found, _ = server.downloads(near(0.0), store)
    with store.locked():
        stored = fetch_map(found[0], server, store)
    path = store.path_of("land-town")
    assert ways_of(path) == {1, 2, 4}
    assert stored.ways == 3
    assert stored.source == f"{offered.address}/land/town-latest.osm.pbf"
    (index,) = store.road_map().prepare()
    assert index.date == stored.date == "2026-03-01"
    assert store.maps() == [stored]
    assert store.road_map() is not None
    assert [p.name for p in store.folder.glob("*.osm.pbf")] == [
        "land-town.osm.pbf"
    ]


def test_the_clip_is_a_map(offered, fetcher, store) -> None:
    """A run on its path is found to follow it."""
    server = server_of("geofabrik", offered.address, fetcher)
    with store.locked():
        for download in server.downloads(near(0.0), store)[0]:
            fetch_map(download, server, store)
    found = store.road_map()
    latitude, longitude = degrees(np.zeros(40), np.arange(-200.0, 200.0, 10.0))
    match = found.match_positions(np.arange(40) * 10.0, latitude, longitude)
    assert set(match.way.tolist()) == {2}
    assert np.nanmin(match.p_trail) > 0.9


def test_a_second_fetch_keeps_the_tiles_of_the_first(
    offered, fetcher, store
) -> None:
    """Recordings of another place add to a region's clip and take nothing away."""
    server = server_of("geofabrik", offered.address, fetcher)
    first = server.downloads(near(0.0, 30_000.0), store)[0][0]
    with store.locked():
        fetch_map(first, server, store)
        before = ways_of(store.path_of("land"))
        again = server.downloads(near(30_000.0, 60_000.0), store)[0][0]
        fetch_map(again, server, store)
    assert again.name == "land"
    assert ways_of(store.path_of("land")) == before == {1, 2, 3, 4}


def test_indexes_of_earlier_clips_go(offered, fetcher, store, tmp_path) -> None:
    """An index is of one clip; the next one's makes it useless, and removing takes it along."""
    server = server_of("geofabrik", offered.address, fetcher)
    indexes = tmp_path / "cache" / "maps"
    with store.locked():
        for _ in range(2):
            fetch_map(server.downloads(near(0.0), store)[0][0], server, store)
            assert len(store.road_map().prepare()) == 1
    assert len(list(indexes.glob("*.index"))) == 1
    store.remove("land-town")
    assert list(indexes.glob("*.index")) == []
    assert store.maps() == []
    assert store.road_map() is None


def test_one_process_at_a_time(store) -> None:
    """A second one is refused while the first changes the maps, and let in after it."""
    other = MapStore(store.folder)
    with (
        store.locked(),
        pytest.raises(WriteError, match="another process"),
        other.locked(),
    ):
        pass
    with other.locked():
        pass


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".."])
def test_names_stay_in_the_folder(store, name: str) -> None:
    """A name is no path."""
    with pytest.raises(ConfigError):
        store.remove(name)


def test_an_index_of_another_form_is_refused(offered, fetcher, store) -> None:
    """JSON that is no index is an error with words, whatever it holds."""
    server = server_of("geofabrik", offered.address, fetcher)
    for text in (
        b"[]",
        b"{}",
        b'{"features": [1]}',
        b'{"features": []}',
        b"no json",
        b"\xff",
    ):
        offered.put("/index-v1.json", text, checksum=False)
        with pytest.raises(DownloadError, match="index"):
            server.downloads(near(0.0), store)


def test_overpass_learns_boxes_of_ten_kilometres(
    site, fetcher, store, tmp_path, town
) -> None:
    """The box that is asked for has corners at tenths of a degree, whatever the run."""
    site.put(
        "/api/interpreter", (tmp_path / "town.osm").read_bytes(), checksum=False
    )
    server = server_of(Provider.OVERPASS, site.address, fetcher)
    found, outside = server.downloads(near(120.0, 340.0), store)
    assert len(found) == 1
    assert len(outside) == 0
    assert (
        "(46.9,11.0,47.1,11.1)" in found[0].query
        or "(46.9,10.9,47.1,11.1)" in found[0].query
    )
    with store.locked():
        stored = fetch_map(found[0], server, store)
    assert stored.ways == 3
    assert b"highway" in site.posted[0]


def test_overpass_is_not_asked_for_a_country(site, fetcher, store) -> None:
    """Recordings all over are a case for extracts."""
    server = server_of("overpass", site.address, fetcher)
    with pytest.raises(ConfigError, match="geofabrik"):
        server.downloads(near(*np.arange(0.0, 2e6, 5e4).tolist()), store)
    assert site.asked == []


def test_an_unknown_provider_is_named(fetcher) -> None:
    """The choices stand in the message."""
    with pytest.raises(ConfigError, match="geofabrik, overpass"):
        server_of("somebody", None, fetcher)


def test_a_run_tells_its_tiles() -> None:
    """The tiles of a recording hold all its positions; a missing position is in none."""
    run = ts.read("data/samples/odd/two-tracks.gpx").records
    latitude, longitude = run["latitude"].to_numpy(), run["longitude"].to_numpy()
    area = area_of(latitude, longitude)
    placed = np.isfinite(latitude)
    assert area.holds(latitude[placed], longitude[placed]).all()
    assert not area.holds(np.array([np.nan]), np.array([11.0])).any()
    for box in area.boxes():
        assert box.south < box.north


def test_facts_that_are_damaged_are_left_out(store) -> None:
    """A clip without its source and date is no map that may be shown."""
    store.folder.mkdir(parents=True)
    (store.folder / "x.osm.pbf").write_bytes(b"")
    for text in (
        "",
        "[]",
        json.dumps({"name": "x", "tiles": []}),
        '{"tiles": 3}',
    ):
        (store.folder / "x.json").write_text(text)
        assert store.maps() == []
