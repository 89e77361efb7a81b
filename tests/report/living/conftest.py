"""A living page over a folder of two short runs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from trailstats.report.living import LiveArchive, Setup
from trailstats.report.living._kept import Kept
from trailstats.report.living._server import make_app

HOST = "127.0.0.1:8000"
ORIGIN = {"Origin": f"http://{HOST}"}
TOKEN = "a-token-for-tests"
PATIENCE = 60.0


@pytest.fixture
def folder(tmp_path: Path, samples: Path) -> Path:
    """Return a folder with two runs."""
    place = tmp_path / "runs"
    place.mkdir()
    for name in ("two-tracks.gpx", "paused.fit"):
        shutil.copy(samples / "odd" / name, place / name)
    return place


@pytest.fixture
def client(folder: Path) -> Iterator[TestClient]:
    """Return a browser's side of the page, which knows the token."""
    archive = LiveArchive(Kept(folder), Setup(workers=1))
    app = make_app(archive, TOKEN, {HOST: f"http://{HOST}"})
    with TestClient(app, base_url=f"http://{HOST}/{TOKEN}/") as found:
        yield found


@pytest.fixture
def settled(client: TestClient) -> Callable[..., dict[str, Any]]:
    """Return what waits until the page is up to date and something holds."""

    def wait(
        holds: Callable[[dict[str, Any]], bool] = lambda state: True,
    ) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            state = client.get("state?turn=-1&rows=0").json()
            if not state["busy"] and holds(state):
                return dict(state)
            time.sleep(0.05)
        raise AssertionError(state)

    return wait
