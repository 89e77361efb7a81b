"""What a wheel holds that the repository doesn't: the script that draws the report's charts, made
by vl-convert, and a part of the sample archive for `trailstats sample`.

An editable install has neither; both are found or made in the checkout there.
"""

from __future__ import annotations

import tempfile
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CHARTS = "trailstats/report/vega.js"
SAMPLE = "trailstats/cli/sample"


class WheelHook(BuildHookInterface):
    """Adds made files to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to add, with their places in the wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        added = build_data["force_include"]
        added[str(chart_library(Path(tempfile.mkdtemp())))] = CHARTS
        for path in sample_files(root):
            added[str(path)] = f"{SAMPLE}/{path.name}"


def chart_library(folder: Path) -> Path:
    """Write the script that draws Vega-Lite charts."""
    import vl_convert

    path = folder / "vega.js"
    made = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    path.write_text(str(made), encoding="utf-8")
    return path


def sample_files(root: Path) -> list[Path]:
    """Return the recordings of the days that ``sample.toml`` names, and the profile."""
    samples = root / "data" / "samples"
    text = (root / "trailstats" / "cli" / "sample.toml").read_text("utf-8")
    days = tomllib.loads(text)
    chosen = [
        path
        for path in sorted((samples / "archive").iterdir())
        if days["first"] <= path.name[:10] <= days["last"]
    ]
    return [*chosen, samples / "athlete.toml"]
