"""Values add up and survive the way through JSON."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from builders import beating, make_activity
from trailstats.analysis import analyze
from trailstats.errors import ReadError, SchemaError
from trailstats.model.activity import ActivityMeta, Issue
from trailstats.model.athlete import Athlete
from trailstats.model.json_schemas import DOCUMENTS, document_schema
from trailstats.model.results import Analysis, Totals
from trailstats.schema import Severity

ATHLETE = Athlete(heart_rate_max=190, heart_rate_rest=50, mass=70)


def run(**columns: object) -> Analysis:
    rates = beating(150.0)
    return analyze(
        make_activity(
            elevation=np.linspace(0, 60, 50), heart_rate=rates, **columns
        ),
        athlete=ATHLETE,
    )


def test_totals_add_and_ratios_follow() -> None:
    """Two runs together have the sums, and the mean speed of the sums."""
    one, two = (
        Totals(distance=1000, moving_time=300, ascent=5),
        Totals(distance=3000, moving_time=1200, ascent=np.nan),
    )
    both = one + two
    assert both.distance == 4000
    assert both.mean_speed == pytest.approx(4000 / 1500)
    assert both.ascent == 5
    assert np.isnan(Totals().mean_speed)


def test_an_analysis_comes_back_from_its_document() -> None:
    """Through JSON and back, the document is the same."""
    text = json.dumps(run().to_dict(), allow_nan=False)
    assert (
        json.dumps(
            Analysis.from_dict(json.loads(text)).to_dict(), allow_nan=False
        )
        == text
    )


def test_another_version_is_refused() -> None:
    """A document of another version, or none, is named as such."""
    document = run().to_dict()
    with pytest.raises(SchemaError, match="format_version 99"):
        Analysis.from_dict(document | {"format_version": 99})
    with pytest.raises(SchemaError, match="segments"):
        Analysis.from_dict({k: v for k, v in document.items() if k != "segments"})


def test_documents_keep_their_schema() -> None:
    """What an analysis prints is what its JSON Schema says."""
    document = json.loads(json.dumps(run().to_dict()))
    assert (
        list(
            Draft202012Validator(document_schema("analysis")).iter_errors(
                document
            )
        )
        == []
    )


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_schemas_are_schemas(name: str) -> None:
    """Each is itself valid, and refuses an empty document."""
    found = document_schema(name)
    Draft202012Validator.check_schema(found)
    assert not Draft202012Validator(found).is_valid({})


def test_values_cross_process_borders() -> None:
    """Analyses and errors can be pickled."""
    copy = pickle.loads(pickle.dumps(run()))
    assert copy.totals == run().totals
    error = pickle.loads(
        pickle.dumps(ReadError("broken", path="a.fit", offset=12))
    )
    assert (str(error), error.offset) == ("a.fit: broken (byte 12)", 12)


def test_records_must_be_what_the_schema_says() -> None:
    """An activity without a UTC time index, or without a column, is refused."""
    from trailstats.model.activity import Activity

    records = make_activity().records
    with pytest.raises(SchemaError):
        Activity(records.reset_index(drop=True), ActivityMeta())
    with pytest.raises(SchemaError, match="cadence"):
        Activity(records.drop(columns="cadence"), ActivityMeta())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{count} positions were blanked", "1 position was blanked"),
        ("stood {count} times, 11 s in all", "stood once, 11 s in all"),
        (
            "{count} samples far from others; they were put back",
            "1 sample far from others; it was put back",
        ),
        (
            "{count} gaps, 1 m in all, count as pauses",
            "1 gap, 1 m in all, counts as pauses",
        ),
        ("21 jumps were left out", "21 jumps were left out"),
        ("0.1 times", "0.1 times"),
    ],
)
def test_an_issue_of_one_is_in_the_singular(text: str, message: str) -> None:
    """A message that counts one says so, and no other is touched."""
    index = pd.date_range("2026-03-01T08:00Z", periods=3)
    flags = np.array([False, True, False])
    issue = Issue.over(index, flags, "x", Severity.INFO, text)
    assert issue.message == message
