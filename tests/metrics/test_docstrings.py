"""Every public name of the formulas is documented: sections, units, missing values, sources that
exist.
"""

import dataclasses
import importlib
import inspect
import re
from enum import Enum
from pathlib import Path

import pytest

import trailstats.metrics as metrics

ROOT = Path(__file__).parents[2]
KEYS = re.findall(
    r"^- \*\*\[(\w+)\]\*\*",
    (ROOT / "docs" / "references.md").read_text("utf-8"),
    flags=re.M,
)
UNIT = re.compile(
    r"\[(?:1|m|km|s|d|a|min|week|bpm|kg|W|W/kg|J|J/kg|J/kg/m|m/s|N/m|1/s|1/min|degrees|1/degree|degC|pp|load|%|"
    r"m %|rad/km|m/beat|ml/kg/min|min/week|any unit|1/min per m/s|1/min per \(m/s\)\^2)\]"
)
# Plain geometry or arithmetic that stands on no publication.
WITHOUT_SOURCE = {"slope_distance_factor", "step_length", "vertical_speed"}


def public_names():
    """List every public name of every module of formulas."""
    for module_name in metrics.__all__:
        module = importlib.import_module(f"trailstats.metrics.{module_name}")
        for name in module.__all__:
            yield pytest.param(
                module_name,
                getattr(module, name),
                name,
                id=f"{module_name}.{name}",
            )


def functions():
    """List public functions and public methods."""
    for item in public_names():
        module_name, thing, name = item.values
        if inspect.isfunction(thing):
            yield item
        elif inspect.isclass(thing) and dataclasses.is_dataclass(thing):
            for method_name, method in inspect.getmembers(
                thing, inspect.isfunction
            ):
                if not method_name.startswith("_"):
                    label = f"{name}.{method_name}"
                    yield pytest.param(
                        module_name, method, label, id=f"{module_name}.{label}"
                    )


def sections(text):
    """Split a docstring at its underlined headings."""
    parts = re.split(r"^(\w[\w ]*)\n-{3,}$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize(("module_name", "thing", "name"), list(functions()))
def test_function_is_documented(module_name, thing, name):
    """A function names each argument and its result with units, and says where it comes from."""
    text = inspect.getdoc(thing) or ""
    found = sections(text)
    arguments = [
        each for each in inspect.signature(thing).parameters if each != "self"
    ]
    if arguments:
        documented = re.findall(
            r"^\*?([\w, *]+) :", found["Parameters"], flags=re.M
        )
        listed = [
            each.strip(" *") for line in documented for each in line.split(",")
        ]
        assert listed == arguments, "documented and real arguments differ"
    assert "Returns" in found
    annotation = str(inspect.signature(thing).return_annotation)
    if "Array" in annotation or "ndarray" in annotation or "float" in annotation:
        assert (
            UNIT.search(found["Returns"])
            or "in the unit of" in found["Returns"]
            or "any unit" in text
        )
        assert re.search(r"NaN|empty|Empty|missing", text) or not arguments, (
            "say what happens to missing values"
        )
    if (
        module_name != "sampling"
        and "." not in name
        and name not in WITHOUT_SOURCE
    ):
        assert re.search(r"\[\w+\]_", found.get("References", "")), (
            "name a source"
        )


@pytest.mark.parametrize(("module_name", "thing", "name"), list(public_names()))
def test_class_is_documented(module_name, thing, name):
    """A data class documents each field; an enumeration says what it lists."""
    if not inspect.isclass(thing):
        return
    text = inspect.getdoc(thing) or ""
    assert len(text) > 20
    if dataclasses.is_dataclass(thing) and not issubclass(thing, Enum):
        documented = re.findall(
            r"^([\w, ]+) :", sections(text)["Attributes"], flags=re.M
        )
        listed = {each.strip() for line in documented for each in line.split(",")}
        assert {field.name for field in dataclasses.fields(thing)} <= listed


def test_each_reference_key_exists_once():
    """Every key that a docstring or comment cites stands in the bibliography, and none stands there
    twice.
    """
    assert len(KEYS) == len(set(KEYS))
    cited = set()
    for path in sorted(Path(inspect.getfile(metrics)).parent.glob("*.py")):
        text = path.read_text("utf-8")
        cited |= set(re.findall(r"\[([A-Z]\w+)\]_", text))
        cited |= set(
            re.findall(
                r"\[([A-Z][A-Za-z]+\d{4}|ClimbScore|ItraCategories|Friel|ThreeZones)\]",
                text,
            )
        )
    assert cited, "no citation found at all"
    assert cited - set(KEYS) == set()


def test_each_entry_states_its_standing():
    """Each entry of the bibliography says whether it was verified, is standard or our choice."""
    text = (ROOT / "docs" / "references.md").read_text("utf-8")
    entries = re.split(r"^- \*\*\[", text, flags=re.M)[1:]
    without = [e.split("]")[0] for e in entries if "*Standing:*" not in e]
    assert without == ["Definition", "Judgement"]
