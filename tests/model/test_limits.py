"""Heart-rate limits of a profile: what is stated holds, unless it contradicts itself."""

from __future__ import annotations

import numpy as np
import pytest

import trailstats as ts
from builders import beating, make_activity


@pytest.mark.parametrize(
    ("threshold", "expected"), [(172.0, 172.0), (150.0, np.nan), (140.0, np.nan)]
)
def test_a_second_threshold_lies_above_the_first(
    threshold: float, expected: float
) -> None:
    """One that doesn't is left out: there are two zones then, and what needs three says so."""
    athlete = ts.Athlete(
        heart_rate_max=190.0, easy_ceiling=150.0, threshold_heart_rate=threshold
    )
    run = make_activity(heart_rate=beating(145.0))
    found = ts.analyze(run, athlete=athlete).metrics
    assert found["time_zone_1"].value == pytest.approx(1800.0, abs=2.0)
    if np.isnan(expected):
        assert found["time_zone_3"].reason == "no second threshold"
        assert found["hard_time"].reason == "no second threshold"
    else:
        assert found["time_zone_3"].value == 0.0
