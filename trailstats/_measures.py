"""The metrics of one activity that need no heart-rate limits, each wrapped with its method and coverage."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats._sums import moving_time, track_of
from trailstats.activity import Activity
from trailstats.athlete import Athlete
from trailstats.cleaning import ON_FOOT
from trailstats.metrics import effort, impact, performance, variability
from trailstats.results import Metric, Totals
from trailstats.schema import EvidenceStrength, Surface, SurfaceSource
from trailstats.terrain import TerrainRules
from trailstats.terrain.surface import trail_probability

__all__ = ["measure_metrics"]

Floats = NDArray[np.float64]

MODERATE, WEAK, NONE = EvidenceStrength.MODERATE, EvidenceStrength.WEAK, EvidenceStrength.NONE
NO_ELEVATION, NO_SPEED = "no elevation recorded", "no distance recorded"


def measure_metrics(
    activity: Activity,
    segments: pd.DataFrame,
    loads: pd.DataFrame,
    totals: Totals,
    athlete: Athlete,
    terrain: TerrainRules,
) -> dict[str, Metric]:
    """Return the metrics by name."""
    return {
        **_surface(activity, segments, terrain),
        **_effort(activity, totals, athlete),
        **_impact(loads),
        **_descent(activity),
        **_steadiness(activity),
        **_pacing(activity, totals),
        **_rated(activity),
    }


def _surface(activity: Activity, segments: pd.DataFrame, terrain: TerrainRules) -> dict[str, Metric]:
    probability, source = trail_probability(activity, rules=terrain)
    words = {
        SurfaceSource.LABEL: "your label",
        SurfaceSource.MAP: "map",
        SurfaceSource.TAG: "the file's own tag",
        SurfaceSource.SIGNAL: "modelled from the recording: turning, speed and elevation",
    }
    trail = (
        Metric.missing("1", "the recording does not tell")
        if np.isnan(probability)
        else Metric(probability, "1", method=words.get(source, source.value), evidence=WEAK)
    )
    seconds = float(segments["duration"][segments["technical"]].sum())
    judged = segments["p_technical"].notna().any()
    technical = Metric(
        seconds, "s", method="modelled: a proxy from descent speed, its spread and turning", evidence=NONE
    )
    return {
        "trail_probability": trail,
        "technical_time": technical if judged else Metric.missing("s", "the recording does not tell"),
    }


def _effort(activity: Activity, totals: Totals, athlete: Athlete) -> dict[str, Metric]:
    track, time = track_of(activity), moving_time(activity)
    speed, grade = track["speed"].to_numpy(), track["grade"].to_numpy()
    if not totals.distance > 0:
        return {
            name: Metric.missing(unit, NO_SPEED)
            for name, unit in (
                ("grade_adjusted_speed", "m/s"),
                ("normalised_speed", "m/s"),
                ("efficiency_factor", "m"),
                ("decoupling", "1"),
                ("energy", "J"),
            )
        }
    if np.isnan(grade).all():
        missing = {"grade_adjusted_speed": Metric.missing("m/s", NO_ELEVATION)}
        missing["efficiency_factor"] = Metric.missing("m", NO_ELEVATION)
        missing["decoupling"] = Metric.missing("1", NO_ELEVATION)
        missing["energy"] = Metric.missing("J", NO_ELEVATION)
        level = Metric(
            effort.normalised_speed(speed, time),
            "m/s",
            method="4th-power mean of the raw speed: no elevation",
            evidence=WEAK,
        )
        return missing | {"normalised_speed": level}
    level_speed = effort.grade_adjusted_speed(speed, grade)
    low, high = effort.grade_adjusted_speed_range(speed, grade)
    coverage = float(time[~np.isnan(level_speed)].sum() / time.sum())
    out = {
        "grade_adjusted_speed": Metric(
            totals.grade_adjusted_speed,
            "m/s",
            low=_mean(low, time),
            high=_mean(high, time),
            method="modelled: race curve per sample; bounds: spread over three models",
            coverage=coverage,
            evidence=MODERATE,
        ),
        "normalised_speed": Metric(
            effort.normalised_speed(level_speed, time),
            "m/s",
            method="modelled: 4th-power mean of the grade-adjusted speed",
            coverage=coverage,
            evidence=WEAK,
        ),
    }
    rate = activity.records["heart_rate"].to_numpy()
    standing = np.where(track["moving"], 0.0, np.diff(activity.seconds, prepend=0.0))
    out |= _efficiency(level_speed, rate, time, float(standing.max()))
    if athlete.mass is None:
        out["energy"] = Metric.missing("J", "no body mass in the athlete's profile")
    else:
        out["energy"] = Metric(
            effort.energy(speed, grade, time, None, athlete.mass),
            "J",
            method="modelled: level power times the cost ratio of the grade; firm ground",
            coverage=coverage,
            evidence=MODERATE,
        )
    return out


def _efficiency(level_speed: Floats, rate: Floats, time: Floats, longest_pause: float) -> dict[str, Metric]:
    known = ~np.isnan(rate) & ~np.isnan(level_speed) & (time > 0)
    coverage = float(time[known].sum() / time.sum())
    if coverage < 0.5:
        return {
            "efficiency_factor": Metric.missing("m", "heart rate for less than half of the time"),
            "decoupling": Metric.missing("1", "heart rate for less than half of the time"),
        }
    factor = performance.efficiency_factor(level_speed, rate, time)
    out = {
        "efficiency_factor": Metric(
            factor, "m", method="grade-adjusted metres per heart beat", coverage=coverage, evidence=WEAK
        )
    }
    drift = performance.decoupling(level_speed, rate, time, longest_pause=longest_pause)
    if drift.failed or np.isnan(drift.percent):
        gates = ", ".join(gate.value.replace("_", " ") for gate in drift.failed) or "too little of it recorded"
        out["decoupling"] = Metric.missing("1", f"no steady run: {gates}")
    else:
        out["decoupling"] = Metric(
            drift.percent / 100.0,
            "1",
            method="loss of efficiency from the first to the second half",
            coverage=coverage,
            evidence=WEAK,
        )
    return out


def _impact(table: pd.DataFrame) -> dict[str, Metric]:
    names = {"active_load": "active", "impact_load": "impact", "tibial_load": "tibial"}
    unit = "km"
    reason = "no steps: not on foot, or no distance recorded"
    plain = table[table["exponent"] == 1.0]
    if plain.empty:
        every = (*names, "impact_load_trail", "impact_load_road")
        return {name: Metric.missing(unit, reason) for name in every}
    sums = plain[["active", "impact", "impact_low", "impact_high", "tibial", "tibial_steep"]].sum(skipna=False)
    ground = impact.SURFACE_FACTORS[impact.Ground.UNKNOWN_TRAIL]
    # Only ground that is not known to be paved may soften or harden a step.
    soft = plain["surface"] != Surface.ROAD.value
    low = float((plain["impact_low"] * np.where(soft, ground.low, 1.0)).sum(skipna=False))
    high = float((plain["impact_high"] * np.where(soft, ground.high, 1.0)).sum(skipna=False))
    words = "modelled from speed, grade and steps in equivalent level-road kilometres, exponent 1"
    out = {
        "active_load": _load(sums["active"], np.nan, np.nan, words),
        "impact_load": _load(sums["impact"], low, high, f"{words}; bounds: ground and downhill constants"),
        "tibial_load": _load(
            sums["tibial"] + sums["tibial_steep"],
            sums["tibial"] + 0.85 * sums["tibial_steep"],
            sums["tibial"] + 1.15 * sums["tibial_steep"],
            f"{words}; bounds: two studies that disagree on steep ground",
        ),
    }
    for side in (Surface.TRAIL, Surface.ROAD):
        row = plain[plain["surface"] == side.value].iloc[0]
        factors = (ground.low, ground.high) if side is Surface.TRAIL else (1.0, 1.0)
        out[f"impact_load_{side.value}"] = _load(
            row["impact"],
            row["impact_low"] * factors[0],
            row["impact_high"] * factors[1],
            f"{words}; on {side.value}",
        )
    return out


def _load(value: float, low: float, high: float, method: str) -> Metric:
    if np.isnan(value):
        return Metric.missing("km", NO_ELEVATION)
    return Metric(float(value), "km", float(low), float(high), method=method, evidence=WEAK)


def _descent(activity: Activity) -> dict[str, Metric]:
    track = track_of(activity)
    descent = track["descent"].to_numpy()
    if np.isnan(descent).all():
        return {"descent_dose": Metric.missing("J/kg", NO_ELEVATION)}
    dose = impact.descent_dose(np.array([-descent[-1]]))
    method = "gravity times descent: the braking work per kilogram; a proxy of eccentric load"
    return {"descent_dose": Metric(dose, "J/kg", method=method, evidence=MODERATE)}


def _steadiness(activity: Activity) -> dict[str, Metric]:
    track, time = track_of(activity), moving_time(activity)
    records = activity.records
    cadence = records["cadence"].to_numpy()
    out: dict[str, Metric] = {}
    stepping = (cadence > 0) & (time > 0)
    if activity.meta.sport in ON_FOOT and time[stepping].sum() > 0.5 * time.sum() > 0:
        method = "measured: steps of both feet, while moving"
        out["mean_cadence"] = Metric(_mean(np.where(stepping, cadence, np.nan), time), "1/min", method=method)
        speed, grade = track["speed"].to_numpy(), track["grade"].to_numpy()
        spread = variability.step_variability(cadence, speed, time, grade=np.nan_to_num(grade)).cadence
        out["cadence_cv"] = (
            Metric(spread, "1", method="coefficient of variation in windows of steady running", evidence=WEAK)
            if not np.isnan(spread)
            else Metric.missing("1", "too little steady running, or a cadence too coarse")
        )
    else:
        out["mean_cadence"] = Metric.missing("1/min", "no cadence recorded")
        out["cadence_cv"] = Metric.missing("1", "no cadence recorded")
    balance = records["stance_time_balance"].to_numpy()
    known = ~np.isnan(balance) & (time > 0)
    out["stance_time_balance"] = (
        Metric(_mean(balance, time), "1", method="measured by the device: share of contact time on the left foot")
        if known.any()
        else Metric.missing("1", "not recorded")
    )
    return out


def _pacing(activity: Activity, totals: Totals) -> dict[str, Metric]:
    """Return how freely the pace went, and how warm it was."""
    track, time = track_of(activity), moving_time(activity)
    warmth = _mean(activity.records["temperature"].to_numpy(), time)
    method = "measured at the device, which the wrist warms by some degrees"
    out = {
        "temperature": Metric.missing("degC", "not recorded")
        if np.isnan(warmth)
        else Metric(warmth, "degC", method=method, evidence=NONE)
    }
    grade = track["grade"].to_numpy()
    if not totals.distance > 0 or np.isnan(grade).all():
        reason = NO_ELEVATION if totals.distance > 0 else NO_SPEED
        return out | {"pace_spread": Metric.missing("1", reason)}
    level = effort.grade_adjusted_speed(track["speed"].to_numpy(), grade)
    spread = variability.pace_freedom(level, time)
    words = "coefficient of variation of the grade-adjusted speed; a proxy, never validated"
    out["pace_spread"] = (
        Metric.missing("1", "too little of it recorded")
        if np.isnan(spread)
        else Metric(spread, "1", method=words, evidence=NONE)
    )
    return out


def _rated(activity: Activity) -> dict[str, Metric]:
    meta = activity.meta
    rated = "rated by the runner"
    return {
        "feel": Metric.missing("1", "not rated") if np.isnan(meta.feel) else Metric(meta.feel, "1", method=rated),
        "rpe": Metric.missing("1", "not rated") if np.isnan(meta.rpe) else Metric(meta.rpe, "1", method=rated),
    }


def _mean(values: Floats, time: Floats) -> float:
    known = ~np.isnan(values) & (time > 0)
    total = float(time[known].sum())
    return float((values[known] * time[known]).sum()) / total if total > 0 else float("nan")
