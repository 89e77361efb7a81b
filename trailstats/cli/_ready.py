"""Processes that are kept ready for a command whose own process is going to have threads."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from typing import NoReturn

LOADED = ["trailstats.history"]
"""What each process needs: loaded once, beside the start of the command itself."""


def keep_ready() -> None:
    """Start the process that all others will be copies of.

    A process with threads can't be copied safely, and one that starts from nothing loads all
    libraries anew. Where the program has its own way of starting processes, or the system no
    better one, nothing happens.
    """
    chosen = multiprocessing.get_start_method(allow_none=True)
    if sys.platform != "linux" or chosen is not None:
        return
    from multiprocessing import forkserver

    # It is reached by a file, which the end of this process takes away: no signal may cut that off.
    signal.signal(signal.SIGTERM, _end)
    multiprocessing.set_start_method("forkserver")
    multiprocessing.set_forkserver_preload(LOADED)
    try:
        forkserver.ensure_running()
    except OSError:
        # The file lies among the temporary ones, whose path may be too long for a socket.
        multiprocessing.set_start_method(None, force=True)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)
