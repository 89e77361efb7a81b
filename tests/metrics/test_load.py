"""Load of a session and of days and weeks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trailstats.metrics import effort, load
from trailstats.metrics.load import LoadMethod, Sex

heart_rates = arrays(
    np.float64, st.integers(1, 60), elements=st.floats(60.0, 190.0)
)
daily_loads = arrays(
    np.float64, st.integers(1, 90), elements=st.floats(0.0, 300.0)
)

SESSION_LOADS = [
    lambda hr, dt: load.banister_trimp(
        hr, dt, rest=50.0, maximum=190.0, sex=Sex.MALE
    ),
    lambda hr, dt: load.edwards_trimp(hr, dt, maximum=190.0),
    lambda hr, dt: load.lucia_trimp(hr, dt, bounds=[152.0, 165.0]),
    lambda hr, dt: load.heart_rate_ratio_load(hr, dt, threshold=165.0),
    lambda hr, dt: load.heart_rate_reserve_load(
        hr, dt, rest=50.0, maximum=190.0, threshold_fraction=0.83
    ),
    lambda hr, dt: load.pace_load(hr / 50.0, dt, 4.0),
]


@pytest.mark.parametrize("formula", SESSION_LOADS)
@given(hr=heart_rates, more=heart_rates)
def test_session_loads_add_and_ignore_the_sampling_rate(formula, hr, more):
    """Two runs in one file add up, and twice the samples of half the length change nothing."""
    once = formula(hr, 1.0)
    assert formula(np.repeat(hr, 2), 0.5) == pytest.approx(once)
    assert formula(np.concatenate([hr, more]), 1.0) == pytest.approx(
        once + formula(more, 1.0)
    )


@pytest.mark.parametrize("formula", SESSION_LOADS)
@given(hr=heart_rates, lift=st.floats(0.0, 20.0))
def test_session_loads_rise_with_intensity(formula, hr, lift):
    """A harder run of the same length never loads less."""
    assert formula(hr + lift, 1.0) >= formula(hr, 1.0) - 1e-9


@pytest.mark.parametrize("formula", SESSION_LOADS)
def test_session_loads_skip_missing_samples(formula):
    """A gap counts nothing, and a recording without values has no load."""
    assert formula(np.array([150.0, np.nan]), 60.0) == pytest.approx(
        formula(np.array([150.0]), 60.0)
    )
    assert np.isnan(formula(np.array([np.nan]), 60.0))


@given(heart_rates)
def test_impulse_of_the_mean_is_too_low(hr):
    """The impulse of the samples is at least that of their mean, because its curve bends
    upwards.
    """
    by_sample = load.banister_trimp(
        hr, 1.0, rest=50.0, maximum=190.0, sex=Sex.FEMALE
    )
    by_mean = load.banister_trimp(
        np.mean(hr), float(hr.size), rest=50.0, maximum=190.0, sex=Sex.FEMALE
    )
    assert by_sample >= by_mean - 1e-9


def test_unknown_sex_takes_the_middle():
    """Without a stated sex the impulse is the mean of both curves."""
    men, women, unknown = (
        load.banister_trimp(150.0, 60.0, rest=50.0, maximum=190.0, sex=sex)
        for sex in (Sex.MALE, Sex.FEMALE, None)
    )
    assert unknown == pytest.approx(0.5 * (men + women))


def test_arguments_that_cannot_be_are_refused():
    """A threshold, rating or number of thresholds that cannot be raises."""
    with pytest.raises(ValueError, match="threshold_speed"):
        load.pace_load(3.0, 60.0, 0.0)
    with pytest.raises(ValueError, match="rating"):
        load.session_rpe_load(11.0, 60.0)
    with pytest.raises(ValueError, match="two thresholds"):
        load.lucia_trimp(150.0, 60.0, bounds=[150.0])
    with pytest.raises(ValueError, match="above"):
        load.banister_trimp(150.0, 60.0, rest=190.0, maximum=50.0)


def test_session_load_takes_the_best_method_there_is():
    """Heart rate comes before pace, pace before the rating, the rating before duration."""
    dt, hr, speed = np.ones(3600), np.full(3600, 150.0), np.full(3600, 3.0)
    heart = {"hr": hr, "rest": 50.0, "maximum": 190.0}
    pace = {"speed": speed, "threshold_speed": 4.0}
    assert (
        load.session_load(dt, **heart, **pace, rating=5.0).method
        is LoadMethod.HEART_RATE
    )
    assert (
        load.session_load(dt, hr=hr, **pace, rating=5.0).method is LoadMethod.PACE
    )
    assert (
        load.session_load(dt, speed=speed, rating=5.0).method is LoadMethod.RATING
    )
    assert load.session_load(dt, speed=speed).method is LoadMethod.DURATION


def test_session_load_is_100_for_an_hour_at_threshold():
    """Every method that knows the threshold gives 100 for an hour at it."""
    dt = np.ones(3600)
    heart = load.session_load(
        dt, hr=np.full(3600, 0.87 * 190.0), rest=50.0, maximum=190.0, sex=Sex.MALE
    )
    pace = load.session_load(dt, speed=np.full(3600, 4.0), threshold_speed=4.0)
    rated = load.session_load(dt, rating=7.0)
    assert [heart.value, pace.value, rated.value] == pytest.approx(
        [100.0, 100.0, 100.0]
    )
    assert load.session_load(dt).value == pytest.approx(100.0 * 0.75**2)


def test_session_load_fills_small_gaps_and_refuses_large_ones():
    """A gap of a tenth is filled at the session's rate; half a session without heart rate falls
    back.
    """
    dt, hr = np.ones(3600), np.full(3600, 150.0)
    whole = load.session_load(dt, hr=hr, rest=50.0, maximum=190.0)
    hr[:360] = np.nan
    gap = load.session_load(dt, hr=hr, rest=50.0, maximum=190.0)
    assert gap.value == pytest.approx(whole.value)
    assert gap.coverage == pytest.approx(0.9)
    hr[:1800] = np.nan
    assert (
        load.session_load(dt, hr=hr, rest=50.0, maximum=190.0).method
        is LoadMethod.DURATION
    )


def test_session_load_counts_surges_in_pace():
    """The pace method uses the normalised speed, so a varied run loads more than an even one."""
    dt, speed = np.ones(3600), np.repeat([2.0, 4.0] * 6, 300)
    varied = load.session_load(dt, speed=speed, threshold_speed=4.0)
    assert varied.value == pytest.approx(
        100.0 * (effort.normalised_speed(speed, dt) / 4.0) ** 2
    )
    assert (
        varied.value
        > load.session_load(
            dt, speed=np.full(3600, 3.0), threshold_speed=4.0
        ).value
    )


@given(
    daily_loads, st.floats(1.0, 60.0), st.sampled_from(list(load.LoadConvention))
)
def test_running_average_is_the_recurrence(daily, days, convention):
    """The filter equals the recurrence written out, and stays within the loads."""
    weight = (
        1.0 - np.exp(-1.0 / days) if convention == "exponential" else 1.0 / days
    )
    value, expected = 0.0, []
    for amount in daily:
        value += weight * (amount - value)
        expected.append(value)
    found = load.exponential_load(daily, days, convention=convention)
    assert found == pytest.approx(np.asarray(expected), rel=1e-9, abs=1e-9)
    assert np.all(found <= np.max(daily) + 1e-9)


@given(daily_loads, st.integers(1, 60), st.floats(0.0, 100.0))
def test_running_average_can_be_continued(daily, cut, initial):
    """An average split in two and continued from its last value is the average of the whole."""
    cut = min(cut, daily.size)
    whole = load.exponential_load(daily, 42, initial=initial)
    first = load.exponential_load(daily[:cut], 42, initial=initial)
    second = load.exponential_load(daily[cut:], 42, initial=float(first[-1]))
    assert np.concatenate([first, second]) == pytest.approx(whole)


def test_moving_average_starts_at_the_first_day():
    """An even calendar has its load as average from the first day."""
    assert load.ewma([80.0] * 5, 7) == pytest.approx([80.0] * 5)
    assert load.ewma([], 7).size == 0
    with pytest.raises(ValueError, match="span"):
        load.ewma([1.0], 0.0)
    with pytest.raises(ValueError, match="time_constant"):
        load.exponential_load([1.0], 0.0)
    with pytest.raises(ValueError, match="at least a day"):
        load.exponential_load(
            [1.0], 0.5, convention=load.LoadConvention.RECIPROCAL
        )


def test_an_unknown_day_does_not_poison_the_average():
    """A day without a known load counts as rest."""
    assert np.array_equal(
        load.exponential_load([50.0, np.nan, 50.0], 7),
        load.exponential_load([50.0, 0.0, 50.0], 7),
    )


def test_balance_is_of_yesterday():
    """Form on a day is the difference at the end of the day before."""
    balance = load.training_stress_balance([10.0, 20.0, 30.0], [5.0, 25.0, 10.0])
    assert balance == pytest.approx([np.nan, 5.0, -5.0], nan_ok=True)


def test_equal_days_have_no_monotony():
    """Seven equal days have no value instead of infinity, whatever rounding leaves."""
    for amount in (0.0, 0.1, 100.0 / 3.0):
        assert np.isnan(load.monotony([amount] * 7))
        assert np.isnan(load.strain([amount] * 7))
    assert np.isnan(load.monotony([5.0]))


@given(daily_loads, st.floats(0.1, 10.0))
def test_ratio_does_not_depend_on_the_unit(daily, scale):
    """Loads in another unit have the same ratio."""
    ratio = load.acute_chronic_ratio(daily)
    assert load.acute_chronic_ratio(daily * scale) == pytest.approx(
        ratio, rel=1e-6, nan_ok=True
    )


def test_ratio_by_hand():
    """Three even weeks and a double one: 2 over 1.25."""
    daily = np.repeat([1.0, 1.0, 1.0, 2.0], 7)
    assert load.acute_chronic_ratio(daily)[-1] == pytest.approx(1.6)
    assert np.all(np.isnan(load.acute_chronic_ratio(daily)[:27]))
    assert np.all(np.isnan(load.acute_chronic_ratio(np.zeros(40))))


def test_rolling_total():
    """The total of the last days begins when a window is full."""
    assert load.rolling_total([1.0, 2.0, np.nan, 4.0], 2) == pytest.approx(
        [np.nan, 3.0, 2.0, 4.0], nan_ok=True
    )
    assert np.all(np.isnan(load.rolling_total([1.0], 2)))
    with pytest.raises(ValueError, match="days"):
        load.rolling_total([1.0], 0)


@pytest.mark.parametrize(
    ("daily", "expected"),
    [
        ([1, 1, 1] + [0] * 7 + [1] + [0] * 6 + [1], 8),
        ([0, 1, 0, 1, 0], 3),
        ([0, 0, 0], 0),
        ([1], 1),
        ([1] + [0] * 20 + [1], 1),
    ],
)
def test_longest_unbroken_stretch(daily, expected):
    """Seven days of rest in a row end a stretch, six do not."""
    assert load.longest_unbroken_days(daily) == expected


def test_monotony_says_which_deviation_it_divides_by():
    """The worked week has a mean of 350 and deviations of 234.521 (of all days) and 253.311 (one
    less).
    """
    week = [600, 200, 400, 500, 100, 650, 0]
    assert 350.0 / load.monotony(week, population=True) == pytest.approx(
        234.521, abs=5e-4
    )
    assert 350.0 / load.monotony(week) == pytest.approx(253.311, abs=5e-4)
    # A public page prints 245 and 1.43 for this week, which is neither.
    assert abs(load.monotony(week) - 1.43) > 0.04
    assert abs(load.monotony(week, population=True) - 1.43) > 0.04
