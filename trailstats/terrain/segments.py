"""Cutting a run where its slope or gait changes, and describing each stretch.

Every number of a segment is the difference of a running sum at its two ends, so segments add up to
the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.arrays import Flags, Floats, Ints
from trailstats.cleaning import clean
from trailstats.metrics import effort
from trailstats.model.activity import Activity, CleanActivity
from trailstats.model.inputs import as_given
from trailstats.schema import Columns, Gait, Slope, Surface, SurfaceSource
from trailstats.terrain._sequence import without_short
from trailstats.terrain.gait import level_speed_of
from trailstats.terrain.rules import TerrainRules

__all__ = [
    "cut_segments",
    "cuts_by_slope_and_gait",
    "further_cuts",
    "gaits_between",
    "hiked_samples",
    "segment_table",
]

Words = NDArray[np.object_]

GRID = 10.0
"""Spacing at which the slope class is decided [m]: the spacing of the elevation grid."""

FLAT_TRANSITION = 2.0
"""Speed on the flat at which `effort.is_walking` changes from walking to running [m/s]."""

FEWEST_STEPS = 40.0
"""Fewer steps count as not recorded, as in `effort.is_walking` [1/min]."""

NO_GROUND: Mapping[str, object] = MappingProxyType(
    {
        "surface": Surface.UNKNOWN.value,
        "surface_source": SurfaceSource.NONE.value,
    }
)
"""What is known of the ground before any evidence is heard."""

_CLASSES: Words = np.array(
    [slope.value for slope in Slope if slope is not Slope.UNKNOWN], dtype=object
)
"""From the steepest descent to the steepest climb."""


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
    rules = as_given(TerrainRules, terrain, option="terrain")
    run = clean(activity)
    hiking = hiked_samples(run, rules)
    cuts, slopes = cuts_by_slope_and_gait(run, hiking, rules)
    return segment_table(run, cuts, slopes, hiking, NO_GROUND).to_frame()


def cuts_by_slope_and_gait(
    run: CleanActivity, hiking: Flags, rules: TerrainRules
) -> tuple[Floats, Words]:
    """Return where slope class or gait change [m], and the slope class of each stretch.

    Parameters
    ----------
    run : CleanActivity
    hiking : numpy.ndarray of bool, shape (k,)
        From `hiked_samples`.
    rules : TerrainRules

    Returns
    -------
    cuts : numpy.ndarray, shape (n - 1,)
    slopes : numpy.ndarray, shape (n,)
    """
    cuts, slopes = _slope_cuts(run, rules)
    changes = _gait_cuts(run, hiking, rules)
    return further_cuts(run, (cuts, slopes), changes, rules)


def further_cuts(
    run: CleanActivity,
    cut: tuple[Floats, Words],
    distances: Floats,
    rules: TerrainRules,
) -> tuple[Floats, Words]:
    """Return cuts and slope classes with further cuts.

    Parameters
    ----------
    run : CleanActivity
    cut : tuple of numpy.ndarray
        As `cuts_by_slope_and_gait` returns it.
    distances : numpy.ndarray
        Where to cut [m]; those closer to a border, or to each other, than ``rules.min_length`` are
        left out.
    rules : TerrainRules

    Returns
    -------
    tuple of numpy.ndarray
    """
    if not len(distances):
        return cut
    cuts, slopes = cut
    ends = np.concatenate(([0.0], cuts, run.track_column("distance")[-1:]))
    return _further(ends, slopes, distances, rules)


def gaits_between(run: CleanActivity, cuts: Floats, hiking: Flags) -> Words:
    """Return how each stretch between cuts [m] was moved over, by which samples were hiked."""
    distance = run.track_column("distance")
    borders = np.concatenate(([0.0], cuts, distance[-1:]))
    found = _Borders.at(borders, distance)
    time = run.moving_seconds
    return _gaits(run, found, found.sums(time), hiking)


def _slope_cuts(run: CleanActivity, rules: TerrainRules) -> tuple[Floats, Words]:
    """Return where the slope class changes [m], and the class of each stretch."""
    distance = run.track_column("distance")
    grade = run.track_column("grade")
    if distance[-1] < rules.slope_length or np.isnan(grade).all():
        return np.empty(0), np.array([Slope.UNKNOWN.value], dtype=object)
    grid = np.arange(0.0, distance[-1], GRID)
    classes = _slope_classes(np.interp(grid, distance, grade), rules)
    shortest = max(1, round(rules.slope_length / GRID))
    classes = without_short(classes, shortest, ordered=True)
    edges = np.flatnonzero(np.diff(classes)) + 1
    # A grid point stands for the stretch about it: the border lies half-way between two points.
    return grid[edges] - GRID / 2, _CLASSES[classes[np.append([0], edges)]]


def _gait_cuts(run: CleanActivity, hiking: Flags, rules: TerrainRules) -> Floats:
    """Return where running turns to hiking or back [m], for no less than ``rules.gait_length``."""
    distance = run.track_column("distance")
    on_foot = schema.is_on_foot(run.meta.sport, run.meta.sub_sport)
    if not on_foot or distance[-1] < 2 * rules.gait_length:
        return np.empty(0)
    hiked_steps = np.where(hiking, run.track_column("step"), 0.0)
    # Of samples at one distance interpolation needs one: the last.
    later = np.append(np.diff(distance) > 0, True)
    grid = np.arange(0.0, distance[-1], GRID)
    half = rules.gait_length / 4

    def around(total: Floats) -> Floats:
        after = np.interp(grid + half, distance[later], total[later])
        before = np.interp(grid - half, distance[later], total[later])
        return np.asarray(after - before)

    share = around(np.cumsum(hiked_steps)) / np.maximum(around(distance), 1e-9)
    clear = _last_clear(np.abs(share - 0.5) > 0.1)
    gaits = (share[np.maximum(clear, 0)] > 0.5).astype(np.intp)
    shortest = max(1, round(rules.gait_length / GRID))
    gaits = without_short(gaits, shortest, ordered=True)
    return grid[np.flatnonzero(np.diff(gaits)) + 1] - GRID / 2


def _last_clear(clear: Flags) -> Ints:
    """Return, for hysteresis, the index of the last clear decision at each point; -1 before the
    first.
    """
    return np.maximum.accumulate(np.where(clear, np.arange(len(clear)), -1))


def hiked_samples(run: CleanActivity, rules: TerrainRules) -> Flags:
    """Return which samples were hiked, by steps where they are recorded, else by speed and grade.

    Parameters
    ----------
    run : CleanActivity
    rules : TerrainRules
        ``hike_cadence`` and ``hike_speed`` are used.

    Returns
    -------
    numpy.ndarray of bool, shape (k,)
    """
    speed, grade = run.track_column("speed"), run.track_column("grade")
    cadence = run.columns["cadence"]
    limit = rules.hike_cadence
    by_steps = effort.is_walking(speed, cadence, grade, cadence_limit=limit)
    scaled = speed * FLAT_TRANSITION / rules.hike_speed
    by_speed = effort.is_walking(scaled, None, grade)
    return np.where(cadence >= FEWEST_STEPS, by_steps, by_speed)


def _further(
    borders: Floats, slopes: Words, distances: Floats, rules: TerrainRules
) -> tuple[Floats, Words]:
    """Return the cuts between borders with further ones where there is room, and the slope of each
    stretch.
    """
    room = rules.min_length
    wanted = np.sort(distances)
    to_border = np.abs(np.subtract.outer(wanted, borders)).min(axis=1)
    kept: list[float] = []
    for cut in wanted[to_border >= room].tolist():
        if not kept or cut - kept[-1] >= room:
            kept.append(cut)
    old = borders[1:-1]
    cuts = np.unique(np.concatenate((old, kept)))
    return cuts, slopes[np.searchsorted(old, np.append(0.0, cuts), side="right")]


def _slope_classes(grade: Floats, rules: TerrainRules) -> NDArray[np.intp]:
    """Return the class of each grid point, with hysteresis about each threshold."""
    total = np.zeros(len(grade), dtype=np.intp)
    half = rules.slope_hysteresis / 2
    bounds = (rules.steep, rules.gentle, rules.flat)
    for limit in (*(-bound for bound in bounds), *reversed(bounds)):
        above = grade > limit + half
        # Between the two borders the last clear decision holds; before the first, the plain
        # comparison.
        decided = _last_clear(above | (grade < limit - half))
        total += np.where(
            decided >= 0, above[np.maximum(decided, 0)], grade > limit
        )
    return total


@dataclass(frozen=True, eq=False)
class _Borders:
    """Borders along the track [m], by the samples between which they lie.

    A standstill shares one distance: it belongs to the stretch that ends there.
    """

    before: Ints
    after: Ints
    share: Floats

    @classmethod
    def at(cls, borders: Floats, distance: Floats) -> _Borders:
        """Find borders, of which the first and the last are the ends of the track."""
        before = np.searchsorted(distance, borders, side="right") - 1
        before[0], before[-1] = 0, len(distance) - 1
        after = np.minimum(before + 1, len(distance) - 1)
        step = distance[after] - distance[before]
        passed = borders - distance[before]
        share = np.divide(passed, step, out=np.zeros(len(step)), where=step > 0)
        return cls(before, after, np.clip(share, 0.0, 1.0))

    def running(self, total: Floats) -> Floats:
        """Return a running sum at the borders; at a standstill its value when it ends."""
        change = total[self.after] - total[self.before]
        out = total[self.before] + self.share * change
        out[0], out[-1] = 0.0, total[-1]
        return out

    def sums(self, values: Floats) -> Floats:
        """Return the sum of per-sample values in each stretch."""
        return np.diff(self.running(np.cumsum(values)))

    def means(self, values: Floats, time: Floats) -> Floats:
        """Return the mean of per-sample values in each stretch, weighted by time; NaN left out."""
        known = ~np.isnan(values)
        weight = self.sums(np.where(known, time, 0.0))
        total = self.sums(np.where(known, values * time, 0.0))
        return _ratio(total, weight)


def _ratio(value: Floats, by: Floats) -> Floats:
    """Return a quotient, NaN where the divisor is 0."""
    out = np.full(len(by), np.nan)
    np.divide(value, by, out=out, where=by > 0)
    return out


def _gaits(
    run: CleanActivity, found: _Borders, duration: Floats, hiking: Flags
) -> Words:
    """Return the gait of each stretch, of which the moving time is known."""
    seconds = np.where(hiking, run.moving_seconds, 0.0)
    hiked = _ratio(found.sums(seconds), duration) > 0.5
    on_foot = schema.is_on_foot(run.meta.sport, run.meta.sub_sport)
    if not on_foot or not run.track_column("distance")[-1] > 0:
        moving: Words = np.full(len(duration), Gait.UNKNOWN, dtype=object)
    else:
        moving = np.where(hiked, Gait.HIKE, Gait.RUN).astype(object)
    return np.where(duration > 0, moving, Gait.STOPPED)


def segment_table(
    run: CleanActivity,
    cuts: Floats,
    slopes: Words,
    hiking: Flags,
    ground: Mapping[str, object],
) -> Columns:
    """Return the columns of the stretches between cuts [m], in order of distance; ``ground`` holds
    those that tell what lies under the feet.
    """
    columns = run.columns
    distance = run.track_column("distance")
    borders = np.concatenate(([0.0], cuts, distance[-1:]))
    found = _Borders.at(borders, distance)
    time = run.moving_seconds
    length = np.diff(borders)
    duration = found.sums(time)
    stamps = run.times_at(found.running(run.seconds))
    elevation, lifted = (
        np.diff(np.interp(borders, distance, run.track_column(name)))
        for name in ("elevation", "lifted")
    )
    # Running sums go on while someone stands, as an altimeter counts over time.
    ascent, descent = (
        np.diff(found.running(run.track_column(name)))
        for name in ("ascent", "descent")
    )
    index = np.arange(len(length))
    flat_speed = level_speed_of(run)
    # A cadence of 0 is a sensor that has found no step, not a slow one.
    cadence = np.where(columns["cadence"] > 0, columns["cadence"], np.nan)
    return schema.SEGMENTS.columns_of(
        {
            "file": run.meta.source,
            "index": index,
            "start_time": stamps[:-1],
            "end_time": stamps[1:],
            "start_distance": borders[:-1],
            "end_distance": borders[1:],
            "distance": length,
            "duration": duration,
            "slope": slopes,
            "mean_grade": _ratio(elevation - lifted, length),
            "ascent": ascent,
            "descent": descent,
            "gait": _gaits(run, found, duration, hiking),
            "speed": _ratio(length, duration),
            "grade_adjusted_speed": found.means(flat_speed, time),
            "heart_rate": found.means(columns["heart_rate"], time),
            "cadence": found.means(cadence, time),
            "n_records": np.diff(found.before) + (index == 0),
            **ground,
        }
    )
