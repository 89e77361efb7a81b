"""The command `serve`, and the page in a browser."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trailstats import ConfigError, WorkerError
from trailstats.report.living import Door, serve

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def page(
    tmp_path: Path, samples: Path
) -> Iterator[tuple[str, Path, subprocess.Popen[str]]]:
    """Yield the address of the page of a folder, the folder, and the process."""
    folder = tmp_path / "runs"
    folder.mkdir()
    for name in ("2024-02-16-1829.fit", "2024-02-18-0815.fit"):
        source = samples / "archive" / name
        if source.exists():
            shutil.copy(source, folder / name)
    place = tmp_path / "temporary"
    place.mkdir()
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    process = subprocess.Popen(
        [sys.executable, "-m", "trailstats", "serve", str(folder), "--json"],
        env=os.environ | {"PYTHONPATH": paths, "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        lines = []
        while not "".join(lines).strip().endswith("}"):
            lines.append(process.stdout.readline())
            assert lines[-1], "it ended"
        yield json.loads("".join(lines))["address"], folder, process
    finally:
        process.kill()
        process.communicate()


def test_it_ends_without_a_trace(page) -> None:
    """A signal ends it, and nothing of it is left on the disk."""
    address, folder, process = page
    assert address.startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    assert not any((folder.parent / "temporary").iterdir())


def test_what_cannot_be_served_is_said(tmp_path: Path) -> None:
    """A folder that is none, a port that is taken."""
    with pytest.raises(ConfigError, match="no such folder"):
        serve(tmp_path / "nothing")
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WorkerError, match=str(port)):
            serve(tmp_path, door=Door(port))


def chromium() -> str:
    """Return the browser's path, or skip."""
    asked = os.environ.get("TRAILSTATS_BROWSER", "")
    names = ("chromium", "chromium-browser", "google-chrome")
    found = asked or next(filter(None, map(shutil.which, names)), "")
    if not found:
        pytest.skip(
            "no Chromium on this machine; set TRAILSTATS_BROWSER to its path"
        )
    return found


def test_a_runner_adds_labels_and_keeps(page, samples: Path) -> None:
    """Files, labels and a profile by hand, the report in the page and as a file; on a phone's
    width, by keyboard, without a request to anywhere else, and nothing to complain of.
    """
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    address, folder, _ = page
    complaints: list[str] = []
    asked: list[str] = []
    hostile = folder.parent / "<img src=x onerror=alert(1)>.fit"
    shutil.copy(samples / "archive" / "2024-02-21-1839.fit", hostile)

    def ready(view: Any, count: int) -> None:
        words = f"{count} recordings, up to date"
        view.get_by_text(words).wait_for(timeout=90_000)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        view = browser.new_page(viewport={"width": 360, "height": 720})
        view.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" else None,
        )
        view.on("pageerror", lambda e: complaints.append(str(e)))
        view.on("request", lambda r: asked.append(r.url))
        view.goto(address)
        before = len(list(folder.iterdir()))
        ready(view, before)
        view.locator("#files").set_input_files([str(hostile)])
        ready(view, before + 1)
        row = view.locator("#rows tr").filter(has_text="onerror")
        row.get_by_role("combobox").first.select_option("trail")
        ground = row.locator("td:nth-child(4)").filter(has_text="trail")
        ground.wait_for(timeout=90_000)
        assert row.get_by_role("combobox").first.input_value() == "trail"
        view.get_by_role("tab", name="Recordings").press("ArrowRight")
        field = view.get_by_role("textbox", name="Maximum heart rate")
        field.fill("20")
        view.get_by_role("button", name="Keep").click()
        view.get_by_text("lies outside").wait_for()
        field.fill("188")
        field.press("Enter")
        view.get_by_text("Kept; the report follows.").wait_for()
        found = [Axe().run(view)]
        view.get_by_role("tab", name="Runner").press("ArrowRight")
        report = view.frame_locator("#page")
        report.get_by_role("heading", level=1).wait_for(timeout=90_000)
        view.get_by_role("tab", name="Recordings").click()
        found.append(Axe().run(view))
        ready(view, before + 1)
        wide = view.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
        with view.expect_download() as download:
            view.get_by_role("link", name="Save the report").click()
        saved = Path(download.value.path()).read_text("utf-8")
        browser.close()
    assert "<h1" in saved
    assert [f.response["violations"] for f in found] == [[], []]
    # The browser notes the one answer that was refused.
    assert [words for words in complaints if "422" not in words] == []
    assert {url.split("/")[2] for url in asked} == {address.split("/")[2]}
    assert "heart_rate_max = 188" in (folder / "athlete.toml").read_text()
