"""Altimeters that set themselves anew, at once or slowly: what they change by is neither ascent nor
descent.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy

from trailstats.arrays import Flags, Floats
from trailstats.elevation._rules import AnewRules

__all__ = ["set_anew", "settling"]

BESIDE = 11
"""Samples over whose median, to either side, a step must last (our choice)."""

LASTING = 0.6
"""Least share of a step that lasts (our choice)."""

NOISE = 6.0
"""A step exceeds the usual change between samples by so many times its deviation (our choice)."""

BEYOND = 4.5
"""A sensor is watched for so many time constants: three in which it settles, and half as long after
them (our choice).
"""

COARSELY = 0.08
"""A time constant between those that are tried leaves no more over than this share, where one
settles (our choice).
"""

NEAR = (0.8, 0.9, 1.0, 1.12, 1.25)
"""Time constants beside the best of those tried, as a factor (our choice)."""


def set_anew(
    elevation: Floats, seconds: Floats, rules: AnewRules | None = None
) -> Flags:
    """Return where elevation steps to another level within moments.

    Parameters
    ----------
    elevation : numpy.ndarray, shape (n,)
        [m], without NaN.
    seconds : numpy.ndarray, shape (n,)
        Times, not falling [s].
    rules : AnewRules, optional

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
        Whether the change to this sample from the one before belongs to a step.

    Notes
    -----
    Within `AnewRules.moment` elevation changes by more than ``step``, faster than anyone comes
    down, by more than the noise of its samples, and stays there.
    """
    rules = rules or AnewRules()
    z = elevation
    out = np.zeros(len(z), bool)
    if len(z) < 3:
        return out
    change = np.diff(z)
    size = np.abs(change)
    if float(size.max()) < rules.step / 3.0:
        return out
    usual = 1.4826 * float(np.median(np.abs(change - np.median(change))))
    least = max(rules.step, NOISE * usual)
    # The medians of the samples up to one, and from one on.
    level = scipy.ndimage.median_filter(z, BESIDE, mode="nearest")
    index = np.arange(len(z))
    before = level[np.maximum(index - BESIDE // 2, 0)]
    after = level[np.minimum(index + BESIDE // 2, len(z) - 1)]
    for lag in (1, 2, 3):
        if len(z) <= lag:
            continue
        across = z[lag:] - z[:-lag]
        time = seconds[lag:] - seconds[:-lag]
        steep = np.abs(across) > np.maximum(least, rules.fastest * time)
        steep &= time <= rules.moment
        lasts = (after[lag:] - before[:-lag]) * np.sign(across)
        steps = steep & (lasts > LASTING * np.abs(across))
        for first in range(1, lag + 1):
            out[first : len(z) - lag + first] |= steps
    return out


def settling(
    elevation: Floats,
    timer: Floats,
    distance: Floats,
    cost: Callable[[Floats], Floats],
    rules: AnewRules | None = None,
) -> float:
    """Return until when an altimeter settles after its start.

    Parameters
    ----------
    elevation, timer, distance : numpy.ndarray, shape (n,)
        [m], without NaN; timer time and distance since the start [s], [m].
    cost : callable
        Energy for a distance at a grade, relative to the level, of an array of grades.
    rules : AnewRules, optional

    Returns
    -------
    float
        [s]; 0 where it doesn't.

    Notes
    -----
    A sensor that warms up nears the true height as an exponential: fast, then slower. A hill may
    look like that, but is felt: it is taken for settling only where the pace, beside that of the
    minutes after it, answers to less than a quarter of what such a grade costs.
    """
    rules = rules or AnewRules()
    since = timer - timer[0]
    left, constant = min(
        (_left_over(since, elevation, each, rules), each)
        for each in rules.constants
    )
    if left > COARSELY:
        return 0.0
    left, constant = min(
        (_left_over(since, elevation, constant * near, rules), constant * near)
        for near in NEAR
    )
    if left > rules.settled or not _is_shaped(since, elevation, constant, rules):
        return 0.0
    until = 3.0 * constant
    early = since <= max(rules.settling, BEYOND * constant)
    t, z, d = since[early], elevation[early], distance[early]
    # Two thirds of the change lie in the first third of that time.
    change = float(np.interp(until / 3.0, t, z)) - float(z[0])
    first = float(np.interp(until / 3.0, t, d)) - float(d[0])
    if first < 1.0:
        return until
    rest_time = float(t[-1]) - until
    rest_way = float(d[-1]) - float(np.interp(until, t, d))
    if rest_way <= 0.0:
        return 0.0
    pace = np.log(first / (until / 3.0) * rest_time / rest_way)
    grade = np.clip(np.array([change / first]), -0.4, 0.4)
    expected = -float(np.log(cost(grade))[0])
    if abs(expected) < rules.felt:
        return 0.0
    return until if pace / expected < 0.25 else 0.0


def _left_over(
    since: Floats, elevation: Floats, constant: float, rules: AnewRules
) -> float:
    """Return what an exponential with a time constant [s] leaves over of the elevations after a
    start, as a share of its size; infinity where it is too small or large, or too few are known.
    """
    size, rest = _fitted(since, elevation, constant, rules)
    if not rules.step <= abs(size) <= rules.largest:
        return np.inf
    return float(np.sqrt(np.mean(rest**2))) / abs(size)


def _is_shaped(
    since: Floats, elevation: Floats, constant: float, rules: AnewRules
) -> bool:
    """Return whether what an exponential leaves over is noise: of a hill it is a shape, which a
    moving mean keeps.
    """
    size, rest = _fitted(since, elevation, constant, rules)
    smooth = scipy.ndimage.uniform_filter1d(rest, BESIDE, mode="nearest")
    return bool(np.sqrt(np.mean(smooth**2)) <= rules.shaped * abs(size))


def _fitted(
    since: Floats, elevation: Floats, constant: float, rules: AnewRules
) -> tuple[float, Floats]:
    """Return the size of the exponential that fits the elevations after a start best [m], and what
    it leaves over of them [m]; nothing where too few are known, or they hardly change.
    """
    end = max(rules.settling, BEYOND * constant)
    count = int(np.searchsorted(since, end, side="right"))
    t, z = since[:count], elevation[:count]
    if count < BESIDE or t[-1] < max(end / 2, 4.0 * constant):
        return 0.0, np.zeros(0)
    if np.ptp(z) < rules.step:
        return 0.0, np.zeros(0)
    decay = np.exp(-t / constant)
    shape = decay - decay.mean()
    size = float(np.sum(shape * z) / np.sum(shape**2))
    return size, z - z.mean() - size * shape
