"""Which map the recordings of a history need, and what it would tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.arrays import Flags, Floats, Ints
from trailstats.history import History
from trailstats.schema import Surface
from trailstats.terrain.maps.fetching import Area, area_of

__all__ = ["MapNeed", "history_need", "map_need"]


@dataclass(frozen=True, eq=False)
class MapNeed:
    """Points of all recordings, and what is known of the ground there.

    Attributes
    ----------
    latitude, longitude : numpy.ndarray, shape (n,)
        WGS 84 [deg].
    distance : numpy.ndarray, shape (n,)
        Distance that each point stands for [m].
    unknown : numpy.ndarray of bool, shape (n,)
        Whether the surface there is unknown.
    activity : numpy.ndarray of int, shape (n,)
        Number of the activity.
    """

    latitude: Floats
    longitude: Floats
    distance: Floats
    unknown: Flags
    activity: Ints

    @property
    def area(self) -> Area:
        """The tiles that the points lie in or near."""
        return area_of(self.latitude, self.longitude)

    @property
    def unknown_area(self) -> Area:
        """The tiles that points on unknown ground lie in or near."""
        latitude, longitude = self.latitude, self.longitude
        return area_of(latitude[self.unknown], longitude[self.unknown])

    def activities_in(self, area: Area) -> int:
        """Return how many activities have a point in some tiles."""
        inside = area.holds(self.latitude, self.longitude)
        return len(np.unique(self.activity[inside]))

    def distance_in(self, area: Area) -> tuple[float, float]:
        """Return the distance in some tiles, and how much of it is unknown ground [m]."""
        inside = area.holds(self.latitude, self.longitude)
        unknown = float(self.distance[inside & self.unknown].sum())
        return float(self.distance[inside].sum()), unknown


def map_need(
    tables: Iterable[tuple[pd.DataFrame, pd.DataFrame]],
) -> MapNeed:
    """Return what some recordings need of a map.

    Parameters
    ----------
    tables : iterable of (pandas.DataFrame, pandas.DataFrame)
        Tables ``schema.PROFILE`` and ``schema.SEGMENTS`` of each. Recordings without positions,
        such as those on a treadmill, need none.

    Returns
    -------
    MapNeed
    """
    parts = [_points(number, *pair) for number, pair in enumerate(tables)]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    if not columns:
        none = np.empty(0)
        return MapNeed(none, none, none, none.astype(bool), none.astype(np.int64))
    return MapNeed(*columns)


def history_need(history: History, counted: Flags | None = None) -> MapNeed:
    """Return what the recordings of a history need of a map, without loading more of them than
    their tracks.

    Parameters
    ----------
    history : History
    counted : numpy.ndarray of bool, optional
        Which of its analyses; by default all.
    """
    tables = zip(
        history.tables(schema.PROFILE),
        history.tables(schema.SEGMENTS),
        strict=True,
    )
    if counted is None:
        return map_need(tables)
    return map_need(
        pair for pair, own in zip(tables, counted, strict=True) if own
    )


def _points(
    number: int, profile: pd.DataFrame, segments: pd.DataFrame
) -> tuple[Floats, Floats, Floats, Flags, Ints]:
    step = np.diff(profile["distance"].to_numpy(), prepend=0.0)
    segment = profile["segment"].to_numpy()
    nothing_known = (segments["surface"] == Surface.UNKNOWN).to_numpy()
    # A point outside of all segments takes the value put behind the last one.
    last = len(nothing_known)
    unknown = np.append(nothing_known, False)[np.minimum(segment, last)]
    latitude = profile["latitude"].to_numpy()
    longitude = profile["longitude"].to_numpy()
    placed = np.isfinite(latitude) & np.isfinite(longitude)
    numbers = np.full(int(placed.sum()), number, dtype=np.int64)
    return (
        latitude[placed],
        longitude[placed],
        step[placed],
        unknown[placed],
        numbers,
    )
