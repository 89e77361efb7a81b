"""Mechanical load of the steps: active, impact and tibial components in equivalent level-road
kilometres.

External impact, internal bone load and muscle load move in different directions with grade, so
there are three components and never one number of joint damage. Each is 1 per step at the reference
step: level, paved, 3.0 m/s; each total is divided by the steps of one reference kilometre. With an
exponent of 1 the total counts load, with a larger one it counts fatigue; read both, because slow
running takes more but smaller steps per kilometre.
"""

from __future__ import annotations

from trailstats.metrics._descent import (
    DESCENT_BANDS,
    damaging_descent,
    descent_dose,
    descent_dose_by_grade,
    downhill_exposure_ratio,
    positive_work_dose,
    steep_bouts,
    time_climbing,
    vertical_speed,
)
from trailstats.metrics._impact_load import (
    REFERENCE_SPEED,
    REFERENCE_STEPS_PER_KM,
    active_component,
    impact_component,
    impact_load,
    impact_load_by_group,
    tibial_component,
)
from trailstats.metrics._impact_sensitivity import (
    CENTRAL_CONSTANTS,
    DOWNHILL_SLOPE,
    DOWNHILL_SLOPE_RANGE,
    EXPONENTS,
    IMPACT_SPEED_SLOPE,
    MEASURED_ANGLE,
    STEEP_FACTOR_RANGE,
    STEEP_GRADE,
    ImpactConstants,
    ImpactLoad,
    ImpactSums,
    impact_sensitivity,
)
from trailstats.metrics._spring_mass import (
    CONTACT_LEVELS,
    GRAVITY,
    WATCH_ERROR,
    contact_level,
    contact_time,
    flight_time,
    leg_compression,
    leg_stiffness,
    mean_contact_force,
    peak_force,
    vertical_displacement,
    vertical_stiffness,
)
from trailstats.metrics._stride import (
    POPULATION_CADENCE,
    CadenceModel,
    StepCount,
    count_steps,
    fit_cadence,
    modelled_cadence,
    step_length,
    step_rate,
)
from trailstats.metrics._surface_factor import (
    ENERGY_FACTORS,
    SURFACE_FACTORS,
    Ground,
    SurfaceFactor,
)

__all__ = [
    "CENTRAL_CONSTANTS",
    "CONTACT_LEVELS",
    "DESCENT_BANDS",
    "DOWNHILL_SLOPE",
    "DOWNHILL_SLOPE_RANGE",
    "ENERGY_FACTORS",
    "EXPONENTS",
    "GRAVITY",
    "IMPACT_SPEED_SLOPE",
    "MEASURED_ANGLE",
    "POPULATION_CADENCE",
    "REFERENCE_SPEED",
    "REFERENCE_STEPS_PER_KM",
    "STEEP_FACTOR_RANGE",
    "STEEP_GRADE",
    "SURFACE_FACTORS",
    "WATCH_ERROR",
    "CadenceModel",
    "Ground",
    "ImpactConstants",
    "ImpactLoad",
    "ImpactSums",
    "StepCount",
    "SurfaceFactor",
    "active_component",
    "contact_level",
    "contact_time",
    "count_steps",
    "damaging_descent",
    "descent_dose",
    "descent_dose_by_grade",
    "downhill_exposure_ratio",
    "fit_cadence",
    "flight_time",
    "impact_component",
    "impact_load",
    "impact_load_by_group",
    "impact_sensitivity",
    "leg_compression",
    "leg_stiffness",
    "mean_contact_force",
    "modelled_cadence",
    "peak_force",
    "positive_work_dose",
    "steep_bouts",
    "step_length",
    "step_rate",
    "tibial_component",
    "time_climbing",
    "vertical_displacement",
    "vertical_speed",
    "vertical_stiffness",
]
