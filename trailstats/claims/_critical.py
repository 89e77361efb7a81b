"""Which fraction of the critical speed a runner holds at one heart rate, after much trail and after
little: a description beside road improvement.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trailstats.arrays import Floats, Ints, as_floats
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding
from trailstats.claims._weeks import Weeks
from trailstats.claims.result import ClaimResult
from trailstats.claims.wording import unanswered
from trailstats.history._stored import joined_columns
from trailstats.history.training import CRITICAL_LENGTHS
from trailstats.metrics.performance import critical_speed
from trailstats.schema import EFFORTS

LOOK_BACK = 8
"""Weeks whose trail share tells much from little (our choice)."""


def critical_fraction(
    data: Evidence, weeks: Weeks, speeds: ClaimResult
) -> Finding:
    """Describe the speed at one heart rate as a fraction of the critical speed of either side's
    weeks.

    A fraction that grows tells of more endurance, a speed that grows at the same fraction of more
    speed. The critical speed is a line through the best grade-adjusted efforts over 400, 800 and
    5,000 m, whatever the day: without all-out efforts it is too low, so nothing is judged.
    """
    share = weeks.share_before(LOOK_BACK)
    known = np.isfinite(share)
    middle = float(np.median(share[known])) if known.any() else np.nan
    place = np.clip(weeks.of_run, 0, max(len(weeks) - 1, 0))
    own = share[place] if len(weeks) else np.full(len(place), np.nan)
    inside = (weeks.of_run >= 0) & (weeks.of_run < len(weeks))
    row, lengths, times = _efforts(data)
    much, little = (
        _critical(lengths[kept], times[kept])
        for kept in (
            (inside & side)[row] for side in (own > middle, own <= middle)
        )
    )
    found = unanswered(
        "critical_fraction",
        "The critical speed is too low where efforts were not run all out.",
    )
    sides = speeds.trail / much, speeds.road / little
    return Finding(
        replace(
            found,
            trail=sides[0],
            road=sides[1],
            difference=sides[0] - sides[1],
            n_trail=speeds.n_trail,
            n_road=speeds.n_road,
        )
    )


def _efforts(data: Evidence) -> tuple[Ints, Floats, Floats]:
    """Return the row, length and duration of each best effort over a distance."""
    names = ("basis", "ground", "distance", "duration")
    columns, counts = joined_columns(data.history.analyses, EFFORTS, names)
    row = np.repeat(data.row_of_analysis, counts)
    kept = (row >= 0) & (columns["basis"] == "distance")
    kept &= columns["ground"] == "level"
    lengths, times = (as_floats(columns[n])[kept] for n in names[2:])
    return row[kept], lengths, times


def _critical(lengths: Floats, times: Floats) -> float:
    """Return the critical speed of best efforts [m/s]; NaN without them."""
    best = [
        times[lengths == length].min(initial=np.inf)
        for length in CRITICAL_LENGTHS
    ]
    if not np.isfinite(best).all():
        return float("nan")
    return float(critical_speed(CRITICAL_LENGTHS, np.array(best)).speed)
