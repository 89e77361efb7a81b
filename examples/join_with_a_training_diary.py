"""Did I sleep better after trail runs? A diary kept by hand, joined with the recordings by day."""

import io
import sys
from pathlib import Path

import pandas as pd

import trailstats as ts

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
# A diary has a date and whatever was noted; this one stands in for a file of your own.
DIARY = """date,sleep,soreness
2024-06-02,7.5,2
2024-06-04,7.0,3
2024-06-06,6.5,3
2024-06-07,8.0,1
2024-06-11,7.5,2
2024-06-12,6.0,4
2024-06-16,8.5,2
"""


def main() -> None:
    """Print the diary beside the day's runs, and its means by surface."""
    folder = (
        sys.argv[1]
        if len(sys.argv) > 1
        else sorted((SAMPLES / "archive").glob("2024-06-*"))
    )
    diary = pd.read_csv(
        sys.argv[2] if len(sys.argv) > 2 else io.StringIO(DIARY),
        parse_dates=["date"],
    )
    runs = ts.analyze_folder(folder).runs
    # Starts are in UTC; a diary is kept in local days.
    offset = pd.to_timedelta(runs["local_offset"].fillna(0.0), unit="s")
    local = (runs["start_time"] + offset).dt.tz_localize(None).dt.normalize()
    days = runs.assign(date=local).groupby("date", as_index=False)
    by_day = days.agg(
        distance=("distance", "sum"),
        session_load=("session_load", "sum"),
        surface=("surface", "first"),
    )
    by_day["date"] = by_day["date"].astype(diary["date"].dtype)
    joined = diary.merge(by_day, on="date", how="left", validate="one_to_one")
    print(joined.to_string(index=False, float_format="%.1f"))
    print(
        joined.groupby("surface")[["sleep", "soreness"]]
        .agg(["count", "mean"])
        .round(2)
        .to_string()
    )


if __name__ == "__main__":
    main()
