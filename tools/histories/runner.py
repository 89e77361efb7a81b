"""The simulated runner that both simulations share: histories as tables, and the sample archive
second by second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Floats

EFFORT = {"easy": 2.86, "recovery": 2.68, "long": 2.80}
"""Intended effort of unhurried runs on the road, as speed on the level [m/s]."""

EFFORT_SPREAD = 0.028
FEEL, FEEL_SPREAD = 52.0, 13.0
"""Rated feel on the road, from 0 to 100, before it is rounded to steps of 25."""

EXERTION_SPREAD = 0.7


@dataclass(frozen=True)
class Physiology:
    """The constants of the one runner; SI, heart rate in beats per minute."""

    birth_year: int = 1986
    sex: str = "male"
    mass: float = 71.0
    height: float = 1.79
    heart_rate_rest: float = 50.0
    heart_rate_max: float = 187.0
    easy_ceiling: float = 149.0
    threshold_heart_rate: float = 170.0
    threshold_speed: float = 3.63
    heart_rate_at_zero: float = 61.0
    heart_rate_per_effort: float = 30.0
    heart_rate_lag: float = 35.0
    heart_rate_day_sd: float = 3.0
    drift_per_hour: float = 4.0
    heat_per_degree: float = 0.30
    heat_from: float = 15.0
    uphill_cost: float = 1.03
    hike_saving: float = 0.92
    cadence_offset: float = 5.0

    def heart_rate(self, spent: Floats, fitness: float | Floats) -> Floats:
        """Return the settled heart rate of an effort, on a cool day and before any drift
        [bpm].
        """
        return np.asarray(
            self.heart_rate_at_zero + self.heart_rate_per_effort * spent / fitness
        )

    def drift(self, seconds: Floats, heat: float | Floats) -> Floats:
        """Return what time into the run adds, more of it in the heat [bpm]."""
        return np.asarray(
            (self.drift_per_hour + 0.25 * heat)
            * np.maximum(seconds - 600.0, 0.0)
            / 3600.0
        )


def season_temperature(day: float | Floats) -> float | Floats:
    """Return the usual temperature of a day, counted from the first of January [degC]."""
    return 15.0 - 8.0 * np.cos(2 * np.pi * (day - 28) / 365.25)


TEMPERATURE_SPREAD = 2.2


def risen(since: float | Floats, over: float) -> float | Floats:
    """Return how much of a gain has come so long after its start, from 0 to 1."""
    return np.clip(since / over, 0.0, 1.0)


def rated_feel(feel: float | Floats) -> Floats:
    """Return the rating that a watch keeps: 0, 25, 50, 75 or 100."""
    return np.asarray(np.clip(np.round(np.asarray(feel) / 25.0), 0, 4) * 25)
