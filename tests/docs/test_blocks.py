"""Every block of code and every command in the README and the docs runs, where it stands and in its
order.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

import trailstats as ts

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    ROOT / "examples" / "README.md",
    *sorted(p for p in (ROOT / "docs").rglob("*.md") if "_build" not in p.parts),
]
BLOCK = re.compile(
    r"^(?P<before>[^\n]*)\n+```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    flags=re.MULTILINE | re.DOTALL,
)
KINDS = {"python", "sh", "toml", "text", "json"}
# A page may say that a block is not for running here, and why: <!-- not run: needs ... -->
NOT_RUN = re.compile(r"<!-- not run: .{5,} -->")
SETS_UP = re.compile(r"pip install|apt-get")
ENDINGS = {0, 3}  # 3: some of the odd samples can't be read


def blocks(path: Path) -> list[tuple[str, str]]:
    """Return the kinds and texts of a page's blocks that are to be run."""
    text = "\n" + path.read_text(encoding="utf-8")
    return [
        (m["kind"], m["text"])
        for m in BLOCK.finditer(text)
        if not NOT_RUN.search(m["before"])
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


WITH_BLOCKS = [
    path
    for path in PAGES
    if any(kind in ("python", "sh") for kind, _ in blocks(path))
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder that looks like a checkout, with the program on the path of its shell."""
    for name in ("data", "docs", "examples", "tools", "trailstats"):
        (tmp_path / name).symlink_to(ROOT / name)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, command in (
        ("trailstats", f'"{sys.executable}" -m trailstats'),
        ("python", f'"{sys.executable}"'),
    ):
        (programs / name).write_text(
            f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8"
        )
        (programs / name).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize("path", WITH_BLOCKS, ids=name_of)
def test_the_blocks_of_a_page_run(path: Path, place: Path) -> None:
    """Python blocks of a page share their names, one after the other; commands run in a shell; each
    ends well.
    """
    paths = os.pathsep.join([str(place / "bin"), os.environ["PATH"]])
    environment = os.environ | {
        "PATH": paths,
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "120",
    }
    every = blocks(path)
    program = "\n".join(text for kind, text in every if kind == "python")
    if program:
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, f"{program}\n{done.stderr}"
    for kind, text in every:
        if kind != "sh" or SETS_UP.search(text):
            continue
        for command in text.replace("\\\n", " ").strip().splitlines():
            if not command or command.startswith("#"):
                continue
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=place,
                env=environment,
                capture_output=True,
                text=True,
                timeout=600,
            )
            assert done.returncode in ENDINGS, f"{command}\n{done.stderr}"


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_blocks_say_what_they_are(path: Path) -> None:
    """Every block has a language, so that none escapes its test; every profile in TOML is one."""
    text = path.read_text(encoding="utf-8")
    opened = re.findall(r"^```([^\n]*)$", text, flags=re.MULTILINE)[::2]
    for info in opened:
        assert info in KINDS or info.startswith("{"), f"```{info}"
    for kind, block in blocks(path):
        if kind == "toml":
            assert tomllib.loads(block)


@pytest.mark.parametrize(
    "path",
    [p for p in PAGES if "pip install" in p.read_text("utf-8")],
    ids=name_of,
)
def test_extras_that_pages_name_exist(path: Path) -> None:
    """What a page says to install can be installed."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))[
        "project"
    ]["optional-dependencies"]
    for names in re.findall(
        r"(?:trailstats|\.)\[([\w,]+)\]", path.read_text(encoding="utf-8")
    ):
        assert set(names.split(",")) <= set(known), path


def test_the_app_of_the_readme_answers(samples: Path) -> None:
    """The ten lines that an app developer copies turn an upload into the document, and into nothing
    but it.
    """
    found = next(
        text
        for kind, text in blocks(ROOT / "README.md")
        if kind == "python" and "FastAPI" in text
    )
    assert len(found.strip().splitlines()) <= 11
    names: dict[str, Any] = {}
    exec(compile(found, "README.md", "exec"), names)  # the README's own text
    path = samples / "odd" / "two-tracks.gpx"

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app=names["app"])
        async with httpx.AsyncClient(
            transport=transport, base_url="http://app"
        ) as client:
            return await client.post(
                "/analysis", files={"file": (path.name, path.read_bytes())}
            )

    answer = asyncio.run(post())
    assert ts.Analysis.from_dict(answer.json()).totals == ts.analyze(path).totals


def test_the_readme_gets_a_programmer_there_in_five_lines() -> None:
    """From the import to a table of labelled stretches."""
    first = next(
        text for kind, text in blocks(ROOT / "README.md") if kind == "python"
    )
    assert len([line for line in first.splitlines() if line.strip()]) <= 5
    assert "surface" in first
