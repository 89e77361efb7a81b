"""What a recording shows of the ground: the shape of the track and the evenness of the speed.

Everything is first brought onto a grid of distance and a grid of moving time, so that sampling
step, device and units don't matter. No feature uses the absolute position, the distance since the
start or the fact that a sensor is missing: these learn one runner's routes and habits, not the
ground. None uses the elevation either: a receiver's height wanders by tens of metres, and roads
climb too; left out by athlete, whole runs were told apart better without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy

from trailstats.arrays import Floats
from trailstats.geo import local_xy
from trailstats.model.activity import CleanActivity
from trailstats.terrain.baseline import SHORTEST_FLAT

__all__ = [
    "MOST_SHIFT",
    "RUN_FEATURES",
    "SPACING",
    "WINDOW_FEATURES",
    "WINDOW_STEP",
    "RunGrid",
    "every_window",
    "extent",
    "flat_speed",
    "log_speed",
    "moving_mean",
    "own_pace",
    "run_features",
    "run_grid",
    "window_features",
]


SPACING = 10.0
"""Distance between grid points [m], our choice: about what a receiver resolves."""

CHORDS = (30.0, 50.0, 100.0)
"""Lengths between which the way turns [m] (our choice)."""

TIME_STEP = 5.0
"""Time between points of the time grid [s] (our choice)."""

WINDOW_STEP = 50.0
"""Distance between the centres of windows [m] (our choice)."""

SHORTEST = 1000.0
"""Shortest distance that shows shape and spread [m] (our choice)."""

SHORTEST_TIME = 120.0
"""Shortest moving time that shows the spread of speed [s] (our choice)."""

MIN_POSITIONS = 0.5
"""Least share of the distance that must be covered by positions (our choice)."""

LONGEST_GAP = 100.0
"""Positions further apart than this don't cover the track between them [m] (our choice)."""

WALKING = 2.0
"""Speed below which people walk rather than run [m/s]; where they change on the flat."""

FLAT = 0.02
"""Grades below this are flat, as `TerrainRules.flat` has it."""

MOST_SHIFT = 0.3
"""A run's pace differs from the athlete's own by at most this as a log: people also run easy
(our choice).
"""

MAX_TURN = 1.5
"""Turns are cut off here, so that one hairpin doesn't outweigh a kilometre [rad] (our choice)."""

STEADY = 410.0
"""Length over which the running median of the speed is taken [m] (our choice)."""

RUN_FEATURES = (
    "wiggle_30",
    "wiggle_50",
    "wiggle_100",
    "bends_50",
    "straight_50",
    "speed_scatter",
    "slow_share",
)
"""Features of a whole run."""

WINDOW_FEATURES = (
    "speed_300",
    "speed_1200",
    "speed_jumps_400",
    "wiggle_400",
    "wiggle_1000",
    "wiggle_2000",
    "corners_400",
    "wide_corners_400",
    "straight_4000",
)
"""Features of a window; the number is the length looked at [m]. Speed is relative to the run's
median.
"""


@dataclass(frozen=True, eq=False)
class RunGrid:
    """One run on a regular grid of distance, with the moving time at each point.

    Attributes
    ----------
    distance : numpy.ndarray, shape (m,)
        Centres of cells of `SPACING` [m].
    time : numpy.ndarray, shape (m,)
        Moving time since the start [s].
    x, y : numpy.ndarray, shape (m,)
        Position on a plane [m].
    grade : numpy.ndarray, shape (m,), or None
        Rise over run; None without elevation.
    speed : numpy.ndarray, shape (k,)
        Speed over 30 s of moving time, every `TIME_STEP` seconds [m/s].
    """

    distance: Floats
    time: Floats
    x: Floats
    y: Floats
    grade: Floats | None
    speed: Floats

    @cached_property
    def turns(self) -> Mapping[float, Floats]:
        """The turn at each grid point between the chord that ends and the one that begins there
        [rad], by the length of the chords [m].
        """
        return {chord: _turns(self.x, self.y, chord) for chord in CHORDS}

    @cached_property
    def wiggle(self) -> Mapping[float, Floats]:
        """The turning that cancels out over four chords, by their length [m]."""
        return {chord: _wiggle(turn, chord) for chord, turn in self.turns.items()}


