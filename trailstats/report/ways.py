"""The ways of a map under the tracks of a page, in metres around the centre of each region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.arrays import Flags, Ints
from trailstats.geo import EARTH_RADIUS
from trailstats.report.tracks import Plane, Points, TrackView
from trailstats.terrain import RoadMap
from trailstats.terrain.maps.near import MOST_PIECES, ways_near

_PER_DEGREE = np.radians(1.0) * EARTH_RADIUS


@dataclass(frozen=True, eq=False)
class RegionWays:
    """The ways near the tracks of one region.

    Attributes
    ----------
    region : int
    ends : numpy.ndarray of int, shape (n, 4)
        East and north of both ends of each straight piece [m], from the region's centre.
    is_trail : numpy.ndarray of bool, shape (n,)
    """

    region: int
    ends: Ints
    is_trail: Flags


def ways_under(
    town: RoadMap | None,
    placed: Sequence[Points],
    views: Sequence[Plane | TrackView],
) -> tuple[RegionWays, ...]:
    """Return the ways near tracks, nothing without a map.

    Parameters
    ----------
    town : RoadMap or None
    placed : sequence of Points
        Private places left out, so that no way near them alone is drawn.
    views : sequence of Plane or TrackView
        The same as they are drawn.
    """
    if town is None:
        return ()
    out = []
    regions = sorted({view.region for view in views if view.region >= 0})
    for region in regions:
        own = [
            (track, view)
            for track, view in zip(placed, views, strict=True)
            if view.region == region
        ]
        lat, lon, x, y = (
            np.concatenate(parts)
            for parts in zip(
                *((t.latitude, t.longitude, v.x, v.y) for t, v in own),
                strict=True,
            )
        )
        near = ways_near(town, lat, lon, most=MOST_PIECES // len(regions))
        if len(near.ends):
            # The plane of the region follows from any point of which both are known.
            i = int(np.flatnonzero(np.isfinite(x) & np.isfinite(lat))[0])
            lat0 = lat[i] - y[i] / _PER_DEGREE
            wide = _PER_DEGREE * np.cos(np.radians(lat0))
            north = (near.ends[:, [0, 2]] - lat0) * _PER_DEGREE
            east = (near.ends[:, [1, 3]] - lon[i]) * wide + x[i]
            ends = np.stack([east[:, 0], north[:, 0], east[:, 1], north[:, 1]], 1)
            whole = np.rint(ends).astype(np.int64)
            out.append(RegionWays(region, whole, near.is_trail))
    return tuple(out)
