"""Workers: each job ends once, and one that dies, hangs or can't be read costs its own row only."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from builders import make_activity
from trailstats.cache import Cache, CacheWarning
from trailstats.cli import main
from trailstats.errors import WorkerError
from trailstats.history import _pool, _workers, analyze_athletes, analyze_folder
from trailstats.history._pool import Loss, run_in_processes
from trailstats.io.containers import SourceRef
from trailstats.io.export import convert
from trailstats.io.formats import ReadLimits

resource = pytest.importorskip("resource")
pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="these tests fork"
)


@pytest.fixture(autouse=True)
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes as copies of this one, which hold what a test changed; other tests may have
    left threads.
    """
    monkeypatch.setattr(_pool, "can_fork", lambda: True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of six runs."""
    root = tmp_path / "runs"
    root.mkdir()
    for day in range(1, 7):
        rates = np.full(1801, 120.0 + 10 * day)
        convert(
            make_activity(
                name="x", start=f"2026-03-{day:02d}T08:00:00Z", heart_rate=rates
            ),
            root / f"{day}.gpx",
        )
    return root


def test_each_job_ends_once_and_is_its_own() -> None:
    """Whatever the order in which they end."""
    assert dict(run_in_processes(_square, 50, workers=3)) == {
        n: n * n for n in range(50)
    }
    assert list(run_in_processes(_square, 0, workers=3)) == []


def _square(number: int) -> int:
    return number * number


def test_jobs_that_kill_exit_or_hang_are_lost_alone() -> None:
    """A process killed, one that ends by itself, and one that hangs; what waited behind them is
    done.
    """
    found = dict(run_in_processes(_trouble, 30, workers=2, time_limit=5.0))
    lost = {n: r for n, r in found.items() if isinstance(r, Loss)}
    assert sorted(found) == list(range(30))
    assert {n: r.code for n, r in lost.items()} == {
        3: "worker_killed",
        4: "worker_killed",
        11: "time_limit",
    }
    assert "SIGKILL" in lost[3].message
    assert "exit code 7" in lost[4].message
    assert "5 s" in lost[11].message
    assert all(r == n for n, r in found.items() if n not in lost)
    assert multiprocessing.active_children() == []


def _trouble(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 4:
        os._exit(7)
    while number == 11:
        time.sleep(1)
    return number


def test_a_program_with_threads_may_keep_processes_ready(tmp_path: Path) -> None:
    """They are copies of one that has loaded the libraries; otherwise each loads them anew."""
    (tmp_path / "loaded_once.py").write_text(
        "import os\nwith open('loads', 'a') as file:\n    file.write(f'{os.getpid()}\\n')\n"
    )
    program = tmp_path / "program.py"
    program.write_text(
        "import multiprocessing, os, sys, threading\n"
        "from trailstats.history._pool import run_in_processes\n"
        "def parent(number):\n"
        "    import loaded_once\n"
        "    return os.getppid()\n"
        "if __name__ == '__main__':\n"
        "    if sys.argv[1:]:\n"
        "        multiprocessing.set_start_method('forkserver')\n"
        "        multiprocessing.set_forkserver_preload(['loaded_once'])\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "    parents = dict(run_in_processes(parent, 12, workers=2)).values()\n"
        "    print(len(parents), set(parents) == {os.getpid()}, len(set(parents)))\n"
    )
    paths = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])

    def outcome(*arguments: str) -> tuple[str, int]:
        (tmp_path / "loads").write_text("")
        done = subprocess.run(
            [sys.executable, str(program), *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout.strip(), len((tmp_path / "loads").read_text().split())

    assert outcome("ready") == ("12 False 1", 1)
    assert outcome()[0] == "12 True 1"


def test_results_wait_until_they_are_taken() -> None:
    """Who takes one result and stops leaves no process behind, and little was worked ahead."""
    results = run_in_processes(_square, 1000, workers=2)
    next(results)
    results.close()
    assert multiprocessing.active_children() == []


def test_processes_that_can_t_begin_are_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not a thousand failures, but one sentence that says what to do."""
    monkeypatch.setattr(_pool, "_serve", lambda *_: os._exit(1))
    with pytest.raises(WorkerError, match="__main__"):
        list(run_in_processes(_square, 10, workers=2))


def test_a_source_that_hangs_is_a_row(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its code says why; all other rows are as ever."""
    real = _workers.measure_source

    def hanging(data: bytes, ref: SourceRef, options: _workers.Options) -> object:
        while ref.path.endswith("3.gpx"):
            time.sleep(1)
        return real(data, ref, options)

    plain = analyze_folder(folder, workers=1)
    monkeypatch.setattr(_workers, "measure_source", hanging)
    found = analyze_folder(folder, workers=2, time_limit=20.0)
    assert [(Path(f.source).name, f.code) for f in found.failures] == [
        ("3.gpx", "time_limit")
    ]
    rest = plain.activities[~plain.activities["file"].str.endswith("3.gpx")]
    assert (
        found.activities["distance"].dropna().tolist()
        == rest["distance"].tolist()
    )


def test_a_file_that_changes_while_it_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: it is read again. Again and again: it fails, and says so; the cache is right after it
    has settled.
    """
    real, left = _workers.content_of, [1]

    def restless(ref: SourceRef, limits: ReadLimits) -> bytes:
        data = real(ref, limits)
        if ref.path.endswith("2.gpx") and left[0] > 0:
            left[0] -= 1
            with Path(ref.path).open("a") as stream:
                stream.write(" ")
        return data

    monkeypatch.setattr(_workers, "content_of", restless)
    assert not analyze_folder(folder, workers=1).failures
    left[0] = 2
    found = analyze_folder(folder, workers=1, cache=tmp_path / "cache")
    assert [f.code for f in found.failures] == ["changed_while_read"]
    assert len(found.activities) == 6
    again = analyze_folder(folder, workers=1, cache=tmp_path / "cache")
    assert again.to_dict() == analyze_folder(folder, workers=1).to_dict()
    assert not again.failures


def test_a_file_that_can_t_be_opened_is_a_row(folder: Path) -> None:
    """A link to nowhere."""
    (folder / "gone.gpx").symlink_to(folder / "nowhere.gpx")
    found = analyze_folder(folder)
    assert [(f.code, Path(f.source).name) for f in found.failures] == [
        ("unreadable", "gone.gpx")
    ]
    assert "can't be opened" in found.activities["error"].iloc[-1]


def test_after_an_interrupt_the_rest_is_done_only(
    folder: Path, tmp_path: Path
) -> None:
    """What was done is in the cache, no process is left, and the second run has every row."""

    def interrupt(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        analyze_folder(
            folder, workers=2, cache=tmp_path / "cache", progress=interrupt
        )
    assert multiprocessing.active_children() == []
    assert Cache(tmp_path / "cache").info()["activities"] == 3
    found = analyze_folder(folder, workers=2, cache=tmp_path / "cache")
    assert found.to_dict() == analyze_folder(folder).to_dict()


def test_after_the_program_was_killed_the_cache_is_right(
    folder: Path, tmp_path: Path
) -> None:
    """Killed without a chance to clean up, after two results: they are there, and the next run is
    right.
    """
    program = (
        "import os, signal, sys; from trailstats.history import analyze_folder\n"
        "kill = lambda done, total: done == 2 and os.kill(os.getpid(), signal.SIGKILL)\n"
        "analyze_folder(sys.argv[1], workers=2, cache=sys.argv[2], progress=kill)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), str(tmp_path / "cache")],
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert Cache(tmp_path / "cache").info()["activities"] == 2
    found = analyze_folder(folder, cache=tmp_path / "cache")
    assert found.to_dict() == analyze_folder(folder).to_dict()


def test_a_full_disk_costs_the_cache_only(folder: Path, tmp_path: Path) -> None:
    """Files may not grow beyond 50 kB here: the cache can't be written, the rows are all there."""
    plain = analyze_folder(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = analyze_folder(folder, cache=tmp_path / "cache", workers=1)
            documents = [a.to_dict() for a in found.analyses]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert any(issubclass(w.category, CacheWarning) for w in caught)
    assert found.to_dict() == plain.to_dict()
    assert documents == [a.to_dict() for a in plain.analyses]
    assert (
        analyze_folder(folder, cache=tmp_path / "cache").to_dict()
        == plain.to_dict()
    )


def test_several_athletes_have_a_history_each(
    folder: Path, tmp_path: Path
) -> None:
    """A folder each, with a profile where there is one; together they give what each gives
    alone.
    """
    root = tmp_path / "team"
    for name, days in (("ann", "123"), ("bob", "456")):
        (root / name).mkdir(parents=True)
        for day in days:
            (folder / f"{day}.gpx").rename(root / name / f"{day}.gpx")
    (root / "ann" / "athlete.toml").write_text(
        'name = "Ann"\nheart_rate_max = 191\n'
    )
    found = analyze_athletes(root, workers=2)
    assert list(found) == ["ann", "bob"]
    assert found["ann"].limits.maximum == 191
    assert [len(h.analyses) for h in found.values()] == [3, 3]
    assert found["bob"].to_dict() == analyze_folder(root / "bob").to_dict()


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_gives_what_this_machine_gives(
    folder: Path, tmp_path: Path
) -> None:
    """Two worker processes of dask.distributed, and addresses of fsspec: the same documents, in the
    same order.
    """
    distributed = pytest.importorskip("distributed")
    sources = [f"file://{path}" for path in sorted(folder.iterdir())]
    sources.append(f"file://{folder / 'none.gpx'}")
    (folder / "none.gpx").write_text("<html></html>")
    plain = analyze_folder(sources, workers=1)
    options = {
        "n_workers": 2,
        "threads_per_worker": 1,
        "processes": True,
        "dashboard_address": None,
    }
    with (
        distributed.LocalCluster(**options) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = analyze_folder(sources, executor=client.get_executor())
        assert len(client.scheduler_info()["workers"]) == 2
        out = (
            "-o",
            str(tmp_path / "out.csv"),
            "--no-cache",
            "--dask",
            cluster.scheduler_address,
        )
        with pytest.raises(SystemExit) as ended:
            main(["batch", *sources, *out])
        assert ended.value.code == 3
    assert found.to_dict() == plain.to_dict()
    assert [a.to_dict() for a in found.analyses] == [
        a.to_dict() for a in plain.analyses
    ]
    assert len(found.failures) == 1
    assert pd.read_csv(tmp_path / "out.csv")["distance"].sum() == pytest.approx(
        plain.activities["distance"].sum()
    )
