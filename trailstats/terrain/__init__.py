"""What lies under the feet: road or trail, technical or not, climbs and descents."""

from __future__ import annotations

import pandas as pd

from trailstats.activity import Activity
from trailstats.cleaning import clean
from trailstats.errors import ConfigError
from trailstats.terrain.rules import TerrainRules
from trailstats.terrain.surface import (
    SurfaceEstimate,
    estimate_surface,
    fuse_tag,
    segment_surface,
    surface_cuts,
    trail_probability,
)
from trailstats.terrain.technical import technical_probability

__all__ = [
    "SurfaceEstimate",
    "TerrainRules",
    "classify_terrain",
    "estimate_surface",
    "segment_surface",
    "surface_cuts",
    "technical_probability",
    "trail_probability",
]


def classify_terrain(
    activity: Activity,
    segments: pd.DataFrame,
    *,
    rules: TerrainRules | None = None,
    map: object | None = None,
) -> pd.DataFrame:
    """Tell road from trail, and technical ground, along a run.

    Parameters
    ----------
    activity : Activity
        Cleaned; one as read is cleaned first.
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS`` from `cut_segments`; it is not changed.
    rules : TerrainRules, optional
        Which evidence may be used, and every threshold.
    map : None
        Evidence of a map.

    Returns
    -------
    pandas.DataFrame
        Table ``schema.SEGMENTS``, cut further where the surface changes, with ``surface``, ``p_trail``,
        ``surface_source``, ``technical`` and ``p_technical`` filled. Where nothing tells, the surface is unknown
        and the probabilities are NaN.

    Raises
    ------
    ConfigError
        When a map is given: this version has no evidence of maps.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.clean(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> stretches = ts.classify_terrain(run, ts.cut_segments(run))
    >>> set(stretches["surface"]) <= {"road", "trail", "unknown"}
    True
    """
    if map is not None:
        raise ConfigError("this version has no evidence of maps; leave the map out")
    # segments reads its thresholds from terrain.rules, which runs this module first.
    from trailstats.segments import split_segments

    rules = rules or TerrainRules()
    activity = clean(activity)
    estimate = fuse_tag(activity, estimate_surface(activity, rules=rules), rules)
    parts = split_segments(activity, segments, surface_cuts(activity, estimate, rules), rules=rules)
    parts = segment_surface(parts, estimate, activity, rules)
    p_technical = technical_probability(activity, parts, rules)
    return parts.assign(p_technical=p_technical, technical=p_technical >= rules.technical)
