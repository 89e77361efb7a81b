"""Performance: race equivalents, best efforts, critical speed, efficiency and decoupling."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import scipy

from trailstats.metrics._best_efforts import (
    BestEfforts,
    CriticalSpeed,
    best_efforts_by_distance,
    best_efforts_by_time,
    critical_speed,
)
from trailstats.metrics._types import ArrayLike, FloatArray, as_floats
from trailstats.metrics.effort import variability_index
from trailstats.metrics.sampling import time_mean, valid_seconds

__all__ = [
    "BestEfforts",
    "CriticalSpeed",
    "Decoupling",
    "SpeedAtHeartRate",
    "SteadyGate",
    "SteadyRules",
    "best_efforts_by_distance",
    "best_efforts_by_time",
    "critical_speed",
    "decoupling",
    "efficiency_factor",
    "equivalent_time",
    "riegel_time",
    "speed_at_heart_rate",
    "vdot",
]


def vdot(distance: ArrayLike, duration: ArrayLike) -> FloatArray:
    """Oxygen uptake that a race result implies (Daniels and Gilbert).

    Parameters
    ----------
    distance : array-like
        Distance of a race or time trial on level ground. [m]
    duration : array-like
        Its duration, about 3.5 minutes to 4 hours. [s]

    Returns
    -------
    numpy.ndarray
        Implied uptake per kilogram. [ml/kg/min] A laboratory finds 3 to 5 more or less. NaN where an input is
        NaN or not positive.

    References
    ----------
    [DanielsGilbert1979]_
    """
    d, t = np.broadcast_arrays(as_floats(distance), as_floats(duration))
    usable = (d > 0.0) & (t > 0.0)
    minutes = np.where(usable, t, np.nan) / 60.0
    speed = d / minutes
    uptake = -4.60 + 0.182258 * speed + 0.000104 * speed**2
    fraction = 0.8 + 0.1894393 * np.exp(-0.012778 * minutes) + 0.2989558 * np.exp(-0.1932605 * minutes)
    return as_floats(uptake / fraction)


def equivalent_time(uptake: float, distance: float) -> float:
    """Duration of a race over a distance that implies a given oxygen uptake.

    Parameters
    ----------
    uptake : float
        Implied uptake, see `vdot`. [ml/kg/min] About 20 to 90.
    distance : float
        Distance. [m]

    Returns
    -------
    float
        Duration. [s] NaN when an input is NaN or no speed from 0.5 to 12 m/s fits.

    References
    ----------
    [DanielsGilbert1979]_
    """
    if not (uptake > 0.0 and distance > 0.0):
        return float("nan")

    def excess(duration: float) -> float:
        return float(vdot(distance, duration)) - uptake

    fastest, slowest = distance / 12.0, distance / 0.5
    if excess(fastest) < 0.0 or excess(slowest) > 0.0:
        return float("nan")
    return float(scipy.optimize.brentq(excess, fastest, slowest, xtol=1e-9))


def riegel_time(duration: ArrayLike, distance: ArrayLike, target: ArrayLike, *, exponent: float = 1.06) -> FloatArray:
    """Duration over another distance by Riegel's power law.

    Parameters
    ----------
    duration : array-like
        Known duration, about 3.5 minutes to 4 hours. [s]
    distance : array-like
        Its distance. [m]
    target : array-like
        Distance asked for. [m]
    exponent : float
        Fatigue exponent. [1]

    Returns
    -------
    numpy.ndarray
        Expected duration. [s] NaN where an input is NaN.

    References
    ----------
    [Riegel1981]_
    """
    return as_floats(as_floats(duration) * (as_floats(target) / as_floats(distance)) ** exponent)


def efficiency_factor(speed: ArrayLike, hr: ArrayLike, dt: ArrayLike) -> float:
    """Metres of grade-adjusted distance per heart beat.

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
        Mean speed per minute over mean heart rate. [m/beat] Only samples with both are used; NaN without any.
        From day to day it moves by 1.1 to 1.4 % in a laboratory and more outdoors.

    References
    ----------
    [Lamberts2004]_
    """
    seconds = valid_seconds(dt, speed, hr)
    mean_hr = time_mean(hr, seconds)
    return 60.0 * time_mean(speed, seconds) / mean_hr if mean_hr > 0.0 else float("nan")


class SteadyGate(StrEnum):
    """Why a run is no steady aerobic run, so that its decoupling says little."""

    TOO_SHORT = "too_short"
    TOO_VARIED = "too_varied"
    PAUSED = "paused"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True)
class SteadyRules:
    """Gates of `decoupling`, all of them judgement but the minutes dropped.

    Parameters
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

    warm_up: float = 600.0
    shortest: float = 2400.0
    largest_variability: float = 1.05
    longest_pause: float = 120.0
    smallest_coverage: float = 0.80


