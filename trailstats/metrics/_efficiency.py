"""What a heart beat is worth, and how that fades over a steady run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import nan

import numpy as np

from trailstats.arrays import ArrayLike, broadcast_floats
from trailstats.metrics.effort import variability_index
from trailstats.metrics.sampling import WARM_UP, time_mean, valid_seconds


def efficiency_factor(speed: ArrayLike, hr: ArrayLike, dt: ArrayLike) -> float:
    """Compute the metres of grade-adjusted distance per heart beat.

    Parameters
    ----------
    speed : array-like
        Grade-adjusted speed. [m/s]
    hr : array-like
        Heart rate. [bpm]
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]

    Returns
    -------
    float
        Mean speed per minute over mean heart rate. [m/beat] Only samples with both are used; NaN
        without any.

    References
    ----------
    [Lamberts2004]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> performance.efficiency_factor(3.5, 150.0, 1.0)
    1.4
    """
    seconds = valid_seconds(dt, speed, hr)
    mean_hr = time_mean(hr, seconds)
    return 60.0 * time_mean(speed, seconds) / mean_hr if mean_hr > 0.0 else nan


class SteadyGate(StrEnum):
    """Why a run is no steady aerobic run, so that its decoupling says little."""

    TOO_SHORT = "too_short"
    TOO_VARIED = "too_varied"
    PAUSED = "paused"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True)
class SteadyRules:
    """Gates of `decoupling`, all of them our choice but the minutes dropped.

    Attributes
    ----------
    warm_up : float
        Time at the start that is dropped. [s]
    shortest : float
        Moving time needed, warm-up included. [s]
    largest_variability : float
        Variability index that may not be reached. [1]
    longest_pause : float
        Pause that may not be exceeded. [s]
    smallest_coverage : float
        Share of the moving time with both speed and heart rate. [1]
    """

    warm_up: float = WARM_UP
    shortest: float = 2400.0
    largest_variability: float = 1.05
    longest_pause: float = 120.0
    smallest_coverage: float = 0.80


@dataclass(frozen=True)
class Decoupling:
    """Loss of efficiency from the first to the second half of a run.

    Attributes
    ----------
    loss : float
        Share that was lost, negative for a gain. [1] Below 0.05 counts as good by practice,
        not by physiology.
    first, second : float
        Efficiency of the halves. [m/beat]
    failed : tuple of SteadyGate
        Gates that the run does not pass; empty for a valid value.

    References
    ----------
    [Lamberts2004]_
    """

    loss: float
    first: float
    second: float
    failed: tuple[SteadyGate, ...]


def decoupling(
    speed: ArrayLike,
    hr: ArrayLike,
    dt: ArrayLike,
    *,
    longest_pause: float = 0.0,
    rules: SteadyRules | None = None,
) -> Decoupling:
    """Compare the efficiency of the halves of a steady run, halved by moving time.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Grade-adjusted speed. [m/s]
    hr : array-like
        Heart rate. [bpm]
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    longest_pause : float
        Longest pause of the run. [s]
    rules : SteadyRules, optional
        Gates.

    Returns
    -------
    Decoupling
        Loss [1] with the gates that failed. NaN when a half holds no sample with both.

    References
    ----------
    [Lamberts2004]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> hr = [140.0] * 1500 + [147.0] * 1500
    >>> rules = performance.SteadyRules(warm_up=0.0)
    >>> round(performance.decoupling([3.0] * 3000, hr, 1.0, rules=rules).loss, 4)
    0.0476
    """
    gates = rules or SteadyRules()
    v, heart = broadcast_floats(speed, hr)
    seconds = np.broadcast_to(valid_seconds(dt), v.shape)
    clock = np.cumsum(seconds)
    moving = float(clock[-1]) if clock.size else 0.0
    settled = np.clip(clock - gates.warm_up, 0.0, seconds)
    kept = float(np.sum(settled))
    # A sample across the middle goes to both halves in parts, so the result does not depend on the
    # sampling rate.
    reached = np.clip(np.cumsum(settled) - 0.5 * kept, 0.0, settled)
    first = efficiency_factor(v, heart, settled - reached)
    second = efficiency_factor(v, heart, reached)

    failed: list[SteadyGate] = []
    if moving < gates.shortest:
        failed.append(SteadyGate.TOO_SHORT)
    if not variability_index(v, settled) < gates.largest_variability:
        failed.append(SteadyGate.TOO_VARIED)
    if longest_pause > gates.longest_pause:
        failed.append(SteadyGate.PAUSED)
    if (
        not float(np.sum(valid_seconds(settled, v, heart)))
        >= gates.smallest_coverage * kept
        > 0.0
    ):
        failed.append(SteadyGate.NOT_RECORDED)
    loss = (first - second) / first if first > 0.0 else nan
    return Decoupling(loss, first, second, tuple(failed))
