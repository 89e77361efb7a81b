"""Every table: one row stands for what, and its columns."""

from __future__ import annotations

from trailstats.schema._table import TIME, Column, Table

_TIME, _F = TIME, "float64"


def _table(name: str, row: str, *columns: tuple[str, str, str, str]) -> Table:
    return Table(name, row, tuple(Column(*c) for c in columns))


RECORDS = _table(
    "records",
    "one sample of the recording; the index is the UTC time, named `time`",
    ("latitude", _F, "deg", "latitude, WGS 84"),
    ("longitude", _F, "deg", "longitude, WGS 84"),
    ("elevation", _F, "m", "elevation above sea level"),
    ("distance", _F, "m", "distance since the start, as the device counted it"),
    ("speed", _F, "m/s", "speed, as the device gave it"),
    ("heart_rate", _F, "1/min", "heart rate"),
    ("cadence", _F, "1/min", "steps of both feet per minute"),
    ("power", _F, "W", "power"),
    ("temperature", _F, "degC", "temperature at the device"),
    ("vertical_oscillation", _F, "m", "vertical oscillation of the trunk per step"),
    ("stance_time", _F, "s", "ground contact time"),
    ("stance_time_balance", _F, "1", "share of contact time on the left foot"),
    ("step_length", _F, "m", "length of one step"),
    ("vertical_ratio", _F, "1", "vertical oscillation over step length"),
)

TRACK = _table(
    "track",
    "one sample after cleaning, beside the record with the same time",
    ("duration", _F, "s", "time that the sample stands for; 0 across pauses and gaps"),
    (
        "step",
        _F,
        "m",
        "horizontal distance since the sample before; 0 across pauses and gaps",
    ),
    ("distance", _F, "m", "cleaned distance since the start: the sum of the steps"),
    ("moving", "bool", "", "whether the runner was under way"),
    ("speed", _F, "m/s", "speed over a window of some seconds"),
    ("elevation", _F, "m", "smoothed elevation"),
    ("ascent", _F, "m", "ascent since the start"),
    ("descent", _F, "m", "descent since the start, positive"),
    ("grade", _F, "1", "rise over run, over a distance window"),
    ("grade_error", _F, "1", "standard error of the grade"),
)

LAPS = _table(
    "laps",
    "one lap as the device cut it",
    ("start_time", _TIME, "", "start"),
    ("end_time", _TIME, "", "end"),
    ("distance", _F, "m", "distance, as the device gave it"),
    ("timer_time", _F, "s", "time with the timer running"),
    ("trigger", "str", "", "what ended the lap"),
)

SEGMENTS = _table(
    "segments",
    "one stretch of a run with the same slope, surface and gait",
    ("file", "str", "", "source of the activity"),
    ("index", "int64", "1", "number of the segment in its activity, from 0"),
    ("start_time", _TIME, "", "start"),
    ("end_time", _TIME, "", "end"),
    ("start_distance", _F, "m", "distance at the start"),
    ("end_distance", _F, "m", "distance at the end"),
    ("distance", _F, "m", "horizontal length"),
    ("duration", _F, "s", "moving time"),
    ("surface", "str", "", "road, trail or unknown"),
    ("p_trail", _F, "1", "probability that the stretch is trail"),
    ("surface_source", "str", "", "evidence that the surface rests on"),
    ("slope", "str", "", "slope class"),
    ("mean_grade", _F, "1", "mean grade"),
    ("ascent", _F, "m", "ascent"),
    ("descent", _F, "m", "descent, positive"),
    ("technical", "bool", "", "whether the stretch is technical"),
    ("p_technical", _F, "1", "probability that the stretch is technical"),
    ("gait", "str", "", "run, hike, stopped or unknown"),
    ("speed", _F, "m/s", "mean moving speed"),
    ("grade_adjusted_speed", _F, "m/s", "mean level-equivalent speed"),
    ("heart_rate", _F, "1/min", "mean heart rate"),
    ("cadence", _F, "1/min", "mean cadence, steps of both feet"),
    ("n_records", "int64", "1", "number of samples"),
)

CLIMBS = _table(
    "climbs",
    "one climb or descent",
    ("index", "int64", "1", "number of the climb in its activity, from 0"),
    ("direction", "str", "", "up or down"),
    ("start_time", _TIME, "", "start"),
    ("end_time", _TIME, "", "end"),
    ("start_distance", _F, "m", "distance at the start"),
    ("end_distance", _F, "m", "distance at the end"),
    ("distance", _F, "m", "horizontal length"),
    ("gain", _F, "m", "elevation gained (up) or lost (down), positive"),
    ("mean_grade", _F, "1", "mean grade, signed"),
    ("steepest_grade", _F, "1", "steepest grade over 100 m, signed"),
    ("duration", _F, "s", "moving time"),
    ("vertical_speed", _F, "m/s", "gain over moving time"),
    ("grade_adjusted_speed", _F, "m/s", "mean level-equivalent speed"),
    ("score", _F, "m", "length times grade in percent"),
)

