"""The examples in docstrings run, from the folder of the checkout, and print what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "trailstats"
WITH_EXAMPLES = sorted(
    p for p in PACKAGE.rglob("*.py") if ">>> " in p.read_text(encoding="utf-8")
)


def test_there_are_examples() -> None:
    """The public steps have some."""
    assert len(WITH_EXAMPLES) >= 10


@pytest.mark.parametrize(
    "path", WITH_EXAMPLES, ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_examples(
    path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each prints what stands below it."""
    monkeypatch.chdir(root)
    name = ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(
        ".__init__"
    )
    found = doctest.testmod(
        importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert found.attempted > 0
    assert found.failed == 0
