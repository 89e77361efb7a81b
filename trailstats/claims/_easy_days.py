"""Easy days: time above the easy ceiling, heart rate, speed and grade-adjusted speed of easy and
everyday runs.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats.claims._everyday import easy_weights
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs
from trailstats.claims._mechanisms import next_session
from trailstats.claims.result import Need
from trailstats.schema import Verdict

SHORTEST_JUDGED = 600.0
"""Time with a heart rate after the first ten minutes that a run needs [s] (our choice)."""


def easy_days(data: Evidence) -> Finding:
    """Return whether easy runs stay easier on trail.

    Easy is what a name, the calendar or the runner calls so; besides them all everyday runs count,
    for half: those that are no races, not long, and hold no intervals or tempo. A run's own heart
    rate never enters, and its pace only by its pattern. The claim holds only if time above the
    easy ceiling falls; a slower pace alone may come from the ground.
    """
    runs = data.runs
    weights = easy_weights(data)
    easy = pd.Series(weights > 0, index=runs.index, name="easy")
    judged = runs["time_easy_judged"]
    above = runs["time_above_easy"] / judged.where(judged >= SHORTEST_JUDGED)

    def compared(part: str, values: pd.Series) -> Finding:
        return compare_runs(data, part, values, where=easy, weights=weights)

    overshoot = compared("above_easy_ceiling", above)
    rate = compared("easy_heart_rate", runs["mean_heart_rate"])
    speed = compared("easy_speed", runs["mean_speed"])
    graded = compared("easy_grade_adjusted_speed", runs["grade_adjusted_speed"])
    main = overshoot
    stated = int((weights == 1.0).sum())
    caveats = [
        f"{stated} runs are called easy by a name, the calendar or the profile, "
        f"{int(easy.sum()) - stated} are everyday runs by exclusion, which count for half. If you "
        "simply run hard on roads, those are everyday runs, and the claim is about them."
    ]
    if easy.any() and not np.isfinite(above[easy]).any():
        main = overshoot.untested(Verdict.NOT_MEASURABLE).needing(
            Need(
                "heart rate",
                "a heart rate in easy runs, or its limits in the profile",
            )
        )
        caveats.append(
            "No heart rate with known limits in these runs, so time above the easy ceiling isn't "
            "known."
        )
    slower = rate.result.difference < 0 or speed.result.difference < 0
    if main.result.verdict is Verdict.SUPPORTED and not slower:
        main = main.open()
        caveats.append(
            "Time above the ceiling is lower on trail, but neither heart rate nor speed is."
        )
    caveats.append(f"Easy ceiling: {data.history.limits.source}.")
    parts = (overshoot, rate, speed, graded, next_session(data))
    return answer("easy_days", main, parts=parts, caveats=caveats)
