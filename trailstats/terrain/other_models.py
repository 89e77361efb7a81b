"""Models of road or trail that other packages bring, chosen by their names."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trailstats.arrays import Floats, as_floats
from trailstats.model.activity import CleanActivity
from trailstats.model.plugins import usable
from trailstats.schema import has_ground
from trailstats.terrain.features import RunGrid
from trailstats.terrain.rules import MODELS, TerrainRules
from trailstats.terrain.surface import SurfaceEstimate, estimate_on_grid

__all__ = ["estimate_by_rules"]


def estimate_by_rules(
    run: CleanActivity, grid: RunGrid | None, rules: TerrainRules
) -> SurfaceEstimate:
    """Return the estimate by the model that the rules name; by our own where that fails, with what
    went wrong.

    Parameters
    ----------
    run : CleanActivity
    grid : RunGrid or None
        From `run_grid`.
    rules : TerrainRules
    """
    chosen = [e for e in usable(MODELS) if e.plugin.name == rules.model]
    if not rules.model or not has_ground(run.meta.sport, run.meta.sub_sport):
        return estimate_on_grid(run, grid, rules)
    entry = chosen[0]
    try:
        return _checked(*entry.plugin.estimate(run))
    except Exception as error:  # a stranger's code
        own = estimate_on_grid(run, grid, rules)
        return replace(own, fault=entry.failed(error))


def _checked(distance: Floats, p_trail: Floats, whole: float) -> SurfaceEstimate:
    """Return an estimate of what a model gave.

    Raises
    ------
    ValueError
        When it is not what it promised.
    """
    along, p = as_floats(distance), as_floats(p_trail)
    if along.ndim != 1 or along.shape != p.shape:
        raise ValueError("distances and probabilities don't go together")
    if not np.all(np.diff(along) > 0):
        raise ValueError("the distances don't increase")
    if not np.all((p >= 0.0) & (p <= 1.0)):
        raise ValueError("a probability lies outside 0 to 1")
    return SurfaceEstimate(along, p, float(whole))
