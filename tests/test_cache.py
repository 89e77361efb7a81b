"""The cache: only what changed is measured, two processes at once, and damage costs time but never
a wrong number.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sqlite3
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from builders import make_activity
from trailstats.cache import NAME, Cache, CacheWarning
from trailstats.errors import ConfigError
from trailstats.history import History, _workers, analyze_athletes, analyze_folder
from trailstats.io.export import convert
from trailstats.model.athlete import Athlete
from trailstats.terrain import TerrainRules

ATHLETE = Athlete(heart_rate_max=190, heart_rate_rest=50)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of four runs and a file that is none, all written a while ago."""
    root = tmp_path / "runs"
    root.mkdir()
    for day in range(1, 5):
        rates = np.full(1801, 120.0 + 10 * day)
        convert(
            make_activity(
                name="x", start=f"2026-03-{day:02d}T08:00:00Z", heart_rate=rates
            ),
            root / f"{day}.gpx",
        )
    (root / "page.gpx").write_text("<!doctype html><html></html>")
    age(root)
    return root


def age(root: Path) -> None:
    """Make files old enough that their times tell a change: as if the clock were a minute on."""
    for path in root.iterdir():
        past = time.time() - 60
        os.utime(path, (past, past))


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the files that were measured, as that happens in this process."""
    seen: list[str] = []
    real = _workers.measure_source

    def noted(
        data: bytes, ref: _workers.SourceRef, options: _workers.Options
    ) -> object:
        seen.append(Path(ref.path).name)
        return real(data, ref, options)

    monkeypatch.setattr(_workers, "measure_source", noted)
    monkeypatch.setattr(_workers, "YOUNG", -1.0)
    return seen


def run(folder: Path, cache: Path | None, **options: object) -> History:
    return analyze_folder(
        folder, cache=cache, **({"athlete": ATHLETE, "workers": 1} | options)
    )


def document(history: History) -> object:
    return (
        history.to_dict(),
        [a.to_dict() for a in history.analyses],
        history.segments.to_csv(),
    )


def test_a_second_run_measures_nothing_and_says_the_same(
    folder: Path, tmp_path: Path, measured: list[str]
) -> None:
    """The same rows, analyses, segments and failures, with a cache, from it, and without."""
    plain = document(run(folder, None))
    del measured[:]
    first = document(run(folder, tmp_path / "cache"))
    assert len(measured) == 5
    second = document(run(folder, tmp_path / "cache"))
    assert len(measured) == 5
    assert plain == first == second


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Return a folder of two runs with a cadence, 176 at 3 m/s, and one without."""
    root = tmp_path / "mixed"
    root.mkdir()
    for day in (1, 2, 3):
        steps = np.full(1801, 176.0 if day < 3 else np.nan)
        flat = np.full(20, 500.0)
        run = make_activity(
            name="x",
            start=f"2026-03-{day:02d}T08:00:00Z",
            elevation=flat,
            cadence=steps,
        )
        convert(run, root / f"{day}.gpx")
    age(root)
    return root


def test_steps_follow_the_recordings_that_have_a_cadence(
    mixed: Path, tmp_path: Path, measured: list[str]
) -> None:
    """No file is measured again for it, and it is the same whoever measures and in what order."""
    seen: list[tuple[int, int]] = []
    first = run(mixed, tmp_path / "c", progress=lambda *step: seen.append(step))
    assert sorted(measured) == ["1.gpx", "2.gpx", "3.gpx"]
    assert seen[-1] == (3, 3)
    steps = [a.metrics["steps"] for a in first.analyses]
    assert [s.method for s in steps] == [
        "measured",
        "measured",
        "modelled, this athlete",
    ]
    assert [s.value for s in steps] == pytest.approx([30 * 176.0] * 3, rel=3e-3)
    assert first.activities["steps"].tolist() == [s.value for s in steps]
    assert first.athlete.cadence_at_3 is None
    measured.clear()
    again = run(mixed, tmp_path / "c")
    assert measured == []
    assert (
        document(again)
        == document(first)
        == document(run(mixed, None, workers=2))
    )
    backwards = analyze_folder(
        sorted(mixed.iterdir(), reverse=True), athlete=ATHLETE, workers=1
    )
    assert (
        backwards.activities["steps"].tolist()
        == first.activities["steps"].tolist()
    )


def test_a_stated_cadence_is_taken_as_it_is(
    mixed: Path, tmp_path: Path, measured: list[str]
) -> None:
    """What the profile says goes before what the recordings tell, and no file is read twice."""
    found = run(
        mixed, tmp_path / "c", athlete=replace(ATHLETE, cadence_at_3=160.0)
    )
    assert len(measured) == 3
    assert found.analyses[2].metrics["steps"].value == pytest.approx(
        30 * 160.0, rel=3e-3
    )


