"""The article's training advice: the rules checked over the calendar, summed up, and what follows
for the next weeks.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer
from trailstats.claims._race_rules import race_rules
from trailstats.claims._week_rules import week_rules, weeks_of_trail_runs
from trailstats.claims._weeks import local_days
from trailstats.claims.result import Need, RuleResult
from trailstats.claims.wording import claim_wording, unanswered
from trailstats.history import History
from trailstats.history.days import monday_of
from trailstats.schema import Verdict

__all__ = ["check_plan", "next_four_weeks", "training_rules"]


def check_plan(
    history: History, *, races: Sequence[dt.date] = ()
) -> list[RuleResult]:
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
    words = claim_wording().rules
    return tuple(
        w.advice for name, w in words.items() if latest.get(name) == "fail"
    )


def training_rules(data: Evidence) -> Finding:
    """Return how the runner's calendar stands to the advice; whether the advice works, one runner
    can't show.
    """
    rules = _all_rules(data)
    checked = Counter(r.rule for r in rules if r.outcome in ("pass", "fail"))
    kept = Counter(r.rule for r in rules if r.outcome == "pass")
    notes = []
    if checked:
        each = [
            f"{name} {kept[name]} of {times}" for name, times in checked.items()
        ]
        notes.append(
            f"{kept.total()} of {checked.total()} checks passed: {', '.join(each)}."
        )
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
    result = replace(
        unanswered("training_rules", *notes),
        n_trail=data.n_trail,
        n_road=data.n_road,
        verdict=Verdict.NOT_MEASURABLE if checked else Verdict.NOT_ENOUGH_DATA,
        needs=(
            Need(
                "nothing",
                "more running won't tell: one runner's races are too few to show what advice does",
            ),
        ),
        activities=tuple(dict.fromkeys(f for r in rules for f in r.activities)),
    )
    table = partial(_checks, data, rules)
    return answer("training_rules", Finding(result, tables=(table,)))


def _checks(data: Evidence, rules: Sequence[RuleResult]) -> pd.DataFrame:
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
    files = pd.Series(data.file_names).groupby(monday_of(days)).agg(", ".join)
    single = pd.DataFrame(
        {
            "part": "R1",
            "period": weeks["week"].dt.strftime("week of %Y-%m-%d"),
            "outcome": weeks["outcome"],
            "detail": [
                f"{trail} of {total} runs on trail"
                + f", usually {usual:.1f}" * (usual > 0)
                for trail, total, usual in zip(
                    weeks["n_trail"],
                    weeks["n_total"],
                    weeks["median"],
                    strict=True,
                )
            ],
            "runs": weeks["week"].map(files).fillna(""),
        }
    )
    return pd.concat([table, single], ignore_index=True)


def _all_rules(data: Evidence) -> list[RuleResult]:
    """Return every rule's outcome, those for races once for each race, in the order of the
    rules.
    """
    days = local_days(data)
    found = [*week_rules(data, days), *race_rules(data, days)]
    order = list(claim_wording().rules)
    return sorted(found, key=lambda result: order.index(result.rule))
