"""Impact: steps, spring-mass model, load components, sensitivity, climb and descent doses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trailstats.metrics import effort, impact

samples = st.integers(1, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.floats(0.0, 6.0)),
        arrays(np.float64, n, elements=st.floats(-0.4, 0.4)),
        arrays(
            np.float64,
            n,
            elements=st.one_of(st.floats(90.0, 200.0), st.just(np.nan)),
        ),
    )
)
exponents = st.sampled_from([1.0, 4.0, 6.6, 9.0])


def group_sums(group, speed, grade, cadence, *, n_groups, exponent):
    """Return the central loads of groups of seconds, at an exponent."""
    walking = effort.is_walking(speed, cadence, grade)
    steps, _ = impact.step_rate(speed, cadence, walking=walking)
    sums = impact.impact_load_by_group(
        group,
        speed,
        grade,
        steps,
        walking=walking,
        n_groups=n_groups,
        exponents=(exponent,),
    )
    return impact.impact_sensitivity(
        sums, impact.ImpactConstants(exponent=exponent)
    )


def values(load):
    """Components as a list."""
    return [load.active, load.impact, load.tibial]


@pytest.mark.parametrize(
    ("kind", "low", "central", "high"),
    [
        ("paved", 1.00, 1.00, 1.00),
        ("dirt", 0.90, 1.00, 1.10),
        ("grass", 0.83, 0.97, 1.10),
        ("woodchip", 0.75, 0.90, 1.00),
        ("sand", 0.70, 0.90, 1.00),
        ("technical", 0.90, 1.00, 1.20),
        ("unknown_trail", 0.83, 1.00, 1.10),
    ],
)
def test_surface_factors(kind, low, central, high):
    """Each kind of ground has its interval, none of which allows a claim of less impact."""
    factor = impact.SURFACE_FACTORS[kind]
    assert (factor.low, factor.central, factor.high) == (low, central, high)
    assert not factor.distinguishable
    assert factor.reference


def test_surface_factor_must_be_in_order():
    """A factor whose bounds are out of order raises."""
    with pytest.raises(ValueError, match="low"):
        impact.SurfaceFactor(1.1, 1.0, 1.2, "reference")


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [("paved", 1.0, 1.0), ("technical", 1.0, 1.1), ("sand", 1.5, 1.6)],
)
def test_energy_factors(kind, low, high):
    """Running on sand costs half as much again; technical trail at most a tenth more."""
    assert (
        impact.ENERGY_FACTORS[kind].low,
        impact.ENERGY_FACTORS[kind].high,
    ) == (
        low,
        high,
    )


def test_reference_peak_is_the_modelled_one():
    """At 3.0 m/s the contact law and the population cadence give a peak of 2.133 body weights:
    pi/2 times the step of 0.3570 s over the contact of 0.2629 s.
    """
    contact = impact.contact_time(3.0)
    peak = impact.peak_force(
        contact, impact.flight_time(impact.modelled_cadence(3.0), contact)
    )
    assert peak == pytest.approx(np.pi / 2.0 * 0.35704 / 0.26289, abs=5e-4)


def test_step_ratio_of_slow_running():
    """A kilometre at 2.65 m/s takes 1.1179 times the steps of one at 3.0 m/s."""
    steps = impact.count_steps(2.65, np.nan, 1000 / 2.65).steps
    assert steps / impact.REFERENCE_STEPS_PER_KM == pytest.approx(
        1.1179, abs=5e-5
    )


@given(st.floats(0.15, 0.4), st.floats(0.0, 0.2))
def test_momentum_balance(contact, flight):
    """The mean force over contact carries the body for the whole step."""
    force = impact.mean_contact_force(contact, flight)
    assert force * contact == pytest.approx(contact + flight)
    assert impact.peak_force(contact, flight) == pytest.approx(np.pi / 2 * force)


def test_spring_mass_in_newtons():
    """The published example: 1510.13 N at 70 kg."""
    assert 70 * impact.GRAVITY * impact.peak_force(0.25, 0.10) == pytest.approx(
        1510.13, abs=0.005
    )


def test_spring_mass_has_no_value_for_impossible_steps():
    """No contact, no cadence, or a step longer than the leg allows gives NaN."""
    assert np.isnan(impact.peak_force(0.0, 0.1))
    assert np.isnan(impact.flight_time(0.0, 0.25))
    assert np.isnan(impact.leg_compression(0.25, 0.1, 12.0, stature=1.7))
    assert impact.flight_time(180.0, 0.5) == 0.0


def test_walking_components():
    """Walking takes 1.2 body weights, no impact peak and half the tibial load."""
    assert impact.active_component(1.5, walking=True) == pytest.approx(
        1.2 / 2.1331, abs=2e-4
    )
    assert impact.impact_component(1.5, 0.0, walking=True) == 0.0
    assert impact.tibial_component(1.5, 0.0, walking=True) == 0.5


@given(samples, exponents)
def test_load_ignores_the_sampling_rate(run, exponent):
    """Twice the samples of half the length give the same load."""
    once = impact.impact_load(*run, 1.0, exponent=exponent)
    twice = impact.impact_load(
        *(np.repeat(x, 2) for x in run), 0.5, exponent=exponent
    )
    assert values(twice) == pytest.approx(values(once), nan_ok=True)


@given(samples, samples, exponents)
def test_load_adds_over_runs(a, b, exponent):
    """The load of two runs in one file is the sum of both."""
    joined = impact.impact_load(
        *(np.concatenate(x) for x in zip(a, b, strict=True)),
        1.0,
        exponent=exponent,
    )
    first, second = (
        impact.impact_load(*run, 1.0, exponent=exponent) for run in (a, b)
    )
    assert values(joined) == pytest.approx(
        np.add(values(first), values(second)), nan_ok=True
    )


@given(samples, exponents, st.integers(1, 5))
def test_groups_add_up_to_the_whole(run, exponent, n_groups):
    """Load by group adds up to the load of the run, and each group is the load of its samples."""
    group = np.arange(run[0].size) % n_groups
    grouped = group_sums(group, *run, n_groups=n_groups, exponent=exponent)
    whole = impact.impact_load(*run, 1.0, exponent=exponent)
    sums = [np.sum(x) for x in values(grouped)]
    assert sums == pytest.approx(values(whole), rel=1e-9, abs=1e-12)
    own = impact.impact_load(
        *(x[group == 0] for x in run), 1.0, exponent=exponent
    )
    first = [x[0, 0] for x in values(grouped)]
    assert first == pytest.approx(values(own), rel=1e-9, abs=1e-12)


def test_samples_without_group_are_left_out():
    """A negative group belongs to none, and a group without samples is zero."""
    sums = impact.impact_load_by_group(
        [-1, 2], 3.0, 0.0, impact.REFERENCE_STEPS_PER_KM, n_groups=4
    )
    assert sums.active == pytest.approx(np.tile([0.0, 0.0, 1.0, 0.0], (4, 1)))


@pytest.mark.parametrize(
    ("grade", "steep"),
    [(-0.15, True), (0.15, True), (0.09, False), (-0.09, False)],
)
def test_ground_of_a_tenth_and_more_is_steep(grade, steep):
    """The load inside the shin on 15 % may be 0.85 to 1.15 of the central one; on 9 % it is one."""
    steps = impact.REFERENCE_STEPS_PER_KM
    sums = impact.impact_load_by_group(0, 3.0, grade, steps, exponents=(1.0,))
    low, high = (
        impact.impact_sensitivity(
            sums, impact.ImpactConstants(steep_factor=factor)
        )
        for factor in impact.STEEP_FACTOR_RANGE
    )
    ends = (0.85, 1.15) if steep else (1.0, 1.0)
    assert (low.tibial[0, 0], high.tibial[0, 0]) == pytest.approx(ends)


def test_missing_grade_leaves_active_load():
    """Without elevation the active load stands, the others have no value."""
    load = impact.impact_load(np.full(10, 3.0), np.nan, 170.0, 1.0)
    assert load.active > 0.0
    assert np.isnan(load.impact) and np.isnan(load.tibial)
    assert all(np.isnan(values(impact.impact_load([np.nan], 0.0, 170.0, 1.0))))


def test_missing_samples_are_skipped():
    """A gap takes no steps, and the rest of the run keeps its load."""
    full = impact.impact_load([3.0, 3.0], 0.0, 170.0, 1.0)
    gap = impact.impact_load([3.0, np.nan, 3.0], 0.0, 170.0, 1.0)
    assert values(gap) == pytest.approx(values(full))


def test_stops_take_no_steps():
    """A stopped runner takes no steps even when the sensor still counts."""
    assert values(impact.impact_load(np.full(60, 0.2), 0.0, 160.0, 1.0)) == [
        0.0,
        0.0,
        0.0,
    ]


def test_recorded_cadence_is_used():
    """Ten per cent more steps are ten per cent more load."""
    base = impact.impact_load([3.0], 0.0, 160.0, 60.0)
    more = impact.impact_load([3.0], 0.0, 176.0, 60.0)
    assert values(more) == pytest.approx(1.1 * np.asarray(values(base)))


@given(st.floats(2.0, 5.5), st.floats(0.01, 0.5), st.floats(-0.15, 0.1))
def test_components_rise_with_speed(speed, more, grade):
    """Every component of a running step rises with speed."""
    assert impact.active_component(speed + more) > impact.active_component(speed)
    assert impact.impact_component(speed + more, grade) > impact.impact_component(
        speed, grade
    )
    assert impact.tibial_component(speed + more, grade) > impact.tibial_component(
        speed, grade
    )


@given(st.floats(-0.155, 0.15), st.floats(0.001, 0.05))
def test_impact_falls_with_grade(grade, more):
    """Steeper up means less impact, steeper down means more."""
    assert impact.impact_component(3.0, grade + more) < impact.impact_component(
        3.0, grade
    )


@pytest.mark.parametrize("exponent", impact.EXPONENTS)
def test_surface_factor_scales_impact_only(exponent):
    """Ground changes the impact component, to the power of the exponent, and no other."""
    paved = impact.impact_load([3.0], 0.0, 170.0, 60.0, exponent=exponent)
    grass = impact.ImpactConstants(surface_factor=0.9, exponent=exponent)
    sums = impact.impact_load_by_group(0, 3.0, 0.0, 170.0, exponents=(exponent,))
    soft = impact.impact_sensitivity(sums, grass)
    assert values(soft) == pytest.approx(
        [paved.active, 0.9**exponent * paved.impact, paved.tibial]
    )


def test_exponent_must_be_positive():
    """An exponent of zero would count steps of any size alike, and raises."""
    with pytest.raises(ValueError, match="exponent"):
        impact.impact_load([3.0], 0.0, 170.0, 1.0, exponent=0.0)


def drawn(ground, size=4000, seed=4):
    """Return constants drawn for a kind of ground."""
    rng = np.random.default_rng(seed)
    return impact.ImpactConstants.draw(rng, impact.SURFACE_FACTORS[ground], size)


def test_draws_lie_in_their_ranges_around_the_central_values():
    """The first draw is central, the others reach both ends of each range and no further."""
    constants = drawn("unknown_trail")
    ranges = {
        "surface_factor": (0.83, 1.0, 1.10),
        "downhill_slope": (0.04, 0.06, 0.08),
        "steep_factor": (0.85, 1.0, 1.15),
        "exponent": (1.0, 1.0, 9.0),
    }
    for name, (low, central, high) in ranges.items():
        values_ = getattr(constants, name)
        assert values_[0] == central
        assert low <= values_.min() <= low + 0.01
        assert high - 0.01 <= values_.max() <= high
    # The mean of a triangle is the mean of its corners.
    mean = constants.surface_factor.mean()
    assert mean == pytest.approx((0.83 + 1.0 + 1.1) / 3, abs=0.005)
    assert set(constants.exponent) == set(impact.EXPONENTS)


def test_draws_are_reproducible():
    """One seed gives one set of draws, another gives others; paved ground has one factor."""
    once, twice, other = drawn("sand"), drawn("sand"), drawn("sand", seed=5)
    assert np.array_equal(once.surface_factor, twice.surface_factor)
    assert not np.array_equal(once.downhill_slope, other.downhill_slope)
    assert np.all(drawn("paved").surface_factor == 1.0)


@pytest.mark.parametrize(
    ("exponent", "error"), [(1.0, 1e-12), (4.0, 0.004), (6.6, 0.03), (9.0, 0.10)]
)
def test_load_at_any_downhill_slope_is_near_its_own_sum(exponent, error):
    """Between the slopes that are summed, the load is near that of the formula."""
    grade = -np.tan(np.radians(np.full(5, 9.0)))
    sums = impact.impact_load_by_group(0, 3.0, grade, 1.0, exponents=(exponent,))
    steps = 1.0 / impact.REFERENCE_STEPS_PER_KM
    for slope in np.linspace(0.04, 0.08, 9):
        constants = impact.ImpactConstants(
            downhill_slope=slope, exponent=exponent
        )
        own = (
            impact.impact_component(3.0, grade, downhill_slope=slope) ** exponent
        )
        found = impact.impact_sensitivity(sums, constants).impact[0, 0]
        assert found == pytest.approx(np.sum(own) * steps, rel=error)


def test_sensitivity_without_elevation():
    """Without grade the impact and tibial loads have no value at any constants, active ones do."""
    sums = impact.impact_load_by_group(0, np.full(10, 3.0), np.nan, 3.0)
    found = impact.impact_sensitivity(sums)
    assert np.all(np.isnan(found.impact)) and np.all(np.isnan(found.tibial))
    assert np.all(found.active > 0.0)


def test_the_increase_of_the_impact_with_speed_can_be_stated():
    """It is no more than a default: without an increase, speed makes no difference."""
    assert impact.impact_component(4.0, 0.0) == pytest.approx(1.21)
    assert impact.impact_component(
        [2.0, 4.0], 0.0, speed_slope=0.1
    ) == pytest.approx([0.9, 1.1])


def test_cadence_fit_recovers_a_runner():
    """A runner who takes 5 % more steps than the population at every speed comes back from half an
    hour.
    """
    rng = np.random.default_rng(2)
    speed = rng.uniform(2.2, 4.2, 2400)
    cadence = 1.05 * (150.02 + 6.012 * speed) + rng.normal(0.0, 1.5, 2400)
    model = impact.fit_cadence(speed, cadence, 1.0)
    assert model.personal
    assert model.at_3 == pytest.approx(1.05 * 168.056, abs=0.1)
    assert model.running([2.5, 4.0]) == pytest.approx(
        [1.05 * 165.05, 1.05 * 174.068], abs=0.1
    )
    assert float(model.walking(1.3)) == pytest.approx(1.05 * 110.0, abs=0.1)


def test_cadence_fit_to_means_is_that_to_samples():
    """As the law is a line, the mean speed and cadence of each run say all that its samples do."""
    rng = np.random.default_rng(3)
    speed, cadence = (
        rng.uniform(2.2, 4.2, (4, 600)),
        rng.uniform(150.0, 190.0, (4, 600)),
    )
    whole = impact.fit_cadence(speed.ravel(), cadence.ravel(), 1.0)
    assert impact.fit_cadence(
        speed.mean(axis=1), cadence.mean(axis=1), 600.0
    ).at_3 == pytest.approx(whole.at_3)


def test_cadence_fit_needs_time_and_running():
    """Too little running leaves the population's; walking, riding and missing values count
    nothing.
    """
    assert (
        impact.fit_cadence([2.5, 3.5], [160.0, 170.0], 1.0)
        is impact.POPULATION_CADENCE
    )
    odd = impact.fit_cadence(
        [3.0, 3.0, 1.2, 9.0, 3.0], [176.0, 120.0, 150.0, 180.0, np.nan], 1800.0
    )
    assert odd.at_3 == pytest.approx(176.0)


def test_modelled_share_of_steps():
    """The count tells which part of the steps was modelled."""
    count = impact.count_steps([3.0, 3.0, 0.1], [168.056, np.nan, 90.0], 60.0)
    assert count.steps == pytest.approx(2 * 168.056)
    assert count.modelled_share == pytest.approx(0.5)
    assert np.isnan(impact.count_steps([np.nan], 170.0, 1.0).steps)


def test_descent_dose_by_grade_adds_up():
    """The bands add up to the whole dose, and a border belongs to the steeper band."""
    change = np.array([-1.0, -2.0, -3.0, -4.0, 5.0, np.nan])
    grade = np.array([-0.02, -0.05, -0.12, -0.30, 0.1, -0.1])
    bands = impact.descent_dose_by_grade(change, grade)
    assert bands == pytest.approx(9.81 * np.array([1.0, 2.0, 3.0, 4.0]))
    assert impact.descent_dose(change) == pytest.approx(np.sum(bands))
    assert impact.positive_work_dose(change) == pytest.approx(9.81 * 5.0)
    assert np.isnan(impact.descent_dose([np.nan]))


def test_exposure_ratio():
    """A run with half as much again as the largest of late has a ratio of 1.5."""
    assert impact.downhill_exposure_ratio(900.0, [200.0, 600.0, np.nan]) == 1.5
    assert np.isnan(impact.downhill_exposure_ratio(900.0, []))


def test_time_climbing_with_condition():
    """Climbing time counts steep samples that fulfil the condition."""
    grade = np.array([0.06, 0.04, 0.2, np.nan])
    assert impact.time_climbing(grade, 10.0) == 20.0
    assert (
        impact.time_climbing(grade, 10.0, within=[True, True, False, True])
        == 10.0
    )
    assert np.isnan(impact.time_climbing([np.nan], 1.0))


def test_steep_bouts_by_duration():
    """Only bouts of 6 to 30 s count."""
    grade = np.concatenate(
        [np.full(5, 0.2), [0.0], np.full(10, 0.2), [0.0], np.full(40, 0.2)]
    )
    assert impact.steep_bouts(grade, 3.0, 1.0, minimum_speed=2.5) == 1
    assert impact.steep_bouts(grade, 2.0, 1.0, minimum_speed=2.5) == 0


def test_a_step_rate_is_recorded_or_modelled():
    """A recorded cadence is taken as it is, a missing one from the population's line, and standing
    takes no steps.
    """
    rate, modelled = impact.step_rate(
        [3.0, 3.0, 0.1, np.nan], [170.0, np.nan, np.nan, np.nan]
    )
    assert rate[:3] == pytest.approx([170.0 / 60.0, 168.056 / 60.0, 0.0])
    assert np.isnan(rate[3])
    assert modelled.tolist() == [False, True, True, True]


def test_fewer_steps_at_speed_against_their_size():
    """At 4 m/s a kilometre takes 0.77683 of the reference steps, each 1.09 of the reference
    load.
    """
    ratio = (
        float(impact.modelled_cadence(4.0))
        / 60.0
        / 4.0
        * 1000.0
        / impact.REFERENCE_STEPS_PER_KM
    )
    assert ratio == pytest.approx(0.77683, abs=5e-6)
    for exponent, load in ((1.0, 0.8467), (6.6, 1.3720)):
        found = impact.impact_load(
            4.0, 0.0, np.nan, 250.0, exponent=exponent
        ).tibial
        assert found == pytest.approx(ratio * 1.09**exponent)
        assert found == pytest.approx(load, abs=5e-5)


def test_an_own_contact_level_is_recovered():
    """Recorded contacts along the law give its level back, whatever the speeds, and what was not
    recorded is left out.
    """
    speed = np.array([2.2, 2.8, 3.5, 4.0])
    contact = impact.contact_time(speed, level=0.24)
    contact[1] = np.nan
    assert impact.contact_level(speed, contact, 1.0) == pytest.approx(0.24)
    assert np.isnan(impact.contact_level(speed, np.full(4, np.nan), 1.0))
