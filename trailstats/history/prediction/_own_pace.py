"""A second opinion on a time: the runner's own pace per km-effort, and how much of it counts.

The rule of thumb knows neither slopes nor ground, but for a runner whose runs it meets as well as
the model does, the two miss in different ways, and half of each misses less than either. What
counts of it is found from how far both missed the runner's earlier runs, each left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.arrays import Floats, as_floats
from trailstats.metrics.variety import km_effort

PRIOR_RUNS: Final = 10.0
"""Runs as which it counts that the model alone is right (our choice of 5, 10 and 20)."""

MOST: Final = 0.5
"""The most that counts of the rule of thumb (our choice)."""

RECENT: Final = 40
"""Runs of whose paces the median is taken (our choice)."""

FAR: Final = 1.5
"""Misses beyond this many times the model's median count less [Huber1964]_ (our choice)."""

_ROUNDS: Final = 5
"""Times that the misses are weighted again: the share changes by less than 0.01 after that."""


@dataclass(frozen=True)
class OwnPace:
    """A runner's pace per km-effort beside the model.

    Attributes
    ----------
    log_pace : float
        Of recent runs, log of [s/km].
    share : float
        What counts of it [1]; the rest is the model's.
    narrowing : float
        By how much the two together missed earlier runs less than the model alone [1].
    """

    log_pace: float = float("nan")
    share: float = 0.0
    narrowing: float = 1.0

    def shift(self, log_time: float, distance: float, ascent: float) -> float:
        """Return what the rule of thumb adds to the log of the model's time for a way [m]."""
        if not self.share:
            return 0.0
        by_rule = self.log_pace + np.log(km_effort(distance, ascent))
        return float(self.share * (by_rule - log_time))


def log_paces(taken: Floats, distance: Floats, ascent: Floats) -> Floats:
    """Return the log of the time that runs took for a kilometre of effort [s/km]."""
    return as_floats(np.log(taken / km_effort(distance, np.nan_to_num(ascent))))


def learn_own_pace(missed: Floats, paces: Floats) -> OwnPace:
    """Return a runner's pace per km-effort with its share.

    Parameters
    ----------
    missed : numpy.ndarray, shape (n,)
        Log of the time that runs took over that by the model, each left out, in order of time.
    paces : numpy.ndarray, shape (n,)
        Log of their paces per km-effort.
    """
    by_rule = misses_of_rule(paces)
    share = share_of_rule(missed, by_rule)
    recent = float(np.median(paces[-RECENT:]))
    if not share:
        return OwnPace(recent)
    both = missed - share * (missed - by_rule)
    less = float(np.sum(np.abs(both)) / np.sum(np.abs(missed)))
    count = len(missed)
    narrowing = (count * less + PRIOR_RUNS) / (count + PRIOR_RUNS)
    return OwnPace(recent, share, min(narrowing, 1.0))


def misses_of_rule(paces: Floats) -> Floats:
    """Return the log pace of each run less the median of the runs around it, itself left out."""
    count = len(paces)
    found = np.empty(count)
    for k in range(count):
        start = max(0, min(k - RECENT // 2, count - RECENT - 1))
        around = np.delete(paces[start : start + RECENT + 1], k - start)
        found[k] = paces[k] - np.median(around)
    return found


def share_of_rule(missed: Floats, by_rule: Floats) -> float:
    """Return the share of the rule of thumb with which it and the model miss runs the least.

    The slope of the model's misses over what the rule says otherwise, drawn towards 0 by so many
    runs, with runs that are far off counting less; no lower than 0.
    """
    apart = missed - by_rule
    usual = float(np.mean(apart**2))
    if not usual > 0.0:
        return 0.0
    bound = FAR * float(np.median(np.abs(missed)))
    share = 0.0
    for _ in range(_ROUNDS):
        off = np.abs(missed - share * apart)
        weight = np.minimum(1.0, bound / np.maximum(off, 1e-9))
        along = float((weight * apart) @ apart) + PRIOR_RUNS * usual
        share = float((weight * missed) @ apart) / along
    return float(np.clip(share, 0.0, MOST))
