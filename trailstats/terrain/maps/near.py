"""The ways of a map near some positions, to be drawn under tracks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints, as_floats
from trailstats.terrain.maps._candidates import cells_around
from trailstats.terrain.maps._index import CorruptIndexError, TileIndex
from trailstats.terrain.maps._tags import ground_of
from trailstats.terrain.maps.road_map import RoadMap

MOST_PIECES = 20_000
"""Straight pieces of ways at most (our choice): some 400 kB of a page. Those where most was run are
kept.
"""

_UNIT = 1e-7  # deg
_ENDS = ("lat1", "lon1", "lat2", "lon2")


@dataclass(frozen=True, eq=False)
class WaysNear:
    """Straight pieces of ways.

    Attributes
    ----------
    ends : numpy.ndarray, shape (n, 4)
        Latitude and longitude of both ends [deg].
    is_trail : numpy.ndarray of bool, shape (n,)
        Whether its tags make it a trail more likely than a road.
    """

    ends: Floats
    is_trail: Flags


def ways_near(
    town: RoadMap,
    latitude: Floats,
    longitude: Floats,
    *,
    most: int = MOST_PIECES,
) -> WaysNear:
    """Return the ways near some positions.

    Parameters
    ----------
    town : RoadMap
    latitude, longitude : numpy.ndarray, shape (n,)
        [deg]; NaN is left out.
    most : int
        Pieces at most.

    Returns
    -------
    WaysNear
        Nothing where the map has no ways there.

    Raises
    ------
    ConfigError, MissingExtraError, WriteError
        See `RoadMap.prepare`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> import trailstats as ts
    >>> from trailstats.terrain.maps.near import ways_near
    >>> folder = tempfile.TemporaryDirectory()
    >>> extract = Path(folder.name, "town.osm")
    >>> _ = extract.write_text(
    ...     "<osm version='0.6'><node id='1' version='1' lat='47.0' lon='11.0'/>"
    ...     "<node id='2' version='1' lat='47.0003' lon='11.0'/><way id='3' version='1'>"
    ...     "<nd ref='1'/><nd ref='2'/><tag k='highway' v='path'/></way></osm>"
    ... )
    >>> town = ts.RoadMap(extract, cache=folder.name)
    >>> ways_near(town, np.array([47.0]), np.array([11.0])).is_trail.tolist()
    [True]
    >>> folder.cleanup()
    """
    known = np.isfinite(latitude) & np.isfinite(longitude)
    found = [np.empty((0, 5))]
    if known.any():
        lat, lon = (
            np.rint(axis[known] / _UNIT).astype(np.int64)
            for axis in (latitude, longitude)
        )
        cells = cells_around(lat, lon)
        # How many positions lie near each cell.
        per_cell = np.repeat(np.bincount(cells.visited), cells.around.shape[1])
        visits = as_floats(np.bincount(cells.around.ravel(), per_cell))
        for index in town.prepare():
            found.append(_pieces(index, cells.numbers, visits, most))
    rows = np.unique(np.concatenate(found), axis=0)
    return WaysNear(rows[:, :4], rows[:, 4] > 0)


def _pieces(index: TileIndex, numbers: Ints, visits: Floats, most: int) -> Floats:
    """Return a row for each piece: its ends [deg], and 1 for a trail."""
    try:
        owner, pieces = index.pieces(numbers)
    except CorruptIndexError:
        return np.empty((0, 5))
    if len(pieces) > most:
        kept = np.argsort(-visits[owner], kind="stable")[:most]
        pieces = pieces[kept]
    return np.column_stack([_ends(pieces), _trails(index)[pieces["tags"]]])


def _ends(pieces: NDArray[np.void]) -> Floats:
    return np.column_stack([pieces[name] * _UNIT for name in _ENDS])


def _trails(index: TileIndex) -> Floats:
    """Return for each set of tags 1 for a trail, else 0."""
    return np.array(
        [float(ground_of(tags).rule.p_trail > 0.5) for tags in index.tags]
    )
