"""Walking or running at each record, and the level speed of equal effort that follows from it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from trailstats.arrays import Flags, Floats
from trailstats.metrics import effort
from trailstats.model.activity import CleanActivity
from trailstats.schema import is_on_foot

__all__ = ["level_speed_of", "walked"]


_LEVEL: WeakKeyDictionary[CleanActivity, Floats] = WeakKeyDictionary()
"""The level speed of runs that are at hand: segments, climbs and samples all ask for it."""


def walked(run: CleanActivity) -> Flags:
    """Return which records were walked; none of a ride."""
    on_foot = is_on_foot(run.meta.sport, run.meta.sub_sport)
    found = effort.is_walking(
        run.track_column("speed"),
        run.columns["cadence"],
        run.track_column("grade"),
    )
    return np.asarray(found & on_foot)


def level_speed_of(run: CleanActivity) -> Floats:
    """Return the grade-adjusted speed of each record, by the gait [m/s]; not to be written to."""
    if (found := _LEVEL.get(run)) is None:
        found = effort.grade_adjusted_speed(
            run.track_column("speed"),
            run.track_column("grade"),
            walking=walked(run),
        )
        found.setflags(write=False)
        _LEVEL[run] = found
    return found
