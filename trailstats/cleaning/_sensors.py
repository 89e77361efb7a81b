"""Sensors that are recorded less often than positions, and the static of a dry strap."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import Floats, Ints, sum_up_to
from trailstats.cleaning._draft import Draft
from trailstats.cleaning._positions import flags_of_runs
from trailstats.metrics.sampling import true_runs
from trailstats.schema import Severity

HELD = ("heart_rate", "cadence", "power")
"""What is held between samples."""

SPARSE = 0.7
"""A sensor with values in fewer samples than this share is sparse (our choice)."""

SUDDEN = 20.0
"""A heart rate that changes by more than this [bpm] within `JUMP_TIME` is not the heart's (our
choice).
"""

JUMP_TIME = 5.0
"""[s]"""

ABOVE = 8.0
"""Static lies above all that the heart does otherwise by more than this [bpm] (our choice)."""

LEAST_OWN = 0.25
"""The heart's own rate goes on without a jump for this share of a recording (our choice)."""

EARLY, LONGEST_STATIC, LONGEST_SPIKE = 300.0, 600.0, 120.0
"""Static begins in the first minutes [s], and lasts as long as a strap stays dry [s]; elsewhere a
spike is shorter [s] (our choice).
"""


def hold_sensors(draft: Draft) -> None:
    """Hold values that come every few seconds until the next, so that they count for their time."""
    read, seconds = draft.activity.columns, draft.activity.seconds
    for name in HELD:
        given = np.flatnonzero(~np.isnan(read[name]))
        if len(given) < 2 or len(given) >= SPARSE * (given[-1] - given[0] + 1):
            continue
        apart = np.diff(seconds[given])
        usual = float(np.median(apart))
        longest = draft.rules.sensor_hold
        if usual > longest or np.median(np.diff(given)) < 2:
            continue
        rows = np.arange(len(seconds))
        last = np.searchsorted(given, rows, side="right") - 1
        source = given[np.maximum(last, 0)]
        until = np.append(seconds[given[1:]], np.inf)[np.maximum(last, 0)]
        begun = seconds[source]
        # Held until the next value; the last one for as long as usual.
        held = (last >= 0) & (rows > source)
        held &= np.where(
            np.isinf(until), seconds - begun < usual, until - begun <= longest
        )
        values = draft.columns[name]
        filled = np.where(held, values[source], values)
        held &= ~np.isnan(filled)
        draft.columns[name] = filled
        draft.note(
            "sensor_held",
            Severity.INFO,
            held,
            f"{name.replace('_', ' ')} was recorded every {usual:.0f} s; each value is held "
            f"until the next, for {longest:.0f} s at most",
        )


def blank_static(draft: Draft, duration: Floats) -> None:
    """Blank heart rates that jump above all that the heart does otherwise, and fall back as
    suddenly: static of a strap that is dry yet, and spikes.
    """
    heart = draft.columns["heart_rate"]
    known = np.flatnonzero(~np.isnan(heart))
    rate, clock = heart[known], draft.activity.seconds[known]
    jumps = _jumps(rate, clock)
    if not len(jumps):
        return
    # Between two jumps lies a stretch that is all the heart's or none of it.
    edges = np.concatenate(([0], jumps, [len(rate)]))
    first, last = edges[:-1], edges[1:]
    total, timer = sum_up_to(rate), sum_up_to(duration[known])
    level = (total[last] - total[first]) / (last - first)
    lasted = timer[last] - timer[first]
    longest = int(np.argmax(lasted))
    if lasted[longest] < LEAST_OWN * timer[-1]:
        return
    own = rate[first[longest] : last[longest]]
    start, stop = true_runs(level > np.quantile(own, 0.98) + ABOVE)
    # A heart rate that stays where it jumped to was too low before.
    back = last[stop - 1] < len(rate)
    long = timer[last[stop - 1]] - timer[first[start]]
    early = timer[first[start]] < EARLY
    found = back & (long <= np.where(early, LONGEST_STATIC, LONGEST_SPIKE))
    bad = np.zeros(len(heart), bool)
    bad[known] = flags_of_runs(
        first[start[found]], last[stop[found] - 1], len(rate)
    )
    draft.note(
        "heart_rate_static",
        Severity.WARNING,
        bad,
        "{count} heart rates jump above all others and fall back as suddenly, as a dry strap's "
        "do; blanked",
    )
    draft.blank(bad, "heart_rate")


def _jumps(rate: Floats, clock: Floats) -> Ints:
    """Return where the rate has become another one faster than a heart changes."""
    if len(rate) < 2:
        return np.empty(0, np.int64)
    before = np.searchsorted(clock, clock - JUMP_TIME)
    before = np.minimum(before, np.maximum(np.arange(len(rate)) - 1, 0))
    passed = clock - clock[before]
    most = SUDDEN * np.maximum(passed / JUMP_TIME, 1.0)
    sudden = (np.abs(rate - rate[before]) > most) & (passed <= 3 * JUMP_TIME)
    return true_runs(sudden)[0]
