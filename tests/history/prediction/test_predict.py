"""Predictions for runners and courses whose times are known."""

from __future__ import annotations

import json
from dataclasses import replace

import gpxpy
import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import trailstats as ts
from builders import make_activity
from history.prediction.simulated import LEVEL, runner
from trailstats.analysis import Options, measure
from trailstats.cli import main
from trailstats.history._history import combine
from trailstats.history.prediction import _Aim, _Asked, predict_from
from trailstats.history.prediction._fit import Noise, Prior
from trailstats.history.prediction._population import population
from trailstats.history.prediction._runs import runs_of
from trailstats.history.prediction._terms import COURSE_TERMS
from trailstats.history.prediction.course import Course
from trailstats.model.json_schemas import document_schema

NOISE = Noise(spread=0.10, correlation=0.3, between=0.03)


def straight(length: float, *, climb: float = 0.0, trail: float = 0.1) -> Course:
    """Return a way straight north that goes up evenly, on ground that is known."""
    distance = np.arange(0.0, length + 1.0, 20.0)
    return Course(
        "straight",
        distance,
        47.0 + distance / 111_195.0,
        np.full(len(distance), 11.0),
        500.0 + climb * distance,
        np.full(len(distance), trail),
        np.full(len(distance), 0.05),
        ground_source="labels",
    )


def asked(**options: object) -> _Asked:
    given = {"start": None, "temperature": None, "splits": None} | options
    return _Asked(**given)  # type: ignore[arg-type]


def found_for(
    course: Course, runs: object, aim: _Aim | None = None
) -> ts.Prediction:
    return predict_from(
        runs, course, course.pieces(), aim or _Aim.of("usual"), asked()
    )  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def truth() -> Prior:
    """Return a runner who differs from the population: slow downhill, fast uphill."""
    prior = population(COURSE_TERMS)
    return Prior(prior.names, prior.mean + 0.8 * prior.spread, prior.spread)


def true_time(course: Course, truth: Prior) -> float:
    """Return the time by the truth, with the fatigue of the time itself."""
    pieces = course.pieces()
    hours = np.zeros(len(pieces.distance))
    for _ in range(5):
        columns = pieces.conditions(hours, 145.0, float("nan")).columns(
            truth.names
        )
        time = pieces.distance / np.exp(LEVEL + columns @ truth.mean)
        hours = (np.cumsum(time) - time) / 3600.0
    return float(time.sum())


@pytest.mark.parametrize(
    ("course", "within"),
    [
        (straight(10_000.0), 0.08),
        (straight(8000.0, climb=0.10), 0.04),
        (straight(9000.0, climb=-0.15, trail=0.9), 0.04),
    ],
)
def test_the_time_of_a_runner_who_is_known(
    course: Course, within: float, truth: Prior
) -> None:
    """Of a simulated runner with 60 hilly runs the time is met to 4 %: intercepts of 0.03 over few
    runs alike, and errors of 0.10 whose exponential is 0.5 % above 1 on average. A level course is
    unlike all of them, which the line over climbing may tilt by as much again.
    """
    runs = runner(np.random.default_rng(1), truth, NOISE, n_runs=60)
    found = found_for(course, runs)
    assert found.moving_time.value == pytest.approx(
        true_time(course, truth), rel=within
    )
    assert (
        found.moving_time.low90
        < true_time(course, truth)
        < found.moving_time.high90
    )


def test_splits_add_up() -> None:
    """Lengths, ascents and times of the splits are those of the course; arrivals are their sums."""
    prior = population(COURSE_TERMS)
    runs = runner(np.random.default_rng(2), prior, NOISE, n_runs=12)
    found = found_for(straight(5300.0, climb=0.05), runs)
    splits = found.splits
    assert list(splits["name"]) == [
        "1 km",
        "2 km",
        "3 km",
        "4 km",
        "5 km",
        "5.3 km",
    ]
    assert splits["distance"].sum() == pytest.approx(5300.0)
    assert splits["ascent"].sum() == pytest.approx(found.ascent)
    assert found.ascent == pytest.approx(265.0, abs=1.0)
    assert splits["moving_time"].sum() == pytest.approx(found.moving_time.value)
    assert splits["arrival"].iloc[-1] == pytest.approx(found.moving_time.value)
    inner = splits["high90"] / splits["moving_time"]
    # The range of a split is wider than that of the whole, in proportion.
    assert (inner >= found.moving_time.high90 / found.moving_time.value).all()
    assert (splits["low90"] < splits["low50"]).all()


