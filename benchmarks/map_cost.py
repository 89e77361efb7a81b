"""What a map adds to the analysis of a run of about an hour, inside and outside of its extract.

    python benchmarks/map_cost.py TRUTH

TRUTH holds ``tracks.csv``, ``tracks/FILE`` and ``extracts/REGION.osm.pbf``. Runs of 45 to 80 min
are analysed without a map, with that of their own region, and with that of another one, in turn;
printed are medians of the least processor times, and of the ratios.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

import trailstats as ts  # noqa: E402

REGION, OTHER = "gothenburg", "liechtenstein"
ROUNDS = 7
MOST = 20


def hours(truth: Path) -> list[ts.Activity]:
    """Return runs of about an hour in the region."""
    tracks = pd.read_csv(truth / "tracks.csv")
    own = tracks[(tracks["region"] == REGION) & (tracks["sport"] == "run")]
    found = []
    for file in own["file"]:
        run = ts.read(truth / "tracks" / file)
        index = run.records.index
        if 2700 <= (index[-1] - index[0]).total_seconds() <= 4800:
            found.append(run)
    return found[:MOST]


def cost(run: ts.Activity, town: ts.RoadMap | None) -> float:
    """Return the processor time of one analysis [ms]."""
    start = time.process_time()
    ts.analyze(run, map=town)
    return 1000.0 * (time.process_time() - start)


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("truth", type=Path)
    truth = parser.parse_args().truth
    with tempfile.TemporaryDirectory() as cache:
        maps = [None]
        for region in (REGION, OTHER):
            extract = truth / "extracts" / f"{region}.osm.pbf"
            maps.append(ts.RoadMap(extract, cache=cache))
        costs = []
        for run in hours(truth):
            rounds = [[cost(run, town) for town in maps] for _ in range(ROUNDS)]
            costs.append(np.min(rounds, axis=0))
    table = np.array(costs)
    print(f"{len(table)} runs; without, inside, outside [ms]:", end=" ")
    print(np.median(table, axis=0).round(1))
    ratios = np.median(table[:, 1:] / table[:, :1], axis=0)
    print("against none, inside and outside:", ratios.round(3))


if __name__ == "__main__":
    main()
