"""What follows from heart-rate limits: zones, easy running, loads. Computed from the time at each
heart rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from trailstats.analysis._even_ground import EvenGround
from trailstats.analysis._impact import COMPONENTS
from trailstats.analysis._wrapping import found, missing
from trailstats.arrays import Floats
from trailstats.metrics import intensity, load
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import HEART_RATE_BINS, Analysis, Metric
from trailstats.schema import METRICS, EvidenceStrength

RATES = np.arange(HEART_RATE_BINS, dtype=np.float64)
ZONES = ("time_zone_1", "time_zone_2", "time_zone_3")
HARD = ("hard_time", "climbing_time_hard")
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
MEASURED = "measured: moving time by heart rate; bounds:"
SILENT = "no heart rate recorded"


def judged_metrics(
    analysis: Analysis,
    limits: HeartRateLimits,
    athlete: Athlete,
    worth: EvenGround | None = None,
) -> dict[str, Metric]:
    """Return the zones and loads that follow from heart-rate limits.

    Parameters
    ----------
    analysis : Analysis
        Measured.
    limits : HeartRateLimits
    athlete : Athlete
    worth : EvenGround, optional
        By the runner's own curve, where that is known.

    Returns
    -------
    dict of str to Metric
    """
    pace = _pace_of(analysis, worth)
    session = _session_load(analysis, limits, athlete, pace)
    return {
        **session,
        **_zones(analysis, limits),
        **_finer_zones(analysis, limits, athlete),
        **_easy(analysis, limits),
        **_heart_rate_loads(analysis, limits),
        **_pace_load(analysis, athlete, pace),
        **_rpe_load(analysis),
        **_per_load(analysis, session["session_load"]),
    }


def _coverage(analysis: Analysis) -> float:
    moving = analysis.totals.moving_time
    covered = float(analysis.heart_rate_times.moving.sum())
    return covered / moving if moving > 0 else float("nan")


def _silent(analysis: Analysis, limits: HeartRateLimits) -> str:
    """Return why nothing can be said against the limits; empty where it can."""
    if not analysis.heart_rate_times.moving.any():
        return SILENT
    return (
        f"heart-rate limits {limits.source}"
        if np.isnan(limits.easy_ceiling)
        else ""
    )


def _times_found(
    names: Sequence[str], times: Iterable[float], method: str, coverage: float
) -> dict[str, Metric]:
    out: dict[str, Metric] = {}
    for name, value in zip(names, times, strict=True):
        out |= found(name, float(value), method, coverage)
    return out


def _zones(analysis: Analysis, limits: HeartRateLimits) -> dict[str, Metric]:
    reason = _silent(analysis, limits)
    if reason:
        return missing(reason, *ZONES, *HARD)
    coverage = _coverage(analysis)
    times = analysis.heart_rate_times
    bounds = [
        b for b in (limits.easy_ceiling, limits.hard_floor) if not np.isnan(b)
    ]
    zones = intensity.time_in_zones(RATES, times.moving, bounds)
    method = f"{MEASURED} {limits.source}"
    out = _times_found(ZONES[: len(zones)], zones, method, coverage)
    if len(zones) < len(ZONES):
        return out | missing("no second threshold", "time_zone_3", *HARD)
    uphill = float(times.climbing[limits.hard_floor <= RATES].sum())
    climbing = f"{method}; on climbs above 5 %, without the first ten minutes"
    out["hard_time"] = out["time_zone_3"]
    return out | found("climbing_time_hard", uphill, climbing, coverage)


def _finer_zones(
    analysis: Analysis, limits: HeartRateLimits, athlete: Athlete
) -> dict[str, Metric]:
    """Return the time in the zones of the threshold heart rate and of the reserve, both as the
    profile states them.
    """
    times = analysis.heart_rate_times.moving
    coverage = _coverage(analysis)
    if not times.any():
        return missing(SILENT, *THRESHOLD_ZONES, *RESERVE_ZONES)
    out = missing(
        "no threshold heart rate in the athlete's profile", *THRESHOLD_ZONES
    )
    if threshold := athlete.threshold_heart_rate:
        bounds = intensity.lthr_zone_bounds(threshold)
        zones = intensity.time_in_zones(RATES, times, bounds)
        out = _times_found(
            THRESHOLD_ZONES,
            zones,
            f"{MEASURED} shares of the stated threshold of {threshold:.0f}",
            coverage,
        )
    rest = athlete.heart_rate_rest
    if rest is None:
        return out | missing(
            "no resting heart rate in the athlete's profile", *RESERVE_ZONES
        )
    if not limits.maximum > rest:
        return out | missing(
            "no maximum heart rate above that at rest", *RESERVE_ZONES
        )
    bounds = intensity.hrr_zone_bounds(rest, limits.maximum)
    zones = intensity.time_in_zones(RATES, times, bounds)
    return out | _times_found(
        RESERVE_ZONES,
        zones,
        f"{MEASURED} shares of the reserve above {rest:.0f}; {limits.source}",
        coverage,
    )


def _easy(analysis: Analysis, limits: HeartRateLimits) -> dict[str, Metric]:
    reason = _silent(analysis, limits)
    if reason:
        return missing(reason, *EASY)
    coverage = _coverage(analysis)
    times = analysis.heart_rate_times
    ceiling = limits.easy_ceiling
    above = ceiling < RATES
    late = float(times.settled.sum())
    method = f"{MEASURED} {limits.source}; without the first ten minutes"
    level = f"{method}, off climbs above 5 %"
    uphill = f"{method}, on climbs above 5 %"
    out = found("time_above_easy", times.settled[above].sum(), level, coverage)
    out |= found(
        "time_above_easy_climbing", times.climbing[above].sum(), uphill, coverage
    )
    out |= found("time_easy_judged", late, level, coverage)
    out |= found(
        "climbing_time_easy", times.climbing[~above].sum(), uphill, coverage
    )
    if not late > 0:
        return out | missing(
            "nothing left after the first ten minutes, off climbs", *EASY[3:5]
        )
    kept = intensity.easy_discipline(RATES, times.settled, ceiling, warm_up=0.0)
    out |= found(
        "easy_discipline",
        kept.index,
        f"share of the time at or below the easy ceiling; {level}",
        coverage,
    )
    return out | found(
        "easy_overshoot",
        kept.overshoot,
        f"mean height above the easy ceiling; {level}",
        coverage,
    )


def _heart_rate_loads(
    analysis: Analysis, limits: HeartRateLimits
) -> dict[str, Metric]:
    """Return the loads by formula from heart rate, as they are: not scaled up for time without
    one.
    """
    times = analysis.heart_rate_times.moving
    coverage = _coverage(analysis)
    if not times.any():
        return missing(SILENT, "banister_load", "edwards_load", "lucia_load")
    if np.isnan(limits.maximum):
        out = missing("no maximum heart rate", "banister_load", "edwards_load")
    else:
        method = (
            f"Edwards: minutes in five zones, weighted 1 to 5; {limits.source}"
        )
        edwards = load.edwards_trimp(RATES, times, maximum=limits.maximum)
        out = found("edwards_load", edwards, method, coverage)
        out |= _banister(times, limits, coverage)
    bounds = [limits.easy_ceiling, limits.hard_floor]
    if np.isnan(bounds).any():
        return out | missing("thresholds unknown", "lucia_load")
    method = f"Lucia: minutes in three zones, weighted 1 to 3; {limits.source}"
    lucia = load.lucia_trimp(RATES, times, bounds=bounds)
    return out | found("lucia_load", lucia, method, coverage)


def _banister(
    times: Floats, limits: HeartRateLimits, coverage: float
) -> dict[str, Metric]:
    rest, maximum = limits.rest, limits.maximum
    if not maximum > rest:
        return missing("no resting heart rate below the maximum", "banister_load")
    method = f"Banister: minutes weighted by heart-rate reserve; {limits.source}"
    men, women = (
        load.banister_trimp(RATES, times, rest=rest, maximum=maximum, sex=sex)
        for sex in (load.Sex.MALE, load.Sex.FEMALE)
    )
    if limits.sex:
        value = women if load.Sex(limits.sex) is load.Sex.FEMALE else men
        return found("banister_load", value, method, coverage)
    return found(
        "banister_load",
        float(np.mean([men, women])),
        f"{method}; mean of men's and women's curve, which are the bounds",
        low=min(men, women),
        high=max(men, women),
        coverage=coverage,
    )


@dataclass(frozen=True)
class _Pace:
    """The speed that a load by pace rests on [m/s], and what it is."""

    speed: float
    words: str
    coverage: float
    reason: str = ""


def _pace_of(analysis: Analysis, worth: EvenGround | None) -> _Pace:
    """Return the normalised speed by the runner's own curve, or the grade-adjusted one."""
    if worth is not None:
        words = f"even-ground speed ({worth.method})"
        return _Pace(worth.normalised, words, worth.coverage)
    speed = analysis.metrics["normalised_speed"]
    words = "grade-adjusted speed (race curve)"
    return _Pace(speed.value, words, speed.coverage, speed.reason)


