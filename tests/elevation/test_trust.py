"""Hills are told from a wandering altimeter, in simulated runs whose ground is known."""

from __future__ import annotations

import numpy as np
import pytest

from trailstats.elevation import (
    ElevationQuality,
    TrustRules,
    Way,
    elevation_quality,
    grid_profile,
    not_believed,
)
from trailstats.metrics.effort import effort_factor
from wandering import Wander, wander

GRID = np.arange(0.0, 10_000.0, 10.0)
KINDS = list(Wander)


def hills(size: float = 20.0) -> np.ndarray:
    """Return the height along ten kilometres over hills of different lengths."""
    waves = [
        np.sin(2 * np.pi * GRID / length + length)
        for length in (700.0, 1300.0, 2100.0)
    ]
    return size * np.sum(waves, axis=0)


def pace_of(
    rng: np.random.Generator, height: np.ndarray, slowing: float
) -> np.ndarray:
    """Return the time at each grid point of a runner who slows by a share of what the grade costs,
    with a spread of pace of 5 % over a hundred metres.
    """
    grade = np.gradient(height, GRID)
    own = 0.05 * wander(rng, GRID, Wander.SMOOTH, 100.0)
    speed = 3.0 * effort_factor(grade) ** -slowing * np.exp(own)
    return np.concatenate(([0.0], np.cumsum(10.0 / speed[1:])))


def judged(height: np.ndarray, way: Way) -> ElevationQuality:
    profile = grid_profile(GRID, height)
    assert profile is not None
    size = len(profile.distance)
    parts = [
        None if part is None else part[:size]
        for part in (way.place, way.heart_rate)
    ]
    return elevation_quality(
        profile, Way(10.0, way.time[:size], *parts), effort_factor
    )


@pytest.mark.parametrize("seed", range(10))
def test_hills_that_slow_the_runner_are_believed(seed: int) -> None:
    """Twenty metres of hills, run at an even effort."""
    rng = np.random.default_rng(seed)
    quality = judged(hills(), Way(10.0, pace_of(rng, hills(), 0.8)))
    assert quality.believed
    assert quality.trust > 0.9


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [10.0, 30.0, 100.0])
def test_hills_that_slow_nobody_are_not(kind: Wander, size: float) -> None:
    """The same runner on the flat, and an altimeter that wanders over minutes."""
    believed = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        time = pace_of(rng, 0 * GRID, 0.8)
        error = size * wander(rng, time, kind, 90.0)
        quality = judged(error, Way(10.0, time))
        believed.append(quality.believed)
        if not quality.believed:
            # The stated error is that put in, as far as a few hills show a standard deviation.
            assert quality.error == pytest.approx(size, rel=0.5)
    assert np.mean(believed) <= 0.1


@pytest.mark.parametrize("works", [True, False])
def test_a_heart_that_works_on_them_shows_hills(works: bool) -> None:
    """Who keeps the pace uphill pays with the heart: half a minute later, as hearts do."""
    rng = np.random.default_rng(1)
    time = pace_of(rng, hills(), 0.0)
    demand = effort_factor(np.gradient(hills(), GRID)) if works else 1 + 0 * GRID
    later = np.interp(time - 30.0, time, demand)
    beat = 50.0 + 100.0 * later + rng.normal(0, 1, len(GRID))
    assert judged(hills(), Way(10.0, time, None, beat)).believed is works


def loops(count: int) -> np.ndarray:
    """Return places on a round of 10 km over ``count``."""
    angle = 2 * np.pi * count * GRID / GRID[-1]
    return GRID[-1] / (2 * np.pi * count) * np.exp(1j * angle)


def test_the_same_hill_on_each_round_is_believed_however_it_is_run() -> None:
    """Four rounds over one hill at a pace that doesn't mind it; and heights that change from round
    to round.
    """
    rng = np.random.default_rng(0)
    time = pace_of(rng, 0 * GRID, 0.0)
    hill = 20 * np.sin(2 * np.pi * 4 * GRID / GRID[-1])
    true = judged(hill, Way(10.0, time, loops(4)))
    assert true.believed
    assert true.error < 2.0
    error = 20 * wander(rng, time, Wander.SMOOTH, 120.0)
    false = judged(error, Way(10.0, time, loops(4)))
    assert not false.believed
    assert false.error == pytest.approx(20.0, rel=0.5)


def test_out_and_back_shows_the_grade_of_the_way_out() -> None:
    """Back on the same line a climb is a descent: that is the same grade."""
    rng = np.random.default_rng(0)
    time = pace_of(rng, 0 * GRID, 0.0)
    out = np.minimum(GRID, GRID[-1] - GRID)
    hill = 20 * np.sin(2 * np.pi * out / 1300.0)
    assert judged(hill, Way(10.0, time, out + 0j)).believed
    assert not judged(hill, Way(10.0, time)).believed


def test_a_pace_too_even_for_a_person_says_nothing() -> None:
    """A made-up run at one speed over hills is no proof against them."""
    quality = judged(hills(), Way(10.0, GRID / 3.0))
    assert quality.believed
    assert quality.trust == pytest.approx(1 / (1 + np.exp(-TrustRules().prior)))


def test_nor_does_a_heart_rate_at_such_a_pace() -> None:
    """What beats beside it may be made up as well."""
    beat = 145.0 + 5.0 * np.sin(GRID / 110.0)
    even = judged(hills(), Way(10.0, GRID / 3.0, heart_rate=beat))
    assert even.trust == pytest.approx(1 / (1 + np.exp(-TrustRules().prior)))


def test_small_relief_is_never_withheld() -> None:
    """Two metres of waves make no difference, whatever they are."""
    rng = np.random.default_rng(0)
    time = pace_of(rng, 0 * GRID, 0.0)
    assert judged(2 * np.sin(GRID / 100), Way(10.0, time)).believed
    assert not judged(20 * np.sin(GRID / 100), Way(10.0, time)).believed


def test_a_short_way_says_nothing() -> None:
    """Below eight windows there is no answer, and nothing is withheld."""
    profile = grid_profile(GRID[:60], hills()[:60])
    assert profile is not None
    found = elevation_quality(profile, Way(10.0, GRID[:60] / 3), effort_factor)
    assert found.believed
    assert np.isnan(found.trust)


def test_what_is_not_believed_has_no_grade_and_little_ascent() -> None:
    """Waves of 20 m count as ascent until they are known to be none."""
    profile = grid_profile(GRID, 20 * np.sin(GRID / 200))
    assert profile is not None
    assert profile.ascent[-1] > 250
    found = not_believed(profile, 80.0)
    assert np.isnan(found.grade).all()
    assert found.ascent[-1] == 0
    assert found.elevation is profile.elevation
