"""Which ways lie near each point of a track, and how well each fits position and direction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints
from trailstats.geo import EARTH_RADIUS
from trailstats.terrain.maps._index import (
    CELL,
    LONGEST_PIECE,
    WIDTH,
    Area,
    cell_of,
    expand,
)
from trailstats.terrain.maps._rules import MatchRules

METRES = np.radians(1.0) * EARTH_RADIUS * 1e-7
"""Length of 1e-7 degrees of latitude [m]."""

REACH = 25.0
"""Ways further away than this are no candidates [m], our choice: nearly three times the spread that
`MatchRules` takes for usual.
"""

NEAREST = 6
"""Ways kept for each point, the best fitting ones (our choice)."""

MOST_SIDES = 1_000_000
"""Pairs of a point and a side of an area that are looked at together, which bounds the memory."""


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of an index around the points of a track.

    Attributes
    ----------
    numbers : numpy.ndarray of int, shape (c,)
        Cells that a piece within reach may have its middle in, rising.
    around : numpy.ndarray of int, shape (v, m)
        Places among them of those around each cell that holds a point.
    visited : numpy.ndarray of int, shape (n,)
        Row of ``around`` of each point.
    """

    numbers: Ints
    around: Ints
    visited: Ints


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What lies near a track.

    Attributes
    ----------
    pieces : numpy.ndarray of ``PIECE``
        By the cell that their middles lie in.
    start, count : numpy.ndarray of int, shape (c,)
        Which of them belong to each of the cells.
    areas : sequence of Area
    """

    pieces: NDArray[np.void]
    start: Ints
    count: Ints
    areas: Sequence[Area]


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways and areas near a track.

    Attributes
    ----------
    ids, tags : numpy.ndarray of int, shape (w,)
        Id of each, rising, and number of its set of tags: where several are there the first one's.
    area : numpy.ndarray of bool, shape (w,)
        Whether it is an area.
    owner : numpy.ndarray of int, shape (p,)
        Number of the way of each piece.
    """

    ids: Ints
    tags: Ints
    area: Flags
    owner: Ints


@dataclass(frozen=True, eq=False)
class Candidates:
    """Ways near the points of a track: k columns, at most `NEAREST`, as many as any point needs.

    Attributes
    ----------
    way : numpy.ndarray of int, shape (n, k)
        Number of the way; -1 where there is none.
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
    ways : Ways
        Near the track, numbered as in ``way``.
    """

    way: Ints
    offset: Floats
    fit: Floats
    east: Floats
    north: Floats
    origin: tuple[Floats, Floats]
    pieces: NDArray[np.void]
    ways: Ways


def reach_at(latitude: Ints) -> tuple[int, int]:
    """Return `REACH` to the north and, where the positions are nearest to a pole, to the east
    [1e-7 deg].
    """
    north = int(REACH / METRES)
    farthest = np.radians(np.abs(latitude).max(initial=0) * 1e-7)
    return north, int(north / max(float(np.cos(farthest)), 0.01))


