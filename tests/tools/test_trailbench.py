"""TrailBench scores as it says, on numbers that can be checked by hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import trailstats as ts


@pytest.fixture
def scores(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Return the module of the scores, as the bench imports it."""
    monkeypatch.syspath_prepend(str(root / "tools" / "trailbench"))
    import scores as found

    yield found
    sys.modules.pop("scores", None)


TRUTH = {
    "a": {
        "distance": 1000.0,
        "ascent": 200.0,
        "moving_time": 400.0,
        "trail_share": 0.9,
    },
    "b": {
        "distance": 2000.0,
        "ascent": 50.0,
        "moving_time": 800.0,
        "trail_share": 0.0,
    },
    "c": {
        "distance": 4000.0,
        "ascent": 100.5,
        "moving_time": 900.0,
        "trail_share": 0.1,
    },
}


def test_errors_are_medians_and_means_of_what_is_said(scores: ModuleType) -> None:
    """By hand: 10 %, 5 % and 0 % of distance; 100 s and 20 s of time; only hilly runs' ascent."""
    said = {
        "a": {"distance": 1100.0, "ascent": 180.0, "moving_time": 500.0},
        "b": {"distance": 1900.0, "ascent": 0.0, "moving_time": 820.0},
        "c": {"distance": 4000.0},
    }
    assert scores.relative_error(TRUTH, said, "distance") == (
        pytest.approx(0.05),
        3,
    )
    assert scores.relative_error(TRUTH, said, "ascent", 100.0) == (
        pytest.approx(0.1),
        1,
    )
    assert scores.time_error(TRUTH, said) == (60.0, 2)
    assert scores.time_error(TRUTH, {})[1] == 0


def test_the_ground_is_scored_as_scikit_learn_does(scores: ModuleType) -> None:
    """Ties count half, and what isn't said doesn't count."""
    from sklearn.metrics import roc_auc_score

    said = {"a": 0.4, "b": 0.4, "c": 0.1}
    answers = {file: {"trail_expected": value} for file, value in said.items()}
    expected = roc_auc_score([1, 0, 0], list(said.values()))
    assert scores.ground_score(TRUTH, answers) == (expected, 3)
    answers["b"]["trail_expected"] = float("nan")
    assert scores.ground_score(TRUTH, answers) == (1.0, 2)


def test_times_are_predicted_from_runs_before(scores: ModuleType) -> None:
    """By hand: 0.2 s a metre of effort in the first run, 0.25 in the second: off by 20 %."""
    truth = {
        str(k): {"start_time": f"2026-01-0{k}", "moving_time": time}
        for k, time in ((1, 240.0), (2, 300.0))
    }
    said = {k: {"distance": 1000.0, "ascent": 20.0} for k in truth}
    assert scores.prediction_error(truth, said, first=1) == (
        pytest.approx(0.2),
        1,
    )


def test_salvage_counts_what_is_left(
    scores: ModuleType, samples: Path, tmp_path: Path
) -> None:
    """What can't be read gives none; nobody gets more than all; copies are really damaged."""
    said = {"x": {"records": 50}, "y": {"error": "E"}, "z": {"records": 999}}
    found = scores.salvage(said, {"x": 100, "y": 100, "z": 100, "w": 100})
    assert found == (pytest.approx(0.5), 3)
    truth = dict(list(scores.truth_of(samples).items())[:5])
    made = scores.damaged(samples, tmp_path, truth, 2)
    assert len(made) == 4
    for path, count in made.items():
        original = next(
            f for f in truth if Path(path).name.endswith(Path(f).name)
        )
        assert Path(path).read_bytes() != Path(original).read_bytes()
        assert 0 < count < truth[original]["records"]


def test_a_table_is_a_program_too(
    scores: ModuleType, samples: Path, tmp_path: Path
) -> None:
    """One that `trailstats batch` writes."""
    history = ts.analyze_folder(
        samples / "archive" / "2024-02-06-1816.fit", workers=1
    )
    table = tmp_path / "runs.csv"
    history.activities.to_csv(table, index=False)
    (answer,) = scores.table_answers(table, samples).values()
    assert answer["records"] == 935
    assert answer["distance"] == pytest.approx(10780.6, rel=0.02)


def test_stretches_are_scored_by_the_way(scores: ModuleType) -> None:
    """By hand: of 1,000 m the first 400 are trail; 800 m are called either, of which 700 are
    right; an odometer that is 10 % long loses nothing.
    """
    true = [[0, 9, 0.0, 400.0, "trail"], [9, 20, 400.0, 1000.0, "road"]]
    truth = {"a": {"segments": true}, "b": {"segments": true}}
    said = [
        [0.0, 300.0, "trail"],
        [300.0, 500.0, "unknown"],
        [500.0, 1000.0, "road"],
    ]
    wrong = [
        [0.0, 500.0, "trail"],
        [500.0, 700.0, "mixed"],
        [700.0, 1000.0, "road"],
    ]
    long = [[1.1 * start, 1.1 * end, surface] for start, end, surface in wrong]
    assert scores.stretch_score(truth, {"a": {"segments": said}}) == (1.0, 0.8, 1)
    for stretches in (wrong, long):
        found = scores.stretch_score(truth, {"b": {"segments": stretches}})
        assert found == (pytest.approx(0.875), pytest.approx(0.8), 1)
    assert scores.stretch_score(truth, {"a": {"distance": 1.0}})[2] == 0


def test_a_table_of_stretches_is_a_program_too(
    scores: ModuleType, samples: Path, tmp_path: Path
) -> None:
    """One that `trailstats batch --segments` writes; it says what the program itself says."""
    file = samples / "archive" / "2024-08-11-0828.fit"
    history = ts.analyze_folder(file, workers=1)
    table = tmp_path / "segments.csv"
    history.segments.to_csv(table, index=False)
    held = scores.segment_answers(table, samples)
    right, told, runs = scores.stretch_score(scores.truth_of(samples), held)
    assert runs == 1
    assert 0.5 < told <= 1.0
    assert right > 0.5


@pytest.mark.slow
def test_the_bench_runs(root: Path) -> None:
    """With the programs that are installed here; a row for each, versions named."""
    command = [sys.executable, "tools/trailbench", "--every", "30"]
    peers = ["--peer", "trailstats", "--peer", "fitdecode", "--peer", "gpxpy"]
    done = subprocess.run(
        [*command, *peers], capture_output=True, text=True, cwd=root, timeout=600
    )
    assert done.returncode == 0, done.stderr
    rows = done.stdout.splitlines()[2:]
    assert [row.split()[1] for row in rows] == [
        "trailstats",
        "fitdecode",
        "gpxpy",
    ]
    assert ts.__version__ in rows[0]
    assert " of " in rows[0] and "%" in rows[0]


def test_the_page_names_peers_and_versions(root: Path) -> None:
    """Six programs or more, trailstats first."""
    text = (root / "docs" / "trailbench.md").read_text("utf-8")
    table = text.split("<!-- table: begin -->")[1].split("<!-- table: end -->")[0]
    rows = re.findall(r"^\| ([\w-]+) ([\d.]+) \|", table, re.MULTILINE)
    assert rows[0][0] == "trailstats"
    assert len({name for name, _ in rows}) >= 6
    assert json.dumps(rows)
