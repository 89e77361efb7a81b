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
    receive_seconds : float
        Time for the whole body to arrive.
    work_seconds : float
        Time that the work for a request may take before its process is killed.
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
    """

    request_bytes: int = 50_000_000
    request_files: int = 500
    receive_seconds: float = 300.0
    work_seconds: float = 60.0
    memory_bytes: int = 4 << 30
    unpacked_bytes: int = 200_000_000
    records: int = 1_000_000
    members: int = 5_000
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    waiting: int = 2_000
