"""Where the level of a series changes, against all ways to cut it and against simulated steps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailstats.terrain._changes import LONGEST, change_points, piece_means


def spread_about(values: np.ndarray, changes: tuple[int, ...]) -> float:
    """Return the sum of squares about the means of the pieces."""
    pieces = np.split(values, changes)
    return float(sum(((p - p.mean()) ** 2).sum() for p in pieces))


def by_enumeration(values: np.ndarray, shortest: int, penalty: float) -> float:
    """Return the least penalised sum of squares over every way to cut."""
    n = len(values)
    costs = []
    for count in range(n // shortest):
        for cut in itertools.combinations(range(1, n), count):
            edges = np.array([0, *cut, n])
            if np.diff(edges).min() >= shortest:
                costs.append(spread_about(values, cut) + penalty * count)
    return min(costs)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=1, max_size=11),
    st.integers(1, 4),
    st.floats(0.1, 5.0),
)
def test_no_other_way_to_cut_costs_less(
    values: list[float], shortest: int, penalty: float
) -> None:
    """What is found costs as little as the best of all ways to cut."""
    series = np.array(values)
    found = change_points(series, shortest, penalty)
    edges = np.array([0, *found, len(series)])
    if len(series) >= shortest:
        assert np.diff(edges).min() >= shortest
        cost = spread_about(series, tuple(found)) + penalty * len(found)
        least = by_enumeration(series, shortest, penalty)
        assert cost == pytest.approx(least, abs=1e-9)
    else:
        assert not len(found)


def test_steps_are_found_where_they_are() -> None:
    """Steps of three standard deviations are found within a value or two; noise has none."""
    rng = np.random.default_rng(11)
    noise = rng.normal(0.0, 1.0, 150)
    level = np.repeat([0.0, 3.0, -1.0], [60, 30, 60])
    found = change_points(noise + level, 4, 15.0)
    assert found == pytest.approx([60, 90], abs=2)
    assert not len(change_points(noise, 4, 15.0))


def test_a_long_series_costs_no_square_and_keeps_its_steps() -> None:
    """A step that lies further from the last than a piece may be long is found, and cuts that are
    forced between part like values.
    """
    level = np.repeat([0.0, 1.0], [3 * LONGEST + 7, 2 * LONGEST])
    found = change_points(level, 4, 0.5)
    assert 3 * LONGEST + 7 in found
    assert len(found) <= 5
    assert piece_means(level, found) == pytest.approx(level)


def test_pieces_take_their_mean() -> None:
    """By hand."""
    values = np.array([1.0, 3.0, 5.0, 5.0, 8.0])
    none = np.empty(0, dtype=np.intp)
    assert piece_means(values, none) == pytest.approx(np.full(5, 4.4))
    assert piece_means(values, np.array([2])) == pytest.approx([2, 2, 6, 6, 6])


def test_a_long_series_is_cut_alike_block_by_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How many ends are looked at together changes nothing."""
    rng = np.random.default_rng(3)
    series = np.repeat(rng.normal(0.0, 2.0, 30), 20) + rng.normal(0.0, 0.5, 600)
    whole = change_points(series, 4, 5.0)
    monkeypatch.setattr("trailstats.terrain._changes._BLOCK", 37)
    assert change_points(series, 4, 5.0).tolist() == whole.tolist()
    assert len(whole) > 10
