"""A recording on a grid of timer time, as far as lifts and vehicles show in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy

from trailstats.arrays import Flags, Floats
from trailstats.cleaning._distance import Steps
from trailstats.geo import local_xy

TICK = 5.0
"""Step of the grid of timer time on which lifts and vehicles are looked for [s]."""

PIECE = 20.0
"""Time over which speed and climb rate are taken [s]: long enough that a pressure jump isn't taken
for a lift (our choice).
"""

MINUTE = 60.0
"""Time over which slow climbs, steps and the shape of the track are taken [s]."""

SLOWEST = 1.5
"""Above this speed the athlete was moving, even allowing for errors of position [m/s] (our
choice).
"""

SLOWEST_ONWARD, STEEPEST = 0.5, 2.0
"""A slow but steady displacement at this speed [m/s], on a climb no steeper than this, is a lift
that climbs and not a barometer that drifts (our choice).
"""

STRAIGHT = 0.95
"""Least ratio of the distance between two ends to the distance travelled on the line of a lift (our
choice).
"""

STILL_SHARE = 0.1
"""Share of the time with steps, below which nobody walked (our choice)."""

STEPS_RECORDED = 0.3
"""Share of samples with steps, above which a recording has steps at all (our choice)."""

FALLING = 0.1
"""Heart rate falls when it loses this share of its median in half a minute (our choice)."""

MOST_RIDDEN = 40.0
"""No ride to or from a run is faster than this [m/s] (our choice)."""

MOST_TICKS = 20
"""Ticks for each sample at most."""


@dataclass(eq=False)
class Ride:
    """A recording on a grid of timer time; every attribute has a value for each tick."""

    columns: dict[str, Floats]
    timer: Floats
    later: Flags
    found: Steps

    def __post_init__(self) -> None:
        columns, timer, later = self.columns, self.timer, self.later
        # No more ticks than records: a recording may hold few samples of many days.
        self.every = max(TICK, float(timer[-1]) / (MOST_TICKS * len(timer)))
        self.tick = tick = np.arange(0.0, timer[-1], self.every)
        # What was too fast to be run was ridden, if it goes on; a single jump is short.
        jumps = np.minimum(self.found.thrown, MOST_RIDDEN * self.found.duration)
        distance = np.cumsum(self.found.step + jumps)
        self.fast = _rate(tick, timer[later], distance[later], PIECE)
        self.climb = self.slow_climb = np.zeros(len(tick))
        known = later & ~np.isnan(columns["elevation"])
        if known.sum() >= 10:
            climbed = self._height_climbed(known)
            height = scipy.ndimage.median_filter(climbed, 5, mode="nearest")
            self.climb = _rate(tick, timer[known], height, PIECE)
            self.slow_climb = _rate(tick, timer[known], height, MINUTE)
        self.beat, self.falling = self._heart_rates()
        self.onward, self.straight = self._shape_of_track()
        walked = columns["cadence"] > 0
        self.steps = bool(np.mean(walked) > STEPS_RECORDED)
        self.now = self.still = np.ones(len(tick), bool)
        if self.steps:
            stepping = np.cumsum(walked * self.found.duration)
            self.still = _rate(tick, timer, stepping, MINUTE) < STILL_SHARE
            self.now = _rate(tick, timer, stepping, self.every) < STILL_SHARE

    def _height_climbed(self, known: Flags) -> Floats:
        """Return the elevations less what they changed by while the timer stood."""
        height = self.columns["elevation"][known]
        # A pause takes no timer time: what happened in it would look like a lift of a second.
        pauses_before = np.cumsum(self.found.interrupted)[known]
        across = np.diff(pauses_before, prepend=pauses_before[0]) > 0
        change = np.diff(height, prepend=height[0])
        return np.asarray(height - np.cumsum(np.where(across, change, 0.0)))

    def _heart_rates(self) -> tuple[Floats, Flags]:
        """Return the heart rate at each tick as a share of its median, NaN without one, and whether
        it falls.
        """
        tick, heart_rate = self.tick, self.columns["heart_rate"]
        known = ~np.isnan(heart_rate)
        if not known.any():
            return np.full(len(tick), np.nan), np.zeros(len(tick), bool)
        usual = np.median(heart_rate[known])
        beat = np.interp(tick, self.timer[known], heart_rate[known]) / usual
        before = np.interp(tick - 15.0, tick, beat)
        after = np.interp(tick + 15.0, tick, beat)
        return beat, after < before - FALLING

    def _shape_of_track(self) -> tuple[Flags, Flags]:
        """Return where the track leads on, at no impossible slope, and where it is straight."""
        tick, columns = self.tick, self.columns
        known = self.later & ~np.isnan(columns["latitude"])
        if known.sum() < 2:
            none = np.zeros(len(tick), bool)
            return none, none
        x, y = local_xy(columns["latitude"][known], columns["longitude"][known])
        # As complex numbers, so that the size of a difference is a distance.
        points = [
            np.interp(tick + half * MINUTE / 2, self.timer[known], x + 1j * y)
            for half in range(-2, 3)
        ]
        first, before, _, after, last = points
        travelled = sum(np.abs(b - a) for a, b in pairwise(points))
        speed = np.abs(after - before) / MINUTE
        onward = (speed >= SLOWEST_ONWARD) & (self.slow_climb <= STEEPEST * speed)
        return onward, np.abs(last - first) >= STRAIGHT * travelled


def _rate(tick: Floats, timer: Floats, values: Floats, window: float) -> Floats:
    """Return the change of values per second, over a window about each tick."""
    after = np.interp(tick + window / 2, timer, values)
    before = np.interp(tick - window / 2, timer, values)
    return (after - before) / window
