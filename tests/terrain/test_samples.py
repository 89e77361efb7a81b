"""On the simulated archive, whose truth is known, road and trail come out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from trailstats.cleaning import clean
from trailstats.io import read
from trailstats.schema import SurfaceSource
from trailstats.terrain import TerrainRules, classify_terrain, trail_probability
from trailstats.terrain.segments import cut_segments

SIGNAL = TerrainRules(sources=frozenset({SurfaceSource.SIGNAL}))


@pytest.fixture(scope="module")
def runs(samples: Path) -> list[dict[str, object]]:
    """Return the truth of every fifth simulated run."""
    return list(
        json.loads((samples / "truth.json").read_text(encoding="utf-8"))[
            "activities"
        ][::5]
    )


def test_road_runs_are_not_called_trail(
    runs: list[dict[str, object]], samples: Path
) -> None:
    """No simulated run without trail gets a probability above one half from its signal."""
    roads = [r for r in runs if r["trail_share"] == 0]
    assert len(roads) > 10
    for entry in roads:
        probability, _ = trail_probability(
            read(samples / str(entry["file"])), terrain=SIGNAL
        )
        assert not probability > 0.5, entry["file"]


def test_trail_share_follows_the_truth(
    runs: list[dict[str, object]], samples: Path
) -> None:
    """Over the archive, the mean probability along a run rises with the share of trail it truly
    has.
    """
    true, seen = [], []
    for entry in runs:
        run = clean(read(samples / str(entry["file"])))
        stretches = classify_terrain(run, cut_segments(run), terrain=SIGNAL)
        if stretches["p_trail"].notna().any():
            true.append(float(str(entry["trail_share"])))
            seen.append(
                float(
                    np.average(
                        stretches["p_trail"].fillna(0.5),
                        weights=stretches["distance"],
                    )
                )
            )
    assert len(true) > 20
    assert np.corrcoef(true, seen)[0, 1] > 0.6
