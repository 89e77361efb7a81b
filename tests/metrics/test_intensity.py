"""Intensity: anchors, zones, easy discipline, signal quality, thresholds from beats."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trailstats.metrics import intensity

heart_rates = arrays(
    np.float64, st.integers(1, 60), elements=st.floats(60.0, 200.0)
)


@given(heart_rates)
def test_time_in_zones_adds_up_to_the_time(hr):
    """Every recorded second lies in one zone, whatever the sampling rate."""
    zones = intensity.time_in_zones(hr, 2.0, [120.0, 150.0, 170.0])
    assert np.sum(zones) == pytest.approx(2.0 * hr.size)
    assert intensity.time_in_zones(
        np.repeat(hr, 2), 1.0, [120.0, 150.0, 170.0]
    ) == pytest.approx(zones)


def test_time_in_zones_skips_missing_samples():
    """A missing heart rate takes its time with it, and a value on a bound is in the zone above."""
    zones = intensity.time_in_zones(
        [100.0, np.nan, 150.0, 160.0], [1.0, 5.0, 2.0, 3.0], [150.0, 160.0]
    )
    assert zones.tolist() == [1.0, 2.0, 3.0]
    assert np.all(np.isnan(intensity.time_in_zones([np.nan], 1.0, [150.0])))
    with pytest.raises(ValueError, match="rise"):
        intensity.time_in_zones([100.0], 1.0, [160.0, 150.0])


def test_threshold_zones_keep_106_percent_below():
    """At a threshold of 150, 159 bpm (106 %) is zone 5b and 160 is 5c."""
    bounds = intensity.lthr_zone_bounds(150.0)
    assert intensity.time_in_zones([159.0], 1.0, bounds).argmax() == 5
    assert intensity.time_in_zones([160.0], 1.0, bounds).argmax() == 6


def test_reserve_zones():
    """Half the reserve between 50 and 190 is 120."""
    assert intensity.hrr_zone_bounds(50.0, 190.0)[0] == pytest.approx(120.0)
    assert intensity.heart_rate_reserve_fraction(
        [120.0, 30.0, 250.0], 50.0, 190.0
    ).tolist() == [
        0.5,
        0.0,
        1.0,
    ]
    with pytest.raises(ValueError, match="above"):
        intensity.heart_rate_reserve_fraction(120.0, 190.0, 50.0)
    with pytest.raises(ValueError, match="above"):
        intensity.hrr_zone_bounds(190.0, 50.0)


def test_easy_ceiling_carries_its_interval():
    """At a maximum of 200 the ceiling is 160, give or take 5 % of the maximum."""
    assert intensity.easy_ceiling(200.0) == pytest.approx((150.0, 160.0, 170.0))


def test_zone_rules_must_be_in_order():
    """A first threshold above the second raises."""
    with pytest.raises(ValueError, match="first"):
        intensity.ZoneRules(first=0.9, second=0.8)


def test_observed_maximum_ignores_spikes():
    """A value held for ten seconds counts, a spike of three seconds does not, at either end of the
    file too.
    """
    hr = np.full(3600, 150.0)
    hr[1000:1010], hr[2000:2003], hr[:3] = 190.0, 220.0, 230.0
    assert intensity.observed_heart_rate_max(hr, 1.0) == 190.0
    assert intensity.observed_heart_rate_max(hr, 1.0, quantile=1.0) == 190.0
    hr[1005] = np.nan
    assert intensity.observed_heart_rate_max(hr, 1.0) == 190.0
    assert np.isnan(intensity.observed_heart_rate_max([np.nan, np.nan], 1.0))


@given(heart_rates, st.floats(100.0, 180.0), st.floats(1.0, 20.0))
def test_a_higher_ceiling_is_exceeded_less(hr, ceiling, more):
    """Share above and overshoot fall as the ceiling rises."""
    assert intensity.share_above(
        hr, 1.0, ceiling + more
    ) <= intensity.share_above(hr, 1.0, ceiling)
    assert intensity.overshoot(hr, 1.0, ceiling + more) <= intensity.overshoot(
        hr, 1.0, ceiling
    )


def test_share_and_overshoot_by_hand():
    """A quarter of the time ten beats above: a share of 0.25 and an overshoot of 2.5 bpm."""
    hr = [140.0, 140.0, 140.0, 160.0, np.nan]
    assert intensity.share_above(hr, 1.0, 150.0) == 0.25
    assert intensity.overshoot(hr, 1.0, 150.0) == 2.5
    assert np.isnan(intensity.share_above(hr, 1.0, np.nan))


@given(
    st.floats(0.01, 1.0),
    st.floats(0.01, 1.0),
    st.floats(0.01, 1.0),
    st.floats(0.1, 1000.0),
)
def test_polarisation_index_needs_only_shares(a, b, c, scale):
    """Times in seconds give the same index as shares."""
    index = intensity.polarisation_index(a, b, c)
    assert intensity.polarisation_index(
        a * scale, b * scale, c * scale
    ) == pytest.approx(index)


def test_polarisation_index_of_an_empty_zone():
    """An empty zone has no index, and a negative one raises."""
    assert np.isnan(intensity.polarisation_index(1.0, 0.0, 0.2))
    with pytest.raises(ValueError, match="negative"):
        intensity.polarisation_index(1.0, -0.1, 0.2)


def test_cadence_lock_is_flagged():
    """Heart rate on the cadence for more than three minutes at varying speed is flagged, shorter is
    not.
    """
    rng = np.random.default_rng(1)
    n = 1200
    cadence = 170.0 + rng.normal(0.0, 1.0, n)
    hr = 140.0 + rng.normal(0.0, 2.0, n)
    hr[300:600] = cadence[300:600] + rng.normal(0.0, 0.5, 300)
    hr[700:800] = cadence[700:800] + rng.normal(0.0, 0.5, 100)
    quality = intensity.heart_rate_quality(
        hr, cadence, rng.normal(3.0, 0.5, n), 1.0
    )
    assert np.all(quality.cadence_locked[305:595]) and not np.any(
        quality.cadence_locked[620:]
    )
    even = intensity.heart_rate_quality(hr, cadence, np.full(n, 3.0), 1.0)
    assert not np.any(even.cadence_locked)


def test_stuck_and_impossible_values_are_flagged():
    """A value repeated for more than a minute, the first two minutes and impossible values are not
    usable.
    """
    rng = np.random.default_rng(1)
    hr = 140.0 + rng.normal(0.0, 2.0, 600)
    hr[200:300] = 150.0
    hr[400:430] = 151.0
    hr[500] = 255.0
    hr[550] = np.nan
    quality = intensity.heart_rate_quality(hr, np.nan, 3.0, 1.0)
    assert np.flatnonzero(quality.flat).tolist() == list(range(200, 300))
    assert np.flatnonzero(quality.settling).tolist() == list(range(120))
    assert np.flatnonzero(quality.impossible).tolist() == [500]
    assert not quality.usable[550]
    assert quality.usable_share == pytest.approx((600 - 1 - 100 - 120 - 1) / 599)


def test_easy_discipline_by_hand():
    """After the warm-up, level ground and climbs are judged apart."""
    hr = np.concatenate(
        [
            np.full(600, 170.0),
            np.full(900, 140.0),
            np.full(100, 160.0),
            np.full(400, 165.0),
        ]
    )
    grade = np.concatenate([np.zeros(1600), np.full(400, 0.1)])
    result = intensity.easy_discipline(hr, 1.0, 150.0, grade=grade)
    assert result.index == pytest.approx(0.9)
    assert result.overshoot == pytest.approx(1.0)
    assert result.share_climbing == 1.0
    assert result.seconds == 1000.0


def test_easy_runs_are_chosen_by_the_calendar():
    """The first run within 36 hours after a hard one is meant to be easy, unless it has hard
    laps.
    """
    hour = 3600.0
    start = np.array([0.0, 24.0, 30.0, 80.0, 100.0, 200.0]) * hour
    end = start + hour
    hard = [True, False, True, True, False, True]
    assert intensity.easy_intended(start, end, hard).tolist() == [
        False,
        True,
        False,
        False,
        True,
        False,
    ]
    planned = intensity.easy_intended(
        start, end, hard, structured=[False, True, False, False, False, False]
    )
    assert planned.tolist() == [False, False, False, False, True, False]
    labelled = intensity.easy_intended(
        start, end, hard, labelled_easy=[False] * 5 + [True]
    )
    assert labelled.tolist() == [False, True, False, False, True, True]
    with pytest.raises(ValueError, match="order"):
        intensity.easy_intended(start[::-1], end[::-1], hard)


def test_exponent_of_noise_and_its_sum():
    """White noise scales with about 0.5 and its running sum with about 1.5."""
    noise = np.random.default_rng(7).standard_normal(40000)
    boxes = tuple(range(16, 200, 8))
    assert intensity.dfa_exponent(noise, box_sizes=boxes) == pytest.approx(
        0.5, abs=0.03
    )
    assert intensity.dfa_exponent(
        np.cumsum(noise), box_sizes=boxes
    ) == pytest.approx(1.5, abs=0.03)
    assert np.isnan(intensity.dfa_exponent(np.ones(100)))
    assert np.isnan(intensity.dfa_exponent(noise[:20]))


def test_exponent_along_a_recording():
    """Uncorrelated beats read near 0.5, correlated ones clearly more; a slow trend does not
    matter.
    """
    rng = np.random.default_rng(9)
    n = 3000
    white = 0.45 + 0.01 * rng.standard_normal(n)
    series = intensity.dfa_alpha1(white + 0.05 * np.linspace(0.0, 1.0, n))
    assert np.nanmean(series.alpha1) == pytest.approx(0.57, abs=0.08)
    assert np.nanmean(series.heart_rate) == pytest.approx(
        60.0 / np.mean(white + 0.025), rel=0.01
    )
    walk = np.convolve(
        rng.standard_normal(n + 7), np.full(8, 0.125), mode="valid"
    )
    assert np.nanmean(intensity.dfa_alpha1(0.45 + 0.02 * walk).alpha1) > 1.0


def test_windows_with_many_corrected_beats_are_left_out():
    """A window with more than 6 % corrected beats has no exponent."""
    rr = 0.5 + 0.01 * np.random.default_rng(2).standard_normal(600)
    corrected = np.arange(600) % 10 == 0
    assert np.all(np.isnan(intensity.dfa_alpha1(rr, corrected=corrected).alpha1))
    assert intensity.dfa_alpha1(rr[:50]).alpha1.size == 0
    with pytest.raises(ValueError, match="window"):
        intensity.dfa_alpha1(rr, window=0.0)


def test_threshold_is_read_from_the_falling_line():
    """Where the exponent falls from 1.0 at 140 to 0.5 at 160, it crosses 0.75 at 150."""
    hr = np.linspace(130.0, 165.0, 36)
    alpha = 1.0 - (hr - 140.0) / 40.0
    assert intensity.threshold_from_alpha1(alpha, hr) == pytest.approx(150.0)
    assert np.isnan(intensity.threshold_from_alpha1(alpha[::-1], hr))
    assert np.isnan(intensity.threshold_from_alpha1(alpha[:5], hr[:5]))
    assert np.isnan(intensity.threshold_from_alpha1(alpha, hr, level=0.2))


def test_a_window_of_beats_is_by_itself():
    """What came before a window makes no difference to its exponent: its trend is its own."""
    rng = np.random.default_rng(8)
    before, rr = (
        0.5 + rng.normal(0.0, 0.02, 240),
        0.45 + rng.normal(0.0, 0.02, 270),
    )
    before *= 120.0001 / np.sum(before)
    rr *= 121.0 / np.sum(rr)
    joined = intensity.dfa_alpha1(np.concatenate([before, rr]), step=120.0).alpha1
    assert joined.size == 2
    assert joined[1] == pytest.approx(
        intensity.dfa_alpha1(rr, step=120.0).alpha1[0], abs=1e-9
    )
