"""Load of the steps and doses of climbing and descending."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from trailstats.analysis._samples import Samples
from trailstats.analysis._wrapping import NO_ELEVATION, NO_STEPS, found, missing
from trailstats.arrays import Floats, divide_by_positive
from trailstats.metrics import impact
from trailstats.model.results import Metric, Totals
from trailstats.schema import Columns, Surface

COMPONENTS = ("active", "impact", "tibial")
SIDES = ("impact_load_trail", "impact_load_road")
RATES = tuple(
    f"{part}_load_{per}"
    for part in COMPONENTS
    for per in ("per_km", "per_minute")
)
LOADS = frozenset((*(f"{part}_load" for part in COMPONENTS), *SIDES, *RATES))
BANDS = {
    "descent_dose_moderate": "of -5 to -10 %",
    "descent_dose_steep": "of -10 to -15 %",
    "descent_dose_very_steep": "steeper than -15 %",
}
SLOWEST_MEASURED = 3.0
"""Mean speed from which the impact peak of runs was measured [m/s] [GottschallKram2005]_."""

DOSES = ("climb_dose", "descent_dose", *BANDS, "climbing_time")


def load_metrics(
    table: Columns, totals: Totals, step_source: str
) -> dict[str, Metric]:
    """Return the load of the steps from the table ``schema.IMPACT``, at exponent 1; it says whence
    the steps are.
    """
    first = table["exponent"] == 1.0
    if not first.any():
        return missing(
            NO_STEPS, *(f"{part}_load" for part in COMPONENTS), *SIDES, *RATES
        )
    sums = impact.ImpactSums(
        *(table[f.name][first] for f in fields(impact.ImpactSums))
    )
    surface = table["surface"][first]
    ground = impact.SURFACE_FACTORS[impact.Ground.UNKNOWN_TRAIL]
    # Only ground that is not known to be paved may soften or harden a step.
    soft = surface != Surface.ROAD
    central, low, high = (
        impact.impact_sensitivity(sums, constants)
        for constants in (
            impact.CENTRAL_CONSTANTS,
            impact.ImpactConstants(
                np.where(soft, ground.low, 1.0),
                impact.DOWNHILL_SLOPE_RANGE[0],
                impact.STEEP_FACTOR_RANGE[0],
            ),
            impact.ImpactConstants(
                np.where(soft, ground.high, 1.0),
                impact.DOWNHILL_SLOPE_RANGE[1],
                impact.STEEP_FACTOR_RANGE[1],
            ),
        )
    )
    method = (
        "modelled from speed, grade and steps in equivalent level-road kilometres, exponent "
        f"1; steps {step_source}{_slow(totals)}"
    )
    notes = {
        "active": "",
        "impact": "; bounds: ground and downhill constants",
        "tibial": "; bounds: two studies that disagree on steep ground",
    }
    out: dict[str, Metric] = {}
    for part, note in notes.items():
        value, lowest, highest = (
            float(getattr(load, part).sum()) for load in (central, low, high)
        )
        if part == "active":
            lowest = highest = np.nan
        for name, amount in (
            (f"{part}_load", 1.0),
            (f"{part}_load_per_km", totals.distance / 1000.0),
            (f"{part}_load_per_minute", totals.moving_time / 60.0),
        ):
            # Nothing is done in no distance, and no time.
            shares = divide_by_positive(
                np.array([value, lowest, highest]), amount
            )
            out |= _load_metric(name, shares, method + note)
    for name, side in zip(SIDES, (Surface.TRAIL, Surface.ROAD), strict=True):
        row = int(np.flatnonzero(surface == side.value)[0])
        values = np.array([load.impact[row] for load in (central, low, high)])
        out |= _load_metric(name, values, f"{method}; on {side}")
    return out


def _slow(totals: Totals) -> str:
    """Return that the peaks of a slow run are extrapolated: they were measured from 3 m/s on."""
    if totals.mean_speed >= SLOWEST_MEASURED:
        return ""
    return (
        f"; extrapolated to {totals.mean_speed:.1f} m/s: impact peaks were measured from "
        f"{SLOWEST_MEASURED:.0f} m/s on"
    )


def _load_metric(name: str, values: Floats, method: str) -> dict[str, Metric]:
    """Return a load from its central, lowest and highest value."""
    value, low, high = values
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
    out = found("climb_dose", impact.positive_work_dose(ascent[-1]), up, coverage)
    out |= found(
        "descent_dose", impact.descent_dose(-descent[-1]), down, coverage
    )
    drops = -np.diff(descent, prepend=descent[0])
    by_grade = impact.descent_dose_by_grade(drops, s.grade)
    for value, (name, grades) in zip(by_grade[1:], BANDS.items(), strict=True):
        out |= found(name, value, f"{down}; on grades {grades}", coverage)
    return out | found(
        "climbing_time",
        impact.time_climbing(s.grade, s.time),
        "on grades of 5 % and more",
        coverage,
    )
