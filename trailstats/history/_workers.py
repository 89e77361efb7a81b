"""Measuring many sources: in this process, in processes of our own, or on an executor that was
given.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256

from trailstats.analysis import Motion, Options, measure_with_motion
from trailstats.boundary import reading
from trailstats.cache import Parts
from trailstats.errors import TrailstatsError
from trailstats.history._code import code_fingerprint
from trailstats.history._executors import as_they_end
from trailstats.history._motion import MOTION, pack_motion
from trailstats.history._pack import pack
from trailstats.history._pool import Loss, can_fork, processors, run_in_processes
from trailstats.io.containers import (
    Failure,
    SourceRef,
    activities_in,
    content_of,
    stamp_of,
)
from trailstats.model.athlete import Athlete
from trailstats.model.fingerprint import fingerprint
from trailstats.model.results import Analysis

FEW = 8
"""Up to so many sources, starting processes that can't be forked costs more than it saves (our
choice).
"""

YOUNG = 2.0
"""A file changed this short a time ago may change again within the same time stamp [s]; FAT keeps
times to 2 s.
"""

Job = tuple[SourceRef, Options]
"""A source, and what it is measured with: one object for all sources of an athlete."""


@dataclass(frozen=True)
class Measured:
    """What a source gave: small, and safe to send between machines.

    Attributes
    ----------
    key : bytes
        What the results follow from: content, options and version; empty where the content could
        not be read or the results don't follow from it.
    content : bytes
        SHA-256 of the bytes read.
    stamp : str
        Of the file, when its content is known by it from now on; else empty.
    items : tuple of Parts
    """

    items: tuple[Parts, ...]
    key: bytes = b""
    content: bytes = b""
    stamp: str = ""


def key_of(content: bytes, ref: SourceRef, options: Options) -> bytes:
    """Return the key of the results of one source, from the SHA-256 of its bytes."""
    # Labels are looked up by the source's name; all else follows from its content.
    name = "" if options.labels is None else str(ref)
    about = fingerprint((ref.entry, options.of_measuring, name))
    return sha256(
        f"{content.hex()} {about} {code_fingerprint()}".encode()
    ).digest()


def trusted(stamp: str) -> str:
    """Return a stamp that the content is known by; empty while the file is so young that it may
    change once more under the same stamp.
    """
    times = stamp.split(" ")[1:3]
    if len(times) == 2 and all(t.isdecimal() for t in times):
        return (
            stamp
            if time.time() - max(int(t) for t in times) / 1e9 > YOUNG
            else ""
        )
    return stamp


def measure_source(
    data: bytes, ref: SourceRef, options: Options
) -> list[tuple[Analysis, Motion] | Failure]:
    """Return the analyses of one source, each with how someone moved, or its failure; never an
    exception.

    An error that is none of ours is a fault of this program: it costs the one file, and its failure
    says so.
    """
    found: list[tuple[Analysis, Motion] | Failure] = []
    try:
        with reading(str(ref)):
            for activity in activities_in(data, ref, options.limits):
                found.append(measure_with_motion(activity, options))
    except TrailstatsError as error:
        found.append(Failure.of(str(ref), error))
    return found


def measure_job(job: Job) -> Measured:
    """Return what a source gave, packed."""
    ref, options = job
    try:
        for _ in range(2):
            before = stamp_of(ref)
            data = content_of(ref, options.limits)
            stamp = stamp_of(ref)
            if stamp == before:
                break
        else:
            message = "the file changed while it was read, twice"
            return _failed(ref, "changed_while_read", message)
    except TrailstatsError as error:
        return Measured((pack(Failure.of(str(ref), error), str(ref)),))
    found = measure_source(data, ref, options)
    try:
        with reading(str(ref)):
            items = tuple(
                _packed(item, str(ref), options.athlete) for item in found
            )
    except TrailstatsError as error:
        return Measured((pack(Failure.of(str(ref), error), str(ref)),))
    if any(isinstance(item, Failure) and item.code in _PASSING for item in found):
        return Measured(items)
    content = sha256(data).digest()
    return Measured(items, key_of(content, ref, options), content, trusted(stamp))


def _packed(
    item: tuple[Analysis, Motion] | Failure, source: str, athlete: Athlete
) -> Parts:
    if isinstance(item, Failure):
        return pack(item, source)
    analysis, motion = item
    return pack(analysis, source, athlete) | {MOTION: pack_motion(motion)}


_PASSING = frozenset({"internal", "missing_extra", "error"})
"""Failures that may not come again with the same content."""


def _failed(ref: SourceRef, code: str, message: str) -> Measured:
    return Measured((pack(Failure(str(ref), code, message), str(ref)),))


@dataclass(frozen=True)
class _Numbered:
    """Jobs by their number: processes are sent numbers, not jobs."""

    jobs: Sequence[Job]

    def __call__(self, number: int) -> Measured:
        return measure_job(self.jobs[number])


@dataclass(frozen=True)
class Engine:
    """Who measures.

    Attributes
    ----------
    workers : int or None
        Processes of our own; 1 works in this one.
    executor : concurrent.futures.Executor or None
        Used instead; it is left open.
    time_limit : float or None
        Time after which a source is given up [s]; needs processes of our own.
    """

    workers: int | None = None
    executor: Executor | None = None
    time_limit: float | None = None


def measure_all(
    jobs: Sequence[Job], engine: Engine
) -> Generator[tuple[int, Measured], None, None]:
    """Yield the number of each job and what it gave, as they end."""
    if engine.executor is not None:
        yield from _on_executor(engine.executor, jobs)
        return
    workers = engine.workers
    if workers is None:
        workers = 1 if len(jobs) <= (1 if can_fork() else FEW) else processors()
    if workers <= 1:
        for number, job in enumerate(jobs):
            yield number, measure_job(job)
        return
    for number, found in run_in_processes(
        _Numbered(jobs), len(jobs), workers=workers, time_limit=engine.time_limit
    ):
        if isinstance(found, Loss):
            found = _failed(jobs[number][0], found.code, found.message)
        yield number, found


def _on_executor(
    executor: Executor, jobs: Sequence[Job]
) -> Generator[tuple[int, Measured], None, None]:
    def submit(number: int) -> Future[Measured]:
        return executor.submit(measure_job, jobs[number])

    with closing(as_they_end(executor, submit, len(jobs))) as results:
        for number, future in results:
            yield _result(jobs, number, future)


def _result(
    jobs: Sequence[Job], number: int, future: Future[Measured]
) -> tuple[int, Measured]:
    try:
        return number, future.result()
    except (
        Exception
    ) as error:  # each engine has its own for a worker that was lost
        message = f"the executor lost it: {type(error).__name__}: {error}"
        return number, _failed(jobs[number][0], "worker_killed", message)
