"""Speed, and what is standing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trailstats.cleaning.rules import CleanRules
from trailstats.elevation import Profile
from trailstats.metrics.sampling import true_runs

__all__ = ["moving_samples", "speed_over"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def speed_over(timer: Floats, distance: Floats, window: float) -> Floats:
    """Return the speed over a window of timer time about each sample, shorter at the ends."""
    if timer[-1] <= 0:
        return np.zeros(len(timer))
    before = np.maximum(timer - window / 2, 0.0)
    after = np.minimum(timer + window / 2, timer[-1])
    # Of samples with the same timer time (a pause) interpolation needs one: the last.
    keep = np.append(np.diff(timer) > 0, True)
    t, d = timer[keep], distance[keep]
    passed = np.interp(after, t, d) - np.interp(before, t, d)
    return np.asarray(np.where(after > before, passed / np.maximum(after - before, 1e-9), 0.0))


def moving_samples(
    duration: Floats,
    speed: Floats,
    distance: Floats,
    profile: Profile | None,
    rules: CleanRules,
    placed: bool,
) -> Flags:
    """Return which samples were under way; slow going counts while it climbs."""
    if not placed:
        return duration > 0
    under_way = speed >= rules.stop_speed
    if profile is not None:
        climb = np.abs(np.interp(distance, profile.distance, profile.grade)) * speed
        under_way |= climb >= rules.stop_climb
    start, stop = true_runs(~under_way)
    clock = np.append(0.0, np.cumsum(duration))
    short = clock[stop] - clock[start] < rules.stop_time
    edges = np.zeros(len(duration) + 1, dtype=np.intp)
    edges[start[short]] += 1
    edges[stop[short]] -= 1
    return (under_way | (np.cumsum(edges[:-1]) > 0)) & (duration > 0)
