"""Altimeters that set themselves anew are told from hills, on simulated heights."""

from __future__ import annotations

import numpy as np
import pytest

from trailstats.elevation import set_anew, settling
from trailstats.metrics.effort import effort_factor

SECONDS = np.arange(1800.0)


def flat(seed: int = 0, noise: float = 0.2) -> np.ndarray:
    return 400 + np.random.default_rng(seed).normal(0, noise, len(SECONDS))


@pytest.mark.parametrize("size", [10.0, 20.0, 40.0, -12.0])
@pytest.mark.parametrize("lasts", [1, 2, 3])
def test_a_step_is_found_where_it_is(size: float, lasts: int) -> None:
    """To another level within one to three seconds; what changes there is the step."""
    step = size * np.clip((SECONDS - 899) / lasts, 0, 1)
    found = set_anew(flat() + step, SECONDS)
    assert set(np.flatnonzero(found)) >= set(range(900, 900 + lasts))
    assert found.sum() <= lasts + 4
    change = np.diff(flat() + step, prepend=400.0)[found].sum()
    assert change == pytest.approx(size, abs=1.5)


@pytest.mark.parametrize("at", [1, 1798])
def test_a_step_at_either_end_is_found(at: int) -> None:
    """As the receiver's first fix corrects the altimeter, or its last."""
    assert set_anew(flat() + 12.0 * (at <= SECONDS), SECONDS)[at]


def test_no_hill_is_a_step() -> None:
    """The steepest descents of races, 2 m/s for minutes, and stairs of 0.6 m/s up."""
    for rate in (-2.0, 0.6):
        slope = rate * np.clip(SECONDS - 600, 0, 120)
        assert not set_anew(flat() + slope, SECONDS).any()


def test_a_spike_and_a_rough_receiver_are_no_steps() -> None:
    """What comes back at once is left to the filter of outliers, and noise of metres is noise."""
    assert not set_anew(flat() + 12.0 * (SECONDS == 900), SECONDS).any()
    assert set_anew(flat(noise=4.0), SECONDS).mean() < 0.001


def test_coarse_samples_may_climb_between_them() -> None:
    """Ten metres in ten seconds are a steep stair."""
    z, t = 400 + np.arange(200.0), 10 * np.arange(200.0)
    z[100:] += 10
    assert not set_anew(z, t).any()


@pytest.mark.parametrize("constant", [10.0, 30.0, 40.0, 85.0])
@pytest.mark.parametrize("size", [12.0, -30.0])
def test_an_altimeter_that_settles_slowly(size: float, constant: float) -> None:
    """An exponential at the start, at an even pace on the flat."""
    z = flat() + size * np.exp(-SECONDS / constant)
    found = settling(z, SECONDS, 3.0 * SECONDS, effort_factor)
    assert 1.5 * constant <= found <= 6.0 * constant
    left = abs(size) * np.exp(-found / constant)
    assert left < 0.25 * abs(size)


def test_ten_minutes_of_settling() -> None:
    """Where the slope, were there one, would be felt."""
    z = flat() + 40.0 * np.exp(-SECONDS / 200.0)
    found = settling(z, SECONDS, 3.0 * SECONDS, effort_factor)
    assert found == pytest.approx(600.0, rel=0.15)


def test_a_hill_at_the_start_is_run_like_one() -> None:
    """The same heights, but the runner slows by what the grade costs: that is a hill."""
    rise = 30.0 * (1 - np.exp(-3.0 * SECONDS / 100.0))
    way = np.zeros(len(SECONDS))
    for i in range(1, len(SECONDS)):
        slope = 0.9 * np.exp(-way[i - 1] / 100.0) * 30.0 / 100.0
        way[i] = way[i - 1] + 3.0 / effort_factor(np.array([slope]))[0]
    hill = 400 + 30.0 * (1 - np.exp(-way / 100.0))
    assert settling(hill, SECONDS, way, effort_factor) == 0.0
    assert settling(400 + rise, SECONDS, 3.0 * SECONDS, effort_factor) > 0.0


@pytest.mark.parametrize("scale", [0.2, 1.0])
def test_a_hill_that_eases_off_step_by_step_is_a_hill(scale: float) -> None:
    """At an even pace on 25 % (or 5 %), a quarter of that, then on the flat: an exponential leaves
    2.8 % over, but no noise. One of 90 m is a hill whatever its shape.
    """
    knots = np.array([0.0, 100.0, 125.0, 125.0]) * scale
    z = 400 + np.interp(SECONDS, [0.0, 400.0, 800.0, 1e4], knots)
    assert settling(z, SECONDS, 1.2 * SECONDS, effort_factor) == 0.0
    decay = -np.exp(-SECONDS / 200.0)
    assert settling(400 + 40 * decay, SECONDS, 1.2 * SECONDS, effort_factor) > 0
    assert settling(400 + 90 * decay, SECONDS, 1.2 * SECONDS, effort_factor) == 0


def test_a_level_start_and_a_short_recording_settle_nothing() -> None:
    """Nothing to settle, or too little to know."""
    assert settling(flat(), SECONDS, 3.0 * SECONDS, effort_factor) == 0.0
    short = SECONDS[:60]
    decay = 400 + 30 * np.exp(-short / 10)
    assert settling(decay, short, 3.0 * short, effort_factor) == 0.0
