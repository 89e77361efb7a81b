"""Standing and going, by all evidence: speed, climb, steps, and where positions lead."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Flags, Floats, Ints, divide_by_positive, sum_up_to
from trailstats.cleaning._distance import Steps
from trailstats.cleaning._draft import Draft
from trailstats.cleaning._positions import GOING, flags_of_runs
from trailstats.cleaning._ride import STEPS_RECORDED
from trailstats.elevation import Profile
from trailstats.geo import local_xy
from trailstats.metrics.sampling import true_runs

DRIFT = 5.0
"""Positions of someone who stands may drift by so much [m] (our choice)."""

WIDEST = 40.0
"""Whoever comes back to where a rest began was further away than this in between [m], or stood (our
choice).
"""

ASLEEP = 0.1
"""A device's own speed below this says that it stood [m/s] (our choice)."""


def moving_samples(
    draft: Draft,
    found: Steps,
    speed: Floats,
    distance: Floats,
    profile: Profile | None,
) -> Flags:
    """Return which samples were under way; slow going counts while it climbs.

    Parameters
    ----------
    draft : Draft
    found : Steps
    speed, distance : numpy.ndarray, shape (n,)
        Over a window of time [m/s]; since the start [m].
    profile : Profile, optional

    Returns
    -------
    numpy.ndarray of bool, shape (n,)
    """
    rules, duration = draft.rules, found.duration
    # Without positions and a device's distance all that is known of a recording is its time.
    if np.isnan(draft.columns["latitude"]).all() and not distance[-1] > 0:
        return duration > 0
    under_way = (speed >= rules.stop_speed) & ~_drifting(draft, found)
    if profile is not None:
        climb = (
            np.abs(np.interp(distance, profile.distance, profile.grade)) * speed
        )
        under_way |= climb >= rules.stop_climb
    start, stop = true_runs(~under_way)
    clock = sum_up_to(duration)
    short = clock[stop] - clock[start] < rules.stop_time
    brief = flags_of_runs(start[short], stop[short], len(duration))
    return (under_way | brief) & (duration > 0)


def _drifting(draft: Draft, found: Steps) -> Flags:
    """Return where nobody stepped, and positions or odometer go on but lead nowhere."""
    columns, duration = draft.columns, found.duration
    steps, speed = columns["cadence"], columns["speed"]
    if np.mean(steps > 0) > STEPS_RECORDED:
        quiet = steps == 0
    elif np.mean(speed > ASLEEP) > STEPS_RECORDED:
        quiet = speed < ASLEEP
    else:
        return np.zeros(len(duration), bool)
    start, stop = true_runs(quiet)
    clock = sum_up_to(duration)
    lasted = clock[stop] - clock[start]
    long = lasted >= draft.rules.stop_time
    if not long.any():
        return np.zeros(len(duration), bool)
    start, stop, lasted = start[long], stop[long], lasted[long]
    along = sum_up_to(found.step)
    led = along[stop] - along[start]
    slow = led < GOING * lasted
    placed = ~np.isnan(columns["latitude"])
    if placed.any():
        plane = local_xy(columns["latitude"], columns["longitude"])
        away = _led(plane, start, stop)
        # From the middle of the first third to that of the last, two thirds of the time pass.
        drifts = away < np.maximum(DRIFT, draft.rules.stop_speed * lasted / 1.5)
        drifts &= _extent(plane, start, stop) < WIDEST
        slow = np.where(np.isnan(away), slow, drifts)
    return flags_of_runs(start[slow], stop[slow], len(duration))


def _extent(plane: tuple[Floats, Floats], start: Ints, stop: Ints) -> Floats:
    """Return how wide the positions on a plane of each stretch spread [m]."""
    edges = np.stack([start, stop], axis=1).ravel()
    ranges = []
    for values in plane:
        padded = np.append(values, np.nan)
        high, low = (
            pick.reduceat(padded, edges)[::2] for pick in (np.fmax, np.fmin)
        )
        ranges.append(high - low)
    return np.asarray(np.hypot(*ranges))


def _led(plane: tuple[Floats, Floats], start: Ints, stop: Ints) -> Floats:
    """Return how far the last third of each stretch lies from its first [m], NaN where either has
    no position.
    """
    x, y = plane
    known = ~np.isnan(x)
    count = sum_up_to(known)
    third = (stop - start + 2) // 3

    def middle(values: Floats, first: Ints, last: Ints) -> Floats:
        total = sum_up_to(np.where(known, values, 0.0))
        seen = count[last] - count[first]
        return divide_by_positive(total[last] - total[first], seen)

    east, north = (
        middle(values, stop - third, stop) - middle(values, start, start + third)
        for values in (x, y)
    )
    return np.asarray(np.hypot(east, north))
