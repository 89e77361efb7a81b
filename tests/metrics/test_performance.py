"""Performance: race equivalents, best efforts, critical speed, efficiency, decoupling."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trailstats.metrics import performance
from trailstats.metrics.performance import SteadyGate

steps = arrays(np.float64, st.integers(2, 40), elements=st.floats(0.0, 10.0))


@given(st.floats(1500.0, 42195.0), st.floats(3.0, 6.0))
def test_equivalent_time_inverts_the_uptake(distance, speed):
    """The time that an uptake gives over a distance has that uptake."""
    duration = distance / speed
    uptake = float(performance.vdot(distance, duration))
    assert performance.equivalent_time(uptake, distance) == pytest.approx(
        duration, rel=1e-6
    )


def test_uptake_of_impossible_races():
    """No distance, no time or no solution has no value."""
    assert np.all(
        np.isnan(performance.vdot([0.0, 5000.0, np.nan], [1200.0, 0.0, 1200.0]))
    )
    assert np.isnan(performance.equivalent_time(np.nan, 5000.0))
    assert np.isnan(performance.equivalent_time(5000.0, 5000.0))


@given(st.floats(600.0, 6000.0), st.floats(1.01, 4.0))
def test_longer_races_are_slower(duration, ratio):
    """Riegel's time grows faster than the distance, and back again gives the start."""
    longer = performance.riegel_time(duration, 5000.0, 5000.0 * ratio)
    assert longer > ratio * duration
    assert performance.riegel_time(
        longer, 5000.0 * ratio, 5000.0
    ) == pytest.approx(duration)


def slow_search(distance, time, length):
    """Search the shortest time over a length by trying every sample as start and as end."""
    best = np.inf
    for start in np.concatenate([distance, distance - length]):
        end = start + length
        if start < distance[0] - 1e-9 or end > distance[-1] + 1e-9:
            continue
        leave = max(
            [
                np.interp(start, distance, time),
                *time[np.isclose(distance, start, rtol=0, atol=1e-9)],
            ]
        )
        arrive = min(
            [
                np.interp(end, distance, time),
                *time[np.isclose(distance, end, rtol=0, atol=1e-9)],
            ]
        )
        best = min(best, arrive - leave)
    return best


@given(steps, st.floats(1.0, 30.0))
def test_best_effort_equals_a_slow_search(step, length):
    """The fast search over all starts and ends finds what trying each of them finds.

    In eighths of a metre, which add up exactly: where the runner stood, a rounding more or less is
    all of the time that it took.
    """
    step, length = np.round(np.multiply(step, 8)) / 8, round(8 * length) / 8
    distance = np.concatenate([[0.0], np.cumsum(step)])
    time = np.arange(distance.size) * 1.0
    assume(distance[-1] >= length)
    found = performance.best_efforts_by_distance(distance, time, length).duration[
        0
    ]
    assert found == pytest.approx(slow_search(distance, time, length), abs=1e-6)


def test_best_effort_of_an_even_run_is_its_speed():
    """At 4 m/s a kilometre takes 250 s wherever it starts; a longer one than the run has no
    value.
    """
    time = np.arange(1001.0)
    best = performance.best_efforts_by_distance(
        4.0 * time, time, [1000.0, 4000.0, 4001.0]
    )
    assert best.duration == pytest.approx([250.0, 1000.0, np.nan], nan_ok=True)
    by_time = performance.best_efforts_by_time(
        4.0 * time, time, [60.0, 1000.0, 2000.0]
    )
    assert by_time.distance == pytest.approx([240.0, 4000.0, np.nan], nan_ok=True)


def test_best_effort_finds_the_fast_stretch():
    """A fast 400 m in a slow run is found with its start, between samples as well."""
    time = np.arange(0.0, 1000.0, 7.0)
    speed = np.where((time >= 301.0) & (time < 401.0), 5.0, 2.5)
    distance = np.concatenate([[0.0], np.cumsum(speed[:-1] * 7.0)])
    best = performance.best_efforts_by_distance(distance, time, [400.0])
    assert best.duration[0] == pytest.approx(80.0)
    assert 301.0 <= best.start_time[0] <= 326.0
    timed = performance.best_efforts_by_time(distance, time, [80.0])
    assert timed.distance[0] == pytest.approx(400.0)


def test_a_pause_does_not_lend_speed():
    """Standing still before a fast stretch is not part of it, standing within it is."""
    distance = np.array([0.0, 100.0, 100.0, 100.0, 200.0, 300.0])
    time = np.array([0.0, 25.0, 60.0, 90.0, 110.0, 130.0])
    best = performance.best_efforts_by_distance(
        distance, time, [100.0, 200.0, 300.0]
    )
    assert best.duration == pytest.approx([20.0, 40.0, 130.0])


