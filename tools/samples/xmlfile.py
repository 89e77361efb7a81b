"""A recording as a GPX or TCX file, written with the standard library."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from .fitfile import Leg, lap_ends
from .sensors import Recording

_GPX = "http://www.topografix.com/GPX/1/1"
_TPX = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
_TCX = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
_AX = "http://www.garmin.com/xmlschemas/ActivityExtension/v2"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
CREATOR = "Simulated runner"


def _stamp(start: datetime, seconds: float) -> str:
    return (start + timedelta(seconds=float(seconds))).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root, "")
    text = ET.tostring(root, encoding="unicode")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + text + "\n").encode(
        "utf-8"
    )


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, tag)
    child.text = text
    return child


def _gpx_root(start: datetime | None) -> ET.Element:
    root = ET.Element(
        "gpx",
        {
            "creator": CREATOR,
            "version": "1.1",
            "xmlns": _GPX,
            "xmlns:gpxtpx": _TPX,
            "xmlns:xsi": _XSI,
            "xsi:schemaLocation": f"{_GPX} http://www.topografix.com/GPX/1/1/gpx.xsd",
        },
    )
    if start is not None:
        _text(ET.SubElement(root, "metadata"), "time", _stamp(start, 0.0))
    return root


def _gpx_track(
    root: ET.Element,
    start: datetime,
    r: Recording,
    name: str,
    kind: str,
    *,
    elevation: bool,
    extensions: bool,
) -> None:
    track = ET.SubElement(root, "trk")
    _text(track, "name", name)
    _text(track, "type", kind)
    segment = ET.SubElement(track, "trkseg")
    for k in range(len(r.time)):
        if not np.isfinite(r.latitude[k]):
            continue
        point = ET.SubElement(
            segment,
            "trkpt",
            {"lat": f"{r.latitude[k]:.6f}", "lon": f"{r.longitude[k]:.6f}"},
        )
        if elevation:
            _text(point, "ele", f"{r.altitude[k]:.1f}")
        _text(point, "time", _stamp(start, r.time[k]))
        if not extensions:
            continue
        beats, steps = r.heart_rate[k], r.cadence[k]
        inner = ET.SubElement(
            ET.SubElement(point, "extensions"), "gpxtpx:TrackPointExtension"
        )
        if np.isfinite(beats):
            _text(inner, "gpxtpx:hr", f"{beats:.0f}")
        if np.isfinite(steps):
            _text(inner, "gpxtpx:cad", f"{steps / 2.0:.0f}")


def gpx(
    start: datetime,
    recordings: Sequence[tuple[datetime, Recording, str]],
    *,
    kind: str = "running",
    elevation: bool = True,
    extensions: bool = True,
) -> bytes:
    """Write a GPX 1.1 file with one track for each recording."""
    root = _gpx_root(start)
    for begin, recording, name in recordings:
        _gpx_track(
            root,
            begin,
            recording,
            name,
            kind,
            elevation=elevation,
            extensions=extensions,
        )
    return _bytes(root)


def gpx_route(r: Recording, name: str, every: int) -> bytes:
    """Write a planned route: positions and heights, no times."""
    root = _gpx_root(None)
    route = ET.SubElement(root, "rte")
    _text(route, "name", name)
    for k in range(0, len(r.time), every):
        if np.isfinite(r.latitude[k]):
            point = ET.SubElement(
                route,
                "rtept",
                {"lat": f"{r.latitude[k]:.6f}", "lon": f"{r.longitude[k]:.6f}"},
            )
            _text(point, "ele", f"{r.altitude[k]:.1f}")
    return _bytes(root)


def _tcx_point(track: ET.Element, start: datetime, r: Recording, k: int) -> None:
    point = ET.SubElement(track, "Trackpoint")
    _text(point, "Time", _stamp(start, r.time[k]))
    if np.isfinite(r.latitude[k]):
        position = ET.SubElement(point, "Position")
        _text(position, "LatitudeDegrees", f"{r.latitude[k]:.7f}")
        _text(position, "LongitudeDegrees", f"{r.longitude[k]:.7f}")
    _text(point, "AltitudeMeters", f"{np.round(r.altitude[k] / 0.2) * 0.2:.1f}")
    _text(point, "DistanceMeters", f"{r.distance[k]:.2f}")
    if np.isfinite(r.heart_rate[k]):
        _text(
            ET.SubElement(point, "HeartRateBpm"),
            "Value",
            f"{r.heart_rate[k]:.0f}",
        )
    extension = ET.SubElement(
        ET.SubElement(point, "Extensions"), "TPX", {"xmlns": _AX}
    )
    _text(extension, "Speed", f"{r.speed[k]:.3f}")
    if np.isfinite(r.cadence[k]):
        _text(extension, "RunCadence", f"{r.cadence[k] / 2.0:.0f}")


def tcx(leg: Leg, notes: str) -> bytes:
    """Write a TCX activity with a lap each kilometre, or at the leg's own lap distances."""
    r = leg.recording
    root = ET.Element(
        "TrainingCenterDatabase", {"xmlns": _TCX, "xmlns:xsi": _XSI}
    )
    activity = ET.SubElement(
        ET.SubElement(root, "Activities"), "Activity", {"Sport": "Running"}
    )
    _text(activity, "Id", _stamp(leg.start, r.time[0]))
    first = 0
    for number, last in enumerate(lap_ends(leg)):
        lap = ET.SubElement(
            activity, "Lap", {"StartTime": _stamp(leg.start, r.time[first])}
        )
        _text(lap, "TotalTimeSeconds", f"{r.time[last] - r.time[first]:.1f}")
        _text(
            lap, "DistanceMeters", f"{r.distance[last] - r.distance[first]:.2f}"
        )
        _text(lap, "MaximumSpeed", f"{np.max(r.speed[first : last + 1]):.3f}")
        _text(
            lap,
            "Calories",
            f"{(r.distance[last] - r.distance[first]) * 0.071:.0f}",
        )
        beats = r.heart_rate[first : last + 1]
        if np.isfinite(beats).any():
            _text(
                ET.SubElement(lap, "AverageHeartRateBpm"),
                "Value",
                f"{np.nanmean(beats):.0f}",
            )
            _text(
                ET.SubElement(lap, "MaximumHeartRateBpm"),
                "Value",
                f"{np.nanmax(beats):.0f}",
            )
        _text(lap, "Intensity", "Active")
        _text(lap, "TriggerMethod", "Manual" if leg.lap_distances else "Distance")
        track = ET.SubElement(lap, "Track")
        begin = first if number == 0 else first + 1
        for k in range(begin, last + 1):
            _tcx_point(track, leg.start, r, k)
        first = last
    _text(activity, "Notes", notes)
    creator = ET.SubElement(activity, "Creator", {"xsi:type": "Device_t"})
    _text(creator, "Name", CREATOR)
    _text(creator, "UnitId", "1")
    _text(creator, "ProductID", "1")
    version = ET.SubElement(creator, "Version")
    _text(version, "VersionMajor", "1")
    _text(version, "VersionMinor", "0")
    return _bytes(root)
