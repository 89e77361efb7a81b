"""Courses: a way to go, whether or not anyone has been there. Times are not needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trailstats.arrays import Floats
from trailstats.boundary import reading
from trailstats.errors import (
    NotAnActivityError,
    UnsupportedFormatError,
)
from trailstats.io.fit import read_parts
from trailstats.io.fit._records import read_records
from trailstats.io.fit._table import Table
from trailstats.io.formats import (
    HEAD,
    Format,
    ReadLimits,
    Source,
    bytes_of,
    name_of,
    sniff,
    unpack,
)
from trailstats.io.xml import gpx, read_document, tcx
from trailstats.io.xml._groups import Dialect, Document, Texts
from trailstats.io.xml._walk import walk

__all__ = ["CoursePoints", "Waypoint", "read_course"]

_POSITIONS = {
    "latitude": ("lat", "LatitudeDegrees"),
    "longitude": ("lon", "LongitudeDegrees"),
    "elevation": ("ele", "AltitudeMeters"),
}
_ROUTE = Dialect("gpx", "rte", "rtept", "time", frozenset(), ("gpx", "rte"))
_COURSE = Dialect(
    "tcx",
    "Course",
    "Trackpoint",
    "Time",
    frozenset({"Track"}),
    ("TrainingCenterDatabase", "Courses", "Course", "Track"),
)
_GPX_WAYPOINTS = Dialect("gpx", "gpx", "wpt", "time", frozenset(), ("gpx",))
_TCX_WAYPOINTS = replace(_COURSE, point="CoursePoint")
_COURSE_POINT = 32
"""FIT's number of the message, with its fields for latitude, longitude and name."""

_POINT_FIELDS = (2, 3, 6)


@dataclass(frozen=True)
class Waypoint:
    """A named place of a course.

    Attributes
    ----------
    name : str
    latitude, longitude : float
        WGS 84 [deg].
    """

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, eq=False)
class CoursePoints:
    """A course as its file has it.

    Attributes
    ----------
    name : str
    latitude, longitude : numpy.ndarray, shape (n,)
        WGS 84 [deg].
    elevation : numpy.ndarray, shape (n,)
        [m]; NaN where not stated.
    waypoints : tuple of Waypoint
    """

    name: str
    latitude: Floats
    longitude: Floats
    elevation: Floats
    waypoints: tuple[Waypoint, ...] = ()


def read_course(
    source: Source, *, limits: ReadLimits | None = None
) -> CoursePoints:
    """Read a course: the track or route of a GPX file, a course of a TCX or FIT file, or a run
    that was recorded.

    Parameters
    ----------
    source : str, path-like, bytes or binary stream
        Plain or compressed. The content decides the format.
    limits : ReadLimits, optional

    Returns
    -------
    CoursePoints
        Points with a position, in their order; several tracks one after the other.

    Raises
    ------
    ReadError
        As `read`; also where there are fewer than two positions.
    """
    limits = limits or ReadLimits()
    with reading(name_of(source)):
        data, _ = unpack(bytes_of(source, limits), limits)
        reader = sniff(data[:HEAD])
        if reader is None or not isinstance(reader.format, Format):
            raise UnsupportedFormatError("no FIT, GPX or TCX")
        found = _READERS[reader.format](data, limits.records)
        return _placed(found, reader.format)


def _placed(points: CoursePoints, kind: Format) -> CoursePoints:
    north, east = np.abs(points.latitude), np.abs(points.longitude)
    kept = (north <= 90.0) & (east <= 180.0)
    if kept.sum() < 2:
        raise NotAnActivityError(
            f"{int(kept.sum())} points with a position: no course",
            format=kind.value,
        )
    return replace(
        points,
        latitude=points.latitude[kept],
        longitude=points.longitude[kept],
        elevation=points.elevation[kept],
    )


