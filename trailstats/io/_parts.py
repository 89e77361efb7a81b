"""Recordings of several days that some program put into one track: each becomes an activity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from trailstats.arrays import Flags, Ints, Times
from trailstats.geo import step_lengths
from trailstats.io._build import Parsed, ParseOptions, usable_times
from trailstats.model.activity import DeviceTotals, Issue
from trailstats.schema import Severity

APART = np.timedelta64(5, "D")
"""Recordings further apart in time than this are two (our choice): nobody pauses so long, and a
weekly run comes after six days and more.
"""

LEAST_TIME, LEAST_COUNT = np.timedelta64(60, "s"), 10
"""What is shorter, or has fewer samples, is no recording but has a wrong date (our choice)."""

CLOSE = 50.0
"""A recording that goes on so near to where it was [m], at the same time of day or in another year,
is one whose clock was set (our choice).
"""

_DAY, _YEAR = np.timedelta64(1, "D"), np.timedelta64(365, "D")
_SOON = np.timedelta64(10, "m")


def separate(parsed: Parsed, options: ParseOptions) -> list[Parsed]:
    """Return the recordings in what a parser found, in the file's order; the same object where it
    is one.

    Raises
    ------
    LimitError
        When there are more than the options allow.
    """
    if not len(parsed.time):
        return [parsed]
    # A time that is missing is smaller than all, so that the span is too large then.
    stamps = parsed.time.view(np.int64)
    first, last = int(stamps.min()), int(stamps.max())
    if last - first <= int(APART.astype("m8[ns]").astype(np.int64)):
        return [parsed]
    rows = np.flatnonzero(usable_times(parsed.time))
    time = parsed.time[rows]
    if not len(rows) or time.max() - time.min() <= APART:
        return [parsed]
    begins = [0, *_begins(parsed, rows, options)]
    if len(begins) == 1:
        return [parsed]
    owner = np.searchsorted(rows[begins], np.arange(len(parsed.time)), "right")
    owner = np.maximum(owner - 1, 0)
    out = [
        _part(parsed, owner == i, f"part {i + 1} of {len(begins)}")
        for i in range(len(begins))
    ]
    return [part for part in out if part is not None]


def _begins(parsed: Parsed, rows: Ints, options: ParseOptions) -> list[int]:
    """Return where in ``rows`` another recording begins; none where one alone was made."""
    time = parsed.time[rows]
    ordered = np.sort(time)
    edges = ordered[1:][np.diff(ordered) > APART]
    day = np.searchsorted(edges, time, side="right")
    first = np.flatnonzero(np.diff(day, prepend=-1))
    last = np.append(first[1:], len(rows)) - 1
    long = last - first + 1 >= LEAST_COUNT
    span = np.abs(time[last] - time[first])
    long &= span >= LEAST_TIME
    first, last = first[long], last[long]
    options.check_activities(len(first), parsed.meta.format)
    # What interrupts a recording, or is its going on, has a wrong clock; cleaning puts it right.
    days = day[first]
    if len(np.unique(days)) < len(days):
        return []
    return [
        int(start)
        for start, end in zip(first[1:], last[:-1], strict=True)
        if not _goes_on(parsed, rows[: end + 1], rows[start:])
    ]


def _goes_on(parsed: Parsed, before: Ints, after: Ints) -> bool:
    """Return whether samples go on from where those before them ended: their clock was set."""
    lat, lon = (
        parsed.columns.get(name, np.full(len(parsed.time), np.nan))
        for name in ("latitude", "longitude")
    )
    passed = parsed.time[after[0]] - parsed.time[before[-1]]
    of_day = np.abs((passed + _DAY / 2) % _DAY - _DAY / 2)
    if of_day > _SOON and np.abs(passed) < _YEAR:
        return False
    known = ~np.isnan(lat) & ~np.isnan(lon)
    before, after = before[known[before]], after[known[after]]
    if not len(before) or not len(after):
        return True
    ends = [before[-1], after[0]]
    return bool(step_lengths(lat[ends], lon[ends])[1] <= CLOSE)


def _part(parsed: Parsed, mine: Flags, words: str) -> Parsed | None:
    """Return the recording of some of the samples."""
    time = parsed.time[mine]
    usable = time[usable_times(time)]
    if not len(usable):
        return None
    first, last = usable.min(), usable.max()
    rr = parsed.rr
    if rr is not None:
        kept = mine[rr[0]]
        rr = ((np.cumsum(mine) - 1)[rr[0][kept]], rr[1][kept])
    message = f"recordings of different days stand in one track; this is {words}"
    return replace(
        parsed,
        time=time,
        columns={name: values[mine] for name, values in parsed.columns.items()},
        extras={name: values[mine] for name, values in parsed.extras.items()},
        meta=replace(parsed.meta, device_totals=DeviceTotals()),
        laps=_laps_within(parsed.laps, first, last),
        pauses=[
            pause
            for pause in parsed.pauses
            if first <= pause[0] and pause[1] <= last
        ],
        issues=[
            *parsed.issues,
            Issue("recordings_apart", Severity.WARNING, message),
        ],
        rr=rr,
    )


def _laps_within(
    laps: Mapping[str, Any], first: np.datetime64, last: np.datetime64
) -> dict[str, Any]:
    """Return the laps that touch a stretch of time."""
    if not laps:
        return {}
    starts: Times = np.asarray(laps["start_time"], dtype="M8[ns]")
    ends: Times = np.asarray(laps["end_time"], dtype="M8[ns]")
    kept = np.flatnonzero((ends >= first) & (starts <= last)).tolist()
    if not kept:
        return {}
    return {
        name: [values[i] for i in kept]
        if isinstance(values, list)
        else values[kept]
        for name, values in laps.items()
    }
