"""Which activity comes before and after each: in time, and on the same route."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Floats, Ints
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

_TOGETHER = 500
"""Tracks that are looked at together (our choice), so that those of thousands fill no memory."""

_BITS = 20
_MIDDLE = 1 << (_BITS - 1)
"""So many cells from the middle of a region to each side there are at the most: 39,000 km."""

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
    found = [-1] * len(tracks)
    for number, (cells, middle) in enumerate(_touched(tracks)):
        if not cells:
            continue
        east, north = (int(m * CELL // _COARSE) for m in middle)
        region = tracks[number].region
        near = (
            entry
            for i in (-1, 0, 1)
            for j in (-1, 0, 1)
            for entry in known.get((region, east + i, north + j), ())
        )
        route = next((r for r, other in near if _alike(cells, other)), number)
        if route == number:
            known[region, east, north].append((number, cells))
        found[number] = route
    return found


def _alike(one: Cells, other: Cells) -> bool:
    few, many = sorted((len(one), len(other)))
    # So many more of one: those that both touch are too few, whichever they are.
    if few < SAME_ROUTE * many:
        return False
    both = len(one & other)
    return both >= SAME_ROUTE * (few + many - both)


def _touched(
    tracks: Sequence[Plane | TrackView],
) -> Iterator[tuple[Cells, tuple[float, float]]]:
    """Yield the cells that each track touches, and their middle [cells]; none where there is no
    way.
    """
    for begin in range(0, len(tracks), _TOGETHER):
        some = tracks[begin : begin + _TOGETHER]
        found = {
            number: (cells, middle) for number, cells, middle in _of_some(some)
        }
        for number in range(len(some)):
            yield found.get(number, (frozenset(), (0.0, 0.0)))


def _of_some(
    tracks: Sequence[Plane | TrackView],
) -> Iterator[tuple[int, Cells, tuple[float, float]]]:
    """Yield the number of each track with a way, its cells and their middle [cells]."""
    count = np.array([len(track.x) for track in tracks], np.int64)
    x, y = (
        np.concatenate([np.zeros(0), *(getattr(track, axis) for track in tracks)])
        for axis in "xy"
    )
    owner = np.repeat(np.arange(len(tracks)), count)
    known = np.isfinite(x) & np.isfinite(y)
    # A single place is no way.
    known &= np.bincount(owner[known], minlength=len(tracks))[owner] > 1
    if not known.any():
        return
    owner, places = _spaced(owner[known], np.stack([x[known], y[known]]))
    east, north = np.floor(places / CELL).astype(np.int64) + _MIDDLE
    key = (owner << 2 * _BITS) | (east << _BITS) | north
    # Most points lie in the cell of the one before. Sorted by hand: `numpy.unique` takes longer.
    key = np.sort(key[np.append(True, key[1:] != key[:-1])])
    key = key[np.append(True, key[1:] != key[:-1])]
    numbers, counts = np.unique(key >> 2 * _BITS, return_counts=True)
    ends = np.cumsum(counts)
    one = (1 << _BITS) - 1
    middles = [
        (np.add.reduceat(part & one, ends - counts) / counts - _MIDDLE).tolist()
        for part in (key >> _BITS, key)
    ]
    cells = (key & (1 << 2 * _BITS) - 1).tolist()
    for number, end, count, *middle in zip(
        numbers.tolist(), ends.tolist(), counts.tolist(), *middles, strict=True
    ):
        yield number, frozenset(cells[end - count : end]), (middle[0], middle[1])


def _spaced(owner: Ints, places: Floats) -> tuple[Ints, Floats]:
    """Return places along lines, evenly spaced on each, and the number of the line of each.

    Parameters
    ----------
    owner : numpy.ndarray of int, shape (n,)
        Number of the line of each place.
    places : numpy.ndarray, shape (2, n)
        East and north [m], two at least of each line.
    """
    begins = np.flatnonzero(np.diff(owner, prepend=-1))
    sizes = np.diff(begins, append=len(owner))
    steps = np.hypot(*np.diff(places, axis=1, prepend=places[:, :1]))
    # A metre between one line and the next keeps them apart.
    steps[begins] = 1.0
    along = np.cumsum(steps)
    starts = along[begins]
    lengths = along[begins + sizes - 1] - starts
    counts = np.minimum((lengths / _SPACING).astype(np.int64) + 2, 100 * sizes)
    line = np.repeat(np.arange(len(begins)), counts)
    place = np.arange(len(line)) - (np.cumsum(counts) - counts)[line]
    every = starts[line] + lengths[line] * (place / (counts - 1)[line])
    spaced = np.stack([np.interp(every, along, row) for row in places])
    return owner[begins][line], spaced
