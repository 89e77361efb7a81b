"""From one activity to its numbers: `analyze` unpacks, calls formulas, and wraps what they give as `Metric`."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trailstats._measures import measure_metrics
from trailstats._sums import heart_rate_times, impact_table, thin_profile, total_up
from trailstats.activity import Activity
from trailstats.athlete import Athlete
from trailstats.cleaning import CleanRules, clean
from trailstats.io.formats import ReadLimits, Source, read
from trailstats.limits import HeartRateLimits, resolve_limits
from trailstats.metrics import intensity, load
from trailstats.results import HEART_RATE_BINS, Analysis, Metric, Totals
from trailstats.schema import EvidenceStrength
from trailstats.segments import cut_segments
from trailstats.terrain import TerrainRules, classify_terrain
from trailstats.terrain.climbs import find_climbs

__all__ = ["Analysis", "Metric", "Totals", "analyze", "judge", "measure"]


def analyze(
    source: Activity | Source,
    *,
    athlete: Athlete | None = None,
    rules: CleanRules | None = None,
    terrain: TerrainRules | None = None,
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
    limits : ReadLimits, optional

    Returns
    -------
    Analysis

    Raises
    ------
    ReadError
        See `read`.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
    >>> run.metrics["session_load"].unit
    '1'
    """
    activity = source if isinstance(source, Activity) else read(source, limits=limits)
    athlete = athlete or Athlete()
    measured = measure(activity, athlete=athlete, rules=rules, terrain=terrain)
    return judge(measured, resolve_limits(athlete, day=activity.meta.start_time), athlete)


def measure(
    activity: Activity,
    *,
    athlete: Athlete,
    rules: CleanRules | None = None,
    terrain: TerrainRules | None = None,
) -> Analysis:
    """Return everything that does not depend on heart-rate limits; `judge` adds the rest.

    Parameters
    ----------
    activity : Activity
    athlete : Athlete
    rules : CleanRules, optional
    terrain : TerrainRules, optional

    Returns
    -------
    Analysis
    """
    terrain = terrain or TerrainRules()
    activity = clean(activity, rules=rules)
    segments = classify_terrain(activity, cut_segments(activity, rules=terrain), rules=terrain)
    impact = impact_table(activity, segments)
    totals = total_up(activity, segments)
    return Analysis(
        meta=activity.meta,
        totals=totals,
        metrics=measure_metrics(activity, segments, impact, totals, athlete, terrain),
        segments=segments,
        climbs=find_climbs(activity, rules=terrain),
        profile=thin_profile(activity, segments),
        impact=impact,
        heart_rate_times=heart_rate_times(activity),
        issues=activity.issues,
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
    times, moving = analysis.heart_rate_times, analysis.totals.moving_time
    rates = np.arange(HEART_RATE_BINS, dtype=np.float64)
    coverage = float(times.moving.sum()) / moving if moving > 0 else float("nan")
    reason = "no heart rate recorded" if not times.moving.any() else ""
    metrics = dict(analysis.metrics)
    metrics["session_load"] = _session_load(analysis, limits, athlete)
    if np.isnan(limits.easy_ceiling) and not reason:
        reason = f"heart-rate limits {limits.source}"
    bounds = [b for b in (limits.easy_ceiling, limits.hard_floor) if not np.isnan(b)]
    zones = intensity.time_in_zones(rates, times.moving, bounds) if bounds else np.full(3, np.nan)
    method = f"measured: moving time by heart rate; bounds: {limits.source}"
    for i in range(3):
        ok = not reason and i < len(zones)
        metrics[f"time_zone_{i + 1}"] = (
            Metric(float(zones[i]), "s", method=method, coverage=coverage, evidence=EvidenceStrength.MODERATE)
            if ok
            else Metric.missing("s", reason or "no second threshold")
        )
    late = float(times.settled.sum())
    if reason:
        for name in ("time_above_easy", "time_above_easy_climbing", "time_easy_judged", "hard_time"):
            metrics[name] = Metric.missing("s", reason)
        metrics["edwards_load"] = Metric.missing("1", reason)
        return replace(analysis, metrics=metrics)
    above = rates > limits.easy_ceiling
    note = f"{method}; without the first ten minutes"
    for name, value, words in (
        ("time_above_easy", float(times.settled[above].sum()), f"{note}, off climbs above 5 %"),
        ("time_above_easy_climbing", float(times.climbing[above].sum()), f"{note}, on climbs above 5 %"),
        ("time_easy_judged", late, f"{note}, off climbs above 5 %"),
        ("hard_time", float(zones[2]) if len(zones) > 2 else float("nan"), method),
    ):
        metrics[name] = Metric(value, "s", method=words, coverage=coverage, evidence=EvidenceStrength.MODERATE)
    metrics["edwards_load"] = (
        Metric(
            load.edwards_trimp(rates, times.moving, maximum=limits.maximum),
            "1",
            method=f"Edwards: minutes in five zones, weighted 1 to 5; {limits.source}",
            coverage=coverage,
            evidence=EvidenceStrength.WEAK,
        )
        if not np.isnan(limits.maximum)
        else Metric.missing("1", "no maximum heart rate")
    )
    return replace(analysis, metrics=metrics)


def _session_load(analysis: Analysis, limits: HeartRateLimits, athlete: Athlete) -> Metric:
    times, moving = analysis.heart_rate_times.moving, analysis.totals.moving_time
    silent = max(moving - float(times.sum()), 0.0)
    rates = np.append(np.arange(HEART_RATE_BINS, dtype=np.float64), np.nan)
    speed = analysis.metrics["normalised_speed"].value
    known = not np.isnan(limits.maximum)
    found = load.session_load(
        np.append(times, silent),
        hr=rates,
        rest=limits.rest if known else None,
        maximum=limits.maximum if known else None,
        sex=load.Sex(limits.sex) if limits.sex else None,
        speed=None if np.isnan(speed) else np.full(len(rates), speed),
        threshold_speed=athlete.threshold_speed,
        rating=None if np.isnan(analysis.meta.rpe) else analysis.meta.rpe,
    )
    return Metric(
        found.value,
        "1",
        method=f"{found.method.value}; 100 is an hour at threshold; {limits.source}",
        coverage=found.coverage,
        evidence=EvidenceStrength.WEAK if found.method is load.LoadMethod.DURATION else EvidenceStrength.MODERATE,
    )
