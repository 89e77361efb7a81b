"""Road or trail from the signal of the recording: of a whole run, and of windows along it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from math import log

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.cleaning import clean
from trailstats.model.activity import Activity, CleanActivity
from trailstats.schema import has_ground
from trailstats.terrain._model import surface_model
from trailstats.terrain._sequence import sigmoid, smooth_log_odds
from trailstats.terrain.features import (
    ELEVATION_FEATURES,
    WINDOW_STEP,
    RunGrid,
    activity_features,
    flat_speed,
    own_pace,
    run_grid,
    steepness,
    window_features,
)
from trailstats.terrain.rules import TerrainRules

__all__ = [
    "SurfaceEstimate",
    "estimate_on_grid",
    "estimate_surface",
    "with_log_odds",
]


MEDIAN_SPEED_ON_FOOT = 6.0
"""Half of the time faster than this is no run, whatever the file says [m/s] (our choice)."""

TOP_SPEED_ON_FOOT = 8.0
"""A tenth of the time faster than this is no run [m/s] (our choice)."""


@dataclass(frozen=True, eq=False)
class SurfaceEstimate:
    """What the recording says about the ground.

    Attributes
    ----------
    distance : numpy.ndarray, shape (w,)
        Centres of the windows along the run [m]; empty where the recording doesn't show it.
    p_trail : numpy.ndarray, shape (w,)
        Probability of trail at each window, smoothed along the run.
    activity_probability : float
        Probability that the whole is a trail run; NaN where the recording doesn't show it.
    channels : frozenset of str
        ``"position"``, ``"elevation"`` and the athlete's own ``"baseline"``, as far as used.
    contributions : pandas.DataFrame
        What each feature adds to a window's log-odds before smoothing, indexed by ``distance``; the
        columns ``activity``, ``steepness`` and ``own_pace`` are cues of the whole run, the last two
        as far as there.
    activity_contributions : dict of str to float
        What each feature adds to the log-odds of the whole run.
    mixed_log_odds : float
        Log-odds of the model that stands for the whole run at its windows.
    """

    distance: Floats
    p_trail: Floats
    activity_probability: float = float("nan")
    channels: frozenset[str] = frozenset()
    contributions: pd.DataFrame = field(default_factory=pd.DataFrame)
    activity_contributions: dict[str, float] = field(default_factory=dict)
    mixed_log_odds: float = float("nan")

    def __bool__(self) -> bool:
        """Whether the recording shows anything."""
        return bool(len(self.distance))


def estimate_surface(
    activity: Activity, *, terrain: TerrainRules | None = None
) -> SurfaceEstimate:
    """Estimate road or trail from the recording alone.

    Parameters
    ----------
    activity : Activity
        One as read is cleaned first.
    terrain : TerrainRules, optional
        ``surface_length`` and ``baseline`` are used.

    Returns
    -------
    SurfaceEstimate
        Empty, with a probability of NaN, for other sports than on foot, indoors, without positions,
        for less than 500 m, and for speeds that no one runs.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/two-tracks.gpx")
    >>> estimate = estimate_surface(run)
    >>> bool(((estimate.p_trail >= 0) & (estimate.p_trail <= 1)).all())
    True
    """
    run = clean(activity)
    return estimate_on_grid(run, run_grid(run), terrain or TerrainRules(), 0.0)


def estimate_on_grid(
    run: CleanActivity, grid: RunGrid | None, rules: TerrainRules, log_odds: float
) -> SurfaceEstimate:
    """Return what `estimate_surface` returns, from a grid that is at hand.

    Parameters
    ----------
    run : CleanActivity
    grid : RunGrid or None
        From `run_grid`.
    rules : TerrainRules
    log_odds : float
        Further log-odds of trail for the whole run that the windows take account of, as a file's
        tag gives them.

    Returns
    -------
    SurfaceEstimate
    """
    outdoors = has_ground(run.meta.sport, run.meta.sub_sport)
    if grid is None or not outdoors or _too_fast(grid):
        return SurfaceEstimate(np.empty(0), np.empty(0))
    model = surface_model()
    values = activity_features(grid)
    channels = {"position"}
    whole = model.without_elevation
    mixed_values = np.array([values[name] for name in model.mixed.names])
    mixed = float(model.mixed.log_odds(mixed_values))
    cues = {"activity": model.activity_cue(mixed + log_odds)}
    if not np.isnan(values[ELEVATION_FEATURES[0]]):
        channels.add("elevation")
        whole = model.with_elevation
        cues["steepness"] = steepness(values)
    if rules.baseline is not None and not np.isnan(flat := flat_speed(grid)):
        channels.add("baseline")
        cues["own_pace"] = own_pace(flat, log(rules.baseline.speed))
    parts = whole.contributions(np.array([values[name] for name in whole.names]))
    along = model.whole_run(channels)
    centres, windows, names = window_features(grid)
    pieces = pd.DataFrame(
        model.windows.contributions(windows) * along.gain,
        index=centres,
        columns=list(names),
    )
    pieces = pieces.assign(
        **{name: along.weights[name] * cue for name, cue in cues.items()},
        intercept=along.intercept,
    )
    return SurfaceEstimate(
        distance=centres,
        p_trail=_along(pieces, channels, rules),
        activity_probability=float(sigmoid(parts.sum() + whole.intercept)),
        channels=frozenset(channels),
        contributions=pieces,
        activity_contributions=dict(
            zip(whole.names, parts.tolist(), strict=True)
        ),
        mixed_log_odds=mixed,
    )


def with_log_odds(
    estimate: SurfaceEstimate, log_odds: float, rules: TerrainRules
) -> SurfaceEstimate:
    """Return the estimate with further log-odds of trail for the whole run, as a file's tag gives
    them.

    Parameters
    ----------
    estimate : SurfaceEstimate
        Not empty.
    log_odds : float
    rules : TerrainRules
        Only ``surface_length`` is used.

    Returns
    -------
    SurfaceEstimate
        With the windows' probabilities that follow.
    """
    model = surface_model()
    weight = model.whole_run(estimate.channels).weights["activity"]
    pieces = estimate.contributions.assign(
        activity=weight * model.activity_cue(estimate.mixed_log_odds + log_odds)
    )
    return replace(
        estimate,
        p_trail=_along(pieces, estimate.channels, rules),
        contributions=pieces,
    )


def _too_fast(grid: RunGrid) -> bool:
    usual, top = np.quantile(grid.speed, [0.5, 0.9])
    return bool(usual > MEDIAN_SPEED_ON_FOOT or top > TOP_SPEED_ON_FOOT)


def _along(
    pieces: pd.DataFrame, channels: Iterable[str], rules: TerrainRules
) -> Floats:
    """Return the calibrated posterior of trail at each window."""
    model = surface_model()
    evidence = model.temper * pieces.to_numpy().sum(axis=1)
    smooth = smooth_log_odds(evidence, WINDOW_STEP, rules.surface_length)
    line = model.whole_run(channels)
    return sigmoid(line.slope * smooth + line.offset)
