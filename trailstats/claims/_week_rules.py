"""The rules for ordinary weeks: how many trail runs, how easy, how varied, and which ground for
which goal.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.claims._variety import session_kinds_of_runs
from trailstats.claims._weeks import race_days, span
from trailstats.claims.result import RuleResult
from trailstats.claims.wording import rule_result
from trailstats.history.days import monday_of
from trailstats.metrics.variety import SessionKind, shannon_evenness
from trailstats.model.athlete import GOALS
from trailstats.terrain.ground_kinds import GROUND_KINDS, kinds_of_ground

RECENT: Final = 12
"""Weeks that the rules look back on, from the last recording (our choice)."""

KEPT: Final = 0.75
"""Share of the weeks in which a weekly rule must be kept (our choice)."""

FEWEST_WEEKS: Final = 4
FEWEST_EASY_RUNS: Final = 3
SHORTEST_JUDGED: Final = 600.0
"""Time judged by heart rate that an easy run needs [s] (our choice)."""

EASY_INDEX: Final = 0.8
"""Share of the time at or below the easy ceiling that a recovery run keeps (our choice)."""

FEWEST_TRAIL_RUNS: Final = 4
MEANT: Final = 0.5
"""Share of the trail runs that are sessions of the goal's kind (our choice)."""

RULES: Final = ("R1", "R3a", "R3b", "R3c", "R4", "R5")
_SESSIONS: Final = {
    "R3a": (SessionKind.POWER, "with short, steep and fast bouts"),
    "R3b": (SessionKind.MARATHON_VOLUME, "long on smooth and gentle trail"),
    "R3c": (SessionKind.HIKE_AND_RUN, "with climbs hiked and the rest run"),
}
"""The kind of session that each rule on ground by goal asks for."""

_RULE_OF_GOAL: Final = dict(zip(GOALS, _SESSIONS, strict=True))


def week_rules(data: Evidence, days: pd.Series) -> list[RuleResult]:
    """Return R1, R3a to R3c, R4 and R5 over the last twelve weeks with recordings."""
    if days.empty:
        nothing = "No run has been recorded."
        return [
            rule_result(rule, "", "not enough data", nothing) for rule in RULES
        ]
    begin = days.max() - pd.Timedelta(weeks=RECENT)
    recent = (days > begin).to_numpy()
    period = span(max(days.min(), begin + pd.Timedelta(days=1)), days.max())
    kinds = session_kinds_of_runs(data)
    return [
        _trail_runs_a_week(data, days),
        *(
            _ground_for_goal(data, rule, recent, period, kinds)
            for rule in _SESSIONS
        ),
        _easy_on_trail(data, recent, period),
        _variety(data, recent, period),
    ]


def weeks_of_trail_runs(data: Evidence, days: pd.Series) -> pd.DataFrame:
    """Return every whole week with its trail runs, all runs, the usual number of runs, and the
    outcome of R1.

    Usual is the median of the eight weeks before. A week without runs, with less than half of the
    usual number, or in the month before a race is not applicable.
    """
    monday = monday_of(days)
    runs = pd.DataFrame(
        {"week": monday, "n_trail": data.is_trail, "n_total": True}
    )
    counts = runs.groupby("week").sum()
    # The last week is whole only where its Sunday is reached.
    end = monday_of(days + pd.Timedelta(days=1)).max() - pd.Timedelta(days=7)
    every = pd.date_range(monday.min(), end, freq="7D", name="week")
    table = counts.reindex(every, fill_value=0).reset_index()
    usual = table["n_total"].rolling(8, min_periods=4).median().shift()
    near = np.zeros(len(table), dtype=bool)
    for race in race_days(data, days):
        near |= (race - table["week"]).dt.days.between(0, 34).to_numpy()
    idle = (table["n_total"] == 0) | (table["n_total"] < 0.5 * usual)
    kept = table["n_trail"].between(1, 2) & (table["n_total"] <= usual + 1)
    outcome = np.select(
        [usual.isna(), idle | near, kept],
        ["not enough data", "not applicable", "pass"],
        "fail",
    )
    return table.assign(median=usual, outcome=outcome)


