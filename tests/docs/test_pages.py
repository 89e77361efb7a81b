"""The documentation agrees with the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from types import ModuleType

import test_architecture
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
    assert (root / "docs" / "gallery.md").read_text(
        encoding="utf-8"
    ) == made.page()
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


def pages(root: Path) -> list[Path]:
    """Return the pages that are written by hand or by a tool, without those of public names."""
    written = [
        p for p in (root / "docs").rglob("*.md") if "_build" not in p.parts
    ]
    own = [p for p in written if "reference" not in p.relative_to(root).parts]
    tops = [
        root / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY")
    ]
    return [*own, *tops, *(root / "tools").rglob("*.md")]


CACHE_FOLDERS = {"trailstats/maps"}
"""Below the user's folder for caches, not in the checkout."""


def resolves(name: str) -> bool:
    """Return whether a dotted name is a module of the package or something in one."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:count]))
        except ImportError:
            continue
        for attribute in parts[count:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


def test_modules_and_paths_that_pages_name_exist(root: Path) -> None:
    """Whatever moved or was renamed, the pages name it as it is now."""
    path = (
        r"(?<![\w/.~-])((?:trailstats|tests|tools|benchmarks|examples)/[\w./]*\w)"
        r"\b(?!@)"  # an action of a repository at a version
    )
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`(trailstats(?:\.\w+)+)`", text):
            assert resolves(name), f"{page.name}: {name}"
        for target in re.findall(path, text):
            made_up = "NAME" in target or target in CACHE_FOLDERS
            assert made_up or (root / target).exists(), f"{page.name}: {target}"


def test_the_path_of_a_file_to_a_row_is_the_one_it_takes(root: Path) -> None:
    """Every function that the page on architecture names in it stands in the module beside it."""
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    listing = text.split("```text\n")[1].split("```")[0].splitlines()
    named = 0
    for line in listing:
        step = re.match(r" *([\w., ]+?) {2,}([\w/]+\.py)\b", line)
        if step is None:
            assert ".py" not in line, line
            continue
        name = "trailstats." + step.group(2).removesuffix(".py").replace("/", ".")
        module = import_module(name.removesuffix(".__init__"))
        for function in step.group(1).split(", "):
            found = attrgetter(function)(module)
            assert found.__module__ == module.__name__, line
            named += 1
    assert named > 20


def test_the_page_on_architecture_has_the_rows_of_the_layer_test(
    root: Path,
) -> None:
    """The table of rooms and the enforced layers are one."""
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \d+ \| ([^|]+) \|", text, flags=re.MULTILINE)
    listed = [
        {n.rstrip("/") for n in re.findall(r"`([\w/]+)`", row)} for row in rows
    ]
    assert listed == test_architecture.LAYERS


def test_the_profile_of_the_readme_is_one(root: Path, tmp_path: Path) -> None:
    """Every key that the README shows is known and in range."""
    text = (root / "README.md").read_text(encoding="utf-8")
    block = re.findall(
        r"^```toml\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL
    )[0]
    path = tmp_path / "athlete.toml"
    path.write_text(block, encoding="utf-8")
    assert Athlete.from_toml(path).heart_rate_max == 188
