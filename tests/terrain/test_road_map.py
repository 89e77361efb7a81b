"""An extract is read once, kept as an index, and believed only while that index is sound."""

from __future__ import annotations

import gzip
import pickle
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from terrain.town import PATH, ROAD, Ways, degrees, run_over, write_map
from trailstats.errors import ConfigError, MissingExtraError, WriteError
from trailstats.terrain.maps import MapMatch, RoadMap, ground_of, road_map
from trailstats.terrain.maps import _extract as extract

osmium = pytest.importorskip("osmium")

STREET: Ways = {7: (ROAD, [(-500, 0), (0, 0), (500, 0)])}
RUN = run_over([(-400, 2), (400, 2)])


@pytest.fixture
def town(tmp_path: Path) -> RoadMap:
    """Return the map of one street."""
    return RoadMap(
        write_map(tmp_path / "town.osm", STREET), cache=tmp_path / "cache"
    )


def as_pbf(source: Path, target: Path) -> Path:
    """Write an extract in another format."""
    with osmium.SimpleWriter(str(target)) as writer:
        for item in osmium.FileProcessor(str(source)):
            writer.add(item)
    return target


def same(one: MapMatch, other: MapMatch) -> bool:
    return one.to_frame().equals(other.to_frame()) and one.tags == other.tags


def test_every_format_gives_the_same(town: RoadMap, tmp_path: Path) -> None:
    """PBF, XML and gzipped XML of the same ways give the same match."""
    source = town.extracts[0]
    packed = tmp_path / "town.osm.gz"
    packed.write_bytes(gzip.compress(source.read_bytes()))
    for path in (packed, as_pbf(source, tmp_path / "town.osm.pbf")):
        assert same(
            RoadMap(path, cache=tmp_path / "cache").match(RUN), town.match(RUN)
        )