def test_a_longer_way_is_said_to_be_beyond_and_has_a_wider_range() -> None:
    """Distance, time and descent beyond the runner's own are named with both figures."""
    prior = population(COURSE_TERMS)
    runs = runner(np.random.default_rng(3), prior, NOISE, n_runs=15)
    near = found_for(straight(12_000.0), runs)
    far = found_for(straight(50_000.0, climb=-0.05), runs)
    words = " ".join(far.caveats)
    assert "your longest run was" in words
    assert "never descended 2,500 m" in words
    assert "longest" not in " ".join(near.caveats)
    width = [p.moving_time.high90 / p.moving_time.value for p in (near, far)]
    assert width[1] > width[0]


def test_few_runs_get_the_curves_of_the_population(truth: Prior) -> None:
    """With nine runs the slopes are the population's, and it is said."""
    runs = runner(np.random.default_rng(4), truth, NOISE, n_runs=9)
    up = found_for(straight(3000.0, climb=0.22), runs)
    level = found_for(straight(3000.0), runs)
    prior = population(COURSE_TERMS)
    ratio = up.moving_time.value / level.moving_time.value
    expected = np.exp(-prior.mean[prior.names.index("up_22")])
    # What courses alike took beyond that differs with the climb, by a tenth at most.
    assert ratio == pytest.approx(expected, rel=0.12)
    assert any("Only 9 runs" in text for text in up.caveats)


def test_a_race_is_faster_than_usual_and_easy_runs_are_named() -> None:
    """Races that took 10 % less than expected make a race 10 % faster."""
    prior = population(COURSE_TERMS)
    runs = runner(np.random.default_rng(5), prior, NOISE, n_runs=40)
    intent = np.where(np.arange(40) % 8 == 0, "race", "")
    runs.table["intent"] = intent
    fast = np.isin(runs.run, np.flatnonzero(intent == "race"))
    for name in ("speed",):
        runs.stretches[name][fast] *= np.exp(0.10)
    runs.stretches["duration"][fast] /= np.exp(0.10)
    course = straight(10_000.0)
    usual, race = (
        found_for(course, runs, _Aim.of(kind)).moving_time.value
        for kind in ("usual", "race")
    )
    assert np.log(race / usual) == pytest.approx(-0.10, abs=0.03)
    easy = found_for(course, runs, _Aim.of("easy"))
    assert any("'easy'" in text for text in easy.caveats)


def test_a_course_without_heights_or_ground_is_said_to_be() -> None:
    """It is taken to be level; the ground doesn't count."""
    course = Course.read(b"""<gpx><rte><rtept lat="47" lon="11"/>
        <rtept lat="47.05" lon="11"/></rte></gpx>""")
    runs = runner(
        np.random.default_rng(6), population(COURSE_TERMS), NOISE, n_runs=12
    )
    found = found_for(course, runs)
    assert np.isnan(found.ascent)
    assert any("no elevation" in text for text in found.caveats)
    assert any(
        "ground of the course is not known" in text for text in found.caveats
    )
    assert found.course.length == pytest.approx(
        5559.75, rel=1e-3
    )  # 0.05 degrees of 6371 km


