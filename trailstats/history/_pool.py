"""Own processes for many small jobs: one that dies or hangs costs its job only.

Who may die when: a process may die at any time, by itself or by the system, and is replaced. Dead
in the middle of a job, that job is lost; the next one, which it had not begun, is given to another.
Dead before its first job, nothing is lost, but three such deaths in a row mean that none can start.
A process whose job is over its time is killed here; should this process be gone, it ends itself
soon after. When this process ends, its pipes close, and all others end with it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Generic, TypeVar

from trailstats.errors import WorkerError

T = TypeVar("T")

AHEAD = 2
"""Jobs that a process has before it, the one under way included: it need not wait for the next."""

GRACE = 10.0
"""Time over the limit after which a process ends itself, should no one be left to end it [s]."""

MOST_FALSE_STARTS = 3
"""Processes that may die one after the other before their first job; then none can be started."""


@dataclass(frozen=True)
class Loss:
    """A job whose process was lost.

    Attributes
    ----------
    code : str
        ``"worker_killed"`` or ``"time_limit"``.
    message : str
    """

    code: str
    message: str


@dataclass(eq=False)
class _Worker:
    process: BaseProcess
    pipe: Connection
    jobs: deque[int] = field(default_factory=deque)
    ready: bool = False
    since: float = 0.0


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def can_fork() -> bool:
    """Whether processes may start as copies of this one: at once, but only safe while there is one
    thread.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def _start_method(forked: bool) -> str:
    """Return how processes start: as copies of this one, of one that the program keeps ready, or
    from nothing, in which case each loads the libraries anew.
    """
    if forked:
        return "fork"
    # A program with threads may have chosen it: what it loaded before is there in each process.
    ready = multiprocessing.get_start_method(allow_none=True) == "forkserver"
    return "forkserver" if ready else "spawn"


def run_in_processes(
    work: Callable[[int], T],
    count: int,
    *,
    workers: int,
    time_limit: float | None = None,
) -> Iterator[tuple[int, T | Loss]]:
    """Yield the number of each job and what ``work`` made of it, as they end.

    Parameters
    ----------
    work : callable
        Takes a number from 0 to ``count - 1``; picklable where processes can't be forked.
    count : int
    workers : int
        Processes.
    time_limit : float, optional
        Time after which a job is given up and its process ended [s].

    Yields
    ------
    tuple of int and result or Loss
        Each number once. No process works further ahead than two jobs beyond what was taken.

    Raises
    ------
    WorkerError
        When processes can't be started, or die before they begin.
    """
    pool = _Pool(work, time_limit)
    waiting = deque(range(count))
    try:
        for _ in range(min(workers, count)):
            pool.start()
        while waiting or any(w.jobs for w in pool.workers):
            for worker in pool.workers:
                while waiting and len(worker.jobs) < AHEAD:
                    pool.hand_over(worker, waiting.popleft())
            for number, result in pool.collect():
                if isinstance(result, _Undone):
                    waiting.appendleft(number)
                else:
                    yield number, result
    finally:
        pool.stop()


class _Undone:
    """A job that its process had not begun."""


