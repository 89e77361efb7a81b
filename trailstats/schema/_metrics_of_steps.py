"""Metrics of the steps: their number, rhythm, forces, load, and the doses of climbing and
descending.
"""

from __future__ import annotations

from trailstats.schema._metric_entry import MetricEntry as Entry
from trailstats.schema._words import EvidenceStrength

MODERATE, WEAK, NONE = (
    EvidenceStrength.MODERATE,
    EvidenceStrength.WEAK,
    EvidenceStrength.NONE,
)

_NO_STEPS = "not on foot, or no distance recorded"
_NO_CADENCE = "cadence covers less than half of the moving time, or not on foot"
_NO_ELEVATION = "no elevation was recorded"
_LEVEL = (
    "running on ground below 2 % at 2 to 6 m/s; overground; from a modelled contact a "
    "function of speed alone"
)
_NO_LEVEL = "less than a minute of running on level ground"
_WHAT = {
    "active": "peak vertical force of each step, a load on muscles and joints",
    "impact": "impact peak of each step, which grade and ground move most",
    "tibial": "load inside the shin bone at each step",
}
_LOAD_VALID = (
    "3 to 6 m/s and slopes to 9 degrees as measured, held beyond; exponent 1 counts load, the "
    "table `impact` holds "
    "the exponents that count fatigue; about 30 % of what a worn sensor finds is invisible here"
)
_PER = {
    "": ("km", "in equivalent level-road kilometres at 3.0 m/s", _NO_STEPS),
    "_per_km": ("1", "per kilometre: 1 on level road at 3.0 m/s", _NO_STEPS),
    "_per_minute": (
        "km/min",
        "in equivalent level-road kilometres per minute under way",
        _NO_STEPS,
    ),
    "_per_session": (
        "km",
        "in equivalent level-road kilometres for 100 of session load, an hour at threshold",
        f"{_NO_STEPS}, or no session load",
    ),
}


def _loads() -> tuple[Entry, ...]:
    return tuple(
        Entry(
            f"{part}_load{per}",
            "impact",
            unit,
            f"{meaning}, added up {words}",
            (
                f"impact.{part}_component",
                "impact.impact_load",
                "impact.impact_sensitivity",
            ),
            _LOAD_VALID,
            missing,
            WEAK,
            detail=bool(per),
        )
        for part, meaning in _WHAT.items()
        for per, (unit, words, missing) in _PER.items()
    )


def _sides() -> tuple[Entry, ...]:
    return tuple(
        Entry(
            f"impact_load_{side}",
            "impact",
            "km",
            f"the part of `impact_load` that was run on {side}",
            ("impact.impact_load_by_group",),
            _LOAD_VALID,
            _NO_STEPS,
            WEAK,
        )
        for side in ("trail", "road")
    )


def _descents() -> tuple[Entry, ...]:
    bands = (
        ("moderate", "of -5 to -10 %"),
        ("steep", "of -10 to -15 %"),
        ("very_steep", "steeper than -15 %"),
    )
    return tuple(
        Entry(
            f"descent_dose_{band}",
            "impact",
            "J/kg",
            f"the part of `descent_dose` on grades {grades}",
            ("impact.descent_dose_by_grade",),
            "steeper descents damage more per metre; noise in the elevation counts as descent",
            _NO_ELEVATION,
            MODERATE,
            detail=True,
        )
        for band, grades in bands
    )


def _recorded(
    name: str, unit: str, meaning: str, evidence: EvidenceStrength = NONE
) -> Entry:
    valid = (
        "as the device recorded it, averaged while moving; makers define it each "
        "in their own way"
    )
    return Entry(
        name, "steps", unit, meaning, (), valid, "not recorded", evidence, detail=True
    )


