"""The documentation agrees with the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType


def test_column_tables_are_current(root: Path, tool: Callable[[str], ModuleType]) -> None:
    """docs/columns.md is what the schema says now."""
    page = tool("make_docs").columns_page()
    assert (root / "docs" / "columns.md").read_text(encoding="utf-8") == page


def test_references_that_docstrings_name_exist(root: Path) -> None:
    """Every key that a docstring cites stands in docs/references.md."""
    known = set(re.findall(r"\[([A-Za-z]+\w*)\]", (root / "docs" / "references.md").read_text(encoding="utf-8")))
    assert known
    for path in (root / "trailstats").rglob("*.py"):
        for key in re.findall(r"\[([A-Z][A-Za-z]+\w*)\]_", path.read_text(encoding="utf-8")):
            assert key in known, f"{path.name} cites {key}"


def test_links_inside_the_docs_lead_somewhere(root: Path) -> None:
    """Relative links of README and docs point to files that exist."""
    for page in [root / "README.md", root / "CONTRIBUTING.md", *(root / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
