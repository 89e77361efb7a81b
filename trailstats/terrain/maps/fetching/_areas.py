"""The tiles that recordings lie in, and the boxes around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from trailstats.arrays import Flags, Floats, Ints

__all__ = ["SIDE", "Area", "Box", "area_of"]


SIDE = 0.02
"""Side of a tile [deg], that of the index of an extract: about 2 km (our choice)."""

MARGIN = 0.002
"""A track this near to the next tile needs that one, too [deg]: about 200 m (our choice)."""


class Box(NamedTuple):
    """A box in degrees, WGS 84."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, eq=False)
class Area:
    """A set of tiles.

    Attributes
    ----------
    rows, columns : numpy.ndarray of int, shape (n,)
        Latitude and longitude over `SIDE`, rounded down; each pair once.
    """

    rows: Ints
    columns: Ints

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def centres(self) -> tuple[Floats, Floats]:
        """Latitude and longitude of the middle of each tile [deg]."""
        rows = self.rows.astype(np.float64)
        columns = self.columns.astype(np.float64)
        return (rows + 0.5) * SIDE, (columns + 0.5) * SIDE

    @property
    def square_metres(self) -> float:
        """Size of the tiles together [m2]."""
        latitude = np.radians(self.centres[0])
        side = SIDE * 111_195.0
        return float((side * side * np.cos(latitude)).sum())

    @cached_property
    def _keys(self) -> Ints:
        return np.sort(_key(self.rows, self.columns))

    def holds(self, latitude: Floats, longitude: Floats) -> Flags:
        """Return which positions [deg] lie in one of the tiles; NaN lies in none."""
        rows, columns, placed = _tiles(latitude, longitude)
        inside = np.zeros(placed.shape, dtype=bool)
        inside[placed] = np.isin(_key(rows, columns), self._keys)
        return inside

    def boxes(self) -> list[Box]:
        """Return a box around each group of tiles that touch, from the largest on."""
        left = set(zip(self.rows.tolist(), self.columns.tolist(), strict=True))
        found: list[Box] = []
        while left:
            group = _group_of(left.pop(), left)
            rows = [row for row, _ in group]
            columns = [column for _, column in group]
            corners = (min(rows), min(columns), max(rows) + 1, max(columns) + 1)
            found.append(Box(*(round(corner * SIDE, 6) for corner in corners)))
        return sorted(found, key=_size, reverse=True)

    def within(self, part: Flags) -> Area:
        """Return some of the tiles."""
        return Area(self.rows[part], self.columns[part])

    def inside(self, boxes: Iterable[Box]) -> Flags:
        """Return which tiles have their middle in one of some boxes."""
        latitude, longitude = self.centres
        held = np.zeros(len(self), dtype=bool)
        for box in boxes:
            here = (latitude > box.south) & (latitude < box.north)
            held |= here & (longitude > box.west) & (longitude < box.east)
        return held

    def joined(self, other: Area) -> Area:
        """Return the tiles of both."""
        rows = np.concatenate([self.rows, other.rows])
        columns = np.concatenate([self.columns, other.columns])
        return _unique(rows, columns)


def area_of(latitude: Floats, longitude: Floats) -> Area:
    """Return the tiles that positions lie in or near.

    Parameters
    ----------
    latitude, longitude : numpy.ndarray
        WGS 84 [deg]; NaN where there is no position.

    Returns
    -------
    Area
    """
    rows: list[Ints] = []
    columns: list[Ints] = []
    for north in (-MARGIN, MARGIN):
        for east in (-MARGIN, MARGIN):
            row, column, _ = _tiles(latitude + north, longitude + east)
            rows.append(row)
            columns.append(column)
    return _unique(np.concatenate(rows), np.concatenate(columns))


def _tiles(latitude: Floats, longitude: Floats) -> tuple[Ints, Ints, Flags]:
    """Return row and column of the tile of each position that is one, and which are."""
    placed = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
    rows = np.floor(latitude[placed] / SIDE).astype(np.int64)
    columns = np.floor(longitude[placed] / SIDE).astype(np.int64)
    return rows, columns, placed


def _group_of(
    start: tuple[int, int], left: set[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Take from some tiles those that hang together with one, corners included."""
    group = [start]
    for row, column in group:
        beside = {(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
        group += sorted(beside & left)
        left -= beside
    return group


def _key(rows: Ints, columns: Ints) -> Ints:
    return np.asarray(rows * 100_000 + columns, dtype=np.int64)


def _unique(rows: Ints, columns: Ints) -> Area:
    first = np.unique(_key(rows, columns), return_index=True)[1]
    return Area(rows[first], columns[first])


def _size(box: Box) -> float:
    return (box.north - box.south) * (box.east - box.west)
