"""How do I analyse 5,000 files on a Dask cluster?"""

import sys
import time
from pathlib import Path

from distributed import Client, LocalCluster

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Analyse a folder on the workers of a cluster, here two processes on this machine."""
    source = (
        sys.argv[1]
        if len(sys.argv) > 1
        else sorted((SAMPLES / "archive").iterdir())[:12]
    )
    # For a real cluster: Client("tcp://scheduler:8786"). Its workers must see the files under the
    # same paths.
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        start = time.perf_counter()
        history = ts.analyze_folder(source, executor=client.get_executor())
        seconds = time.perf_counter() - start
    print(
        f"{len(history.analyses)} analyses, {len(history.failures)} failures in {seconds:.1f} s"
    )
    weeks = history.weekly()[
        ["week", "n_activities", "distance", "trail_distance"]
    ]
    print(weeks.to_string(index=False, float_format="%.0f"))


if __name__ == "__main__":
    main()
