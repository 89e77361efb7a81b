"""Is the recorded heart rate the heart's? Flags for what optical sensors get wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trailstats.arrays import ArrayLike, Flags, Ints, broadcast_floats, sum_up_to
from trailstats.metrics.sampling import true_runs, valid_seconds


@dataclass(frozen=True)
class HeartRateRules:
    """Limits of `heart_rate_quality`.

    Attributes
    ----------
    lock_distance : float
        Distance of heart rate from cadence that counts as locked. [1/min]
    lock_seconds : float
        Time it must last. [s]
    lock_speed_variation : float
        Coefficient of variation of speed within that time from which speed counts as varying
        (our choice). [1]
    flat_seconds : float
        Time without any change that counts as a stuck value. [s]
    settle_seconds : float
        Time at the start that is masked. [s]
    lowest, highest : float
        Heart rates outside are impossible (our choice). [bpm]
    """

    lock_distance: float = 3.0
    lock_seconds: float = 180.0
    lock_speed_variation: float = 0.05
    flat_seconds: float = 60.0
    settle_seconds: float = 120.0
    lowest: float = 30.0
    highest: float = 240.0


@dataclass(frozen=True, eq=False)
class HeartRateQuality:
    """Flags per sample; a sample with any of them should not enter a heart-rate metric.

    Attributes
    ----------
    cadence_locked : numpy.ndarray of bool
        Heart rate follows the steps. [1]
    flat : numpy.ndarray of bool
        Heart rate is stuck. [1]
    settling : numpy.ndarray of bool
        Start of the recording. [1]
    impossible : numpy.ndarray of bool
        Outside the possible range. [1]
    usable : numpy.ndarray of bool
        Recorded and without a flag. [1]
    usable_share : float
        Share of the recorded time that is usable. [1] NaN when no heart rate was recorded.
    """

    cadence_locked: Flags
    flat: Flags
    settling: Flags
    impossible: Flags
    usable: Flags
    usable_share: float


def _fill_runs(size: int, start: Ints, stop: Ints) -> Flags:
    edges = np.zeros(size + 1, dtype=np.int64)
    np.add.at(edges, start, 1)
    np.add.at(edges, stop, -1)
    return np.asarray(np.cumsum(edges[:-1]) > 0, dtype=np.bool_)


def heart_rate_quality(
    hr: ArrayLike,
    cadence: ArrayLike,
    speed: ArrayLike,
    dt: ArrayLike,
    *,
    rules: HeartRateRules | None = None,
) -> HeartRateQuality:
    """Flag heart-rate samples that follow the cadence, are stuck, settling or impossible.

    Parameters
    ----------
    hr : array-like, shape (n,)
        Heart rate. [bpm]
    cadence : array-like
        Steps of both feet. [1/min] NaN never counts as locked.
    speed : array-like
        Speed. [m/s]
    dt : array-like
        Seconds that each sample stands for. [s]
    rules : HeartRateRules, optional
        Limits.

    Returns
    -------
    HeartRateQuality
        Flags. A NaN heart rate has no flag and is not usable.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> quality = intensity.heart_rate_quality([150.0] * 300, [170.0] * 300, [3.0] * 300, 1.0)
    >>> quality.usable_share
    0.0
    """
    limits = rules or HeartRateRules()
    heart, steps, v = broadcast_floats(hr, cadence, speed)
    seconds = np.broadcast_to(valid_seconds(dt), heart.shape)
    clock = sum_up_to(seconds)

    start, stop = true_runs(np.abs(heart - steps) < limits.lock_distance)
    weight = np.where(np.isnan(v), 0.0, seconds)
    known = np.where(np.isnan(v), 0.0, v)
    w = sum_up_to(weight)
    first = sum_up_to(weight * known)
    second = sum_up_to(weight * known**2)
    total = np.maximum(w[stop] - w[start], 1e-9)
    mean = (first[stop] - first[start]) / total
    variance = (second[stop] - second[start]) / total - mean**2
    std = np.sqrt(np.maximum(variance, 0.0))
    varies = std > limits.lock_speed_variation * mean
    long_lock = (clock[stop] - clock[start] > limits.lock_seconds) & varies
    locked = _fill_runs(heart.size, start[long_lock], stop[long_lock])

    # A run of "same as before" begins one sample after the value it repeats.
    same = (
        np.concatenate([[False], np.diff(heart) == 0.0])
        if heart.size
        else np.zeros(0, dtype=np.bool_)
    )
    start, stop = true_runs(same)
    start = start - 1
    stuck = clock[stop] - clock[start] > limits.flat_seconds
    flat = _fill_runs(heart.size, start[stuck], stop[stuck])

    recorded = ~np.isnan(heart)
    settling = recorded & (clock[:-1] < limits.settle_seconds)
    impossible = recorded & ((heart < limits.lowest) | (heart > limits.highest))
    usable = recorded & ~locked & ~flat & ~settling & ~impossible
    recorded_time = float(np.sum(seconds[recorded]))
    share = (
        float(np.sum(seconds[usable])) / recorded_time
        if recorded_time > 0.0
        else float("nan")
    )
    return HeartRateQuality(locked, flat, settling, impossible, usable, share)
