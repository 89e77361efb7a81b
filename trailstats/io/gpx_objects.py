"""Activities as the objects of gpxpy, and back."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from trailstats.boundary import without_controls
from trailstats.errors import WriteError
from trailstats.io.formats import decode
from trailstats.model.activity import Activity

if TYPE_CHECKING:
    from gpxpy.gpx import GPX

__all__ = ["from_gpxpy", "to_gpxpy"]

_SPACE = "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"
_COLUMNS = (
    "latitude",
    "longitude",
    "elevation",
    "heart_rate",
    "cadence",
    "temperature",
    "power",
)


def to_gpxpy(activity: Activity) -> GPX:
    """Return an activity as a gpxpy object: one track, a new segment after each pause.

    Heart rate, cadence (of one leg, as GPX has it; of the pedals on a bicycle) and temperature
    stand in a TrackPointExtension, power beside it, all in whole numbers. Records without a
    position are left out.

    Raises
    ------
    WriteError
        When no record has a position.
    """
    import gpxpy.gpx as g

    meta = activity.meta
    records = activity.records[activity.records["latitude"].notna()]
    if records.empty:
        raise WriteError("no positions in the activity: GPX can't hold it")
    gpx = g.GPX()
    gpx.creator = "trailstats"
    gpx.nsmap = {"gpxtpx": _SPACE}
    track = g.GPXTrack(
        name=without_controls(meta.name) or None,
        description=without_controls(meta.notes) or None,
    )
    kind = (
        "trail_running"
        if (meta.sport, meta.sub_sport) == ("running", "trail")
        else meta.sport
    )
    # The types of gpxpy know no text here; it writes one.
    track.type = without_controls(kind) or None  # type: ignore[assignment]
    gpx.tracks.append(track)
    legs = 1.0 if meta.sport == "cycling" else 2.0
    part = np.searchsorted(
        activity.pauses["end_time"], records.index, side="right"
    )
    segment, current = g.GPXTrackSegment(), -1
    columns = [records[name].tolist() for name in _COLUMNS]
    times = pd.DatetimeIndex(records.index).floor("us").to_pydatetime()
    for number, time, lat, lon, ele, beats, steps, warmth, power in zip(
        part.tolist(), times, *columns, strict=True
    ):
        if number != current:
            segment, current = g.GPXTrackSegment(), number
            track.segments.append(segment)
        point = g.GPXTrackPoint(lat, lon, None if math.isnan(ele) else ele, time)
        if not math.isnan(power):
            _append_text(point.extensions, "power", power)
        # In the order that the schema of the extension asks for.
        inside: list[ET.Element] = []
        for name, value in (
            ("atemp", warmth),
            ("hr", beats),
            ("cad", steps / legs),
        ):
            if not math.isnan(value):
                _append_text(inside, f"{{{_SPACE}}}{name}", value)
        if inside:
            extension = ET.Element(f"{{{_SPACE}}}TrackPointExtension")
            extension.extend(inside)
            point.extensions.append(extension)
        segment.points.append(point)
    return gpx


def from_gpxpy(gpx: GPX) -> Activity:
    """Return the first track of a gpxpy object as an activity, as `trailstats.read` would from its
    file.

    Raises
    ------
    ReadError
        When it holds no track points, or none with a time.
    """
    return decode(gpx.to_xml().encode(), "<gpxpy>", format="gpx")[0]


def _append_text(elements: list[ET.Element], tag: str, value: float) -> None:
    element = ET.Element(tag)
    element.text = f"{value:.0f}"
    elements.append(element)
