"""What an import of the package costs, and that its names are where they are said to be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import trailstats as ts

MODULES = sorted(ts._MODULES)
# What a package is imported as, where that is not its own name.
IMPORTED_AS = {
    "vl-convert-python": "vl_convert",
    "python-multipart": "python_multipart",
}


@pytest.fixture(scope="module")
def extras(root: Path) -> set[str]:
    """Return the modules that the extras for users bring."""
    every = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]["optional-dependencies"]
    wanted = [
        line
        for name, lines in every.items()
        if name not in ("dev", "docs", "all")
        for line in lines
    ]
    packages = {re.split(r"[\[>=<]", line)[0].strip() for line in wanted} - {
        "trailstats"
    }
    return {IMPORTED_AS.get(package, package) for package in packages}


def loaded_after(program: str) -> set[str]:
    """Return the packages that a new interpreter holds after a program."""
    program += (
        "; import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy(extras: set[str]) -> None:
    """Neither a dependency nor an extra is loaded before a name of the package is used."""
    loaded = loaded_after("import trailstats")
    assert not loaded & {"numpy", "pandas", "scipy", "gpxpy", "fitparse"}
    assert not loaded & extras


def test_analysing_a_file_loads_no_extra(root: Path, extras: set[str]) -> None:
    """The whole way of one file needs the core dependencies only."""
    loaded = loaded_after(
        f"import trailstats as ts; ts.analyze({str(root / 'data/samples/odd/two-tracks.gpx')!r})"
    )
    # pandas loads pyarrow by itself where it is installed.
    assert not loaded & (extras - {"pyarrow"})


def test_names_are_where_type_checkers_look_for_them() -> None:
    """The imports that a type checker sees and the table that runs name the same homes."""
    tree = ast.parse(Path(str(ts.__file__)).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: str(node.module).removeprefix("trailstats.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == ts._MODULE_OF
    assert {*seen, "__version__"} == set(ts.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """As with any module; and what exists is listed."""
    with pytest.raises(AttributeError, match="no attribute 'analyse'"):
        ts.analyse  # noqa: B018
    assert set(ts.__all__) <= set(dir(ts))


FIRST = """
import importlib, sys
for name in sys.argv[1:]:
    for known in [m for m in sys.modules if m.partition(".")[0] == "trailstats"]:
        del sys.modules[known]
    try:
        importlib.import_module(f"trailstats.{name}")
    except Exception as error:
        print(name, repr(error))
"""


def test_each_module_can_be_the_first_to_be_imported() -> None:
    """No module relies on another one having been imported before it."""
    # In a process of its own: a second copy of a class would be another class for later tests.
    done = subprocess.run(
        [sys.executable, "-c", FIRST, *MODULES],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stdout) == (0, "")
