"""What an activity is worth on level road follows from all runs together and moves a little with
each new one. So its kept part has marks there, and a page writes the texts.
"""

from __future__ import annotations

from typing import Final

from trailstats.analysis._even_ground import (
    NAMES,
    EvenGround,
    even_ground_metrics,
)
from trailstats.analysis._wrapping import found
from trailstats.metrics.load import pace_load
from trailstats.model.results import Metric
from trailstats.report.run_tables import metric_unit
from trailstats.report.units import Units

MARKED: Final = "\ue000whose curve\ue001"
"""Stands for whose curve it is: of characters that are in no text."""

_LOAD: Final = "pace_load"
_VALUE, _RANGE = "value of", "range of"


def level_mark(name: str, metric: Metric) -> tuple[str, str] | None:
    """Return the marks that stand for a metric's value and range; None where it is written as it
    is.
    """
    if name not in (*NAMES, _LOAD) or MARKED not in metric.method:
        return None
    return _mark(_VALUE, name), _mark(_RANGE, name)


def _mark(what: str, name: str) -> str:
    return f"\ue000{what} {name}\ue001"


MARKS: Final = (
    MARKED,
    *(_mark(what, name) for name in (*NAMES, _LOAD) for what in (_VALUE, _RANGE)),
)
"""All marks, in the order of `level_texts`."""


def level_texts(
    own: EvenGround, moving_time: float, threshold: float | None, units: Units
) -> tuple[str, ...]:
    """Return what the first of the marks stand for in an activity.

    Parameters
    ----------
    own : EvenGround
        What the run is worth by the runner's own curve.
    moving_time : float
        [s]
    threshold : float or None
        Stated threshold speed, which a load by pace rests on [m/s].
    units : Units
    """
    metrics = even_ground_metrics(own, moving_time)
    if threshold is not None:
        load = pace_load(own.normalised, moving_time, threshold)
        metrics |= found(_LOAD, load, own.method, own.coverage)
    texts = [own.method]
    for name, metric in metrics.items():
        unit = metric_unit(name, metric)
        texts.append(units.number(metric.value, unit))
        texts.append(units.interval(metric.low, metric.high, unit))
    return tuple(texts)
