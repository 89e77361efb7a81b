"""Metrics of ground, effort, performance and conditions."""

from __future__ import annotations

from trailstats.schema._metric_entry import MetricEntry as Entry
from trailstats.schema._words import EvidenceStrength

MODERATE, WEAK, NONE = (
    EvidenceStrength.MODERATE,
    EvidenceStrength.WEAK,
    EvidenceStrength.NONE,
)

_NO_DISTANCE = "no distance, or no elevation, was recorded"
_NO_HEART = (
    "heart rate or grade-adjusted speed covers less than half of the moving time"
)
_CURVES = ("effort.grade_adjusted_speed", "effort.mean_grade_adjusted_speed")

PACE: tuple[Entry, ...] = (
    Entry(
        "trail_probability",
        "variety",
        "1",
        "probability that the activity was a trail run",
        (),
        "0 to 1; from the recording alone unless a label, a map or the file's tag may be used; see "
        "the page on terrain",
        "the recording does not tell",
        WEAK,
    ),
    Entry(
        "technical_time",
        "variability",
        "s",
        "moving time on technical ground, judged from how slowly and unevenly descents were taken",
        ("variability.technical_exposure",),
        "a dose of uneven ground, no ability; never on road",
        "the recording does not tell",
        NONE,
    ),
    Entry(
        "terrain_evenness",
        "variety",
        "1",
        "how evenly the moving time spreads over nine kinds of terrain: seven slopes, technical "
        "ground, hiking",
        ("variety.shannon_evenness",),
        "0 one kind only, 1 all alike; describes, does not judge",
        _NO_DISTANCE,
        NONE,
    ),
    Entry(
        "km_effort",
        "variety",
        "km",
        "size of the course: kilometres plus a hundredth of the metres of ascent",
        ("variety.km_effort",),
        "a convention of races; ascent as stated with its own uncertainty",
        _NO_DISTANCE,
        WEAK,
    ),
    Entry(
        "grade_adjusted_speed",
        "effort",
        "m/s",
        "mean level speed of equal effort, by the race curve; its bounds are the spread over three "
        "models",
        (*_CURVES, "effort.grade_adjusted_speed_range", "effort.race_factor"),
        "grades from -0.25 to 0.30, clamped outside; running, on ground that does not slow by "
        "itself",
        _NO_DISTANCE,
        MODERATE,
    ),
    Entry(
        "grade_adjusted_speed_cost",
        "effort",
        "m/s",
        "the same by the energy cost of grades",
        (*_CURVES, "effort.cost_factor"),
        "grades from -0.45 to 0.45; understates downhill effort, which cost does not limit",
        _NO_DISTANCE,
        MODERATE,
        detail=True,
    ),
    Entry(
        "grade_adjusted_speed_heart_rate",
        "effort",
        "m/s",
        "the same by speeds at equal heart rate over a large population",
        (*_CURVES, "effort.heart_rate_factor"),
        "grades from -0.30 to 0.30; a quintic through public points, 0.020 off at most",
        _NO_DISTANCE,
        MODERATE,
        detail=True,
    ),
    Entry(
        "normalised_speed",
        "effort",
        "m/s",
        "4th-power mean of the grade-adjusted speed, which counts hard stretches more",
        ("effort.normalised_speed",),
        "runs of some minutes; from the raw speed, and saying so, where there is no elevation",
        "no distance was recorded",
        WEAK,
    ),
    Entry(
        "variability_index",
        "effort",
        "1",
        "normalised over mean grade-adjusted speed: 1 for an even run, more for a varied one",
        ("effort.variability_index",),
        "at least about 1; below 1.05 counts as steady by practice",
        _NO_DISTANCE,
        WEAK,
        detail=True,
    ),
    Entry(
        "energy",
        "effort",
        "J",
        "metabolic energy of the moving time, resting included; bounds over two models and up to "
        "10 % for the ground",
        (
            "effort.energy",
            "effort.running_power",
            "effort.walking_power",
            "effort.cost_factor",
        ),
        "walking to 2 m/s, running about 2 to 5 m/s, grades from -0.45 to 0.45, no load carried",
        "no body mass in the profile, not on foot, or " + _NO_DISTANCE,
        MODERATE,
    ),
    Entry(
        "energy_polynomial",
        "effort",
        "J",
        "the same by the cost polynomials alone, the second model",
        ("effort.energy_polynomial", "effort.running_cost", "effort.walking_cost"),
        "overstates level ground: running by 6 %, walking by half",
        "as `energy`",
        MODERATE,
        detail=True,
    ),
    Entry(
        "hike_share",
        "effort",
        "1",
        "share of the climbing time (10 % and steeper) that was walked",
        ("effort.hike_share", "effort.is_walking"),
        "walking told by cadence below 140 where recorded, else by speed for the slope",
        "no climbing at 10 % or more, or not on foot",
        MODERATE,
        detail=True,
    ),
    Entry(
        "efficiency_factor",
        "performance",
        "m",
        "grade-adjusted metres per heart beat",
        ("performance.efficiency_factor",),
        "comparable between similar runs only; moves by 1.1 to 1.4 % from day to day in a "
        "laboratory, more outdoors",
        _NO_HEART,
        WEAK,
    ),
    Entry(
        "decoupling",
        "performance",
        "1",
        "loss of efficiency from the first to the second half of a steady run",
        ("performance.decoupling",),
        "40 minutes and more, even effort, no pause over two minutes; the first ten minutes are "
        "left out",
        "the run is not steady, or " + _NO_HEART,
        WEAK,
    ),
    Entry(
        "speed_at_heart_rate",
        "performance",
        "m/s",
        "grade-adjusted speed at a reference heart rate: the profile's easy ceiling, else 150 "
        "beats a minute",
        ("performance.speed_at_heart_rate",),
        "within 5 beats of the heart rates of the run; minutes off the warm-up and off descents; "
        "the 95 % interval is "
        "too narrow, because minutes of one run are alike",
        "fewer than ten steady minutes, none near the reference, or " + _NO_HEART,
        WEAK,
    ),
    Entry(
        "vdot",
        "performance",
        "ml/kg/min",
        "oxygen uptake that the best effort of the run implies, as if it had been raced on the "
        "level",
        ("performance.vdot", "performance.best_efforts_by_distance"),
        "efforts of 3.5 minutes to 4 hours; a laboratory finds 3 to 5 more or less; too low unless "
        "run all out",
        "no such effort, or not on foot",
        MODERATE,
        detail=True,
    ),
    Entry(
        "pace_spread",
        "variability",
        "1",
        "coefficient of variation of the grade-adjusted speed over one minute: small when running "
        "to a number",
        ("variability.pace_freedom",),
        "a proxy that no study has validated; technical ground raises it as well",
        _NO_DISTANCE,
        NONE,
    ),
    Entry(
        "final_surge",
        "variability",
        "1",
        "grade-adjusted speed of the last kilometre over that of the rest, less one",
        ("variability.final_surge",),
        "runs of two kilometres and more; a proxy that no study has validated",
        "shorter than two kilometres, or " + _NO_DISTANCE,
        NONE,
        detail=True,
    ),
    Entry(
        "turn_density",
        "variability",
        "rad/km",
        "sum of the changes of heading per kilometre",
        ("variability.turn_density",),
        "errors of the positions add to it, in woods and between houses most",
        "no positions, or shorter than 40 m",
        WEAK,
        detail=True,
    ),
    Entry(
        "straightness",
        "variability",
        "1",
        "median chord over path in windows of 50 m: 1 for a straight line",
        ("variability.straightness",),
        "0 to 1; errors of the positions lower it",
        "no positions, or shorter than 50 m",
        WEAK,
        detail=True,
    ),
    Entry(
        "temperature",
        "conditions",
        "degC",
        "mean temperature at the device while moving",
        (),
        "the wrist warms a watch by some degrees",
        "not recorded",
        NONE,
    ),
    Entry(
        "feel",
        "conditions",
        "1",
        "how it felt, as the runner rated it: 0 very weak to 100 very strong",
        (),
        "people rate good and bad days more often than others",
        "not rated",
        MODERATE,
    ),
    Entry(
        "rpe",
        "conditions",
        "1",
        "exertion as the runner rated it, 0 to 10",
        (),
        "people rate good and bad days more often than others",
        "not rated",
        MODERATE,
    ),
)
