"""What one request may cost."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """Bounds of a request, and of how many there are at a time; all are judgement.

    Attributes
    ----------
    request_bytes : int
        Size of a request's body.
    request_files : int
        Files in a request.
    head_seconds, receive_seconds : float
        Time for the head of a request to arrive, and for the whole body.
    waiting_bytes : int
        Of the bodies of all requests that are under way or wait; they lie on the disk.
    work_seconds : float
        Time of a processor that the work for a request may take before its process is killed: a
        busy machine fails no good upload.
    pieces : int
        Processes one after the other, each with `work_seconds`, that may measure one upload of a
        token: each goes on where the last was killed.
    patience : float
        Times `work_seconds` after which it is killed whatever it used: it hangs.
    memory_bytes : int
        Address space of that process.
    unpacked_bytes, records : int
        Of one recording: its size when unpacked, and its samples.
    members : int
        Files in one archive.
    workers : int
        Processes that work at a time.
    waiting : int
        Requests that may wait for one; those beyond are turned away.
    requests_per_minute : float
        Of one token, where the service keeps recordings.
    kept_bytes, kept_jobs : int
        Of one token: recordings that are kept, and jobs that are not done yet.
    """

    request_bytes: int = 50_000_000
    request_files: int = 500
    head_seconds: float = 30.0
    receive_seconds: float = 300.0
    waiting_bytes: int = 2_000_000_000
    work_seconds: float = 60.0
    pieces: int = 20
    patience: float = 20.0
    memory_bytes: int = 4 << 30
    unpacked_bytes: int = 200_000_000
    records: int = 1_000_000
    members: int = 5_000
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    waiting: int = 2_000
    requests_per_minute: float = 120.0
    kept_bytes: int = 5_000_000_000
    kept_jobs: int = 20
