"""The ground: what it was, how the way turns over it, how varied it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats.analysis._samples import Samples
from trailstats.analysis._wrapping import NO_ELEVATION, NO_SPEED, found, missing
from trailstats.arrays import Floats
from trailstats.geo import local_xy
from trailstats.metrics import variability, variety
from trailstats.model.results import Analysis, Metric, Totals
from trailstats.schema import Columns, Gait, RunSurface, Slope, SurfaceSource
from trailstats.terrain import (
    SurfaceEvidence,
    TerrainRules,
    surface_of_run,
)

HOW_SOURCES_SPEAK = {
    SurfaceSource.LABEL: ", by length",
    SurfaceSource.MAP: ", by length",
    SurfaceSource.TAG: ", with what turning and speed tell",
    SurfaceSource.SIGNAL: ", modelled: turning and speed",
}
SLOPES = [slope.value for slope in Slope if slope is not Slope.UNKNOWN]
PATH = ("turn_density", "straightness")
TORN = 20.0
"""Positions may go on further than twice the cleaned distance by so much [m]: their noise (our
choice).
"""


def surface_metrics(
    samples: Samples,
    segments: Columns,
    evidence: SurfaceEvidence,
) -> dict[str, Metric]:
    """Return whether it was a trail run, how much of it, and the time on technical ground."""
    silent = "not known from the recording"
    probability, source = evidence.trail_probability, evidence.trail_source
    method = f"{source.description}{HOW_SOURCES_SPEAK.get(source, '')}"
    out = missing(silent, "trail_probability", "trail_expected")
    if not np.isnan(probability):
        out |= found("trail_probability", probability, method)
    if evidence.belief is not None:
        low, high = evidence.belief.interval
        out |= found(
            "trail_expected",
            evidence.belief.expected,
            method,
            low=low,
            high=high,
        )
    known = ~np.isnan(segments["p_technical"])
    if not known.any():
        return out | missing(silent, "technical_time")
    duration = segments["duration"]
    seconds = float(duration[segments["technical"]].sum())
    covered = float(duration[known].sum())
    return out | found(
        "technical_time",
        seconds,
        "modelled: a proxy from descent speed, its spread and turning",
        min(covered / max(samples.time.sum(), 1.0), 1.0),
    )


def map_metrics(covered: float) -> dict[str, Metric]:
    """Return how much of the run lies where the map has ways; NaN without a map."""
    if np.isnan(covered):
        return missing("no map was used", "map_coverage")
    return found("map_coverage", covered, "measured: tiles of the map with ways")


def run_surface(analysis: Analysis) -> RunSurface:
    """Return what the ground of a run is called as a whole.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    RunSurface
        See `terrain.surface_of_run`.

    Examples
    --------
    >>> import trailstats as ts
    >>> str(run_surface(ts.analyze("data/samples/archive/2024-02-16-1829.fit")))
    'road'
    """
    totals, metrics = analysis.totals, analysis.metrics
    if not metrics.keys() >= {"trail_expected", "trail_probability"}:
        return RunSurface.UNKNOWN
    expected = metrics["trail_expected"]
    return surface_of_run(
        (expected.value, expected.low, expected.high),
        metrics["trail_probability"].value,
        (totals.trail_share, totals.road_share),
        TerrainRules(),
    )


def path_metrics(samples: Samples) -> dict[str, Metric]:
    """Return how much the way turns."""
    s = samples
    latitude, longitude = s.records["latitude"], s.records["longitude"]
    placed = (s.time > 0) & ~np.isnan(latitude) & ~np.isnan(longitude)
    coverage = s.share(latitude, longitude)
    if not placed.any():
        return missing("no positions recorded", *PATH)
    x, y = _joined(
        *local_xy(latitude[placed], longitude[placed]), s.distance[placed]
    )
    turning = variability.turn_density(x, y)
    if np.isnan(turning):
        return missing("shorter than 40 m", *PATH)
    out = found(
        "turn_density",
        turning,
        "measured: changes of heading every 5 m after smoothing; errors of the "
        "positions add to it",
        coverage,
    )
    straight = variability.straightness(x, y)
    if not straight.size:
        return out | missing("shorter than 50 m", "straightness")
    return out | found(
        "straightness",
        float(np.median(straight)),
        "measured: median chord over path in 50 m windows",
    )


def _joined(x: Floats, y: Floats, distance: Floats) -> tuple[Floats, Floats]:
    """Return positions with its parts moved together, where positions went on by far more than the
    cleaned distance: across jumps, pauses and rides.
    """
    east, north = np.diff(x), np.diff(y)
    torn = np.hypot(east, north) > 2.0 * np.diff(distance) + TORN
    if not torn.any():
        return x, y
    east, north = (
        np.append(0.0, np.cumsum(np.where(torn, 0.0, part)))
        for part in (east, north)
    )
    return east, north


def course_metrics(segments: Columns, totals: Totals) -> dict[str, Metric]:
    """Return the size of the course and the evenness of its ground."""
    if np.isnan(totals.ascent) or not totals.distance > 0:
        return missing(
            NO_ELEVATION if totals.distance > 0 else NO_SPEED,
            "km_effort",
            "km_effort_speed",
            "terrain_evenness",
        )
    size = float(variety.km_effort(totals.distance, totals.ascent))
    out = found(
        "km_effort",
        size,
        "kilometres and a hundredth of the metres of ascent",
        1.0,
    )
    out |= found(
        "km_effort_speed",
        1000.0 * size / totals.moving_time,
        "the km-effort over the moving time: a rule of thumb",
        1.0,
    )
    evenness = variety.shannon_evenness(time_by_terrain(segments))
    return out | found(
        "terrain_evenness",
        evenness,
        "evenness of the time over nine kinds of terrain: seven slopes, technical, hiked",
        1.0,
    )


def time_by_terrain(segments: Columns | pd.DataFrame) -> list[float]:
    """Return the time on each of nine kinds of terrain: seven slope classes, technical ground,
    hiking [s].
    """
    # Texts as objects: comparing short columns of a frame costs more than everything else here.
    slope, gait = (
        np.asarray(segments[name], dtype=object) for name in ("slope", "gait")
    )
    time, rough = (
        np.asarray(segments[name]) for name in ("duration", "technical")
    )
    hiked = gait == Gait.HIKE
    technical = rough & ~hiked
    plain = ~hiked & ~technical
    by_slope = [float(time[plain & (slope == name)].sum()) for name in SLOPES]
    return [*by_slope, float(time[technical].sum()), float(time[hiked].sum())]
