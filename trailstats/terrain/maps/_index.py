"""The index of a map extract on disk: straight pieces of ways, in tiles, read only where they are
needed.

One file: a head of fixed length, the pieces sorted by tile, the table of tiles, and the distinct
sets of tags as JSON. Every tile and the tables have a checksum, so that a damaged index is noticed
and not believed.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Ints

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

LONGEST_PIECE = 50_000
"""Longer straights are divided, so that no piece reaches far beyond its tile [1e-7 deg]: about 500
m.
"""

TILES = np.dtype(
    [("tile", "<i8"), ("start", "<i8"), ("count", "<i8"), ("crc", "<u4")]
)

MAGIC = b"TRAILMAP"
FORMAT = 1
HEAD = struct.Struct("<8sIQQQI32s")
HEAD_LENGTH = 128

MOST_TILES = 1024
"""Tiles kept in memory; about 2 MB each in a dense town."""


class CorruptIndexError(Exception):
    """The index is damaged or of another version; it is made anew."""


def tile_of(latitude: Ints, longitude: Ints) -> Ints:
    """Return the number of the tile that a position [1e-7 deg] lies in."""
    return (latitude // TILE + 4500) * 18002 + longitude // TILE + 9000


def write_tail(
    path: Path, tiles: NDArray[np.void], tags: list[dict[str, str]], digest: bytes
) -> None:
    """Complete an index whose pieces stand in the file already, behind the room for the head.

    Parameters
    ----------
    path : Path
    tiles : numpy.ndarray of `TILES`
        Sorted by tile.
    tags : list of dict
    digest : bytes, length 32
        Of the extract's content.
    """
    table = tiles.tobytes()
    text = json.dumps(tags, ensure_ascii=False, separators=(",", ":")).encode()
    n_pieces = int(tiles["count"].sum())
    head = HEAD.pack(
        MAGIC,
        FORMAT,
        n_pieces,
        len(tiles),
        len(text),
        zlib.crc32(text, zlib.crc32(table)),
        digest,
    )
    with path.open("r+b") as stream:
        stream.seek(HEAD_LENGTH + n_pieces * PIECE.itemsize)
        stream.write(table)
        stream.write(text)
        stream.truncate()
        stream.seek(0)
        stream.write(head + zlib.crc32(head).to_bytes(4, "little"))


class TileIndex:
    """An index that is open for reading.

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
    digest : str
        Of the extract's content.
    """

    def __init__(self, path: Path) -> None:
        try:
            size = path.stat().st_size
            with path.open("rb") as stream:
                raw = stream.read(HEAD_LENGTH)
                head, check = raw[: HEAD.size], raw[HEAD.size : HEAD.size + 4]
                whole = len(raw) == HEAD_LENGTH
                if not whole or zlib.crc32(head) != int.from_bytes(
                    check, "little"
                ):
                    raise CorruptIndexError(f"{path}: the head is damaged")
                magic, version, n_pieces, n_tiles, n_text, crc, digest = (
                    HEAD.unpack_from(raw)
                )
                if magic != MAGIC or version != FORMAT:
                    raise CorruptIndexError(f"{path}: written by another version")
                end = HEAD_LENGTH + n_pieces * PIECE.itemsize
                if size != end + n_tiles * TILES.itemsize + n_text:
                    raise CorruptIndexError(
                        f"{path}: {size} bytes is not its length"
                    )
                stream.seek(end)
                table = stream.read(n_tiles * TILES.itemsize)
                text = stream.read(n_text)
        except OSError as error:
            raise CorruptIndexError(f"{path}: {error}") from error
        if zlib.crc32(text, zlib.crc32(table)) != crc:
            raise CorruptIndexError(f"{path}: the tables are damaged")
        self.tags: list[dict[str, str]] = json.loads(text)
        self.digest = digest.hex()
        self._path = path
        self._tiles = np.frombuffer(table, TILES)
        self._pieces = (
            np.memmap(path, PIECE, "r", HEAD_LENGTH, (n_pieces,))
            if n_pieces
            else np.empty(0, PIECE)
        )
        self._read: OrderedDict[int, NDArray[np.void]] = OrderedDict()

    def pieces(self, tiles: Ints) -> NDArray[np.void]:
        """Return the pieces of some tiles; a piece that lies in several of them is there several
        times.

        Parameters
        ----------
        tiles : numpy.ndarray
            Numbers from `tile_of`, each once.

        Returns
        -------
        numpy.ndarray of `PIECE`

        Raises
        ------
        CorruptIndexError
            When a tile is not as it was written.
        """
        known = self._tiles["tile"]
        numbers = np.searchsorted(known, tiles)
        there = np.searchsorted(known, tiles, side="right") > numbers
        found = [self._one(number) for number in numbers[there].tolist()]
        return np.concatenate([np.empty(0, PIECE), *found])

    def _one(self, number: int) -> NDArray[np.void]:
        if number in self._read:
            self._read.move_to_end(number)
            return self._read[number]
        row = self._tiles[number]
        start = int(row["start"])
        piece = np.array(self._pieces[start : start + int(row["count"])])
        if zlib.crc32(piece.tobytes()) != int(row["crc"]):
            raise CorruptIndexError(f"{self._path}: a tile is damaged")
        self._read[number] = piece
        if len(self._read) > MOST_TILES:
            self._read.popitem(last=False)
        return piece
