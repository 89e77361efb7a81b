"""Performance: race equivalents, best efforts, critical speed, efficiency and decoupling."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np
import scipy

from trailstats.arrays import ArrayLike, Floats, as_floats, broadcast_floats
from trailstats.metrics._best_efforts import (
    BestEfforts,
    CriticalSpeed,
    best_efforts_by_distance,
    best_efforts_by_time,
    critical_speed,
    shortest_possible,
)
from trailstats.metrics._efficiency import (
    Decoupling,
    SteadyGate,
    SteadyRules,
    decoupling,
    efficiency_factor,
)
from trailstats.metrics._root import root_between

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
    "runs_needed",
    "shortest_possible",
    "speed_at_heart_rate",
    "vdot",
]


LOWEST_UPTAKE = 20.0
"""Least uptake that a race implies (our choice): tables of it begin at 30. [ml/kg/min]"""


def vdot(distance: ArrayLike, duration: ArrayLike) -> Floats:
    """Compute the oxygen uptake that a race result implies (Daniels and Gilbert).

    Parameters
    ----------
    distance : array-like
        Distance of a race or time trial on level ground. [m]
    duration : array-like
        Its duration, about 3.5 minutes to 4 hours. [s]

    Returns
    -------
    numpy.ndarray
        Implied uptake per kilogram. [ml/kg/min] NaN where an input is NaN or not positive, and for
        less than 20: below a slow run the line of uptake on speed leaves its range, down to less
        than nothing.

    References
    ----------
    [DanielsGilbert1979]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> float(performance.vdot(5000.0, 1200.0).round(4))
    49.8062
    """
    uptake = _implied_uptake(distance, duration)
    return np.where(uptake >= LOWEST_UPTAKE, uptake, np.nan)


def _implied_uptake(distance: ArrayLike, duration: ArrayLike) -> Floats:
    """Return the implied uptake of whatever distance and duration."""
    d, t = broadcast_floats(distance, duration)
    usable = (d > 0.0) & (t > 0.0)
    minutes = np.where(usable, t, np.nan) / 60.0
    speed = d / minutes
    uptake = -4.60 + 0.182258 * speed + 0.000104 * speed**2
    fraction = (
        0.8
        + 0.1894393 * np.exp(-0.012778 * minutes)
        + 0.2989558 * np.exp(-0.1932605 * minutes)
    )
    return as_floats(uptake / fraction)


def equivalent_time(uptake: float, distance: float) -> float:
    """Find the duration of a race over a distance that implies a given oxygen uptake.

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

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> round(performance.equivalent_time(49.8062, 5000.0), 1)
    1200.0
    """
    if not (uptake > 0.0 and distance > 0.0):
        return nan

    def excess(duration: float) -> float:
        return float(_implied_uptake(distance, duration)) - uptake

    fastest, slowest = distance / 12.0, distance / 0.5
    if excess(fastest) < 0.0 or excess(slowest) > 0.0:
        return nan
    return root_between(excess, fastest, slowest, 1e-9)


def riegel_time(
    duration: ArrayLike,
    distance: ArrayLike,
    target: ArrayLike,
    *,
    exponent: float = 1.06,
) -> Floats:
    """Predict the duration over another distance by Riegel's power law.

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

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> round(float(performance.riegel_time(1200.0, 5000.0, 10000.0)) / 60.0, 4)
    41.6986
    """
    return as_floats(
        as_floats(duration)
        * (as_floats(target) / as_floats(distance)) ** exponent
    )


def runs_needed(
    difference: float,
    std: float,
    *,
    correlation: float = 0.0,
    confidence: float = 0.95,
    power: float = 0.80,
) -> float:
    """Count the runs on each side that a comparison needs to find a difference.

    Parameters
    ----------
    difference : float
        Difference to be found. [any unit]
    std : float
        Standard deviation between runs, in the unit of `difference`. [any unit]
    correlation : float
        Correlation of a run with the one before, from -1 to 1. [1]
    confidence : float
        Confidence level of the two-sided comparison. [1]
    power : float
        Probability of finding the difference. [1]

    Returns
    -------
    float
        Runs on each side, not rounded. [1] NaN when an input is NaN or the difference is 0.

    References
    ----------
    [Hawley2019]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> round(performance.runs_needed(0.01, 0.02, correlation=0.3), 1)
    116.6
    """
    if difference == 0.0:
        return nan
    width = float(
        scipy.special.ndtri(0.5 + 0.5 * confidence) + scipy.special.ndtri(power)
    )
    return (
        2.0
        * (width * std / difference) ** 2
        * (1.0 + correlation)
        / (1.0 - correlation)
    )


@dataclass(frozen=True)
class SpeedAtHeartRate:
    """Speed read off a line at a reference heart rate.

    Attributes
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
    """Estimate the speed at a reference heart rate, by a line of speed on heart rate and
    temperature.

    Give means of steady windows (a minute or more).

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
        Windows needed. [1] Our choice.

    Returns
    -------
    SpeedAtHeartRate
        Speed with interval. NaN with too few windows, when heart rate does not vary, or when
        `reference` lies more than 5 bpm outside the heart rates seen (our choice). Windows with a
        NaN are skipped.

    References
    ----------
    [Lamberts2004]_, [Schimpchen2023]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> hr = [140.0 + k for k in range(20)]
    >>> speed = [2.0 + 0.01 * (h - 140.0) for h in hr]
    >>> round(performance.speed_at_heart_rate(speed, hr, 150.0).speed, 3)
    2.1
    """
    v, heart = broadcast_floats(speed, hr)
    warmth = (
        np.full(v.shape, reference_temperature)
        if temperature is None
        else as_floats(temperature)
    )
    kept = ~(np.isnan(v) | np.isnan(heart) | np.isnan(warmth))
    v, heart, warmth = v[kept], heart[kept], warmth[kept]
    nothing = SpeedAtHeartRate(nan, nan, nan, int(v.size))
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
