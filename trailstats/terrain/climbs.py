"""Climbs and descents as people remember them: one hill with a dip is one climb."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.cleaning import clean
from trailstats.elevation import turning_points
from trailstats.metrics import effort
from trailstats.model.activity import Activity, CleanActivity
from trailstats.model.inputs import as_given
from trailstats.schema.arrays import Floats
from trailstats.terrain.rules import TerrainRules

__all__ = ["find_climbs"]


GRID = 10.0
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
        Table ``schema.CLIMBS`` in order of their start; empty without elevation.

    Notes
    -----
    Elevation less a gentle ramp (``climb_flat``) falls wherever the way is flatter than the ramp. A
    climb is a rise of that difference which no fall larger than ``climb_dip``, or than
    ``climb_dip_share`` of the rises before and after it, interrupts: a dip or a short flat stretch
    stays inside, a long flat approach does not belong. Descents are the climbs of the mirrored
    profile. The score is length times percent grade, as road cycling counts it.

    Examples
    --------
    >>> import trailstats as ts
    >>> climbs = ts.find_climbs(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> set(climbs["direction"]) <= {"up", "down"}
    True
    """
    rules = as_given(TerrainRules, terrain, option="terrain")
    run = clean(activity)
    track = run.track
    distance, elevation = track["distance"].to_numpy(), track["elevation"].to_numpy()
    if np.isnan(elevation).all() or distance[-1] < STEEPEST_OVER:
        return schema.CLIMBS.empty()
    grid = np.arange(0.0, distance[-1], GRID)
    z = np.interp(grid, distance, elevation)
    found = [(start, end, 1.0) for start, end in _rises(grid, z, rules)]
    found += [(start, end, -1.0) for start, end in _rises(grid, -z, rules)]
    if not found:
        return schema.CLIMBS.empty()
    found = sorted(_outermost(found, z))
    start, end = (np.array([f[i] for f in found], dtype=np.intp) for i in (0, 1))
    sign = np.array([f[2] for f in found])
    return _climb_table(run, grid, z, start, end, sign)


def _rises(grid: Floats, z: Floats, rules: TerrainRules) -> list[tuple[int, int]]:
    ramped = z - rules.climb_flat * grid
    turns = _without_dips(
        turning_points(ramped, rules.climb_dip), ramped, rules.climb_dip_share
    )
    out = []
    for start, end in zip(turns[:-1].tolist(), turns[1:].tolist(), strict=True):
        gain = z[end] - z[start]
        if gain >= rules.climb_gain and gain >= rules.climb_grade * (
            grid[end] - grid[start]
        ):
            out.append((start, end))
    return out


def _without_dips(turns: NDArray[np.intp], z: Floats, share: float) -> NDArray[np.intp]:
    """Return the turns without those of falls that are small against the rises on both sides;
    smallest first.
    """
    while len(turns) > 3:
        change = np.diff(z[turns])
        around = change[:-2] + change[2:]
        small = np.where(
            (change[1:-1] < 0) & (around > 0),
            -change[1:-1] / np.where(around > 0, around, 1.0),
            np.inf,
        )
        # The top behind the dip is higher than the one before: otherwise the hill ends there.
        small[change[2:] < -change[1:-1]] = np.inf
        least = int(np.argmin(small))
        if small[least] > share:
            break
        turns = np.delete(turns, [least + 1, least + 2])
    return turns


def _outermost(
    found: list[tuple[int, int, float]], z: Floats
) -> list[tuple[int, int, float]]:
    """Return the climbs and descents without those that are a dip inside a larger one of the other
    direction.
    """
    return [
        (start, end, sign)
        for start, end, sign in found
        if not any(
            a <= start
            and end <= b
            and sign != s
            and abs(z[b] - z[a]) > abs(z[end] - z[start])
            for a, b, s in found
        )
    ]


def _climb_table(
    run: CleanActivity,
    grid: Floats,
    z: Floats,
    start: NDArray[np.intp],
    end: NDArray[np.intp],
    sign: Floats,
) -> pd.DataFrame:
    track = run.track
    distance = track["distance"].to_numpy()
    time = np.where(track["moving"].to_numpy(), track["duration"].to_numpy(), 0.0)
    level = effort.grade_adjusted_speed(
        track["speed"].to_numpy(), track["grade"].to_numpy()
    )

    def between(values: Floats) -> Floats:
        running = np.cumsum(values)
        return np.asarray(
            np.interp(grid[end], distance, running)
            - np.interp(grid[start], distance, running)
        )

    length, gain, duration = (
        grid[end] - grid[start],
        np.abs(z[end] - z[start]),
        between(time),
    )
    clock = run.seconds
    start_time, end_time = (
        run.times_at(np.interp(grid[place], distance, clock)) for place in (start, end)
    )
    over = round(STEEPEST_OVER / GRID)
    slopes = (z[over:] - z[:-over]) / STEEPEST_OVER
    steepest = [
        s * float(np.max(s * slopes[a : max(a + 1, b - over + 1)]))
        if a < len(slopes)
        else (z[b] - z[a]) / (grid[b] - grid[a])
        for a, b, s in zip(start.tolist(), end.tolist(), sign.tolist(), strict=True)
    ]
    with np.errstate(divide="ignore", invalid="ignore"):
        vertical = np.where(duration > 0, gain / duration, np.nan)
        adjusted = np.where(
            duration > 0, between(np.nan_to_num(level) * time) / duration, np.nan
        )
    return schema.CLIMBS.frame(
        {
            "index": np.arange(len(start)),
            "direction": ["up" if s > 0 else "down" for s in sign],
            "start_time": start_time,
            "end_time": end_time,
            "start_distance": grid[start],
            "end_distance": grid[end],
            "distance": length,
            "ascent": np.where(sign > 0, gain, 0.0),
            "descent": np.where(sign < 0, gain, 0.0),
            "mean_grade": sign * gain / length,
            "steepest_grade": np.array(steepest),
            "moving_time": duration,
            "vertical_speed": vertical,
            "grade_adjusted_speed": adjusted,
            "score": gain * 100.0,
        }
    )
