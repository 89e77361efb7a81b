"""Positions that no runner could reach, and positions that stand still while the runner does
not.
"""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Flags, Floats, Ints
from trailstats.cleaning._draft import Draft
from trailstats.geo import step_lengths
from trailstats.metrics.sampling import true_runs
from trailstats.schema import Severity

MOST_SPIKES = 0.05
"""Share of the positions that may be spikes; above, the track was not run (our choice)."""

FAR, EXCURSION = 50.0, 10
"""Several positions in a row are spikes when they lie so far off [m], and are at most so many (our
choice).
"""

STEPPING = 100.0
"""Mean cadence over a frozen position above which the runner was under way [1/min] (our choice)."""

GOING = 0.7
"""Mean speed by the device over a frozen position above which the runner was under way [m/s] (our
choice).
"""


def blank_marks(draft: Draft) -> None:
    """Blank positions by which a receiver says that it has none: one far place, again and again or
    at the end of the file, that no runner could reach or leave.
    """
    known, length, most = _known_steps(draft)
    jump = (length > most) & (length > FAR)
    if len(known) < 3 or not jump.any():
        return
    lat, lon = (draft.columns[n][known] for n in ("latitude", "longitude"))
    first = np.flatnonzero(
        np.append(True, (np.diff(lat) != 0) | (np.diff(lon) != 0))
    )
    places, owner, repeats = _places(lat[first], lon[first], first, len(known))
    if len(places) < 3:
        return
    entered = jump[first]
    left = np.append(entered[1:], True)
    entered[0] = True
    alone = np.zeros(len(first), bool)
    alone[-1] = True
    mark = entered & left & (repeats[owner] | alone)
    # Of two places side by side, each out of reach of the other, the one further off is none.
    away = np.hypot(lat[first] - np.median(lat), lon[first] - np.median(lon))
    loses = np.append(mark[1:] & (away[:-1] < away[1:]), False)
    loses |= np.append(False, mark[:-1] & (away[1:] <= away[:-1]))
    mark &= ~loses
    if not mark.any() or len(np.unique(owner[~mark])) < 2:
        return
    flags = np.zeros(len(draft.index), bool)
    flags[known[np.repeat(mark, np.diff(first, append=len(known)))]] = True
    draft.blank(flags, "latitude", "longitude")
    draft.note(
        "position_unfixed",
        Severity.WARNING,
        flags,
        "{count} positions at a far place that stands for none were blanked",
    )


def _places(
    lat: Floats, lon: Floats, first: Ints, size: int
) -> tuple[Floats, Ints, Flags]:
    """Return the places of stays one by one, each stay's place, and which places several samples
    have.
    """
    places, owner = np.unique(
        np.stack((lat, lon), axis=1), axis=0, return_inverse=True
    )
    owner = owner.ravel()
    count = np.bincount(owner, weights=np.diff(first, append=size))
    return places, owner, count > 1


def blank_spikes(draft: Draft) -> None:
    """Blank positions that jump away and back: reached and left faster than anyone moves.

    Where many are that fast it is no error of the receiver but a vehicle; then they stay, and their
    distance is left out later.
    """
    removed = np.zeros(len(draft.index), bool)
    # Taking one spike out can uncover the next.
    for _ in range(5):
        known, length, most = _known_steps(draft)
        if len(known) < 3:
            break
        fast = length > most
        spike = fast & np.append(fast[1:], False)
        # At the start a receiver without a good fix jumps once, and stays where it jumped to.
        spike[0] = bool(fast[1])
        if not spike.any() or spike.sum() > MOST_SPIKES * len(known):
            break
        removed[known[spike]] = True
        draft.blank(removed, "latitude", "longitude")
    removed[_excursions(draft)] = True
    draft.blank(removed, "latitude", "longitude")
    draft.note(
        "position_spike",
        Severity.WARNING,
        removed,
        "{count} positions that no runner could reach were blanked",
    )


