"""The index of a map extract on disk: straight pieces of ways, in tiles, read only where they are
needed.

One file: a head of fixed length, the pieces sorted by tile and within it by cell, the table of
tiles, the areas with their corners, and as JSON the distinct sets of tags and the day of the data.
Every tile and the tables have a checksum, so that a damaged index is noticed and not believed.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Ints

PIECE = np.dtype(
    [
        ("lat1", "<i4"),
        ("lon1", "<i4"),
        ("lat2", "<i4"),
        ("lon2", "<i4"),
        ("way", "<i8"),
        ("tags", "<u4"),
    ]
)
"""A straight piece of a way: its two ends [1e-7 deg], the way's id, and the number of its set of
tags.
"""

TILE = 200_000
"""Side of a tile [1e-7 deg]: 0.02 deg, about 2 km."""

CELL = 6_250
"""Side of a cell [1e-7 deg], a part of a tile: about 70 m."""

LONGEST_PIECE = 5_000
"""Longer straights are divided, so that a piece reaches little beyond the cell that its middle lies
in [1e-7 deg]: about 55 m.
"""

WIDTH = 1 << 20
"""More than there are cells around the Earth."""

TILES = np.dtype(
    [("tile", "<i8"), ("start", "<i8"), ("count", "<i8"), ("crc", "<u4")]
)

AREAS = np.dtype(
    [
        ("south", "<i4"),
        ("west", "<i4"),
        ("north", "<i4"),
        ("east", "<i4"),
        ("way", "<i8"),
        ("tags", "<u4"),
        ("start", "<i8"),
        ("count", "<i8"),
    ]
)
"""An area: the box around it [1e-7 deg], id and set of tags of the way around it, and where its
corners stand in the table of corners.
"""

CORNER = np.dtype("<i4")

MAGIC = b"TRAILMAP"
FORMAT = 2
HEAD = struct.Struct("<8sIQQQQQI32s")
HEAD_LENGTH = 128

MOST_TILES = 1024
"""Tiles whose cells are kept in memory; about 0.5 MB each in a dense town."""


class CorruptIndexError(Exception):
    """The index is damaged or of another version; it is made anew."""


class Bounds(NamedTuple):
    """A box [1e-7 deg]."""

    south: int
    west: int
    north: int
    east: int

    def meets(self, other: Bounds) -> bool:
        """Return whether two boxes have a point in common."""
        return (
            self.south <= other.north
            and other.south <= self.north
            and self.west <= other.east
            and other.west <= self.east
        )


@dataclass(frozen=True, eq=False)
class Area:
    """An area of ground: id and set of tags of the way around it, the box around it, and its
    corners [1e-7 deg].
    """

    way: int
    tags: int
    bounds: Bounds
    corners: Ints


@dataclass(frozen=True, eq=False)
class Tables:
    """What an index holds beside the pieces."""

    tiles: NDArray[np.void]
    areas: NDArray[np.void]
    corners: NDArray[np.int32]
    tags: list[dict[str, str]]
    date: str


def cell_of(latitude: Ints, longitude: Ints) -> Ints:
    """Return the number of the cell that a position [1e-7 deg] lies in."""
    row = (latitude + 900_000_000) // CELL
    return np.asarray(row * WIDTH + (longitude + 1_800_000_000) // CELL)


def tile_of(cell: Ints) -> Ints:
    """Return the number of the tile that a cell lies in."""
    row, column = np.divmod(cell, WIDTH)
    share = TILE // CELL
    return np.asarray(row // share * WIDTH + column // share)


def cell_of_pieces(pieces: NDArray[np.void]) -> Ints:
    """Return the cells that the middles of pieces lie in."""
    latitude = pieces["lat1"].astype(np.int64) + pieces["lat2"]
    longitude = pieces["lon1"].astype(np.int64) + pieces["lon2"]
    return cell_of(latitude // 2, longitude // 2)


def expand(start: Ints | int, count: Ints) -> tuple[Ints, Ints]:
    """Return, for ranges given by start and length, each range's number and each member, one after
    the other.
    """
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) + np.repeat(start - before, count)


def write_tail(path: Path, tables: Tables, digest: bytes) -> None:
    """Complete an index whose pieces stand in the file already, behind the room for the head.

    Parameters
    ----------
    path : Path
    tables : Tables
        Tiles sorted by number.
    digest : bytes, length 32
        Of the extract's content.
    """
    facts = {"date": tables.date, "tags": tables.tags}
    parts = [
        tables.tiles.tobytes(),
        tables.areas.tobytes(),
        tables.corners.tobytes(),
        json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode(),
    ]
    tail = b"".join(parts)
    n_pieces = int(tables.tiles["count"].sum())
    head = HEAD.pack(
        MAGIC,
        FORMAT,
        n_pieces,
        len(tables.tiles),
        len(tables.areas),
        tables.corners.size,
        len(parts[-1]),
        zlib.crc32(tail),
        digest,
    )
    with path.open("r+b") as stream:
        stream.seek(HEAD_LENGTH + n_pieces * PIECE.itemsize)
        stream.write(tail)
        stream.truncate()
        stream.seek(0)
        stream.write(head + zlib.crc32(head).to_bytes(4, "little"))


class TileIndex:
    """An index that is open for reading.

    The pieces are a mapped file, which all processes that read the same index share.

    Parameters
    ----------
    path : Path

    Raises
    ------
    CorruptIndexError
        When it is damaged or was written by another version.

    Attributes
    ----------
    tags : list of dict
        The distinct sets of tags.
    date : str
        Day that the data are of, ``YYYY-MM-DD``; empty where the extract doesn't say.
    digest : str
        Of the extract's content.
    bounds : Bounds
        Around all tiles.
    """

    def __init__(self, path: Path) -> None:
        tables, n_pieces, digest = _read_tables(path)
        self.tags, self.date = tables.tags, tables.date
        self.digest = digest.hex()
        self._path = path
        self._tiles, self._areas = tables.tiles, tables.areas
        self._corners = tables.corners
        mapped = (
            np.memmap(path, PIECE, "r", HEAD_LENGTH, (n_pieces,))
            if n_pieces
            else np.empty(0, PIECE)
        )
        self._pieces = mapped.view(np.ndarray)
        self._cells: OrderedDict[int, Ints] = OrderedDict()
        self.bounds = _bounds_of(self._tiles["tile"])

    def has_tiles(self, tiles: Ints) -> Flags:
        """Return which of some tiles hold a way."""
        known = self._tiles["tile"]
        first = np.searchsorted(known, tiles)
        return np.asarray(np.searchsorted(known, tiles, side="right") > first)

    def pieces(self, cells: Ints) -> tuple[Ints, NDArray[np.void]]:
        """Return the pieces whose middles lie in some cells, and the place of each one's cell among
        them.

        Parameters
        ----------
        cells : numpy.ndarray of int
            Numbers from `cell_of`, rising.

        Returns
        -------
        owner : numpy.ndarray of int
        pieces : numpy.ndarray of `PIECE`

        Raises
        ------
        CorruptIndexError
            When a tile is not as it was written.
        """
        tiles, tile = np.unique(tile_of(cells), return_inverse=True)
        numbers = np.searchsorted(self._tiles["tile"], tiles)
        places = [np.empty(0, np.int64)]
        rows = [np.empty(0, np.int64)]
        for i in np.flatnonzero(self.has_tiles(tiles)).tolist():
            number = int(numbers[i])
            own = np.flatnonzero(tile == i)
            known = self._cells_of(number)
            first = np.searchsorted(known, cells[own])
            count = np.searchsorted(known, cells[own], side="right") - first
            owner, member = expand(first, count)
            places.append(own[owner])
            rows.append(member + int(self._tiles["start"][number]))
        return np.concatenate(places), self._pieces[np.concatenate(rows)]

    def areas(self, bounds: Bounds) -> list[Area]:
        """Return the areas whose boxes meet another one."""
        table = self._areas
        near = (table["south"] <= bounds.north) & (table["north"] >= bounds.south)
        near &= (table["west"] <= bounds.east) & (table["east"] >= bounds.west)
        return [
            Area(
                int(row["way"]),
                int(row["tags"]),
                Bounds(*(int(row[side]) for side in Bounds._fields)),
                self._corners_of(row),
            )
            for row in table[near]
        ]

    def _corners_of(self, row: np.void) -> Ints:
        end = row["start"] + row["count"]
        return self._corners[row["start"] : end].astype(np.int64)

    def _cells_of(self, number: int) -> Ints:
        """Return the cells of the pieces of a tile, rising."""
        if number in self._cells:
            self._cells.move_to_end(number)
            return self._cells[number]
        row = self._tiles[number]
        start = int(row["start"])
        pieces = self._pieces[start : start + int(row["count"])]
        if zlib.crc32(pieces.tobytes()) != int(row["crc"]):
            raise CorruptIndexError(f"{self._path}: a tile is damaged")
        self._cells[number] = cells = cell_of_pieces(pieces)
        if len(self._cells) > MOST_TILES:
            self._cells.popitem(last=False)
        return cells


def _read_tables(path: Path) -> tuple[Tables, int, bytes]:
    """Return the tables of an index, the number of pieces, and the extract's digest."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            raw = stream.read(HEAD_LENGTH)
            head, check = raw[: HEAD.size], raw[HEAD.size : HEAD.size + 4]
            whole = len(raw) == HEAD_LENGTH
            if not whole or zlib.crc32(head) != int.from_bytes(check, "little"):
                raise CorruptIndexError(f"{path}: the head is damaged")
            magic, version, n_pieces, *counts, crc, digest = HEAD.unpack_from(raw)
            if magic != MAGIC or version != FORMAT:
                raise CorruptIndexError(f"{path}: written by another version")
            kinds = (TILES, AREAS, CORNER)
            sizes = [*(kind.itemsize for kind in kinds), 1]
            lengths = [
                size * count for size, count in zip(sizes, counts, strict=True)
            ]
            start = HEAD_LENGTH + n_pieces * PIECE.itemsize
            if size != start + sum(lengths):
                raise CorruptIndexError(f"{path}: {size} bytes is not its length")
            stream.seek(start)
            tail = stream.read()
    except OSError as error:
        raise CorruptIndexError(f"{path}: {error}") from error
    if zlib.crc32(tail) != crc:
        raise CorruptIndexError(f"{path}: the tables are damaged")
    starts = np.cumsum([0, *lengths[:-1]]).tolist()
    tiles, areas, corners = (
        np.frombuffer(tail, kind, count, at)
        for kind, count, at in zip(kinds, counts, starts, strict=False)
    )
    facts = json.loads(tail[starts[-1] :])
    tables = Tables(
        tiles, areas, corners.reshape(-1, 2), facts["tags"], facts["date"]
    )
    return tables, n_pieces, digest


def _bounds_of(tiles: Ints) -> Bounds:
    """Return the box around some tiles; one that meets nothing around none."""
    if not len(tiles):
        return Bounds(1, 1, 0, 0)
    row, column = np.divmod(tiles, WIDTH)
    return Bounds(
        int(row.min()) * TILE - 900_000_000,
        int(column.min()) * TILE - 1_800_000_000,
        (int(row.max()) + 1) * TILE - 900_000_000,
        (int(column.max()) + 1) * TILE - 1_800_000_000,
    )
