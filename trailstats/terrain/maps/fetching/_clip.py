"""Cutting out of an extract what lies near the recordings, in a stream."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from trailstats.boundary import reason_of
from trailstats.errors import ConfigError, MissingExtraError, WriteError
from trailstats.terrain.maps._tags import AREAS, is_ground
from trailstats.terrain.maps.fetching._areas import SIDE, Area

__all__ = ["check_osmium", "clip"]


def clip(extract: Path, area: Area, target: Path, date: str) -> int:
    """Write the ways of an extract that touch some tiles, with all their points.

    Parameters
    ----------
    extract : Path
        ``.osm.pbf``, ``.osm`` or ``.osm.gz``, nodes before ways.
    area : Area
    target : Path
        ``.osm.pbf``; written beside its place and moved there when complete.
    date : str
        Day that the data are of, ``YYYY-MM-DD``, which the clip will state; empty for none.

    Returns
    -------
    int
        Number of ways.

    Raises
    ------
    MissingExtraError
        Without the package osmium.
    ConfigError
        When the extract can't be read.
    WriteError
        When the target can't be written.

    Notes
    -----
    Positions of nodes wait in a temporary file beside the target, 16 bytes each.
    """
    osmium = _osmium()
    tiles = set(zip(area.rows.tolist(), area.columns.tolist(), strict=True))
    try:
        folder = tempfile.TemporaryDirectory(
            dir=target.parent, prefix=f".{target.name}."
        )
    except OSError as error:
        raise WriteError(
            f"{target.parent}: can't be written to: {reason_of(error)}"
        ) from error
    count = 0
    with folder as name:
        made, dated = (
            Path(name) / f"{part}.osm.pbf" for part in ("clip", "dated")
        )
        storage = f"sparse_file_array,{Path(name) / 'nodes'}"
        try:
            ways = osmium.FileProcessor(str(extract)).with_locations(storage)
            ways = ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            ways = ways.with_filter(osmium.filter.KeyFilter("highway", *AREAS))
            with osmium.BackReferenceWriter(str(made), str(extract)) as writer:
                for way in ways:
                    if is_ground(way.tags) and _touches(way, tiles):
                        writer.add(way)
                        count += 1
            _copy_with_date(made, dated, date)
        except (RuntimeError, ValueError, OSError) as error:
            raise ConfigError(
                f"{extract}: is no readable map extract: {error}"
            ) from error
        dated.replace(target)
    return count


def _copy_with_date(made: Path, target: Path, date: str) -> None:
    """Copy a clip, which holds no header of its own, with the day of its data."""
    osmium = _osmium()
    header = osmium.io.Header()
    if date:
        header.set("osmosis_replication_timestamp", f"{date}T00:00:00Z")
    with osmium.SimpleWriter(str(target), header=header) as writer:
        for item in osmium.FileProcessor(str(made)):
            writer.add(item)


def check_osmium() -> None:
    """Make sure that what is fetched can be read, before it is fetched.

    Raises
    ------
    MissingExtraError
        Without the package osmium.
    """
    _osmium()


def _touches(way: Any, tiles: set[tuple[int, int]]) -> bool:  # noqa: ANN401 - osmium's own type
    """Whether a point of a way lies in one of the tiles."""
    for node in way.nodes:
        place = node.location
        if (
            place.valid()
            and (int(place.lat // SIDE), int(place.lon // SIDE)) in tiles
        ):
            return True
    return False


def _osmium() -> Any:  # noqa: ANN401 - the module
    try:
        import osmium
    except ImportError as error:
        raise MissingExtraError("osmium", "osm") from error
    return osmium
