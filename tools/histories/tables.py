"""One simulated runner's history: activities, segments, loads and thinned tracks, without any file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter
from scipy.special import ndtr

from trailstats import schema
from trailstats.activity import ActivityMeta
from trailstats.athlete import Athlete
from trailstats.history import History
from trailstats.limits import HeartRateLimits
from trailstats.metrics.effort import effort_factor
from trailstats.metrics.impact import (
    EXPONENTS,
    REFERENCE_STEPS_PER_KM,
    active_component,
    impact_component,
    modelled_cadence,
    tibial_component,
)
from trailstats.results import Analysis, Totals

from .scenario import Scenario

Floats = NDArray[np.float64]
PIECES = 12
POINTS = 60
CEILING = 149.0
AT_REST, PER_SPEED, DRIFT = 61.0, 30.0, 4.0
DAY, STRETCH = 3.0, 2.0
LIMITS = HeartRateLimits(187.0, 50.0, CEILING, 170.0, "male", "simulated")
START = pd.Timestamp("2023-01-02", tz="UTC")
_SLOPES = (-0.10, -0.05, -0.02, 0.02, 0.05, 0.10)
_CLASSES = np.array(["steep_down", "down", "gentle_down", "flat", "gentle_up", "up", "steep_up"])


@dataclass(frozen=True, eq=False)
class Plan:
    """When what is run: one entry for each run."""

    week: NDArray[np.intp]
    day: Floats
    kind: NDArray[np.str_]
    trail: NDArray[np.bool_]
    seconds: Floats
    fitness: Floats


def simulate(scenario: Scenario, seed: int) -> History:
    """Return the history of one runner of this kind."""
    rng = np.random.default_rng([seed, 77])
    plan = _plan(scenario, rng)
    pieces = _pieces(scenario, plan, rng)
    files = np.array([f"run{i:04d}.fit" for i in range(len(plan.week))])
    begin = START + pd.to_timedelta(plan.day, unit="D").round("s")
    activities = _activities(scenario, plan, pieces, files, begin, rng)
    segments = _segments(plan, pieces, files, begin)
    impact = _impact(scenario, plan, pieces)
    profile = _profile(scenario, plan, pieces, begin, rng)
    analyses = []
    climbs = schema.CLIMBS.empty()
    for i, file in enumerate(files.tolist()):
        own = slice(i * PIECES, (i + 1) * PIECES)
        analyses.append(
            Analysis(
                meta=ActivityMeta(source=file, format="fit"),
                totals=Totals(),
                metrics={},
                segments=segments.iloc[own],
                climbs=climbs,
                profile=profile.iloc[i * POINTS : (i + 1) * POINTS],
                impact=impact.iloc[i * len(EXPONENTS) : (i + 1) * len(EXPONENTS)],
            )
        )
    return History(Athlete(), activities, segments, tuple(analyses), (), LIMITS)


def _fade(rng: np.random.Generator, count: int, correlation: float, deviation: float) -> Floats:
    """Return a first-order autoregressive series."""
    noise = rng.standard_normal(count + 50) * deviation * np.sqrt(1.0 - correlation**2)
    return np.asarray(lfilter([1.0], [1.0, -correlation], noise)[50:], dtype=np.float64)


def _plan(s: Scenario, rng: np.random.Generator) -> Plan:
    kinds = ["easy"] * s.easy + ["long"] * s.long + ["hard"] * s.hard
    slots = {"hard": [1.75, 4.75], "easy": [2.75, 4.7, 0.75], "long": [6.35]}
    wave = np.clip(s.trail_share + _fade(rng, s.weeks, 0.85, 0.2), 0.0, 1.0) if s.group != "power" else None
    volume = np.exp(_fade(rng, s.weeks, 0.4, 0.12))
    sick = rng.uniform(size=s.weeks) < 0.03
    week, day, kind, trail, seconds, share = [], [], [], [], [], np.zeros(s.weeks)
    fair = rng.permutation(np.arange(s.weeks * s.easy) % 2 == 0) if s.group == "power" else None
    count = 0
    for w in range(s.weeks):
        before = share[max(w - 4, 0) : w].mean() if w else 0.0
        target = 0.0 if w < s.trail_from else s.trail_share if wave is None else float(wave[w])
        rise = s.volume_with_trail * (float(w >= s.trail_from) if s.trail_from else target)
        hours = (3.6 * (len(kinds) / 4.0) * (1.0 + rise) + s.volume_per_share * before) * volume[w]
        if sick[w] and s.group != "power":
            continue
        weights = np.array([1.0 if k == "easy" else 1.5 if k == "long" else 1.1 for k in kinds])
        times = hours * 3600.0 * weights / weights.sum() * np.exp(0.08 * rng.standard_normal(len(kinds)))
        places = {k: iter(v) for k, v in slots.items()}
        on_trail = 0.0
        for k, t in zip(kinds, times.tolist(), strict=True):
            if fair is not None:
                off_road = bool(k == "easy" and fair[count])
                count += k == "easy"
            else:
                off_road = bool(k != "hard" and rng.uniform() < target)
            week.append(w)
            day.append(7.0 * w + next(places[k]) + 0.05 * rng.uniform())
            kind.append(k)
            trail.append(off_road)
            seconds.append(t)
            on_trail += t * off_road
        share[w] = on_trail / times.sum()
    order = np.argsort(day)
    weeks = np.asarray(week, dtype=np.intp)[order]
    return Plan(
        weeks,
        np.asarray(day)[order],
        np.asarray(kind)[order],
        np.asarray(trail)[order],
        np.asarray(seconds)[order],
        _fitness(s, share, weeks, np.asarray(seconds)[order], rng)[weeks],
    )


def _fitness(s: Scenario, share: Floats, week: NDArray[np.intp], seconds: Floats, rng: np.random.Generator) -> Floats:
    """Return each week's speed at a given heart rate, relative to the first."""
    clock = np.arange(s.weeks)
    hours = np.bincount(week, weights=seconds, minlength=s.weeks) / 3600.0
    before = np.append(hours[:6].mean(), hours[:-1])
    keep = np.exp(-1.0 / 6.0)
    chronic, _ = lfilter([1.0 - keep], [1.0, -keep], before, zi=[keep * before[0]])
    if s.trail_from:
        trails = np.clip((clock - s.trail_from + 0.5) / 8.0, 0.0, 1.0)
    else:
        trails = np.array([share[max(w - 8, 0) : w].mean() if w else 0.0 for w in clock])
    level = s.gain * trails + s.trend * clock / 52.0 + s.fitness_from_volume * np.log(chronic / chronic[0])
    return 1.0 + level + _fade(rng, s.weeks, 0.5, 0.008)


