"""Smoothing along a run: a hidden Markov model of two states in log-odds, and short stretches that
join their neighbours.
"""

from __future__ import annotations

from math import atanh, exp, tanh

import numpy as np
from numpy.typing import ArrayLike

from trailstats.arrays import Floats, Ints


def sigmoid(log_odds: ArrayLike) -> Floats:
    """Return the probability of log-odds; NaN stays NaN."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -700.0, 700.0))))


def log_odds_of(probability: ArrayLike) -> Floats:
    """Return the log-odds of a probability; 0 and 1 count as a thousandth off, NaN stays NaN."""
    p = np.clip(probability, 1e-3, 1.0 - 1e-3)
    return np.asarray(np.log(p / (1.0 - p)))


def smooth_log_odds(evidence: ArrayLike, spacing: float, length: float) -> Floats:
    """Return the log-odds of each step, given the evidence of all.

    Parameters
    ----------
    evidence : array-like, shape (w,)
        Log-odds that each step alone gives for the first state, without NaN.
    spacing : float
        Distance between steps [m].
    length : float
        Mean length of a stretch in one state [m].

    Returns
    -------
    numpy.ndarray, shape (w,)
        Posterior log-odds by the forward and the backward recursion.

    Notes
    -----
    A state that is left at the rate 1 / length has changed after a step with the probability q = (1
    - k) / 2, where k = exp(-2 spacing / length). The message that one step sends to the next then
    has the log-odds log(((1 - q) e^x + q) / (q e^x + 1 - q)) = 2 artanh(k tanh(x / 2)), where x are
    those of the step. Each recursion is a loop over steps of tens of metres, not over samples.
    """
    steps = np.asarray(evidence, float)
    kept = exp(-2.0 * spacing / length)
    forward = _messages(steps, kept)
    backward = _messages(steps[::-1], kept)[::-1]
    return np.asarray(forward + steps + backward)


def mean_between(
    centres: Floats, values: Floats, spacing: float, start: Floats, end: Floats
) -> Floats:
    """Return the mean of a value per window between pairs of distances.

    Parameters
    ----------
    centres : numpy.ndarray, shape (w,)
        Centres of windows that follow each other [m].
    values : numpy.ndarray, shape (w,)
    spacing : float
        Length of a window [m].
    start, end : numpy.ndarray, shape (s,)
        [m]

    Returns
    -------
    numpy.ndarray, shape (s,)
    """
    edges = np.append(centres - spacing / 2.0, centres[-1] + spacing / 2.0)
    running = np.append(0.0, np.cumsum(values) * spacing)
    first, last = (np.clip(v, edges[0], edges[-1]) for v in (start, end))
    area = np.interp(last, edges, running) - np.interp(first, edges, running)
    middle = np.interp((start + end) / 2.0, centres, values)
    length = last - first
    return np.where(length > 1.0, area / np.maximum(length, 1.0), middle)


def without_short(codes: Ints, shortest: int, *, ordered: bool = False) -> Ints:
    """Return codes in which every run of equal ones has some length at least.

    Parameters
    ----------
    codes : numpy.ndarray of int, shape (m,)
    shortest : int
        Number of points; shorter runs take the code of a neighbour.
    ordered : bool
        The codes are classes in order: the neighbour with the nearer class takes a run. Otherwise
        the longer neighbour does.

    Returns
    -------
    numpy.ndarray of int, shape (m,)
    """
    while True:
        starts = np.append(0, np.flatnonzero(np.diff(codes)) + 1)
        lengths = np.diff(np.append(starts, len(codes)))
        if len(starts) < 2 or lengths.min() >= shortest:
            return codes
        values = codes[starts]
        left = np.append(values[1], values[:-1])
        right = np.append(values[1:], values[-2])
        if ordered:
            # All at once that are no longer than their neighbours.
            padded = np.pad(lengths, 1, constant_values=len(codes))
            joining = (lengths < shortest) & (lengths <= padded[:-2])
            joining &= lengths <= padded[2:]
            to_left = np.abs(left - values) <= np.abs(right - values)
        else:
            # The shortest of all first, since each that joins changes which neighbour is longer.
            padded = np.pad(lengths, 1)
            joining = lengths == lengths.min()
            to_left = padded[:-2] >= padded[2:]
        # Of two neighbours only one, so that they don't swap.
        joining[1:] &= ~joining[:-1]
        joined = np.where(to_left, left, right)
        codes = np.repeat(np.where(joining, joined, values), lengths)


def _messages(evidence: Floats, kept: float) -> Floats:
    """Return what all earlier steps say about each step, in log-odds."""
    out: list[float] = []
    message = 0.0
    for step in evidence.tolist():
        out.append(message)
        message = 2.0 * atanh(kept * tanh((message + step) / 2.0))
    return np.array(out)
