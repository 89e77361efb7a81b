"""The advice to fetch a map: what it would settle, of which region, and how much of it is needed;
and where the map in use covers a part only, how much.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Floats
from trailstats.history import History
from trailstats.history.map_need import MapNeed, history_need, map_need
from trailstats.model.results import Analysis
from trailstats.report import text
from trailstats.report.overview import on_ground, read_activities
from trailstats.schema import has_ground
from trailstats.terrain.maps.fetching import Area, known_names

__all__ = ["GroundKnown", "history_map_hint", "map_hint", "runs_map_hint"]

COVERED = 0.95
"""A map that covers less of the distance than this is said to cover a part (our choice)."""

KEPT = 5e-3
"""Bytes kept for a square metre: 5 kB for a square kilometre, measured in Heidelberg, whose ways
are well tagged.
"""


@dataclass(frozen=True, eq=False)
class GroundKnown:
    """What is known of the ground of some activities that have one.

    Attributes
    ----------
    distance : numpy.ndarray, shape (n,)
        [m]
    unknown : numpy.ndarray, shape (n,)
        Share of each on unknown ground.
    covered : numpy.ndarray, shape (n,)
        Share of each that the map in use covers; NaN without a map.
    """

    distance: Floats
    unknown: Floats
    covered: Floats

    def share(self, parts: Floats) -> float:
        """Return the mean of a share, weighed by distance; NaN where it is known of none."""
        known = np.isfinite(parts) & (self.distance > 0)
        if not known.any():
            return float("nan")
        return float(np.average(parts[known], weights=self.distance[known]))


def map_hint(
    known: GroundKnown,
    need: Callable[[], MapNeed],
    source: str = "SOURCE...",
) -> str:
    """Return the advice to fetch a map, or an empty text.

    Parameters
    ----------
    known : GroundKnown
    need : callable
        Gives what the recordings need of a map; called only where there is something to say.
    source : str
        What stands for the recordings in the command.

    Returns
    -------
    str
        Advice where much is unknown and no map was used; that the map is of another region, or how
        much it covers, where it is or doesn't cover all.
    """
    unknown = known.share(known.unknown)
    covered = known.share(known.covered)
    if covered >= COVERED or np.isnan(unknown):
        return ""
    much = unknown >= text.MUCH_UNKNOWN
    if np.isnan(covered):
        if not much:
            return ""
        said = f"Of the distance {text.percent(unknown)} is unknown and no map was used."
    elif covered > 0:
        said = f"The map in use covers {text.percent(covered)} of the distance."
    else:
        said = "The map in use is of another region: it covers nothing of what was recorded."
    area = need().unknown_area
    if not len(area) or not (much or covered == 0):
        return said
    return (
        f"{said} `trailstats map get {source}` fetches what would settle most of the unknown "
        f"ground: {_place(area)}."
    )


def runs_map_hint(analyses: Sequence[Analysis], source: str = "SOURCE...") -> str:
    """Return `map_hint` for some analyses."""
    outside = [a for a in analyses if has_ground(a.meta.sport, a.meta.sub_sport)]
    shares = [
        (a.totals.distance, a.totals.unknown_share, _coverage(a)) for a in outside
    ]
    columns = np.array(shares, float).reshape(-1, 3).T
    tables = [(a.profile, a.segments) for a in outside]
    return map_hint(GroundKnown(*columns), lambda: map_need(tables), source)


def history_map_hint(history: History) -> str:
    """Return `map_hint` for a whole history."""
    read = read_activities(history.activities)
    counted = read.index.isin(history.archive.index) & on_ground(read)
    names = ("distance", "unknown_share", "map_coverage")
    known = GroundKnown(*(read[name].to_numpy(float)[counted] for name in names))
    return map_hint(known, lambda: history_need(history, counted))


def _coverage(analysis: Analysis) -> float:
    metric = analysis.metrics.get("map_coverage")
    return float("nan") if metric is None else metric.value


def _place(area: Area) -> str:
    """Return size and region of some tiles. A place that no region is known of is named to a
    degree, for a page may be passed on.
    """
    size = area.square_metres
    latitude, longitude = (values.mean() for values in area.centres)
    sides = ("S" if latitude < 0 else "N"), ("W" if longitude < 0 else "E")
    around = f"around {abs(latitude):.0f}° {sides[0]}, {abs(longitude):.0f}° {sides[1]}"
    names = known_names(area)
    where = f"in {', '.join(names)}" if names else around
    return (
        f"{size / 1e6:,.0f} km² of OpenStreetMap {where}, "
        f"about {max(size * KEPT / 1e6, 0.1):,.1f} MB to keep"
    )
