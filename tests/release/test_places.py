"""Where the program runs besides a terminal: a workflow of GitHub and containers."""

from __future__ import annotations

import http.client
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
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


VARIABLE = re.compile(r"\$\{(\w+):-([^}]*)\}")


def compose_file(root: Path, **variables: str) -> dict:
    """Return the example, with its variables as a shell has them or as they are by default."""
    text = (root / "compose.yaml").read_text("utf-8")
    return yaml.safe_load(VARIABLE.sub(lambda v: variables.get(v[1], v[2]), text))


def test_the_compose_example_names_what_exists(root: Path) -> None:
    """Services, volumes, the file that is built, users and folders belong together."""
    example = compose_file(root)
    services = example["services"]
    page, proxy = services["trailstats"], services["proxy"]
    assert set(example["volumes"]) == {
        volume.partition(":")[0]
        for service in services.values()
        for volume in service["volumes"]
        if not volume.startswith(".")
    }
    build = page["build"]
    container = (root / build["context"] / build["dockerfile"]).read_text("utf-8")
    for _, place in (volume.split(":") for volume in page["volumes"]):
        assert place in container
    assert f"--uid {page['user'].partition(':')[0]} " in container
    # Both are one machine to each other: what listens on loopback is reached by the proxy alone.
    assert page["network_mode"] == "service:proxy"
    assert "ports" not in page
    port = page["command"].split()[page["command"].split().index("--port") + 1]
    assert proxy["command"].endswith(f" 127.0.0.1:{port}")


@contextmanager
def served(
    command: list[str], environment: dict[str, str] | None = None
) -> Iterator[str]:
    """Run the page until it is left, and give its address."""
    with subprocess.Popen(
        [*command, "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as page:
        assert page.stdout is not None
        try:
            yield json.loads(page.stdout.readline())["address"]
        finally:
            page.send_signal(signal.SIGTERM)


def test_the_compose_example_serves_behind_its_proxy(
    root: Path, samples: Path, tmp_path: Path
) -> None:
    """Its command as it stands answers who asks for the site by name, and no other name."""
    (tmp_path / "runs").mkdir()
    name = "two-tracks.gpx"
    (tmp_path / "runs" / name).write_bytes((samples / "odd" / name).read_bytes())
    example = compose_file(root, SITE="runs.example.org")
    words = shlex.split(example["services"]["trailstats"]["command"])
    words[words.index("/runs")] = str(tmp_path / "runs")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words[words.index("--port") + 1] = str(port)
    with served([sys.executable, "-m", "trailstats", *words]) as address:
        place = address.removeprefix("https://runs.example.org")
        assert place.startswith("/")
        for host, status in (("runs.example.org", 200), ("example.org", 421)):
            asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            asked.request("GET", place, headers={"Host": host})
            assert asked.getresponse().status == status
            asked.close()


@pytest.mark.release
def test_what_the_container_runs(
    root: Path, samples: Path, tmp_path: Path
) -> None:
    """Its steps in a folder in place of a container: what it installs runs what it is for."""
    text = (root / "Containerfile").read_text("utf-8")
    (step,) = re.findall(r"^RUN (python -m venv .*)$", text, re.MULTILINE)
    place = tmp_path / "trailstats"
    step = step.replace("/opt/trailstats", str(place)).replace(
        "/source", str(root)
    )
    # Else the checkout would be what is imported.
    alone = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    run = partial(subprocess.run, check=True, timeout=1200, env=alone)
    run(step.replace("python -m", f"{sys.executable} -m", 1), shell=True)
    (named,) = json.loads(re.search(r"^ENTRYPOINT (.*)$", text, re.MULTILINE)[1])
    program = place / "bin" / named
    assert b"report" in run([program, "--help"], capture_output=True).stdout
    page = tmp_path / "report.html"
    one = samples / "odd" / "two-tracks.gpx"
    run([program, "report", one, "-o", page], cwd=tmp_path)
    assert "vegaEmbed" in page.read_text("utf-8")
    folder = tmp_path / "runs"
    folder.mkdir()
    with served([str(program), "serve", str(folder)], alone) as address:
        assert address.startswith("http://127.0.0.1:")
