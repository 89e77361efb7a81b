"""Many activities of one athlete: `History`, the table of activities and segments that claims are
answered from, and how it is made of folders of recordings.
"""

from __future__ import annotations

from trailstats.history._history import History, combine
from trailstats.history._partition import (
    Receipt,
    analyze_partition,
    analyze_partitions,
)
from trailstats.history._sources import (
    TIME_LIMIT,
    OnError,
    analyze_athletes,
    analyze_folder,
)
from trailstats.history._yielded import iter_analyses

__all__ = [
    "TIME_LIMIT",
    "History",
    "OnError",
    "Receipt",
    "analyze_athletes",
    "analyze_folder",
    "analyze_partition",
    "analyze_partitions",
    "combine",
    "iter_analyses",
]
