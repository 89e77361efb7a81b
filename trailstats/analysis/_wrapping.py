"""How a number becomes a metric with unit, method and coverage, or a reason why there is none."""

from __future__ import annotations

import math

from trailstats.model.results import Metric
from trailstats.schema import METRICS, TRAINING

NAN = float("nan")
_ENTRIES = TRAINING | METRICS
NO_ELEVATION = "no elevation recorded, or none that can be believed"
NO_SPEED = "no distance recorded"
NO_STEPS = "no steps: not on foot, or no distance recorded"


def found(
    name: str,
    value: float,
    method: str,
    coverage: float = NAN,
    *,
    low: float = NAN,
    high: float = NAN,
) -> dict[str, Metric]:
    """Return a metric under its name, with unit and evidence from `schema.METRICS` or
    `schema.TRAINING`.

    A value that is NaN is missing, for want of enough of what it is computed from.
    """
    if not math.isfinite(value):
        return missing("too little of it recorded", name)
    entry = _ENTRIES[name]
    metric = Metric(
        float(value),
        entry.unit,
        float(low),
        float(high),
        method,
        # Parts may add up to a hair more than the whole.
        min(max(float(coverage), 0.0), 1.0),
        entry.evidence,
    )
    return {name: metric}


def missing(reason: str, *names: str) -> dict[str, Metric]:
    """Return metrics without a value, with the reason."""
    entries = {name: _ENTRIES[name] for name in names}
    return {
        name: Metric(NAN, entry.unit, evidence=entry.evidence, reason=reason)
        for name, entry in entries.items()
    }