PROFILE = _table(
    "profile",
    "one point of the thinned track that charts are drawn from",
    ("time", _TIME, "", "time"),
    ("distance", _F, "m", "distance since the start"),
    ("latitude", _F, "deg", "latitude, WGS 84"),
    ("longitude", _F, "deg", "longitude, WGS 84"),
    ("elevation", _F, "m", "smoothed elevation"),
    ("grade", _F, "1", "grade"),
    ("speed", _F, "m/s", "speed"),
    ("heart_rate", _F, "1/min", "heart rate"),
    (
        "segment",
        "int64",
        "1",
        "index of the segment that the point lies in, -1 outside",
    ),
)

IMPACT = _table(
    "impact",
    "load of the steps on one surface at one exponent; sums over surfaces and activities",
    ("surface", "str", "", "road, trail or unknown"),
    ("exponent", _F, "1", "exponent of the per-step magnitude"),
    ("distance", _F, "m", "distance"),
    ("duration", _F, "s", "moving time"),
    ("active", _F, "km", "active component"),
    ("impact", _F, "km", "impact component, ground factor 1"),
    (
        "impact_low",
        _F,
        "km",
        "the same with the weakest effect of descents that the evidence allows",
    ),
    ("impact_high", _F, "km", "the same with the strongest"),
    ("tibial", _F, "km", "tibial component off steep ground"),
    ("tibial_steep", _F, "km", "tibial component at grades of 0.10 and more"),
)

EFFORTS = _table(
    "efforts",
    "one best effort of a run",
    (
        "ground",
        "str",
        "",
        "actual: the distance covered; level: the grade-adjusted distance",
    ),
    ("basis", "str", "", "distance: fastest over a length; time: farthest in a time"),
    ("distance", _F, "m", "distance of the effort"),
    ("duration", _F, "s", "its duration, pauses included"),
    ("start", _F, "s", "its begin after the start of the recording"),
)

ACTIVITIES = _table(
    "activities",
    "one activity, or one source that failed",
    ("file", "str", "", "source"),
    ("status", "str", "", "ok or failed"),
    ("error", "str", "", "why it failed, empty when it did not"),
    ("sport", "str", "", "sport as recorded"),
    ("sub_sport", "str", "", "sub-sport as recorded"),
    ("start_time", _TIME, "", "start"),
    ("distance", _F, "m", "distance covered while moving"),
    ("elapsed_time", _F, "s", "first to last sample"),
    ("moving_time", _F, "s", "time under way"),
    ("ascent", _F, "m", "ascent"),
    ("descent", _F, "m", "descent, positive"),
    ("mean_speed", _F, "m/s", "distance over moving time"),
    ("mean_heart_rate", _F, "1/min", "mean heart rate while moving"),
    ("trail_share", _F, "1", "share of moving distance on trail"),
    ("road_share", _F, "1", "share of moving distance on road"),
    (
        "unknown_share",
        _F,
        "1",
        "share of moving distance where the surface is not known",
    ),
    ("trail_probability", _F, "1", "probability that it was a trail run"),
    ("technical_share", _F, "1", "share of moving distance on technical ground"),
    ("uphill_share", _F, "1", "share of moving distance uphill"),
    ("downhill_share", _F, "1", "share of moving distance downhill"),
    ("grade_adjusted_speed", _F, "m/s", "mean level-equivalent speed"),
    ("session_load", _F, "1", "load of the session"),
    (
        "impact_load",
        _F,
        "km",
        "impact component in equivalent level-road kilometres, exponent 1",
    ),
    ("n_records", "int64", "1", "number of samples"),
    ("n_issues", "int64", "1", "number of issues"),
    (
        "activity",
        "str",
        "",
        "hash of the content and part number: the same recording has the same value",
    ),
    ("format", "str", "", "file format"),
    ("name", "str", "", "name given to the activity"),
    ("workout", "str", "", "name of the planned workout"),
    ("device", "str", "", "recording device"),
    ("local_offset", _F, "s", "local time minus UTC, where the file tells"),
    (
        "surface",
        "str",
        "",
        "road or trail as a whole, by trail_probability; unknown between, and indoors",
    ),
    (
        "session_load_method",
        "str",
        "",
        "what the session load rests on: heart rate, pace, rating, duration",
    ),
    (
        "active_load",
        _F,
        "km",
        "active component in equivalent level-road kilometres, exponent 1",
    ),
    (
        "tibial_load",
        _F,
        "km",
        "tibial component in equivalent level-road kilometres, exponent 1",
    ),
    ("impact_load_trail", _F, "km", "impact component on trail, surface factor 1"),
    ("impact_load_road", _F, "km", "impact component on road"),
    (
        "time_above_easy",
        _F,
        "s",
        "moving time above the easy ceiling, first ten minutes and climbs left out",
    ),
    (
        "time_easy_judged",
        _F,
        "s",
        "moving time with a heart rate, first ten minutes and climbs left out",
    ),
    ("feel", _F, "1", "how it felt, 0 very weak to 100 very strong"),
    ("rpe", _F, "1", "rated exertion, 0 to 10"),
    ("hard_time", _F, "s", "moving time in the top heart-rate zone"),
    ("stance_time_balance", _F, "1", "mean share of contact time on the left foot"),
    ("cadence_cv", _F, "1", "coefficient of variation of cadence at steady running"),
    (
        "intent",
        "str",
        "",
        "easy, hard, race or empty, told without the run's own heart rate and pace",
    ),
    ("intent_source", "str", "", "what the intent rests on: name, calendar, profile"),
    (
        "duplicate_of",
        "str",
        "",
        "source of the same activity met before, empty when there is none",
    ),
    ("temperature", _F, "degC", "mean temperature at the device while moving"),
    (
        "pace_spread",
        _F,
        "1",
        "coefficient of variation of the grade-adjusted speed, over one minute",
    ),
    (
        "decoupling",
        _F,
        "1",
        "loss of efficiency from the first to the second half of a steady run",
    ),
    ("technical_time", _F, "s", "moving time on technical ground"),
    ("hike_time", _F, "s", "moving time hiked"),
    ("time_zone_1", _F, "s", "moving time below the first threshold"),
    ("time_zone_2", _F, "s", "moving time between the thresholds"),
    ("time_zone_3", _F, "s", "moving time above the second threshold"),
    ("efficiency_factor", _F, "m", "grade-adjusted metres per heart beat"),
    ("vdot", _F, "ml/kg/min", "oxygen uptake that the best effort implies"),
    ("energy", _F, "J", "metabolic energy of the moving time"),
    ("steps", _F, "1", "steps of both feet"),
    ("descent_dose", _F, "J/kg", "gravity times descent"),
    ("climb_dose", _F, "J/kg", "gravity times ascent"),
    ("km_effort", _F, "km", "kilometres and a hundredth of the metres of ascent"),
    ("terrain_evenness", _F, "1", "evenness of the time over nine kinds of terrain"),
)

