"""A hike in all that is said of a run: metrics, stretches, climbs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import trailstats as ts
from builders import make_activity
from trailstats.metrics import effort

SPEED = 1.1


def on_a_hill(cadence: float, sport: str = "running") -> ts.Analysis:
    """Return 40 minutes at 1.1 m/s up an even hill of 20 %."""
    seconds = 2400
    up = 0.2 * SPEED * seconds
    steps = np.full(seconds + 1, cadence)
    return ts.analyze(
        make_activity(
            speed=SPEED,
            duration=seconds,
            elevation=np.array([500.0, 500.0 + up]),
            cadence=steps,
            sport=sport,
        )
    )


def test_a_hike_is_one_everywhere() -> None:
    """With 110 steps a minute the level speed is that of walking, with 160 that of the race curve,
    in the run's metric, its stretches, climbs and table.
    """
    for cadence, expected in (
        (110.0, effort.hiking_level_speed(SPEED, 0.2)),
        (160.0, SPEED * effort.race_factor(0.2)),
    ):
        found = on_a_hill(cadence)
        metric = found.metrics["grade_adjusted_speed"]
        # Heights are smoothed at the ends of the hill.
        assert metric.value == pytest.approx(expected, rel=0.02)
        assert metric.low <= metric.value <= metric.high
        for table in (found.segments, found.climbs):
            assert table["grade_adjusted_speed"].iloc[0] == pytest.approx(
                expected, rel=0.02
            )


def test_a_ride_is_no_hike() -> None:
    """A slow ride up a hill has a low cadence, and is no walk."""
    found = on_a_hill(60.0, sport="cycling")
    assert found.segments["grade_adjusted_speed"].iloc[0] == pytest.approx(
        SPEED * effort.race_factor(0.2), rel=0.02
    )


def test_distance_lost_on_trail_is_in_the_bounds_of_speeds() -> None:
    """Of a run that is all trail every level speed, and what a beat is worth, may be 5 % higher;
    of one on road nothing.
    """
    names = (
        "grade_adjusted_speed_cost",
        "grade_adjusted_speed_heart_rate",
        "normalised_speed",
        "efficiency_factor",
    )
    activity = make_activity(
        elevation=np.array([500.0, 510.0]),
        heart_rate=140.0 + 5.0 * np.sin(np.arange(1801) / 90.0),
        name="run",
    )
    for surface, factor in (("trail", 1.05), ("road", 1.0)):
        labels = ts.SurfaceLabels.from_text(
            f"file,from,to,surface\nrun.fit,,,{surface}\n"
        )
        run = replace(activity, meta=replace(activity.meta, source="run.fit"))
        metrics = ts.analyze(run, labels=labels).metrics
        for name in names:
            found = metrics[name]
            assert found.low == found.value
            assert found.high == pytest.approx(found.value * factor), name
