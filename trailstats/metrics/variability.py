"""Variability of steps, path and heart beats, stance balance, exposure to technical ground, pace
freedom.

All of it is proxy: exposure measures a dose and not an ability, and the variability of cadence is
not the coordinative variability between limbs that studies of injuries speak of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trailstats.arrays import ArrayLike, as_floats
from trailstats.metrics._beats import (
    BeatRules,
    CorrectedBeats,
    correct_beats,
    rmssd,
    rmssd_corrected,
)
from trailstats.metrics._pace_freedom import (
    coefficient_of_variation,
    final_surge,
    near_own_best,
    pace_freedom,
)
from trailstats.metrics._path_shape import straightness, turn_density
from trailstats.metrics._sample_entropy import (
    sample_entropy,
    windowed_sample_entropy,
)
from trailstats.metrics._step_variability import (
    SteadyWindowRules,
    StepVariability,
    quantisation_std,
    recorded_resolution,
    step_variability,
)
from trailstats.metrics.sampling import time_mean

__all__ = [
    "BeatRules",
    "CorrectedBeats",
    "StanceImbalance",
    "SteadyWindowRules",
    "StepVariability",
    "coefficient_of_variation",
    "correct_beats",
    "final_surge",
    "near_own_best",
    "pace_freedom",
    "quantisation_std",
    "recorded_resolution",
    "rmssd",
    "rmssd_corrected",
    "sample_entropy",
    "stance_imbalance",
    "step_variability",
    "straightness",
    "technical_exposure",
    "turn_density",
    "windowed_sample_entropy",
]


@dataclass(frozen=True)
class StanceImbalance:
    """Distance of the stance-time balance from even.

    Attributes
    ----------
    mean : float
        Distance of the mean balance from one half. [1]
    std : float
        Standard deviation within the run. [1]
    """

    mean: float
    std: float


def stance_imbalance(balance: ArrayLike, dt: ArrayLike = 1.0) -> StanceImbalance:
    """Measure how far the stance-time balance lies from even, and its spread.

    Parameters
    ----------
    balance : array-like
        Share of the stance time on the left foot. [1] NaN is skipped.
    dt : array-like
        Seconds that each sample stands for. [s]

    Returns
    -------
    StanceImbalance
        Imbalance and spread. [1] NaN when nothing was recorded.

    References
    ----------
    [Zajac2023]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> uneven = variability.stance_imbalance([0.51, 0.53])
    >>> round(uneven.mean, 3), round(uneven.std, 3)
    (0.02, 0.01)
    """
    share = as_floats(balance)
    mean = time_mean(share, dt)
    std = float(np.sqrt(time_mean((share - mean) ** 2, dt)))
    return StanceImbalance(abs(mean - 0.5), std)


def technical_exposure(
    technical_time: float, weeks: float, *, variability: float = 0.0
) -> float:
    """Sum the minutes a week on technical ground, weighted by how variable the steps were there.

    Parameters
    ----------
    technical_time : float
        Time on technical segments. [s]
    weeks : float
        Length of the period. [week]
    variability : float
        Step variability in standard deviations from the athlete's own mean. [1] Below -1 counts as
        -1.

    Returns
    -------
    float
        Exposure. [min/week] NaN when an input is NaN or `weeks` is not positive.

    References
    ----------
    [Drum2023]_, [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import variability
    >>> variability.technical_exposure(3600.0, 4.0)
    15.0
    """
    if not weeks > 0.0:
        return float("nan")
    return technical_time / 60.0 / weeks * max(0.0, 1.0 + variability)
