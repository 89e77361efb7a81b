"""From one activity to its numbers: `analyze` unpacks, calls formulas, and wraps what they give as
`Metric`.
"""

from __future__ import annotations

from dataclasses import replace

from trailstats.analysis._measured import judged_metrics, measure_metrics
from trailstats.analysis._samples import Samples
from trailstats.analysis._sums import (
    heart_rate_times,
    impact_table,
    thin_profile,
    total_up,
)
from trailstats.cleaning import CleanRules, clean
from trailstats.io.formats import ReadLimits, Source, read
from trailstats.metrics.impact import POPULATION_CADENCE, CadenceModel
from trailstats.model.activity import Activity, Issue
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits, resolve_limits
from trailstats.model.results import Analysis, Metric, Totals
from trailstats.terrain import (
    RoadMap,
    SurfaceEstimate,
    SurfaceLabels,
    TerrainRules,
    gather_evidence,
    map_for,
    surface_cuts,
    with_ground,
)
from trailstats.terrain.climbs import find_climbs
from trailstats.terrain.segments import segments_cut_at

__all__ = ["Analysis", "Metric", "Totals", "analyze", "judge", "measure"]


def analyze(
    source: Activity | Source,
    *,
    athlete: Athlete | None = None,
    rules: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: RoadMap | None = None,
    labels: SurfaceLabels | None = None,
    limits: ReadLimits | None = None,
) -> Analysis:
    """Analyse one activity.

    Parameters
    ----------
    source : Activity, path, bytes or binary stream
        Read first where it is no `Activity`.
    athlete : Athlete, optional
        Without heart-rate limits, what rests on them is missing and says so.
    rules : CleanRules, optional
    terrain : TerrainRules, optional
    map : RoadMap, optional
        Local map extracts; by default those of the athlete's profile.
    labels : SurfaceLabels, optional
        The runner's own labels of stretches.
    limits : ReadLimits, optional

    Returns
    -------
    Analysis

    Raises
    ------
    ReadError
        See `read`.
    ConfigError, MissingExtraError, WriteError
        When the map can't be used; see `RoadMap`.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
    >>> run.metrics["session_load"].unit
    '1'
    """
    activity = source if isinstance(source, Activity) else read(source, limits=limits)
    athlete = athlete or Athlete()
    terrain = terrain or TerrainRules()
    map = map_for(map, athlete.osm, terrain)
    measured = measure(
        activity, athlete=athlete, rules=rules, terrain=terrain, map=map, labels=labels
    )
    return judge(
        measured, resolve_limits(athlete, day=activity.meta.start_time), athlete
    )


def measure(
    activity: Activity,
    *,
    athlete: Athlete,
    rules: CleanRules | None = None,
    terrain: TerrainRules | None = None,
    map: RoadMap | None = None,
    labels: SurfaceLabels | None = None,
) -> Analysis:
    """Return everything that does not depend on heart-rate limits; `judge` adds the rest.

    Parameters
    ----------
    activity : Activity
    athlete : Athlete
    rules : CleanRules, optional
    terrain : TerrainRules, optional
    map : RoadMap, optional
        That of the athlete's profile is not looked for here.
    labels : SurfaceLabels, optional

    Returns
    -------
    Analysis
    """
    terrain = terrain or TerrainRules()
    run = clean(activity, cleaning=rules)
    evidence = gather_evidence(run, terrain=terrain, map=map, labels=labels)
    cut = segments_cut_at(run, surface_cuts(evidence, terrain), terrain)
    segments = with_ground(evidence, cut, terrain)
    own = athlete.cadence_at_3
    samples = Samples.of(
        run,
        cadence_model=CadenceModel(own, personal=True) if own else POPULATION_CADENCE,
    )
    impact = impact_table(samples, segments)
    totals = total_up(samples, segments)
    metrics, efforts = measure_metrics(
        samples, segments, impact, totals, athlete, evidence
    )
    return Analysis(
        meta=activity.meta,
        totals=totals,
        metrics=metrics,
        segments=segments,
        climbs=find_climbs(run, terrain=terrain),
        profile=thin_profile(samples, segments),
        impact=impact,
        efforts=efforts,
        heart_rate_times=heart_rate_times(samples),
        issues=run.issues + _used(evidence.signal, terrain),
    )


def _used(estimate: SurfaceEstimate, terrain: TerrainRules) -> tuple[Issue, ...]:
    """Return that the athlete's own pace told the ground, where it did."""
    baseline = terrain.baseline
    return (
        ()
        if baseline is None or "baseline" not in estimate.channels
        else (baseline.issue,)
    )


def judge(analysis: Analysis, limits: HeartRateLimits, athlete: Athlete) -> Analysis:
    """Return the analysis with the zones and loads that follow from heart-rate limits.

    Parameters
    ----------
    analysis : Analysis
        From `measure`; one judged before is judged anew.
    limits : HeartRateLimits
    athlete : Athlete

    Returns
    -------
    Analysis
    """
    return replace(
        analysis, metrics=analysis.metrics | judged_metrics(analysis, limits, athlete)
    )
