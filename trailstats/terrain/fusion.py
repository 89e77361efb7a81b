"""Road or trail from everything that may be used: label before map before the file's tag before the
signal.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.cleaning import clean
from trailstats.model.activity import Activity, CleanActivity
from trailstats.schema import INDOOR, Surface, SurfaceSource, has_ground, is_on_foot
from trailstats.schema.arrays import Flags, Floats
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
"""Probability of a trail run by what the file calls it; judgement: people forget to change the
profile.
"""

COVERED = 0.5
"""Labels and a map speak for the whole run when they speak of at least this share of its length;
judgement.
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
        The ways followed, where a map may be used.
    signal : SurfaceEstimate
        Of the recording, with the tag's share; empty where neither may be used or tells.
    tag : float
        Probability by the file's tag; NaN without one.
    trail_probability : float
        Probability that the whole was a trail run; NaN where nothing tells.
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
    rules = terrain
    tag, grid = _tag(run, rules), run_grid(run)
    further = _log_odds(tag)
    if SurfaceSource.SIGNAL not in rules.sources:
        estimate = signal = SurfaceEstimate(np.empty(0), np.empty(0))
    elif estimate is None:
        estimate = signal = estimate_on_grid(run, grid, rules, further)
    else:
        signal = (
            with_log_odds(estimate, further, rules)
            if estimate and further
            else estimate
        )
    outdoors = has_ground(run.meta.sport, run.meta.sub_sport)
    use_map = outdoors and SurfaceSource.MAP in rules.sources
    match = map.match(run) if map is not None and use_map else None
    distance = (
        _even_points(run)
        if match is None or not len(match.distance)
        else match.distance
    )
    p_trail, surface = _of_map(match, len(distance), rules)
    source = np.where(surface != "", SurfaceSource.MAP.value, "").astype("<U5")
    if labels is not None and SurfaceSource.LABEL in rules.sources:
        own = labels.along(run, distance)
        said = own != ""
        surface, source = (
            np.where(said, own, surface),
            np.where(said, SurfaceSource.LABEL.value, source),
        )
        p_trail = np.where(
            said,
            np.select([own == "trail", own == "road"], [1.0, 0.0], np.nan),
            p_trail,
        )
    whole, by = _whole(estimate, tag, rules)
    spoken = np.isfinite(p_trail)
    if len(distance) and spoken.mean() >= COVERED:
        labelled = (source == SurfaceSource.LABEL).sum() > spoken.sum() / 2
        whole, by = (
            float(p_trail[spoken].mean()),
            SurfaceSource.LABEL if labelled else SurfaceSource.MAP,
        )
    return SurfaceEvidence(
        run, grid, distance, source, surface, p_trail, match, signal, tag, whole, by
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
        NaN when nothing that may be used tells.
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
    bounds = np.union1d(np.arange(1, 10) / 10.0, [1.0 - rules.decide, rules.decide])
    edges = np.flatnonzero(np.diff(np.digitize(estimate.p_trail, bounds)))
    soft = (estimate.distance[edges] + estimate.distance[edges + 1]) / 2.0
    return np.union1d(firm, soft[~_decided(evidence, soft)])


def firm_cuts(evidence: SurfaceEvidence) -> Floats:
    """Return where the answer of labels or map begins, changes or ends [m]."""
    changes = (evidence.surface[1:] != evidence.surface[:-1]) | (
        evidence.source[1:] != evidence.source[:-1]
    )
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
        unknown and none where nothing tells.
    """
    start, end = (segments[c].to_numpy() for c in ("start_distance", "end_distance"))
    kinds = (SurfaceSource.LABEL, SurfaceSource.MAP)
    shares = [
        mean_over(evidence.source == kind, evidence.distance, start, end)
        for kind in kinds
    ]
    rest = 1.0 - shares[0] - shares[1]
    below = _by_tag_and_signal(evidence, start, end)
    by = SurfaceSource.SIGNAL if np.isnan(evidence.tag) else SurfaceSource.TAG
    # A map that is not sure is better than nothing; it then leaves the surface unknown.
    weak = mean_over(evidence.p_trail, evidence.distance, start, end)
    unsure = np.isnan(below) & ~np.isnan(weak)
    p_trail = np.where(unsure, weak, below)
    source = np.where(
        unsure,
        SurfaceSource.MAP.value,
        np.where(np.isnan(below), SurfaceSource.NONE.value, by.value),
    )
    for kind, share, others in (
        (kinds[1], shares[1], rest),
        (kinds[0], shares[0], np.maximum(shares[1], rest)),
    ):
        decides = (share > 0) & (share >= others)
        own = np.where(evidence.source == kind, evidence.p_trail, np.nan)
        p_trail = np.where(
            decides, mean_over(own, evidence.distance, start, end), p_trail
        )
        source = np.where(decides, kind.value, source)
    decided = [p_trail >= rules.decide, p_trail <= 1.0 - rules.decide]
    surface = np.select(
        decided, [Surface.TRAIL.value, Surface.ROAD.value], Surface.UNKNOWN.value
    )
    return segments.assign(
        p_trail=p_trail,
        surface=_words(surface, segments.index),
        surface_source=_words(source, segments.index),
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
    number = values.astype(np.float64)
    known = np.isfinite(number)
    if not known.any() or (values.dtype == np.bool_ and not values.any()):
        return np.full(len(start), 0.0 if known.any() else np.nan)
    share = mean_between(distance, known.astype(np.float64), SPACING, start, end)
    total = mean_between(distance, np.where(known, number, 0.0), SPACING, start, end)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(share > 1e-9, total / share, np.nan))


def _by_tag_and_signal(evidence: SurfaceEvidence, start: Floats, end: Floats) -> Floats:
    """Return the probability of trail where neither label nor map decides."""
    if evidence.signal:
        return mean_between(
            evidence.signal.distance, evidence.signal.p_trail, WINDOW_STEP, start, end
        )
    meta = evidence.run.meta
    outdoors = has_ground(meta.sport, meta.sub_sport)
    return np.full(len(start), evidence.tag if outdoors else np.nan)


def _of_map(
    match: MapMatch | None, n: int, rules: TerrainRules
) -> tuple[Floats, NDArray[np.str_]]:
    """Return the probability of trail by the map, and the surface where it decides.

    Stretches shorter than ``rules.min_length`` take the answer of their neighbours; what their own
    ways said is left out of the probability.
    """
    if match is None or not len(match.distance):
        return np.full(n, np.nan), np.full(n, "", dtype="<U7")
    said = np.select(
        [match.p_trail >= rules.decide, match.p_trail <= 1.0 - rules.decide], [1, 2], 0
    )
    shortest = max(1, round(rules.min_length / SPACING))
    answer = without_short(_without_doubt(said, shortest), shortest)
    words = np.array(["", Surface.TRAIL.value, Surface.ROAD.value], dtype="<U7")
    return np.where((answer != 0) & (answer != said), np.nan, match.p_trail), words[
        answer
    ]


def _without_doubt(codes: NDArray[np.int_], shortest: int) -> NDArray[np.int_]:
    """Give zeros, in runs shorter than ``shortest``, the nearest other code: where a way ends is
    never quite sure.
    """
    index, last = np.arange(len(codes)), len(codes)
    left = np.maximum.accumulate(np.where(codes != 0, index, -last))
    right = np.minimum.accumulate(np.where(codes != 0, index, 2 * last)[::-1])[::-1]
    nearest = np.where(index - left <= right - index, left, right)
    short = (np.minimum(right, last) - np.maximum(left, -1) - 1 < shortest) & (
        codes == 0
    )
    known = short & (nearest >= 0) & (nearest < last)
    return np.where(known, codes[np.clip(nearest, 0, last - 1)], codes)


def _decided(evidence: SurfaceEvidence, at: Floats) -> Flags:
    """Return whether labels or map decide at some distances."""
    if not len(evidence.distance):
        return np.zeros(len(at), dtype=bool)
    return np.asarray(
        evidence.source[
            np.clip(at / SPACING, 0, len(evidence.distance) - 1).astype(int)
        ]
        != ""
    )


def _even_points(run: CleanActivity) -> Floats:
    """Return points every `SPACING` metres along a run."""
    return np.arange(SPACING / 2, run.track["distance"].iloc[-1], SPACING)


def _tag(run: CleanActivity, rules: TerrainRules) -> float:
    """Return the probability by the file's tag, NaN when there is none or it may not be used."""
    meta = run.meta
    if SurfaceSource.TAG not in rules.sources:
        return float("nan")
    if not is_on_foot(meta.sport, meta.sub_sport):
        return float("nan")
    return TAG_PROBABILITY.get(meta.sub_sport, float("nan"))


def _log_odds(tag: float) -> float:
    """Return what the tag adds to the log-odds of the whole run: nothing without one, and indoors
    without ground.
    """
    return log(tag / (1.0 - tag)) if 0.0 < tag < 1.0 else 0.0


def _whole(
    estimate: SurfaceEstimate, tag: float, rules: TerrainRules
) -> tuple[float, SurfaceSource]:
    """Return what tag or signal say about the whole run."""
    if not np.isnan(tag):
        return tag, SurfaceSource.TAG
    if SurfaceSource.SIGNAL in rules.sources and not np.isnan(
        estimate.activity_probability
    ):
        return estimate.activity_probability, SurfaceSource.SIGNAL
    return float("nan"), SurfaceSource.NONE


def _words(values: NDArray[np.str_], index: pd.Index) -> pd.Series[str]:
    return pd.Series(values.tolist(), index=index, dtype="str")
