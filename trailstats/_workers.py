"""Measuring many sources: in this process, in a pool of processes, or on an executor that was given."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

from trailstats.analysis import measure
from trailstats.athlete import Athlete
from trailstats.cleaning import CleanRules
from trailstats.errors import TrailstatsError
from trailstats.io.containers import Failure, SourceRef, load
from trailstats.io.formats import ReadLimits
from trailstats.results import Analysis
from trailstats.terrain import TerrainRules

__all__ = ["Options", "measure_all", "measure_source"]

Found = list[Analysis | Failure]

FEW = 8
"""Up to so many sources, starting processes costs more than it saves; judgement."""

AHEAD = 4
"""Sources per worker that wait or run at a time: enough to keep all busy, few enough to bound the memory."""


@dataclass(frozen=True)
class Options:
    """What every source is measured with."""

    athlete: Athlete
    rules: CleanRules
    terrain: TerrainRules
    limits: ReadLimits


def measure_source(ref: SourceRef, options: Options) -> Found:
    """Return the analyses of one source, or its failure; never an exception.

    An error that is none of ours is a fault of this program: it costs the one file, and its failure says so.
    """
    found: Found = []
    try:
        for activity in load(ref, options.limits):
            found.append(measure(activity, athlete=options.athlete, rules=options.rules, terrain=options.terrain))
    except TrailstatsError as error:
        found.append(Failure.of(str(ref), error))
    except Exception as error:
        found.append(Failure(str(ref), "internal", f"unexpected {type(error).__name__}: {error}"))
    return found


def measure_all(
    refs: Sequence[SourceRef],
    options: Options,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
) -> Iterator[Found]:
    """Yield what each source gave, in their order.

    Parameters
    ----------
    refs : sequence of SourceRef
    options : Options
    workers : int, optional
        Processes; 1 works in this one.
    executor : concurrent.futures.Executor, optional
        Used instead; it is left open.

    Yields
    ------
    list of Analysis or Failure
    """
    if executor is not None:
        yield from _through(executor, refs, options, ahead=64)
        return
    if workers is None:
        workers = 1 if len(refs) <= FEW else _processors()
    if workers <= 1:
        for ref in refs:
            yield measure_source(ref, options)
        return
    done = 0
    while done < len(refs):
        with ProcessPoolExecutor(workers, mp_context=_context()) as pool:
            try:
                for found in _through(pool, refs[done:], options, ahead=AHEAD * workers):
                    yield found
                    done += 1
                return
            except BrokenProcessPool:
                pass
        # One of those under way killed its worker. Each of them runs alone now, so that only the culprit fails.
        for ref in refs[done : done + AHEAD * workers]:
            yield _alone(ref, options)
            done += 1


def _through(pool: Executor, refs: Sequence[SourceRef], options: Options, ahead: int) -> Iterator[Found]:
    waiting: deque[Future[Found]] = deque()
    for ref in refs:
        waiting.append(pool.submit(measure_source, ref, options))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _alone(ref: SourceRef, options: Options) -> Found:
    with ProcessPoolExecutor(1, mp_context=_context()) as pool:
        try:
            return pool.submit(measure_source, ref, options).result()
        except BrokenProcessPool:
            return [
                Failure(
                    str(ref),
                    "worker_killed",
                    "the process that read it was killed, perhaps for want of memory",
                )
            ]


def _context() -> multiprocessing.context.BaseContext:
    # Forking starts at once but is only safe while there is one thread.
    fork = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if fork else "spawn")


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
