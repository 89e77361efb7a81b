"""Volume: hours, load and weeks off against the trail share of the weeks before. An association,
nothing more.
"""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, decide
from trailstats.claims._weeks import Weeks, season_columns, whole_weeks
from trailstats.claims.result import ClaimResult
from trailstats.claims.stats import ar1_regression, smallest_detectable
from trailstats.schema.arrays import Floats

__all__ = ["volume"]

LOOK_BACK = 4
"""Weeks whose trail share is set against the week that follows; judgement."""

FEWEST_WEEKS = 26
FEWEST_TRAIL_RUNS = 8
LEAST_SPREAD = 0.05
"""Standard deviation of the trail share below which nothing can be told from it; judgement."""


def volume(data: Evidence) -> Finding:
    """Return whether weeks that follow much trail running hold more running than those that follow
    little.
    """
    weeks = whole_weeks(data)
    sides = data.runs["side"].value_counts()
    counts = int(sides.get("trail", 0)), int(sides.get("road", 0))
    hours = _regress(
        data,
        weeks,
        weeks.hours,
        counts,
        "weekly_hours",
        "hours of running a week",
        "h",
        1,
    )
    load = _regress(
        data, weeks, weeks.load, counts, "weekly_load", "session load a week", "1", 1
    )
    idle = (weeks.n_runs == 0).astype(np.float64)
    gaps = _regress(
        data,
        weeks,
        idle,
        counts,
        "weeks_off",
        "share of weeks without a run, whatever the reason",
        "1",
        -1,
    )
    caveats = (
        "An association between weeks: plans, seasons and injuries move volume and trail share "
        "together.",
        f"Weeks after {LOOK_BACK} weeks with much trail (the 90th percentile of the share) against "
        "weeks after little "
        "(the 10th), trend and, from a year on, season allowed for.",
    )
    return answer("volume", hours, parts=(hours, load, gaps), caveats=caveats)


def _regress(
    data: Evidence,
    weeks: Weeks,
    amount: Floats,
    counts: tuple[int, int],
    name: str,
    metric: str,
    unit: str,
    direction: int,
) -> Finding:
    share = weeks.share_before(LOOK_BACK)
    kept = np.isfinite(share) & np.isfinite(amount)
    found = ClaimResult(
        name,
        "More running after weeks with much trail."
        if direction > 0
        else "Fewer weeks off after weeks with much trail.",
        f"{metric} after weeks with much trail running against weeks with little",
        unit,
        n_trail=counts[0],
        n_road=counts[1],
    )

    def missing(reason: str) -> Finding:
        return Finding(ClaimResult(**{**vars(found), "caveats": (reason,)}))

    if kept.sum() < FEWEST_WEEKS or counts[0] < FEWEST_TRAIL_RUNS:
        return missing(
            f"{int(kept.sum())} weeks and {counts[0]} trail runs; {FEWEST_WEEKS} weeks and "
            f"{FEWEST_TRAIL_RUNS} trail "
            "runs are needed."
        )
    y, x = amount[kept], share[kept]
    if x.std() < LEAST_SPREAD:
        return missing(
            "The share of trail hardly changes from week to week, so nothing can be set against it."
        )
    if y.std() == 0:
        return missing("The weeks don't differ in it.")
    index = np.flatnonzero(kept).astype(np.float64)
    columns = [np.ones(len(y)), x, (index - index.mean()) / 52.0]
    if len(weeks) >= 52:
        columns.extend(season_columns(weeks.start[kept]).T)
    fit = ar1_regression(y, np.column_stack(columns), index)
    if not fit.identified:
        return missing(
            "Trail share, trend and season can't be told apart in these weeks."
        )
    low, high = np.quantile(x, [0.1, 0.9])
    step = float(high - low)
    bounds = tuple(step * b for b in fit.interval(1))
    middle, slope = float(y.mean()), float(fit.coefficients[1])
    levels = [middle + slope * (float(q) - float(x.mean())) for q in (high, low)]
    runs = weeks.n_runs[kept].astype(np.int64)
    # A line may fall below zero, an amount can't; both sides move, so that their difference stays.
    lift = max(0.0, -min(levels))
    visible = smallest_detectable(step * float(fit.errors[1]), fit.freedom)
    table = partial(
        pd.DataFrame,
        {
            "part": name,
            "week": weeks.start[kept],
            "value": y,
            "trail_share_before": x,
            "runs": runs,
        },
    )
    result = ClaimResult(
        **{
            **vars(found),
            "trail": levels[0] + lift,
            "road": levels[1] + lift,
            "difference": step * slope,
            "low": bounds[0],
            "high": bounds[1],
            "verdict": decide(slope, float(fit.p_values[1]), direction),
            "caveats": (
                f"{len(y)} weeks; trail share {100 * low:.0f} % (little) and {100 * high:.0f} % "
                "(much). A difference "
                f"of {_words(visible, name, unit)} would have been seen four times out of five.",
            ),
            "activities": data.files(
                np.flatnonzero((weeks.of_run >= 0) & (weeks.of_run < len(weeks)))
            ),
        }
    )
    return Finding(result, float(fit.p_values[1]), (table,))


def _words(value: float, name: str, unit: str) -> str:
    """Return an amount to two digits, with its unit."""
    if name == "weeks_off":
        return f"{100 * value:.0f} percentage points"
    return f"{float(f'{value:.2g}'):g} {unit}".removesuffix(" 1")
