"""Recordings of one run count once, the fullest of them; runs of their own count each."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trailstats as ts
from trailstats import schema
from trailstats.history._copies import copies


def table(*rows: dict[str, object]) -> pd.DataFrame:
    """Return a table of activities in order of start: seconds since a time, and other columns."""
    usual = {
        "status": "ok",
        "sport": "running",
        "distance": 5400.0,
        "elapsed_time": 1800.0,
        "mean_heart_rate": np.nan,
        "n_records": 1800,
    }
    made = [
        usual
        | {
            "file": f"{i}.fit",
            "content_hash": str(i),
            **row,
            "start_time": pd.Timestamp("2026-03-01T08:00:00Z")
            + pd.Timedelta(seconds=float(row.get("start_time", 0))),  # type: ignore[arg-type]
        }
        for i, row in enumerate(rows)
    ]
    made.sort(key=lambda row: row["start_time"])
    return schema.ACTIVITIES.frame(
        {name: [row[name] for row in made] for name in made[0]}
    )


@pytest.mark.parametrize("late", [0, 60, 200, 350])
@pytest.mark.parametrize("fuller", [0, 1])
def test_watch_and_phone_are_one_run(late: float, fuller: int) -> None:
    """Some minutes apart, the one with the heart rate counts."""
    rates = [np.nan, np.nan]
    rates[fuller] = 145.0
    found = copies(
        table(
            {"mean_heart_rate": rates[0]},
            {
                "start_time": late,
                "elapsed_time": 1800.0 - late,
                "distance": 3.0 * (1800 - late),
                "mean_heart_rate": rates[1],
            },
        )
    )
    expected = ["", ""]
    expected[1 - fuller] = f"{fuller}.fit"
    assert found == expected


@settings(max_examples=50)
@given(
    count=st.integers(2, 12),
    length=st.floats(30, 600),
    rest=st.floats(0, 600),
)
def test_repeats_that_do_not_overlap_are_runs(
    count: int, length: float, rest: float
) -> None:
    """Files of their own for each repeat, alike in length and time, count each."""
    rows = [
        {
            "start_time": i * (length + rest),
            "elapsed_time": length,
            "distance": 3 * length,
        }
        for i in range(count)
    ]
    assert copies(table(*rows)) == [""] * count


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({"distance": 5300.0}, True),
        ({"distance": 0.0}, True),
        ({"distance": 4300.0}, False),
        ({"sport": "cycling"}, False),
        ({"sport": ""}, True),
        ({"mean_heart_rate": 160.0}, False),
        ({"mean_heart_rate": 142.0}, True),
        ({"elapsed_time": 1000.0, "distance": 3000.0}, False),
        ({"status": "failed"}, False),
        ({"start_time": 900.0}, False),
        ({"start_time": 5000.0, "content_hash": "0"}, True),
    ],
)
def test_what_is_the_same_run(other: dict[str, object], same: bool) -> None:
    """The same speed at the same time with the same heart, or the same content."""
    found = copies(table({"mean_heart_rate": 140.0}, other))
    assert (found != ["", ""]) == same


def test_three_exports_of_one_run_have_one_that_counts() -> None:
    """The others name it."""
    rows = [{"n_records": n, "start_time": i} for i, n in enumerate((10, 90, 50))]
    assert copies(table(*rows)) == ["1.fit", "", "1.fit"]


def test_many_recordings_of_one_time_are_compared_with_few() -> None:
    """Each is compared with a bounded number of others, so that none costs more than the last."""
    made = table(*({"distance": 100.0 * 2**i} for i in range(30)))
    many = pd.concat([made] * 40, ignore_index=True)
    many["content_hash"] = [str(i) for i in range(len(many))]
    many["sport"] = ["running", "cycling"] * (len(many) // 2)
    assert len(copies(many)) == 1200


def test_reported_folders(cases: Path) -> None:
    """Modelled on what runners write: the fuller of two counts; six repeats are six runs."""
    twice = ts.analyze_folder(cases / "dup_poor_first", workers=1)
    assert twice.runs["mean_heart_rate"].tolist() == pytest.approx([145], abs=1)
    reps = ts.analyze_folder(cases / "reps", workers=1)
    assert len(reps.runs) == 6
    assert reps.runs["distance"].sum() == pytest.approx(1800, rel=0.01)
