#!/usr/bin/env python3
"""Judge technical ground, as the signal of a recording tells it, by what mappers say of the ways.

    python tools/judge_technical.py TRUTH

TRUTH holds ``tracks.csv`` (columns ``file``, ``region`` and ``sport``), ``tracks/FILE`` and
``extracts/REGION.osm.pbf``. Each run is matched to its extract; every 10 m of a way whose tags
speak of it (`sac_scale`, `mtb:scale`, `smoothness`, `trail_visibility`, rough or paved surfaces) is
technical or is not. The segments' probability, from the signal alone, is held against that: its AUC
over all points, and within an activity, weighed by the square root of the pairs there. Printed are
the rows of the documentation's table, and how far passes of one place agree in runs of different
days: a stretch that is technical has a like cost each time. That is the intraclass correlation of
single passes in a one-way layout, of the log-odds less the median of their run.
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
from trailstats.terrain.features import WINDOW_STEP
from trailstats.terrain.maps import ground_of
from trailstats.terrain.maps.road_map import SPACING

SIGNAL = ts.TerrainRules(sources=frozenset({SurfaceSource.SIGNAL}))

LEVELS = {"uneven": 0.25, "technical": 0.5}
"""A way is so where its tags give at least this probability of technical ground: uneven from
``mtb:scale=1`` on, technical from ``mtb:scale=2``, ``sac_scale=mountain_hiking`` or
``smoothness=very_bad`` on.
"""

CELL = 25.0
"""Passes within a square of this side are of one place [m]."""

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


def passes_of(run: ts.Activity) -> pd.DataFrame:
    """Return where a run passed every 50 m, and the log-odds of technical ground against the run's
    own.
    """
    run = ts.clean(run)
    segments = ts.classify_terrain(
        run, ts.cut_segments(run, terrain=SIGNAL), terrain=SIGNAL
    )
    p = segments["p_technical"].to_numpy()
    along = run.track_column("distance")
    at = np.arange(WINDOW_STEP / 2.0, along[-1], WINDOW_STEP)
    row = np.searchsorted(segments["end_distance"].to_numpy()[:-1], at)
    log_odds = np.log(np.clip(p, 1e-3, 0.999) / (1.0 - np.clip(p, 1e-3, 0.999)))
    latitude, longitude = (
        np.interp(at, along, run.columns[name])
        for name in ("latitude", "longitude")
    )
    table = pd.DataFrame(
        {"latitude": latitude, "longitude": longitude, "signal": log_odds[row]}
    ).dropna()
    return table.assign(signal=table["signal"] - table["signal"].median())


def repeatability(values: np.ndarray, place: np.ndarray) -> float:
    """Return the intraclass correlation of single values at places that several share; NaN with
    fewer than two such places.
    """
    table = pd.DataFrame({"value": values, "place": place})
    count = table.groupby("place")["value"].transform("size")
    table = table[count > 1]
    groups = table.groupby("place")["value"]
    size, mean = groups.size().to_numpy(), groups.mean().to_numpy()
    total, places = int(size.sum()), len(size)
    if places < 2:
        return float("nan")
    between = (size * (mean - table["value"].mean()) ** 2).sum() / (places - 1)
    apart = table["value"] - groups.transform("mean")
    inside = float((apart**2).sum()) / (total - places)
    usual = (total - (size**2).sum() / total) / (places - 1)
    return float((between - inside) / (between + (usual - 1) * inside))


def repeated(passes: pd.DataFrame) -> str:
    """Return what is said of passes of one place in different runs."""
    east = np.cos(np.radians(passes["latitude"].mean()))
    cells = [
        np.round(passes["latitude"] * 111_320.0 / CELL).astype(int),
        np.round(passes["longitude"] * 111_320.0 * east / CELL).astype(int),
    ]
    place = cells[0].astype(str) + "/" + cells[1].astype(str)
    once = passes.assign(place=place).groupby(["place", "file"], as_index=False)
    mean = once["signal"].mean()
    shared = mean["place"].map(mean["place"].value_counts()) > 1
    places = mean.loc[shared, "place"].nunique()
    found = repeatability(mean["signal"].to_numpy(), mean["place"].to_numpy())
    return f"passes of {places} places by two runs or more agree by {found:.2f}"


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


def gather_passes(truth: Path) -> pd.DataFrame:
    """Return the passes of all runs."""
    tracks = pd.read_csv(truth / "tracks.csv")
    files = tracks.loc[tracks["sport"] == "run", "file"]
    return pd.concat(
        passes_of(ts.read(truth / "tracks" / file)).assign(file=file)
        for file in files
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
    truth = parser.parse_args().truth
    print("\n".join(lines(gather(truth))))
    print(repeated(gather_passes(truth)))


if __name__ == "__main__":
    main()
