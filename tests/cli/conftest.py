"""Fixtures of the tests of the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terrain.fetching.conftest import offered, site, town  # noqa: F401  fixtures
from trailstats.cli import main


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs the program and returns exit code, output and errors."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return int(ended.value.code or 0), captured.out, captured.err

    return call
