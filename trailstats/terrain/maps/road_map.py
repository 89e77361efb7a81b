"""`RoadMap`: local map extracts, indexed once, and the ways that a run followed on them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Floats, Ints
from trailstats.boundary import configuring, shown
from trailstats.cache import cache_folder
from trailstats.cleaning import clean
from trailstats.errors import ConfigError, WriteError
from trailstats.geo import step_lengths
from trailstats.model.activity import Activity, CleanActivity
from trailstats.terrain.maps._candidates import (
    METRES,
    Candidates,
    find_candidates,
    reach_at,
)
from trailstats.terrain.maps._extract import build_index
from trailstats.terrain.maps._index import CorruptIndexError, TileIndex, tile_of
from trailstats.terrain.maps._matching import MATCH_RULES, MatchRules, follow
from trailstats.terrain.maps._tags import RULES, Ground, ground_of

__all__ = ["SPACING", "MapMatch", "RoadMap"]


SPACING = 10.0
"""Distance between the points that are matched [m], our choice: about what a receiver resolves."""

LONGEST_GAP = 100.0
"""Positions further apart than this are not joined, along the run or as the crow flies [m]
(our choice).
"""

DIRECTION_OVER = 20.0
"""The direction of travel is that of the chord from so far before to so far behind a point [m]
(our choice).
"""


@dataclass(frozen=True, eq=False)
class MapMatch:
    """The ways that a run followed, at points along it.

    Attributes
    ----------
    distance : numpy.ndarray, shape (n,)
        Distance since the start, every `SPACING` metres [m].
    way : numpy.ndarray of int, shape (n,)
        Id of the way on the most likely sequence of ways; 0 where none is followed.
    offset : numpy.ndarray, shape (n,)
        Distance from that way [m]; NaN where there is none.
    confidence : numpy.ndarray, shape (n,)
        Probability of that way, or of none, given the whole track.
    p_trail : numpy.ndarray, shape (n,)
        Probability of trail: the mean over the ways that may have been followed, each by its tags.
        NaN where it is more likely that none was.
    technical : numpy.ndarray, shape (n,)
        Probability of technical ground, likewise; NaN where no tag speaks of it.
    tags : dict of int to dict
        Tags of every way in ``way``, as far as they are read.
    """

    distance: Floats
    way: Ints
    offset: Floats
    confidence: Floats
    p_trail: Floats
    technical: Floats
    tags: dict[int, dict[str, str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether any point lies on a way."""
        return bool((self.way != 0).any())

    def ground(self, way: int) -> Ground:
        """Return what the tags of one of the ways say."""
        return ground_of(self.tags[way])

    def to_frame(self) -> pd.DataFrame:
        """Return the points as a table, with the name of the rule that each way's tags met."""
        names = {way: self.ground(way).rule.name for way in self.tags}
        columns = (
            "distance",
            "way",
            "offset",
            "confidence",
            "p_trail",
            "technical",
        )
        table = pd.DataFrame({c: getattr(self, c) for c in columns})
        return table.assign(
            rule=[names.get(way, "") for way in self.way.tolist()]
        )


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
            Without points when the activity has no positions.

        Raises
        ------
        ConfigError, MissingExtraError, WriteError
            See `prepare`.
        """
        return self.match_positions(*_points_along(clean(activity)), rules=rules)

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
        east = np.diff(lon) * METRES * np.cos(np.radians(latitude[:-1]))
        north = np.diff(lat) * METRES
        pieces, sets = self._pieces_near(lat, lon)
        direction = _direction_of_travel(lat, lon)
        found = find_candidates(
            lat, lon, direction, pieces, rules.spread, rules.turned
        )
        if not len(found.way):
            none = np.empty(0)
            return MapMatch(none, np.empty(0, np.int64), none, none, none, none)
        joined = np.hypot(east, north) <= LONGEST_GAP
        choice, probability = follow(found, (east, north), joined, rules)
        return _match_of(distance, found, choice, probability, sets)

    def _pieces_near(
        self, lat: Floats, lon: Floats
    ) -> tuple[NDArray[np.void], list[dict[str, str]]]:
        """Return the pieces of ways in the tiles near some positions [1e-7 deg], and the sets of
        tags.
        """
        placed = np.isfinite(lat) & np.isfinite(lon)
        north, east = (np.rint(v[placed]).astype(np.int64) for v in (lat, lon))
        tall, wide = reach_at(north)
        rows = np.add.outer((-tall, tall), north)[:, None]
        columns = np.add.outer((-wide, wide), east)
        tiles = np.unique(tile_of(rows, columns))
        found: list[NDArray[np.void]] = []
        sets: list[dict[str, str]] = []
        for number, index in enumerate(self.prepare()):
            try:
                pieces = index.pieces(tiles)
            except CorruptIndexError:
                index = self._rebuild(number)
                pieces = index.pieces(tiles)
            if sets:
                pieces["tags"] += len(sets)
            found.append(pieces)
            sets += index.tags
        return np.concatenate(found), sets

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
            f"{path.parent}: the map's index can't be written: {error.strerror or error}"
        ) from error
    return TileIndex(path)


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


def _match_of(
    distance: Floats,
    found: Candidates,
    choice: Ints,
    probability: Floats,
    sets: list[dict[str, str]],
) -> MapMatch:
    n, width = found.way.shape
    row = np.arange(n)
    # Many ways share one set of tags.
    numbers, shared = np.unique(found.tags, return_inverse=True)
    ground_by_set = [ground_of(sets[number]) for number in numbers.tolist()]
    grounds = [ground_by_set[number] for number in shared.tolist()]
    trail = np.array([ground.rule.p_trail for ground in grounds] + [0.0])
    rough = np.array([ground.technical for ground in grounds] + [np.nan])
    on_way = choice < width
    column = np.minimum(choice, width - 1)
    way = np.where(on_way, found.way[row, column], -1)
    weight = np.where(found.way >= 0, probability[:, :-1], 0.0)
    spoken = np.where(np.isnan(rough[found.way]), 0.0, weight)
    known = spoken.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        p_trail = (weight * trail[found.way]).sum(axis=1) / weight.sum(axis=1)
        technical = (spoken * np.nan_to_num(rough[found.way])).sum(axis=1) / known
    ids = np.append(found.ids, 0)
    used = np.unique(way[way >= 0])
    return MapMatch(
        distance=distance,
        way=ids[way],
        offset=np.where(on_way, found.offset[row, column], np.nan),
        confidence=probability[row, choice],
        p_trail=np.where(probability[:, -1] > 0.5, np.nan, p_trail),
        technical=np.where(known > 0.5, technical, np.nan),
        tags={int(found.ids[i]): sets[int(found.tags[i])] for i in used.tolist()},
    )