def _pace_load(
    analysis: Analysis, athlete: Athlete, pace: _Pace
) -> dict[str, Metric]:
    threshold = athlete.threshold_speed
    if threshold is None:
        return missing("no threshold speed in the athlete's profile", "pace_load")
    if np.isnan(pace.speed):
        return missing(pace.reason, "pace_load")
    value = load.pace_load(pace.speed, analysis.totals.moving_time, threshold)
    return found(
        "pace_load",
        value,
        f"normalised {pace.words} over threshold speed, squared; 100 is an hour at threshold",
        pace.coverage,
    )


def _rpe_load(analysis: Analysis) -> dict[str, Metric]:
    rating = analysis.meta.rpe
    if np.isnan(rating):
        return missing("not rated", "rpe_load")
    rating = min(max(rating, 0.0), 10.0)
    value = load.session_rpe_load(rating, analysis.totals.moving_time)
    return found("rpe_load", value, METRICS["rpe_load"].meaning, 1.0)


def _session_load(
    analysis: Analysis, limits: HeartRateLimits, athlete: Athlete, pace: _Pace
) -> dict[str, Metric]:
    times = analysis.heart_rate_times.moving
    silent = max(analysis.totals.moving_time - float(times.sum()), 0.0)
    rates = np.append(RATES, np.nan)
    speed = pace.speed
    rating = analysis.meta.rpe
    known = not np.isnan(limits.maximum)
    session = load.session_load(
        np.append(times, silent),
        hr=rates,
        rest=limits.rest if known else None,
        maximum=limits.maximum if known else None,
        sex=load.Sex(limits.sex) if limits.sex else None,
        speed=None if np.isnan(speed) else np.full(len(rates), speed),
        threshold_speed=athlete.threshold_speed,
        rating=None if np.isnan(rating) else rating,
    )
    basis = {
        load.LoadMethod.HEART_RATE: f"modelled after Banister; {limits.source}",
        load.LoadMethod.PACE: f"modelled from {pace.words} over the stated threshold speed",
        load.LoadMethod.RATING: "the rated exertion times the time under way",
        load.LoadMethod.DURATION: "an intensity assumed for the time under way",
    }[session.method]
    out = found(
        "session_load",
        session.value,
        f"{session.method.value}; {basis}; 100 is an hour at threshold",
        session.coverage,
    )
    if session.method is load.LoadMethod.DURATION:
        # Time alone stands for any effort.
        out["session_load"] = replace(
            out["session_load"], evidence=EvidenceStrength.WEAK
        )
    return out


def _per_load(analysis: Analysis, session: Metric) -> dict[str, Metric]:
    """Return the load of the steps for 100 of session load: an hour at threshold."""
    units = session.value / 100.0
    basis = f"for 100 of session load by {session.method.split(';')[0]}"
    out: dict[str, Metric] = {}
    for part in COMPONENTS:
        name = f"{part}_load_per_session"
        steps = analysis.metrics[f"{part}_load"]
        if not steps:
            out |= missing(steps.reason, name)
        elif not session.value > 0:
            out |= missing("no session load", name)
        else:
            out |= found(
                name,
                steps.value / units,
                f"{steps.method}; {basis}",
                low=steps.low / units,
                high=steps.high / units,
                coverage=min(steps.coverage, session.coverage),
            )
    return out
