"""What a release must agree on."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a made-up project with the packages of its version 1.2.0 in ``dist``."""
    (tmp_path / "trailstats").mkdir()
    (tmp_path / "dist").mkdir()
    (tmp_path / "trailstats" / "_version.py").write_text(
        '__version__ = "1.2.0"\n'
    )
    (tmp_path / "CITATION.cff").write_text(
        "cff-version: 1.2.0\nversion: 1.2.0\ndate-released: 2026-12-01\n"
    )
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [1.2.0] - 2026-12-01\n\n- New.\n\n## 1.1.0 - 2026-11-01\n"
        "\n[1.2.0]: https://example.org/\n"
    )
    (tmp_path / "dist" / "trailstats-1.2.0.tar.gz").touch()
    wheel = tmp_path / "dist" / "trailstats-1.2.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in (
            "trailstats/report/vega.js",
            "trailstats/cli/sample/athlete.toml",
            "trailstats-1.2.0.dist-info/METADATA",
        ):
            archive.writestr(name, "")
    return tmp_path


def test_a_release_that_agrees(
    checkout: Path, tool: Callable[[str], ModuleType]
) -> None:
    """Nothing is said of it, and its notes are the section of the changelog."""
    check = tool("check_release")
    dist = checkout / "dist"
    assert list(check.problems(dist, "v1.2.0", checkout)) == []
    assert check.newest(checkout)["notes"].strip() == "- New."


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("CITATION.cff", "\nversion: 1.2.0", "\nversion: 1.1.0", "CITATION"),
        ("CHANGELOG.md", "2026-12-01", "unreleased", "no day"),
        ("CHANGELOG.md", "## [1.2.0", "## [1.2.1", "changelog"),
        ("CITATION.cff", "2026-12-01", "2026-12-02", "the day 2026-12-02"),
        ("trailstats/_version.py", "1.2.0", "1.3.0", "the tag is v1.2.0"),
    ],
)
def test_what_does_not_agree_is_said(
    checkout: Path,
    tool: Callable[[str], ModuleType],
    file: str,
    old: str,
    new: str,
    said: str,
) -> None:
    """Each of the places that name the version is looked at."""
    path = checkout / file
    path.write_text(path.read_text().replace(old, new))
    found = tool("check_release").problems(checkout / "dist", "v1.2.0", checkout)
    assert any(said in problem for problem in found)
