"""How near the borders that are found along simulated runs lie to the true ones."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trailstats.analysis import analyze
from trailstats.arrays import Floats
from trailstats.schema import SurfaceSource
from trailstats.terrain.rules import TerrainRules

NEAR = 300.0
"""A border is found when one is named within so many metres."""


@dataclass(frozen=True)
class BorderScores:
    """Surface borders of simulated runs that have some.

    ``missed`` is the share of runs with no border found, ``distance`` the median distance of a true
    border to the nearest that is named [m].
    """

    runs: int
    borders: int
    missed: float
    distance: float


def border_scores(samples: Path) -> BorderScores:
    """Return the scores of the sample archive, by the signal alone."""
    truth = json.loads((samples / "truth.json").read_text(encoding="utf-8"))
    rules = TerrainRules(sources=frozenset({SurfaceSource.SIGNAL}))
    distances, missed = [], []
    for entry in truth["activities"]:
        ends = np.array([row[3] for row in entry["segments"]])
        borders = borders_of(ends, [row[4] for row in entry["segments"]])
        if not len(borders):
            continue
        table = analyze(samples / entry["file"], terrain=rules).segments
        named = borders_of(
            table["end_distance"].to_numpy(), table["surface"].tolist()
        )
        each = nearest(borders, named)
        distances.append(each)
        missed.append(each.min() > NEAR)
    every = np.concatenate(distances)
    return BorderScores(
        len(missed), len(every), float(np.mean(missed)), float(np.median(every))
    )


def borders_of(ends: Floats, words: list[str]) -> Floats:
    """Return where the word changes, by the ends of stretches [m]."""
    kinds = np.array(words, dtype=object)
    return np.asarray(ends[:-1][kinds[1:] != kinds[:-1]])


def nearest(borders: Floats, named: Floats) -> Floats:
    """Return the distance of each border to the nearest named one; infinite without any."""
    if not len(named):
        return np.full(len(borders), np.inf)
    return np.asarray(np.abs(np.subtract.outer(borders, named)).min(axis=1))
