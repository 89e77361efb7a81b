"""A person with a browser: choose a file, press the button, read the report.

Needs Chromium and the package playwright, as the tests of the report do.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest


def test_a_browser_uploads_a_run_and_shows_its_report(
    server: Any, samples: Path
) -> None:
    """The form works without scripts, and the report that comes back draws its charts."""
    asked = os.environ.get("TRAILSTATS_BROWSER", "")
    found = asked or next(
        filter(
            None,
            map(shutil.which, ("chromium", "chromium-browser", "google-chrome")),
        ),
        "",
    )
    if not found:
        pytest.skip(
            "no Chromium on this machine; set TRAILSTATS_BROWSER to its path"
        )
    from playwright.sync_api import sync_playwright

    complaints: list[str] = []
    files = sorted(
        (samples / "archive").iterdir(), key=lambda p: p.stat().st_size
    )[:2]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.on(
            "console",
            lambda m: complaints.append(m.text) if m.type == "error" else None,
        )
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(server.address)
        page.get_by_label("Recordings").set_input_files(
            [str(path) for path in files]
        )
        page.get_by_role("button", name="Make the report").click()
        page.locator(".claims > tbody").first.wait_for(timeout=120_000)
        assert page.url == f"{server.address}/report"
        assert page.locator(".claims > tbody").count() == 11
        page.locator(".plot svg").first.wait_for(timeout=60_000)
        assert files[0].name in page.content()
        browser.close()
    # Browsers ask for an icon, which there is none of.
    assert [c for c in complaints if "favicon" not in c and "404" not in c] == []
