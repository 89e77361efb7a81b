"""The simulated runner: how fast on which ground, and what the heart does about it.

Effort is an equivalent speed on flat road in m/s: what the runner means to spend. Speed is that
effort divided by what the grade and the ground cost, less what footing forbids. Heart rate
follows the spent effort with a lag, drifts upward, and moves from day to day and with heat.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from histories.runner import Physiology
from trailstats.arrays import Flags, Floats

from .ground import FOOTINGS, STEP, TRACK, Course, wave

RUN, HIKE, STOPPED = 0, 1, 2
GAITS = ("run", "hike", "stopped")


@dataclass(frozen=True)
class Part:
    """A stretch of one session at one intended effort."""

    length: float
    effort: float
    lap: bool = False


@dataclass(frozen=True)
class Form:
    """What the day adds: fitness, heat, a better or worse heart, how steadily he runs."""

    fitness: float
    temperature: float
    heart_rate_offset: float
    steadiness: float
    climb_push: float
    surge: float
    stop_chance: float
    laps_by_hand: bool = False


@dataclass(frozen=True, eq=False)
class Run:
    """What really happened, once a second from the start to the end; stops included."""

    course: Course
    time: Floats
    distance: Floats
    speed: Floats
    x: Floats
    y: Floats
    z: Floats
    grade: Floats
    footing: Floats
    gait: Floats
    spent: Floats
    heart_rate: Floats
    cadence: Floats
    temperature: Floats
    stops: list[tuple[float, float]] = field(default_factory=list)

    def of(self, name: str) -> Floats:
        """Look up the footing's number of that name at every second."""
        index = np.clip(
            (self.distance / STEP).round().astype(int), 0, len(self.course.x) - 1
        )
        return np.asarray(self.course.of(name)[index], dtype=np.float64)

    @property
    def trail(self) -> Flags:
        """Seconds on trail ground."""
        return self.of("trail") > 0.5

    @property
    def technical(self) -> Flags:
        """Seconds on technical ground."""
        return self.of("technical") > 0.5

    @property
    def moving(self) -> Flags:
        """Seconds not standing."""
        return np.asarray(self.gait != STOPPED)

    @property
    def adjusted_speed(self) -> Floats:
        """Flat-equivalent speed by the race-performance curve."""
        return self.speed * race_factor(self.grade)


def race_factor(grade: Floats) -> Floats:
    """Speed factor of grade from hill-race records, held beyond -0.25 and +0.30."""
    i = np.clip(grade, -0.25, 0.30)
    return (
        1.0
        + (5656.0 * i + 32209.0 * i**2 - 3211.0 * i**3 - 43635.0 * i**4) / 1707.0
    )


def _plan(course: Course, parts: list[Part]) -> Floats:
    edges = np.cumsum([part.length for part in parts])
    index = np.clip(
        np.searchsorted(edges, course.distance, side="right"), 0, len(parts) - 1
    )
    effort = np.array([part.effort for part in parts])[index]
    return gaussian_filter1d(effort, 3.0, mode="nearest")


def _speed(
    course: Course,
    parts: list[Part],
    form: Form,
    body: Physiology,
    rng: np.random.RandomState,
) -> tuple[Floats, Floats, Floats]:
    """Speed, spent effort and gait on every step of the course."""
    n = len(course.x)
    felt = gaussian_filter1d(course.grade, 6.0, mode="nearest")
    wide = gaussian_filter1d(course.grade, 12.0, mode="nearest")
    effort = _plan(course, parts) * form.fitness
    hard = effort > 3.25 * form.fitness
    push = (
        1.0
        + form.climb_push * np.clip(felt, 0.0, 0.16)
        + 0.25 * np.clip(felt, -0.2, 0.0)
    )
    left = course.length - course.distance
    surge = 1.0 + form.surge * np.clip((1100.0 - left) / 300.0, 0.0, 1.0)
    unsteady = course.of("unsteady")
    within = 0.75 * wave(rng, n, 320.0) + 0.65 * wave(rng, n, 80.0)
    effort = effort * push * surge * (1.0 + form.steadiness * within)
    factor = race_factor(felt)
    factor = np.where(felt > 0, 1.0 + body.uphill_cost * (factor - 1.0), factor)
    hike = wide > np.where(hard, 0.235, 0.160)
    factor = np.where(hike, factor * body.hike_saving, factor)
    cost = course.of("cost")
    speed = effort / (factor * cost)
    speed = np.where(hike, np.minimum(speed * 0.97, 1.75), speed)
    rough = course.of("technical") > 0.5
    trail = course.of("trail") > 0.5
    footing_limit = np.where(rough, 2.95 + 6.5 * np.clip(felt, -0.2, 0.0), 9.0)
    footing_limit = np.where(
        trail & ~rough, 4.4 + 5.0 * np.clip(felt, -0.3, 0.0), footing_limit
    )
    footing_limit = footing_limit * np.where(hard, 1.12, 1.0)
    step_noise = np.exp(unsteady * wave(rng, n, 26.0))
    speed = (
        np.minimum(speed, footing_limit * (1.0 + 0.10 * wave(rng, n, 60.0)))
        * step_noise
    )
    turn = np.abs(
        np.gradient(
            np.unwrap(np.arctan2(np.gradient(course.y), np.gradient(course.x))),
            STEP,
        )
    )
    turn = gaussian_filter1d(turn, 2.0, mode="nearest")
    speed = speed * (1.0 - np.clip(0.9 * (turn - 0.04), 0.0, 0.22))
    speed = np.maximum(gaussian_filter1d(speed, 2.5, mode="nearest"), 0.45)
    spent = speed * factor * cost * (1.0 + 0.10 * np.clip(-felt - 0.08, 0.0, 0.2))
    return speed, spent, np.where(hike, HIKE, RUN)


