"""KML 2.2 and 2.3: tracks with times, as OpenTracks and others keep them, also packed as KMZ."""

from __future__ import annotations

import xml.parsers.expat as expat
from dataclasses import dataclass, field

import numpy as np

from trailstats.arrays import Floats, Times
from trailstats.errors import CorruptFileError, LimitError, NotAnActivityError
from trailstats.io._build import Parsed, ParseOptions, both_feet
from trailstats.io._sports import (
    is_known_sport,
    note_sport,
    numbered_sport,
    sport_of,
)
from trailstats.io.xml._groups import pauses_before
from trailstats.io.xml._spans import plain_numbers, texts_to_times
from trailstats.io.xml._walk import MAX_DEPTH, without_declaration
from trailstats.model.activity import ActivityMeta, Issue
from trailstats.schema import Severity

# Names of arrays beside a track, first match first, to our columns. `distance` is what a sensor
# counted since the sample before, so it is none of them.
_COLUMNS = {
    "speed": ("speed",),
    "heart_rate": ("heart_rate", "heartrate", "heartRate"),
    "cadence": ("cadence",),
    "power": ("power",),
}
_OTHER_NAMES = {"distance": "sensor_distance"}
_MOST_ARRAYS = 64  # our choice: more than that is no recording
_TEXTS = ("name", "description", "icon")


def sniff(head: bytes) -> bool:
    """Whether a file that begins with these bytes is KML."""
    return b"<kml" in head or b":kml" in head


def parse(data: bytes, options: ParseOptions) -> list[Parsed]:
    """Return one `Parsed` a placemark with a track; one that says nothing goes on with what the one
    before it began, as GPSLogger writes each stretch of a day.

    Raises
    ------
    NotAnActivityError
        When there is no track with times.
    CorruptFileError
        When it is broken before the first sample, or when it declares entities.
    LimitError
        When it has too many samples or tracks, or nests too deep.
    """
    walk = _Walk(options.max_records)
    issues = walk.through(data)
    places: list[_Place] = []
    for place in walk.places:
        if not any(map(len, place.tracks)):
            continue
        if places and not place.texts:
            places[-1].tracks += place.tracks
        else:
            places.append(place)
    if not places:
        raise NotAnActivityError(
            "KML without a track that has times: not a recording", format="kml"
        )
    options.check_activities(len(places), "kml")
    return [_activity(place, list(issues)) for place in places]


