"""Elevation on a grid of distance: noise, smoothing, grade over a window with its error."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import ArrayLike

from trailstats.arrays import Flags, Floats
from trailstats.elevation._ascent import ascent_descent, cumulative_ascent
from trailstats.elevation._rules import ElevationRules, ElevationSource


@dataclass(frozen=True, eq=False)
class Profile:
    """Elevation on a regular grid of distance.

    Attributes
    ----------
    distance, elevation, grade : numpy.ndarray, shape (m,)
        [m], smoothed [m], slope as a fraction.
    grade_error : float
        Standard error of the grade.
    noise : float
        Standard deviation of one raw grid point about its neighbours [m].
    source : ElevationSource
    ascent, descent : numpy.ndarray, shape (m,)
        Since the start [m], both positive and never falling.
    threshold : float
        The threshold that they were counted with [m].
    lifted : numpy.ndarray, shape (m,)
        What elevation changed by since the start in pauses, gaps, lifts and jumps [m].
    """

    distance: Floats
    elevation: Floats
    grade: Floats
    grade_error: float
    noise: float
    source: ElevationSource
    ascent: Floats
    descent: Floats
    threshold: float
    lifted: Floats

    @property
    def climbed(self) -> Floats:
        """Elevation less what it changed by in pauses, gaps, lifts and jumps [m]."""
        return self.elevation - self.lifted


def grid_profile(
    distance: ArrayLike,
    elevation: ArrayLike,
    rules: ElevationRules | None = None,
    *,
    breaks: ArrayLike | None = None,
    step: float = 0.0,
    timer: ArrayLike | None = None,
) -> Profile | None:
    """Return elevation, grade and ascent on a grid of distance.

    Parameters
    ----------
    distance : array-like, shape (n,)
        Distance since the start, not falling [m].
    elevation : array-like, shape (n,)
        [m]; NaN is skipped.
    rules : ElevationRules, optional
    breaks : array-like of bool, shape (n,), optional
        Whether nothing is known of the track from the sample before: a pause, a gap, a lift.
        What elevation changes there is neither ascent nor grade.
    step : float
        Smaller changes than this across a break stay part of the profile [m].
    timer : array-like, shape (n,), optional
        Timer time of the samples, not falling [s].

    Returns
    -------
    Profile or None
        None when fewer than half of the samples have an elevation, or the track is shorter than the
        window.

    Notes
    -----
    Samples are averaged within each grid cell, so that standing still adds nothing and the sampling
    rate does not matter; then despiked by a median over five cells and fitted by a straight line in
    a moving window.
    """
    rules = rules or ElevationRules()
    d, z = np.asarray(distance, float), np.asarray(elevation, float)
    known = np.isfinite(d) & np.isfinite(z)
    if known.sum() < max(10, len(z) / 2):
        return None
    breaking = (
        np.zeros(len(z), bool) if breaks is None else np.asarray(breaks, bool)
    )
    d, z, jump = (
        d[known],
        z[known],
        _changes_across_breaks(z, known, breaking, step),
    )
    length = d[-1] - d[0]
    if length < rules.window_gnss:
        return None
    lifted = np.cumsum(jump)
    z = z - lifted
    cell = np.rint((d - d[0]) / rules.spacing).astype(np.intp)
    size = int(cell[-1]) + 1
    count = np.bincount(cell, minlength=size)
    filled = np.flatnonzero(count)
    grid = np.arange(size) * rules.spacing
    # Each cell's mean elevation belongs to its mean distance; interpolation brings it onto the
    # grid.
    mean_d = np.bincount(cell, d - d[0], size)[filled] / count[filled]
    mean_z = np.bincount(cell, z, size)[filled] / count[filled]
    raw = np.interp(grid, mean_d, mean_z)
    despiked = scipy.ndimage.median_filter(raw, 5, mode="nearest")
    # Only single outliers are replaced: the median itself would flatten crests and bends.
    residual = raw - despiked
    noise = _noise(raw)
    clean = np.where(
        np.abs(residual) > np.maximum(5.0, 6.0 * noise), despiked, raw
    )
    window, threshold = rules.window_barometer, rules.threshold_barometer
    smooth, slope, error = rolling_fit(clean, rules.spacing, window, noise)
    counted, source = smooth, ElevationSource.BAROMETER
    level = rules.noise_level
    if noise > level:
        # Hills only raise the level, so they are measured where it matters.
        climbed = ascent_descent(smooth, rules.threshold_gnss)[0]
        level += rules.noise_hilly * climbed / (length / 1000.0)
    if noise > level and (
        timer is None
        or _noise_in_time(np.asarray(timer, float)[known], z) > rules.noise_time
    ):
        source, threshold = ElevationSource.GNSS, rules.threshold_gnss
        smooth, slope, error = rolling_fit(
            clean, rules.spacing, rules.window_gnss, noise
        )
        counted = rolling_fit(
            clean, rules.spacing, rules.window_gnss_ascent, noise
        )[0]
    ascent, descent = cumulative_ascent(counted, threshold)
    away = lifted[np.searchsorted(d, grid + d[0], side="right") - 1]
    return Profile(
        grid + d[0],
        smooth + away,
        slope,
        error,
        noise,
        source,
        ascent,
        descent,
        threshold,
        away,
    )


def not_believed(profile: Profile, threshold: float) -> Profile:
    """Return a profile whose elevation is not believed: without grades, and with the ascent and
    descent beyond a threshold.

    Parameters
    ----------
    profile : Profile
    threshold : float
        [m]

    Returns
    -------
    Profile
    """
    ascent, descent = cumulative_ascent(profile.climbed, threshold)
    return replace(
        profile,
        grade=np.full(len(profile.grade), np.nan),
        grade_error=float("nan"),
        ascent=ascent,
        descent=descent,
        threshold=threshold,
    )


def _changes_across_breaks(
    elevation: Floats, known: Flags, breaks: Flags, step: float
) -> Floats:
    """Return the change of elevation to each known sample that lies across a break, 0 where there
    is none.

    Breaks that follow each other are one, judged by its whole change.
    """
    z = elevation[known]
    crossed = np.append(False, np.diff(np.cumsum(breaks)[known]) > 0)
    change = np.where(crossed, np.diff(z, prepend=z[:1]), 0.0)
    stretch = np.cumsum(np.diff(crossed, prepend=False))
    whole = np.bincount(stretch, change)[stretch]
    return np.where(np.abs(whole) > step, change, 0.0)


def rolling_fit(
    values: ArrayLike, spacing: float, window: float, noise: float
) -> tuple[Floats, Floats, float]:
    """Fit a straight line in a moving window over a regular grid.

    Parameters
    ----------
    values : array-like, shape (m,)
    spacing, window : float
        [m]
    noise : float
        Standard deviation of one value.

    Returns
    -------
    level, slope : numpy.ndarray, shape (m,)
        Local quadratic level (unbiased on constant curvature) and slope of the line; at the ends
        the line of the last full window is continued.
    error : float
        Standard error of the slope for independent noise.
    """
    v = np.asarray(values, float)
    half = max(1, round(window / (2 * spacing)))
    half = min(half, (len(v) - 1) // 2)
    if half < 1:
        return v.copy(), np.zeros(len(v)), float("inf")
    k = np.arange(-half, half + 1, dtype=float)
    squares = float((k**2).sum())
    slope = scipy.ndimage.correlate1d(v, k / squares, mode="nearest") / spacing
    # Savitzky-Golay weights of second order, written out for a symmetric window: scipy's own filter
    # takes half a second to import, and bends the ends where the line shall go on.
    m, fourth = len(k), float((k**4).sum())
    weights = np.full(3, 1 / 3)
    if half > 1:
        weights = (fourth - squares * k**2) / (m * fourth - squares**2)
    level = scipy.ndimage.correlate1d(v, weights, mode="nearest")
    inner = slice(half, len(v) - half)
    slope[:half], slope[-half:] = slope[inner][0], slope[inner][-1]
    ends = np.arange(half, dtype=float)
    level[:half] = level[half] + slope[0] * spacing * (ends - half)
    level[-half:] = level[-half - 1] + slope[-1] * spacing * (ends + 1)
    return level, slope, noise / (spacing * np.sqrt(squares))


def _noise(values: Floats) -> float:
    """Return the standard deviation of values about their neighbours, from the median second
    difference.
    """
    if len(values) < 3:
        return 0.0
    bend = float(np.median(np.abs(np.diff(values, 2))))
    noise: float = 1.4826 * bend / np.sqrt(6.0)
    return noise


def _noise_in_time(timer: Floats, elevation: Floats) -> float:
    """Return the noise of elevation every 5 s."""
    later = np.append(np.diff(timer) > 0, True)
    every = np.arange(timer[0], timer[-1], 5.0)
    return _noise(np.interp(every, timer[later], elevation[later]))
