"""Effort and efficiency: grade-adjusted speed by several models, energy, heart beats per metre."""

from __future__ import annotations

import numpy as np

from trailstats.analysis._samples import MotionSamples, Samples
from trailstats.analysis._wrapping import NO_ELEVATION, NO_SPEED, found, missing
from trailstats.arrays import WIDTH_95, Floats
from trailstats.metrics import effort, performance, variability
from trailstats.metrics.effort import EffortCurve
from trailstats.metrics.sampling import WARM_UP, time_mean
from trailstats.model.athlete import Athlete
from trailstats.model.results import Metric, Totals

REFERENCE_HEART_RATE = 150.0
"""Heart rate at which a speed is read where the profile states no easy ceiling [bpm] (our choice).
"""

WINDOW = 60.0
"""Length of the windows that a speed at a heart rate is read from [s]."""

ADJUSTED = (
    "grade_adjusted_speed",
    "grade_adjusted_speed_cost",
    "grade_adjusted_speed_heart_rate",
    "normalised_speed",
    "variability_index",
)
ENERGY = ("energy", "energy_polynomial")
NO_MASS = "no body mass in the athlete's profile"
LOST = "upper bound: up to 5 % of the way lost on trail"
EFFICIENCY = ("efficiency_factor", "decoupling", "speed_at_heart_rate")
PACING = ("pace_spread", "final_surge")


def effort_metrics(samples: Samples, totals: Totals) -> dict[str, Metric]:
    """Return what the effort of the grades comes to; its energy follows with the athlete's mass."""
    s, time = samples, samples.time
    if not s.has_distance:
        return missing(NO_SPEED, *ADJUSTED, *ENERGY, "hike_share")
    if not s.has_elevation:
        out = missing(NO_ELEVATION, *ADJUSTED, *ENERGY, "hike_share")
        level = effort.normalised_speed(s.speed, time)
        return out | found(
            "normalised_speed",
            level,
            "4th-power mean of the raw speed: no elevation",
        )
    coverage = s.share(s.level_speed)
    shortest, longest = way_factors(s, totals.trail_share)
    lost = lost_words(s)
    low, high = effort.grade_adjusted_speed_range(
        s.speed, s.grade, walking=s.walking & s.on_foot
    )
    normalised = effort.normalised_speed(s.level_speed, time)
    out = found(
        "grade_adjusted_speed",
        totals.grade_adjusted_speed,
        "modelled: race curve per sample, the cost of walking where hiked on 10 % and more; "
        "bounds: spread over three models, two vendors' watches and, where walked, the cost of "
        f"walking; {lost}",
        low=time_mean(low, time) * shortest,
        high=time_mean(high, time) * longest,
        coverage=coverage,
    )
    for name, curve, method in (
        (
            "grade_adjusted_speed_cost",
            EffortCurve.COST,
            "modelled: energy cost of the grade per sample, of walking where hiked",
        ),
        (
            "grade_adjusted_speed_heart_rate",
            EffortCurve.HEART_RATE,
            "modelled: speeds at equal heart rate, per sample",
        ),
    ):
        adjusted = effort.mean_grade_adjusted_speed(
            s.speed, s.grade, time, curve=curve, walking=s.walking & s.on_foot
        )
        out |= found(
            name,
            adjusted,
            f"{method}; {lost}",
            coverage,
            low=adjusted * shortest,
            high=adjusted * longest,
        )
    out |= found(
        "normalised_speed",
        normalised,
        f"modelled: 4th-power mean of the grade-adjusted speed; {lost}",
        coverage,
        low=normalised * shortest,
        high=normalised * longest,
    )
    out |= found(
        "variability_index",
        effort.variability_index(s.level_speed, time),
        "normalised over mean grade-adjusted speed",
        coverage,
    )
    return out | missing(NO_MASS, *ENERGY) | _hiking(s)


def energy_metrics(samples: MotionSamples, athlete: Athlete) -> dict[str, Metric]:
    """Return the energy by the athlete's mass; nothing where the effort isn't known."""
    s = samples
    if not s.has_distance or not s.has_elevation:
        return {}
    if not s.on_foot:
        return missing("not on foot", *ENERGY)
    if athlete.mass is None:
        return missing(NO_MASS, *ENERGY)
    coverage = s.share(s.level_speed)
    along = s.speed * effort.slope_distance_factor(s.grade)
    powers = effort.energy(along, s.grade, s.time, s.walking, athlete.mass)
    curves = effort.energy_polynomial(
        along, s.grade, s.time, s.walking, athlete.mass
    )
    low, high = min(powers, curves), 1.1 * max(powers, curves)
    out = found(
        "energy",
        powers,
        "modelled: level power times the cost ratio of the grade; bounds: two models, and up "
        "to 10 % for the ground",
        low=low,
        high=high,
        coverage=coverage,
    )
    return out | found(
        "energy_polynomial",
        curves,
        "modelled: cost per metre of the running and walking polynomials, with "
        "standing beside it",
        coverage,
    )


def _hiking(samples: Samples) -> dict[str, Metric]:
    s = samples
    if not s.on_foot:
        return missing("not on foot", "hike_share")
    climbing = np.nan_to_num(s.grade) >= effort.HIKING_GRADE
    share = effort.hike_share(s.walking, climbing, s.time)
    if np.isnan(share):
        return missing("no climbing at 10 % or more", "hike_share")
    return found(
        "hike_share",
        share,
        "modelled: samples walked by cadence, speed and grade, of the time on grades of 10 % "
        "and more",
        s.share(s.grade),
    )


