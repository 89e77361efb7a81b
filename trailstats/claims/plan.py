"""The article's training advice: the rules checked over the calendar, summed up, and what follows
for the next weeks.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Final

import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer
from trailstats.claims._race_rules import race_rules
from trailstats.claims._week_rules import week_rules, weeks_of_trail_runs
from trailstats.claims._weeks import local_days
from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.history import History
from trailstats.schema import Verdict

__all__ = ["check_plan", "next_four_weeks", "training_rules"]

_ORDER: Final = ("R1", "R2", "R2b", "R2c", "R2d", "R3a", "R3b", "R3c", "R4", "R5")
_ADVICE: Final = {
    "R1": "run one or two of your usual runs a week on trail instead of road, and add none (the "
    "article's advice; no "
    "study has tried the number)",
    "R2": "before your next road race keep to one trail run in two weeks during the last month "
    "(the article's advice; "
    "untested)",
    "R2b": "before your next race run about half of your usual distance in the last two weeks, as "
    "often and as fast as "
    "usual (well supported by trials)",
    "R2c": "before your next race let each week be shorter than the one before (seen in race "
    "results of many runners)",
    "R2d": "in the last two weeks before a race keep off descents and technical ground beyond what "
    "you are used to "
    "(follows from studies of downhill running)",
    "R3a": "for power choose short, steep and technical trails and run them fast (practitioners' "
    "advice)",
    "R3b": "for a marathon choose smooth and gentle trails and run long on them (practitioners' "
    "advice)",
    "R3c": "for endurance hike the climbs and run the flats (practitioners' advice)",
    "R4": "slow down on easy trail runs, or hike the climbs, until most of the time lies below "
    "your easy ceiling (a "
    "matter of habit; no study shows a gain)",
    "R5": "spread your time over more kinds of ground (practitioners' advice)",
}


def check_plan(history: History, *, races: Sequence[dt.date] = ()) -> list[RuleResult]:
    """Check the training rules that the article gives.

    Parameters
    ----------
    history : History
    races : sequence of datetime.date
        Days of road races, besides those of the profile and runs whose name says so.

    Returns
    -------
    list of RuleResult
        R1 (one or two trail runs a week), R2 to R2d (the last month, for each race), R3a to R3c
        (ground by goal), R4 (easy trail runs stay easy), R5 (variety). Without a known race R2 to
        R2d are not applicable.

    Examples
    --------
    >>> import trailstats as ts
    >>> rules = ts.check_plan(ts.analyze_folder("data/samples/odd"))
    >>> rules[0].rule
    'R1'
    """
    return _all_rules(Evidence(history, tuple(races)))


def next_four_weeks(rules: Sequence[RuleResult]) -> tuple[str, ...]:
    """Return what the rules that failed suggest for the next four weeks.

    Parameters
    ----------
    rules : sequence of RuleResult
        From `check_plan`; of rules about races the last race counts.

    Returns
    -------
    tuple of str
        The article's advice with its evidence, one text for each rule; empty where nothing failed.
        No medical advice.
    """
    latest = {rule.rule: rule.outcome for rule in rules}
    return tuple(text for name, text in _ADVICE.items() if latest.get(name) == "fail")


def training_rules(data: Evidence) -> Finding:
    """Return how the runner's calendar stands to the advice; whether the advice works, one runner
    can't show.
    """
    rules = _all_rules(data)
    counts = Counter(rule.outcome for rule in rules)
    judged = counts["pass"] + counts["fail"]
    sides = data.runs["side"].value_counts()
    notes = []
    if judged:
        checked = Counter(r.rule for r in rules if r.outcome in ("pass", "fail"))
        kept = Counter(r.rule for r in rules if r.outcome == "pass")
        each = ", ".join(
            f"{name} {kept[name]} of {times}" for name, times in checked.items()
        )
        notes.append(f"{counts['pass']} of {judged} checks passed: {each}.")
        notes.append(
            "Keeping a rule says nothing on whether it helps; one runner's races can't show that."
        )
        advice = next_four_weeks(rules)
        if advice:
            notes.append(
                f"For the next four weeks: {'; '.join(advice)}. No medical advice."
            )
    else:
        notes.append("No rule can be checked on these recordings.")
    result = ClaimResult(
        "training_rules",
        "",
        "training rules kept, over the calendar",
        n_trail=int(sides.get("trail", 0)),
        n_road=int(sides.get("road", 0)),
        verdict=Verdict.INCONCLUSIVE if judged else Verdict.NOT_ENOUGH_DATA,
        caveats=tuple(notes),
        activities=tuple(dict.fromkeys(f for r in rules for f in r.activities)),
    )
    return answer(
        "training_rules", Finding(result, tables=(partial(_table, data, rules),))
    )


def _table(data: Evidence, rules: Sequence[RuleResult]) -> pd.DataFrame:
    """Return the rules, followed by the single weeks of R1."""
    table = pd.DataFrame(
        [
            (r.rule, r.period, r.outcome, r.detail, ", ".join(r.activities))
            for r in rules
        ],
        columns=["part", "period", "outcome", "detail", "runs"],
    )
    days = local_days(data)
    if days.empty:
        return table
    weeks = weeks_of_trail_runs(data, days)
    if weeks.empty:
        return table
    detail = [
        f"{t} trail runs of {n}, usually {m:.1f}"
        for t, n, m in zip(
            weeks["n_trail"], weeks["n_total"], weeks["median"], strict=True
        )
    ]
    monday = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    files: defaultdict[pd.Timestamp, list[str]] = defaultdict(list)
    for week, file in zip(monday.tolist(), data.file_names.tolist(), strict=True):
        files[week].append(file)
    single = pd.DataFrame(
        {
            "part": "R1",
            "period": weeks["week"].dt.strftime("week of %Y-%m-%d"),
            "outcome": weeks["outcome"],
            "detail": detail,
            "runs": [", ".join(files[week]) for week in weeks["week"]],
        }
    )
    return pd.concat([table, single], ignore_index=True)


def _all_rules(data: Evidence) -> list[RuleResult]:
    """Return every rule's outcome, those for races once for each race, in the order of the
    rules.
    """
    days = local_days(data)
    found = [*week_rules(data, days), *race_rules(data, days)]
    return sorted(found, key=lambda rule: _ORDER.index(rule.rule))
