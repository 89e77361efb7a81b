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


def expand(start: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return, for ranges given by start and length, each range's number and each member, one after
    the other.
    """
    owner = np.repeat(np.arange(len(count)), count)
    return owner, np.arange(len(owner)) - np.repeat(
        np.cumsum(count) - count, count
    ) + np.repeat(start, count)


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
    lat, lon = (np.rint(v[placed]).astype(np.int64) for v in (latitude, longitude))
    pieces = _near(pieces, lat, lon)
    ids, first, owner = np.unique(pieces["way"], return_index=True, return_inverse=True)
    point, piece = _pairs(pieces, lat, lon)
    narrow = np.cos(np.radians(lat[point] * 1e-7)) * METRES
    ends = [
        pieces[name][piece].astype(np.int64)
        for name in ("lat1", "lon1", "lat2", "lon2")
    ]
    y1, y2 = ((v - lat[point]) * METRES for v in (ends[0], ends[2]))
    x1, x2 = ((v - lon[point]) * narrow for v in (ends[1], ends[3]))
    dx, dy = x2 - x1, y2 - y1
    along = np.clip(
        -(x1 * dx + y1 * dy) / np.maximum(dx * dx + dy * dy, 1e-12), 0.0, 1.0
    )
    east, north = x1 + along * dx, y1 + along * dy
    offset = np.hypot(east, north)
    across = np.sin(np.arctan2(dy, dx) - direction[placed][point]) ** 2
    fit = -0.5 * (offset / spread) ** 2 - turned * np.where(
        np.isnan(across), 0.0, across
    )
    keep = _best(point, owner[piece], fit, offset <= REACH)
    row = placed[point[keep]]
    column = expand(
        np.zeros(len(latitude), np.int64), np.bincount(row, minlength=len(latitude))
    )[1]

    def table(values: Floats | Ints, empty: float) -> Floats:
        out = np.full((len(latitude), NEAREST), empty)
        out[row, column] = values[keep]
        return out

    return Candidates(
        way=table(owner[piece], -1.0).astype(np.int64),
        offset=table(offset, np.inf),
        fit=table(fit, -np.inf),
        east=table(east, np.nan),
        north=table(north, np.nan),
        origin=(latitude, longitude),
        pieces=pieces,
        owner=owner.astype(np.int64),
        ids=ids.astype(np.int64),
        tags=pieces["tags"][first].astype(np.int64),
    )


def _near(pieces: NDArray[np.void], lat: Ints, lon: Ints) -> NDArray[np.void]:
    """Return the pieces whose middle lies in a coarse block next to one that holds a point."""
    if not len(pieces) or not len(lat):
        return pieces[:0]
    visited = np.unique(_key(lat // BLOCK, lon // BLOCK))
    around = np.unique(
        np.concatenate([visited + _key(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)])
    )
    middle = _key(
        *(
            ((pieces[a].astype(np.int64) + pieces[b]) // 2) // BLOCK
            for a, b in (("lat1", "lat2"), ("lon1", "lon2"))
        )
    )
    at = np.minimum(np.searchsorted(around, middle), len(around) - 1)
    out: NDArray[np.void] = pieces[around[at] == middle]
    return out


def _key(row: Ints | int, column: Ints | int) -> Ints:
    return np.asarray(row * 100_000_000 + column, dtype=np.int64)


def _pairs(pieces: NDArray[np.void], lat: Ints, lon: Ints) -> tuple[Ints, Ints]:
    """Return the pairs of a point and a piece that may lie within reach, by the cells of a grid."""
    if not len(pieces):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    reach = int(REACH / METRES)
    wide = int(reach / max(float(np.cos(np.radians(np.abs(lat).max() * 1e-7))), 0.01))
    wide_cell = int(CELL * wide / reach)
    low = [
        np.minimum(pieces[a], pieces[b]).astype(np.int64)
        for a, b in (("lat1", "lat2"), ("lon1", "lon2"))
    ]
    high = [
        np.maximum(pieces[a], pieces[b]).astype(np.int64)
        for a, b in (("lat1", "lat2"), ("lon1", "lon2"))
    ]
    r0, r1 = (low[0] - reach) // CELL, (high[0] + reach) // CELL
    c0, c1 = (low[1] - wide) // wide_cell, (high[1] + wide) // wide_cell
    columns = c1 - c0 + 1
    piece, number = expand(np.zeros(len(pieces), np.int64), (r1 - r0 + 1) * columns)
    cell = _key(
        r0[piece] + number // columns[piece], c0[piece] + number % columns[piece]
    )
    visited, point_cell = np.unique(
        _key(lat // CELL, lon // wide_cell), return_inverse=True
    )
    at = np.minimum(np.searchsorted(visited, cell), len(visited) - 1)
    hit = visited[at] == cell
    at, piece = at[hit], piece[hit]
    order = np.argsort(at, kind="stable")
    piece = piece[order]
    count = np.bincount(at, minlength=len(visited))
    start = np.cumsum(count) - count
    point, member = expand(start[point_cell], count[point_cell])
    return point, piece[member]


def _best(point: Ints, way: Ints, fit: Floats, near: Flags) -> Ints:
    """Return the pairs to keep: of each way its best piece, of each point its `NEAREST` best ways,
    in order.
    """
    index = np.flatnonzero(near)
    index = index[np.lexsort((-fit[index], way[index], point[index]))]
    fresh = np.append(True, (np.diff(point[index]) != 0) | (np.diff(way[index]) != 0))[
        : len(index)
    ]
    index = index[fresh]
    index = index[np.lexsort((-fit[index], point[index]))]
    begins = np.append(True, np.diff(point[index]) != 0)[: len(index)]
    rank = np.arange(len(index)) - np.maximum.accumulate(
        np.where(begins, np.arange(len(index)), 0)
    )
    return np.asarray(index[rank < NEAREST])
