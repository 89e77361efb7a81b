"""`RoadMap`: local map extracts, indexed once, and the ways that a run followed on them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Floats, Ints
from trailstats.boundary import configuring, reason_of, shown
from trailstats.cache import cache_folder
from trailstats.cleaning import clean
from trailstats.errors import ConfigError, WriteError
from trailstats.geo import step_lengths
from trailstats.model.activity import Activity, CleanActivity
from trailstats.terrain.maps._candidates import (
    METRES,
    Cells,
    Surroundings,
    cells_around,
    find_candidates,
)
from trailstats.terrain.maps._extract import build_index
from trailstats.terrain.maps._index import (
    Area,
    Bounds,
    CorruptIndexError,
    TileIndex,
    cell_of,
    tile_of,
)
from trailstats.terrain.maps._matching import follow
from trailstats.terrain.maps._rules import MATCH_RULES, MatchRules
from trailstats.terrain.maps._tags import RULES
from trailstats.terrain.maps.attribution import attribution_of
from trailstats.terrain.maps.map_match import MapMatch, match_of

__all__ = ["SPACING", "RoadMap"]


SPACING = 10.0
"""Distance between the points that are matched [m], our choice: about what a receiver resolves."""

LONGEST_GAP = 100.0
"""Positions further apart than this are not joined, along the run or as the crow flies [m]
(our choice).
"""

MARGIN = 10_000
"""So far around a run an extract is looked at [1e-7 deg]: about 100 m, more than a way is looked
for.
"""

DIRECTION_OVER = 20.0
"""The direction of travel is that of the chord from so far before to so far behind a point [m]
(our choice).
"""


class RoadMap:
    """Local OpenStreetMap extracts as evidence for road or trail.

    Each extract is read once; what is needed of it is kept in an index on disk, of which later only
    the tiles near a run are read. The object holds paths and can be sent to other processes.

    Parameters
    ----------
    extracts : path, or an iterable of paths
        ``.osm.pbf``, ``.osm`` or ``.osm.gz``. Where they overlap, the first one's tags count.
    cache : path, optional
        Folder of the indexes; by default ``maps`` in the user's cache folder for this program.
    fallback : bool
        Whether it gives way to the extracts that an athlete's profile names.

    Raises
    ------
    ConfigError
        When there is no such file.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import trailstats as ts
    >>> folder = tempfile.TemporaryDirectory()
    >>> extract = Path(folder.name, "town.osm")
    >>> extract.write_text(
    ...     "<osm version='0.6'><node id='1' version='1' lat='47.0' lon='11.0'/>"
    ...     "<node id='2' version='1' lat='47.1' lon='11.0'/><way id='3' version='1'>"
    ...     "<nd ref='1'/><nd ref='2'/><tag k='highway' v='path'/></way></osm>"
    ... )
    204
    >>> town = ts.RoadMap(extract, cache=folder.name)
    >>> town.match(ts.read("data/samples/odd/two-tracks.gpx")).way.any()
    np.False_
    >>> folder.cleanup()
    """

    def __init__(
        self,
        extracts: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
        *,
        cache: str | os.PathLike[str] | None = None,
        fallback: bool = False,
    ) -> None:
        many = (
            [extracts]
            if isinstance(extracts, str | os.PathLike)
            else list(extracts)
        )
        self.extracts = tuple(
            dict.fromkeys(Path(path).expanduser().absolute() for path in many)
        )
        self.cache = (
            cache_folder() / "maps"
            if cache is None
            else Path(cache).expanduser().absolute()
        )
        self.fallback = fallback
        self._indexes: tuple[TileIndex, ...] | None = None
        if not self.extracts:
            raise ConfigError("a map needs at least one extract")
        for path in self.extracts:
            with configuring(shown(path)):
                if not path.is_file():
                    raise ConfigError(f"{path}: there is no such map extract")

    def __repr__(self) -> str:
        return f"RoadMap({[str(path) for path in self.extracts]!r})"

    def __getstate__(self) -> dict[str, object]:
        return self.__dict__ | {"_indexes": None}

    @property
    def fingerprint(self) -> str:
        """What the evidence depends on: the extracts' content and the table of tags, as a text of
        32 digits.

        Raises
        ------
        ConfigError, MissingExtraError, WriteError
            See `prepare`.
        """
        digests = [index.digest for index in self.prepare()]
        parts = [*digests, repr(RULES), repr(MATCH_RULES)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    def prepare(self) -> tuple[TileIndex, ...]:
        """Return the indexes, made first where they are not there or damaged.

        Raises
        ------
        MissingExtraError
            When an index has to be made and the package osmium is not installed.
        ConfigError
            When an extract can't be read or holds no ways.
        WriteError
            When the folder of the indexes can't be written to.
        """
        if self._indexes is None:
            self._indexes = tuple(self._open(path) for path in self.extracts)
        return self._indexes

    def match(
        self, activity: Activity, *, rules: MatchRules = MATCH_RULES
    ) -> MapMatch:
        """Return the ways that a run followed.

        Parameters
        ----------
        activity : Activity
            One as read is cleaned first.
        rules : MatchRules, optional

        Returns
        -------
        MapMatch
            Without points when the activity has no positions, or none where the extracts have ways.

        Raises
        ------
        ConfigError, MissingExtraError, WriteError
            See `prepare`.
        """
        run = clean(activity)
        bounds = _bounds_of(run.columns["latitude"], run.columns["longitude"])
        if not any(index.bounds.meets(bounds) for index in self.prepare()):
            return MapMatch.nowhere()
        return self.match_positions(*_points_along(run), rules=rules)

    def coverage(self, activity: Activity) -> float:
        """Return the share of an activity's positions that lie where the extracts have ways.

        Parameters
        ----------
        activity : Activity

        Returns
        -------
        float
            In tiles of 0.02 degrees; NaN without positions.

        Raises
        ------
        ConfigError, MissingExtraError, WriteError
            See `prepare`.
        """
        records = activity.records
        lat, lon = (
            records[c].to_numpy() * 1e7 for c in ("latitude", "longitude")
        )
        known = np.isfinite(lat) & np.isfinite(lon)
        if not known.any():
            return float("nan")
        tiles = tile_of(
            cell_of(*(np.rint(v[known]).astype(np.int64) for v in (lat, lon)))
        )
        return self._covered(tiles)

    def _covered(self, tiles: Ints) -> float:
        held = [index.has_tiles(tiles) for index in self.prepare()]
        return float(np.any(held, axis=0).mean())

    def match_positions(
        self,
        distance: Floats,
        latitude: Floats,
        longitude: Floats,
        *,
        rules: MatchRules = MATCH_RULES,
    ) -> MapMatch:
        """Return the ways that positions followed.

        Parameters
        ----------
        distance : numpy.ndarray, shape (n,)
            Distance since the start, in steps of `SPACING` [m].
        latitude, longitude : numpy.ndarray, shape (n,)
            WGS 84 [deg]; NaN where there is no position.
        rules : MatchRules, optional

        Returns
        -------
        MapMatch
        """
        lat, lon = latitude * 1e7, longitude * 1e7
        placed = np.isfinite(lat) & np.isfinite(lon)
        north, east = (np.rint(v[placed]).astype(np.int64) for v in (lat, lon))
        cells = cells_around(north, east)
        used = self._meeting(np.unique(tile_of(cells.numbers)))
        if not used:
            return MapMatch.nowhere()
        near, sets = self._near(used, cells, _bounds_of(latitude, longitude))
        found = find_candidates(
            (lat, lon), _direction_of_travel(lat, lon), cells, near, rules
        )
        step = np.diff(lon) * np.cos(np.radians(latitude[:-1])), np.diff(lat)
        step = step[0] * METRES, step[1] * METRES
        joined = np.hypot(*step) <= LONGEST_GAP
        match = match_of(
            distance, found, follow(found, step, joined, rules), sets
        )
        return replace(
            match,
            covered=self._covered(tile_of(cell_of(north, east))),
            attribution=self._attribution(used),
        )

    def _meeting(self, tiles: Ints) -> list[int]:
        """Return the numbers of the extracts that have a way in some tiles."""
        return [
            number
            for number, index in enumerate(self.prepare())
            if index.has_tiles(tiles).any()
        ]

    def _attribution(self, used: Sequence[int]) -> str:
        """Return what has to stand where something from some of the extracts is shown."""
        return attribution_of(
            (self.extracts[i].name.partition(".")[0], self.prepare()[i].date)
            for i in used
        )

    def _near(
        self, used: Sequence[int], cells: Cells, bounds: Bounds
    ) -> tuple[Surroundings, list[dict[str, str]]]:
        """Return what some of the extracts hold near a track, and the sets of tags."""
        places: list[Ints] = []
        found: list[NDArray[np.void]] = []
        areas: list[Area] = []
        sets: list[dict[str, str]] = []
        for number in used:
            index = self.prepare()[number]
            try:
                place, pieces = index.pieces(cells.numbers)
            except CorruptIndexError:
                index = self._rebuild(number)
                place, pieces = index.pieces(cells.numbers)
            pieces["tags"] += len(sets)
            places.append(place)
            found.append(pieces)
            areas += [
                replace(area, tags=area.tags + len(sets))
                for area in index.areas(bounds)
            ]
            sets += index.tags
        place = np.concatenate(places)
        count = np.bincount(place, minlength=len(cells.numbers))
        pieces = np.concatenate(found)[np.argsort(place, kind="stable")]
        return Surroundings(pieces, np.cumsum(count) - count, count, areas), sets

    def _open(self, extract: Path) -> TileIndex:
        path = self.index_path(extract)
        try:
            return TileIndex(path)
        except CorruptIndexError:
            return _build(extract, path)

    def _rebuild(self, number: int) -> TileIndex:
        """Return an extract's index, made anew."""
        extract = self.extracts[number]
        indexes = list(self.prepare())
        indexes[number] = _build(extract, self.index_path(extract))
        self._indexes = tuple(indexes)
        return indexes[number]

    def index_path(self, extract: Path) -> Path:
        """Return where the index of an extract lies: another size or time of change is another
        extract.
        """
        with configuring(shown(extract)):
            facts = extract.stat()
        text = f"{extract.resolve()}\n{facts.st_size}\n{facts.st_mtime_ns}"
        key = hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()
        return self.cache / f"{extract.name.partition('.')[0]}-{key[:16]}.index"


