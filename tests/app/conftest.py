"""The service of examples/app, running in a process of its own on the loopback address."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A running service: its address, its process, and the folder that it keeps temporary files
    in.
    """

    address: str
    process: subprocess.Popen[str]
    temporary: Path

    def processes(self) -> list[int]:
        """Return the processes that it started and that still run."""
        tasks = Path(f"/proc/{self.process.pid}/task")
        return [
            int(c)
            for task in tasks.iterdir()
            for c in (task / "children").read_text().split()
        ]

    def left_behind(self) -> list[str]:
        """Return the files of requests that were not removed."""
        return [
            str(p)
            for p in self.temporary.rglob("*")
            if "trailstats-app-" in str(p)
        ]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def start(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., Server]]:
    """Return a function that starts a service with the arguments of its command line."""
    running: list[subprocess.Popen[str]] = []

    def go(*arguments: str) -> Server:
        port = free_port()
        folder = tmp_path_factory.mktemp("service")
        paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "--port", str(port), *arguments],
            cwd=ROOT / "examples",
            env=os.environ
            | {
                "TMPDIR": str(folder),
                "PYTHONPATH": paths,
                "OPENBLAS_NUM_THREADS": "1",
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            if process.poll() is not None:
                pytest.fail(
                    f"the service ended: {process.stderr.read() if process.stderr else ''}"
                )
            try:
                httpx.get(f"{address}/health", timeout=5)
                return Server(address, process, folder)
            except httpx.TransportError:
                time.sleep(0.2)
        pytest.fail("the service did not start")

    yield go
    for process in running:
        process.terminate()
        process.communicate(timeout=60)


@pytest.fixture(scope="session")
def server(start: Callable[..., Server]) -> Server:
    """Return a running service with two workers."""
    return start("--workers", "2")


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    """Return a client of the running service."""
    with httpx.Client(base_url=server.address, timeout=300) as found:
        yield found
