"""What a watch makes of a run: satellite and barometer errors, optical heart rate, smart
recording.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from trailstats.arrays import Flags, Floats

from .runner import STOPPED, Run

LATITUDE, LONGITUDE = 31.0, -44.0


@dataclass(frozen=True)
class Watch:
    """How one recording is made."""

    smart: bool
    interval: int = 1
    barometer: bool = True
    auto_pause: bool = False
    heart_rate: bool = True
    cadence_lock: bool = False
    dropout: bool = False
    late_fix: int = 0
    dynamics: bool = False


@dataclass(frozen=True, eq=False)
class Recording:
    """Columns as a device would store them, before quantising; NaN is not recorded."""

    pauses: list[tuple[float, float]]
    time: Floats
    latitude: Floats
    longitude: Floats
    altitude: Floats
    distance: Floats
    speed: Floats
    heart_rate: Floats
    cadence: Floats
    temperature: Floats
    stance_time: Floats
    vertical_oscillation: Floats
    balance: Floats
    step_length: Floats


def drifting(rng: np.random.RandomState, n: int, tau: float) -> Floats:
    """First-order noise of unit standard deviation, a value a second, correlated over ``tau`` s."""
    keep = float(np.exp(-1.0 / tau))
    first = rng.standard_normal()
    out, _ = lfilter(
        [np.sqrt(1.0 - keep * keep)],
        [1.0, -keep],
        rng.standard_normal(n),
        zi=np.array([keep * first]),
    )
    return np.asarray(out)


def to_degrees(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Metres east and north of the origin as latitude and longitude on the WGS 84 ellipsoid."""
    a, e2 = 6378137.0, 0.00669437999014
    phi = np.radians(LATITUDE)
    w = np.sqrt(1.0 - e2 * np.sin(phi) ** 2)
    north = a * (1.0 - e2) / w**3
    latitude = LATITUDE + np.degrees(y / north)
    here = np.radians(latitude)
    east = a * np.cos(here) / np.sqrt(1.0 - e2 * np.sin(here) ** 2)
    return latitude, LONGITUDE + np.degrees(x / east)


def _positions(run: Run, rng: np.random.RandomState) -> tuple[Floats, Floats]:
    n = len(run.time)
    sd = gaussian_filter1d(run.of("gnss"), 20.0, mode="nearest") * rng.uniform(
        0.8, 1.25
    )
    errors = []
    for _ in range(2):
        error = 0.75 * drifting(
            rng, n, rng.uniform(28.0, 60.0)
        ) + 0.65 * drifting(rng, n, 240.0)
        error = lfilter([0.2], [1.0, -0.8], error)
        errors.append(sd * error + 0.10 * rng.standard_normal(n))
    cut = np.where(run.trail, 2.2, 1.2)
    x = np.where(
        cut > 2,
        gaussian_filter1d(run.x, 2.2, mode="nearest"),
        gaussian_filter1d(run.x, 1.2, mode="nearest"),
    )
    y = np.where(
        cut > 2,
        gaussian_filter1d(run.y, 2.2, mode="nearest"),
        gaussian_filter1d(run.y, 1.2, mode="nearest"),
    )
    return x + errors[0], y + errors[1]


def _altitude(run: Run, watch: Watch, rng: np.random.RandomState) -> Floats:
    n = len(run.time)
    if watch.barometer:
        lagged = lfilter([0.3], [1.0, -0.7], run.z - run.z[0]) + run.z[0]
        walk = np.cumsum(rng.standard_normal(n)) * rng.uniform(1.5, 5.0) / 60.0
        weather = rng.normal(0.0, 2.0) * run.time / 3600.0
        return np.asarray(
            lagged
            + rng.normal(0.0, 7.0)
            + walk
            + weather
            + 0.22 * drifting(rng, n, 3.0)
        )
    slow = rng.uniform(2.4, 3.6) * drifting(rng, n, rng.uniform(60.0, 120.0))
    return run.z + rng.normal(0.0, 5.0) + slow + 1.0 * drifting(rng, n, 18.0)


def _heart_rate(run: Run, watch: Watch, rng: np.random.RandomState) -> Floats:
    n = len(run.time)
    if not watch.heart_rate:
        return np.full(n, np.nan)
    shown = run.heart_rate + 1.1 * drifting(rng, n, 9.0)
    if watch.cadence_lock:
        begin = int(rng.uniform(60, 200))
        length = int(rng.uniform(200, 330))
        shown[begin : begin + length] = run.cadence[
            begin : begin + length
        ] + rng.normal(0.0, 0.7)
        shown[begin : begin + length] = np.maximum(
            shown[begin : begin + length], 120.0
        )
    if watch.dropout:
        for _ in range(int(rng.randint(1, 4))):
            begin = int(rng.uniform(0.1, 0.9) * n)
            shown[begin : begin + int(rng.uniform(8, 75))] = np.nan
    return shown


