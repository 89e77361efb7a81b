"""What a metric names as its formula is what runs when the metric is computed."""

import importlib
import inspect
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity
from trailstats import metrics
from trailstats.schema import METRICS, TRAINING

ROOT = Path(__file__).parents[2]
ENTRIES = (*METRICS.values(), *TRAINING.values())
NAMED = sorted({name for entry in ENTRIES for name in entry.formulas})


def formula(name):
    """Return the function that a name such as ``effort.energy`` stands for."""
    module, function = name.split(".")
    return getattr(
        importlib.import_module(f"trailstats.metrics.{module}"), function
    )


PUBLIC = {
    f"{module}.{name}"
    for module in metrics.__all__
    for name in importlib.import_module(f"trailstats.metrics.{module}").__all__
    if inspect.isfunction(formula(f"{module}.{name}"))
}


def run_with_beats():
    """Return half an hour with a strap: five minutes of standing, then running ever harder."""
    rng = np.random.default_rng(3)
    speed = np.full(1801, 3.0)
    speed[:300] = 0.0
    activity = make_activity(elevation=np.zeros(20), speed=speed)
    rate = np.interp(np.arange(4000), [0, 400, 4000], [60.0, 100.0, 190.0])
    intervals = 60.0 / rate + 0.01 * rng.standard_normal(4000)
    begin = np.cumsum(intervals) - intervals
    times = activity.records.index[0] + pd.to_timedelta(np.floor(begin), unit="s")
    rr = pd.Series(intervals, index=pd.DatetimeIndex(times))
    return replace(activity, rr=rr[begin < 1800.0])


@pytest.fixture(scope="module")
def reached():
    """Return the code of every function that ran while samples were analysed and judged."""
    seen = set()
    athlete = ts.Athlete.from_toml(ROOT / "data" / "samples" / "athlete.toml")
    sys.setprofile(lambda frame, event, argument: seen.add(frame.f_code))
    try:
        samples = ROOT / "data" / "samples" / "archive"
        history = ts.analyze_folder(samples, athlete=athlete, workers=1)
        history.training()
        history.daily()
        ts.evaluate_claims(history)
        ts.analyze(run_with_beats(), athlete=athlete)
        ts.analyze(run_with_beats(), athlete=ts.Athlete(birth_year=1980))
    finally:
        sys.setprofile(None)
    return seen


@pytest.mark.parametrize("name", NAMED)
def test_a_named_formula_runs(reached, name):
    """The function that an entry names is called, by whatever name it was imported."""
    assert formula(name).__code__ in reached


def test_a_formula_that_nothing_calls_is_one_to_call_yourself(reached):
    """What trailstats computes nothing with is listed as such, and nothing else is."""
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(\w+\.\w+)`", text, flags=re.MULTILINE))
    idle = {name for name in PUBLIC if formula(name).__code__ not in reached}
    assert listed == idle, (
        f"missing {sorted(idle - listed)}, wrong {sorted(listed - idle)}"
    )
