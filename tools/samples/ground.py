"""Invented ground: street loops, trails and a running track, as arrays along the distance.

Everything lies round one point in the open North Atlantic, more than 1,500 km from the nearest
land, so that no real home, street or path is implied. Positions are metres east and north of it.

Random numbers come from ``RandomState`` throughout: its streams are frozen, so a newer numpy writes
the same files.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter1d

from trailstats.arrays import Floats, Ints

STEP = 2.0
BLOCK = 180.0
HOME_ELEVATION = 40.0


@dataclass(frozen=True)
class Footing:
    """How one kind of ground runs: cost, bends, bumps, and how well satellites are seen."""

    name: str
    trail: bool
    technical: bool
    cost: float
    bend: float
    bend_length: float
    bump: float
    bump_length: float
    gnss: float
    unsteady: float


ROAD = Footing("road", False, False, 1.000, 0.00, 100.0, 0.003, 40.0, 2.4, 0.000)
TRACK = Footing(
    "track", False, False, 1.000, 0.00, 100.0, 0.000, 40.0, 2.2, 0.000
)
GRAVEL = Footing(
    "gravel", True, False, 1.067, 0.05, 220.0, 0.004, 40.0, 2.8, 0.020
)
BUFFED = Footing(
    "buffed", True, False, 1.077, 0.32, 48.0, 0.010, 35.0, 3.4, 0.030
)
SINGLE = Footing(
    "single", True, False, 1.092, 0.55, 28.0, 0.026, 22.0, 4.6, 0.055
)
ROUGH = Footing("rough", True, True, 1.122, 0.60, 20.0, 0.045, 14.0, 5.4, 0.120)
FOOTINGS = (ROAD, TRACK, GRAVEL, BUFFED, SINGLE, ROUGH)


@dataclass(frozen=True, eq=False)
class Course:
    """One route, a value every ``STEP`` metres of horizontal distance."""

    name: str
    x: Floats
    y: Floats
    z: Floats
    grade: Floats
    footing: Ints
    stops: Floats

    @property
    def length(self) -> float:
        """Horizontal length in metres."""
        return STEP * (len(self.x) - 1)

    @property
    def distance(self) -> Floats:
        """Distance from the start at every step."""
        return STEP * np.arange(len(self.x), dtype=np.float64)

    def of(self, field: str) -> Floats:
        """Look up the footing's number of that name at every step."""
        table = np.array([float(getattr(f, field)) for f in FOOTINGS])
        return table[self.footing]


def wave(rng: np.random.RandomState, n: int, length: float) -> Floats:
    """Smooth noise of mean 0 and standard deviation 1, correlated over ``length`` metres."""
    noise = gaussian_filter1d(
        rng.standard_normal(n), length / STEP / 1.6, mode="wrap"
    )
    noise = noise - noise.mean()
    return np.asarray(noise / max(float(noise.std()), 1e-9), dtype=np.float64)


def _resample(x: Floats, y: Floats, other: Ints) -> tuple[Floats, Floats, Ints]:
    s = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
    at = np.arange(0.0, s[-1], STEP)
    nearest = np.searchsorted(s, at, side="right") - 1
    return (
        np.interp(at, s, x),
        np.interp(at, s, y),
        other[np.clip(nearest, 0, len(other) - 1)],
    )


def _streets(
    points: list[tuple[float, float]], rng: np.random.RandomState, bend: float
) -> tuple[Floats, Floats]:
    """Straights between the corners, the corners rounded as a runner cuts them."""
    xs: list[Floats] = []
    ys: list[Floats] = []
    for (x0, y0), (x1, y1) in pairwise(points):
        n = max(round(float(np.hypot(x1 - x0, y1 - y0))), 1)
        f = np.arange(n) / n
        xs.append(x0 + f * (x1 - x0))
        ys.append(y0 + f * (y1 - y0))
    x, y = np.concatenate(xs), np.concatenate(ys)
    if bend:
        fade = np.minimum(
            1.0, np.minimum(np.arange(len(x)), np.arange(len(x))[::-1]) / 200.0
        )
        x = x + bend * fade * wave(rng, len(x), 160.0)
        y = y + bend * fade * wave(rng, len(y), 160.0)
    x, y = (
        gaussian_filter1d(x, 4.0, mode="nearest"),
        gaussian_filter1d(y, 4.0, mode="nearest"),
    )
    x, y, _ = _resample(x, y, np.zeros(len(x), dtype=np.int64))
    return x, y


def _rolling(
    rng: np.random.RandomState,
    n: int,
    slope: float,
    steepest: float,
    closed: bool,
) -> Floats:
    """Height of a road whose grade has the given spread and never passes ``steepest``."""
    grade = slope * (0.8 * wave(rng, n, 420.0) + 0.6 * wave(rng, n, 170.0))
    grade = steepest * np.tanh(grade / steepest)
    if closed:
        grade = grade - grade.mean()
    return np.concatenate([[0.0], np.cumsum(grade[:-1] * STEP)])


def _finish(
    name: str,
    x: Floats,
    y: Floats,
    z: Floats,
    footing: Ints,
    rng: np.random.RandomState,
) -> Course:
    z = HOME_ELEVATION + gaussian_filter1d(z, 2.5, mode="nearest")
    d = STEP * np.arange(len(x))
    road = ~np.array([f.trail for f in FOOTINGS])[footing]
    stops = []
    at = 180.0
    while at < d[-1] - 150.0:
        on_road = bool(road[int(at / STEP)])
        stops.append(at)
        at += (
            rng.uniform(260.0, 620.0) if on_road else rng.uniform(1500.0, 3200.0)
        )
    return Course(name, x, y, z, np.gradient(z, STEP), footing, np.array(stops))


