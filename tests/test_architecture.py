"""The structure keeps its promises: layers, public names, module sizes and names."""

from __future__ import annotations

import ast
import functools
import importlib
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import trailstats

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "trailstats"

# From the bottom up: a module imports from rows above its own, or from its own package. The picture
# is in docs/architecture.md.
LAYERS: list[set[str]] = [
    {"errors", "arrays", "_version"},
    {"schema", "boundary"},
    {"geo", "elevation", "cache"},
    {"metrics"},
    {"model"},
    {"io", "cleaning"},
    {"terrain"},
    {"analysis"},
    {"history"},
    {"claims"},
    {"report"},
    {"mcp", "plots", "testing"},
    {"cli"},
]
DOOR = {"__init__", "__main__"}
MOST_LINES = 300
MOST_ENTRIES = 24  # at the top of the package, its two doors among them
MOST_ROWS = 13
MOST_PARAMETERS = 6  # of a function that is not public
WIDEST_LINE = 100
MOST_TOKENS = 18  # of code on a line, in nine of ten

# Where an import stands inside a function, and why it can't stand at the top.
LATE_IMPORTS = {
    "cli": "a command starts quickly, and one that needs no report loads none",
    "report/__init__.py": "templates and charts are an extra that may be missing",
}


def modules() -> list[Path]:
    return sorted(p for p in PACKAGE.rglob("*.py"))


def unit(path: Path) -> str:
    """Return the top-level module or package that a file belongs to."""
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(text: str, module: str) -> Iterator[tuple[str, int]]:
    """Yield every module of this package that a text imports, wherever in it, dotted without the
    package.
    """
    for node in ast.walk(ast.parse(text)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parent = module.split(".")[: -node.level]
                base = ".".join([*parent, base] if base else parent)
            names = [
                base,
                *(
                    f"{base}.{alias.name}"
                    for alias in node.names
                    if base == "trailstats"
                ),
            ]
        for name in names:
            if name.startswith("trailstats."):
                yield name.removeprefix("trailstats."), node.lineno


def level_of(name: str) -> int:
    return next((i for i, row in enumerate(LAYERS) if name in row), len(LAYERS))


def violations(text: str, module: str) -> list[str]:
    """Return the imports of a module that point to its own row or above, other than into its own
    package.
    """
    own = module.split(".")[1]
    found = []
    for target, line in imports(text, module):
        other = target.split(".")[0]
        if other == own or not any(other in members for members in LAYERS):
            continue
        if level_of(other) >= level_of(own):
            found.append(f"{module}:{line} imports {target}")
    return found


def dotted(path: Path) -> str:
    """Return a file's module name."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def test_every_module_has_a_layer() -> None:
    """A new module has to say where it belongs."""
    known = set().union(*LAYERS)
    assert {unit(p) for p in modules()} - DOOR <= known


@pytest.mark.parametrize(
    "path", modules(), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_modules_import_only_from_below(path: Path) -> None:
    """A module knows only what lies below it."""
    assert violations(path.read_text(encoding="utf-8"), dotted(path)) == []


@pytest.mark.parametrize(
    "text",
    [
        "from trailstats.cli import main",
        "import trailstats.history",
        "from trailstats import report",
        "from .history import x",
    ],
)
def test_the_layer_test_sees_a_violation(text: str) -> None:
    """An import from above is found in each of the forms that Python has."""
    assert len(violations(text, "trailstats.geo")) == 1
    assert (
        violations("from trailstats.schema import Slope", "trailstats.geo") == []
    )


def names_of_modules() -> dict[str, Path]:
    """Return every module's dotted name with its file."""
    return {dotted(p).removesuffix(".__init__"): p for p in modules()}


def targets_of(name: str, path: Path, known: set[str]) -> set[str]:
    """Return the modules that a module imports, at its top or in a function.

    ``from package import module`` means the module, not the package that holds it.
    """
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & known
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found |= {inner if inner in known else node.module} & known
    return found - {name}


def circles(graph: dict[str, set[str]]) -> list[str]:
    """Return the modules that import themselves by way of others."""
    reached = {name: set(targets) for name, targets in graph.items()}
    grown = True
    while grown:
        grown = False
        for targets in reached.values():
            further = set().union(*(reached[t] for t in targets)) - targets
            targets |= further
            grown = grown or bool(further)
    return sorted(name for name, targets in reached.items() if name in targets)


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Imports form no circle, those inside functions counted as well."""
    found = names_of_modules()
    graph = {
        name: targets_of(name, path, set(found)) for name, path in found.items()
    }
    assert circles(graph) == []


def test_the_circle_test_sees_a_circle() -> None:
    """Three modules in a ring are found, one that only looks on is not."""
    ring = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert circles(ring) == ["a", "b", "c"]


def late_imports(text: str) -> list[str]:
    """Return the imports of this package's modules that stand inside functions."""
    found = []
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = ast.Module(function.body, [])
            found += [target for target, _ in imports(ast.unparse(inside), "")]
    return found


@pytest.mark.parametrize(
    "path", modules(), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_imports_stand_at_the_top(path: Path) -> None:
    """An import inside a function hides what a module needs; the places that have a reason are
    named.
    """
    place = path.relative_to(PACKAGE)
    if place.parts[0] in LATE_IMPORTS or str(place) in LATE_IMPORTS:
        return
    assert late_imports(path.read_text(encoding="utf-8")) == []


def test_a_late_import_is_seen() -> None:
    """One in a function counts, one at the top does not."""
    text = "from trailstats import geo\ndef f():\n    from trailstats.io import read\n"
    assert late_imports(text) == ["io"]


def test_the_top_of_the_package_is_short() -> None:
    """Who opens the package sees its rooms at a glance: few entries, and one private module."""
    entries = {p.name for p in PACKAGE.iterdir()} - {"__pycache__"}
    private = {
        name
        for name in entries
        if name.startswith("_") and not name.startswith("__")
    }
    assert len(entries) <= MOST_ENTRIES, sorted(entries)
    assert private == {"_version.py"}
    assert len(LAYERS) <= MOST_ROWS


def test_metrics_know_arrays_only() -> None:
    """Formulas import numpy, scipy, the standard library, each other, the types of arrays and the
    geometry: no activity, no table, no file.
    """
    import sys

    allowed = {"numpy", "scipy", *sys.stdlib_module_names}
    own = {"trailstats.arrays", "trailstats.geo"}
    for path in (PACKAGE / "metrics").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [a.name for a in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                fine = (
                    name.split(".")[0] in allowed
                    or name.startswith("trailstats.metrics")
                    or name in own
                )
                assert fine, f"{path.name}:{node.lineno} imports {name}"


def test_only_the_command_line_prints() -> None:
    """Nothing below the command line writes to the terminal."""
    for path in modules():
        if unit(path) == "cli":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "print"
            )
            assert not called, (
                f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)} prints"
            )


