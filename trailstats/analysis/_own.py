"""What rests on the runner's own measures: computed from samples that are kept, so that another
mass, height, easy ceiling or cadence needs no file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from trailstats.analysis._effort import energy_metrics, speed_at_heart_rate
from trailstats.analysis._impact import load_metrics
from trailstats.analysis._samples import MotionSamples
from trailstats.analysis._steps import count_steps, own_step_metrics
from trailstats.analysis._sums import GroundOfSamples, impact_on_grounds
from trailstats.metrics.impact import POPULATION_CADENCE, CadenceModel
from trailstats.model.athlete import Athlete
from trailstats.model.results import Metric, Totals
from trailstats.schema import Columns

__all__ = ["Motion", "OwnResults", "own_results"]


@dataclass(frozen=True, eq=False)
class Motion:
    """How someone moved, and on what.

    Attributes
    ----------
    samples : MotionSamples
    ground : GroundOfSamples
    """

    samples: MotionSamples
    ground: GroundOfSamples


@dataclass(frozen=True, eq=False)
class OwnResults:
    """The metrics, and the columns of the table ``schema.IMPACT``."""

    metrics: dict[str, Metric]
    impact: Columns


def own_results(motion: Motion, totals: Totals, athlete: Athlete) -> OwnResults:
    """Return what rests on mass, height, easy ceiling and cadence of an athlete."""
    cadence = athlete.cadence_at_3
    model = (
        CadenceModel(cadence, personal=True) if cadence else POPULATION_CADENCE
    )
    s = replace(motion.samples, cadence_model=model)
    impact = impact_on_grounds(s, motion.ground)
    steps = count_steps(s)
    metrics = {
        **energy_metrics(s, athlete),
        **speed_at_heart_rate(s, athlete),
        **load_metrics(impact, totals, steps.source),
        **own_step_metrics(s, steps, totals, athlete),
    }
    return OwnResults(metrics, impact)