def test_the_extract_is_read_once(
    town: RoadMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second map of the same file uses the index that lies there; a file that changed is read
    again.
    """
    first = town.match(RUN)
    mark = town.fingerprint
    monkeypatch.setattr(
        "trailstats.terrain.maps.road_map.build_index",
        lambda *_: pytest.fail("read again"),
    )
    again = RoadMap(town.extracts, cache=town.cache)
    assert same(again.match(RUN), first)
    assert again.fingerprint == mark
    monkeypatch.undo()
    write_map(town.extracts[0], {8: (PATH, [(-500, 0), (500, 0)])})
    changed = RoadMap(town.extracts, cache=town.cache)
    assert set(changed.match(RUN).way.tolist()) == {8}
    assert changed.fingerprint != mark


@pytest.mark.parametrize(
    "part", ["head", "tile", "tables", "cut", "empty", "other version"]
)
def test_a_damaged_index_is_made_anew(town: RoadMap, part: str) -> None:
    """Wherever a byte of the index is wrong, it is noticed and the extract is read again."""
    good = town.match(RUN)
    (index,) = town.cache.glob("*.index")
    data = bytearray(index.read_bytes())
    if part == "cut":
        data = data[:-3]
    elif part == "empty":
        data = bytearray()
    elif part == "other version":
        data[:8] = b"SOMETHIN"
    else:
        data[{"head": 20, "tile": 130, "tables": len(data) - 5}[part]] ^= 0xFF
    index.write_bytes(bytes(data))
    assert same(RoadMap(town.extracts, cache=town.cache).match(RUN), good)
    assert index.read_bytes() != bytes(data)


def test_an_index_appears_whole_or_not_at_all(
    town: RoadMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When making it fails half-way, nothing is left behind."""
    monkeypatch.setattr(
        extract,
        "write_tail",
        lambda *_: (_ for _ in ()).throw(OSError("disk full")),
    )
    with pytest.raises(WriteError, match="disk full"):
        town.prepare()
    assert list(town.cache.iterdir()) == []


def test_without_osmium_the_extra_is_named(
    town: RoadMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading an extract needs osmium; an index that is there needs nothing."""
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(MissingExtraError, match=r"trailstats\[osm\]"):
        town.prepare()
    monkeypatch.undo()
    town.prepare()
    monkeypatch.setitem(sys.modules, "osmium", None)
    assert RoadMap(town.extracts, cache=town.cache).match(RUN)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("noise.osm.pbf", b"\x00" * 100),
        ("noise.osm", b"<osm version='0.6'><way></osm>"),
        (
            "entity.osm",
            b'<!DOCTYPE x [<!ENTITY a "b">]><osm version="0.6">&a;</osm>',
        ),
        ("empty.osm", b"<osm version='0.6'></osm>"),
        ("other.txt", b"hello"),
    ],
)
def test_what_is_no_extract_is_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    """A broken or empty extract is an error that names the file."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=name):
        RoadMap(tmp_path / name, cache=tmp_path / "cache").prepare()


def test_a_missing_extract_is_refused_at_once(tmp_path: Path) -> None:
    """A path that leads nowhere is an error before any work is done; so is no path."""
    with pytest.raises(ConfigError, match="no such map"):
        RoadMap(tmp_path / "away.osm.pbf")
    with pytest.raises(ConfigError, match="at least one"):
        RoadMap([])


def test_an_index_that_cant_be_written_is_an_error(
    town: RoadMap, tmp_path: Path
) -> None:
    """A folder of indexes that is a file is reported with its path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="file"):
        RoadMap(town.extracts, cache=tmp_path / "file" / "cache").prepare()


def test_a_map_travels_to_other_processes(town: RoadMap) -> None:
    """What is sent holds paths only, and gives the same there."""
    match = town.match(RUN)
    assert len(pickle.dumps(town)) < 1000
    with ProcessPoolExecutor(1) as pool:
        assert same(pool.submit(town.match, RUN).result(), match)


def test_ways_cut_by_the_border_of_the_extract(tmp_path: Path) -> None:
    """A way some of whose nodes are missing is used as far as its nodes are there."""
    line = [(x, 0) for x in range(-500, 501, 50)]
    path = write_map(
        tmp_path / "cut.osm", {1: (ROAD, line)}, lost=frozenset({(0, 0)})
    )
    match = RoadMap(path, cache=tmp_path / "cache").match(
        run_over([(-400, 0), (400, 0)])
    )
    x = match.distance - 400
    assert (match.way[np.abs(x) > 90] == 1).all()
    assert (match.way[np.abs(x) < 6] == 0).all()


def test_tiles_hide_nothing(tmp_path: Path) -> None:
    """A straight way over many tiles is found all along, whatever the length of its pieces."""
    end = 30_000.0
    path = write_map(
        tmp_path / "long.osm",
        {1: (PATH, [(0, 0), (end, end)]), 2: (ROAD, [(0, 500), (1, 501)])},
    )
    match = RoadMap(path, cache=tmp_path / "cache").match(
        run_over([(10, 10), (end - 10, end - 10)], speed=4.0)
    )
    assert (match.way == 1).all()
    assert len(match.way) > 4000


def test_overlapping_extracts(town: RoadMap, tmp_path: Path) -> None:
    """Ways of several extracts are used together; where both have a way, the first one's tags
    count.
    """
    other = write_map(
        tmp_path / "other.osm",
        {7: (PATH, STREET[7][1]), 9: (PATH, [(500, 0), (900, 0)])},
    )
    run = run_over([(-400, 0), (800, 0)])
    match = RoadMap([town.extracts[0], other], cache=town.cache).match(run)
    assert set(match.way.tolist()) == {7, 9}
    assert match.tags[7] == ROAD
    assert match.tags[9] == PATH


def test_ways_that_nobody_runs_on_are_left_out(tmp_path: Path) -> None:
    """A motorway beside the run is no candidate."""
    ways = STREET | {8: ({"highway": "motorway"}, [(-500, 2), (500, 2)])}
    match = RoadMap(
        write_map(tmp_path / "m.osm", ways), cache=tmp_path / "cache"
    ).match(RUN)
    assert set(match.way.tolist()) == {7}


def test_only_near_tiles_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a map with ways far apart only those near the run are touched."""
    ways = {
        i: (ROAD, [(i * 10_000.0, 0.0), (i * 10_000.0 + 900, 0.0)])
        for i in range(1, 30)
    }
    town = RoadMap(
        write_map(tmp_path / "wide.osm", ways), cache=tmp_path / "cache"
    )
    (index,) = town.prepare()
    read: list[int] = []
    one = index._cells_of
    monkeypatch.setattr(
        index, "_cells_of", lambda number: read.append(number) or one(number)
    )
    assert set(town.match(run_over([(50_000, 0), (50_900, 0)])).way.tolist()) == {
        5
    }
    assert len(read) <= 4


def test_beyond_the_map_there_is_nothing(town: RoadMap) -> None:
    """A run elsewhere meets no way and gets no probability."""
    match = town.match(run_over([(0, 40_000), (900, 40_000)]))
    assert not match
    assert np.isnan(match.p_trail).all()
    assert degrees(0, 40_000)[0] > 47.3


@pytest.mark.parametrize("away", [(0, 40_000), (4_500, 0)])
def test_nothing_is_done_for_a_run_outside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, away: tuple[float, float]
) -> None:
    """Neither beyond the box around the extract nor in a tile without ways inside of it is a piece
    read or a candidate looked for; beyond the box not even the run's points are laid out.
    """
    ways = {1: (ROAD, [(0, 0), (0, 400)]), 2: (ROAD, [(9_000, 0), (9_000, 400)])}
    town = RoadMap(write_map(tmp_path / "two.osm", ways), cache=tmp_path)
    (index,) = town.prepare()

    def never(*args: object) -> None:
        raise AssertionError("looked at")

    monkeypatch.setattr(index, "pieces", never)
    monkeypatch.setattr(road_map, "find_candidates", never)
    if away[1]:
        monkeypatch.setattr(road_map, "_points_along", never)
    x, y = away
    match = town.match(run_over([(x, y), (x, y + 400)]))
    assert not len(match.distance)
    assert (match.covered, match.attribution) == (0.0, "")


def test_a_way_just_over_the_border_of_a_tile_is_seen(tmp_path: Path) -> None:
    """A run in a tile without ways follows one in the next tile, a few metres away."""
    _, border = degrees(0.0, 0.0)
    x = float(
        (np.ceil(border / 0.02) * 0.02 - border)
        * 111_195
        * np.cos(np.radians(47))
    )
    ways = {1: (PATH, [(x + 6, -300), (x + 6, 300)])}
    town = RoadMap(write_map(tmp_path / "edge.osm", ways), cache=tmp_path)
    match = town.match(run_over([(x - 6, -250), (x - 6, 250)]))
    assert len(match.way) > 40
    assert (match.way == 1).all()


def test_the_pieces_are_a_mapped_file(town: RoadMap) -> None:
    """What workers read of an index is memory that the system shares between them."""
    (index,) = town.prepare()
    assert isinstance(index._pieces.base, np.memmap)
    assert index._pieces.base.filename == town.index_path(town.extracts[0])


def test_a_part_of_a_run_is_covered(tmp_path: Path) -> None:
    """Half of a run that leaves the extract's tiles half-way is covered."""
    town = RoadMap(
        write_map(tmp_path / "half.osm", {1: (ROAD, [(-5_000, 0), (0, 0)])}),
        cache=tmp_path,
    )
    covered = town.match(run_over([(-4_900, 0), (4_900, 0)])).covered
    # A tile is 1.5 km wide here, and the run is known to end within one.
    assert covered == pytest.approx(0.5, abs=0.16)


@pytest.mark.parametrize(
    ("root", "node", "date"),
    [
        ("", "", ""),
        ("<meta osm_base='2026-02-03T04:05:06Z'/>", "", "2026-02-03"),
        ("", "timestamp='2025-12-24T18:00:00Z'", "2025-12-24"),
        (
            "<meta osm_base='2026-02-03T04:05:06Z'/>",
            "timestamp='2025-12-24T18:00:00Z'",
            "2026-02-03",
        ),
    ],
)
def test_the_day_of_the_data_is_kept(
    tmp_path: Path, root: str, node: str, date: str
) -> None:
    """As the extract states it, else that of its newest way; the attribution names it."""
    path = write_map(tmp_path / "day.osm", {1: (PATH, [(-500, 0), (500, 0)])})
    text = path.read_text().replace(
        '<osm version="0.6">', f'<osm version="0.6">{root}'
    )
    path.write_text(
        text.replace('<way id="1" version="1"', f'<way id="1" version="1" {node}')
        .replace("osm_base='", 'osm_base="')
        .replace("Z'/>", 'Z"/>')
    )
    town = RoadMap(path, cache=tmp_path / "cache")
    assert town.prepare()[0].date == date
    said = town.match(run_over([(-400, 0), (400, 0)])).attribution
    day = date or "day not stated"
    assert said == f"© OpenStreetMap contributors, ODbL (day, {day})"


@pytest.mark.corpus
def test_real_extracts_are_equal_in_both_formats(
    osm: Path, tmp_path: Path
) -> None:
    """The PBF and the XML of the same region give the same pieces with the same tags."""
    for region in ("heidelberg", "liechtenstein"):
        found = []
        for suffix in ("osm.pbf", "osm.gz"):
            source = tmp_path / f"{region}.{suffix}"
            shutil.copy(osm / "extracts" / source.name, source)
            (index,) = RoadMap(source, cache=tmp_path / suffix).prepare()
            pieces = index._pieces
            tags = [
                tuple(sorted(index.tags[i].items()))
                for i in pieces["tags"].tolist()
            ]
            keys = ("lat1", "lon1", "lat2", "lon2", "way")
            found.append(
                sorted(
                    zip(*(pieces[k].tolist() for k in keys), tags, strict=True)
                )
            )
        assert found[0] == found[1]
        assert len(found[0]) > 500


@pytest.mark.corpus
def test_a_well_tagged_town_is_mostly_told(osm: Path, tmp_path: Path) -> None:
    """In Heidelberg, whose ways are well tagged, most ways meet a rule that decides."""
    shutil.copy(osm / "extracts" / "heidelberg.osm.pbf", tmp_path)
    (index,) = RoadMap(tmp_path / "heidelberg.osm.pbf", cache=tmp_path).prepare()
    pieces = index._pieces
    _, first = np.unique(pieces["way"], return_index=True)
    rules = [
        ground_of(index.tags[i]).rule for i in pieces["tags"][first].tolist()
    ]
    p_trail = np.array([r.p_trail if r.decides else 0.5 for r in rules])
    assert len(first) > 6000
    # 41 % of these ways have a surface tag; the kind of way has to tell a good part of the rest.
    assert np.mean((p_trail >= 0.7) | (p_trail <= 0.3)) > 0.6
