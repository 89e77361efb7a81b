"""Steps: how many, how regular, how hard the ground is met, and what the device recorded of
them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trailstats.analysis._contact import SPRING, spring_metrics, step_source
from trailstats.analysis._samples import MotionSamples, Samples
from trailstats.analysis._wrapping import NO_SPEED, NO_STEPS, found, missing
from trailstats.arrays import Flags
from trailstats.metrics import impact, variability
from trailstats.metrics.sampling import time_mean
from trailstats.model.athlete import Athlete
from trailstats.model.results import Metric, Totals

COUNTS = ("steps", "steps_per_km")
RHYTHM = (
    "mean_cadence",
    "step_length",
    "cadence_cv",
    "step_length_cv",
    "cadence_entropy",
)
BALANCE = (
    "stance_time_balance",
    "stance_imbalance",
    "stance_imbalance_deviation",
)
RECORDED = {
    "vertical_oscillation": "vertical_oscillation",
    "vertical_ratio": "vertical_ratio",
    "mean_power": "power",
}
"""Metrics that are the mean of a record column."""

FOOTPOD = {
    "impact_loading_rate_recorded": ("impact loading rate", 1.0),
    "leg_stiffness_recorded": ("leg spring stiffness", 1000.0),
    "form_power_recorded": ("form power", 1.0),
}
"""Metrics that are the mean of a footpod's own field, with the factor to SI units."""


@dataclass(frozen=True)
class Steps:
    """The steps of an activity.

    Attributes
    ----------
    count : float
        NaN where no speed was recorded [1].
    half : float
        Half width of the interval that what is modelled leaves open [1].
    source : str
        Where they come from, for a person.
    """

    count: float
    half: float
    source: str


def count_steps(samples: MotionSamples) -> Steps:
    """Return the steps: recorded, else modelled by the athlete's own cadence, else by the
    population's.
    """
    s, model = samples, samples.cadence_model
    counted = impact.count_steps(
        s.speed, s.cadence, s.time, walking=s.walking, model=model
    )
    share = counted.modelled_share
    return Steps(
        counted.steps,
        model.uncertainty * share * counted.steps,
        step_source(share, model),
    )


def step_metrics(samples: Samples) -> dict[str, Metric]:
    """Return everything about the steps; their count and their spring follow with the athlete's
    measures.
    """
    s = samples
    out = missing(NO_STEPS, *COUNTS, *RHYTHM, *SPRING)
    if s.on_foot:
        out |= _rhythm(s)
    return out | _balance(s) | _recorded(s)


def own_step_metrics(
    samples: MotionSamples, steps: Steps, totals: Totals, athlete: Athlete
) -> dict[str, Metric]:
    """Return count and spring of the steps; nothing where there are none."""
    s = samples
    if not s.on_foot or not s.has_distance:
        return {}
    return _counts(s, steps, totals) | spring_metrics(s, athlete)


def _counts(
    samples: MotionSamples, steps: Steps, totals: Totals
) -> dict[str, Metric]:
    coverage = samples.share(samples.speed)
    ends = {"low": steps.count - steps.half, "high": steps.count + steps.half}
    out = found("steps", steps.count, steps.source, **ends, coverage=coverage)
    kilometres = totals.distance / 1000.0
    per_km = {name: value / kilometres for name, value in ends.items()}
    return out | found(
        "steps_per_km",
        steps.count / kilometres,
        steps.source,
        **per_km,
        coverage=coverage,
    )


