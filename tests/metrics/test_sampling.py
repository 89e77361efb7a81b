"""Time weights: coverage, means, quantiles, moving means, runs of samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from trailstats.metrics import sampling

series = arrays(np.float64, st.integers(1, 50), elements=st.floats(-100.0, 100.0))


@given(series, st.integers(2, 5))
def test_means_and_quantiles_ignore_the_sampling_rate(values, k):
    """Each sample split into k parts gives the same mean, quantile and coverage."""
    split = np.repeat(values, k)
    assert sampling.time_mean(split, 1.0 / k) == pytest.approx(
        sampling.time_mean(values, 1.0), abs=1e-9
    )
    assert sampling.time_quantile(split, 1.0 / k, 0.4) == sampling.time_quantile(
        values, 1.0, 0.4
    )
    assert sampling.recorded_share(1.0 / k, split) == 1.0


def test_missing_values_are_skipped_and_counted():
    """Half the time recorded is a coverage of one half; a bad clock adds no time."""
    values = np.array([1.0, np.nan, 3.0, 5.0])
    dt = np.array([1.0, 2.0, 1.0, np.nan])
    assert sampling.time_mean(values, dt) == 2.0
    assert sampling.recorded_share(dt, values) == 0.5
    assert sampling.valid_seconds([-1.0, np.nan, 2.0]).tolist() == [0.0, 0.0, 2.0]
    assert np.isnan(sampling.time_mean([np.nan], 1.0))
    assert np.isnan(sampling.time_quantile([np.nan], 1.0, 0.5))
    assert np.isnan(sampling.recorded_share(0.0, values))


def test_quantile_weighs_by_time():
    """A value held for most of the time is the median."""
    assert sampling.time_quantile([1.0, 2.0, 3.0], [1.0, 1.0, 9.0], 0.5) == 3.0
    assert sampling.time_quantile([3.0, 1.0, 2.0], 1.0, 0.0) == 1.0
    assert sampling.time_quantile([3.0, 1.0, 2.0], 1.0, 1.0) == 3.0
    with pytest.raises(ValueError, match="quantile"):
        sampling.time_quantile([1.0], 1.0, 1.1)


def test_moving_mean_equals_a_plain_window():
    """Inside a series of 1 s samples a window of 5 s is the mean of five samples."""
    values = np.random.default_rng(2).standard_normal(50)
    plain = np.convolve(values, np.full(5, 0.2), mode="valid")
    assert sampling.moving_mean(values, np.ones(50), 5.0)[2:-2] == pytest.approx(
        plain
    )
    assert np.array_equal(sampling.moving_mean(values, 1.0, 0.0), values)
    assert sampling.moving_mean([], [], 5.0).size == 0


def test_moving_mean_bridges_gaps_and_pauses():
    """A gap shorter than the window is bridged, a longer one is not; a pause takes no part."""
    values = np.full(60, 3.0)
    values[20:24], values[35:55] = np.nan, np.nan
    smooth = sampling.moving_mean(values, np.ones(60), 9.0)
    assert np.all(smooth[:36] == pytest.approx(3.0))
    assert np.all(np.isnan(smooth[40:50]))
    paused = sampling.moving_mean([1.0, 99.0, 1.0], [1.0, 0.0, 1.0], 10.0)
    assert paused == pytest.approx([1.0, 1.0, 1.0])


@given(arrays(np.bool_, st.integers(0, 40)))
def test_runs_rebuild_the_mask(mask):
    """The runs found cover the true samples and nothing else."""
    start, stop = sampling.true_runs(mask)
    rebuilt = np.zeros(mask.size, dtype=bool)
    for a, b in zip(start, stop, strict=True):
        rebuilt[a:b] = True
    assert np.array_equal(rebuilt, mask)
    assert np.all(start[1:] > stop[:-1])