def _smart(heading: Floats, speed: Floats, rng: np.random.RandomState) -> Flags:
    """Keep a point where direction or speed changes, and every few seconds anyway."""
    n = len(heading)
    keep = np.zeros(n, dtype=bool)
    gaps = rng.choice(
        [1, 2, 3, 4, 5, 6, 7],
        size=n,
        p=[0.11, 0.15, 0.17, 0.17, 0.17, 0.13, 0.10],
    )
    turned = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(heading)))])
    changed = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(speed)))])
    at, draw = 0, 0
    while at < n:
        keep[at] = True
        gap = int(gaps[draw])
        draw += 1
        ahead = min(at + gap, n - 1)
        while gap > 1 and (
            turned[ahead] - turned[at] > 0.55
            or changed[ahead] - changed[at] > 1.1
        ):
            gap -= 1
            ahead = min(at + gap, n - 1)
        at += gap
    keep[-1] = True
    return keep


def _dynamics(
    run: Run, speed: Floats, rng: np.random.RandomState
) -> tuple[Floats, Floats, Floats, Floats]:
    n = len(run.time)
    pace = np.maximum(speed, 0.8)
    running = (run.gait == 0) & (speed > 1.2)
    spread = np.where(run.technical, 2.2, np.where(run.trail, 1.5, 1.0))
    stance = (
        1000.0
        * 0.268
        * (2.65 / pace) ** 0.6
        * (1.0 + 0.35 * np.clip(run.grade, -0.15, 0.2))
    )
    stance = stance + 3.0 * spread * drifting(rng, n, 6.0)
    bounce = (
        88.0
        + 3.0 * (pace - 2.8)
        - 90.0 * np.clip(run.grade, -0.05, 0.15)
        + 1.6 * spread * drifting(rng, n, 8.0)
    )
    balance = (
        49.4 + rng.normal(0.0, 0.25) + 0.35 * spread * drifting(rng, n, 12.0)
    )
    step = 60000.0 * speed / np.maximum(run.cadence, 60.0)
    lost = ~running
    return tuple(
        np.where(lost, np.nan, column)
        for column in (stance, bounce, balance, step)
    )  # type: ignore[return-value]


def record(run: Run, watch: Watch, rng: np.random.RandomState) -> Recording:
    """Make the run as the watch stored it."""
    n = len(run.time)
    x, y = _positions(run, rng)
    latitude, longitude = to_degrees(x, y)
    altitude = _altitude(run, watch, rng)
    scale = 1.0 + rng.normal(0.0, 0.006) - 0.018 * run.trail
    wobble = 0.05 * np.where(run.trail, 1.7, 1.0) * drifting(rng, n, 4.0)
    moving = run.gait != STOPPED
    raw = np.where(
        moving, np.maximum(run.speed * scale + wobble * np.sqrt(3.0), 0.0), 0.0
    )
    distance = np.concatenate([[0.0], np.cumsum(raw)[:-1]])
    speed = lfilter([0.35], [1.0, -0.65], raw)
    speed = np.where(~moving & (speed < 0.3), 0.0, speed)
    heart_rate = _heart_rate(run, watch, rng)
    cadence = lfilter([0.5], [1.0, -0.5], run.cadence)
    cadence = np.where(cadence < 45.0, 0.0, cadence)
    heading = np.unwrap(
        np.arctan2(
            np.gradient(gaussian_filter1d(y, 2.0)),
            np.gradient(gaussian_filter1d(x, 2.0)),
        )
    )
    heading = np.where(moving, heading, 0.0)
    if watch.smart:
        keep = _smart(gaussian_filter1d(heading, 1.0), speed, rng)
    else:
        keep = np.zeros(n, dtype=bool)
        keep[:: watch.interval] = True
        keep &= rng.uniform(size=n) > 0.004
        if rng.uniform() < 0.25:
            lost = int(rng.uniform(0.2, 0.8) * n)
            keep[lost : lost + int(rng.uniform(6, 22))] = False
        keep[0] = keep[-1] = True
    pauses = []
    if watch.auto_pause:
        for begin, end in run.stops:
            if end - begin >= 9.0:
                pause = (float(np.ceil(begin) + 3), float(np.floor(end)))
                pauses.append(pause)
                keep &= ~((run.time > pause[0]) & (run.time < pause[1]))
                keep[int(pause[0])] = keep[int(pause[1])] = True
    latitude[: watch.late_fix] = np.nan
    longitude[: watch.late_fix] = np.nan
    empty = np.full(n, np.nan)
    dynamics = (
        _dynamics(run, speed, rng)
        if watch.dynamics
        else (empty, empty, empty, empty)
    )
    columns: list[Floats] = [
        run.time,
        latitude,
        longitude,
        altitude,
        distance,
        speed,
        heart_rate,
        cadence,
        run.temperature,
        *dynamics,
    ]
    kept = [np.asarray(column)[keep] for column in columns]
    return Recording(pauses, *kept)
