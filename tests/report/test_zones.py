"""Heart-rate zones with their bounds."""

import numpy as np
import pytest

from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import HeartRateTimes
from trailstats.report.zones import zones_of


@pytest.fixture
def timed(build):
    """Return a run with ten minutes each at 100, 130, 150, 170 and 190 beats."""
    from dataclasses import replace

    times = np.zeros(256)
    times[[100, 130, 150, 170, 190]] = 600.0
    run = build.analysis(0, trail=False)
    return replace(run, heart_rate_times=HeartRateTimes(times, times, times))


def test_five_zones_part_at_tenths_of_the_maximum(timed):
    """At a maximum of 200 they part at 120, 140, 160 and 180: a fifth of the time in each."""
    zones = zones_of(timed, HeartRateLimits(200.0))
    assert [zone.bounds for zone in zones] == [
        "up to 119",
        "120 to 139",
        "140 to 159",
        "160 to 179",
        "from 180",
    ]
    assert [(zone.time, zone.share) for zone in zones] == [("10:00", 0.2)] * 5


def test_three_zones_where_only_thresholds_are_known(timed):
    """Below 145 lie 20 of 50 minutes, from 165 on 20."""
    limits = HeartRateLimits(easy_ceiling=145.0, hard_floor=165.0)
    zones = zones_of(timed, limits)
    assert [zone.share for zone in zones] == [0.4, 0.2, 0.4]


def test_no_zones_without_limits_or_heart_rate(timed, build):
    """Nothing is shown rather than guessed."""
    assert zones_of(timed, HeartRateLimits()) == ()
    assert zones_of(timed, None) == ()
    assert zones_of(build.analysis(0, trail=False), HeartRateLimits(200.0)) == ()
