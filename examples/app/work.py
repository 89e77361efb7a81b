"""The work for a request, in a process of its own that is killed when its time is over.

Each process is forked from a server process that has loaded the library and never saw a request, so
nothing that one request left behind can reach another.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import signal
from contextlib import suppress
from pathlib import Path

from app.child import Job, work
from app.limits import Limits
from app.problems import STATUS_BY_CODE, Problem

_OUT_OF_TIME = (-signal.SIGPROF, -signal.SIGXCPU)
LOADED = [
    "trailstats.history",
    "trailstats.claims",
    "trailstats.claims.plan",
    "trailstats.report.html",
]


class Crew:
    """So many processes at a time; further requests wait, and those beyond are turned away."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.busy = 0
        self._places = asyncio.Semaphore(limits.workers)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(LOADED)

    async def do(self, job: Job, folder: Path, files: list[str]) -> bytes:
        """Return what a job gives for files that lie in ``folder/files``.

        Raises
        ------
        Problem
            When there is no place, the time is over, the process died, or the files can't be used.
        """
        if self.busy >= self.limits.workers + self.limits.waiting:
            raise Problem(
                503,
                "busy",
                "too many requests wait already",
                headers={"Retry-After": "30"},
            )
        return await self.do_in_turn(job, folder, files)

    async def do_in_turn(self, job: Job, folder: Path, files: list[str]) -> bytes:
        """Do the same, but wait however many do.

        Raises
        ------
        Problem
            When the time is over, the process died, or the files can't be used.
        """
        self.busy += 1
        try:
            async with self._places:
                await self._run(job, folder, files)
        finally:
            self.busy -= 1
        return _outcome(folder)

    async def _run(self, job: Job, folder: Path, files: list[str]) -> None:
        process = self._context.Process(
            target=work, args=(job, str(folder), files, self.limits), daemon=True
        )
        loop = asyncio.get_running_loop()
        starting = loop.run_in_executor(None, process.start)
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            # Nobody waits for it any more; a process that is just being started ends, too.
            await asyncio.wait([starting])
            process.kill()
            process.join()
            raise
        ended = asyncio.Event()
        loop.add_reader(process.sentinel, ended.set)
        try:
            async with asyncio.timeout(
                self.limits.work_seconds * self.limits.patience
            ):
                await ended.wait()
        except TimeoutError:
            raise self._late() from None
        finally:
            loop.remove_reader(process.sentinel)
            process.kill()
            process.join()  # at once; no thread, which a cancelled request could not wait for
            ending = process.exitcode
            process.close()
        if ending in _OUT_OF_TIME:
            raise self._late()

    def _late(self) -> Problem:
        seconds = self.limits.work_seconds
        return Problem(
            504, "time_over", f"the work took longer than {seconds:g} s"
        )


def _outcome(folder: Path) -> bytes:
    with suppress(FileNotFoundError):
        problem = json.loads((folder / "problem.json").read_text("utf-8"))
        raise Problem(
            STATUS_BY_CODE.get(problem["code"], 422),
            problem.pop("code"),
            problem.pop("detail"),
            members=problem,
        )
    try:
        return (folder / "result").read_bytes()
    except FileNotFoundError:
        raise Problem(
            500,
            "worker_killed",
            "the process that did the work died, perhaps for want of memory",
        ) from None
