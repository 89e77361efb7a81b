"""What lies under the feet on each stretch, from all the evidence at hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.cleaning import clean
from trailstats.model.activity import Activity
from trailstats.model.inputs import as_given
from trailstats.schema import Surface, SurfaceSource
from trailstats.terrain.fusion import (
    TENTHS,
    SurfaceEvidence,
    gather_evidence,
    mean_over,
    surface_between,
    surface_cuts,
    surface_of,
)
from trailstats.terrain.inputs import LabelsLike, MapLike, as_labels, as_map
from trailstats.terrain.maps import RoadMap
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.segments import (
    Words,
    cuts_by_slope_and_gait,
    further_cuts,
    gaits_between,
    segment_table,
)
from trailstats.terrain.technical import technical_probability

__all__ = [
    "classify_by",
    "classify_terrain",
    "ground_segments",
    "map_for",
    "with_ground",
]


def classify_terrain(
    activity: Activity,
    segments: pd.DataFrame,
    *,
    terrain: TerrainRules | None = None,
    map: MapLike | None = None,
    labels: LabelsLike | None = None,
) -> pd.DataFrame:
    """Tell road from trail, and technical ground, along a run.

    Parameters
    ----------
    activity : Activity
        One as read is cleaned first.
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS`` from `cut_segments`; it is not changed.
    terrain : TerrainRules, optional
        Which evidence may be used, and every threshold.
    map : RoadMap, path or list of paths, optional
        Local map extracts.
    labels : SurfaceLabels or path, optional
        The runner's own labels.

    Returns
    -------
    pandas.DataFrame
        Table ``schema.SEGMENTS``, cut further where the surface changes, with ``surface``,
        ``p_trail``, ``surface_source``, ``technical`` and ``p_technical`` filled. A label wins over
        the map, the map over the file's tag, the tag over the signal; where the map leaves it open,
        tag and signal decide. Where nothing is known, the surface is unknown and the
        probabilities are NaN.

    Raises
    ------
    ConfigError, MissingExtraError, WriteError
        When a map or label file can't be used; see `RoadMap`.
    TypeError
        For an option of another type.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.clean(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> stretches = ts.classify_terrain(run, ts.cut_segments(run))
    >>> set(stretches["surface"]) <= {"road", "trail", "unknown"}
    True
    """
    rules = as_given(TerrainRules, terrain, option="terrain")
    evidence = gather_evidence(
        clean(activity), terrain=rules, map=as_map(map), labels=as_labels(labels)
    )
    return classify_by(evidence, segments, rules)


def map_for(
    map: RoadMap | None, extracts: Sequence[str], rules: TerrainRules
) -> RoadMap | None:
    """Return the map to use, ready for workers: the one given, else one of the extracts of an
    athlete's profile; a fallback only without these.

    Parameters
    ----------
    map : RoadMap or None
    extracts : sequence of str
    rules : TerrainRules

    Returns
    -------
    RoadMap or None
        None without either, and when the rules don't allow maps.

    Raises
    ------
    ConfigError, MissingExtraError, WriteError
        See `RoadMap`.
    """
    if SurfaceSource.MAP not in rules.sources:
        return None
    if extracts and (map is None or map.fallback):
        map = RoadMap(extracts)
    if map is not None:
        map.prepare()
    return map


def classify_by(
    evidence: SurfaceEvidence, segments: pd.DataFrame, rules: TerrainRules
) -> pd.DataFrame:
    """Return what `classify_terrain` returns, from evidence that is at hand.

    Parameters
    ----------
    evidence : SurfaceEvidence
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``; it is not changed.
    rules : TerrainRules

    Returns
    -------
    pandas.DataFrame
    """
    starts = segments["start_distance"].to_numpy()
    slopes = segments["slope"].to_numpy(dtype=object)
    return _cut_by_ground(evidence, (starts[1:], slopes), rules)


def ground_segments(
    evidence: SurfaceEvidence, rules: TerrainRules
) -> pd.DataFrame:
    """Return the segments of a run by slope, gait and ground, with what lies under the feet.

    Parameters
    ----------
    evidence : SurfaceEvidence
    rules : TerrainRules

    Returns
    -------
    pandas.DataFrame
        Table ``schema.SEGMENTS``.
    """
    cut = cuts_by_slope_and_gait(evidence.run, rules)
    return _cut_by_ground(evidence, cut, rules)


def _cut_by_ground(
    evidence: SurfaceEvidence, cut: tuple[Floats, Words], rules: TerrainRules
) -> pd.DataFrame:
    """Return segments cut where the surface changes too; a border at which neither slope, gait,
    surface, its source nor the tenth of its probability changes is none.
    """
    run = evidence.run
    changes = surface_cuts(evidence, rules)
    cuts, slopes = further_cuts(run, cut, changes, rules)
    if len(cuts):
        ends = np.concatenate(([0.0], cuts, run.track_column("distance")[-1:]))
        p_trail, surface, source = surface_between(evidence, ends, rules)
        tenth = np.digitize(p_trail, TENTHS)
        gaits = gaits_between(run, cuts, rules)
        change = np.zeros(len(cuts), dtype=bool)
        for kinds in (slopes, surface, source, gaits, tenth):
            change |= kinds[1:] != kinds[:-1]
        cuts, slopes = cuts[change], slopes[np.append(True, change)]
    return with_ground(evidence, segment_table(run, cuts, slopes, rules), rules)


def with_ground(
    evidence: SurfaceEvidence, segments: pd.DataFrame, rules: TerrainRules
) -> pd.DataFrame:
    """Return segments that are cut already, with what lies under the feet on each.

    Parameters
    ----------
    evidence : SurfaceEvidence
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``, cut at `surface_cuts` too; it is not changed.
    rules : TerrainRules

    Returns
    -------
    pandas.DataFrame
        The columns that `classify_terrain` fills.
    """
    parts = surface_of(segments, evidence, rules)
    p_technical = technical_probability(evidence.grid, parts, rules)
    if evidence.match is not None:
        p_technical = _technical_by_map(p_technical, evidence, parts)
    return parts.assign(
        p_technical=p_technical, technical=p_technical >= rules.technical
    )


def _technical_by_map(
    p_technical: np.ndarray, evidence: SurfaceEvidence, parts: pd.DataFrame
) -> np.ndarray:
    """Return the probability of technical ground by the map, where its tags speak of most of a
    segment.
    """
    assert evidence.match is not None
    start, end = (
        parts[name].to_numpy() for name in ("start_distance", "end_distance")
    )
    technical = evidence.match.technical
    known = mean_over(np.isfinite(technical), evidence.distance, start, end) > 0.5
    # What a label calls a road stays one.
    labelled = (parts["surface_source"] == SurfaceSource.LABEL) & (
        parts["surface"] != Surface.TRAIL
    )
    return np.where(
        known & ~labelled.to_numpy(),
        mean_over(technical, evidence.distance, start, end),
        p_technical,
    )
