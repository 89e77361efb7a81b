"""Stretches of runs on which heart rate and effort can be compared: off the warm-up, off descents,
lag allowed for.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.linalg import lstsq

from trailstats.arrays import Flags, Floats, as_floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.metrics.sampling import WARM_UP
from trailstats.schema import Gait

SHORTEST = 30.0
"""Stretches shorter than this show the effort before them [s] (our choice)."""

LAG = 35.0
"""Time constant with which the heart rate follows the effort [s] (our choice)."""

STEEPEST_DESCENT = -0.05
"""Below this grade the heart rate is biased [Lemire2020]_; the bound is our choice."""

LEAST_SLOPE = 8.0
MOST_SLOPE = 60.0
"""Between these the slope of heart rate on speed is believed [bpm per m/s] (our choice)."""

FEWEST_STRETCHES: Final = 30
"""Stretches that the lines need, or nothing is corrected (our choice)."""

_COVARIATES: Final = ["speed", "middle", "early", "uphill", "downhill"]
_BOUNDS: Final = (
    [0.0, 0.0, -60.0, -150.0, -150.0],
    [60.0, 20.0, 0.0, 150.0, 150.0],
)
"""Bounds of what each covariate may do to the heart rate [bpm per m/s, per hour, 1, 1, 1]
(our choice).
"""


def calm_stretches(data: Evidence, rows: Flags) -> pd.DataFrame:
    """Return the stretches of some runs with a heart rate corrected for warm-up and drift.

    Parameters
    ----------
    data : Evidence
    rows : numpy.ndarray of bool
        Which rows of ``data.runs`` count.

    Returns
    -------
    pandas.DataFrame
        ``row, surface, p_trail, mean_grade, duration, speed`` (grade-adjusted, with the heart's
        lag, m/s) and ``heart_rate`` (as at half an hour into a level run, bpm). Corrections are
        lines fitted within runs.
    """
    table = data.segments
    table = table[rows[as_indices(table["row"])]]
    speed = table["grade_adjusted_speed"]
    time = table["duration"]
    start = table["elapsed"]
    grade = table["mean_grade"]
    before = speed.shift().where(table["row"].diff() == 0).fillna(speed)
    # Mean over the stretch of what is left of the effort before it.
    left = LAG / time.clip(lower=1.0) * (1.0 - np.exp(-time / LAG))
    table = table.assign(
        speed=speed + (before - speed) * left,
        early=((WARM_UP - start) / time.clip(lower=1.0)).clip(0.0, 1.0),
        middle=(start.clip(lower=WARM_UP) + start + time) / 2.0 / 3600.0 - 0.5,
        uphill=grade.clip(lower=0.0),
        downhill=grade.clip(upper=0.0),
    )
    # A long stretch that begins in the warm-up is kept: level runs are a single one.
    kept = (
        (table["gait"] == Gait.RUN)
        & (grade >= STEEPEST_DESCENT)
        & (time >= SHORTEST)
        & (table["early"] <= 0.5)
        & table["heart_rate"].notna()
        & table["speed"].notna()
    )
    table = table[kept]
    slopes = _slopes(table)
    corrected = (
        table["heart_rate"] - table[_COVARIATES[1:]].to_numpy() @ slopes[1:]
    )
    columns = ["row", "surface", "p_trail", "mean_grade", "duration", "speed"]
    return table[columns].assign(heart_rate=corrected)


def _slopes(table: pd.DataFrame) -> Floats:
    """Return the slopes of heart rate on the covariates within a run on one ground."""
    if len(table) < FEWEST_STRETCHES:
        return np.zeros(len(_COVARIATES))
    weight = table["duration"].to_numpy()
    group = table.groupby(["row", "surface"], sort=False).ngroup().to_numpy()
    total = np.bincount(group, weights=weight)
    values = table[["heart_rate", *_COVARIATES]].to_numpy()
    means = np.column_stack(
        [np.bincount(group, weights=weight * v) / total for v in values.T]
    )
    centred = (values - means[group]) * np.sqrt(weight)[:, None]
    found = lstsq(centred[:, 1:], centred[:, 0], cond=1e-8)[0]
    # Outside these bounds the lines say more about noise than about a heart.
    return as_floats(np.clip(found, *_BOUNDS))
