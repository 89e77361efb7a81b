"""Climbs and descents as people remember them: one hill with a dip is one climb."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.arrays import Floats
from trailstats.cleaning import clean
from trailstats.geo import local_xy
from trailstats.model.activity import Activity, CleanActivity
from trailstats.model.inputs import as_given
from trailstats.schema import Columns
from trailstats.terrain._dips import climbing_turns
from trailstats.terrain.gait import level_speed_of
from trailstats.terrain.rules import TerrainRules

__all__ = ["climb_columns", "find_climbs"]


GRID = 10.0
"""Spacing at which climbs are looked for [m]: that of the elevation grid."""

STEEPEST_OVER = 100.0
"""Length over which the steepest grade is taken [m]."""


def find_climbs(
    activity: Activity, *, terrain: TerrainRules | None = None
) -> pd.DataFrame:
    """Find the climbs and descents of an activity.

    Parameters
    ----------
    activity : Activity
        One as read is cleaned first.
    terrain : TerrainRules, optional
        ``climb_gain``, ``climb_grade``, ``climb_dip``, ``climb_dip_share`` and ``climb_flat``
        decide.

    Returns
    -------
    pandas.DataFrame
        Table ``schema.CLIMBS`` in order of their start; empty without an elevation that is
        believed.

    Notes
    -----
    Elevation less a gentle ramp (``climb_flat``) falls wherever the way is flatter than the ramp. A
    climb is a rise of that difference which no fall larger than ``climb_dip``, or than
    ``climb_dip_share`` of the rises before and after it, interrupts: a dip or a short flat stretch
    stays inside, a long flat approach does not belong. Where a hill is climbed several times, its
    dips are judged together, so that it is one climb each time or two each time. Descents are the
    climbs of the mirrored profile. The score is length times percent grade, as road cycling counts
    it.

    Examples
    --------
    >>> import trailstats as ts
    >>> climbs = ts.find_climbs(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> set(climbs["direction"]) <= {"up", "down"}
    True
    """
    rules = as_given(TerrainRules, terrain, option="terrain")
    return climb_columns(clean(activity), rules).to_frame()


def climb_columns(run: CleanActivity, rules: TerrainRules) -> Columns:
    """Return the columns of what `find_climbs` returns."""
    distance = run.track_column("distance")
    if np.isnan(run.track_column("grade")).all() or distance[-1] < STEEPEST_OVER:
        return schema.CLIMBS.columns_of({})
    climbed = run.track_column("elevation") - run.track_column("lifted")
    grid = np.arange(0.0, distance[-1], GRID)
    z = np.interp(grid, distance, climbed)
    positions = run.columns["latitude"], run.columns["longitude"]
    way = _Way(grid, _places(distance, *positions, grid))
    found = _hills(z, way, rules)
    if not found:
        return schema.CLIMBS.columns_of({})
    return _climb_table(run, grid, z, found)


class Hill(NamedTuple):
    """A climb, or a descent, of a course: where it begins and ends [m], and whether it goes up."""

    start: float
    end: float
    is_up: bool


def hills_along(
    distance: Floats, elevation: Floats, latitude: Floats, longitude: Floats
) -> list[Hill]:
    """Return the climbs and descents of a course, as `find_climbs` finds them in a run, in order
    of their start.

    Parameters
    ----------
    distance : numpy.ndarray, shape (n,)
        Since the start, not falling [m].
    elevation : numpy.ndarray, shape (n,)
        Smoothed [m].
    latitude, longitude : numpy.ndarray, shape (n,)
        WGS 84 [deg]; NaN where unknown.
    """
    if distance[-1] < STEEPEST_OVER or not np.isfinite(elevation).all():
        return []
    grid = np.arange(0.0, distance[-1], GRID)
    z = np.interp(grid, distance, elevation)
    place = _places(distance, latitude, longitude, grid)
    found = _hills(z, _Way(grid, place), TerrainRules())
    return [Hill(grid[h.start], grid[h.end], h.sign > 0) for h in found]


def _hills(z: Floats, way: _Way, rules: TerrainRules) -> list[_Hill]:
    """Return the climbs and descents of a profile in order of their start."""
    found = _uphill(z, way, rules, 1) + _uphill(-z, way, rules, -1)
    return sorted(_outermost(found, z)) if found else []


class _Way(NamedTuple):
    """The grid of distance [m], and the places on it as complex numbers [m]."""

    grid: Floats
    place: NDArray[np.complex128] | None


def _places(
    distance: Floats, latitude: Floats, longitude: Floats, grid: Floats
) -> NDArray[np.complex128] | None:
    """Return where the points of the grid lie on a plane, or None without positions."""
    x, y = local_xy(latitude, longitude)
    known = np.isfinite(x) & np.append(np.diff(distance) > 0, True)
    if known.sum() < 2:
        return None
    at = distance[known]
    north = 1j * np.interp(grid, at, y[known])
    return np.asarray(np.interp(grid, at, x[known]) + north)


class _Hill(NamedTuple):
    """A climb or, with the sign -1, a descent, between two points of the grid."""

    start: int
    end: int
    sign: int


def _uphill(z: Floats, way: _Way, rules: TerrainRules, sign: int) -> list[_Hill]:
    """Return the climbs of a profile."""
    grid = way.grid
    turns = climbing_turns(z - rules.climb_flat * grid, way.place, rules)
    out = []
    for start, end in pairwise(turns.tolist()):
        gain, length = z[end] - z[start], grid[end] - grid[start]
        if gain >= max(rules.climb_gain, rules.climb_grade * length):
            out.append(_Hill(start, end, sign))
    return out


def _outermost(found: list[_Hill], z: Floats) -> list[_Hill]:
    """Return the climbs and descents without those that are a dip inside a larger one of the other
    direction.
    """
    start, end, sign = np.array(found, dtype=np.intp).reshape(-1, 3).T
    height = np.abs(z[end] - z[start])
    inside = np.zeros(len(found), bool)
    for one in (1, -1):
        # Hills of one direction follow each other: only the last that began before can hold this.
        outer = np.flatnonzero(sign == -one)
        own = np.flatnonzero(sign == one)
        if not len(outer):
            continue
        last = np.searchsorted(start[outer], start[own], side="right") - 1
        around = outer[np.maximum(last, 0)]
        holds = (last >= 0) & (end[around] >= end[own])
        inside[own] = holds & (height[around] > height[own])
    return [hill for hill, held in zip(found, inside, strict=True) if not held]


def _climb_table(
    run: CleanActivity, grid: Floats, z: Floats, found: list[_Hill]
) -> Columns:
    start, end, sign = np.array(found, dtype=np.intp).T
    distance = run.track_column("distance")
    time = run.moving_seconds
    flat_speed = level_speed_of(run)

    def between(values: Floats) -> Floats:
        running: Floats = np.interp(grid, distance, np.cumsum(values))
        return np.asarray(running[end] - running[start])

    length = grid[end] - grid[start]
    gain = np.abs(z[end] - z[start])
    duration = between(time)
    moved = np.where(duration > 0, duration, np.nan)
    seconds = np.interp(grid, distance, run.seconds)
    over = round(STEEPEST_OVER / GRID)
    slopes = (z[over:] - z[:-over]) / STEEPEST_OVER
    return schema.CLIMBS.columns_of(
        {
            "index": np.arange(len(start)),
            "direction": ["up" if s > 0 else "down" for s in sign],
            "start_time": run.times_at(seconds[start]),
            "end_time": run.times_at(seconds[end]),
            "start_distance": grid[start],
            "end_distance": grid[end],
            "distance": length,
            "ascent": np.where(sign > 0, gain, 0.0),
            "descent": np.where(sign < 0, gain, 0.0),
            "mean_grade": sign * gain / length,
            "steepest_grade": [_steepest(z, slopes, hill) for hill in found],
            "moving_time": duration,
            "vertical_speed": gain / moved,
            "grade_adjusted_speed": between(np.nan_to_num(flat_speed) * time)
            / moved,
            "score": gain * 100.0,
        }
    )


def _steepest(z: Floats, slopes: Floats, hill: _Hill) -> float:
    """Return the steepest grade over `STEEPEST_OVER` within a climb; of a shorter one its mean."""
    last = hill.end - round(STEEPEST_OVER / GRID)
    inside = slopes[hill.start : max(hill.start, last) + 1]
    if not len(inside):
        return float(z[hill.end] - z[hill.start]) / (
            GRID * (hill.end - hill.start)
        )
    return hill.sign * float(np.max(hill.sign * inside))
