"""Variability of steps, path and heart beats, stance balance, exposure to technical ground, pace freedom.

All of it is proxy: exposure measures a dose and not an ability, and the variability of cadence is not the
coordinative variability between limbs that studies of injuries speak of.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from trailstats.metrics._beats import BeatRules, CorrectedBeats, correct_beats, rmssd, rmssd_corrected
from trailstats.metrics._pace_freedom import chasing_index, final_surge, pace_freedom
from trailstats.metrics._path_shape import local_plane, straightness, turn_density
from trailstats.metrics._types import ArrayLike, FloatArray, as_floats
from trailstats.metrics.sampling import time_mean, valid_seconds

__all__ = [
    "BeatRules",
    "CorrectedBeats",
    "StanceImbalance",
    "SteadyWindowRules",
    "StepVariability",
    "chasing_index",
    "coefficient_of_variation",
    "correct_beats",
    "final_surge",
    "local_plane",
    "pace_freedom",
    "quantisation_deviation",
    "rmssd",
    "rmssd_corrected",
    "sample_entropy",
    "stance_imbalance",
    "step_variability",
    "straightness",
    "technical_exposure",
    "turn_density",
    "windowed_sample_entropy",
]


def coefficient_of_variation(values: ArrayLike, dt: ArrayLike = 1.0) -> float:
    """Compute the standard deviation over the mean, weighted by time.

    Parameters
    ----------
    values : array-like
        Positive series. [any unit] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]

    Returns
    -------
    float
        Coefficient. [1] NaN when nothing was recorded or the mean is not positive.

    References
    ----------
    [Definition]_
    """
    series = as_floats(values)
    mean = time_mean(series, dt)
    return float(np.sqrt(time_mean((series - mean) ** 2, dt))) / mean if mean > 0.0 else float("nan")


def quantisation_deviation(resolution: float) -> float:
    """Compute the standard deviation that rounding alone gives a series.

    Parameters
    ----------
    resolution : float
        Distance between recorded values: 1 step/min, or 2 where whole strides were doubled. [any unit]

    Returns
    -------
    float
        Deviation, in the unit of `resolution`; NaN gives NaN.

    References
    ----------
    [Definition]_
    """
    return resolution / float(np.sqrt(12.0))


@dataclass(frozen=True)
class SteadyWindowRules:
    """What makes a window steady running, so that its spread is the runner's and not the course's.

    Parameters
    ----------
    window : float
        Length of a window. [s]
    largest_speed_variation : float
        Coefficient of variation of speed. [1]
    largest_grade_deviation : float
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
    largest_grade_deviation: float = 0.02
    smallest_cadence: float = 140.0
    smallest_coverage: float = 0.90
    resolution: float = 1.0


