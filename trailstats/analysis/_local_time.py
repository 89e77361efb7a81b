"""By which clock an activity is dated: the file's offset, else the profile's time zone, else that
of the place where it began.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trailstats.model.activity import ActivityMeta, CleanActivity
from trailstats.model.athlete import Athlete
from trailstats.model.local_time import offset_at, zone_at


def with_zone(run: CleanActivity) -> ActivityMeta:
    """Return what the file says, with the time zone of the first position where it doesn't tell the
    local time.
    """
    meta = run.meta
    latitude, longitude = run.columns["latitude"], run.columns["longitude"]
    first = int(np.argmax(~np.isnan(latitude)))
    if np.isfinite(meta.local_offset):
        return meta
    zone = zone_at(float(latitude[first]), float(longitude[first]))
    return replace(meta, timezone=zone)


def by_local_time(meta: ActivityMeta, athlete: Athlete) -> ActivityMeta:
    """Return what the file says, with the offset of local time where it doesn't tell it."""
    if np.isfinite(meta.local_offset):
        return meta
    zone = athlete.timezone or meta.timezone
    return replace(meta, local_offset=offset_at(zone, meta.start_time))