def run_grid(run: CleanActivity) -> RunGrid | None:
    """Return a run on regular grids, or None when it can't carry a signal of the ground.

    Parameters
    ----------
    run : CleanActivity

    Returns
    -------
    RunGrid or None
        None when the track is shorter than 1 km, when positions cover less than half of it, or
        when there is less than two minutes of movement.
    """
    d = run.track_column("distance")
    length = float(d[-1]) if len(d) else 0.0
    lat, lon = run.columns["latitude"], run.columns["longitude"]
    placed = np.isfinite(lat) & np.isfinite(lon)
    between = np.diff(d[placed])
    covered = between[between <= LONGEST_GAP].sum()
    if length < SHORTEST or covered < MIN_POSITIONS * length:
        return None
    moving_time = np.cumsum(run.moving_seconds)
    # Of samples at the same distance interpolation needs one: the last.
    onward = np.append(np.diff(d) > 0, True)
    at = np.arange(SPACING / 2, length, SPACING)
    x, y = local_xy(lat, lon)
    known = placed & onward
    tick = np.arange(0.0, moving_time[-1], TIME_STEP)
    half = round(30.0 / TIME_STEP)
    if moving_time[-1] < SHORTEST_TIME or known.sum() < 10:
        return None
    later = np.append(np.diff(moving_time) > 0, True)
    passed = np.interp(tick, moving_time[later], d[later])
    grade = run.track_column("grade")
    measured = onward & np.isfinite(grade)
    return RunGrid(
        distance=at,
        time=np.interp(at, d[onward], moving_time[onward]),
        x=np.interp(at, d[known], x[known]),
        y=np.interp(at, d[known], y[known]),
        grade=np.interp(at, d[measured], grade[measured])
        if measured.sum() > 1
        else None,
        speed=np.maximum(
            (passed[half:] - passed[:-half]) / (half * TIME_STEP), 0.2
        ),
    )


def run_features(grid: RunGrid) -> dict[str, float]:
    """Return the features of a whole run.

    Parameters
    ----------
    grid : RunGrid

    Returns
    -------
    dict of str to float
        Every name of `RUN_FEATURES`.

    Notes
    -----
    ``wiggle``: log of the median of the turning between chords of so many metres that cancels out
    over four chords, left against right: paths wind, streets and long bends don't. ``bends_50``,
    ``straight_50``: share of the way that turns by 0.15 to 0.8 rad, and by less than 0.1 rad,
    between chords of 50 m. ``speed_scatter``: log of the median distance of the log of speed over
    100 m from its own running median over 410 m: that median follows a step, so repeats at another
    pace leave no trace, and the unevenness of steady running stays. ``slow_share``: share of moving
    time at a walking speed.
    """
    size = np.abs(grid.turns[50.0])
    speed = log_speed(grid, 100.0)
    steady = scipy.ndimage.median_filter(
        speed, _grid_points(STEADY), mode="nearest"
    )
    wiggle = {
        f"wiggle_{chord:.0f}": np.log(np.median(each) + 0.01)
        for chord, each in grid.wiggle.items()
    }
    out = {
        **wiggle,
        "bends_50": np.mean((size > 0.15) & (size < 0.8)),
        "straight_50": np.mean(size < 0.1),
        "speed_scatter": np.log(np.median(np.abs(speed - steady)) + 0.005),
        "slow_share": np.mean(grid.speed < WALKING),
    }
    return {name: float(value) for name, value in out.items()}


def extent(grid: RunGrid) -> float:
    """Return how far the run reaches across: the diagonal of the box about its positions [m]."""
    return float(np.hypot(np.ptp(grid.x), np.ptp(grid.y)))


def window_features(
    grid: RunGrid,
) -> tuple[Floats, Floats, tuple[str, ...]]:
    """Return the features of windows along a run.

    Parameters
    ----------
    grid : RunGrid

    Returns
    -------
    centres : numpy.ndarray, shape (w,)
        Distance of the windows' centres since the start [m].
    values : numpy.ndarray, shape (w, 9)
        One column for each of `WINDOW_FEATURES`.
    names : tuple of str

    Notes
    -----
    ``speed``: log of speed, less its median over the run. ``speed_jumps``: log of the mean change
    of the log of speed from 10 m to 10 m. ``wiggle``: as for a whole run, between chords of 30 m.
    ``corners``: how unevenly turning is spread (a few corners against steady winding), between
    chords of 30 m, and of 100 m for the wide ones. ``straight``: share that turns by less than 0.1
    rad between chords of 100 m.
    """
    turn, wide, wiggle = grid.turns[30.0], grid.turns[100.0], grid.wiggle[30.0]
    short = log_speed(grid, 40.0)
    jump = np.abs(np.diff(short, prepend=short[0]))
    usual = float(np.median(log_speed(grid, 60.0)))
    columns = {
        "speed_300": log_speed(grid, 300.0) - usual,
        "speed_1200": log_speed(grid, 1200.0) - usual,
        "speed_jumps_400": np.log(moving_mean(jump, 400.0) + 0.005),
        "wiggle_400": np.log(moving_mean(wiggle, 400.0) + 0.01),
        "wiggle_1000": np.log(moving_mean(wiggle, 1000.0) + 0.01),
        "wiggle_2000": np.log(moving_mean(wiggle, 2000.0) + 0.01),
        "corners_400": _unevenness(turn, 400.0),
        "wide_corners_400": _unevenness(wide, 400.0),
        "straight_4000": moving_mean((np.abs(wide) < 0.1).astype(float), 4000.0),
    }
    pick = every_window()
    return (
        grid.distance[pick],
        np.stack([columns[name][pick] for name in WINDOW_FEATURES], axis=1),
        WINDOW_FEATURES,
    )