def test_splits_end_at_waypoints_and_gpx_brings_them_back() -> None:
    """A waypoint on the way is a split; a course of GPX holds the arrival there."""
    course = Course.read(b"""<gpx><wpt lat="47.02" lon="11"><name>Hut &amp; well</name></wpt>
        <wpt lat="47.02" lon="12"><name>Elsewhere</name></wpt><rte><rtept lat="47" lon="11"/>
        <rtept lat="47.02" lon="11"/><rtept lat="47.05" lon="11"/></rte></gpx>""")
    runs = runner(
        np.random.default_rng(7), population(COURSE_TERMS), NOISE, n_runs=12
    )
    begin = pd.Timestamp("2026-06-01T06:00Z")
    found = predict_from(
        runs, course, course.pieces(), _Aim.of("usual"), asked(start=begin)
    )
    assert list(found.splits["name"]) == ["Hut & well", "end"]
    back = gpxpy.parse(found.to_gpx())
    hut = back.waypoints[0]
    assert hut.name == "Hut & well"
    assert hut.latitude == pytest.approx(47.02, abs=1e-4)
    after = (pd.Timestamp(hut.time) - begin).total_seconds()
    assert after == pytest.approx(found.splits["arrival"][0], abs=1.0)
    assert len(back.tracks[0].segments[0].points) == 3


def test_the_document_keeps_its_schema() -> None:
    """With and without elevation and start."""
    runs = runner(
        np.random.default_rng(8), population(COURSE_TERMS), NOISE, n_runs=5
    )
    for course in (
        straight(3000.0),
        Course.read(b"""<gpx><rte><rtept lat="47" lon="11"/>
            <rtept lat="47.05" lon="11"/></rte></gpx>"""),
    ):
        document = json.loads(
            json.dumps(found_for(course, runs).to_dict(), allow_nan=False)
        )
        schema = Draft202012Validator(document_schema("prediction"))
        assert list(schema.iter_errors(document)) == []


@pytest.fixture(scope="module")
def history() -> ts.History:
    """Return a runner with twelve even runs of 3 m/s on a hill of 2 %."""
    days = pd.date_range("2026-03-01", periods=12, freq="2D", tz="UTC")
    return combine(
        [
            measure(
                make_activity(
                    duration=1500 + 60 * n,
                    speed=3.0 + 0.05 * np.sin(np.arange(1501 + 60 * n) / 40.0),
                    elevation=np.array([500.0, 500.0 + 30.0 + n]),
                    heart_rate=140.0
                    + n
                    + np.sin(np.arange(1501 + 60 * n) / 90.0),
                    start=str(day),
                    name=f"run {n}",
                ),
                Options(ts.Athlete()),
            )
            for n, day in enumerate(days)
        ],
        [],
        ts.Athlete(),
    )


def test_from_a_history(history: ts.History) -> None:
    """The runner of 3 m/s up a gentle hill needs 1,667 s for 5 km of it, to 3 %."""
    course = straight(5000.0, climb=0.007)
    found = ts.predict(course, history, start="2026-05-01T08:00Z")
    assert found.n_runs == 12
    assert found.moving_time.value == pytest.approx(5000.0 / 3.0, rel=0.03)


def test_only_earlier_runs_are_learnt_from(history: ts.History) -> None:
    """A start in the midst of the history leaves the later runs out; one before leaves none."""
    found = ts.predict(straight(3000.0), history, start="2026-03-08T00:00Z")
    assert found.n_runs == 4
    with pytest.raises(ts.ReadError, match="no run to learn from"):
        ts.predict(straight(3000.0), history, start="2026-01-01")


def test_a_heart_rate_is_an_effort(history: ts.History) -> None:
    """A higher one is faster; one out of the runner's range is said to be; nonsense is refused."""
    slow, fast = (
        ts.predict(straight(5000.0), history, effort=rate) for rate in (130, 165)
    )
    assert fast.moving_time.value < slow.moving_time.value
    assert fast.effort == "165 bpm"
    assert any("none of 165" in text for text in fast.caveats)
    for nonsense in (20, 400, "flat out"):
        with pytest.raises(ValueError):
            ts.predict(straight(5000.0), history, effort=nonsense)


def test_stretches_of_the_history_are_the_runs(history: ts.History) -> None:
    """What is learnt from adds up to the moving time of the runs."""
    runs = runs_of(history)
    taken = np.bincount(runs.run, runs.stretches["duration"])
    np.testing.assert_allclose(taken, runs.column("moving_time"), rtol=0.02)


