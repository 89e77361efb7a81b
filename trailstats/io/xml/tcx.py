"""TCX: activities with laps; courses are refused with a reason."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Floats, Times
from trailstats.errors import NotAnActivityError
from trailstats.io._build import (
    LARGEST,
    Parsed,
    ParseOptions,
    both_feet,
    number,
)
from trailstats.io._sports import note_sport, sport_of
from trailstats.io.xml import read_document
from trailstats.io.xml._groups import (
    Dialect,
    Document,
    Group,
    Section,
    pauses_before,
)
from trailstats.io.xml._spans import texts_to_times
from trailstats.model.activity import ActivityMeta, DeviceTotals, Issue

_COLUMNS = {
    "latitude": ("LatitudeDegrees",),
    "longitude": ("LongitudeDegrees",),
    "elevation": ("AltitudeMeters",),
    "distance": ("DistanceMeters",),
    "heart_rate": ("HeartRateBpm",),
    "cadence": ("RunCadence", "Cadence"),
    "speed": ("Speed",),
    "power": ("Watts",),
}
DIALECT = Dialect(
    "tcx",
    "Activity",
    "Trackpoint",
    "Time",
    frozenset({"Lap", "Track"}),
    ("TrainingCenterDatabase", "Activities", "Activity", "Lap", "Track"),
    frozenset({"Course"}),
)
_HANDLED = {DIALECT.time, *(key for keys in _COLUMNS.values() for key in keys)}


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is TCX."""
    return b"TrainingCenterDatabase" in head or b"<Trackpoint" in head


def parse(data: bytes, options: ParseOptions) -> list[Parsed]:
    """Return one `Parsed` an activity.

    Raises
    ------
    NotAnActivityError
        When it holds a course, or no trackpoint.
    CorruptFileError, LimitError
        See `trailstats.io.xml.read_document`.
    """
    document = read_document(data, DIALECT, max_points=options.max_records)
    activities = [group for group in document.groups if len(group)]
    if not activities:
        what = (
            "a course, not a recording"
            if "Course" in document.seen
            else "no activity with trackpoints"
        )
        raise NotAnActivityError(f"TCX with {what}", format="tcx")
    options.check_activities(len(activities), "tcx")
    others = document.other_names(_HANDLED)
    return [_activity(group, document, others) for group in activities]


def _activity(group: Group, document: Document, others: list[str]) -> Parsed:
    issues: list[Issue] = list(document.issues)
    columns = group.columns(_COLUMNS)
    time = group.times(DIALECT.time)
    sport, sub_sport = sport_of(group.attributes.get("Sport", ""))
    columns["cadence"] = both_feet(columns, time, sport, issues)
    laps = [part for part in group.parts if part.name == "Lap"]
    notes = group.texts.get("Activity/Notes", "")
    meta = ActivityMeta(
        format="tcx",
        sport=sport,
        sub_sport=sub_sport,
        notes=notes,
        name=next(iter(notes.splitlines()), ""),
        device=group.texts.get(
            "Creator/Name", document.texts.get("Author/Name", "")
        ),
        device_totals=_totals(laps, columns["distance"]),
    )
    note_sport(group.attributes.get("Sport", ""), issues)
    begins = {lap.at for lap in laps}
    # A second Track inside one lap marks a pause; one that begins a lap does not.
    tracks = [part.at for part in group.parts if part.name == "Track"]
    starts = [at for at in tracks if 0 < at < len(time) and at not in begins]
    pauses = pauses_before(starts, time)
    extras = group.others(others)
    return Parsed(
        time=time,
        columns=columns,
        meta=meta,
        extras=extras,
        laps=_laps(laps, time),
        pauses=pauses,
        issues=issues,
        unread_time=group.first_unread(DIALECT.time, time),
    )


def _totals(laps: list[Section], distance: Floats) -> DeviceTotals:
    """Return what the device counted: the sums of the laps; without all of their distances how far
    the points' distance counts on, wherever it begins and however often anew.
    """
    lengths, times = (
        np.array([_measure(lap.texts.get(name)) for lap in laps])
        for name in ("DistanceMeters", "TotalTimeSeconds")
    )
    counted = float("nan")
    known = distance[~np.isnan(distance)]
    if len(laps) and not np.isnan(lengths).any():
        counted = float(lengths.sum())
    elif len(known):
        counted = float(np.maximum(np.diff(known), 0.0).sum())
    return DeviceTotals(
        distance=counted,
        timer_time=float(times.sum()) if len(laps) else float("nan"),
    )


def _laps(laps: list[Section], time: Times) -> dict[str, object]:
    """Return the laps with at least one point as columns of ``schema.LAPS``."""
    ends = [*(lap.at for lap in laps[1:]), len(time)]
    kept = [
        (lap, end) for lap, end in zip(laps, ends, strict=False) if lap.at < end
    ]
    if not kept:
        return {}
    said = texts_to_times(
        [lap.attributes.get("StartTime", "").strip() for lap, _ in kept]
    )
    first = time[[lap.at for lap, _ in kept]]
    return {
        "start_time": np.where(np.isnat(said), first, said),
        "end_time": time[[end - 1 for _, end in kept]],
        "distance": np.array(
            [_measure(lap.texts.get("DistanceMeters")) for lap, _ in kept]
        ),
        "timer_time": np.array(
            [_measure(lap.texts.get("TotalTimeSeconds")) for lap, _ in kept]
        ),
        "trigger": [
            lap.texts.get("TriggerMethod", "").lower() for lap, _ in kept
        ],
    }


def _measure(text: str | None) -> float:
    """Return the number in a text, NaN where there is none or one that no recording holds."""
    value = number(text)
    return value if abs(value) < LARGEST else float("nan")
