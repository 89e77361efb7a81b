"""Road or trail from the recording: of a whole run, of windows along it, and of segments."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import log

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.activity import Activity
from trailstats.schema import Surface, SurfaceSource
from trailstats.terrain._model import SurfaceModel, surface_model
from trailstats.terrain._sequence import mean_between, sigmoid, smooth_log_odds
from trailstats.terrain.features import (
    ELEVATION_FEATURES,
    WINDOW_STEP,
    RunGrid,
    activity_features,
    run_grid,
    window_features,
)
from trailstats.terrain.rules import TerrainRules

__all__ = [
    "TAG_PROBABILITY",
    "SurfaceEstimate",
    "estimate_surface",
    "fuse_tag",
    "segment_surface",
    "surface_cuts",
    "trail_probability",
]

Floats = NDArray[np.float64]

ON_FOOT = frozenset({"", "generic", "hiking", "mountaineering", "running", "training", "walking"})
"""Sports whose ground is estimated."""

INDOOR = frozenset({"indoor_running", "indoor_walking", "treadmill", "virtual_activity"})
"""Sub-sports without ground; virtual ones have positions that were never run."""

TAG_PROBABILITY = {
    "trail": 0.95,
    "street": 0.08,
    "road": 0.08,
    "track": 0.03,
    "indoor_running": 0.0,
    "indoor_walking": 0.0,
    "treadmill": 0.0,
    "virtual_activity": 0.0,
}
"""Probability of a trail run by what the file calls it; judgement: people forget to change the profile."""

MEDIAN_SPEED_ON_FOOT = 6.0
"""Half of the time faster than this is no run, whatever the file says [m/s]; judgement."""

TOP_SPEED_ON_FOOT = 8.0
"""A tenth of the time faster than this is no run [m/s]; judgement."""


@dataclass(frozen=True, eq=False)
class SurfaceEstimate:
    """What the recording says about the ground.

    Attributes
    ----------
    distance : numpy.ndarray, shape (w,)
        Centres of the windows along the run [m]; empty where the recording can't tell.
    p_trail : numpy.ndarray, shape (w,)
        Probability of trail at each window, smoothed along the run.
    activity_probability : float
        Probability that the whole is a trail run; NaN where the recording can't tell.
    channels : frozenset of str
        ``"position"`` and ``"elevation"``, as far as used.
    contributions : pandas.DataFrame
        What each feature adds to a window's log-odds before smoothing, indexed by ``distance``; the column
        ``activity`` is the share of the whole run.
    activity_contributions : dict of str to float
        What each feature adds to the log-odds of the whole run.
    mixed_log_odds : float
        Log-odds of the model that stands for the whole run at its windows.
    tag : float
        Probability by the file's tag, where `fuse_tag` has brought it in.
    """

    distance: Floats
    p_trail: Floats
    activity_probability: float = float("nan")
    channels: frozenset[str] = frozenset()
    contributions: pd.DataFrame = field(default_factory=pd.DataFrame)
    activity_contributions: dict[str, float] = field(default_factory=dict)
    mixed_log_odds: float = float("nan")
    tag: float = float("nan")

    def __bool__(self) -> bool:
        """Whether the recording tells anything."""
        return bool(len(self.distance))


def estimate_surface(activity: Activity, *, rules: TerrainRules | None = None) -> SurfaceEstimate:
    """Estimate road or trail from the recording alone.

    Parameters
    ----------
    activity : Activity
        Cleaned; one as read is cleaned first.
    rules : TerrainRules, optional
        Only ``surface_length`` is used.

    Returns
    -------
    SurfaceEstimate
        Empty, with a probability of NaN, for other sports than on foot, indoors, without positions, for less than
        500 m, and for speeds that no one runs.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/two-tracks.gpx")
    >>> estimate = estimate_surface(run)
    >>> bool(((estimate.p_trail >= 0) & (estimate.p_trail <= 1)).all())
    True
    """
    rules = rules or TerrainRules()
    grid = run_grid(activity) if _has_ground(activity) else None
    if grid is None or _too_fast(grid):
        return SurfaceEstimate(np.empty(0), np.empty(0))
    model = surface_model()
    values = activity_features(grid)
    whole = model.without_elevation if np.isnan(values[ELEVATION_FEATURES[0]]) else model.with_elevation
    parts = whole.contributions(np.array([values[name] for name in whole.names]))
    log_odds = float(parts.sum()) + whole.intercept
    mixed = float(model.mixed.log_odds(np.array([values[name] for name in model.mixed.names])))
    centres, windows, names = window_features(grid)
    pieces = pd.DataFrame(model.windows.contributions(windows), index=centres, columns=list(names))
    pieces["activity"] = model.whole_run(mixed)
    pieces["intercept"] = model.windows.intercept
    return SurfaceEstimate(
        distance=centres,
        p_trail=_along(pieces, model, rules),
        activity_probability=float(sigmoid(log_odds)),
        channels=frozenset({"position"} if whole is model.without_elevation else {"position", "elevation"}),
        contributions=pieces,
        activity_contributions=dict(zip(whole.names, parts.tolist(), strict=True)),
        mixed_log_odds=mixed,
    )


def trail_probability(activity: Activity, *, rules: TerrainRules | None = None) -> tuple[float, SurfaceSource]:
    """Return the probability that it was a trail run, and what it rests on.

    Parameters
    ----------
    activity : Activity
    rules : TerrainRules, optional
        ``sources`` says which evidence may be used; the file's tag comes before the signal.

    Returns
    -------
    probability : float
        NaN when nothing that may be used tells.
    source : SurfaceSource
    """
    rules = rules or TerrainRules()
    return _whole(activity, estimate_surface(activity, rules=rules), rules)


def fuse_tag(activity: Activity, estimate: SurfaceEstimate, rules: TerrainRules) -> SurfaceEstimate:
    """Return the estimate as far as the rules allow it, with the tag's log-odds added to those of the whole run.

    Parameters
    ----------
    activity : Activity
    estimate : SurfaceEstimate
        From the signal; one that has its tag already is returned as it is.
    rules : TerrainRules

    Returns
    -------
    SurfaceEstimate
        Empty when the signal may not be used.
    """
    if SurfaceSource.SIGNAL not in rules.sources or not estimate:
        return SurfaceEstimate(np.empty(0), np.empty(0))
    tag = _tag(activity, rules)
    if np.isnan(tag) or estimate.tag == tag:
        return estimate
    model = surface_model()
    whole = model.whole_run(estimate.mixed_log_odds + log(tag / (1.0 - tag)))
    pieces = estimate.contributions.assign(activity=whole)
    return replace(estimate, p_trail=_along(pieces, model, rules), contributions=pieces, tag=tag)


def surface_cuts(activity: Activity, estimate: SurfaceEstimate, rules: TerrainRules) -> Floats:
    """Return where the surface along the run changes, or how sure it is.

    Parameters
    ----------
    activity : Activity
    estimate : SurfaceEstimate
    rules : TerrainRules
        A window is road or trail when its probability reaches ``decide``, else unknown.

    Returns
    -------
    numpy.ndarray
        Distances since the start, rising [m]: half-way between two windows of different labels, and where the
        probability passes a tenth, so that the mean over a segment stands for all of it.
    """
    estimate = fuse_tag(activity, estimate, rules)
    bounds = np.union1d(np.arange(1, 10) / 10.0, [1.0 - rules.decide, rules.decide])
    label = np.digitize(estimate.p_trail, bounds)
    edges = np.flatnonzero(np.diff(label))
    return (estimate.distance[edges] + estimate.distance[edges + 1]) / 2.0


def segment_surface(
    segments: pd.DataFrame, estimate: SurfaceEstimate, activity: Activity, rules: TerrainRules
) -> pd.DataFrame:
    """Return the segments with their surface.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``; it is not changed.
    estimate : SurfaceEstimate
        Of the same activity.
    activity : Activity
    rules : TerrainRules

    Returns
    -------
    pandas.DataFrame
        With ``surface``, ``p_trail`` and ``surface_source`` filled: the mean of the windows over the segment, and
        the surface only where that reaches ``rules.decide``. NaN, unknown and none where nothing tells.
    """
    probability, source = _whole(activity, estimate, rules)
    fused = fuse_tag(activity, estimate, rules)
    start, end = (segments[c].to_numpy() for c in ("start_distance", "end_distance"))
    if fused:
        p_trail = mean_between(fused.distance, fused.p_trail, WINDOW_STEP, start, end)
    else:
        ground = source is SurfaceSource.TAG and _has_ground(activity)
        p_trail = np.full(len(segments), probability if ground else np.nan)
    decided = [p_trail >= rules.decide, p_trail <= 1.0 - rules.decide]
    index = segments.index
    return segments.assign(
        p_trail=p_trail,
        surface=_words(np.select(decided, [Surface.TRAIL.value, Surface.ROAD.value], Surface.UNKNOWN.value), index),
        surface_source=_words(np.where(np.isnan(p_trail), SurfaceSource.NONE.value, source.value), index),
    )


def _words(values: NDArray[np.str_], index: pd.Index) -> pd.Series[str]:
    return pd.Series(values.tolist(), index=index, dtype="str")


def _has_ground(activity: Activity) -> bool:
    return activity.meta.sport in ON_FOOT and activity.meta.sub_sport not in INDOOR


def _too_fast(grid: RunGrid) -> bool:
    usual, top = np.quantile(grid.speed, [0.5, 0.9])
    return bool(usual > MEDIAN_SPEED_ON_FOOT or top > TOP_SPEED_ON_FOOT)


def _along(pieces: pd.DataFrame, model: SurfaceModel, rules: TerrainRules) -> Floats:
    """Return the calibrated posterior of trail at each window."""
    evidence = model.temper * pieces.to_numpy().sum(axis=1)
    smooth = smooth_log_odds(evidence, WINDOW_STEP, rules.surface_length)
    return sigmoid(model.slope * smooth + model.offset)


def _tag(activity: Activity, rules: TerrainRules) -> float:
    """Return the probability by the file's tag, NaN when there is none or it may not be used."""
    if SurfaceSource.TAG not in rules.sources or activity.meta.sport not in ON_FOOT:
        return float("nan")
    return TAG_PROBABILITY.get(activity.meta.sub_sport, float("nan"))


def _whole(activity: Activity, estimate: SurfaceEstimate, rules: TerrainRules) -> tuple[float, SurfaceSource]:
    tag = _tag(activity, rules)
    if not np.isnan(tag):
        return tag, SurfaceSource.TAG
    if SurfaceSource.SIGNAL in rules.sources and not np.isnan(estimate.activity_probability):
        return estimate.activity_probability, SurfaceSource.SIGNAL
    return float("nan"), SurfaceSource.NONE
