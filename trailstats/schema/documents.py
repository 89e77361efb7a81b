"""Values as the JSON documents hold them: NaN as null, times as ISO 8601 with ``Z``, tables as
lists of rows.
"""

from __future__ import annotations

import math
from enum import Enum
from typing import Any

import numpy as np
import pandas as pd

from trailstats.schema import METRICS, Table

__all__ = ["LATER_KEYS", "iso_times", "plain", "rows", "table_from_rows"]

LATER_KEYS: frozenset[str] = frozenset(
    {"athlete.privacy_secret", "athlete.timezone", "meta.timezone"}
    | {f"activities.{entry.name}" for entry in METRICS.values() if entry.column}
) | {
    "activities.attribution",
    "activities.distance_high",
    "activities.distance_low",
    "activities.distance_method",
    "activities.even_ground_distance",
    "activities.even_ground_distance_high",
    "activities.even_ground_distance_low",
    "activities.even_ground_method",
    "activities.even_ground_speed",
    "activities.trail_expected",
    "activities.trail_expected_high",
    "activities.trail_expected_low",
    "analysis.parts",
    "analysis.stretches",
    "checked.device_totals",
    "claim.road_share",
    "claim.trail_share",
    "limits.maximum_high",
    "daily.descent_spike",
    "daily.descent_spike_band",
    "daily.distance_spike",
    "daily.distance_spike_band",
    "daily.impact_spike",
    "daily.impact_spike_band",
    "limits.maximum_low",
    "meta.attribution",
    "need.marks",
    "wanted.marks",
    "profile.cadence",
    "profile.power",
    "prediction.own_pace_share",
    "profile.temperature",
    "totals.ascent_high",
    "totals.ascent_low",
    "weekly.n_hikes",
    "weekly.n_others",
    "weekly.n_runs",
    "weekly.other_moving_time",
}
"""Keys that may join the documents of one ``format_version`` after its first release, as
``"part.key"`` such as ``"segments.speed"``. Earlier documents lack them, so they are not required,
and missing when such a document is read. A metric that becomes a column of the table of activities
is one of them.
"""


def plain(value: object) -> object:
    """Return a single value as JSON knows it."""
    if type(value) is float:  # most are
        return value if math.isfinite(value) else None
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.tz_convert("UTC").isoformat().replace("+00:00", "Z")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def iso_times(times: pd.Series, *, fractions: bool = False) -> pd.Series:
    """Return UTC times as ISO 8601 texts with ``Z``, with fractions where any has some, or all
    shall; NaT as empty.
    """
    fractions = fractions or bool(
        (times.dropna() != times.dropna().dt.floor("s")).any()
    )
    text: pd.Series = times.dt.strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ" if fractions else "%Y-%m-%dT%H:%M:%SZ"
    )
    return text.fillna("")


def rows(
    frame: pd.DataFrame, *, fractions: bool = False
) -> list[dict[str, object]]:
    """Return a table as a list of rows of plain values; all times with fractions of seconds where
    that is asked.
    """
    columns: dict[str, list[Any]] = {}
    for name in frame.columns:
        series = frame[name]
        if isinstance(series.dtype, pd.DatetimeTZDtype):
            columns[str(name)] = [
                t or None for t in iso_times(series, fractions=fractions)
            ]
        elif series.dtype == np.float64:
            columns[str(name)] = [
                v if math.isfinite(v) else None for v in series.tolist()
            ]
        else:
            columns[str(name)] = series.tolist()
    return [
        dict(zip(columns, cells, strict=True))
        for cells in zip(*columns.values(), strict=True)
    ]


def table_from_rows(table: Table, items: object) -> pd.DataFrame:
    """Return the table that `rows` was made from.

    Raises
    ------
    KeyError, TypeError, ValueError
        When the rows are not of this table.
    """
    if not isinstance(items, list):
        raise TypeError(f"{table.name} is not a list")
    if not items:
        return table.empty()
    data: dict[str, object] = {}
    for column in table:
        if (
            f"{table.name}.{column.name}" in LATER_KEYS
            and column.name not in items[0]
        ):
            continue
        cells = [row[column.name] for row in items]
        if column.dtype == "float64":
            data[column.name] = np.array(
                [math.nan if c is None else c for c in cells], dtype=np.float64
            )
        elif column.dtype.startswith("datetime64"):
            data[column.name] = pd.to_datetime(
                pd.Series(cells), format="ISO8601", utc=True
            )
        else:
            data[column.name] = cells
    return table.frame(data)
