"""Kilometres, miles and laps: nothing lost, cut where the distance or the time is reached."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity
from trailstats import schema


def parts_of(activity: ts.Activity, kind: str) -> pd.DataFrame:
    table = ts.analyze(activity).parts
    return table[table["kind"] == kind]


def test_an_even_run_has_even_kilometres() -> None:
    """2.5 km at 2.5 m/s are two kilometres of 400 s and a rest of 200 s, each with its climbing."""
    run = make_activity(duration=1000, speed=2.5, elevation=np.array([0, 250.0]))
    kilometres = parts_of(run, "km")
    assert list(kilometres.columns) == list(schema.PARTS.names)
    assert kilometres["distance"].tolist() == pytest.approx(
        [1000, 1000, 500], rel=0.01
    )
    assert kilometres["moving_time"].tolist() == pytest.approx(
        [400, 400, 200], abs=2
    )
    assert kilometres["ascent"].tolist() == pytest.approx([100, 100, 50], abs=3)
    miles = parts_of(run, "mile")
    assert miles["moving_time"].iloc[0] == pytest.approx(1609.344 / 2.5, abs=2)


@pytest.mark.parametrize("kind", ["km", "mile", "lap"])
def test_parts_add_up_to_the_run(kind: str) -> None:
    """Distance, moving time and climbing are those of the whole, however it is cut."""
    run = ts.analyze("data/samples/archive/2024-08-11-0828.fit")
    table = run.parts[run.parts["kind"] == kind]
    for name in ("distance", "moving_time", "ascent", "descent"):
        whole = getattr(run.totals, name)
        assert table[name].sum() == pytest.approx(whole, abs=0.01)
    beats = (table["heart_rate"] * table["moving_time"]).sum()
    # A cut between two samples shares out the second one evenly.
    assert beats / run.totals.moving_time == pytest.approx(
        run.totals.mean_heart_rate, rel=1e-3
    )


def test_laps_are_cut_by_the_clock() -> None:
    """Three laps of 100, 300 and 600 s of a run at 3 m/s are 300, 900 and 1800 m long; one lap is
    none.
    """
    run = make_activity(duration=1000, speed=3.0)
    start = run.records.index[0]
    begin = start + pd.to_timedelta([0, 100, 400], unit="s")
    laps = schema.LAPS.frame(
        {
            "start_time": begin,
            "end_time": begin,
            "distance": [np.nan] * 3,
            "timer_time": [np.nan] * 3,
            "trigger": [""] * 3,
        }
    )
    found = parts_of(replace(run, laps=laps), "lap")
    assert found["elapsed_time"].tolist()[:2] == [100, 300]
    assert found["distance"].tolist()[:2] == pytest.approx([300, 900], abs=8)
    assert len(parts_of(replace(run, laps=laps[:1]), "lap")) == 0


def test_a_distance_beyond_belief_makes_no_more_parts_than_records() -> None:
    """Two records a planet apart are no millions of kilometres."""
    run = make_activity(duration=60, speed=3.0)
    records = run.records.assign(distance=run.records["distance"] * 1e6)
    table = ts.analyze(replace(run, records=records)).parts
    assert len(table) <= 3 * len(records) + 3
