"""The regions of a provider of extracts, and the smallest set of them that holds some tiles."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Flags, Floats
from trailstats.errors import DownloadError
from trailstats.terrain.maps.fetching._areas import Area, Box

__all__ = ["Region", "choose_regions", "read_regions"]


@dataclass(frozen=True, eq=False)
class Region:
    """A region of which there is an extract.

    Attributes
    ----------
    id, name : str
    parent : str
        Id of the region that it is a part of, empty without one.
    url : str
        Of its extract as ``.osm.pbf``.
    rings : tuple of numpy.ndarray, shape (n, 2)
        Its border, longitude and latitude [deg]; of two rings within each other the inner one is a
        hole.
    """

    id: str
    name: str
    parent: str
    url: str
    rings: tuple[Floats, ...]

    @property
    def box(self) -> Box:
        """The box around the border."""
        points = np.concatenate(self.rings)
        west, south = points.min(axis=0).tolist()
        east, north = points.max(axis=0).tolist()
        return Box(south, west, north, east)

    @property
    def size(self) -> float:
        """Area within the border, each degree of longitude at its latitude [deg2]."""
        total = 0.0
        for ring in self.rings:
            x = ring[:, 0] * np.cos(np.radians(ring[:, 1].mean()))
            y = ring[:, 1]
            total += (
                abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))))
                / 2
            )
        return total

    def holds(self, latitude: Floats, longitude: Floats) -> Flags:
        """Return which positions [deg] lie within the border, by the even-odd rule."""
        inside = np.zeros(len(latitude), dtype=bool)
        box = self.box
        near = (latitude >= box.south) & (latitude <= box.north)
        near &= (longitude >= box.west) & (longitude <= box.east)
        if not near.any():
            return inside
        y = latitude[near][:, None]
        x = longitude[near][:, None]
        crossings = np.zeros(len(y), dtype=np.int64)
        for ring in self.rings:
            x1, y1 = ring.T
            x2, y2 = np.roll(ring, -1, axis=0).T
            spans = (y1 > y) != (y2 > y)
            rise = np.where(y2 == y1, 1.0, y2 - y1)
            crossing = x1 + (y - y1) * (x2 - x1) / rise
            crossings += (spans & (x < crossing)).sum(axis=1)
        inside[near] = crossings % 2 == 1
        return inside


def read_regions(text: bytes) -> list[Region]:
    """Return the regions of an index in the form that Geofabrik publishes.

    Parameters
    ----------
    text : bytes
        A GeoJSON feature collection; each feature has ``id``, ``name``, ``parent`` and
        ``urls.pbf``, and polygons as geometry. Features without an extract or a border are left
        out.

    Raises
    ------
    DownloadError
        When it is something else.
    """
    try:
        features = json.loads(text)["features"]
        regions = [_region(feature) for feature in features]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DownloadError(
            "the index of regions is not in the form expected"
        ) from error
    found = [region for region in regions if region is not None]
    if not found:
        raise DownloadError("the index of regions names no extract")
    return found


def choose_regions(
    regions: Sequence[Region], area: Area
) -> tuple[list[tuple[Region, Area]], Area]:
    """Return the smallest regions that hold some tiles.

    A region whose tiles the others of the choice hold as well is left out.

    Parameters
    ----------
    regions : sequence of Region
    area : Area

    Returns
    -------
    chosen : list of (Region, Area)
        The regions with the tiles that each holds, from the most tiles on.
    outside : Area
        The tiles that none holds.
    """
    latitude, longitude = area.centres
    by_id = {region.id: region for region in regions}
    held = np.zeros(len(area), dtype=bool)
    chosen: dict[str, Flags] = {}
    for region in sorted(regions, key=lambda region: region.size):
        inside = _data_at(region, by_id, latitude, longitude)
        if (inside & ~held).any():
            chosen[region.id] = inside
            held |= inside
    # From the largest on: a country goes where its parts hold all that is needed of it.
    for name in reversed(list(chosen)):
        others = [inside for other, inside in chosen.items() if other != name]
        if others and np.array_equal(np.logical_or.reduce(others), held):
            del chosen[name]
    found = [
        (by_id[name], area.within(inside)) for name, inside in chosen.items()
    ]
    found.sort(key=lambda pair: -len(pair[1]))
    return found, area.within(~held)


def _data_at(
    region: Region,
    by_id: Mapping[str, Region],
    latitude: Floats,
    longitude: Floats,
) -> Flags:
    """Return at which positions an extract has data.

    An extract is cut from that of its parent, and where the parent ends its own border is drawn
    coarsely, beyond the data.
    """
    inside = region.holds(latitude, longitude)
    seen = {region.id}
    while (
        parent := by_id.get(region.parent)
    ) is not None and parent.id not in seen:
        inside &= parent.holds(latitude, longitude)
        seen.add(parent.id)
        region = parent
    return inside


def _region(feature: dict[str, dict[str, object]]) -> Region | None:
    facts = feature["properties"]
    urls = facts.get("urls")
    url = urls.get("pbf") if isinstance(urls, dict) else None
    geometry = feature.get("geometry") or {}
    polygons = geometry.get("coordinates") or []
    if geometry.get("type") == "Polygon":
        polygons = [polygons]
    rings = [
        np.asarray(ring, dtype=np.float64)[:, :2]
        for polygon in polygons  # type: ignore[attr-defined]
        for ring in polygon
    ]
    if not isinstance(url, str) or not rings:
        return None
    return Region(
        id=str(facts["id"]),
        name=str(facts.get("name", facts["id"])),
        parent=str(facts.get("parent") or ""),
        url=url,
        rings=tuple(rings),
    )
