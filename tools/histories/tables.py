"""One simulated runner's history: activities, segments, loads and thinned tracks, without any
file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from trailstats import schema
from trailstats.arrays import Floats
from trailstats.claims._evidence import Evidence
from trailstats.history import History
from trailstats.metrics.effort import effort_factor
from trailstats.metrics.impact import (
    EXPONENTS,
    impact_load_by_group,
    modelled_cadence,
)
from trailstats.metrics.variety import shannon_evenness
from trailstats.model.activity import ActivityMeta
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import Analysis, Totals

from .runner import (
    EFFORT,
    EFFORT_SPREAD,
    EXERTION_SPREAD,
    FEEL,
    FEEL_SPREAD,
    TEMPERATURE_SPREAD,
    Physiology,
    rated_feel,
    season_temperature,
)
from .scenario import Scenario
from .season import Plan, season_plan

PIECES = 12
POINTS = 60
BODY = Physiology()
STRETCH = 2.0
HARD, RACE = 3.25, 3.42
LIMITS = HeartRateLimits(
    BODY.heart_rate_max,
    BODY.heart_rate_rest,
    BODY.easy_ceiling,
    BODY.threshold_heart_rate,
    BODY.sex,
    "simulated",
)
START = pd.Timestamp("2023-01-02", tz="UTC")
ON_THE_WRIST = 4.0
"""What a watch reads above the air [K] (our choice)."""

_SLOPES = (-0.10, -0.05, -0.02, 0.02, 0.05, 0.10)
_CLASSES = np.array(
    ["steep_down", "down", "gentle_down", "flat", "gentle_up", "up", "steep_up"]
)


def simulate(scenario: Scenario, seed: int) -> History:
    """Return the history of one runner of this kind."""
    rng = np.random.default_rng([seed, 77])
    plan = season_plan(scenario, rng)
    pieces = _pieces(scenario, plan, rng)
    files = np.array([f"run{i:04d}.fit" for i in range(len(plan.week))])
    begin = START + pd.to_timedelta(plan.day, unit="D").round("s")
    activities = _activities(scenario, plan, pieces, files, begin, rng)
    # What is sure is told by a map, what may be mistaken by the recording alone.
    source = "signal" if scenario.certainty else "map"
    segments = _segments(plan, pieces, files, begin).assign(surface_source=source)
    impact = _impact(scenario, plan, pieces)
    profile = _profile(scenario, plan, pieces, begin, rng)
    stretches = _stretches(scenario, plan, pieces)
    held = _Analyses(files, segments, profile, impact, stretches)
    return History(Athlete(), activities, segments, held, (), LIMITS)


class SimulatedEvidence(Evidence):
    """The evidence of a simulated history, whose analyses stand in tables already: thousands of
    frames needn't be cut and joined.
    """

    @cached_property
    def impact(self) -> pd.DataFrame:
        """Impact loads of all runs."""
        runs = np.arange(len(self.history.analyses))
        table = _tables_of(self.history).impact
        return table.assign(analysis=np.repeat(runs, len(EXPONENTS)))


def _tables_of(history: History) -> _Analyses:
    if not isinstance(history.analyses, _Analyses):
        raise TypeError("the history is not a simulated one")
    return history.analyses


@dataclass(frozen=True, eq=False)
class _Analyses(Sequence[Analysis]):
    """The analyses, cut out of the tables when they are asked for."""

    files: NDArray[np.str_]
    segments: pd.DataFrame
    profile: pd.DataFrame
    impact: pd.DataFrame
    stretches: pd.DataFrame

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401
        if isinstance(place, slice):
            return tuple(self._every[place])
        return self._every[place]

    @cached_property
    def _every(self) -> list[Analysis]:
        """All of them, cut once: the claims go through them several times."""
        return [self._cut(i) for i in range(len(self))]

    def _cut(self, i: int) -> Analysis:
        size = len(EXPONENTS)
        return Analysis(
            meta=ActivityMeta(source=str(self.files[i]), format="fit"),
            totals=Totals(),
            metrics={},
            segments=self.segments.iloc[i * PIECES : (i + 1) * PIECES],
            climbs=schema.CLIMBS.empty(),
            profile=self.profile.iloc[i * POINTS : (i + 1) * POINTS],
            impact=self.impact.iloc[i * size : (i + 1) * size],
            stretches=self.stretches.iloc[i * PIECES : (i + 1) * PIECES],
        )


def _pieces(
    s: Scenario, plan: Plan, rng: np.random.Generator
) -> dict[str, Floats]:
    """Return what each piece of each run holds, shape (runs, pieces)."""
    runs = len(plan.week)
    shape = (runs, PIECES)
    base = np.select(
        [plan.kind == "easy", plan.kind == "long", plan.kind == "race"],
        [EFFORT["easy"], EFFORT["long"], RACE],
        HARD,
    )
    effort = base * np.exp(EFFORT_SPREAD * rng.standard_normal(runs))
    effort = effort * np.where(
        plan.trail & (plan.kind == "easy"), 1.0 - s.easy_slower, 1.0
    )
    steep = (
        0.022
        * np.exp(0.4 * rng.standard_normal(runs))
        * np.where(plan.trail, s.hills, 1.0)
    )
    grade = steep[:, None] * rng.standard_normal(shape)
    grade = np.clip(grade - grade.mean(axis=1, keepdims=True), -0.2, 0.2)
    time = plan.seconds[:, None] * np.exp(0.25 * rng.standard_normal(shape))
    time *= plan.seconds[:, None] / time.sum(axis=1, keepdims=True)
    middle = np.cumsum(time, axis=1) - time / 2.0
    level = (
        effort[:, None]
        * np.exp(0.03 * _wavering(rng.standard_normal(shape)))
        * plan.fitness[:, None]
    )
    warmth = season_temperature(
        plan.day
    ) + TEMPERATURE_SPREAD * rng.standard_normal(runs)
    body = replace(BODY, heat_per_degree=s.heat)
    heat = np.maximum(warmth - body.heat_from, 0.0)
    change = s.trail_from if s.trail_from else s.weeks // 2
    days = rng.standard_normal(runs)
    if s.heavy:
        days = rng.standard_t(3.0, runs) / np.sqrt(3.0)
    offset = s.day_beats * days + body.heat_per_degree * heat
    offset = (
        offset
        + s.new_device * (plan.week >= change)
        + np.where(plan.trail, s.beats, 0.0)
    )
    # The heart follows the effort with a lag, so a piece begins with what is left of the one
    # before.
    before = np.column_stack((level[:, :1], level[:, :-1]))
    left = (
        body.heart_rate_lag / time * (1.0 - np.exp(-time / body.heart_rate_lag))
    )
    rate = body.heart_rate(level + (before - level) * left, plan.fitness[:, None])
    rate = (
        rate
        + body.drift(middle, heat[:, None])
        + offset[:, None]
        + STRETCH * rng.standard_normal(shape)
    )
    rate[rng.uniform(size=runs) >= s.with_heart_rate] = np.nan
    uphill, downhill = s.own_curve * rng.spawn(1)[0].standard_normal(2)
    own = uphill * np.maximum(grade, 0.0) + downhill * np.maximum(-grade, 0.0)
    factor = effort_factor(grade)
    speed = level / (factor * np.exp(own)) * (1.0 - s.lost * plan.trail[:, None])
    # What is told of a run knows the population's cost of slopes alone.
    level = speed * factor
    return {
        "grade": grade,
        "time": time,
        "level": level,
        "rate": rate,
        "speed": speed,
        "warmth": warmth[:, None],
    }


def _wavering(fresh: Floats) -> Floats:
    """Return how the effort of pieces wavers, each like the one before, with unit variance."""
    kept = 0.7
    out = fresh.copy()
    for i in range(1, out.shape[1]):
        out[:, i] = kept * out[:, i - 1] + np.sqrt(1.0 - kept**2) * fresh[:, i]
    return out


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
    judged = np.where(
        late & level_ground & np.isfinite(p["rate"]), p["time"], 0.0
    ).sum(axis=1)
    above = np.where(
        late & level_ground,
        p["time"] * ndtr((p["rate"] - BODY.easy_ceiling) / 4.0),
        0.0,
    )
    rate = (p["rate"] * p["time"]).sum(axis=1) / plan.seconds
    load = (
        plan.seconds
        / 36.0
        * np.nan_to_num((rate - BODY.heart_rate_rest) / 120.0, nan=0.75) ** 2
    )
    feel = rated_feel(
        FEEL + s.feel * trail + FEEL_SPREAD * rng.standard_normal(runs)
    )
    effort = np.clip(
        np.round(
            3.0
            + 3.0 * np.isin(plan.kind, ("hard", "race"))
            + EXERTION_SPREAD * rng.standard_normal(runs)
        ),
        1,
        10,
    )
    rated = rng.uniform(size=runs) < s.rated
    known = np.isfinite(rate)
    hard = (plan.kind == "hard") | (plan.kind == "race")
    race = plan.kind == "race"
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
        "trail_share": (plan.surface == "trail").astype(float),
        "road_share": (plan.surface == "road").astype(float),
        "unknown_share": (plan.surface == "unknown").astype(float),
        "trail_probability": plan.p_trail,
        "trail_expected": plan.p_trail,
        "technical_share": np.zeros(runs),
        "grade_adjusted_speed": (p["level"] * p["time"]).sum(axis=1)
        / plan.seconds,
        "session_load": load,
        "session_load_method": "heart rate",
        "local_offset": np.zeros(runs),
        "content_hash": files,
        "device": np.where(
            (s.new_device != 0) & (plan.week >= (s.trail_from or s.weeks // 2)),
            "new",
            "old",
        ),
        "surface": plan.surface,
        "time_above_easy": np.where(
            known, np.nan_to_num(above).sum(axis=1), np.nan
        ),
        "time_easy_judged": np.where(known, judged, np.nan),
        "feel": np.where(rated, feel, np.nan),
        "rpe": np.where(rated, effort, np.nan),
        "hard_time": np.where(hard, 900.0, 0.0),
        "stance_time_balance": 0.5 + 0.005 * rng.standard_normal(runs),
        "cadence_cv": 0.006
        * np.where(trail, s.uneven, 1.0)
        * np.exp(0.15 * rng.standard_normal(runs)),
        "intent": np.select(
            [race & s.races_named, hard, plan.kind == "easy"],
            ["race", "hard", "easy"],
            "",
        ),
        "intent_source": np.where(plan.kind == "long", "", "name"),
        "temperature": _recorded_temperature(s, p),
        "pace_spread": 0.06
        + s.spread * trail
        + 0.015 * rng.standard_normal(runs),
        "decoupling": 0.03 + 0.03 * rng.standard_normal(runs),
        "technical_time": np.zeros(runs),
        "hike_time": np.zeros(runs),
        "terrain_evenness": _evenness(p),
    }
    return schema.ACTIVITIES.frame(columns)


def _evenness(p: dict[str, Floats]) -> list[float]:
    """Return how evenly each run's time spreads over seven slopes, technical ground and hiking."""
    slopes = zip(np.searchsorted(_SLOPES, p["grade"]), p["time"], strict=True)
    return [
        shannon_evenness(
            np.bincount(slope, weights=time, minlength=len(_CLASSES) + 2)
        )
        for slope, time in slopes
    ]


