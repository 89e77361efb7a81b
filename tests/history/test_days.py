"""Days and weeks go by the runner's clock, in every table and rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity
from trailstats.analysis import analyze_by
from trailstats.analysis.options import Options
from trailstats.claims._evidence import Evidence
from trailstats.claims._weeks import local_days
from trailstats.history._history import combine
from trailstats.model.activity import Activity
from trailstats.report.history_rows import calendar_rows


def run(start: str, *, offset: float = np.nan, place: bool = False) -> Activity:
    """Return a run at a UTC time, in Auckland where it has a place."""
    made = make_activity(start=start, duration=600, name=start)
    where = {"latitude": np.nan, "longitude": np.nan}
    if place:
        where = {
            "latitude": made.records["latitude"] - 47.0 - 36.85,
            "longitude": 174.76,
        }
    records = made.records.assign(**where, distance=np.arange(601) * 3.0)
    meta = replace(made.meta, local_offset=offset)
    return replace(made, records=records, meta=meta)


def history(athlete: ts.Athlete, *runs: Activity) -> ts.History:
    options = Options.of(athlete=athlete)
    return combine([analyze_by(r, options) for r in runs], [], athlete)


# Sunday the 8th and Monday the 9th of March, 08:00 in Auckland (UTC+13).
STARTS = "2026-03-07T19:00:00Z", "2026-03-08T19:00:00Z"


@pytest.mark.parametrize(
    ("offset", "place", "zone"),
    [
        (13 * 3600.0, False, ""),
        (13 * 3600.0, False, "Europe/Vienna"),
        (np.nan, True, ""),
        (np.nan, False, "Pacific/Auckland"),
    ],
    ids=["file", "file before profile", "place", "profile"],
)
def test_one_rule_for_all(offset: float, place: bool, zone: str) -> None:
    """Weeks, days, races, the calendar and the plan's days agree, whatever tells the local time."""
    athlete = ts.Athlete(races=(dt.date(2026, 3, 8),), timezone=zone)
    found = history(
        athlete, *(run(s, offset=offset, place=place) for s in STARTS)
    )
    assert found.activities["intent"].tolist()[0] == "race"
    assert found.activities["intent"].tolist()[1] != "race"
    assert found.activities["local_offset"].tolist() == [13 * 3600.0] * 2
    weeks = found.weekly()
    assert weeks["week"].dt.strftime("%m-%d").tolist() == ["03-02", "03-09"]
    assert weeks["n_activities"].tolist() == [1, 1]
    days = found.daily()
    assert days["day"].dt.strftime("%m-%d").tolist() == ["03-08", "03-09"]
    assert local_days(Evidence(found)).tolist() == [
        pd.Timestamp("2026-03-08"),
        pd.Timestamp("2026-03-09"),
    ]
    rows = calendar_rows(found)
    assert [row["date"] for row in rows] == ["2026-03-08", "2026-03-09"]
    assert [str(row["week"])[:10] for row in rows] == ["2026-03-02", "2026-03-09"]


def test_the_profile_goes_before_the_place() -> None:
    """Who says which clock is meant is believed, but for what the file says."""
    athlete = ts.Athlete(timezone="Europe/Vienna")
    found = history(athlete, run(STARTS[0], place=True))
    assert found.activities["local_offset"].tolist() == [3600.0]


def test_without_anything_it_is_utc() -> None:
    """And the table says that the offset is not known."""
    found = history(ts.Athlete(), *(run(s) for s in STARTS))
    assert found.activities["local_offset"].isna().all()
    assert found.weekly()["n_activities"].tolist() == [2]


def test_reported_days(cases: Path) -> None:
    """Modelled on public reports: a race on Sunday in Japan, a run on Monday."""
    athlete = ts.Athlete(races=(dt.date(2026, 3, 8),))
    found = ts.analyze_folder(cases / "local_day", athlete=athlete, workers=1)
    by_file = {
        Path(f).stem: i
        for f, i in zip(
            found.activities["file"], found.activities["intent"], strict=True
        )
    }
    assert by_file["race"] == "race"
    assert by_file["monday"] != "race"
    assert found.weekly()["n_activities"].tolist() == [1, 1]
