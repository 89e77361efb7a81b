"""The proxy for technical ground rises where a runner slows down without need."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from terrain.ways import (
    hills,
    renamed,
    run_along,
    straight,
    street_run,
    uneven,
    winding,
    without,
)
from trailstats.cleaning import clean
from trailstats.io import read
from trailstats.model.activity import Activity
from trailstats.terrain import (
    TerrainRules,
    classify_terrain,
    technical_probability,
)
from trailstats.terrain.features import run_grid
from trailstats.terrain.segments import cut_segments


def slowed(where: slice, factor: float) -> Activity:
    """Return a trail run over hills that is slower and less even on one stretch."""
    speed = np.full(8000, 2.8)
    speed[where] = factor * uneven(len(speed[where]), 2.8, 0.4)
    return renamed(
        run_along(winding(8000), speed, climb=hills(8000, 8.0)), sub_sport="trail"
    )


def mean_inside(run: Activity, low: float, high: float) -> float:
    run = clean(run)
    stretches = classify_terrain(run, cut_segments(run))
    middle = (stretches["start_distance"] + stretches["end_distance"]) / 2
    return float(stretches.loc[middle.between(low, high), "p_technical"].mean())


def test_slow_uneven_descents_are_technical() -> None:
    """Half the speed on a stretch with a descent raises the probability there, and only there."""
    # The hills fall from 1000 to 1400 m and from 1800 to 2200 m.
    slow, even = slowed(slice(1800, 2200), 0.5), slowed(slice(0, 0), 1.0)
    assert mean_inside(slow, 1850, 2150) > mean_inside(even, 1850, 2150) + 0.3
    assert mean_inside(slow, 5000, 7000) == pytest.approx(
        mean_inside(even, 5000, 7000), abs=0.1
    )


def test_descents_weigh_more_than_climbs() -> None:
    """The same slowing raises the log-odds more on a descent than on a climb."""

    def log_odds(slow: slice, low: float, high: float, factor: float) -> float:
        speed = np.full(8000, 2.8)
        speed[slow] *= factor
        run = renamed(
            run_along(straight(8000), speed, climb=hills(8000, 5.0)),
            sub_sport="trail",
        )
        p = mean_inside(run, low, high)
        return float(np.log(p / (1 - p)))

    down, up = (slice(1800, 2200), 1900, 2100), (slice(2200, 2600), 2300, 2500)
    gain_down, gain_up = (
        log_odds(*part, 0.7) - log_odds(*part, 1.0) for part in (down, up)
    )
    assert gain_down > gain_up > 0


def test_road_is_never_technical() -> None:
    """On a street the probability stays below that of trail."""
    run = clean(street_run())
    stretches = classify_terrain(run, cut_segments(run))
    assert (stretches["p_technical"] <= stretches["p_trail"] + 1e-9).all()
    assert not stretches["technical"].any()


def test_without_elevation_there_is_no_answer() -> None:
    """Slow climbs would look technical, so nothing is said."""
    run = clean(without(slowed(slice(0, 0), 1.0), "elevation"))
    segments = classify_terrain(run, cut_segments(run))
    assert segments["p_technical"].isna().all()
    grid = run_grid(clean(run))
    borders, p_trail = np.array([0.0, 1000.0]), np.array([0.9])
    found = technical_probability(grid, borders, p_trail, TerrainRules())
    assert np.isnan(found).all()


def test_simulated_technical_ground_stands_out(samples: Path) -> None:
    """On the simulated trail runs technical stretches of trail get clearly higher probabilities
    than others.
    """
    truth = json.loads((samples / "truth.json").read_text(encoding="utf-8"))
    runs = [a for a in truth["activities"] if a["technical_share"] > 0.1][:6]
    assert runs
    parts = []
    for entry in runs:
        run = clean(read(samples / entry["file"]))
        stretches = classify_terrain(run, cut_segments(run))
        known = pd.DataFrame(entry["segments"], columns=truth["segment_columns"])
        middle = (stretches["start_distance"] + stretches["end_distance"]) / 2
        middle *= (
            known["end_distance"].iloc[-1] / stretches["end_distance"].iloc[-1]
        )
        row = np.searchsorted(known["end_distance"], middle).clip(
            0, len(known) - 1
        )
        on_trail = (known["surface"].to_numpy()[row] == "trail") & stretches[
            "p_technical"
        ].notna().to_numpy()
        technical = known["technical"].to_numpy()[row]
        parts.append(stretches.assign(truth=technical)[on_trail])
    table = pd.concat(parts)
    mean = table.groupby("truth")["p_technical"].mean()
    assert mean[True] > mean[False] + 0.2
