"""How do I query my runs with polars or DuckDB?"""

import sys
from pathlib import Path

import duckdb
import polars as pl

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"


def main() -> None:
    """Hand the tables of a folder to both, without a file between."""
    folder = sys.argv[1] if len(sys.argv) > 1 else str(SAMPLES / "odd")
    history = ts.analyze_folder(folder)
    units = {column.name: column.unit for column in ts.schema.ACTIVITIES}
    print(
        f"distance is in {units['distance']}, mean_speed in {units['mean_speed']}"
    )

    stretches = pl.DataFrame(history.table("segments"))
    print(
        stretches.group_by("slope", "surface")
        .agg(pl.len(), pl.col("distance").sum().round(0))
        .sort("slope", "surface")
    )

    runs, segments = history.table("activities"), history.table("segments")
    question = """
        select r.file, round(r.distance) as distance, count(*) as stretches,
        round(max(s.mean_grade), 3) as steepest
        from runs r join segments s using (file)
        where r.status = 'ok' group by all order by r.file
    """
    print(duckdb.sql(question))
    del runs, segments  # DuckDB found them by their names


if __name__ == "__main__":
    main()
