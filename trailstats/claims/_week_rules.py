"""The rules for ordinary weeks: how many trail runs, how easy, how varied, and which ground for
which goal.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._variety import session_kinds_of_runs
from trailstats.claims._weeks import race_days, span
from trailstats.claims.result import RuleResult
from trailstats.metrics.variety import SessionKind, shannon_evenness
from trailstats.model.athlete import GOALS
from trailstats.schema import EvidenceStrength, Gait, Slope, Surface

__all__ = ["week_rules", "weeks_of_trail_runs"]

RECENT: Final = 12
"""Weeks that the rules look back on, from the last recording; judgement."""

KEPT: Final = 0.75
"""Share of the weeks in which a weekly rule must be kept; judgement."""

FEWEST_WEEKS: Final = 4
FEWEST_EASY_RUNS: Final = 3
EASY_INDEX: Final = 0.8
"""Share of the time at or below the easy ceiling that a recovery run keeps; judgement."""

EVEN: Final = 0.5
"""Evenness of the time over kinds of ground that counts as varied; judgement."""

FEWEST_TRAIL_RUNS: Final = 4
MEANT: Final = 0.5
"""Share of the trail runs that are sessions of the goal's kind; judgement."""

NONE: Final = EvidenceStrength.NONE
_GOALS: Final = {
    "R3a": (
        SessionKind.POWER,
        "For power: short, steep, technical and fast.",
        "with short, steep and fast bouts",
    ),
    "R3b": (
        SessionKind.MARATHON_VOLUME,
        "For a marathon: volume on smooth trail.",
        "long on smooth and gentle trail",
    ),
    "R3c": (
        SessionKind.HIKE_AND_RUN,
        "For muscular endurance: hike the climbs and run the flats.",
        "with climbs hiked and the rest run",
    ),
}

_RULE_OF_GOAL: Final = dict(zip(GOALS, _GOALS, strict=True))


def week_rules(data: Evidence, days: pd.Series) -> list[RuleResult]:
    """Return R1, R3a to R3c, R4 and R5 over the last twelve weeks with recordings."""
    if days.empty:
        nothing = "No run has been recorded."
        names = {
            "R1": _R1,
            **{r: g[1] for r, g in _GOALS.items()},
            "R4": _R4,
            "R5": _R5,
        }
        return [
            RuleResult(r, s, "", "not enough data", nothing, NONE)
            for r, s in names.items()
        ]
    recent = days > days.max() - pd.Timedelta(weeks=RECENT)
    period = span(
        max(days.min(), days.max() - pd.Timedelta(weeks=RECENT) + pd.Timedelta(days=1)),
        days.max(),
    )
    return [
        _trail_runs_a_week(data, days),
        *_goals(data, recent, period),
        _easy_on_trail(data, recent, period),
        _variety(data, recent, period),
    ]


_R1: Final = "Replace one or two road runs a week by trail, without adding runs."
_R4: Final = "Easy runs on trail stay easy."
_R5: Final = "Time is spread over several kinds of ground."


def weeks_of_trail_runs(data: Evidence, days: pd.Series) -> pd.DataFrame:
    """Return every whole week with its trail runs, all runs, the usual number of runs, and the
    outcome of R1.

    Usual is the median of the eight weeks before. A week without runs, with less than half of the
    usual number, or in the month before a race is not applicable.
    """
    monday = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    trail = (data.runs["side"] == "trail").to_numpy().astype(int)
    counts = (
        pd.DataFrame({"week": monday, "n_trail": trail, "n_total": 1})
        .groupby("week")
        .sum()
    )
    last = days.max()
    end = monday.max() if last.weekday() == 6 else monday.max() - pd.Timedelta(days=7)
    if counts.empty or end < counts.index.min():
        return pd.DataFrame(
            {"week": [], "n_trail": [], "n_total": [], "median": [], "outcome": []}
        )
    table = counts.reindex(
        pd.date_range(counts.index.min(), end, freq="7D", name="week"), fill_value=0
    ).reset_index()
    table["median"] = table["n_total"].rolling(8, min_periods=4).median().shift()
    near = np.zeros(len(table), dtype=bool)
    for race in race_days(data, days):
        ago = (race - table["week"]).dt.days
        near |= ((ago >= 0) & (ago <= 34)).to_numpy()
    usual = table["median"]
    idle = (table["n_total"] == 0) | (table["n_total"] < 0.5 * usual)
    kept = table["n_trail"].between(1, 2) & (table["n_total"] <= usual + 1)
    table["outcome"] = np.select(
        [usual.isna(), idle | near, kept],
        ["not enough data", "not applicable", "pass"],
        "fail",
    )
    return table


