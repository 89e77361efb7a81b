"""Inputs are left as they are, and lists, arrays and table columns are taken alike."""

import numpy as np
import pandas as pd
import pytest

from trailstats.geo import local_xy
from trailstats.metrics import (
    effort,
    impact,
    intensity,
    load,
    performance,
    variability,
    variety,
)

N = 1500


def recording():
    """Make a recording of which every array is locked against writing."""
    rng = np.random.default_rng(21)
    columns = {
        "speed": np.abs(rng.normal(3.0, 0.4, N)),
        "grade": rng.normal(0.0, 0.05, N),
        "cadence": np.round(rng.normal(168.0, 3.0, N)),
        "hr": 140.0 + np.cumsum(rng.normal(0.0, 0.3, N)),
        "dt": np.ones(N),
        "time": np.arange(N, dtype=float),
        "latitude": 47.0 + np.cumsum(rng.normal(2e-5, 1e-6, N)),
        "longitude": 11.0 + np.cumsum(rng.normal(1e-5, 1e-6, N)),
    }
    columns["distance"] = np.cumsum(columns["speed"])
    columns["speed"][100:110] = np.nan
    for column in columns.values():
        column.setflags(write=False)
    return columns


CALLS = {
    "adjusted": lambda r: effort.mean_grade_adjusted_speed(
        r["speed"], r["grade"], r["dt"]
    ),
    "normalised": lambda r: effort.normalised_speed(r["speed"], r["dt"]),
    "energy": lambda r: effort.energy(
        r["speed"], r["grade"], r["dt"], None, 70.0
    ),
    "impact": lambda r: (
        impact.impact_load(r["speed"], r["grade"], r["cadence"], r["dt"]).impact
    ),
    "groups": lambda r: float(
        impact.impact_load_by_group(0, r["speed"], r["grade"], r["dt"]).impact[
            0, 0
        ]
    ),
    "steps": lambda r: (
        impact.count_steps(r["speed"], r["cadence"], r["dt"]).steps
    ),
    "cadence": lambda r: (
        impact.fit_cadence(
            r["speed"], r["cadence"], r["dt"], minimum_seconds=60.0
        ).at_3
    ),
    "maximum": lambda r: intensity.observed_heart_rate_max(r["hr"], r["dt"]),
    "quality": lambda r: (
        intensity.heart_rate_quality(
            r["hr"], r["cadence"], r["speed"], r["dt"]
        ).usable_share
    ),
    "discipline": lambda r: (
        intensity.easy_discipline(r["hr"], r["dt"], 150.0, grade=r["grade"]).index
    ),
    "banister": lambda r: load.banister_trimp(
        r["hr"], r["dt"], rest=50.0, maximum=190.0
    ),
    "session": lambda r: (
        load.session_load(r["dt"], speed=r["speed"], threshold_speed=4.0).value
    ),
    "efforts": lambda r: float(
        performance.best_efforts_by_distance(
            r["distance"], r["time"], 1000.0
        ).duration[0]
    ),
    "decoupling": lambda r: (
        performance.decoupling(r["speed"], r["hr"], r["dt"]).loss
    ),
    "steady": lambda r: (
        variability.step_variability(
            r["cadence"], r["speed"], r["dt"]
        ).step_length
    ),
    "entropy": lambda r: variability.windowed_sample_entropy(r["cadence"]),
    "turning": lambda r: variability.turn_density(
        *local_xy(r["latitude"], r["longitude"])
    ),
    "cells": lambda r: float(
        variety.route_cells(r["latitude"], r["longitude"]).size
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_inputs_are_not_changed_and_kinds_are_alike(name):
    """Locked arrays, lists and table columns give one result, and none is written to."""
    arrays = recording()
    result = CALLS[name](arrays)
    assert np.isfinite(result)
    assert (
        CALLS[name]({key: column.tolist() for key, column in arrays.items()})
        == result
    )
    table = pd.DataFrame({key: column.copy() for key, column in arrays.items()})
    before = table.copy()
    assert CALLS[name]({key: table[key] for key in table}) == result
    pd.testing.assert_frame_equal(table, before)
