"""Tables of a history that are kept joined are those of its analyses, and few blocks change with a
run that is new.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from trailstats import schema
from trailstats.cache import NAME, Cache
from trailstats.history import History, _chunks, analyze_folder
from trailstats.history._stored import Stored

TABLES = (
    schema.SEGMENTS,
    schema.STRETCHES,
    schema.PROFILE,
    schema.IMPACT,
    schema.EFFORTS,
    schema.CLIMBS,
)


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """About three runs stand in one block."""
    monkeypatch.setattr(_chunks, "APART", 3)


@pytest.fixture
def folder(samples: Path, tmp_path: Path) -> Path:
    """Return a folder with some runs, with and without what tables are made of."""
    place = tmp_path / "runs"
    place.mkdir()
    for file in sorted((samples / "archive").iterdir())[:8]:
        shutil.copy(file, place)
    for name in ("two-tracks.gpx", "paused.fit"):  # the last has no cadence
        shutil.copy(samples / "odd" / name, place)
    return place


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows by the name of each block that is kept."""
    seen: list[str] = []
    real = Cache.put_derived

    def noted(self: Cache, name: str, *rest: object) -> None:
        seen.append(name)
        real(self, name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Cache, "put_derived", noted)
    return seen


def joined(history: History, table: schema.Table) -> pd.DataFrame:
    """Return a table from the kept blocks."""
    frame = history.analyses.joined(table)  # type: ignore[attr-defined]
    assert isinstance(frame, pd.DataFrame)
    return frame


def one_by_one(history: History, table: schema.Table) -> pd.DataFrame:
    """Return a table of each analysis, one after the other."""
    frames = [getattr(run, table.name) for run in history.analyses]
    return pd.concat([table.empty(), *frames], ignore_index=True)


def same_tables(history: History) -> None:
    """Check that kept tables are those of the analyses, to the last bit."""
    for table in TABLES:
        pd.testing.assert_frame_equal(
            joined(history, table), one_by_one(history, table), check_exact=True
        )


def test_kept_tables_are_those_of_the_analyses(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made, read again, and read without a table of one analysis."""
    again = dict[str, object](cache=tmp_path / "cache", workers=1)
    same_tables(analyze_folder(folder, **again))  # type: ignore[arg-type]
    history = analyze_folder(folder, **again)  # type: ignore[arg-type]
    same_tables(history)
    expected = {table: one_by_one(history, table) for table in TABLES}

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Stored, "table", never)
    for table in TABLES:
        pd.testing.assert_frame_equal(
            joined(history, table), expected[table], check_exact=True
        )


def test_a_run_between_others_changes_its_own_blocks(
    folder: Path, tmp_path: Path, put: list[str]
) -> None:
    """Of all blocks of a table at most two are made anew by a run that is put in anywhere; none
    is left behind.
    """
    cache = tmp_path / "cache"
    files = sorted(folder.iterdir())
    aside = tmp_path / "aside"
    aside.mkdir()
    for file in files:
        moved = shutil.move(file, aside)
        joined(analyze_folder(folder, cache=cache, workers=1), schema.SEGMENTS)
        put.clear()
        shutil.move(moved, folder)
        history = analyze_folder(folder, cache=cache, workers=1)
        got = joined(history, schema.SEGMENTS)
        assert put.count("segments of some") <= 2
        pd.testing.assert_frame_equal(got, one_by_one(history, schema.SEGMENTS))
    with sqlite3.connect(cache / NAME) as store:
        query = "SELECT count(*) FROM derived WHERE name = 'segments of some'"
        assert store.execute(query).fetchone()[0] <= len(files)


def test_some_of_the_runs_keep_nothing(
    folder: Path, tmp_path: Path, put: list[str]
) -> None:
    """A choice of runs is read one by one: its blocks would take the place of those of all."""
    history = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    put.clear()
    few = history.analyses[1:4]
    assert len(few.joined(schema.SEGMENTS))  # type: ignore[attr-defined]
    assert put == []


@pytest.mark.parametrize(
    "damage",
    [lambda block: block[:-3], lambda block: block[:8] + b"null\n"],
    ids=["short", "another"],
)
def test_a_damaged_block_is_made_again(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[bytes], bytes],
) -> None:
    """Blocks that hold something else give no numbers."""
    history = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
    expected = joined(history, schema.STRETCHES)
    real = Cache.derived

    def changed(self: Cache, *which: object) -> bytes | None:
        block = real(self, *which)  # type: ignore[arg-type]
        return block if block is None else damage(block)

    monkeypatch.setattr(Cache, "derived", changed)
    pd.testing.assert_frame_equal(joined(history, schema.STRETCHES), expected)


def test_steps_by_another_cadence_are_not_those_kept(
    folder: Path, tmp_path: Path
) -> None:
    """The table `impact` follows from the runner's measures, which a profile changes."""
    cache = tmp_path / "cache"
    loads = []
    for cadence in (150.0, 180.0, 150.0):
        history = analyze_folder(
            folder, athlete={"cadence_at_3": cadence}, cache=cache, workers=1
        )
        kept = joined(history, schema.IMPACT)
        made = one_by_one(history, schema.IMPACT)
        pd.testing.assert_frame_equal(kept, made, check_exact=True)
        loads.append(kept["active"].sum())
    assert loads[0] == loads[2] != loads[1]
