"""Measuring many sources: in this process, in processes of our own, or on an executor that was
given.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import sha256

from trailstats.analysis import measure
from trailstats.cache import Parts
from trailstats.cleaning import CleanRules
from trailstats.errors import TrailstatsError
from trailstats.history._fingerprint import code_fingerprint, fingerprint
from trailstats.history._pack import pack
from trailstats.history._pool import Loss, can_fork, processors, run_in_processes
from trailstats.io.containers import (
    Failure,
    SourceRef,
    activities_in,
    content_of,
    stamp_of,
)
from trailstats.io.formats import ReadLimits
from trailstats.model.athlete import Athlete
from trailstats.model.results import Analysis
from trailstats.terrain import RoadMap, SurfaceLabels, TerrainRules

__all__ = [
    "Job",
    "Measured",
    "Options",
    "key_of",
    "measure_all",
    "measure_job",
    "measure_source",
    "trusted",
]

FEW = 8
"""Up to so many sources, starting processes that can't be forked costs more than it saves;
judgement.
"""

AHEAD = 64
"""Sources that wait or run on an executor at a time: enough to keep it busy, few enough to bound
the memory.
"""

YOUNG = 2.0
"""A file changed this short a time ago may change again without its times telling [s]; FAT keeps
times to 2 s.
"""

_MEASURED_FROM = (
    "sex",
    "birth_year",
    "mass",
    "height",
    "easy_ceiling",
    "threshold_speed",
    "cadence_at_3",
)


@dataclass(frozen=True)
class Options:
    """What every source is measured with. Each field counts for what is found in the cache; see
    `fingerprint`.

    Of the athlete, only what measuring looks at is kept: heart-rate limits, races and privacy zones
    are applied afterwards, so a change of these needs no file.
    """

    athlete: Athlete
    rules: CleanRules
    terrain: TerrainRules
    limits: ReadLimits
    map: RoadMap | None = None
    labels: SurfaceLabels | None = None

    def __post_init__(self) -> None:
        known = {name: getattr(self.athlete, name) for name in _MEASURED_FROM}
        object.__setattr__(self, "athlete", Athlete(**known))

    @cached_property
    def fingerprint(self) -> str:
        """What stands for all fields; maps and label files bring their own."""
        return fingerprint({f.name: getattr(self, f.name) for f in fields(self)})

    @property
    def by_name(self) -> bool:
        """Whether the result depends on the source's name and not on its content alone."""
        return any(
            "label" in f.name and getattr(self, f.name) is not None
            for f in fields(self)
        )


Job = tuple[SourceRef, Options]


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
        Of the file, when its content can be told from it from now on; else empty.
    items : tuple of Parts
    """

    items: tuple[Parts, ...]
    key: bytes = b""
    content: bytes = b""
    stamp: str = ""


def key_of(content: bytes, ref: SourceRef, options: Options) -> bytes:
    """Return the key of the results of one source, from the SHA-256 of its bytes."""
    about = fingerprint(
        (ref.told, options.fingerprint, str(ref) if options.by_name else "")
    )
    return sha256(f"{content.hex()} {about} {code_fingerprint()}".encode()).digest()


def trusted(stamp: str) -> str:
    """Return a stamp that the content can be told from; empty while the file is so young that it
    can't.
    """
    times = stamp.split(" ")[1:3]
    if len(times) == 2 and all(t.isdecimal() for t in times):
        return stamp if time.time() - max(int(t) for t in times) / 1e9 > YOUNG else ""
    return stamp


def measure_source(
    data: bytes, ref: SourceRef, options: Options
) -> list[Analysis | Failure]:
    """Return the analyses of one source, or its failure; never an exception.

    An error that is none of ours is a fault of this program: it costs the one file, and its failure
    says so.
    """
    found: list[Analysis | Failure] = []
    try:
        for activity in activities_in(data, ref, options.limits):
            found.append(
                measure(
                    activity,
                    athlete=options.athlete,
                    rules=options.rules,
                    terrain=options.terrain,
                    map=options.map,
                    labels=options.labels,
                )
            )
    except TrailstatsError as error:
        found.append(Failure.of(str(ref), error))
    except Exception as error:
        found.append(
            Failure(str(ref), "internal", f"unexpected {type(error).__name__}: {error}")
        )
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
            return _failed(
                ref, "changed_while_read", "the file changed while it was read, twice"
            )
    except TrailstatsError as error:
        return Measured((pack(Failure.of(str(ref), error), str(ref)),))
    found = measure_source(data, ref, options)
    try:
        items = tuple(pack(item, str(ref)) for item in found)
    except Exception as error:
        return _failed(ref, "internal", f"unexpected {type(error).__name__}: {error}")
    if any(isinstance(item, Failure) and item.code in _PASSING for item in found):
        return Measured(items)
    content = sha256(data).digest()
    return Measured(items, key_of(content, ref, options), content, trusted(stamp))


_PASSING = frozenset({"internal", "missing_extra", "error"})
"""Failures that may not come again with the same content."""


def _failed(ref: SourceRef, code: str, message: str) -> Measured:
    return Measured((pack(Failure(str(ref), code, message), str(ref)),))


@dataclass(frozen=True)
class _Numbered:
    """Jobs by their number: processes are told numbers, not jobs."""

    jobs: Sequence[Job]

    def __call__(self, number: int) -> Measured:
        return measure_job(self.jobs[number])


def measure_all(
    jobs: Sequence[Job],
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    time_limit: float | None = None,
) -> Generator[tuple[int, Measured], None, None]:
    """Yield the number of each job and what it gave, as they end.

    Parameters
    ----------
    jobs : sequence of Job
    workers : int, optional
        Processes; 1 works in this one.
    executor : concurrent.futures.Executor, optional
        Used instead; it is left open.
    time_limit : float, optional
        Time after which a source is given up [s]; needs processes of our own.

    Yields
    ------
    tuple of int and Measured
    """
    if executor is not None:
        yield from _through(executor, jobs)
        return
    if workers is None:
        workers = 1 if len(jobs) <= (1 if can_fork() else FEW) else processors()
    if workers <= 1:
        for number, job in enumerate(jobs):
            yield number, measure_job(job)
        return
    for number, found in run_in_processes(
        _Numbered(jobs), len(jobs), workers=workers, time_limit=time_limit
    ):
        if isinstance(found, Loss):
            found = _failed(jobs[number][0], found.code, found.message)
        yield number, found


def _through(
    executor: Executor, jobs: Sequence[Job]
) -> Generator[tuple[int, Measured], None, None]:
    waiting: deque[tuple[int, Future[Measured]]] = deque()
    try:
        for number, job in enumerate(jobs):
            waiting.append((number, executor.submit(measure_job, job)))
            if len(waiting) >= AHEAD:
                yield _result(jobs, *waiting.popleft())
        while waiting:
            yield _result(jobs, *waiting.popleft())
    finally:
        for _, future in waiting:
            future.cancel()


def _result(
    jobs: Sequence[Job], number: int, future: Future[Measured]
) -> tuple[int, Measured]:
    try:
        return number, future.result()
    except (
        Exception
    ) as error:  # each engine has its own exception for a worker that was lost
        message = f"the executor lost it: {type(error).__name__}: {error}"
        return number, _failed(jobs[number][0], "worker_killed", message)
