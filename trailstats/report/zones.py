"""Time in five heart-rate zones, with their bounds, as the page shows it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from trailstats.arrays import Floats, as_floats
from trailstats.metrics.intensity import time_in_zones
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import HEART_RATE_BINS, Analysis
from trailstats.report import text

FIVE = (0.6, 0.7, 0.8, 0.9)
"""Shares of the maximum at which five zones part [Edwards1993]_; what lies below half of it, which
he leaves out, belongs to the first (our choice).
"""

_RATES = np.arange(HEART_RATE_BINS, dtype=np.float64)
_FIVE_NAMES: tuple[str, ...] = (
    "very easy",
    "easy",
    "moderate",
    "hard",
    "very hard",
)
_THREE_NAMES: tuple[str, ...] = ("easy", "moderate", "hard")


@dataclass(frozen=True)
class Zone:
    """One zone: its name, its bounds and the time in it as text, and its share of the time."""

    name: str
    bounds: str
    time: str
    share: float


def zones_of(
    analysis: Analysis, limits: HeartRateLimits | None
) -> tuple[Zone, ...]:
    """Return the time in five zones of the maximum heart rate; in three where only thresholds are
    known, and nothing where neither is, or no heart rate was recorded.

    Parameters
    ----------
    analysis : Analysis
    limits : HeartRateLimits or None
    """
    times = analysis.heart_rate_times.moving
    if limits is None or not times.any():
        return ()
    bounds = limits.maximum * as_floats(FIVE)
    names = _FIVE_NAMES
    if not math.isfinite(limits.maximum):
        bounds = as_floats([limits.easy_ceiling, limits.hard_floor])
        names = _THREE_NAMES
    if not np.isfinite(bounds).all():
        return ()
    spent = time_in_zones(_RATES, times, bounds)
    return tuple(
        Zone(name, limit, text.duration(time), round(time / spent.sum(), 4))
        for name, limit, time in zip(
            names, _bounds_as_text(bounds), spent.tolist(), strict=True
        )
    )


def _bounds_as_text(bounds: Floats) -> list[str]:
    """Return the heart rates of each zone, whole beats of which each belongs to one."""
    first = np.ceil(bounds).astype(int).tolist()
    return [
        f"up to {first[0] - 1}",
        *(f"{a} to {b - 1}" for a, b in pairwise(first)),
        f"from {first[-1]}",
    ]
