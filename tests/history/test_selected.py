"""A history of some of its activities: tables and analyses stay in step."""

from __future__ import annotations

import datetime as dt

import pytest

import trailstats as ts


@pytest.fixture(scope="module")
def history(root_of_samples) -> ts.History:
    return ts.analyze_folder(root_of_samples / "archive")


@pytest.fixture(scope="module")
def root_of_samples():
    from pathlib import Path

    return Path(__file__).resolve().parents[2] / "data" / "samples"


def test_days_are_chosen_by_the_runners_clock(history: ts.History) -> None:
    """March to May: rows, analyses, segments and weeks are of these days, the limits of all."""
    since, until = dt.date(2024, 3, 1), dt.date(2024, 5, 31)
    own = history.selected(since=since, until=until)
    days = own.activities["start_time"].dt.date
    assert since <= days.min() <= days.max() <= until
    assert 0 < len(own.analyses) == len(own.activities) < len(history.analyses)
    files = own.activities["file"].tolist()
    assert [one.meta.source for one in own.analyses] == files
    assert set(own.segments["file"]) == set(files)
    assert own.weekly()["n_activities"].sum() == len(files)
    assert own.limits == history.limits


def test_a_sport_is_chosen(history: ts.History) -> None:
    """All are runs: running keeps all, cycling none; a bound on one side is enough."""
    assert len(history.selected(sports=["running"]).analyses) == len(
        history.analyses
    )
    assert len(history.selected(sports=["cycling"]).analyses) == 0
    assert len(history.selected(until=dt.date(2024, 2, 10)).analyses) > 0
