"""Frames are made when they are looked at, and what is derived meanwhile makes none."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity
from trailstats.history._pack import pack
from trailstats.model.results import TABLES_OF_ANALYSIS
from trailstats.schema import Columns


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the tables of which frames were made."""
    names: list[str] = []
    to_frame = Columns.to_frame

    def noted(held: Columns, index: pd.Index | None = None) -> pd.DataFrame:
        names.append(held.table.name)
        return to_frame(held, index)

    monkeypatch.setattr(Columns, "to_frame", noted)
    return names


def run() -> ts.Activity:
    """Return a run of half an hour over a hill."""
    return make_activity(
        elevation=100.0 + 40.0 * np.sin(np.linspace(0.0, 9.0, 1801))
    )


def test_an_analysis_that_is_packed_makes_no_frame(made: list[str]) -> None:
    """A folder is measured and kept without a single frame but those that were read."""
    activity = run()
    made.clear()
    analysis = ts.analyze(activity)
    pack(analysis, analysis.meta.source)
    assert made == []
    assert len(analysis.parts) == len(analysis.parts) > 0
    assert made == ["parts"]


@pytest.mark.parametrize("name", TABLES_OF_ANALYSIS)
def test_what_is_held_is_what_the_frame_shows(name: str) -> None:
    """The columns of every table are those of its frame, and the frame is as its schema says."""
    analysis = ts.analyze(run())
    held = analysis.held(name)
    assert isinstance(held, Columns)
    frame = getattr(analysis, name)
    ts.schema.TABLES[name].validate(frame)
    assert analysis.held(name) is frame
    for column in held.table:
        shown = frame[column.name]
        if column.dtype.startswith("datetime64"):
            shown = shown.dt.tz_localize(None)
        kind = object if column.dtype == "str" else None
        np.testing.assert_array_equal(held[column.name], shown.to_numpy(kind))


def test_a_frame_that_was_looked_at_stays_the_same_one() -> None:
    """Looking twice gives one frame; another value with other parts shares it."""
    analysis = ts.analyze(run())
    frame = analysis.segments
    assert analysis.segments is frame
    assert analysis.having(issues=()).segments is frame


def test_having_other_parts_leaves_the_first_value_as_it_was(
    made: list[str],
) -> None:
    """A table or a fact may be replaced; all else is shared and still left for later."""
    analysis = ts.analyze(run())
    made.clear()
    other = analysis.having(
        impact=ts.schema.IMPACT.columns_of({"surface": ["road"]}), issues=()
    )
    assert made == []
    assert other.impact["surface"].tolist() == ["road"]
    assert len(analysis.impact) > 1 and other.issues == ()
    frame = other.having(impact=analysis.impact).impact
    assert frame is analysis.impact


def test_what_travels_holds_its_tables() -> None:
    """Pickling makes the frames, as nothing that makes one later can travel."""
    analysis = ts.analyze(run())
    back = pickle.loads(pickle.dumps(analysis))
    for name in TABLES_OF_ANALYSIS:
        pd.testing.assert_frame_equal(
            getattr(back, name), getattr(analysis, name)
        )


def test_an_unknown_attribute_is_said_by_its_name() -> None:
    """A slip in a name is the usual error."""
    with pytest.raises(
        AttributeError, match="'Analysis' has no attribute 'segment'"
    ):
        getattr(ts.analyze(run()), "segment")  # noqa: B009 - mypy knows that there is none


def test_a_cleaned_activity_shares_its_columns_with_its_frames() -> None:
    """The arrays that everything computes on are the numbers that its tables show."""
    cleaned = ts.clean(run())
    for frame, columns in (
        (cleaned.records, cleaned.columns),
        (cleaned.track, cleaned.track_columns),
    ):
        assert list(frame) == list(columns)
        assert frame.index is cleaned.index or frame.index.equals(cleaned.index)
        for name, values in columns.items():
            np.testing.assert_array_equal(values, frame[name].to_numpy())
