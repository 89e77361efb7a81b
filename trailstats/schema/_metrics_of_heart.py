"""Metrics of heart rate, beats and training load."""

from __future__ import annotations

from trailstats.schema._metric_entry import MetricEntry as Entry
from trailstats.schema._words import EvidenceStrength

MODERATE, WEAK, NONE = (
    EvidenceStrength.MODERATE,
    EvidenceStrength.WEAK,
    EvidenceStrength.NONE,
)

_NO_RATE = "no heart rate was recorded"
_NO_LIMITS = f"{_NO_RATE}, or the athlete's limits are unknown"
_THRESHOLDS = (
    "as good as the thresholds: shares of the maximum are 5 % of it off for a person"
)
_NO_BEATS = "no intervals between beats were recorded"
_FLAGS = (
    "optical sensors lock to the cadence; a true heart rate that equals the cadence is "
    "flagged as well"
)


def _zones() -> tuple[Entry, ...]:
    words = (
        "below the first threshold",
        "between the thresholds",
        "above the second threshold",
    )
    return tuple(
        Entry(
            f"time_zone_{number}",
            "intensity",
            "s",
            f"moving time with a heart rate {where}",
            ("intensity.time_in_zones", "intensity.three_zone_bounds"),
            _THRESHOLDS,
            _NO_LIMITS,
            MODERATE,
        )
        for number, where in enumerate(words, 1)
    )


def _threshold_zones() -> tuple[Entry, ...]:
    shares = (
        "below 85 %",
        "of 85 to 90 %",
        "of 90 to 95 %",
        "of 95 to 100 %",
        "of 100 to 103 %",
        "of 103 to 106 %",
    )
    zones = zip(
        ("1", "2", "3", "4", "5a", "5b", "5c"), (*shares, "above 106 %"), strict=True
    )
    return tuple(
        Entry(
            f"time_lthr_zone_{zone}",
            "intensity",
            "s",
            f"moving time with a heart rate {where} of that at the lactate threshold",
            ("intensity.time_in_zones", "intensity.lthr_zone_bounds"),
            "as good as the stated threshold; where the zones part is the habit of coaches",
            f"{_NO_RATE}, or the profile states no threshold heart rate",
            WEAK,
            detail=True,
        )
        for zone, where in zones
    )


def _reserve_zones() -> tuple[Entry, ...]:
    shares = (
        "less than 50 %",
        "50 to 60 %",
        "60 to 70 %",
        "70 to 80 %",
        "80 to 90 %",
        "90 % and more",
    )
    return tuple(
        Entry(
            f"time_hrr_zone_{zone}",
            "intensity",
            "s",
            f"moving time with {where} of the heart-rate reserve in use",
            ("intensity.time_in_zones", "intensity.hrr_zone_bounds"),
            "as good as rest and maximum; tenths of the reserve are habit, no thresholds",
            f"{_NO_RATE}, no maximum is known, or the profile states no resting heart rate below "
            "it",
            WEAK,
            detail=True,
        )
        for zone, where in enumerate(shares)
    )


def _easy(
    name: str, unit: str, meaning: str, *formulas: str, detail: bool = False
) -> Entry:
    valid = f"{_THRESHOLDS}; without the first ten minutes; says something of runs meant to be easy"
    # Of behaviour, no study shows what it is worth; time at a heart rate stands as firmly as the
    # thresholds.
    evidence = NONE if name in ("easy_discipline", "easy_overshoot") else MODERATE
    return Entry(
        name, "intensity", unit, meaning, formulas, valid, _NO_LIMITS, evidence, detail
    )


def _load(
    name: str,
    meaning: str,
    formula: str,
    valid: str,
    missing: str,
    evidence: EvidenceStrength,
) -> Entry:
    detail = name not in ("session_load", "edwards_load")
    return Entry(
        name,
        "load",
        "1",
        meaning,
        (f"load.{formula}",),
        valid,
        missing,
        evidence,
        detail,
    )


