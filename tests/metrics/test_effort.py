"""Effort: curves, grade-adjusted speed, energy, walking and the personal curve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import minimize_scalar

from trailstats.metrics import effort
from trailstats.metrics.effort import EffortCurve

speeds = arrays(np.float64, st.integers(1, 60), elements=st.floats(0.5, 6.0))
grades = st.floats(-0.6, 0.6)
curves = st.sampled_from(list(EffortCurve))


@given(speeds, curves)
def test_level_running_is_its_own_effort(speed, curve):
    """On the level the grade-adjusted speed is the speed."""
    assert effort.grade_adjusted_speed(speed, 0.0, curve=curve) == pytest.approx(
        speed, rel=1e-12
    )
    assert effort.mean_grade_adjusted_speed(
        speed, 0.0, 1.0, curve=curve
    ) == pytest.approx(np.mean(speed))


@given(curves, st.floats(0.0, 0.29), st.floats(0.001, 0.01))
def test_steeper_climbs_cost_more(curve, grade, more):
    """Uphill every curve rises with the grade."""
    assert effort.effort_factor(grade + more, curve=curve) > effort.effort_factor(
        grade, curve=curve
    )


@given(curves, grades)
def test_beyond_a_curves_range_the_cost_leads(curve, grade):
    """Beyond a curve's range its factor grows as the energy cost does, without a step at the end;
    beyond what was measured of the cost it is held.
    """
    low, high = effort.GRADE_RANGE[curve]
    end = min(max(grade, low), high)
    factor = effort.effort_factor(grade, curve=curve)
    more = effort.running_cost(grade) / effort.running_cost(end)
    assert factor == pytest.approx(
        effort.effort_factor(end, curve=curve) * more, rel=1e-9
    )


def test_steep_ground_has_its_speed_limits():
    """Four metres a second level are 1.6 on -45 %, where the curve of races would still give 3.1: a
    descent so steep is as dear as the cost says, not as one of -25 %.
    """
    assert 4.0 / effort.race_factor(-0.45) == pytest.approx(1.57, abs=0.01)
    assert 4.0 / effort.race_factor(-0.25) == pytest.approx(3.12, abs=0.01)


def test_hiking_costs_what_walking_does():
    """By LCDA 10.41 W/kg at 1 m/s on 20 %, less 1.44 of standing, are 2.49 m/s of running at 3.6
    J/kg/m; a walker on the level is worth less than the same speed run.
    """
    assert effort.hiking_level_speed(1.0, 0.2) == pytest.approx(
        (10.4130 - 1.44) / 3.6, abs=1e-3
    )
    assert effort.hiking_level_speed(1.4, 0.0) < 1.0
    hiked = effort.grade_adjusted_speed(
        1.0, 0.2, curve=EffortCurve.COST, walking=[True, False]
    )
    assert hiked == pytest.approx([2.4925, effort.cost_factor(0.2)], abs=1e-3)


def test_range_holds_vendors_and_gaits():
    """At +10 % the range reaches from one vendor's 1.30 to the other's 1.67; a hiker's cost is in
    the range where it is hiked.
    """
    low, high = effort.effort_factor_range(0.10)
    assert (float(low), float(high)) == pytest.approx((1.30, 1.67))
    run = effort.grade_adjusted_speed_range(1.4, 0.0)
    walked = effort.grade_adjusted_speed_range(1.4, 0.0, walking=True)
    assert float(run[0]) == 1.4
    assert float(walked[0]) == pytest.approx(effort.hiking_level_speed(1.4, 0.0))
    assert float(walked[1]) == 1.4


def test_lost_distance_is_of_trail_only():
    """On road nothing is lost, on trail up to 5 %, in between in proportion."""
    found = effort.longest_way_factor([0.0, 0.4, 1.0, np.nan])
    assert found == pytest.approx([1.0, 1.02, 1.05, 1.0])


@given(speeds, grades)
def test_range_holds_every_model(speed, grade):
    """The range over the models holds each of them."""
    low, high = effort.grade_adjusted_speed_range(speed, grade)
    for curve in EffortCurve:
        value = effort.grade_adjusted_speed(speed, grade, curve=curve)
        assert np.all((low <= value + 1e-12) & (value <= high + 1e-12))


@pytest.mark.parametrize(
    ("function", "grade", "value"),
    [
        (effort.running_cost, -0.18136, 1.78127),
        (effort.walking_cost, -0.15253, 0.93549),
    ],
)
def test_cost_has_its_published_minimum(function, grade, value):
    """A search finds the cheapest grade where the polynomial's derivative vanishes."""
    found = minimize_scalar(
        lambda i: float(function(i)), bounds=(-0.35, 0.0), method="bounded"
    )
    assert found.x == pytest.approx(grade, abs=2e-5)
    assert found.fun == pytest.approx(value, abs=5e-6)


