"""Time for a course from a runner's own runs.

Three steps. What a stretch's speed depends on is fitted to short stretches of all runs, as terms of
log speed that are shrunk to those of a population. What runs took beyond that is carried to the
next run: form, habit on courses alike, what the heart rate says. The whole is mixed with the
runner's own pace per km-effort, as much as would have done best on earlier runs.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from trailstats.elevation import GroundModel
from trailstats.errors import ReadError
from trailstats.history import History
from trailstats.history.prediction._beyond import beyond_experience
from trailstats.history.prediction._carry import RunFacts
from trailstats.history.prediction._model import (
    FEWEST_RUNS,
    Day,
    Pieces,
    RunnerModel,
    fit_runner,
)
from trailstats.history.prediction._population import carry_rules, population
from trailstats.history.prediction._result import Prediction, TimeRange
from trailstats.history.prediction._runs import Runs, runs_of
from trailstats.history.prediction._splits import (
    Splits,
    check_splits,
    marks_of,
    split_table,
)
from trailstats.history.prediction.course import Course
from trailstats.io.formats import Source
from trailstats.metrics._even_ground_fit import log_reserve
from trailstats.model.results import Analysis
from trailstats.terrain import RoadMap, SurfaceLabels
from trailstats.terrain.inputs import LabelsLike, as_labels

__all__ = [
    "Course",
    "Effort",
    "Prediction",
    "TimeRange",
    "predict",
]

FEWEST_OF_EFFORT = 3
"""Runs of an effort from which its own pace is taken (our choice)."""

FASTEST = 0.10
"""Without races, a race is like the fastest of this share of runs, each against what was expected
of it (our choice).
"""


LEAST_TOLD = 0.005
"""Share of the own pace per km-effort from which it is told: 1 % when rounded."""


class Effort(StrEnum):
    """How hard a course is to be run.

    Examples
    --------
    >>> from trailstats import Effort
    >>> Effort("race")
    <Effort.RACE: 'race'>
    """

    USUAL = "usual"
    EASY = "easy"
    RACE = "race"


@dataclass(frozen=True)
class _Aim:
    """The effort that is asked for.

    Attributes
    ----------
    kind : Effort
    heart_rate : float
        [bpm]; NaN where an effort is named instead.
    """

    kind: Effort
    heart_rate: float

    @classmethod
    def of(cls, effort: Effort | str | float) -> _Aim:
        if isinstance(effort, int | float):
            if not 60.0 < effort < 240.0:
                raise ValueError(
                    f"effort={effort}: a heart rate is between 60 and 240"
                )
            return cls(Effort.USUAL, float(effort))
        return cls(Effort(effort), float("nan"))

    def __str__(self) -> str:
        if np.isnan(self.heart_rate):
            return self.kind.value
        return f"{self.heart_rate:.0f} bpm"


def predict(
    course: Course | Analysis | Source,
    history: History,
    *,
    start: dt.datetime | str | None = None,
    effort: Effort | str | float = Effort.USUAL,
    temperature: float | None = None,
    splits: Splits = None,
    map: RoadMap | str | os.PathLike[str] | None = None,
    labels: LabelsLike | None = None,
    dem: GroundModel | None = None,
) -> Prediction:
    """Predict the moving time of one runner for a course.

    Parameters
    ----------
    course : Course, Analysis, path, bytes or binary stream
        A GPX route or track, a TCX or FIT course, or a run that was recorded; times are not needed.
    history : History
        Of the runner.
    start : datetime or text, optional
        When the run begins; only runs before it are learnt from, and arrivals get a time of day.
    effort : Effort, str or float
        ``"usual"`` as the runner runs such courses, ``"easy"``, ``"race"``, or the mean heart rate
        of the run [bpm].
    temperature : float, optional
        As a watch on the wrist would show it [degC].
    splits : float, sequence of float or text, optional
        Every so many metres, distances from the start [m], or ``"climbs"``: each climb, each
        descent and what lies between them. By default the course's waypoints, or each kilometre
        where it has none on its way.
    map : RoadMap or path, optional
        For the ground; by default what the athlete's profile names. Where it says nothing, the
        runner's own recordings of the same way do.
    labels : SurfaceLabels or path, optional
        Ground of stretches of this course; it counts over all else.
    dem : GroundModel, optional
        For the elevation, such as `GroundTiles`.

    Returns
    -------
    Prediction
        Moving time with the ranges that hold half and nine tenths of cases; ``caveats`` say what
        it extrapolates.

    Raises
    ------
    ReadError
        When the course can't be read, or no earlier run outdoors has distance and elevation.
    ValueError
        For an effort that is none, or splits that are none.
    ConfigError, MissingExtraError, WriteError
        When the map, the labels or the ground model can't be used.

    Notes
    -----
    On six athletes whose earlier runs alone were used, and terms of a population without them, the
    mean absolute error is 9 % over all runs and 15 % on trail, with the heart rate known 7 % and
    10 %; see ``benchmarks/effort.py``, which prints them.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/archive")
    >>> found = ts.predict("data/samples/odd/two-tracks.gpx", history, effort="easy")
    >>> found.effort
    'easy'
    """
    aim = _Aim.of(effort)
    begin = None if start is None else _utc(start)
    check_splits(splits)
    way = _course_of(course)
    if dem is not None:
        way = way.with_heights(dem)
    way = _with_ground(way, history, map, as_labels(labels))
    runs = runs_of(history)
    if begin is not None:
        runs = runs.where(runs.facts.day < begin.value / 86400e9)
    pieces = way.pieces()
    return predict_from(
        runs, way, pieces, aim, _Asked(begin, temperature, splits)
    )


@dataclass(frozen=True)
class _Asked:
    start: pd.Timestamp | None
    temperature: float | None
    splits: Splits


def predict_from(
    runs: Runs, course: Course, pieces: Pieces, aim: _Aim, asked: _Asked
) -> Prediction:
    """Return the prediction from runs that are at hand."""
    by_heart_rate = not np.isnan(aim.heart_rate)
    if by_heart_rate:
        runs = runs.with_heart_rate()
    if not len(runs):
        raise ReadError(
            "no run to learn from: one outdoors with distance, elevation"
            + (" and heart rate" if by_heart_rate else "")
        )
    told, pieces = pieces, pieces.guessed()
    names = pieces.terms(heart_rate=by_heart_rate)
    model = fit_runner(runs, names, population(names), carry_rules(names))
    warm = float("nan") if asked.temperature is None else asked.temperature
    facts = facts_of(pieces, runs, asked.start, aim.heart_rate)
    times = model.times(pieces, facts, Day(aim.heart_rate, warm))
    shift, why = _shift_of(aim, model)
    times = replace(times, expected=times.expected * np.exp(shift))
    marks = marks_of(course, asked.splits)
    table = split_table(pieces, times, marks, model.terms.noise)
    total = float(times.expected.sum())
    known = bool(np.isfinite(pieces.grade).any())
    caveats = beyond_experience(
        runs, told, times.expected, Day(aim.heart_rate, warm)
    )
    starts = pd.DatetimeIndex(runs.table["start_time"])
    return Prediction(
        course=course,
        effort=str(aim),
        moving_time=TimeRange.of(total, float(table_spread(table, total))),
        splits=table,
        ascent=float(pieces.ascent.sum()) if known else float("nan"),
        descent=float(pieces.descent.sum()) if known else float("nan"),
        start=asked.start,
        method=_method(model, names, times.own_pace.share),
        own_pace_share=times.own_pace.share,
        caveats=(*why, *caveats),
        n_runs=len(runs),
        period=(starts.min(), starts.max()),
    )


def table_spread(table: pd.DataFrame, total: float) -> float:
    """Return the standard deviation of the log of the whole time, from the last arrival."""
    return float(np.log(table["arrival_high90"].iloc[-1] / total) / 1.644854)


def facts_of(
    pieces: Pieces, runs: Runs, start: pd.Timestamp | None, heart_rate: float
) -> RunFacts:
    """Return what a run over some pieces is compared with earlier ones by."""
    latest = float(runs.facts.day.max())
    day = latest if start is None else max(latest, start.value / 86400e9)
    length = float(pieces.distance.sum())
    reserve = np.nan_to_num(log_reserve(np.array([heart_rate])))
    device = runs.facts.device[int(np.argmax(runs.facts.day))]
    return RunFacts(
        day=np.array([day]),
        distance=np.array([length]),
        ascent=np.array([float(pieces.ascent.sum())]),
        trail=np.array([pieces.trail_share()]),
        device=np.array([device]),
        reserve=reserve,
    )


def _shift_of(aim: _Aim, model: RunnerModel) -> tuple[float, tuple[str, ...]]:
    """Return the log time that an effort adds to the usual one, and what it rests on."""
    if aim.kind is Effort.USUAL:
        return 0.0, ()
    residual = model.missed()
    intent = model.runs.table.get("intent")
    wanted = np.zeros(len(residual), dtype=bool)
    if intent is not None:
        wanted = (intent == aim.kind.value).to_numpy()
    if wanted.sum() >= FEWEST_OF_EFFORT:
        return float(np.mean(residual[wanted])), ()
    if aim.kind is Effort.RACE and len(residual) >= FEWEST_RUNS:
        found = float(np.quantile(residual, FASTEST))
        return min(found, 0.0), (
            f"{_few(int(wanted.sum()), 'race')} known: a race is taken to be like the fastest "
            "tenth of the runs, each against what was expected of it.",
        )
    return 0.0, (
        f"{_few(int(wanted.sum()), 'run')} known to be of the effort {aim.kind.value!r}: "
        "the time is that of the usual effort.",
    )


def _few(count: int, noun: str) -> str:
    """Return a number of things with its verb."""
    return f"1 {noun} is" if count == 1 else f"{count or 'No'} {noun}s are"


def _method(model: RunnerModel, names: tuple[str, ...], share: float) -> str:
    own = "own" if len(model.runs) >= FEWEST_RUNS else "the population's"
    ground = [name for name in ("trail", "technical") if name in names]
    known = " and ".join(["grade", *ground])
    return (
        f"modelled: {own} terms of {known} from {len(model.runs)} runs, and what runs on courses "
        f"alike took beyond them{_told_of_pace(share)}; ranges: of the runs' own scatter"
    )


def _told_of_pace(share: float) -> str:
    """Return how much of a time is the runner's own pace per km-effort, in words."""
    if share < LEAST_TOLD:
        return ""
    return (
        f"; {100.0 * share:.0f} % of it is your own usual pace per km-effort (100 m up count as "
        "1 km), as much as did best on your earlier runs"
    )


def _course_of(course: Course | Analysis | Source) -> Course:
    if isinstance(course, Course):
        return course
    if isinstance(course, Analysis):
        return Course.of_analysis(course)
    return Course.read(course)


def _with_ground(
    course: Course,
    history: History,
    map: RoadMap | str | os.PathLike[str] | None,
    labels: SurfaceLabels | None,
) -> Course:
    if map is None and not course.ground_source and history.athlete.osm:
        map = RoadMap(history.athlete.osm)
    if map is not None:
        course = course.with_map(
            map if isinstance(map, RoadMap) else RoadMap(map)
        )
    if labels is not None:
        course = course.with_labels(labels)
    known = np.isfinite(course.p_trail) & np.isfinite(course.p_technical)
    return course if known.all() else course.with_recordings(history)


def _utc(start: dt.datetime | str) -> pd.Timestamp:
    found = pd.Timestamp(start)
    return (
        found.tz_localize("UTC") if found.tz is None else found.tz_convert("UTC")
    )
