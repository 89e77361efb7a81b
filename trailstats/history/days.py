"""Days and weeks by the runner's clock: the one rule for all of them."""

from __future__ import annotations

import pandas as pd

__all__ = ["local_starts", "monday_of"]


def local_starts(activities: pd.DataFrame) -> pd.Series:
    """Return the start of each activity by the runner's clock.

    Parameters
    ----------
    activities : pandas.DataFrame
        With ``start_time`` and ``local_offset`` of ``schema.ACTIVITIES``.

    Returns
    -------
    pandas.Series of datetime64[ns, UTC]
        The local time as if it were UTC; UTC itself where the offset is not known.
    """
    offset = pd.to_timedelta(activities["local_offset"].fillna(0.0), unit="s")
    starts: pd.Series = activities["start_time"] + offset
    return starts


def monday_of(times: pd.Series) -> pd.Series:
    """Return the Monday of each time, at midnight in the times' own zone."""
    days: pd.Series = times.dt.floor("D")
    mondays: pd.Series = days - pd.to_timedelta(days.dt.day_of_week, unit="D")
    return mondays
