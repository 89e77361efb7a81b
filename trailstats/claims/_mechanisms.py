"""How the article says that trails work, one measure each: time in the upper zones, energy for the
next session, fast running downhill and on the flat, chasing on known routes, falls.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Ints, as_floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, compare_runs
from trailstats.claims.wording import unanswered
from trailstats.metrics.variability import near_own_best
from trailstats.schema import Surface, Verdict

ZONES: Final = ["time_zone_1", "time_zone_2", "time_zone_3"]

NEXT: Final = 3.0
"""Days after a run in which a hard one is still its next session [day] (our choice)."""

FAST: Final = 1.15
"""Times the runner's usual road speed from which running is fast [1] (our choice)."""

FLAT: Final = 0.02
"""Up to this grade, and on all descents, fast running counts [1] (our choice)."""


def upper_zones(data: Evidence) -> Finding:
    """Answer whether a trail run is as hard on the heart: its share of time above the first
    threshold.
    """
    runs = data.runs
    zones = runs[ZONES].to_numpy(dtype=np.float64)
    whole = zones.sum(axis=1)
    share = zones[:, 1:].sum(axis=1) / np.where(whole > 0, whole, np.nan)
    calm = (runs["intent"] != "race").rename("not a race")
    values = pd.Series(share, index=runs.index)
    return compare_runs(data, "upper_zones", values, where=calm)


def next_session(data: Evidence) -> Finding:
    """Answer whether the next hard session is faster after trail: its speed beside the runner's
    other hard runs, of each unhurried run that it follows within three days.
    """
    runs = data.runs
    hard = (runs["intent"] == "hard").to_numpy()
    speed = np.log(as_floats(runs["grade_adjusted_speed"].where(lambda v: v > 0)))
    values = np.full(len(runs), np.nan)
    day = as_floats(runs["day"])
    places = np.flatnonzero(hard & np.isfinite(speed))
    if len(places):
        usual = np.median(speed[places])
        at = np.searchsorted(day[places], day, side="right")
        follows = places[np.minimum(at, len(places) - 1)]
        soon = (at < len(places)) & (day[follows] - day <= NEXT)
        values = np.where(soon, speed[follows] - usual, np.nan)
    return compare_runs(
        data,
        "next_session",
        pd.Series(values, index=runs.index),
        where=runs["unhurried"],
    )


def fast_running(data: Evidence) -> Finding:
    """Answer whether trail runs hold more fast running downhill and on the flat."""
    table = data.segments
    count = len(data.runs)
    row = as_indices(table["row"])
    time = as_floats(table["duration"])
    speed = as_floats(table["speed"])
    road = (table["surface"] == Surface.ROAD).to_numpy() & (speed > 0)
    usual = float(np.median(speed[road])) if road.any() else np.nan
    open_ground = as_floats(table["mean_grade"]) <= FLAT
    fast = open_ground & (speed > FAST * usual)
    total = np.bincount(row, weights=time, minlength=count)
    share = np.bincount(row, weights=time * fast, minlength=count)
    share = np.where(total > 0, share / np.where(total > 0, total, 1.0), np.nan)
    if np.isnan(usual):
        share = np.full(count, np.nan)
    return compare_runs(
        data, "fast_running", pd.Series(share, index=data.runs.index)
    )


def chasing(data: Evidence, groups: Ints) -> Finding:
    """Answer whether own bests on known routes are chased less on trail.

    Of each unhurried run on a route that was run before: whether it came within a few per cent of
    the best until then.
    """
    runs = data.runs
    calm = np.where(runs["unhurried"].to_numpy(), groups, -1)
    near = near_own_best(calm, runs["moving_time"])
    values = pd.Series(near, index=runs.index)
    found = compare_runs(data, "chasing", values, where=runs["unhurried"])
    return replace(found, tables=(*found.tables, partial(_repeats, data, groups)))


def _repeats(data: Evidence, groups: NDArray[np.intp]) -> pd.DataFrame:
    """Return the runs on known routes with the time that each took."""
    runs = data.runs
    kept = data.has_side & runs["unhurried"].to_numpy() & (groups >= 0)
    table = pd.DataFrame(
        {
            "part": "chasing",
            "file": data.file_names[kept],
            "side": runs["side"].to_numpy()[kept],
            "route": groups[kept],
            "moving_time": runs["moving_time"].to_numpy()[kept],
        }
    )
    return table.sort_values(["side", "route", "file"], ignore_index=True)


def falls() -> Finding:
    """Return that no recording tells of falls and missteps."""
    return Finding(
        replace(
            unanswered(
                "falls",
                "Watches send incidents, but don't keep them in the recording; a misstep can't be "
                "told from a step.",
            ),
            verdict=Verdict.NOT_MEASURABLE,
        )
    )
