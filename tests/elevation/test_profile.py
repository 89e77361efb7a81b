"""Ascent, grade and smoothing, against closed forms and invariants."""

from __future__ import annotations

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from trailstats.elevation import (
    Climbing,
    ElevationRules,
    ElevationSource,
    ascent_descent,
    cumulative_ascent,
    grid_profile,
    rolling_fit,
)


def test_a_jitter_below_the_threshold_is_no_ascent() -> None:
    """0, 1, 0, 1 ... counts nothing when a reversal must exceed 1.5 m, and everything without a
    threshold.
    """
    z = np.tile([0.0, 1.0], 50)
    assert ascent_descent(z, 1.5) == (0.0, 0.0)
    assert ascent_descent(z, 0.0) == (50.0, 49.0)


def test_a_triangle_is_its_height() -> None:
    """Up 50 m and down again is 50 m of each."""
    z = np.concatenate((np.linspace(0, 50, 40), np.linspace(50, 0, 40)))
    assert ascent_descent(z, 2.0) == (50.0, 50.0)


def test_a_monotone_climb_is_exact() -> None:
    """A climb without a dip is the difference of its ends, whatever the threshold."""
    z = np.array([3.0, 3.0, 8.0, 20.0, 20.0, 41.5])
    assert ascent_descent(z, 10.0) == (38.5, 0.0)


def test_a_dip_below_the_threshold_takes_nothing() -> None:
    """100 m up with a dip of 1 m counts 100 m, not 101."""
    z = np.concatenate((np.linspace(0, 60, 20), np.linspace(59, 100, 20)))
    assert ascent_descent(z, 2.0) == (100.0, 0.0)


tracks = st.lists(st.floats(0, 300), min_size=3, max_size=60).map(np.array)


@given(z=tracks, threshold=st.sampled_from([0.0, 2.0, 10.0]))
def test_reversing_swaps_ascent_and_descent(
    z: np.ndarray, threshold: float
) -> None:
    """Going back over the same way climbs what was descended."""
    up, down = ascent_descent(z, threshold)
    assert ascent_descent(z[::-1], threshold) == pytest.approx((down, up))


@given(z=tracks, threshold=st.sampled_from([0.0, 2.0, 10.0]))
def test_ascent_less_descent_is_the_change(
    z: np.ndarray, threshold: float
) -> None:
    """Ascent less descent is the net change, to within what the threshold leaves out at both
    ends.
    """
    up, down = ascent_descent(z, threshold)
    assert abs((up - down) - (z[-1] - z[0])) <= 2 * threshold + 1e-9


@given(z=tracks, threshold=st.sampled_from([0.0, 2.0, 10.0]))
def test_cumulative_ascent_never_falls_and_ends_at_the_whole(
    z: np.ndarray, threshold: float
) -> None:
    """Differences between places add up, since the running sums only grow."""
    up, down = cumulative_ascent(z, threshold)
    assert (np.diff(up) >= -1e-12).all()
    assert (np.diff(down) >= -1e-12).all()
    assert (up[-1], down[-1]) == pytest.approx(ascent_descent(z, threshold))


def test_the_fit_of_a_line_is_the_line() -> None:
    """On a steady slope the grade is exact up to both ends, and so is the level."""
    z = 5.0 + 0.08 * np.arange(60) * 10.0
    level, slope, _ = rolling_fit(z, 10.0, 50.0, 0.3)
    assert slope == pytest.approx(0.08)
    assert level == pytest.approx(z)


def test_the_level_keeps_the_top_of_a_round_hill() -> None:
    """A parabola is not flattened: the fit of second order reproduces it inside."""
    d = np.arange(60) * 10.0
    z = 100 - ((d - 300) / 60) ** 2
    level, slope, _ = rolling_fit(z, 10.0, 50.0, 0.3)
    assert level[3:-3] == pytest.approx(z[3:-3])
    assert slope[10:-10] == pytest.approx(-2 * (d - 300)[10:-10] / 3600)


def test_the_error_of_the_grade_is_that_of_regression() -> None:
    """The stated error is the scatter of the slope over many draws of the noise."""
    rng = np.random.default_rng(0)
    slopes = [
        rolling_fit(rng.normal(0, 0.5, 30), 10.0, 50.0, 0.5)[1][15]
        for _ in range(2000)
    ]
    assert np.std(slopes) == pytest.approx(
        rolling_fit(np.zeros(30), 10.0, 50.0, 0.5)[2], rel=0.06
    )


