"""Every formula and every metric stands in the catalogue, is documented in full, and has values to
be checked with.
"""

import doctest
import importlib
import inspect
import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from trailstats import metrics
from trailstats.schema import METRICS, TABLES, TRAINING, EvidenceStrength
from trailstats.schema.catalogue import FORMULAS

ROOT = Path(__file__).parents[2]
KEYS = re.findall(
    r"^- \*\*\[(\w+)\]\*\*",
    (ROOT / "docs" / "references.md").read_text("utf-8"),
    flags=re.M,
)
PUBLIC = {
    f"{module}.{name}": getattr(
        importlib.import_module(f"trailstats.metrics.{module}"), name
    )
    for module in metrics.__all__
    for name in importlib.import_module(f"trailstats.metrics.{module}").__all__
}
FUNCTIONS = {
    name: thing for name, thing in PUBLIC.items() if inspect.isfunction(thing)
}
ENTRIES = {
    f"{where}:{e.name}": e
    for where, t in (("activity", METRICS), ("history", TRAINING))
    for e in t.values()
}
# What a metric that is not computed is: copied from the device or the runner, or judged with the
# terrain.
COPIED = {"conditions", "steps", "variability", "variety", "intensity"}


def checked_functions():
    """Return the formulas that a reference file, or a test by hand, holds a value for."""
    published = json.loads(
        (ROOT / "tests" / "reference" / "metrics_published.json").read_text(
            "utf-8"
        )
    )
    found = {case["function"] for case in published}
    modules = "|".join(metrics.__all__)
    for path in (ROOT / "tests" / "metrics").glob("test_*.py"):
        if path.name != Path(__file__).name:
            found |= set(
                re.findall(
                    rf"\b((?:{modules})\.[a-z_0-9]+)\(", path.read_text("utf-8")
                )
            )
    return found


def test_every_formula_is_in_the_catalogue():
    """The catalogue holds every public function, and nothing else."""
    assert set(FORMULAS) == set(FUNCTIONS)


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_a_formula_says_all_that_must_be_known(name):
    """Formula, range and evidence stand in the catalogue; unit, missing values, sources and an
    example at the code.
    """
    entry, text = FORMULAS[name], inspect.getdoc(FUNCTIONS[name]) or ""
    assert len(entry.formula) > 5
    assert len(entry.valid) > 5
    assert entry.evidence in {*(e.value for e in EvidenceStrength), "definition"}
    assert "Examples\n--------\n" in text, "an example"
    keys = re.findall(r"\[(\w+)\]_", text)
    assert set(keys) <= set(KEYS)
    assert (
        keys or name.startswith("sampling.") or entry.evidence == "definition"
    ), "a source"
    if entry.evidence in ("strong", "moderate", "weak"):
        assert set(keys) - {"Judgement", "Definition"}, (
            "evidence without a publication"
        )


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_a_formula_is_checked(name):
    """Each formula has a published value, or a test with known truth; its example prints what it
    says.
    """
    example = doctest.DocTestFinder(recurse=False).find(
        FUNCTIONS[name], name, globs={}
    )
    assert any(part.examples for part in example)
    assert name in checked_functions()


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_a_metric_says_all_that_must_be_known(name):
    """A metric has unit, meaning, range, rule for missing values and formulas that exist."""
    entry = ENTRIES[name]
    assert entry.unit
    assert len(entry.meaning) > 10
    assert len(entry.valid) > 10
    assert entry.missing
    assert set(entry.formulas) <= set(FORMULAS)
    assert entry.formulas or entry.family in COPIED
    graded = {FORMULAS[formula].evidence for formula in entry.formulas} - {
        "definition"
    }
    if graded:
        ranks = ["none", "weak", "moderate", "strong"]
        best = max(ranks.index(grade) for grade in graded)
        assert ranks.index(entry.evidence.value) <= best, (
            "better supported than every formula that it rests on"
        )


def test_pages_are_current(tool):
    """Glossary and pages on metrics are what the catalogue says now."""
    for name, text in tool("make_docs").pages().items():
        assert (ROOT / "docs" / name).read_text("utf-8") == text, name


def test_the_glossary_holds_every_word(tool):
    """Every column and every metric is explained by name, and every link in the pages leads
    somewhere.
    """
    page = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    for entry in ENTRIES.values():
        assert f"- **`{entry.name}`**" in page
    for path in [
        ROOT / "docs" / "glossary.md",
        *(ROOT / "docs" / "metrics").glob("*.md"),
    ]:
        for target in re.findall(
            r"\]\(([^)#]+)(#[^)]*)?\)", path.read_text("utf-8")
        ):
            assert (path.parent / target[0]).exists(), f"{path.name}: {target}"
        for target, anchor in re.findall(
            r"\]\((metrics/\w+\.md)#([^)]+)\)", path.read_text("utf-8")
        ):
            assert f"### {anchor}\n" in (path.parent / target).read_text(
                "utf-8"
            ), anchor


def test_parameters_follow_the_glossary():
    """A parameter that the glossary names has its unit, and names that many formulas share are
    there; so are those of the columns.
    """
    names = tomllib.loads((ROOT / "tools" / "glossary.toml").read_text("utf-8"))[
        "names"
    ]
    units = {name: unit for name, _, unit, _ in names}
    assert list(units) == sorted(units)
    shared = Counter(
        name
        for function in FUNCTIONS.values()
        for name in inspect.signature(function).parameters
    )
    general = {"values", "rules", "model"}
    missing = {name for name, times in shared.items() if times > 6} - general
    assert missing <= set(units)
    for where, function in FUNCTIONS.items():
        text = inspect.getdoc(function) or ""
        for names, about in re.findall(
            r"^([\w, ]+) : .*\n((?:    .*\n)+)", text, re.M
        ):
            for name in names.split(", "):
                unit = re.search(r"\[([^\]]+)\](?!_)", about)
                if (
                    name in units
                    and unit
                    and name in inspect.signature(function).parameters
                ):
                    known = (*re.split(", | or ", units[name]), "any unit")
                    assert unit[1] in known, f"{where}: {name}"
    for table in TABLES.values():
        for column in table:
            if column.name in units and column.unit:
                assert column.unit in re.split(", | or ", units[column.name]), (
                    column.name
                )
