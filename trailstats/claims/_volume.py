"""Volume: hours, load and weeks off against the trail share of the weeks before. An association,
nothing more.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats, as_floats
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import (
    DECIDED,
    Finding,
    answer,
    compare_runs,
    decide,
    rests_on_margin,
)
from trailstats.claims._needs import needs_of_weeks
from trailstats.claims._steps import steps_of_result
from trailstats.claims._weeks import (
    Weeks,
    local_days,
    race_days,
    season_columns,
    whole_weeks,
)
from trailstats.claims.result import Mark, Need
from trailstats.claims.stats import (
    MatchRules,
    ar1_regression,
    smallest_detectable,
)
from trailstats.claims.wording import claim_wording, unanswered

LOOK_BACK = 4
"""Weeks whose trail share is set against the week that follows (our choice)."""

FEWEST_WEEKS = 26
FEWEST_TRAIL_RUNS = 8
PLACEBO: Final = 0.10
"""A placebo effect with a p value below this takes back a decision (our choice)."""

WINDOW: Final = 12
RUN_IN: Final = 9
"""Weeks count that lie in so many of which so many hold a run: of a summer runner's year half the
weeks say nothing, and what would be compared is the pause (our choice).
"""

NEXT_DAYS: Final = 2.0
"""Days after a run in which running shows that it didn't tire too much [day] (our choice)."""

RATED: Final = MatchRules(fewest=10)
"""Ratings are coarse, so they need more runs."""

LEAST_SPREAD = 0.05
"""Standard deviation of the trail share below which nothing follows from it (our choice)."""


def volume(data: Evidence) -> Finding:
    """Return whether weeks that follow much trail running hold more running than those that follow
    little.
    """
    weeks = whole_weeks(data)
    steady = weeks.regular(WINDOW, RUN_IN)
    calm = steady & ~_raced(data, weeks)
    idle = (weeks.n_runs == 0).astype(np.float64)
    hours, load, gaps = (
        _regress(data, weeks, calm, part, amount)
        for part, amount in (
            ("weekly_hours", weeks.hours),
            ("weekly_load", weeks.load),
            ("weeks_off", idle),
        )
    )
    rated = compare_runs(data, "exertion", data.runs["rpe"], rules=RATED)
    after = compare_runs(data, "hours_after", _hours_after(data))
    method = (
        f"Weeks after {LOOK_BACK} weeks with much trail (the 90th percentile of the share) against "
        "weeks after little (the 10th), trend and, from a year on, season allowed for; "
        f"{int((steady & ~calm).sum())} weeks with a race left out."
    )
    if not steady.all():
        method += (
            f" {int((~steady).sum())} weeks lie in pauses, where fewer than {RUN_IN} of {WINDOW} "
            "weeks hold a run; they don't count."
        )
    hours = replace(hours, steps=(partial(steps_of_result, data, hours.result),))
    parts = (hours, load, gaps, rated, after)
    return answer("volume", hours, parts=parts, caveats=(method,))


def _raced(data: Evidence, weeks: Weeks) -> Flags:
    """Return which weeks hold a race: they are short by plan."""
    days = local_days(data)
    raced = (data.runs["intent"] == "race").to_numpy()
    if not len(weeks):
        return np.zeros(0, dtype=bool)
    every = pd.DatetimeIndex(
        sorted({*race_days(data, days), *days[raced].tolist()})
    )
    first = weeks.start[0].tz_localize(None)
    week = np.asarray((every - first).days) // 7
    return np.isin(np.arange(len(weeks)), week)


def _hours_after(data: Evidence) -> pd.Series:
    """Return the hours that are run in the days after each run; NaN where the records end."""
    day = as_floats(data.runs["day"])
    hours = data.runs["moving_time"].fillna(0.0).to_numpy() / 3600.0
    sums = np.append(0.0, np.cumsum(hours))
    last = np.searchsorted(day, day + NEXT_DAYS, side="right")
    found = sums[last] - sums[np.arange(len(day)) + 1]
    ends = day + NEXT_DAYS > day.max() if len(day) else np.zeros(0, dtype=bool)
    return pd.Series(np.where(ends, np.nan, found), index=data.runs.index)


