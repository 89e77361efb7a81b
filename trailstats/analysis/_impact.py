"""Load of the steps and doses of climbing and descending."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats.analysis._samples import Samples
from trailstats.analysis._wrapping import NO_ELEVATION, NO_STEPS, found, missing
from trailstats.metrics import impact
from trailstats.model.results import Metric, Totals
from trailstats.schema import Surface

__all__ = ["COMPONENTS", "dose_metrics", "load_metrics"]

COMPONENTS = ("active", "impact", "tibial")
LOADS = ("active", "impact", "impact_low", "impact_high", "tibial", "tibial_steep")
SIDES = ("impact_load_trail", "impact_load_road")
RATES = tuple(
    f"{part}_load_{per}" for part in COMPONENTS for per in ("per_km", "per_minute")
)
DOSES = (
    "climb_dose",
    "descent_dose",
    "descent_dose_moderate",
    "descent_dose_steep",
    "descent_dose_very_steep",
    "climbing_time",
)
STEEP_TIBIAL = (0.85, 1.15)
"""What steep ground may do to the load inside the shin [1]; judgement between two studies that
disagree.
"""


def load_metrics(
    table: pd.DataFrame, totals: Totals, step_source: str
) -> dict[str, Metric]:
    """Return the load of the steps from the table ``schema.IMPACT``, at exponent 1; it says whence
    the steps are.
    """
    plain = table["exponent"].to_numpy() == 1.0
    if not plain.any():
        return missing(
            NO_STEPS, *(f"{part}_load" for part in COMPONENTS), *SIDES, *RATES
        )
    column = {name: table[name].to_numpy()[plain] for name in LOADS}
    surface = table["surface"].to_numpy(dtype=object)[plain]
    ground = impact.SURFACE_FACTORS[impact.Ground.UNKNOWN_TRAIL]
    # Only ground that is not known to be paved may soften or harden a step.
    soft = surface != Surface.ROAD
    weak, hard = np.where(soft, ground.low, 1.0), np.where(soft, ground.high, 1.0)
    impact_low, impact_high = column["impact_low"] * weak, column["impact_high"] * hard
    flat, steep = float(column["tibial"].sum()), float(column["tibial_steep"].sum())
    active, shock = float(column["active"].sum()), float(column["impact"].sum())
    words = (
        "modelled from speed, grade and steps in equivalent level-road kilometres, exponent "
        f"1; steps {step_source}"
    )
    remembered = f"{words}; the rise of the impact with speed is quoted from memory"
    bounds = {
        "active": (active, np.nan, np.nan, words),
        "impact": (
            shock,
            float(impact_low.sum()),
            float(impact_high.sum()),
            f"{remembered}; bounds: ground and downhill constants",
        ),
        "tibial": (
            flat + steep,
            flat + STEEP_TIBIAL[0] * steep,
            flat + STEEP_TIBIAL[1] * steep,
            f"{words}; bounds: two studies that disagree on steep ground",
        ),
    }
    out: dict[str, Metric] = {}
    for part, (value, low, high, method) in bounds.items():
        for name, amount in (
            (f"{part}_load", 1.0),
            (f"{part}_load_per_km", totals.distance / 1000.0),
            (f"{part}_load_per_minute", totals.moving_time / 60.0),
        ):
            out |= _load(name, value / amount, low / amount, high / amount, method)
    for name, side in zip(SIDES, (Surface.TRAIL, Surface.ROAD), strict=True):
        row = int(np.flatnonzero(surface == side.value)[0])
        ends = float(impact_low[row]), float(impact_high[row])
        out |= _load(
            name, float(column["impact"][row]), *ends, f"{remembered}; on {side.value}"
        )
    return out


def _load(
    name: str, value: float, low: float, high: float, method: str
) -> dict[str, Metric]:
    if np.isnan(value):
        return missing(NO_ELEVATION, name)
    return found(name, value, method, low=low, high=high, coverage=1.0)


def dose_metrics(samples: Samples) -> dict[str, Metric]:
    """Return the doses of climbing and descending."""
    s = samples
    if not s.has_elevation:
        return missing(NO_ELEVATION, *DOSES)
    ascent, descent = s.track["ascent"], s.track["descent"]
    coverage = s.share(s.grade)
    down = "gravity times descent: the braking work per kilogram; a proxy of eccentric load"
    up = "gravity times ascent: the work per kilogram; a proxy of the strength stimulus"
    out = found(
        "climb_dose", impact.positive_work_dose(ascent[-1]), up, coverage=coverage
    )
    out |= found(
        "descent_dose", impact.descent_dose(-descent[-1]), down, coverage=coverage
    )
    drops = -np.diff(descent, prepend=descent[0])
    by_grade = impact.descent_dose_by_grade(drops, s.grade)
    for name, value, words in zip(
        DOSES[2:5],
        by_grade[1:],
        (
            "on grades of -5 to -10 %",
            "on grades of -10 to -15 %",
            "on grades steeper than -15 %",
        ),
        strict=True,
    ):
        out |= found(name, float(value), f"{down}; {words}", coverage=coverage)
    words = "on grades of 5 % and more"
    return out | found(
        "climbing_time", impact.time_climbing(s.grade, s.time), words, coverage=coverage
    )
