"""How regular the steps are: spread of cadence and step length within windows of steady running."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from trailstats.arrays import ArrayLike, Floats, as_floats, broadcast_floats
from trailstats.metrics._stride import step_length
from trailstats.metrics.sampling import valid_seconds


def recorded_resolution(values: ArrayLike) -> float:
    """Find the distance between neighbouring values that a series was recorded with.

    Parameters
    ----------
    values : array-like
        Recorded series, such as cadence. [any unit] NaN is skipped.

    Returns
    -------
    float
        The usual (median) gap between the distinct values, in the unit of `values`. NaN with fewer
        than two of them. A device that records whole strides gives 2 where steps are meant.

    References
    ----------
    [Definition]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> variability.recorded_resolution([166.0, 170.0, 168.0, 168.0])
    2.0
    """
    series = as_floats(values)
    distinct = np.unique(np.round(series[~np.isnan(series)], 4))
    return float(np.median(np.diff(distinct))) if distinct.size > 1 else nan


def quantisation_std(resolution: float) -> float:
    """Compute the standard deviation that rounding alone gives a series.

    Parameters
    ----------
    resolution : float
        Distance between recorded values: 1 step/min, or 2 where whole strides were doubled. [any
        unit]

    Returns
    -------
    float
        Standard deviation, in the unit of `resolution`; NaN gives NaN.

    References
    ----------
    [Definition]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> round(variability.quantisation_std(1.0), 2)
    0.29
    """
    return resolution / float(np.sqrt(12.0))


@dataclass(frozen=True)
class SteadyWindowRules:
    """What makes a window steady running, so that its spread is the runner's and not the course's.

    Attributes
    ----------
    window : float
        Length of a window. [s]
    largest_speed_variation : float
        Coefficient of variation of speed. [1]
    largest_grade_std : float
        Standard deviation of grade. [1]
    smallest_cadence : float
        Cadence of running; a window with less anywhere is walking or stopping. [1/min]
    smallest_coverage : float
        Share of the window that must be recorded. [1]
    resolution : float
        Distance between recorded cadences. [1/min]

    References
    ----------
    [Judgement]_
    """

    window: float = 60.0
    largest_speed_variation: float = 0.10
    largest_grade_std: float = 0.02
    smallest_cadence: float = 140.0
    smallest_coverage: float = 0.90
    resolution: float = 1.0


@dataclass(frozen=True)
class StepVariability:
    """Spread of the steps within steady windows.

    Attributes
    ----------
    cadence : float
        Coefficient of variation of cadence. [1]
    step_length : float
        Coefficient of variation of step length, noise of the speed included. [1]
    windows : int
        Number of steady windows. [1]

    References
    ----------
    [Voloshina2015]_, [Schutte2016]_
    """

    cadence: float
    step_length: float
    windows: int


def step_variability(
    cadence: ArrayLike,
    speed: ArrayLike,
    dt: ArrayLike,
    *,
    grade: ArrayLike | None = None,
    rules: SteadyWindowRules | None = None,
) -> StepVariability:
    """Compute the coefficients of variation of cadence and step length, the median over windows of
    steady running.

    Parameters
    ----------
    cadence : array-like, shape (n,)
        Steps of both feet. [1/min]
    speed : array-like, shape (n,)
        Speed along the slope. [m/s]
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    grade : array-like, optional
        Rise over run. [1]
    rules : SteadyWindowRules, optional
        What counts as steady.

    Returns
    -------
    StepVariability
        Coefficients. [1] NaN without a steady window; cadence is NaN also when its standard
        deviation is not twice that of rounding. Windows with a NaN are judged on what was recorded.

    References
    ----------
    [Voloshina2015]_, [Schutte2016]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import variability
    >>> cadence = 170.0 + 3.0 * np.sin(np.arange(600))
    >>> round(variability.step_variability(cadence, np.full(600, 3.0), 1.0).cadence, 4)
    0.0125
    """
    limits = rules or SteadyWindowRules()
    steps, v = broadcast_floats(cadence, speed)
    slope = np.broadcast_to(as_floats(0.0 if grade is None else grade), v.shape)
    seconds = np.broadcast_to(valid_seconds(dt), v.shape)
    nothing = StepVariability(nan, nan, 0)
    if not np.any(seconds > 0.0):
        return nothing
    window = ((np.cumsum(seconds) - 0.5 * seconds) / limits.window).astype(
        np.int64
    )
    # Windows follow each other, so each is summed from its first sample on.
    begins = np.diff(window, prepend=-1) > 0
    starts = np.flatnonzero(begins)
    member = np.cumsum(begins) - 1
    weight = valid_seconds(seconds, steps, v, slope)
    total = np.add.reduceat(weight, starts)

    def spread(series: Floats) -> tuple[Floats, Floats]:
        values = np.where(weight > 0.0, series, 0.0)
        base = np.maximum(total, 1e-12)
        mean = np.add.reduceat(weight * values, starts) / base
        square = (
            np.add.reduceat(weight * (values - mean[member]) ** 2, starts) / base
        )
        return mean, np.sqrt(square)

    mean_v, std_v = spread(v)
    _, std_slope = spread(slope)
    mean_c, std_c = spread(steps)
    mean_l, std_l = spread(step_length(v, steps))
    slow = np.logical_or.reduceat(
        (weight > 0.0) & (steps < limits.smallest_cadence), starts
    )
    steady = (total >= limits.smallest_coverage * limits.window) & ~slow
    steady &= std_v <= limits.largest_speed_variation * mean_v
    steady &= std_slope <= limits.largest_grade_std
    if not np.any(steady):
        return nothing
    cadence_std = float(np.sqrt(np.mean(std_c[steady] ** 2)))
    resolved = cadence_std > 2.0 * quantisation_std(limits.resolution)
    return StepVariability(
        cadence=float(np.median(std_c[steady] / mean_c[steady]))
        if resolved
        else nan,
        step_length=float(np.median(std_l[steady] / mean_l[steady])),
        windows=int(np.count_nonzero(steady)),
    )
