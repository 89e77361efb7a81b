"""One activity as finished JSON: whole numbers, differences, repeated texts once. It is made once,
and stands on every page as it is.
"""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from trailstats.arrays import Floats, Ints
from trailstats.report.metric_groups import MetricGroup
from trailstats.report.run_tables import TableView
from trailstats.report.sections import ActivityView
from trailstats.report.sums import Sums
from trailstats.report.text import Pairs
from trailstats.report.tracks import TrackView

Json = dict[str, object]

TABLES = (
    "splits",
    "kilometres",
    "miles",
    "laps",
    "efforts",
    "segments",
    "climbs",
)
"""Tables of an activity, under the names that they have in its view."""

SHARED = 12
"""Length from which a text stands once on a page and not with each activity (our choice): shorter
ones take no more room than their number.
"""


@dataclass(frozen=True)
class Drawn:
    """An activity's JSON, without what follows from the page that it stands on.

    Attributes
    ----------
    packed : bytes
        The JSON, compressed.
    words : tuple of str
        Texts that it names by their place here, and that a page writes once.
    """

    packed: bytes
    words: tuple[str, ...]

    @property
    def json(self) -> str:
        """The JSON as `embed` writes it."""
        return zlib.decompress(self.packed).decode()


class _Texts:
    """Texts in the order of their first use; the same text has the same number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def numbers(self, values: Iterable[str]) -> list[int]:
        known = self._numbers
        return [known.setdefault(value, len(known)) for value in values]

    def all(self) -> list[str]:
        return list(self._numbers)


def drawn(view: ActivityView) -> Drawn:
    """Return an activity as finished JSON."""
    texts = _Texts()
    out = _activity_json(view, texts)
    words: list[str] = []
    own: list[str | int] = []
    for text in texts.all():
        if len(text) < SHARED:
            own.append(text)
        else:
            own.append(len(words))
            words.append(text)
    line = embed(out | {"texts": own})
    return Drawn(zlib.compress(line.encode(), 1), tuple(words))


def sums_json(sums: Sums) -> str:
    """Return what of an activity is added up, as the inside of a JSON object."""
    known = {name: _known(value) for name, value in asdict(sums).items()}
    return embed(known)[1:-1]


def embed(data: object) -> str:
    """Return JSON that may stand in a ``<script>`` element, whatever texts it holds.

    Neither ``</script>`` nor a comment can come out of it: the characters that begin them are
    written as escapes.
    """
    out = json.dumps(
        data, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    for character in "<>&\u2028\u2029":
        out = out.replace(character, f"\\u{ord(character):04x}")
    return out


def _activity_json(view: ActivityView, texts: _Texts) -> Json:
    out: Json = {
        "facts": _pairs(view.facts, texts),
        "about": _pairs(view.about, texts),
        "zones": [
            [*map(texts.number, (z.name, z.bounds, z.time)), z.share]
            for z in view.zones
        ],
        "metrics": [texts.numbers(row) for row in view.metrics],
        "groups": [_group_json(group, texts) for group in view.groups],
        "issues": [texts.numbers(issue) for issue in view.issues],
        "pieces": [surface * 2 + technical for surface, technical in view.pieces],
        "track": _track_json(view.track),
    }
    if view.by_hour:
        out["byHour"] = True
    for name in ("notes", "notice"):
        if said := getattr(view, name):
            out[name] = said
    for name in TABLES:
        table: TableView = getattr(view, name)
        if table.rows:
            out[name] = _table_json(table, texts)
    return out


def _known(value: object) -> object:
    """Return numbers rounded to hundredths, None for those that are not known."""
    if isinstance(value, tuple | list):
        return [_known(part) for part in value]
    if isinstance(value, float):
        return round(value, 2) if math.isfinite(value) else None
    return value


def _pairs(pairs: Pairs, texts: _Texts) -> list[list[int]]:
    return [[texts.number(a), texts.number(b)] for a, b in pairs]


def _group_json(group: MetricGroup, texts: _Texts) -> Json:
    return {
        "title": texts.number(group.title),
        "table": _table_json(group.table, texts),
        "methods": texts.numbers(group.methods),
        "missing": texts.numbers(group.missing),
    }


def _table_json(table: TableView, texts: _Texts) -> Json:
    out: Json = {
        "heads": texts.numbers(table.heads),
        "rows": [texts.numbers(row) for row in table.rows],
    }
    if table.surfaces:
        out["surfaces"] = list(table.surfaces)
    if table.spans:
        out["spans"] = [_integers(np.array(span)) for span in table.spans]
    return out


def _track_json(track: TrackView) -> Json:
    """Return a track's columns; ``along, elevation, segment`` as differences from the last known
    value.
    """
    out: Json = {
        "byTime": track.by_time,
        "starts": track.starts.tolist(),
    }
    out["along"] = differences_of(track.along)
    if track.has("elevation"):
        out["elevation"] = differences_of(track.elevation * 10)  # decimetres
    if track.has("speed"):
        out["speed"] = _integers(track.speed * 100)  # centimetres per second
    if track.has("heart_rate"):
        out["heartRate"] = _integers(track.heart_rate)
    for name in ("cadence", "power", "temperature"):
        if track.has(name):
            out[name] = _integers(getattr(track, name))
    out["segment"] = differences_of(track.segment)
    return out


def differences_of(values: Floats | Ints) -> list[int | None]:
    """Return whole numbers, each as the difference from the last known one."""
    whole: Floats = np.round(values).astype(np.float64)
    known = np.isfinite(whole)
    whole[known] = np.diff(whole[known], prepend=0.0)
    return _integers(whole)


def _integers(values: Floats) -> list[int | None]:
    """Return values rounded to whole numbers, None for NaN."""
    known = np.isfinite(values)
    out = np.full(len(values), None, dtype=object)
    out[known] = np.round(values[known]).astype(np.int64)
    whole: list[int | None] = out.tolist()
    return whole
