"""Variability of steps, path and beats; stance balance, exposure, pace freedom."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trailstats.metrics import variability

series = arrays(np.float64, st.integers(2, 60), elements=st.floats(1.0, 10.0))


@given(series, st.floats(0.1, 100.0))
def test_coefficient_does_not_depend_on_the_unit(values, scale):
    """The coefficient of variation is that of numpy and stays when the unit changes."""
    found = variability.coefficient_of_variation(values)
    assert found == pytest.approx(np.std(values) / np.mean(values), abs=1e-9)
    assert variability.coefficient_of_variation(scale * values) == pytest.approx(
        found, abs=1e-7
    )
    assert variability.coefficient_of_variation(
        np.repeat(values, 2), 0.5
    ) == pytest.approx(found, abs=1e-7)


def test_coefficient_of_nothing():
    """Missing values are skipped; nothing recorded has no coefficient."""
    assert variability.coefficient_of_variation(
        [2.0, np.nan, 4.0]
    ) == pytest.approx(1.0 / 3.0)
    assert np.isnan(variability.coefficient_of_variation([np.nan]))


def running(n, cadence_spread, rng, speed_spread=0.05):
    """Simulate level running with known spreads."""
    return np.round(rng.normal(170.0, cadence_spread, n)), rng.normal(
        3.0, speed_spread, n
    )


def test_step_variability_recovers_the_spread():
    """A simulated spread of 4 steps a minute on 170 comes back, with step length from both
    spreads.
    """
    cadence, speed = running(3600, 4.0, np.random.default_rng(4))
    found = variability.step_variability(cadence, speed, 1.0)
    assert found.windows == 60
    assert found.cadence == pytest.approx(4.0 / 170.0, rel=0.05)
    assert found.step_length == pytest.approx(
        np.hypot(4.0 / 170.0, 0.05 / 3.0), rel=0.05
    )


def test_spread_of_rounding_size_is_not_reported():
    """A cadence that only rounding moves has no coefficient, while step length has."""
    rng = np.random.default_rng(4)
    cadence, speed = running(3600, 0.3, rng)
    assert np.isnan(variability.step_variability(cadence, speed, 1.0).cadence)
    assert variability.step_variability(cadence, speed, 1.0).step_length > 0.0
    coarse = variability.SteadyWindowRules(resolution=20.0)
    cadence, speed = running(3600, 4.0, rng)
    assert np.isnan(
        variability.step_variability(cadence, speed, 1.0, rules=coarse).cadence
    )


def test_unsteady_windows_are_left_out():
    """Walking, stops, changes of grade and missing minutes leave no window."""
    cadence, speed = running(600, 4.0, np.random.default_rng(4))
    assert (
        variability.step_variability(np.full(600, 110.0), speed, 1.0).windows == 0
    )
    assert (
        variability.step_variability(
            cadence, np.tile([1.0, 4.0], 300), 1.0
        ).windows
        == 0
    )
    hilly = np.tile([0.1, -0.1], 300)
    assert (
        variability.step_variability(cadence, speed, 1.0, grade=hilly).windows
        == 0
    )
    patchy = np.where(np.arange(600) % 2 == 0, cadence, np.nan)
    assert variability.step_variability(patchy, speed, 1.0).windows == 0
    assert variability.step_variability(cadence, speed, 0.0).windows == 0
    paused = np.concatenate([cadence[:300], cadence[300:]])
    dt = np.where((np.arange(600) >= 300) & (np.arange(600) < 310), 0.0, 1.0)
    assert variability.step_variability(paused, speed, dt).windows >= 8


def test_entropy_orders_regular_and_random():
    """A sine is more regular than noise, and noise has about the entropy that theory gives."""
    rng = np.random.default_rng(12)
    sine, noise = np.sin(np.arange(1000) / 5.0), rng.standard_normal(3000)
    assert (
        variability.sample_entropy(sine) < 0.5 < variability.sample_entropy(noise)
    )
    # Two independent normal values lie within 0.2 of each other with probability erf(0.1).
    assert variability.sample_entropy(noise) == pytest.approx(
        -np.log(0.112463), abs=0.05
    )
    long_noise = rng.standard_normal(15000)
    assert variability.windowed_sample_entropy(long_noise) == pytest.approx(
        -np.log(0.112463), abs=0.05
    )


def test_entropy_of_short_or_constant_series():
    """Up to 200 points, or without variation, there is no entropy."""
    noise = np.random.default_rng(1).standard_normal(200)
    assert np.isnan(variability.sample_entropy(noise))
    assert np.isnan(variability.sample_entropy(np.ones(500)))
    assert np.isnan(variability.sample_entropy([]))
    assert np.isnan(variability.windowed_sample_entropy(np.ones(500)))
    assert np.isnan(variability.windowed_sample_entropy(noise))
    with pytest.raises(ValueError, match="window"):
        variability.windowed_sample_entropy(noise, window=3)


def test_straightness_of_known_shapes():
    """A line is 1; a half circle is 2 over pi."""
    angle = np.linspace(0.0, 1.001 * np.pi, 2001)
    radius = 50.0 / np.pi
    half = variability.straightness(
        radius * np.cos(angle), radius * np.sin(angle)
    )
    assert half == pytest.approx([2.0 / np.pi], abs=1e-5)
    line = variability.straightness(
        np.linspace(0.0, 500.0, 77), np.linspace(0.0, 300.0, 77)
    )
    assert line == pytest.approx(np.ones(line.size))
    assert variability.straightness([0.0, 10.0], [0.0, 0.0]).size == 0
    with pytest.raises(ValueError, match="window"):
        variability.straightness([0.0, 10.0], [0.0, 0.0], window=0.0)


@pytest.mark.parametrize("radius", [50.0, 100.0, 400.0])
def test_turn_density_of_a_circle(radius):
    """A circle turns by 1000 over its radius per kilometre, whichever way round."""
    angle = np.linspace(0.0, 4.0 * np.pi, 3000)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    assert variability.turn_density(x, y) == pytest.approx(
        1000.0 / radius, rel=0.01
    )
    assert variability.turn_density(x, -y) == pytest.approx(
        1000.0 / radius, rel=0.01
    )


def test_turn_density_of_straight_and_short_paths():
    """A straight path does not turn, missing samples and stops do not matter, a short path has no
    value.
    """
    x = np.repeat(np.arange(0.0, 1000.0, 3.0), 2)
    x[7] = np.nan
    assert variability.turn_density(x, 0.0) == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(variability.turn_density([0.0, 30.0], [0.0, 0.0]))
    with pytest.raises(ValueError, match="step"):
        variability.turn_density(x, 0.0, step=0.0)


def test_clean_beats_are_left_alone():
    """A calm series without artefacts passes unchanged."""
    rr = (
        0.9
        + 0.03 * np.sin(np.arange(200) / 5.0)
        + 0.02 * np.sin(np.arange(200) / 1.7)
    )
    beats = variability.correct_beats(rr)
    assert np.array_equal(beats.intervals, rr)
    assert beats.share == 0.0
    assert variability.rmssd_corrected(rr) == pytest.approx(variability.rmssd(rr))


def test_too_many_artefacts_or_too_short_have_no_value():
    """More than 5 % wrong beats, or less than a minute, gives no variability."""
    rr = 0.9 + 0.02 * np.random.default_rng(3).standard_normal(200)
    wrong = rr.copy()
    wrong[::15] *= 2.0
    assert variability.correct_beats(wrong).share > 0.05
    assert np.isnan(variability.rmssd_corrected(wrong))
    assert np.isnan(variability.rmssd_corrected(rr[:50]))
    assert np.isnan(variability.rmssd([0.8]))


def test_invalid_intervals_are_dropped_and_counted():
    """The filler value of a file is no beat; it is dropped and counts as wrong."""
    rr = 0.9 + 0.03 * np.sin(np.arange(99) / 5.0)
    beats = variability.correct_beats(np.append(rr, 65.535))
    assert beats.intervals.size == 99
    assert beats.share == pytest.approx(0.01)
    assert variability.correct_beats([0.9, np.nan]).share == 0.5
    assert np.isnan(variability.correct_beats([]).share)


@given(arrays(np.float64, st.integers(0, 120), elements=st.floats(0.0, 4.0)))
def test_correction_never_fails(rr):
    """Whatever the intervals, the correction returns possible ones and a share."""
    beats = variability.correct_beats(rr)
    assert beats.intervals.size == beats.corrected.size
    assert np.all(beats.intervals > 0.0)
    assert np.isnan(beats.share) or 0.0 <= beats.share <= 1.0


def test_stance_imbalance_by_hand():
    """A mean of 51.5 % is 1.5 points off; without a recording there is no value."""
    found = variability.stance_imbalance([0.51, 0.52, np.nan])
    assert (found.mean, found.std) == pytest.approx((0.015, 0.005))
    assert np.isnan(variability.stance_imbalance([np.nan]).mean)


def test_technical_exposure_is_minutes_a_week():
    """Two hours over four weeks are thirty minutes a week, weighted by the variability."""
    assert variability.technical_exposure(7200.0, 4.0) == 30.0
    assert variability.technical_exposure(7200.0, 4.0, variability=0.5) == 45.0
    assert variability.technical_exposure(7200.0, 4.0, variability=-3.0) == 0.0
    assert np.isnan(variability.technical_exposure(7200.0, 0.0))


def test_pace_freedom_of_even_and_varied_runs():
    """An even run has no spread; long halves at 2 and 4 m/s spread by a third of the mean."""
    assert variability.pace_freedom(np.full(600, 3.0), 1.0) == pytest.approx(
        0.0, abs=1e-9
    )
    halves = np.repeat([2.0, 4.0], 5000)
    assert variability.pace_freedom(halves, 1.0) == pytest.approx(
        1.0 / 3.0, rel=0.01
    )
    assert np.isnan(variability.pace_freedom([np.nan], 1.0))


def test_repeats_near_the_own_best():
    """Of three repeats one comes within 2 % of the best before it; standing still is none."""
    route = [0, 1, 0, 0, 1, -1]
    duration = [1000.0, 2000.0, 1015.0, 1100.0, 2100.0, 10.0]
    found = variability.near_own_best(route, duration)
    np.testing.assert_array_equal(found, [np.nan, np.nan, 1.0, 0.0, 0.0, np.nan])
    assert np.isnan(variability.near_own_best([0, 0], [0.0, 1000.0])).all()


def test_final_surge_by_hand():
    """A last kilometre a tenth faster than the rest is a surge of 0.1."""
    distance = np.arange(0.0, 5000.0, 2.0)
    speed = np.where(distance > distance[-1] - 1000.0, 3.3, 3.0)
    assert variability.final_surge(speed, distance, 1.0) == pytest.approx(0.1)
    assert np.isnan(variability.final_surge(speed[:500], distance[:500], 1.0))
