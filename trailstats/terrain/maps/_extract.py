"""Reading a map extract once, in a stream, into the index that everything else uses."""

from __future__ import annotations

import gzip
import hashlib
import re
import tempfile
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Ints
from trailstats.errors import (
    ConfigError,
    MissingExtraError,
    TrailstatsError,
)
from trailstats.terrain.maps._index import (
    AREAS,
    HEAD_LENGTH,
    LONGEST_PIECE,
    PIECE,
    TILES,
    Tables,
    cell_of_pieces,
    expand,
    tile_of,
    write_tail,
)
from trailstats.terrain.maps._tags import AREAS as AREA_TAGS
from trailstats.terrain.maps._tags import GROUND_KEYS, is_area, is_ground

BATCH = 20_000
"""Ways gathered before their pieces are worked out together."""

CHUNK = 1 << 20
"""Pieces, and bytes, handled at a time."""

WIDEST = 5_000_000
"""A straight longer than this is an error of the data [1e-7 deg]: about 50 km."""

ROW = np.dtype([("tile", "<i8"), *PIECE.descr])


def build_index(extract: Path, target: Path) -> None:
    """Write the index of an extract.

    Parameters
    ----------
    extract : Path
        ``.osm.pbf``, ``.osm`` or ``.osm.gz``, nodes before ways.
    target : Path
        Written beside its place and moved there when complete.

    Raises
    ------
    MissingExtraError
        Without the package osmium.
    ConfigError
        When the extract can't be read or holds no ways.

    Notes
    -----
    Positions of nodes and pieces of ways wait in temporary files beside the target, not in memory:
    16 bytes for each node of the extract and 36 for each piece of a way.
    """
    with tempfile.TemporaryDirectory(
        dir=target.parent, prefix=f".{target.name}."
    ) as folder:
        rows, made = Path(folder) / "rows", Path(folder) / "index"
        collector = _Collector(rows)
        try:
            _stream_ways(extract, Path(folder) / "nodes", collector)
        except (TrailstatsError, MemoryError):
            raise
        except Exception as error:  # osmium has exceptions of its own
            raise ConfigError(
                f"{extract}: is not a readable map extract: {error}"
            ) from error
        finally:
            collector.close()
        if not collector.counts:
            raise ConfigError(
                f"{extract}: holds no ways with a highway tag and positions"
            )
        tiles = _sort_by_tile(rows, made, collector.counts)
        tables = Tables(
            tiles,
            *collector.area_tables(),
            collector.tag_sets(),
            collector.date,
        )
        write_tail(made, tables, _digest(extract))
        made.replace(target)