def _cadence(
    run_speed: Floats,
    grade: Floats,
    gait: Floats,
    trail: Flags,
    technical: Flags,
    body: Physiology,
    rng: np.random.RandomState,
) -> Floats:
    n = len(run_speed)
    running = 150.02 + 6.012 * run_speed + body.cadence_offset
    running = running * (
        1.0
        + np.where(
            grade > 0,
            0.35 * np.minimum(grade, 0.12),
            0.12 * np.maximum(grade, -0.2),
        )
    )
    walking = 88.0 + 27.0 * run_speed
    spread = np.where(technical, 4.6, np.where(trail, 2.4, 1.0))
    jitter = lfilter([1.0], [1.0, -0.86], rng.standard_normal(n)) * np.sqrt(
        1 - 0.86**2
    )
    cadence = np.where(gait == HIKE, walking, running) + spread * jitter
    return np.where(gait == STOPPED, 0.0, np.clip(cadence, 60.0, 215.0))


def _heart(
    spent: Floats,
    moving: Flags,
    time: Floats,
    form: Form,
    body: Physiology,
    rng: np.random.RandomState,
) -> Floats:
    n = len(spent)
    heat = max(form.temperature - body.heat_from, 0.0)
    drift = body.drift(time, heat)
    wander = (
        1.6
        * lfilter([1.0], [1.0, -0.997], rng.standard_normal(n))
        * np.sqrt(1 - 0.997**2)
    )
    wander = wander + 2.2 * lfilter(
        [1.0], [1.0, -0.975], rng.standard_normal(n)
    ) * np.sqrt(1 - 0.975**2)
    aim = body.heart_rate(spent, form.fitness)
    aim = (
        aim
        + drift
        + body.heat_per_degree * heat
        + form.heart_rate_offset
        + wander
    )
    aim = np.where(moving, aim, 92.0 + 0.2 * drift)
    top = body.heart_rate_max
    aim = np.where(
        aim > top - 9.0, top - 9.0 * np.exp(-(aim - top + 9.0) / 9.0), aim
    )
    keep = np.exp(-1.0 / body.heart_rate_lag)
    start = 86.0 + 0.5 * form.heart_rate_offset
    out, _ = lfilter([1.0 - keep], [1.0, -keep], aim, zi=np.array([keep * start]))
    return np.asarray(out)


def run(
    course: Course,
    parts: list[Part],
    form: Form,
    body: Physiology,
    rng: np.random.RandomState,
) -> Run:
    """Run the parts over the course on that day."""
    speed, spent, gait = _speed(course, parts, form, body, rng)
    trail = course.of("trail") > 0.5
    round_track = course.footing == FOOTINGS.index(TRACK)
    pauses = []
    for at in course.stops:
        if round_track[int(at / STEP)]:
            continue
        on_trail = bool(trail[int(at / STEP)])
        if rng.uniform() < form.stop_chance * (0.9 if on_trail else 1.0):
            pauses.append(
                (float(at), float(rng.uniform(7.0, 90.0 if on_trail else 48.0)))
            )
    slow = np.ones(len(speed))
    for at, _ in pauses:
        slow = np.minimum(
            slow, np.clip(np.abs(course.distance - at) / 9.0, 0.30, 1.0)
        )
    slow = np.minimum(slow, np.clip((course.distance + 2.0) / 8.0, 0.35, 1.0))
    speed = speed * slow
    clock = np.concatenate(
        [[0.0], np.cumsum(STEP / (0.5 * (speed[1:] + speed[:-1])))]
    )
    stops: list[tuple[float, float]] = []
    shift = np.zeros(len(clock))
    for at, length in pauses:
        begin = float(np.interp(at, course.distance, clock)) + sum(
            b - a for a, b in stops
        )
        stops.append((begin, begin + length))
        shift = shift + np.where(course.distance > at, length, 0.0)
    places = [at for at, _ in pauses]
    knots_t = np.concatenate(
        [clock + shift, [a for a, _ in stops], [b for _, b in stops]]
    )
    knots_d = np.concatenate([course.distance, places, places])
    order = np.lexsort((knots_d, knots_t))
    knots_t, knots_d = knots_t[order], knots_d[order]
    time = np.arange(0.0, np.floor(knots_t[-1]) + 1.0)
    distance = np.interp(time, knots_t, knots_d)
    index = np.clip((distance / STEP).round().astype(int), 0, len(course.x) - 1)
    now = np.gradient(distance)
    standing = np.zeros(len(time), dtype=bool)
    for begin, end in stops:
        standing |= (time >= begin) & (time <= end)
    now = np.where(standing, 0.0, now)
    stride = np.where(standing, STOPPED, gait[index])
    spent_now = np.where(
        standing, 0.0, np.interp(distance, course.distance, spent) * slow[index]
    )
    grade = np.interp(distance, course.distance, course.grade)
    heart_rate = _heart(spent_now, ~standing, time, form, body, rng)
    technical = course.of("technical")[index] > 0.5
    cadence = _cadence(now, grade, stride, trail[index], technical, body, rng)
    skin = 4.0 * np.exp(-time / 500.0) + 2.0 + form.temperature
    return Run(
        course=course,
        time=time,
        distance=distance,
        speed=now,
        x=np.interp(distance, course.distance, course.x),
        y=np.interp(distance, course.distance, course.y),
        z=np.interp(distance, course.distance, course.z),
        grade=grade,
        footing=course.footing[index].astype(float),
        gait=stride,
        spent=spent_now,
        heart_rate=heart_rate,
        cadence=cadence,
        temperature=skin,
        stops=stops,
    )