def hill(
    step: float, noise: float = 0.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return 6 km over three hills of 60 m, sampled every ``step`` metres."""
    d = np.arange(0.0, 6000.0, step)
    return d, 30 * (1 - np.cos(2 * np.pi * d / 2000)) + np.random.default_rng(
        seed
    ).normal(0, noise, len(d))


@pytest.mark.parametrize("step", [1.5, 3.0, 6.0, 15.0])
def test_sampling_does_not_change_ascent(step: float) -> None:
    """Three hills of 60 m are 180 m whether sampled every second or every five."""
    profile = grid_profile(*hill(step, noise=0.1))
    assert profile is not None
    assert profile.source is ElevationSource.BAROMETER
    assert profile.ascent[-1] == pytest.approx(180, rel=0.03)
    assert profile.descent[-1] == pytest.approx(180, rel=0.03)


def test_a_flat_loop_with_barometer_noise_climbs_nothing() -> None:
    """Noise of a barometer on a flat loop is no ascent."""
    rng = np.random.default_rng(3)
    profile = grid_profile(
        np.arange(0.0, 8000.0, 3.0), 100 + rng.normal(0, 0.25, 2667)
    )
    assert profile is not None
    assert profile.ascent[-1] == 0


def test_noisy_elevation_on_the_flat_is_taken_for_gnss() -> None:
    """Noise of metres, correlated over a minute as receivers have it, counts as GNSS and hardly
    climbs.
    """
    rng = np.random.default_rng(3)
    z = np.zeros(4000)
    for i in range(1, len(z)):
        z[i] = z[i - 1] * np.exp(-1 / 60) + rng.normal(
            0, 4 * np.sqrt(1 - np.exp(-2 / 60))
        )
    d = np.arange(4000) * 3.0
    profile = grid_profile(d, z)
    assert profile is not None
    assert profile.source is ElevationSource.GNSS
    assert profile.ascent[-1] < 0.5 * ascent_descent(z[::3], 2.0)[0]


def wandering(
    rng: np.random.Generator, size: float, time: float, count: int
) -> np.ndarray:
    """Return an error of a given size that changes over so many seconds, one value a second."""
    keep = np.exp(-1 / time)
    steps = rng.normal(0, np.sqrt(1 - keep**2), count)
    return size * scipy.signal.lfilter([1.0], [1.0, -keep], steps)


@pytest.mark.parametrize(
    ("height", "apart"), [(2.0, 1500.0), (30.0, 500.0)], ids=["flat", "hills"]
)
def test_a_receiver_without_barometer(height: float, apart: float) -> None:
    """An hour by a receiver that errs by 3 m over minutes: less is made up on the flat, and hills
    don't get lost.
    """
    rng = np.random.default_rng(0)
    d = 3.0 * np.arange(3600)
    z = height / 2 * (1 - np.cos(2 * np.pi * d / apart))
    true = height * np.floor(d[-1] / apart)
    short, usual = [], []
    for _ in range(20):
        recorded = (
            z + wandering(rng, 3.0, 90, 3600) + wandering(rng, 1.0, 18, 3600)
        )
        for window, out in (
            (100.0, short),
            (ElevationRules().window_gnss_ascent, usual),
        ):
            profile = grid_profile(
                d,
                recorded,
                ElevationRules(noise_hilly=1e-6, window_gnss_ascent=window),
            )
            assert profile is not None
            assert profile.source is ElevationSource.GNSS
            out.append(profile.ascent[-1] - true)
    assert np.abs(usual).mean() < np.abs(short).mean()
    assert np.mean(usual) > -0.1 * true


def test_a_barometer_on_a_steep_slow_hike_is_none_of_a_receiver() -> None:
    """Errors of place make heights rough over distance where it is steep; against the clock they
    are smooth.
    """
    rng = np.random.default_rng(1)
    t = np.arange(5400.0)
    d = 0.7 * t
    z = (
        400
        + 250 * np.sin(2 * np.pi * d / 3780) ** 2
        + rng.normal(0, 0.05, len(t))
    )
    placed = np.maximum.accumulate(d + wandering(rng, 4.0, 20, len(t)))
    profile = grid_profile(placed, z, timer=t)
    assert profile is not None
    assert profile.noise > ElevationRules().noise_level
    assert profile.source is ElevationSource.BAROMETER
    receiver = (
        z + wandering(rng, 3.0, 90, len(t)) + wandering(rng, 1.0, 18, len(t))
    )
    told = grid_profile(d, receiver, ElevationRules(noise_hilly=1e-6), timer=t)
    assert told is not None
    assert told.source is ElevationSource.GNSS


def test_one_spike_is_left_out() -> None:
    """A single sample 80 m too high makes no climb."""
    d, z = hill(3.0)
    z[700] += 80
    profile = grid_profile(d, z)
    assert profile is not None
    assert profile.ascent[-1] == pytest.approx(180, rel=0.03)


def test_standing_still_adds_nothing() -> None:
    """A barometer that drifts while the runner stands does not make him climb."""
    d, z = hill(3.0)
    stood = np.concatenate((d[:700], np.full(600, d[700]), d[700:]))
    drift = np.concatenate((z[:700], z[700] + np.linspace(0, 1.5, 600), z[700:]))
    profile = grid_profile(stood, drift)
    assert profile is not None
    assert profile.ascent[-1] == pytest.approx(180, rel=0.03)


@settings(max_examples=25)
@given(share=st.floats(0.6, 1.0))
def test_too_little_elevation_is_none(share: float) -> None:
    """With elevation for most samples there is a profile, with less than half there is none."""
    d, z = hill(3.0)
    holed = np.where(np.arange(len(z)) % 100 < 100 * share, z, np.nan)
    assert grid_profile(d, holed) is not None
    assert (
        grid_profile(d, np.where(np.arange(len(z)) % 100 < 30, z, np.nan)) is None
    )


def test_a_short_way_has_no_profile() -> None:
    """Below the length of a window there is no grade."""
    assert (
        grid_profile(np.arange(0.0, 50.0, 2.0), np.zeros(25), ElevationRules())
        is None
    )


def test_short_hills_of_a_slow_hike_are_counted() -> None:
    """Knolls of 6 m every 80 m at 0.8 m/s: half a minute up, half a minute down. Smoothed over
    distance, most of each is lost.
    """
    t = np.arange(5400.0)
    d = 0.8 * t
    knolls = 3 * (1 - np.cos(2 * np.pi * d / 80.0))
    z = 500 + knolls + np.random.default_rng(0).normal(0, 0.1, len(t))
    true = 6.0 * np.floor(d[-1] / 80.0)
    in_time, in_distance = (
        grid_profile(d, z, timer=timer) for timer in (t, None)
    )
    assert in_time is not None
    assert in_distance is not None
    assert in_time.ascent[-1] == pytest.approx(true, rel=0.06)
    assert in_distance.ascent[-1] < 0.9 * true


def test_standing_still_in_time_adds_nothing() -> None:
    """With times as well: a barometer that drifts while the runner stands does not make him
    climb.
    """
    d, z = hill(3.0)
    stood = np.concatenate((d[:700], np.full(600, d[700]), d[700:]))
    waves = 1.4 * np.sin(np.arange(600) / 20.0)
    drift = np.concatenate((z[:700], z[700] + waves, z[700:]))
    profile = grid_profile(stood, drift, timer=np.arange(float(len(stood))))
    assert profile is not None
    assert profile.ascent[-1] == pytest.approx(180, rel=0.03)


def test_the_threshold_is_smaller_on_steep_ground() -> None:
    """Waves of 2.0 m are the weather's on the flat, and knolls on a mountain."""
    t = np.arange(7200.0)
    d = 2.0 * t
    small = 1.0 * np.sin(2 * np.pi * d / 150.0)
    counted = []
    for height in (0.0, 600.0):
        # The knolls stand on flat ground half-way up, where they alone go up and down.
        flat = np.interp(d, [0, 4000, 10_000, d[-1]], [0, height, height, 0])
        profile = grid_profile(d, small + flat, timer=t)
        assert profile is not None
        counted.append(profile.ascent[-1] - height)
    assert counted[0] == 0
    assert counted[1] > 50


@given(z=tracks, threshold=st.floats(0.5, 10.0))
def test_the_range_of_ascent_holds_it(z: np.ndarray, threshold: float) -> None:
    """Counted with half of the threshold it is no less, with twice no more; and the sums are those
    of each threshold alone, to what is left out at the ends.
    """
    found = Climbing.of(z, threshold)
    (low, high), (fall_low, fall_high) = (
        found.ascent_range,
        found.descent_range,
    )
    up, down = ascent_descent(z, threshold)
    assert (found.ascent[-1], found.descent[-1]) == pytest.approx((up, down))
    assert low <= up + 1e-9 <= high + 2e-9
    assert fall_low <= down + 1e-9 <= fall_high + 2e-9
