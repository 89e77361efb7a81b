"""Where a course is divided, and the times of the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.arrays import Floats, divide_by_positive, sum_up_to
from trailstats.geo import local_xy
from trailstats.history.prediction._fit import Noise
from trailstats.history.prediction._model import Pieces, Times
from trailstats.history.prediction._own_ground import NEAR
from trailstats.history.prediction._result import QUANTILE_50, QUANTILE_90
from trailstats.history.prediction.course import Course

Splits: TypeAlias = Sequence[float] | float | str | None
"""Where a course is divided: every so many metres, at distances [m], by climbs, or by itself."""

CLIMBS = "climbs"

SHORTEST = 100.0
"""A way between two hills that is shorter belongs to the second [m] (our choice)."""

STRETCH = 45.0
"""Time of the stretches whose noise is known [s]."""


@dataclass(frozen=True)
class Marks:
    """Ends of the parts of a course.

    Attributes
    ----------
    distance : numpy.ndarray, shape (m,)
        Rising, the last at the end of the course [m].
    names : list of str
    """

    distance: Floats
    names: list[str]


def check_splits(at: Splits) -> None:
    """Refuse splits that are none.

    Raises
    ------
    ValueError
        For another word than "climbs", or a distance that is not positive.
    """
    if isinstance(at, str):
        if at != CLIMBS:
            raise ValueError(f"splits={at!r}: the only word is {CLIMBS!r}")
        return
    wanted = np.atleast_1d([] if at is None else at)
    if not (np.isfinite(wanted) & (wanted > 0)).all():
        raise ValueError(f"splits={at!r}: distances are positive")


def marks_of(course: Course, at: Splits) -> Marks:
    """Return the ends of splits: at distances, at every so many metres, by climbs, or where the
    course has waypoints on its way; else each kilometre.
    """
    length = course.length
    if isinstance(at, str):
        found = _hill_ends(course)
        if len(found) > 1:
            return Marks(np.array([d for d, _ in found]), [n for _, n in found])
        at = 1000.0
    if at is None:
        found = _waypoints_on(course)
        if found:
            named = [*found, (length, "end")]
            return Marks(np.array([d for d, _ in named]), [n for _, n in named])
        at = 1000.0
    if isinstance(at, int | float):
        # A last part shorter than a tenth of the others joins the one before.
        ends = np.arange(1, max(1, np.ceil(length / at - 0.1))) * at
    else:
        ends = np.unique(np.asarray(at, dtype=np.float64))
        ends = ends[(ends > 0) & (ends < length)]
    ends = np.append(ends, length)
    return Marks(ends, [f"{end / 1000.0:.4g} km" for end in ends])


def _hill_ends(course: Course) -> list[tuple[float, str]]:
    """Return where the climbs and descents of a course end, and what lies between them."""
    out: list[tuple[float, str]] = []
    numbers = {True: 0, False: 0}
    at = 0.0
    for hill in course.hills():
        if hill.start - at >= SHORTEST:
            out.append((hill.start, f"{hill.start / 1000.0:.4g} km"))
        numbers[hill.is_up] += 1
        word = "climb" if hill.is_up else "descent"
        out.append((hill.end, f"{word} {numbers[hill.is_up]}"))
        at = hill.end
    if course.length - at >= SHORTEST or not out:
        out.append((course.length, "end"))
    else:
        out[-1] = (course.length, out[-1][1])
    return out


def _waypoints_on(course: Course) -> list[tuple[float, str]]:
    """Return the distances and names of the waypoints that lie on the way, first passage."""
    points = course.waypoints
    if not points:
        return []
    north = np.append(course.latitude, [p.latitude for p in points])
    east = np.append(course.longitude, [p.longitude for p in points])
    x, y = local_xy(north, east)
    n = len(course.distance)
    found = []
    for number, point in enumerate(points):
        away = np.hypot(x[:n] - x[n + number], y[:n] - y[n + number])
        nearest = int(np.nanargmin(away))
        spacing = course.length / max(n - 1, 1)
        distance = float(course.distance[nearest])
        if away[nearest] <= NEAR + spacing and 0.0 < distance < course.length:
            found.append((distance, point.name or f"{distance / 1000.0:.4g} km"))
    return sorted(dict(found).items())


def split_table(
    pieces: Pieces, times: Times, marks: Marks, noise: Noise
) -> pd.DataFrame:
    """Return table ``schema.SPLITS``.

    The day is the same for all splits; what stretches have of their own evens out in long ones.
    """
    edges = sum_up_to(pieces.distance)
    starts = np.append(0.0, marks.distance[:-1])

    def between(values: Floats) -> Floats:
        along = sum_up_to(np.nan_to_num(values))
        return np.diff(np.interp(np.append(0.0, marks.distance), edges, along))

    time = between(times.expected)
    length = marks.distance - starts
    alike = (1.0 + noise.correlation) / (1.0 - noise.correlation)
    own = noise.spread * np.sqrt(alike * STRETCH / np.maximum(time, STRETCH))
    spread = np.hypot(times.spread, own)
    arrival = np.cumsum(time)
    so_far = noise.spread * np.sqrt(
        alike * STRETCH / np.maximum(arrival, STRETCH)
    )
    until = np.hypot(times.spread, so_far)
    known = between(np.isfinite(pieces.p_trail) * pieces.distance)
    trail = divide_by_positive(between(pieces.p_trail * pieces.distance), known)
    level = np.isnan(pieces.grade).all()
    nothing = np.full(len(time), np.nan)
    return schema.SPLITS.frame(
        {
            "name": marks.names,
            "start_distance": starts,
            "end_distance": marks.distance,
            "distance": length,
            "ascent": nothing if level else between(pieces.ascent),
            "descent": nothing if level else between(pieces.descent),
            "p_trail": trail,
            "moving_time": time,
            "low50": time * np.exp(-QUANTILE_50 * spread),
            "high50": time * np.exp(QUANTILE_50 * spread),
            "low90": time * np.exp(-QUANTILE_90 * spread),
            "high90": time * np.exp(QUANTILE_90 * spread),
            "arrival": arrival,
            "arrival_low90": arrival * np.exp(-QUANTILE_90 * until),
            "arrival_high90": arrival * np.exp(QUANTILE_90 * until),
        }
    )
