"""Easy days: time above the easy ceiling, speed and grade-adjusted speed of runs meant to be
easy.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs, part_of
from trailstats.schema import Verdict

__all__ = ["easy_days"]

SHORTEST_JUDGED = 600.0
"""Time with a heart rate after the first ten minutes that a run needs [s]; judgement."""


def easy_days(data: Evidence) -> Finding:
    """Return whether easy-intended runs stay easier on trail.

    Intent comes from names and the calendar, never from the run's own heart rate or pace. The claim
    holds only if time above the easy ceiling falls; a slower pace alone may come from the ground.
    """
    runs = data.runs
    easy = runs["intent"] == "easy"
    judged = runs["time_easy_judged"]
    above = runs["time_above_easy"] / judged.where(judged >= SHORTEST_JUDGED)
    named = int((easy & (runs["intent_source"] == "name")).sum())
    overshoot = part_of(
        data,
        "above_easy_ceiling",
        "share of the time above the easy ceiling in runs meant to be easy, first ten minutes and "
        "climbs left out",
        "1",
        compare_runs(data, above, where=easy),
        -1,
        statement="Less time above the easy ceiling on trail.",
    )
    speed = _speed(
        data,
        runs["mean_speed"],
        easy,
        "easy_speed",
        "speed in runs meant to be easy",
        "Slower on trail.",
    )
    level = _speed(
        data,
        runs["grade_adjusted_speed"],
        easy,
        "easy_grade_adjusted_speed",
        "grade-adjusted speed in runs meant to be easy",
        "Slower on trail also after allowing for the slope.",
    )
    caveats = [
        f"{int(easy.sum())} runs count as meant to be easy: {named} by name, the others as they "
        "followed a hard run."
    ]
    if not easy.any():
        caveats = [
            "No run shows by its name or the calendar that it was meant to be easy."
        ]
    main = overshoot
    if easy.any() and not np.isfinite(above[easy]).any():
        caveats.append(
            "No heart rate with known limits in these runs, so time above the easy ceiling can't "
            "be told."
        )
        main = replace(
            main,
            result=replace(main.result, verdict=Verdict.NOT_MEASURABLE),
            p_value=np.nan,
        )
    if main.result.verdict is Verdict.SUPPORTED and not speed.result.difference < 0:
        main = replace(main, result=replace(main.result, verdict=Verdict.INCONCLUSIVE))
        caveats.append("Time above the ceiling is lower on trail, but speed isn't.")
    caveats.append(f"Easy ceiling: {data.history.limits.source}.")
    return answer(
        "easy_days", main, parts=(overshoot, speed, level), caveats=tuple(caveats)
    )


def _speed(
    data: Evidence,
    values: pd.Series,
    easy: pd.Series,
    name: str,
    metric: str,
    statement: str,
) -> Finding:
    return part_of(
        data,
        name,
        metric,
        "m/s",
        compare_runs(data, values, where=easy),
        -1,
        statement=statement,
    )
