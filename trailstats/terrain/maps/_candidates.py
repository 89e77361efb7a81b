"""Which ways lie near each point of a track, and how well each fits position and direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints
from trailstats.geo import EARTH_RADIUS
from trailstats.terrain.maps._index import LONGEST_PIECE

METRES = np.radians(1.0) * EARTH_RADIUS * 1e-7
"""Length of 1e-7 degrees of latitude [m]."""

REACH = 35.0
"""Ways further away than this are no candidates [m], our choice, several times the usual error of a
receiver.
"""

NEAREST = 8
"""Ways kept for each point, the best fitting ones (our choice)."""

CELL = 4500
"""Side of a cell of the search grid [1e-7 deg]: about 50 m of latitude."""

BLOCK = LONGEST_PIECE
"""Side of a block of the coarse grid [1e-7 deg]: half a piece and the reach stay below it up to 82
deg of latitude.
"""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Ways near the points of a track, at most `NEAREST` for each.

    Attributes
    ----------
    way : numpy.ndarray of int, shape (n, k)
        Number of the way in ``ids``; -1 where there is none.
    offset : numpy.ndarray, shape (n, k)
        Distance from the point [m]; infinite where there is no way.
    fit : numpy.ndarray, shape (n, k)
        Log-likelihood of position and direction; minus infinity where there is no way.
    east, north : numpy.ndarray, shape (n, k)
        Where the nearest point of the way lies, seen from the point [m].
    origin : tuple of numpy.ndarray, shape (n,)
        Latitude and longitude of the points [1e-7 deg].
    pieces : numpy.ndarray
        All pieces near the track, one row each.
    owner : numpy.ndarray of int, shape (pieces,)
        Number of the way of each piece.
    ids, tags : numpy.ndarray of int, shape (ways,)
        Id of each way, and number of its set of tags.
    """

    way: Ints
    offset: Floats
    fit: Floats
    east: Floats
    north: Floats
    origin: tuple[Floats, Floats]
    pieces: NDArray[np.void]
    owner: Ints
    ids: Ints
    tags: Ints


def expand(start: Ints | int, count: Ints) -> tuple[Ints, Ints]:
    """Return, for ranges given by start and length, each range's number and each member, one after
    the other.
    """
    owner = np.repeat(np.arange(len(count)), count)
    before = np.cumsum(count) - count
    return owner, np.arange(len(owner)) + np.repeat(start - before, count)


def reach_at(latitude: Ints) -> tuple[int, int]:
    """Return `REACH` to the north and, where the positions are nearest to a pole, to the east
    [1e-7 deg].
    """
    north = int(REACH / METRES)
    farthest = np.radians(np.abs(latitude).max(initial=0) * 1e-7)
    return north, int(north / max(float(np.cos(farthest)), 0.01))


def find_candidates(
    latitude: Floats,
    longitude: Floats,
    direction: Floats,
    pieces: NDArray[np.void],
    spread: float,
    turned: float,
) -> Candidates:
    """Return the ways near each point of a track.

    Parameters
    ----------
    latitude, longitude : numpy.ndarray, shape (n,)
        [1e-7 deg]; NaN where there is no position.
    direction : numpy.ndarray, shape (n,)
        Counter-clockwise from east [rad]; NaN where it is not known.
    pieces : numpy.ndarray of ``PIECE``
        May hold the same piece several times.
    spread : float
        Standard deviation of the distance from the way [m].
    turned : float
        What a way across the direction loses in log-likelihood.

    Returns
    -------
    Candidates
    """
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    lat = np.rint(latitude[placed]).astype(np.int64)
    lon = np.rint(longitude[placed]).astype(np.int64)
    pieces = _pieces_around(pieces, lat, lon)
    ids, first, owner = np.unique(
        pieces["way"], return_index=True, return_inverse=True
    )
    point, piece = _pairs_in_reach(pieces, lat, lon)
    way = owner[piece]
    ends = pieces[piece]
    narrow = np.cos(np.radians(lat[point] * 1e-7)) * METRES
    x1 = (ends["lon1"] - lon[point]) * narrow
    y1 = (ends["lat1"] - lat[point]) * METRES
    dx = (ends["lon2"] - lon[point]) * narrow - x1
    dy = (ends["lat2"] - lat[point]) * METRES - y1
    along = -(x1 * dx + y1 * dy) / np.maximum(dx * dx + dy * dy, 1e-12)
    along = np.clip(along, 0.0, 1.0)
    east = x1 + along * dx
    north = y1 + along * dy
    offset = np.hypot(east, north)
    across = np.sin(np.arctan2(dy, dx) - direction[placed][point]) ** 2
    fit = -0.5 * (offset / spread) ** 2 - turned * np.nan_to_num(across)
    kept, rank = _best_ways(point, way, fit, offset <= REACH)
    row = placed[point[kept]]

    def table(values: Floats | Ints, empty: float) -> Floats:
        out = np.full((len(latitude), NEAREST), empty)
        out[row, rank] = values[kept]
        return out

    return Candidates(
        way=table(way, -1.0).astype(np.int64),
        offset=table(offset, np.inf),
        fit=table(fit, -np.inf),
        east=table(east, np.nan),
        north=table(north, np.nan),
        origin=(latitude, longitude),
        pieces=pieces,
        owner=owner,
        ids=ids,
        tags=pieces["tags"][first].astype(np.int64),
    )