@dataclass(frozen=True)
class Decoupling:
    """Loss of efficiency from the first to the second half of a run.

    Parameters
    ----------
    percent : float
        Loss, negative for a gain. [%] Below 5 counts as good by practice, not by physiology.
    first, second : float
        Efficiency of the halves. [m/beat]
    failed : tuple of SteadyGate
        Gates that the run does not pass; empty for a valid value.

    References
    ----------
    [Lamberts2004]_
    """

    percent: float
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
    """Loss of efficiency between the halves of a steady run, halved by moving time.

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
        Loss [%] with the gates that failed. NaN when a half holds no sample with both.

    References
    ----------
    [Lamberts2004]_
    """
    gates = rules or SteadyRules()
    v, heart = np.broadcast_arrays(as_floats(speed), as_floats(hr))
    seconds = np.broadcast_to(valid_seconds(dt), v.shape)
    clock = np.cumsum(seconds)
    moving = float(clock[-1]) if clock.size else 0.0
    settled = np.clip(clock - gates.warm_up, 0.0, seconds)
    kept = float(np.sum(settled))
    # A sample across the middle goes to both halves in parts, so the result does not depend on the sampling
    # rate.
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
    if not float(np.sum(valid_seconds(settled, v, heart))) >= gates.smallest_coverage * kept > 0.0:
        failed.append(SteadyGate.NOT_RECORDED)
    percent = 100.0 * (first - second) / first if first > 0.0 else float("nan")
    return Decoupling(percent, first, second, tuple(failed))


@dataclass(frozen=True)
class SpeedAtHeartRate:
    """Speed read off a line at a reference heart rate.

    Parameters
    ----------
    speed : float
        Speed. [m/s]
    low, high : float
        95 % interval of the line, for independent windows. [m/s]
    n : int
        Number of windows. [1]

    References
    ----------
    [Lamberts2004]_
    """

    speed: float
    low: float
    high: float
    n: int


def speed_at_heart_rate(
    speed: ArrayLike,
    hr: ArrayLike,
    reference: float,
    *,
    temperature: ArrayLike | None = None,
    reference_temperature: float = 15.0,
    minimum_windows: int = 10,
) -> SpeedAtHeartRate:
    """Speed at a reference heart rate, by a line of speed on heart rate and temperature.

    Give means of steady windows (a minute or more). Neighbouring windows are alike, so the interval is too
    narrow for a single run.

    Parameters
    ----------
    speed : array-like, shape (n,)
        Mean grade-adjusted speed of each window. [m/s]
    hr : array-like, shape (n,)
        Mean heart rate of each window. [bpm]
    reference : float
        Heart rate at which to read. [bpm]
    temperature : array-like, shape (n,), optional
        Air temperature. [degC] Left out when it does not vary.
    reference_temperature : float
        Temperature at which to read. [degC]
    minimum_windows : int
        Windows needed. [1] Judgement.

    Returns
    -------
    SpeedAtHeartRate
        Speed with interval. NaN with too few windows, when heart rate does not vary, or when `reference` lies
        more than 5 bpm outside the heart rates seen (judgement). Windows with a NaN are skipped.

    References
    ----------
    [Lamberts2004]_, [Schimpchen2023]_
    """
    v, heart = np.broadcast_arrays(as_floats(speed), as_floats(hr))
    warmth = np.full(v.shape, reference_temperature) if temperature is None else as_floats(temperature)
    kept = ~(np.isnan(v) | np.isnan(heart) | np.isnan(warmth))
    v, heart, warmth = v[kept], heart[kept], warmth[kept]
    nothing = SpeedAtHeartRate(float("nan"), float("nan"), float("nan"), int(v.size))
    if v.size < max(minimum_windows, 4) or np.ptp(heart) == 0.0:
        return nothing
    if not np.min(heart) - 5.0 <= reference <= np.max(heart) + 5.0:
        return nothing
    columns = [np.ones(v.size), heart - reference]
    if np.ptp(warmth) > 0.0:
        columns.append(warmth - reference_temperature)
    # Centred on the reference, so that the intercept is the answer and its error the interval.
    design = np.stack(columns, axis=1)
    coefficients, _, rank, _ = np.linalg.lstsq(design, v, rcond=None)
    free = v.size - design.shape[1]
    if rank < design.shape[1] or free < 1:
        return nothing
    residual = v - design @ coefficients
    variance = float(residual @ residual) / free
    error = float(np.sqrt(variance * np.linalg.inv(design.T @ design)[0, 0]))
    half = float(scipy.special.stdtrit(free, 0.975)) * error
    value = float(coefficients[0])
    return SpeedAtHeartRate(value, value - half, value + half, int(v.size))
