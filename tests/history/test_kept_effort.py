"""The fit of a runner's effort is kept with the analyses, and is that of these analyses only."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from trailstats.cache import NAME
from trailstats.history import History, analyze_folder, effort
from trailstats.history._stored import Stored, StoredAnalyses
from trailstats.history.prediction import predict
from trailstats.metrics.effort import EvenGroundCurve, fit_even_ground


@pytest.fixture
def folder(samples: Path, tmp_path: Path) -> Path:
    """Return a folder with twelve runs of the sample archive."""
    place = tmp_path / "runs"
    place.mkdir()
    for file in sorted((samples / "archive").iterdir())[:12]:
        (place / file.name).write_bytes(file.read_bytes())
    return place


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one with each fit."""
    seen: list[int] = []

    def counted(*given: object) -> EvenGroundCurve:
        seen.append(1)
        return fit_even_ground(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(effort, "fit_even_ground", counted)
    return seen


def same_effort(one: History, other: History) -> None:
    """Check that two histories have the same curve, worth and stretches, to the last bit."""
    for name in ("mean", "covariance"):
        np.testing.assert_array_equal(
            getattr(one.effort.curve, name), getattr(other.effort.curve, name)
        )
    assert one.effort.curve.n_runs == other.effort.curve.n_runs
    for name in ("even_ground_distance", "even_ground_distance_high"):
        np.testing.assert_array_equal(
            one.activities[name], other.activities[name]
        )
    mine, theirs = one.effort.runs, other.effort.runs
    np.testing.assert_array_equal(mine.run, theirs.run)
    assert list(mine.table["file"]) == list(theirs.table["file"])
    for name, values in mine.stretches.items():
        np.testing.assert_array_equal(values, theirs.stretches[name])


def test_the_same_runs_are_fitted_once(
    folder: Path, tmp_path: Path, fits: list[int]
) -> None:
    """A second history from the cache fits nothing and says the same; so does one without."""
    first = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    assert first.effort.curve.personal
    assert len(fits) == 1
    again = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    same_effort(first, again)
    assert len(fits) == 1
    same_effort(first, analyze_folder(folder, workers=1))


def test_other_runs_are_fitted_anew(
    folder: Path, tmp_path: Path, fits: list[int]
) -> None:
    """One run fewer, and some of the runs chosen, have fits of their own: those that they have
    without a cache.
    """
    whole = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    first = str(whole.activities["file"].iloc[0])
    (tmp_path / "aside").mkdir()
    Path(first).rename(tmp_path / "aside" / Path(first).name)
    fewer = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    same_effort(fewer, analyze_folder(folder, workers=1))
    assert fewer.effort.curve.n_runs == whole.effort.curve.n_runs - 1
    assert len(fits) == 3
    last = whole.activities["start_time"].iloc[-2]
    some = whole.selected(until=last.date())
    assert some.effort.curve.n_runs < whole.effort.curve.n_runs


def test_a_damaged_fit_is_made_again(folder: Path, tmp_path: Path) -> None:
    """Blocks of which a bit is wrong, or that hold something else, give no numbers."""
    sound = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    with sqlite3.connect(tmp_path / "cache" / NAME) as file:
        names = {row[0] for row in file.execute("SELECT name FROM derived")}
        assert {"effort", "stretches of some"} <= names
        file.execute(
            "UPDATE derived SET content = CAST(substr(content, 1, length(content) - 9) || "
            "'123456789' AS BLOB) WHERE name IN ('effort', 'stretches of some')"
        )
    same_effort(
        sound, analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    )


def test_a_prediction_reads_no_tables(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the cache the stretches are read in few blocks, and no analysis is loaded."""
    course = next(folder.iterdir())
    first = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    expected = predict(course, first).moving_time
    again = analyze_folder(folder, cache=tmp_path / "cache", workers=1)

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Stored, "whole", never)
    monkeypatch.setattr(Stored, "table", never)
    assert predict(course, again).moving_time == expected


def test_what_is_kept_is_of_these_analyses(folder: Path, tmp_path: Path) -> None:
    """Others that begin with the same one, fewer of them or in another order have nothing, nor
    has another basis; without a cache nothing is kept.
    """
    whole = analyze_folder(folder, cache=tmp_path / "cache", workers=1).analyses
    assert isinstance(whole, StoredAnalyses)
    three = whole.only([0, 1, 2])
    three.keep_of_all("name", "basis", b"block")
    assert three.made_of_all("name", "basis") == b"block"
    assert three.made_of_all("name", "another") is None
    for rows in ([0, 1, 3], [0, 1], [0, 2, 1]):
        assert whole.only(rows).made_of_all("name", "basis") is None
    alone = analyze_folder(folder, workers=1).analyses
    assert isinstance(alone, StoredAnalyses)
    alone.keep_of_all("name", "basis", b"block")
    assert alone.made_of_all("name", "basis") is None
