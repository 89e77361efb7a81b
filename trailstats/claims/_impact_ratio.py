"""The ratio of two loads, over draws of what is not known and the scatter of the runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from trailstats.arrays import Floats
from trailstats.claims.stats import Comparison
from trailstats.metrics._root import root_between


@dataclass(frozen=True, eq=False)
class LoadRatio:
    """The logarithm of trail over road, as far as it is known.

    Attributes
    ----------
    drawn : numpy.ndarray, shape (draws,)
        One for each draw of the constants.
    compared : Comparison
        Whose error is that of each draw.
    lost : (float, float)
        By how much the truth may lie below and above, for distance that was lost.
    """

    drawn: Floats
    compared: Comparison
    lost: tuple[float, float]

    def below(self, value: float) -> float:
        """Return the probability that it lies below a value, no distance lost."""
        if not self.compared.error > 0:
            return float(np.mean(self.drawn < value))
        away = (value - self.drawn) / self.compared.error
        return float(np.mean(stdtr(max(self.compared.df, 1.0), away)))

    def quantile(self, share: float) -> float:
        """Return the value below which it lies with this probability, no distance lost."""
        ends = [float(self.drawn.min()), float(self.drawn.max())]
        if not self.compared.error > 0:
            return float(np.quantile(self.drawn, share))
        reach = stdtrit(max(self.compared.df, 1.0), share) * self.compared.error
        low, high = (end + float(reach) for end in ends)
        if not high > low:
            return low
        return root_between(
            lambda x: self.below(x) - share, low - 1e-9, high + 1e-9
        )

    def bounds(self, confidence: float) -> tuple[float, float]:
        """Return the interval of the relative difference."""
        tail = 0.5 - confidence / 2
        low = self.quantile(tail) + self.lost[0]
        high = self.quantile(1.0 - tail) + self.lost[1]
        # The comparison's own reach, for ground that may be mistaken.
        scale = self.compared.scale
        reached = (low, high, low * scale, high * scale)
        return float(np.expm1(min(reached))), float(np.expm1(max(reached)))

    @property
    def p_value(self) -> float:
        """Two-sided, of no difference, wherever in its range the lost distance lies."""
        above = 1.0 - self.below(-self.lost[1])
        return min(2.0 * min(self.below(-self.lost[0]), above), 1.0)
