"""Distance that receivers lose on trail."""

from __future__ import annotations

from typing import Final

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats

MOST_LOST: Final = 0.05
"""Share of the way that a receiver loses at most under trees and on bends [1] (our choice; they
lose 0 to 5 %).
"""


def longest_way_factor(trail_share: ArrayLike) -> Floats:
    """Compute how much longer a way may have been than a receiver counted.

    Under trees and on bends receivers cut corners and lose up to 5 % of the way; on roads they
    hardly do. So a speed on trail may have been that much higher.

    Parameters
    ----------
    trail_share : array-like
        Share of the way on trail. [1] NaN counts as none.

    Returns
    -------
    numpy.ndarray
        Factor from 1 to 1.05. [1]

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import effort
    >>> effort.longest_way_factor([0.0, 1.0])
    array([1.  , 1.05])
    """
    share = np.clip(np.nan_to_num(as_floats(trail_share)), 0.0, 1.0)
    return as_floats(1.0 + MOST_LOST * share)