def way_metrics(samples: Samples, totals: Totals) -> dict[str, Metric]:
    """Return the length of the way with what its distance may be off by."""
    s, length = samples, totals.distance
    if not s.has_distance:
        return missing(NO_SPEED, "way_length")
    shortest, longest = way_factors(s, totals.trail_share)
    return found(
        "way_length",
        length,
        f"{distance_method(s)}; bounds: {lost_words(s)}",
        low=length * shortest,
        high=length * longest,
        coverage=s.share(s.speed),
    )


def distance_method(samples: Samples) -> str:
    """Return what a distance is by, in words."""
    quality = samples.activity.distance_quality
    if not quality.by_pod:
        return "as recorded"
    return (
        f"foot pod for {quality.by_pod:.0%} of the way, calibrated on "
        f"{quality.calibrated_on / 1000.0:.1f} km of straight way"
    )


def way_factors(samples: Samples, trail_share: float) -> tuple[float, float]:
    """Return how much shorter and longer the way may have been than its distance, as factors."""
    quality = samples.activity.distance_quality
    if not quality.by_pod:
        return 1.0, float(effort.longest_way_factor(trail_share))
    half = WIDTH_95 * quality.error * quality.by_pod
    rest = max(trail_share - quality.by_pod, 0.0)
    return 1.0 - half, half + float(effort.longest_way_factor(rest))


def lost_words(samples: Samples) -> str:
    """Return what the bounds of a speed on trail hold of its distance."""
    if not samples.activity.distance_quality.by_pod:
        return LOST
    return "the error of the foot pod's scale, up to 5 % lost on trail beside it"


def _no_efficiency(samples: MotionSamples, coverage: float) -> str:
    """Return why nothing can be said of what a heart beat is worth; empty where it can."""
    if not samples.has_distance or not samples.has_elevation:
        return NO_ELEVATION if samples.has_distance else NO_SPEED
    return "" if coverage >= 0.5 else "heart rate for less than half of the time"


def efficiency_metrics(samples: Samples, trail_share: float) -> dict[str, Metric]:
    """Return what a heart beat is worth; the speed at a rate follows with the profile."""
    s, time = samples, samples.time
    coverage = s.share(s.heart_rate, s.level_speed)
    if reason := _no_efficiency(s, coverage):
        return missing(reason, *EFFICIENCY)
    factor = performance.efficiency_factor(s.level_speed, s.heart_rate, time)
    shortest, longest = way_factors(s, trail_share)
    out = found(
        "efficiency_factor",
        factor,
        f"mean grade-adjusted speed over mean heart rate; {lost_words(s)}",
        coverage,
        low=factor * shortest,
        high=factor * longest,
    )
    standing = np.where(time > 0, 0.0, np.diff(s.clock, prepend=0.0))
    drift = performance.decoupling(
        s.level_speed, s.heart_rate, time, longest_pause=float(standing.max())
    )
    if drift.failed or np.isnan(drift.loss):
        gates = (
            ", ".join(gate.value.replace("_", " ") for gate in drift.failed)
            or "too little of it recorded"
        )
        out |= missing(f"no steady run: {gates}", "decoupling")
    else:
        out |= found(
            "decoupling",
            drift.loss,
            "loss of efficiency from the first to the second half",
            coverage,
        )
    return out | missing("not read yet", "speed_at_heart_rate")


def speed_at_heart_rate(
    samples: MotionSamples, athlete: Athlete
) -> dict[str, Metric]:
    """Read the speed at the reference heart rate off the minutes of the run, warm-up and descents
    left out; nothing where no efficiency is known.
    """
    s = samples
    if _no_efficiency(s, s.share(s.heart_rate, s.level_speed)):
        return {}
    reference = athlete.easy_ceiling or REFERENCE_HEART_RATE
    moved = np.cumsum(s.time)
    usable = (
        (s.time > 0)
        & (moved > WARM_UP)
        & ~np.isnan(s.heart_rate)
        & (s.grade > -0.05)
    )
    minute = (moved[usable] / WINDOW).astype(np.intp)
    weight = np.bincount(minute, weights=s.time[usable])
    full = weight >= 0.9 * WINDOW

    def means(values: Floats) -> Floats:
        return np.asarray(
            np.bincount(minute, weights=s.time[usable] * values[usable])[full]
            / weight[full]
        )

    warmth = s.records["temperature"]
    warm = (
        means(warmth)
        if full.any() and not np.isnan(warmth[usable]).any()
        else None
    )
    line = performance.speed_at_heart_rate(
        means(s.level_speed), means(s.heart_rate), reference, temperature=warm
    )
    if np.isnan(line.speed):
        return missing(
            f"too few steady minutes, or none near {reference:.0f} beats a minute",
            "speed_at_heart_rate",
        )
    where = "" if warm is None else " and 15 °C"
    method = (
        f"line through {line.n} minutes off descents, read at {reference:.0f} beats a "
        f"minute{where}; "
        "bounds: 95 %, too narrow within one run"
    )
    coverage = float(weight[full].sum()) / float(s.time.sum())
    return found(
        "speed_at_heart_rate",
        line.speed,
        method,
        low=line.low,
        high=line.high,
        coverage=coverage,
    )


def pacing_metrics(samples: Samples) -> dict[str, Metric]:
    """Return how freely the pace went."""
    s = samples
    if not s.has_distance or not s.has_elevation:
        return missing(NO_ELEVATION if s.has_distance else NO_SPEED, *PACING)
    coverage = s.share(s.level_speed)
    out = found(
        "pace_spread",
        variability.pace_freedom(s.level_speed, s.time),
        "coefficient of variation of the grade-adjusted speed; a proxy, never validated",
        coverage,
    )
    surge = variability.final_surge(s.level_speed, s.distance, s.time)
    if np.isnan(surge):
        return out | missing("shorter than two kilometres", "final_surge")
    return out | found(
        "final_surge",
        surge,
        "grade-adjusted speed of the last kilometre over the rest",
        coverage,
    )
