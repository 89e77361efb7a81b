"""Small maps with ways at known places, and runs along lines, in metres about one point."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.geo import EARTH_RADIUS
from trailstats.model.activity import Activity, ActivityMeta

LATITUDE, LONGITUDE = 47.0, 11.0

Line = Sequence[tuple[float, float]]
Ways = dict[int, tuple[dict[str, str], Line]]

ROAD = {"highway": "residential", "surface": "asphalt"}
PATH = {"highway": "path", "surface": "dirt"}


def degrees(
    x: np.ndarray | float, y: np.ndarray | float
) -> tuple[np.ndarray, np.ndarray]:
    """Return latitude and longitude of places east and north of the middle [m]."""
    narrow = np.cos(np.radians(LATITUDE))
    return (
        LATITUDE + np.degrees(np.asarray(y) / EARTH_RADIUS),
        LONGITUDE + np.degrees(np.asarray(x) / EARTH_RADIUS / narrow),
    )


def write_map(
    path: Path, ways: Ways, *, lost: frozenset[tuple[float, float]] = frozenset()
) -> Path:
    """Write ways as OSM XML: equal places are one node, and lost ones are left out, as at the
    border of an extract.
    """
    places = list(
        dict.fromkeys(place for _, line in ways.values() for place in line)
    )
    number = {place: i for i, place in enumerate(places, 1)}
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    for place, i in number.items():
        if place not in lost:
            lat, lon = degrees(*place)
            lines.append(
                f'<node id="{i}" version="1" lat="{lat:.7f}" lon="{lon:.7f}"/>'
            )
    for way, (tags, line) in sorted(ways.items()):
        lines.append(f'<way id="{way}" version="1">')
        lines += [f'<nd ref="{number[place]}"/>' for place in line]
        lines += [
            f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()
        ]
        lines.append("</way>")
    path.write_text("\n".join([*lines, "</osm>\n"]), encoding="utf-8")
    return path


def run_over(
    line: Line,
    *,
    speed: float = 3.0,
    error: float = 0.0,
    seed: int = 0,
    source: str = "run.gpx",
) -> Activity:
    """Return a run along a line, a position each second, off by a slowly changing error of this
    size [m].
    """
    points = np.array(line, float)
    length = np.append(0.0, np.cumsum(np.hypot(*np.diff(points, axis=0).T)))
    along = np.arange(0.0, length[-1], speed)
    x, y = (np.interp(along, length, points[:, i]) for i in (0, 1))
    if error:
        rng = np.random.default_rng(seed)
        kernel = np.exp(-(np.arange(-60, 61) ** 2) / (2 * 15.0**2))
        for axis in (x, y):
            noise = np.convolve(rng.normal(size=len(axis) + 120), kernel, "valid")
            axis += noise / np.sqrt((kernel**2).sum()) * error / np.sqrt(2)
    lat, lon = degrees(x, y)
    start = pd.Timestamp("2026-03-01T08:00:00Z")
    index = pd.DatetimeIndex(
        start + pd.to_timedelta(np.arange(len(x)), unit="s"), name="time"
    ).as_unit("ns")
    meta = ActivityMeta(
        source=source, format="gpx", sport="running", start_time=index[0]
    )
    return Activity(
        schema.RECORDS.frame({"latitude": lat, "longitude": lon}, index), meta
    )
