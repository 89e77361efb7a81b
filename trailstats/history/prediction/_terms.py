"""What a stretch's speed depends on, as columns: grade, ground, fatigue, warmth, effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.arrays import Floats, as_floats

KNOTS: Final = (-0.35, -0.22, -0.12, -0.06, 0.0, 0.06, 0.12, 0.22, 0.35)
"""Grades at which the curve of a runner has a value of its own, straight between (our choice:
about the bands in which studies measure). Beyond the ends the value of the end holds.
"""

_GRADES: Final = tuple(
    f"{'up' if knot > 0 else 'down'}_{round(100 * abs(knot))}"
    for knot in KNOTS
    if knot
)

COURSE_TERMS: Final = (
    *_GRADES,
    "trail",
    "technical",
    "technical_descent",
    "hours",
    "descent",
    "warmth",
)
"""Terms that a course tells before it is run."""

HEART_RATE_TERMS: Final = ("heart_rate", "heart_rate_on_slopes")
"""Terms of the mean heart rate of a run."""

REST: Final = 60.0
"""Heart rate that the reserve is counted from [bpm] (our choice: one value for all, as few
profiles state a resting heart rate).
"""

REFERENCE: Final = 145.0
"""Heart rate at which the log reserve is 0 [bpm] (our choice)."""

COMFORTABLE: Final = 15.0
"""Temperature above which warmth counts, at the wrist [degC] (our choice; cool races are the
fastest at about 10 in the air, and a wrist warms the sensor).
"""

UNKNOWN_TRAIL, UNKNOWN_TECHNICAL = 0.3, 0.05
"""Probabilities that stand for ground of which nothing is known (our choice)."""

SURE_ROAD, SURE_TRAIL = 0.3, 0.9
"""Probabilities of trail up to which ground counts as road and from which as trail (our choice):
what differs beyond them, on runs that never leave the road, is pace and not ground.
"""

NOT_TECHNICAL = 0.1
"""Probability of technical ground up to which it counts as none (our choice, as above)."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """What stretches are like, all arrays of one length; NaN where not known.

    Attributes
    ----------
    grade, p_trail, p_technical : numpy.ndarray
        [1]
    hours : numpy.ndarray
        Time under way before [h].
    descent : numpy.ndarray
        Descent of the run before [m].
    temperature : numpy.ndarray
        [degC]
    heart_rate : numpy.ndarray
        Mean of the whole run [bpm].
    """

    grade: Floats
    p_trail: Floats
    p_technical: Floats
    hours: Floats
    descent: Floats
    temperature: Floats
    heart_rate: Floats

    def columns(self, names: tuple[str, ...]) -> Floats:
        """Return the columns of terms, shape (n, number of names)."""
        found = self._grades() | self._course() | self._heart_rate()
        return np.stack([found[name] for name in names], axis=-1)

    def _grades(self) -> dict[str, Floats]:
        grade = np.nan_to_num(self.grade)
        hats = np.eye(len(KNOTS))
        names = iter(_GRADES)
        return {
            next(names): np.interp(grade, KNOTS, hat)
            for knot, hat in zip(KNOTS, hats, strict=True)
            if knot
        }

    def _course(self) -> dict[str, Floats]:
        wild = np.nan_to_num(self.p_trail, nan=UNKNOWN_TRAIL)
        rough = np.nan_to_num(self.p_technical, nan=UNKNOWN_TECHNICAL)
        technical = _ramp(rough, NOT_TECHNICAL, 1.0)
        down = np.clip(-np.nan_to_num(self.grade) / 0.10, 0.0, 2.0)
        warm = np.nan_to_num(self.temperature - COMFORTABLE)
        return {
            "trail": _ramp(wild, SURE_ROAD, SURE_TRAIL),
            "technical": technical,
            "technical_descent": technical * down,
            "hours": np.minimum(np.nan_to_num(self.hours), 12.0),
            "descent": np.minimum(np.nan_to_num(self.descent) / 1000.0, 5.0),
            "warmth": np.clip(warm / 10.0, 0.0, 2.5),
        }

    def _heart_rate(self) -> dict[str, Floats]:
        of_run = np.nan_to_num(log_reserve(self.heart_rate))
        slope = np.clip(np.abs(np.nan_to_num(self.grade)) / 0.10, 0.0, 2.5)
        return {"heart_rate": of_run, "heart_rate_on_slopes": of_run * slope}


def _ramp(values: Floats, low: float, high: float) -> Floats:
    """Return 0 up to one value, 1 from another, and a line between."""
    return np.clip((values - low) / (high - low), 0.0, 1.0)


def log_reserve(heart_rate: Floats) -> Floats:
    """Return the logarithm of the heart rate above `REST`, over that of `REFERENCE`: where the
    power is low, a beat is worth more of it. NaN where unknown.
    """
    above = np.clip(as_floats(heart_rate) - REST, 15.0, 160.0)
    return as_floats(np.log(above / (REFERENCE - REST)))
