"""Work on an executor that was given: some ahead of what was taken, results as they end."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

AHEAD = 64
"""Jobs that wait or run at a time at least: enough to keep some workers busy, few enough to bound
the memory.
"""

AHEAD_OF_EACH = 4
"""And for each place where one can run (our choice), so that no worker waits for the next."""


def places_of(executor: Executor) -> int:
    """Return how many jobs an executor runs at a time; 0 where it doesn't tell."""
    client: Any = getattr(executor, "_client", None)  # of Dask
    if hasattr(client, "nthreads"):
        return int(sum(client.nthreads().values()))
    return int(getattr(executor, "_max_workers", 0))


def as_they_end(
    executor: Executor, submit: Callable[[int], Future[T]], count: int
) -> Generator[tuple[int, Future[T]], None, None]:
    """Yield the number of each job with its future as it ends; those not begun are given up when
    no one takes more.

    Parameters
    ----------
    executor : concurrent.futures.Executor
    submit : callable
        Takes a number from 0 to ``count - 1`` and hands that job over.
    count : int
    """
    ended: SimpleQueue[Future[T]] = SimpleQueue()
    waiting: dict[Future[T], int] = {}
    most, given = 0, 0
    try:
        for taken in range(count):
            if taken % AHEAD == 0:  # a cluster may have grown
                most = max(AHEAD, AHEAD_OF_EACH * places_of(executor))
            while given < count and len(waiting) < most:
                future = submit(given)
                waiting[future] = given
                given += 1
                future.add_done_callback(ended.put)
            future = ended.get()
            yield waiting.pop(future), future
    finally:
        for future in waiting:
            future.cancel()