def _known_steps(draft: Draft) -> tuple[Ints, Floats, Floats]:
    """Return the samples with a position, the distance of each to the one before, and how far a
    runner comes in that time [m].
    """
    known = np.flatnonzero(~np.isnan(draft.columns["latitude"]))
    if not len(known):
        return known, np.empty(0), np.empty(0)
    seconds = draft.activity.seconds[known]
    elapsed = np.diff(seconds, prepend=seconds[0] - 1.0)
    length = draft.step_lengths()[known]
    return known, length, draft.limit * np.maximum(elapsed, 1.0)


def _excursions(draft: Draft) -> Ints:
    """Return a few positions in a row that lie far away, where those before and after them lie
    together.
    """
    known, length, most = _known_steps(draft)
    found = [np.empty(0, np.int64)]
    if len(known) < 3:
        return found[0]
    thrown = np.flatnonzero((length > most) & (length > FAR))
    if len(thrown) > MOST_SPIKES * len(known):
        return found[0]
    lat, lon = draft.columns["latitude"], draft.columns["longitude"]
    seconds = draft.activity.seconds
    back = 0
    for out, home in zip(thrown[:-1].tolist(), thrown[1:].tolist(), strict=True):
        if out < back or home - out > EXCURSION:
            continue
        ends = known[[out - 1, home]]
        apart = step_lengths(lat[ends], lon[ends])[1]
        if apart <= draft.limit * max(seconds[ends[1]] - seconds[ends[0]], 1.0):
            found.append(known[out:home])
            back = home + 1
    return np.concatenate(found)


def blank_frozen(draft: Draft, duration: Floats) -> None:
    """Blank repetitions of a position while the runner was under way, so that the track there is
    bridged.

    A receiver without a fix may repeat its last position. Three things show that the runner wasn't
    standing: the device's own distance, steps or the device's speed with another position
    afterwards, or a jump afterwards that no runner could make in its time but could in all of it.
    """
    columns, limit = draft.columns, draft.limit
    lat, lon = columns["latitude"], columns["longitude"]
    if len(lat) < 3:
        return
    same = np.append(False, (np.diff(lat) == 0) & (np.diff(lon) == 0))
    start, stop = true_runs(same)
    clock = np.append(0.0, np.cumsum(duration))
    lasted = clock[stop] - clock[start]
    long = lasted >= draft.rules.frozen_time
    if not long.any():
        return
    start, stop, lasted = start[long], stop[long], lasted[long]

    def mean(values: Floats) -> Floats:
        known = ~np.isnan(values)
        total = np.append(0.0, np.cumsum(np.where(known, values, 0.0)))
        count = np.append(0, np.cumsum(known))
        return np.asarray(
            (total[stop] - total[start]) / (count[stop] - count[start])
        )

    seconds, counted = draft.activity.seconds, columns["distance"]
    after = np.minimum(stop, len(lat) - 1)
    jump = np.where(stop < len(lat), draft.step_lengths()[after], 0.0)
    passed = seconds[after] - seconds[stop - 1]
    with np.errstate(invalid="ignore"):
        stepping = mean(columns["cadence"]) > STEPPING
        going = mean(columns["speed"]) > GOING
        # A watch that pauses by itself keeps showing the last cadence; then nothing has moved
        # afterwards.
        under_way = (stepping | going) & (jump > GOING * lasted)
        under_way |= counted[stop - 1] - counted[start - 1] > GOING * lasted
    thrown = jump > limit * np.maximum(passed, 1.0)
    thrown &= jump < limit * (lasted + passed)
    found = under_way | thrown
    frozen = flags_of_runs(start[found], stop[found], len(lat))
    if not frozen.any():
        return
    draft.blank(frozen, "latitude", "longitude")
    draft.note(
        "position_frozen",
        Severity.WARNING,
        frozen,
        "the position stood still {times} times, {time:.0f} s in all, while the runner did not; "
        "blanked",
        times=int(found.sum()),
        time=lasted[found].sum(),
    )


def flags_of_runs(start: Ints, stop: Ints, size: int) -> Flags:
    """Return flags that are set in the given runs: the inverse of `true_runs`."""
    edges = np.zeros(size + 1, dtype=np.intp)
    edges[start] += 1
    edges[stop] -= 1
    return np.cumsum(edges[:-1]) > 0
