"""The ground of a way of which nothing is known but its climbing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from history.prediction.simulated import runner
from history.prediction.test_predict import NOISE, found_for, straight
from trailstats.history.prediction._model import Pieces, trail_by_climbing
from trailstats.history.prediction._population import population
from trailstats.history.prediction._terms import COURSE_TERMS
from trailstats.history.prediction.course import Course


def unknown(course: Course, share: float = 1.0) -> Course:
    """Return a course whose ground is not known on the first part of it."""
    first = course.distance <= share * course.length
    return replace(
        course,
        p_trail=np.where(first, np.nan, course.p_trail),
        p_technical=np.where(first, np.nan, course.p_technical),
        ground_source="",
    )


def test_the_probability_follows_the_climbing() -> None:
    """It is even at 12 m a kilometre and three to one, the odds by a logistic with a width of 3, at
    12 + 3 log 3.
    """
    assert trail_by_climbing(10_000.0, 120.0) == pytest.approx(0.5)
    assert trail_by_climbing(
        10_000.0, 120.0 + 30.0 * np.log(3.0)
    ) == pytest.approx(0.75)
    assert trail_by_climbing(10_000.0, 0.0) < 0.02
    assert trail_by_climbing(10_000.0, 400.0) > 0.99


@pytest.mark.parametrize(("climb", "trail"), [(0.03, True), (0.004, False)])
def test_a_new_way_that_climbs_is_taken_for_trail(
    climb: float, trail: bool
) -> None:
    """Its time lies near that of the same way labelled so, and a sentence says so."""
    runs = runner(
        np.random.default_rng(8), population(COURSE_TERMS), NOISE, n_runs=20
    )
    course = straight(9000.0, climb=climb, trail=0.99 if trail else 0.02)
    rough = 0.3 if trail else 0.0
    told = replace(course, p_technical=np.full(len(course.distance), rough))
    found = found_for(unknown(course), runs)
    known = found_for(told, runs).moving_time.value
    assert found.moving_time.value == pytest.approx(known, rel=0.01)
    guess = "trail" if trail else "road"
    assert any(f"taken to be {guess}, as" in text for text in found.caveats)


def test_ground_that_is_known_in_part_is_not_guessed() -> None:
    """From a fifth on what is known stands for the rest; below it the rest is guessed and what is
    known stays.
    """
    course = straight(10_000.0, climb=0.05, trail=0.0)
    half: Pieces = unknown(course, 0.5).pieces()
    assert half.guessed() is half
    little = unknown(course, 0.9).pieces().guessed()
    assert little.p_trail[0] > 0.99
    assert little.p_trail[-1] == pytest.approx(0.0)
    assert little.p_technical[0] == pytest.approx(0.3, abs=0.01)


def test_without_heights_nothing_is_guessed() -> None:
    """A way whose climbing isn't known stays as it is."""
    course = unknown(straight(10_000.0, climb=0.05))
    flat = replace(course, elevation=np.full(len(course.distance), np.nan))
    pieces = flat.pieces()
    assert pieces.guessed() is pieces
