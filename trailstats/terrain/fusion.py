"""Road or trail from everything that may be used.

Along a run a label goes before a map, and a map before the rest; all of them, with the file's tag
and the signal, enter what is believed of the run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats
from trailstats.cleaning import clean
from trailstats.model.activity import Activity, CleanActivity
from trailstats.schema import (
    INDOOR,
    Surface,
    SurfaceSource,
    has_ground,
    is_on_foot,
)
from trailstats.terrain._model import surface_model
from trailstats.terrain._sequence import (
    log_odds_of,
    mean_between,
    without_short,
)
from trailstats.terrain.belief import GroundBelief, believe
from trailstats.terrain.features import WINDOW_STEP, RunGrid, run_grid
from trailstats.terrain.labels import SurfaceLabels
from trailstats.terrain.map_evidence import ground_by_map
from trailstats.terrain.maps import MapMatch, RoadMap
from trailstats.terrain.maps.road_map import SPACING
from trailstats.terrain.other_models import estimate_by_rules
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.surface import SurfaceEstimate

__all__ = [
    "SurfaceEvidence",
    "firm_cuts",
    "gather_evidence",
    "mean_over",
    "surface_between",
    "surface_cuts",
    "trail_probability",
]


PRIOR_SPREAD = 2.0
"""How far the log-odds of a run may lie on either side where no signal tells (our choice): shares
of trail from .02 to .98.
"""

SHORTEST = 200.0
"""Pieces by the signal that are shorter join their neighbours [m] (our choice)."""

TENTHS = np.arange(1, 10) / 10.0
"""Probabilities at which segments are cut."""

SLOPE = 500.0
"""A border by the signal lies where the way of running changes, if it does within so many metres:
windows of a kilometre blur a border that far (our choice).
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
        Of the recording; empty where it may not be used or shows nothing.
    tag : float
        Log-odds of a trail run by the file's tag; NaN without one, -inf indoors.
    windows : numpy.ndarray, shape (w,)
        Centres of the windows that the belief is about [m].
    along : numpy.ndarray, shape (w,)
        Probability of trail at each window by all evidence; NaN where nothing is known.
    belief : GroundBelief or None
        Of the run, by all evidence; None where less than half of it is known, and indoors.
    trail_source : SurfaceSource
        What the belief rests on.
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
    windows: Floats
    along: Floats
    belief: GroundBelief | None
    trail_source: SurfaceSource

    @property
    def trail_probability(self) -> float:
        """Probability that most of the way was trail; NaN where nothing is known, 0 indoors."""
        if self.belief is None:
            return 0.0 if self.tag == -np.inf else float("nan")
        return float(self.belief.beyond(0.5))


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
    signal = SurfaceEstimate.nothing()
    if SurfaceSource.SIGNAL in rules.sources:
        # One given that shows nothing is an answer too.
        signal = (
            estimate_by_rules(run, grid, rules) if estimate is None else estimate
        )
    match, covered = None, float("nan")
    if (
        road_map is not None
        and SurfaceSource.MAP in rules.sources
        and _outdoors(run)
    ):
        match = road_map.match(run)
        covered = match.covered
        match = match if len(match.distance) else None
    distance = np.arange(SPACING / 2, run.track_column("distance")[-1], SPACING)
    if match is not None:
        distance = match.distance
    p_trail, surface = ground_by_map(match, len(distance), rules)
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
    told = np.where(source != "", p_trail, np.nan)
    hints = np.where(source == "", p_trail, np.nan)
    windows, along, belief = _believe(run, signal, tag, (distance, told, hints))
    by = SurfaceSource.NONE
    if belief is not None or tag == -np.inf:
        labelled = (source == SurfaceSource.LABEL).sum()
        mapped = (source == SurfaceSource.MAP).sum()
        by = SurfaceSource.SIGNAL if np.isnan(tag) else SurfaceSource.TAG
        # What is known of the ground itself outweighs what the file is called.
        silent = np.isnan(tag) and not signal
        if silent or labelled + mapped >= COVERED * len(distance) > 0:
            most = labelled > mapped
            by = SurfaceSource.LABEL if most else SurfaceSource.MAP
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
        windows,
        along,
        belief,
        by,
    )