def test_the_command(
    samples, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Prints the document, or a table, and writes the course with its arrivals."""
    course = samples / "odd" / "two-tracks.gpx"
    arguments = [
        "predict",
        str(course),
        "--from",
        str(samples / "archive"),
        "--no-cache",
    ]
    out = tmp_path / "course.gpx"
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--json", "-o", str(out)])
    assert ended.value.code == 0
    document = json.loads(capsys.readouterr().out)
    Draft202012Validator(document_schema("prediction")).validate(document)
    assert gpxpy.parse(out.read_text()).waypoints
    page = tmp_path / "course.html"
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--splits", "climbs", "-o", str(page)])
    assert ended.value.code == 0
    assert "<h1>" in page.read_text()
    for wrong in (
        ["--splits", "hills"],
        ["--splits", "5"],
        ["--effort", "much"],
        ["--start", "noon"],
        ["-o", str(tmp_path / "x.txt")],
    ):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *wrong])
        assert ended.value.code == 2


def hill(top: float) -> Course:
    """Return 9 km: 3 up at 10 %, 3 level, 3 down at 10 %."""
    distance = np.arange(0.0, 9001.0, 20.0)
    height = np.interp(distance, [0.0, 3000.0, 6000.0, 9000.0], [0, top, top, 0])
    flat = straight(9000.0)
    return replace(flat, elevation=500.0 + height)


def test_a_course_is_divided_by_its_climbs() -> None:
    """A hill of 300 m with a level top of 3 km has a climb, a plain and a descent; a level way
    has kilometres.
    """
    runs = runner(
        np.random.default_rng(9), population(COURSE_TERMS), NOISE, n_runs=12
    )
    course = hill(300.0)
    splits = predict_from(
        runs, course, course.pieces(), _Aim.of("usual"), asked(splits="climbs")
    ).splits
    assert list(splits["name"]) == ["climb 1", "6 km", "descent 1"]
    # To a grid of 10 m, and the window that heights are smoothed over.
    np.testing.assert_allclose(
        splits["end_distance"], [3000.0, 6000.0, 9000.0], atol=60.0
    )
    np.testing.assert_allclose(splits["ascent"], [300.0, 0.0, 0.0], atol=5.0)
    level = straight(2500.0)
    found = predict_from(
        runs, level, level.pieces(), _Aim.of("usual"), asked(splits="climbs")
    ).splits
    assert list(found["name"]) == ["1 km", "2 km", "2.5 km"]


def test_splits_that_are_none_are_refused(history: ts.History) -> None:
    """Another word, and a distance that is not positive."""
    for nonsense in ("hills", -5.0, [1000.0, float("nan")], 0.0):
        with pytest.raises(ValueError, match="splits="):
            ts.predict(straight(3000.0), history, splits=nonsense)


def test_labels_of_the_course_count_over_all_else(history: ts.History) -> None:
    """A labelled stretch has the labelled ground, the rest what was known; a trail is slower than
    a road; other files' labels say nothing, and times are refused.
    """
    course = replace(straight(4000.0), source="races/hill.gpx")
    head = "file,from,to,surface\n"
    trail = ts.SurfaceLabels.from_text(f"{head}hill.gpx,,2 km,trail\n")
    found = ts.predict(course, history, labels=trail, splits=2000.0)
    assert found.splits["p_trail"].tolist() == pytest.approx([1.0, 0.1], abs=0.05)
    assert found.course.ground_source.startswith("labels")
    road = ts.SurfaceLabels.from_text(f"{head}hill.gpx,,,road\n")
    quick = ts.predict(course, history, labels=road).moving_time.value
    slow = ts.predict(
        course,
        history,
        labels=ts.SurfaceLabels.from_text(f"{head}hill.gpx,,,trail\n"),
    )
    assert quick < slow.moving_time.value
    other = ts.SurfaceLabels.from_text(f"{head}valley.gpx,,,trail\n")
    bare = ts.predict(course, history)
    assert ts.predict(course, history, labels=other).moving_time == (
        bare.moving_time
    )
    timed = ts.SurfaceLabels.from_text(f"{head}hill.gpx,0:10:00,,trail\n")
    with pytest.raises(ts.ConfigError, match="a course has no times"):
        ts.predict(course, history, labels=timed)
