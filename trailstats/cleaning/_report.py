"""What was found, as an `Issue` that names its place."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats.schema.arrays import Flags

__all__ = ["when"]


def when(index: pd.Index, where: Flags) -> str:
    """Return the time of the first sample, and of the last if there are several, that something
    concerns.

    Parameters
    ----------
    index : pandas.DatetimeIndex, shape (n,)
    where : numpy.ndarray of bool, shape (n,)

    Returns
    -------
    str
        ``"2026-03-01T08:00:00Z"`` or two of these with "to" between; empty where nothing is.
    """
    rows = np.flatnonzero(where)
    if not len(rows):
        return ""
    first, last = (
        pd.Timestamp(index[int(rows[i])]).strftime("%Y-%m-%dT%H:%M:%SZ")
        for i in (0, -1)
    )
    return first if first == last else f"{first} to {last}"
