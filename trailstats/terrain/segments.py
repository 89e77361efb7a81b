"""Cutting a run where its slope or gait changes, and describing each stretch.

Every number of a segment is the difference of a running sum at its two ends, so segments add up to
the whole.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.cleaning import clean
from trailstats.metrics import effort
from trailstats.model.activity import Activity, CleanActivity
from trailstats.model.inputs import as_given
from trailstats.schema import Gait, Slope, Surface, SurfaceSource
from trailstats.schema.arrays import Flags, Floats
from trailstats.terrain.rules import TerrainRules

__all__ = ["cut_segments", "segments_cut_at", "split_segments"]

Words = NDArray[np.object_]

GRID = 10.0
"""Spacing at which the slope class is decided [m]: the spacing of the elevation grid."""

LEVEL_TRANSITION = 2.0
"""Speed on the level at which `effort.is_walking` changes from walking to running [m/s]."""

FEWEST_STEPS = 40.0
"""Fewer steps count as not recorded, as in `effort.is_walking` [1/min]."""

_RISING = (
    Slope.STEEP_DOWN,
    Slope.DOWN,
    Slope.GENTLE_DOWN,
    Slope.FLAT,
    Slope.GENTLE_UP,
    Slope.UP,
    Slope.STEEP_UP,
)
_CLASSES: Words = np.array([slope.value for slope in _RISING], dtype=object)


def cut_segments(
    activity: Activity, *, terrain: TerrainRules | None = None
) -> pd.DataFrame:
    """Cut an activity where its slope class changes, and where running turns to hiking or back.

    Parameters
    ----------
    activity : Activity
        One as read is cleaned first.
    terrain : TerrainRules, optional

    Returns
    -------
    pandas.DataFrame
        Table ``schema.SEGMENTS`` with ``surface`` "unknown": `classify_terrain` fills that. The
        segments follow each other without gaps; without elevation there is one, of unknown slope;
        without distance, too.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.clean(ts.read("data/samples/odd/two-tracks.gpx"))
    >>> segments = ts.cut_segments(run)
    >>> bool(abs(segments["distance"].sum() - run.track["distance"].iloc[-1]) < 1e-6)
    True
    """
    return segments_cut_at(
        clean(activity), np.empty(0), as_given(TerrainRules, terrain, option="terrain")
    )


def segments_cut_at(
    run: CleanActivity, distances: Floats, rules: TerrainRules
) -> pd.DataFrame:
    """Return what `cut_segments` returns, cut at some distances as well.

    Parameters
    ----------
    run : CleanActivity
    distances : numpy.ndarray
        [m]; those closer to another cut than ``rules.min_length`` / 2 are left out.
    rules : TerrainRules

    Returns
    -------
    pandas.DataFrame
    """
    cuts, slopes = _slope_cuts(run.track, rules)
    further = np.concatenate((_gait_cuts(run, rules), distances))
    if len(further):
        ends = np.concatenate(([0.0], cuts, run.track["distance"].to_numpy()[-1:]))
        cuts, slopes = _further(ends, slopes, further, rules)
    return _segment_table(run, cuts, slopes, rules)


def split_segments(
    run: CleanActivity, segments: pd.DataFrame, distances: Floats, rules: TerrainRules
) -> pd.DataFrame:
    """Return the segments with further cuts.

    Parameters
    ----------
    run : CleanActivity
        That they were cut from.
    segments : pandas.DataFrame
        Table ``schema.SEGMENTS``.
    distances : numpy.ndarray
        Where to cut [m]; those closer to a border, or to each other, than ``rules.min_length`` / 2
        are left out.
    rules : TerrainRules

    Returns
    -------
    pandas.DataFrame
        Table ``schema.SEGMENTS``, described anew.
    """
    ends = np.append(
        segments["start_distance"].to_numpy(), segments["end_distance"].to_numpy()[-1:]
    )
    cuts, slopes = _further(
        ends, segments["slope"].to_numpy(dtype=object), distances, rules
    )
    return _segment_table(run, cuts, slopes, rules)


def _slope_cuts(track: pd.DataFrame, rules: TerrainRules) -> tuple[Floats, Words]:
    """Return where the slope class changes [m], and the class of each stretch."""
    distance, grade = track["distance"].to_numpy(), track["grade"].to_numpy()
    if distance[-1] < rules.min_length or np.isnan(grade).all():
        return np.empty(0), np.array([Slope.UNKNOWN.value], dtype=object)
    grid = np.arange(0.0, distance[-1], GRID)
    classes = _slope_classes(np.interp(grid, distance, grade), rules)
    classes = _merge_short(classes, max(1, round(rules.min_length / GRID)))
    edges = np.flatnonzero(np.diff(classes)) + 1
    # A grid point stands for the stretch about it: the border lies half-way between two points.
    return grid[edges] - GRID / 2, _CLASSES[
        classes[np.append(0, edges).astype(np.intp)]
    ]


def _gait_cuts(run: CleanActivity, rules: TerrainRules) -> Floats:
    """Return where running turns to hiking or back [m], for no less than ``rules.gait_length``."""
    track = run.track
    distance = track["distance"].to_numpy()
    on_foot = schema.is_on_foot(run.meta.sport, run.meta.sub_sport)
    if not on_foot or distance[-1] < 2 * rules.gait_length:
        return np.empty(0)
    hiking, step = _hiking(run, rules)[0], track["step"].to_numpy()
    # Of samples at one distance interpolation needs one: the last.
    later = np.append(np.diff(distance) > 0, True)
    grid = np.arange(0.0, distance[-1], GRID)
    half = rules.gait_length / 4
    passed, hiked = (
        np.interp(grid + half, distance[later], total)
        - np.interp(grid - half, distance[later], total)
        for total in (distance[later], np.cumsum(np.where(hiking, step, 0.0))[later])
    )
    share = hiked / np.maximum(passed, 1e-9)
    clear = np.maximum.accumulate(
        np.where(np.abs(share - 0.5) > 0.1, np.arange(len(grid)), -1)
    )
    gaits = (share[np.maximum(clear, 0)] > 0.5).astype(np.intp)
    gaits = _merge_short(gaits, max(1, round(rules.gait_length / GRID)))
    return grid[np.flatnonzero(np.diff(gaits)) + 1] - GRID / 2


def _hiking(run: CleanActivity, rules: TerrainRules) -> tuple[Flags, Floats]:
    """Return which samples were hiked, and the moving time of each [s]."""
    track = run.track
    time = np.where(track["moving"].to_numpy(), track["duration"].to_numpy(), 0.0)
    speed, grade = track["speed"].to_numpy(), track["grade"].to_numpy()
    cadence = run.records["cadence"].to_numpy()
    by_steps = effort.is_walking(
        speed, cadence, grade, cadence_limit=rules.hike_cadence
    )
    by_speed = effort.is_walking(
        speed * LEVEL_TRANSITION / rules.hike_speed, None, grade
    )
    return np.where(cadence >= FEWEST_STEPS, by_steps, by_speed), time


def _further(
    borders: Floats, slopes: Words, distances: Floats, rules: TerrainRules
) -> tuple[Floats, Words]:
    """Return the cuts between borders with further ones where there is room, and the slope of each
    stretch.
    """
    room = rules.min_length / 2
    wanted = np.sort(np.asarray(distances, dtype=np.float64))
    kept: list[float] = []
    for cut in wanted[
        np.abs(np.subtract.outer(wanted, borders)).min(axis=1) >= room
    ].tolist():
        if not kept or cut - kept[-1] >= room:
            kept.append(cut)
    old = borders[1:-1]
    cuts = np.unique(np.concatenate((old, kept)))
    return cuts, slopes[np.searchsorted(old, np.append(0.0, cuts), side="right")]


def _slope_classes(grade: Floats, rules: TerrainRules) -> NDArray[np.intp]:
    """Return the class of each grid point, with hysteresis about each threshold."""
    total = np.zeros(len(grade), dtype=np.intp)
    half = rules.slope_hysteresis / 2
    position = np.arange(len(grade))
    for limit in (
        -rules.steep,
        -rules.gentle,
        -rules.flat,
        rules.flat,
        rules.gentle,
        rules.steep,
    ):
        above, below = grade > limit + half, grade < limit - half
        # Between the two borders the last clear decision holds; before the first, the plain
        # comparison.
        decided = np.maximum.accumulate(np.where(above | below, position, -1))
        total += np.where(decided >= 0, above[np.maximum(decided, 0)], grade > limit)
    return total


def _merge_short(classes: NDArray[np.intp], shortest: int) -> NDArray[np.intp]:
    """Give runs shorter than ``shortest`` points the class of the neighbour that is nearer in
    slope.
    """
    classes = classes.copy()
    for _ in range(len(_CLASSES) * 4):
        starts = np.concatenate(([0], np.flatnonzero(np.diff(classes)) + 1))
        lengths = np.diff(np.append(starts, len(classes)))
        values = classes[starts]
        if len(starts) < 2 or lengths.min() >= shortest:
            break
        padded = np.concatenate(([len(classes)], lengths, [len(classes)]))
        # Only the locally shortest, so that two neighbours don't swap.
        weakest = (
            (lengths < shortest) & (lengths <= padded[:-2]) & (lengths <= padded[2:])
        )
        weakest[1:] &= ~weakest[:-1]
        left = np.concatenate(([values[1]], values[:-1]))
        right = np.concatenate((values[1:], [values[-2]]))
        nearer = np.where(np.abs(left - values) <= np.abs(right - values), left, right)
        classes = np.repeat(np.where(weakest, nearer, values), lengths)
    return classes


def _segment_table(
    run: CleanActivity, cuts: Floats, slopes: Words, rules: TerrainRules
) -> pd.DataFrame:
    """Return the table of the stretches between cuts [m], in order of distance."""
    track, records = run.track, run.records
    distance = track["distance"].to_numpy()
    end = float(distance[-1])
    borders = np.concatenate(([0.0], cuts, [end]))
    hiking, time = _hiking(run, rules)
    speed, grade = track["speed"].to_numpy(), track["grade"].to_numpy()
    heart_rate, cadence = (
        records["heart_rate"].to_numpy(),
        records["cadence"].to_numpy(),
    )
    level = effort.grade_adjusted_speed(speed, grade)
    ascent, descent, elevation = (
        track[c].to_numpy() for c in ("ascent", "descent", "elevation")
    )
    stepping = np.where(cadence > 0, cadence, np.nan)

    # A standstill shares one distance: it belongs to the stretch that ends there.
    last = np.searchsorted(distance, borders, side="right") - 1
    last[0], last[-1] = 0, len(distance) - 1
    following = np.minimum(last + 1, len(distance) - 1)
    before, after = distance[last], distance[following]
    share = np.where(
        after > before,
        (borders - before) / np.where(after > before, after - before, 1.0),
        0.0,
    )
    share = np.clip(share, 0.0, 1.0)

    def at_borders(running: Floats) -> Floats:
        """Return a running sum at the borders; at a standstill its value when it ends."""
        out = running[last] + share * (running[following] - running[last])
        out[0], out[-1] = 0.0, running[-1]
        return np.asarray(out)

    def over(values: Floats) -> Floats:
        """Return the sum of per-sample values in each stretch."""
        return np.diff(at_borders(np.cumsum(values)))

    def mean(values: Floats) -> Floats:
        known = ~np.isnan(values)
        weight = over(np.where(known, time, 0.0))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(
                weight > 0, over(np.where(known, values * time, 0.0)) / weight, np.nan
            )

    length, duration = np.diff(borders), over(time)
    stamps = run.times_at(at_borders(run.seconds))
    rise = (
        np.diff(np.interp(borders, distance, elevation))
        if not np.isnan(elevation).all()
        else np.full(len(length), np.nan)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        hike = over(np.where(hiking, time, 0.0)) / duration
        mean_speed = np.where(duration > 0, length / duration, np.nan)
        mean_grade = np.where(length > 0, rise / length, np.nan)
    on_foot = schema.is_on_foot(run.meta.sport, run.meta.sub_sport)
    gait = np.select(
        [
            duration <= 0,
            np.isnan(mean_speed) | (end <= 0) | (not on_foot),
            hike > 0.5,
        ],
        [Gait.STOPPED.value, Gait.UNKNOWN.value, Gait.HIKE.value],
        Gait.RUN.value,
    )
    return schema.SEGMENTS.frame(
        {
            "file": run.meta.source,
            "index": np.arange(len(length)),
            "start_time": stamps[:-1],
            "end_time": stamps[1:],
            "start_distance": borders[:-1],
            "end_distance": borders[1:],
            "distance": length,
            "duration": duration,
            "surface": Surface.UNKNOWN.value,
            "surface_source": SurfaceSource.NONE.value,
            "slope": slopes,
            "mean_grade": mean_grade,
            "ascent": np.diff(np.interp(borders, distance, ascent)),
            "descent": np.diff(np.interp(borders, distance, descent)),
            "gait": gait,
            "speed": mean_speed,
            "grade_adjusted_speed": mean(level),
            "heart_rate": mean(heart_rate),
            "cadence": mean(stepping),
            "n_records": np.diff(last) + (np.arange(len(length)) == 0),
        }
    )