def _within(weeks: Weeks, kept: Flags) -> Flags:
    """Return which runs lie in weeks that count or in those whose trails stand before them."""
    near = np.zeros(len(weeks) + 1, dtype=bool)
    for before in range(LOOK_BACK + 1):
        near[np.maximum(np.flatnonzero(kept) - before, 0)] = True
    whole = (weeks.of_run >= 0) & (weeks.of_run < len(weeks))
    return np.asarray(whole & near[np.where(whole, weeks.of_run, -1)])


def _sides(data: Evidence, weeks: Weeks, kept: Flags) -> tuple[int, int]:
    """Return how many of these runs were mostly on trail, and mostly on road, as is expected; of
    all runs where no week counts.
    """
    share = as_floats(data.runs["share"])
    if kept.any():
        share = share[_within(weeks, kept)]
    return int((share >= 0.5).sum()), int((share < 0.5).sum())


def _placebo(y: Floats, columns: Floats, index: Floats, after: Floats) -> float:
    """Return the p value of trails still to come, beside those that were; NaN of few weeks."""
    known = np.isfinite(after)
    if known.sum() < FEWEST_WEEKS:
        return float("nan")
    wide = np.column_stack((after, columns))[known]
    return float(ar1_regression(y[known], wide, index[known]).p_values[0])


def _regress(
    data: Evidence, weeks: Weeks, calm: Flags, part: str, amount: Floats
) -> Finding:
    """Answer a part by a weekly amount against the trail share of the weeks before."""
    share = weeks.share_before(LOOK_BACK)
    kept = np.isfinite(share) & np.isfinite(amount) & calm
    y = amount[kept]
    x = share[kept]
    index = np.flatnonzero(kept).astype(np.float64)
    n_trail, n_road = _sides(data, weeks, kept)
    reason = _too_little(y, x, n_trail)
    if not reason:
        columns = [np.ones(len(y)), x, (index - index.mean()) / 52.0]
        if len(weeks) >= 52:
            columns.extend(season_columns(weeks.start[kept]).T)
        matrix = np.column_stack(columns)
        fit = ar1_regression(y, matrix, index)
        if not fit.identified:
            reason = "Trail share, trend and season can't be told apart in these weeks."
    if reason:
        found = unanswered(part, reason)
        own = Finding(replace(found, n_trail=n_trail, n_road=n_road))
        return own.needing(_missing(len(y), n_trail))
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
    inside = _within(weeks, kept)
    result = replace(
        unanswered(part, note),
        trail=with_much + lift,
        road=with_little + lift,
        difference=step * slope,
        low=low,
        high=high,
        n_trail=n_trail,
        n_road=n_road,
        verdict=verdict,
        error=step * float(fit.errors[1]),
        margin=margin,
        margin_source=source,
        needs=needs_of_weeks(
            len(y),
            step * float(fit.errors[1]),
            size := float(np.nanmax([abs(step * slope), margin])),
            _amount(size, part, words.unit),
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

    finding = Finding(
        result,
        p_value,
        (partial(pd.DataFrame, rows),),
        bounds=bounds,
        by_margin=rests_on_margin(verdict, words),
    )
    placebo = _placebo(y, matrix, index, weeks.share_after(LOOK_BACK)[kept])
    held = not placebo < PLACEBO
    if np.isfinite(placebo):
        finding = finding.noted(
            "Placebo test with the trails of the weeks to come: "
            f"{'passed' if held else 'failed'} (p = {placebo:.2f})."
        )
    if held or verdict not in DECIDED:
        return finding
    return finding.open().noted(
        "Such weeks come before trails as well, so they aren't set down to them."
    )


def _missing(weeks: int, n_trail: int) -> Need:
    """Return what a regression on weeks still lacks: weeks of running, trail runs, or a change."""
    marks = tuple(
        mark
        for mark in (
            Mark("weeks", weeks, FEWEST_WEEKS),
            Mark("trail runs", n_trail, FEWEST_TRAIL_RUNS),
        )
        if mark.have < mark.wanted
    )
    if not marks:
        text = "some months with many trail runs and some with few"
        return Need("contrast", text, 12.0)
    lacking = [mark.wanted - mark.have for mark in marks]
    text = " and ".join(
        f"{count} more {mark.what.removesuffix('s')}{'s' * (count != 1)}"
        for count, mark in zip(lacking, marks, strict=True)
    )
    kind = "weeks" if marks[0].what == "weeks" else "runs"
    return Need(kind, text, float(lacking[0]), marks)


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
