"""Elevation over distance: noise, smoothing, grade over a window with its error, ascent with a
threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from trailstats.arrays import Flags, Floats

__all__ = [
    "Corrected",
    "ElevationRules",
    "ElevationSource",
    "GroundModel",
    "Profile",
    "ascent_descent",
    "cumulative_ascent",
    "grid_profile",
    "rolling_fit",
    "turning_points",
]


class ElevationSource(StrEnum):
    """What the elevation was measured with, as its noise shows."""

    BAROMETER = "barometer"
    GNSS = "gnss"
    NONE = "none"


@dataclass(frozen=True, eq=False)
class Corrected:
    """Elevation after a correction.

    Attributes
    ----------
    elevation : numpy.ndarray, shape (n,)
        [m]; NaN where neither knows it.
    message : str
        What was done, for a person.
    """

    elevation: Floats
    message: str


class GroundModel(Protocol):
    """What knows the height of the ground: `trailstats.terrain.dem.GroundTiles`, or a user's
    own.
    """

    def correct(
        self,
        distance: ArrayLike,
        latitude: ArrayLike,
        longitude: ArrayLike,
        elevation: ArrayLike,
    ) -> Corrected | None:
        """Return the elevation corrected by the ground, or None where the model doesn't know it."""


@dataclass(frozen=True)
class ElevationRules:
    """How elevation is smoothed and counted.

    Attributes
    ----------
    spacing : float
        Distance between grid points [m].
    window_barometer, window_gnss : float
        Length over which grade is fitted [m], our choice within the ranges of [Ammann2016]_.
    window_gnss_ascent : float
        Length over which elevation is smoothed for ascent, without a barometer [m]. A receiver errs
        by metres over minutes, which a longer window evens out, and short hills with it (our
        choice, by simulation).
    threshold_barometer, threshold_gnss : float
        A rise or fall counts towards ascent only when it exceeds this [m]: 2 with a barometer, 10
        without [StravaElevation]_.
    noise_level, noise_hilly : float
        The source counts as GNSS when the noise of a grid point exceeds the first [m] plus the
        second for each m/km of ascent, since real hills are rough too, our choice, of recordings by
        barometric watches only slow hikes on steep ground exceed it.
    noise_time : float
        And when, where times are known, the noise against 5 s before and after exceeds this [m]: on
        steep ground errors of position look like errors of height, but not to a barometer's clock.
        Our choice: barometric hikes that exceed the levels above have 0.12 m at most, simulated
        receivers 0.44 m at least.
    """

    spacing: float = 10.0
    window_barometer: float = 50.0
    window_gnss: float = 100.0
    window_gnss_ascent: float = 250.0
    threshold_barometer: float = 2.0
    threshold_gnss: float = 10.0
    noise_level: float = 0.16
    noise_hilly: float = 0.006
    noise_time: float = 0.25


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
    if lifted.any():
        smooth = (
            smooth + lifted[np.searchsorted(d, grid + d[0], side="right") - 1]
        )
    return Profile(
        grid + d[0],
        smooth,
        slope,
        error,
        noise,
        source,
        ascent,
        descent,
        threshold,
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


def ascent_descent(elevation: ArrayLike, threshold: float) -> tuple[float, float]:
    """Return the sums of rises and of falls that each exceed a threshold.

    Parameters
    ----------
    elevation : array-like, shape (m,)
        [m], without NaN.
    threshold : float
        A reversal counts only once it exceeds this [m]; 0 counts everything.

    Returns
    -------
    ascent, descent : float
        [m], both positive. Their difference is the net change to within the threshold.
    """
    ascent, descent = cumulative_ascent(elevation, threshold)
    return (float(ascent[-1]), float(descent[-1])) if len(ascent) else (0.0, 0.0)


def cumulative_ascent(
    elevation: ArrayLike, threshold: float
) -> tuple[Floats, Floats]:
    """Return ascent and descent since the start; see `ascent_descent`.

    Parameters
    ----------
    elevation : array-like, shape (m,)
        [m], without NaN.
    threshold : float
        [m]

    Returns
    -------
    ascent, descent : numpy.ndarray, shape (m,)
        [m], both positive and never falling, so that differences along the track add up to
        the whole.
    """
    z = np.asarray(elevation, float)
    turns = turning_points(z, threshold)
    if len(turns) < 2:
        return np.zeros(len(z)), np.zeros(len(z))
    change = np.diff(z[turns])
    leg = np.searchsorted(turns, np.arange(len(z)), side="right") - 1
    leg = np.clip(leg, 0, len(change) - 1)
    # Progress within a leg: a dip smaller than the threshold gives nothing and takes nothing.
    done = np.clip(
        (z - z[turns[leg]]) * np.sign(change[leg]), 0.0, np.abs(change[leg])
    )
    done[: turns[0]] = 0.0
    sides = []
    for sign in (1.0, -1.0):
        size = np.where(change * sign > 0, np.abs(change), 0.0)
        before = np.concatenate(([0.0], np.cumsum(size)[:-1]))
        here = np.where(change[leg] * sign > 0, done, 0.0)
        side = np.maximum.accumulate(before[leg] + here)
        side[turns[-1] :] = side[turns[-1]]
        sides.append(side)
    return sides[0], sides[1]


def turning_points(elevation: Floats, threshold: float) -> NDArray[np.intp]:
    """Return the indices of the highs and lows between which elevation changes by more than
    ``threshold``.

    The first and the last leg run from the start and to the end of the series where those legs
    exceed it too.
    """
    z = elevation
    if len(z) < 2:
        return np.arange(len(z))
    direction = np.sign(np.diff(z))
    held = direction != 0
    positions = np.flatnonzero(held)
    if not len(positions):
        return np.arange(0)
    bends = positions[:-1][direction[held][1:] != direction[held][:-1]] + 1
    candidates = np.concatenate(([0], bends, [len(z) - 1]))
    # A walk over the bends that remembers the highest and the lowest since the last turn that was
    # kept. Going up (1), the high is a turn once the track has fallen below it by more than the
    # threshold, and from there on it goes down (-1), and the other way round. At the start (0) the
    # direction is still open: whichever extreme is left by more than the threshold first, decides.
    # The start is then a turn itself, unless the leg from it to that extreme is too small.
    first = int(candidates[0])
    kept = [first]
    low = high = first
    going = 0
    for i in candidates[1:].tolist():
        if going >= 0 and z[i] > z[high]:
            high = i
        if going <= 0 and z[i] < z[low]:
            low = i
        opening = going == 0
        if going >= 0 and z[high] - z[i] > threshold:
            turn, going, low = high, -1, i
        elif going <= 0 and z[i] - z[low] > threshold:
            turn, going, high = low, 1, i
        else:
            continue
        if opening and abs(z[turn] - z[first]) <= threshold:
            kept = [turn]
        else:
            kept.append(turn)
    if not going:
        return np.arange(0)
    return np.array([*kept, high if going > 0 else low], dtype=np.intp)


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
