"""Forty-eight weeks of one runner: which session on which day, where, how hard, how recorded.

The behaviour that the claims are judged against is set here: easy runs on the road go too fast,
easy runs on trails less so; trails start in week 17 and replace road runs; fitness rises by 3 %
over the twelve weeks after that while the weekly distance stays about the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from histories.runner import (
    EFFORT,
    EFFORT_SPREAD,
    EXERTION_SPREAD,
    FEEL,
    FEEL_SPREAD,
    TEMPERATURE_SPREAD,
    Physiology,
    rated_feel,
    risen,
    season_temperature,
)
from histories.scenario import SAMPLE

from .courses import course
from .ground import Course
from .runner import Form, Part
from .sensors import Watch

SEED = 20240205
START = datetime(2024, 2, 5, tzinfo=UTC)
WEEKS = SAMPLE.weeks
UTC_OFFSET = timedelta(hours=-3)
TRAIL_FROM_WEEK = SAMPLE.trail_from + 1
SICK_WEEK = 33
RACE_WEEKS = (24, 46)
TAPER_WEEKS = (45, 46)
FITNESS_RISE = SAMPLE.gain
FITNESS_WEEKS = SAMPLE.gain_weeks
FEEL_ON_TRAIL = SAMPLE.feel

UNHURRIED = ("easy", "recovery", "long")
EFFORT_ON_TRAIL = {"easy": 2.62, "recovery": 2.58, "long": 2.83}


@dataclass(frozen=True)
class Session:
    """One planned outing."""

    number: int
    week: int
    start: datetime
    intent: str
    course: str
    name: str
    parts: tuple[Part, ...]
    form: Form
    watch: Watch
    kind: str
    packed: bool
    sub_sport: str
    feel: int | None
    rpe: int | None
    named: bool
    after_hard: bool

    @property
    def on_trail(self) -> bool:
        """Whether most of the way is trail."""
        return bool(course(self.course).of("trail").mean() > 0.5)

    @property
    def intent_shown_by(self) -> str | None:
        """How a reader can know that the run was meant to be easy, without its heart rate."""
        if self.intent not in ("easy", "recovery"):
            return None
        if self.named:
            return "name"
        return "calendar" if self.after_hard else None

    @property
    def file(self) -> str:
        """Name below ``archive``: local start and format."""
        local = self.start + UTC_OFFSET
        return f"{local:%Y-%m-%d-%H%M}.{self.kind}" + (
            ".gz" if self.packed else ""
        )


_ROUTES = {
    "easy road": [
        "park streets",
        "harbour streets",
        "mill loop",
        "river road",
        "hill streets",
    ],
    "easy trail": [
        "lake shore",
        "oak wood",
        "heath",
        "canal path",
        "three knolls",
        "bluff",
    ],
    "long road": ["two villages", "hill villages", "long straights"],
    "long trail": [
        "forest tour",
        "ridge",
        "high peak",
        "three knolls",
        "white peak",
    ],
}
_INTERVALS = [
    (6, 800.0, 400.0),
    (5, 1000.0, 400.0),
    (10, 400.0, 200.0),
    (4, 1200.0, 400.0),
]
_TAPER_INTERVALS = (4, 400.0, 200.0)

# (week, weekday): trail or road where the four-week pattern must give way to a race
_FIXED = {
    (20, 6): "road", (21, 1): "road", (21, 2): "road", (21, 6): "road", (22, 1): "road", (22,
    4): "road",
    (22, 6): "trail", (23, 2): "trail", (23, 6): "road", (24, 1): "trail", (24, 4): "road",
    (42, 6): "road", (43, 2): "trail", (43, 4): "road", (43, 6): "road", (44, 1): "road", (44,
    4): "road",
    (45, 2): "trail", (46, 1): "road", (46, 3): "road",
}  # fmt: skip


def fitness(week: float) -> float:
    """Speed at a given heart rate relative to the first weeks."""
    return 1.0 + FITNESS_RISE * float(
        risen(week - TRAIL_FROM_WEEK, FITNESS_WEEKS)
    )


def _slots(week: int) -> list[tuple[int, str]]:
    """Weekday (Monday 0) and intent of each run of the week."""
    if week == SICK_WEEK:
        return []
    if week == SICK_WEEK + 1:
        return [(2, "easy"), (4, "easy"), (6, "easy")]
    if week == 24:
        return [(1, "easy"), (4, "recovery"), (6, "race")]
    if week == 42:
        return [(1, "easy"), (3, "tempo"), (4, "easy"), (6, "long")]
    if week == 43:
        return [(1, "tempo"), (2, "easy"), (4, "easy"), (6, "easy")]
    if week == 44:
        return [(1, "easy"), (3, "interval"), (4, "recovery")]
    if week == 45:
        return [(1, "tempo"), (2, "easy")]
    if week == 46:
        return [(1, "interval"), (3, "recovery"), (6, "race")]
    if week == 47:
        return [(1, "recovery"), (4, "easy"), (6, "easy")]
    if week % 2:
        return [
            (1, "interval" if week % 4 == 1 else "tempo"),
            (2, "easy"),
            (6, "long"),
        ]
    slots = [
        (1, "easy"),
        (3, "tempo" if week % 4 == 2 else "interval"),
        (4, "recovery" if week % 8 == 4 else "easy"),
    ]
    return [*slots, (6, "easy")] if week % 4 == 0 or week == 22 else slots


def _ground(week: int, day: int, intent: str, turn: int) -> str:
    if (week, day) in _FIXED:
        return _FIXED[week, day]
    if week < TRAIL_FROM_WEEK or intent in ("interval", "race"):
        return "road"
    if intent == "tempo":
        return "trail" if week in (31, 39) else "road"
    if intent == "long":
        return "road" if turn == 0 else "trail"
    if week % 2:
        return "trail" if turn in (0, 2) else "road"
    if day == 1:
        return "trail" if week % 8 == 2 else "road"
    return "trail" if day in (4, 6) else "road"


def _parts(
    intent: str, route: str, easy: float, count: int, short: bool
) -> tuple[str, list[Part], str]:
    if intent == "interval":
        repeats, rep, rest = (
            _TAPER_INTERVALS if short else _INTERVALS[count % len(_INTERVALS)]
        )
        laps = round(repeats * (rep + rest) / 400.0)
        route = f"track {laps}"
        whole = course(route).length
        way = (whole - laps * 400.0) / 2.0
        fast = {400.0: 4.22, 800.0: 4.02, 1000.0: 3.95, 1200.0: 3.90}[rep]
        work = [Part(rep, fast, True), Part(rest, 2.25, True)] * repeats
        return (
            route,
            [Part(way, 2.75, True), *work, Part(way + 50.0, 2.60, True)],
            f"{repeats} x {rep:.0f} m",
        )
    whole = course(route).length
    if intent == "tempo":
        fast = 2500.0 if short else 4500.0 if whole < 9500.0 else 6000.0
        return (
            route,
            [Part(2000.0, 2.75), Part(fast, 3.56), Part(whole, 2.6)],
            f"Tempo {fast / 1000:g} km",
        )
    if intent == "race":
        return route, [Part(whole, 3.78)], "10 km race"
    title = {"easy": "Easy run", "recovery": "Recovery run", "long": "Long run"}[
        intent
    ]
    return route, [Part(whole, easy)], title


def _temperature(start: datetime, rng: np.random.RandomState) -> float:
    day = (start - datetime(2024, 1, 1, tzinfo=UTC)).days
    return float(season_temperature(day) + rng.normal(0.0, TEMPERATURE_SPREAD))


def _feelings(
    intent: str, trail: bool, rng: np.random.RandomState
) -> tuple[int, int]:
    base = FEEL + {"recovery": -2.0, "tempo": -2.0, "interval": -4.0}.get(
        intent, 0.0
    )
    feel = base + FEEL_ON_TRAIL * trail + rng.normal(0.0, FEEL_SPREAD)
    effort = {
        "easy": 3.0,
        "recovery": 2.2,
        "long": 4.6,
        "tempo": 6.4,
        "interval": 7.4,
        "race": 9.2,
    }[intent]
    rpe = effort + rng.normal(0.0, EXERTION_SPREAD)
    return int(rated_feel(feel)), int(np.clip(round(rpe), 1, 10)) * 10


def _watch(
    number: int,
    route: Course,
    trail: bool,
    intent: str,
    kind: str,
    rng: np.random.RandomState,
) -> Watch:
    short = route.length < 9400.0 and intent != "long"
    every_second = short and kind == "fit" and rng.uniform() < 0.46
    interval = 5 if kind == "gpx" and number % 2 else 1
    return Watch(
        smart=not every_second and not (kind == "gpx" and interval == 5),
        interval=interval,
        barometer=kind != "gpx",
        auto_pause=kind == "fit" and rng.uniform() < 0.25,
        heart_rate=number not in (20, 59, 98, 131),
        cadence_lock=number in (27, 74, 118),
        dropout=bool(rng.uniform() < 0.10),
        late_fix=int(rng.randint(4, 18)) if rng.uniform() < 0.12 else 0,
        dynamics=kind == "fit" and (number % 4 == 1 or number % 7 == 3),
    )


def sessions(limit: int | None = None) -> list[Session]:
    """Every outing in order of time; ``limit`` keeps only the first so many."""
    out: list[Session] = []
    seen = {
        "easy road": 0,
        "easy trail": 0,
        "long road": 0,
        "long trail": 0,
        "interval": 0,
        "tempo": 0,
    }
    odd_week = 0
    for week in range(1, WEEKS + 1):
        if week >= TRAIL_FROM_WEEK and week % 2:
            odd_week += 1
        last_hard: datetime | None = None
        for day, intent in _slots(week):
            number = len(out)
            rng = np.random.RandomState([SEED, number])
            hour = 8 if day == 6 else 18
            local = START + timedelta(
                days=7 * (week - 1) + day,
                hours=hour,
                seconds=int(rng.randint(0, 4500)),
            )
            ground = _ground(week, day, intent, (odd_week - 1) % 4)
            trail = ground == "trail"
            tired = last_hard is not None and local - last_hard < timedelta(
                hours=36
            )
            route = _route(intent, trail, seen, week)
            aim = (EFFORT_ON_TRAIL if trail else EFFORT).get(intent, 0.0)
            easy = (
                aim * (1.0 + rng.normal(0.0, EFFORT_SPREAD))
                if intent in UNHURRIED
                else 0.0
            )
            count = seen["interval"] - 1
            route, parts, title = _parts(
                intent, route, easy, count, week in TAPER_WEEKS
            )
            temperature = _temperature(local, rng)
            form = Form(
                fitness=fitness(week - 1 + day / 7.0),
                temperature=temperature,
                heart_rate_offset=float(
                    rng.normal(0.0, Physiology().heart_rate_day_sd)
                ),
                steadiness=0.038 if trail else 0.034,
                climb_push=(0.10 if trail else 0.55)
                if intent in ("easy", "recovery", "long")
                else 0.8,
                surge=0.05
                if intent in ("easy", "long")
                and rng.uniform() < (0.08 if trail else 0.42)
                else 0.0,
                stop_chance=0.0 if intent == "race" else 0.22 if trail else 0.14,
                laps_by_hand=intent == "interval",
            )
            kind, packed = _kind(number)
            named = intent in ("tempo", "interval", "race") or _is_named(
                number, intent, tired
            )
            feel, rpe = _feelings(intent, trail, rng)
            rated = kind == "fit" and rng.uniform() < 0.76
            sub_sport = "trail" if trail and rng.uniform() < 0.60 else "generic"
            if not trail and rng.uniform() < 0.15:
                sub_sport = "street"
            if intent == "interval" and rng.uniform() < 0.5:
                sub_sport = "track"
            watch = _watch(number, course(route), trail, intent, kind, rng)
            plain = "Morning run" if hour == 8 else "Evening run"
            out.append(
                Session(
                    number=number,
                    week=week,
                    start=local - UTC_OFFSET,
                    intent=intent,
                    course=route,
                    name=title if named else plain,
                    parts=tuple(parts),
                    form=form,
                    watch=watch,
                    kind=kind,
                    packed=packed,
                    sub_sport=sub_sport,
                    feel=feel if rated else None,
                    rpe=rpe if rated else None,
                    named=named,
                    after_hard=tired,
                )
            )
            if intent in ("tempo", "interval", "race"):
                last_hard = local
            if limit is not None and len(out) >= limit:
                return out
    return out


def _route(intent: str, trail: bool, seen: dict[str, int], week: int) -> str:
    if intent == "race":
        return "race"
    if intent == "interval":
        seen["interval"] += 1
        return "track 12"
    if intent == "tempo":
        seen["tempo"] += 1
        if week in TAPER_WEEKS:
            return "harbour streets"
        return (
            "canal path"
            if trail
            else ("long straights", "mill loop")[seen["tempo"] % 2]
        )
    group = ("long" if intent == "long" else "easy") + (
        " trail" if trail else " road"
    )
    if week in TAPER_WEEKS:
        return "lake shore" if trail else "harbour streets"
    if week == 23 and trail:
        return "white peak"
    seen[group] += 1
    return _ROUTES[group][seen[group] % len(_ROUTES[group])]


def _is_named(number: int, intent: str, tired: bool) -> bool:
    if intent == "long":
        return number % 3 == 0
    return number % 4 == 0 if tired else number % 7 != 0


def _kind(number: int) -> tuple[str, bool]:
    """Format of the file and whether it is gzipped."""
    if number % 13 == 6:
        return "gpx", number % 39 != 6
    if number % 19 == 11:
        return "tcx", number % 38 == 11
    return "fit", number % 7 == 4