def flat_speed(grid: RunGrid) -> float:
    """Return the log of the median speed on the flat, of all the way without elevation; NaN below 1
    km of it.
    """
    flat = log_speed(grid, 60.0)
    if grid.grade is not None:
        flat = flat[np.abs(grid.grade) < FLAT]
    enough = len(flat) * SPACING >= SHORTEST_FLAT
    return float(np.median(flat)) if enough else float("nan")


def own_pace(flat: float, usual: float) -> float:
    """Return how much slower than usual (below zero) a run was on the flat.

    Parameters
    ----------
    flat : float
        As `flat_speed` has it.
    usual : float
        Log of the athlete's own speed on flat road [m/s].

    Returns
    -------
    float
        Difference of the logs, at most `MOST_SHIFT` either way.
    """
    return float(np.clip(flat - usual, -MOST_SHIFT, MOST_SHIFT))


def every_window() -> slice:
    """Return the slice that takes the grid points at the windows' centres."""
    step = round(WINDOW_STEP / SPACING)
    return slice(step // 2, None, step)


def _grid_points(length: float) -> int:
    return max(1, round(length / SPACING))


def moving_mean(values: Floats, length: float) -> Floats:
    """Return the moving mean over a length [m] of values on the grid; never below zero for values
    that are not.
    """
    out = scipy.ndimage.uniform_filter1d(
        values, _grid_points(length), mode="nearest"
    )
    return np.maximum(out, 0.0) if values.min() >= 0 else out


def _smooth(values: Floats, cells: int) -> Floats:
    once = scipy.ndimage.uniform_filter1d(values, cells, mode="nearest")
    return scipy.ndimage.uniform_filter1d(once, cells, mode="nearest")


def log_speed(grid: RunGrid, length: float) -> Floats:
    """Return the log of speed over a length about each grid point, shorter at the ends."""
    index = np.arange(len(grid.distance))
    reach = _grid_points(length) // 2
    before = np.maximum(index - reach, 0)
    after = np.minimum(index + reach, len(index) - 1)
    time = np.maximum(grid.time[after] - grid.time[before], 1e-3)
    distance = grid.distance[after] - grid.distance[before]
    return np.log(np.clip(distance / time, 0.3, 12.0))


def _turns(x: Floats, y: Floats, chord: float) -> Floats:
    """Return the turn at each grid point between the chord that ends and the one that begins there
    [rad].
    """
    n = _grid_points(chord)
    x, y = (_smooth(v, max(3, n // 2 + 1)) for v in (x, y))
    out = np.zeros(len(x))
    if len(x) <= 2 * n:
        return out
    heading = np.arctan2(y[n:] - y[:-n], x[n:] - x[:-n])
    change = heading[n:] - heading[:-n]
    out[n : len(x) - n] = np.pi - (np.pi - change) % (2 * np.pi)
    return out


def _wiggle(turn: Floats, chord: float) -> Floats:
    """Return the turning that cancels out over four chords: its mean size less the size of its
    mean.
    """
    length = 4 * chord
    cut = np.clip(turn, -MAX_TURN, MAX_TURN)
    cells = _grid_points(length)
    net = np.abs(scipy.ndimage.uniform_filter1d(cut, cells, mode="nearest"))
    return np.maximum(moving_mean(np.abs(cut), length) - net, 0.0)


def _unevenness(turn: Floats, length: float) -> Floats:
    """Return the log of root mean square over mean of the turning within a length."""
    size = np.minimum(np.abs(turn), MAX_TURN)
    root_mean_square = np.sqrt(moving_mean(size * size, length))
    return np.log((root_mean_square + 0.02) / (moving_mean(size, length) + 0.02))