def code_lines(text: str) -> dict[int, int]:
    """Return how many tokens of code each line of a module holds, documentation left out."""
    skipped = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT}
    skipped |= {tokenize.COMMENT, tokenize.ENDMARKER}
    counts: dict[int, int] = {}
    fresh = True
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in skipped:
            fresh = fresh or token.type == tokenize.NEWLINE
            continue
        if not (token.type == tokenize.STRING and fresh):
            for line in range(token.start[0], token.end[0] + 1):
                counts[line] = counts.get(line, 0) + (line == token.start[0])
        fresh = False
    return counts


@pytest.mark.parametrize(
    "path", modules(), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_modules_stay_small(path: Path) -> None:
    """A module of more than 300 lines of code has more than one responsibility."""
    lines = len(code_lines(path.read_text(encoding="utf-8")))
    assert lines <= MOST_LINES


def test_lines_hold_one_idea() -> None:
    """Nine of ten lines of code have few tokens."""
    counts = sorted(
        tokens
        for path in modules()
        for tokens in code_lines(path.read_text(encoding="utf-8")).values()
        if tokens
    )
    assert counts[int(0.9 * len(counts))] <= MOST_TOKENS


@pytest.mark.parametrize(
    "path", modules(), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_lines_are_not_wide(path: Path) -> None:
    """No line of code or text is wider than 100 characters."""
    lines = path.read_text(encoding="utf-8").splitlines()
    wide = [n for n, line in enumerate(lines, start=1) if len(line) > WIDEST_LINE]
    assert wide == []


@functools.cache
def public_functions() -> set[tuple[str, str]]:
    """Return module and name of everything that a public module lists in its ``__all__``."""
    found = set()
    for name in names_of_modules():
        if any(part.startswith("_") for part in name.split(".")):
            continue
        module = importlib.import_module(name)
        for listed in getattr(module, "__all__", ()):
            home = getattr(getattr(module, listed), "__module__", "")
            found.add((home, listed))
    return found


def long_lists(
    text: str, public: Callable[[str], bool] = lambda name: False
) -> list[str]:
    """Return the functions of a module that take more parameters than one can keep in mind: other
    than public functions, the methods of public classes and the commands of the program, whose
    parameters are its options.
    """
    found = []

    def visit(node: ast.AST, outer: str) -> None:
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                a = inner.args
                names = [x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs)]
                count = len(set(names) - {"self", "cls"})
                command = any(
                    ast.unparse(d).startswith("command")
                    for d in inner.decorator_list
                )
                open_name = public(outer or inner.name) and inner.name[0] != "_"
                if count > MOST_PARAMETERS and not command and not open_name:
                    found.append(f"{inner.name}: {count} parameters")
                visit(inner, "_inside")
            elif isinstance(inner, ast.ClassDef):
                visit(inner, outer or inner.name)
            else:
                visit(inner, outer)

    visit(ast.parse(text), "")
    return found


@pytest.mark.parametrize(
    "path", modules(), ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_private_functions_take_few_parameters(path: Path) -> None:
    """What belongs together travels as one object; a public function may have many options."""
    module = dotted(path).removesuffix(".__init__")
    listed = public_functions()
    text = path.read_text(encoding="utf-8")
    assert long_lists(text, lambda name: (module, name) in listed) == []


def test_a_long_list_of_parameters_is_seen() -> None:
    """Seven count, six and a method's own object do not, and a public name may have more."""
    six, seven = "a, b, c, d, *, e, f", "a, b, c, d, *, e, f, g"
    assert long_lists(f"def _few({six}): pass") == []
    assert long_lists(f"class Some:\n    def few(self, {six}): pass") == []
    assert long_lists(f"def many({seven}): pass") == ["many: 7 parameters"]
    assert (
        long_lists(f"def many({seven}): pass", lambda name: name == "many") == []
    )


def test_module_names_say_what_is_inside() -> None:
    """No module is a drawer for everything, and none hides behind a public function of its name."""
    drawers = {
        "utils",
        "util",
        "helpers",
        "common",
        "misc",
        "tools",
        "base",
        "core",
    }
    functions = {
        n
        for n in trailstats.__all__
        if callable(getattr(trailstats, n)) and n.islower()
    }
    for path in modules():
        stem = path.stem.lstrip("_")
        assert stem not in drawers, path
        if path.parent == PACKAGE:
            assert path.stem not in functions, path


def test_public_names_can_be_imported() -> None:
    """Each name of ``__all__`` is there, once, in order."""
    names = trailstats.__all__
    assert len(names) == len(set(names))
    for name in names:
        assert getattr(trailstats, name) is not None


def test_public_names_are_documented() -> None:
    """The names in docs/api.md are those of ``__all__``, no more and no less."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^- `(?:ts\.)?(\w+)", text, flags=re.MULTILINE)
    public = {n for n in trailstats.__all__ if not n.startswith("__")}
    assert set(listed) == public
    assert len(listed) == len(set(listed))


def test_public_names_have_docstrings() -> None:
    """Every public name says what it is."""
    for name in trailstats.__all__:
        if not name.startswith("__"):
            assert (getattr(trailstats, name).__doc__ or "").strip(), name


def test_nothing_public_leaks() -> None:
    """The package's namespace holds its public names, its modules and nothing else."""
    own = {p.stem if p.is_file() else p.name for p in PACKAGE.iterdir()}
    for name in vars(trailstats):
        if name.startswith("_") or name in trailstats.__all__:
            continue
        assert name in own or name in {"annotations", "TYPE_CHECKING", "Any"}, (
            name
        )


def test_optional_packages_are_not_imported() -> None:
    """Importing the package needs the core dependencies only."""
    import subprocess
    import sys

    optional = [
        "typer",
        "rich",
        "altair",
        "vl_convert",
        "jinja2",
        "pyarrow",
        "osmium",
        "rasterio",
        "fsspec",
        "statsmodels",
    ]
    # pandas itself tries pyarrow, so that is checked by the source.
    program = (
        f"import sys, trailstats; print([m for m in {optional!r} if m in sys.modules and m "
        "!= 'pyarrow'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_version_is_in_the_changelog() -> None:
    """The newest entry of the changelog is the package's version."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(r"^## \[?(\d+\.\d+\.\d+)", text, flags=re.MULTILINE)
    assert found is not None
    assert found.group(1) == trailstats.__version__


def test_every_module_can_be_imported() -> None:
    """No module is broken where nothing imports it."""
    for path in modules():
        if path.stem in ("__main__",):
            continue
        name = ".".join(
            path.relative_to(ROOT).with_suffix("").parts
        ).removesuffix(".__init__")
        assert importlib.import_module(name) is not None
