"""The athlete's own pace: where it comes from, and what it changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from terrain.ways import run_along, street_run, winding
from trailstats.analysis import analyze
from trailstats.cleaning import clean
from trailstats.errors import ConfigError
from trailstats.history import analyze_folder
from trailstats.io.export import convert
from trailstats.model.activity import Activity
from trailstats.schema import SurfaceSource
from trailstats.terrain import (
    Baseline,
    TerrainRules,
    classify_terrain,
    estimate_surface,
)
from trailstats.terrain.segments import cut_segments

SIGNAL = TerrainRules(sources=frozenset({SurfaceSource.SIGNAL}))


def segments_of(speeds: list[float], **columns: object) -> pd.DataFrame:
    """Return one flat stretch of 5 km for each speed, each in its own file."""
    rows = {
        "slope": "flat",
        "gait": "run",
        "distance": 5000.0,
        "p_trail": 0.2,
        **columns,
    }
    return pd.DataFrame(
        {
            "file": [f"{i}.fit" for i in range(len(speeds))],
            "speed": speeds,
            **rows,
        }
    )


def test_the_pace_is_the_median_of_the_runs() -> None:
    """Of seven road runs the fourth fastest is the usual one."""
    found = Baseline.from_segments(
        segments_of([2.5, 2.8, 2.6, 3.1, 2.9, 2.7, 4.0])
    )
    assert found == Baseline(speed=2.8, runs=7)


def test_only_flat_road_that_was_run_counts() -> None:
    """Hills, walks and trail runs say nothing of the pace on flat road; with four runs there is
    none.
    """
    good = segments_of([3.0] * 6)
    for other in (
        {"slope": "up"},
        {"gait": "hike"},
        {"p_trail": 0.9},
        {"p_trail": np.nan},
        {"distance": 400.0},
    ):
        wrong = segments_of([1.0] * 20, **other).assign(
            file=[f"other{i}.fit" for i in range(20)]
        )
        assert Baseline.from_segments(pd.concat([good, wrong])) == Baseline(
            3.0, 6
        )
        assert Baseline.from_segments(wrong) is None
    assert Baseline.from_segments(good.iloc[:4]) is None


def test_the_pace_of_real_segments() -> None:
    """The segments of analysed runs have all that is asked for: six street runs at 3.2 m/s."""
    parts = []
    for i in range(6):
        run = clean(street_run(3000))
        run = replace(run, meta=replace(run.meta, source=f"{i}.fit"))
        parts.append(classify_terrain(run, cut_segments(run), terrain=SIGNAL))
    found = Baseline.from_segments(pd.concat(parts))
    assert found is not None
    assert found.speed == pytest.approx(3.2, rel=0.02)


def test_a_run_slower_than_usual_looks_more_like_trail() -> None:
    """The same recording is rather trail for a fast runner than for a slow one, and says what it
    rests on.
    """
    run = clean(run_along(winding(6000), 2.6))
    p = {}
    for speed in (None, 2.0, 2.6, 3.4):
        rules = replace(
            SIGNAL, baseline=None if speed is None else Baseline(speed, 10)
        )
        estimate = estimate_surface(run, terrain=rules)
        p[speed] = float(estimate.p_trail.mean())
        assert ("baseline" in estimate.channels) == (speed is not None)
    assert p[2.0] < p[2.6] < p[3.4]
    assert p[2.0] < p[None] < p[3.4]  # type: ignore[index]


def test_the_pace_is_not_believed_without_bound() -> None:
    """Twice as slow as usual counts no more than a third slower: people also run easy."""
    run = clean(street_run())
    third, half = (
        estimate_surface(
            run, terrain=replace(SIGNAL, baseline=Baseline(3.2 * f, 10))
        ).p_trail
        for f in (1.35, 2.0)
    )
    assert half == pytest.approx(third, abs=1e-3)


def test_the_whole_run_and_its_stretches_learn_of_it_alike() -> None:
    """The baseline is a cue of the run's effect: both the run and its stretches follow."""
    run = clean(run_along(winding(6000), 2.6))
    slow, fast = (
        estimate_surface(run, terrain=replace(SIGNAL, baseline=Baseline(v, 10)))
        for v in (2.2, 3.2)
    )
    assert slow.activity_probability < fast.activity_probability
    assert (slow.p_trail < fast.p_trail).all()


def test_a_run_without_flat_ground_is_told_without_it() -> None:
    """A pace on the flat needs a kilometre of it: on a slope all the way the baseline is not used,
    nor claimed.
    """
    run = clean(run_along(winding(6000), 2.6, climb=0.05 * np.arange(6000.0)))
    found = estimate_surface(
        run, terrain=replace(SIGNAL, baseline=Baseline(3.4, 10))
    )
    assert "baseline" not in found.channels
    assert found.p_trail == pytest.approx(
        estimate_surface(run, terrain=SIGNAL).p_trail
    )
    assert not analyze(
        run, terrain=replace(SIGNAL, baseline=Baseline(3.4, 10))
    ).issues


def test_an_analysis_says_that_the_pace_was_used() -> None:
    """The issue names the pace for a person: 1000 m at 2.95 m/s take 339 s."""
    issues = analyze(
        street_run(), terrain=replace(SIGNAL, baseline=Baseline(2.95, 12))
    ).issues
    assert [issue.code for issue in issues] == ["own_pace"]
    assert "5:39 min/km in 12 runs" in issues[0].message


def test_a_folder_tells_its_own_pace(tmp_path: Path) -> None:
    """Asked for, the pace of six street runs is taken for all of the folder; with four, or unasked,
    it is not.
    """
    for number in range(6):
        day = street_run(3000)
        later = day.records.set_index(
            day.records.index + pd.Timedelta(days=number)
        )
        convert(Activity(later, day.meta), tmp_path / f"{number}.gpx")
    for own_pace in (False, True):
        history = analyze_folder(tmp_path, workers=1, own_pace=own_pace)
        codes = [
            {issue.code for issue in analysis.issues}
            for analysis in history.analyses
        ]
        assert [("own_pace" in found) for found in codes] == [own_pace] * 6
    for number in range(2):
        (tmp_path / f"{number}.gpx").unlink()
    few = analyze_folder(tmp_path, workers=1, own_pace=True)
    assert all(
        issue.code != "own_pace"
        for analysis in few.analyses
        for issue in analysis.issues
    )


def test_a_pace_must_be_positive() -> None:
    """A baseline of no speed is an error."""
    with pytest.raises(ConfigError, match="baseline"):
        Baseline(0.0, 10)
