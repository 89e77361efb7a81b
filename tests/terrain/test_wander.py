"""An altimeter that wanders makes no trail of a road, and hills stay hills: on real recordings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from trailstats.schema import SurfaceSource
from wandering import Wander, wander, with_wander

pytestmark = pytest.mark.corpus

RULES = ts.TerrainRules(sources=frozenset({SurfaceSource.SIGNAL}))
FLAT, HILLY = 10.0, 20.0  # metres of ascent in a kilometre


def chosen(corpus: Path, labels: set[str]) -> pd.DataFrame:
    """Return the recordings with positions and elevation that have one of some labels."""
    index = pd.read_csv(corpus / "index.csv")
    told = index["label"].isin(labels) & (index["distance_m"] > 1500)
    return index[told & (index["has_gps"] == 1) & (index["has_ele"] == 1)]


def test_flat_roads_stay_roads_with_an_altimeter_that_wanders(
    corpus: Path,
) -> None:
    """Errors of 10 to 100 m, correlated over one to four minutes, put into flat road recordings:
    at most 3 % of the way is called trail, no climb is made up, and what counts as ascent is said.
    """
    roads = chosen(corpus, {"road"})
    roads = roads[roads["asc_per_km_simple"] < FLAT].iloc[::12]
    rng = np.random.default_rng(0)
    way = trail = 0.0
    told = []
    for file in roads["file"]:
        activity = ts.read(corpus / file)
        for kind in Wander:
            size, time = rng.choice([10, 30, 100]), rng.choice([60, 120, 240])
            error = size * wander(rng, activity.seconds, kind, time)
            run = ts.clean(with_wander(activity, error))
            parts = ts.classify_terrain(run, ts.cut_segments(run), terrain=RULES)
            way += parts["distance"].sum()
            trail += parts.loc[parts["surface"] == "trail", "distance"].sum()
            told.append(not run.elevation_quality.believed)
            if told[-1]:
                assert run.track["grade"].isna().all()
                assert set(parts["slope"]) == {"unknown"}
                assert ts.find_climbs(run).empty
                assert "elevation_wanders" in {i.code for i in run.issues}
    assert len(told) >= 60
    assert trail <= 0.03 * way
    # What is missed are short runs and errors of 10 m over four minutes: grades of 2 %.
    assert np.mean(told) >= 0.9


def test_hilly_runs_keep_their_elevation(corpus: Path) -> None:
    """No trail run on hilly ground loses its elevation, of any athlete, and few walks do."""
    hilly = chosen(corpus, {"trail", "hike"})
    hilly = hilly[hilly["asc_per_km_simple"] >= HILLY]
    lost = []
    for row in hilly.itertuples():
        run = ts.clean(ts.read(corpus / row.file))
        if not run.elevation_quality.believed:
            lost.append(row.label)
    assert len(hilly) >= 80
    assert "trail" not in lost
    assert len(lost) <= 0.02 * len(hilly)
