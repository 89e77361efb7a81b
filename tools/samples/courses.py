"""The runner's fixed routes: eight street loops, ten trails, a track and a race course."""

from __future__ import annotations

from functools import cache

from .ground import (
    BUFFED,
    GRAVEL,
    ROUGH,
    SINGLE,
    Course,
    Section,
    oval_course,
    road_course,
    trail_course,
)

# corners in blocks; spread of the grade, steepest grade, width of the bends in metres
_STREETS: dict[str, tuple[str, float, float, float]] = {
    "park streets": (
        "0,0 0,2 2,2 2,5 5,5 5,6 8,6 8,2 6,2 6,-1 4,-1 4,-4 1,-4 1,-1 0,-1 0,0",
        0.005,
        0.02,
        0.0,
    ),
    "harbour streets": (
        "0,0 -3,0 -3,-4 -1,-4 -1,-7 5,-7 5,-5 7,-5 7,-3 9,-3 9,2 5,2 5,1 2,1 2,0 0,0",
        0.004,
        0.015,
        0.0,
    ),
    "mill loop": (
        "0,0 0,-3 4,-3 4,-5 6,-5 6,-9 11,-9 11,-2 9,-2 9,3 5,3 5,5 0,5 0,0",
        0.018,
        0.05,
        0.0,
    ),
    "hill streets": (
        "0,0 3,0 3,8 10,8 10,12 14,12 14,2 7,2 7,0 0,0",
        0.042,
        0.08,
        0.0,
    ),
    "long straights": (
        "0,0 0,12 18,12 18,0 0,0",
        0.006,
        0.02,
        0.0,
    ),
    "river road": (
        "0,0 -4,-6 -2,-15 6,-18 9,-10 4,-4 0,0",
        0.006,
        0.02,
        18.0,
    ),
    "two villages": (
        "0,0 12,0 12,6 22,6 22,16 9,16 9,9 0,9 0,0",
        0.016,
        0.05,
        0.0,
    ),
    "hill villages": (
        "0,0 6,4 14,5 20,13 17,22 8,21 3,12 0,0",
        0.034,
        0.08,
        16.0,
    ),
}
_RACE = "2,-20 16,-20 16,-27 2,-27 2,-20 8.87,-20 8.87,-20.1 2,-20.1"
_TO_TRACK = "0,0 0,-2 6,-2 6,-4"


def _corners(text: str) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in text.split())
    return [(float(x), float(y)) for x, y in pairs]


def _repeat(sections: list[Section], times: int) -> list[Section]:
    return [section for _ in range(times) for section in sections]


_TRAILS: dict[
    str, tuple[list[tuple[float, float]], list[Section], float, int]
] = {
    "lake shore": (
        [(0, 0), (-3, 0), (-3, -1)],
        [
            (1500, 0.004, BUFFED),
            (1700, -0.006, BUFFED),
            (1500, 0.005, BUFFED),
            (1600, -0.003, BUFFED),
        ],
        3.4,
        1,
    ),
    "canal path": ([(0, 0), (0, -4), (2, -4)], [(3300, 0.001, GRAVEL)], -1.2, 0),
    "heath": (
        [(0, 0), (-2, 0), (-2, 4)],
        _repeat(
            [
                (420, 0.022, BUFFED),
                (380, -0.018, BUFFED),
                (300, 0.006, SINGLE),
                (350, -0.014, BUFFED),
            ],
            4,
        ),
        2.3,
        -1,
    ),
    "oak wood": (
        [(0, 0), (-5, 0)],
        _repeat(
            [
                (330, 0.055, SINGLE),
                (260, -0.045, SINGLE),
                (240, 0.01, ROUGH),
                (410, -0.025, SINGLE),
            ],
            5,
        ),
        2.9,
        1,
    ),
    "three knolls": (
        [(0, 0), (-4, 0), (-4, 3)],
        _repeat(
            [
                (820, 0.085, SINGLE),
                (380, 0.01, BUFFED),
                (500, -0.12, ROUGH),
                (900, -0.025, SINGLE),
            ],
            3,
        ),
        2.6,
        -1,
    ),
    "ridge": (
        [(0, 0), (0, 5), (-1, 5)],
        [
            (700, 0.03, BUFFED),
            (1350, 0.115, SINGLE),
            (1500, 0.01, SINGLE),
            (1250, -0.13, ROUGH),
            (900, -0.02, SINGLE),
        ],
        1.8,
        1,
    ),
    "white peak": (
        [(0, 0), (0, 6)],
        [
            (600, 0.05, BUFFED),
            (2500, 0.135, SINGLE),
            (500, 0.0, ROUGH),
            (2300, -0.15, ROUGH),
            (600, -0.03, SINGLE),
        ],
        1.5,
        -1,
    ),
    "high peak": (
        [(0, 0), (2, 0), (2, 7)],
        [
            (800, 0.06, BUFFED),
            (1900, 0.14, SINGLE),
            (1500, 0.205, ROUGH),
            (500, 0.08, ROUGH),
            (1800, -0.19, ROUGH),
            (1500, -0.15, SINGLE),
            (1400, -0.06, BUFFED),
        ],
        1.4,
        1,
    ),
    "forest tour": (
        [(0, 0), (-6, 0), (-6, 2)],
        _repeat(
            [
                (900, 0.012, BUFFED),
                (700, 0.075, SINGLE),
                (500, 0.0, BUFFED),
                (450, -0.07, ROUGH),
                (900, -0.028, BUFFED),
            ],
            3,
        ),
        2.8,
        1,
    ),
    "bluff": (
        [(0, 0), (3, 0), (3, 3)],
        _repeat(
            [
                (230, 0.165, ROUGH),
                (250, 0.0, SINGLE),
                (280, -0.145, ROUGH),
                (330, 0.01, SINGLE),
            ],
            4,
        ),
        0.6,
        -1,
    ),
}


@cache
def course(name: str) -> Course:
    """Build the route of that name; ``track N`` is the way to the track with N rounds of it."""
    if name.startswith("track "):
        return oval_course(name, 900, float(name.split()[1]), _corners(_TO_TRACK))
    if name == "race":
        return road_course(
            "race", 901, _corners(_RACE), slope=0.006, steepest=0.02
        )
    if name in _STREETS:
        corners, slope, steepest, bend = _STREETS[name]
        seed = 100 + list(_STREETS).index(name)
        return road_course(
            name,
            seed,
            _corners(corners),
            slope=slope,
            steepest=steepest,
            bend=bend,
        )
    approach, sections, heading, loop = _TRAILS[name]
    seed = 300 + list(_TRAILS).index(name)
    return trail_course(
        name, seed, approach, sections, heading=heading, loop=loop
    )


def all_names() -> list[str]:
    """Every fixed route, without the track."""
    return [*_STREETS, *_TRAILS, "race"]
