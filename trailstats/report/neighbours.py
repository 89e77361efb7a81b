"""Which activity comes before and after each: in time, and on the same route."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.report.tracks import Plane, TrackView

SAME_ROUTE = 0.8
"""Share of the cells of two runs that both touch, of those that either does, from which they are
on the same route (our choice).
"""

CELL = 75.0
"""Edge of the cells that routes are compared by [m] (our choice): wider than positions are wrong.
"""

_SPACING = 25.0
_COARSE = 500.0
"""Routes whose middles lie further apart than one or two of these are not compared [m]."""

_WIDE = 1 << 31
"""More than there are cells from south to north."""

Cells = frozenset[int]
"""Cells as one number each."""


@dataclass(frozen=True)
class Neighbours:
    """Numbers of the activities before and after one, -1 where there is none."""

    before: int = -1
    after: int = -1
    route_before: int = -1
    route_after: int = -1


def neighbours_of(tracks: Sequence[Plane | TrackView]) -> tuple[Neighbours, ...]:
    """Return the neighbours of each activity.

    Parameters
    ----------
    tracks : sequence of Plane or TrackView
        Of all activities of a page in order of time, private places already left out.
    """
    count = len(tracks)
    before, after = _chain(_routes(tracks))
    return tuple(
        Neighbours(n - 1, n + 1 if n + 1 < count else -1, before[n], after[n])
        for n in range(count)
    )


def _chain(routes: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return for each the last one before it and the first one after it with the same number."""
    before, after = [-1] * len(routes), [-1] * len(routes)
    last: dict[int, int] = {}
    for number, route in enumerate(routes):
        if route < 0:
            continue
        if route in last:
            before[number] = last[route]
            after[last[route]] = number
        last[route] = number
    return before, after


def _routes(tracks: Sequence[Plane | TrackView]) -> list[int]:
    """Return a number for the route of each, -1 where it has none.

    Each is compared with the first run of every route whose middle is near, so that the work grows
    with the runs and the routes of a neighbourhood.
    """
    known: dict[tuple[int, int, int], list[tuple[int, Cells]]] = defaultdict(list)
    found = []
    for number, track in enumerate(tracks):
        cells, middle = _cells(track)
        if not cells:
            found.append(-1)
            continue
        east, north = (int(m * CELL // _COARSE) for m in middle)
        near = (
            entry
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for entry in known.get((track.region, east + i, north + j), ())
        )
        route = next((r for r, other in near if _alike(cells, other)), number)
        if route == number:
            known[track.region, east, north].append((number, cells))
        found.append(route)
    return found


def _alike(one: Cells, other: Cells) -> bool:
    return len(one & other) >= SAME_ROUTE * len(one | other)


def _cells(track: Plane | TrackView) -> tuple[Cells, tuple[float, float]]:
    """Return the cells that a track touches, and their middle [cells]."""
    known = np.isfinite(track.x) & np.isfinite(track.y)
    x, y = track.x[known], track.y[known]
    if len(x) < 2:
        return frozenset(), (0.0, 0.0)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
    count = min(int(along[-1] / _SPACING) + 2, 100 * len(x))
    every = np.linspace(0.0, along[-1], count)
    east, north = (
        np.floor(np.interp(every, along, p) / CELL).astype(np.int64)
        for p in (x, y)
    )
    cells = np.unique(east * _WIDE + north)
    # Rounded, as cells in the south have numbers below 0.
    columns = (cells + _WIDE // 2) // _WIDE
    middle = (float(columns.mean()), float((cells - columns * _WIDE).mean()))
    return frozenset(cells.tolist()), middle
