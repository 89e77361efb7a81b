"""What a history holds altogether, for the head of the page and the terminal's first lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from trailstats import schema
from trailstats.history import History
from trailstats.report.basis import map_hint
from trailstats.schema import Surface, SurfaceSource, has_ground


@dataclass(frozen=True)
class Overview:
    """Sums over the activities that were read and are no duplicates.

    Attributes
    ----------
    activities, duplicates, failures : int
    distance, ascent : float
        [m]
    moving_time : float
        [s]
    shares : dict of Surface to float
        Share of the distance on each surface; NaN without a distance.
    """

    activities: int
    duplicates: int
    failures: int
    distance: float
    ascent: float
    moving_time: float
    shares: dict[Surface, float]


def overview_of(history: History) -> Overview:
    """Return what a history holds altogether."""
    read = read_activities(history.activities)
    own = read[read["duplicate_of"] == ""]
    distance = float(own["distance"].sum())
    return Overview(
        activities=len(own),
        duplicates=len(read) - len(own),
        failures=len(history.failures),
        distance=distance,
        ascent=float(own["ascent"].sum()),
        moving_time=float(own["moving_time"].sum()),
        shares={s: _share_on(own, s, distance) for s in Surface},
    )


def history_map_hint(history: History) -> str:
    """Return the advice to give a map, as `map_hint`, for a whole history."""
    read = read_activities(history.activities)
    kinds = zip(read["sport"], read["sub_sport"], strict=True)
    outside = read[[has_ground(*kind) for kind in kinds]]
    outside = outside[outside["duplicate_of"] == ""]
    distance = float(outside["distance"].sum())
    hint = map_hint(_share_on(outside, Surface.UNKNOWN, distance), by_map=False)
    # The segments of a long history take a while to read: only where there is something to say.
    by_map = hint and any(
        (table["surface_source"] == SurfaceSource.MAP).any()
        for table in history.tables(schema.SEGMENTS)
    )
    return "" if by_map else hint


def read_activities(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of activities that were read."""
    return activities[activities["status"] == "ok"]


def counted_activities(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that were read, have a date and are no duplicates."""
    read = read_activities(activities)
    return read[(read["duplicate_of"] == "") & read["start_time"].notna()]


def _share_on(
    activities: pd.DataFrame, surface: Surface, distance: float
) -> float:
    if not distance > 0:
        return math.nan
    share = activities[f"{surface}_share"]
    return float((activities["distance"] * share).sum()) / distance
