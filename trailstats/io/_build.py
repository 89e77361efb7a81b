"""From the columns that a parser found to an `Activity`: times, dtypes, missing columns. Shared by
all formats.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.arrays import Flags, Floats, Ints, Times
from trailstats.errors import (
    CorruptFileError,
    LimitError,
    NotAnActivityError,
    SchemaError,
)
from trailstats.geo import step_lengths
from trailstats.model.activity import (
    Activity,
    ActivityMeta,
    Issue,
    Wearer,
    empty_pauses,
)
from trailstats.schema import NO_CADENCE, WALKS, Columns, Severity

FIRST_YEAR, LAST_YEAR = 1990, 2099
"""Years in which a consumer device can have recorded: outside, the clock was not set."""
_FIRST_TIME, _LAST_TIME = (
    np.datetime64(f"{FIRST_YEAR}-01-01", "ns"),
    np.datetime64(f"{LAST_YEAR + 1}-01-01", "ns"),
)
# Our choice: half of a runner's steps stay below a median of 100 a minute, half of a walker's below
# 60.
CADENCE_PER_LEG_BELOW = 105.0
# Our choice: no leg of a runner makes more strides a minute for long, that is for more than this
# share of the samples.
FASTEST_LEG, SINGLE = 125.0, 0.02
# Our choice: whoever walks in steps makes no fewer a minute, and hardly anybody's steps [m] are so
# short in half of a run.
SLOWEST_STEPS, SHORTEST_STEP = 75.0, 0.38
WALKING_CADENCE_PER_LEG_BELOW = 75.0


@dataclass(frozen=True)
class ParseOptions:
    """What parsers are asked for; each takes what concerns its format.

    Attributes
    ----------
    max_records, max_activities, max_layouts : int
        More samples, activities, or definitions that differ in one file are refused.
    merge_heart_rate : bool
        Whether to put the heart rates that a strap stored by itself (under water) into the records
        of a FIT file.
    """

    max_records: int = 5_000_000
    merge_heart_rate: bool = True
    max_activities: int = 1_000
    max_layouts: int = 1_000

    def check_activities(self, count: int, format: str) -> None:
        """Raise `LimitError` when a file holds too many."""
        if count > self.max_activities:
            raise LimitError(
                f"more than {self.max_activities} activities in one file of its size "
                "(limits: activities, activity_bytes)",
                format=format,
            )


@dataclass
class Parsed:
    """One activity as a parser saw it: equally long columns, nothing judged yet.

    ``time`` is datetime64[ns] with NaT where a sample has no readable time; ``columns`` and
    ``extras`` are float64 with NaN for "not recorded". ``laps`` holds the columns of
    ``schema.LAPS``.
    """

    time: Times
    columns: dict[str, Floats]
    meta: ActivityMeta
    extras: dict[str, Floats] = field(default_factory=dict)
    laps: dict[str, Any] = field(default_factory=dict)
    pauses: list[tuple[np.datetime64, np.datetime64]] = field(
        default_factory=list
    )
    issues: list[Issue] = field(default_factory=list)
    # Times between heartbeats [s], and the sample that each follows.
    rr: tuple[Ints, Floats] | None = None
    wearer: Wearer = field(default_factory=Wearer)
    # The first text of a sample's time that could not be read.
    unread_time: str = ""


def build(
    parsed: Parsed, *, source: str = "", content_hash: str = ""
) -> Activity:
    """Return the activity, in file order. The columns are moved out of ``parsed``, not held twice.

    Samples without a readable time, and positions outside the globe, are dropped and counted in an
    `Issue`.

    Raises
    ------
    NotAnActivityError
        When no sample has a time.
    CorruptFileError
        When they have, and none can be read.
    """
    issues = list(parsed.issues)
    time = parsed.time.astype("datetime64[ns]", copy=False)
    usable = usable_times(time)
    lost = len(time) - int(np.count_nonzero(usable))
    example = f", such as {parsed.unread_time!r}" if parsed.unread_time else ""
    if lost == len(time):
        if example:
            raise CorruptFileError(
                f"none of the times of {lost} samples could be read as one of "
                f"{FIRST_YEAR} to {LAST_YEAR}{example}",
                format=parsed.meta.format,
            )
        if len(time):
            raise NotAnActivityError(
                f"{len(time)} points, none with a time: a route or a course, not a recording",
                format=parsed.meta.format,
            )
        raise NotAnActivityError("no samples in it", format=parsed.meta.format)
    if lost:
        issues.append(
            Issue(
                "time_missing",
                Severity.WARNING,
                f"{lost} samples without a readable time were dropped{example}",
                lost,
            )
        )
        time = time[usable]
        for columns in (parsed.columns, parsed.extras):
            for name in columns:
                columns[name] = columns[name][usable]
    _drop_bad_positions(parsed.columns, issues)
    rr = _heartbeats(parsed)
    index = pd.DatetimeIndex(time, tz="UTC", name="time")
    start = pd.Timestamp(time.min(), tz="UTC")
    extras, laps, pauses = parsed.extras, parsed.laps, parsed.pauses
    return Activity.with_later(
        {
            "extras": lambda: pd.DataFrame(extras, index=index),
            "laps": lambda: _laps(laps),
            "pauses": lambda: _pauses(pauses),
        },
        records=_records(parsed.columns, index),
        meta=replace(
            parsed.meta,
            start_time=start,
            source=source,
            content_hash=content_hash,
        ),
        issues=tuple(issues),
        rr=rr,
        wearer=parsed.wearer,
    )


def usable_times(times: Times) -> Flags:
    """Return which times lie in the years in which one can have recorded; NaT does not."""
    return (times > _FIRST_TIME) & (times < _LAST_TIME)


def _all_on_globe(lat: Floats, lon: Floats) -> bool:
    """Return whether all positions are whole and on the globe, at a glance: nearly all recordings
    are so.
    """
    south, north = np.fmin.reduce(lat), np.fmax.reduce(lat)
    west, east = np.fmin.reduce(lon), np.fmax.reduce(lon)
    on_globe = south > -90 and north < 90 and west >= -180 and east <= 180
    near_zero = south <= 0 <= north and west <= 0 <= east
    whole = not (np.isnan(lat) != np.isnan(lon)).any()
    return bool(on_globe and not near_zero and whole)


def _heartbeats(parsed: Parsed) -> pd.Series | None:
    if parsed.rr is None:
        return None
    after, seconds = parsed.rr
    index = pd.DatetimeIndex(parsed.time[after], tz="UTC", name="time")
    return pd.Series(seconds, index=index, name="rr")


def _records(columns: dict[str, Floats], index: pd.DatetimeIndex) -> pd.DataFrame:
    """Return the table of records in one block, and empty ``columns`` on the way."""
    names = schema.RECORDS.names
    block = np.empty((len(names), len(index)))
    for row, name in zip(block, names, strict=True):
        row[:] = columns.pop(name, np.nan)
    if columns:
        raise SchemaError(f"records have no column {sorted(columns)}")
    return pd.DataFrame(block.T, index=index, columns=_RECORD_COLUMNS, copy=False)


# Made once: empty tables with typed columns cost more than a short recording.
_NO_LAPS, _NO_PAUSES = schema.LAPS.columns_of({}), empty_pauses()
_RECORD_COLUMNS = pd.Index(schema.RECORDS.names)


def _laps(laps: dict[str, Any]) -> Columns:
    return schema.LAPS.columns_of(laps) if laps else _NO_LAPS


def _pauses(pauses: list[tuple[np.datetime64, np.datetime64]]) -> pd.DataFrame:
    if not pauses:
        return _NO_PAUSES.copy(deep=False)
    start, end = (
        np.array(side, dtype="datetime64[ns]")
        for side in zip(*pauses, strict=True)
    )
    return pd.DataFrame(
        {
            "start_time": pd.DatetimeIndex(start, tz="UTC"),
            "end_time": pd.DatetimeIndex(end, tz="UTC"),
        }
    )


FARTHEST_LONGITUDE = 540.0
"""Longitudes that are counted from 0 to 360 and run on across where they begin anew end here, half
a turn further.
"""


def _drop_bad_positions(columns: dict[str, Floats], issues: list[Issue]) -> None:
    """Blank positions off the globe, at its poles and at exactly 0, 0, where receivers without a
    fix put themselves, and those without one of their two numbers; bring longitudes that ran on
    across the date line back to -180 to 180.
    """
    there = [columns[n] for n in ("latitude", "longitude") if n in columns]
    if not there:
        return
    missing = np.full(len(there[0]), np.nan)
    lat = columns.get("latitude", missing)
    lon = columns.get("longitude", missing)
    if _all_on_globe(lat, lon):
        return
    with np.errstate(invalid="ignore"):
        around = np.abs(lon)
        beyond = (around > 180) & (around <= FARTHEST_LONGITUDE)
        bad = (np.abs(lat) >= 90) | (around > FARTHEST_LONGITUDE)
        bad |= (lat == 0) & (lon == 0)
    bad |= np.isnan(lat) != np.isnan(lon)
    beyond &= ~bad
    if beyond.any():
        lon = np.where(beyond, (lon + 180.0) % 360.0 - 180.0, lon)
        columns["longitude"] = lon
        count = int(beyond.sum())
        message = (
            f"{count} longitudes beyond 180 degrees were taken around the globe"
        )
        issues.append(Issue("longitude_wrapped", Severity.INFO, message, count))
    if bad.any():
        columns["latitude"] = np.where(bad, np.nan, lat)
        columns["longitude"] = np.where(bad, np.nan, lon)
        count = int(bad.sum())
        message = f"{count} positions off the globe or incomplete were blanked"
        issues.append(Issue("position_invalid", Severity.WARNING, message, count))


def both_feet(
    columns: dict[str, Floats], time: Times, sport: str, issues: list[Issue]
) -> Floats:
    """Return cadence in steps per minute of both feet, from a format that does not say which it
    writes.

    Doubled when the median of the moving samples is one that only the steps of one leg can have:
    below 105, or 75 where the sport is a walk. A run with much walking has such a median of both
    feet: it shows in samples of running, or in steps that would be too short for the speed. The
    decision is recorded as an `Issue`.
    Cycling cadence stays as it is.
    """
    cadence = columns["cadence"]
    moving = cadence[(cadence > 0) & (cadence < NO_CADENCE)]
    if sport == "cycling" or not len(moving):
        return cadence
    median = float(np.median(moving))
    per_leg = median < (
        WALKING_CADENCE_PER_LEG_BELOW if sport in WALKS else CADENCE_PER_LEG_BELOW
    )
    if per_leg and (
        beyond_one_leg(cadence) or _steps_too_short(columns, time, median)
    ):
        per_leg = False
    feet = "one leg and was doubled" if per_leg else "both feet and was kept"
    message = f"cadence was taken to count {feet} (median {median:.0f})"
    issues.append(Issue("cadence_inferred", Severity.INFO, message))
    return doubled(cadence) if per_leg else cadence


def beyond_one_leg(cadence: Floats) -> bool:
    """Return whether more than single samples have a cadence that one leg never has."""
    moving = cadence[(cadence > 0) & (cadence <= 2 * FASTEST_LEG)]
    return len(moving) > 0 and bool(np.mean(moving > FASTEST_LEG) > SINGLE)


def _steps_too_short(
    columns: dict[str, Floats], time: Times, median: float
) -> bool:
    """Return whether a cadence, taken for strides, means steps much too short for the speed."""
    if median < SLOWEST_STEPS:
        return False
    cadence = columns["cadence"]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        length = _speed(columns, time) / (cadence / 30.0)
    known = (cadence < NO_CADENCE) & (length > 0.0) & np.isfinite(length)
    return bool(known.any() and np.median(length[known]) < SHORTEST_STEP)


def _speed(columns: dict[str, Floats], time: Times) -> Floats:
    """Return the speed of each sample by the device, else by positions [m/s]."""
    speed = columns.get("speed")
    if speed is not None and (speed > 0).any():
        return speed
    unknown = np.full(len(time), np.nan)
    lat = columns.get("latitude", unknown)
    lon = columns.get("longitude", unknown)
    passed = np.diff(time, prepend=time[:1]) / np.timedelta64(1, "s")
    return np.asarray(step_lengths(lat, lon) / passed)


def doubled(cadence: Floats) -> Floats:
    """Return twice a cadence; the number by which devices mean that there is none stays itself."""
    none = cadence >= NO_CADENCE
    return cadence * (np.where(none, 1.0, 2.0) if none.any() else 2.0)


LARGEST = 1e12
"""What is as large is no number of a recording, in any unit (our choice): its sums would overflow.
"""


def number(text: str | None) -> float:
    """Return the number in a text, NaN when there is none; a decimal comma, digits of any script
    and the decimal sign of Arabic are understood.
    """
    if text is None:
        return float("nan")
    text = text.replace("\u066b", ".").replace("\u2212", "-")
    try:
        value = float(
            text.replace(",", ".")
            if text.count(",") == 1 and "." not in text
            else text
        )
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")
