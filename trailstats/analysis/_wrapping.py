"""How a number becomes a metric with unit, method and coverage, or a reason why there is none."""

from __future__ import annotations

import math

import numpy as np

from trailstats.model.results import Metric
from trailstats.schema import METRICS
from trailstats.schema.arrays import Floats

__all__ = ["NO_ELEVATION", "NO_SPEED", "NO_STEPS", "found", "mean", "missing"]

NAN = float("nan")
NO_ELEVATION, NO_SPEED = "no elevation recorded", "no distance recorded"
NO_STEPS = "no steps: not on foot, or no distance recorded"


def found(
    name: str,
    value: float,
    method: str,
    *,
    low: float = NAN,
    high: float = NAN,
    coverage: float = NAN,
) -> dict[str, Metric]:
    """Return a metric under its name, with unit and evidence from `schema.METRICS`.

    A value that is NaN is missing, for want of enough of what it is computed from.
    """
    entry = METRICS[name]
    if not math.isfinite(value):
        return missing("too little of it recorded", name)
    evidence = entry.evidence
    return {
        name: Metric(
            float(value),
            entry.unit,
            float(low),
            float(high),
            method,
            float(coverage),
            evidence,
        )
    }


def missing(reason: str, *names: str) -> dict[str, Metric]:
    """Return metrics without a value, with the reason."""
    return {
        name: Metric(
            NAN, METRICS[name].unit, evidence=METRICS[name].evidence, reason=reason
        )
        for name in names
    }


def mean(values: Floats, time: Floats) -> float:
    """Return the mean over time; NaN where nothing is known."""
    known = (time > 0) & ~np.isnan(values)
    total = float(time[known].sum())
    return float((values[known] * time[known]).sum()) / total if total > 0 else NAN
