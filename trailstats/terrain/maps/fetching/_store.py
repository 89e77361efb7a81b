"""The maps that were fetched: small clips with their source, date and licence beside them."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from trailstats.boundary import reason_of
from trailstats.cache import cache_folder, data_folder
from trailstats.errors import ConfigError, WriteError
from trailstats.terrain.maps.fetching._areas import Area
from trailstats.terrain.maps.road_map import RoadMap

__all__ = ["LICENCE", "MapStore", "StoredMap"]

LICENCE: Final = "ODbL 1.0"
_LOCK: Final = ".lock"


@dataclass(frozen=True)
class StoredMap:
    """One clip.

    Attributes
    ----------
    name : str
        Of the region, as in the file's name.
    source : str
        Address that it came from.
    date : str
        Day that the data are of, ``YYYY-MM-DD``.
    licence : str
    mark : str
        The server's mark of the version (ETag), empty where it gave none.
    ways : int
        Number of ways.
    tiles : tuple of (int, int)
        Rows and columns of the tiles that it holds; see `Area`.
    """

    name: str
    source: str
    date: str
    licence: str
    mark: str
    ways: int
    tiles: tuple[tuple[int, int], ...]

    @property
    def area(self) -> Area:
        """The tiles that it holds."""
        rows, columns = np.array(self.tiles, dtype=np.int64).reshape(-1, 2).T
        return Area(rows, columns)

    def to_dict(self) -> dict[str, object]:
        """Return what a person asks of it, as plain values."""
        facts = {
            name: getattr(self, name)
            for name in ("name", "source", "date", "licence", "ways")
        }
        return facts | {"square_metres": self.area.square_metres}


class MapStore:
    """A folder of clips.

    Parameters
    ----------
    folder : path, optional
        By default ``maps`` in the user's folder for data of this program.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self.folder = data_folder() / "maps" if folder is None else Path(folder)

    def path_of(self, name: str) -> Path:
        """Return where the clip of a name lies.

        Raises
        ------
        ConfigError
            When it is no name of a region.
        """
        if not re.fullmatch(r"[\w-]+", name):
            raise ConfigError(
                f"{name!r} is no name of a map: letters, digits, - and _"
            )
        return self.folder / f"{name}.osm.pbf"

    def maps(self) -> list[StoredMap]:
        """Return the clips by name; what lacks its facts, or can't be read, is left out."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            try:
                facts = json.loads(path.read_text(encoding="utf-8"))
                tiles = tuple(
                    (int(row), int(column)) for row, column in facts.pop("tiles")
                )
                stored = StoredMap(**facts, tiles=tiles)
            except (OSError, ValueError, TypeError, KeyError):
                continue
            if self.path_of(stored.name).is_file():
                found.append(stored)
        return found

    def missing(self, area: Area) -> Area:
        """Return the tiles that no clip holds."""
        held = np.zeros(len(area), dtype=bool)
        for stored in self.maps():
            held |= stored.area.holds(*area.centres)
        return area.within(~held)

    def road_map(self, cache: Path | None = None) -> RoadMap | None:
        """Return all clips as one map, None where there are none.

        It gives way to extracts that a profile names.
        """
        paths = [self.path_of(stored.name) for stored in self.maps()]
        return RoadMap(paths, cache=cache, fallback=True) if paths else None

    def add(self, stored: StoredMap, clip: Path) -> None:
        """Take a clip in, in place of an older one of the same name.

        Raises
        ------
        WriteError
            When the folder can't be written to.
        """
        target = self.path_of(stored.name)
        facts = target.parent / f"{stored.name}.json"
        try:
            draft = facts.with_suffix(".json.part")
            draft.write_text(
                json.dumps(asdict(stored), indent=1), encoding="utf-8"
            )
            clip.replace(target)
            draft.replace(facts)
        except OSError as error:
            raise WriteError(
                f"{self.folder}: can't be written to: {reason_of(error)}"
            ) from error
        self._prune(stored.name)

    def remove(self, name: str) -> None:
        """Delete a clip and what was made of it.

        Raises
        ------
        ConfigError
            When there is none of that name.
        WriteError
            When it can't be deleted.
        """
        path = self.path_of(name)
        facts = self.folder / f"{name}.json"
        if not path.exists() and not facts.exists():
            known = ", ".join(stored.name for stored in self.maps()) or "none"
            raise ConfigError(f"there is no map {name!r}; there: {known}")
        try:
            facts.unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        except OSError as error:
            raise WriteError(
                f"{path}: can't be deleted: {reason_of(error)}"
            ) from error
        self._prune(name)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from changing the folder meanwhile.

        Raises
        ------
        WriteError
            When another process is at it, or the folder can't be written to.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            stream = (self.folder / _LOCK).open("w")
        except OSError as error:
            raise WriteError(
                f"{self.folder}: can't be written to: {reason_of(error)}"
            ) from error
        with stream:
            # The system lets go of the lock when the process ends, however it does.
            if not _take(stream.fileno()):
                raise WriteError(
                    f"{self.folder}: another process is changing the maps"
                )
            yield

    def _prune(self, name: str) -> None:
        """Delete the indexes of earlier clips of a name."""
        path = self.path_of(name)
        current = RoadMap(path).index_path(path) if path.is_file() else None
        for index in (cache_folder() / "maps").glob(f"{name}-*.index"):
            if index != current:
                index.unlink(missing_ok=True)


def _take(number: int) -> bool:
    """Lock an open file for this process alone; whether that worked."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
