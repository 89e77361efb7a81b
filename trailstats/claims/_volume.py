"""Volume: hours, load and weeks off against the trail share of the weeks before. An association,
nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import (
    Finding,
    answer,
    decide,
    rests_on_margin,
)
from trailstats.claims._needs import needs_of_weeks
from trailstats.claims._weeks import Weeks, season_columns, whole_weeks
from trailstats.claims.result import Need
from trailstats.claims.stats import ar1_regression, smallest_detectable
from trailstats.claims.wording import claim_wording, unanswered

LOOK_BACK = 4
"""Weeks whose trail share is set against the week that follows (our choice)."""

FEWEST_WEEKS = 26
FEWEST_TRAIL_RUNS = 8
LEAST_SPREAD = 0.05
"""Standard deviation of the trail share below which nothing follows from it (our choice)."""


def volume(data: Evidence) -> Finding:
    """Return whether weeks that follow much trail running hold more running than those that follow
    little.
    """
    weeks = whole_weeks(data)
    idle = (weeks.n_runs == 0).astype(np.float64)
    hours = _regress(data, weeks, "weekly_hours", weeks.hours)
    load = _regress(data, weeks, "weekly_load", weeks.load)
    gaps = _regress(data, weeks, "weeks_off", idle)
    method = (
        f"Weeks after {LOOK_BACK} weeks with much trail (the 90th percentile of the share) against "
        "weeks after little (the 10th), trend and, from a year on, season allowed for."
    )
    return answer("volume", hours, parts=(hours, load, gaps), caveats=(method,))


def _regress(data: Evidence, weeks: Weeks, part: str, amount: Floats) -> Finding:
    """Answer a part by a weekly amount against the trail share of the weeks before."""
    share = weeks.share_before(LOOK_BACK)
    kept = np.isfinite(share) & np.isfinite(amount)
    y = amount[kept]
    x = share[kept]
    index = np.flatnonzero(kept).astype(np.float64)
    reason = _too_little(y, x, data.n_trail)
    if not reason:
        columns = [np.ones(len(y)), x, (index - index.mean()) / 52.0]
        if len(weeks) >= 52:
            columns.extend(season_columns(weeks.start[kept]).T)
        fit = ar1_regression(y, np.column_stack(columns), index)
        if not fit.identified:
            reason = "Trail share, trend and season can't be told apart in these weeks."
    if reason:
        found = unanswered(part, reason)
        own = Finding(replace(found, n_trail=data.n_trail, n_road=data.n_road))
        return own.needing(_missing(len(y), data.n_trail))
    little, much = (float(q) for q in np.quantile(x, [0.1, 0.9]))
    step = much - little
    low, high = (step * bound for bound in fit.interval(1))
    slope = float(fit.coefficients[1])
    p_value = float(fit.p_values[1])
    with_little = float(y.mean()) + slope * (little - float(x.mean()))
    with_much = with_little + step * slope
    # A line may fall below zero, an amount can't; both sides move, so that their difference stays.
    lift = max(0.0, -with_little, -with_much)
    visible = smallest_detectable(step * float(fit.errors[1]), fit.df)
    words = claim_wording().parts[part]
    margin, source = data.margin(part, with_little + lift)
    verdict = decide((low, high), p_value, words, margin)
    note = (
        f"{len(y)} weeks; trail share {100 * little:.0f} % (little) and {100 * much:.0f} % (much). "
        f"A difference of {_amount(visible, part, words.unit)} would have been seen four times out "
        "of five."
    )
    inside = (weeks.of_run >= 0) & (weeks.of_run < len(weeks))
    result = replace(
        unanswered(part, note),
        trail=with_much + lift,
        road=with_little + lift,
        difference=step * slope,
        low=low,
        high=high,
        n_trail=data.n_trail,
        n_road=data.n_road,
        verdict=verdict,
        error=step * float(fit.errors[1]),
        margin=margin,
        margin_source=source,
        needs=needs_of_weeks(
            len(y),
            step * float(fit.errors[1]),
            float(np.nanmax([abs(step * slope), margin])),
        ),
        activities=data.files(np.flatnonzero(inside)),
    )
    rows = {
        "part": part,
        "week": weeks.start[kept],
        "value": y,
        "trail_share_before": x,
        "runs": weeks.n_runs[kept].astype(np.int64),
    }

    def bounds(confidence: float) -> tuple[float, float]:
        low, high = fit.interval(1, confidence=confidence)
        return step * low, step * high

    return Finding(
        result,
        p_value,
        (partial(pd.DataFrame, rows),),
        bounds=bounds,
        by_margin=rests_on_margin(verdict, words),
    )


def _missing(weeks: int, n_trail: int) -> Need:
    """Return what a regression on weeks still lacks."""
    if weeks < FEWEST_WEEKS:
        more = float(FEWEST_WEEKS - weeks)
        return Need("weeks", f"{more:.0f} more weeks of running", more)
    if n_trail < FEWEST_TRAIL_RUNS:
        more = float(FEWEST_TRAIL_RUNS - n_trail)
        return Need("runs", f"{more:.0f} more trail runs", more)
    text = "some months with many trail runs and some with few"
    return Need("weeks", text, 12.0)


def _too_little(y: Floats, x: Floats, n_trail: int) -> str:
    """Return why weeks can't be regressed, or an empty text."""
    if len(y) < FEWEST_WEEKS or n_trail < FEWEST_TRAIL_RUNS:
        return (
            f"{len(y)} weeks and {n_trail} trail runs; {FEWEST_WEEKS} weeks and "
            f"{FEWEST_TRAIL_RUNS} trail runs are needed."
        )
    if x.std() < LEAST_SPREAD:
        return (
            "The share of trail hardly changes from week to week, so nothing can be set "
            "against it."
        )
    return "" if y.std() > 0 else "The weeks don't differ in it."


def _amount(value: float, part: str, unit: str) -> str:
    """Return an amount to two digits, with its unit."""
    if part == "weeks_off":
        return f"{100 * value:.0f} percentage points"
    return f"{float(f'{value:.2g}'):g} {unit}".removesuffix(" 1")
