"""Elevation on a grid of distance: noise, smoothing, grade over a window with its error."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import ArrayLike

from trailstats.arrays import Flags, Floats
from trailstats.elevation._ascent import Climbing, ascent_descent
from trailstats.elevation._rules import ElevationRules, ElevationSource

MOST_CELLS = 100
"""Of samples further apart than so many cells in the mean no grade is known (our choice)."""

SLOWEST = 0.2
"""Slower than this the way doesn't go on [m/s] (our choice)."""

LONGEST_STEP = 60.0
"""A step between samples counts as no longer than this in smoothing over time [s] (our choice)."""


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
    climbing : Climbing
        Ascent and descent since the start.
    lifted : numpy.ndarray, shape (m,)
        What elevation changed by since the start in pauses, gaps, lifts and jumps [m].
    """

    distance: Floats
    elevation: Floats
    grade: Floats
    grade_error: float
    noise: float
    source: ElevationSource
    climbing: Climbing
    lifted: Floats

    @property
    def ascent(self) -> Floats:
        """Ascent since the start [m], never falling."""
        return self.climbing.ascent

    @property
    def descent(self) -> Floats:
        """Descent since the start [m], positive, never falling."""
        return self.climbing.descent

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
    a moving window. Ascent by a barometer is counted on heights smoothed over time, where times
    are known: over distance, slow steep hiking would lose its short hills.
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
    cells = length / rules.spacing
    if length < rules.window_gnss or cells > MOST_CELLS * len(d):
        return None
    lifted = np.cumsum(jump)
    z = z - lifted
    grid, raw = _on_grid(d - d[0], z, rules.spacing)
    despiked = scipy.ndimage.median_filter(raw, 5, mode="nearest")
    # Only single outliers are replaced: the median itself would flatten crests and bends.
    noise = _noise(raw)
    outlying = max(5.0, 6.0 * noise)
    clean = np.where(np.abs(raw - despiked) > outlying, despiked, raw)
    smooth, slope, error = rolling_fit(
        clean, rules.spacing, rules.window_barometer, noise
    )
    ascent_rate = ascent_descent(smooth, rules.threshold_gnss)[0] / length
    clock = None if timer is None else np.asarray(timer, float)[known]
    if _is_gnss(noise, ascent_rate, (clock, z), rules):
        source = ElevationSource.GNSS
        smooth, slope, error = rolling_fit(
            clean, rules.spacing, rules.window_gnss, noise
        )
        counted = rolling_fit(
            clean, rules.spacing, rules.window_gnss_ascent, noise
        )[0]
        climbing = Climbing.of(counted, rules.threshold_gnss)
    else:
        source = ElevationSource.BAROMETER
        threshold, seconds = rules.counting_at(ascent_rate)
        if clock is None:
            climbing = Climbing.of(smooth, threshold)
        else:
            off = z - np.interp(d - d[0], grid, despiked)
            even = np.where(np.abs(off) > outlying, z - off, z)
            track = _Moved.of(d - d[0], clock, even)
            climbing = track.climbing(grid, threshold, seconds)
    away = lifted[np.searchsorted(d, grid + d[0], side="right") - 1]
    return Profile(
        distance=grid + d[0],
        elevation=smooth + away,
        grade=slope,
        grade_error=error,
        noise=noise,
        source=source,
        climbing=climbing,
        lifted=away,
    )


def _on_grid(
    distance: Floats, elevation: Floats, spacing: float
) -> tuple[Floats, Floats]:
    """Return a regular grid of distance, and the elevation on it: each cell's mean elevation
    belongs to its mean distance.
    """
    cell = np.rint(distance / spacing).astype(np.intp)
    size = int(cell[-1]) + 1
    count = np.bincount(cell, minlength=size)
    filled = np.flatnonzero(count)
    mean_d = np.bincount(cell, distance, size)[filled] / count[filled]
    mean_z = np.bincount(cell, elevation, size)[filled] / count[filled]
    grid = np.arange(size, dtype=float) * spacing
    return grid, np.asarray(np.interp(grid, mean_d, mean_z), float)


def _is_gnss(
    noise: float,
    ascent_rate: float,
    samples: tuple[Floats | None, Floats],
    rules: ElevationRules,
) -> bool:
    """Whether the noise is a receiver's: over distance, more than hills explain, and over time."""
    level = rules.noise_level
    # Hills only raise the level, so they are measured where it matters.
    if noise <= level or noise <= level + rules.noise_hilly * ascent_rate * 1e3:
        return False
    clock, elevation = samples
    return clock is None or _noise_in_time(clock, elevation) > rules.noise_time


@dataclass(frozen=True, eq=False)
class _Moved:
    """Elevation on a clock that runs while the way goes on, so that standing still adds nothing.

    Attributes
    ----------
    distance, elevation : numpy.ndarray, shape (k,)
        At every second of that clock [m].
    """

    distance: Floats
    elevation: Floats

    @classmethod
    def of(cls, distance: Floats, timer: Floats, elevation: Floats) -> _Moved:
        took = np.diff(timer, prepend=timer[0])
        moves = np.diff(distance, prepend=distance[0]) > SLOWEST * took
        clock = np.cumsum(np.where(moves, np.minimum(took, LONGEST_STEP), 0.0))
        begins = np.flatnonzero(np.append(True, np.diff(clock) > 0))
        count = np.diff(np.append(begins, len(clock)))
        mean = np.add.reduceat(elevation, begins) / count
        every = np.arange(clock[0], clock[-1] + 1e-9, 1.0)
        return cls(
            np.interp(every, clock[begins], distance[begins]),
            np.interp(every, clock[begins], mean),
        )

    def climbing(
        self, grid: Floats, threshold: float, seconds: float
    ) -> Climbing:
        """Return the ascent along a grid of distance, of heights smoothed over some seconds."""
        size = min(max(1, round(seconds)), len(self.elevation))
        smooth = scipy.ndimage.uniform_filter1d(
            self.elevation, size - 1 + size % 2, mode="nearest"
        )
        found = Climbing.of(smooth, threshold)
        at = np.searchsorted(self.distance, grid, side="right") - 1
        at = np.clip(at, 0, len(smooth) - 1)
        at[-1] = len(smooth) - 1
        return replace(found, ascent=found.ascent[at], descent=found.descent[at])


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
    most = profile.climbing
    counted = Climbing.of(profile.climbed, threshold)
    return replace(
        profile,
        grade=np.full(len(profile.grade), np.nan),
        grade_error=float("nan"),
        climbing=replace(
            counted,
            ascent_range=(0.0, most.ascent_range[1]),
            descent_range=(0.0, most.descent_range[1]),
        ),
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
