"""A run in short stretches of equal moving time: what models of a runner's effort are fitted to."""

from __future__ import annotations

from typing import Final

import numpy as np

from trailstats import schema
from trailstats.analysis._samples import Samples
from trailstats.arrays import Floats, Ints, as_floats, divide_by_positive
from trailstats.schema import Columns

STRETCH: Final = 45.0
"""Moving time of a stretch, about [s] (our choice): long enough for the heart rate to follow and
for the noise of positions to level out, short enough to keep slopes apart.
"""

SHORTEST: Final = 30.0
"""Time under way without a pause that makes a stretch, at least [s] (our choice)."""

PAUSE: Final = 30.0
"""Time without movement after which a new stretch begins [s] (our choice)."""

LAG: Final = 30.0
"""Time by which the heart rate of a stretch is taken later than its speed [s]: within runs the two
go together best at 30 to 40 (our choice, of 0 to 40 s tried on 430 runs).
"""


def stretch_table(samples: Samples, segments: Columns) -> Columns:
    """Return the stretches of a run: table ``schema.STRETCHES``; empty where no distance or nobody
    on foot.
    """
    s = samples
    if not s.on_foot or not s.has_distance:
        return schema.STRETCHES.columns_of({})
    moving = np.flatnonzero(s.time > 0)
    time = s.time[moving]
    group, count = stretch_of_each(s.clock[moving], time)
    kept = group >= 0
    if not count or not kept.any():
        return schema.STRETCHES.columns_of({})
    moving, time, group = moving[kept], time[kept], group[kept]
    before = (np.cumsum(s.time) - s.time)[moving]

    def mean(values: Floats) -> Floats:
        return _group_mean(values[moving], time, group, count)

    def first(values: Floats) -> Floats:
        at = np.searchsorted(group, np.arange(count))
        return as_floats(values[at])

    def change(name: str) -> tuple[Floats, Floats]:
        along = s.track[name]
        start = first(along[np.maximum(moving - 1, 0)])
        last = np.searchsorted(group, np.arange(count), side="right") - 1
        return start, along[moving[last]] - start

    ascent_before, ascent = change("ascent")
    descent_before, descent = change("descent")
    step = s.track["step"]
    cuts = segments["end_distance"][:-1]
    place = np.searchsorted(cuts, s.distance, side="left")
    ground = {
        name: mean(segments[name][place]) for name in ("p_trail", "p_technical")
    }
    duration = np.bincount(group, time, count)
    distance = np.bincount(group, step[moving], count)
    return schema.STRETCHES.columns_of(
        {
            "start_offset": first(s.clock[moving]),
            "moving_before": first(before),
            "duration": duration,
            "distance": distance,
            "speed": divide_by_positive(distance, duration),
            "grade": mean(s.grade),
            "ascent": ascent,
            "descent": descent,
            "ascent_before": ascent_before,
            "descent_before": descent_before,
            "walking": mean(as_floats(s.walking)),
            **ground,
            "heart_rate": mean(_later(s.heart_rate, s.clock)),
            "cadence": mean(s.cadence),
            "temperature": mean(s.records["temperature"]),
        }
    )


def stretch_of_each(clock: Floats, time: Floats) -> tuple[Ints, int]:
    """Cut moving samples into stretches of about `STRETCH`.

    Parameters
    ----------
    clock : numpy.ndarray, shape (n,)
        Time of each sample, rising [s].
    time : numpy.ndarray, shape (n,)
        Moving time that each stands for [s].

    Returns
    -------
    stretch : numpy.ndarray of int, shape (n,)
        Number of the stretch, rising; -1 in blocks too short for one.
    count : int
        How many there are.
    """
    if not len(clock):
        return np.zeros(0, dtype=np.int64), 0
    standing = np.diff(clock, prepend=clock[0]) - time
    block = np.cumsum(standing > PAUSE)
    total = np.bincount(block, time)
    number = np.rint(total / STRETCH).astype(np.int64)
    number = np.where(total >= SHORTEST, np.maximum(number, 1), 0)
    offset = np.cumsum(number) - number
    middle = np.cumsum(time) - time / 2.0
    begun = (np.cumsum(total) - total)[block]
    share = np.clip((middle - begun) / total[block], 0.0, 1.0)
    inside = np.floor(share * number[block]).astype(np.int64)
    inside = np.minimum(inside, number[block] - 1)
    group = np.where(number[block] > 0, offset[block] + inside, -1)
    # Samples that stand for more than a stretch leave numbers without one.
    known, numbered = np.unique(group[group >= 0], return_inverse=True)
    group[group >= 0] = numbered
    return group, len(known)


def _later(values: Floats, clock: Floats) -> Floats:
    """Return what a series is `LAG` later; NaN where it isn't recorded then."""
    known = ~np.isnan(values)
    if not known.any():
        return values
    at = np.searchsorted(clock, clock + LAG)
    return values[np.minimum(at, len(clock) - 1)]


def _group_mean(values: Floats, time: Floats, group: Ints, count: int) -> Floats:
    """Return the mean over the time of each group in which a value is known; NaN where it is known
    for less than half of it.
    """
    known = ~np.isnan(values)
    seconds = np.bincount(group[known], time[known], count)
    sums = np.bincount(group[known], values[known] * time[known], count)
    enough = seconds >= 0.5 * np.bincount(group, time, count)
    return np.where(enough, divide_by_positive(sums, seconds), np.nan)
