"""The clock of a place and of a zone, by the time-zone database."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from trailstats.model.local_time import is_zone, offset_at, zone_at

# Places, and their hours from UTC in January and July 2026.
PLACES = {
    (47.27, 11.39): (1, 2),  # Innsbruck
    (51.48, 0.0): (0, 1),  # Greenwich
    (40.71, -74.01): (-5, -4),  # New York
    (39.74, -104.99): (-7, -6),  # Denver
    (35.68, 139.77): (9, 9),  # Tokyo
    (28.61, 77.21): (5.5, 5.5),  # Delhi
    (27.72, 85.32): (5.75, 5.75),  # Kathmandu
    (-36.85, 174.76): (13, 12),  # Auckland
    (-33.92, 18.42): (2, 2),  # Cape Town
    (64.15, -21.94): (0, 0),  # Reykjavik
    (-17.8, 178.0): (12, 12),  # Fiji
    (21.31, -157.86): (-10, -10),  # Honolulu
    (40.0, 116.0): (8, 8),  # hills west of Beijing
    (45.92, 6.87): (1, 2),  # Chamonix
    (40.59, -105.08): (-7, -6),  # Fort Collins
    (37.74, -119.59): (-8, -7),  # Yosemite
    (41.15, -8.61): (0, 1),  # Porto
    (42.88, -8.54): (1, 2),  # Santiago de Compostela
    (43.12, 131.89): (10, 10),  # Vladivostok
    (-22.97, -43.2): (-3, -3),  # Rio de Janeiro
    (12.97, 77.59): (5.5, 5.5),  # Bangalore
    (-31.95, 115.86): (8, 8),  # Perth
    (69.65, 18.96): (1, 2),  # Tromso
    (31.2, 121.5): (8, 8),  # Shanghai
    (39.74, -75.55): (-5, -4),  # Wilmington
    (33.45, -112.07): (-7, -7),  # Phoenix
}


@pytest.mark.parametrize("place", PLACES)
def test_the_clock_of_a_place(place: tuple[float, float]) -> None:
    """In winter and in summer."""
    zone = zone_at(*place)
    hours = [
        offset_at(zone, pd.Timestamp(f"2026-{month}-15T12:00:00Z")) / 3600
        for month in ("01", "07")
    ]
    assert tuple(hours) == PLACES[place]


def test_nowhere_and_never() -> None:
    """Without a place there is no zone, without a zone or a time no offset."""
    assert zone_at(float("nan"), 11.0) == ""
    assert np.isnan(offset_at("", pd.Timestamp("2026-01-01T00:00:00Z")))
    assert np.isnan(offset_at("Europe/Vienna", None))


@pytest.mark.parametrize(
    "name", ["", "Nowhere/City", "../etc/passwd", "UTC+1", "\0"]
)
def test_what_is_no_zone(name: str) -> None:
    """A profile with such a name is refused, but for an empty one."""
    assert not is_zone(name)
    if name:
        with pytest.raises(ts.ConfigError, match="timezone"):
            ts.Athlete(timezone=name)
