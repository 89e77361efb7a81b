"""Places in a stretch of bytes at which a FIT message with a likely time may stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Ints
from trailstats.io.fit._wire import Layout


def timed_places(
    content: NDArray[np.uint8],
    owners: Sequence[Layout | None],
    between: tuple[int, int],
    times: tuple[int, int],
) -> Ints:
    """Return the places in a stretch where a known header is followed by a time in a range.

    Parameters
    ----------
    content : ndarray of uint8
        All bytes in which a message may end.
    owners : sequence of Layout or None
        By the header of a message.
    between : tuple of int
        The stretch.
    times : tuple of int
        The range [FIT s].
    """
    start, stop = between
    low, high = times
    found = []
    for head in range(16):
        layout = owners[head]
        if layout is None or layout.time_at < 0:
            continue
        limit = max(min(stop, len(content) - layout.size + 1), start)
        at = start + np.flatnonzero(content[start:limit] & 0xCF == head)
        shifts = (24, 16, 8, 0) if layout.big else (0, 8, 16, 24)
        time = np.zeros(len(at), dtype=np.int64)
        for i, shift in enumerate(shifts):
            time |= content[at + layout.time_at + i].astype(np.int64) << shift
        found.append(at[(time >= low) & (time <= high)])
    if not found:
        return np.empty(0, dtype=np.int64)
    return np.sort(np.concatenate(found))
