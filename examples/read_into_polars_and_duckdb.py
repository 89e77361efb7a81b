"""How do I query my runs with polars or DuckDB?"""

import sys
import tempfile
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

from trailstats.cli import main as trailstats

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Write a folder as Parquet with the command line, and query it with both."""
    folder = sys.argv[1] if len(sys.argv) > 1 else str(SAMPLES / "odd")
    with tempfile.TemporaryDirectory() as place:
        runs, segments = f"{place}/runs.parquet", f"{place}/segments.parquet"
        try:
            trailstats(["batch", folder, "-o", runs, "--segments", segments])
        except SystemExit as ended:
            if ended.code not in (
                0,
                3,
            ):  # 3: some files could not be read, the rest is written
                raise
        units = {
            f.name: f.metadata[b"unit"].decode()
            for f in pq.read_schema(runs)
            if f.metadata
        }
        print(
            f"distance is in {units['distance']}, mean_speed in {units['mean_speed']}"
        )

        table = pl.read_parquet(segments)
        print(
            table.group_by("slope", "surface")
            .agg(pl.len(), pl.col("distance").sum().round(0))
            .sort("slope", "surface")
        )

        question = """
            select r.file, round(r.distance) as distance, count(*) as stretches,
            round(max(s.mean_grade), 3) as steepest
            from read_parquet($runs) r join read_parquet($segments) s using (file)
            where r.status = 'ok' group by all order by r.file
        """
        with duckdb.connect() as database:
            print(
                database.sql(
                    question, params={"runs": runs, "segments": segments}
                )
            )


if __name__ == "__main__":
    main()