def _pieces(s: Scenario, plan: Plan, rng: np.random.Generator) -> dict[str, Floats]:
    """Return what each piece of each run holds, shape (runs, pieces)."""
    runs = len(plan.week)
    shape = (runs, PIECES)
    base = np.select([plan.kind == "easy", plan.kind == "long"], [2.85, 2.85], 3.25)
    effort = base * np.exp(0.025 * rng.standard_normal(runs))
    effort = effort * np.where(plan.trail & (plan.kind == "easy"), 1.0 - s.easy_slower, 1.0)
    steep = 0.022 * np.exp(0.4 * rng.standard_normal(runs)) * np.where(plan.trail, s.hills, 1.0)
    grade = steep[:, None] * rng.standard_normal(shape)
    grade = np.clip(grade - grade.mean(axis=1, keepdims=True), -0.2, 0.2)
    time = plan.seconds[:, None] * np.exp(0.25 * rng.standard_normal(shape))
    time *= plan.seconds[:, None] / time.sum(axis=1, keepdims=True)
    middle = np.cumsum(time, axis=1) - time / 2.0
    level = effort[:, None] * np.exp(0.03 * rng.standard_normal(shape)) * plan.fitness[:, None]
    season = -np.cos(2.0 * np.pi * (plan.day - 20.0) / 365.25)
    warmth = 12.0 + 9.0 * season + 2.0 * rng.standard_normal(runs)
    change = s.trail_from if s.trail_from else s.weeks // 2
    offset = DAY * rng.standard_normal(runs) + s.heat / 18.0 * (warmth - 12.0) + s.new_device * (plan.week >= change)
    offset = offset + np.where(plan.trail, s.beats, 0.0)
    rate = AT_REST + PER_SPEED * level / plan.fitness[:, None] + DRIFT * (middle / 3600.0 - 0.5) + offset[:, None]
    rate = rate + STRETCH * rng.standard_normal(shape)
    rate[rng.uniform(size=runs) >= s.with_heart_rate] = np.nan
    speed = level / effort_factor(grade)
    return {"grade": grade, "time": time, "level": level, "rate": rate, "speed": speed, "warmth": warmth[:, None]}


