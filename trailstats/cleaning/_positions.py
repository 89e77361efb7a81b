"""Positions that no runner could reach, and positions that stand still while the runner does
not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.cleaning._report import when
from trailstats.cleaning.rules import CleanRules
from trailstats.geo import step_lengths
from trailstats.metrics.sampling import true_runs
from trailstats.model.activity import Issue
from trailstats.schema import Severity
from trailstats.schema.arrays import Floats

__all__ = ["blank_frozen", "blank_spikes"]


MOST_SPIKES = 0.05
"""Share of the positions that may be spikes; above, the track was not run; judgement."""

FAR, EXCURSION = 50.0, 10
"""Several positions in a row are spikes when they lie so far off [m], and are at most so many;
judgement.
"""

STEPPING = 100.0
"""Mean cadence over a frozen position above which the runner was under way [1/min]; judgement."""

GOING = 0.7
"""Mean speed by the device over a frozen position above which the runner was under way [m/s];
judgement.
"""


def blank_spikes(
    columns: dict[str, Floats],
    index: pd.Index,
    seconds: Floats,
    limit: float,
    issues: list[Issue],
) -> None:
    """Blank positions that jump away and back: reached and left faster than anyone moves.

    Where many are that fast it is no error of the receiver but a vehicle; then they stay, and their
    distance is left out later.
    """
    removed = np.zeros(len(seconds), dtype=np.bool_)
    for _ in range(5):
        lat, lon = columns["latitude"], columns["longitude"]
        known = np.flatnonzero(~np.isnan(lat))
        if len(known) < 3:
            break
        length = step_lengths(lat[known], lon[known])
        elapsed = np.diff(seconds[known], prepend=seconds[known[0]] - 1.0)
        fast = length > limit * np.maximum(elapsed, 1.0)
        spike = fast & np.append(fast[1:], False)
        # At the start a receiver without a good fix jumps once, and stays where it jumped to.
        spike[0] = bool(fast[1])
        if not spike.any() or spike.sum() > MOST_SPIKES * len(known):
            break
        removed[known[spike]] = True
        _blank(columns, known[spike])
    away = _excursions(columns, seconds, limit)
    removed[away] = True
    _blank(columns, away)
    count = int(removed.sum())
    if count:
        message = f"{count} positions that no runner could reach were blanked"
        issues.append(
            Issue(
                "position_spike", Severity.WARNING, message, count, when(index, removed)
            )
        )


def _excursions(
    columns: dict[str, Floats], seconds: Floats, limit: float
) -> NDArray[np.intp]:
    """Return a few positions in a row that lie far away, where those before and after them lie
    together.
    """
    lat, lon = columns["latitude"], columns["longitude"]
    known = np.flatnonzero(~np.isnan(lat))
    none = np.empty(0, np.intp)
    if len(known) < 3:
        return none
    length = step_lengths(lat[known], lon[known])
    elapsed = np.maximum(np.diff(seconds[known], prepend=seconds[known[0]] - 1.0), 1.0)
    thrown = np.flatnonzero((length > limit * elapsed) & (length > FAR))
    if len(thrown) > MOST_SPIKES * len(known):
        return none
    found = [none]
    back = 0
    for out, home in zip(thrown[:-1].tolist(), thrown[1:].tolist(), strict=True):
        if out < back or home - out > EXCURSION:
            continue
        ends = known[[out - 1, home]]
        if step_lengths(lat[ends], lon[ends])[1] <= limit * max(
            seconds[ends[1]] - seconds[ends[0]], 1.0
        ):
            found.append(known[out:home])
            back = home + 1
    return np.concatenate(found)


def blank_frozen(
    columns: dict[str, Floats],
    index: pd.Index,
    seconds: Floats,
    duration: Floats,
    limit: float,
    rules: CleanRules,
    issues: list[Issue],
) -> None:
    """Blank repetitions of a position while the runner was under way, so that the way there is
    bridged.

    A receiver without a fix may repeat its last position. That is told from standing by the
    device's distance, by steps or the device's speed and another place afterwards, or by a jump
    afterwards that no runner could make in its time but could in all of it.
    """
    lat, lon = columns["latitude"], columns["longitude"]
    if len(lat) < 3:
        return
    same = np.append(False, (np.diff(lat) == 0) & (np.diff(lon) == 0))
    start, stop = true_runs(same)
    clock = np.append(0.0, np.cumsum(duration))
    lasted = clock[stop] - clock[start]
    long = lasted >= rules.frozen_time
    if not long.any():
        return
    start, stop, lasted = start[long], stop[long], lasted[long]

    def mean(values: Floats) -> Floats:
        known = ~np.isnan(values)
        total = np.append(0.0, np.cumsum(np.where(known, values, 0.0)))
        count = np.append(0, np.cumsum(known))
        with np.errstate(invalid="ignore"):
            return np.asarray(
                (total[stop] - total[start]) / (count[stop] - count[start])
            )

    after = np.minimum(stop, len(lat) - 1)
    jump = np.where(stop < len(lat), step_lengths(lat, lon)[after], 0.0)
    passed = seconds[after] - seconds[stop - 1]
    with np.errstate(invalid="ignore"):
        under_way = (mean(columns["cadence"]) > STEPPING) | (
            mean(columns["speed"]) > GOING
        )
        # A watch that pauses by itself keeps showing the last cadence; then nothing has moved
        # afterwards.
        under_way &= jump > GOING * lasted
        under_way |= (
            columns["distance"][stop - 1] - columns["distance"][start - 1]
            > GOING * lasted
        )
    thrown = (jump > limit * np.maximum(passed, 1.0)) & (
        jump < limit * (lasted + passed)
    )
    found = under_way | thrown
    if not found.any():
        return
    edges = np.zeros(len(lat) + 1, dtype=np.intp)
    edges[start[found]] += 1
    edges[stop[found]] -= 1
    frozen = np.cumsum(edges[:-1]) > 0
    _blank(columns, np.flatnonzero(frozen))
    count, time = int(frozen.sum()), float(lasted[found].sum())
    message = (
        f"the position stood still {int(found.sum())} times, {time:.0f} s in all, while the "
        "runner did not; blanked"
    )
    issues.append(
        Issue("position_frozen", Severity.WARNING, message, count, when(index, frozen))
    )


def _blank(columns: dict[str, Floats], rows: NDArray[np.intp]) -> None:
    for name in ("latitude", "longitude"):
        values = columns[name].copy()
        values[rows] = np.nan
        columns[name] = values
