"""Tracks as the page embeds them: private places left out, thinned, projected to metres around a
common centre.

No latitude or longitude leaves this module. Each group of runs in the same region is projected
around its own centre, so that a route map can be drawn without anyone learning where on Earth it
lies.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats, Ints
from trailstats.geo import EARTH_RADIUS, local_xy, step_lengths

Zones = Sequence[tuple[float, float, float]]

MAX_POINTS = 360
"""Points that one track is drawn from (our choice): about two for each pixel column of a phone."""
REGION = 25_000.0
"""Runs whose centres lie closer than this share a map [m] (our choice)."""
GAP = 300.0
"""Points without a record between them that lie further apart than this are not joined by a line
[m] (our choice).
"""
ZONE_MARGIN = 25.0
"""Added to the radius of a privacy zone [m] (our choice): covers rounding and the error of
positions.
"""


@dataclass(frozen=True, eq=False)
class TrackView:
    """One activity's thinned track, columns of the same length.

    Attributes
    ----------
    along : numpy.ndarray
        Where each point lies along the run: distance [m], or time since the start [s] where there
        is no distance. Where the start is private it counts from the first point outside.
    by_time : bool
        Whether ``along`` is time.
    x, y : numpy.ndarray
        East and north of the centre of the region [m]; NaN where there is no position or it is
        private.
    elevation, speed, heart_rate, cadence, power, temperature : numpy.ndarray
        [m], [m/s], [bpm], [1/min], [W]; NaN where not recorded.
    segment : numpy.ndarray
        Index of the segment, -1 outside.
    starts : numpy.ndarray
        Positions in the columns where the line starts anew, because what lay between is private or
        was not recorded.
    region : int
        Number of the region, -1 without positions.
    edge, until : float
        Distance from the start of the recording to the first point shown, and from there to the
        last one, where what lies before or after is private [m]; else 0 and infinite.
    """

    along: Floats
    by_time: bool
    x: Floats
    y: Floats
    elevation: Floats
    speed: Floats
    heart_rate: Floats
    cadence: Floats
    power: Floats
    temperature: Floats
    segment: Ints
    starts: Ints
    region: int = -1
    edge: float = 0.0
    until: float = math.inf

    @property
    def is_cut(self) -> bool:
        """Whether a part at an end of the run is private."""
        return self.edge > 0.0 or self.until < math.inf

    def __len__(self) -> int:
        return len(self.along)

    def has(self, column: str) -> bool:
        """Whether a column holds at least two values."""
        return int(np.isfinite(getattr(self, column)).sum()) > 1


def outside_zones(profile: pd.DataFrame, zones: Zones) -> Flags:
    """Return which points lie outside all privacy zones.

    Parameters
    ----------
    profile : pandas.DataFrame
        Table ``schema.PROFILE``, n rows.
    zones : sequence of (latitude, longitude, radius)
        [deg, deg, m]; each circle is taken `ZONE_MARGIN` larger.

    Returns
    -------
    numpy.ndarray, shape (n,)
        A point without a position counts as inside when a neighbour with one does, since its place
        then follows.
    """
    lat, lon = profile["latitude"].to_numpy(), profile["longitude"].to_numpy()
    known = np.isfinite(lat) & np.isfinite(lon)
    keep = np.ones(len(profile), dtype=bool)
    if not known.any():
        return keep
    for centre_lat, centre_lon, radius in zones:
        keep[known] &= (
            _distance_to(lat[known], lon[known], centre_lat, centre_lon)
            > radius + ZONE_MARGIN
        )
    if keep.all():
        return keep
    places = np.flatnonzero(known)
    rows = np.arange(len(profile))
    before = places[
        np.maximum(np.searchsorted(places, rows, side="right") - 1, 0)
    ]
    after = places[np.minimum(np.searchsorted(places, rows), len(places) - 1)]
    return keep & keep[before] & keep[after]


def track_views(
    profiles: Sequence[pd.DataFrame], zones: Zones = ()
) -> list[TrackView]:
    """Return the tracks of activities that are shown on one page.

    Parameters
    ----------
    profiles : sequence of pandas.DataFrame
        Tables ``schema.PROFILE``.
    zones : sequence of (latitude, longitude, radius)
        Privacy zones: points inside are removed before anything else is done.

    Returns
    -------
    list of TrackView
        One for each profile; regions are numbered from the one with the most activities.
    """
    return place_tracks([placed_track(profile, zones) for profile in profiles])


@dataclass(frozen=True, eq=False)
class Points:
    """Where a thinned track lies on Earth.

    Attributes
    ----------
    latitude, longitude : numpy.ndarray
        [deg]; NaN where there is none.
    starts : numpy.ndarray of int
        Positions in the columns where the line starts anew.
    """

    latitude: Floats
    longitude: Floats
    starts: Ints


@dataclass(frozen=True, eq=False)
class Plane:
    """A track's places on the plane of its region.

    Attributes
    ----------
    x, y : numpy.ndarray
        East and north of the centre of the region [m]; NaN where there is no position.
    region : int
        -1 without positions.
    """

    x: Floats
    y: Floats
    region: int

    @property
    def is_known(self) -> bool:
        """Whether there are at least two places."""
        return int(np.isfinite(self.x).sum()) > 1


@dataclass(frozen=True, eq=False)
class PlacedTrack:
    """A track before it is drawn on a page: its places are still those on Earth.

    Attributes
    ----------
    view : TrackView
        Without ``x``, ``y`` and region.
    points : Points
    """

    view: TrackView
    points: Points


def placed_track(profile: pd.DataFrame, zones: Zones = ()) -> PlacedTrack:
    """Return the thinned track of one activity, private places left out."""
    keep = outside_zones(profile, zones)
    shown, starts = _thinned(profile, keep)
    lat, lon = shown["latitude"].to_numpy(), shown["longitude"].to_numpy()
    view = _from_edge(_track_view(shown, starts), keep)
    return PlacedTrack(view, Points(lat, lon, view.starts))


def place_tracks(tracks: Sequence[PlacedTrack]) -> list[TrackView]:
    """Return tracks as they are drawn on one page: in metres around the centre of their region.

    Returns
    -------
    list of TrackView
        One for each; regions are numbered from the one with the most activities.
    """
    return [
        replace(track.view, x=plane.x, y=plane.y, region=plane.region)
        for track, plane in zip(
            tracks, planes_of([t.points for t in tracks]), strict=True
        )
    ]


def planes_of(tracks: Sequence[Points]) -> list[Plane]:
    """Return where tracks lie in metres around the centre of their region, as one page has them.

    Returns
    -------
    list of Plane
        One for each; regions are numbered from the one with the most activities.
    """
    regions = _regions([(t.latitude, t.longitude) for t in tracks])
    out: list[Plane | None] = [None] * len(tracks)
    for region in sorted(set(regions)):
        members = [i for i, r in enumerate(regions) if r == region]
        lat, lon = (
            np.concatenate([getattr(tracks[i], axis) for i in members])
            for axis in ("latitude", "longitude")
        )
        ends = np.cumsum([len(tracks[i].latitude) for i in members])[:-1]
        places = (np.split(axis, ends) for axis in local_xy(lat, lon))
        for i, x, y in zip(members, *places, strict=True):
            out[i] = Plane(x, y, region)
    return [plane for plane in out if plane is not None]


def _track_view(profile: pd.DataFrame, starts: Ints) -> TrackView:
    along = profile["distance"].to_numpy()
    by_time = not (
        np.isfinite(along).sum() > 1 and np.nanmax(along) > np.nanmin(along)
    )
    if by_time:
        times = profile["time"]
        along = (
            (times - times.min()).dt.total_seconds().to_numpy()
            if len(times)
            else along
        )
    nowhere = np.zeros(0)
    return TrackView(
        along=along,
        by_time=by_time,
        x=nowhere,
        y=nowhere,
        starts=starts,
        elevation=profile["elevation"].to_numpy(),
        speed=profile["speed"].to_numpy(),
        heart_rate=profile["heart_rate"].to_numpy(),
        cadence=profile["cadence"].to_numpy(),
        power=profile["power"].to_numpy(),
        temperature=profile["temperature"].to_numpy(),
        segment=profile["segment"].to_numpy(),
    )


def _from_edge(view: TrackView, keep: Flags) -> TrackView:
    """Return a track measured from its first point outside private places, where it began inside
    one: how far that is from home would show where home is.
    """
    if keep.all() or view.by_time or not len(view):
        return view
    edge = 0.0 if keep[0] else float(np.nanmin(view.along))
    until = math.inf if keep[-1] else float(np.nanmax(view.along)) - edge
    return replace(view, along=view.along - edge, edge=edge, until=until)


def _thinned(profile: pd.DataFrame, keep: Flags) -> tuple[pd.DataFrame, Ints]:
    """Return the points to be drawn and where the line starts anew: after points that were removed,
    and far gaps.
    """
    kept = np.flatnonzero(keep)
    is_new = (np.diff(kept) > 1) | _gap_after(profile.iloc[kept])
    starts = np.flatnonzero(is_new) + 1
    chosen, starts = spread_points(len(kept), MAX_POINTS, starts)
    return profile.iloc[kept[chosen]], starts


def spread_points(count: int, most: int, starts: Ints) -> tuple[Ints, Ints]:
    """Choose points of a line evenly, and all those at which it breaks.

    Parameters
    ----------
    count : int
        Points that there are.
    most : int
        Points to choose, not counting those at the breaks.
    starts : numpy.ndarray of int
        Where the line starts anew.

    Returns
    -------
    tuple of numpy.ndarray
        The chosen points, and among them where the line starts anew.
    """
    even = np.round(np.linspace(0, count - 1, min(count, most))).astype(np.int64)
    chosen = np.unique(np.concatenate((even, starts, starts - 1)))
    return chosen, np.searchsorted(chosen, starts)


def _gap_after(profile: pd.DataFrame) -> Flags:
    """Return after which points nothing was recorded over a distance that stands out: no line is
    known there.
    """
    steps = step_lengths(profile["latitude"], profile["longitude"])[1:]
    usual = float(np.nanmedian(steps)) if np.isfinite(steps).any() else 0.0
    return np.asarray(steps > max(GAP, 10.0 * usual))


def _distance_to(
    lat: Floats | float, lon: Floats | float, centre_lat: float, centre_lon: float
) -> Floats:
    """Return the great-circle distance of each position to a centre [m]."""
    phi, phi0 = np.radians(lat), math.radians(centre_lat)
    h = np.sin((phi - phi0) / 2) ** 2
    h = (
        h
        + np.cos(phi)
        * math.cos(phi0)
        * np.sin(np.radians(lon - centre_lon) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(h, 1.0))))


def _regions(
    positions: Sequence[tuple[Floats, Floats]],
) -> list[int]:
    """Return each activity's region: near the middle of the first activity that opened it; -1
    without positions.
    """
    centres: list[tuple[float, float]] = []
    found = []
    for lat, lon in positions:
        known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
        if not len(known):
            found.append(-1)
            continue
        middle = known[len(known) // 2]
        here = (float(lat[middle]), float(lon[middle]))
        near = (
            k for k, c in enumerate(centres) if _distance_to(*here, *c) < REGION
        )
        region = next(near, len(centres))
        if region == len(centres):
            centres.append(here)
        found.append(region)
    # The region with the most activities is the first.
    sizes = Counter(region for region in found if region >= 0)
    ranks = {region: rank for rank, (region, _) in enumerate(sizes.most_common())}
    return [ranks.get(region, -1) for region in found]