def _segments(
    plan: Plan,
    p: dict[str, Floats],
    files: NDArray[np.str_],
    begin: pd.DatetimeIndex,
) -> pd.DataFrame:
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
            "start_time": first
            + pd.to_timedelta((ends - p["time"]).ravel(), unit="s"),
            "end_time": first + pd.to_timedelta(ends.ravel(), unit="s"),
            "start_distance": (far - length).ravel(),
            "end_distance": far.ravel(),
            "distance": length.ravel(),
            "duration": p["time"].ravel(),
            "surface": np.repeat(plan.surface, PIECES),
            "p_trail": np.repeat(plan.p_trail, PIECES),
            "surface_source": "map",
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


def _stretches(s: Scenario, plan: Plan, p: dict[str, Floats]) -> pd.DataFrame:
    """Return the pieces as stretches."""
    before = np.cumsum(p["time"], axis=1) - p["time"]
    length = p["time"] * p["speed"]
    fall = np.maximum(-length * p["grade"], 0.0)
    return schema.STRETCHES.frame(
        {
            "start_offset": before.ravel(),
            "moving_before": before.ravel(),
            "duration": p["time"].ravel(),
            "distance": length.ravel(),
            "speed": p["speed"].ravel(),
            "grade": p["grade"].ravel(),
            "ascent": np.maximum(length * p["grade"], 0.0).ravel(),
            "descent": fall.ravel(),
            "descent_before": (np.cumsum(fall, axis=1) - fall).ravel(),
            "walking": 0.0,
            "p_trail": np.repeat(plan.p_trail, PIECES),
            "p_technical": 0.0,
            "heart_rate": p["rate"].ravel(),
            "cadence": modelled_cadence(p["speed"]).ravel(),
            "temperature": np.repeat(_recorded_temperature(s, p), PIECES),
        }
    )


