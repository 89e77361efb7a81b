"""What a stretch's speed depends on, as columns: grade, ground, fatigue, warmth, effort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.arrays import Floats
from trailstats.metrics._even_ground import GRADE_TERMS, ground_columns
from trailstats.metrics._even_ground_fit import COMFORTABLE, log_reserve

COURSE_TERMS: Final = (
    *GRADE_TERMS,
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
        ground = ground_columns(self.grade, self.p_trail, self.p_technical)
        found = ground | self._course() | self._heart_rate()
        return np.stack([found[name] for name in names], axis=-1)

    def _course(self) -> dict[str, Floats]:
        warm = np.nan_to_num(self.temperature - COMFORTABLE)
        return {
            "hours": np.minimum(np.nan_to_num(self.hours), 12.0),
            "descent": np.minimum(np.nan_to_num(self.descent) / 1000.0, 5.0),
            "warmth": np.clip(warm / 10.0, 0.0, 2.5),
        }

    def _heart_rate(self) -> dict[str, Floats]:
        of_run = np.nan_to_num(log_reserve(self.heart_rate))
        slope = np.clip(np.abs(np.nan_to_num(self.grade)) / 0.10, 0.0, 2.5)
        return {"heart_rate": of_run, "heart_rate_on_slopes": of_run * slope}
