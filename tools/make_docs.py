"""Write the pages of the docs that follow from the code: columns, glossary, and the pages on
metrics.

python tools/make_docs.py
"""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from types import FunctionType

from trailstats import metrics
from trailstats.schema import METRICS, TABLES, TRAINING, MetricEntry
from trailstats.schema.catalogue import FORMULAS

DOCS = Path(__file__).resolve().parent.parent / "docs"
GLOSSARY = Path(__file__).resolve().with_name("glossary.toml")

FAMILIES = {
    "effort": "What a grade costs, level speed of equal effort, energy.",
    "performance": "Best efforts and what they imply; what a heart beat is worth.",
    "steps": "Steps, contact, force and stiffness, and what a device recorded of them.",
    "impact": "Load of the steps in equivalent level-road kilometres; doses of climbing and "
    "descending.",
    "intensity": "Heart rate: how far it can be trusted, zones, easy running, thresholds from "
    "beats.",
    "load": "Load of a session, and of sessions over days and weeks.",
    "variability": "How regular steps, path, pace and beats are.",
    "variety": "The ground, its variety, routes, sizes of courses and climbs, kinds of session.",
    "conditions": "How warm it was and how it felt.",
    "training": "What only many runs tell, from `History.training()`.",
    "sampling": "Means and shares over time, on which the rest is built.",
}
"""The pages on metrics, in order, each with what it holds."""

FIGURES = {
    "effort": (
        "grade-curves.svg",
        "Level speed of equal effort over actual speed, by the three models",
    ),
    "impact": (
        "impact-components.svg",
        "The three components of a step at 3 m/s over grade",
    ),
    "steps": (
        "steps-by-speed.svg",
        "Modelled steps per kilometre and contact time over speed",
    ),
    "load": (
        "weighted-means.svg",
        "Twelve weeks of 60 a day, then rest: fitness, fatigue and form",
    ),
}
"""Pictures of `tools/make_figures.py` and their captions."""


def columns_page() -> str:
    """Return the page that lists every table's columns."""
    lines = [
        "# Columns",
        "",
        "Every table with the unit and meaning of its columns, written by `tools/make_docs.py`.",
        "A unit of 1 is a plain number or a fraction. Missing is NaN, `null` in JSON, empty in "
        "CSV.",
    ]
    for table in TABLES.values():
        lines += ["", f"## {table.name}", "", f"A row is {table.row}.", ""]
        lines += ["| column | dtype | unit | meaning |", "|---|---|---|---|"]
        lines += [
            f"| `{c.name}` | {c.dtype} | {c.unit} | {c.meaning} |" for c in table
        ]
    return "\n".join(lines) + "\n"


def glossary_page() -> str:
    """Return the page of names, symbols and words, and of every column and metric by name."""
    words: dict[str, list[str]] = {}
    for table in TABLES.values():
        for column in table:
            unit = f" [{column.unit}]" if column.unit else ""
            words.setdefault(column.name, []).append(
                f"{column.meaning}{unit}, column of *{table.name}*"
            )
    for source, entries in (("an activity", METRICS), ("a history", TRAINING)):
        for entry in entries.values():
            page = f"[metric of {source}](metrics/{entry.family}.md#{entry.name})"
            words.setdefault(entry.name, []).append(
                f"{entry.meaning} [{entry.unit}], {page}"
            )
    known = tomllib.loads(GLOSSARY.read_text(encoding="utf-8"))
    lines = [
        "# Glossary",
        "",
        "The names, symbols and words that code and docs keep to, and every column and metric by "
        "name, written by",
        "`tools/make_docs.py`. Units are SI; 1 is a plain number or a fraction.",
        "",
        "## Names and symbols",
        "",
        "Parameters and columns of these names have these units; the symbols are those of the "
        "formulas.",
        "",
        "| name | symbol | unit | meaning |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {symbol} | {unit} | {meaning} |"
        for name, symbol, unit, meaning in known["names"]
    ]
    lines += ["", "## Words", ""]
    lines += [f"- **{word}**: {meaning}." for word, meaning in known["words"]]
    lines += [
        "",
        "## Columns and metrics",
        "",
        "How each metric is computed and how far it can be trusted stands on its page.",
        "",
    ]
    lines += [
        f"- **`{word}`**: {'; '.join(dict.fromkeys(words[word]))}."
        for word in sorted(words)
    ]
    return "\n".join(lines) + "\n"


