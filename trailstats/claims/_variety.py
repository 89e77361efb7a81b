"""Variety: evenness of time over kinds of terrain, and the article's three kinds of trail
session.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs, part_of
from trailstats.metrics.variety import SessionFeatures, SessionKind, session_kinds
from trailstats.schema import Gait, Verdict
from trailstats.schema.arrays import Floats

__all__ = ["session_kinds_of_runs", "variety"]

_KINDS: Final = {
    SessionKind.POWER: "short, steep and fast climbs (power)",
    SessionKind.MARATHON_VOLUME: "long on smooth and gentle trail (marathon volume)",
    SessionKind.HIKE_AND_RUN: "climbs hiked and the rest run (endurance)",
}
BOUT = 90.0
"""Longest stretch of steep climbing that counts as a short bout [s]; segments can't be shorter than
50 m. Judgement.
"""


def variety(data: Evidence) -> Finding:
    """Return whether single trail runs spread their time more evenly over kinds of terrain than
    road runs do.
    """
    runs = data.runs
    evenness = part_of(
        data,
        "terrain_evenness",
        "evenness of a run's time over nine kinds of terrain: seven slope classes, technical, "
        "hiking (0 one kind, "
        "1 all alike)",
        "1",
        compare_runs(data, runs["terrain_evenness"]),
        1,
        statement="A trail run holds more kinds of terrain.",
    )
    kinds = session_kinds_of_runs(data)
    parts = [_kind(data, kind, words, kinds) for kind, words in _KINDS.items()]
    caveats = (
        "Road against trail is no kind of terrain here, or the claim would hold by definition.",
        "Evenness describes training; that more of it is better is not shown.",
    )
    return answer("variety", evenness, parts=(evenness, *parts), caveats=caveats)


def _kind(
    data: Evidence, kind: SessionKind, words: str, kinds: list[tuple[SessionKind, ...]]
) -> Finding:
    """Return how much of the runs on each side are sessions of one kind."""
    runs = data.runs
    is_kind = pd.Series(
        [float(kind in k) for k in kinds], index=runs.index, dtype=np.float64
    )
    part = part_of(
        data,
        kind.value,
        f"share of runs that are {words}",
        "1",
        compare_runs(data, is_kind),
        1,
        statement=f"More sessions of this kind on trail: {words}.",
    )
    if len(runs) and not is_kind.any():
        note = "No such session was found on either side."
        silent = replace(
            part.result,
            verdict=Verdict.NOT_ENOUGH_DATA,
            low=np.nan,
            high=np.nan,
            caveats=(note,),
        )
        return replace(part, result=silent, p_value=np.nan)
    return part


def session_kinds_of_runs(data: Evidence) -> list[tuple[SessionKind, ...]]:
    """Return the kinds of session that each run was."""
    runs, table = data.runs, data.segments
    count = len(runs)

    def total(amounts: pd.Series, where: pd.Series) -> Floats:
        rows = table["row"].to_numpy(dtype=np.intp)
        return np.asarray(
            np.bincount(rows, weights=amounts.where(where, 0.0), minlength=count),
            dtype=np.float64,
        )

    steep = table["mean_grade"] >= 0.10
    hiked = table["gait"] == Gait.HIKE
    climbing, hiking = (
        total(table["duration"], steep),
        total(table["duration"], steep & hiked),
    )
    gentle = total(table["distance"], table["mean_grade"].abs() < 0.05)
    bouts = steep & ~hiked & (table["duration"] <= BOUT)
    fast = (
        table["grade_adjusted_speed"]
        >= table["grade_adjusted_speed"][steep].quantile(0.9)
        if steep.any()
        else bouts
    )
    quick = total((bouts & fast).astype(np.float64), bouts)
    typical = runs["moving_time"].rolling(40, min_periods=5).median().shift().to_numpy()
    distance = runs["distance"].to_numpy()
    times = data.zone_times
    shares = times / np.where(times.sum(axis=1) > 0, times.sum(axis=1), np.nan)[:, None]
    out = []
    race = (runs["intent"] == "race").to_numpy()
    columns = [
        runs[c].to_numpy() for c in ("moving_time", "trail_share", "technical_share")
    ]
    for i, (time, trail, technical) in enumerate(zip(*columns, strict=True)):
        features = SessionFeatures(
            duration=time,
            typical_duration=typical[i],
            trail_share=trail,
            technical_share=technical,
            gentle_share=gentle[i] / distance[i] if distance[i] > 0 else np.nan,
            easy_share=shares[i, 0],
            middle_share=shares[i, 1],
            hard_share=shares[i, 2],
            climbing_time=climbing[i],
            hike_share=hiking[i] / climbing[i] if climbing[i] > 0 else np.nan,
            steep_bouts=int(quick[i]),
            race=bool(race[i]),
        )
        out.append(session_kinds(features))
    return out
