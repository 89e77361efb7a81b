"""Every published or hand-computed value at the precision it is printed with, and what independent
packages give.
"""

import importlib
import json
from dataclasses import is_dataclass
from pathlib import Path

import numpy as np
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"
CASES = [
    case
    for name in ("metrics_published.json", "metrics_peers.json")
    for case in json.loads((REFERENCE / name).read_text("utf-8"))
]


def name_of(case):
    """Name a case by its function and arguments."""
    arguments = ",".join(
        f"{key}={str(value)[:24]}" for key, value in case["arguments"].items()
    )
    return f"{case['function']}({arguments}){case.get('field', case.get('index', ''))}"


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_published_value(case):
    """A formula gives the value that its source prints."""
    module, function = case["function"].split(".")
    arguments = {
        key: np.nan if value is None else value
        for key, value in case["arguments"].items()
    }
    result = getattr(
        importlib.import_module(f"trailstats.metrics.{module}"), function
    )(**arguments)
    if "field" in case:
        assert is_dataclass(result)
        result = getattr(result, case["field"])
    if "index" in case:
        result = result[case["index"]]
    if isinstance(case["expected"], str):
        assert result == case["expected"]
        return
    tolerance = (
        case["tolerance"]
        if "tolerance" in case
        else 0.5 * 10.0 ** -case["decimals"]
    )
    assert float(result) == pytest.approx(
        case["expected"], rel=1e-9, abs=tolerance * (1.0 + 1e-6)
    )


def test_every_case_names_its_source():
    """No reference value stands without a source."""
    assert all(len(case["source"]) > 10 for case in CASES)
