"""GPX 1.0 and 1.1: tracks with their extensions, in any namespace."""

from __future__ import annotations

import numpy as np

from trailstats.errors import NotAnActivityError
from trailstats.io._build import Parsed, ParseOptions, both_feet
from trailstats.io._sports import note_sport, sport_of
from trailstats.io.xml import read_document
from trailstats.io.xml._groups import Dialect, Document, Group, pauses_before
from trailstats.model.activity import ActivityMeta, Issue
from trailstats.schema import Severity

# Local names of point elements, first match first, to our columns.
_COLUMNS = {
    "latitude": ("lat",),
    "longitude": ("lon",),
    "elevation": ("ele",),
    "heart_rate": ("hr", "heartrate", "heartRate", "heart_rate", "HeartRate"),
    "cadence": ("cad", "cadence", "RunCadence", "Cadence"),
    "power": ("power", "PowerInWatts", "watts"),
    "temperature": ("atemp", "temp", "temperature"),
    "speed": ("speed",),
    "distance": ("distance",),
}
DIALECT = Dialect(
    "gpx", "trk", "trkpt", "time", frozenset({"trkseg"}), ("gpx", "trk", "trkseg")
)
_BY_SAMPLE = "OpenTracks"
"""The app whose ``distance`` is what a sensor counted since the sample before: no distance run."""
_HANDLED = {DIALECT.time, *(key for keys in _COLUMNS.values() for key in keys)}


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is GPX."""
    return b"<gpx" in head or b":gpx" in head or b"<trkpt" in head


def parse(data: bytes, options: ParseOptions) -> list[Parsed]:
    """Return one `Parsed` a track.

    Raises
    ------
    NotAnActivityError
        When there is no track with points.
    CorruptFileError, LimitError
        See `trailstats.io.xml.read_document`.
    """
    document = read_document(data, DIALECT, max_points=options.max_records)
    tracks = [group for group in document.groups if len(group)]
    if not tracks:
        found = "a route" if {"rte", "rtept"} & document.seen else "no track"
        found = (
            "waypoints"
            if found == "no track" and "wpt" in document.seen
            else found
        )
        raise NotAnActivityError(
            f"GPX with {found}, but no track points: not a recording",
            format="gpx",
        )
    options.check_activities(len(tracks), "gpx")
    others = document.other_names(_HANDLED)
    return [_track(group, document, others) for group in tracks]


def _track(group: Group, document: Document, others: list[str]) -> Parsed:
    issues = list(document.issues)
    columns = group.columns(_COLUMNS)
    sport, sub_sport = sport_of(group.texts.get("trk/type", ""))
    time = group.times(DIALECT.time)
    columns["cadence"] = both_feet(columns, time, sport, issues)
    meta = ActivityMeta(
        format="gpx",
        sport=sport,
        sub_sport=sub_sport,
        name=group.texts.get("trk/name", document.texts.get("metadata/name", "")),
        notes=group.texts.get("trk/desc", group.texts.get("trk/cmt", "")),
        device=document.attributes.get("creator", ""),
    )
    note_sport(group.texts.get("trk/type", ""), issues)
    starts = [part.at for part in group.parts if 0 < part.at < len(time)]
    if starts:
        message = f"{len(starts) + 1} track segments; the gaps between them count as pauses"
        issues.append(
            Issue("track_segments", Severity.INFO, message, len(starts) + 1)
        )
    extras = group.others(others)
    if _BY_SAMPLE in meta.device:
        extras["sensor_distance"] = columns["distance"]
        columns["distance"] = np.full(len(time), np.nan)
    return Parsed(
        time=time,
        columns=columns,
        meta=meta,
        extras=extras,
        pauses=pauses_before(starts, time),
        issues=issues,
        unread_time=group.first_unread(DIALECT.time, time),
    )
