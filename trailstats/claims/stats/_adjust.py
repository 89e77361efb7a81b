"""Adjustment of p values for looking at several questions at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from trailstats.arrays import Floats


def holm(p_values: ArrayLike) -> Floats:
    """Return p values adjusted by Holm's method.

    Parameters
    ----------
    p_values : array-like, shape (k,)
        NaN belongs to no test: it stays NaN and does not count.

    Returns
    -------
    numpy.ndarray, shape (k,)
        Adjusted values. Calling those below 0.05 keeps the chance of even one false call below 5 %,
        however the tests depend on each other.

    References
    ----------
    [Holm1979]_
    """
    p = np.asarray(p_values, dtype=np.float64)
    out = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    factors = np.arange(len(order), 0, -1)
    out[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return out
