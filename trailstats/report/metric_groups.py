"""The metrics of one activity in groups: how each was found stands once a group, what has no value
in one line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trailstats.model.results import Metric
from trailstats.report import text
from trailstats.report.level_marks import level_mark
from trailstats.report.run_tables import (
    METRIC_WORDS,
    TableView,
    metric_unit,
    metric_words,
)
from trailstats.report.units import Units
from trailstats.schema import METRICS, EvidenceStrength

_HEADS = ("metric", "value", "range", "covers", "how")


@dataclass(frozen=True)
class MetricGroup:
    """Metrics of one kind.

    Attributes
    ----------
    title : str
    table : TableView
        Its last column holds the number of the way it was found.
    methods : tuple of str
        The ways, from number 1.
    missing : tuple of str
        For each reason the metrics without a value.
    """

    title: str
    table: TableView
    methods: tuple[str, ...]
    missing: tuple[str, ...]


def main_metrics(
    metrics: Mapping[str, Metric], units: Units
) -> tuple[tuple[str, str, str], ...]:
    """Return name, value and a plain line of the few metrics that stand in the open."""
    return tuple(
        (
            units.worded(metric_words(name)),
            units.number(metric.value, metric_unit(name, metric)),
            units.worded(said),
        )
        for name, said in METRIC_WORDS["open"].items()
        if (metric := metrics.get(name))
    )


def metric_groups(
    metrics: Mapping[str, Metric], units: Units
) -> tuple[MetricGroup, ...]:
    """Return all metrics by their groups, those without any value left out."""
    titles = METRIC_WORDS["groups"]
    groups = (
        _group(title, _of_family(metrics, family), units)
        for family, title in titles.items()
    )
    return tuple(group for group in groups if group.table.rows)


def _of_family(metrics: Mapping[str, Metric], family: str) -> dict[str, Metric]:
    return {
        name: metric
        for name, metric in metrics.items()
        if name in METRICS and METRICS[name].family == family
    }


def _group(
    title: str, metrics: Mapping[str, Metric], units: Units
) -> MetricGroup:
    methods: dict[str, int] = {}
    missing: dict[str, list[str]] = {}
    rows = []
    for name, metric in metrics.items():
        if not metric:
            reason = metric.reason or metric.method
            said = units.worded(metric_words(name))
            missing.setdefault(reason, []).append(said)
            continue
        number = methods.setdefault(_method(metric), len(methods) + 1)
        unit = metric_unit(name, metric)
        value, bounds = level_mark(name, metric) or (
            units.number(metric.value, unit),
            units.interval(metric.low, metric.high, unit),
        )
        rows.append(
            (
                units.worded(metric_words(name)),
                value,
                bounds,
                text.percent(metric.coverage),
                str(number),
            )
        )
    return MetricGroup(
        title,
        TableView(_HEADS, tuple(rows)),
        tuple(units.worded(method) for method in methods),
        tuple(f"{', '.join(names)}: {why}" for why, names in missing.items()),
    )


def _method(metric: Metric) -> str:
    if metric.evidence is EvidenceStrength.NONE:
        return metric.method
    return f"{metric.method} (published evidence: {metric.evidence.value})"
