"""Metrics and efforts rest on what was recorded and can have been run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trailstats as ts
from builders import at, make_activity
from trailstats.geo import EARTH_RADIUS
from trailstats.model.activity import Activity

ATHLETE = {"heart_rate_max": 190.0, "heart_rate_rest": 50.0}


def efforts(run: ts.Analysis, ground: str = "actual") -> dict[float, float]:
    """Return the durations of the best efforts over lengths."""
    table = run.efforts
    kept = table[(table["ground"] == ground) & (table["basis"] == "distance")]
    return dict(zip(kept["distance"], kept["duration"], strict=True))


def test_a_ride_too_fast_for_anyone_sets_no_record() -> None:
    """A sport of running, five minutes at 7.6 m/s: below what counts as a vehicle at once, but no
    one runs 2 km in 4:23.
    """
    speed = np.where(np.arange(1801) > 1500, 7.6, 3.0)
    found = ts.analyze(make_activity(speed=speed))
    assert "effort_impossible" in {issue.code for issue in found.issues}
    assert not efforts(found)
    assert "faster than any runner" in found.metrics["vdot"].reason


def test_a_glitch_takes_its_own_effort_alone() -> None:
    """Half a minute at 11 m/s, of a receiver that catches up, is no record; the rest is."""
    speed = np.full(1801, 3.0)
    speed[900:940] = 11.0
    best = efforts(ts.analyze(make_activity(speed=speed)))
    assert 400.0 not in best
    assert best[5000.0] == pytest.approx(5000 / 3.0 - 40 * 8 / 3.0, rel=0.02)


def test_a_bridged_gap_gives_no_effort() -> None:
    """Two minutes without a sample at a sprinter's pace, among an hour of easy running."""
    speed = np.full(3601, 3.0)
    speed[1801:1920] = 3.7
    run = make_activity(speed=speed, duration=3600)
    kept = np.r_[0:1801, 1920:3601]
    records = run.records.iloc[kept]
    run = replace(run, records=records, extras=records[[]])
    found = ts.analyze(run)
    assert "gap_bridged" in {issue.code for issue in found.issues}
    assert efforts(found)[400.0] == pytest.approx(400 / 3.0, rel=0.01)


def interrupted(pauses: int, seed: int, sensors: bool) -> Activity:
    """Return a run or walk in pieces, with whatever between them."""
    rng = np.random.default_rng(seed)
    count = 1200
    time = np.cumsum(np.append(0.0, np.ones(count)))
    breaks = []
    for row in sorted(rng.choice(np.arange(10, count), pauses, replace=False)):
        lasts = float(rng.uniform(5.0, 900.0))
        if rng.random() < 0.5:
            breaks.append((time[row], time[row] + lasts))
        time[row + 1 :] += lasts
    pace = float(rng.uniform(0.5, 5.0))
    run = make_activity(
        speed=pace,
        duration=count,
        elevation=100.0 + 20.0 * np.sin(np.arange(count + 1) / 100.0),
        **(
            {
                "heart_rate": np.where(
                    rng.random(count + 1) < 0.5,
                    np.nan,
                    140.0 + np.arange(count + 1) % 9,
                ),
                "cadence": np.where(rng.random(count + 1) < 0.1, 0.0, 165.0),
            }
            if sensors
            else {}
        ),
    )
    records = run.records.set_axis(at(time).rename("time"))
    marks = pd.DataFrame(
        {
            "start_time": at([a for a, _ in breaks]),
            "end_time": at([b for _, b in breaks]),
        }
    ).astype("datetime64[ns, UTC]")
    return replace(run, records=records, extras=records[[]], pauses=marks)


@settings(max_examples=20)
@given(
    pauses=st.integers(0, 25), seed=st.integers(0, 10_000), sensors=st.booleans()
)
def test_coverage_is_a_share(pauses: int, seed: int, sensors: bool) -> None:
    """Of every metric, whatever lies between the pieces of a run."""
    found = ts.analyze(interrupted(pauses, seed, sensors), athlete=ATHLETE)
    for name, metric in found.metrics.items():
        assert np.isnan(metric.coverage) or 0.0 <= metric.coverage <= 1.0, name


def test_a_walk_in_pieces_has_no_vdot_and_says_why() -> None:
    """Twenty walks of 100 s with pauses."""
    found = ts.analyze(make_activity(speed=1.3, duration=1980)).metrics["vdot"]
    assert not found
    assert "slower" in found.reason


@pytest.mark.parametrize("count", [4, 400])
def test_jumps_cost_no_more_than_their_samples(count: int) -> None:
    """Positions that jump about the globe are no way: what is made of them is as long as what was
    run, by a count of points.
    """
    from trailstats.metrics import _path_shape as shape

    run = make_activity(duration=5 * count)
    rows = np.arange(5 * count + 1)
    far = (rows // 5) % 2 == 1
    records = run.records.assign(
        latitude=np.where(far, -46.0, 46.0)
        + np.degrees(3.0 * rows / EARTH_RADIUS),
        longitude=np.where(far, -173.0, 7.0),
    )
    points = []
    true = shape.resample_path

    def counted(x, y, spacing):
        found = true(x, y, spacing)
        points.append(len(found[0]))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shape, "resample_path", counted)
        found = ts.analyze(replace(run, records=records))
    assert sum(points) < 10 * len(rows)
    assert found.totals.distance <= 3.0 * len(rows)
