"""Intensity and load: what each formula computes, where it holds and how well it is supported."""

from trailstats.metrics._formula import Formula

FORMULAS: tuple[Formula, ...] = (
    Formula(
        "intensity.dfa_alpha1",
        "dfa_exponent of detrended beats (lambda 500) in windows of 120 s, boxes of 4 to 16 beats",
        "chest strap, at most 6 % corrected beats in a window",
        "weak",
    ),
    Formula(
        "intensity.dfa_exponent",
        "slope of log F(n) on log n, F(n) the deviation of the summed series from lines in boxes "
        "of n",
        "32 samples and more; short boxes read white noise a little high",
        "strong",
    ),
    Formula(
        "intensity.easy_ceiling",
        "0.80 maximum, +- 0.05 maximum",
        "adults; a person's threshold may lie outside",
        "moderate",
    ),
    Formula(
        "intensity.easy_discipline",
        "1 - share of the time above the ceiling, after ten minutes, off climbs above 5 %",
        "runs meant to be easy; a measure of behaviour",
        "none",
    ),
    Formula(
        "intensity.easy_intended",
        "labelled easy, or first run within 36 h after a hard one and not structured itself",
        "never by the run's own heart rate or pace",
        "none",
    ),
    Formula(
        "intensity.heart_rate_max_from_age",
        "208 - 0.7 age",
        "adults; one person lies about 10 off (from memory)",
        "moderate",
    ),
    Formula(
        "intensity.heart_rate_quality",
        "flags: |hr - cadence| < 3 for over 3 min while speed varies; no change for over 60 s; "
        "first 2 "
        "min; outside 30 to 240",
        "recordings of a second or a few",
        "none",
    ),
    Formula(
        "intensity.heart_rate_reserve_fraction",
        "(hr - rest) / (maximum - rest), held within 0 and 1",
        "rest and maximum of the same person",
        "moderate",
    ),
    Formula(
        "intensity.hrr_zone_bounds",
        "rest + (maximum - rest) x, x = 0.5, 0.6, 0.7, 0.8, 0.9",
        "rest and maximum of the same person",
        "weak",
    ),
    Formula(
        "intensity.lthr_zone_bounds",
        "0.85, 0.90, 0.95, 1.00, 1.03 and just above 1.06 times the threshold",
        "running",
        "weak",
    ),
    Formula(
        "intensity.observed_heart_rate_max",
        "99.9th percentile over time of what is held for 5 s",
        "evenly sampled, artefacts left out",
        "moderate",
    ),
    Formula(
        "intensity.overshoot",
        "mean of max(0, hr - ceiling)",
        "as good as the ceiling",
        "none",
    ),
    Formula(
        "intensity.polarisation_index",
        "log10(z1 / z2 z3 100), shares of time",
        "three zones with time in each; above 2.00 counts as polarised",
        "moderate",
    ),
    Formula(
        "intensity.share_above",
        "sum of dt with hr above the ceiling / sum of dt",
        "as good as the ceiling",
        "definition",
    ),
    Formula(
        "intensity.three_zone_bounds",
        "0.80 and 0.87 of the maximum",
        "adults; thresholds of a person lie up to 5 % of the maximum off",
        "moderate",
    ),
    Formula(
        "intensity.threshold_from_alpha1",
        "heart rate at which the line of alpha1 (0.5 to 1.0) on heart rate crosses 0.75 or 0.50",
        "rising effort, 10 windows; shown on 15 people",
        "weak",
    ),
    Formula(
        "intensity.time_in_zones",
        "sum of dt between the bounds; a value on a bound belongs above",
        "any intensity",
        "definition",
    ),
    Formula(
        "load.acute_chronic_ratio",
        "mean load of 7 days / mean load of 28 days, the 7 among them",
        "a plain ratio without a target",
        "none",
    ),
    Formula(
        "load.banister_trimp",
        "sum(dt / 60 x a e^(b x)), x the heart-rate reserve; men a 0.64, b 1.92, women a 0.86, b "
        "1.67",
        "heart rate between rest and maximum",
        "moderate",
    ),
    Formula(
        "load.edwards_trimp",
        "minutes at 50-60, 60-70, 70-80, 80-90, 90-100 % of the maximum times 1 to 5",
        "weights without a basis in physiology",
        "weak",
    ),
    Formula(
        "load.ewma",
        "L today = w load + (1 - w) L yesterday, w = 2 / (span + 1)",
        "one value a day, rest as 0",
        "moderate",
    ),
    Formula(
        "load.exponential_load",
        "L today = L yesterday + w (load - L yesterday), w = 1 - e^(-1 / T) or 1 / T",
        "one value a day, rest as 0; too low at first",
        "moderate",
    ),
    Formula(
        "load.heart_rate_ratio_load",
        "100 hours mean((hr / threshold)^2)",
        "near threshold; one of several definitions",
        "weak",
    ),
    Formula(
        "load.heart_rate_reserve_load",
        "100 hours mean((x / x_threshold)^2), x the heart-rate reserve",
        "near threshold; one of several definitions",
        "weak",
    ),
    Formula(
        "load.longest_unbroken_days",
        "longest stretch without `gap` days of rest in a row",
        "the cause of a gap is unknown",
        "none",
    ),
    Formula(
        "load.lucia_trimp",
        "minutes in three zones times 1, 2, 3",
        "as good as the thresholds",
        "weak",
    ),
    Formula(
        "load.monotony",
        "mean / standard deviation of seven days",
        "a week with rest as 0; above 2 is flagged",
        "weak",
    ),
    Formula(
        "load.pace_load",
        "100 hours mean((v / v_threshold)^2)",
        "running; too low on technical ground",
        "weak",
    ),
    Formula(
        "load.rolling_total", "sum over the last days", "one value a day", "definition"
    ),
    Formula(
        "load.session_load",
        "Banister, pace, rating or duration, each scaled to 100 for an hour at threshold",
        "any session; the common scale is judgement",
        "moderate",
    ),
    Formula(
        "load.session_rpe_load", "rating minutes", "ratings of 0 to 10", "moderate"
    ),
    Formula("load.strain", "sum of seven days times monotony", "as monotony", "weak"),
    Formula(
        "load.training_stress_balance",
        "chronic less acute load of yesterday",
        "one value a day",
        "moderate",
    ),
)
