"""One activity as finished JSON: whole numbers, differences, repeated texts once. It is made once,
and stands on every page as it is.
"""

from __future__ import annotations

import json
import math
import zlib
from binascii import b2a_base64
from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np

from trailstats.arrays import Floats, Ints
from trailstats.report.metric_groups import MetricGroup
from trailstats.report.run_tables import TableView, surface_code
from trailstats.report.sections import ActivityView
from trailstats.report.sums import Sums
from trailstats.report.text import Pairs
from trailstats.schema import Surface

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

LEVEL = 6
"""Of zlib (our choice): made once and read often; more takes longer and less room by a half per
cent.
"""


@dataclass(frozen=True)
class Drawn:
    """An activity's JSON, without what follows from the page that it stands on.

    Attributes
    ----------
    packed : bytes
        The JSON, compressed by zlib: a page of many activities holds it as it is.
    """

    packed: bytes

    @property
    def json(self) -> str:
        """The JSON as `embed` writes it."""
        return zlib.decompress(self.packed).decode()

    @property
    def base64(self) -> str:
        """It as it is packed, in letters."""
        return b2a_base64(self.packed, newline=False).decode()


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
    line = embed(out | {"texts": texts.all()})
    return Drawn(zlib.compress(line.encode(), LEVEL))


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
        "track": _track_json(view),
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


def ground_letters(view: ActivityView) -> str:
    """Return a letter for each point of a track: a for road, c for trail, e for unknown ground, the
    next one where it is technical; capital where the line starts anew.
    """
    pieces = [2 * surface + technical for surface, technical in view.pieces]
    segment = view.track.segment
    inside = (segment >= 0) & (segment < len(pieces))
    # The last one stands for all that lies in no segment.
    codes = np.array([*pieces, 2 * surface_code(Surface.UNKNOWN)], np.uint8)
    letters = codes[np.where(inside, segment, -1)] + ord("a")
    return with_starts(
        letters.astype(np.uint8).tobytes().decode(), view.track.starts
    )


def with_starts(letters: str, starts: Ints) -> str:
    """Return letters of a line, capital where it starts anew."""
    out = list(letters)
    for place in starts.tolist():
        out[place] = out[place].upper()
    return "".join(out)


def _track_json(view: ActivityView) -> Json:
    """Return a track's columns; ``along, elevation`` as differences from the last known value."""
    track = view.track
    out: Json = {"byTime": track.by_time, "ground": ground_letters(view)}
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