def _trail_runs_a_week(data: Evidence, days: pd.Series) -> RuleResult:
    table = weeks_of_trail_runs(data, days).iloc[-RECENT:]
    if table.empty:
        nothing = "No whole week has been recorded."
        return rule_result("R1", "", "not enough data", nothing)
    judged = table[table["outcome"].isin(["pass", "fail"])]
    first = table["week"].iloc[0]
    last = table["week"].iloc[-1] + pd.Timedelta(days=6)
    period = span(first, last)
    files = tuple(data.file_names[days.between(first, last) & data.is_trail])
    if len(judged) < FEWEST_WEEKS:
        detail = (
            f"{_weeks(len(judged))} can be judged, {FEWEST_WEEKS} are needed; weeks off, the month "
            "before a race and the first weeks don't count."
        )
        return rule_result("R1", period, "not enough data", detail, files)
    kept = int((judged["outcome"] == "pass").sum())
    none = int((judged["n_trail"] == 0).sum())
    many = int((judged["n_trail"] > 2).sum())
    added = int((judged["n_total"] > judged["median"] + 1).sum())
    why = [
        f"{count} {said}"
        for count, said in (
            (none, "without a trail run"),
            (many, "with more than two"),
            (added, "with more runs than usual"),
        )
        if count
    ]
    detail = f"Kept in {kept} of {len(judged)} weeks{'; ' * bool(why)}{', '.join(why)}."
    return rule_result("R1", period, kept >= KEPT * len(judged), detail, files)


def _weeks(count: int) -> str:
    return f"{count} week{'s' * (count != 1)}"


def _ground_for_goal(
    data: Evidence,
    rule: str,
    recent: Flags,
    period: str,
    kinds: list[tuple[SessionKind, ...]],
) -> RuleResult:
    """Return the rule on ground of the athlete's goal, judged over the trail runs; those of other
    goals don't apply.
    """
    kind, sessions = _SESSIONS[rule]
    goal = data.history.athlete.goal
    own = recent & np.array([kind in k for k in kinds])
    if rule != _RULE_OF_GOAL.get(goal):
        why = (
            f"The goal is {goal}, which another rule is for."
            if goal
            else "The profile names no goal (`goal` in athlete.toml)."
        )
        detail = f"{why} Runs {sessions}: {int(own.sum())}."
        files = tuple(data.file_names[own])
        return rule_result(rule, period, "not applicable", detail, files)
    on_trail = recent & data.is_trail
    found = int((own & on_trail).sum())
    every = int(on_trail.sum())
    files = tuple(data.file_names[on_trail])
    if every < FEWEST_TRAIL_RUNS:
        detail = f"{every} of the {FEWEST_TRAIL_RUNS} trail runs needed."
        return rule_result(rule, period, "not enough data", detail, files)
    detail = f"{found} of {every} trail runs are {sessions}."
    return rule_result(rule, period, found >= MEANT * every, detail, files)


def _easy_on_trail(data: Evidence, recent: Flags, period: str) -> RuleResult:
    runs = data.runs
    judged = runs["time_easy_judged"]
    index = 1.0 - runs["time_above_easy"] / judged.where(
        judged >= SHORTEST_JUDGED
    )
    own = recent & (runs["intent"] == "easy") & data.is_trail & index.notna()
    index = index[own]
    files = tuple(data.file_names[own])
    if len(index) < FEWEST_EASY_RUNS:
        detail = (
            f"{len(index)} of the {FEWEST_EASY_RUNS} easy trail runs with a heart rate that are "
            "needed."
        )
        return rule_result("R4", period, "not enough data", detail, files)
    median = float(index.median())
    kept = int((index >= EASY_INDEX).sum())
    detail = (
        f"{kept} of the {len(index)} easy trail runs kept the heart rate at or below the easy "
        f"ceiling for {100 * EASY_INDEX:.0f} % of their time, which is the advice; the one in the "
        f"middle for {100 * median:.0f} %."
    )
    return rule_result("R4", period, median >= EASY_INDEX, detail, files)


def _variety(data: Evidence, recent: Flags, period: str) -> RuleResult:
    table = data.segments
    kinds = kinds_of_ground(table)
    counted = recent[as_indices(table["row"])] & (kinds >= 0)
    seconds = np.bincount(
        kinds[counted],
        weights=table["duration"][counted],
        minlength=len(GROUND_KINDS),
    )
    hours = seconds / 3600.0
    if hours.sum() < 1.0:
        detail = "Less than an hour on ground whose kind is known."
        return rule_result("R5", period, "not enough data", detail)
    value = shannon_evenness(hours)
    parts = [
        f"{kind} {h:.1f} h" for kind, h in zip(GROUND_KINDS, hours, strict=True)
    ]
    detail = (
        f"{', '.join(parts)}. From 0 (all on one kind) to 1 (as much on each) that is "
        f"{value:.2f}. No study says how much is good."
    )
    files = tuple(data.file_names[recent])
    return rule_result("R5", period, "described", detail, files)
