"""How do I analyse many athletes on a Dask cluster?"""

import tempfile
from pathlib import Path

from distributed import Client, LocalCluster

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Have each athlete's tables written by the worker that measures them."""
    files = sorted((SAMPLES / "archive").iterdir())
    athletes = {"ada": files[:3], "bob": files[3:6]}
    # For a real cluster: Client("tcp://scheduler:8786"), sources and out as "s3://bucket/...".
    with (
        tempfile.TemporaryDirectory() as out,
        LocalCluster(n_workers=2, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        receipts = list(
            ts.analyze_partitions(athletes, out, executor=client.get_executor())
        )
    print(
        f"{len(receipts)} athletes, {sum(r.activities for r in receipts)} activities"
    )


if __name__ == "__main__":
    main()
