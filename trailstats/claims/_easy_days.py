"""Easy days: time above the easy ceiling, speed and grade-adjusted speed of runs meant to be
easy.
"""

from __future__ import annotations

import numpy as np

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs
from trailstats.claims.result import Need
from trailstats.schema import Verdict

SHORTEST_JUDGED = 600.0
"""Time with a heart rate after the first ten minutes that a run needs [s] (our choice)."""


def easy_days(data: Evidence) -> Finding:
    """Return whether easy-intended runs stay easier on trail.

    Intent comes from names and the calendar, never from the run's own heart rate or pace. The claim
    holds only if time above the easy ceiling falls; a slower pace alone may come from the ground.
    """
    runs = data.runs
    easy = runs["intent"] == "easy"
    judged = runs["time_easy_judged"]
    above = runs["time_above_easy"] / judged.where(judged >= SHORTEST_JUDGED)
    overshoot = compare_runs(data, "above_easy_ceiling", above, where=easy)
    speed = compare_runs(data, "easy_speed", runs["mean_speed"], where=easy)
    graded = compare_runs(
        data,
        "easy_grade_adjusted_speed",
        runs["grade_adjusted_speed"],
        where=easy,
    )
    main = overshoot
    caveats = []
    if easy.any():
        named = int((easy & (runs["intent_source"] == "name")).sum())
        caveats.append(
            f"{int(easy.sum())} runs count as meant to be easy: {named} by name, the others as "
            "they followed a hard run."
        )
    else:
        caveats.append(
            "No run shows by its name or the calendar that it was meant to be easy."
        )
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
    if (
        main.result.verdict is Verdict.SUPPORTED
        and not speed.result.difference < 0
    ):
        main = main.open()
        caveats.append(
            "Time above the ceiling is lower on trail, but speed isn't."
        )
    caveats.append(f"Easy ceiling: {data.history.limits.source}.")
    parts = (overshoot, speed, graded)
    return answer("easy_days", main, parts=parts, caveats=caveats)
