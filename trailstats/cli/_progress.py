"""Progress of long work: a bar on a terminal, lines in a log, nothing in a pipe."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from trailstats.cli._exit import Interrupted
from trailstats.history._progress import SECOND_PASS, Step, lines

_BETWEEN_FRAMES = 0.1  # s


@contextmanager
def watched(kept: bool = False) -> Iterator[Step]:
    """Yield a function that takes the number done and the total; an interrupt then says how far it
    came.

    Parameters
    ----------
    kept : bool
        Whether what is done is kept for the next run.

    Raises
    ------
    Interrupted
        On Ctrl-C.
    """
    done, total = 0, 0
    with _shown() as show:

        def step(now: int, every: int) -> None:
            nonlocal done, total
            done, total = now, every
            show(now, every)

        try:
            yield step
        except KeyboardInterrupt:
            how_far = (
                f"after {done} of {total} sources"
                if total
                else "before the first source"
            )
            rest = (
                "; they are in the cache, and the same command goes on from there"
                if kept and done
                else ""
            )
            raise Interrupted(f"interrupted {how_far}{rest}") from None


@contextmanager
def _shown() -> Iterator[Step]:
    if sys.stderr.isatty():
        with _bar() as show:
            yield show
    elif _is_file(sys.stderr):
        yield lines(sys.stderr)
    else:
        yield lambda done, total: None


def _is_file(stream: TextIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)
    except (OSError, ValueError):
        return False


@contextmanager
def _bar() -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    rate = TextColumn("{task.fields[rate]}")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        rate,
        TimeRemainingColumn(),
    )
    # Drawn from here and not by a thread: a process with one thread starts workers at once.
    with Progress(
        *columns, console=Console(stderr=True), transient=True, auto_refresh=False
    ) as bar:
        task = bar.add_task("reading", total=None, rate="")
        begin, last = time.monotonic(), 0.0
        before = 0

        def show(done: int, total: int) -> None:
            nonlocal begin, last, before
            now = time.monotonic()
            if done < before:
                begin = now
                bar.update(task, description=SECOND_PASS)
            before = done
            if now - last < _BETWEEN_FRAMES and done < total:
                return
            last = now
            bar.update(
                task,
                completed=done,
                total=total,
                rate=f"{done / max(now - begin, 1e-3):.1f}/s",
                refresh=True,
            )

        yield show