STEPS: tuple[Entry, ...] = (
    *_loads(),
    *_sides(),
    Entry(
        "climb_dose",
        "impact",
        "J/kg",
        "gravity times ascent: work per kilogram against gravity, a stand-in for the strength "
        "stimulus",
        ("impact.positive_work_dose",),
        "a dose, no gain in strength; noise in the elevation counts as ascent",
        _NO_ELEVATION,
        MODERATE,
    ),
    Entry(
        "descent_dose",
        "impact",
        "J/kg",
        "gravity times descent: braking work per kilogram, a stand-in for eccentric muscle load",
        ("impact.descent_dose", "impact.damaging_descent"),
        "900 to 1000 m of running descent at once damages muscles that are not used to it; noise "
        "counts as descent",
        _NO_ELEVATION,
        MODERATE,
    ),
    *_descents(),
    Entry(
        "climbing_time",
        "impact",
        "s",
        "moving time on grades of 5 % and more",
        ("impact.time_climbing",),
        "every grade above; grade is taken over 50 m, without a barometer over 100 m",
        _NO_ELEVATION,
        MODERATE,
        detail=True,
    ),
    Entry(
        "steps",
        "steps",
        "1",
        "number of steps of both feet; bounds: what is modelled is 10 % off, 5 % by the athlete's "
        "own cadence",
        ("impact.count_steps", "impact.step_rate", "impact.modelled_cadence"),
        "recorded, else modelled from speed at 1.64 to 4.68 m/s by the athlete's own cadence or "
        "the population's, "
        "walking by a judged law",
        _NO_STEPS,
        MODERATE,
        detail=True,
    ),
    Entry(
        "steps_per_km",
        "steps",
        "1/km",
        "steps per kilometre: the slower, the more",
        ("impact.count_steps",),
        "as the number of steps",
        _NO_STEPS,
        MODERATE,
        detail=True,
    ),
    Entry(
        "mean_cadence",
        "steps",
        "1/min",
        "mean steps of both feet per minute while stepping",
        (),
        "as recorded; whole strides are doubled",
        _NO_CADENCE,
        NONE,
    ),
    Entry(
        "step_length",
        "steps",
        "m",
        "mean length of a step",
        ("impact.step_length",),
        "as good as the speed, which positions in woods understate by up to 9 %",
        _NO_CADENCE,
        NONE,
        detail=True,
    ),
    Entry(
        "cadence_cv",
        "variability",
        "1",
        "coefficient of variation of cadence within minutes of steady running",
        (
            "variability.step_variability",
            "variability.quantisation_deviation",
            "variability.recorded_resolution",
        ),
        "steady minutes on even grades; not the coordination between limbs that studies of "
        "injuries measure",
        "no steady minute, or a spread below twice that of rounding, or " + _NO_CADENCE,
        WEAK,
    ),
    Entry(
        "step_length_cv",
        "variability",
        "1",
        "coefficient of variation of step length within minutes of steady running",
        ("variability.step_variability",),
        "noise of the speed is in it, so compare runs with one device only",
        "no steady minute, or " + _NO_CADENCE,
        WEAK,
        detail=True,
    ),
    Entry(
        "cadence_entropy",
        "variability",
        "1",
        "irregularity of the cadence: sample entropy over windows of five minutes",
        ("variability.windowed_sample_entropy",),
        "recorded once a second; whole steps make it coarse",
        "not recorded once a second, shorter than five minutes, too regular, or "
        + _NO_CADENCE,
        WEAK,
        detail=True,
    ),
    Entry(
        "contact_time",
        "steps",
        "s",
        "mean ground contact time of running on level ground",
        ("impact.contact_time",),
        _LEVEL + "; the law is good to about 15 %",
        _NO_LEVEL,
        WEAK,
        detail=True,
    ),
    Entry(
        "flight_time",
        "steps",
        "s",
        "mean time in the air per step on level ground",
        ("impact.flight_time",),
        _LEVEL,
        _NO_LEVEL,
        MODERATE,
        detail=True,
    ),
    Entry(
        "peak_force",
        "steps",
        "1",
        "mean peak vertical force of a step on level ground, in body weights",
        ("impact.peak_force",),
        _LEVEL + "; within 7 % of force plates from 3.33 m/s",
        _NO_LEVEL,
        MODERATE,
        detail=True,
    ),
    Entry(
        "vertical_stiffness",
        "steps",
        "N/m",
        "peak force over the sinking of the centre of mass, on level ground",
        ("impact.vertical_stiffness", "impact.vertical_displacement"),
        _LEVEL,
        "no body mass in the profile, or " + _NO_LEVEL,
        MODERATE,
        detail=True,
    ),
    Entry(
        "leg_stiffness",
        "steps",
        "N/m",
        "peak force over the shortening of the leg, on level ground",
        ("impact.leg_stiffness", "impact.leg_compression"),
        _LEVEL,
        "no body mass or height in the profile, or " + _NO_LEVEL,
        MODERATE,
        detail=True,
    ),
    Entry(
        "stance_time_balance",
        "variability",
        "1",
        "mean share of the contact time on the left foot",
        (),
        "a device is about 0.005 off",
        "not recorded",
        NONE,
    ),
    Entry(
        "stance_imbalance",
        "variability",
        "1",
        "distance of `stance_time_balance` from even",
        ("variability.stance_imbalance",),
        "bounds: the 0.005 that a device may be off; no study shows that trail running changes it",
        "not recorded",
        NONE,
        detail=True,
    ),
    Entry(
        "stance_imbalance_deviation",
        "variability",
        "1",
        "standard deviation of the stance-time balance within the run",
        ("variability.stance_imbalance",),
        "noise of the device is in it",
        "not recorded",
        NONE,
        detail=True,
    ),
    _recorded("vertical_oscillation", "m", "mean rise and fall of the trunk per step"),
    _recorded("vertical_ratio", "1", "mean vertical oscillation over step length"),
    _recorded("mean_power", "W", "mean running power, a model of the maker's"),
    _recorded(
        "impact_loading_rate_recorded",
        "1/s",
        "a footpod's impact loading rate, in body weights per second",
    ),
    _recorded("leg_stiffness_recorded", "N/m", "a footpod's leg spring stiffness"),
    _recorded("form_power_recorded", "W", "a footpod's power that does not go forward"),
)
