"""Where the program runs besides a terminal: a workflow of GitHub and a container."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml


@pytest.fixture
def action(root: Path) -> dict:
    """Return the action."""
    return yaml.safe_load((root / "action.yml").read_text("utf-8"))


def run_step(step: dict, place: Path, root: Path, **inputs: str) -> Path:
    """Run a step's script as a runner does, with the program on its path; return its outputs."""
    programs = place / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "trailstats").write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -m trailstats "$@"\n'
    )
    (programs / "trailstats").chmod(0o755)
    given = {
        name: inputs[re.search(r"inputs\.(\w+)", value)[1]]
        for name, value in step["env"].items()
    }
    outputs = place / "outputs"
    outputs.touch()
    environment = (
        os.environ
        | given
        | {
            "GITHUB_OUTPUT": str(outputs),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(root),
        }
    )
    command = [
        "bash",
        "--noprofile",
        "--norc",
        "-eo",
        "pipefail",
        "-c",
        step["run"],
    ]
    subprocess.run(command, cwd=place, env=environment, check=True, timeout=600)
    return outputs


def test_the_action_writes_a_page(
    action: dict, root: Path, samples: Path, tmp_path: Path
) -> None:
    """Its steps as they stand; files that can't be read don't stop it; inputs are no code."""
    (step,) = [s for s in action["runs"]["steps"] if s.get("id") == "report"]
    (tmp_path / "my runs").mkdir()
    for name in ("two-tracks.gpx", "web-page.gpx", "paused.fit"):
        (tmp_path / "my runs" / name).write_bytes(
            (samples / "odd" / name).read_bytes()
        )
    (tmp_path / "me.toml").write_bytes((samples / "athlete.toml").read_bytes())
    inputs = {name: rule["default"] for name, rule in action["inputs"].items()}
    inputs |= {
        "folder": "my runs",
        "athlete": "me.toml",
        "output": "$(touch hacked); public",
        "options": "--imperial\n--workers\n1\n",
    }
    outputs = run_step(step, tmp_path, root, **inputs)
    page = tmp_path / "$(touch hacked); public" / "index.html"
    assert "Content-Security-Policy" in page.read_text("utf-8")
    assert not (tmp_path / "hacked").exists()
    assert outputs.read_text() == "page=$(touch hacked); public/index.html\n"


def test_what_action_and_container_install_exists(
    action: dict, root: Path
) -> None:
    """The extras that they name, and the commands."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]
    container = (root / "Containerfile").read_text("utf-8")
    script = " ".join(step.get("run", "") for step in action["runs"]["steps"])
    named = re.findall(r"\[([a-z,]+)\]\"", container + script)
    assert len(named) == 2
    for extras in named:
        assert set(extras.split(",")) <= set(project["optional-dependencies"])
    assert "USER runner" in container
    for step in action["runs"]["steps"]:
        # An input in a script would be run as code.
        assert "${{" not in step.get("run", "")
