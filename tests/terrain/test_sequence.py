"""Smoothing along a run gives what the full sum over all sequences of states gives."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailstats.terrain._sequence import (
    mean_between,
    sigmoid,
    smooth_log_odds,
    without_short,
)


def by_enumeration(evidence: np.ndarray, change: float) -> np.ndarray:
    """Return posterior log-odds from the sum over every sequence of two states."""
    up = np.zeros(len(evidence))
    down = np.zeros(len(evidence))
    for states in itertools.product((0, 1), repeat=len(evidence)):
        path = np.array(states)
        changes = int(np.abs(np.diff(path)).sum())
        weight = (
            change**changes
            * (1 - change) ** (len(path) - 1 - changes)
            * np.exp(evidence[path == 1].sum())
        )
        up += np.where(path == 1, weight, 0.0)
        down += np.where(path == 0, weight, 0.0)
    return np.log(up / down)


@settings(max_examples=40)
@given(st.lists(st.floats(-4, 4), min_size=1, max_size=9), st.floats(20, 2000))
def test_forward_backward_is_the_sum_over_all_sequences(
    evidence: list[float], length: float
) -> None:
    """The two recursions agree with enumeration for any evidence and any mean length."""
    change = (1 - np.exp(-2 * 50.0 / length)) / 2
    expected = by_enumeration(np.array(evidence), change)
    assert smooth_log_odds(evidence, 50.0, length) == pytest.approx(
        expected, abs=1e-8
    )


def test_no_evidence_says_nothing() -> None:
    """Without evidence every step stays at even odds."""
    assert smooth_log_odds(np.zeros(50), 50.0, 500.0) == pytest.approx(
        np.zeros(50), abs=1e-12
    )


def test_one_odd_step_is_outvoted() -> None:
    """A single step of the other kind in a long stretch does not change the label."""
    evidence = np.full(41, 1.0)
    evidence[20] = -1.0
    assert (smooth_log_odds(evidence, 50.0, 500.0) > 0).all()


def test_extreme_evidence_stays_finite() -> None:
    """Evidence of a thousand nats gives neither overflow nor NaN."""
    out = smooth_log_odds(np.array([1000.0, -1000.0, 1000.0]), 50.0, 500.0)
    assert np.isfinite(out).all()
    assert sigmoid(out) == pytest.approx([1, 0, 1])


def test_mean_between_weighs_by_length() -> None:
    """The mean over a stretch counts each window by what lies inside it; a point takes the curve's
    value.
    """
    centres = np.array([25.0, 75.0, 125.0])
    values = np.array([0.0, 1.0, 0.5])
    start, end = (
        np.array([0.0, 25.0, 50.0, 75.0]),
        np.array([150.0, 75.0, 100.0, 75.0]),
    )
    assert mean_between(centres, values, 50.0, start, end) == pytest.approx(
        [0.5, 0.5, 1.0, 1.0]
    )


def test_short_runs_join_their_longer_neighbour() -> None:
    """Runs of fewer than three equal codes vanish; what is long enough stays where it is."""
    assert without_short(np.array([1, 1, 1, 2, 1, 1, 1]), 3).tolist() == [1] * 7
    assert (
        without_short(np.array([1] * 5 + [2] * 2 + [0] * 8), 3).tolist()
        == [1] * 5 + [0] * 10
    )
    assert (
        without_short(np.array([1] * 3 + [2] * 3), 3).tolist()
        == [1] * 3 + [2] * 3
    )
    assert without_short(np.array([2]), 3).tolist() == [2]
    rng = np.random.default_rng(0)
    for _ in range(50):
        out = without_short(rng.integers(0, 3, 200), 4)
        lengths = np.diff(
            np.concatenate(([0], np.flatnonzero(np.diff(out)) + 1, [len(out)]))
        )
        assert lengths.min() >= 4


def test_short_runs_join_the_nearer_class() -> None:
    """Of classes in order the nearer one takes a short run, however short it is itself."""
    classes = np.array([0] * 4 + [3] * 2 + [4] * 3 + [0] * 9)
    expected = [0] * 4 + [4] * 5 + [0] * 9
    assert without_short(classes, 3, ordered=True).tolist() == expected
    assert without_short(classes, 3).tolist() == [0] * 6 + [4] * 3 + [0] * 9
