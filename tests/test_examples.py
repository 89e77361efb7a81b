"""Each example runs on the sample archive and answers its question."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXPECTED = {
    "is_my_easy_day_easy": "easy ceiling 149",
    "find_the_climbs": "vertical_speed",
    "label_a_run": "road ",
}


def test_every_example_is_tested(root: Path) -> None:
    """A new example has to say what it prints."""
    assert {p.stem for p in (root / "examples").glob("*.py")} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_example(root: Path, name: str) -> None:
    """It ends well and prints what it is for."""
    command = [sys.executable, str(root / "examples" / f"{name}.py")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=300)
    assert done.returncode == 0, done.stderr
    assert EXPECTED[name] in done.stdout
