"""Two sides and what lies between them, and the rules by which runs are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Floats, as_indices

NAN = float("nan")

_PAIRS = ("trail", "road", "trail_value", "road_value", "difference", "weight")


@dataclass(frozen=True, kw_only=True)
class MatchRules:
    """Which runs are compared with each other, and how surely. All values are our choice.

    Attributes
    ----------
    days : float
        A pair's weight falls in a line to zero where its runs lie so far apart [day].
    duration_ratio : float
        Likewise where one run takes so many times as long as the other.
    fewest : int
        Matched runs that each side needs.
    contrast : float
        Trail share of the one side less that of the other that a comparison needs.
    confidence : float
        Of the interval.
    """

    days: float = 45.0
    duration_ratio: float = 4.0
    fewest: int = 8
    contrast: float = 0.4
    confidence: float = 0.95


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sides and what lies between them.

    Attributes
    ----------
    trail, road : float
        Means over the matched runs on more and on less trail, weighted by how well they match, in
        the values' unit.
    shares : (float, float)
        Mean shares of trail that these hold at: their gap is ``difference`` times that of the
        shares.
    difference, low, high : float
        Trail minus road with its interval; NaN bounds where a side is too small, and no figures
        where one has fewer than two runs or their ground is hardly apart.
    error, df : float
        Standard error, and the degrees of freedom of its t distribution; from two runs a side on.
    p_value : float
        Two-sided; NaN where a side is too small.
    standardised : float
        Difference over the runs' own standard deviation, corrected for small samples (Hedges).
    robust : float
        Weighted median of the pairs' differences: what is left when single runs can't pull.
    share_above : float
        Share of pairs in which the run on more trail has the larger value, ties half.
    pull : numpy.ndarray, shape (n,)
        What each run's value weighs in the difference.
    variances : (float, float)
        What the runs on more and those on less trail add to the squared error.
    scale : float
        Where the ground is only expected: by what else the difference may be multiplied. The
        interval reaches from the one to the other.
    beyond : (float, float)
        By how much the true difference may lie below and above what was seen for reasons that no
        number of runs narrows down: not more than 0, and not less.
    n_trail, n_road : int
        Matched runs.
    usable : (int, int)
        Runs mostly on trail and mostly on road that could be matched, had they a partner.
    enough : bool
        Whether both sides reach the floor.
    paired : mapping of str to numpy.ndarray
        Columns of the matched pairs: ``trail, road`` (positions in the input of the run on more
        and on less trail), ``trail_value, road_value, difference`` (for all trail against none, at
        the same length), ``weight``. The weighted mean of the differences is ``difference``.
    """

    trail: float = NAN
    road: float = NAN
    shares: tuple[float, float] = (NAN, NAN)
    difference: float = NAN
    low: float = NAN
    high: float = NAN
    error: float = NAN
    df: float = NAN
    p_value: float = NAN
    standardised: float = NAN
    robust: float = NAN
    share_above: float = NAN
    variances: tuple[float, float] = (NAN, NAN)
    scale: float = 1.0
    beyond: tuple[float, float] = (0.0, 0.0)
    n_trail: int = 0
    n_road: int = 0
    usable: tuple[int, int] = (0, 0)
    enough: bool = False
    pull: Floats = field(default_factory=lambda: np.zeros(0))
    paired: Mapping[str, NDArray[Any]] = field(
        default_factory=lambda: {name: np.zeros(0) for name in _PAIRS}
    )

    @cached_property
    def pairs(self) -> pd.DataFrame:
        """The matched pairs, a row for each."""
        return pd.DataFrame(self.paired)

    @property
    def matched(self) -> NDArray[np.intp]:
        """Positions of the runs on more and on less trail, a row for each pair."""
        return as_indices(
            np.stack([self.paired["trail"], self.paired["road"]], -1)
        )

    def is_close(self, fewest: int) -> bool:
        """Return whether there are so many runs on each side, but their ground is hardly apart."""
        return not self.enough and min(self.n_trail, self.n_road) >= fewest
