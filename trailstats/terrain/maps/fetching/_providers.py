"""Where extracts come from: what to ask for, and what the server learns by it."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from trailstats.errors import ConfigError, DownloadError
from trailstats.terrain.maps._extract import date_of
from trailstats.terrain.maps._tags import AREAS
from trailstats.terrain.maps.fetching._areas import Area, Box
from trailstats.terrain.maps.fetching._clip import check_osmium, clip
from trailstats.terrain.maps.fetching._http import Fetcher, Progress
from trailstats.terrain.maps.fetching._regions import (
    Region,
    choose_regions,
    read_regions,
)
from trailstats.terrain.maps.fetching._store import LICENCE, MapStore, StoredMap

__all__ = [
    "Download",
    "Provider",
    "Server",
    "fetch_map",
    "known_names",
    "server_of",
]

COARSE: Final = 0.1
"""Boxes are widened to multiples of this before a server is told them [deg]: about 10 km, so that
it doesn't learn where a run began (our choice)."""

LARGEST: Final = 3_000e6
"""Area of boxes up to which Overpass is asked [m2]; its rules ask to fetch more as an extract (our
choice)."""


class Provider(StrEnum):
    """Where maps are fetched from."""

    GEOFABRIK = "geofabrik"
    """Extracts of countries and regions; it learns the names of the regions."""
    OVERPASS = "overpass"
    """Single boxes; it learns boxes of about ten kilometres around the recordings."""


@dataclass(frozen=True)
class Download:
    """One thing to fetch.

    Attributes
    ----------
    name : str
        Of the map that it becomes.
    url : str
    area : Area
        Tiles that it is needed for.
    size : int or None
        What has to be fetched [bytes]; None where the server doesn't say.
    query : str
        What is asked there, empty for a file.
    """

    name: str
    url: str
    area: Area
    size: int | None = None
    query: str = ""


class Server(Protocol):
    """What both providers can do."""

    @property
    def base(self) -> str:
        """Address of the server."""

    @property
    def learns(self) -> str:
        """What it learns of the user."""

    def known_regions(self, store: MapStore) -> list[Region]:
        """Return the regions that are known without asking."""

    def downloads(
        self, area: Area, store: MapStore
    ) -> tuple[list[Download], Area]:
        """Return what to fetch for some tiles, and the tiles that can't be had."""

    def is_newer(self, download: Download, mark: str) -> bool:
        """Whether the server has another version than the one with this mark."""

    def fetch(
        self, download: Download, target: Path, progress: Progress | None
    ) -> tuple[str, str]:
        """Fetch one thing; return the server's mark, and the day that the data are of."""


@dataclass(frozen=True)
class Geofabrik:
    """Extracts of regions, as Geofabrik and its mirrors offer them.

    Attributes
    ----------
    base : str
        Address of the server.
    fetcher : Fetcher
    """

    base: str = "https://download.geofabrik.de"
    fetcher: Fetcher = field(default_factory=Fetcher)

    home = "https://download.geofabrik.de"
    learns = "your internet address and the names of the regions, nothing of your recordings"

    def known_regions(self, store: MapStore) -> list[Region]:
        """Return the regions of the index as it was last fetched; nothing is asked."""
        kept = store.folder / "regions.geojson"
        return read_regions(kept.read_bytes()) if kept.is_file() else []

    def downloads(
        self, area: Area, store: MapStore
    ) -> tuple[list[Download], Area]:
        """Ask which extracts hold some tiles; return them, and the tiles that none holds.

        Raises
        ------
        DownloadError, WriteError
            See `Fetcher`.
        """
        kept = store.folder / "regions.geojson"
        index = self.fetcher.document(f"{self.base}/index-v1.json", kept)
        chosen, outside = choose_regions(read_regions(index), area)
        found = []
        for region, inside in chosen:
            url = self._address(region)
            size = self.fetcher.head(url).size
            found.append(Download(_name(region.id), url, inside, size))
        return found, outside

    def is_newer(self, download: Download, mark: str) -> bool:
        """Whether the server has another version than the one with this mark."""
        return not mark or self.fetcher.head(download.url).mark != mark

    def fetch(
        self, download: Download, target: Path, progress: Progress | None
    ) -> tuple[str, str]:
        """Fetch an extract; return the server's mark, and the day that the data are of."""
        mark = self.fetcher.file(download.url, target, progress=progress)
        return mark, date_of(target)

    def _address(self, region: Region) -> str:
        """Return where a region's extract lies: on the same server as the index."""
        return region.url.replace(self.home, self.base, 1)


