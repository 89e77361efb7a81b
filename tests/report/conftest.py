"""Histories built by hand: a runner of a season, deterministic, without files or the analysis
engine.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from trailstats import schema
from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.history import History
from trailstats.io.containers import Failure
from trailstats.model.activity import ActivityMeta, Issue
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import Analysis, Metric, Totals
from trailstats.schema import EvidenceStrength, Severity, Verdict

START = pd.Timestamp("2025-03-03T17:00:00Z")
HOME = (47.0, 11.0)
METRES_PER_DEGREE = 111_195.0
CHANNELS = ("latitude", "longitude", "elevation", "heart_rate")


def make_analysis(
    number: int, *, trail: bool, without: tuple[str, ...] = (), points: int = 200
) -> Analysis:
    """Return a run of 10 km on a loop of 4 segments, at 5:00 /km on road and 6:15 /km on trail."""
    along = np.linspace(0.0, 10_000.0, points)
    turn = 2 * math.pi * along / along[-1]
    radius = 1200.0 + 40.0 * (number % 7)
    speed = 1000 / (375 if trail else 300)
    start = START + pd.Timedelta(days=2 * number)
    time = start + pd.to_timedelta(along / speed, unit="s")
    segment = np.minimum((along // 2500).astype(int), 3)
    data: dict[str, object] = {
        "time": time,
        "distance": along,
        "latitude": HOME[0] + radius * np.sin(turn) / METRES_PER_DEGREE,
        "longitude": HOME[1]
        + radius
        * (1 - np.cos(turn))
        / METRES_PER_DEGREE
        / math.cos(math.radians(HOME[0])),
        "elevation": 500.0 + (180.0 if trail else 8.0) * np.sin(turn) ** 2,
        "grade": np.gradient(
            500.0 + (180.0 if trail else 8.0) * np.sin(turn) ** 2, along
        ),
        "speed": np.full(points, speed),
        "heart_rate": 140.0 + 8.0 * np.sin(3 * turn),
        "segment": segment,
    }
    for channel in without:
        data.pop(channel)
    profile = schema.PROFILE.frame(data)
    surface = (
        ["trail", "trail", "unknown", "road"]
        if trail
        else ["road", "road", "road", "unknown"]
    )
    edges = np.arange(5) * 2500.0
    segments = schema.SEGMENTS.frame(
        {
            "file": f"run{number:03d}.fit",
            "index": np.arange(4),
            "start_time": pd.DatetimeIndex(
                [start + pd.Timedelta(seconds=d / speed) for d in edges[:-1]]
            ),
            "end_time": pd.DatetimeIndex(
                [start + pd.Timedelta(seconds=d / speed) for d in edges[1:]]
            ),
            "start_distance": edges[:-1],
            "end_distance": edges[1:],
            "distance": np.full(4, 2500.0),
            "duration": np.full(4, 2500.0 / speed),
            "surface": surface,
            "p_trail": [0.95, 0.9, 0.5, 0.1] if trail else [0.02, 0.05, 0.1, 0.5],
            "surface_source": "signal",
            "slope": ["up", "down", "up", "down"] if trail else ["flat"] * 4,
            "mean_grade": [0.07, -0.07, 0.07, -0.07] if trail else [0.0] * 4,
            "ascent": [90.0, 0.0, 90.0, 0.0] if trail else [4.0] * 4,
            "descent": [0.0, 90.0, 0.0, 90.0] if trail else [4.0] * 4,
            "technical": [False, True, False, False] if trail else [False] * 4,
            "p_technical": 0.2,
            "gait": "run",
            "speed": speed,
            "grade_adjusted_speed": speed * (1.15 if trail else 1.0),
            "heart_rate": math.nan if "heart_rate" in without else 141.0,
            "cadence": 168.0,
            "n_records": np.full(4, 700),
        }
    )
    climbs = schema.CLIMBS.empty()
    if trail:
        climbs = schema.CLIMBS.frame(
            {
                "index": [0],
                "direction": ["up"],
                "start_time": pd.DatetimeIndex([start]),
                "end_time": pd.DatetimeIndex(
                    [start + pd.Timedelta(seconds=2500 / speed)]
                ),
                "start_distance": [0.0],
                "end_distance": [2500.0],
                "distance": [2500.0],
                "ascent": [175.0],
                "descent": [0.0],
                "mean_grade": [0.07],
                "steepest_grade": [0.12],
                "moving_time": [2500 / speed],
                "vertical_speed": [175 * speed / 2500],
                "grade_adjusted_speed": [speed * 1.4],
                "score": [17_500.0],
            }
        )
    moving = 10_000.0 / speed
    heart_time = 0.0 if "heart_rate" in without else moving
    totals = Totals(
        distance=10_000.0,
        trail_distance=5000.0 if trail else 0.0,
        road_distance=2500.0 if trail else 7500.0,
        unknown_distance=2500.0,
        technical_distance=2500.0 if trail else 0.0,
        uphill_distance=5000.0 if trail else 0.0,
        downhill_distance=5000.0 if trail else 0.0,
        elapsed_time=moving + 60.0,
        moving_time=moving,
        ascent=180.0 if trail else 16.0,
        descent=180.0 if trail else 16.0,
        level_distance=11_500.0 if trail else 10_000.0,
        level_time=moving,
        heart_beats=heart_time * 141.0 / 60.0,
        heart_rate_time=heart_time,
        n_records=2800,
    )
    if trail:
        totals = replace(totals, trail_distance=6000.0, unknown_distance=1500.0)
    shape = 0.002 * number - 0.05 * trail
    metrics = {
        "trail_probability": Metric(
            0.93 if trail else 0.04,
            "1",
            0.85 if trail else 0.01,
            0.97 if trail else 0.1,
        ),
        "trail_expected": Metric(
            0.85 if trail else 0.05,
            "1",
            0.7 if trail else 0.0,
            0.95 if trail else 0.2,
        ),
        "grade_adjusted_speed": Metric(
            speed * (1.15 if trail else 1.0),
            "m/s",
            speed,
            speed * 1.2,
            method="race curve over grade; modelled; the bounds are the spread over published "
            "curves",
            coverage=0.99,
            evidence=EvidenceStrength.MODERATE,
        ),
        "session_load": Metric(
            60.0 + number % 9, "1", method="heart rate, Banister; modelled"
        ),
        "impact_load": Metric(
            10.4, "km", 9.8, 11.2, method="steps and forces, exponent 1; modelled"
        ),
        "efficiency_factor": Metric(1.35 + shape, "m"),
    }
    if "heart_rate" in without:
        metrics["session_load"] = Metric.missing(
            "1", "no heart rate was recorded"
        )
        del metrics["efficiency_factor"]
    else:
        for k, part in enumerate((0.7, 0.2, 0.1), start=1):
            metrics[f"time_zone_{k}"] = Metric(
                moving * part, "s", method="heart rate against the limits"
            )
    meta = ActivityMeta(
        source=f"run{number:03d}.fit",
        format="fit",
        content_hash=f"{number:064x}",
        sport="running",
        sub_sport="trail" if trail else "",
        name=f"{'Forest' if trail else 'River'} loop {number}",
        device="Watch 3",
        start_time=start,
        local_offset=3600.0,
    )
    issues = (
        (
            Issue(
                "position_spike",
                Severity.WARNING,
                "3 positions jumped and were left out",
                3,
            ),
        )
        if number % 5 == 0
        else ()
    )
    return Analysis(
        meta, totals, metrics, segments, climbs, profile, issues=issues
    )


def make_history(
    analyses: list[Analysis],
    athlete: Athlete | None = None,
    failures: tuple[Failure, ...] = (),
) -> History:
    """Return the history of analyses, with the columns that the page reads."""
    rows: dict[str, list[object]] = {name: [] for name in schema.ACTIVITIES.names}
    for a in analyses:
        t, m = a.totals, a.metrics
        nan = Metric.missing("1", "")
        surface = (
            "trail"
            if t.trail_share > 0.5
            else "road"
            if t.road_share > 0.5
            else "unknown"
        )
        given: dict[str, object] = {
            "file": a.meta.source,
            "status": "ok",
            "sport": a.meta.sport,
            "sub_sport": a.meta.sub_sport,
            "start_time": a.meta.start_time,
            "distance": t.distance,
            "moving_time": t.moving_time,
            "ascent": t.ascent,
            "descent": t.descent,
            "trail_share": t.trail_share,
            "road_share": t.road_share,
            "unknown_share": t.unknown_share,
            "session_load": m.get("session_load", nan).value,
            "impact_load": m.get("impact_load", nan).value,
            "impact_load_trail": m.get("impact_load", nan).value * t.trail_share,
            "impact_load_road": m.get("impact_load", nan).value * t.road_share,
            "name": a.meta.name,
            "local_offset": a.meta.local_offset,
            "surface": surface,
            "content_hash": a.meta.content_hash,
            **{
                zone: m.get(zone, nan).value
                for zone in ("time_zone_1", "time_zone_2", "time_zone_3")
            },
        }
        for column in schema.ACTIVITIES:
            empty = {"float64": math.nan, "str": "", "int64": 0}.get(column.dtype)
            rows[column.name].append(given.get(column.name, empty))
    activities = (
        schema.ACTIVITIES.frame(rows) if analyses else schema.ACTIVITIES.empty()
    )
    segments = (
        pd.concat([a.segments for a in analyses])
        if analyses
        else schema.SEGMENTS.empty()
    )
    limits = HeartRateLimits(
        185.0, 50.0, 148.0, 166.0, "", "the athlete's profile"
    )
    return History(
        athlete or Athlete(), activities, segments, analyses, failures, limits
    )


def make_claims(sources: list[str]) -> list[ClaimResult]:
    """Return one answer of each kind."""
    impact_parts = tuple(
        ClaimResult(
            "impact",
            "",
            f"{what} per kilometre, in level-road kilometres",
            "km",
            trail,
            1.0,
            trail - 1.0,
            trail - 1.0 - 0.06,
            trail - 1.0 + 0.05,
            40,
            60,
            verdict,
        )
        for what, trail, verdict in (
            ("impact load", 1.02, Verdict.INCONCLUSIVE),
            ("muscle load", 1.21, Verdict.CONTRADICTED),
            ("shin load", 0.91, Verdict.SUPPORTED),
        )
    )
    return [
        ClaimResult(
            "easy_days",
            "Trail running forces you to slow down on easy days.",
            "mean speed on easy-intended runs",
            "m/s",
            2.667,
            3.333,
            -0.667,
            -0.81,
            -0.52,
            18,
            27,
            Verdict.SUPPORTED,
            EvidenceStrength.NONE,
            (
                "Easy is told from the workout's name and the calendar, not from the heart rate.",
            ),
            tuple(sources[:6]),
        ),
        ClaimResult(
            "same_effort",
            "Trail running is not necessarily harder.",
            "heart rate at equal level speed",
            "bpm",
            151.0,
            149.2,
            1.8,
            -0.9,
            4.4,
            40,
            60,
            Verdict.INCONCLUSIVE,
            EvidenceStrength.MODERATE,
            ("Heart rate drifts in heat.",),
            tuple(sources),
        ),
        ClaimResult(
            "impact",
            "Trail running has lesser impact on the joints.",
            "three load components, each per kilometre",
            "km",
            verdict=Verdict.CONTRADICTED,
            evidence=EvidenceStrength.WEAK,
            caveats=(
                "Modelled from speed, grade and cadence: no force was measured.",
            ),
            activities=tuple(sources),
            n_trail=40,
            n_road=60,
            parts=impact_parts,
        ),
        ClaimResult(
            "enjoyment",
            "Trail running makes you enjoy running more.",
            "rated feel per run",
            verdict=Verdict.NOT_ENOUGH_DATA,
            evidence=EvidenceStrength.MODERATE,
            caveats=(
                "2 rated trail runs and 1 rated road run; 10 on each side are needed.",
            ),
            n_trail=2,
            n_road=1,
        ),
        ClaimResult(
            "stress",
            "Trail running relieves the stress of pace.",
            "no scale for stress is in the files",
            verdict=Verdict.NOT_MEASURABLE,
            caveats=("Nothing in the recordings tells it.",),
        ),
    ]


def make_rules(sources: list[str]) -> list[RuleResult]:
    """Return one rule of each outcome."""
    texts = (
        (
            "R1",
            "Replace one or two road runs a week by trail runs.",
            "pass",
            "In 31 of 40 weeks.",
        ),
        (
            "R2",
            "At most one trail run in two weeks in the last month before a race.",
            "fail",
            "3 trail runs in May.",
        ),
        (
            "R3",
            "Before a marathon, run on smooth trails.",
            "not applicable",
            "No race is given.",
        ),
        (
            "R4",
            "Short, steep and technical for power.",
            "not enough data",
            "4 weeks only.",
        ),
    )
    return [
        RuleResult(
            rule,
            statement,
            "2025-03-03 to 2025-12-01",
            outcome,
            detail,
            EvidenceStrength.NONE,
            tuple(sources[:3]),
        )
        for rule, statement, outcome, detail in texts
    ]


def make_season(
    drift: float, noise: float = 0.0, carried: float = 0.0
) -> History:
    """Return two road runs a week over a year at 3 to 3.6 m/s, 20 beats for each m/s, whose form
    drifts by the week.
    """
    rng = np.random.default_rng(7)
    runs, level = [], 0.0
    for k in range(104):
        if k % 2 == 0:
            level = carried * level + rng.normal(0.0, noise)
        speed = 3.0 + 0.15 * (k % 5)
        rate = 60.0 + 20.0 * (speed - drift * (k // 2) - level) * 1.5
        run = make_analysis(k, trail=False)
        start = pd.Timestamp("2025-03-03T08:00:00Z") + pd.Timedelta(
            days=7 * (k // 2) + 3 * (k % 2)
        )
        times = [start + pd.Timedelta(seconds=s) for s in (0, 750, 1500, 2250)]
        segments = run.segments.assign(
            speed=speed,
            grade_adjusted_speed=speed,
            heart_rate=rate,
            start_time=pd.DatetimeIndex(times).as_unit("ns"),
        )
        totals = replace(
            run.totals, heart_beats=run.totals.heart_rate_time * rate / 60.0
        )
        meta = replace(run.meta, start_time=start)
        runs.append(replace(run, meta=meta, segments=segments, totals=totals))
    return make_history(runs)


@pytest.fixture(scope="session")
def analyses() -> list[Analysis]:
    """Return 24 runs, every third on trail."""
    return [make_analysis(k, trail=k % 3 == 0) for k in range(24)]


@pytest.fixture(scope="session")
def history(analyses: list[Analysis]) -> History:
    """Return the history of these runs with one file that failed."""
    return make_history(
        analyses,
        failures=(
            Failure("broken.fit", "corrupt", "the header is cut off", "byte 12"),
        ),
    )


@pytest.fixture(scope="session")
def claims(analyses: list[Analysis]) -> list[ClaimResult]:
    """Return one answer of each kind."""
    return make_claims([a.meta.source for a in analyses])


@pytest.fixture(scope="session")
def rules(analyses: list[Analysis]) -> list[RuleResult]:
    """Return one rule of each outcome."""
    return make_rules([a.meta.source for a in analyses])


@pytest.fixture(scope="session")
def build() -> SimpleNamespace:
    """Return the functions that build analyses, histories, claims and rules by hand."""
    return SimpleNamespace(
        analysis=make_analysis,
        history=make_history,
        claims=make_claims,
        rules=make_rules,
        season=make_season,
    )