def metrics_index() -> str:
    """Return the page that leads to the pages on metrics."""
    lines = [
        "# Metrics",
        "",
        "Every number that trailstats computes, with its formula, unit, sources, range and "
        "evidence. The pages are",
        "written by `tools/make_docs.py` from `schema.METRICS`, `schema.TRAINING`, "
        "`trailstats.schema.catalogue` and",
        "the docstrings of the formulas.",
        "",
        "A metric has `value, unit, low, high, method, coverage, evidence, reason`. The evidence "
        "is that for taking",
        "the number for what it is called: *strong*, *moderate*, *weak*, or *none*, which is also "
        "the grade of plain",
        "measurements and of counts, where nothing is to be shown.",
        "",
    ]
    lines += [
        f"- [{name}]({name}.md): {words}" for name, words in FAMILIES.items()
    ]
    lines += ["", "```{toctree}", ":hidden:", "", *FAMILIES, "```"]
    return "\n".join(lines) + "\n"


def metrics_page(family: str) -> str:
    """Return the page on one family of metrics and the formulas of its module."""
    lines = [f"# {family.capitalize()}", "", FAMILIES[family]]
    if family in FIGURES:
        name, caption = FIGURES[family]
        lines += ["", f"![{caption}]({name})", "", f"*{caption}.*"]
    source = TRAINING if family == "training" else METRICS
    entries = [entry for entry in source.values() if entry.family == family]
    if entries:
        where = (
            "`History.training()`"
            if family == "training"
            else "`Analysis.metrics`"
        )
        lines += ["", f"## In {where}"]
    for entry in entries:
        lines += _metric_lines(entry)
    functions = [name for name in FORMULAS if name.split(".")[0] == family]
    if functions:
        lines += ["", f"## Formulas of `trailstats.metrics.{family}`"]
    for name in functions:
        lines += _formula_lines(name)
    return "\n".join(lines) + "\n"


def _metric_lines(entry: MetricEntry) -> list[str]:
    lines = [
        "",
        f"### {entry.name}",
        "",
        f"{_sentence(entry.meaning)} Unit: {entry.unit}.",
        "",
    ]
    for name in entry.formulas:
        lines.append(f"- Formula, `{name}`: {_code(FORMULAS[name].formula)}")
    lines += [
        f"- Holds: {entry.valid}.",
        f"- No value: {entry.missing}.",
        f"- Evidence: {entry.evidence.value}.",
    ]
    return lines + _sources(
        key for name in entry.formulas for key in references_of(name)
    )


def _formula_lines(name: str) -> list[str]:
    formula = FORMULAS[name]
    function = function_of(name)
    parts = sections_of(function)
    returned = _plain(parts["Returns"])
    signature = ", ".join(inspect.signature(function).parameters)
    return [
        "",
        f"### `{name}({signature})`",
        "",
        _plain(parts[""]),
        "",
        f"- Formula: {_code(formula.formula)}",
        f"- Result: {returned}",
        f"- Holds: {formula.valid}.",
        f"- Evidence: {formula.evidence}.",
        *_sources(references_of(name)),
    ]


def function_of(name: str) -> FunctionType:
    """Return a public formula by module and name."""
    module, function = name.split(".")
    found = getattr(
        importlib.import_module(f"{metrics.__name__}.{module}"), function
    )
    assert isinstance(found, FunctionType)
    return found


def sections_of(function: FunctionType) -> dict[str, str]:
    """Return the sections of a docstring by heading; the text before them under an empty one."""
    parts = re.split(
        r"^(\w[\w ]*)\n-{3,}$", inspect.getdoc(function) or "", flags=re.MULTILINE
    )
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def references_of(name: str) -> list[str]:
    """Return the reference keys of a formula."""
    return re.findall(
        r"\[(\w+)\]_", sections_of(function_of(name)).get("References", "")
    )


def _sources(keys: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(keys))
    return (
        [
            f"- Sources: {', '.join(f'[{key}](../references.md)' for key in found)}."
        ]
        if found
        else []
    )


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _code(formula: str) -> str:
    return f"`{formula}`"


def _plain(text: str) -> str:
    """Return a docstring's text as one paragraph, without what marks up types and references."""
    lines = [line.strip() for line in text.strip().splitlines()]
    joined = " ".join(line for line in lines if line)
    return re.sub(r"\[(\w+)\]_", r"[\1](../references.md)", joined).replace(
        "|", r"\|"
    )


def pages() -> dict[str, str]:
    """Return every page by its path in the folder of the docs."""
    by_family = {
        f"metrics/{family}.md": metrics_page(family) for family in FAMILIES
    }
    return {
        "columns.md": columns_page(),
        "glossary.md": glossary_page(),
        "metrics/index.md": metrics_index(),
        **by_family,
    }


def main() -> None:
    """Write the pages."""
    for name, text in pages().items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
