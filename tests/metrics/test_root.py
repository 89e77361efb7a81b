"""Where a function crosses zero, against an independent finder."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import stdtr

from trailstats.metrics._root import root_between


@pytest.mark.parametrize(
    ("of", "low", "high"),
    [
        (lambda x: x**3 - 2.0, 0.0, 5.0),
        (lambda x: np.exp(40.0 * x) - 2.0, -1.0, 1.0),
        (lambda x: x**21 - 1e-6, -0.3, 1.0),
        (lambda x: float(stdtr(3.2, x)) - 0.975, 0.0, 900.0),
        (lambda x: 2.0 - x, 2.0, 3.0),
        (lambda x: np.sign(x - 0.3) * abs(x - 0.3) ** 0.2, -1.0, 1.0),
    ],
)
def test_root_is_that_of_an_independent_finder(
    of: Callable[[float], float], low: float, high: float
) -> None:
    """Also where the function is flat or steep at one end only, or crosses at an end."""
    expected = brentq(of, low, high, xtol=1e-13)
    assert root_between(of, low, high) == pytest.approx(expected, abs=3e-12)


def test_few_evaluations_are_enough() -> None:
    """A smooth crossing takes some ten evaluations, not the forty of halving."""
    count = 0

    def of(x: float) -> float:
        nonlocal count
        count += 1
        return float(stdtr(12.0, x)) - 0.975

    root_between(of, -8.0, 8.0)
    assert count <= 18


def test_without_a_crossing_it_is_the_nearer_end() -> None:
    assert root_between(lambda x: x + 1.0, 0.0, 1.0) == 0.0
    assert root_between(lambda x: x - 2.0, 0.0, 1.0) == 1.0
