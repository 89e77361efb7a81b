"""Which dips of a profile stay inside a climb, in n log n steps; the same at every repetition of a
hill.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Floats, Ints
from trailstats.elevation import turning_points
from trailstats.terrain.rules import TerrainRules

__all__ = ["climbing_turns"]

SAME_DIP = 60.0
"""Lowest points of dips within cells of this width are one dip of one hill [m] (our choice)."""

OUTSIDE = 3.0
"""A dip counts in the mean over its repetitions as no deeper than so many times what stays inside
(our choice).
"""


def climbing_turns(
    z: Floats, place: NDArray[np.complex128] | None, rules: TerrainRules
) -> Ints:
    """Return the turns of a profile that are left when dips inside a climb are passed over.

    Parameters
    ----------
    z : numpy.ndarray, shape (m,)
        Height along a grid of distance [m].
    place : numpy.ndarray of complex, shape (m,), or None
        East and north [m]; what one dip of a hill is, is told by it.
    rules : TerrainRules
        ``climb_dip`` and ``climb_dip_share``.

    Returns
    -------
    numpy.ndarray of int
        Indices of lows and highs in turn.

    Notes
    -----
    A dip has a depth: its fall over ``climb_dip``, or over ``climb_dip_share`` of the rises beside
    it if that is less; up to 1 it stays inside. The least deep is passed over first, which makes
    the rises beside the others larger. Where a hill is climbed several times, the mean depth
    decides for all of them, so that some metres of an altimeter's drift don't make two climbs of
    one.
    """
    turns = turning_points(z, rules.climb_dip / 2.0)
    kept, depth = _passed_over(turns, z, rules, None)
    if place is None or len(depth) < 2:
        return kept
    low = np.array(sorted(depth), dtype=np.intp)
    own = np.minimum([depth[at] for at in low.tolist()], OUTSIDE)
    cell = np.round(place[low] / SAME_DIP)
    _, group, count = np.unique(cell, return_inverse=True, return_counts=True)
    if count.max() == 1:
        return kept
    mean = (np.bincount(group, own) / count)[group]
    shared = dict(zip(low.tolist(), mean.tolist(), strict=True))
    return _passed_over(turns, z, rules, shared)[0]


def _passed_over(
    turns: Ints, z: Floats, rules: TerrainRules, shared: dict[int, float] | None
) -> tuple[Ints, dict[int, float]]:
    """Return the turns without those of dips that stay inside, and how deep each dip was when it
    was last looked at, by its lowest point; ``shared`` depths decide in place of a dip's own.
    """
    heights = z[turns].tolist()
    size = len(heights)
    before, after = list(range(-1, size - 1)), list(range(1, size + 1))
    alive = [True] * size
    depths: dict[int, float] = {}

    def depth_at(top: int) -> float:
        low = after[top]
        if before[top] < 0 or low >= size or after[low] >= size:
            return np.inf
        fall = heights[top] - heights[low]
        rises = (
            heights[top] - heights[before[top]],
            heights[after[low]] - heights[low],
        )
        # Behind the dip it goes higher than before it, and the way up began below it: otherwise
        # the hill ends, or begins, there.
        if fall <= 0 or min(rises) < fall:
            return np.inf
        by_share = fall / (rules.climb_dip_share * sum(rises))
        return float(min(fall / rules.climb_dip, by_share))

    def waiting(top: int) -> tuple[float, int, int]:
        depth = depth_at(top)
        if depth < np.inf:
            at = int(turns[after[top]])
            depths[at] = depth
            if shared is not None and shared.get(at, depth) > 1.0:
                depth = np.inf
            elif shared is not None:
                depth = min(depth, 1.0)
        return depth, top, after[top]

    heap = [waiting(top) for top in range(size)]
    heapify(heap)
    while heap:
        depth, top, low = heappop(heap)
        if depth > 1.0:
            break
        if not (alive[top] and alive[low] and after[top] == low):
            continue
        if waiting(top)[0] != depth:
            continue
        alive[top] = alive[low] = False
        first, last = before[top], after[low]
        after[first], before[last] = last, first
        if before[first] >= 0:
            heappush(heap, waiting(before[first]))
        heappush(heap, waiting(last))
    return turns[np.flatnonzero(alive)], depths
