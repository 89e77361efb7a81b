"""Each example runs on the sample archive and answers its question."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

EXPECTED = {
    "is_my_easy_day_easy": "easy ceiling 149",
    "trail_against_road_impact": "level road kilometres",
    "find_the_climbs": "vertical_speed",
    "label_a_run": "road ",
    "label_a_folder_and_map_it": "stretches.geojson",
    "join_with_a_training_diary": "soreness",
    "many_files_on_dask": "12 analyses, 0 failures",
    "many_athletes_on_dask": "2 athletes, 6 activities",
    "read_into_polars_and_duckdb": "distance is in m, mean_speed in m/s",
    "use_your_own_terrain_model": "windows right: own model",
    "plug_into_gpxpy_code": "waypoints, the first: ",
}


NOT_RUN = {"many_athletes_on_ray": "ray", "many_athletes_on_spark": "pyspark"}
"""Examples for engines that are not installed with the tests, and the engine's module."""


def test_every_example_is_tested_and_listed(root: Path) -> None:
    """A new example has to say what it prints, ask a question, and stand in the lists."""
    scripts = sorted((root / "examples").glob("*.py"))
    assert {p.stem for p in scripts} == {*EXPECTED, *NOT_RUN}
    listed = (root / "examples" / "README.md").read_text(encoding="utf-8")
    page = (root / "docs" / "examples.md").read_text(encoding="utf-8")
    for path in scripts:
        question = (
            ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        ).splitlines()[0]
        assert "?" in question
        assert f"| `{path.name}` | {question} |" in listed
        assert f"## {question}\n" in page
        assert f"../examples/{path.name}" in page


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_example(root: Path, name: str, tmp_path: Path) -> None:
    """It ends well, warns of nothing, and prints what it is for."""
    command = [
        sys.executable,
        "-W",
        "error::UserWarning",
        str(root / "examples" / f"{name}.py"),
    ]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, timeout=1200
    )
    assert done.returncode == 0, done.stderr
    assert EXPECTED[name] in done.stdout
    if name == "label_a_folder_and_map_it":
        written = json.loads(
            (tmp_path / "stretches.geojson").read_text(encoding="utf-8")
        )
        surfaces = {
            feature["properties"]["surface"] for feature in written["features"]
        }
        assert surfaces <= {"road", "trail", "unknown"}
        assert len(written["features"]) > 10


def test_the_notebook_runs(root: Path, tmp_path: Path) -> None:
    """Every cell, in order, in a new kernel; and it is kept without its output."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(root / "examples" / "first_look.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    (tmp_path / "data").symlink_to(root / "data")
    NotebookClient(
        notebook, timeout=1200, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    shown = [
        output for cell in notebook.cells for output in cell.get("outputs", [])
    ]
    assert any("text/html" in output.get("data", {}) for output in shown)
    assert any("vega" in str(output.get("data")) for output in shown)
