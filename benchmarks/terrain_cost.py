"""Cost of cleaning, segments and terrain for one hour at one sample a second, and how it grows.

    python benchmarks/terrain_cost.py [--profile]

Prints milliseconds of processor time, the best of several rounds, for each step and for recordings
of other lengths.
"""

import argparse
import cProfile
import pstats
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402

from terrain.ways import hills, run_along, straight, uneven, winding  # noqa: E402
from trailstats.cleaning import clean  # noqa: E402
from trailstats.model.activity import Activity  # noqa: E402
from trailstats.terrain import classify_terrain  # noqa: E402
from trailstats.terrain.climbs import find_climbs  # noqa: E402
from trailstats.terrain.segments import cut_segments  # noqa: E402


def run_of(hours: float) -> Activity:
    """Return a run over streets and paths with hills, one sample a second."""
    length = round(hours * 9000)
    half = length // 2
    turn = np.concatenate([straight(half), winding(length - half)])
    speed = np.concatenate([np.full(half, 2.8), uneven(length - half, 2.3, 0.2)])
    return run_along(turn, speed, climb=hills(length, 20.0, 1500.0))


def best(job: Callable[[], object], rounds: int) -> float:
    """Return the least processor time of a job [ms]."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        job()
        times.append(time.process_time() - start)
    return 1000.0 * min(times)


def whole(activity: Activity) -> None:
    """Do all of it."""
    run = clean(activity)
    classify_terrain(run, cut_segments(run))
    find_climbs(run)


def main() -> None:
    """Print the costs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--profile", action="store_true", help="print where the time goes"
    )
    options = parser.parse_args()
    hour = run_of(1.0)
    whole(hour)
    run = clean(hour)
    segments = cut_segments(run)
    print(f"one hour, {len(hour.records)} samples")
    for name, job in (
        ("clean", lambda: clean(hour)),
        ("cut segments", lambda: cut_segments(run)),
        ("classify terrain", lambda: classify_terrain(run, segments)),
        ("find climbs", lambda: find_climbs(run)),
        ("all", lambda: whole(hour)),
    ):
        print(f"  {name:18} {best(job, 20):7.1f} ms")
    for hours in (10.0, 100.0):
        long = run_of(hours)
        print(
            f"{hours:g} hours, {len(long.records)} samples: "
            f"{best(lambda run=long: whole(run), 2):.1f} ms"
        )
    if options.profile:
        with cProfile.Profile() as profile:
            for _ in range(20):
                whole(hour)
        pstats.Stats(profile).sort_stats("tottime").print_stats(35)


if __name__ == "__main__":
    main()
