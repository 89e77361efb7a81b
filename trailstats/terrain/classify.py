"""What lies under the feet on each stretch, from all the evidence at hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats
from trailstats.cleaning import clean
from trailstats.model.activity import Activity
from trailstats.model.inputs import as_given
from trailstats.schema import Columns, Surface, SurfaceSource
from trailstats.terrain.fusion import (
    TENTHS,
    SurfaceEvidence,
    gather_evidence,
    mean_over,
    surface_between,
    surface_cuts,
)
from trailstats.terrain.inputs import LabelsLike, MapLike, as_labels, as_map
from trailstats.terrain.maps import RoadMap
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.segments import (
    Words,
    cuts_by_slope_and_gait,
    further_cuts,
    gaits_between,
    hiked_samples,
    segment_table,
)
from trailstats.terrain.technical import technical_probability

__all__ = [
    "classify_by",
    "classify_terrain",
    "ground_segments",
    "map_for",
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
    hiking = hiked_samples(evidence.run, rules)
    return _cut_by_ground(
        evidence, (starts[1:], slopes), hiking, rules
    ).to_frame()


def ground_segments(evidence: SurfaceEvidence, rules: TerrainRules) -> Columns:
    """Return the segments of a run by slope, gait and ground, with what lies under the feet.

    Parameters
    ----------
    evidence : SurfaceEvidence
    rules : TerrainRules

    Returns
    -------
    Columns
        Of the table ``schema.SEGMENTS``.
    """
    hiking = hiked_samples(evidence.run, rules)
    cut = cuts_by_slope_and_gait(evidence.run, hiking, rules)
    return _cut_by_ground(evidence, cut, hiking, rules)


def _cut_by_ground(
    evidence: SurfaceEvidence,
    cut: tuple[Floats, Words],
    hiking: Flags,
    rules: TerrainRules,
) -> Columns:
    """Return segments cut where the surface changes too; a border at which neither slope, gait,
    surface, its source nor the tenth of its probability changes is none.
    """
    run = evidence.run
    end = run.track_column("distance")[-1:]
    changes = surface_cuts(evidence, rules)
    cuts, slopes = further_cuts(run, cut, changes, rules)
    borders = np.concatenate(([0.0], cuts, end))
    ground = surface_between(evidence, borders, rules)
    if len(cuts):
        p_trail, *named = ground
        gaits = gaits_between(run, cuts, hiking)
        change = np.zeros(len(cuts), dtype=bool)
        for kinds in (slopes, gaits, np.digitize(p_trail, TENTHS), *named):
            change |= kinds[1:] != kinds[:-1]
        if not change.all():
            cuts, slopes = cuts[change], slopes[np.append(True, change)]
            borders = np.concatenate(([0.0], cuts, end))
            ground = surface_between(evidence, borders, rules)
    columns = _ground_columns(evidence, borders, ground, rules)
    return segment_table(run, cuts, slopes, hiking, columns)


def _ground_columns(
    evidence: SurfaceEvidence,
    borders: Floats,
    ground: tuple[Floats, NDArray[np.str_], NDArray[np.str_]],
    rules: TerrainRules,
) -> dict[str, object]:
    """Return the columns of segments that tell what lies under the feet on each."""
    p_trail, surface, source = ground
    technical = technical_probability(evidence.grid, borders, p_trail, rules)
    if evidence.match is not None:
        by_map = evidence.match.technical
        known = _mean(evidence, np.isfinite(by_map), borders) > 0.5
        # What a label calls a road stays one.
        known &= (source != SurfaceSource.LABEL) | (surface == Surface.TRAIL)
        tags = _mean(evidence, by_map, borders)
        technical = np.where(known, tags, technical)
    return {
        "p_trail": p_trail,
        "surface": surface,
        "surface_source": source,
        "p_technical": technical,
        "technical": technical >= rules.technical,
    }


def _mean(
    evidence: SurfaceEvidence, values: NDArray[np.generic], borders: Floats
) -> Floats:
    """Return the mean between borders [m] of what is known every 10 m."""
    return mean_over(values, evidence.distance, borders[:-1], borders[1:])
