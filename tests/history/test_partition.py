"""The athlete is the partition: parts are those of one process, nobody is lost, and a rerun does
what is missing only.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from builders import make_activity
from trailstats.cli import main
from trailstats.history import (
    Receipt,
    _partition,
    _workers,
    analyze_folder,
    analyze_partition,
    analyze_partitions,
)
from trailstats.history._executors import AHEAD, as_they_end, places_of
from trailstats.io.export import convert

ds = pytest.importorskip("pyarrow.dataset")


def age(root: Path) -> None:
    """Make files old enough that their times tell a change."""
    past = time.time() - 60
    for path in root.rglob("*.gpx"):
        os.utime(path, (past, past))


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of three athletes with two short runs each; one name is not plain."""
    monkeypatch.setattr(_workers, "YOUNG", -1.0)
    root = tmp_path / "team"
    for number, name in enumerate(("ada", "bob", "c=d é")):
        (root / name).mkdir(parents=True)
        for day in (1, 2):
            convert(
                make_activity(
                    name="x", start=f"2026-03-{day + number:02d}T08:00:00Z"
                ),
                root / name / f"{day}.gpx",
            )
    age(root)
    return root


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files that were measured, as that happens in this process."""
    seen: list[str] = []
    real = _workers.measure_source

    def noted(data: bytes, ref: object, options: object) -> object:
        seen.append("/".join(Path(str(ref)).parts[-2:]))
        return real(data, ref, options)

    monkeypatch.setattr(_workers, "measure_source", noted)
    return seen


def rows_of(folder: Path, table: str) -> pd.DataFrame:
    """Return what a reader of Parquet finds of one table, by athlete."""
    return ds.dataset(folder / table, partitioning="hive").to_table().to_pandas()


def test_the_parts_are_what_one_process_finds(team: Path, tmp_path: Path) -> None:
    """Rows of activities and segments, under the athletes' names; and each part has the units."""
    out = tmp_path / "out"
    receipts = list(analyze_partitions(team, out, workers=1))
    assert [r.athlete for r in receipts] == ["ada", "bob", "c=d é"]
    found = rows_of(out, "activities").set_index("athlete")
    for receipt in receipts:
        history = analyze_folder(team / receipt.athlete, workers=1)
        own = found.loc[receipt.athlete]
        assert own["file"].tolist() == history.activities["file"].tolist()
        assert own["distance"].tolist() == history.activities["distance"].tolist()
        assert receipt.activities == 2
        assert receipt.segments == len(history.segments)
        assert receipt.distance == pytest.approx(own["distance"].sum())
        weeks = rows_of(out, "weekly").set_index("athlete")
        assert len(weeks.loc[[receipt.athlete]]) == len(history.weekly())
    part = ds.dataset(receipts[0].parts[0]).schema.field("distance")
    assert part.metadata[b"unit"] == b"m"


def test_a_second_run_does_what_is_missing(
    team: Path, tmp_path: Path, measured: list[str]
) -> None:
    """Nothing for who has not changed; one file where one came; all of a part that is gone, from
    what is kept.
    """
    out = tmp_path / "out"
    first = list(analyze_partitions(team, out, workers=1))
    assert len(measured) == 6
    again = list(analyze_partitions(team, out, workers=1))
    assert not any(r.is_new for r in again)
    convert(
        make_activity(name="x", start="2026-04-01T08:00:00Z"),
        team / "bob" / "new.gpx",
    )
    Path(first[0].parts[0]).unlink()
    later = list(analyze_partitions(team, out, workers=1))
    assert measured[6:] == ["bob/new.gpx"]
    assert [r.is_new for r in later] == [True, True, False]
    assert len(rows_of(out, "activities")) == 7


def test_what_crosses_between_processes_is_small(
    team: Path, tmp_path: Path
) -> None:
    """The work and its receipt, pickled, in bytes: less than a kilobyte each, whatever was run."""
    job = _partition._Partition(
        str(team / "ada"), "ada", str(tmp_path / "out"), None, {}
    )
    assert len(pickle.dumps(job)) < 1000
    receipt = pickle.loads(pickle.dumps(job))()
    assert receipt.activities == 2
    assert len(pickle.dumps(receipt)) < 1000
    assert pickle.loads(pickle.dumps(analyze_partition)) is analyze_partition


def test_who_fails_has_a_receipt(team: Path, tmp_path: Path) -> None:
    """One without a folder, one whose worker is lost: the others are done, and a rerun does those
    that are missing.
    """

    class Losing(ThreadPoolExecutor):
        def submit(self, job, *given):  # type: ignore[no-untyped-def]
            if job.athlete == "bob":
                lost: Future[Receipt] = Future()
                lost.set_exception(RuntimeError("gone"))
                return lost
            return super().submit(job, *given)

    out = tmp_path / "out"
    sources = {p.name: p for p in team.iterdir()} | {"none": team / "none"}
    with Losing(1) as executor:
        found = {
            r.athlete: r
            for r in analyze_partitions(sources, out, executor=executor)
        }
    assert set(found) == set(sources)
    assert "worker_killed" in found["bob"].error
    assert "no such file" in found["none"].error
    del sources["none"]
    again = {
        r.athlete: r.is_new for r in analyze_partitions(sources, out, workers=1)
    }
    assert again == {"ada": False, "bob": True, "c=d é": False}