@given(steps, st.floats(1.0, 20.0), st.floats(1.0, 10.0))
def test_longer_efforts_take_longer(step, length, more):
    """A longer distance never takes less time, and a longer time never covers less."""
    distance = np.concatenate([[0.0], np.cumsum(step)])
    time = np.arange(distance.size) * 1.0
    assume(distance[-1] >= length + more)
    durations = performance.best_efforts_by_distance(
        distance, time, [length, length + more]
    ).duration
    assert durations[0] <= durations[1] + 1e-9
    spans = np.array([1.0, float(time[-1])])
    covered = performance.best_efforts_by_time(distance, time, spans).distance
    assert covered[0] <= covered[1] + 1e-9


def test_best_efforts_drop_missing_samples():
    """Missing positions are bridged, and empty recordings have no efforts."""
    time = np.arange(101.0)
    distance = 3.0 * time
    distance[10:20] = np.nan
    assert performance.best_efforts_by_distance(distance, time, 150.0).duration[
        0
    ] == pytest.approx(50.0)
    assert np.isnan(
        performance.best_efforts_by_distance([np.nan], [0.0], 100.0).duration[0]
    )
    for search in (
        performance.best_efforts_by_distance,
        performance.best_efforts_by_time,
    ):
        with pytest.raises(ValueError, match="positive"):
            search([0.0, 1.0], [0.0, 1.0], 0.0)


@given(st.floats(2.5, 5.0), st.floats(50.0, 300.0))
def test_critical_speed_recovers_a_line(speed, reserve):
    """Efforts on a line give its slope and intercept, with no error."""
    times = np.array([120.0, 400.0, 1100.0])
    fit = performance.critical_speed(speed * times + reserve, times)
    assert (fit.speed, fit.reserve) == pytest.approx((speed, reserve), rel=1e-6)
    assert fit.speed_error == pytest.approx(0.0, abs=1e-6)


def test_critical_speed_needs_two_times():
    """One effort, or the same time twice, has no line."""
    assert np.isnan(
        performance.critical_speed([400.0, np.nan], [60.0, 120.0]).speed
    )
    assert np.isnan(
        performance.critical_speed([400.0, 410.0], [60.0, 60.0]).speed
    )
    assert np.isnan(
        performance.critical_speed([400.0, 800.0], [60.0, 130.0]).speed_error
    )


def test_critical_speed_error_is_that_of_a_regression():
    """The standard error equals that of an ordinary regression."""
    from scipy.stats import linregress

    times, distances = (
        np.array([120.0, 300.0, 600.0, 1200.0]),
        np.array([620.0, 1290.0, 2440.0, 4700.0]),
    )
    fit, reference = (
        performance.critical_speed(distances, times),
        linregress(times, distances),
    )
    assert (fit.speed, fit.reserve, fit.speed_error) == pytest.approx(
        (reference.slope, reference.intercept, reference.stderr)
    )


def test_decoupling_of_the_example():
    """From 1.40 to 1.33 metres per beat efficiency falls by 5.0 %."""
    speed = np.concatenate(
        [np.full(600, 3.5), np.full(1500, 3.5), np.full(1500, 3.325)]
    )
    result = performance.decoupling(speed, 150.0, np.ones(3600))
    assert (result.first, result.second) == pytest.approx((1.40, 1.33))
    assert result.loss == pytest.approx(0.05)
    assert result.failed == ()


@given(arrays(np.float64, st.integers(5, 50), elements=st.floats(120.0, 180.0)))
def test_decoupling_ignores_the_sampling_rate(hr):
    """Twice the samples of half the length give the same loss."""
    once = performance.decoupling(3.0, hr, 300.0)
    twice = performance.decoupling(3.0, np.repeat(hr, 2), 150.0)
    assert twice.loss == pytest.approx(once.loss, abs=1e-8)


def test_decoupling_gates():
    """A short, varied, paused or patchy run is named as such."""
    n = 3600
    steady, hr = np.full(n, 3.0), np.full(n, 150.0)
    assert performance.decoupling(steady[:1200], hr[:1200], 1.0).failed == (
        SteadyGate.TOO_SHORT,
    )
    varied = np.repeat([2.0, 4.0] * 6, 300)
    assert performance.decoupling(varied, hr, 1.0).failed == (
        SteadyGate.TOO_VARIED,
    )
    assert performance.decoupling(
        steady, hr, 1.0, longest_pause=121.0
    ).failed == (SteadyGate.PAUSED,)
    hr[1200:2400] = np.nan
    assert performance.decoupling(steady, hr, 1.0).failed == (
        SteadyGate.NOT_RECORDED,
    )
    nothing = performance.decoupling(steady, np.nan, 1.0)
    assert np.isnan(nothing.loss) and SteadyGate.NOT_RECORDED in nothing.failed


def test_efficiency_uses_samples_with_both():
    """A sample without heart rate does not enter the mean speed either."""
    assert performance.efficiency_factor(
        [3.0, 6.0], [150.0, np.nan], 1.0
    ) == pytest.approx(1.2)
    assert np.isnan(performance.efficiency_factor([3.0], [np.nan], 1.0))