def cells_around(latitude: Ints, longitude: Ints) -> Cells:
    """Return the cells around some positions [1e-7 deg]."""
    tall, wide = (
        -(-(reach + LONGEST_PIECE // 2) // CELL) for reach in reach_at(latitude)
    )
    visited, point = np.unique(cell_of(latitude, longitude), return_inverse=True)
    beside = np.arange(-tall, tall + 1)[:, None] * WIDTH
    beside = (beside + np.arange(-wide, wide + 1)).ravel()
    near = visited[:, None] + beside
    numbers, place = np.unique(near, return_inverse=True)
    return Cells(numbers, place.reshape(near.shape), point)


def find_candidates(
    position: tuple[Floats, Floats],
    direction: Floats,
    cells: Cells,
    near: Surroundings,
    rules: MatchRules,
) -> Candidates:
    """Return the ways near each point of a track, and the areas that it lies on.

    Parameters
    ----------
    position : tuple of numpy.ndarray, shape (n,)
        Latitude and longitude [1e-7 deg]; NaN where there is none.
    direction : numpy.ndarray, shape (n,)
        Counter-clockwise from east [rad]; NaN where it is not known.
    cells : Cells
        Around the points that have a position.
    near : Surroundings
        What lies there.
    rules : MatchRules

    Returns
    -------
    Candidates
    """
    latitude, longitude = position
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    lat = np.rint(latitude[placed]).astype(np.int64)
    lon = np.rint(longitude[placed]).astype(np.int64)
    pieces = near.pieces
    point, piece = _pairs_in_reach(cells, near, lat, lon)
    narrow = np.cos(np.radians(lat * 1e-7))[point] * METRES
    x1 = (pieces["lon1"][piece] - lon[point]) * narrow
    y1 = (pieces["lat1"][piece] - lat[point]) * METRES
    dx = (pieces["lon2"][piece] - lon[point]) * narrow - x1
    dy = (pieces["lat2"][piece] - lat[point]) * METRES - y1
    squared = np.maximum(dx * dx + dy * dy, 1e-12)
    along = np.clip(-(x1 * dx + y1 * dy) / squared, 0.0, 1.0)
    east = x1 + along * dx
    north = y1 + along * dy
    offset = np.hypot(east, north)
    # The square of the sine of the angle between way and direction.
    ahead = direction[placed]
    across = dx * np.sin(ahead)[point] - dy * np.cos(ahead)[point]
    across = np.nan_to_num(across * across / squared)
    ways = _ways_in(near)
    way = ways.owner[piece]
    # An area's border says nothing of the direction on it.
    beside = np.where(ways.area[way], rules.on_area, -rules.turned * across)
    fit = beside - 0.5 * (offset / rules.spread) ** 2
    # Those in reach, and the areas that a point lies on.
    chosen = np.flatnonzero(offset <= REACH)
    inside, area = _points_on_areas(near.areas, lat, lon)
    nothing = np.zeros(len(inside))
    point = np.append(point[chosen], inside)
    way = np.append(way[chosen], np.searchsorted(ways.ids, area))
    offset, east, north = (
        np.append(v[chosen], nothing) for v in (offset, east, north)
    )
    fit = np.append(fit[chosen], nothing + rules.on_area)
    kept, rank = _best_ways(point, way, fit)
    row = placed[point[kept]]
    width = int(rank.max(initial=0)) + 1

    def table(values: Floats | Ints, empty: float) -> Floats:
        out = np.full((len(latitude), width), empty)
        out[row, rank] = values[kept]
        return out

    return Candidates(
        way=table(way, -1.0).astype(np.int64),
        offset=table(offset, np.inf),
        fit=table(fit, -np.inf),
        east=table(east, np.nan),
        north=table(north, np.nan),
        origin=position,
        pieces=pieces,
        ways=ways,
    )


def find(wanted: Ints, ordered: Ints) -> tuple[Ints, Flags]:
    """Return the index of each number among ordered ones, and whether it is one of them."""
    if not len(ordered):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    index = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return index, ordered[index] == wanted


def _pairs_in_reach(
    cells: Cells, near: Surroundings, lat: Ints, lon: Ints
) -> tuple[Ints, Ints]:
    """Return the pairs of a point and a piece whose box lies within reach."""
    pieces = near.pieces
    _, around = expand(
        near.start[cells.around].ravel(), near.count[cells.around].ravel()
    )
    count = near.count[cells.around].sum(axis=1)
    start = np.cumsum(count) - count
    point, member = expand(start[cells.visited], count[cells.visited])
    piece = around[member]
    # First by latitude, which leaves few.
    tall, wide = reach_at(lat)
    low, high = _span(pieces, "lat", tall)
    y = lat.astype(np.int32)[point]
    close = np.flatnonzero((low[piece] <= y) & (y <= high[piece]))
    point, piece = point[close], piece[close]
    low, high = _span(pieces, "lon", wide)
    x = lon.astype(np.int32)[point]
    close = np.flatnonzero((low[piece] <= x) & (x <= high[piece]))
    return point[close], piece[close]


def _span(
    pieces: NDArray[np.void], axis: str, beyond: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return from where to where pieces reach along an axis, and so far beyond [1e-7 deg]."""
    ends = pieces[f"{axis}1"], pieces[f"{axis}2"]
    return np.minimum(*ends) - beyond, np.maximum(*ends) + beyond


def _points_on_areas(
    areas: Sequence[Area], lat: Ints, lon: Ints
) -> tuple[Ints, Ints]:
    """Return the pairs of a point and the id of an area that it lies on."""
    points = [np.empty(0, np.int64)]
    ways = [np.empty(0, np.int64)]
    for area in areas:
        south, west, north, east = area.bounds
        boxed = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
        index = np.flatnonzero(boxed)
        if len(index):
            inside = index[_inside(area.corners, lat[index], lon[index])]
            points.append(inside)
            ways.append(np.full(len(inside), area.way))
    return np.concatenate(points), np.concatenate(ways)


def _inside(corners: Ints, lat: Ints, lon: Ints) -> Flags:
    """Return which points lie within a ring, by the even-odd rule."""
    y, x = corners.T.astype(np.float64)
    y1, x1, y2, x2 = y[:-1], x[:-1], y[1:], x[1:]
    slope = (x2 - x1) / np.where(y2 == y1, 1.0, y2 - y1)
    out = np.zeros(len(lat), bool)
    step = max(MOST_SIDES // len(corners), 1)
    for first in range(0, len(lat), step):
        part = slice(first, first + step)
        north, east = lat[part, None], lon[part, None]
        spans = (y1 > north) != (y2 > north)
        crossed = spans & (east < x1 + (north - y1) * slope)
        out[part] = crossed.sum(axis=1) % 2 == 1
    return out


def _ways_in(near: Surroundings) -> Ways:
    """Return the ways of what lies near a track."""
    ids = np.append(near.pieces["way"], [area.way for area in near.areas])
    sets = np.append(near.pieces["tags"], [area.tags for area in near.areas])
    known, first, owner = np.unique(
        ids.astype(np.int64), return_index=True, return_inverse=True
    )
    n = len(near.pieces)
    area = np.zeros(len(known), bool)
    area[owner[n:]] = True
    return Ways(known, sets[first].astype(np.int64), area, owner[:n])


def _best_ways(point: Ints, way: Ints, fit: Floats) -> tuple[Ints, Ints]:
    """Return the pairs to keep, in order, and the rank of each at its point: of each way its best
    piece, of each point its `NEAREST` best ways.
    """
    # By points, which are whole numbers, and of each the best fitting first.
    order = np.argsort(point - 1.0 / (1.0 - fit))
    pair = point[order] * (int(way.max(initial=0)) + 1) + way[order]
    index = order[np.sort(np.unique(pair, return_index=True)[1])]
    rank = expand(0, np.bincount(point[index]))[1]
    kept = rank < NEAREST
    return index[kept], rank[kept]
