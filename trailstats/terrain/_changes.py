"""Where along a run something changes, and what holds between two changes."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Floats, Ints

LONGEST = 200
"""No piece has more values: what it costs to look for changes grows with the run, not with its
square. A border that is forced at 10 km of windows parts two like pieces.
"""


_BLOCK = 1 << 11
"""Ends of pieces at a time, so that memory stays small for a run of days."""


def change_points(values: Floats, shortest: int, penalty: float) -> Ints:
    """Return where the level of a series changes.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
        Without NaN.
    shortest : int
        Number of values that a piece has at least, unless all have fewer.
    penalty : float
        By how much a change has to lower the sum of squares about the pieces' means.

    Returns
    -------
    numpy.ndarray of int
        First value of every piece but the first, rising.

    Notes
    -----
    Optimal partitioning: of all ways to cut the series the one with the least sum of squares plus
    penalties. As the sum of all squares is the same for each, what counts is the square of the sum
    of a piece over its length. The best way to cut the first j values ends in some last piece, and
    cuts what is before it in the best way.
    """
    n = len(values)
    if n < 2 * shortest:
        return np.empty(0, dtype=np.intp)
    running = np.append(0.0, np.cumsum(values))
    length = np.arange(min(LONGEST, n), shortest - 1, -1)
    best = np.full(n + 1, -np.inf)
    best[0] = 0.0
    begins = np.zeros(n + 1, dtype=np.intp)
    for block in np.split(np.arange(shortest, n + 1), range(_BLOCK, n, _BLOCK)):
        start = block[:, None] - length
        rise = running[block][:, None] - running[np.maximum(start, 0)]
        for end, explained in zip(block.tolist(), rise**2 / length, strict=True):
            first = max(end - int(length[0]), 0)
            count = end - shortest + 1 - first
            total = best[first : first + count] + explained[-count:]
            at = int(total.argmax())
            best[end], begins[end] = total[at] - penalty, first + at
    changes: list[int] = []
    at = int(begins[n])
    while at > 0:
        changes.append(at)
        at = int(begins[at])
    return np.array(changes[::-1], dtype=np.intp)


def piece_means(values: Floats, changes: Ints) -> Floats:
    """Return a series with every value replaced by the mean of its piece.

    Parameters
    ----------
    values : numpy.ndarray, shape (n,)
    changes : numpy.ndarray of int
        As `change_points` returns them.

    Returns
    -------
    numpy.ndarray, shape (n,)
    """
    edges = np.concatenate(([0], changes, [len(values)])).astype(np.intp)
    size = np.diff(edges)
    return np.repeat(np.add.reduceat(values, edges[:-1]) / size, size)
