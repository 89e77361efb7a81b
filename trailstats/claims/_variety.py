"""Variety: evenness of time over kinds of terrain, and the article's three kinds of trail
session.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs
from trailstats.claims._mechanisms import fast_running
from trailstats.metrics.variety import SessionFeatures, SessionKind, session_kinds
from trailstats.schema import Gait, Verdict
from trailstats.terrain.ground_kinds import LEVEL_GRADE

_KINDS: Final = (
    SessionKind.POWER,
    SessionKind.MARATHON_VOLUME,
    SessionKind.HIKE_AND_RUN,
)
STEEP_GRADE = 0.10
BOUT = 90.0
"""Longest stretch of steep climbing that counts as a short bout [s]; segments can't be shorter than
50 m (our choice).
"""


def variety(data: Evidence) -> Finding:
    """Return whether single trail runs spread their time more evenly over kinds of terrain than
    road runs do.
    """
    evenness = compare_runs(
        data, "terrain_evenness", data.runs["terrain_evenness"]
    )
    found = session_kinds_of_runs(data)
    kinds = [_sessions_of_kind(data, kind, found) for kind in _KINDS]
    return answer(
        "variety", evenness, parts=(evenness, *kinds, fast_running(data))
    )


def _sessions_of_kind(
    data: Evidence, kind: SessionKind, found: list[tuple[SessionKind, ...]]
) -> Finding:
    """Return how much of the runs on each side are sessions of one kind."""
    is_kind = pd.Series(
        [float(kind in own) for own in found], index=data.runs.index
    )
    part = compare_runs(data, kind.value, is_kind)
    if len(is_kind) and not is_kind.any() and part.result.verdict:
        silent = replace(
            part.result,
            low=np.nan,
            high=np.nan,
            caveats=("No such session was found on either side.",),
        )
        return replace(part, result=silent).untested(Verdict.NOT_ENOUGH_DATA)
    return part


def session_kinds_of_runs(data: Evidence) -> list[tuple[SessionKind, ...]]:
    """Return the kinds of session that each run was."""
    runs, table = data.runs, data.segments
    count = len(runs)

    def total(amounts: pd.Series, where: pd.Series) -> Floats:
        rows = as_indices(table["row"])
        return np.asarray(
            np.bincount(rows, weights=amounts.where(where, 0.0), minlength=count),
            dtype=np.float64,
        )

    steep = table["mean_grade"] >= STEEP_GRADE
    hiked = table["gait"] == Gait.HIKE
    gentle = table["mean_grade"].abs() < LEVEL_GRADE
    bouts = steep & ~hiked & (table["duration"] <= BOUT)
    speed = table["grade_adjusted_speed"]
    fast = bouts & (speed >= speed[steep].quantile(0.9))
    climbing = total(table["duration"], steep)
    hiking = total(table["duration"], steep & hiked)
    level = total(table["distance"], gentle)
    quick = total(fast.astype(np.float64), fast)
    zones = runs[["time_zone_1", "time_zone_2", "time_zone_3"]].to_numpy()
    every = zones.sum(axis=1, keepdims=True)
    typical = runs["moving_time"].rolling(40, min_periods=5).median().shift()
    features = pd.DataFrame(
        {
            "duration": runs["moving_time"],
            "typical_duration": typical,
            "trail_share": runs["trail_share"],
            "technical_share": runs["technical_share"],
            "gentle_share": _share(level, runs["distance"].to_numpy()),
            "climbing_time": climbing,
            "hike_share": _share(hiking, climbing),
            "steep_bouts": quick.astype(np.int64),
            "race": runs["intent"] == "race",
        }
    )
    features[["easy_share", "middle_share", "hard_share"]] = _share(zones, every)
    names = features.columns.tolist()
    return [
        session_kinds(SessionFeatures(**dict(zip(names, run, strict=True))))
        for run in features.itertuples(index=False, name=None)
    ]


def _share(part: Floats, whole: Floats) -> Floats:
    """Return a part of a whole; NaN where the whole is nothing."""
    return part / np.where(whole > 0, whole, np.nan)
