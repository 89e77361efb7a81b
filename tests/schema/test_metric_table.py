"""A metric is described once, in `schema/metrics.toml`, and everything that speaks of it takes it
from there.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import trailstats
from trailstats import schema

PACKAGE = Path(trailstats.__file__).parent
ROOT = Path(__file__).parents[2]
TABLE: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    (PACKAGE / "schema" / "metrics.toml").read_text("utf-8")
)
TABLES: dict[str, dict[str, Any]] = tomllib.loads(
    (PACKAGE / "schema" / "tables.toml").read_text("utf-8")
)
DESCRIBING = ("meaning", "valid")


def test_columns_that_are_metrics_say_what_the_metric_says() -> None:
    """Unit and meaning of such a column are the metric's, not another wording of them."""
    shared = [c for c in schema.ACTIVITIES if c.name in schema.METRICS]
    assert len(shared) >= 30
    for column in shared:
        assert column.meaning is schema.METRICS[column.name].meaning
        assert column.unit is schema.METRICS[column.name].unit
    described = [
        c[0] for c in TABLES["activities"]["columns"] if isinstance(c, list)
    ]
    assert not set(described) & set(schema.METRICS)


def test_no_code_describes_a_metric() -> None:
    """No text in the code is the meaning or range of a metric, and none is given to an entry."""
    words = {
        entry[part]
        for kind in TABLE.values()
        for entry in kind.values()
        for part in (*DESCRIBING, "formula")
        if len(entry.get(part, "")) > 20
    }
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant):
                assert node.value not in words, f"{path.name}:{node.lineno}"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                made = node.func.id in ("MetricEntry", "Formula")
                assert not (made and path.parent.name != "schema"), path.name


def test_the_table_says_nothing_twice() -> None:
    """No range or meaning stands in two entries, and an entry that is like another repeats nothing
    of it.
    """
    said = Counter(
        entry[part]
        for kind in TABLE.values()
        for entry in kind.values()
        for part in DESCRIBING
        if len(entry.get(part, "")) > 40
    )
    assert [text for text, times in said.items() if times > 1] == []
    for where, entries in (
        (TABLE["activity"], schema.METRICS),
        (TABLE["history"], schema.TRAINING),
    ):
        for name, row in where.items():
            if "like" in row:
                base = vars(entries[row["like"]])
                repeated = [
                    key
                    for key, value in row.items()
                    if key in DESCRIBING and value == base[key]
                ]
                assert not repeated, name


FORMULA = '''

def samples_per_metre(samples: float, distance: float) -> float:
    """Return how many samples a metre has."""
    return samples / distance
'''
ENTRY = """
[activity.sample_density]
family = "variety"
unit = "1/m"
meaning = "samples to a metre, and nothing else"
formulas = ["variety.samples_per_metre"]
valid = "any recording"
missing = "no distance was recorded"
evidence = "none"
column = true

[formula."variety.samples_per_metre"]
formula = "n / d"
metric = "sample_density"
"""
MEASURED = """
        **found(
            "sample_density",
            variety.samples_per_metre(totals.n_records, totals.distance),
            "counted",
            coverage=1.0,
        ),
"""
PROOF = """
import sys
import trailstats as ts
from trailstats.model.json_schemas import table_schema
assert ts.__file__.startswith(sys.argv[1])
sys.path.insert(0, sys.argv[2])
import make_docs
run = ts.analyze(sys.argv[3])
metric = run.metrics["sample_density"]
value = run.totals.n_records / run.totals.distance
assert metric.value == value and metric.unit == "1/m" and metric.evidence == "none"
history = ts.analyze_folder([sys.argv[3]], workers=1)
assert history.activities["sample_density"].tolist() == [value]
column = table_schema(ts.schema.ACTIVITIES)["properties"]["sample_density"]
assert column["description"] == "samples to a metre, and nothing else"
make_docs.references_of = lambda name: []
make_docs._formula_lines = lambda name: []
pages = make_docs.pages()
for page in ("columns.md", "glossary.md"):
    assert "samples to a metre, and nothing else" in pages[page], page
assert "### sample_density" in pages["metrics/variety.md"]
"""


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that stands once in a file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (
        f"{path.name} holds {old!r} {text.count(old)} times"
    )
    path.write_text(text.replace(old, new), "utf-8")


def test_adding_a_metric_touches_three_places(
    samples: Path, tmp_path: Path
) -> None:
    """Formula, table, and where it is measured: with these alone a new metric is in the analysis,
    the table of activities, its schema and the pages of the docs.
    """
    copy = tmp_path / "trailstats"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "metrics" / "variety.py").open("a", encoding="utf-8") as file:
        file.write(FORMULA)
    with (copy / "schema" / "metrics.toml").open("a", encoding="utf-8") as file:
        file.write(ENTRY)
    measured = copy / "analysis" / "_measured.py"
    edit(measured, "        **_conditions(samples),\n", MEASURED)
    with measured.open("a", encoding="utf-8") as file:
        file.write("\nfrom trailstats.metrics import variety\n")
    run = samples / "odd" / "no-elevation.gpx"
    arguments = [str(tmp_path), str(ROOT / "tools"), str(run)]
    done = subprocess.run(
        [sys.executable, "-c", PROOF, *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_an_entry_is_like_must_stand_above_it() -> None:
    """The table is read from top to bottom."""
    for kind in ("activity", "history", "formula"):
        seen: list[str] = []
        for name, row in TABLE[kind].items():
            if "like" in row:
                assert row["like"] in seen, name
            seen.append(name)


@pytest.mark.parametrize("name", sorted(TABLE["formula"]))
def test_a_formula_takes_its_range_from_itself_or_from_a_metric(
    name: str,
) -> None:
    """One of the two, never both; or from the formula that it is like."""
    row = TABLE["formula"][name]
    metric = row.get("metric")
    assert ("valid" in row) + (metric is not None) + ("like" in row) == 1
    if metric is not None:
        assert metric in schema.METRICS or metric in schema.TRAINING


def test_a_unit_is_spelled_one_way() -> None:
    """Heart rate is in bpm, cadence in 1/min, and nothing else is either."""
    units = {
        (f"{table.name}.{column.name}", column.unit)
        for table in schema.TABLES.values()
        for column in table
    }
    for entries in (schema.METRICS, schema.TRAINING):
        units |= {(entry.name, entry.unit) for entry in entries.values()}
    steps = {name for name, unit in units if unit == "1/min"}
    beats = {name for name, unit in units if unit == "bpm"}
    assert steps
    assert all("cadence" in name for name in steps)
    rates = {
        name for name, _ in units if name.endswith(("heart_rate", "rate_peak"))
    }
    assert (
        rates - {"speed_at_heart_rate", "grade_adjusted_speed_heart_rate"}
        <= beats
    )
