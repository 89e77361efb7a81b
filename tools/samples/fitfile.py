"""A recording as a FIT file, encoded by fit-tool.

Record messages are one reused fit-tool message per set of present fields: building a fresh one
for each point costs twenty times as much. The versions in the header are stated here so that
the bytes do not change with the encoder's release.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from fit_tool.data_message import DataMessage
from fit_tool.definition_message import DefinitionMessage
from fit_tool.field import Field
from fit_tool.fit_file_header import (
    FitFileHeader,
    ProfileVersion,
    ProtocolVersion,
)
from fit_tool.profile.messages.activity_message import ActivityMessage
from fit_tool.profile.messages.device_info_message import DeviceInfoMessage
from fit_tool.profile.messages.event_message import EventMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.lap_message import LapMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.messages.sport_message import SportMessage
from fit_tool.profile.messages.workout_message import WorkoutMessage
from fit_tool.record import Record
from fit_tool.utils.crc import crc16

from .sensors import Recording

SPORTS = {"running": 1, "cycling": 2, "walking": 11, "transition": 3}
SUB_SPORTS = {
    "generic": 0,
    "treadmill": 1,
    "street": 2,
    "trail": 3,
    "track": 4,
    "road": 7,
}
_START, _STOP, _STOP_ALL = 0, 1, 4
_FIT_EPOCH = 631_065_600
_TIMER, _LAP, _SESSION, _ACTIVITY = 0, 9, 8, 26


@dataclass(frozen=True)
class Leg:
    """One session of a FIT file: the recording and what the device says of it."""

    start: datetime
    recording: Recording
    sport: str = "running"
    sub_sport: str = "generic"
    profile: str = "Run"
    workout: str | None = None
    lap_distances: tuple[float, ...] = ()
    feel: int | None = None
    rpe: int | None = None
    barometer: bool = True


def milliseconds(moment: datetime, seconds: float = 0.0) -> int:
    """Return the milliseconds since 1970 of a moment and so many seconds after it."""
    return int(moment.timestamp()) * 1000 + round(seconds * 1000)


class _Writer:
    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._active: dict[int, bytes] = {}

    def define(self, message: DataMessage) -> bytes:
        definition = DefinitionMessage.from_data_message(message)
        message.set_definition_message(definition)
        encoded = bytes(Record.from_message(definition).to_bytes())
        self.activate(message.local_id, encoded)
        return encoded

    def activate(self, local_id: int, definition: bytes) -> None:
        if self._active.get(local_id) != definition:
            self._active[local_id] = definition
            self._chunks.append(definition)

    def add(self, message: DataMessage, local_id: int) -> None:
        message.local_id = local_id
        self.define(message)
        self.raw(message)

    def raw(self, message: DataMessage) -> None:
        self._chunks.append(bytes([message.local_id]) + message.to_bytes())

    def build(self) -> bytes:
        body = b"".join(self._chunks)
        header = FitFileHeader(
            records_size=len(body),
            protocol_version=ProtocolVersion(2, 0),
            profile_version=ProfileVersion(21, 158),
        )
        content = header.to_bytes() + body
        return bytes(content + crc16(content).to_bytes(2, "little"))


_COLUMNS = (
    ("position_lat", "latitude", 1e-7),
    ("position_long", "longitude", 1e-7),
    ("altitude", "altitude", 0.2),
    ("heart_rate", "heart_rate", 1.0),
    ("distance", "distance", 0.01),
    ("speed", "speed", 0.001),
    ("temperature", "temperature", 1.0),
    ("stance_time", "stance_time", 1.0),
    ("vertical_oscillation", "vertical_oscillation", 1.0),
    ("stance_time_balance", "balance", 0.01),
    ("step_length", "step_length", 1.0),
)


class _Records:
    """Point messages; one template for each set of fields that are present together."""

    def __init__(self, writer: _Writer) -> None:
        self._writer = writer
        self._templates: dict[
            tuple[str, ...], tuple[RecordMessage, list[Field], bytes]
        ] = {}

    def add(self, timestamp: int, values: dict[str, float]) -> None:
        names = tuple(values)
        if names not in self._templates:
            message = RecordMessage(local_id=8 + len(self._templates) % 8)
            message.timestamp = timestamp
            for name, value in values.items():
                setattr(message, name, value)
            message.fields = [f for f in message.fields if f.is_valid()]
            definition = self._writer.define(message)
            self._templates[names] = (
                message,
                [message.get_field_by_name(n) for n in ("timestamp", *names)],
                definition,
            )
        message, fields, definition = self._templates[names]
        self._writer.activate(message.local_id, definition)
        for field, value in zip(
            fields, (timestamp, *values.values()), strict=True
        ):
            field.set_value(0, value)
        self._writer.raw(message)


def _point(leg: Leg, k: int) -> dict[str, float]:
    values: dict[str, float] = {}
    r = leg.recording
    for name, column, unit in _COLUMNS:
        value = getattr(r, column)[k]
        if np.isfinite(value):
            scaled = float(value) / unit
            values[name] = (
                round(scaled) * unit if unit < 1.0 else float(round(scaled))
            )
    if np.isfinite(r.cadence[k]):
        halves = round(float(r.cadence[k]))
        values["cadence"] = halves // 2
        values["fractional_cadence"] = 0.5 * (halves % 2)
    return values


def ascent_descent(
    altitude: np.ndarray, hold: float = 2.0
) -> tuple[float, float]:
    """Climb and fall as a watch counts them: a turn counts once it exceeds ``hold`` metres."""
    up = down = 0.0
    known = altitude[np.isfinite(altitude)]
    if not len(known):
        return up, down
    anchor = float(known[0])
    for value in known.tolist():
        if value > anchor + hold:
            up += value - anchor
            anchor = value
        elif value < anchor - hold:
            down += anchor - value
            anchor = value
    return up, down


def _summary(
    message: LapMessage | SessionMessage,
    leg: Leg,
    first: int,
    last: int,
    timer: float,
) -> None:
    r = leg.recording
    part = slice(first, last + 1)
    length = float(r.distance[last] - r.distance[first])
    elapsed = float(r.time[last] - r.time[first])
    message.timestamp = milliseconds(leg.start, float(r.time[last]))
    message.start_time = milliseconds(leg.start, float(r.time[first]))
    message.total_elapsed_time = elapsed
    message.total_timer_time = timer
    message.total_distance = round(length, 2)
    message.event_type = _STOP
    message.sport = SPORTS[leg.sport]
    message.sub_sport = SUB_SPORTS[leg.sub_sport]
    if timer > 0:
        message.avg_speed = round(length / timer, 3)
    message.max_speed = round(float(np.max(r.speed[part])), 3)
    up, down = ascent_descent(np.round(r.altitude[part] / 0.2) * 0.2)
    if np.isfinite(r.altitude[part]).any():
        message.total_ascent, message.total_descent = round(up), round(down)
    beats = r.heart_rate[part]
    if np.isfinite(beats).any():
        message.avg_heart_rate = round(float(np.nanmean(beats)))
        message.max_heart_rate = round(float(np.nanmax(beats)))
    steps = r.cadence[part]
    steps = steps[np.isfinite(steps) & (steps > 0)]
    if len(steps):
        message.avg_running_cadence = int(np.mean(steps) // 2)
        message.max_running_cadence = int(np.max(steps) // 2)
    warm = r.temperature[part]
    if np.isfinite(warm).any():
        message.avg_temperature = round(float(np.nanmean(warm)))
    fixed = np.flatnonzero(np.isfinite(r.latitude[part]))
    if len(fixed):
        message.start_position_lat = float(r.latitude[first + fixed[0]])
        message.start_position_long = float(r.longitude[first + fixed[0]])


def _timer(leg: Leg, first: int, last: int) -> float:
    begin, end = float(leg.recording.time[first]), float(leg.recording.time[last])
    paused = sum(
        max(0.0, min(b, end) - max(a, begin)) for a, b in leg.recording.pauses
    )
    return end - begin - paused


def lap_ends(leg: Leg) -> list[int]:
    """Return the index of the last point of each lap: by hand where given, else each kilometre."""
    r = leg.recording
    total = float(r.distance[-1])
    marks = list(leg.lap_distances) or [
        1000.0 * k for k in range(1, int(total // 1000) + 1)
    ]
    ends = [
        int(np.searchsorted(r.distance, mark))
        for mark in marks
        if mark < total - 15.0
    ]
    last = len(r.time) - 1
    return [*sorted({e for e in ends if 0 < e < last}), last]


def _event(writer: _Writer, moment: int, kind: int) -> None:
    event = EventMessage()
    event.timestamp = moment
    event.event = _TIMER
    event.event_type = kind
    event.event_group = 0
    writer.add(event, 2)


def _leg(
    writer: _Writer, records: _Records, leg: Leg, index: int, laps_before: int
) -> int:
    r = leg.recording
    sport = SportMessage()
    sport.sport, sport.sub_sport, sport.sport_name = (
        SPORTS[leg.sport],
        SUB_SPORTS[leg.sub_sport],
        leg.profile,
    )
    writer.add(sport, 3)
    if leg.workout is not None:
        workout = WorkoutMessage()
        workout.sport, workout.workout_name, workout.num_valid_steps = (
            SPORTS[leg.sport],
            leg.workout,
            1,
        )
        writer.add(workout, 4)
    _event(writer, milliseconds(leg.start, float(r.time[0])), _START)
    ends = lap_ends(leg)
    marks = sorted(
        [(a, _STOP_ALL) for a, _ in r.pauses] + [(b, _START) for _, b in r.pauses]
    )
    lap_start = done = 0
    first = 0
    for k in range(len(r.time)):
        while marks and marks[0][0] <= r.time[k] and marks[0][1] == _START:
            _event(writer, milliseconds(leg.start, marks.pop(0)[0]), _START)
        records.add(milliseconds(leg.start, float(r.time[k])), _point(leg, k))
        while marks and marks[0][0] <= r.time[k] and marks[0][1] == _STOP_ALL:
            _event(writer, milliseconds(leg.start, marks.pop(0)[0]), _STOP_ALL)
        if done < len(ends) and k == ends[done]:
            lap = LapMessage()
            lap.message_index = laps_before + done
            _summary(lap, leg, lap_start, k, _timer(leg, lap_start, k))
            lap.event = _LAP
            by_hand = bool(leg.lap_distances)
            lap.lap_trigger = (
                7 if done == len(ends) - 1 else (0 if by_hand else 2)
            )
            writer.add(lap, 5)
            lap_start, done = k, done + 1
    last = len(r.time) - 1
    _event(writer, milliseconds(leg.start, float(r.time[last])), _STOP_ALL)
    session = SessionMessage()
    session.message_index = index
    _summary(session, leg, first, last, _timer(leg, first, last))
    session.event = _LAP
    session.trigger = 0
    session.first_lap_index, session.num_laps = laps_before, len(ends)
    session.sport_profile_name = leg.profile
    if leg.feel is not None:
        session.workout_feel = leg.feel
    if leg.rpe is not None:
        session.workout_rpe = leg.rpe
    writer.add(session, 6)
    return len(ends)


def encode(legs: Iterable[Leg], *, serial: int, utc_offset_hours: int) -> bytes:
    """One FIT activity file with a session for each leg."""
    legs = list(legs)
    writer = _Writer()
    start = milliseconds(legs[0].start)
    head = FileIdMessage()
    head.type, head.manufacturer, head.product, head.serial_number = (
        4,
        255,
        1,
        serial,
    )
    head.time_created = start
    writer.add(head, 0)
    for number, kind in enumerate([None, 4][: 2 if legs[0].barometer else 1]):
        info = DeviceInfoMessage()
        info.timestamp, info.device_index, info.manufacturer, info.product = (
            start,
            number,
            255,
            1,
        )
        info.software_version = 1.0
        info.source_type = 5
        if kind is not None:
            info.device_type = kind
        else:
            info.serial_number = serial
        writer.add(info, 1)
    records = _Records(writer)
    laps = 0
    for index, leg in enumerate(legs):
        laps += _leg(writer, records, leg, index, laps)
    last = legs[-1]
    end = milliseconds(last.start, float(last.recording.time[-1]))
    activity = ActivityMessage()
    activity.timestamp = end
    activity.total_timer_time = float(
        sum(_timer(leg, 0, len(leg.recording.time) - 1) for leg in legs)
    )
    activity.num_sessions = len(legs)
    activity.type = 0 if len(legs) == 1 else 1
    activity.event, activity.event_type = _ACTIVITY, _STOP
    activity.local_timestamp = end // 1000 - _FIT_EPOCH + utc_offset_hours * 3600
    writer.add(activity, 7)
    return writer.build()
