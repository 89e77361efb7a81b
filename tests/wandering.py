"""Errors of an altimeter that wanders, to be put into recordings whose ground is known."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

import numpy as np
import scipy

from trailstats.model.activity import Activity


class Wander(StrEnum):
    """How an error changes: from sample to sample at random, smoothly, or in waves."""

    ROUGH = "rough"
    SMOOTH = "smooth"
    WAVES = "waves"


def wander(
    rng: np.random.Generator, seconds: np.ndarray, kind: Wander, time: float
) -> np.ndarray:
    """Return an error of standard deviation 1 at some seconds, correlated over a time [s]."""
    every = np.arange(0.0, seconds[-1] + 2.0)
    count = len(every)
    if kind is Wander.ROUGH:
        # Ornstein and Uhlenbeck's process, after it has forgotten its start.
        keep, before = np.exp(-1.0 / time), round(5 * time)
        steps = rng.normal(0.0, np.sqrt(1.0 - keep**2), count + before)
        found = scipy.signal.lfilter([1.0], [1.0, -keep], steps)[before:]
    elif kind is Wander.SMOOTH:
        width = time / 2.0
        steps = rng.normal(size=count + round(10 * width))
        smooth = scipy.ndimage.gaussian_filter1d(steps, width)
        found = smooth[round(5 * width) :][:count]
        found = found * np.sqrt(2.0 * np.sqrt(np.pi) * width)
    else:
        periods = time * np.array([1.5, 2.7, 4.1])
        phases = rng.uniform(0.0, 2.0 * np.pi, 3)
        waves = np.sin(2.0 * np.pi * every[:, None] / periods + phases)
        found = waves.sum(axis=1) * np.sqrt(2.0 / 3.0)
    return np.interp(seconds, every, found)


def with_wander(activity: Activity, error: np.ndarray) -> Activity:
    """Return an activity with an error of its elevation [m], one value a record."""
    records = activity.records.copy()
    records["elevation"] += error
    return replace(activity, records=records)
