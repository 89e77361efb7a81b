"""Short-term scaling of beat intervals (detrended fluctuation analysis) and the threshold read from
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import nan
from typing import Final

import numpy as np
import scipy

from trailstats.arrays import (
    ArrayLike,
    Floats,
    as_floats,
    broadcast_floats,
    divide_by_positive,
    sum_up_to,
)

_BOX_SIZES: Final = tuple(range(4, 17))
_DETRENDING: Final = 500.0


@dataclass(frozen=True, eq=False)
class Alpha1:
    """Scaling exponent over time.

    Attributes
    ----------
    time : numpy.ndarray, shape (k,)
        Middle of each window, from the first beat. [s]
    alpha1 : numpy.ndarray, shape (k,)
        Short-term scaling exponent. [1] NaN where a window holds too few or too many corrected
        beats.
    heart_rate : numpy.ndarray, shape (k,)
        Mean heart rate of each window. [bpm]

    References
    ----------
    [Rogers2021]_
    """

    time: Floats
    alpha1: Floats
    heart_rate: Floats


def _without_trends(parts: Sequence[Floats], strength: float) -> list[Floats]:
    """Subtract from each series its smoothness-priors trend, all solved as one five-band system in
    linear time.
    """
    series = np.concatenate(parts)
    lengths = [part.size for part in parts]
    owner = np.repeat(np.arange(len(parts)), lengths)
    bands = np.zeros((3, series.size))
    # Bands of D'D for second differences, summed row by row so that the edges come out right; none
    # reaches from one series into the next.
    weight = np.where(owner[:-2] == owner[2:], strength**2, 0.0)
    bands[2] = 1.0
    bands[2, :-2] += weight
    bands[2, 1:-1] += 4.0 * weight
    bands[2, 2:] += weight
    bands[1, 1:-1] -= 2.0 * weight
    bands[1, 2:] -= 2.0 * weight
    bands[0, 2:] = weight
    rest = series - as_floats(scipy.linalg.solveh_banded(bands, series))
    return np.split(rest, np.cumsum(lengths[:-1]))


@cache
def _level_and_slope(size: int) -> Floats:
    """Return the two orthonormal series that every line over a box is made of, shape (size, 2)."""
    ramp = np.arange(size) - 0.5 * (size - 1)
    return np.stack(
        [np.full(size, size**-0.5), ramp / np.sqrt(ramp @ ramp)], axis=1
    )


def dfa_exponent(
    intervals: ArrayLike, *, box_sizes: tuple[int, ...] = _BOX_SIZES
) -> float:
    """Compute the slope of log fluctuation over log box size: 0.5 for white noise, 1.5 for its
    running sum.

    Parameters
    ----------
    intervals : array-like, shape (n,)
        Series, such as beat intervals. [s] Must hold no NaN.
    box_sizes : tuple of int
        Box sizes in samples. [1] Short boxes read white noise a little high.

    Returns
    -------
    float
        Scaling exponent. [1] NaN with fewer than twice the largest box, or a series without
        variation.

    References
    ----------
    [Peng1995]_, [Rogers2021]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import intensity
    >>> noise = np.random.default_rng(1).normal(size=4000)
    >>> round(intensity.dfa_exponent(noise), 1), round(intensity.dfa_exponent(np.cumsum(noise)), 1)
    (0.6, 1.5)
    """
    series = as_floats(intervals)
    if series.size < 2 * max(box_sizes):
        return nan
    profile = np.cumsum(series - np.mean(series))
    fluctuation = np.empty(len(box_sizes))
    for k, size in enumerate(box_sizes):
        boxes = profile[: profile.size // size * size].reshape(-1, size)
        lines = boxes @ _level_and_slope(size)
        # What of the square of a series is not in its line is in what is left of it.
        fluctuation[k] = (
            np.vdot(boxes, boxes) - np.vdot(lines, lines)
        ) / boxes.size
    if not np.all(fluctuation > 1e-18):
        return nan
    x, y = np.log(as_floats(box_sizes)), 0.5 * np.log(fluctuation)
    x = x - np.mean(x)
    return float(x @ y / (x @ x))


def dfa_alpha1(
    rr: ArrayLike,
    *,
    corrected: ArrayLike | None = None,
    window: float = 120.0,
    step: float = 30.0,
    largest_corrected_share: float = 0.06,
) -> Alpha1:
    """Compute the short-term scaling exponent of beat intervals in windows along a recording.

    Parameters
    ----------
    rr : array-like, shape (n,)
        Beat intervals after artefact correction. [s]
    corrected : array-like of bool, shape (n,), optional
        Intervals that were corrected. [1]
    window : float
        Length of a window. [s]
    step : float
        Distance between windows. [s] Our choice.
    largest_corrected_share : float
        A window with a larger share of corrected beats is NaN. [1]

    Returns
    -------
    Alpha1
        Exponent and mean heart rate per window; empty when the recording is shorter than a window.
        NaN intervals are dropped before.

    Raises
    ------
    ValueError
        If `window` or `step` is not positive.

    References
    ----------
    [Rogers2021]_, [RogersGronwald2021]_, [DfaArtefacts2022]_

    Examples
    --------
    >>> import numpy as np
    >>> from trailstats.metrics import intensity
    >>> beats = 0.8 + 0.02 * np.sin(np.arange(400))
    >>> intensity.dfa_alpha1(beats).time.round(0)[:2]
    array([60., 90.])
    """
    if not (window > 0.0 and step > 0.0):
        raise ValueError("window and step must be positive")
    beats = as_floats(rr)
    flags = np.zeros(beats.shape) if corrected is None else as_floats(corrected)
    kept = beats > 0.0
    beats = beats[kept]
    flags = flags[kept]
    clock = sum_up_to(beats)
    starts = np.arange(0.0, max(clock[-1] - window, -1.0) + 1e-9, step)
    first = np.searchsorted(clock, starts)
    last = np.searchsorted(clock, starts + window, side="right") - 1
    alpha = np.full(starts.size, np.nan)
    wrong = sum_up_to(flags)
    sizes = last - first
    usable = (sizes >= 2 * max(_BOX_SIZES)) & (
        wrong[last] - wrong[first] <= largest_corrected_share * sizes
    )
    parts = [beats[first[k] : last[k]] for k in np.flatnonzero(usable)]
    if parts:
        alpha[usable] = [
            dfa_exponent(part) for part in _without_trends(parts, _DETRENDING)
        ]
    spans = clock[last] - clock[first]
    rate = divide_by_positive(60.0 * sizes, spans)
    return Alpha1(starts + 0.5 * window, alpha, rate)


def threshold_from_alpha1(
    alpha1: ArrayLike,
    heart_rate: ArrayLike,
    *,
    level: float = 0.75,
    minimum_windows: int = 10,
) -> float:
    """Find the heart rate at which the scaling exponent falls through a level, by a straight line.

    Parameters
    ----------
    alpha1 : array-like, shape (n,)
        Scaling exponent per window. [1] Only 0.5 to 1.0 is used, where the fall is nearly straight.
    heart_rate : array-like, shape (n,)
        Heart rate per window. [bpm]
    level : float
        0.75 for the first, 0.50 for the second threshold. [1]
    minimum_windows : int
        Windows needed. [1] Our choice.

    Returns
    -------
    float
        Heart rate at the threshold. [bpm] NaN with too few windows, when the exponent does not fall
        with heart rate, or when the threshold lies outside the heart rates seen.

    References
    ----------
    [Rogers2021]_, [RogersGronwald2021]_

    Examples
    --------
    >>> from trailstats.metrics import intensity
    >>> alpha1 = [1.0 - 0.05 * k for k in range(11)]
    >>> hr = [130.0 + 4.0 * k for k in range(11)]
    >>> round(intensity.threshold_from_alpha1(alpha1, hr), 1)
    150.0
    """
    a, heart = broadcast_floats(alpha1, heart_rate)
    kept = (a >= 0.5) & (a <= 1.0) & ~np.isnan(heart)
    if np.count_nonzero(kept) < minimum_windows:
        return nan
    x = heart[kept]
    y = a[kept]
    spread = float(np.sum((x - np.mean(x)) ** 2))
    together = float(np.sum((x - np.mean(x)) * (y - np.mean(y))))
    if not (spread > 0.0 and together < 0.0):
        return nan
    slope = together / spread
    found = float(np.mean(x)) + (level - float(np.mean(y))) / slope
    return found if float(np.min(x)) <= found <= float(np.max(x)) else nan
