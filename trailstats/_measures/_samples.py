"""What every metric is computed from: the samples of one cleaned activity as arrays, and how a number is wrapped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trailstats._sums import moving_time, track_of
from trailstats.activity import Activity
from trailstats.cleaning import ON_FOOT
from trailstats.metrics import effort
from trailstats.metrics.sampling import valid_seconds
from trailstats.results import Metric
from trailstats.schema import METRICS

__all__ = ["NO_ELEVATION", "NO_SPEED", "NO_STEPS", "Floats", "Samples", "found", "mean", "missing"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NAN = float("nan")
NO_ELEVATION, NO_SPEED = "no elevation recorded", "no distance recorded"
NO_STEPS = "no steps: not on foot, or no distance recorded"


@dataclass(frozen=True, eq=False)
class Samples:
    """A cleaned activity as arrays of one length.

    Attributes
    ----------
    activity : Activity
    clock : numpy.ndarray
        Time since the start, pauses included [s].
    time : numpy.ndarray
        Moving time that each sample stands for [s].
    distance, elevation : numpy.ndarray
        [m]
    speed, level_speed : numpy.ndarray
        Along the ground and grade-adjusted [m/s].
    grade, cadence, heart_rate : numpy.ndarray
        [1], [1/min], [1/min]
    walking : numpy.ndarray of bool
    on_foot : bool
    has_distance, has_elevation : bool
    """

    activity: Activity
    clock: Floats
    time: Floats
    distance: Floats
    elevation: Floats
    speed: Floats
    level_speed: Floats
    grade: Floats
    cadence: Floats
    heart_rate: Floats
    walking: Bools
    on_foot: bool
    has_distance: bool
    has_elevation: bool

    @classmethod
    def of(cls, activity: Activity) -> Samples:
        """Take the arrays out of a cleaned activity."""
        track, records = track_of(activity), activity.records
        speed, grade = track["speed"].to_numpy(), track["grade"].to_numpy()
        cadence = records["cadence"].to_numpy()
        distance = track["distance"].to_numpy()
        return cls(
            activity=activity,
            clock=activity.seconds,
            time=moving_time(activity),
            distance=distance,
            elevation=track["elevation"].to_numpy(),
            speed=speed,
            level_speed=effort.grade_adjusted_speed(speed, grade),
            grade=grade,
            cadence=cadence,
            heart_rate=records["heart_rate"].to_numpy(),
            walking=effort.is_walking(speed, cadence, grade),
            on_foot=activity.meta.sport in ON_FOOT,
            has_distance=bool(distance[-1] > 0),
            has_elevation=not np.isnan(grade).all(),
        )

    def share(self, *values: Floats) -> float:
        """Return the share of the moving time in which all values are known; NaN without moving time."""
        total = float(self.time.sum())
        return float(valid_seconds(self.time, *values).sum()) / total if total > 0 else NAN


def found(
    name: str, value: float, method: str, *, low: float = NAN, high: float = NAN, coverage: float = NAN
) -> dict[str, Metric]:
    """Return a metric under its name, with unit and evidence from `schema.METRICS`.

    A value that is NaN is missing, for want of enough of what it is computed from.
    """
    entry = METRICS[name]
    if not np.isfinite(value):
        return missing("too little of it recorded", name)
    evidence = entry.evidence
    return {name: Metric(float(value), entry.unit, float(low), float(high), method, float(coverage), evidence)}


def missing(reason: str, *names: str) -> dict[str, Metric]:
    """Return metrics without a value, with the reason."""
    return {name: Metric(NAN, METRICS[name].unit, evidence=METRICS[name].evidence, reason=reason) for name in names}


def mean(values: Floats, time: Floats) -> float:
    """Return the mean over time; NaN where nothing is known."""
    known = (time > 0) & ~np.isnan(values)
    total = float(time[known].sum())
    return float((values[known] * time[known]).sum()) / total if total > 0 else NAN