def _trail_runs_a_week(data: Evidence, days: pd.Series) -> RuleResult:
    table = weeks_of_trail_runs(data, days)
    table = table.iloc[-RECENT:]
    judged = table[table["outcome"].isin(["pass", "fail"])]
    if table.empty:
        return RuleResult(
            "R1", _R1, "", "not enough data", "No whole week has been recorded.", NONE
        )
    first, last = table["week"].iloc[0], table["week"].iloc[-1] + pd.Timedelta(days=6)
    where = days.between(first, last) & (data.runs["side"] == "trail")
    files = tuple(data.runs["file"][where])
    period = span(first, last)
    if len(judged) < FEWEST_WEEKS:
        detail = (
            f"{len(judged)} weeks can be judged; weeks off, the month before a race and the "
            "first weeks don't count"
        )
        return RuleResult("R1", _R1, period, "not enough data", detail, NONE, files)
    kept = int((judged["outcome"] == "pass").sum())
    none, many = int((judged["n_trail"] == 0).sum()), int((judged["n_trail"] > 2).sum())
    added = int((judged["n_total"] > judged["median"] + 1).sum())
    detail = (
        f"Kept in {kept} of {len(judged)} weeks; {none} without a trail run, {many} with more than "
        f"two, {added} with "
        "more runs than usual."
    )
    return RuleResult(
        "R1",
        _R1,
        period,
        "pass" if kept >= KEPT * len(judged) else "fail",
        detail,
        NONE,
        files,
    )


def _goals(data: Evidence, recent: pd.Series, period: str) -> list[RuleResult]:
    """Return the rule on ground of the athlete's goal, judged over the trail runs; those of other
    goals don't apply.
    """
    kinds = session_kinds_of_runs(data)
    goal = data.history.athlete.goal
    on_trail = recent.to_numpy() & data.is_trail
    out = []
    for rule, (kind, statement, words) in _GOALS.items():
        own = recent.to_numpy() & np.array([kind in k for k in kinds])
        found, every = int((own & on_trail).sum()), int(on_trail.sum())
        if rule != _RULE_OF_GOAL.get(goal):
            why = (
                f"The goal is {goal}, which another rule is for."
                if goal
                else "The athlete's profile names no goal."
            )
            detail = f"{why} Sessions {words}: {int(own.sum())}."
            out.append(
                RuleResult(
                    rule,
                    statement,
                    period,
                    "not applicable",
                    detail,
                    NONE,
                    tuple(data.file_names[own]),
                )
            )
            continue
        files = tuple(data.file_names[on_trail])
        detail = f"{found} of {every} trail runs are sessions {words}."
        if every < FEWEST_TRAIL_RUNS:
            detail = f"{every} trail runs; {FEWEST_TRAIL_RUNS} are needed."
            out.append(
                RuleResult(
                    rule, statement, period, "not enough data", detail, NONE, files
                )
            )
            continue
        outcome = "pass" if found >= MEANT * every else "fail"
        out.append(RuleResult(rule, statement, period, outcome, detail, NONE, files))
    return out


def _easy_on_trail(data: Evidence, recent: pd.Series, period: str) -> RuleResult:
    runs = data.runs
    index = 1.0 - runs["time_above_easy"] / runs["time_easy_judged"].where(
        runs["time_easy_judged"] >= 600.0
    )
    own = (
        recent & (runs["intent"] == "easy") & (runs["side"] == "trail") & index.notna()
    )
    files = tuple(runs["file"][own])
    if own.sum() < FEWEST_EASY_RUNS:
        detail = (
            f"{int(own.sum())} easy trail runs with a heart rate; "
            f"{FEWEST_EASY_RUNS} are needed."
        )
        return RuleResult("R4", _R4, period, "not enough data", detail, NONE, files)
    middle, kept = float(index[own].median()), int((index[own] >= EASY_INDEX).sum())
    detail = (
        f"{100 * middle:.0f} % of the time at or below the easy ceiling on the median of "
        f"{int(own.sum())} "
        f"easy trail runs; {kept} reach {100 * EASY_INDEX:.0f} %."
    )
    return RuleResult(
        "R4",
        _R4,
        period,
        "pass" if middle >= EASY_INDEX else "fail",
        detail,
        NONE,
        files,
    )


def _variety(data: Evidence, recent: pd.Series, period: str) -> RuleResult:
    table = data.segments
    table = table[recent.to_numpy()[table["row"].to_numpy(dtype=np.intp)]]
    table = table[
        (table["slope"] != Slope.UNKNOWN)
        & table["surface"].isin([Surface.TRAIL, Surface.ROAD])
    ]
    trail = table["surface"] == Surface.TRAIL
    level = table["mean_grade"].abs() < 0.05
    kinds = np.select(
        [
            table["gait"] == Gait.HIKE,
            table["technical"],
            trail & level,
            trail,
            level,
        ],
        [0, 1, 2, 3, 4],
        5,
    )
    hours = np.bincount(kinds, weights=table["duration"], minlength=6) / 3600.0
    if hours.sum() < 1.0:
        detail = "Less than an hour on ground whose kind is known."
        return RuleResult("R5", _R5, period, "not enough data", detail, NONE)
    value = shannon_evenness(hours)
    names = (
        "hiked",
        "technical",
        "level trail",
        "hilly trail",
        "level road",
        "hilly road",
    )
    parts = ", ".join(f"{name} {h:.1f} h" for name, h in zip(names, hours, strict=True))
    detail = f"Evenness {value:.2f} of 1: {parts}. A description; no study says how much is good."
    return RuleResult(
        "R5",
        _R5,
        period,
        "pass" if value >= EVEN else "fail",
        detail,
        NONE,
        tuple(data.runs["file"][recent]),
    )
