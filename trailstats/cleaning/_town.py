"""Drives through town: hardly faster than a runner, but without a runner's steps and heart."""

from __future__ import annotations

import numpy as np
import scipy

from trailstats.arrays import Flags, Floats
from trailstats.cleaning._positions import flags_of_runs
from trailstats.cleaning._ride import MINUTE, SLOWEST, Ride
from trailstats.cleaning.rules import CleanRules
from trailstats.metrics.sampling import true_runs

BLIP = 15.0
"""Steps for no longer than this [s] don't interrupt a drive: a hand that moves (our choice)."""

FARTHER = 300.0
"""Shortest way of a drive with stops [m] (our choice)."""

FASTER, LEAST = 1.25, 4.0
"""A drive is somewhere faster by this factor than the runner hardly ever runs, and than so much
[m/s] (our choice).
"""

CREEPING = 2.0
"""With a heart at rest, without a step, faster than this under way [m/s] is a drive (our
choice).
"""

CALM = 0.9
"""On a drive the heart beats at less than this share of its median (our choice)."""

RECOVERING = 0.85
"""Below this share of its median the heart shows that the run is over or interrupted (our choice).
"""

WORKING = 0.8
"""The heart of a run works at this quantile of all its rates, even if a drive follows (our
choice).
"""

BURST = 9.0
"""Nobody runs as fast as this for twenty seconds twice [m/s]: the pace of a world record over 400 m
(our choice).
"""

ENTERING = 180.0
"""Before a drive one stands, no longer ago than this [s]; so far apart are two bursts of one drive
(our choice).
"""

STANDS = 0.5
"""Standing to get in and out, allowing for errors of position [m/s] (our choice)."""


def town_drives(ride: Ride, rules: CleanRules) -> Flags:
    """Return the ticks of drives with stops.

    Parameters
    ----------
    ride : Ride
    rules : CleanRules

    Returns
    -------
    numpy.ndarray of bool
        One for each tick.
    """
    known = bool(np.isfinite(ride.beat).any())
    beat = scipy.ndimage.uniform_filter1d(
        ride.beat, max(1, round(MINUTE / ride.every)), mode="nearest"
    )
    if ride.steps:
        candidates = _closed(ride.now, max(1, round(BLIP / ride.every)))
    elif known:
        candidates = _from_standing(
            ride, beat < RECOVERING * np.quantile(beat, WORKING)
        )
    else:
        return _bursts(ride)
    found = _driven(ride, candidates, beat, rules)
    return found if ride.steps else found | _bursts(ride)


def _driven(
    ride: Ride, candidates: Flags, beat: Floats, rules: CleanRules
) -> Flags:
    """Return those of the candidates in which speed and heart are no runner's."""
    start, stop = true_runs(candidates)
    if not len(start):
        return candidates
    running = (ride.fast > SLOWEST) & ~candidates
    if not running.any():
        return running
    hardly = float(np.quantile(ride.fast[running], 0.95))
    usual = float(np.median(beat[running]))
    kept = np.zeros(len(start), bool)
    for i, (first, last) in enumerate(np.transpose((start, stop)).tolist()):
        speed, heart = ride.fast[first:last], beat[first:last] / usual
        going = speed >= SLOWEST
        lasted, way = len(speed) * ride.every, float(speed.sum()) * ride.every
        if lasted < rules.carried_time_slow or way < FARTHER or not going.any():
            continue
        calm = float(np.median(heart))
        rests = calm <= rules.carried_rest
        quick = speed.max() >= max(FASTER * hardly, LEAST)
        if ride.steps:
            crawls = rests and speed[going].mean() >= CREEPING
            kept[i] = crawls or (quick and not calm > CALM)
        else:
            kept[i] = rests and quick and speed.max() >= rules.carried_speed_still
    return flags_of_runs(start[kept], stop[kept], len(ride.tick))


def _closed(flags: Flags, width: int) -> Flags:
    """Return flags whose gaps of no more than a width are filled."""
    start, stop = true_runs(~flags)
    inner = (start > 0) & (stop < len(flags)) & (stop - start <= width)
    return flags | flags_of_runs(start[inner], stop[inner], len(flags))


def _from_standing(ride: Ride, flags: Flags) -> Flags:
    """Return runs of flags from where the runner stood before, if that was not long ago."""
    out = flags.copy()
    back = round(ENTERING / ride.every)
    stood = np.where(ride.fast < STANDS, np.arange(len(flags)), -1)
    last = np.maximum.accumulate(stood)
    for first in true_runs(flags)[0].tolist():
        if last[first] >= max(first - back, 0):
            out[last[first] : first] = True
    return out


def _bursts(ride: Ride) -> Flags:
    """Return from standing to standing what holds bursts that nobody runs."""
    size = len(ride.tick)
    width = round(ENTERING / ride.every)
    fast = ride.fast >= BURST
    if len(true_runs(fast)[0]) < 2:
        return np.zeros(size, bool)
    start, stop = true_runs(_closed(fast, width))
    out = np.zeros(size, bool)
    stands = np.flatnonzero(ride.fast < STANDS)
    for first, last in np.transpose((start, stop)).tolist():
        entered, left = np.searchsorted(stands, (first, last))
        begin = int(stands[entered - 1]) if entered else -width
        end = int(stands[left]) if left < len(stands) else size
        begin, end = (
            first if begin < first - width else begin,
            last if end > last + width else end,
        )
        out[begin:end] = True
        # What is left after the last stop is the search for a place to park.
        if size - end <= width:
            out[end:] = True
    return out
