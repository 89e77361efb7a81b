"""Samples in any order, single ones with a wrong time, and channels one after the other are the run
that was recorded.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trailstats as ts
from builders import beating, make_activity, totals
from trailstats.cleaning import clean
from trailstats.model.activity import Activity

HOUR, DAY, YEAR = 3600.0, 86_400.0, 365 * 86_400.0


def at(run: Activity, seconds: np.ndarray, order: np.ndarray) -> Activity:
    """Return the run with times moved by seconds, its samples in an order."""
    index = run.records.index + pd.to_timedelta(seconds, unit="s")
    records = run.records.set_axis(index.rename("time").as_unit("ns"))
    records = records.iloc[order]
    return replace(run, records=records, extras=pd.DataFrame(index=records.index))


def moved(run: Activity, rows: list[int], seconds: float) -> Activity:
    """Return the run with the times of some samples moved."""
    count = len(run.records)
    by = np.where(np.isin(np.arange(count), rows), seconds, 0.0)
    return at(run, by, np.arange(count))


def codes(run: Activity) -> set[str]:
    return {issue.code for issue in clean(run).issues}


@settings(max_examples=60)
@given(
    count=st.integers(3, 400),
    step=st.sampled_from([1.0, 5.0, 30.0]),
    seed=st.integers(0, 10**6),
    how=st.sampled_from(["reversed", "shuffled", "parts"]),
)
def test_reversed_and_shuffled_recordings_of_any_length(
    count: int, step: float, seed: int, how: str
) -> None:
    """The samples come out in the order of their times, and at these."""
    run = make_activity(duration=int((count - 1) * step), step=step)
    number = np.arange(count)
    order = number[::-1]
    if how == "shuffled":
        order = np.random.default_rng(seed).permutation(count)
    elif how == "parts":
        cut = 1 + seed % (count - 1)
        order = np.concatenate((number[cut:], number[:cut]))
    wrong = at(run, np.zeros(count), order)
    assert (clean(wrong).records.index == run.records.index).all()
    assert totals(wrong) == pytest.approx(totals(run))


@settings(max_examples=60)
@given(
    rows=st.lists(st.integers(1, 898), min_size=1, max_size=300, unique=True),
    seconds=st.sampled_from(
        [HOUR, -HOUR, 7 * HOUR, DAY, -3 * DAY, 17 * YEAR, -26 * YEAR]
    ),
    placed=st.booleans(),
)
def test_any_number_of_single_samples_with_a_wrong_time(
    rows: list[int], seconds: float, placed: bool
) -> None:
    """Wherever they are, whatever their date: the run keeps its length, its time and its start."""
    rows = [row for row in rows if not {row - 1, row - 2} & set(rows)]
    run = make_activity(
        duration=899, device_distance=not placed, heart_rate=beating(140, 900)
    )
    if not placed:
        away = run.records.assign(latitude=np.nan, longitude=np.nan)
        run = replace(run, records=away)
    wrong = moved(run, rows, seconds)
    cleaned = clean(wrong)
    assert totals(wrong) == pytest.approx(totals(run), rel=0.01)
    assert cleaned.records.index[0] == run.records.index[0]
    assert cleaned.records.index[-1] == run.records.index[-1]
    assert cleaned.meta.start_time == run.records.index[0]


@pytest.mark.parametrize("seconds", [DAY, 17 * YEAR])
def test_the_time_of_day_is_kept(seconds: float) -> None:
    """A sample with another date and the right time of day gets exactly its time back."""
    run = make_activity()
    cleaned = clean(moved(run, [50, 51, 52, 900, 1500], seconds))
    assert (cleaned.records.index == run.records.index).all()
    (issue,) = (i for i in cleaned.issues if i.code == "time_stray")
    assert issue.count == 5


def test_one_record_an_hour_ahead_shifts_nothing() -> None:
    """What follows it keeps its time."""
    run = make_activity()
    cleaned = clean(moved(run, [600], HOUR))
    others = np.arange(len(run.records)) != 600
    assert (cleaned.records.index == run.records.index)[others].all()


def test_a_third_of_the_samples_a_day_ahead_are_one_run() -> None:
    """So many that they follow one another, too, as the samples of a second run would."""
    run = make_activity()
    rows = list(range(2, 1800, 3))
    cleaned = clean(moved(run, rows, DAY))
    assert (cleaned.records.index == run.records.index).all()
    # In no order: some stand side by side, and the right ones look late beside them.
    rng = np.random.default_rng(1)
    rows = sorted(rng.choice(np.arange(2, 1800), 600, replace=False).tolist())
    wrong = moved(run, rows, DAY)
    assert totals(wrong) == pytest.approx(totals(run), rel=0.02)


@settings(max_examples=20)
@given(
    at_end=st.booleans(),
    size=st.integers(1, 5),
    seconds=st.sampled_from(
        [DAY, -DAY, 3 * DAY, 6 * DAY, 40 * DAY, YEAR, 17 * YEAR, -YEAR]
    ),
)
def test_a_wrong_date_at_an_end_bounds_nothing(
    at_end: bool, size: int, seconds: float
) -> None:
    """The first or last samples of another year make no run of years."""
    run = make_activity()
    count = len(run.records)
    rows = range(count - size, count) if at_end else range(size)
    cleaned = clean(moved(run, list(rows), seconds))
    elapsed = cleaned.records.index[-1] - cleaned.records.index[0]
    assert elapsed.total_seconds() == pytest.approx(1800, abs=30)
    assert cleaned.records.index[0].year == 2026


def test_a_sample_that_was_written_late_keeps_its_time() -> None:
    """It belongs where its time is, not where the file has it."""
    run = make_activity()
    number = np.arange(len(run.records))
    order = np.concatenate((number[:600], number[601:1000], [600], number[1000:]))
    late = at(run, np.zeros(len(number)), order)
    assert (clean(late).records.index == run.records.index).all()
    assert "time_stray" not in codes(late)


def test_a_night_in_a_hut_is_no_wrong_date() -> None:
    """Who goes on after a night goes on at another time of day; after exactly a day, elsewhere."""
    run = make_activity()
    count = len(run.records)
    for hours, east in ((14.0, 0.0), (24.0, 0.001)):
        late = np.arange(count) >= 900
        broken = at(run, np.where(late, hours * HOUR, 0.0), np.arange(count))
        records = broken.records.copy()
        records["longitude"] = np.where(late, 11.0 + east, 11.0)
        cleaned = clean(replace(broken, records=records))
        elapsed = cleaned.records.index[-1] - cleaned.records.index[0]
        assert elapsed.total_seconds() == 1800 + hours * HOUR


CHANNELS = [
    ["latitude", "longitude"],
    ["heart_rate"],
    ["cadence"],
    ["elevation", "power"],
]


@settings(max_examples=40)
@given(
    order=st.permutations(CHANNELS),
    every=st.sampled_from([1, 3]),
    late=st.sampled_from([0, 5, 60]),
    repeated=st.booleans(),
    pieces=st.sampled_from([1, 4, 30]),
)
def test_channels_one_after_the_other_are_one_recording(
    order: list[list[str]], every: int, late: int, repeated: bool, pieces: int
) -> None:
    """In whatever order, at another rate, begun later, with the distance in each, in one block a
    channel or in many.
    """
    count = 1801
    run = make_activity(
        device_distance=repeated,
        heart_rate=beating(140, count),
        cadence=170 + np.arange(count) % 5.0,
        power=np.full(count, 230.0),
        elevation=400 + np.arange(count) / 20,
    )
    blocks = []
    for rows in np.array_split(np.arange(count), pieces):
        for names in order:
            kept = [*names, "distance"] if repeated else names
            mine = rows
            if "latitude" not in names:
                mine = mine[late if pieces == 1 else 0 :: every]
            part = run.records.iloc[mine].copy()
            part.loc[:, [c for c in part if c not in kept]] = np.nan
            blocks.append(part)
    written = pd.concat(blocks)
    wrong = replace(
        run, records=written, extras=pd.DataFrame(index=written.index)
    )
    cleaned = clean(wrong)
    assert (cleaned.records.index == run.records.index).all()
    assert totals(wrong) == pytest.approx(totals(run), rel=0.01)
    for names in CHANNELS:
        known = cleaned.records[names[0]].notna().sum()
        assert known >= (count - late) // every - pieces


@pytest.mark.parametrize(
    ("name", "length", "seconds", "ascent"),
    [
        ("gpx_reversed_40.gpx", 3600, 1200, 180),
        ("gpx_points_of_2043_40.gpx", 5400, 1800, 0),
        ("fit_block_gps_then_hr.fit", 5400, 1800, 0),
    ],
)
def test_reported_files(
    cases: Path, name: str, length: float, seconds: float, ascent: float
) -> None:
    """Recordings modelled on public reports have their length, time and ascent."""
    run = ts.analyze(cases / name)
    assert run.totals.distance == pytest.approx(length, rel=0.02)
    assert run.totals.elapsed_time == pytest.approx(seconds, rel=0.02)
    assert run.totals.ascent == pytest.approx(ascent, rel=0.01, abs=1)
    assert str(run.meta.start_time) == "2026-03-01 08:00:00+00:00"


def test_heart_rate_of_a_block_counts(cases: Path) -> None:
    """It is known for the whole of the moving time."""
    cleaned = clean(ts.read(cases / "fit_block_gps_then_hr.fit"))
    known = cleaned.records["heart_rate"].notna().to_numpy()
    assert cleaned.moving_seconds[known].sum() == pytest.approx(1800, rel=0.01)
