"""How far long work is, as lines of text."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from trailstats.model.notebook import clock_text

Step = Callable[[int, int], None]
"""Takes the number of sources done and their total."""

BETWEEN_LINES = 10.0
"""Time from one line to the next [s]."""

SECOND_PASS = "second pass, with the pace on flat road that the first one showed"
"""What it is when the count begins anew."""


def lines(stream: TextIO, clock: Callable[[], float] = time.monotonic) -> Step:
    """Return a function that writes how far it is, how fast and how long still, every ten seconds
    and at the end; before a count that begins anew it says why.
    """
    begin = last = clock()
    before = 0

    def show(done: int, total: int) -> None:
        nonlocal begin, last, before
        now = clock()
        if done < before:
            begin = now
            stream.write(f"trailstats: {SECOND_PASS}\n")
        before = done
        if now - last < BETWEEN_LINES and done < total:
            return
        last = now
        rate = done / max(now - begin, 1e-3)
        left = (
            "" if done >= total else f", {clock_text((total - done) / rate)} left"
        )
        stream.write(
            f"trailstats: {done} of {total} read, {rate:.1f} a second{left}\n"
        )
        stream.flush()

    return show