def _activities(
    s: Scenario,
    plan: Plan,
    p: dict[str, Floats],
    files: NDArray[np.str_],
    begin: pd.DatetimeIndex,
    rng: np.random.Generator,
) -> pd.DataFrame:
    runs = len(files)
    trail = plan.trail
    distance = (p["time"] * p["speed"]).sum(axis=1)
    climb = p["time"] * p["speed"] * p["grade"]
    late = np.cumsum(p["time"], axis=1) > 600.0
    level_ground = p["grade"] <= 0.05
    judged = np.where(late & level_ground & np.isfinite(p["rate"]), p["time"], 0.0).sum(axis=1)
    above = np.where(late & level_ground, p["time"] * ndtr((p["rate"] - CEILING) / 4.0), 0.0)
    rate = (p["rate"] * p["time"]).sum(axis=1) / plan.seconds
    load = plan.seconds / 36.0 * np.nan_to_num((rate - 50.0) / 120.0, nan=0.75) ** 2
    feel = np.clip(np.round((52.0 + s.feel * trail + 14.0 * rng.standard_normal(runs)) / 25.0), 0, 4) * 25.0
    effort = np.clip(np.round(3.0 + 3.0 * (plan.kind == "hard") + 0.8 * rng.standard_normal(runs)), 1, 10)
    rated = rng.uniform(size=runs) < s.rated
    known = np.isfinite(rate)
    hard = plan.kind == "hard"
    columns: dict[str, Any] = {
        "file": files,
        "status": "ok",
        "sport": "running",
        "start_time": begin,
        "distance": distance,
        "elapsed_time": plan.seconds + 30.0,
        "moving_time": plan.seconds,
        "ascent": np.maximum(climb, 0.0).sum(axis=1),
        "descent": np.maximum(-climb, 0.0).sum(axis=1),
        "mean_speed": distance / plan.seconds,
        "mean_heart_rate": rate,
        "trail_share": trail.astype(float),
        "road_share": (~trail).astype(float),
        "unknown_share": np.zeros(runs),
        "trail_probability": np.where(trail, 0.95, 0.05),
        "technical_share": np.zeros(runs),
        "grade_adjusted_speed": (p["level"] * p["time"]).sum(axis=1) / plan.seconds,
        "session_load": load,
        "session_load_method": "heart_rate",
        "local_offset": np.zeros(runs),
        "activity": files,
        "device": np.where((s.new_device != 0) & (plan.week >= (s.trail_from or s.weeks // 2)), "new", "old"),
        "surface": np.where(trail, "trail", "road"),
        "time_above_easy": np.where(known, np.nan_to_num(above).sum(axis=1), np.nan),
        "time_easy_judged": np.where(known, judged, np.nan),
        "feel": np.where(rated, feel, np.nan),
        "rpe": np.where(rated, effort, np.nan),
        "hard_time": np.where(hard, 900.0, 0.0),
        "stance_time_balance": 0.5 + 0.005 * rng.standard_normal(runs),
        "cadence_cv": 0.006 * np.where(trail, s.uneven, 1.0) * np.exp(0.15 * rng.standard_normal(runs)),
        "intent": np.where(hard, "hard", np.where(plan.kind == "easy", "easy", "")),
        "intent_source": np.where(plan.kind == "long", "", "name"),
        "temperature": p["warmth"][:, 0] + 4.0 if s.thermometer else np.full(runs, np.nan),
        "pace_spread": 0.06 + s.spread * trail + 0.015 * rng.standard_normal(runs),
        "decoupling": 0.03 + 0.03 * rng.standard_normal(runs),
        "technical_time": np.zeros(runs),
        "hike_time": np.zeros(runs),
    }
    return schema.ACTIVITIES.frame(columns)


def _segments(plan: Plan, p: dict[str, Floats], files: NDArray[np.str_], begin: pd.DatetimeIndex) -> pd.DataFrame:
    runs = len(files)
    ends = np.cumsum(p["time"], axis=1)
    length = p["time"] * p["speed"]
    far = np.cumsum(length, axis=1)
    rise = length * p["grade"]
    first = np.repeat(begin, PIECES)
    cadence = modelled_cadence(p["speed"])
    return schema.SEGMENTS.frame(
        {
            "file": np.repeat(files, PIECES),
            "index": np.tile(np.arange(PIECES), runs),
            "start_time": first + pd.to_timedelta((ends - p["time"]).ravel(), unit="s"),
            "end_time": first + pd.to_timedelta(ends.ravel(), unit="s"),
            "start_distance": (far - length).ravel(),
            "end_distance": far.ravel(),
            "distance": length.ravel(),
            "duration": p["time"].ravel(),
            "surface": np.repeat(np.where(plan.trail, "trail", "road"), PIECES),
            "p_trail": np.repeat(np.where(plan.trail, 0.95, 0.05), PIECES),
            "surface_source": "signal",
            "slope": _CLASSES[np.searchsorted(_SLOPES, p["grade"].ravel())],
            "mean_grade": p["grade"].ravel(),
            "ascent": np.maximum(rise, 0.0).ravel(),
            "descent": np.maximum(-rise, 0.0).ravel(),
            "p_technical": 0.0,
            "gait": "run",
            "speed": p["speed"].ravel(),
            "grade_adjusted_speed": p["level"].ravel(),
            "heart_rate": p["rate"].ravel(),
            "cadence": cadence.ravel(),
            "n_records": np.full(runs * PIECES, 100),
        }
    )


def _impact(s: Scenario, plan: Plan, p: dict[str, Floats]) -> pd.DataFrame:
    steps = modelled_cadence(p["speed"]) / 60.0 * p["time"] / REFERENCE_STEPS_PER_KM
    ratio = np.where(plan.trail, s.step_load, 1.0)[:, None]
    steep = np.abs(p["grade"]) >= 0.10
    tibial = tibial_component(p["speed"], p["grade"])
    parts = {
        "active": active_component(p["speed"]),
        "impact": impact_component(p["speed"], p["grade"]),
        "impact_low": impact_component(p["speed"], p["grade"], downhill_slope=0.04),
        "impact_high": impact_component(p["speed"], p["grade"], downhill_slope=0.08),
        "tibial": np.where(steep, 0.0, tibial),
        "tibial_steep": np.where(steep, tibial, 0.0),
    }
    size = len(EXPONENTS)
    sums = {
        n: np.stack([(steps * (ratio * v) ** b).sum(axis=1) for b in EXPONENTS], axis=1).ravel()
        for n, v in parts.items()
    }
    return schema.IMPACT.frame(
        {
            "surface": np.repeat(np.where(plan.trail, "trail", "road"), size),
            "exponent": np.tile(EXPONENTS, len(plan.week)),
            "distance": np.repeat((p["time"] * p["speed"]).sum(axis=1), size),
            "duration": np.repeat(plan.seconds, size),
            **sums,
        }
    )


def _profile(
    s: Scenario, plan: Plan, p: dict[str, Floats], begin: pd.DatetimeIndex, rng: np.random.Generator
) -> pd.DataFrame:
    """Return thinned tracks: a round of one of eight routes, and a speed that may surge in the last kilometre."""
    runs = len(plan.week)
    along = np.linspace(0.0, 1.0, POINTS)
    whole = (p["time"] * p["speed"]).sum(axis=1)
    distance = whole[:, None] * along
    route = rng.integers(0, 8, size=runs)
    centre = 45.0 + 0.05 * route[:, None]
    angle = 2.0 * np.pi * along
    radius = 0.012 * (1.0 + 0.1 * route[:, None])
    own = np.minimum((along * PIECES).astype(int), PIECES - 1)
    surge = 0.005 + s.surge * plan.trail + 0.025 * rng.standard_normal(runs)
    last = distance > whole[:, None] - 1000.0
    level = p["level"].mean(axis=1, keepdims=True) * np.exp(0.03 * rng.standard_normal((runs, POINTS)))
    level = level * np.where(last, 1.0 + surge[:, None], 1.0)
    grade = p["grade"][:, own]
    clock = plan.seconds[:, None] * along
    return schema.PROFILE.frame(
        {
            "time": np.repeat(begin, POINTS) + pd.to_timedelta(clock.ravel(), unit="s"),
            "distance": distance.ravel(),
            "latitude": (centre + radius * np.cos(angle)).ravel(),
            "longitude": (7.0 + radius * np.sin(angle)).ravel(),
            "elevation": 0.0,
            "grade": grade.ravel(),
            "speed": (level / effort_factor(grade)).ravel(),
            "heart_rate": p["rate"][:, own].ravel(),
            "segment": np.tile(own, runs),
        }
    )
