"""What the engine measures: each recording once, in pieces where there are many, and nothing for
ever.
"""

from __future__ import annotations

import asyncio
import io
import time
from pathlib import Path

import pytest
from starlette.datastructures import UploadFile

from trailstats.history import _workers


class Killed(BaseException):
    """What becomes of a process whose time is over, for work that is done in this one."""


class Bench:
    """An engine whose work is done in this process, and the names of what it measured."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from app.engine import Engine
        from app.keep import Keep
        from app.limits import Limits

        self.keep = Keep(folder)
        self.owner = self.keep.owner_of(self.keep.new_token())
        self.engine = Engine(self.keep, self, Limits(pieces=5))
        self.measured: list[str] = []
        self.poison, self.most = "", 1_000
        self.monkeypatch = monkeypatch
        real = _workers.measure_source

        def measure(data: bytes, ref, options) -> object:
            name = Path(ref.path).name.partition("-")[2]
            if (
                name == self.poison
                or len(self.measured) - self.since >= self.most
            ):
                raise Killed
            self.measured.append(name)
            return real(data, ref, options)

        monkeypatch.setattr(_workers, "measure_source", measure)

    async def do_in_turn(self, job, folder: Path, files: list[str]) -> bytes:
        """Stand in for a crew: the same work, without a process of its own."""
        from app.child import _do
        from app.problems import Problem

        self.since = len(self.measured)
        with self.monkeypatch.context() as there:
            there.chdir(folder / "files")
            try:
                return _do(job, files, self.engine.limits)
            except Killed:
                raise Problem(
                    504, "time_over", "the work took too long"
                ) from None

    def add(self, *paths: Path):
        """Upload, wait, and return the job."""

        async def run() -> str:
            uploads = [
                UploadFile(io.BytesIO(p.read_bytes()), filename=p.name)
                for p in paths
            ]
            job = await self.engine.start(self.owner, uploads)
            await asyncio.gather(*self.engine._tasks)
            return job.id

        return self.keep.job(self.owner, asyncio.run(run()))


@pytest.fixture
def bench(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.syspath_prepend(str(root / "examples"))
    return Bench(tmp_path, monkeypatch)


@pytest.fixture
def runs(samples: Path) -> list[Path]:
    return sorted((samples / "archive").glob("*.fit"))[:8]


def test_only_what_is_new_is_measured(bench: Bench, runs: list[Path]) -> None:
    """Both documents of three uploads cost one analysis a recording; the same again costs none."""
    for n, path in enumerate(runs[:3], 1):
        job = bench.add(path)
        assert (job.state, job.measured) == ("done", 1)
        assert bench.measured == [p.name for p in runs[:n]]
    job = bench.add(runs[1])
    assert (job.state, job.measured) == ("done", 0)
    assert len(bench.measured) == 3


def test_a_large_upload_is_measured_in_pieces(
    bench: Bench, runs: list[Path]
) -> None:
    """Eight recordings, of which a process gets through three: none is measured twice."""
    bench.most = 3
    job = bench.add(*runs)
    assert (job.state, job.measured) == ("done", 8)
    assert sorted(bench.measured) == [p.name for p in runs]


def test_an_upload_has_an_end(bench: Bench, runs: list[Path]) -> None:
    """Eight recordings in five pieces of one are too many; what was kept is dropped."""
    bench.most = 1
    job = bench.add(*runs)
    assert (job.state, job.measured) == ("failed", 5)
    assert "not kept" in job.detail
    assert bench.keep.bytes_of(bench.owner) == 0


def test_a_recording_without_an_end_spoils_its_own_job_alone(
    bench: Bench, runs: list[Path]
) -> None:
    """It is dropped with its job, and what comes later is worked on."""
    assert bench.add(runs[0]).state == "done"
    bench.poison = runs[1].name
    job = bench.add(runs[1])
    assert job.state == "failed"
    assert "the recordings of this job were not kept" in job.detail
    assert bench.add(runs[2]).state == "done"
    assert bench.measured == [runs[0].name, runs[2].name]


def test_jobs_outlive_the_service(
    bench: Bench, runs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one service took and did not get to, the next one does."""

    async def cut_short() -> None:
        upload = UploadFile(io.BytesIO(runs[0].read_bytes()), filename="a.fit")
        await bench.engine.start(bench.owner, [upload])
        await bench.engine._stop(list(bench.engine._tasks))

    asyncio.run(cut_short())
    assert bench.measured == []
    [(owner, job)] = bench.keep.unfinished_jobs()

    async def again() -> None:
        bench.engine._turns.clear()
        bench.engine.resume()
        await asyncio.gather(*bench.engine._tasks)

    asyncio.run(again())
    assert bench.keep.job(owner, job).state == "done"
    assert bench.measured == ["a.fit"]


def test_who_is_forgotten_is_not_worked_for(
    bench: Bench, runs: list[Path], tmp_path: Path
) -> None:
    """A job under way ends, and leaves nothing on the disk."""

    async def forget() -> None:
        upload = UploadFile(io.BytesIO(runs[0].read_bytes()), filename="a.fit")
        await bench.engine.start(bench.owner, [upload])
        await bench.engine.forget(bench.owner)

    asyncio.run(forget())
    assert not bench.engine._tasks
    assert not (tmp_path / bench.owner).exists()
    assert bench.keep.unfinished_jobs() == []


def test_a_process_that_is_being_started_ends_with_its_request(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is forgotten in that moment leaves no process that writes."""
    monkeypatch.syspath_prepend(str(root / "examples"))
    from app.child import Job
    from app.limits import Limits
    from app.work import Crew

    began: list[object] = []

    class Started:
        """A process that takes a while to start."""

        def __init__(self, **_: object) -> None:
            self.state = "new"
            began.append(self)

        def start(self) -> None:
            time.sleep(0.2)
            self.state = "running"

        def kill(self) -> None:
            assert self.state == "running"
            self.state = "killed"

        def join(self) -> None:
            assert self.state == "killed"

    async def leave() -> None:
        crew = Crew(Limits(workers=1))
        monkeypatch.setattr(crew._context, "Process", Started, raising=False)
        task = asyncio.create_task(crew.do(Job.CLAIMS, tmp_path, []))
        while not began:
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert crew.busy == 0

    asyncio.run(leave())
    assert began[0].state == "killed"