class _Pool(Generic[T]):
    def __init__(
        self, work: Callable[[int], T], time_limit: float | None
    ) -> None:
        self.work, self.time_limit = work, time_limit
        self.workers: list[_Worker] = []
        self.forked = can_fork()
        self.context = multiprocessing.get_context(_start_method(self.forked))
        self.false_starts = 0

    def start(self) -> None:
        """Start one more process.

        Raises
        ------
        WorkerError
            When the system has no room for it.
        """
        try:
            self._start()
        except (OSError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or "not enough memory"
            raise WorkerError(
                f"processes can't be started ({reason}): call this with fewer workers, or with "
                "workers=1"
            ) from error

    def _start(self) -> None:
        pipe, theirs = self.context.Pipe()
        # A forked process holds copies of the other pipes, and would keep them open when this
        # process is gone.
        others: Sequence[Connection] = (
            [pipe, *(w.pipe for w in self.workers)] if self.forked else ()
        )
        arguments = (theirs, self.work, self.time_limit, others)
        process = self.context.Process(  # type: ignore[attr-defined]
            target=_serve, args=arguments, daemon=True
        )
        try:
            process.start()
        except BaseException:
            pipe.close()
            raise
        finally:
            theirs.close()
        self.workers.append(_Worker(process, pipe, since=time.monotonic()))

    def hand_over(self, worker: _Worker, number: int) -> None:
        """Hand a job to a process; one that is dead is found out by `collect`."""
        if not worker.jobs:
            worker.since = time.monotonic()
        worker.jobs.append(number)
        try:
            worker.pipe.send(number)
        except OSError:
            return

    def collect(self) -> Iterator[tuple[int, T | Loss | _Undone]]:
        """Wait for results, and yield them; processes that died or took too long are replaced."""
        pipes = {w.pipe: w for w in self.workers}
        for pipe in wait(list(pipes), self._patience()):
            worker = pipes[pipe]  # type: ignore[index]
            try:
                message = worker.pipe.recv()
            except (EOFError, OSError):
                yield from self._replace(worker, "worker_killed")
                continue
            worker.since = time.monotonic()
            if message is None:
                worker.ready, self.false_starts = True, 0
                continue
            number, result = message
            worker.jobs.remove(number)
            yield number, result
        if self.time_limit is not None:
            for worker in list(self.workers):
                # Starting takes no part of a job's time.
                busy = worker.ready and worker.jobs
                late = busy and time.monotonic() - worker.since > self.time_limit
                # What it has just finished is taken first, on the next turn.
                if late and not worker.pipe.poll():
                    yield from self._replace(worker, "time_limit")

    def _patience(self) -> float | None:
        """Return how long to wait before a job may be over its time."""
        if self.time_limit is None:
            return None
        busy = [w.since for w in self.workers if w.ready and w.jobs]
        if not busy:
            return None
        return max(min(busy) + self.time_limit - time.monotonic(), 0.0) + 0.01

    def _replace(
        self, worker: _Worker, code: str
    ) -> Iterator[tuple[int, T | Loss | _Undone]]:
        """Replace a process; its job under way is lost, the next one is not."""
        if code == "worker_killed":
            # Its own exit code says more than that of being killed now.
            worker.process.join(1.0)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        self.workers.remove(worker)
        if not worker.ready:
            self.false_starts += 1
            if self.false_starts >= MOST_FALSE_STARTS:
                raise WorkerError(
                    "processes can't be started (they end before their first job): call "
                    "this from under `if __name__ == '__main__':`, or with workers=1"
                )
        self.start()
        jobs = list(worker.jobs)
        if jobs and worker.ready:
            if code == "time_limit":
                message = (
                    f"took longer than the time limit of {self.time_limit:g} s"
                )
            else:
                message = (
                    f"the process that read it {_ending(worker.process.exitcode)}"
                )
            yield jobs.pop(0), Loss(code, message)
        for number in reversed(jobs):
            yield number, _Undone()

    def stop(self) -> None:
        """End all processes."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.pipe.close()


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}, perhaps for want of memory"
    return f"ended with exit code {code}"


def _serve(
    pipe: Connection,
    work: Callable[[int], T],
    time_limit: float | None,
    others: Sequence[Connection],
) -> None:
    """Do jobs until the pipe closes: the life of one process."""
    for other in others:
        other.close()
    # An interrupt from the keyboard reaches all processes: the first one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    alarm = getattr(signal, "setitimer", None) if time_limit is not None else None
    try:
        pipe.send(None)
        while True:
            number = pipe.recv()
            if alarm is not None and time_limit is not None:
                alarm(signal.ITIMER_REAL, time_limit + GRACE)
            result = work(number)
            if alarm is not None:
                alarm(signal.ITIMER_REAL, 0)
            pipe.send((number, result))
    except (EOFError, OSError):
        return
