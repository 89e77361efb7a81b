"""The table of activities by the runner's own effort: what each run is worth on level road, and
loads by pace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from trailstats.analysis._even_ground import EvenGround
from trailstats.history._kept_effort import own_effort
from trailstats.history._stored import StoredAnalyses
from trailstats.history.effort import RunnerEffort
from trailstats.metrics.load import LoadMethod


def by_own_effort(
    judged: StoredAnalyses, table: pd.DataFrame
) -> tuple[StoredAnalyses, pd.DataFrame, Callable[[pd.DataFrame], RunnerEffort]]:
    """Return analyses and their table by the runner's own curve, as they are where it isn't known,
    and a function that returns the effort over a table of the same analyses.

    Parameters
    ----------
    judged : StoredAnalyses
    table : pandas.DataFrame
        Table ``schema.ACTIVITIES``; rows with ``status`` "ok" are those of the analyses.
    """
    own = own_effort(table, judged)
    if not own.curve.personal:
        return judged, table, own.of_table
    found = own.worth
    names = [entry.name for entry in judged.entries]
    worth = {n: w for n, w in zip(names, found, strict=True) if w is not None}
    judged = replace(judged, worth=worth)
    rows = np.flatnonzero((table["status"] == "ok").to_numpy())
    table = _with_worth(table, rows, found)
    by_pace = (table["session_load_method"] == LoadMethod.PACE).to_numpy()[rows]
    for index in np.flatnonzero(by_pace).tolist():
        if found[index] is not None:
            load = judged.session_load(index)
            table.loc[table.index[rows[index]], "session_load"] = load
    return judged, table, own.of_table


def _with_worth(
    table: pd.DataFrame, rows: np.ndarray, found: list[EvenGround | None]
) -> pd.DataFrame:
    """Return the table with what its rows are worth."""
    known = np.array([w is not None for w in found], dtype=bool)
    place = table.index[rows[known]]
    of = [w for w in found if w is not None]
    speed = np.array([[w.speed, w.low, w.high] for w in of]).reshape(-1, 3)
    time = table.loc[place, "moving_time"].to_numpy()[:, None]
    distance = speed * time
    table = table.copy()
    table.loc[place, "even_ground_speed"] = speed[:, 0]
    table.loc[place, "even_ground_distance"] = distance[:, 0]
    table.loc[place, "even_ground_distance_low"] = distance[:, 1]
    table.loc[place, "even_ground_distance_high"] = distance[:, 2]
    table.loc[place, "even_ground_method"] = [w.method for w in of]
    return table
