"""Fastest stretch of a length, farthest stretch of a time, and the critical speed through them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trailstats.arrays import (
    ArrayLike,
    Flags,
    Floats,
    as_flags,
    as_floats,
    broadcast_floats,
)

MOST_UNSEEN = 0.05
"""Share of an effort that may lie between samples too far apart to know it (our choice). [1]"""

RECORDS = (
    (400.0, 43.03),
    (800.0, 100.91),
    (1500.0, 206.0),
    (5000.0, 755.36),
    (10000.0, 1571.0),
    (42195.0, 7235.0),
)
"""Distances [m] and durations [s] of the fastest races [WorldRecords]_."""

SHORT_COURSE = 0.97
"""Records are measured along the shortest line and by officials; a runner's device may be off by so
much (our choice). [1]
"""


@dataclass(frozen=True, eq=False)
class BestEfforts:
    """Best efforts of one recording, one entry per length or per time asked for.

    Attributes
    ----------
    distance : numpy.ndarray, shape (k,)
        Distance of the effort. [m]
    duration : numpy.ndarray, shape (k,)
        Duration of the effort. [s]
    start_time : numpy.ndarray, shape (k,)
        Begin of the effort, on the clock given. [s]

    All but what was asked for are NaN where the recording is too short.
    """

    distance: Floats
    duration: Floats
    start_time: Floats


def _usable_track(
    distance_cum: ArrayLike, time: ArrayLike, unseen: ArrayLike | None
) -> tuple[Floats, Floats, Flags]:
    d, t = broadcast_floats(distance_cum, time)
    dark = as_flags(np.zeros(d.shape) if unseen is None else unseen)
    gap = np.isnan(d) | np.isnan(t)
    if gap.any():
        d, t, dark = d[~gap], t[~gap], dark[~gap]
    return np.maximum.accumulate(d), np.maximum.accumulate(t), dark


class _Sight:
    """What is known of stretches between places, all in the unit of ``at``, distance or time."""

    def __init__(self, at: Floats, dark: Flags) -> None:
        self._at = at
        self._steps = np.cumsum(dark, dtype=np.float64)
        self._hidden = np.cumsum(np.where(dark, np.diff(at, prepend=at[:1]), 0.0))

    def sees(self, begins: Floats, ends: Floats) -> Flags:
        """Return which stretches neither begin nor end in a step of which nothing is known, and
        hold few such steps.
        """
        inside = [
            np.abs(place - np.rint(place)) > 1e-9
            for place in (
                np.interp(begins, self._at, self._steps),
                np.interp(ends, self._at, self._steps),
            )
        ]
        unknown = np.interp(ends, self._at, self._hidden)
        unknown = unknown - np.interp(begins, self._at, self._hidden)
        few = unknown <= MOST_UNSEEN * (ends - begins)
        return np.asarray(few & ~inside[0] & ~inside[1])


def _best_seen(
    worth: Floats, views: Sequence[tuple[_Sight, Floats, Floats]]
) -> int | None:
    """Return the place of the largest value among stretches that are seen, each from its begins to
    its ends.
    """
    best = int(np.argmax(worth))
    one = slice(best, best + 1)
    # Nearly always the best one is seen; to look at all costs more than to find it.
    if all(sight.sees(begin[one], end[one])[0] for sight, begin, end in views):
        return best
    seen = [sight.sees(begin, end) for sight, begin, end in views]
    worth = np.where(np.logical_and.reduce(seen), worth, -np.inf)
    best = int(np.argmax(worth))
    return None if np.isinf(worth[best]) else best


def shortest_possible(distance: ArrayLike) -> Floats:
    """Find the duration below which nobody has run a distance.

    Parameters
    ----------
    distance : array-like
        Distance on level ground. [m]

    Returns
    -------
    numpy.ndarray
        Duration of the fastest race, less 3 % for errors of a runner's device; between the
        distances of records by a power law, beyond the longest at its speed. [s] NaN below the
        shortest, 400 m, and where `distance` is NaN.

    References
    ----------
    [WorldRecords]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> performance.shortest_possible([5000.0, 10000.0]).round(1)
    array([ 732.7, 1523.9])
    """
    d = as_floats(distance)
    known, durations = np.log(np.array(RECORDS)).T
    usable = np.where(d >= RECORDS[0][0] * (1.0 - 1e-9), d, np.nan)
    fastest = np.exp(np.interp(np.log(usable), known, durations))
    beyond = np.maximum(usable / RECORDS[-1][0], 1.0)
    return as_floats(SHORT_COURSE * fastest * beyond)


def best_efforts_by_distance(
    distance_cum: ArrayLike,
    time: ArrayLike,
    lengths: ArrayLike,
    *,
    unseen: ArrayLike | None = None,
) -> BestEfforts:
    """Find the shortest time in which each length was covered.

    Between samples the runner moves evenly, so the best stretch starts or ends on a sample; both
    are searched, with cost linear in the samples.

    Parameters
    ----------
    distance_cum : array-like, shape (n,)
        Distance since the start; give the integral of grade-adjusted speed for grade-adjusted
        efforts. [m] NaN samples are dropped, a fall is held level.
    time : array-like, shape (n,)
        Clock of each sample, pauses included. [s]
    lengths : array-like, shape (k,)
        Lengths asked for. [m]
    unseen : array-like of bool, shape (n,), optional
        Whether too much time lies before a sample to know how it was covered. [1] An effort neither
        begins nor ends there, and no more than a twentieth of it is such.

    Returns
    -------
    BestEfforts
        Durations and starts. [s] NaN where the recording, as far as it was seen, is shorter than
        the length.

    Raises
    ------
    ValueError
        If a length is not positive.

    References
    ----------
    [Definition]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> best = performance.best_efforts_by_distance([0.0, 400.0, 900.0], [0.0, 100.0, 200.0], 500.0)
    >>> best.duration
    array([100.])
    """
    wanted = np.atleast_1d(as_floats(lengths))
    if np.any(~(wanted > 0.0)):
        raise ValueError("lengths must be positive")
    d, t, dark = _usable_track(distance_cum, time, unseen)
    sight = _Sight(d, dark) if dark.any() else None
    duration = np.full(wanted.shape, np.nan)
    start = duration.copy()
    for k, length in enumerate(wanted):
        if d.size < 2 or d[-1] - d[0] < length * (1.0 - 1e-12):
            continue
        room = length * 1e-12
        last = np.count_nonzero(d + length <= d[-1] + room)
        first = d.size - np.count_nonzero(d - length >= d[0] - room)
        # Of equal positions, where the runner stood, interpolation takes the last: right for
        # leaving. Arriving at the first of them is among the ends that lie on a sample.
        begins = np.concatenate([t[:last], np.interp(d[first:] - length, d, t)])
        ends = np.concatenate([np.interp(d[:last] + length, d, t), t[first:]])
        lasted = ends - begins
        views = []
        if sight is not None:
            left = np.concatenate([d[:last], d[first:] - length])
            views = [(sight, left, left + length)]
        best = _best_seen(-lasted, views)
        if best is None:
            continue
        duration[k] = lasted[best]
        start[k] = begins[best]
    return BestEfforts(wanted, duration, start)


def best_efforts_by_time(
    distance_cum: ArrayLike,
    time: ArrayLike,
    durations: ArrayLike,
    *,
    unseen: ArrayLike | None = None,
) -> BestEfforts:
    """Find the longest distance covered in each time.

    Parameters
    ----------
    distance_cum : array-like, shape (n,)
        Distance since the start; give the integral of grade-adjusted speed for grade-adjusted
        efforts. [m] NaN samples are dropped, a fall is held level.
    time : array-like, shape (n,)
        Clock of each sample, pauses included. [s]
    durations : array-like, shape (k,)
        Times asked for. [s]
    unseen : array-like of bool, shape (n,), optional
        Whether too much time or way lies before a sample to know how it was covered. [1] An effort
        neither begins nor ends there, and no more than a twentieth of its time and of its way is
        such.

    Returns
    -------
    BestEfforts
        Distances [m] and starts. [s] NaN where the recording, as far as it was seen, is shorter
        than the time.

    Raises
    ------
    ValueError
        If a duration is not positive.

    References
    ----------
    [Definition]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> best = performance.best_efforts_by_time([0.0, 400.0, 900.0], [0.0, 100.0, 200.0], 100.0)
    >>> best.distance
    array([500.])
    """
    wanted = np.atleast_1d(as_floats(durations))
    if np.any(~(wanted > 0.0)):
        raise ValueError("durations must be positive")
    d, t, dark = _usable_track(distance_cum, time, unseen)
    sights = (_Sight(t, dark), _Sight(d, dark)) if dark.any() else None
    # The last of equal times, as interpolation gives it.
    here = np.interp(t, t, d) if t.size else d
    distance = np.full(wanted.shape, np.nan)
    start = distance.copy()
    for k, span in enumerate(wanted):
        if d.size < 2 or t[-1] - t[0] < span:
            continue
        last = np.count_nonzero(t + span <= t[-1])
        first = t.size - np.count_nonzero(t - span >= t[0])
        begins = np.concatenate([t[:last], t[first:] - span])
        leaving = np.concatenate([here[:last], np.interp(t[first:] - span, t, d)])
        arriving = np.concatenate(
            [np.interp(t[:last] + span, t, d), here[first:]]
        )
        covered = arriving - leaving
        views = []
        if sights is not None:
            # By way, too: a device that makes up for way does so within a moment.
            times, ways = (begins, begins + span), (leaving, arriving)
            views = [(sights[0], *times), (sights[1], *ways)]
        best = _best_seen(covered, views)
        if best is None:
            continue
        distance[k] = covered[best]
        start[k] = begins[best]
    return BestEfforts(distance, wanted, start)


@dataclass(frozen=True)
class CriticalSpeed:
    """Line of distance on time through best efforts.

    Attributes
    ----------
    speed : float
        Critical speed, the slope. [m/s]
    reserve : float
        Distance that can be run above it, the intercept. [m]
    speed_error : float
        Standard error of the slope. [m/s] NaN with two efforts.
    n : int
        Number of efforts. [1]

    References
    ----------
    [SmythMunizPumares2020]_
    """

    speed: float
    reserve: float
    speed_error: float
    n: int


def critical_speed(distances: ArrayLike, times: ArrayLike) -> CriticalSpeed:
    """Fit critical speed by least squares of distance on time.

    Over 400, 800 and 5000 m of grade-adjusted distance
    the published prediction of a marathon was 7.67 % off on average.

    Parameters
    ----------
    distances : array-like, shape (n,)
        Distances of best efforts. [m] NaN pairs are skipped.
    times : array-like, shape (n,)
        Their durations. [s]

    Returns
    -------
    CriticalSpeed
        Slope and intercept. NaN with fewer than two different times.

    References
    ----------
    [SmythMunizPumares2020]_

    Examples
    --------
    >>> from trailstats.metrics import performance
    >>> line = performance.critical_speed([400, 800, 5000], [58.82353, 165.7754, 1288.77005])
    >>> round(line.speed, 3), round(line.reserve, 1)
    (3.74, 180.0)
    """
    d, t = broadcast_floats(distances, times)
    kept = ~(np.isnan(d) | np.isnan(t))
    d, t = d[kept], t[kept]
    nothing = float("nan")
    if t.size < 2 or np.ptp(t) == 0.0:
        return CriticalSpeed(nothing, nothing, nothing, int(t.size))
    centred = t - np.mean(t)
    spread = float(centred @ centred)
    slope = float(centred @ d) / spread
    intercept = float(np.mean(d)) - slope * float(np.mean(t))
    residual = d - intercept - slope * t
    free = t.size - 2
    error = (
        float(np.sqrt(float(residual @ residual) / free / spread))
        if free > 0
        else nothing
    )
    return CriticalSpeed(slope, intercept, error, int(t.size))
