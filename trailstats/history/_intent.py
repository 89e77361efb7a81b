"""What a run was meant to be, known without its own heart rate and pace.

Easy days can't be found by their low heart rate: then every easy day would be easy by definition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.metrics.intensity import RECOVERY_WINDOW, easy_intended
from trailstats.model.athlete import Athlete
from trailstats.schema import RUNS


@dataclass(frozen=True)
class IntentRules:
    """How intent is found. All values are our choice.

    Attributes
    ----------
    easy, hard, race : str
        Regular expressions, looked for in workout and activity names.
    recovery_window : float
        A run that starts so soon after a hard one ended counts as easy [s].
    hard_time : float
        Time in the top heart-rate zone that makes a run a hard one [s].
    """

    easy: str = (
        r"\b(easy|recovery|regeneration|jog|shake-?out|lsd|endurance easy"
        r"|z[12]|zone ?[12])\b"
    )
    hard: str = (
        r"\b(interval|tempo|threshold|fartlek|vo2|repeats?|hills?|progression|time trial|track)s?\b"
        r"|\d ?[x\xd7] ?\d"
    )
    race: str = r"\b(race|parkrun|(half[ -]?)?marathon( race)?|10k race|5k race|competition)\b"
    recovery_window: float = RECOVERY_WINDOW
    hard_time: float = 600.0


def judge_intent(
    table: pd.DataFrame, athlete: Athlete, *, rules: IntentRules | None = None
) -> pd.DataFrame:
    """Return the table of activities with ``intent`` and ``intent_source`` filled.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``schema.ACTIVITIES`` in order of start time.
    athlete : Athlete
        Its race days mark races.
    rules : IntentRules, optional

    Returns
    -------
    pandas.DataFrame

    Notes
    -----
    First the names of workout and activity; then the athlete's race days; then the calendar: the
    first run within 36 hours after a hard one is easy, whatever its own heart rate. A run is hard
    by its name, or by ten minutes in the top heart-rate zone, which is only used to judge the run
    after it.
    """
    rules = rules or IntentRules()
    text = (table["workout"] + " | " + table["name"]).str.lower()
    easy, hard, race = (
        text.str.contains(_without_groups(pattern), regex=True)
        for pattern in (rules.easy, rules.hard, rules.race)
    )
    days = table["start_time"].dt.date
    on_race_day = days.isin(athlete.races)
    intent = np.select(
        [race, easy & ~hard, hard, on_race_day],
        ["race", "easy", "hard", "race"],
        "",
    ).astype(object)
    source = np.select(
        [race | easy | hard, on_race_day], ["name", "profile"], ""
    ).astype(object)
    is_run = (
        (table["status"] == "ok")
        & table["sport"].isin(RUNS)
        & (table["duplicate_of"] == "")
    )
    intent, source = np.where(is_run, intent, ""), np.where(is_run, source, "")
    hard_before = (table["hard_time"] >= rules.hard_time).to_numpy() | np.isin(
        intent, ["hard", "race"]
    )
    rows = np.flatnonzero(is_run)
    runs = table.iloc[rows]
    begin = (
        (runs["start_time"] - pd.Timestamp(0, tz="UTC"))
        .dt.total_seconds()
        .to_numpy()
    )
    named = intent[rows] != ""
    by_calendar = easy_intended(
        begin,
        begin + runs["elapsed_time"].fillna(0.0).to_numpy(),
        hard_before[rows],
        structured=named,
        window=rules.recovery_window,
    )
    intent[rows[by_calendar]], source[rows[by_calendar]] = "easy", "calendar"
    return table.assign(
        intent=pd.array(intent, dtype="str"),
        intent_source=pd.array(source, dtype="str"),
    )


def _without_groups(pattern: str) -> str:
    """Return the pattern without groups that capture, which pandas warns of."""
    return re.sub(r"\((?!\?)", "(?:", pattern)
