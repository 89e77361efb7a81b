"""What follows from heart-rate limits: zones, easy running, loads. Computed from the time at each
heart rate.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trailstats.analysis._impact import COMPONENTS
from trailstats.analysis._wrapping import found, missing
from trailstats.metrics import intensity, load
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import HEART_RATE_BINS, Analysis, Metric
from trailstats.schema import EvidenceStrength
from trailstats.schema.arrays import Floats

__all__ = ["judged_metrics"]

RATES = np.arange(HEART_RATE_BINS, dtype=np.float64)
ZONES = ("time_zone_1", "time_zone_2", "time_zone_3")
THRESHOLD_ZONES = tuple(
    f"time_lthr_zone_{zone}" for zone in ("1", "2", "3", "4", "5a", "5b", "5c")
)
RESERVE_ZONES = tuple(f"time_hrr_zone_{zone}" for zone in range(6))
EASY = (
    "time_above_easy",
    "time_above_easy_climbing",
    "time_easy_judged",
    "easy_discipline",
    "easy_overshoot",
    "climbing_time_easy",
)


def judged_metrics(
    analysis: Analysis, limits: HeartRateLimits, athlete: Athlete
) -> dict[str, Metric]:
    """Return the zones and loads that follow from heart-rate limits.

    Parameters
    ----------
    analysis : Analysis
        Measured.
    limits : HeartRateLimits
    athlete : Athlete

    Returns
    -------
    dict of str to Metric
    """
    session = _session_load(analysis, limits, athlete)
    return {
        **session,
        **_zones(analysis, limits),
        **_finer_zones(analysis, limits, athlete),
        **_easy(analysis, limits),
        **_heart_rate_loads(analysis, limits),
        **_other_loads(analysis, athlete),
        **_per_load(analysis, session["session_load"]),
    }


def _coverage(analysis: Analysis) -> float:
    moving = analysis.totals.moving_time
    return (
        float(analysis.heart_rate_times.moving.sum()) / moving
        if moving > 0
        else float("nan")
    )


def _silent(analysis: Analysis, limits: HeartRateLimits) -> str:
    """Return why nothing can be said against the limits; empty where it can."""
    if not analysis.heart_rate_times.moving.any():
        return "no heart rate recorded"
    return f"heart-rate limits {limits.source}" if np.isnan(limits.easy_ceiling) else ""


def _zones(analysis: Analysis, limits: HeartRateLimits) -> dict[str, Metric]:
    reason, coverage = _silent(analysis, limits), _coverage(analysis)
    times = analysis.heart_rate_times
    if reason:
        return missing(reason, *ZONES, "hard_time", "climbing_time_hard")
    bounds = [b for b in (limits.easy_ceiling, limits.hard_floor) if not np.isnan(b)]
    zones = intensity.time_in_zones(RATES, times.moving, bounds)
    method = f"measured: moving time by heart rate; bounds: {limits.source}"
    out: dict[str, Metric] = {}
    for name, value in zip(ZONES, zones, strict=False):
        out |= found(name, float(value), method, coverage=coverage)
    if len(zones) < 3:
        return out | missing(
            "no second threshold", ZONES[2], "hard_time", "climbing_time_hard"
        )
    out |= found("hard_time", float(zones[2]), method, coverage=coverage)
    uphill = float(times.climbing[limits.hard_floor <= RATES].sum())
    words = f"{method}; on climbs above 5 %, without the first ten minutes"
    return out | found("climbing_time_hard", uphill, words, coverage=coverage)


def _finer_zones(
    analysis: Analysis, limits: HeartRateLimits, athlete: Athlete
) -> dict[str, Metric]:
    """Return the time in the zones of the threshold heart rate and of the reserve, both as the
    profile states them.
    """
    times, coverage = analysis.heart_rate_times.moving, _coverage(analysis)
    if not times.any():
        return missing("no heart rate recorded", *THRESHOLD_ZONES, *RESERVE_ZONES)
    out = missing("no threshold heart rate in the athlete's profile", *THRESHOLD_ZONES)
    if threshold := athlete.threshold_heart_rate:
        zones = intensity.time_in_zones(
            RATES, times, intensity.lthr_zone_bounds(threshold)
        )
        words = (
            "measured: moving time by heart rate; bounds: shares of the stated threshold of "
            f"{threshold:.0f}"
        )
        for name, value in zip(THRESHOLD_ZONES, zones, strict=True):
            out |= found(name, float(value), words, coverage=coverage)
    rest = athlete.heart_rate_rest
    if rest is None:
        return out | missing(
            "no resting heart rate in the athlete's profile", *RESERVE_ZONES
        )
    if not limits.maximum > rest:
        return out | missing("no maximum heart rate above that at rest", *RESERVE_ZONES)
    zones = intensity.time_in_zones(
        RATES, times, intensity.hrr_zone_bounds(rest, limits.maximum)
    )
    words = (
        "measured: moving time by heart rate; bounds: shares of the reserve above "
        f"{rest:.0f}; "
        f"{limits.source}"
    )
    for name, value in zip(RESERVE_ZONES, zones, strict=True):
        out |= found(name, float(value), words, coverage=coverage)
    return out


def _easy(analysis: Analysis, limits: HeartRateLimits) -> dict[str, Metric]:
    reason, coverage = _silent(analysis, limits), _coverage(analysis)
    if reason:
        return missing(reason, *EASY)
    times = analysis.heart_rate_times
    above = limits.easy_ceiling < RATES
    late = float(times.settled.sum())
    method = (
        f"measured: moving time by heart rate; bounds: {limits.source}; without the first "
        "ten "
        "minutes"
    )
    level, uphill = f"{method}, off climbs above 5 %", f"{method}, on climbs above 5 %"
    out: dict[str, Metric] = {}
    for name, value, words in (
        (EASY[0], float(times.settled[above].sum()), level),
        (EASY[1], float(times.climbing[above].sum()), uphill),
        (EASY[2], late, level),
        (EASY[5], float(times.climbing[~above].sum()), uphill),
    ):
        out |= found(name, value, words, coverage=coverage)
    if not late > 0:
        return out | missing(
            "nothing left after the first ten minutes, off climbs", *EASY[3:5]
        )
    share = intensity.share_above(RATES, times.settled, limits.easy_ceiling)
    excess = intensity.overshoot(RATES, times.settled, limits.easy_ceiling)
    out |= found(
        EASY[3],
        1.0 - share,
        f"share of the time at or below the easy ceiling; {level}",
        coverage=coverage,
    )
    return out | found(
        EASY[4],
        excess,
        f"mean height above the easy ceiling; {level}",
        coverage=coverage,
    )


def _heart_rate_loads(analysis: Analysis, limits: HeartRateLimits) -> dict[str, Metric]:
    """Return the loads by formula from heart rate, as they are: not scaled up for time without
    one.
    """
    times, coverage = analysis.heart_rate_times.moving, _coverage(analysis)
    if not times.any():
        return missing(
            "no heart rate recorded", "banister_load", "edwards_load", "lucia_load"
        )
    out: dict[str, Metric] = {}
    if np.isnan(limits.maximum):
        out |= missing("no maximum heart rate", "banister_load", "edwards_load")
    else:
        words = f"Edwards: minutes in five zones, weighted 1 to 5; {limits.source}"
        edwards = load.edwards_trimp(RATES, times, maximum=limits.maximum)
        out |= found("edwards_load", edwards, words, coverage=coverage) | _banister(
            times, limits, coverage
        )
    if np.isnan(limits.easy_ceiling) or np.isnan(limits.hard_floor):
        return out | missing("thresholds unknown", "lucia_load")
    words = f"Lucia: minutes in three zones, weighted 1 to 3; {limits.source}"
    lucia = load.lucia_trimp(
        RATES, times, bounds=[limits.easy_ceiling, limits.hard_floor]
    )
    return out | found("lucia_load", lucia, words, coverage=coverage)


def _banister(
    times: Floats, limits: HeartRateLimits, coverage: float
) -> dict[str, Metric]:
    if not limits.maximum > limits.rest:
        return missing("no resting heart rate below the maximum", "banister_load")
    sexes = [load.Sex(limits.sex)] if limits.sex else list(load.Sex)
    values = [
        load.banister_trimp(
            RATES, times, rest=limits.rest, maximum=limits.maximum, sex=sex
        )
        for sex in sexes
    ]
    words = f"Banister: minutes weighted by heart-rate reserve; {limits.source}"
    if len(values) > 1:
        words += "; mean of men's and women's curve, which are the bounds"
    ends = (min(values), max(values)) if len(values) > 1 else (np.nan, np.nan)
    return found(
        "banister_load",
        float(np.mean(values)),
        words,
        low=ends[0],
        high=ends[1],
        coverage=coverage,
    )


def _other_loads(analysis: Analysis, athlete: Athlete) -> dict[str, Metric]:
    """Return the loads from pace and from the rating."""
    totals, speed = analysis.totals, analysis.metrics["normalised_speed"]
    if athlete.threshold_speed is None:
        out = missing("no threshold speed in the athlete's profile", "pace_load")
    elif not speed:
        out = missing(speed.reason, "pace_load")
    else:
        value = load.pace_load(speed.value, totals.moving_time, athlete.threshold_speed)
        words = (
            "normalised grade-adjusted speed over threshold speed, squared; 100 is an hour at "
            "threshold"
        )
        out = found("pace_load", value, words, coverage=speed.coverage)
    rating = analysis.meta.rpe
    if np.isnan(rating):
        return out | missing("not rated", "rpe_load")
    value = load.session_rpe_load(min(max(rating, 0.0), 10.0), totals.moving_time)
    return out | found(
        "rpe_load", value, "rating times minutes under way", coverage=1.0
    )


def _session_load(
    analysis: Analysis, limits: HeartRateLimits, athlete: Athlete
) -> dict[str, Metric]:
    times, moving = analysis.heart_rate_times.moving, analysis.totals.moving_time
    silent = max(moving - float(times.sum()), 0.0)
    rates = np.append(RATES, np.nan)
    speed = analysis.metrics["normalised_speed"].value
    known = not np.isnan(limits.maximum)
    session = load.session_load(
        np.append(times, silent),
        hr=rates,
        rest=limits.rest if known else None,
        maximum=limits.maximum if known else None,
        sex=load.Sex(limits.sex) if limits.sex else None,
        speed=None if np.isnan(speed) else np.full(len(rates), speed),
        threshold_speed=athlete.threshold_speed,
        rating=None if np.isnan(analysis.meta.rpe) else analysis.meta.rpe,
    )
    basis = {
        load.LoadMethod.HEART_RATE: f"modelled after Banister; {limits.source}",
        load.LoadMethod.PACE: "modelled from grade-adjusted speed over the stated threshold speed",
        load.LoadMethod.RATING: "the rated exertion times the time under way",
        load.LoadMethod.DURATION: "an intensity assumed for the time under way",
    }[session.method]
    words = f"{session.method.value}; {basis}; 100 is an hour at threshold"
    out = found("session_load", session.value, words, coverage=session.coverage)
    if session.method is load.LoadMethod.DURATION:
        # Time alone stands for any effort.
        out["session_load"] = replace(
            out["session_load"], evidence=EvidenceStrength.WEAK
        )
    return out


def _per_load(analysis: Analysis, session: Metric) -> dict[str, Metric]:
    """Return the load of the steps for 100 of session load: an hour at threshold."""
    out: dict[str, Metric] = {}
    for part in COMPONENTS:
        steps, name = analysis.metrics[f"{part}_load"], f"{part}_load_per_session"
        if not steps:
            out |= missing(steps.reason, name)
        elif not session.value > 0:
            out |= missing("no session load", name)
        else:
            units = session.value / 100.0
            words = f"{steps.method}; for 100 of session load by {session.method.split(';')[0]}"
            ends = {"low": steps.low / units, "high": steps.high / units}
            out |= found(
                name,
                steps.value / units,
                words,
                **ends,
                coverage=min(steps.coverage, session.coverage),
            )
    return out