@dataclass
class _Track:
    """One stretch without a pause: times, positions and arrays in the same order."""

    when: list[str] = field(default_factory=list)
    coord: list[str] = field(default_factory=list)
    arrays: dict[str, list[str]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many samples hold anything but a time."""
        held = [self.coord, *self.arrays.values()]
        return min(len(self.when), max(len(values) for values in held))

    def positions(self) -> list[Floats]:
        """Return longitudes, latitudes and elevations."""
        parts = [text.split() for text in self.coord[: len(self)]]
        parts += [[]] * (len(self) - len(parts))
        return [
            plain_numbers([p[k] if len(p) > k else "" for p in parts])
            for k in range(3)
        ]

    def array(self, name: str) -> Floats:
        """Return an array, NaN where nothing stands in it."""
        texts = self.arrays.get(name, [])[: len(self)]
        return plain_numbers(texts + [""] * (len(self) - len(texts)))


@dataclass
class _Place:
    """A placemark: what it says, and its tracks."""

    texts: dict[str, str] = field(default_factory=dict)
    tracks: list[_Track] = field(default_factory=list)

    def times(self) -> Times:
        """Return the times of all tracks."""
        texts = [text for t in self.tracks for text in t.when[: len(t)]]
        return texts_to_times(texts)

    def kind(self) -> str:
        """Return the text of the sport; where it is in a language that is not known, the one that
        its pictogram stands for.
        """
        kind = self.texts.get("activityType", "") or self.texts.get("type", "")
        if kind and is_known_sport(kind):
            return kind
        return numbered_sport("opentracks", self.texts.get("icon", "")) or kind

    def column(self, *names: str) -> Floats:
        """Return the first of some arrays that holds a number."""
        found = np.full(sum(map(len, self.tracks)), np.nan)
        for name in names:
            found = np.concatenate([t.array(name) for t in self.tracks])
            if not np.isnan(found).all():
                break
        return found


def _activity(place: _Place, issues: list[Issue]) -> Parsed:
    place.tracks = [track for track in place.tracks if len(track)]
    columns = {
        name: np.concatenate(parts)
        for name, parts in zip(
            ("longitude", "latitude", "elevation"),
            zip(*(t.positions() for t in place.tracks), strict=True),
            strict=True,
        )
    }
    columns |= {name: place.column(*keys) for name, keys in _COLUMNS.items()}
    time = place.times()
    kind = place.kind()
    sport, sub_sport = sport_of(kind)
    note_sport(kind, issues)
    columns["cadence"] = both_feet(columns, time, sport, issues)
    starts = np.cumsum([len(track) for track in place.tracks])[:-1].tolist()
    if starts:
        message = (
            f"{len(starts) + 1} tracks; the gaps between them count as pauses"
        )
        issues.append(
            Issue("track_segments", Severity.INFO, message, len(starts) + 1)
        )
    known = {key for keys in _COLUMNS.values() for key in keys}
    others = dict.fromkeys(n for t in place.tracks for n in t.arrays)
    extras = {
        _OTHER_NAMES.get(name, name): values
        for name in others
        if name not in known and not np.isnan(values := place.column(name)).all()
    }
    read = ~np.isnat(time)
    unread = "" if read.all() else _all_times(place)[int(np.argmin(read))]
    return Parsed(
        time=time,
        columns=columns,
        meta=ActivityMeta(
            format="kml",
            sport=sport,
            sub_sport=sub_sport,
            name=place.texts.get("name", ""),
            notes=place.texts.get("description", ""),
        ),
        extras=extras,
        pauses=pauses_before(starts, time),
        issues=issues,
        unread_time=unread,
    )


def _all_times(place: _Place) -> list[str]:
    return [text for t in place.tracks for text in t.when[: len(t)]]


class _Walk:
    """What the handlers have seen so far; what came before a break is kept."""

    def __init__(self, max_points: int) -> None:
        self.max_points = max_points
        self.places: list[_Place] = []
        self.path: list[str] = []
        self.text: list[str] = []
        self.place: _Place | None = None
        self.track: _Track | None = None
        self.array: list[str] | None = None
        self.datum = ""
        self.count = 0

    def through(self, data: bytes) -> list[Issue]:
        """Walk through a document; return an issue where it is broken after the first sample."""
        data, encoding = without_declaration(data)
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text.append
        parser.EntityDeclHandler = _refuse
        try:
            parser.Parse(data, True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            reason = str(error)
            if isinstance(error, expat.ExpatError):
                reason = expat.ErrorString(error.code)
            line, offset = parser.ErrorLineNumber, parser.ErrorByteIndex
            if not self.count:
                raise CorruptFileError(
                    f"broken XML: {reason}",
                    format="kml",
                    line=line,
                    offset=offset,
                ) from None
            message = f"broken XML ({reason}): what came before it was kept"
            where = f"line {line}, byte {offset}"
            return [
                Issue("truncated", Severity.ERROR, message, self.count, where)
            ]
        return []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rsplit(":", 1)[-1]
        self.path.append(name)
        self.text.clear()
        if len(self.path) > MAX_DEPTH:
            message = f"elements nested deeper than {MAX_DEPTH} (limit: nesting)"
            raise LimitError(message, format="kml")
        if name == "Placemark":
            self.place = _Place()
            self.places.append(self.place)
        elif name == "Track":
            self.track = _Track()
            if self.place is None:
                self.place = _Place()
                self.places.append(self.place)
            self.place.tracks.append(self.track)
        elif name == "SimpleArrayData" and self.track is not None:
            arrays = self.track.arrays
            if len(arrays) < _MOST_ARRAYS:
                self.array = arrays.setdefault(attributes.get("name", ""), [])
        elif name == "Data":
            self.datum = attributes.get("name", "")

    def end(self, tag: str) -> None:
        name = self.path.pop()
        text = "".join(self.text).strip()
        self.text.clear()
        if name == "when" and self.track is not None:
            self.count += 1
            self._within(self.track.when, text, self.count)
        elif name == "coord" and self.track is not None:
            self._within(self.track.coord, text, len(self.track.coord) + 1)
        elif name == "value" and self.array is not None:
            self._within(self.array, text, len(self.array) + 1)
        elif name == "value" and self.place is not None and self.datum:
            self.place.texts.setdefault(self.datum, text)
        elif name in _TEXTS and self.path and self.path[-1] == "Placemark":
            if self.place is not None:
                self.place.texts.setdefault(name, text)
        elif name == "SimpleArrayData":
            self.array = None
        elif name == "Data":
            self.datum = ""
        elif name == "Track":
            self.track = self.array = None
        elif name == "Placemark":
            self.place = None

    def _within(self, values: list[str], text: str, count: int) -> None:
        if count > self.max_points:
            message = f"more than {self.max_points} points (limit: records)"
            raise LimitError(message, format="kml")
        values.append(text)


def _refuse(*_: object) -> None:
    message = "declares XML entities, which no recorder does; refused"
    raise CorruptFileError(message, format="kml")
