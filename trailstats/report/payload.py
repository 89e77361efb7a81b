"""The data that the page's scripts draw from: what is of all activities, their lines on the map,
and each one's own, which is read when it is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np

from trailstats.report.activity_part import Section
from trailstats.report.drawn import Json, embed
from trailstats.report.level_marks import MARKS
from trailstats.report.lines import Line, lines_json
from trailstats.report.part_tables import length_name
from trailstats.report.sums import LENGTHS
from trailstats.report.tracks import Plane
from trailstats.report.units import IMPERIAL
from trailstats.report.view import Page
from trailstats.report.ways import RegionWays
from trailstats.schema import RunSurface

ROUTE_POINTS = 60
"""Points of a route on the map of all, where activities have pages of their own (our choice)."""


@dataclass(frozen=True)
class Payload:
    """The data of a page, as text that may stand in elements of a script.

    Attributes
    ----------
    common : str
        What is of all activities, as JSON.
    lines : str
        Their lines on the map, as JSON.
    kind : str
        Type of what follows.
    activities : iterator of str
        Each one's own, made as it is asked for.
    """

    common: str
    lines: str
    kind: str
    activities: Iterator[str]


def payload(page: Page, charts: dict[str, object]) -> Payload:
    """Return what the scripts need.

    Parameters
    ----------
    page : Page
    charts : dict of str to specification
        Vega-Lite specifications by the id of the element that each is drawn in.
    """
    sections = page.sections
    common: Json = {
        "surfaces": [s.value for s in RunSurface],
        "imperial": page.units == IMPERIAL,
        "folder": page.folder,
        "links": [[*astuple(n)] for n in page.neighbours],
        "front": page.front,
        "hikes": any(what == "hikes on trail" for what, _ in page.facts),
        "ways": {str(own.region): _ways_json(own) for own in page.ways},
        "titles": [s.heading.title for s in sections],
        "dates": [s.heading.date for s in sections],
        "regions": [s.plane.region if s.plane.is_known else -1 for s in sections],
        "lengths": [length_name(length) for length in LENGTHS],
        "said": [_said(section) for section in sections],
        "marks": MARKS,
        "levels": [section.part.level for section in sections],
        "charts": charts,
    }
    sums = ",".join(
        f'{{{section.part.sums},"n":{section.number},'
        f'"surface":"{section.heading.surface.value}"}}'
        for section, row in zip(sections, page.activities, strict=False)
        if row.counts
    )
    lines = [_line(section) for section in sections]
    own = [section.part.drawn for section in sections]
    if page.folder:
        lines = [line.of(ROUTE_POINTS) for line in lines]
        own = []
    # Those of many are opened one by one, by a browser that can do so; that of one is read as it
    # is.
    packed = page.history is not None
    return Payload(
        f'{embed(common)[:-1]},"sums":[{sums}]}}',
        lines_json(lines),
        "application/zlib" if packed else "application/json",
        (each.base64 if packed else each.json for each in own),
    )


def _said(section: Section) -> list[tuple[str, str]]:
    """Return what a page says of an activity beside its own."""
    said = {"file": section.file, "same recording as": section.duplicate_of}
    return [(what, value) for what, value in said.items() if value]


def _line(section: Section) -> Line:
    plane, part = section.plane, section.part
    if not plane.is_known:
        return Line(
            Plane(plane.x[:0], plane.y[:0], -1), part.points.starts[:0], ""
        )
    return Line(plane, part.points.starts, part.ground)


def _ways_json(ways: RegionWays) -> list[list[int]]:
    """Return the pieces on road and on trail, each as differences of whole metres from the one
    before.
    """
    return [
        np.diff(ways.ends[own], axis=0, prepend=0).ravel().tolist()
        for own in (~ways.is_trail, ways.is_trail)
    ]
