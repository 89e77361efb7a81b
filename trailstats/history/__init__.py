"""Many activities of one athlete: `History`, the table of activities and segments that claims are
answered from, and how it is made of folders of recordings.
"""

from __future__ import annotations

from trailstats.history._history import History, combine
from trailstats.history._sources import (
    TIME_LIMIT,
    OnError,
    analyze_athletes,
    analyze_folder,
)

__all__ = [
    "TIME_LIMIT",
    "History",
    "OnError",
    "analyze_athletes",
    "analyze_folder",
    "combine",
]
