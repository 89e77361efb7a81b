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
    assert runs["trail against road"]["auc"] >= 0.990
    assert runs["trail against road"]["balanced_accuracy"] >= 0.965
    assert runs["trail against road"]["calibration_error"] <= 0.035
    assert runs["points every 10 s"]["balanced_accuracy"] >= 0.90
    assert runs["5 to 30 m of ascent per km, sure labels"]["auc"] >= 0.95
    found = windows["as recorded"]
    assert found["path_within"] >= 0.85
    assert found["within"] >= 0.80
    assert found["clusters"] >= 0.80
    assert found["false_trail"] <= 0.01
    assert found["decided"] >= 0.50
    assert found["accuracy"] >= 0.90
    for called in document["scores"]["denied"].values():
        assert called["runs"] > 50
        assert called["denied by their stretches"] <= 0.01 * called["runs"]


def test_the_model_card_shows_the_stored_scores(
    document: dict[str, dict[str, dict[str, dict[str, float]]]], root: Path
) -> None:
    """docs/terrain.md was written together with the model: same data, same scores."""
    page = (root / "docs" / "terrain.md").read_text(encoding="utf-8")
    assert str(document["training_data"]) in page
    for name, row in document["scores"]["whole_runs"].items():
        assert f"| {name} |" in page
        assert f"{row['auc']:.3f}" in page


def test_the_effect_is_found_in_simulated_runs(
    tool: Callable[[str], ModuleType],
) -> None:
    """Four hundred mapped runs, drawn with a known gain and spread, give them back."""
    fitting = tool("train_surface").fitting
    recordings = tool("train_surface").recordings
    rng = np.random.default_rng(4)
    gain, spread, size = 1.5, 0.8, 120
    tracks, log_odds, relative = [], rng.normal(0.0, 1.5, 400), []
    for number, mean in enumerate(log_odds):
        # Ten windows of 50 m follow each other on one surface: one observation.
        windows = np.repeat(rng.normal(0.0, 1.0, size // 10), 10)
        effect = mean + spread * rng.normal()
        p = 1.0 / (1.0 + np.exp(-effect - gain * windows[::10]))
        trail = np.repeat(rng.random(size // 10) < p, 10)
        example = recordings.Example(
            name=f"{number}.gpx",
            step=0.0,
            whole={},
            centres=np.arange(size) * 50.0 + 25.0,
            windows=np.zeros((size, 0)),
            flat=float("nan"),
            tag="",
            trail=50.0 * trail,
            road=50.0 * ~trail,
        )
        track = fitting.Track(
            example, f"{number}", "one", "here", "", True, trail.mean(), True
        )
        tracks.append(track)
        relative.append(windows)
    found = fitting.fit_effect(tracks, log_odds, relative, "position")
    # 4,800 observations in 400 runs: standard errors of about 0.05 each.
    assert found.gain == pytest.approx(gain, abs=0.2)
    assert found.spread == pytest.approx(spread, abs=0.2)


def test_borders_know_near_and_missing(
    tool: Callable[[str], ModuleType],
) -> None:
    """A border where the word changes; its distance to the nearest; none named is infinite."""
    borders = tool("train_surface").borders
    ends = np.array([1000.0, 2000.0, 3000.0])
    true = borders.borders_of(ends, ["road", "road", "trail"])
    assert true.tolist() == [2000.0]
    assert borders.nearest(true, np.array([500.0, 2100.0])).tolist() == [100.0]
    assert np.isinf(borders.nearest(true, np.empty(0))).all()


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
    for part in ("run", "windows", "effects", "tags"):
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