def _believe(
    run: CleanActivity,
    signal: SurfaceEstimate,
    tag: float,
    ground: tuple[Floats, Floats, Floats],
) -> tuple[Floats, Floats, GroundBelief | None]:
    """Return windows, the probability of trail in each, and what is believed of the run.

    ``ground`` holds distances, the probability by label or map where these decide, and that by a
    map which is not sure.
    """
    distance, told, hints = ground
    length = float(run.track_column("distance")[-1])
    centres = signal.distance
    if not signal:
        centres = np.arange(WINDOW_STEP / 2.0, length, WINDOW_STEP)
    nothing = np.full(len(centres), np.nan)
    if not len(centres) or not _outdoors(run):
        return centres, nothing, None
    ends = centres - WINDOW_STEP / 2.0, centres + WINDOW_STEP / 2.0
    known = mean_over(told, distance, *ends)
    known[mean_over(np.isfinite(told), distance, *ends) < COVERED] = np.nan
    unsure = mean_over(hints, distance, *ends)
    hint = np.where(np.isnan(unsure), 0.0, log_odds_of(unsure))
    mean, spread, relative = 0.0, PRIOR_SPREAD, np.zeros(len(centres))
    if signal and np.isfinite(signal.mean):
        mean, spread, relative = signal.mean, signal.spread, signal.relative
    elif signal:
        # Another model's windows stand as they are.
        spread, relative = 0.0, log_odds_of(signal.p_trail)
    heard = np.ones(len(centres), dtype=bool)
    if not signal and np.isnan(tag):
        # A map that is not sure is all that there is; it isn't made surer by the rest of the run.
        known, hint = (
            np.where(np.isnan(known), unsure, known),
            np.zeros(len(hint)),
        )
        heard = np.isfinite(known)
        if heard.mean() < COVERED:
            return centres, known, None
    odds = 1.0 if np.isnan(tag) else float(np.exp(tag))
    belief = signal.belief
    if belief is None or odds != 1.0 or hint.any() or np.isfinite(known).any():
        shift = (relative + hint)[heard]
        belief = believe(mean, spread, shift, known[heard], WINDOW_STEP, odds)
    along = nothing.copy()
    along[heard] = belief.p_trail
    return centres, along, belief


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
        ``sources`` says which evidence may be used.
    map : RoadMap, optional
    labels : SurfaceLabels, optional

    Returns
    -------
    probability : float
        That most of the way was trail; NaN when nothing that may be used is known.
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
        A window is trail, or road, when the probability of that reaches ``decide``, else unknown.

    Returns
    -------
    numpy.ndarray
        Distances since the start, rising [m]. By label and map: where their answer changes.
        Elsewhere half-way between two windows of which the surface or the tenth of the probability
        differs, so that the mean over a segment stands for all of it; pieces under `SHORTEST` join
        their neighbours. Where the way of running changes within `SLOPE`, the cut lies there.
    """
    firm = firm_cuts(evidence)
    p = evidence.along
    if len(p) < 2 or evidence.belief is None:
        return firm
    bounds = np.union1d(TENTHS, [1.0 - rules.decide, rules.decide])
    kinds = np.digitize(p, bounds)
    kinds = without_short(kinds, round(SHORTEST / WINDOW_STEP), ordered=True)
    edges = np.flatnonzero(np.diff(kinds))
    soft = (evidence.windows[edges] + evidence.windows[edges + 1]) / 2.0
    soft = _at_changes(soft, evidence.signal.changes)
    return np.union1d(firm, soft[~_decided(evidence, soft)])


def _at_changes(cuts: Floats, changes: Floats) -> Floats:
    """Return cuts, each at the nearest change if that lies within `SLOPE` [m]."""
    if not len(cuts) or not len(changes):
        return cuts
    far = np.abs(np.subtract.outer(cuts, changes))
    near = far.argmin(axis=1)
    return np.where(far.min(axis=1) <= SLOPE, changes[near], cuts)


def firm_cuts(evidence: SurfaceEvidence) -> Floats:
    """Return where the answer of labels or map begins, changes or ends [m]."""
    changes = evidence.surface[1:] != evidence.surface[:-1]
    changes |= evidence.source[1:] != evidence.source[:-1]
    return np.asarray(evidence.distance[1:][changes] - SPACING / 2.0)


def surface_between(
    evidence: SurfaceEvidence, borders: Floats, rules: TerrainRules
) -> tuple[Floats, NDArray[np.str_], NDArray[np.str_]]:
    """Return the probability of trail, the surface and its source between borders [m].

    Parameters
    ----------
    evidence : SurfaceEvidence
    borders : numpy.ndarray, shape (n + 1,)
    rules : TerrainRules

    Returns
    -------
    p_trail, surface, source : numpy.ndarray, shape (n,)
        The mean over the stretch by what decides on most of it, and the surface only where that
        reaches ``rules.decide``; NaN, unknown and none where nothing is known.
    """
    start, end = borders[:-1], borders[1:]

    def mean(values: NDArray[np.generic]) -> Floats:
        return mean_over(values, evidence.distance, start, end)

    # The weakest evidence first; each that follows takes over the segments on which it decides.
    # 1. What is believed of the run speaks of every stretch.
    p_trail = mean_over(evidence.along, evidence.windows, start, end, WINDOW_STEP)
    by = SurfaceSource.SIGNAL
    if np.isfinite(evidence.tag):
        by = SurfaceSource.TAG
    elif not evidence.signal:
        by = SurfaceSource.MAP
    source = np.where(np.isnan(p_trail), SurfaceSource.NONE.value, by.value)
    left_open = source == SurfaceSource.MAP
    # 2. A map, then a label, decides where it speaks of at least as much of the segment as anything
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
    # A map that is not sure, alone, leaves the surface unknown.
    sure = [
        left_open,
        p_trail >= rules.decide,
        p_trail <= 1.0 - rules.decide,
    ]
    named = [Surface.UNKNOWN, Surface.TRAIL, Surface.ROAD]
    return p_trail, np.select(sure, named, Surface.UNKNOWN), source


def mean_over(
    values: NDArray[np.generic],
    distance: Floats,
    start: Floats,
    end: Floats,
    spacing: float = SPACING,
) -> Floats:
    """Return the mean between pairs of distances of values at even distances, NaN left out.

    Parameters
    ----------
    values : numpy.ndarray, shape (m,)
    distance : numpy.ndarray, shape (m,)
        [m]
    start, end : numpy.ndarray, shape (s,)
        [m]
    spacing : float
        Between two values [m].

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
    share = mean_between(distance, known.astype(float), spacing, start, end)
    total = mean_between(
        distance, np.where(known, number, 0.0), spacing, start, end
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(share > 1e-9, total / share, np.nan)


def _outdoors(run: CleanActivity) -> bool:
    return has_ground(run.meta.sport, run.meta.sub_sport)


def _decided(evidence: SurfaceEvidence, at: Floats) -> Flags:
    """Return whether labels or map decide at some distances."""
    if not len(evidence.distance):
        return np.zeros(len(at), bool)
    row = np.clip(at / SPACING, 0, len(evidence.distance) - 1).astype(int)
    return np.asarray(evidence.source[row] != "")


def _tag(run: CleanActivity, rules: TerrainRules) -> float:
    """Return the log-odds by the file's tag, NaN when there is none or it may not be used."""
    meta = run.meta
    if SurfaceSource.TAG not in rules.sources:
        return float("nan")
    if not is_on_foot(meta.sport, meta.sub_sport):
        return float("nan")
    if meta.sub_sport in INDOOR:
        return float("-inf")
    return surface_model().tags.get(meta.sub_sport, float("nan"))