WEEKS = _table(
    "weekly",
    "one week from Monday",
    ("week", _TIME, "", "Monday, 00:00 UTC"),
    ("n_activities", "int64", "1", "number of activities"),
    ("distance", _F, "m", "distance"),
    ("moving_time", _F, "s", "moving time"),
    ("ascent", _F, "m", "ascent"),
    ("descent", _F, "m", "descent, positive"),
    ("trail_distance", _F, "m", "distance on trail"),
    ("road_distance", _F, "m", "distance on road"),
    ("unknown_distance", _F, "m", "distance where the surface is not known"),
    ("session_load", _F, "1", "sum of session loads"),
    ("impact_load", _F, "km", "sum of impact loads"),
)

DAYS = _table(
    "daily",
    "one day, rest included",
    ("day", _TIME, "", "00:00 UTC"),
    ("n_activities", "int64", "1", "number of activities"),
    ("distance", _F, "m", "distance"),
    ("moving_time", _F, "s", "moving time"),
    ("descent", _F, "m", "descent, positive"),
    ("session_load", _F, "1", "sum of session loads"),
    ("impact_load", _F, "km", "sum of impact loads"),
    ("fitness", _F, "1", "chronic load: fading average of the daily load over 42 days"),
    ("fatigue", _F, "1", "acute load: fading average over 7 days"),
    ("form", _F, "1", "yesterday's chronic less acute load"),
    (
        "average_7",
        _F,
        "1",
        "exponentially weighted average of the daily load, span 7 days",
    ),
    ("average_28", _F, "1", "the same, span 28 days"),
    (
        "monotony",
        _F,
        "1",
        "mean over standard deviation of the load of the last 7 days; above 2 counts as monotonous",
    ),
    ("strain", _F, "1", "sum of the load of the last 7 days times its monotony"),
    (
        "acute_chronic_ratio",
        _F,
        "1",
        "mean load of 7 over that of 28 days; a plain ratio: it predicts injury no better with the "
        "real 28 days than "
        "with random ones",
    ),
    ("distance_28", _F, "m", "distance of the last 28 days"),
    ("moving_time_28", _F, "s", "moving time of the last 28 days"),
    ("session_load_28", _F, "1", "session load of the last 28 days"),
    ("impact_load_28", _F, "km", "impact load of the last 28 days"),
    (
        "downhill_exposure_ratio",
        _F,
        "1",
        "descent over the largest of a day in the six weeks before",
    ),
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        RECORDS,
        TRACK,
        LAPS,
        SEGMENTS,
        CLIMBS,
        PROFILE,
        IMPACT,
        EFFORTS,
        ACTIVITIES,
        WEEKS,
        DAYS,
    )
}
"""Every table by its name."""
