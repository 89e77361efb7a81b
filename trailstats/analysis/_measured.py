"""The metrics of one activity, each wrapped with its method and coverage.

What needs no heart-rate limits is measured once from the samples; what does is judged from the
times at each heart rate, so that new limits need no file.
"""

from __future__ import annotations

import numpy as np

from trailstats.analysis._best_efforts import (
    effort_table,
    implied_performance,
)
from trailstats.analysis._effort import (
    efficiency_metrics,
    effort_metrics,
    pacing_metrics,
    way_metrics,
)
from trailstats.analysis._ground import (
    course_metrics,
    map_metrics,
    path_metrics,
    surface_metrics,
)
from trailstats.analysis._heart import beat_metrics, heart_rate_metrics
from trailstats.analysis._impact import LOADS, dose_metrics
from trailstats.analysis._samples import Samples
from trailstats.analysis._steps import step_metrics
from trailstats.analysis._wrapping import found, missing
from trailstats.metrics.sampling import time_mean
from trailstats.model.activity import Issue
from trailstats.model.results import Metric, Totals
from trailstats.schema import Columns
from trailstats.terrain import SurfaceEvidence


def measure_metrics(
    samples: Samples,
    segments: Columns,
    totals: Totals,
    own: dict[str, Metric],
    evidence: SurfaceEvidence,
) -> tuple[dict[str, Metric], Columns, tuple[Issue, ...]]:
    """Return the metrics that need no heart-rate limits by name, and the best efforts.

    Parameters
    ----------
    samples : Samples
    segments : Columns
        Of the table ``schema.SEGMENTS``.
    totals : Totals
    own : dict of str to Metric
        Those that rest on the runner's own measures.
    evidence : SurfaceEvidence

    Returns
    -------
    metrics : dict of str to Metric
    efforts : Columns
        Of the table ``schema.EFFORTS``.
    issues : tuple of Issue
        What could not have been run.
    """
    efforts, issues = effort_table(samples)
    loads = {name: own[name] for name in own if name in LOADS}
    metrics = {
        **surface_metrics(samples, segments, evidence),
        **effort_metrics(samples, totals),
        **efficiency_metrics(samples, totals.trail_share),
        **pacing_metrics(samples),
        **implied_performance(samples, efforts, beyond=bool(issues)),
        **loads,
        **dose_metrics(samples),
        **step_metrics(samples),
        **path_metrics(samples),
        **course_metrics(segments, totals),
        **way_metrics(samples, totals),
        **heart_rate_metrics(samples),
        **beat_metrics(samples),
        **_conditions(samples),
        **map_metrics(evidence.covered),
    }
    return metrics | own, efforts, issues


def _conditions(samples: Samples) -> dict[str, Metric]:
    """Return how warm it was and how it felt."""
    meta = samples.activity.meta
    warmth = samples.records["temperature"]
    coverage = samples.share(warmth)
    method = "measured at the device, which the wrist warms by some degrees"
    out = missing("not recorded", "temperature")
    if coverage > 0:
        out = found(
            "temperature", time_mean(warmth, samples.time), method, coverage
        )
    for name, value in (("feel", meta.feel), ("rpe", meta.rpe)):
        out |= (
            missing("not rated", name)
            if np.isnan(value)
            else found(name, value, "rated by the runner", 1.0)
        )
    return out