@dataclass(frozen=True)
class Overpass:
    """Boxes of the newest data, for recordings of a few places.

    Attributes
    ----------
    base : str
    fetcher : Fetcher
    """

    base: str = "https://overpass-api.de"
    fetcher: Fetcher = field(default_factory=Fetcher)

    learns = "your internet address and boxes of about ten kilometres around your recordings"

    def known_regions(self, store: MapStore) -> list[Region]:
        """Return no region: boxes are asked for as they are needed."""
        return []

    def downloads(
        self, area: Area, store: MapStore
    ) -> tuple[list[Download], Area]:
        """Return what to ask for; nothing is asked yet.

        Raises
        ------
        ConfigError
            When the boxes are too large for this server.
        """
        boxes = [_coarse(box) for box in area.boxes()]
        size = sum(_box_size(box) for box in boxes)
        if size > LARGEST:
            raise ConfigError(
                f"the recordings need {size / 1e6:,.0f} km2 of map; for more than "
                f"{LARGEST / 1e6:,.0f} use --provider {Provider.GEOFABRIK}"
            )
        url = f"{self.base}/api/interpreter"
        found = [
            Download(
                _box_name(box),
                url,
                area.within(area.inside([box])),
                query=_question(box),
            )
            for box in dict.fromkeys(boxes)
        ]
        return found, area.within(~area.inside(boxes))

    def is_newer(self, download: Download, mark: str) -> bool:
        """Return true: the newest data are asked for."""
        return True

    def fetch(
        self, download: Download, target: Path, progress: Progress | None
    ) -> tuple[str, str]:
        """Fetch a box; return no mark, and the day that the data are of."""
        self.fetcher.post(download.url, {"data": download.query}, target)
        with target.open("rb") as stream:
            head = stream.read(2000)
        if b"<osm" not in head:
            raise DownloadError(
                f"{download.url}: the server sent something else than a map"
            )
        stated = re.search(rb'osm_base="(\d{4}-\d\d-\d\d)', head)
        return "", stated[1].decode() if stated else ""


def server_of(
    provider: Provider | str, base_url: str | None, fetcher: Fetcher
) -> Server:
    """Return a provider's server.

    Parameters
    ----------
    provider : Provider or str
    base_url : str or None
        Another address of the same kind of server, such as a mirror.
    fetcher : Fetcher

    Raises
    ------
    ConfigError
        When there is no such provider.
    """
    kinds: dict[Provider, type[Geofabrik] | type[Overpass]] = {
        Provider.GEOFABRIK: Geofabrik,
        Provider.OVERPASS: Overpass,
    }
    try:
        kind = kinds[Provider(provider)]
    except ValueError:
        raise ConfigError(
            f"no provider {provider!r}; known: {', '.join(Provider)}"
        ) from None
    if base_url is None:
        return kind(fetcher=fetcher)
    return kind(base_url.rstrip("/"), fetcher)


def known_names(area: Area, store: MapStore | None = None) -> list[str]:
    """Return the names of the regions that hold some tiles, as far as they are known without asking
    a server.
    """
    regions = Geofabrik().known_regions(store or MapStore())
    return [region.name for region, _ in choose_regions(regions, area)[0]]


def fetch_map(
    download: Download,
    server: Server,
    store: MapStore,
    progress: Progress | None = None,
) -> StoredMap:
    """Fetch an extract, keep what lies near the recordings, and forget the rest.

    Parameters
    ----------
    download : Download
    server : Server
    store : MapStore
        Locked by the caller.
    progress : callable, optional

    Returns
    -------
    StoredMap

    Raises
    ------
    DownloadError, WriteError, ConfigError, MissingExtraError
        See `Fetcher.file` and `clip`.
    """
    check_osmium()
    kept = {stored.name: stored for stored in store.maps()}.get(download.name)
    area = download.area if kept is None else download.area.joined(kept.area)
    suffix = "osm" if download.query else "osm.pbf"
    # What was cut off stays in the folder, so that the next call goes on there.
    whole = store.folder / f".{download.name}.{suffix}"
    mark, date = server.fetch(download, whole, progress)
    with tempfile.TemporaryDirectory(dir=store.folder, prefix=".clip.") as folder:
        small = Path(folder) / f"{download.name}.osm.pbf"
        ways = clip(whole, area, small, date)
        tiles = tuple(zip(area.rows.tolist(), area.columns.tolist(), strict=True))
        stored = StoredMap(
            name=download.name,
            source=download.url,
            date=date,
            licence=LICENCE,
            mark=mark,
            ways=ways,
            tiles=tiles,
        )
        store.add(stored, small)
    whole.unlink()
    return stored


def _name(region: str) -> str:
    """Return a region's id as the name of a file."""
    return re.sub(r"[^\w-]+", "-", region)


def _coarse(box: Box) -> Box:
    low = np.floor(np.array(box[:2]) / COARSE + 1e-6) * COARSE
    high = np.ceil(np.array(box[2:]) / COARSE - 1e-6) * COARSE
    return Box(*(round(float(v), 6) for v in (*low, *high)))


def _box_size(box: Box) -> float:
    """Return the area of a box [m2]."""
    side = 111_195.0
    middle = np.radians((box.north + box.south) / 2)
    return float(
        (box.north - box.south)
        * (box.east - box.west)
        * side
        * side
        * np.cos(middle)
    )


def _box_name(box: Box) -> str:
    return "box_" + "_".join(
        f"{v:.1f}".replace(".", "-").replace("--", "-m") for v in box
    )


def _question(box: Box) -> str:
    """Return the query for the ways and areas of a box, with their points first."""
    where = f"({box.south},{box.west},{box.north},{box.east})"
    areas = "".join(
        f'way["{key}"~"^({"|".join(sorted(values))})$"]{where};'
        for key, values in AREAS.items()
    )
    return f'[out:xml][timeout:180];(way["highway"]{where};{areas});(._;>;);out body;'