HEART: tuple[Entry, ...] = (
    _load(
        "session_load",
        "load of the session by the best method that its data allow: heart rate, pace, rating, "
        "time; 100 is an hour at "
        "threshold",
        "session_load",
        "any session; methods mix on one scale, which is judgement; weak where only time is known",
        "never; 0 for a session without time",
        MODERATE,
    ),
    _load(
        "banister_load",
        "training impulse: minutes weighted by heart-rate reserve and its exponential",
        "banister_trimp",
        "heart rate between rest and maximum; without a stated sex the mean of two curves, which "
        "are the bounds",
        f"{_NO_RATE}, or no maximum is known",
        MODERATE,
    ),
    _load(
        "edwards_load",
        "minutes in five zones of the maximum heart rate, weighted 1 to 5",
        "edwards_trimp",
        "from 50 % of the maximum; the weights have no basis in physiology",
        f"{_NO_RATE}, or no maximum is known",
        WEAK,
    ),
    _load(
        "lucia_load",
        "minutes in three zones between the thresholds, weighted 1 to 3",
        "lucia_trimp",
        _THRESHOLDS,
        f"{_NO_RATE}, or a threshold is unknown",
        WEAK,
    ),
    _load(
        "pace_load",
        "load from normalised grade-adjusted speed over threshold speed: 100 is an hour at "
        "threshold",
        "pace_load",
        "running; technical ground slows without being easy, so it counts too little there",
        "no threshold speed in the profile, or no distance recorded",
        WEAK,
    ),
    _load(
        "rpe_load",
        "rated exertion times minutes under way",
        "session_rpe_load",
        "ratings of 0 to 10, given after the session",
        "not rated",
        MODERATE,
    ),
    *_zones(),
    *_threshold_zones(),
    *_reserve_zones(),
    Entry(
        "hard_time",
        "intensity",
        "s",
        "moving time above the second threshold",
        ("intensity.time_in_zones",),
        _THRESHOLDS,
        _NO_LIMITS,
        MODERATE,
    ),
    Entry(
        "climbing_time_hard",
        "intensity",
        "s",
        "moving time above the second threshold on climbs above 5 %: the interval-like dose of "
        "climbing",
        ("impact.time_climbing", "intensity.time_in_zones"),
        f"{_THRESHOLDS}; without the first ten minutes; heart rate lags the climb",
        _NO_LIMITS,
        MODERATE,
        detail=True,
    ),
    _easy(
        "time_above_easy",
        "s",
        "moving time above the easy ceiling, off climbs",
        "intensity.share_above",
    ),
    _easy(
        "time_above_easy_climbing",
        "s",
        "the same on climbs above 5 %",
        "intensity.share_above",
    ),
    _easy(
        "time_easy_judged",
        "s",
        "moving time that was judged against the easy ceiling, off climbs",
    ),
    _easy(
        "easy_discipline",
        "1",
        "share of the judged time at or below the easy ceiling: 1 is perfect",
        "intensity.easy_discipline",
        detail=True,
    ),
    _easy(
        "easy_overshoot",
        "1/min",
        "mean height of the heart rate above the easy ceiling, 0 where it lies below",
        "intensity.overshoot",
        detail=True,
    ),
    _easy(
        "climbing_time_easy",
        "s",
        "moving time below the easy ceiling on climbs above 5 %: the endurance-like dose of "
        "climbing",
        "impact.time_climbing",
        detail=True,
    ),
    Entry(
        "heart_rate_usable",
        "intensity",
        "1",
        "share of the recorded heart rate without a flag: settling, locked to the cadence, stuck, "
        "impossible",
        ("intensity.heart_rate_quality",),
        _FLAGS,
        _NO_RATE,
        NONE,
        detail=True,
    ),
    Entry(
        "heart_rate_locked",
        "intensity",
        "1",
        "share of the recorded heart rate that follows the cadence",
        ("intensity.heart_rate_quality",),
        _FLAGS,
        _NO_RATE,
        NONE,
        detail=True,
    ),
    Entry(
        "heart_rate_stuck",
        "intensity",
        "1",
        "share of the recorded heart rate that does not change for more than a minute",
        ("intensity.heart_rate_quality",),
        "recordings of a second or a few; a coarse one is stuck by nature",
        _NO_RATE,
        NONE,
        detail=True,
    ),
    Entry(
        "heart_rate_peak",
        "intensity",
        "1/min",
        "highest heart rate that was held, spikes left out",
        ("intensity.observed_heart_rate_max",),
        "evenly sampled recordings; the runner's maximum only if the run was all out",
        "no heart rate that can be trusted",
        MODERATE,
        detail=True,
    ),
    Entry(
        "beat_artefacts",
        "intensity",
        "1",
        "share of the intervals between beats that were found wrong and corrected",
        ("variability.correct_beats",),
        "while running, ectopic beats are found that are none",
        _NO_BEATS,
        MODERATE,
        detail=True,
    ),
    Entry(
        "alpha1_threshold_1",
        "intensity",
        "1/min",
        "heart rate of the first threshold, read from the short-term scaling of the beats (0.75)",
        ("intensity.threshold_from_alpha1", "intensity.dfa_alpha1"),
        "chest strap, rising effort, no more than 6 % wrong beats; shown on 15 people",
        f"{_NO_BEATS}, too many are wrong, or the scaling does not fall through 0.75 with heart "
        "rate",
        WEAK,
        detail=True,
    ),
    Entry(
        "alpha1_threshold_2",
        "intensity",
        "1/min",
        "heart rate of the second threshold, read from the short-term scaling of the beats (0.50)",
        ("intensity.threshold_from_alpha1", "intensity.dfa_alpha1"),
        "as the first",
        f"{_NO_BEATS}, too many are wrong, or the scaling does not fall through 0.50 with heart "
        "rate",
        WEAK,
        detail=True,
    ),
    Entry(
        "rmssd_rest",
        "variability",
        "s",
        "variability of the beats before the runner first moved: root mean square of successive "
        "differences",
        ("variability.rmssd_corrected", "variability.correct_beats"),
        "a minute and more at rest, no more than 5 % wrong beats; says nothing while running",
        f"{_NO_BEATS}, or less than a minute of clean ones before the start",
        MODERATE,
        detail=True,
    ),
)
