"""Technical ground is judged by what mappers say of the ways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from terrain.town import run_over, write_map


def test_the_area_counts_pairs_in_the_right_order(tool) -> None:
    """Of 2 by 3 pairs four are in order and one is tied: 4.5 of 6."""
    judge = tool("judge_technical")
    values = np.array([0.9, 0.4, 0.1, 0.4, 0.6])
    positive = np.array([True, True, False, False, False])
    assert judge.auc(values, positive) == pytest.approx(4.5 / 6)
    assert np.isnan(judge.auc(values, np.ones(5, bool)))


def test_runs_with_too_little_of_either_count_for_nothing(tool) -> None:
    """Within an activity there must be 200 m of each; the better ordered run counts by the root of
    its pairs.
    """
    judge = tool("judge_technical")
    runs = {"a": (20, 20, 1.0), "b": (80, 80, 0.0), "c": (10, 400, 1.0)}
    points = pd.concat(
        [
            pd.DataFrame(
                {
                    "file": file,
                    "tagged": np.repeat([0.9, 0.0], [rough, even]),
                    "trail": True,
                    "signal": np.repeat([order, 1.0 - order], [rough, even]),
                }
            )
            for file, (rough, even, order) in runs.items()
        ]
    )
    value, n = judge.within(points, 0.5)
    assert n == 2
    assert value == pytest.approx((1.0 * 20 + 0.0 * 80) / 100)
    rows = list(judge.lines(points))
    assert rows[0].startswith("| uneven | all that is tagged | 1.1, 5.0 | 3 |")


def test_only_ways_that_are_tagged_count(tool, tmp_path: Path) -> None:
    """A rated path and a paved road say something of the ground; a bare path doesn't."""
    judge = tool("judge_technical")
    rated = {"highway": "path", "mtb:scale": "3"}
    ways = {
        1: (rated, [(0.0, 0.0), (1000.0, 0.0)]),
        2: ({"highway": "path"}, [(1000.0, 0.0), (2000.0, 0.0)]),
        3: (
            {"highway": "service", "surface": "asphalt"},
            [(2000.0, 0.0), (3000.0, 0.0)],
        ),
    }
    town = ts.RoadMap(write_map(tmp_path / "town.osm", ways), cache=tmp_path)
    run = run_over([(0.0, 0.0), (3000.0, 0.0)])
    height = 100.0 + 20.0 * np.sin(np.arange(len(run.records)) / 60.0)
    run = ts.Activity(run.records.assign(elevation=height), run.meta)
    points = judge.points_of(run, town)
    assert len(points) == pytest.approx(200, abs=6)
    assert (points["tagged"] >= 0.5).sum() == pytest.approx(100, abs=4)
    assert (points["trail"] == (points["tagged"] >= 0.5)).all()


def test_passes_of_one_place_agree_as_they_were_drawn(tool) -> None:
    """Places with a standard deviation of 1 and passes with one of 1 about them agree by one half;
    without places by nothing; a place passed once counts for nothing.
    """
    judge = tool("judge_technical")
    rng = np.random.default_rng(2)
    place = np.repeat(np.arange(2000), 3)
    noise = rng.normal(size=6000)
    # Two thousand places are good to 0.02.
    shared = rng.normal(size=2000)[place]
    assert judge.repeatability(shared + noise, place) == pytest.approx(
        0.5, abs=0.05
    )
    assert judge.repeatability(noise, place) == pytest.approx(0.0, abs=0.05)
    assert np.isnan(judge.repeatability(noise, np.arange(6000)))