class _Collector:
    """Takes ways one by one, and writes their pieces batch by batch."""

    def __init__(self, rows: Path) -> None:
        self.counts: Counter[int] = Counter()
        self._file = rows.open("wb")
        self._sets: dict[tuple[str | None, ...], int] = {}
        self._lines: list[str] = []
        self._ways: list[tuple[int, int]] = []
        self._areas: list[tuple[int, int, NDArray[np.int32]]] = []
        self.date = ""

    def add(
        self,
        way: int,
        tags: tuple[str | None, ...],
        lines: list[str],
        *,
        area: bool = False,
    ) -> None:
        """Take a way: its id, the values of `GROUND_KEYS`, its lines as hexadecimal WKB, and
        whether it goes around an area.
        """
        number = self._sets.setdefault(tags, len(self._sets))
        if area:
            points = np.frombuffer(bytes.fromhex(lines[0][18:]), "<f8")
            corners = np.rint(points.reshape(-1, 2)[:, ::-1] * 1e7)
            self._areas.append((way, number, corners.astype(np.int32)))
        for line in lines:
            self._lines.append(line)
            self._ways.append((way, number))
        if len(self._ways) >= BATCH:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._file.close()

    def tag_sets(self) -> list[dict[str, str]]:
        return [
            {
                k: v
                for k, v in zip(GROUND_KEYS, values, strict=True)
                if v is not None
            }
            for values in self._sets
        ]

    def area_tables(self) -> tuple[NDArray[np.void], NDArray[np.int32]]:
        """Return the areas and their corners."""
        rows, start = [], 0
        for way, tags, corners in self._areas:
            box = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
            rows.append((*box, way, tags, start, len(corners)))
            start += len(corners)
        none = np.empty((0, 2), np.int32)
        corners = np.concatenate([none, *(area[2] for area in self._areas)])
        return np.array(rows, AREAS), corners

    def _flush(self) -> None:
        if not self._ways:
            return
        # WKB of a line: byte order, type and number of points in 9 bytes, then pairs of doubles.
        doubles = bytes.fromhex("".join(line[18:] for line in self._lines))
        points = np.frombuffer(doubles, "<f8").reshape(-1, 2)
        lengths = np.array([(len(line) - 18) // 32 for line in self._lines])
        position = np.rint(points[:, ::-1] * 1e7).astype(np.int64)
        owner = np.repeat(np.arange(len(lengths)), lengths)
        inside = owner[1:] == owner[:-1]
        ways = np.array(self._ways, dtype=np.int64)[owner[1:][inside]]
        start, end = position[:-1][inside], position[1:][inside]
        rows = _rows_of(*_short_straights(start, end, ways))
        tiles, counts = np.unique(rows["tile"], return_counts=True)
        self.counts.update(
            dict(zip(tiles.tolist(), counts.tolist(), strict=True))
        )
        rows.tofile(self._file)
        self._lines, self._ways = [], []


def _short_straights(
    start: Ints, end: Ints, ways: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return straights of at most `LONGEST_PIECE`; impossible ones are left out."""
    size = np.abs(end - start).max(axis=1, initial=0)
    fine = (size > 0) & (size <= WIDEST)
    start, end, ways, size = start[fine], end[fine], ways[fine], size[fine]
    parts = -(-size // LONGEST_PIECE)
    straight, step = expand(0, parts)
    start, reach = start[straight], (end - start)[straight]
    number, step = parts[straight, None], step[:, None]
    low = start + reach * step // number
    high = start + reach * (step + 1) // number
    return low, high, ways[straight]


def _rows_of(start: Ints, end: Ints, ways: Ints) -> NDArray[np.void]:
    """Return the rows of pieces, each in the tile that its middle lies in."""
    rows = np.empty(len(ways), ROW)
    rows["lat1"], rows["lon1"] = start.T
    rows["lat2"], rows["lon2"] = end.T
    rows["way"], rows["tags"] = ways.T
    rows["tile"] = tile_of(cell_of_pieces(rows))
    return rows


def _sort_by_tile(
    rows: Path, target: Path, counts: Counter[int]
) -> NDArray[np.void]:
    """Write the pieces in order of their tiles, and of their cells within each, and return the
    table of tiles.

    A counting sort from file to file: each chunk of rows goes to where its tiles have their next
    free row. Then each tile is put in order.
    """
    tiles = np.zeros(len(counts), TILES)
    tiles["tile"], tiles["count"] = np.array(sorted(counts.items())).T
    tiles["start"] = np.cumsum(tiles["count"]) - tiles["count"]
    free = tiles["start"].copy()
    total = int(tiles["count"].sum())
    pieces = np.memmap(target, PIECE, "w+", HEAD_LENGTH, (total,))
    for first in range(0, total, CHUNK):
        chunk = np.fromfile(rows, ROW, CHUNK, offset=first * ROW.itemsize)
        owner = np.searchsorted(tiles["tile"], chunk["tile"])
        order = np.argsort(owner, kind="stable")
        count = np.bincount(owner, minlength=len(tiles))
        free_rows = expand(free, count)[1]
        pieces[free_rows] = chunk[list(PIECE.names or ())][order].astype(PIECE)
        free += count
    parts = np.split(pieces, tiles["start"][1:])
    for part in parts:
        part[:] = part[np.argsort(cell_of_pieces(part), kind="stable")]
    tiles["crc"] = [zlib.crc32(part.tobytes()) for part in parts]
    pieces.flush()
    del pieces, parts
    return tiles


def date_of(extract: Path) -> str:
    """Return the day that an extract says its data are of, ``YYYY-MM-DD``; empty where it says
    none.
    """
    osmium = _osmium()
    reader = osmium.io.Reader(str(extract))
    try:
        stated = str(reader.header().get("osmosis_replication_timestamp"))
    finally:
        reader.close()
    if stated or ".pbf" in extract.suffixes:
        return stated[:10]
    # The header of XML as Overpass writes it.
    opened = gzip.open if extract.suffix == ".gz" else open
    with opened(extract, "rb") as stream:
        found = re.search(rb'osm_base="(\d{4}-\d\d-\d\d)', stream.read(2000))
    return found[1].decode() if found else ""


def _digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _stream_ways(extract: Path, nodes: Path, collector: _Collector) -> None:
    """Give every way and area that somebody may run on to the collector."""
    osmium = _osmium()
    from osmium.geom import WKBFactory

    factory = WKBFactory()
    collector.date = stated = date_of(extract)

    class Ways(osmium.SimpleHandler):  # type: ignore[misc, name-defined]
        def way(self, way: Any) -> None:  # noqa: ANN401 - a view into the reader's buffer
            if not is_ground(way.tags):
                return
            lines = _lines(way, factory)
            area = len(lines) == 1 and _is_ring(lines[0]) and is_area(way.tags)
            values = tuple(map(way.tags.get, GROUND_KEYS))
            collector.add(way.id, values, lines, area=area)
            if not stated:
                # The newest change; 1970 where an extract leaves out when.
                day = f"{way.timestamp:%Y-%m-%d}"
                collector.date = max(collector.date, day, key=_known_day)

    locations = osmium.NodeLocationsForWays(
        osmium.index.create_map(f"sparse_file_array,{nodes}")
    )
    locations.ignore_errors()
    known = osmium.filter.KeyFilter("highway", *AREA_TAGS)
    known.enable_for(osmium.osm.WAY)
    reader = osmium.io.Reader(str(extract), osmium.osm.NODE | osmium.osm.WAY)
    try:
        osmium.apply(reader, known, locations, Ways())
    finally:
        reader.close()


def _known_day(day: str) -> str:
    return "" if day.startswith("1970") else day


def _is_ring(line: str) -> bool:
    """Return whether a line in hexadecimal WKB ends where it begins, around something."""
    return len(line) >= 18 + 4 * 32 and line[18:50] == line[-32:]


def _osmium() -> Any:  # noqa: ANN401 - the module
    try:
        import osmium
    except ImportError as error:
        raise MissingExtraError("osmium", "osm") from error
    return osmium


def _lines(way: Any, factory: Any) -> list[str]:  # noqa: ANN401 - osmium's own types
    """Return a way's lines; several where an extract cut nodes out of it, none where too few are
    left.
    """
    import osmium

    try:
        return [factory.create_linestring(way)]
    except osmium.InvalidLocationError:
        pass
    except RuntimeError:
        return []  # a single point
    known: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            known[-1].append((node.lon, node.lat))
        elif known[-1]:
            known.append([])
    header = "00" * 9
    return [
        header + np.array(line, "<f8").tobytes().hex()
        for line in known
        if len(line) > 1
    ]
