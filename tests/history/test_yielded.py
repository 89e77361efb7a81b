"""Analyses one by one: each as `analyze` gives it, as soon as it is done."""

from __future__ import annotations

from pathlib import Path

import pytest

import trailstats as ts
from builders import make_activity
from trailstats.history import _stored, _workers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of three runs and a file that is none."""
    monkeypatch.setattr(_workers, "YOUNG", -1.0)
    root = tmp_path / "runs"
    root.mkdir()
    for day in (1, 2, 3):
        run = make_activity(name="x", start=f"2026-03-{day:02d}T08:00:00Z")
        ts.convert(run, root / f"{day}.gpx")
    (root / "page.gpx").write_text("<!doctype html><html></html>")
    return root


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that were measured, in that order."""
    seen: list[str] = []
    real = _workers.measure_source

    def noted(data: bytes, ref: object, options: object) -> object:
        seen.append(Path(str(ref)).name)
        return real(data, ref, options)

    monkeypatch.setattr(_workers, "measure_source", noted)
    return seen


def test_each_comes_as_it_is_done(folder: Path, measured: list[str]) -> None:
    """The first is there when nothing else was measured; failures come like the others."""
    results = ts.iter_analyses(folder, workers=1)
    first = next(results)
    assert isinstance(first, ts.Analysis)
    assert measured == ["1.gpx"]
    rest = list(results)
    assert [type(one) for one in rest] == [ts.Analysis, ts.Analysis, ts.Failure]


def test_each_is_what_analyze_gives(folder: Path) -> None:
    """By the profile's limits."""
    athlete = ts.Athlete(heart_rate_max=190.0, heart_rate_rest=50.0)
    for one in ts.iter_analyses(folder, athlete=athlete, workers=2):
        if isinstance(one, ts.Analysis):
            alone = ts.analyze(one.meta.source, athlete=athlete)
            assert one.to_dict() == alone.to_dict()


def test_without_tables_the_rest_is_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Totals, metrics and what is known of the file; no table is put together."""
    whole = {
        one.meta.source: one
        for one in ts.iter_analyses(folder, workers=1)
        if isinstance(one, ts.Analysis)
    }
    monkeypatch.setattr(_stored.Stored, "whole", lambda _: pytest.fail("tables"))
    for one in ts.iter_analyses(folder, workers=1, tables=False):
        if isinstance(one, ts.Analysis):
            same = whole.pop(one.meta.source)
            assert (one.meta, one.totals) == (same.meta, same.totals)
            known = [m.to_dict() for m in one.metrics.values()]
            assert known == [m.to_dict() for m in same.metrics.values()]
            assert one.segments.empty
    assert not whole


def test_who_takes_no_more_ends_the_work(
    folder: Path, tmp_path: Path, measured: list[str]
) -> None:
    """What was done until then is kept, and a whole history needs only the rest."""
    cache = tmp_path / "cache"
    results = ts.iter_analyses(folder, workers=1, cache=cache)
    next(results)
    results.close()
    assert measured == ["1.gpx"]
    ts.analyze_folder(folder, workers=1, cache=cache)
    assert sorted(measured) == ["1.gpx", "2.gpx", "3.gpx", "page.gpx"]


def test_the_first_failure_can_be_raised(folder: Path) -> None:
    """As in `analyze_folder`."""
    with pytest.raises(ts.ReadError):
        list(ts.iter_analyses(folder, workers=1, on_error="raise"))
