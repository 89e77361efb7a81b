"""Runs by local calendar day, and the days of road races."""

from __future__ import annotations

import pandas as pd

from trailstats.claims._evidence import Evidence

__all__ = ["local_days", "race_days", "span"]


def local_days(data: Evidence) -> pd.Series:
    """Return the local calendar day of each run's start, UTC where the file doesn't tell the offset."""
    runs = data.runs
    shift = pd.to_timedelta(runs["local_offset"].fillna(0.0), unit="s")
    days: pd.Series = (runs["start_time"] + shift).dt.tz_localize(None).dt.normalize()
    return days


def race_days(data: Evidence, days: pd.Series) -> list[pd.Timestamp]:
    """Return the days of road races: those given, those of the profile, and runs named as races off the trails."""
    given = {pd.Timestamp(day) for day in (*data.races, *data.history.athlete.races)}
    runs = data.runs
    named = days[(runs["intent"] == "race") & (runs["side"] != "trail")]
    return sorted(given | set(named.tolist()))


def span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return a period as its first and last day."""
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
