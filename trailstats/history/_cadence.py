"""The athlete's own cadence, from recordings with one for those without."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_floats
from trailstats.metrics.impact import fit_cadence
from trailstats.model.results import Analysis
from trailstats.schema import Columns, Gait, Slope

STEADY = 60.0
"""Shortest stretch that a cadence is taken from [s] (our choice)."""

RECORDED = 0.9
"""Share of the moving time with a cadence from which the steps count as recorded [1] (our choice):
5 % of the rest is less than a run differs by."""


@dataclass(frozen=True)
class CadenceEvidence:
    """What one activity shows of the athlete's cadence.

    Attributes
    ----------
    speed, cadence, seconds : tuple of float
        Of each level stretch that was run with a recorded cadence [m/s, 1/min, s].
    wanted : bool
        Whether its own steps have to be modelled.
    """

    speed: tuple[float, ...] = ()
    cadence: tuple[float, ...] = ()
    seconds: tuple[float, ...] = ()
    wanted: bool = False


def level_running(
    segments: Columns | pd.DataFrame,
) -> tuple[Floats, Floats, Floats]:
    """Return speed [m/s], recorded cadence [1/min] and duration [s] of the level stretches that
    were run.
    """
    slope, gait = (
        np.asarray(segments[name], dtype=object) for name in ("slope", "gait")
    )
    speed, cadence, duration = (
        as_floats(segments[name]) for name in ("speed", "cadence", "duration")
    )
    level = (
        (slope == Slope.FLAT)
        & (gait == Gait.RUN)
        & (duration >= STEADY)
        & ~np.isnan(cadence)
    )
    return speed[level], cadence[level], duration[level]


def cadence_evidence(analysis: Analysis) -> CadenceEvidence:
    """Return what an activity shows of the athlete's cadence; nothing where it has no steps."""
    if not analysis.metrics["steps"]:
        return CadenceEvidence()
    speed, cadence, seconds = map(
        np.ndarray.tolist, level_running(analysis.held("segments"))
    )
    recorded = analysis.metrics["mean_cadence"].coverage >= RECORDED
    return CadenceEvidence(
        tuple(speed), tuple(cadence), tuple(seconds), wanted=not recorded
    )


def own_cadence(evidence: Iterable[CadenceEvidence]) -> float | None:
    """Return the athlete's cadence at 3 m/s; None where too little was recorded.

    In whole steps: a new run then seldom changes it, so what was modelled by it can be kept.
    """
    parts = [np.array([one.speed, one.cadence, one.seconds]) for one in evidence]
    model = fit_cadence(*np.concatenate([np.zeros((3, 0)), *parts], axis=1))
    return float(round(model.at_3)) if model.personal else None
