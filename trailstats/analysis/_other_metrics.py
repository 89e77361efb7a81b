"""Metrics that other packages bring: measured last, each by itself."""

from __future__ import annotations

from dataclasses import replace

from trailstats.model.activity import CleanActivity, Issue
from trailstats.model.plugins import Installed, installed, plugin_issue
from trailstats.model.results import Analysis, Metric

GROUP = "trailstats.metrics"


def with_other_metrics(analysis: Analysis, run: CleanActivity) -> Analysis:
    """Return the analysis with the metrics of plug-ins; one that fails gives a missing metric and
    an issue with its name.
    """
    entries = installed(GROUP)
    if not entries:
        return analysis
    metrics = dict(analysis.metrics)
    issues: list[Issue] = []
    for entry in entries:
        if entry.plugin is None:
            said = (
                f"the plug-in {entry.name!r} of {entry.package} can't be used: "
            )
            issues.append(plugin_issue(said + entry.fault))
            continue
        name = entry.plugin.name
        try:
            metrics[name] = _measured(entry, run, analysis)
        except Exception as error:  # a stranger's code
            reason = entry.failed(error)
            metrics[name] = Metric.missing(entry.plugin.unit, reason)
            issues.append(plugin_issue(reason))
    return replace(analysis, metrics=metrics, issues=(*analysis.issues, *issues))


def _measured(entry: Installed, run: CleanActivity, analysis: Analysis) -> Metric:
    plugin = entry.plugin
    found = plugin.measure(run, analysis)
    if isinstance(found, Metric):
        return found
    method = f"{plugin.meaning}; by {entry.package}"
    metric = Metric(float(found), plugin.unit, method=method)
    return metric or Metric.missing(plugin.unit, "not given by the plug-in")
