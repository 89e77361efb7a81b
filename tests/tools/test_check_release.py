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
        'repository-code: "https://github.com/one/trailstats"\n'
    )
    (tmp_path / "pyproject.toml").write_text(
        '[project.urls]\nSource = "https://github.com/one/trailstats"\n'
        'Documentation = "https://one.github.io/trailstats/"\n'
    )
    (tmp_path / "docs" / "howto").mkdir(parents=True)
    (tmp_path / "docs" / "howto" / "elsewhere.md").write_text(
        "- uses: one/trailstats@v0.2.0\n"
    )
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [1.2.0] - 2026-12-01\n\n- New.\n\n## 1.1.0 - 2026-11-01\n"
        "\n[1.2.0]: https://github.com/one/trailstats/releases\n"
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
        ("CITATION.cff", "/one/", "/two/", "CITATION.cff names two/trailstats"),
        ("docs/howto/elsewhere.md", "one/", "two/", "elsewhere.md names two"),
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


def test_another_repository_is_said_and_set(
    checkout: Path,
    tool: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A workflow of another repository stops; one call of the tool changes every place."""
    check, setter = tool("check_release"), tool("set_address")
    monkeypatch.setenv("GITHUB_REPOSITORY", "Two/trails")
    dist = checkout / "dist"
    [said] = check.problems(dist, "v1.2.0", checkout)
    assert "set_address.py Two/trails" in said
    changed = setter.set_address("Two/trails", checkout)
    assert sorted(changed) == sorted(setter.PLACES)
    assert list(check.problems(dist, "v1.2.0", checkout)) == []
    for name in setter.PLACES:
        assert "one" not in (checkout / name).read_text("utf-8")
    assert (
        "https://two.github.io/trails/"
        in (checkout / "pyproject.toml").read_text()
    )


def test_this_project_names_one_repository(
    root: Path, tool: Callable[[str], ModuleType]
) -> None:
    """Wherever it is named, it is the one of the package."""
    assert list(tool("check_release").strangers(root)) == []
