"""A predicted time with its splits, as tables, documents and GPX."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.history.prediction.course import Course
from trailstats.model.notebook import clock_text, html_card
from trailstats.schema.documents import plain, rows

if TYPE_CHECKING:
    from gpxpy.gpx import GPXWaypoint

__all__ = ["Prediction", "TimeRange"]

QUANTILE_50, QUANTILE_90 = 0.674490, 1.644854
"""Of the normal distribution, on either side."""


@dataclass(frozen=True)
class TimeRange:
    """A time with the ranges that it falls into in one half and nine tenths of cases.

    Attributes
    ----------
    value : float
        Median [s].
    low50, high50, low90, high90 : float
        [s]

    Examples
    --------
    >>> time = TimeRange.of(3600.0, 0.05)
    >>> round(time.low90), round(time.high90)
    (3316, 3909)
    """

    value: float
    low50: float
    high50: float
    low90: float
    high90: float

    @classmethod
    def of(cls, value: float, spread: float) -> TimeRange:
        """Return the ranges of a time whose log has a standard deviation."""
        half = [np.exp(q * spread) for q in (QUANTILE_50, QUANTILE_90)]
        return cls(
            value,
            float(value / half[0]),
            float(value * half[0]),
            float(value / half[1]),
            float(value * half[1]),
        )

    def to_dict(self) -> dict[str, float]:
        """Return the times by their names."""
        return dict(vars(self))


@dataclass(frozen=True, eq=False, repr=False)
class Prediction:
    """The moving time that one runner needs for a course.

    Attributes
    ----------
    course : Course
    effort : str
        ``"usual"``, ``"easy"``, ``"race"`` or a heart rate such as ``"150 bpm"``.
    moving_time : TimeRange
    splits : pandas.DataFrame
        Table ``schema.SPLITS``.
    ascent, descent : float
        Of the course [m]; NaN without elevation.
    start : pandas.Timestamp or None
    method : str
        What it rests on.
    caveats : tuple of str
        What was extrapolated or isn't known.
    n_runs : int
        Runs that it was learnt from.
    period : tuple of pandas.Timestamp
        The first and the last of them.
    own_pace_share : float
        How much of the time is the runner's own usual pace per km-effort [1]; the rest is
        modelled.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive")
    >>> found = ts.predict("data/samples/odd/two-tracks.gpx", history)
    >>> found.moving_time.low90 < found.moving_time.value
    True
    """

    course: Course
    effort: str
    moving_time: TimeRange
    splits: pd.DataFrame
    ascent: float
    descent: float
    start: pd.Timestamp | None
    method: str
    caveats: tuple[str, ...]
    n_runs: int
    period: tuple[pd.Timestamp, pd.Timestamp]
    own_pace_share: float = 0.0

    def __repr__(self) -> str:
        t = self.moving_time
        return (
            f"<Prediction {self.course.length / 1000:.1f} km, {self.effort}: "
            f"{clock_text(t.value)} ({clock_text(t.low90)} to {clock_text(t.high90)})>"
        )

    def _repr_html_(self) -> str:
        t = self.moving_time
        shown = {
            "course": f"{self.course.length / 1000:.1f} km, {self.ascent:.0f} m up",
            "effort": self.effort,
            "moving time": clock_text(t.value),
            "in half of the cases": f"{clock_text(t.low50)} to {clock_text(t.high50)}",
            "in nine of ten": f"{clock_text(t.low90)} to {clock_text(t.high90)}",
        }
        notes = {str(n + 1): text for n, text in enumerate(self.caveats)}
        return html_card("Prediction", shown | notes)

    def to_dict(self) -> dict[str, object]:
        """Return the document ``prediction``: plain values, times in seconds, NaN as None."""
        return {
            "format_version": schema.FORMAT_VERSION,
            "course": {
                "name": self.course.name,
                "distance": self.course.length,
                "ascent": plain(self.ascent),
                "descent": plain(self.descent),
                "ground": self.course.ground_source,
            },
            "effort": self.effort,
            "start": plain(self.start),
            "moving_time": self.moving_time.to_dict(),
            "splits": rows(self.splits),
            "method": self.method,
            "own_pace_share": self.own_pace_share,
            "caveats": list(self.caveats),
            "history": {
                "activities": self.n_runs,
                "from": plain(self.period[0]),
                "to": plain(self.period[1]),
            },
        }

    def to_gpx(self) -> str:
        """Return the course as GPX with a waypoint at the end of each split that says when it is
        reached: its time, where a start was given, and the range in words.
        """
        import gpxpy.gpx as g

        document = g.GPX()
        document.creator = "trailstats"
        course = self.course
        document.name = course.name or None
        track = g.GPXTrack(name=course.name or None)
        segment = g.GPXTrackSegment()
        placed = np.isfinite(course.latitude) & np.isfinite(course.longitude)
        for lat, lon, height in zip(
            course.latitude[placed],
            course.longitude[placed],
            course.elevation[placed],
            strict=True,
        ):
            known = float(height) if np.isfinite(height) else None
            segment.points.append(
                g.GPXTrackPoint(float(lat), float(lon), elevation=known)
            )
        track.segments.append(segment)
        document.tracks.append(track)
        document.waypoints.extend(self._arrivals())
        return str(document.to_xml())

    def _arrivals(self) -> Iterator[GPXWaypoint]:
        import gpxpy.gpx as g

        course, splits = self.course, self.splits
        ends = splits["end_distance"].to_numpy()
        north = np.interp(ends, course.distance, course.latitude)
        east = np.interp(ends, course.distance, course.longitude)
        for number, split in enumerate(splits.to_dict("records")):
            after = float(split["arrival"])
            low, high = split["arrival_low90"], split["arrival_high90"]
            reached = (
                None
                if self.start is None
                else (self.start + pd.Timedelta(seconds=round(after)))
            )
            place = g.GPXWaypoint(
                float(north[number]),
                float(east[number]),
                time=None if reached is None else reached.to_pydatetime(),
                name=str(split["name"]),
                description=f"after {clock_text(after)} of moving, in nine of ten cases "
                f"{clock_text(low)} to {clock_text(high)}",
            )
            yield place
