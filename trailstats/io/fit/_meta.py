"""What FIT messages other than records say: device, session, laps, and when the timer stood
still.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trailstats.arrays import Floats, Ints, Times
from trailstats.io._times import NAT
from trailstats.io.fit._profile import fields, message_number, value_names
from trailstats.io.fit._table import Table
from trailstats.io.fit._wire import Part
from trailstats.model.activity import (
    ActivityMeta,
    DeviceTotals,
    Issue,
    Wearer,
)
from trailstats.schema import Severity

Pauses = list[tuple[np.datetime64, np.datetime64]]

_EPOCH = np.datetime64("1989-12-31T00:00:00", "ns")
FIRST_DATE = 0x10000000  # below, a FIT time counts from power-on
_GARMIN = {"garmin", "dynastream", "dynastream_oem", "tacx"}
_TIMER = 0  # value of `event`
_START, _STOPS = 0, (1, 4, 8, 9)  # values of `event_type`
# Our choice: so long do records go on after the last stop because a device is late with them.
_SAVING = np.timedelta64(10, "s")


class Rows:
    """All messages of one kind as rows; the fields by their published names."""

    def __init__(self, part: Part, message: str) -> None:
        self.table = Table(part, message_number(message))
        self.facts = fields(message)
        # What was asked for: each row asks for the same fields.
        self._numbers: dict[str, Floats] = {}
        self._texts: dict[str, list[str]] = {}

    def __len__(self) -> int:
        return len(self.table)

    def numbers(self, name: str) -> Floats:
        """Return a field in its published unit, NaN where it is missing."""
        if name not in self._numbers:
            fact = self.facts[name]
            values = self.table.values(fact.number, fact.scale, fact.offset)
            self._numbers[name] = (
                np.full(len(self), np.nan) if values is None else values
            )
        return self._numbers[name]

    def number(self, name: str, row: int) -> float:
        """Return a field of one row, NaN where it or the row is missing."""
        return float(self.numbers(name)[row]) if row < len(self) else float("nan")

    def first(self, name: str) -> float:
        """Return the first value of a field."""
        values = self.numbers(name)
        known = values[~np.isnan(values)]
        return float(known[0]) if len(known) else float("nan")

    def text(self, name: str, row: int = 0) -> str:
        """Return a text field of one row."""
        if row >= len(self):
            return ""
        if name not in self._texts:
            self._texts[name] = self.table.texts(self.facts[name].number)
        return self._texts[name][row]

    def name(self, name: str, kind: str, row: int) -> str:
        """Return an enumerated field of one row as a name; the number where it has none."""
        return _value_name(self.number(name, row), kind)

    def names(self, name: str, kind: str) -> list[str]:
        """Return an enumerated field as names; the number where it has none."""
        return [_value_name(value, kind) for value in self.numbers(name)]


def fit_times(seconds: Floats) -> Times:
    """Return FIT seconds as UTC times, NaT where they are missing.

    Seconds that count from power-on are NaT too, unless there are no others: then the clock was
    never set, and the times are right but for their date, in 1990.
    """
    known = seconds >= FIRST_DATE
    if not known.any():
        known = seconds > 0
    nanoseconds = np.where(known, seconds, 0.0).astype("int64") * 1_000_000_000
    times = _EPOCH + nanoseconds.astype("timedelta64[ns]")
    times[~known] = NAT
    return times


def _value_name(value: float, kind: str) -> str:
    return (
        ""
        if np.isnan(value)
        else value_names(kind).get(int(value), str(int(value)))
    )


def device_meta(part: Part) -> ActivityMeta:
    """Return what holds for all sessions of a part."""
    activity, sport = Rows(part, "activity"), Rows(part, "sport")
    offset = activity.first("local_timestamp") - activity.first("timestamp")
    return ActivityMeta(
        format="fit",
        sport=next(iter(sport.names("sport", "sport")), ""),
        sub_sport=next(iter(sport.names("sub_sport", "sub_sport")), ""),
        name=sport.text("name"),
        workout=Rows(part, "workout").text("wkt_name"),
        device=_device(part),
        # Some recorders leave local_timestamp at 0, or have it of another day; zones lie up to 14
        # hours from UTC.
        local_offset=offset if abs(offset) <= 52_200 else float("nan"),
    )


def _device(part: Part) -> str:
    identity = Rows(part, "file_id")
    maker = next(
        (name for name in identity.names("manufacturer", "manufacturer") if name),
        "",
    )
    if not maker:
        info = Rows(part, "device_info")
        creator = np.flatnonzero(info.numbers("device_index") == 0)
        if not len(creator):
            return ""
        identity = info
        maker = info.names("manufacturer", "manufacturer")[int(creator[0])]
    product = identity.text("product_name")
    number = identity.first("product")
    if maker in _GARMIN and not np.isnan(number):
        product = _value_name(number, "garmin_product")
    elif not product and not np.isnan(number):
        product = str(int(number))
    return f"{maker} {product}".strip()


def session_meta(device: ActivityMeta, sessions: Rows, row: int) -> ActivityMeta:
    """Return ``device`` with what one session says."""
    if row >= len(sessions):
        return replace(
            device,
            sub_sport="" if device.sub_sport == "generic" else device.sub_sport,
        )
    sport = sessions.name("sport", "sport", row) or device.sport
    sub_sport = sessions.name("sub_sport", "sub_sport", row)
    if not sub_sport and sport == device.sport:
        sub_sport = device.sub_sport
    feel, rpe = (
        sessions.number("workout_feel", row),
        sessions.number("workout_rpe", row),
    )
    return replace(
        device,
        sport=sport,
        sub_sport="" if sub_sport == "generic" else sub_sport,
        name=sessions.text("sport_profile_name", row) or device.name,
        feel=feel if 0 <= feel <= 100 else float("nan"),
        rpe=rpe / 10 if 0 <= rpe <= 100 else float("nan"),
        device_totals=DeviceTotals(
            distance=sessions.number("total_distance", row),
            timer_time=sessions.number("total_timer_time", row),
            ascent=sessions.number("total_ascent", row),
            descent=sessions.number("total_descent", row),
        ),
    )


def read_wearer(part: Part) -> Wearer:
    """Return what the device knows about its wearer."""
    profile = Rows(part, "user_profile")
    if not len(profile):
        return Wearer()
    running = profile.first("default_max_running_heart_rate")
    return Wearer(
        weight=profile.first("weight"),
        height=profile.first("height"),
        age=profile.first("age"),
        resting_heart_rate=profile.first("resting_heart_rate"),
        max_heart_rate=profile.first("default_max_heart_rate")
        if np.isnan(running)
        else running,
    )


def read_heartbeats(
    part: Part, records: Ints, issues: list[Issue]
) -> tuple[Ints, Floats] | None:
    """Return the times between heartbeats [s], and the record that each follows in the file.

    Parameters
    ----------
    part : Part
    records : ndarray of int64
        Places of the records in the file.
    issues : list of Issue
        Gets one where a field has no size of whole values, and is left out.
    """
    table = Table(part, message_number("hrv"))
    if not len(table):
        return None
    fact = fields("hrv")["time"]
    odd = table.without_items(fact.number)
    if odd:
        message = f"{odd} messages with times between heartbeats of an odd size were left out"
        issues.append(Issue("field_size_odd", Severity.WARNING, message, odd))
    rows, seconds = table.items(fact.number, fact.scale)
    if not len(seconds):
        return None
    return np.maximum(
        np.searchsorted(records, table.offsets[rows]) - 1, 0
    ), seconds


@dataclass(frozen=True)
class Laps:
    """The laps of a part."""

    start: Times
    end: Times
    distance: Floats
    timer_time: Floats
    trigger: list[str]

    def of_leg(self, starts: Times, leg: int) -> Laps:
        """Return the laps of one of several legs, which begin at given times: each lap belongs to
        the leg that its middle lies in.
        """
        middle = self.start + (self.end - self.start) // 2
        owner = np.maximum(np.searchsorted(starts, middle, side="right") - 1, 0)
        mine = np.flatnonzero(owner == leg)
        return Laps(
            self.start[mine],
            self.end[mine],
            self.distance[mine],
            self.timer_time[mine],
            [self.trigger[i] for i in mine.tolist()],
        )

    def within(
        self, first: np.datetime64, last: np.datetime64
    ) -> dict[str, object]:
        """Return the laps that touch a stretch of time, as columns of ``schema.LAPS``."""
        kept = (self.end >= first) & (self.start <= last)
        if not kept.any():
            return {}
        return {
            "start_time": self.start[kept],
            "end_time": self.end[kept],
            "distance": self.distance[kept],
            "timer_time": self.timer_time[kept],
            "trigger": [self.trigger[row] for row in np.flatnonzero(kept)],
        }


def read_laps(part: Part) -> Laps:
    """Return the laps of a part in file order."""
    laps = Rows(part, "lap")
    return Laps(
        fit_times(laps.numbers("start_time")),
        fit_times(laps.table.seconds()),
        laps.numbers("total_distance"),
        laps.numbers("total_timer_time"),
        laps.names("lap_trigger", "lap_trigger"),
    )


def read_pauses(part: Part) -> Pauses:
    """Return the times between a stop and the next start of the timer; NaT as the end where it
    never started again.
    """
    events = Rows(part, "event")
    timer = events.numbers("event") == _TIMER
    at = fit_times(events.table.seconds())[timer]
    kinds = events.numbers("event_type")[timer]
    pauses = []
    stopped: np.datetime64 | None = None
    for time, kind in zip(at, kinds, strict=True):
        if np.isnat(time):
            continue
        if kind in _STOPS:
            stopped = time if stopped is None else stopped
        elif kind == _START and stopped is not None:
            if time > stopped:
                pauses.append((stopped, time))
            stopped = None
    if stopped is not None:
        pauses.append((stopped, NAT))
    return pauses


def pauses_within(
    pauses: Pauses, first: np.datetime64, last: np.datetime64
) -> Pauses:
    """Return the parts of pauses that lie between two times."""
    found = []
    for start, end in pauses:
        begin = max(start, first)
        until = last if np.isnat(end) else min(end, last)
        least = _SAVING if np.isnat(end) else np.timedelta64(0, "s")
        if until - begin > least:
            found.append((begin, until))
    return found