def _recorded_temperature(s: Scenario, p: dict[str, Floats]) -> Floats:
    """Return what a watch on the wrist reads over each run: warmer than the air."""
    warm = p["warmth"][:, 0] + ON_THE_WRIST
    return warm if s.thermometer else np.full(len(warm), np.nan)


def _impact(s: Scenario, plan: Plan, p: dict[str, Floats]) -> pd.DataFrame:
    runs, size = len(plan.week), len(EXPONENTS)
    sums = impact_load_by_group(
        np.repeat(np.arange(runs), PIECES),
        p["speed"].ravel(),
        p["grade"].ravel(),
        (modelled_cadence(p["speed"]) / 60.0 * p["time"]).ravel(),
        n_groups=runs,
    )
    # Every step of a run on trail is heavier by one ratio, whatever its component.
    ratio = np.where(plan.trail, s.step_load, 1.0)[:, None] ** np.asarray(
        EXPONENTS
    )
    loads = {
        f.name: (ratio * getattr(sums, f.name).T).ravel() for f in fields(sums)
    }
    return schema.IMPACT.frame(
        {
            "surface": np.repeat(plan.surface, size),
            "exponent": np.tile(EXPONENTS, runs),
            "distance": np.repeat((p["time"] * p["speed"]).sum(axis=1), size),
            "moving_time": np.repeat(plan.seconds, size),
            **loads,
        }
    )


def _profile(
    s: Scenario,
    plan: Plan,
    p: dict[str, Floats],
    begin: pd.DatetimeIndex,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return thinned tracks: a round of one of eight routes, and a speed that may surge in the last
    kilometre.
    """
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
    level = p["level"].mean(axis=1, keepdims=True) * np.exp(
        0.03 * rng.standard_normal((runs, POINTS))
    )
    level = level * np.where(last, 1.0 + surge[:, None], 1.0)
    grade = p["grade"][:, own]
    clock = plan.seconds[:, None] * along
    return schema.PROFILE.frame(
        {
            "time": np.repeat(begin, POINTS)
            + pd.to_timedelta(clock.ravel(), unit="s"),
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
