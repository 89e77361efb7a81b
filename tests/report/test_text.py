"""Numbers as people read them: expected texts from running tables, unit definitions and arithmetic
by hand.
"""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trailstats.report import text
from trailstats.report.units import IMPERIAL, METRIC, Units

NAN = math.nan


@pytest.mark.parametrize(
    ("metres", "seconds", "expected"),
    [
        (10_000, 3000, "5:00 /km"),
        (42_195, 3 * 3600, "4:16 /km"),  # the pace of a three-hour marathon
        (5000, 20 * 60, "4:00 /km"),
        (1000, 299.6, "5:00 /km"),  # rounds up to the minute, not to 4:60
        (1000, 3600, "1:00:00 /km"),
    ],
)
def test_a_pace_is_time_over_distance(metres, seconds, expected):
    """It should give the pace of known races."""
    assert METRIC.pace(metres / seconds) == expected


def test_a_pace_per_mile_is_longer_than_per_kilometre():
    """It should turn 5:00 /km into 8:03 /mi, as pace tables do."""
    assert IMPERIAL.pace(1000 / 300) == "8:03 /mi"


@pytest.mark.parametrize("speed", [NAN, 0.0, -1.0, math.inf])
def test_no_pace_without_speed(speed):
    """It should give an en dash where there is no speed."""
    assert METRIC.pace(speed) == "\u2013"


@pytest.mark.parametrize(
    ("metres", "imperial", "expected"),
    [
        (0.0, False, "0.00 km"),
        (850.0, False, "0.85 km"),
        (9994.0, False, "9.99 km"),
        (9999.0, False, "10.0 km"),
        (42_195.0, False, "42.2 km"),
        (99_960.0, False, "100 km"),
        (1_234_567.0, False, "1,235 km"),
        (42_195.0, True, "26.2 mi"),
        (1609.344, True, "1.00 mi"),
        (NAN, False, "\u2013"),
    ],
)
def test_distances(metres, imperial, expected):
    """It should show three significant digits and switch them on the rounded value."""
    assert Units.of(imperial).distance(metres) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0:00"),
        (59.5, "1:00"),
        (61, "1:01"),
        (3599.6, "1:00:00"),
        (3723, "1:02:03"),
        (360_000, "100:00:00"),
        (NAN, "\u2013"),
    ],
)
def test_durations(seconds, expected):
    """It should carry rounded seconds into minutes and hours."""
    assert text.duration(seconds) == expected


@given(st.floats(0, 1e6))
def test_a_duration_reads_back(seconds):
    """It should lose at most half a second."""
    parts = [int(p) for p in text.duration(seconds).split(":")]
    back = sum(p * 60**k for k, p in enumerate(reversed(parts)))
    assert abs(back - seconds) <= 0.5
    assert all(p < 60 for p in parts[1:])


def test_elevations_and_climb_rates():
    """It should use the international foot of 0.3048 m."""
    assert METRIC.elevation(8848.86) == "8,849 m"
    assert IMPERIAL.elevation(0.3048) == "1 ft"
    assert METRIC.elevation(-0.4) == "0 m"
    assert METRIC.elevation(-3.2) == "\u22123 m"
    assert METRIC.climb_rate(0.25) == "900 m/h"
    assert METRIC.elevation(NAN) == METRIC.climb_rate(NAN) == "\u2013"


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.123, "12 %"),
        (0.004, "0.4 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
        (-0.07, "\u22127.0 %"),
        (NAN, "\u2013"),
    ],
)
def test_percentages(share, expected):
    """It should show a decimal only below ten percent."""
    assert text.percent(share) == expected


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1000 / 300, "m/s", "5:00 /km"),
        (152.4, "bpm", "152 bpm"),
        (171.6, "1/min", "172 /min"),
        (2345.0, "s", "39:05"),
        (0.25, "s", "0.250 s"),
        (0.12345, "1", "0.123"),
        (75.0, "1", "75"),
        (1234.5, "1", "1,234"),
        (12.34, "km", "12.3 km"),
        (0.3, "share", "30 %"),
        (2_484_403.6, "J", "2,484 kJ"),
        (3.6, "J/kg/m", "3.60 J/kg/m"),
        (NAN, "km", "\u2013"),
    ],
)
def test_values_with_units(value, unit, expected):
    """It should show each unit as a runner reads it."""
    assert METRIC.number(value, unit) == expected


