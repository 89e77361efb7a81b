"""The data that the page's scripts draw from, as compact JSON: whole numbers, differences, repeated
texts once.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable

import numpy as np

from trailstats.report.run_tables import TableView
from trailstats.report.sections import ActivityView
from trailstats.report.tracks import TrackView
from trailstats.report.units import IMPERIAL
from trailstats.report.view import Page
from trailstats.schema import Surface
from trailstats.schema.arrays import Floats

__all__ = ["embed", "payload"]

Json = dict[str, object]

ROUTE_POINTS = 60
"""Points of a route on the map of all, where activities have pages of their own (judgement)."""


class _Texts:
    """Texts in the order of their first use; the same text has the same number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

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
        _route(s) if page.folder else _activity(s, texts) for s in page.sections
    ]
    return {
        "surfaces": [s.value for s in Surface],
        "imperial": page.units == IMPERIAL,
        "folder": page.folder,
        "activities": activities,
        "texts": texts.all(),
        "charts": charts,
    }


def embed(data: object) -> str:
    """Return JSON that may stand in a ``<script>`` element, whatever texts it holds.

    Neither ``</script>`` nor a comment can come out of it: the characters that begin them are
    written as escapes.
    """
    out = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    for character in "<>&\u2028\u2029":
        out = out.replace(character, f"\\u{ord(character):04x}")
    return out


def _activity(view: ActivityView, texts: _Texts) -> Json:
    out: Json = {
        "title": view.title,
        "date": view.date,
        "surface": [s.value for s in Surface].index(view.surface.value),
        "facts": [[texts.number(a), texts.number(b)] for a, b in view.facts],
        "zones": [[texts.number(a), texts.number(b), c] for a, b, c in view.zones],
        "issues": [[texts.number(part) for part in issue] for issue in view.issues],
        "pieces": [surface * 2 + technical for surface, technical in view.pieces],
        "track": _track(view.track),
    }
    if view.notes:
        out["notes"] = view.notes
    for name in ("splits", "segments", "climbs", "metrics", "details"):
        table: TableView = getattr(view, name)
        if table.rows:
            out[name] = _table(table, texts)
    return out


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
        even = np.round(
            np.linspace(0, len(track) - 1, min(len(track), ROUTE_POINTS))
        ).astype(np.int64)
        chosen = np.unique(np.concatenate((even, track.starts, track.starts - 1)))
        columns = {
            name: _steps(getattr(track, name)[chosen].astype(np.float64))
            for name in ("x", "y", "segment")
        }
        starts = np.searchsorted(chosen, track.starts).tolist()
        out["track"] = {"region": track.region, "starts": starts} | columns
    return out


def _table(table: TableView, texts: _Texts) -> Json:
    out: Json = {
        "heads": [texts.number(head) for head in table.heads],
        "rows": [[texts.number(cell) for cell in row] for row in table.rows],
    }
    if table.surfaces:
        out["surfaces"] = list(table.surfaces)
    if table.spans:
        out["spans"] = [[_whole(a), _whole(b)] for a, b in table.spans]
    return out


def _track(track: TrackView) -> Json:
    """Return a track's columns; ``x, y, along, elevation`` as differences from the last known
    value.
    """
    out: Json = {
        "region": track.region,
        "byTime": track.by_time,
        "starts": track.starts.tolist(),
    }
    out["along"] = _steps(track.along)
    if track.has("x"):
        out |= {"x": _steps(track.x), "y": _steps(track.y)}
    if track.has("elevation"):
        out["elevation"] = _steps(track.elevation * 10)  # decimetres
    if track.has("speed"):
        out["speed"] = _wholes(track.speed * 100)  # centimetres per second
    if track.has("heart_rate"):
        out["heartRate"] = _wholes(track.heart_rate)
    out["segment"] = _steps(track.segment.astype(np.float64))
    return out


def _steps(values: Floats) -> list[int | None]:
    whole = np.round(values)
    known = np.isfinite(whole)
    steps = np.diff(whole[known], prepend=0.0)
    out: list[int | None] = [None] * len(values)
    for place, step in zip(np.flatnonzero(known).tolist(), steps.tolist(), strict=True):
        out[place] = int(step)
    return out


def _wholes(values: Iterable[float]) -> list[int | None]:
    return [_whole(v) for v in values]


def _whole(value: float) -> int | None:
    return round(value) if math.isfinite(value) else None
