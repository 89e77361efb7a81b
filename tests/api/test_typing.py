"""Programs on top of the library are checked by mypy in its strict mode."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.mark.slow
def test_a_program_on_top_is_well_typed(root: Path) -> None:
    """Every public step gives a type checker what it promises, and each mistake in their use is an
    error.

    Checked with the settings of the package itself, so that both share what mypy remembers of it:
    anew it takes half a minute and 700 MB, after a run of mypy a second or two.
    """
    scripts = [str(HERE / "consumer.py"), str(HERE / "wrong_consumer.py")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=pyproject.toml", *scripts],
        capture_output=True,
        text=True,
        cwd=root,
        env=os.environ | {"MYPYPATH": str(root)},
        timeout=600,
    )
    errors = [line for line in done.stdout.splitlines() if "error:" in line]
    found = {int(line.split(":")[1]) for line in errors}
    text = (HERE / "wrong_consumer.py").read_text("utf-8")
    mistakes = {
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.startswith("ts.")
    }
    assert found == mistakes, done.stdout + done.stderr
    assert all("wrong_consumer.py" in line for line in errors), done.stdout