def test_race_curve_has_its_published_minimum():
    """A search finds the grade of least race effort."""
    found = minimize_scalar(
        lambda i: float(effort.race_factor(i)),
        bounds=(-0.2, 0.0),
        method="bounded",
    )
    assert (found.x, found.fun) == pytest.approx((-0.08851, 0.85428), abs=1e-5)


def test_heart_rate_fit_keeps_its_stated_error():
    """Over all nineteen public points the fit is off by 0.010 in the mean square."""
    grade = (
        np.array(
            [
                -30,
                -25,
                -20,
                -15,
                -10,
                -8,
                -6,
                -4,
                -2,
                0,
                2,
                4,
                6,
                8,
                10,
                15,
                20,
                25,
                30,
            ]
        )
        / 100
    )
    seen = [1.495, 1.273, 1.081, 0.941, 0.876, 0.876, 0.891, 0.918, 0.960, 1.0]
    seen += [1.055, 1.135, 1.228, 1.337, 1.459, 1.846, 2.297, 2.727, 3.158]
    error = effort.heart_rate_factor(grade) - np.asarray(seen)
    assert np.sqrt(np.mean(error**2)) == pytest.approx(0.010, abs=5e-4)
    assert np.max(np.abs(error)) == pytest.approx(0.0197, abs=1e-4)


def test_models_disagree_in_sign_downhill():
    """At -20 % cost calls the descent easier than level ground and races call it harder."""
    low, high = effort.effort_factor_range(-0.20)
    assert low < 1.0 < high


def test_cost_overstates_steep_climbs_by_eleven_percent():
    """Measured ratios of 1.82 and 2.69 at 12.5 and 25 % lie below the polynomial, by 11 % at 25
    %.
    """
    assert effort.cost_factor(0.25) / 2.69 == pytest.approx(1.11, abs=0.005)


def test_running_power_averages_to_the_measured_mean():
    """Over the measured speeds, 3.50 with a deviation of 0.86 m/s, the mean power is 14.52 W/kg."""
    speed = 3.50 + 0.86 * np.array([-1.0, 1.0])
    assert np.mean(effort.running_power(speed)) == pytest.approx(14.52, abs=0.005)


def test_missing_samples_stay_missing_and_do_not_count():
    """NaN stays per sample and leaves the mean of the rest alone."""
    speed, grade = np.array([3.0, np.nan, 3.0]), np.array([0.1, 0.1, np.nan])
    adjusted = effort.grade_adjusted_speed(speed, grade)
    assert np.isnan(adjusted).tolist() == [False, True, True]
    mean = effort.mean_grade_adjusted_speed(speed, grade, 1.0)
    assert mean == pytest.approx(3.0 * effort.race_factor(0.1))
    assert np.isnan(effort.mean_grade_adjusted_speed([np.nan], 0.0, 1.0))


def test_effort_is_integrated_before_it_is_averaged():
    """Up and down again is harder than the level run that has the same mean grade."""
    grade = np.tile([0.1, -0.1], 50)
    mean = effort.mean_grade_adjusted_speed(3.0, grade, np.ones(100))
    assert mean == pytest.approx(3.0 * (1.5156 + 0.8567) / 2, abs=3e-4)


@given(st.floats(1.0, 6.0), st.integers(10, 300))
def test_even_speed_is_its_own_norm(speed, n):
    """An even run has its speed as norm and a variability index of 1."""
    assert effort.normalised_speed(np.full(n, speed), 1.0) == pytest.approx(
        speed, rel=1e-9
    )
    assert effort.variability_index(np.full(n, speed), 1.0) == pytest.approx(
        1.0, rel=1e-9
    )


def test_norm_of_two_long_halves_is_a_power_mean():
    """Without smoothing, half the time at 2 and half at 4 m/s gives the fourth-power mean."""
    speed = np.repeat([2.0, 4.0], 100)
    expected = ((2.0**4 + 4.0**4) / 2) ** 0.25
    assert effort.normalised_speed(speed, 1.0, smoothing=0.0) == pytest.approx(
        expected, rel=1e-12
    )
    assert effort.normalised_speed(speed, 1.0) < expected


def test_energy_of_standing_is_resting_power():
    """Standing for an hour takes the walking equation's value at rest."""
    assert effort.energy(np.zeros(3600), 0.0, 1.0, None, 70.0) == pytest.approx(
        1.44 * 70 * 3600
    )
    assert effort.energy(
        np.full(3600, 0.2), 0.3, 1.0, None, 70.0
    ) == pytest.approx(1.44 * 70 * 3600)