def test_one_athletes_cadence_is_not_the_others(
    mixed: Path, tmp_path: Path
) -> None:
    """Of two athletes, the one without a recorded cadence is taken for one of the population."""
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(mixed / "3.gpx", other)
    found = analyze_athletes({"one": mixed, "other": other}, workers=1)
    methods = [
        found[name].analyses[-1].metrics["steps"].method
        for name in ("one", "other")
    ]
    assert methods == ["modelled, this athlete", "modelled, population"]


def test_a_changed_file_is_noticed(
    folder: Path, tmp_path: Path, measured: list[str]
) -> None:
    """Of the same size and with its old times put back, too: the file system's own time of change
    tells.
    """
    run(folder, tmp_path / "cache")
    path = folder / "2.gpx"
    stat = path.stat()
    text = path.read_text()
    path.write_text(text.replace("2026-03-02T", "2026-03-09T"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    del measured[:]
    found = run(folder, tmp_path / "cache")
    assert measured == ["2.gpx"]
    assert str(found.activities["start_time"].dropna().max())[:10] == "2026-03-09"


def test_new_moved_and_copied_files(
    folder: Path, tmp_path: Path, measured: list[str]
) -> None:
    """Only what is new is measured; a file that moved is known by its content, and has its new
    name.
    """
    run(folder, tmp_path / "cache")
    (folder / "1.gpx").rename(folder / "moved.gpx")
    shutil.copy(folder / "2.gpx", folder / "copy.gpx")
    convert(
        make_activity(name="x", start="2026-04-01T08:00:00Z"), folder / "new.gpx"
    )
    del measured[:]
    found = run(folder, tmp_path / "cache")
    assert measured == ["new.gpx"]
    names = {Path(f).name for f in found.activities["file"]}
    assert names == {
        "moved.gpx",
        "2.gpx",
        "3.gpx",
        "4.gpx",
        "copy.gpx",
        "new.gpx",
        "page.gpx",
    }
    assert {Path(f).name for f in found.segments["file"]} == names - {"page.gpx"}
    assert (found.activities["duplicate_of"] != "").sum() == 1


def test_remote_files_are_known_by_what_their_file_system_says(
    folder: Path, tmp_path: Path, measured: list[str]
) -> None:
    """They are not fetched again; one that was written anew is."""
    memory = pytest.importorskip("fsspec").filesystem("memory")
    for path in folder.glob("*.gpx"):
        memory.pipe_file(f"/kept/{path.name}", path.read_bytes())
    plain = analyze_folder(
        "memory://kept", athlete=ATHLETE, workers=1, cache=tmp_path / "cache"
    )
    del measured[:]
    again = analyze_folder(
        "memory://kept", athlete=ATHLETE, workers=1, cache=tmp_path / "cache"
    )
    assert measured == []
    assert again.to_dict() == plain.to_dict()
    memory.pipe_file(
        "/kept/2.gpx",
        (folder / "2.gpx").read_bytes().replace(b"2026-03-02T", b"2026-03-09T"),
    )
    later = analyze_folder(
        "memory://kept", athlete=ATHLETE, workers=1, cache=tmp_path / "cache"
    )
    assert measured == ["2.gpx"]
    assert str(later.period[1])[:10] == "2026-03-09"


@pytest.mark.parametrize(
    "profile",
    [
        Athlete(name="X", heart_rate_max=170, heart_rate_rest=45),
        replace(ATHLETE, sex="female", birth_year=1980),
        replace(ATHLETE, mass=60.0),
        replace(ATHLETE, mass=60.0, height=1.7),
        replace(ATHLETE, easy_ceiling=140.0),
        replace(ATHLETE, threshold_speed=3.6),
        replace(ATHLETE, cadence_at_3=160.0),
    ],
)
def test_another_profile_needs_no_file(
    folder: Path, tmp_path: Path, measured: list[str], profile: Athlete
) -> None:
    """Whatever the profile says, all is as if measured with it at once; and so for the old one
    after that.
    """
    cache = tmp_path / "cache"
    plain = document(run(folder, cache))
    del measured[:]
    for _ in range(2):
        assert document(run(folder, cache, athlete=profile)) == document(
            run(folder, None, athlete=profile)
        )
    assert len(measured) == 10  # by the runs without a cache
    assert document(run(folder, cache)) == plain
    assert len(measured) == 10


def test_what_measuring_depends_on_is_part_of_the_key(
    folder: Path, tmp_path: Path, measured: list[str]
) -> None:
    """Other rules measure anew."""
    cache = tmp_path / "cache"
    run(folder, cache)
    del measured[:]
    run(folder, cache, terrain=TerrainRules(decide=0.8))
    assert len(measured) == 5


def test_another_version_measures_anew(
    folder: Path,
    tmp_path: Path,
    measured: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What an earlier version measured is not mixed with what this one does."""
    run(folder, tmp_path / "cache")
    del measured[:]
    monkeypatch.setattr(_workers, "code_fingerprint", lambda: "another")
    run(folder, tmp_path / "cache")
    assert len(measured) == 5


def test_files_just_written_are_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose time is that of a moment ago may change without it: its content is looked at
    again.
    """
    cache = tmp_path / "cache"
    monkeypatch.setattr(_workers, "YOUNG", 3600.0)
    run(folder, cache)
    assert Cache(cache).info()["places"] == 0
    monkeypatch.setattr(_workers, "YOUNG", -1.0)
    run(folder, cache)
    assert Cache(cache).info()["places"] == 5


def _fill(folder: Path, cache: Path, seed: int) -> None:
    warnings.simplefilter("error")
    files = sorted(folder.iterdir())
    random.Random(seed).shuffle(files)
    for _ in range(3):
        analyze_folder(files, cache=cache, athlete=ATHLETE, workers=1)


def test_two_processes_at_once(folder: Path, tmp_path: Path) -> None:
    """Both end well, without a warning, and what they leave is right."""
    cache = tmp_path / "cache"
    fork = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    both = [
        fork.Process(target=_fill, args=(folder, cache, seed)) for seed in (1, 2)
    ]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    assert document(run(folder, cache)) == document(run(folder, None))


@pytest.mark.parametrize(
    "content",
    [b"", b"not a database" * 1000, None],
    ids=["empty", "text", "truncated"],
)
def test_a_file_that_is_no_cache_is_set_aside(
    folder: Path, tmp_path: Path, content: bytes | None
) -> None:
    """It is renamed with a warning (an empty one is simply used), results are right, and the next
    run is warm.
    """
    cache = tmp_path / "cache"
    plain = document(run(folder, cache))
    file = cache / NAME
    file.write_bytes(file.read_bytes()[:6000] if content is None else content)
    for suffix in ("-wal", "-shm"):
        file.with_name(NAME + suffix).unlink(missing_ok=True)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert document(run(folder, cache)) == plain
    if content != b"":
        assert any(
            issubclass(w.category, CacheWarning) and "set aside" in str(w.message)
            for w in caught
        )
        assert list(cache.glob("*.damaged-*"))
    assert document(run(folder, cache)) == plain


def test_damage_is_never_a_wrong_number(folder: Path, tmp_path: Path) -> None:
    """Whatever bytes of the file change, the results are those without a cache."""
    cache = tmp_path / "cache"
    plain = document(run(folder, None))
    run(folder, cache)
    with sqlite3.connect(cache / NAME) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    sound = (cache / NAME).read_bytes()
    for seed in range(12):
        rng = random.Random(seed)
        data = bytearray(sound)
        for _ in range(rng.choice([1, 5, 200])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        shutil.rmtree(cache)
        cache.mkdir()
        (cache / NAME).write_bytes(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CacheWarning)
            assert document(run(folder, cache)) == plain, seed


def test_blocks_that_changed_places_don_t_count(tmp_path: Path) -> None:
    """A sound block under the key of another is not taken for it."""
    store = Cache(tmp_path)
    store.put(b"one", [{"head": b"1"}])
    store.put(b"two", [{"head": b"2"}])
    store.close()
    connection = sqlite3.connect(tmp_path / NAME)
    connection.execute(
        "UPDATE parts SET content = (SELECT content FROM parts WHERE key = ?) WHERE key = ?",
        (b"one", b"two"),
    )
    connection.commit()
    connection.close()
    store = Cache(tmp_path)
    assert store.part(b"one", 0, "head") == b"1"
    assert store.part(b"two", 0, "head") is None


def test_a_history_outlives_its_cache(folder: Path, tmp_path: Path) -> None:
    """Where someone clears the cache meanwhile, an analysis is measured again."""
    found = run(folder, tmp_path / "cache")
    plain = document(run(folder, None))
    Cache(tmp_path / "cache").clear()
    assert document(found) == plain


def test_a_folder_that_can_t_be_a_cache_is_said(tmp_path: Path) -> None:
    """A file in its place is a mistake of the caller."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="no cache"):
        Cache(tmp_path / "file")


def test_too_much_is_given_up_oldest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was used the longest ago goes, what this run used stays."""
    store = Cache(tmp_path)
    for i in range(10):
        monkeypatch.setattr(time, "time", lambda i=i: 1e9 + 1e5 * i)
        store.put(bytes([i]), [{"head": bytes(1000)}])
    store.finish([b"\0"], most_bytes=5000)
    kept = [i for i in range(10) if store.count(bytes([i]))]
    assert 0 in kept
    assert kept[1:] == list(range(10 - len(kept) + 1, 10))
    assert 3 <= len(kept) <= 5
