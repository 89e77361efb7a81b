"""Tables and short views of what was found: metrics, records with their ground, answers."""

from __future__ import annotations

import gc
import pickle
import shutil
from dataclasses import replace
from pathlib import Path
from weakref import ref

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity
from trailstats import schema

RUN = "archive/2024-06-21-1913.fit"
ATTACK = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def run(samples: Path) -> ts.Analysis:
    """Return a run with trail and road in it."""
    return ts.analyze(samples / RUN)


@pytest.fixture(scope="module")
def history(samples: Path) -> ts.History:
    """Return a few runs."""
    return ts.analyze_folder(samples / "odd", workers=1)


def test_the_metrics_are_a_table(run: ts.Analysis) -> None:
    """A row for each, with all that a metric holds; the types don't depend on what is there."""
    table = run.to_frame()
    assert list(table.index) == list(run.metrics)
    for name, metric in run.metrics.items():
        row = table.loc[name]
        assert row["unit"] == metric.unit
        assert row["reason"] == metric.reason
        assert row["evidence"] == metric.evidence.value
        assert row["value"] == metric.value or np.isnan(metric.value)
    assert (table["value"].isna() == (table["reason"] != "")).all()
    empty = replace(run, metrics={}).to_frame()
    assert empty.dtypes.equals(table.dtypes)
    assert list(empty.columns) == list(table.columns)


def test_records_lie_on_their_segments(run: ts.Analysis) -> None:
    """Each record has the ground of the segment that holds its distance, and no column is lost."""
    records = run.records
    cleaned = ts.clean(ts.read(Path(run.meta.source)))
    pd.testing.assert_frame_equal(
        records[cleaned.records.columns], cleaned.records
    )
    by_segment = records.groupby("segment")
    segments = run.segments
    assert set(by_segment.groups) == set(range(len(segments)))
    for column in ("surface", "p_trail", "slope", "technical", "gait"):
        assert records[column].dtype == segments[column].dtype
        found = by_segment[column].first()
        pd.testing.assert_series_equal(
            found, segments[column], check_names=False, check_index_type=False
        )
    distance = cleaned.track["distance"].to_numpy()
    start = segments["start_distance"].to_numpy()[records["segment"]]
    end = segments["end_distance"].to_numpy()[records["segment"]]
    assert ((distance >= start - 1e-6) & (distance <= end + 1e-6)).all()


def test_records_come_back_from_wherever_they_were_read(
    samples: Path, tmp_path: Path
) -> None:
    """From a cache, a process, a file with several tracks, an activity in memory."""
    for name in (RUN, "odd/two-tracks.gpx"):
        cold = ts.analyze_folder(samples / name, workers=1, cache=tmp_path / "c")
        warm = ts.analyze_folder(samples / name, workers=1, cache=tmp_path / "c")
        for one, other in zip(cold.analyses, warm.analyses, strict=True):
            expected = one.records
            assert len(expected) > 0
            pd.testing.assert_frame_equal(other.records, expected)
            copy = pickle.loads(pickle.dumps(other))
            pd.testing.assert_frame_equal(copy.records, expected)
    both = ts.analyze_folder(samples / "odd/two-tracks.gpx", workers=1).analyses
    assert both[0].records.index[0] != both[1].records.index[0]
    made = make_activity(elevation=np.linspace(0.0, 100.0, 50))
    assert len(ts.analyze(made).records) == len(ts.clean(made).records)
    data = (samples / RUN).read_bytes()
    from_bytes = ts.analyze(data).records
    pd.testing.assert_frame_equal(from_bytes, ts.analyze(samples / RUN).records)


def test_an_analysis_does_not_hold_its_activity() -> None:
    """Who analyses many in a loop keeps none of them; records then say what to do."""
    made = make_activity(elevation=np.linspace(0.0, 100.0, 50))
    looked_at, packed, found = (
        ts.analyze(made),
        ts.analyze(made),
        ts.analyze(made),
    )
    assert len(looked_at.records) > 0
    packed = pickle.loads(pickle.dumps(packed))
    gone = ref(made)
    del made
    gc.collect()
    assert gone() is None
    assert len(looked_at.records) > 0
    for one in (found, packed):
        with pytest.raises(
            ts.ReadError, match="is gone: keep it, or analyse its file"
        ):
            _ = one.records


