"""The stored model is what the training script makes of the labelled recordings, and reaches what
it must.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest


@pytest.fixture(scope="module")
def document(root: Path) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Return the model file."""
    return dict(
        json.loads(
            (root / "trailstats" / "terrain" / "surface_model.json").read_text(
                encoding="utf-8"
            )
        )
    )


def test_scores_that_left_the_athlete_out_reach_the_bar(
    document: dict[str, dict[str, dict[str, dict[str, float]]]],
) -> None:
    """The stored scores of runs and windows are not below what a simple rule can't reach."""
    runs, windows = (
        document["scores"]["whole_runs"],
        document["scores"]["windows"],
    )
    assert runs["trail against road"]["auc"] >= 0.965
    assert runs["trail against road"]["balanced_accuracy"] >= 0.955
    assert runs["points every 10 s"]["balanced_accuracy"] >= 0.90
    assert runs["elevation taken out"]["balanced_accuracy"] >= 0.90
    assert windows["as recorded"]["path_within"] >= 0.82
    assert windows["as recorded"]["within"] >= 0.74
    assert windows["as recorded"]["clusters"] >= 0.72
    assert windows["as recorded"]["false_trail"] <= 0.03
    assert windows["as recorded"]["decided"] >= 0.50
    assert windows["as recorded"]["accuracy"] >= 0.90


def test_the_model_card_shows_the_stored_scores(
    document: dict[str, dict[str, dict[str, dict[str, float]]]], root: Path
) -> None:
    """docs/terrain.md was written together with the model: same data, same scores."""
    page = (root / "docs" / "terrain.md").read_text(encoding="utf-8")
    assert str(document["training_data"]) in page
    for name, row in document["scores"]["whole_runs"].items():
        assert f"| {name} |" in page
        assert f"{row['auc']:.3f}" in page


def test_calibration_finds_a_known_line(
    tool: Callable[[str], ModuleType],
) -> None:
    """Log-odds that are twice too sharp and one too high are set right."""
    fitting = tool("train_surface").fitting
    true = np.linspace(-4, 4, 4001)
    share = 1 / (1 + np.exp(-true))
    both = np.tile(2 * true + 1, 2)
    target = np.repeat([True, False], len(true))
    line = fitting.fit_line(both, target, np.concatenate([share, 1 - share]))
    assert line.slope == pytest.approx(0.5, abs=0.01)
    assert line.offset == pytest.approx(-0.5, abs=0.01)


def test_scores_know_perfect_and_blind_predictions(
    tool: Callable[[str], ModuleType],
) -> None:
    """A perfect order has an area of 1, a constant one half; true shares have no calibration
    error.
    """
    scores = tool("train_surface").scores
    trail, road = np.array([0.0, 0.0, 1.0, 2.0]), np.array([1.0, 3.0, 0.0, 0.0])
    assert scores.auc(np.array([0.1, 0.2, 0.8, 0.9]), trail, road) == 1.0
    assert scores.auc(np.full(4, 0.3), trail, road) == 0.5
    assert (
        scores.calibration_error(
            np.array([0.25, 0.75]), np.array([1.0, 3.0]), np.array([3.0, 1.0])
        )
        == 0.0
    )


@pytest.mark.corpus
def test_the_stored_model_is_the_trained_one(
    document: dict[str, object], shared: Path, tool: Callable[[str], ModuleType]
) -> None:
    """Training again on the recordings beside the checkout gives the numbers in the package."""
    script = tool("train_surface")
    data = script.recordings.load(shared, 2)
    again = script.describe(script.train(data), data)
    assert (
        script.recordings.fingerprint(shared, data) == document["training_data"]
    )
    for part in ("activity", "windows"):
        stored, trained = numbers(document[part]), numbers(again[part])
        assert stored.keys() == trained.keys()
        assert [trained[k] for k in stored] == pytest.approx(
            list(stored.values()), abs=0.02
        ), part


def numbers(part: object, at: str = "") -> dict[str, float]:
    """Return every number of nested tables by its place."""
    if isinstance(part, dict):
        return {
            k: v
            for name, below in part.items()
            for k, v in numbers(below, f"{at}/{name}").items()
        }
    if isinstance(part, list):
        return {
            k: v
            for i, below in enumerate(part)
            for k, v in numbers(below, f"{at}/{i}").items()
        }
    return {at: float(part)} if isinstance(part, int | float) else {}
