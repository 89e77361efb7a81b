"""The data that the page's scripts draw from, as compact JSON: whole numbers, differences, repeated
texts once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, astuple

import numpy as np

from trailstats.arrays import Floats, Ints
from trailstats.report.metric_groups import MetricGroup
from trailstats.report.part_tables import length_name
from trailstats.report.run_tables import TableView
from trailstats.report.sections import ActivityView
from trailstats.report.sums import LENGTHS
from trailstats.report.text import Pairs
from trailstats.report.tracks import TrackView, spread_points
from trailstats.report.units import IMPERIAL
from trailstats.report.view import Page
from trailstats.report.ways import RegionWays
from trailstats.schema import RunSurface

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

ROUTE_POINTS = 60
"""Points of a route on the map of all, where activities have pages of their own (our choice)."""


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


def payload(page: Page, charts: dict[str, object]) -> Json:
    """Return what the scripts need.

    Parameters
    ----------
    page : Page
    charts : dict of str to specification
        Vega-Lite specifications by the id of the element that each is drawn in.
    """
    texts = _Texts()
    activities = [
        _route(s) if page.folder else _activity_json(s, texts)
        for s in page.sections
    ]
    return {
        "surfaces": [s.value for s in RunSurface],
        "imperial": page.units == IMPERIAL,
        "folder": page.folder,
        "activities": activities,
        "links": [[*astuple(n)] for n in page.neighbours],
        "front": page.front,
        "sums": [
            _sums_json(section)
            for section, row in zip(page.sections, page.activities, strict=False)
            if row.counts
        ],
        "hikes": any(what == "hikes on trail" for what, _ in page.facts),
        "ways": {str(own.region): _ways_json(own) for own in page.ways},
        "titles": [s.title for s in page.sections],
        "lengths": [length_name(length) for length in LENGTHS],
        "texts": texts.all(),
        "charts": charts,
    }


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
        "title": view.title,
        "date": view.date,
        "surface": list(RunSurface).index(view.surface),
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
    for name in ("notes", "notice"):
        if said := getattr(view, name):
            out[name] = said
    for name in TABLES:
        table: TableView = getattr(view, name)
        if table.rows:
            out[name] = _table_json(table, texts)
    return out


def _ways_json(ways: RegionWays) -> list[list[int]]:
    """Return the pieces on road and on trail, each as differences of whole metres from the one
    before.
    """
    return [
        np.diff(ways.ends[own], axis=0, prepend=0).ravel().tolist()
        for own in (~ways.is_trail, ways.is_trail)
    ]


def _sums_json(view: ActivityView) -> Json:
    out: Json = {name: _known(value) for name, value in asdict(view.sums).items()}
    return out | {"n": view.number, "surface": view.surface.value}


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


def _route(view: ActivityView) -> Json:
    """Return what the map of all routes needs of an activity that has a page of its own."""
    track = view.track
    out: Json = {
        "title": view.title,
        "date": view.date,
        "track": {"region": track.region, "starts": []},
        "pieces": [surface * 2 + technical for surface, technical in view.pieces],
    }
    if track.has("x"):
        chosen, starts = spread_points(len(track), ROUTE_POINTS, track.starts)
        out["track"] = {
            "region": track.region,
            "starts": starts.tolist(),
            "x": _differences_of(track.x[chosen]),
            "y": _differences_of(track.y[chosen]),
            "segment": _differences_of(track.segment[chosen]),
        }
    return out


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
    """Return a track's columns; ``x, y, along, elevation`` as differences from the last known
    value.
    """
    out: Json = {
        "region": track.region,
        "byTime": track.by_time,
        "starts": track.starts.tolist(),
    }
    out["along"] = _differences_of(track.along)
    if track.has("x"):
        out |= {"x": _differences_of(track.x), "y": _differences_of(track.y)}
    if track.has("elevation"):
        out["elevation"] = _differences_of(track.elevation * 10)  # decimetres
    if track.has("speed"):
        out["speed"] = _integers(track.speed * 100)  # centimetres per second
    if track.has("heart_rate"):
        out["heartRate"] = _integers(track.heart_rate)
    for name in ("cadence", "power"):
        if track.has(name):
            out[name] = _integers(getattr(track, name))
    out["segment"] = _differences_of(track.segment)
    return out


def _differences_of(values: Floats | Ints) -> list[int | None]:
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
