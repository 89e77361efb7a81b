"""What claims want of tracks is made once for each piece of a history and kept."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from trailstats.claims import _tracks
from trailstats.claims._tracks import cells_of_analyses, surges_of_analyses
from trailstats.history import _chunks, analyze_folder
from trailstats.metrics.variety import route_cells


@pytest.fixture
def folder(samples: Path, tmp_path: Path) -> Path:
    """Return a folder with some runs, two of one file and one without positions among them."""
    place = tmp_path / "runs"
    place.mkdir()
    for file in sorted((samples / "archive").iterdir())[:8]:
        shutil.copy(file, place)
    for name in ("two-tracks.gpx", "treadmill.fit"):
        shutil.copy(samples / "odd" / name, place)
    return place


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by the number of analyses whose cells are made."""
    monkeypatch.setattr(_chunks, "APART", 3)
    counts: list[int] = []
    real = _tracks._cells

    def counted(analyses):
        counts.append(len(analyses))
        return real(analyses)

    monkeypatch.setattr(_tracks, "_cells", counted)
    return counts


def test_only_pieces_with_a_new_run_are_made(
    folder: Path, tmp_path: Path, made: list[int]
) -> None:
    """What is kept is what is made anew, to the last bit; a second time nothing is made, and after
    a new run no more than its piece.
    """
    new = folder / sorted(p.name for p in folder.iterdir())[3]
    aside = shutil.move(new, tmp_path)
    cache = tmp_path / "cache"
    first = analyze_folder(folder, cache=cache, workers=1)
    cells_of_analyses(first.analyses)
    assert sum(made) == len(first.analyses)
    assert len(made) > 1
    made.clear()
    again = analyze_folder(folder, cache=cache, workers=1)
    kept = cells_of_analyses(again.analyses)
    surges = surges_of_analyses(again.analyses)
    assert made == []
    plain = list(again.analyses)
    for one, other in zip(kept, cells_of_analyses(plain), strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(surges, surges_of_analyses(plain))
    np.testing.assert_array_equal(surges_of_analyses(again.analyses), surges)
    made.clear()
    shutil.move(aside, new)
    grown = analyze_folder(folder, cache=cache, workers=1)
    cells_of_analyses(grown.analyses)
    assert 0 < sum(made) < len(grown.analyses)


def test_cells_are_those_of_the_positions(folder: Path) -> None:
    """Each analysis has the cells that its positions touch, one without any has none. A corner that
    is cut by less than the spacing of the points may be missed.
    """
    history = analyze_folder(folder, workers=1)
    found = cells_of_analyses(history.analyses)
    assert len(found) == len(history.analyses)
    for cells, analysis in zip(found, history.analyses, strict=True):
        track = analysis.profile[["distance", "latitude", "longitude"]].dropna()
        if len(track) < 2:
            assert not len(cells)
            continue
        touched = route_cells(track["latitude"], track["longitude"])
        assert np.isin(touched, cells).mean() > 0.9
    assert any(not len(cells) for cells in found)
