"""What a history holds altogether, for the head of the page and the terminal's first lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from trailstats.history import History
from trailstats.schema import Surface


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