def _rhythm(samples: Samples) -> dict[str, Metric]:
    s = samples
    stepping = (s.cadence > 0) & (s.time > 0)
    if not s.time[stepping].sum() > 0.5 * s.time.sum() > 0:
        return missing("no cadence recorded", *RHYTHM)
    cadence = np.where(stepping, s.cadence, np.nan)
    coverage = s.share(cadence)
    out = found(
        "mean_cadence",
        time_mean(cadence, s.time),
        "measured: steps of both feet, while moving",
        coverage,
    )
    if not s.has_distance:
        return out | missing(NO_SPEED, *RHYTHM[1:4]) | _entropy(s, stepping)
    length = impact.step_length(s.speed, cadence)
    out |= found(
        "step_length",
        time_mean(length, s.time),
        "measured: speed over cadence",
        s.share(length),
    )
    rules = variability.SteadyWindowRules(
        resolution=variability.recorded_resolution(s.cadence[stepping])
    )
    steps = variability.step_variability(
        s.cadence, s.speed, s.time, grade=np.nan_to_num(s.grade), rules=rules
    )
    coverage = min(steps.windows * rules.window / float(s.time.sum()), 1.0)
    reason = (
        "too little steady running"
        if not steps.windows
        else "a cadence too coarse for its spread"
    )
    for name, value, method in (
        (
            "cadence_cv",
            steps.cadence,
            "coefficient of variation in windows of steady running",
        ),
        (
            "step_length_cv",
            steps.step_length,
            "coefficient of variation in windows of steady running; noise included",
        ),
    ):
        out |= (
            missing(reason, name)
            if np.isnan(value)
            else found(name, value, method, coverage)
        )
    return out | _entropy(s, stepping)


def _entropy(samples: Samples, stepping: Flags) -> dict[str, Metric]:
    """Return the irregularity of the cadence where it was sampled once a second."""
    s = samples
    every_second = np.isclose(
        np.diff(s.clock, prepend=s.clock[0] - 1.0), 1.0, atol=0.05
    )
    if every_second.mean() < 0.95:
        return missing("not recorded once a second", "cadence_entropy")
    entropy = variability.windowed_sample_entropy(
        s.cadence[stepping & every_second]
    )
    if np.isnan(entropy):
        return missing("too short, or too regular to tell", "cadence_entropy")
    return found(
        "cadence_entropy",
        entropy,
        "sample entropy of the cadence, patterns of 2 within 0.2 SD, over windows "
        "of five minutes",
        s.share(np.where(stepping & every_second, 1.0, np.nan)),
    )


def _balance(samples: Samples) -> dict[str, Metric]:
    s = samples
    balance = s.records["stance_time_balance"]
    coverage = s.share(balance)
    if not coverage > 0:
        return missing("not recorded", *BALANCE)
    uneven = variability.stance_imbalance(balance, s.time)
    out = found(
        "stance_time_balance",
        time_mean(balance, s.time),
        "measured by the device: share of contact time on the left foot",
        coverage,
    )
    method = "distance of the mean balance from even; bounds: 0.005 that a device may be off"
    value = uneven.mean
    out |= found(
        "stance_imbalance",
        value,
        method,
        low=max(value - 0.005, 0.0),
        high=value + 0.005,
        coverage=coverage,
    )
    return out | found(
        "stance_imbalance_deviation",
        uneven.std,
        "standard deviation within the run",
        coverage,
    )


def _recorded(samples: Samples) -> dict[str, Metric]:
    """Return what the device says of the steps, kept as it was recorded."""
    s = samples
    columns = {
        name: (s.records[column], 1.0) for name, column in RECORDED.items()
    }
    fields = {
        str(c).removeprefix("dev_").casefold(): str(c)
        for c in s.activity.extras.columns
    }
    for name, (field, factor) in FOOTPOD.items():
        if field in fields:
            columns[name] = (
                s.activity.extras[fields[field]].to_numpy(dtype=np.float64),
                factor,
            )
    out: dict[str, Metric] = {}
    for name in (*RECORDED, *FOOTPOD):
        values, factor = columns.get(name, (np.full(len(s.time), np.nan), 1.0))
        # A pod writes 0 before it has found its pace.
        values = np.where(values > 0, factor * values, np.nan)
        coverage = s.share(values)
        out |= (
            found(
                name,
                time_mean(values, s.time),
                "measured by the device, as recorded; mean while moving",
                coverage,
            )
            if coverage > 0
            else missing("not recorded", name)
        )
    return out