def test_records_that_are_looked_at_are_not_packed(run: ts.Analysis) -> None:
    """An analysis is as small after its records were looked at as before."""
    fresh = pickle.dumps(ts.analyze(Path(run.meta.source)))
    assert len(run.records) > 0
    assert len(pickle.dumps(run)) < len(fresh) * 1.01


def test_records_that_are_not_there_say_so(samples: Path, tmp_path: Path) -> None:
    """After a document, a change of the file, and its end."""
    path = tmp_path / "run.fit"
    shutil.copy(samples / RUN, path)
    found = ts.analyze(path)
    document = ts.Analysis.from_dict(found.to_dict())
    with pytest.raises(
        ts.ReadError, match="holds no records; analyse its source"
    ):
        document.records  # noqa: B018
    other = ts.analyze(path)
    shutil.copy(samples / "odd/truncated.fit", path)
    with pytest.raises(ts.ReadError, match="changed since it was analysed"):
        found.records  # noqa: B018
    path.unlink()
    with pytest.raises(ts.ReadError):
        other.records  # noqa: B018


def test_a_history_has_a_table_of_all_metrics(history: ts.History) -> None:
    """A row for each analysis, a column for each metric, the same numbers."""
    table = history.metrics
    assert list(table.columns) == list(schema.METRICS)
    assert list(table.index) == [a.meta.source for a in history.analyses]
    for analysis in history.analyses:
        row = table.loc[analysis.meta.source]
        for name, metric in analysis.metrics.items():
            assert row[name] == pytest.approx(metric.value, nan_ok=True)
    copied = pickle.loads(pickle.dumps(history))
    pd.testing.assert_frame_equal(copied.metrics, table)
    none = replace(history, analyses=())
    assert none.metrics.shape == (0, len(schema.METRICS))


def test_answers_are_a_table(history: ts.History) -> None:
    """A row for each answer and for each of its parts, with their own values."""
    answers = ts.evaluate_claims(history)
    table = ts.claims_table(answers)
    assert len(table) == sum(1 + len(a.parts) for a in answers)
    assert table.loc[table["part"] == 0, "claim"].tolist() == [
        a.claim for a in answers
    ]
    part = ts.ClaimResult(
        "impact", "", "per km", "km", 1.5, 1.0, 0.5, 0.4, 0.6, 7, 8
    )
    whole = ts.ClaimResult("impact", "It is softer.", "load", parts=(part, part))
    shown = ts.claims_table([whole])
    assert shown["part"].tolist() == [0, 1, 2]
    assert shown["n_road"].tolist() == [0, 8, 8]
    assert shown.loc[1, "difference"] == 0.5
    assert ts.claims_table([]).dtypes.equals(table.dtypes)


def test_notebooks_show_a_short_table_in_which_all_is_escaped(
    history: ts.History, run: ts.Analysis
) -> None:
    """Names from files and profiles can't become markup."""
    named = replace(run, meta=replace(run.meta, source=ATTACK))
    of_runner = replace(history, athlete=ts.Athlete(name=ATTACK))
    answer = ts.ClaimResult("impact", ATTACK, ATTACK, caveats=(ATTACK,))
    for value in (named, of_runner, answer):
        page = value._repr_html_()
        assert "<script" not in page
        assert "&lt;script&gt;" in page
        assert len(page) < 3000
    page = run._repr_html_()
    assert f"{run.totals.distance / 1000:.2f} km" in page
    assert f"<td>{len(history.analyses)}</td>" in history._repr_html_()
    assert "not enough data" in answer._repr_html_()
    assert replace(
        history, analyses=(), activities=history.activities[:0]
    )._repr_html_()
