"""The data that the page's scripts draw from, as compact JSON: what is of all activities, and then
each one's own, which is read when it is opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass

import numpy as np

from trailstats.report.activity_part import Section
from trailstats.report.drawn import Json, differences_of, embed
from trailstats.report.part_tables import length_name
from trailstats.report.sums import LENGTHS
from trailstats.report.tracks import spread_points
from trailstats.report.units import IMPERIAL
from trailstats.report.view import Page
from trailstats.report.ways import RegionWays
from trailstats.schema import RunSurface

ROUTE_POINTS = 60
"""Points of a route on the map of all, where activities have pages of their own (our choice)."""


@dataclass(frozen=True)
class Payload:
    """The data of a page, as JSON that may stand in elements of a script.

    Attributes
    ----------
    common : str
        What is of all activities.
    activities : iterator of str
        Each one's own, made as it is asked for.
    """

    common: str
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
    words: dict[str, int] = {}
    numbers = [
        [words.setdefault(word, len(words)) for word in s.part.drawn.words]
        for s in sections
    ]
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
        "texts": [] if page.folder else list(words),
        "charts": charts,
    }
    sums = ",".join(
        f'{{{section.part.sums},"n":{section.number},'
        f'"surface":"{section.heading.surface.value}"}}'
        for section, row in zip(sections, page.activities, strict=False)
        if row.counts
    )
    return Payload(
        f'{embed(common)[:-1]},"sums":[{sums}]}}',
        map(_route, sections)
        if page.folder
        else map(_activity, sections, numbers),
    )


def _activity(section: Section, words: Sequence[int]) -> str:
    """Return an activity's own, with what follows from the page around it."""
    heading, plane = section.heading, section.plane
    said = {"file": section.file, "same recording as": section.duplicate_of}
    here: Json = {
        "title": heading.title,
        "date": heading.date,
        "surface": list(RunSurface).index(heading.surface),
        "said": [[what, value] for what, value in said.items() if value],
        "words": words,
        "region": plane.region,
    }
    if plane.is_known:
        here |= {"x": differences_of(plane.x), "y": differences_of(plane.y)}
    return f'{embed(here)[:-1]},"own":{section.part.drawn.json}}}'


def _route(section: Section) -> str:
    """Return what the map of all routes needs of an activity that has a page of its own."""
    heading, plane, points = section.heading, section.plane, section.part.points
    own = json.loads(section.part.drawn.json)
    track: Json = {"starts": []}
    here: Json = {
        "title": heading.title,
        "date": heading.date,
        "said": [],
        "words": [],
        "region": plane.region,
    }
    if plane.is_known:
        chosen, starts = spread_points(len(plane.x), ROUTE_POINTS, points.starts)
        here |= {
            "x": differences_of(plane.x[chosen]),
            "y": differences_of(plane.y[chosen]),
        }
        track = {
            "starts": starts.tolist(),
            "segment": differences_of(points.segment[chosen]),
        }
    kept = {"texts": [], "about": [], "pieces": own["pieces"], "track": track}
    return embed(here | {"own": kept})


def _ways_json(ways: RegionWays) -> list[list[int]]:
    """Return the pieces on road and on trail, each as differences of whole metres from the one
    before.
    """
    return [
        np.diff(ways.ends[own], axis=0, prepend=0).ravel().tolist()
        for own in (~ways.is_trail, ways.is_trail)
    ]
