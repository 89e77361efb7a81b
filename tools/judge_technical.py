#!/usr/bin/env python3
"""Judge technical ground, as the signal of a recording tells it, by what mappers say of the ways.

    python tools/judge_technical.py TRUTH

TRUTH holds ``tracks.csv`` (columns ``file``, ``region`` and ``sport``), ``tracks/FILE`` and
``extracts/REGION.osm.pbf``. Each run is matched to its extract; every 10 m of a way whose tags
speak of it (`sac_scale`, `mtb:scale`, `smoothness`, `trail_visibility`, rough or paved surfaces) is
technical or is not. The segments' probability, from the signal alone, is held against that: its AUC
over all points, and within an activity, weighed by the square root of the pairs there. Printed are
the rows of the documentation's table.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import rankdata

import trailstats as ts
from trailstats.schema import SurfaceSource
from trailstats.terrain.maps import ground_of
from trailstats.terrain.maps.road_map import SPACING

SIGNAL = ts.TerrainRules(sources=frozenset({SurfaceSource.SIGNAL}))

LEVELS = {"uneven": 0.25, "technical": 0.5}
"""A way is so where its tags give at least this probability of technical ground: uneven from
``mtb:scale=1`` on, technical from ``mtb:scale=2``, ``sac_scale=mountain_hiking`` or
``smoothness=very_bad`` on.
"""

LEAST = 200.0
"""An activity counts by itself when it has so much of each kind [m]."""


def points_of(run: ts.Activity, town: ts.RoadMap) -> pd.DataFrame:
    """Return the points of a run on ways whose tags speak of technical ground: what they say, what
    the signal says, and whether the way is a trail.
    """
    run = ts.clean(run)
    match = town.match(run)
    segments = ts.classify_terrain(
        run, ts.cut_segments(run, terrain=SIGNAL), terrain=SIGNAL
    )
    grounds = {way: ground_of(tags) for way, tags in match.tags.items()}
    tagged = np.array(
        [grounds[w].technical if w else np.nan for w in match.way.tolist()]
    )
    trail = np.array(
        [w != 0 and grounds[w].rule.p_trail >= 0.7 for w in match.way.tolist()]
    )
    start = segments["start_distance"].to_numpy()
    row = np.searchsorted(start, match.distance, side="right") - 1
    found = pd.DataFrame(
        {
            "tagged": tagged,
            "trail": trail,
            "signal": segments["p_technical"].to_numpy()[np.maximum(row, 0)],
        }
    )
    return found[np.isfinite(tagged) & found["signal"].notna()]


def auc(values: np.ndarray, positive: np.ndarray) -> float:
    """Return the area under the ROC curve, ties counted half; NaN without both kinds."""
    n = int(positive.sum())
    rest = len(positive) - n
    if not n or not rest:
        return float("nan")
    rank = rankdata(values)[positive].sum()
    return float((rank - n * (n + 1) / 2) / (n * rest))


def within(points: pd.DataFrame, level: float) -> tuple[float, int]:
    """Return the mean AUC within an activity, and the number of activities that have both kinds."""
    found = []
    for _, own in points.groupby("file"):
        positive = own["tagged"].to_numpy() >= level
        pair = SPACING * positive.sum(), SPACING * (~positive).sum()
        if min(pair) >= LEAST:
            weight = np.sqrt(pair[0] * pair[1])
            found.append((auc(own["signal"].to_numpy(), positive), weight))
    if not found:
        return float("nan"), 0
    values, weights = np.array(found).T
    return float(np.average(values, weights=weights)), len(found)


def lines(points: pd.DataFrame) -> Iterator[str]:
    """Yield the rows of the documentation's table."""
    for level, least in LEVELS.items():
        rough = points["tagged"] >= least
        for name, part in (
            ("all that is tagged", points),
            ("other trails", points[points["trail"] | rough]),
        ):
            positive = part["tagged"].to_numpy() >= least
            inside, n = within(part, least)
            kilometres = [SPACING * k.sum() / 1000 for k in (positive, ~positive)]
            yield (
                f"| {level} | {name} | {kilometres[0]:.1f}, {kilometres[1]:.1f} | "
                f"{part.loc[positive, 'file'].nunique()} | "
                f"{auc(part['signal'].to_numpy(), positive):.2f} | {inside:.2f} ({n}) |"
            )


def gather(truth: Path) -> pd.DataFrame:
    """Return the points of all runs."""
    tracks = pd.read_csv(truth / "tracks.csv")
    tracks = tracks[tracks["sport"] == "run"]
    found = []
    for region, own in tracks.groupby("region"):
        town = ts.RoadMap(truth / "extracts" / f"{region}.osm.pbf")
        for file in own["file"]:
            points = points_of(ts.read(truth / "tracks" / file), town)
            found.append(points.assign(file=file, region=region))
    return pd.concat(found)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("truth", type=Path)
    print("\n".join(lines(gather(parser.parse_args().truth))))


if __name__ == "__main__":
    main()
