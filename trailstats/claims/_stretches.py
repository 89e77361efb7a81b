"""Stretches of runs on which heart rate and effort can be compared: off the warm-up, off descents,
lag allowed for.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import lstsq

from trailstats.claims._evidence import Evidence
from trailstats.schema import Gait
from trailstats.schema.arrays import Flags, Floats

__all__ = ["LEAST_RISE", "MOST_RISE", "Rise", "calm_stretches"]


class Rise(NamedTuple):
    """How heart rate rises with speed, its standard error [bpm per m/s], and the degrees of
    freedom.
    """

    slope: float
    error: float
    freedom: float

    @property
    def believed(self) -> bool:
        """Whether a heart could do that."""
        return LEAST_RISE <= self.slope <= MOST_RISE


WARM_UP = 600.0
"""Time at the start in which the heart rate is still rising [s]; judgement."""

SHORTEST = 30.0
"""Stretches shorter than this show the effort before them [s]; judgement."""

LAG = 35.0
"""Time constant with which the heart rate follows the effort [s]; judgement."""

STEEPEST_DESCENT = -0.05
"""Below this grade the heart rate is biased [Lemire2020]_; the bound is judgement."""

LEAST_RISE, MOST_RISE = 8.0, 60.0
"""Between these the rise of heart rate with speed is believed [bpm per m/s]; judgement."""

FEWEST_STRETCHES: Final = 30
"""Stretches that the lines need; with fewer nothing is corrected; judgement."""

_COVARIATES: Final = ["speed", "middle", "early", "uphill", "downhill"]
_BOUNDS: Final = ([0.0, 0.0, -60.0, -150.0, -150.0], [60.0, 20.0, 0.0, 150.0, 150.0])
"""Bounds of what each covariate may do to the heart rate [bpm per m/s, per hour, 1, 1, 1];
judgement.
"""


def calm_stretches(data: Evidence, rows: Flags) -> tuple[pd.DataFrame, Rise]:
    """Return the stretches of some runs with a heart rate corrected for warm-up and drift.

    Parameters
    ----------
    data : Evidence
    rows : numpy.ndarray of bool
        Which rows of ``data.runs`` count.

    Returns
    -------
    stretches : pandas.DataFrame
        ``row, surface, p_trail, mean_grade, duration, speed`` (grade-adjusted, with the heart's
        lag, m/s) and ``heart_rate`` (as at half an hour into a level run, 1/min). Corrections are
        lines fitted within runs.
    rise : Rise
        How the heart rate rises with the speed within runs: neither the day nor the ground nor form
        is in it.
    """
    table = data.segments
    table = table[rows[table["row"].to_numpy(dtype=np.intp)]]
    speed, time = table["grade_adjusted_speed"].to_numpy(), table["duration"].to_numpy()
    same = (
        np.append(False, np.diff(table["row"].to_numpy()) == 0)
        if len(table)
        else np.zeros(0, dtype=bool)
    )
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
        (table["gait"] == Gait.RUN)
        & (table["mean_grade"] >= STEEPEST_DESCENT)
        & (time >= SHORTEST)
        & (table["early"] <= 0.5)
        & table["heart_rate"].notna()
        & table["speed"].notna()
    )
    table = table[kept]
    slope, rise = _slopes(table)
    corrected = table["heart_rate"] - table[_COVARIATES[1:]] @ slope[1:]
    columns = ["row", "surface", "p_trail", "mean_grade", "duration", "speed"]
    return table[columns].assign(heart_rate=corrected), rise


def _slopes(table: pd.DataFrame) -> tuple[Floats, Rise]:
    """Return how the heart rate moves with the covariates within a run on one ground, and its rise
    with speed.
    """
    names = ["heart_rate", *_COVARIATES]
    if len(table) < FEWEST_STRETCHES:
        return np.zeros(len(_COVARIATES)), Rise(np.nan, np.nan, np.nan)
    weight = table["duration"].to_numpy()
    group = table.groupby(["row", "surface"], sort=False).ngroup().to_numpy()
    total = np.bincount(group, weights=weight)
    values = table[names].to_numpy()
    means = np.column_stack(
        [np.bincount(group, weights=weight * v) / total for v in values.T]
    )
    centred = (values - means[group]) * np.sqrt(weight)[:, None]
    found = lstsq(centred[:, 1:], centred[:, 0], cond=1e-8)[0]
    # Outside these bounds the lines say more about noise than about a heart.
    return np.clip(found, *_BOUNDS), _rise(
        centred, table["row"].to_numpy(dtype=np.intp)
    )


def _rise(centred: Floats, row: NDArray[np.intp]) -> Rise:
    """Return the slope on speed, all else allowed for, with an error from whole runs
    [LiangZeger1986]_.
    """
    others = centred[:, 2:]
    own = centred[:, :2] - others @ lstsq(others, centred[:, :2], cond=1e-8)[0]
    rate, speed = own[:, 0], own[:, 1]
    power = np.bincount(row, weights=speed**2)
    if not power.sum() > 0:
        return Rise(np.nan, np.nan, np.nan)
    slope = float(speed @ rate / power.sum())
    pull = np.bincount(row, weights=speed * (rate - slope * speed))
    runs = float(power.sum() ** 2 / (power**2).sum())
    error = float(np.sqrt((pull**2).sum() * runs / max(runs - 1.0, 0.5)) / power.sum())
    return Rise(slope, error, max(runs - 1.0, 1.0))
