"""Ascent and descent as sums of what exceeds a threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trailstats.arrays import Floats


@dataclass(frozen=True, eq=False)
class Climbing:
    """Ascent and descent along a way.

    Attributes
    ----------
    ascent, descent : numpy.ndarray, shape (m,)
        Since the start [m], both positive and never falling.
    threshold : float
        The threshold that they were counted with [m].
    ascent_range, descent_range : tuple of float
        The whole, counted with twice and with half of the threshold [m].
    """

    ascent: Floats
    descent: Floats
    threshold: float
    ascent_range: tuple[float, float]
    descent_range: tuple[float, float]

    @classmethod
    def of(cls, elevation: Floats, threshold: float) -> Climbing:
        """Count the ascent of an elevation [m], without NaN."""
        z = np.asarray(elevation, float)
        # The turns of a large threshold are among those of a small one, so the whole is walked
        # over once.
        bends = turning_points(z, threshold / 2.0)
        few = np.unique(np.concatenate(([0], bends, [len(z) - 1])))
        ascent, descent = _along(z, few[turning_points(z[few], threshold)])
        high = ascent_descent(z[few], threshold / 2.0)
        low = ascent_descent(z[few], threshold * 2.0)
        return cls(
            ascent,
            descent,
            threshold,
            (low[0], high[0]),
            (low[1], high[1]),
        )


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
    z = np.asarray(elevation, float)
    change = np.diff(z[turning_points(z, threshold)])
    up, down = change[change > 0], change[change < 0]
    return float(up.sum()), float(-down.sum())


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
    return _along(z, turning_points(z, threshold))


def _along(z: Floats, turns: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return ascent and descent since the start, between turns."""
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
