"""Pairs of runs that are near in time and alike in duration, and what each pair weighs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Floats


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of runs, the one on more trail first, with their weights, and the week of each run."""

    more: NDArray[np.intp]
    less: NDArray[np.intp]
    weight: Floats
    week: Floats

    @property
    def runs(self) -> int:
        """How many runs there are, paired or not."""
        return len(self.week)

    def total(self, of_more: Floats, of_less: Floats) -> Floats:
        """Return each run's sum over its pairs of what the pair gives the one and the other."""
        return np.asarray(
            np.bincount(self.more, weights=of_more, minlength=self.runs)
            + np.bincount(self.less, weights=of_less, minlength=self.runs)
        )


def near(when: Floats, reach: float) -> NDArray[np.intp]:
    """Return the pairs of positions less than the reach apart in time, shape (2, pairs).

    Their number grows with that of the runs, not with its square.
    """
    order = np.argsort(when, kind="stable")
    clock = when[order]
    place = np.arange(len(clock))
    count = np.searchsorted(clock, clock + reach) - place - 1
    one = np.repeat(place, count)
    before = np.cumsum(count) - count
    other = one + 1 + np.arange(len(one)) - np.repeat(before, count)
    return np.asarray(order[np.vstack((one, other))])


def kernel(
    at: Floats, one: NDArray[np.intp], other: NDArray[np.intp], reach: float
) -> Floats:
    """Return weights of pairs that fall in a line from 1 at no distance to 0 at the reach."""
    return np.asarray(np.maximum(0.0, 1.0 - np.abs(at[one] - at[other]) / reach))


def evened(
    weight: Floats, one: NDArray[np.intp], other: NDArray[np.intp], counts: Floats
) -> Floats:
    """Return weights of pairs under which a run counts alike in a dense time and in a thin one.

    A run of a dense time has many partners; were all pairs to count alike, a few weeks full of runs
    would outweigh the rest of the years. Over the density of runs about either end, pairs within
    groups apart from each other give what least squares with a constant for each group gives.

    Parameters
    ----------
    weight : numpy.ndarray, shape (pairs,)
        How well the runs of each pair match, 1 at best.
    one, other : numpy.ndarray of int, shape (pairs,)
    counts : numpy.ndarray, shape (n,)
        What each run counts for.
    """
    density = counts + (
        np.bincount(one, weight * counts[other], len(counts))
        + np.bincount(other, weight * counts[one], len(counts))
    )
    whole = counts[one] * counts[other]
    reach = np.sqrt(density[one] * density[other])
    return np.asarray(weight * whole / np.where(reach > 0, reach, 1.0))
