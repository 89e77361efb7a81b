"""What was computed from recordings, kept in one SQLite file: a second run computes only what
changed.

Two processes may use it at once. What stands in it is checked when it is read: a damaged file is
set aside, a damaged entry counts as not there, and what can't be kept is computed again.
"""

from __future__ import annotations

from trailstats.cache._folders import cache_folder, data_folder
from trailstats.cache._store import NAME, Cache, CacheWarning, Parts

__all__ = [
    "NAME",
    "Cache",
    "CacheWarning",
    "Parts",
    "cache_folder",
    "data_folder",
]
