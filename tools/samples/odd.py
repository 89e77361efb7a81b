"""Files that are not a plain outdoor run, each odd in one way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from . import fitfile, xmlfile
from .courses import course
from .fitfile import Leg
from .runner import Form, Part, Physiology, Run, run
from .season import SEED, UTC_OFFSET
from .sensors import Recording, Watch, record

_BODY = Physiology()
_FORM = Form(1.01, 14.0, 0.5, 0.02, 0.4, 0.0, 0.15)


@dataclass(frozen=True)
class Odd:
    """One odd file and what is true of it."""

    file: str
    content: bytes
    truth: dict[str, Any]


def _outing(
    seed: int, route: str, effort: float, watch: Watch, form: Form = _FORM
) -> tuple[Run, Recording]:
    rng = np.random.RandomState([SEED, 5000 + seed])
    ground = course(route)
    outing = run(ground, [Part(ground.length, effort)], form, _BODY, rng)
    return outing, record(outing, watch, rng)


def _cut(r: Recording, seconds: float) -> Recording:
    keep = r.time <= seconds
    columns = {
        k: v[keep] for k, v in vars(r).items() if isinstance(v, np.ndarray)
    }
    return replace(r, **columns, pauses=[p for p in r.pauses if p[1] <= seconds])


def _facts(start: datetime, r: Recording, **more: object) -> dict[str, Any]:
    return {
        "start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "distance": round(float(r.distance[-1]), 1),
        "elapsed_time": float(r.time[-1] - r.time[0]),
        "records": len(r.time),
        **more,
    }


def _at(day: int, hour: int) -> datetime:
    return (
        datetime(2025, 1, 6, hour, 12, 5, tzinfo=UTC)
        + timedelta(days=day)
        - UTC_OFFSET
    )


def _paused(start: datetime) -> Odd:
    """Three timer pauses and, with the timer running, one long standstill."""
    form = replace(_FORM, stop_chance=0.4)
    outing, r = _outing(
        1, "park streets", 2.8, Watch(smart=True, auto_pause=True), form
    )
    waits = [(700.0, 640.0), (1500.0, 95.0)]
    time, pauses = r.time.copy(), list(r.pauses)
    added = 0.0
    for moment, length in waits:
        k = int(np.searchsorted(time, moment + added))
        pauses = [
            (a + length, b + length) if a >= time[k] else (a, b)
            for a, b in pauses
        ]
        pauses.append((float(time[k]), float(time[k] + length)))
        time[k + 1 :] += length
        added += length
    still = int(np.searchsorted(time, time[-1] - 420.0))
    count = 45
    begin = float(time[still])
    later = np.concatenate(
        [
            time[: still + 1],
            begin + 4.0 * np.arange(1, count + 1),
            time[still + 1 :] + 4.0 * count,
        ]
    )
    rng = np.random.RandomState([SEED, 5002])
    columns: dict[str, np.ndarray] = {}
    for name, value in vars(r).items():
        if isinstance(value, np.ndarray):
            hold = np.full(count, value[still])
            columns[name] = np.concatenate(
                [value[: still + 1], hold, value[still + 1 :]]
            )
    block = slice(still + 1, still + 1 + count)
    wander = np.cumsum(rng.standard_normal(count)) * 3e-6
    columns["latitude"][block] += wander
    columns["longitude"][block] += wander[::-1]
    columns["speed"][block] = 0.0
    columns["cadence"][block] = 0.0
    columns["heart_rate"][block] = 98.0 + (
        columns["heart_rate"][still] - 98.0
    ) * np.exp(-np.arange(count) * 4.0 / 40.0)
    columns["time"] = later
    pauses = [
        (a + 4.0 * count, b + 4.0 * count) if a > begin else (a, b)
        for a, b in pauses
    ]
    r = replace(r, **columns, pauses=sorted(pauses))
    timer = float(r.time[-1] - sum(b - a for a, b in r.pauses))
    content = fitfile.encode([Leg(start, r)], serial=1, utc_offset_hours=-3)
    facts = _facts(
        start,
        r,
        timer_time=timer,
        standstill=4.0 * count,
        pauses=[list(p) for p in r.pauses],
    )
    return Odd(
        "paused.fit",
        content,
        {**facts, "true_distance": round(float(outing.distance[-1]), 1)},
    )


def _treadmill(start: datetime) -> Odd:
    _, r = _outing(
        3,
        "long straights",
        2.9,
        Watch(smart=False),
        replace(_FORM, stop_chance=0.0),
    )
    r = _cut(r, 2400.0)
    gone = np.full(len(r.time), np.nan)
    r = replace(r, latitude=gone, longitude=gone, altitude=gone)
    leg = Leg(
        start, r, sub_sport="treadmill", profile="Treadmill", barometer=False
    )
    return Odd(
        "treadmill.fit",
        fitfile.encode([leg], serial=1, utc_offset_hours=-3),
        _facts(start, r),
    )


def _multisport(start: datetime) -> Odd:
    _, first = _outing(
        5, "river road", 2.9, Watch(smart=True), replace(_FORM, stop_chance=0.0)
    )
    first = _cut(first, 1500.0)
    _, ride = _outing(
        6, "two villages", 7.4, Watch(smart=True), replace(_FORM, stop_chance=0.0)
    )
    ride = replace(
        ride,
        cadence=np.full(len(ride.time), np.nan),
        heart_rate=ride.heart_rate.clip(0, 158) - 14.0,
    )
    _, last = _outing(
        7, "heath", 2.7, Watch(smart=True), replace(_FORM, stop_chance=0.0)
    )
    last = _cut(last, 1320.0)
    second = start + timedelta(seconds=float(first.time[-1]) + 75)
    third = second + timedelta(seconds=float(ride.time[-1]) + 60)
    legs = [
        Leg(start, first, profile="Run"),
        Leg(second, ride, sport="cycling", sub_sport="road", profile="Bike"),
        Leg(third, last, sub_sport="trail", profile="Trail Run"),
    ]
    content = fitfile.encode(legs, serial=1, utc_offset_hours=-3)
    sessions = [
        _facts(leg.start, leg.recording, sport=leg.sport, sub_sport=leg.sub_sport)
        for leg in legs
    ]
    return Odd(
        "multisport.fit",
        content,
        {"start_time": sessions[0]["start_time"], "sessions": sessions},
    )


def build() -> list[Odd]:
    """Every odd file, in the order of their names."""
    out = [_paused(_at(0, 18)), _treadmill(_at(1, 18)), _multisport(_at(5, 8))]

    start = _at(2, 18)
    _, r = _outing(10, "mill loop", 2.8, Watch(smart=True, barometer=False))
    content = xmlfile.gpx(start, [(start, r, "Evening run")], elevation=False)
    out.append(Odd("no-elevation.gpx", content, _facts(start, r)))

    start = _at(3, 18)
    _, r = _outing(11, "oak wood", 2.6, Watch(smart=True))
    whole = fitfile.encode(
        [Leg(start, r, sub_sport="trail", profile="Trail Run")],
        serial=1,
        utc_offset_hours=-3,
    )
    kept = int(len(whole) * 0.62)
    out.append(
        Odd(
            "truncated.fit",
            whole[:kept],
            {**_facts(start, r), "kept_bytes": kept, "whole_bytes": len(whole)},
        )
    )

    start = _at(4, 18)
    _, r = _outing(12, "lake shore", 2.6, Watch(smart=True))
    leg = Leg(start, r, sub_sport="trail", profile="Trail Run")
    same = _facts(start, r)
    out.append(
        Odd(
            "duplicate.fit",
            fitfile.encode([leg], serial=1, utc_offset_hours=-3),
            {**same, "same_as": "duplicate.gpx"},
        )
    )
    out.append(
        Odd(
            "duplicate.gpx",
            xmlfile.gpx(start, [(start, r, "Evening run")]),
            {**same, "same_as": "duplicate.fit"},
        )
    )

    first, second = _at(6, 8), _at(6, 18)
    _, a = _outing(
        13, "park streets", 2.8, Watch(smart=False, interval=5, barometer=False)
    )
    _, b = _outing(
        14, "heath", 2.6, Watch(smart=False, interval=5, barometer=False)
    )
    tracks = [_facts(first, a), _facts(second, b)]
    content = xmlfile.gpx(
        first, [(first, a, "Morning run"), (second, b, "Evening run")]
    )
    out.append(Odd("two-tracks.gpx", content, {"tracks": tracks}))

    _, r = _outing(15, "ridge", 2.6, Watch(smart=True))
    out.append(
        Odd(
            "route.gpx",
            xmlfile.gpx_route(r, "Ridge round", 12),
            {"unreadable": "a route without times"},
        )
    )
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head><title>Sign in</title></head>\n'
        "<body><h1>Sign in to continue</h1><p>Your session has ended.</p></body>\n</html>\n"
    )
    out.append(Odd("web-page.gpx", page.encode(), {"unreadable": "an HTML page"}))
    out.append(Odd("empty.fit", b"", {"unreadable": "an empty file"}))
    return sorted(out, key=lambda item: item.file)
