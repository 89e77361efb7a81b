"""Road or trail from the signal of the recording: of a whole run, and of windows along it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan, log

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, Ints
from trailstats.cleaning import clean
from trailstats.model.activity import Activity, CleanActivity
from trailstats.schema import has_ground
from trailstats.terrain._changes import change_points, piece_means
from trailstats.terrain._model import surface_model
from trailstats.terrain._sequence import smooth_log_odds
from trailstats.terrain.belief import GroundBelief, believe
from trailstats.terrain.features import (
    WINDOW_FEATURES,
    WINDOW_STEP,
    RunGrid,
    extent,
    flat_speed,
    own_pace,
    run_features,
    run_grid,
    window_features,
)
from trailstats.terrain.rules import TerrainRules

__all__ = [
    "SurfaceEstimate",
    "estimate_on_grid",
    "estimate_surface",
]


MEDIAN_SPEED_ON_FOOT = 6.0
"""Half of the time faster than this is no run, whatever the file says [m/s] (our choice)."""

TOP_SPEED_ON_FOOT = 8.0
"""A tenth of the time faster than this is no run [m/s] (our choice)."""

LEAST_EXTENT = 300.0
"""A run within a smaller circle shows laps, not the ground [m] (our choice)."""


NEAR_FEATURES = ("speed_300", "speed_jumps_400", "wiggle_400")
"""Of `WINDOW_FEATURES` those that look at a few hundred metres: they tell where something changes,
which those that look at kilometres blur.
"""

SHORTEST_PIECE = 4
"""Windows between two changes: 200 m, as for pieces that are shown (our choice)."""

CHANGE = 0.8
"""A change lowers the sum of squares of what the near features say by so much, in squares of
log-odds. Chosen with `ALONE` among some hundred settings, by mapped runs left out of training.
"""

ALONE = 0.25
"""What a window says alone counts so much; the rest is what its piece says on average."""

_NEAR = [WINDOW_FEATURES.index(name) for name in NEAR_FEATURES]


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
        Probability that more than half of the way is trail; NaN where the recording doesn't show
        it.
    mean, spread : float
        Of the effect of the run on the log-odds of its windows; NaN for an estimate by another
        model, whose windows then stand as they are.
    relative : numpy.ndarray, shape (w,)
        Log-odds of each window against the others of the run.
    changes : numpy.ndarray
        Where, between two windows, the way of running changes [m].
    channels : frozenset of str
        ``"position"`` and the athlete's own ``"baseline"``, as far as used.
    belief : GroundBelief or None
        What is believed of the run by this alone; None for an estimate by another model.
    window_parts : numpy.ndarray, shape (w, k)
        What each of `WINDOW_FEATURES` adds to a window's log-odds before smoothing.
    activity_contributions : dict of str to float
        What each feature adds to the mean of the run's effect; they sum to it.
    fault : str
        Why the model that was asked for was not used.
    """

    distance: Floats
    p_trail: Floats
    activity_probability: float = float("nan")
    mean: float = float("nan")
    spread: float = 0.0
    relative: Floats = field(default_factory=lambda: np.empty(0))
    changes: Floats = field(default_factory=lambda: np.empty(0))
    channels: frozenset[str] = frozenset()
    belief: GroundBelief | None = None
    window_parts: Floats = field(default_factory=lambda: np.empty((0, 0)))
    activity_contributions: dict[str, float] = field(default_factory=dict)
    fault: str = ""

    def __bool__(self) -> bool:
        """Whether the recording shows anything."""
        return bool(len(self.distance))

    @property
    def contributions(self) -> pd.DataFrame:
        """What each feature adds to a window's log-odds before smoothing, indexed by ``distance``,
        and in the column ``activity`` the run as a whole; empty for another model's estimate.
        """
        if not self.window_parts.size:
            return pd.DataFrame()
        names = list(WINDOW_FEATURES)
        parts = pd.DataFrame(self.window_parts, self.distance, names)
        return parts.assign(activity=self.mean)

    @classmethod
    def nothing(cls) -> SurfaceEstimate:
        """Return the estimate of a recording that shows nothing."""
        return cls(np.empty(0), np.empty(0))


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
        for less than 1 km, within 300 m across, and for speeds that no one runs.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/two-tracks.gpx")
    >>> estimate = estimate_surface(run)
    >>> bool(((estimate.p_trail >= 0) & (estimate.p_trail <= 1)).all())
    True
    """
    run = clean(activity)
    return estimate_on_grid(run, run_grid(run), terrain or TerrainRules())


def estimate_on_grid(
    run: CleanActivity, grid: RunGrid | None, rules: TerrainRules
) -> SurfaceEstimate:
    """Return what `estimate_surface` returns, from a grid that is at hand.

    Parameters
    ----------
    run : CleanActivity
    grid : RunGrid or None
        From `run_grid`.
    rules : TerrainRules

    Returns
    -------
    SurfaceEstimate
    """
    outdoors = has_ground(run.meta.sport, run.meta.sub_sport)
    if grid is None or not outdoors or not _is_run(grid):
        return SurfaceEstimate.nothing()
    model = surface_model()
    channels, pace = {"position"}, 0.0
    if rules.baseline is not None and not isnan(flat := flat_speed(grid)):
        channels.add("baseline")
        pace = own_pace(flat, log(rules.baseline.speed))
    effect = model.effect(channels)
    values = run_features(grid)
    parts = model.run.contributions(
        np.array([values[name] for name in model.run.names])
    )
    mean = effect.mean(float(parts.sum()) + model.run.intercept, pace)
    centres, windows, _ = window_features(grid)
    pieces = model.windows.contributions(windows)
    alike, changes = relative_windows(pieces, model.temper, rules.surface_length)
    relative = effect.gain * alike
    found = believe(
        mean,
        effect.spread,
        relative,
        np.full(len(centres), np.nan),
        WINDOW_STEP,
    )
    whole = dict(
        zip(model.run.names, (effect.slope * parts).tolist(), strict=True)
    )
    if pace:
        whole["own_pace"] = effect.own_pace * pace
    whole["intercept"] = mean - sum(whole.values())
    return SurfaceEstimate(
        distance=centres,
        p_trail=found.p_trail,
        activity_probability=float(found.beyond(0.5)),
        mean=mean,
        spread=effect.spread,
        relative=relative,
        changes=centres[changes] - WINDOW_STEP / 2.0,
        channels=frozenset(channels),
        belief=found,
        window_parts=pieces,
        activity_contributions=whole,
    )


def relative_windows(
    parts: Floats, temper: float, length: float
) -> tuple[Floats, Ints]:
    """Return the log-odds of windows against the others of their run, given all of them, and where
    the way of running changes.

    Parameters
    ----------
    parts : numpy.ndarray, shape (w, k)
        What each of `WINDOW_FEATURES` adds to the log-odds of each window alone.
    temper : float
        What is left of their sum, as neighbours overlap.
    length : float
        Mean length of a stretch of one surface [m].

    Returns
    -------
    relative : numpy.ndarray, shape (w,)
        With a mean of 0.
    changes : numpy.ndarray of int
        First window of every piece but the first.

    Notes
    -----
    Windows overlap, so a border shows as a slope of hundreds of metres. Between two changes the
    ground is mostly one, so windows take over most of the mean of their piece.
    """
    log_odds = parts.sum(axis=1)
    apart = temper * (log_odds - np.median(log_odds))
    smooth = smooth_log_odds(apart, WINDOW_STEP, length)
    near = parts[:, _NEAR].sum(axis=1)
    changes = change_points(near, SHORTEST_PIECE, CHANGE)
    out = ALONE * smooth + (1.0 - ALONE) * piece_means(smooth, changes)
    return np.asarray(out - out.mean()), changes


def _is_run(grid: RunGrid) -> bool:
    """Return whether someone ran or walked, over more than a stadium."""
    usual, top = np.quantile(grid.speed, [0.5, 0.9])
    on_foot = usual <= MEDIAN_SPEED_ON_FOOT and top <= TOP_SPEED_ON_FOOT
    return bool(on_foot and extent(grid) >= LEAST_EXTENT)