def road_course(
    name: str,
    seed: int,
    corners: list[tuple[float, float]],
    *,
    slope: float,
    steepest: float,
    bend: float = 0.0,
) -> Course:
    """Build a loop of streets from home and back; corners in blocks."""
    rng = np.random.RandomState(seed)
    x, y = _streets([(a * BLOCK, b * BLOCK) for a, b in corners], rng, bend)
    z = _rolling(rng, len(x), slope, steepest, closed=True)
    return _finish(name, x, y, z, np.zeros(len(x), dtype=np.int64), rng)


def oval_course(
    name: str, seed: int, laps: float, approach: list[tuple[float, float]]
) -> Course:
    """Streets to a 400 m track, ``laps`` rounds of it, and the same streets home."""
    rng = np.random.RandomState(seed)
    ax, ay = _streets([(a * BLOCK, b * BLOCK) for a, b in approach], rng, 0.0)
    az = _rolling(rng, len(ax), 0.008, 0.02, closed=False)
    s = STEP * np.arange(1, int(laps * 400.0 / STEP) + 1) % 400.0
    straight, radius = 84.39, 36.8
    bend = np.pi * radius
    phi = np.select(
        [s < straight, s < straight + bend, s < 2 * straight + bend],
        [np.zeros_like(s), (s - straight) / radius, np.full_like(s, np.pi)],
        np.pi + (s - 2 * straight - bend) / radius,
    )
    tx, ty = np.cumsum(STEP * np.cos(phi)), np.cumsum(STEP * np.sin(phi))
    lap = int(400.0 / STEP)
    whole = np.arange(len(tx)) // lap
    tx = tx - whole * tx[lap - 1]
    ty = ty - whole * ty[lap - 1]
    x = np.concatenate([ax, ax[-1] + tx, ax[::-1]])
    y = np.concatenate([ay, ay[-1] + ty, ay[::-1]])
    z = np.concatenate([az, np.full(len(tx), az[-1]), az[::-1]])
    footing = np.concatenate(
        [np.zeros(len(ax)), np.ones(len(tx)), np.zeros(len(ax))]
    ).astype(np.int64)
    return _finish(name, x, y, z, footing, rng)


Section = tuple[float, float, Footing]


def _path(
    sections: list[Section], rng: np.random.RandomState, heading: float, loop: int
) -> tuple[Floats, Floats, Floats, Ints]:
    counts = [round(length / STEP) for length, _, _ in sections]
    n = sum(counts)
    which = np.repeat(np.arange(len(sections)), counts)
    mean = np.array([g for _, g, _ in sections])[which]
    kind = np.array([FOOTINGS.index(f) for _, _, f in sections])[which]
    turn = np.zeros(n)
    bump = np.zeros(n)
    for footing in sorted(
        {f.name: f for _, _, f in sections}.values(), key=lambda f: f.name
    ):
        here = kind == FOOTINGS.index(footing)
        turn = np.where(
            here, footing.bend * wave(rng, n, footing.bend_length), turn
        )
        bump = np.where(
            here, footing.bump * wave(rng, n, footing.bump_length), bump
        )
    zigzag = np.zeros(n)
    at, side = 0, 1.0
    while at < n:
        leg = int(rng.uniform(45.0, 115.0) / STEP)
        zigzag[at : at + leg] = side * rng.uniform(0.95, 1.3)
        at, side = at + leg, -side
    zigzag = gaussian_filter1d(np.where(np.abs(mean) >= 0.13, zigzag, 0.0), 2.5)
    course = (
        heading
        + 0.75 * wave(rng, n, 750.0)
        + 0.45 * wave(rng, n, 220.0)
        + turn
        + zigzag
    )
    if loop:
        course = course + loop * (2 * np.pi * np.arange(n) / n - np.pi / 2)
    x = np.cumsum(STEP * np.cos(course))
    y = np.cumsum(STEP * np.sin(course))
    if loop:
        along = np.arange(1, n + 1) / n
        x, y = x - along * x[-1], y - along * y[-1]
    grade = gaussian_filter1d(mean, 12.0) + bump * (
        1.0 + 2.0 * np.minimum(np.abs(mean), 0.15)
    )
    grade = grade + 0.35 * np.abs(mean) * wave(rng, n, 90.0)
    return x, y, grade, kind.astype(np.int64)


def trail_course(
    name: str,
    seed: int,
    approach: list[tuple[float, float]],
    sections: list[Section],
    *,
    heading: float,
    loop: int,
) -> Course:
    """Streets to a trailhead, a loop (+1, -1) or out and back (0) on trail, the streets home."""
    rng = np.random.RandomState(seed)
    ax, ay = _streets([(a * BLOCK, b * BLOCK) for a, b in approach], rng, 0.0)
    az = _rolling(rng, len(ax), 0.012, 0.05, closed=False)
    x, y, grade, kind = _path(sections, rng, heading, loop)
    n = len(x)
    x, y, index = _resample(x, y, np.arange(n, dtype=np.int64))
    grade, kind = grade[index], kind[index]
    if loop:
        grade = grade - grade.mean()
    else:
        x, y = np.concatenate([x, x[::-1]]), np.concatenate([y, y[::-1]])
        grade, kind = (
            np.concatenate([grade, -grade[::-1]]),
            np.concatenate([kind, kind[::-1]]),
        )
    z = np.cumsum(grade * STEP)
    z = z - np.linspace(0.0, z[-1], len(z))
    fx = np.concatenate([ax, ax[-1] + x, ax[::-1]])
    fy = np.concatenate([ay, ay[-1] + y, ay[::-1]])
    fz = np.concatenate([az, az[-1] + z, az[::-1]])
    zero = np.zeros(len(ax), dtype=np.int64)
    return _finish(name, fx, fy, fz, np.concatenate([zero, kind, zero]), rng)
