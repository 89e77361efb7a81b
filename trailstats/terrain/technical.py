"""Technical ground, as a proxy: how much slower, less even and more winding a stretch was run than
the run itself.

Nothing in a recording of position and time shows stones and roots. What shows is their effect on
the runner, above all on descents, where energy doesn't limit the speed. The weights are our choice;
no labelled recordings exist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Floats
from trailstats.metrics import effort
from trailstats.terrain._sequence import mean_between, sigmoid, smooth_log_odds
from trailstats.terrain.features import (
    WINDOW_STEP,
    RunGrid,
    every_window,
    log_speed,
    moving_mean,
)
from trailstats.terrain.rules import TerrainRules

__all__ = ["TECHNICAL_WEIGHTS", "TechnicalWeights", "technical_probability"]


@dataclass(frozen=True)
class TechnicalWeights:
    """How much each cue adds to the log-odds of technical ground; all are our choice.

    Attributes
    ----------
    intercept : float
        Log-odds of a stretch of trail without any cue.
    descent_deficit : float
        Per halving of the grade-adjusted speed below the run's median, on descents.
    flat_deficit : float
        The same on the flat and on climbs, where fatigue and hiking slow people down as well.
    speed_variation : float
        Per doubling of the spread of grade-adjusted speed against the run's median.
    winding : float
        Per radian that the track turns to and fro on 100 m.
    limit : float
        Each cue adds or takes at most this.
    trail : float
        What counts of a technical look for that it is trail at all; see `technical_probability`.
    """

    intercept: float = -1.5
    descent_deficit: float = 4.0
    flat_deficit: float = 1.5
    speed_variation: float = 0.8
    winding: float = 0.8
    limit: float = 3.0
    trail: float = 0.5


TECHNICAL_WEIGHTS = TechnicalWeights()
"""The weights in use."""

DESCENT = -0.03
"""Grade below which a stretch is a descent (our choice)."""


def technical_probability(
    grid: RunGrid | None, borders: Floats, p_trail: Floats, rules: TerrainRules
) -> Floats:
    """Return the probability that each stretch is technical ground; a proxy.

    Parameters
    ----------
    grid : RunGrid or None
        From `run_grid`.
    borders : numpy.ndarray, shape (s + 1,)
        Distances at which the stretches meet [m].
    p_trail : numpy.ndarray, shape (s,)
        Probability of trail on each.
    rules : TerrainRules
        ``technical_length`` is used.

    Returns
    -------
    numpy.ndarray, shape (s,)
        NaN where ``p_trail`` is NaN, and without elevation, as slow going uphill would look
        technical.

    Notes
    -----
    With t the probability of technical ground on trail, t0 that without any cue, and p the
    probability of trail: what looks technical is likelier on trail, by B = (1 - t0) / (1 - t)
    against ground that isn't. As part of that stands in p already, `TechnicalWeights.trail` of it
    counts: p' / (1 - p') = p / (1 - p) B^trail, and the probability is p' t. Where nothing doubts
    the trail it is t, a road is hardly ever technical, and ground that is not known may be.
    """
    if grid is None or grid.grade is None or np.isnan(p_trail).all():
        return np.full(len(p_trail), np.nan)
    centres, log_odds = _cues(grid, grid.grade)
    on_trail = sigmoid(
        smooth_log_odds(log_odds, WINDOW_STEP, rules.technical_length)
    )
    start, end = borders[:-1], borders[1:]
    technical = mean_between(centres, on_trail, WINDOW_STEP, start, end)
    return given_trail(p_trail, technical, TECHNICAL_WEIGHTS)


def given_trail(
    p_trail: Floats, technical: Floats, weights: TechnicalWeights
) -> Floats:
    """Return the probability of technical ground, by that of trail and that of technical ground on
    it; see `technical_probability`.
    """
    usual = 1.0 - sigmoid(weights.intercept)
    likelier = (usual / np.maximum(1.0 - technical, 1e-3)) ** weights.trail
    return p_trail * technical * likelier / (p_trail * likelier + 1.0 - p_trail)


def _cues(
    grid: RunGrid, grade: Floats, weights: TechnicalWeights = TECHNICAL_WEIGHTS
) -> tuple[Floats, Floats]:
    """Return the windows' centres and their log-odds of technical ground, given that they are
    trail.
    """
    speed = log_speed(grid, 40.0) + np.log(effort.effort_factor(grade))
    usual = np.median(speed)
    pick = every_window()
    halvings = (usual - moving_mean(speed, 100.0)) / np.log(2.0)
    deficit = np.clip(halvings, -1.0, 2.0)[pick]
    variance = moving_mean((speed - moving_mean(speed, 150.0)) ** 2, 150.0)
    spread = np.log2(np.sqrt(variance) + 0.02)
    spread = (spread - np.median(spread))[pick]
    winding = moving_mean(grid.wiggle[30.0], 150.0)[pick] * 100.0 / 30.0
    downhill = moving_mean(grade, 100.0)[pick] < DESCENT
    rate = np.where(downhill, weights.descent_deficit, weights.flat_deficit)
    cues = (
        rate * deficit,
        weights.speed_variation * spread,
        weights.winding * winding,
    )
    total = sum(np.clip(cue, -weights.limit, weights.limit) for cue in cues)
    return grid.distance[pick], np.asarray(weights.intercept + total)