def test_imperial_values():
    """It should turn kilometres into miles and kilograms into pounds."""
    assert IMPERIAL.number(1.609344, "km") == "1.00 mi"
    assert IMPERIAL.number(70.0, "kg") == "154 lb"
    assert IMPERIAL.number(1000 / 300, "m/s") == "8:03 /mi"


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (1.0, "m/s", "+3.60 km/h"),
        (-0.253, "share", "\u221225.3 percentage points"),
        (3.2, "bpm", "+3.2 bpm"),
        (-12.0, "bpm", "\u221212 bpm"),
        (-90.0, "s", "\u22121:30"),
        (0.0, "km", "0 km"),
        (-0.0123, "1", "\u22120.012"),
        (NAN, "m/s", "\u2013"),
    ],
)
def test_differences_carry_their_sign(value, unit, expected):
    """It should write the sign and never a sign before nothing."""
    assert METRIC.difference(value, unit) == expected


@pytest.mark.parametrize(
    ("low", "high", "unit", "signed", "expected"),
    [
        (
            1000 / 310,
            1000 / 290,
            "m/s",
            False,
            "4:50 to 5:10 /km",
        ),  # the faster end first
        (0.1, 0.2, "share", False, "10 to 20 %"),
        (100.0, 200.0, "s", False, "1:40 to 3:20"),
        (-1.5, 2.0, "1", False, "\u22121.50 to 2.00"),
        (NAN, 3.0, "km", False, "at most 3.00 km"),
        (3.0, NAN, "km", False, "at least 3.00 km"),
        (NAN, NAN, "km", False, "\u2013"),
        (-0.5, -0.2, "m/s", True, "\u22121.80 to \u22120.72 km/h"),
        (0.0, 0.2, "share", True, "0.0 to +20.0 percentage points"),
        (-90.0, 10.0, "s", True, "\u22121:30 to +0:10"),
    ],
)
def test_intervals(low, high, unit, signed, expected):
    """It should write the unit once and say which bound is missing."""
    assert METRIC.interval(low, high, unit, signed=signed) == expected


def test_a_difference_has_the_decimals_of_its_interval():
    """It should not show more decimals than the bounds beside it."""
    assert METRIC.difference(0.0011, "1", beside=0.89) == "0.00"
    # 0.08 h are 4.8 minutes, and 0.89 h are 53.4.
    assert METRIC.difference(0.08, "h", beside=0.89) == "+4.8 min"
    assert METRIC.difference(-0.051, "1", beside=3.08) == "\u22120.05"
    assert METRIC.difference(0.0035, "1", beside=0.0045) == "+0.0035"


def test_dates_say_when_they_are_not_local():
    """It should shift by the offset where it is known and name UTC where it is not."""
    time = pd.Timestamp("2026-03-04T23:30:00Z")
    assert text.date(time, 3600.0) == "2026-03-05 00:30"
    assert text.date(time) == "2026-03-04 23:30 UTC"
    assert text.date(None) == text.date(pd.NaT) == "\u2013"


def test_periods():
    """It should name a single day once."""
    first, last = (
        pd.Timestamp("2025-03-04T10:00:00Z"),
        pd.Timestamp("2026-02-09T10:00:00Z"),
    )
    assert text.span(first, last) == "4 March 2025 to 9 February 2026"
    assert text.span(first, first) == "4 March 2025"


def test_energy_has_one_unit_in_value_and_interval():
    """It should give 2,605,695 to 2,902,466 J as whole kilojoules, like the value between them."""
    assert METRIC.number(2.639e6, "J") == "2,639 kJ"
    assert METRIC.interval(2_605_695.0, 2_902_466.0, "J") == "2,606 to 2,902 kJ"