def test_speed_at_heart_rate_recovers_a_line():
    """With a known line of speed on heart rate and temperature the reading is right and inside its
    interval.
    """
    rng = np.random.default_rng(6)
    hr, heat = rng.uniform(130.0, 170.0, 300), rng.uniform(0.0, 30.0, 300)
    speed = (
        3.0
        + 0.02 * (hr - 150.0)
        - 0.01 * (heat - 15.0)
        + rng.normal(0.0, 0.05, 300)
    )
    result = performance.speed_at_heart_rate(speed, hr, 150.0, temperature=heat)
    assert result.low < 3.0 < result.high
    assert result.high - result.low == pytest.approx(
        2 * 1.968 * 0.05 / np.sqrt(300), rel=0.15
    )
    plain = performance.speed_at_heart_rate(speed, hr, 150.0)
    assert plain.high - plain.low > result.high - result.low


def test_speed_at_heart_rate_stays_inside_its_data():
    """A reference far outside, too few windows or one heart rate only has no value."""
    hr = np.linspace(140.0, 150.0, 20)
    assert np.isnan(performance.speed_at_heart_rate(hr / 50.0, hr, 170.0).speed)
    assert np.isnan(
        performance.speed_at_heart_rate(hr[:5] / 50.0, hr[:5], 142.0).speed
    )
    assert np.isnan(
        performance.speed_at_heart_rate(
            hr / 50.0, np.full(20, 150.0), 150.0
        ).speed
    )


def test_speed_interval_covers_as_often_as_it_says():
    """Over simulated athletes the 95 % interval holds the true speed about 95 times in 100."""
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        hr = rng.uniform(130.0, 170.0, 30)
        speed = 3.0 + 0.02 * (hr - 150.0) + rng.normal(0.0, 0.1, 30)
        result = performance.speed_at_heart_rate(speed, hr, 150.0)
        hits += result.low < 3.0 < result.high
    assert 0.92 <= hits / 400 <= 0.98


def test_no_effort_comes_from_a_stretch_without_samples() -> None:
    """Of ten kilometres at 3 m/s with a ride of five in a gap, the best five were run; an effort
    may hold a short gap.
    """
    time = np.concatenate((np.arange(1667.0), 2267.0 + np.arange(1667.0)))
    ridden = np.where(np.arange(len(time)) >= 1667, 5000.0 + 3.0, 0.0)
    distance = 3.0 * np.concatenate(
        (np.arange(1667.0), 1666.0 + np.arange(1667.0))
    )
    distance = distance + ridden
    unseen = np.arange(len(time)) == 1667
    lengths = [1000.0, 4900.0, 14000.0]
    free = performance.best_efforts_by_distance(distance, time, lengths)
    seen = performance.best_efforts_by_distance(
        distance, time, lengths, unseen=unseen
    )
    assert free.duration[1] < 700.0
    assert seen.duration[:2] == pytest.approx([1000 / 3, 4900 / 3])
    assert np.isnan(seen.duration[2])
    spans = [300.0, 1200.0, 3500.0]
    timed = performance.best_efforts_by_time(distance, time, spans, unseen=unseen)
    assert timed.distance[:2] == pytest.approx([900.0, 3600.0])
    assert np.isnan(timed.distance[2])
    tunnel = np.delete(np.arange(4001), np.s_[2000:2040])
    bridged = np.append(False, np.diff(tunnel) > 30)
    through = performance.best_efforts_by_distance(
        3.0 * tunnel, tunnel, 10_000.0, unseen=bridged
    )
    assert through.duration == pytest.approx(10_000 / 3)


@pytest.mark.parametrize(
    ("distance", "record"),
    [(400, 43.03), (800, 100.91), (1500, 206.0), (3000, 437.55), (5000, 755.36),
     (10_000, 1571.0), (21_097.5, 3402.0), (42_195, 7235.0)],
)  # fmt: skip
def test_nobody_is_told_that_a_record_is_impossible(
    distance: float, record: float
) -> None:
    """The men's records of 2025, also those between the ones that the limit rests on, lie above it,
    and by no more than 5 %.
    """
    least = float(performance.shortest_possible(distance))
    assert 0.95 * record < least < record


def test_beyond_the_records() -> None:
    """Below 400 m there is no limit; beyond a marathon nobody keeps more than its speed."""
    least = performance.shortest_possible([399.0, np.nan, 84_390.0])
    assert np.isnan(least[:2]).all()
    assert least[2] == pytest.approx(2 * 0.97 * 7235.0)


@pytest.mark.parametrize("speed", [0.4, 1.0, 1.5, 1.7])
def test_a_walk_implies_no_race(speed: float) -> None:
    """The line of uptake on speed was measured on runners; a stroll lies below its zero."""
    assert np.isnan(performance.vdot(speed * 1800.0, 1800.0))
    assert performance.vdot(3.0 * 1800.0, 1800.0) > 30.0
