"""Spikes of single sessions: held against a search through every window, and the study's bands."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from trailstats.metrics import load


def test_it_is_the_largest_of_the_window_that_counts() -> None:
    """For 200 random calendars the ratio is that which looking at each session before gives."""
    rng = np.random.default_rng(1)
    for _ in range(200):
        n = int(rng.integers(0, 40))
        day = np.sort(rng.uniform(0.0, 90.0, n))
        size = rng.uniform(0.0, 20.0, n)
        size[rng.uniform(size=n) < 0.1] = np.nan
        expected = []
        for i in range(n):
            window = [
                s
                for s, d in zip(size[:i], day[:i], strict=True)
                if d >= day[i] - 30.0 and s > 0
            ]
            expected.append(size[i] / max(window) if window else np.nan)
        np.testing.assert_allclose(load.session_spike(size, day), expected)


def test_days_are_counted_from_the_session_back() -> None:
    """A session 30 days before counts, one a little earlier doesn't."""
    assert load.session_spike([10.0, 15.0], [0.0, 30.0])[1] == 1.5
    assert np.isnan(load.session_spike([10.0, 15.0], [0.0, 30.01])[1])


def test_sessions_of_nothing_are_no_measure() -> None:
    """Without a size above 0 before it there is no ratio."""
    assert np.isnan(load.session_spike([0.0, np.nan, 8.0], [0, 1, 2])).all()


def test_disorder_is_refused() -> None:
    """Sessions are in order of time."""
    with pytest.raises(ValueError, match="order"):
        load.session_spike([1.0, 2.0], [2.0, 1.0])


def test_bands_are_those_of_the_study() -> None:
    """Up to 10 % more is the reference; small to 30 %, moderate to 100 %, large beyond."""
    ratio = load.session_spike([10.0, 10.9, 13.0], [0, 1, 2])
    low, high = load.SPIKE_BANDS["small"]
    assert not low < ratio[1] <= high
    assert low < ratio[2] <= high
    edges = list(load.SPIKE_BANDS.values())
    assert [e[0] for e in edges] == [1.10, 1.30, 2.00]
    assert all(a[1] == b[0] for a, b in itertools.pairwise(edges))


def test_bands_have_words() -> None:
    """The bounds belong to the lower band, as in the study: "more than 10 % up to 30 %"."""
    ratio = [0.5, 1.10, 1.11, 1.30, 1.31, 2.0, 2.01, np.nan]
    assert load.spike_band(ratio).tolist() == [
        "none",
        "none",
        "small",
        "small",
        "moderate",
        "moderate",
        "large",
        "",
    ]
