"""The same run recorded, or exported, more than once: which recording counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from trailstats.schema import ON_FOOT

SAME_TIME = 0.7
"""Two recordings of one run have so much of the longer one's time in common (our choice): a phone
is started some minutes after the watch.
"""

SAME_SPEED = 0.08
"""And their mean speeds from first to last sample differ by no more than this share (our choice).
"""

SAME_HEART_RATE = 8.0
"""And their mean heart rates, where both have one, by no more than this [bpm] (our choice): a
companion runs along at the same speed, with another heart.
"""

_KEPT = (
    64  # our choice: recordings that still run, which a new one is compared with
)
_COLUMNS = [
    "file",
    "status",
    "content_hash",
    "sport",
    "start_time",
    "distance",
    "elapsed_time",
    "mean_heart_rate",
    "n_records",
]


def copies(table: pd.DataFrame) -> list[str]:
    """Return, for each row, the source of the recording of the same run that counts, or an empty
    text.

    Parameters
    ----------
    table : pandas.DataFrame
        Table ``schema.ACTIVITIES`` in order of start time.

    Notes
    -----
    The same content is a copy; so are recordings that overlap in time and agree in speed, as when
    one run was exported in two formats, or recorded by watch and phone. Of several the fullest
    counts: with the most values known, then with the most samples, then the first.
    """
    group = np.arange(len(table))
    seen: dict[str, int] = {}
    running: list[Any] = []
    rows: Iterable[Any] = table[_COLUMNS].itertuples(index=True)
    for row, run in enumerate(rows):
        if run.status != "ok":
            continue
        twin = seen.setdefault(run.content_hash, row)
        if twin != row:
            group[row] = group[twin]
            continue
        running = [
            (other, n)
            for other, n in running[-_KEPT:]
            if _seconds(run, other) < other.elapsed_time
            or run.start_time == other.start_time
        ]
        alike = (n for other, n in running if _are_alike(run, other))
        group[row] = group[next(alike, row)]
        running.append((run, row))
    known = table.select_dtypes("float64").notna().sum(axis=1).to_numpy()
    fullness = np.lexsort((np.arange(len(table)), -table["n_records"], -known))
    best: dict[int, int] = {}
    for row in fullness.tolist():
        best.setdefault(int(group[row]), row)
    files = table["file"].tolist()
    counts = [best[number] for number in group.tolist()]
    return [
        "" if counted == row else files[counted]
        for row, counted in enumerate(counts)
    ]


def _seconds(run: Any, other: Any) -> float:  # noqa: ANN401 - rows of a table
    """Return how much later a run starts than another [s]."""
    return float((run.start_time - other.start_time).total_seconds())


def _are_alike(run: Any, other: Any) -> bool:  # noqa: ANN401 - rows of a table
    """Return whether a recording is of the same run as one that starts no later."""
    late = _seconds(run, other)
    together = min(other.elapsed_time - late, run.elapsed_time)
    longest = max(run.elapsed_time, other.elapsed_time)
    if together < SAME_TIME * longest:
        return False
    if (run.sport in ON_FOOT) != (other.sport in ON_FOOT):
        return False
    if abs(run.mean_heart_rate - other.mean_heart_rate) > SAME_HEART_RATE:
        return False
    speeds = [
        np.nan_to_num(one.distance) / max(one.elapsed_time, 1.0)
        for one in (run, other)
    ]
    # One of two may know no distance: a strap's own recording, or a treadmill.
    return bool(
        min(speeds) == 0 or abs(speeds[0] - speeds[1]) <= SAME_SPEED * max(speeds)
    )
