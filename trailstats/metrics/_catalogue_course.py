"""Variability, variety and sampling: what each formula computes, where it holds and how well it is
supported.
"""

from trailstats.metrics._formula import Formula

FORMULAS: tuple[Formula, ...] = (
    Formula(
        "sampling.moving_mean",
        "integral over a centred window / recorded time in it",
        "any sampling",
        "definition",
    ),
    Formula(
        "sampling.recorded_share", "recorded time / time", "any sampling", "definition"
    ),
    Formula("sampling.time_mean", "sum(x dt) / sum(dt)", "any sampling", "definition"),
    Formula(
        "sampling.time_quantile",
        "smallest value whose cumulated time reaches the share",
        "any sampling",
        "definition",
    ),
    Formula(
        "sampling.true_runs",
        "edges of the runs of true values",
        "any condition",
        "definition",
    ),
    Formula(
        "sampling.valid_seconds",
        "dt where positive and all values recorded, else 0",
        "any sampling",
        "definition",
    ),
    Formula(
        "variability.chasing_index",
        "repeats within 2 % of the best so far / repeats",
        "repeated routes; never validated",
        "none",
    ),
    Formula(
        "variability.coefficient_of_variation",
        "sqrt(mean((x - mean)^2)) / mean, by time",
        "positive series",
        "definition",
    ),
    Formula(
        "variability.correct_beats",
        "beats beyond 5.2 quartile deviations of 91 beats; ectopic by the lines c1 0.13, c2 0.17; "
        "median of 11",
        "20 beats and more; finds ectopic beats that are none while running",
        "moderate",
    ),
    Formula(
        "variability.final_surge",
        "speed of the last kilometre / speed before - 1",
        "two kilometres and more; never validated",
        "none",
    ),
    Formula(
        "variability.local_plane",
        "R dlon cos(lat), R dlat, R = 6371008.8 m",
        "50 km at middle latitudes within 0.1 %",
        "definition",
    ),
    Formula(
        "variability.pace_freedom",
        "coefficient of variation of the speed over 60 s",
        "never validated; technical ground raises it",
        "none",
    ),
    Formula(
        "variability.quantisation_deviation",
        "resolution / sqrt(12)",
        "even rounding",
        "definition",
    ),
    Formula(
        "variability.recorded_resolution",
        "median gap between distinct values",
        "recorded series",
        "definition",
    ),
    Formula(
        "variability.rmssd", "sqrt(mean((RR_{k+1} - RR_k)^2))", "at rest", "moderate"
    ),
    Formula(
        "variability.rmssd_corrected",
        "rmssd of correct_beats",
        "at rest, 60 s and more, at most 5 % wrong beats",
        "moderate",
    ),
    Formula(
        "variability.sample_entropy",
        "-ln(A / B): pairs alike for 3 points over pairs alike for 2, within 0.2 deviations",
        "more than 200 even samples",
        "moderate",
    ),
    Formula(
        "variability.stance_imbalance",
        "|mean balance - 50|, and the deviation",
        "0.5 points of device noise (judgement)",
        "none",
    ),
    Formula(
        "variability.step_variability",
        "median over minutes of deviation / mean",
        "steady minutes on even grades; twice the deviation of rounding",
        "weak",
    ),
    Formula(
        "variability.straightness",
        "chord / path in windows of 50 m",
        "errors of the positions lower it",
        "definition",
    ),
    Formula(
        "variability.technical_exposure",
        "minutes a week on technical ground (1 + z), z the step variability",
        "a dose, no ability",
        "weak",
    ),
    Formula(
        "variability.turn_density",
        "1000 sum|dheading| / path, every 5 m after smoothing",
        "errors of the positions add to it",
        "weak",
    ),
    Formula(
        "variability.windowed_sample_entropy",
        "sample_entropy with pairs counted within windows",
        "even samples, windows of more than 200",
        "moderate",
    ),
    Formula(
        "variety.climb_category",
        "categories from scores of 8000, 16000, 32000, 64000, 80000",
        "300 m and 3 %; a scale of cyclists",
        "none",
    ),
    Formula("variety.climb_score", "length 100 i", "climbs", "none"),
    Formula("variety.km_effort", "km + ascent / 100 m", "courses on foot", "weak"),
    Formula(
        "variety.km_effort_class",
        "classes from 0, 25, 45, 75, 115, 155 and 210",
        "courses on foot",
        "weak",
    ),
    Formula(
        "variety.notable_climb",
        "length >= 500, i >= 0.03, score >= 3500",
        "climbs of runs",
        "none",
    ),
    Formula(
        "variety.route_cells",
        "cells of a grid that the path enters",
        "grids of some tens of metres",
        "definition",
    ),
    Formula(
        "variety.route_groups",
        "runs joined where their routes are alike",
        "as route_similarity",
        "none",
    ),
    Formula(
        "variety.route_novelty",
        "share of cells that were not seen before",
        "cells of one grid",
        "definition",
    ),
    Formula(
        "variety.route_repetition",
        "largest route_similarity with earlier runs",
        "cells of one grid",
        "definition",
    ),
    Formula(
        "variety.route_similarity",
        "cells in both / cells in either",
        "cells of one grid",
        "definition",
    ),
    Formula(
        "variety.session_kinds",
        "stated rules on duration, shares, zones and climbing",
        "known features only (judgement)",
        "none",
    ),
    Formula(
        "variety.shannon_evenness",
        "-sum(p ln p) / ln k",
        "two classes and more",
        "definition",
    ),
)