def _gpx_course(data: bytes, most: int) -> CoursePoints:
    document = read_document(data, gpx.DIALECT, max_points=most)
    if not any(len(group) for group in document.groups):
        document = read_document(data, _ROUTE, max_points=most)
    names = ("trk/name", "rte/name", "metadata/name")
    name = _first_text(document, names)
    waypoints = (
        _named_points(data, _GPX_WAYPOINTS, most) if b"wpt" in data else []
    )
    return _joined(name, document, waypoints)


def _tcx_course(data: bytes, most: int) -> CoursePoints:
    document = read_document(data, _COURSE, max_points=most)
    if not any(len(group) for group in document.groups):
        document = read_document(data, tcx.DIALECT, max_points=most)
    name = _first_text(document, ("Course/Name", "Activity/Notes"))
    waypoints = []
    if b"CoursePoint" in data:
        waypoints = _named_points(data, _TCX_WAYPOINTS, most)
    return _joined(name, document, waypoints)


def _fit_course(data: bytes, most: int) -> CoursePoints:
    columns: dict[str, list[Floats]] = {
        name: [] for name in ("latitude", "longitude", "elevation")
    }
    waypoints: list[Waypoint] = []
    for part, table in read_parts(data, max_records=most):
        if len(table):
            found = read_records(part, table, merge_heart_rate=False).columns
            nothing = np.full(len(table), np.nan)
            for name, values in columns.items():
                values.append(found.get(name, nothing))
        waypoints += _fit_waypoints(Table(part, _COURSE_POINT))
    whole = {
        name: np.concatenate(values) if values else np.empty(0)
        for name, values in columns.items()
    }
    return CoursePoints("", **whole, waypoints=tuple(waypoints))


def _fit_waypoints(table: Table) -> list[Waypoint]:
    if not len(table):
        return []
    north, east, name = _POINT_FIELDS
    factor = 180.0 / 2**31
    nothing = np.full(len(table), np.nan)
    latitude, longitude = (
        nothing if values is None else values * factor
        for values in (table.values(north, 1.0), table.values(east, 1.0))
    )
    return [
        Waypoint(text, float(lat), float(lon))
        for text, lat, lon in zip(
            table.texts(name), latitude, longitude, strict=True
        )
        if np.isfinite(lat) and np.isfinite(lon)
    ]


_READERS = {
    Format.GPX: _gpx_course,
    Format.TCX: _tcx_course,
    Format.FIT: _fit_course,
}


def _joined(
    name: str, document: Document, waypoints: Sequence[Waypoint]
) -> CoursePoints:
    """Return the points of all groups, one after the other."""
    groups = [group for group in document.groups if len(group)]
    found = [group.columns(_POSITIONS) for group in groups]
    whole = [
        np.concatenate([columns[key] for columns in found] or [np.empty(0)])
        for key in ("latitude", "longitude", "elevation")
    ]
    return CoursePoints(name, whole[0], whole[1], whole[2], tuple(waypoints))


def _first_text(document: Document, names: tuple[str, ...]) -> str:
    for texts in (*(g.texts for g in document.groups), document.texts):
        for name in names:
            if texts.get(name):
                return texts[name].strip()
    return ""


def _named_points(data: bytes, dialect: Dialect, most: int) -> list[Waypoint]:
    """Return the points of a dialect that have a position, with their names."""
    document = walk(data, dialect, max_points=most)
    found = []
    for group in document.groups:
        columns = group.columns(_POSITIONS)
        leaves = group.leaves.get("name") or group.leaves.get("Name")
        texts = {}
        if isinstance(leaves, Texts):
            texts = dict(zip(leaves.places, leaves.texts, strict=True))
        for row in range(len(group)):
            place = (
                float(columns["latitude"][row]),
                float(columns["longitude"][row]),
            )
            if abs(place[0]) <= 90.0 and abs(place[1]) <= 180.0:
                found.append(Waypoint(texts.get(group.first + row, ""), *place))
    return found
