"""Every metric by its name: the entries of the families, joined."""

from __future__ import annotations

from trailstats.schema._metric_entry import MetricEntry
from trailstats.schema._metrics_of_heart import HEART
from trailstats.schema._metrics_of_pace import PACE
from trailstats.schema._metrics_of_steps import STEPS

METRICS: dict[str, MetricEntry] = {
    entry.name: entry for entry in (*PACE, *STEPS, *HEART)
}
"""Every key of ``Analysis.metrics``, with unit, meaning, formulas, range, rule for missing values
and evidence.
"""
