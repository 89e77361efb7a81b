"""Road or trail from everything that may be used: label before map before the file's tag before the
signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints
from trailstats.cleaning import clean
from trailstats.model.activity import Activity, CleanActivity
from trailstats.schema import (
    INDOOR,
    Surface,
    SurfaceSource,
    has_ground,
    is_on_foot,
)
from trailstats.terrain._sequence import mean_between, without_short
from trailstats.terrain.features import WINDOW_STEP, RunGrid, run_grid
from trailstats.terrain.labels import SurfaceLabels
from trailstats.terrain.maps import MapMatch, RoadMap
from trailstats.terrain.maps.road_map import SPACING
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.surface import (
    SurfaceEstimate,
    estimate_on_grid,
    with_log_odds,
)

__all__ = [
    "TAG_PROBABILITY",
    "SurfaceEvidence",
    "firm_cuts",
    "gather_evidence",
    "mean_over",
    "surface_cuts",
    "surface_of",
    "trail_probability",
]


TAG_PROBABILITY = {
    "trail": 0.95,
    "street": 0.08,
    "road": 0.08,
    "track": 0.03,
    **dict.fromkeys(sorted(INDOOR), 0.0),
}
"""Probability of a trail run by what the file calls it; our choice: people forget to change the
profile.
"""

COVERED = 0.5
"""Labels and a map speak for the whole run when they speak of at least this share of its length
(our choice).
"""


@dataclass(frozen=True, eq=False)
class SurfaceEvidence:
    """What everything that may be used says about the ground along a run.

    Attributes
    ----------
    run : CleanActivity
    grid : RunGrid or None
        Of the run; see `run_grid`.
    distance : numpy.ndarray, shape (m,)
        Every 10 m along the run [m].
    source : numpy.ndarray of str, shape (m,)
        "label" or "map" where these decide; empty where the tag and the signal have to.
    surface : numpy.ndarray of str, shape (m,)
        What labels or map decide; empty where neither does.
    p_trail : numpy.ndarray, shape (m,)
        Probability of trail by label or map; also where a map is not sure enough to decide. NaN
        where neither speaks.
    match : MapMatch or None
        The ways followed, where a map may be used and holds something there.
    covered : float
        Share of the run that lies where the map has ways; NaN where none may be used.
    signal : SurfaceEstimate
        Of the recording, with the tag's share; empty where neither may be used or is known.
    tag : float
        Probability by the file's tag; NaN without one.
    trail_probability : float
        Probability that the whole was a trail run; NaN where nothing is known.
    trail_source : SurfaceSource
        What that rests on.
    """

    run: CleanActivity
    grid: RunGrid | None
    distance: Floats
    source: NDArray[np.str_]
    surface: NDArray[np.str_]
    p_trail: Floats
    match: MapMatch | None
    covered: float
    signal: SurfaceEstimate
    tag: float
    trail_probability: float
    trail_source: SurfaceSource


def gather_evidence(
    run: CleanActivity,
    *,
    terrain: TerrainRules,
    map: RoadMap | None = None,
    labels: SurfaceLabels | None = None,
    estimate: SurfaceEstimate | None = None,
) -> SurfaceEvidence:
    """Return what everything that may be used says about the ground along a run.

    Parameters
    ----------
    run : CleanActivity
    terrain : TerrainRules
        ``sources`` says what may be used.
    map : RoadMap, optional
    labels : SurfaceLabels, optional
    estimate : SurfaceEstimate, optional
        Of the signal, where it is at hand.

    Returns
    -------
    SurfaceEvidence

    Raises
    ------
    ConfigError, MissingExtraError, WriteError
        When the map can't be used; see `RoadMap.prepare`.
    """
    rules, road_map = terrain, map
    tag, grid = _tag(run, rules), run_grid(run)
    prior = _log_odds(tag)
    if SurfaceSource.SIGNAL not in rules.sources:
        estimate = signal = SurfaceEstimate(np.empty(0), np.empty(0))
    elif estimate is None:
        estimate = signal = estimate_on_grid(run, grid, rules, prior)
    else:
        signal = estimate
        if estimate and prior:
            signal = with_log_odds(estimate, prior, rules)
    match, covered = None, float("nan")
    if (
        road_map is not None
        and SurfaceSource.MAP in rules.sources
        and _outdoors(run)
    ):
        match = road_map.match(run)
        covered = match.covered
        match = match if len(match.distance) else None
    distance = np.arange(SPACING / 2, run.track["distance"].iloc[-1], SPACING)
    if match is not None:
        distance = match.distance
    p_trail, surface = _of_map(match, len(distance), rules)
    source = np.where(surface != "", SurfaceSource.MAP.value, "").astype("<U5")
    if labels is not None and SurfaceSource.LABEL in rules.sources:
        # The runner was there: a label replaces what the map says, also where it says "unknown".
        own = labels.along(run, distance)
        said = own != ""
        certain = np.select(
            [own == Surface.TRAIL, own == Surface.ROAD], [1.0, 0.0], np.nan
        )
        surface = np.where(said, own, surface)
        source = np.where(said, SurfaceSource.LABEL.value, source)
        p_trail = np.where(said, certain, p_trail)
    whole, by = _whole_by_tag_or_signal(estimate, tag, rules)
    spoken = np.isfinite(p_trail)
    # What is known of the ground itself outweighs what the file is called.
    if len(distance) and spoken.mean() >= COVERED:
        labelled = (source == SurfaceSource.LABEL).sum() > spoken.sum() / 2
        whole = float(p_trail[spoken].mean())
        by = SurfaceSource.LABEL if labelled else SurfaceSource.MAP
    return SurfaceEvidence(
        run,
        grid,
        distance,
        source,
        surface,
        p_trail,
        match,
        covered,
        signal,
        tag,
        whole,
        by,
    )


def trail_probability(
    activity: Activity,
    *,
    terrain: TerrainRules | None = None,
    map: RoadMap | None = None,
    labels: SurfaceLabels | None = None,
) -> tuple[float, SurfaceSource]:
    """Return the probability that it was a trail run, and what it rests on.

    Parameters
    ----------
    activity : Activity
    terrain : TerrainRules, optional
        ``sources`` says which evidence may be used; the file's tag comes before the signal.
    map : RoadMap, optional
    labels : SurfaceLabels, optional

    Returns
    -------
    probability : float
        By labels and a map, where they speak of at least half of the run, the mean over its length.
        NaN when nothing that may be used is known.
    source : SurfaceSource
    """
    found = gather_evidence(
        clean(activity), terrain=terrain or TerrainRules(), map=map, labels=labels
    )
    return found.trail_probability, found.trail_source


def surface_cuts(evidence: SurfaceEvidence, rules: TerrainRules) -> Floats:
    """Return where the surface along the run changes, or what it rests on, or how sure it is.

    Parameters
    ----------
    evidence : SurfaceEvidence
    rules : TerrainRules
        A window of the signal is road or trail when its probability reaches ``decide``, else
        unknown.

    Returns
    -------
    numpy.ndarray
        Distances since the start, rising [m]. By label and map: where their answer changes.
        Elsewhere: half-way between two windows of different labels, and where the probability
        passes a tenth, so that the mean over a segment stands for all of it.
    """
    firm = firm_cuts(evidence)
    estimate = evidence.signal
    if not estimate:
        return firm
    bounds = np.union1d(
        np.arange(1, 10) / 10.0, [1.0 - rules.decide, rules.decide]
    )
    edges = np.flatnonzero(np.diff(np.digitize(estimate.p_trail, bounds)))
    soft = (estimate.distance[edges] + estimate.distance[edges + 1]) / 2.0
    return np.union1d(firm, soft[~_decided(evidence, soft)])


def firm_cuts(evidence: SurfaceEvidence) -> Floats:
    """Return where the answer of labels or map begins, changes or ends [m]."""
    changes = evidence.surface[1:] != evidence.surface[:-1]
    changes |= evidence.source[1:] != evidence.source[:-1]
    return np.asarray(evidence.distance[1:][changes] - SPACING / 2.0)


def surface_of(
    segments: pd.DataFrame, evidence: SurfaceEvidence, rules: TerrainRules
) -> pd.DataFrame:
    """Return the segments with their surface.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``; it is not changed.
    evidence : SurfaceEvidence
        Of the same run.
    rules : TerrainRules

    Returns
    -------
    pandas.DataFrame
        With ``surface``, ``p_trail`` and ``surface_source`` filled: the mean over the segment by
        what decides on most of it, and the surface only where that reaches ``rules.decide``. NaN,
        unknown and none where nothing is known.
    """
    start = segments["start_distance"].to_numpy()
    end = segments["end_distance"].to_numpy()

    def mean(values: NDArray[np.generic]) -> Floats:
        return mean_over(values, evidence.distance, start, end)

    # The weakest evidence first; each that follows takes over the segments on which it decides.
    # 1. The tag and the signal speak of every stretch. The tag is in the signal already; alone it
    #    stands for the run as a whole.
    p_trail = _by_tag_and_signal(evidence, start, end)
    by = SurfaceSource.SIGNAL if np.isnan(evidence.tag) else SurfaceSource.TAG
    source = np.where(np.isnan(p_trail), SurfaceSource.NONE.value, by.value)
    # 2. A map that is not sure is better than nothing; it then leaves the surface unknown.
    unsure = mean(evidence.p_trail)
    left_open = np.isnan(p_trail) & ~np.isnan(unsure)
    p_trail = np.where(left_open, unsure, p_trail)
    source = np.where(left_open, SurfaceSource.MAP.value, source)
    # 3. A map, then a label, decides where it speaks of at least as much of the segment as anything
    #    weaker.
    mapped = mean(evidence.source == SurfaceSource.MAP)
    labelled = mean(evidence.source == SurfaceSource.LABEL)
    rest = 1.0 - labelled - mapped
    for kind, share, weaker in (
        (SurfaceSource.MAP, mapped, rest),
        (SurfaceSource.LABEL, labelled, np.maximum(mapped, rest)),
    ):
        decides = (share > 0) & (share >= weaker)
        own = np.where(evidence.source == kind, evidence.p_trail, np.nan)
        p_trail = np.where(decides, mean(own), p_trail)
        source = np.where(decides, kind.value, source)
        left_open &= ~decides
    sure = [
        left_open,
        p_trail >= rules.decide,
        p_trail <= 1.0 - rules.decide,
    ]
    named = [Surface.UNKNOWN, Surface.TRAIL, Surface.ROAD]
    surface = np.select(sure, named, Surface.UNKNOWN)
    return segments.assign(
        p_trail=p_trail,
        surface=_text_column(surface, segments.index),
        surface_source=_text_column(source, segments.index),
    )


def mean_over(
    values: NDArray[np.generic], distance: Floats, start: Floats, end: Floats
) -> Floats:
    """Return the mean between pairs of distances of values every `SPACING` metres, NaN left out.

    Parameters
    ----------
    values : numpy.ndarray, shape (m,)
    distance : numpy.ndarray, shape (m,)
        [m]
    start, end : numpy.ndarray, shape (s,)
        [m]

    Returns
    -------
    numpy.ndarray, shape (s,)
        NaN where no value is known; 0 for flags where there is no distance.
    """
    if not len(distance):
        return np.full(len(start), 0.0 if values.dtype == np.bool_ else np.nan)
    number = values.astype(float)
    known = np.isfinite(number)
    if not known.any() or (values.dtype == np.bool_ and not values.any()):
        return np.full(len(start), 0.0 if known.any() else np.nan)
    share = mean_between(distance, known.astype(float), SPACING, start, end)
    total = mean_between(
        distance, np.where(known, number, 0.0), SPACING, start, end
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(share > 1e-9, total / share, np.nan)


def _by_tag_and_signal(
    evidence: SurfaceEvidence, start: Floats, end: Floats
) -> Floats:
    """Return the probability of trail where neither label nor map decides."""
    signal = evidence.signal
    if signal:
        return mean_between(
            signal.distance, signal.p_trail, WINDOW_STEP, start, end
        )
    return np.full(
        len(start), evidence.tag if _outdoors(evidence.run) else np.nan
    )


def _outdoors(run: CleanActivity) -> bool:
    return has_ground(run.meta.sport, run.meta.sub_sport)


def _of_map(
    match: MapMatch | None, n: int, rules: TerrainRules
) -> tuple[Floats, NDArray[np.str_]]:
    """Return the probability of trail by the map, and the surface where it decides.

    Stretches shorter than ``rules.min_length`` take the answer of their neighbours; what their own
    ways said is left out of the probability.
    """
    if match is None:
        return np.full(n, np.nan), np.full(n, "", dtype="<U7")
    trail, road = (
        match.p_decided >= rules.decide,
        match.p_decided <= 1.0 - rules.decide,
    )
    said = np.select([trail, road], [1, 2], 0)
    shortest = max(1, round(rules.min_length / SPACING))
    answer = without_short(_without_doubt(said, shortest), shortest)
    overruled = (answer != 0) & (answer != said)
    names = np.array(["", Surface.TRAIL.value, Surface.ROAD.value], dtype="<U7")
    return np.where(overruled, np.nan, match.p_trail), names[answer]


def _without_doubt(codes: Ints, shortest: int) -> Ints:
    """Give zeros, in runs shorter than ``shortest``, the nearest other code: where a way ends is
    never quite sure.
    """
    size = len(codes)
    index = np.arange(size)
    known = np.flatnonzero(codes)
    if not len(known):
        return codes
    after = np.searchsorted(known, index)
    left = np.where(after > 0, known[after - 1], -size)
    behind = known[np.minimum(after, len(known) - 1)]
    right = np.where(after < len(known), behind, 2 * size)
    nearest = np.where(index - left <= right - index, left, right)
    length = np.minimum(right, size) - np.maximum(left, -1) - 1
    return np.where((codes == 0) & (length < shortest), codes[nearest], codes)


def _decided(evidence: SurfaceEvidence, at: Floats) -> Flags:
    """Return whether labels or map decide at some distances."""
    if not len(evidence.distance):
        return np.zeros(len(at), bool)
    row = np.clip(at / SPACING, 0, len(evidence.distance) - 1).astype(int)
    return np.asarray(evidence.source[row] != "")


def _tag(run: CleanActivity, rules: TerrainRules) -> float:
    """Return the probability by the file's tag, NaN when there is none or it may not be used."""
    meta = run.meta
    if SurfaceSource.TAG not in rules.sources:
        return float("nan")
    if not is_on_foot(meta.sport, meta.sub_sport):
        return float("nan")
    return TAG_PROBABILITY.get(meta.sub_sport, float("nan"))


def _log_odds(tag: float) -> float:
    """Return what the tag adds to the log-odds of the whole run: nothing without one, and nothing
    indoors, where there is no ground.
    """
    return log(tag / (1.0 - tag)) if 0.0 < tag < 1.0 else 0.0


def _whole_by_tag_or_signal(
    estimate: SurfaceEstimate, tag: float, rules: TerrainRules
) -> tuple[float, SurfaceSource]:
    """Return what tag or signal say about the whole run."""
    if not np.isnan(tag):
        return tag, SurfaceSource.TAG
    whole = estimate.activity_probability
    if SurfaceSource.SIGNAL in rules.sources and not np.isnan(whole):
        return whole, SurfaceSource.SIGNAL
    return float("nan"), SurfaceSource.NONE


def _text_column(values: NDArray[np.str_], index: pd.Index) -> pd.Series[str]:
    return pd.Series(values.tolist(), index=index, dtype="str")
