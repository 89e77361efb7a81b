"""Reading a map extract once, in a stream, into the index that everything else uses."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections import Counter
from itertools import product
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
from trailstats.terrain.maps._candidates import expand
from trailstats.terrain.maps._index import (
    HEAD_LENGTH,
    LONGEST_PIECE,
    PIECE,
    TILE,
    TILES,
    tile_of,
    write_tail,
)
from trailstats.terrain.maps._tags import GROUND_KEYS, IGNORED_WAYS

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
        write_tail(made, tiles, collector.tag_sets(), _digest(extract))
        made.replace(target)


class _Collector:
    """Takes ways one by one, and writes their pieces batch by batch."""

    def __init__(self, rows: Path) -> None:
        self.counts: Counter[int] = Counter()
        self._file = rows.open("wb")
        self._sets: dict[tuple[str | None, ...], int] = {}
        self._lines: list[str] = []
        self._ways: list[tuple[int, int]] = []

    def add(
        self, way: int, tags: tuple[str | None, ...], lines: list[str]
    ) -> None:
        """Take a way: its id, the values of `GROUND_KEYS`, and its lines as hexadecimal WKB."""
        number = self._sets.setdefault(tags, len(self._sets))
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
        rows = _rows_by_tile(*_short_straights(start, end, ways))
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


def _rows_by_tile(start: Ints, end: Ints, ways: Ints) -> NDArray[np.void]:
    """Return the rows of pieces, one for each tile that a piece's box touches."""
    low = np.minimum(start, end) // TILE
    high = np.maximum(start, end) // TILE
    found = []
    for corner in product((0, 1), (0, 1)):
        tile = low + corner
        pick = (tile <= high).all(axis=1)
        rows = np.empty(int(pick.sum()), ROW)
        rows["tile"] = tile_of(*(tile[pick] * TILE).T)
        rows["lat1"], rows["lon1"] = start[pick].T
        rows["lat2"], rows["lon2"] = end[pick].T
        rows["way"], rows["tags"] = ways[pick].T
        found.append(rows)
    return np.concatenate(found)


def _sort_by_tile(
    rows: Path, target: Path, counts: Counter[int]
) -> NDArray[np.void]:
    """Write the pieces in order of their tiles and return the table of tiles.

    A counting sort from file to file: each chunk of rows goes to where its tiles have their next
    free row.
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
    tiles["crc"] = [zlib.crc32(part.tobytes()) for part in parts]
    pieces.flush()
    del pieces, parts
    return tiles


def _digest(path: Path) -> bytes:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").digest()


def _stream_ways(extract: Path, nodes: Path, collector: _Collector) -> None:
    """Give every way that somebody may run on to the collector."""
    try:
        import osmium
        from osmium.geom import WKBFactory
    except ImportError as error:
        raise MissingExtraError("osmium", "osm") from error

    factory = WKBFactory()

    class Ways(osmium.SimpleHandler):
        def way(self, way: Any) -> None:  # noqa: ANN401 - a view into the reader's buffer
            tags = way.tags
            if tags["highway"] in IGNORED_WAYS:
                return
            collector.add(
                way.id, tuple(map(tags.get, GROUND_KEYS)), _lines(way, factory)
            )

    locations = osmium.NodeLocationsForWays(
        osmium.index.create_map(f"sparse_file_array,{nodes}")
    )
    locations.ignore_errors()
    highways = osmium.filter.KeyFilter("highway")
    highways.enable_for(osmium.osm.WAY)
    reader = osmium.io.Reader(str(extract), osmium.osm.NODE | osmium.osm.WAY)
    try:
        osmium.apply(reader, highways, locations, Ways())
    finally:
        reader.close()


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
