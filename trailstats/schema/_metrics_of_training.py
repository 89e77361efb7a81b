"""Metrics that only many runs tell."""

from __future__ import annotations

from trailstats.schema._metric_entry import MetricEntry as Entry
from trailstats.schema._words import EvidenceStrength

MODERATE, WEAK, NONE = (
    EvidenceStrength.MODERATE,
    EvidenceStrength.WEAK,
    EvidenceStrength.NONE,
)

_EFFORTS = "best grade-adjusted efforts of the last 90 days; too low where none was run all out"
_RACES = {
    "equivalent_5000m": "5000 m",
    "equivalent_10000m": "10 000 m",
    "equivalent_half_marathon": "a half marathon",
    "equivalent_marathon": "a marathon",
}


def _entry(
    name: str,
    unit: str,
    meaning: str,
    formulas: tuple[str, ...],
    valid: str,
    missing: str,
    evidence: EvidenceStrength,
) -> Entry:
    return Entry(name, "training", unit, meaning, formulas, valid, missing, evidence)


_ENTRIES: tuple[Entry, ...] = (
    _entry(
        "polarisation_index",
        "1",
        "how far the time lies in the lowest and highest of three zones: above 2 counts as "
        "polarised",
        ("intensity.polarisation_index",),
        "all runs with heart rate together; that polarised training is better is not shown for "
        "recreational runners",
        "a zone is empty, or the limits are unknown",
        WEAK,
    ),
    _entry(
        "easy_run_discipline",
        "1",
        "share of the time of runs meant to be easy that lay below the easy ceiling",
        ("intensity.easy_discipline", "intensity.easy_intended"),
        "runs meant to be easy by name or calendar, never by their own heart rate; a measure of "
        "behaviour",
        "no run meant to be easy with a heart rate",
        NONE,
    ),
    _entry(
        "technical_exposure",
        "min/week",
        "minutes a week on technical ground",
        ("variability.technical_exposure",),
        "a dose, no ability to balance",
        "no recording tells",
        WEAK,
    ),
    _entry(
        "longest_unbroken_days",
        "d",
        "longest time without a week of rest",
        ("load.longest_unbroken_days",),
        "a stand-in for tolerated training; the cause of a pause is unknown",
        "no run",
        NONE,
    ),
    _entry(
        "terrain_evenness",
        "1",
        "how evenly all time spreads over nine kinds of terrain",
        ("variety.shannon_evenness",),
        "0 one kind only, 1 all alike",
        "no elevation recorded",
        NONE,
    ),
    _entry(
        "critical_speed",
        "m/s",
        "speed that divides what can be held from what cannot: the slope of distance over time "
        "through best efforts",
        ("performance.critical_speed", "performance.best_efforts_by_distance"),
        f"{_EFFORTS}; a marathon is raced at about 85 % of it",
        "no best efforts over 400, 800 and 5000 m",
        MODERATE,
    ),
    _entry(
        "critical_reserve",
        "m",
        "distance that can be run above the critical speed",
        ("performance.critical_speed",),
        _EFFORTS,
        "as `critical_speed`",
        WEAK,
    ),
    _entry(
        "vdot",
        "ml/kg/min",
        "oxygen uptake that the best recent effort implies",
        ("performance.vdot",),
        f"{_EFFORTS}; efforts of 3.5 minutes to 4 hours; a laboratory finds 3 to 5 more or less",
        "no such effort",
        MODERATE,
    ),
    *(
        _entry(
            name,
            "s",
            f"time over {race} that the best recent effort implies; bounds by two laws of "
            "endurance",
            ("performance.equivalent_time", "performance.riegel_time"),
            f"{_EFFORTS}; level course, trained for the distance",
            "as `vdot`",
            MODERATE,
        )
        for name, race in _RACES.items()
    ),
    _entry(
        "cadence_at_3",
        "1/min",
        "steps a minute at 3 m/s on the level by the athlete's own cadence, or the population's",
        ("impact.fit_cadence", "impact.modelled_cadence"),
        "half an hour of level running; a run lies within 5 % of the athlete's own, within 10 % of "
        "the population's",
        "never",
        MODERATE,
    ),
    _entry(
        "grade_factor_up",
        "1",
        "level speed of equal effort over actual speed on +10 %, fitted to the athlete and shrunk "
        "to the race curve",
        ("effort.fit_personal_curve", "effort.equal_effort_factors"),
        "within the grades that were run, held at their edge beyond; equal heart rate stands for "
        "equal effort, so "
        "it is shown and no speed is adjusted by it",
        "never: without data it is the race curve",
        WEAK,
    ),
    _entry(
        "grade_factor_down",
        "1",
        "the same on -10 %",
        ("effort.fit_personal_curve", "effort.equal_effort_factors"),
        "as uphill; heart rate is higher downhill than its effort, so the factor is biased upwards",
        "never: without data it is the race curve",
        WEAK,
    ),
)

TRAINING: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}
"""Every key of ``History.training()``."""
