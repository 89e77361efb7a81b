"""How much more than lately a single session is: the ratio of its size to the largest before."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from trailstats.arrays import (
    ArrayLike,
    Floats,
    as_floats,
    broadcast_floats,
    divide_by_positive,
)

SPIKE_DAYS: Final = 30.0
"""Days before a session that its size is compared with [Frandsen2025]_. [d]"""

SPIKE_BANDS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"small": (1.10, 1.30), "moderate": (1.30, 2.00), "large": (2.00, np.inf)}
)
"""Bands of the ratio of distances in which a cohort had more overuse injuries than at 1.10 and
less: above the first value, up to the second. Of 5,205 runners the hazard was 1.64 times as high
(1.31 to 2.05), 1.52 (1.16 to 2.00) and 2.28 (1.50 to 3.48) [Frandsen2025]_.
"""


def session_spike(
    size: ArrayLike, day: ArrayLike, *, days: float = SPIKE_DAYS
) -> Floats:
    """Divide the size of each session by the largest one of the days before.

    A description, not advice: that runners with higher ratios were injured more often does not say
    that another ratio would have spared them. The study knows distances only; for descent and
    impact the same ratio is formed by analogy.

    Parameters
    ----------
    size : array-like, shape (n,)
        Distance, descent or impact of each session. Any unit; NaN counts as not known.
    day : array-like, shape (n,)
        Time of each session, not falling. [d]
    days : float
        Length of the window before a session. [d]

    Returns
    -------
    numpy.ndarray, shape (n,)
        Ratio. [1] NaN where the size is not known or no session before it in the window has a size
        above 0.

    Raises
    ------
    ValueError
        If a session is earlier than the one before it.

    References
    ----------
    [Frandsen2025]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.session_spike([10.0, 12.0, 24.0, 8.0], [0, 7, 9, 60])
    array([nan, 1.2, 2. , nan])
    """
    sizes, at = broadcast_floats(size, day)
    if not len(sizes):
        return np.empty(0)
    if (np.diff(at) < 0.0).any():
        raise ValueError("the sessions are not in order of time")
    known = np.nan_to_num(sizes)
    first = np.searchsorted(at, at - days, side="left")
    largest = _largest_between(known, first)
    return as_floats(divide_by_positive(sizes, largest))


def spike_band(ratio: ArrayLike) -> np.ndarray:
    """Find the band of the cohort study that a ratio falls into.

    A description, not advice; see `session_spike`.

    Parameters
    ----------
    ratio : array-like, shape (n,)
        Of a session to the largest before it. [1] NaN where not known.

    Returns
    -------
    numpy.ndarray of str, shape (n,)
        ``"none"`` up to 1.10, else one of `SPIKE_BANDS`; empty where the ratio is NaN. [1]

    References
    ----------
    [Frandsen2025]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> load.spike_band([1.1, 1.2, 2.5]).tolist()
    ['none', 'small', 'large']
    """
    size = np.atleast_1d(as_floats(ratio))
    bands = np.where(np.isnan(size), "", "none").astype(object)
    for name, (above, up_to) in SPIKE_BANDS.items():
        bands[(size > above) & (size <= up_to)] = name
    return bands


def _largest_between(values: Floats, first: np.ndarray) -> Floats:
    """Return the largest value from an index up to before each one's own; 0 where there is none.

    Windows overlap, so their maxima come from those of powers of two: n log n, whatever their
    length.
    """
    n = len(values)
    length = np.arange(n) - first
    out = np.zeros(n)
    level, width = values, 1
    while width <= length.max(initial=0):
        # ``level[i]`` is the largest of ``values[i : i + width]``.
        mine = (length >= width) & (length < 2 * width)
        ends = np.flatnonzero(mine)
        out[ends] = np.maximum(level[first[ends]], level[ends - width])
        level = np.maximum(level[:-width], level[width:])
        width *= 2
    return out
