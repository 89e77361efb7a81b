"""The code that a cache is keyed by: every module of the package either measures or does not."""

from __future__ import annotations

from pathlib import Path

import pytest

import trailstats
from trailstats.history._code import AFTER, MEASURING

PACKAGE = Path(trailstats.__file__).parent


@pytest.mark.parametrize("name", [*MEASURING, *AFTER])
def test_each_room_that_is_named_exists(name: str) -> None:
    """A room that was renamed or has gone has to be renamed in the list."""
    assert (PACKAGE / name).exists()


def test_no_module_is_forgotten() -> None:
    """A new module stands in exactly one of the two lists, itself or with its room."""
    code = (".py", ".json", ".csv", ".toml")
    for path in PACKAGE.rglob("*"):
        if path.suffix not in code:
            continue
        module = path.relative_to(PACKAGE).as_posix()
        holding = [
            name
            for name in (*MEASURING, *AFTER)
            if module == name or module.startswith(f"{name}/")
        ]
        assert len(holding) == 1, (module, holding)
