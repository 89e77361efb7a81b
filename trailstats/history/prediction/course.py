"""A course as pieces of a way: length, grade and ground, whether or not anyone has been there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from trailstats.arrays import Floats, as_floats, divide_by_positive
from trailstats.elevation import GroundModel, grid_profile
from trailstats.geo import step_lengths
from trailstats.history import History
from trailstats.history.prediction._model import Pieces
from trailstats.history.prediction._own_ground import own_ground
from trailstats.io.courses import CoursePoints, Waypoint, read_course
from trailstats.io.formats import ReadLimits, Source, name_of
from trailstats.model.results import Analysis
from trailstats.schema import Surface
from trailstats.terrain import RoadMap, SurfaceLabels
from trailstats.terrain.climbs import Hill, hills_along
from trailstats.terrain.maps.road_map import SPACING

__all__ = ["Course"]

PIECE: Final = 100.0
"""Length of a piece [m] (our choice): about as long as the stretches that the terms are learnt
from.
"""

LONGEST: Final = 1_000_000.0
"""A way longer than this is none that anyone runs [m] (our choice)."""

REACH: Final = 150.0
"""Distance over which ground that is known stands for what lies beside it [m] (our choice)."""

OWN_SPACING: Final = 50.0
"""Distance between the places whose ground own recordings are asked for [m] (our choice)."""


@dataclass(frozen=True, eq=False)
class Course:
    """A way to go, at points along it.

    Attributes
    ----------
    name : str
    distance : numpy.ndarray, shape (n,)
        Since the start, not falling [m].
    latitude, longitude : numpy.ndarray, shape (n,)
        WGS 84 [deg]; NaN where unknown.
    elevation : numpy.ndarray, shape (n,)
        [m]; NaN where unknown.
    p_trail, p_technical : numpy.ndarray, shape (n,)
        Probability of trail, and of technical ground [1]; NaN where unknown.
    waypoints : tuple of Waypoint
    ground_source : str
        What the ground rests on: labels, a map, own recordings; empty where it is not known.
    source : str
        The file that it was read from; empty where there is none.
    attribution : str
        What has to stand where its ground is shown; empty where no map told it.

    Examples
    --------
    >>> from trailstats import Course
    >>> course = Course.read("data/samples/odd/two-tracks.gpx")
    >>> course.length > 0
    True
    """

    name: str
    distance: Floats
    latitude: Floats
    longitude: Floats
    elevation: Floats
    p_trail: Floats
    p_technical: Floats
    waypoints: tuple[Waypoint, ...] = ()
    ground_source: str = ""
    source: str = ""
    attribution: str = ""

    @classmethod
    def read(cls, source: Source, *, limits: ReadLimits | None = None) -> Course:
        """Read a course: a GPX route or track, a TCX or FIT course, or a recording.

        Raises
        ------
        ReadError
            As `read`; also where there are fewer than two positions, or the way is longer than
            1,000 km.
        """
        found = cls.of_points(read_course(source, limits=limits))
        return replace(found, source=name_of(source))

    @classmethod
    def of_points(cls, points: CoursePoints) -> Course:
        """Return the course through points."""
        steps = step_lengths(points.latitude, points.longitude)
        distance = np.cumsum(np.minimum(np.nan_to_num(steps), LONGEST))
        unknown = np.full(len(distance), np.nan)
        return cls(
            points.name,
            distance,
            points.latitude,
            points.longitude,
            points.elevation,
            unknown,
            unknown,
            points.waypoints,
        )

    @classmethod
    def of_analysis(cls, analysis: Analysis) -> Course:
        """Return the way of a recorded run, with the ground that was found along it."""
        profile, segments = analysis.profile, analysis.segments
        at = np.clip(profile["segment"].to_numpy(), 0, len(segments) - 1)

        def ground(name: str) -> Floats:
            return as_floats(as_floats(segments[name])[at])

        def place(name: str) -> Floats:
            return as_floats(profile[name])

        return cls(
            name=analysis.meta.name,
            distance=place("distance"),
            latitude=place("latitude"),
            longitude=place("longitude"),
            elevation=place("elevation"),
            p_trail=ground("p_trail"),
            p_technical=ground("p_technical"),
            ground_source="this recording",
            source=analysis.meta.source,
            attribution=analysis.meta.attribution,
        )

    @property
    def length(self) -> float:
        """Distance from start to end [m]."""
        return float(self.distance[-1]) if len(self.distance) else 0.0

    def with_heights(self, dem: GroundModel) -> Course:
        """Return the course with the elevation of a ground model where it covers the way."""
        found = dem.correct(
            self.distance, self.latitude, self.longitude, self.elevation
        )
        if found is None:
            return self
        return replace(self, elevation=found.elevation)

    def with_map(self, map: RoadMap) -> Course:
        """Return the course with the ground of the ways that it follows on a map."""
        at = np.arange(SPACING / 2, self.length, SPACING)
        if not len(at):
            return self
        north = np.interp(at, self.distance, self.latitude)
        east = np.interp(at, self.distance, self.longitude)
        match = map.match_positions(at, north, east)
        if not match:
            return self
        trail = self._along(match.distance, match.p_trail)
        rough = self._along(match.distance, match.technical)
        return replace(
            self,
            p_trail=np.where(np.isnan(trail), self.p_trail, trail),
            p_technical=np.where(np.isnan(rough), self.p_technical, rough),
            ground_source=_and_also("map", self.ground_source),
            attribution=match.attribution,
        )

    def with_labels(self, labels: SurfaceLabels) -> Course:
        """Return the course with the ground that a label file states, over all else.

        Raises
        ------
        ConfigError
            When a label of this course begins or ends at a time, of which a course has none.
        """
        said = labels.along_course(self.source or self.name, self.distance)
        if not (said != "").any():
            return self
        trail = np.select(
            [said == Surface.TRAIL, said == Surface.ROAD], [1.0, 0.0], np.nan
        )
        # A road isn't technical; of a trail nothing is said.
        technical = np.where(said == Surface.ROAD, 0.0, np.nan)
        known = said != ""
        return replace(
            self,
            p_trail=np.where(known, trail, self.p_trail),
            p_technical=np.where(known, technical, self.p_technical),
            ground_source=_and_also("labels", self.ground_source),
        )

    def with_recordings(self, history: History) -> Course:
        """Return the course with the ground of the runner's own recordings of the same way, where
        it isn't known.
        """
        at = np.arange(0.0, self.length, OWN_SPACING)
        if len(at) < 2 or not np.isfinite(self.latitude).any():
            return self
        north = np.interp(at, self.distance, self.latitude)
        east = np.interp(at, self.distance, self.longitude)
        found = own_ground(history, north, east)
        filled = {}
        for name, values in found.items():
            own, known = self._along(at, values), getattr(self, name)
            filled[name] = np.where(np.isfinite(known), known, own)
        if not any(np.isfinite(values).any() for values in found.values()):
            return self
        return replace(
            self,
            p_trail=filled["p_trail"],
            p_technical=filled["p_technical"],
            ground_source=_and_also(self.ground_source, "own recordings"),
            attribution=self.attribution or history.attribution,
        )

    def hills(self) -> list[Hill]:
        """Return the climbs and descents on the way, as they are found in runs."""
        return hills_along(
            self.distance,
            self._smooth_elevation(self.distance),
            self.latitude,
            self.longitude,
        )

    def _along(self, distance: Floats, values: Floats) -> Floats:
        """Return values that are known at distances at the points of the course; NaN farther than
        `REACH` from any.
        """
        return interpolated(self.distance, distance, values)

    def pieces(self) -> Pieces:
        """Return the course in pieces of about 100 m.

        Heights are smoothed and ascent is counted as those of recordings are.
        """
        count = max(1, round(self.length / PIECE))
        edges = np.linspace(0.0, self.length, count + 1)
        lengths = np.diff(edges)
        elevation = self._smooth_elevation(edges)
        change = np.diff(elevation)
        middle = (edges[1:] + edges[:-1]) / 2.0
        return Pieces(
            distance=lengths,
            grade=divide_by_positive(change, lengths),
            p_trail=interpolated(middle, self.distance, self.p_trail),
            p_technical=interpolated(middle, self.distance, self.p_technical),
            ascent=np.maximum(np.nan_to_num(change), 0.0),
            descent=np.maximum(np.nan_to_num(-change), 0.0),
        )

    def _smooth_elevation(self, at: Floats) -> Floats:
        """Return the elevation at distances; NaN where the course has none."""
        known = np.isfinite(self.elevation)
        if known.sum() < 2:
            return np.full(len(at), np.nan)
        distance, height = self.distance[known], self.elevation[known]
        if self.length >= 500.0:
            # Points of a route may lie far apart: the line between them is as good as any.
            dense = np.arange(distance[0], distance[-1], SPACING)
            found = grid_profile(dense, np.interp(dense, distance, height))
            if found is not None:
                distance, height = found.distance, found.elevation
        return np.interp(at, distance, height)


def _and_also(one: str, other: str) -> str:
    return ", ".join(source for source in (one, other) if source)


def interpolated(at: Floats, distance: Floats, values: Floats) -> Floats:
    """Return values that are known at distances at others; NaN farther than `REACH` from any, or
    from the points around.
    """
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(at), np.nan)
    places = distance[known]
    after = np.clip(np.searchsorted(places, at), 0, len(places) - 1)
    before = np.maximum(after - 1, 0)
    away = np.minimum(np.abs(places[after] - at), np.abs(places[before] - at))
    spacing = np.median(np.diff(distance)) if len(distance) > 1 else 0.0
    near = away <= max(REACH, float(spacing))
    return np.where(near, np.interp(at, places, values[known]), np.nan)