def test_an_object_store(team: Path, measured: list[str]) -> None:
    """Parts and receipt lie at an address; the next run reads both and does nothing."""
    memory = pytest.importorskip("fsspec").filesystem("memory")
    out = "memory://store/out"
    receipt = analyze_partition(team / "ada", "ada", out)
    names = sorted(path.rsplit("/out/")[1] for path in memory.find("/store/out"))
    assert names == [
        "activities/athlete=ada/part-0.parquet",
        "kept/athlete=ada/measured-2.sqlite",
        "receipts/athlete=ada.json",
        "segments/athlete=ada/part-0.parquet",
        "weekly/athlete=ada/part-0.parquet",
    ]
    assert len(measured) == 2
    again = analyze_partition(team / "ada", "ada", out)
    assert len(measured) == 2
    assert (again.activities, again.is_new) == (receipt.activities, False)


KILLED = """
import os, signal, sys
from trailstats.history import _partition, _workers
_workers.YOUNG = -1.0
count = 0
real = _partition.write_place

def write(place, content):
    global count
    count += 1
    if count == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
    real(place, content)

_partition.write_place = write
_partition.analyze_partition(sys.argv[1], "ada", sys.argv[2])
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal here")
@pytest.mark.parametrize("at", [1, 2, 4, 5])
def test_a_killed_worker_leaves_no_half_part(
    team: Path, tmp_path: Path, at: int
) -> None:
    """Killed before any of its writes: what is there can be read whole, no receipt claims it, and
    a rerun completes it.
    """
    out = tmp_path / "out"
    source = str(team / "ada")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, source, str(out), str(at)], timeout=120
    )
    assert done.returncode == -signal.SIGKILL
    assert not (out / "receipts").exists()
    for part in out.rglob("*.parquet"):
        assert ds.dataset(part).count_rows() > 0
    receipt = analyze_partition(source, "ada", out)
    assert receipt.is_new
    assert len(rows_of(out, "activities")) == receipt.activities == 2


def test_no_more_work_is_handed_over_than_the_workers_need() -> None:
    """Four jobs for each place, 64 at least, are under way; results come as they end, each once."""
    under_way, most = set(), 0

    class Counting(ThreadPoolExecutor):
        pass

    for workers, ahead in ((2, AHEAD), (40, 160)):
        with Counting(workers) as executor:
            assert places_of(executor) == workers
            most = 0

            def submit(number: int) -> Future[int]:
                nonlocal most
                under_way.add(number)
                most = max(most, len(under_way))
                return executor.submit(int, number)

            seen = []
            for number, future in as_they_end(executor, submit, 400):
                under_way.discard(number)
                assert future.result() == number
                seen.append(number)
        assert most == ahead
        assert sorted(seen) == list(range(400))


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_of_two_processes(
    team: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The program has the workers write their parts; they are those of this process."""
    distributed = pytest.importorskip("distributed")
    out, here = tmp_path / "out", tmp_path / "here"
    list(analyze_partitions(team, here, workers=1))
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert places_of(client.get_executor()) == 2
        with pytest.raises(SystemExit) as ended:
            main(
                [
                    "batch",
                    str(team),
                    "--by-athlete",
                    "-o",
                    str(out),
                    "--dask",
                    cluster.scheduler_address,
                    "--json",
                ]
            )
    assert ended.value.code == 0
    said = json.loads(capfd.readouterr().out)["athletes"]
    assert [one["athlete"] for one in said] == ["ada", "bob", "c=d é"]
    for table in ("activities", "segments", "weekly"):
        ours, theirs = (
            rows_of(folder, table)
            .sort_values(["athlete"], kind="stable")
            .reset_index(drop=True)
            for folder in (out, here)
        )
        pd.testing.assert_frame_equal(ours, theirs)


@pytest.mark.slow
def test_a_thousand_small_athletes(team: Path, tmp_path: Path) -> None:
    """Each has a receipt and its rows, and a second run does none of them."""
    run = team / "ada" / "1.gpx"
    # What was written this moment may be written on, and is not taken for known; processes that
    # don't begin as copies of this one have that rule as it is.
    time.sleep(2.1)
    crowd = {f"n{number}": run for number in range(1000)}
    out = tmp_path / "out"
    found = list(analyze_partitions(crowd, out, workers=2))
    assert {r.athlete for r in found} == set(crowd)
    assert all(r.activities == 1 and not r.error for r in found)
    assert rows_of(out, "activities")["athlete"].nunique() == 1000
    again = list(analyze_partitions(crowd, out, workers=2))
    assert not [r.athlete for r in again if r.is_new]


def test_parts_need_a_folder_of_athletes(team: Path, tmp_path: Path) -> None:
    """Other tables have no place of their own beside a folder for all."""
    with pytest.raises(SystemExit) as ended:
        main(
            [
                "batch",
                str(team),
                "--by-athlete",
                "-o",
                str(tmp_path / "out"),
                "--segments",
                str(tmp_path / "s.csv"),
            ]
        )
    assert ended.value.code == 2
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
