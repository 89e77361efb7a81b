"""Effort and performance: what each formula computes, where it holds and how well it is
supported.
"""

from trailstats.metrics._formula import Formula

FORMULAS: tuple[Formula, ...] = (
    Formula(
        "effort.cost_factor",
        "C(i) / C(0) with C of running_cost",
        "-0.45 <= i <= 0.45; running",
        "moderate",
    ),
    Formula(
        "effort.effort_factor",
        "race_factor, cost_factor or heart_rate_factor, by the curve",
        "the curve's own range",
        "moderate",
    ),
    Formula(
        "effort.effort_factor_range",
        "smallest and largest of the three factors",
        "each curve in its own range",
        "moderate",
    ),
    Formula(
        "effort.energy",
        "m sum(P dt); running P = 1.44 + (P_run(v) - 1.44) C(i) / C(0), walking P_walk(v, i), "
        "standing 1.44 W/kg",
        "walking to 2 m/s, running about 2 to 5 m/s, -0.45 <= i <= 0.45, no load carried",
        "moderate",
    ),
    Formula(
        "effort.energy_polynomial",
        "m sum((C(i) v + 1.44) dt), C of running or of walking",
        "-0.45 <= i <= 0.45; too high on the level",
        "moderate",
    ),
    Formula(
        "effort.equal_effort_factors",
        "v_level(h) / v, v_level the least-squares line of speed on heart rate h over level "
        "windows",
        "steady windows of a minute and more; 10 level ones; biased downhill",
        "weak",
    ),
    Formula(
        "effort.fit_personal_curve",
        "log(f / f_population) = b1 u + b2 u^2 + b3 d + b4 d^2, u and d the grade up and down in "
        "tenths; "
        "b normal about 0 with deviation 0.15",
        "within the grades observed, held at their edge",
        "weak",
    ),
    Formula(
        "effort.grade_adjusted_speed",
        "v f(i) per sample, f of effort_factor",
        "the curve's own range",
        "moderate",
    ),
    Formula(
        "effort.grade_adjusted_speed_range",
        "v min f(i) and v max f(i) over the three curves",
        "each curve in its own range",
        "moderate",
    ),
    Formula(
        "effort.heart_rate_factor",
        "1 + 2.85605194 i + 18.66418585 i^2 + 7.28727601 i^3 - 43.23132435 i^4 - 92.67537677 i^5",
        "-0.30 <= i <= 0.30; at most 0.0197 from the points it was fitted to",
        "moderate",
    ),
    Formula(
        "effort.hike_share",
        "sum of dt walking and climbing / sum of dt climbing",
        "any climb",
        "definition",
    ),
    Formula(
        "effort.is_walking",
        "cadence < 140 where recorded; else v below 2.0, 1.78, 1.62, 1.47 m/s at 0, 5, 10, 15 "
        "degrees",
        "0 to 15 degrees; the cadence rule is of level ground",
        "moderate",
    ),
    Formula(
        "effort.mean_grade_adjusted_speed",
        "sum(v f(i) dt) / sum(dt)",
        "the curve's own range",
        "moderate",
    ),
    Formula(
        "effort.normalised_speed",
        "mean(v_30^4)^(1/4), v_30 the moving mean over 30 s",
        "runs of some minutes",
        "weak",
    ),
    Formula(
        "effort.outside_grade_range",
        "i < low or i > high of the curve",
        "every grade",
        "definition",
    ),
    Formula(
        "effort.pandolf_power",
        "1.5 W + 2 (W + L) (L / W)^2 + eta (W + L) (1.5 v^2 + 0.35 v 100 i)",
        "walking on the level and uphill; too low for fast walking",
        "moderate",
    ),
    Formula(
        "effort.race_factor",
        "1 + (5656 i + 32209 i^2 - 3211 i^3 - 43635 i^4) / 1707",
        "-0.25 <= i <= 0.30; from elite hill races",
        "moderate",
    ),
    Formula(
        "effort.running_cost",
        "155.4 i^5 - 30.4 i^4 - 43.3 i^3 + 46.3 i^2 + 19.5 i + 3.6",
        "-0.45 <= i <= 0.45; ten elite mountain runners; ratios only",
        "moderate",
    ),
    Formula(
        "effort.running_power",
        "4.43 + 1.51 v + 0.37 v^2",
        "level running, about 2 to 5 m/s",
        "moderate",
    ),
    Formula(
        "effort.slope_distance_factor", "sqrt(1 + i^2)", "every grade", "definition"
    ),
    Formula(
        "effort.variability_index",
        "normalised_speed / mean speed",
        "runs of some minutes",
        "weak",
    ),
    Formula(
        "effort.walking_cost",
        "280.5 i^5 - 58.7 i^4 - 76.8 i^3 + 51.9 i^2 + 19.6 i + 2.5",
        "-0.45 <= i <= 0.45; 2.5 on the level where 1.64 was measured",
        "moderate",
    ),
    Formula(
        "effort.walking_power",
        "1.44 + 1.94 v^0.43 + 0.24 v^4 + 0.34 v G (1 - 1.05^(1 - 1.1^(G + 32))), G the grade in "
        "percent",
        "walking, about 0.2 to 2 m/s",
        "moderate",
    ),
    Formula(
        "performance.best_efforts_by_distance",
        "min over t of t_end - t_begin with the length between",
        "even motion between samples; pauses count",
        "definition",
    ),
    Formula(
        "performance.best_efforts_by_time",
        "max over t of the distance between t and t + time",
        "even motion between samples; pauses count",
        "definition",
    ),
    Formula(
        "performance.critical_speed",
        "D = CS t + D', least squares of distance on time",
        "best efforts of 2 to 20 minutes; a marathon is at 84.8 +- 13.6 % of it",
        "moderate",
    ),
    Formula(
        "performance.decoupling",
        "100 (EF1 - EF2) / EF1, halves by moving time",
        "steady runs of 40 minutes and more, first ten minutes dropped",
        "weak",
    ),
    Formula(
        "performance.efficiency_factor",
        "60 mean speed / mean heart rate",
        "similar runs; 1.1 to 1.4 % from day to day in a laboratory",
        "weak",
    ),
    Formula(
        "performance.equivalent_time",
        "the duration whose vdot is the given one",
        "about 3.5 minutes to 4 hours",
        "moderate",
    ),
    Formula(
        "performance.riegel_time",
        "t (D2 / D1)^1.06",
        "about 3.5 minutes to 4 hours",
        "moderate",
    ),
    Formula(
        "performance.runs_needed",
        "2 (z_level + z_power)^2 (deviation / difference)^2 (1 + r) / (1 - r)",
        "means of many runs; correlation r of neighbours",
        "moderate",
    ),
    Formula(
        "performance.speed_at_heart_rate",
        "least squares of speed on heart rate and temperature, read at the reference",
        "within 5 of the heart rates seen, 10 steady windows",
        "weak",
    ),
    Formula(
        "performance.vdot",
        "(-4.60 + 0.182258 s + 0.000104 s^2) / (0.8 + 0.1894393 e^(-0.012778 t) + 0.2989558 "
        "e^(-0.1932605 "
        "t)), s in m/min, t in min",
        "races of 3.5 minutes to 4 hours; 3 to 5 from a laboratory",
        "moderate",
    ),
)
