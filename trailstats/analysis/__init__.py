"""From one activity to its numbers: `analyze` unpacks, calls formulas, and wraps what they give as
`Metric`.
"""

from __future__ import annotations

import os
from dataclasses import replace

from trailstats.analysis._even_ground import (
    EvenGround,
    even_ground_metrics,
    even_ground_of,
)
from trailstats.analysis._ground import run_surface
from trailstats.analysis._judged import judged_metrics
from trailstats.analysis._local_time import by_local_time, with_zone
from trailstats.analysis._measured import measure_metrics
from trailstats.analysis._other_metrics import with_other_metrics
from trailstats.analysis._own import Motion, OwnResults, own_results
from trailstats.analysis._parts import part_table
from trailstats.analysis._samples import Samples
from trailstats.analysis._stretches import stretch_table
from trailstats.analysis._sums import (
    GroundOfSamples,
    heart_rate_times,
    thin_profile,
    total_up,
)
from trailstats.analysis.options import Options
from trailstats.analysis.recording import Recording
from trailstats.boundary import reading
from trailstats.cleaning import CleanRules, clean
from trailstats.io.formats import ReadLimits, Source, read
from trailstats.metrics.effort import population_even_ground
from trailstats.model.activity import Activity, Issue
from trailstats.model.athlete import Athlete
from trailstats.model.inputs import AthleteLike
from trailstats.model.limits import HeartRateLimits, resolve_limits
from trailstats.model.plugins import plugin_issue
from trailstats.model.results import Analysis, Metric, Totals
from trailstats.terrain import (
    SurfaceEstimate,
    SurfaceEvidence,
    TerrainRules,
    gather_evidence,
    ground_segments,
)
from trailstats.terrain.climbs import climb_columns
from trailstats.terrain.inputs import LabelsLike, MapLike

__all__ = [
    "Analysis",
    "Metric",
    "Motion",
    "Options",
    "OwnResults",
    "Totals",
    "analyze",
    "analyze_by",
    "judge",
    "measure",
    "measure_with_motion",
    "own_results",
    "refit",
    "run_surface",
]


def analyze(
    source: Activity | Source,
    *,
    athlete: AthleteLike | None = None,
    cleaning: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: MapLike | None = None,
    labels: LabelsLike | None = None,
    limits: ReadLimits | None = None,
) -> Analysis:
    """Analyse one activity.

    Parameters
    ----------
    source : Activity, path, bytes or binary stream
        Read first where it is no `Activity`. The analysis doesn't hold an activity: `records` need
        it, so keep it as long as you look at them. Those of a stream are not there afterwards.
    athlete : Athlete, path or mapping, optional
        A profile, a TOML file with one, or its keys and values. Without heart-rate limits, what
        rests on them is missing and says so.
    cleaning : CleanRules, optional
    terrain : TerrainRules, optional
    map : RoadMap, path or list of paths, optional
        Local map extracts; by default those of the athlete's profile.
    labels : SurfaceLabels or path, optional
        The runner's own labels of stretches.
    limits : ReadLimits, optional

    Returns
    -------
    Analysis

    Raises
    ------
    ReadError
        See `read`; `InternalError` for a fault of trailstats that the recording brings to light.
    ConfigError, MissingExtraError, WriteError
        When a profile, label file or map can't be used; see `RoadMap`.
    TypeError
        For an option of another type.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
    >>> run.metrics["session_load"].unit
    '1'
    """
    options = Options.of(
        athlete=athlete,
        cleaning=cleaning,
        terrain=terrain,
        map=map,
        labels=labels,
        limits=limits,
    )
    return analyze_by(source, options)


def analyze_by(source: Activity | Source, options: Options) -> Analysis:
    """Return what `analyze` returns, by options that are at hand."""
    activity = (
        source
        if isinstance(source, Activity)
        else read(source, limits=options.limits)
    )
    with reading(activity.meta.source):
        limits = resolve_limits(options.athlete, day=activity.meta.start_time)
        found = judge(measure(activity, options), limits, options.athlete)
    origin = source if isinstance(source, str | os.PathLike | bytes) else activity
    return Recording.kept_with(found, origin, options)


def measure(activity: Activity, options: Options) -> Analysis:
    """Return everything that does not depend on heart-rate limits; `judge` adds the rest."""
    return measure_with_motion(activity, options)[0]


def measure_with_motion(
    activity: Activity, options: Options
) -> tuple[Analysis, Motion]:
    """Return what `measure` returns, and what `refit` needs to do without the recording."""
    terrain = options.terrain
    run = clean(activity, cleaning=options.cleaning)
    evidence = gather_evidence(
        run, terrain=terrain, map=options.map, labels=options.labels
    )
    segments = ground_segments(evidence, terrain)
    samples = Samples.of(run)
    totals = total_up(samples, segments)
    motion = Motion(samples, GroundOfSamples.of(samples, segments))
    own = own_results(motion, totals, options.athlete)
    metrics, efforts, beyond = measure_metrics(
        samples, segments, totals, own.metrics, evidence
    )
    stretches = stretch_table(samples, segments)
    worth = even_ground_of(
        stretches, totals.moving_time, population_even_ground()
    )
    metrics |= even_ground_metrics(worth, totals.moving_time)
    found = Analysis.with_later(
        {
            "segments": segments,
            "climbs": climb_columns(run, terrain),
            "profile": thin_profile(samples, segments),
            "impact": own.impact,
            "efforts": efforts,
            "stretches": stretches,
            "parts": part_table(samples, segments),
        },
        meta=replace(with_zone(run), attribution=_attribution(evidence)),
        totals=totals,
        metrics=metrics,
        heart_rate_times=heart_rate_times(samples),
        issues=run.issues + beyond + _used(evidence.signal, terrain),
    )
    return with_other_metrics(found, run), motion


def refit(analysis: Analysis, own: OwnResults) -> Analysis:
    """Return an analysis with what rests on other measures of the runner's."""
    metrics = analysis.metrics | own.metrics
    return analysis.having(metrics=metrics, impact=own.impact)


def _attribution(evidence: SurfaceEvidence) -> str:
    """Return what has to stand beside the ground for which ways of a map were of use."""
    return evidence.match.attribution if evidence.match else ""


def _used(estimate: SurfaceEstimate, terrain: TerrainRules) -> tuple[Issue, ...]:
    """Return that the athlete's own pace was evidence of the ground, where it was, or that the
    model that was asked for was not.
    """
    baseline = terrain.baseline
    if estimate.fault:
        return (plugin_issue(f"{estimate.fault}; our own model was used"),)
    return (
        ()
        if baseline is None or "baseline" not in estimate.channels
        else (baseline.issue,)
    )


def judge(
    analysis: Analysis,
    limits: HeartRateLimits,
    athlete: Athlete,
    worth: EvenGround | None = None,
) -> Analysis:
    """Return the analysis with the zones and loads that follow from heart-rate limits, and the
    local time that follows from the profile.

    Parameters
    ----------
    analysis : Analysis
        From `measure`; one judged before is judged anew.
    limits : HeartRateLimits
    athlete : Athlete
    worth : EvenGround, optional
        What the run is worth on level road by the runner's own curve, where that is known.

    Returns
    -------
    Analysis
    """
    if worth is not None:
        own = even_ground_metrics(worth, analysis.totals.moving_time)
        analysis = analysis.having(metrics=analysis.metrics | own)
    judged = judged_metrics(analysis, limits, athlete, worth)
    return analysis.having(
        meta=by_local_time(analysis.meta, athlete),
        metrics=analysis.metrics | judged,
    )
