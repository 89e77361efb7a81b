"""Route cells on a plain grid, and how much of a route was run before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy

from trailstats.arrays import (
    ArrayLike,
    Floats,
    Ints,
    as_floats,
    as_indices,
    broadcast_floats,
)

_METRES_PER_DEGREE = 111195.08  # of latitude, mean radius [IUGG1980]
_ROUNDING = 1e-9
_ROWS = 128
"""Runs whose candidates are found at a time (our choice)."""
_PAIRS = 4096
"""Pairs of runs that are compared at a time (our choice)."""


def route_cells(
    latitude: ArrayLike, longitude: ArrayLike, *, size: float = 75.0
) -> Ints:
    """Return the cells of a grid that a run touched.

    Rows have equal height; the width of a cell follows the latitude of its row, so cells are nearly
    square everywhere and the same place always has the same cell.

    Parameters
    ----------
    latitude, longitude : array-like, shape (n,)
        Positions. [degrees] NaN is dropped. Samples should lie closer together than a cell.
    size : float
        Edge of a cell. [m]

    Returns
    -------
    numpy.ndarray of int, shape (k,)
        Numbers of the cells, sorted, each once. [1]

    Raises
    ------
    ValueError
        If `size` is below 1 m.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.route_cells([47.0, 47.0005], [11.0, 11.0]).size > 0
    True
    """
    if not size >= 1.0:
        raise ValueError(f"size must be at least 1 m, got {size}")
    lat, lon = broadcast_floats(latitude, longitude)
    known = ~(np.isnan(lat) | np.isnan(lon))
    row_height = size / _METRES_PER_DEGREE
    row = np.floor((lat[known] + 90.0) / row_height)
    centre = np.radians((row + 0.5) * row_height - 90.0)
    width = row_height / np.maximum(np.cos(centre), 1e-6)
    column = np.floor((lon[known] + 180.0) % 360.0 / width)
    return np.unique(row.astype(np.int64) * 2**32 + column.astype(np.int64))


def route_similarity(a: ArrayLike, b: ArrayLike) -> float:
    """Divide the shared cells by all cells of two runs (Jaccard).

    Parameters
    ----------
    a, b : array-like of int
        Cells of each run, see `route_cells`. [1]

    Returns
    -------
    float
        1 for the same cells, 0 for none shared. [1] NaN when both are empty. Position noise keeps
        repeats of one route below 1.

    References
    ----------
    [Jaccard1912]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.route_similarity([1, 2, 3], [2, 3, 4])
    0.5
    """
    first, second = (np.unique(np.asarray(run, dtype=np.int64)) for run in (a, b))
    shared = np.intersect1d(first, second, assume_unique=True).size
    total = first.size + second.size - shared
    return shared / total if total else float("nan")


def route_novelty(
    cells: Sequence[ArrayLike], days: ArrayLike, *, memory: float = 365.0
) -> Floats:
    """Compute the share of each run's cells that were not run shortly before.

    Parameters
    ----------
    cells : sequence of array-like of int, length n
        Cells of each run, each once, in order of time. [1]
    days : array-like, shape (n,)
        Day of each run. [day]
    memory : float
        Time after which ground counts as new again. [day]

    Returns
    -------
    numpy.ndarray, shape (n,)
        0 for known ground, 1 for new ground. [1] NaN for a run without cells.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.route_novelty([[1, 2], [1, 2, 3, 4], [5]], [0.0, 7.0, 400.0])
    array([1. , 0.5, 1. ])
    """
    counts = np.array([np.size(each) for each in cells], dtype=np.intp)
    if not counts.any():
        return np.full(len(counts), np.nan)
    flat = np.concatenate([np.asarray(each, dtype=np.int64) for each in cells])
    owner = np.repeat(np.arange(len(counts)), counts)
    # In order of cell and then time, the visit before stands in the row before.
    order = np.lexsort((owner, flat))
    again = np.append(False, np.diff(flat[order]) == 0)
    when = as_floats(days)[owner[order]]
    recent = again & (np.append(0.0, np.diff(when)) <= memory)
    fresh = np.bincount(owner[order], weights=~recent, minlength=len(counts))
    return np.where(counts > 0, fresh / np.maximum(counts, 1), np.nan)


def route_groups(cells: Sequence[ArrayLike], *, similarity: float = 0.5) -> Ints:
    """Find the runs that share a route.

    Two runs are linked when their similarity reaches the limit; a group is everything linked
    directly or through others.

    Parameters
    ----------
    cells : sequence of array-like of int, length n
        Cells of each run. [1]
    similarity : float
        Limit. [1] Our choice: position noise keeps repeats of one route between about 0.5 and 0.9.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Group of each run, from 0 in order of first appearance. [1] -1 for an empty run, without any
        cells.

    Raises
    ------
    ValueError
        If `similarity` is not above 0.

    References
    ----------
    [Jaccard1912]_, [Chaudhuri2006]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> variety.route_groups([[1, 2, 3], [1, 2, 3], [7, 8]])
    array([0, 0, 1])
    """
    if not similarity > 0.0:
        raise ValueError(f"similarity must be above 0, got {similarity}")
    runs = [np.unique(np.asarray(each, dtype=np.int64)) for each in cells]
    sizes = np.asarray([run.size for run in runs], dtype=np.int64)
    if not np.any(sizes):
        return np.full(len(runs), -1, dtype=np.int64)
    labels = _linked(runs, sizes, similarity)
    named = np.full(len(runs), -1, dtype=np.int64)
    _, first, inverse = np.unique(
        labels[sizes > 0], return_index=True, return_inverse=True
    )
    named[sizes > 0] = np.argsort(np.argsort(first))[inverse]
    return named


def _linked(runs: Sequence[Ints], sizes: Ints, similarity: float) -> Ints:
    """Return a number for each run, the same for those linked directly or through others.

    Two runs that are alike share one of their rarest cells at least: of a run's cells all but so
    many as it must share with the other, and one [Chaudhuri2006]_. Cells at home, which all runs
    share, so link no candidates; a route that was run often is linked in the first rows, and not
    compared again.
    """
    cells, column, visits = np.unique(
        np.concatenate(runs), return_inverse=True, return_counts=True
    )
    row = np.repeat(np.arange(len(runs)), sizes)
    rarest_first = np.lexsort((column, visits[column], row))
    shape = (len(runs), len(cells))
    whole = _incidence(row, column, shape)
    least = np.ceil(similarity * sizes - _ROUNDING)
    telling = np.maximum(sizes - least + 1, 1)
    place = np.arange(len(row)) - (np.cumsum(sizes) - sizes)[row]
    told = rarest_first[place < telling[row]]
    rare = _incidence(row[told], column[told], shape)
    labels = as_indices(np.arange(len(runs)))
    for begin in range(0, len(runs), _ROWS):
        near = (rare[begin : begin + _ROWS] @ rare[begin:].T).tocoo()
        one, other = near.row + begin, near.col + begin
        open_ = labels[one] != labels[other]
        one, other = one[open_], other[open_]
        shared = _shared(whole, one, other)
        alike = shared >= similarity * (sizes[one] + sizes[other] - shared)
        ends = labels[one[alike]], labels[other[alike]]
        graph = scipy.sparse.coo_array(
            (np.ones(len(ends[0])), ends), shape=(len(runs),) * 2
        )
        _, joined = scipy.sparse.csgraph.connected_components(
            graph, directed=False
        )
        labels = as_indices(joined[labels])
    return labels


def _incidence(
    row: Ints, column: Ints, shape: tuple[int, int]
) -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array((np.ones(len(row)), (row, column)), shape=shape)


def _shared(whole: scipy.sparse.csr_array, one: Ints, other: Ints) -> Floats:
    """Return how many cells the runs of each pair share."""
    parts = [np.zeros(0)]
    for begin in range(0, len(one), _PAIRS):
        own = slice(begin, begin + _PAIRS)
        parts.append(whole[one[own]].multiply(whole[other[own]]).sum(axis=1))
    return as_floats(np.concatenate(parts))
