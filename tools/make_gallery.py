"""Write docs/gallery.md with a picture of every chart of `trailstats.plots`, drawn from the sample
archive.

Run from the checkout, with ``--screenshots`` for the two pictures of the report in docs/images as
well::

    python tools/make_gallery.py --screenshots

The screenshots need the package playwright and Chromium, whose path TRAILSTATS_BROWSER may name.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trailstats as ts

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
RUN = "2024-08-11-0828.fit"
"""The run of the single pictures: trail, road and technical ground in one."""


@dataclass(frozen=True)
class Entry:
    """One chart: the function, what it needs, and a sentence."""

    name: str
    argument: str
    words: str


ENTRIES = (
    Entry(
        "claims",
        "answers",
        "Each answer's difference with its interval; the side that speaks for the claim is shaded.",
    ),
    Entry(
        "profile",
        "run",
        "Elevation over distance, coloured by ground; technical stretches are dotted.",
    ),
    Entry(
        "track",
        "run",
        "The route in metres around its centre, north up. No place on Earth is in the chart's "
        "data.",
    ),
    Entry(
        "routes",
        "history",
        "All routes of the busiest region, private places left out.",
    ),
    Entry("weekly", "history", "Distance of each week, by ground."),
    Entry(
        "load",
        "history",
        "Session load of each week with fitness, fatigue and form.",
    ),
    Entry(
        "impact",
        "history",
        "What the week's steps amount to, in kilometres on a level road; modelled.",
    ),
    Entry(
        "intensity",
        "history",
        "Share of time in three heart-rate zones, trail runs against road runs.",
    ),
    Entry(
        "variety",
        "history",
        "How each month's time is spread over kinds of ground.",
    ),
    Entry(
        "trend",
        "history",
        "Pace on level road at one heart rate, with a trend that allows for spells of good weeks.",
    ),
    Entry(
        "calendar", "history", "A mark for each activity, larger for longer ones."
    ),
)


def page() -> str:
    """Return the page."""
    lines = [
        "# Gallery",
        "",
        "Every chart of `trailstats.plots`, drawn from the sample archive, that of a simulated "
        "runner, by",
        "`tools/make_gallery.py`. They are Altair charts (extra `plots`) with the same "
        "specifications as in the report: a notebook",
        'shows them, and `chart.save("name.svg")` or `.png` writes a picture. `trailstats report '
        "--png DIR` writes",
        "those of an archive.",
        "",
        "```python",
        "import trailstats as ts",
        "",
        'athlete = ts.Athlete.from_toml("data/samples/athlete.toml")',
        'history = ts.analyze_folder("data/samples/archive", athlete=athlete)',
        "answers = ts.evaluate_claims(history)",
        f'run = ts.analyze("data/samples/archive/{RUN}", athlete=athlete)',
        "```",
    ]
    for entry in ENTRIES:
        lines += [
            "",
            f"## {entry.name}",
            "",
            entry.words,
            "",
            "```python",
            f"ts.plots.{entry.name}({entry.argument})",
        ]
        lines += ["```", "", f"![{entry.words}](images/gallery/{entry.name}.png)"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the page and the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--screenshots", action="store_true")
    asked = parser.parse_args()
    athlete = ts.Athlete.from_toml(ROOT / "data/samples/athlete.toml")
    history = ts.analyze_folder(ROOT / "data/samples/archive", athlete=athlete)
    run = ts.analyze(ROOT / "data/samples/archive" / RUN, athlete=athlete)
    given: dict[str, Any] = {
        "history": history,
        "run": run,
        "answers": ts.evaluate_claims(history),
    }
    pictures = DOCS / "images/gallery"
    pictures.mkdir(parents=True, exist_ok=True)
    for entry in ENTRIES:
        draw: Callable[[Any], Any] = getattr(ts.plots, entry.name)
        draw(given[entry.argument]).save(
            str(pictures / f"{entry.name}.png"), scale_factor=1.25
        )
    (DOCS / "gallery.md").write_text(page(), encoding="utf-8")
    if asked.screenshots:
        _screenshots(history)


def _screenshots(history: ts.History) -> None:
    """Write the pictures of the front page and of one run, as a desktop shows them."""
    from playwright.sync_api import sync_playwright

    browser = os.environ.get("TRAILSTATS_BROWSER") or shutil.which("chromium")
    (number,) = (
        k for k, a in enumerate(history.analyses) if a.meta.source.endswith(RUN)
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        address = ts.write_report(history, Path(folder) / "report.html").as_uri()
        running = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, anchor, dark, height in (
            ("claims", "", False, 900),
            ("run", f"#a{number}", True, 760),
        ):
            context = running.new_context(
                viewport={"width": 1200, "height": height},
                color_scheme="dark" if dark else "light",
                offline=True,
            )
            shown = context.new_page()
            shown.goto(f"{address}{anchor}")
            shown.wait_for_timeout(3000)
            if anchor:
                shown.add_style_tag(content="nav { display: none }")
                shown.evaluate(
                    "document.querySelector(location.hash).scrollIntoView()"
                )
                shown.mouse.move(700, 200)
            shown.screenshot(path=str(DOCS / "images" / f"{name}.png"))
        running.close()


if __name__ == "__main__":
    main()