@dataclass(frozen=True)
class StepVariability:
    """Spread of the steps within steady windows.

    Parameters
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
    """Coefficients of variation of cadence and step length, the median over windows of steady running.

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
        Coefficients. [1] NaN without a steady window; cadence is NaN also when its deviation is not twice
        that of rounding. Windows with a NaN are judged on what was recorded.

    References
    ----------
    [Voloshina2015]_, [Schutte2016]_
    """
    limits = rules or SteadyWindowRules()
    steps, v = np.broadcast_arrays(as_floats(cadence), as_floats(speed))
    slope = np.zeros(v.shape) if grade is None else np.broadcast_to(as_floats(grade), v.shape)
    seconds = np.broadcast_to(valid_seconds(dt), v.shape)
    nothing = StepVariability(float("nan"), float("nan"), 0)
    if not np.any(seconds > 0.0):
        return nothing
    window = ((np.cumsum(seconds) - 0.5 * seconds) / limits.window).astype(np.int64)
    count = int(window[-1]) + 1
    weight = valid_seconds(seconds, steps, v, slope)
    total = np.bincount(window, weights=weight, minlength=count)

    def spread(series: FloatArray) -> tuple[FloatArray, FloatArray]:
        values = np.where(weight > 0.0, series, 0.0)
        base = np.maximum(total, 1e-12)
        mean = np.bincount(window, weights=weight * values, minlength=count) / base
        square = np.bincount(window, weights=weight * (values - mean[window]) ** 2, minlength=count) / base
        return mean, np.sqrt(square)

    length = np.divide(60.0 * v, steps, out=np.full(v.shape, np.nan), where=steps > 0.0)
    (mean_v, sd_v), (_, sd_slope) = spread(v), spread(slope)
    (mean_c, sd_c), (mean_l, sd_l) = spread(steps), spread(as_floats(length))
    slow = np.bincount(window, weights=(weight > 0.0) & (steps < limits.smallest_cadence), minlength=count)
    steady = (total >= limits.smallest_coverage * limits.window) & (slow == 0.0)
    steady &= (sd_v <= limits.largest_speed_variation * mean_v) & (sd_slope <= limits.largest_grade_deviation)
    if not np.any(steady):
        return nothing
    deviation = float(np.sqrt(np.mean(sd_c[steady] ** 2)))
    resolved = deviation > 2.0 * quantisation_deviation(limits.resolution)
    return StepVariability(
        cadence=float(np.median(sd_c[steady] / mean_c[steady])) if resolved else float("nan"),
        step_length=float(np.median(sd_l[steady] / mean_l[steady])),
        windows=int(np.count_nonzero(steady)),
    )


def _entropy(matches_longer: float, matches: float) -> float:
    if matches_longer == 0.0 or matches == 0.0:
        return float("nan")
    return float(-np.log(matches_longer / matches))


def sample_entropy(values: ArrayLike, *, m: int = 2, tolerance: float = 0.2, minimum: int = 200) -> float:
    """Irregularity of a series: how seldom patterns that match for m points also match for one more.

    Parameters
    ----------
    values : array-like, shape (n,)
        Evenly sampled series. [any unit] NaN is dropped.
    m : int
        Length of the patterns. [1]
    tolerance : float
        Largest distance of a match, in standard deviations of the series. [1]
    minimum : int
        The series must be longer than this. [1]

    Returns
    -------
    float
        Entropy. [1] NaN for a short or constant series, or without matches. Cost grows faster than linearly;
        use `windowed_sample_entropy` for whole recordings.

    References
    ----------
    [RichmanMoorman2000]_, [Yentes2013]_
    """
    series = as_floats(values)
    series = series[~np.isnan(series)]
    radius = tolerance * float(np.std(series)) if series.size else 0.0
    if series.size <= max(minimum, m + 1) or radius == 0.0:
        return float("nan")
    templates = np.lib.stride_tricks.sliding_window_view(series, m + 1)
    # Pairs of a template with itself are counted by the tree and taken off.
    longer, shorter = cKDTree(templates), cKDTree(templates[:, :m])
    a = float(longer.count_neighbors(longer, radius, p=np.inf)) - len(templates)
    b = float(shorter.count_neighbors(shorter, radius, p=np.inf)) - len(templates)
    return _entropy(a, b)


def windowed_sample_entropy(values: ArrayLike, *, window: int = 300, m: int = 2, tolerance: float = 0.2) -> float:
    """Sample entropy with matches counted inside consecutive windows and added up.

    Cost is linear in the length of the series, and slow drifts do not count as regularity.

    Parameters
    ----------
    values : array-like, shape (n,)
        Evenly sampled series. [any unit] NaN is dropped.
    window : int
        Samples per window. [1] More than 200 by the usual advice.
    m : int
        Length of the patterns. [1]
    tolerance : float
        Largest distance of a match, in standard deviations of the window. [1]

    Returns
    -------
    float
        Entropy. [1] NaN for a series shorter than a window, without variation or without matches.

    Raises
    ------
    ValueError
        If a window holds no two patterns.

    References
    ----------
    [RichmanMoorman2000]_, [Yentes2013]_
    """
    if window <= m + 1:
        raise ValueError(f"window must be longer than {m + 1} samples, got {window}")
    series = as_floats(values)
    series = series[~np.isnan(series)]
    rows = series[: series.size // window * window].reshape(-1, window)
    size = window - m
    # Buffers serve every window: fresh ones of this size would cost more than the arithmetic.
    distance, near = np.empty((window, window)), np.empty((window, window), dtype=np.bool_)
    alike = np.empty((size, size), dtype=np.bool_)
    a = b = 0.0
    for row, radius in zip(rows, tolerance * np.std(rows, axis=1), strict=True):
        if radius == 0.0:
            continue
        np.subtract(row[:, None], row[None, :], out=distance)
        np.less_equal(np.abs(distance, out=distance), radius, out=near)
        np.copyto(alike, near[:size, :size])
        for k in range(1, m):
            alike &= near[k : k + size, k : k + size]
        b += float(np.count_nonzero(alike)) - size
        alike &= near[m:, m:]
        a += float(np.count_nonzero(alike)) - size
    return _entropy(a, b)


@dataclass(frozen=True)
class StanceImbalance:
    """Distance of the stance-time balance from even.

    Parameters
    ----------
    mean : float
        Distance of the mean balance from 50 %, in percentage points. [pp]
    deviation : float
        Standard deviation within the run, in percentage points. [pp]
    """

    mean: float
    deviation: float


def stance_imbalance(balance: ArrayLike, dt: ArrayLike = 1.0) -> StanceImbalance:
    """Distance of the stance-time balance from even, and its spread.

    Parameters
    ----------
    balance : array-like
        Share of the stance time on the left foot. [%] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]

    Returns
    -------
    StanceImbalance
        Imbalance and spread. [pp] A device is about 0.5 off (judgement). NaN when nothing was recorded. No
        study shows that trail running changes it.

    References
    ----------
    [Zajac2023]_
    """
    share = as_floats(balance)
    mean = time_mean(share, dt)
    deviation = float(np.sqrt(time_mean((share - mean) ** 2, dt)))
    return StanceImbalance(abs(mean - 50.0), deviation)


def technical_exposure(technical_time: float, weeks: float, *, variability: float = 0.0) -> float:
    """Minutes a week on technical ground, weighted by how variable the steps were there.

    Parameters
    ----------
    technical_time : float
        Time on technical segments. [s]
    weeks : float
        Length of the period. [week]
    variability : float
        Step variability in standard deviations from the athlete's own mean. [1] Below -1 counts as -1.

    Returns
    -------
    float
        Exposure. [min/week] NaN when an input is NaN or `weeks` is not positive. A dose, not an ability.

    References
    ----------
    [Drum2023]_, [Judgement]_
    """
    if not weeks > 0.0:
        return float("nan")
    return technical_time / 60.0 / weeks * max(0.0, 1.0 + variability)