def test_energy_of_level_running_is_the_level_power():
    """On the level the grade ratio is 1 and the power is the running equation's."""
    expected = 70.0 * 3600.0 * (4.43 + 1.51 * 3.0 + 0.37 * 9.0)
    assert effort.energy(
        np.full(3600, 3.0), 0.0, 1.0, None, 70.0
    ) == pytest.approx(expected)


def test_energy_of_walking_is_the_walking_power():
    """Walking samples take the walking equation, flagged or found."""
    expected = 70.0 * 600.0 * 8.3964
    given_gait = effort.energy(
        np.full(600, 1.3), 0.1, 1.0, np.ones(600, bool), 70.0
    )
    assert given_gait == pytest.approx(expected, rel=1e-5)
    assert effort.energy(
        np.full(600, 1.3), 0.1, 1.0, None, 70.0
    ) == pytest.approx(given_gait)


@given(speeds, st.floats(-0.3, 0.3))
def test_energy_ignores_the_sampling_rate_and_adds(speed, grade):
    """Twice the samples of half the length give the same energy, and two runs add up."""
    once = effort.energy(speed, grade, 1.0, None, 60.0)
    twice = effort.energy(np.repeat(speed, 2), grade, 0.5, None, 60.0)
    both = effort.energy(np.concatenate([speed, speed]), grade, 1.0, None, 60.0)
    assert twice == pytest.approx(once)
    assert both == pytest.approx(2.0 * once)


@pytest.mark.parametrize(
    ("angle", "speed"), [(5.0, 1.78), (10.0, 1.62), (15.0, 1.47)]
)
def test_transition_speed_falls_with_slope(angle, speed):
    """Without cadence the published transition speed of a slope parts walking from running."""
    grade = np.tan(np.radians(angle))
    assert effort.is_walking(
        [speed - 0.01, speed + 0.01], grade=grade
    ).tolist() == [
        True,
        False,
    ]


def test_cadence_decides_before_speed():
    """A slow trot is running, a fast walk is walking, and a dropout of the sensor decides
    nothing.
    """
    walking = effort.is_walking(
        [1.7, 2.2, 3.0, 3.0, 1.2, np.nan],
        [150.0, 120.0, 0.0, np.nan, np.nan, 120.0],
    )
    assert walking.tolist() == [False, True, False, False, True, False]


def test_hike_share_counts_climbing_time_only():
    """Half of the climbing time walked is a share of one half, whatever happens elsewhere."""
    walking = np.array([True, False, True, True])
    climbing = np.array([True, True, False, False])
    assert effort.hike_share(walking, climbing, 10.0) == 0.5
    assert np.isnan(effort.hike_share(walking, np.zeros(4, bool), 10.0))


def test_pandolf_has_no_value_downhill():
    """Where the equation is not valid there is no number."""
    assert np.isnan(effort.pandolf_power(1.3, -0.05, mass=70.0))


@pytest.mark.parametrize("mass", [0.0, -1.0, float("nan")])
def test_impossible_mass_is_refused(mass):
    """A mass that cannot be raises."""
    with pytest.raises(ValueError, match="mass"):
        effort.energy([3.0], 0.0, 1.0, None, mass)
    with pytest.raises(ValueError, match="mass"):
        effort.pandolf_power(1.0, 0.0, mass=mass)


def test_a_hike_counts_by_the_cost_of_walking() -> None:
    """Uphill from 10 % on the level speed of a walk follows from the published equation of
    walking: at 1 m/s on 20 % it costs (1.94 + 0.24 + 0.34 x 20 x outer) W/kg above standing, outer
    1 - 1.05^(1 - 1.1^52), and level running 3.6 J/kg/m. Runs, the level and ways down keep the race
    curve; heart rates keep theirs.
    """
    outer = 1.0 - 1.05 ** (1.0 - 1.1**52.0)
    expected = (1.94 + 0.24 + 0.34 * 20.0 * outer) / 3.6
    assert effort.grade_adjusted_speed(1.0, 0.2, walking=True) == pytest.approx(
        expected
    )
    for grade in (-0.2, 0.0, 0.09):
        assert effort.grade_adjusted_speed(
            1.0, grade, walking=True
        ) == effort.grade_adjusted_speed(1.0, grade)
    by_heart = {
        effort.grade_adjusted_speed(
            1.0, 0.2, curve=EffortCurve.HEART_RATE, walking=gait
        ).item()
        for gait in (True, False)
    }
    assert len(by_heart) == 1


@pytest.mark.parametrize("speed", [0.8, 1.0, 1.2, 1.4])
def test_hiking_takes_over_without_a_step(speed: float) -> None:
    """At the grade from which a walk is a hike both ways to count it agree to 5 %, over the speeds
    at which people climb.
    """
    run, hike = (
        effort.grade_adjusted_speed(speed, effort.HIKING_GRADE, walking=gait)
        for gait in (False, True)
    )
    assert hike == pytest.approx(run, rel=0.05)
