"""What a history holds altogether, for the head of the page and the terminal's first lines."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.arrays import Flags
from trailstats.history import History
from trailstats.schema import Surface, has_ground


@dataclass(frozen=True)
class Overview:
    """Sums over a runner's archive: runs, and hikes on trail, each once.

    Attributes
    ----------
    runs, hikes, duplicates, failures : int
    others : dict of str to int
        Number of activities of each other sport, which are summed nowhere; the most frequent first.
    distance, ascent : float
        [m]
    moving_time : float
        [s]
    shares : dict of Surface to float
        Share of the distance outdoors on each surface; NaN without a distance.
    """

    runs: int
    hikes: int
    duplicates: int
    failures: int
    others: dict[str, int]
    distance: float
    ascent: float
    moving_time: float
    shares: dict[Surface, float]


def overview_of(history: History) -> Overview:
    """Return what a history holds altogether."""
    read = read_activities(history.activities)
    once = read["duplicate_of"] == ""
    own = history.archive
    runs = len(history.runs)
    others = read.loc[once & ~read.index.isin(own.index), "sport"]
    apart = others.replace("", "unknown").value_counts()
    return Overview(
        runs=runs,
        hikes=len(own) - runs,
        duplicates=int((~once).sum()),
        failures=len(history.failures),
        others={str(sport): n for sport, n in apart.items()},
        distance=float(own["distance"].sum()),
        ascent=float(own["ascent"].sum()),
        moving_time=float(own["moving_time"].sum()),
        shares=surface_shares(own),
    )


def read_activities(activities: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table of activities that were read."""
    return activities[activities["status"] == "ok"]


def counted_activities(history: History) -> pd.DataFrame:
    """Return the rows of a history's archive that have a date."""
    own = history.archive
    return own[own["start_time"].notna()]


def on_ground(activities: pd.DataFrame) -> Flags:
    """Return which rows of a table of activities were on foot outdoors, so that they have a
    ground.
    """
    kinds = zip(activities["sport"], activities["sub_sport"], strict=True)
    return np.array([has_ground(*kind) for kind in kinds], bool)


def surface_shares(activities: pd.DataFrame) -> dict[Surface, float]:
    """Return the share of the distance outdoors on each surface; NaN without a distance."""
    own = activities[on_ground(activities)]
    distance = float(own["distance"].sum())
    return {
        surface: float((own["distance"] * own[f"{surface}_share"]).sum())
        / distance
        if distance > 0
        else math.nan
        for surface in Surface
    }
