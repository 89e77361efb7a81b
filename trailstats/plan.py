"""The article's training rules, checked over the calendar, and what follows for the next weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from trailstats.claims._evidence import Evidence
from trailstats.claims._training_rules import all_rules, suggestions
from trailstats.claims.result import RuleResult
from trailstats.history import History

__all__ = ["check_plan", "next_four_weeks"]


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
        R1 (one or two trail runs a week), R2 to R2d (the last month, for each race), R3a to R3c (ground by goal), R4
        (easy trail runs stay easy), R5 (variety). Without a known race R2 to R2d are not applicable.

    Examples
    --------
    >>> import trailstats as ts
    >>> rules = ts.check_plan(ts.analyze_folder("data/samples/odd"))
    >>> rules[0].rule
    'R1'
    """
    return all_rules(Evidence(history, tuple(races)))


def next_four_weeks(rules: Sequence[RuleResult]) -> tuple[str, ...]:
    """Return what the rules that failed suggest for the next four weeks.

    Parameters
    ----------
    rules : sequence of RuleResult
        From `check_plan`.

    Returns
    -------
    tuple of str
        The article's advice with its evidence, one text for each rule; empty where nothing failed. No medical advice.
    """
    return suggestions(rules)
