"""Steps and impact: what each formula computes, where it holds and how well it is supported."""

from trailstats.metrics._formula import Formula

FORMULAS: tuple[Formula, ...] = (
    Formula(
        "impact.active_component",
        "F(v) / F(3.0), F of peak_force with modelled contact; walking 1.2 / F(3.0)",
        "running at 2 to 6 m/s, any grade to 9 degrees",
        "weak",
    ),
    Formula(
        "impact.contact_time",
        "0.278 (2.65 / v)^0.6",
        "level running, 2 to 6 m/s, about 15 % off",
        "weak",
    ),
    Formula(
        "impact.count_steps",
        "sum(rate dt), rate of step_rate",
        "as recorded; modelled at 1.64 to 4.68 m/s",
        "moderate",
    ),
    Formula(
        "impact.damaging_descent",
        "40 min at 11.3 km/h on -12 %; 30 min at 2.8 m/s on -20 %",
        "people not used to descents",
        "moderate",
    ),
    Formula(
        "impact.descent_dose",
        "9.81 sum(max(-dz, 0))",
        "smoothed elevation; noise counts",
        "moderate",
    ),
    Formula(
        "impact.descent_dose_by_grade",
        "descent_dose within bands of grade parted at -5, -10 and -15 %",
        "smoothed elevation; noise counts",
        "moderate",
    ),
    Formula(
        "impact.downhill_exposure_ratio",
        "descent / largest descent of the runs before",
        "the three to six weeks before; above 1.3 is worth a warning (judgement)",
        "moderate",
    ),
    Formula(
        "impact.fit_cadence",
        "168.056 sum(cadence dt) / sum((150.02 + 6.012 v) dt)",
        "half an hour of level running at 1.64 to 4.68 m/s; a run of that athlete lies within 5 %",
        "moderate",
    ),
    Formula(
        "impact.flight_time", "max(60 / cadence - contact, 0)", "running", "moderate"
    ),
    Formula(
        "impact.impact_component",
        "max(0, 1 + 0.21 (v - 3)) m(theta) s; m = 1 + 0.06 |theta| down to -9 degrees, max(0, 1 - "
        "theta / "
        "9) up; walking 0",
        "3 to 6 m/s, slopes to 9 degrees, held beyond",
        "weak",
    ),
    Formula(
        "impact.impact_load",
        "sum(steps x^b) / 933.64, x each component",
        "as the components; about 30 % of a worn sensor's load is invisible",
        "weak",
    ),
    Formula(
        "impact.impact_load_by_group",
        "impact_load within groups of samples",
        "as impact_load",
        "weak",
    ),
    Formula(
        "impact.impact_sensitivity",
        "impact_load over draws: downhill 0.04 to 0.08 per degree, ground within its factor, steep "
        "tibial "
        "0.85 to 1.15, modelled cadence 10 %, 5 % by the athlete's own",
        "as impact_load; the ranges are judgement around the sources",
        "weak",
    ),
    Formula(
        "impact.leg_compression",
        "L - sqrt(L^2 - (v t_c / 2)^2) + dy, L = 0.53 stature",
        "level running",
        "moderate",
    ),
    Formula(
        "impact.leg_stiffness", "F m g / leg_compression", "level running", "moderate"
    ),
    Formula("impact.mean_contact_force", "1 + t_f / t_c", "running", "strong"),
    Formula(
        "impact.modelled_cadence",
        "k (150.02 + 6.012 v), walking k 110 (v / 1.3)^0.58; k the athlete's cadence at 3 m/s over "
        "168.056, else 1",
        "running at 1.64 to 4.68 m/s; the walking law is judgement",
        "moderate",
    ),
    Formula(
        "impact.peak_force",
        "pi / 2 (t_f / t_c + 1)",
        "level running, 0.67 to 6.93 % from force plates at 3.33 m/s and more",
        "moderate",
    ),
    Formula(
        "impact.positive_work_dose",
        "9.81 sum(max(dz, 0))",
        "smoothed elevation; noise counts",
        "moderate",
    ),
    Formula(
        "impact.steep_bouts",
        "number of runs of samples with i >= 0.10 and v >= the minimum that last 6 to 30 s",
        "a stand-in for power training (judgement)",
        "none",
    ),
    Formula("impact.step_length", "60 v / cadence", "every gait", "definition"),
    Formula(
        "impact.step_rate",
        "cadence / 60, recorded or modelled; 0 below 0.3 m/s",
        "as modelled_cadence",
        "moderate",
    ),
    Formula(
        "impact.tibial_component",
        "max(0, 1 + 0.09 (v - 3)) h; h 1, on |i| >= 0.10 a factor with the interval 0.85 to 1.15; "
        "walking 0.5",
        "running; two studies disagree on grade",
        "weak",
    ),
    Formula(
        "impact.time_climbing",
        "sum of dt with i >= 0.05, and a further condition",
        "any grade",
        "definition",
    ),
    Formula(
        "impact.vertical_displacement",
        "|F g t_c^2 / pi^2 - g t_c^2 / 8|",
        "level running",
        "moderate",
    ),
    Formula("impact.vertical_speed", "v sin(atan(i))", "every grade", "definition"),
    Formula(
        "impact.vertical_stiffness",
        "F m g / vertical_displacement",
        "level running",
        "moderate",
    ),
)
