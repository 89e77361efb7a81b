"""Weeks of training as a series, runs by local calendar day, and the days of road races."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, as_floats
from trailstats.claims._evidence import Evidence
from trailstats.history.days import local_starts
from trailstats.metrics.load import exponential_load

YEAR = 365.25


@dataclass(frozen=True, eq=False)
class Weeks:
    """Whole weeks from Monday (UTC), those without a run included.

    Attributes
    ----------
    start : pandas.DatetimeIndex
    of_run : numpy.ndarray of int, shape (runs,)
        Week of each run; negative or beyond the last where the week is not whole.
    hours, trail_hours, expected_hours, load : numpy.ndarray
        [h], [h], [h], [1]: of all runs, of those on the trail side, by the expected shares of trail
        of all runs; load is NaN where any run of the history has none.
    n_runs, n_trail : numpy.ndarray
    """

    start: pd.DatetimeIndex
    of_run: NDArray[np.intp]
    hours: Floats
    trail_hours: Floats
    expected_hours: Floats
    load: Floats
    n_runs: Floats
    n_trail: Floats

    def __len__(self) -> int:
        return len(self.start)

    def share_before(self, weeks: int) -> Floats:
        """Return the trail share of the time of so many weeks before each week; NaN without running
        in them.
        """
        trail, every = (
            _sum_before(v, weeks) for v in (self.expected_hours, self.hours)
        )
        return _ratio(trail, every)

    def share_after(self, weeks: int) -> Floats:
        """Return the trail share of the time of so many weeks from two weeks after each week on;
        NaN likewise.
        """
        trail, every = (
            _sum_before(v[::-1], weeks)[::-1]
            for v in (self.expected_hours, self.hours)
        )
        return _ratio(trail, every)

    def regular(self, window: int, fewest: int) -> Flags:
        """Return which weeks lie in times of regular running: in some window of so many weeks of
        which at least so many hold a run.
        """
        ran = np.append(0, np.cumsum(self.n_runs > 0))
        if len(self) < window:
            return np.full(len(self), bool(ran[-1] >= fewest))
        full = ran[window:] - ran[:-window] >= fewest
        return np.convolve(full, np.ones(window)) > 0

    def chronic_hours(self) -> Floats:
        """Return the weekly hours before each week [h], their exponentially weighted mean over 42
        days.
        """
        if not len(self):
            return np.zeros(0)
        before = np.append(self.hours[:6].mean(), self.hours[:-1])
        return np.maximum(
            exponential_load(before, 6.0, initial=float(before[0])), 0.1
        )


def whole_weeks(data: Evidence) -> Weeks:
    """Return the weeks between the first and the last run, the two broken ones at the ends left
    out.
    """
    runs = data.runs
    nothing = np.zeros(0)
    if runs.empty:
        return Weeks(
            pd.DatetimeIndex([], tz="UTC"),
            np.zeros(0, dtype=np.intp),
            *[nothing] * 6,
        )
    starts = local_starts(runs)
    first, last = starts.min(), starts.max()
    monday = first.floor("D") - pd.Timedelta(days=first.weekday())
    if first - monday > pd.Timedelta(days=2):
        monday += pd.Timedelta(days=7)
    end = last.floor("D") - pd.Timedelta(days=last.weekday())
    if last - end > pd.Timedelta(days=5):
        end += pd.Timedelta(days=7)
    count = max(int((end - monday).days // 7), 0)
    week = np.asarray((starts - monday).dt.days // 7, dtype=np.intp)
    inside = (week >= 0) & (week < count)

    def total(values: pd.Series | Floats) -> Floats:
        amounts = np.asarray(values, dtype=np.float64)[inside]
        sums = np.bincount(week[inside], weights=amounts, minlength=count)[:count]
        return np.asarray(sums, dtype=np.float64)

    trail = (runs["side"] == "trail").to_numpy()
    hours = runs["moving_time"].fillna(0.0) / 3600.0
    return Weeks(
        pd.date_range(monday, periods=count, freq="7D"),
        week,
        total(hours),
        total(hours * trail),
        total(hours * runs["share"].fillna(0.0)),
        total(runs["session_load"]),
        total(np.ones(len(runs))),
        total(trail.astype(np.float64)),
    )


def season_columns(start: pd.DatetimeIndex, *, harmonics: int = 1) -> Floats:
    """Return sines and cosines of the time of year, shape (n, 2 * harmonics)."""
    angle = 2.0 * np.pi * as_floats(start.day_of_year) / YEAR
    return np.column_stack(
        [f(k * angle) for k in range(1, harmonics + 1) for f in (np.sin, np.cos)]
    )


def _ratio(part: Floats, whole: Floats) -> Floats:
    known = whole > 0
    return np.where(known, part / np.where(known, whole, 1.0), np.nan)


def _sum_before(values: Floats, weeks: int) -> Floats:
    """Return the sums of the weeks before each one; NaN where they are not all there."""
    out = np.full(len(values), np.nan)
    sums = np.append(0.0, np.cumsum(values))
    if len(values) > weeks:
        out[weeks:] = sums[weeks:-1] - sums[: -weeks - 1]
    return out


def local_days(data: Evidence) -> pd.Series:
    """Return the day of each run's start by the runner's clock."""
    days: pd.Series = local_starts(data.runs).dt.tz_localize(None).dt.normalize()
    return days


def race_days(data: Evidence, days: pd.Series) -> list[pd.Timestamp]:
    """Return the days of road races: those given, those of the profile, and runs named as races off
    the trails.
    """
    given = {
        pd.Timestamp(day) for day in (*data.races, *data.history.athlete.races)
    }
    runs = data.runs
    named = days[(runs["intent"] == "race") & (runs["side"] != "trail")]
    return sorted(given | set(named.tolist()))


def span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """Return a period as its first and last day."""
    return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
