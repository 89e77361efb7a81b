"""The documentation agrees with the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from trailstats import plots
from trailstats.model.athlete import Athlete


def test_column_tables_are_current(
    root: Path, tool: Callable[[str], ModuleType]
) -> None:
    """docs/columns.md is what the schema says now."""
    page = tool("make_docs").columns_page()
    assert (root / "docs" / "columns.md").read_text(encoding="utf-8") == page


def test_the_gallery_shows_every_chart(
    root: Path, tool: Callable[[str], ModuleType]
) -> None:
    """It is what its tool writes, names each function of `plots` that returns a chart, and has its
    picture.
    """
    made = tool("make_gallery")
    assert (root / "docs" / "gallery.md").read_text(encoding="utf-8") == made.page()
    names = {entry.name for entry in made.ENTRIES}
    assert names == set(plots.__all__) - {"write_pictures"}
    assert {
        p.stem for p in (root / "docs" / "images" / "gallery").glob("*.png")
    } == names


def test_references_that_docstrings_name_exist(root: Path) -> None:
    """Every key that a docstring cites stands in docs/references.md."""
    known = set(
        re.findall(
            r"\[([A-Za-z]+\w*)\]",
            (root / "docs" / "references.md").read_text(encoding="utf-8"),
        )
    )
    assert known
    for path in (root / "trailstats").rglob("*.py"):
        for key in re.findall(
            r"\[([A-Z][A-Za-z]+\w*)\]_", path.read_text(encoding="utf-8")
        ):
            assert key in known, f"{path.name} cites {key}"


def test_links_inside_the_docs_lead_somewhere(root: Path) -> None:
    """Relative links of README and docs point to files that exist."""
    for page in [
        root / "README.md",
        root / "CONTRIBUTING.md",
        *(root / "docs").rglob("*.md"),
    ]:
        for target in re.findall(
            r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")
        ):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_profile_of_the_readme_is_one(root: Path, tmp_path: Path) -> None:
    """Every key that the README shows is known and in range."""
    text = (root / "README.md").read_text(encoding="utf-8")
    block = re.findall(r"^```toml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)[0]
    path = tmp_path / "athlete.toml"
    path.write_text(block, encoding="utf-8")
    assert Athlete.from_toml(path).heart_rate_max == 188