def _pieces_around(
    pieces: NDArray[np.void], lat: Ints, lon: Ints
) -> NDArray[np.void]:
    """Return the pieces whose middle lies in a coarse block next to one that holds a point."""
    if not len(lat):
        return pieces[:0]
    visited = np.unique(_cell_key(lat // BLOCK, lon // BLOCK))
    beside = np.arange(-1, 2)
    next_to_it = _cell_key(beside[:, None], beside)
    around = np.unique(np.add.outer(visited, next_to_it))
    row = _sum_of_ends(pieces, "lat") // (2 * BLOCK)
    column = _sum_of_ends(pieces, "lon") // (2 * BLOCK)
    out: NDArray[np.void] = pieces[_find(_cell_key(row, column), around)[1]]
    return out


def _sum_of_ends(pieces: NDArray[np.void], axis: str) -> Ints:
    total: Ints = pieces[f"{axis}1"].astype(np.int64) + pieces[f"{axis}2"]
    return total


def _cell_key(row: Ints, column: Ints) -> Ints:
    return row * 100_000_000 + column


def _find(wanted: Ints, ordered: Ints) -> tuple[Ints, Flags]:
    """Return the index of each number among ordered ones, and whether it is one of them."""
    index = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return index, ordered[index] == wanted


def _pairs_in_reach(
    pieces: NDArray[np.void], lat: Ints, lon: Ints
) -> tuple[Ints, Ints]:
    """Return the pairs of a point and a piece that may lie within reach, by the cells of a grid."""
    if not len(pieces):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    tall, wide = reach_at(lat)
    wide_cell = int(CELL * wide / tall)
    south = (np.minimum(pieces["lat1"], pieces["lat2"]) - tall) // CELL
    north = (np.maximum(pieces["lat1"], pieces["lat2"]) + tall) // CELL
    west = (np.minimum(pieces["lon1"], pieces["lon2"]) - wide) // wide_cell
    east = (np.maximum(pieces["lon1"], pieces["lon2"]) + wide) // wide_cell
    columns = east - west + 1
    piece, number = expand(0, (north - south + 1) * columns)
    down, along = np.divmod(number, columns[piece])
    touched = _cell_key(south[piece] + down, west[piece] + along)
    point_key = _cell_key(lat // CELL, lon // wide_cell)
    visited, point_cell = np.unique(point_key, return_inverse=True)
    cell, hit = _find(touched, visited)
    cell, piece = cell[hit], piece[hit]
    piece = piece[np.argsort(cell, kind="stable")]
    count = np.bincount(cell, minlength=len(visited))
    start = np.cumsum(count) - count
    point, member = expand(start[point_cell], count[point_cell])
    return point, piece[member]


def _best_ways(
    point: Ints, way: Ints, fit: Floats, near: Flags
) -> tuple[Ints, Ints]:
    """Return the pairs to keep, in order, and the rank of each at its point: of each way its best
    piece, of each point its `NEAREST` best ways.
    """
    index = np.flatnonzero(near)
    index = index[np.lexsort((-fit[index], way[index], point[index]))]
    changes = np.diff((point[index], way[index]), prepend=-1)
    index = index[changes.any(axis=0)]
    index = index[np.lexsort((-fit[index], point[index]))]
    rank = expand(0, np.bincount(point[index]))[1]
    kept = rank < NEAREST
    return index[kept], rank[kept]
