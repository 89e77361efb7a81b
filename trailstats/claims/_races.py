"""Races, as far as they are known or can be found, and how near each week lies to one: form rises
towards a race whatever ground was run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_floats
from trailstats.claims._evidence import Evidence
from trailstats.claims._weeks import Weeks, local_days, race_days
from trailstats.schema import Surface

SHORTEST_RACE: Final = 4500.0
"""Shorter runs aren't looked at for races [m] (our choice)."""

RIEGEL: Final = 0.06
"""The speed of races falls with this power of their duration [Riegel1981]_."""

FASTER: Final = 0.1
"""A race is found where a run is so much faster than the runner's median run of its length
(our choice).
"""

ALONE: Final = 42.0
"""And the fastest within so many days on either side [day] (our choice)."""

BEFORE, AFTER = 8.0, 4.0
"""Weeks over which form comes before a race and goes after it (our choice)."""


@dataclass(frozen=True, eq=False)
class RaceCycle:
    """How near weeks lie to a race.

    Attributes
    ----------
    columns : numpy.ndarray, shape (weeks, 2)
        How far form has come before the next race and how much is left after the last, 0 to 1.
    named, found : int
        Races that are known as such, and those found as best efforts.
    """

    columns: Floats
    named: int
    found: int

    def __bool__(self) -> bool:
        return self.named + self.found > 0


def race_cycle(data: Evidence, weeks: Weeks) -> RaceCycle:
    """Return how near each week lies to a race.

    Races are those of the caller, the profile, names, workouts and Strava's mark, on any ground,
    and best efforts that stand out where nothing within six weeks is called a race.
    """
    days = local_days(data)
    raced = (data.runs["intent"] == "race").to_numpy()
    named = {*race_days(data, days), *days[raced].tolist()}
    known = _days(pd.DatetimeIndex(sorted(named)))
    found = [
        day
        for day in _best_efforts(data, days)
        if not len(known) or np.abs(known - day).min() > ALONE
    ]
    every = np.concatenate((known, found))
    zero = np.zeros(len(weeks))
    if not len(every):
        return RaceCycle(np.column_stack((zero, zero)), 0, 0)
    middle = _days(weeks.start.tz_localize(None)) + 3.5
    every = np.sort(every)
    after = np.searchsorted(every, middle)
    ahead = (np.append(every, np.inf)[after] - middle) / 7.0
    behind = (middle - np.append(-np.inf, every)[after]) / 7.0
    columns = np.column_stack(
        (
            np.maximum(1.0 - ahead / BEFORE, 0.0),
            np.maximum(1.0 - behind / AFTER, 0.0),
        )
    )
    return RaceCycle(columns, len(known), len(found))


def _best_efforts(data: Evidence, days: pd.Series) -> list[float]:
    """Return the days of runs off the trails that stand out as the fastest for their duration."""
    runs = data.runs
    long = (runs["distance"] >= SHORTEST_RACE) & runs["outdoors"]
    long &= runs["side"] != Surface.TRAIL
    speed = runs["grade_adjusted_speed"].where(long)
    known = np.flatnonzero((speed > 0) & (runs["moving_time"] > 0))
    if len(known) < 2:
        return []
    hours = as_floats(runs["moving_time"])[known] / 3600.0
    score = np.log(as_floats(speed)[known]) + RIEGEL * np.log(hours)
    when = _days(days.iloc[known])
    chosen = score >= np.median(score) + np.log1p(FASTER)
    chosen &= score >= _best_around(when, score, ALONE)
    return [float(day) for day in when[chosen]]


def _best_around(when: Floats, score: Floats, reach: float) -> Floats:
    """Return the best score within a reach in time of each, on either side."""
    order = np.argsort(when, kind="stable")
    clock = when[order]
    begin = np.searchsorted(clock, when - reach)
    end = np.searchsorted(clock, when + reach, side="right")
    # Pieces from each beginning to its end, and between them others that nobody asks for.
    edges = np.stack((begin, end), axis=-1).ravel()
    return as_floats(
        np.maximum.reduceat(np.append(score[order], -np.inf), edges)[::2]
    )


def _days(days: pd.Series | pd.DatetimeIndex) -> Floats:
    """Return days as numbers."""
    when = pd.DatetimeIndex(days).to_numpy().astype("datetime64[D]")
    return as_floats(when.astype(np.int64))