def _build(extract: Path, path: Path) -> TileIndex:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        build_index(extract, path)
    except OSError as error:
        raise WriteError(
            f"{path.parent}: the map's index can't be written: {reason_of(error)}"
        ) from error
    return TileIndex(path)


def _bounds_of(latitude: Floats, longitude: Floats) -> Bounds:
    """Return the box around some positions [deg], and `MARGIN` beyond; one that meets nothing
    without any.
    """
    known = np.isfinite(latitude) & np.isfinite(longitude)
    if not known.any():
        return Bounds(1, 1, 0, 0)
    lat, lon = latitude[known] * 1e7, longitude[known] * 1e7
    return Bounds(
        int(lat.min()) - MARGIN,
        int(lon.min()) - MARGIN,
        int(lat.max()) + MARGIN,
        int(lon.max()) + MARGIN,
    )


def _points_along(run: CleanActivity) -> tuple[Floats, Floats, Floats]:
    """Return points every `SPACING` metres along a run, and their positions, NaN inside gaps."""
    d = run.track_column("distance")
    lat, lon = run.columns["latitude"], run.columns["longitude"]
    # Of samples at the same distance interpolation needs one: the last.
    known = np.isfinite(lat) & np.isfinite(lon) & np.append(np.diff(d) > 0, True)
    if known.sum() < 2:
        return np.empty(0), np.empty(0), np.empty(0)
    at = np.arange(SPACING / 2, d[-1], SPACING)
    d, lat, lon = d[known], lat[known], lon[known]
    after = np.clip(np.searchsorted(d, at), 1, len(d) - 1)
    # Cleaning may have left a jump out of the distance, so the positions themselves have to be
    # near, too.
    apart = np.maximum(np.diff(d), step_lengths(lat, lon)[1:])
    joined = apart[after - 1] <= LONGEST_GAP
    # Across the date line there is nothing between two positions either.
    joined &= np.abs(lon[after] - lon[after - 1]) < 180.0
    joined &= (at >= d[0]) & (at <= d[-1])
    north, east = (
        np.where(joined, np.interp(at, d, v), np.nan) for v in (lat, lon)
    )
    return at, north, east


def _direction_of_travel(lat: Floats, lon: Floats) -> Floats:
    """Return the direction of travel at each point, NaN where it stands still or has no
    neighbours.
    """
    reach = round(DIRECTION_OVER / SPACING)
    if not len(lat):
        return np.empty(0)
    y, x = (np.pad(v, reach, mode="edge") for v in (lat, lon))
    dy, dx = (v[2 * reach :] - v[: -2 * reach] for v in (y, x))
    dx = dx * np.cos(np.radians(lat * 1e-7))
    moved = np.hypot(dx, dy) * METRES > SPACING / 2
    return np.where(moved, np.arctan2(dy, dx), np.nan)
