"""Stretches of runs on which heart rate and effort can be compared: off the warm-up, off descents, lag allowed for."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.claims._evidence import Evidence
from trailstats.schema import Gait

__all__ = ["calm_stretches"]

Floats = NDArray[np.float64]

WARM_UP = 600.0
"""Time at the start in which the heart rate is still rising [s]; judgement."""

SHORTEST = 30.0
"""Stretches shorter than this show the effort before them [s]; judgement."""

LAG = 35.0
"""Time constant with which the heart rate follows the effort [s]; judgement."""

STEEPEST_DESCENT = -0.05
"""Below this grade the heart rate is biased [Lemire2020]_; the bound is judgement."""

_COVARIATES: Final = ["speed", "middle", "early", "uphill", "downhill"]
_BOUNDS: Final = ([0.0, 0.0, -60.0, -150.0, -150.0], [60.0, 20.0, 0.0, 150.0, 150.0])
"""Bounds of what each covariate may do to the heart rate [bpm per m/s, per hour, 1, 1, 1]; judgement."""


def calm_stretches(data: Evidence, rows: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the stretches of some runs with a heart rate corrected for warm-up and drift.

    Parameters
    ----------
    data : Evidence
    rows : numpy.ndarray of bool
        Which rows of ``data.runs`` count.

    Returns
    -------
    pandas.DataFrame
        ``row, surface, mean_grade, duration, speed`` (grade-adjusted, with the heart's lag, m/s) and ``heart_rate``
        (as at half an hour into a level run, 1/min), and ``per_speed``, its rise within a bin of speed. Corrections
        are lines fitted within runs.
    """
    table = data.segments
    table = table[rows[table["row"].to_numpy(dtype=np.intp)]]
    speed, time = table["grade_adjusted_speed"].to_numpy(), table["duration"].to_numpy()
    same = np.append(False, np.diff(table["row"].to_numpy()) == 0) if len(table) else np.zeros(0, dtype=bool)
    before = np.where(same, np.roll(speed, 1), speed)
    before = np.where(np.isnan(before), speed, before)
    # Mean over the stretch of what is left of the effort before it.
    left = LAG / np.maximum(time, 1.0) * (1.0 - np.exp(-time / LAG))
    start = table["elapsed"].to_numpy()
    early = np.clip((WARM_UP - start) / np.maximum(time, 1.0), 0.0, 1.0)
    table = table.assign(
        speed=speed + (before - speed) * left,
        early=early,
        middle=(np.maximum(start, WARM_UP) + start + time) / 2.0 / 3600.0 - 0.5,
        uphill=table["mean_grade"].clip(lower=0.0),
        downhill=table["mean_grade"].clip(upper=0.0),
    )
    # A long stretch that begins in the warm-up is kept: level runs are a single one.
    kept = (
        (table["gait"] == Gait.RUN.value)
        & (table["mean_grade"] >= STEEPEST_DESCENT)
        & (time >= SHORTEST)
        & (table["early"] <= 0.5)
        & table["heart_rate"].notna()
        & table["speed"].notna()
    )
    table = table[kept]
    slope = _slopes(table)
    corrected = table["heart_rate"] - table[_COVARIATES[1:]] @ slope[1:]
    columns = ["row", "surface", "mean_grade", "duration", "speed"]
    out: pd.DataFrame = table[columns].assign(heart_rate=corrected, per_speed=slope[0])
    return out


def _slopes(table: pd.DataFrame) -> Floats:
    """Return how the heart rate moves with the covariates within a run on one ground."""
    names = ["heart_rate", *_COVARIATES]
    if len(table) < 30:
        return np.zeros(len(_COVARIATES))
    weight = table["duration"].to_numpy()
    group = table.groupby(["row", "surface"], sort=False).ngroup().to_numpy()
    total = np.bincount(group, weights=weight)
    values = table[names].to_numpy()
    means = np.column_stack([np.bincount(group, weights=weight * v) / total for v in values.T])
    centred = (values - means[group]) * np.sqrt(weight)[:, None]
    found = np.linalg.lstsq(centred[:, 1:], centred[:, 0], rcond=1e-8)[0]
    # Outside these bounds the lines say more about noise than about a heart.
    return np.asarray(np.clip(found, *_BOUNDS), dtype=np.float64)
