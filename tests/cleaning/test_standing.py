"""Standing and going by all evidence; distance counts while moving, like time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import make_activity, totals
from trailstats.cleaning import clean
from trailstats.geo import EARTH_RADIUS
from trailstats.io import read
from trailstats.model.activity import Activity


def drift(seed: int, size: int, metres: float) -> np.ndarray:
    """Return how a receiver's error wanders within some metres, over half a minute."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0.0, 1.0, size + 400)
    smooth = scipy.ndimage.gaussian_filter1d(noise, 8.0)[200:-200]
    return metres * smooth / smooth.std()


def waiting(
    waits: np.ndarray,
    *,
    metres: float,
    seed: int = 0,
    evidence: str = "cadence",
    creep: float = 0.0,
) -> Activity:
    """Return a run that stands at the given seconds while its positions drift."""
    speed = np.where(waits, 0.0, 3.0)
    run = make_activity(speed=speed, duration=len(waits) - 1)
    away = np.where(waits, drift(seed, len(waits), metres), 0.0)
    shift = np.degrees(away / EARTH_RADIUS)
    records = run.records.assign(longitude=run.records["longitude"] + shift)
    if evidence == "cadence":
        records = records.assign(cadence=np.where(waits, 0.0, 170.0))
    else:
        records = records.assign(speed=speed)
    if creep:
        count = np.cumsum(np.where(waits, creep, 3.0))
        records = records.assign(distance=count)
    return replace(run, records=records)


@settings(max_examples=30)
@given(
    start=st.sampled_from([0, 300, 900]),
    lasts=st.integers(90, 1500),
    metres=st.floats(1.0, 5.0),
    seed=st.integers(0, 1000),
    evidence=st.sampled_from(["cadence", "speed"]),
    creep=st.sampled_from([0.0, 0.1, 0.5]),
)
def test_who_makes_no_step_stands_though_positions_drift(
    start: int,
    lasts: int,
    metres: float,
    seed: int,
    evidence: str,
    creep: float,
) -> None:
    """At the start line or at a light, whichever sensor says so, even with an odometer that
    creeps.
    """
    count = np.arange(1801 + lasts)
    waits = (count > start) & (count <= start + lasts)
    run = waiting(waits, metres=metres, seed=seed, evidence=evidence, creep=creep)
    found = totals(run)
    assert found[1] == pytest.approx(1800, abs=12)
    assert found[0] == pytest.approx(5400, rel=0.01)


def test_steps_that_are_lost_on_the_way_are_no_standing() -> None:
    """Three minutes without a step, while the way leads on at a walk: hands on poles or a pram."""
    count = np.arange(1801)
    lost = (count > 600) & (count <= 780)
    speed = np.where(lost, 0.9, 3.0)
    run = make_activity(speed=speed, cadence=np.where(lost, 0.0, 170.0))
    assert totals(run)[1] == pytest.approx(1800, abs=5)


def test_who_walks_out_and_back_without_a_step_recorded_goes() -> None:
    """Four minutes to a view and back to the path, with a watch that lost the steps."""
    count = np.arange(1801)
    away = (count > 600) & (count <= 840)
    north = np.where(away & (count > 720), -1.1, np.where(away, 1.1, 3.0))
    run = make_activity(speed=north, cadence=np.where(away, 0.0, 170.0))
    assert totals(run)[1] == pytest.approx(1800, abs=5)


def test_a_scramble_without_steps_is_work() -> None:
    """Up 0.15 m/s over rocks, hands on them: no step, hardly any way, and no standing."""
    count = np.arange(1801)
    steep = (count > 600) & (count <= 1200)
    run = make_activity(
        speed=np.where(steep, 0.25, 2.0),
        elevation=500.0 + 0.15 * np.clip(count - 600.0, 0.0, 600.0),
        cadence=np.where(steep & (count % 60 < 40), 0.0, 120.0),
    )
    assert totals(run)[1] == pytest.approx(1800, rel=0.03)


def test_distance_counts_while_moving() -> None:
    """Ten minutes of creeping at 0.2 m/s are neither time nor way."""
    speed = np.where(np.arange(1801) < 600, 0.2, 3.0)
    run = clean(make_activity(speed=speed))
    found = totals(run)
    assert found[1] == pytest.approx(1200, abs=10)
    assert found[0] == pytest.approx(3600, rel=0.005)
    standing = ~run.track["moving"]
    assert not run.track["step"][standing].any()


def test_reported_wait(cases) -> None:
    """A recording modelled on a report: twenty minutes at the start line, half an hour's run."""
    assert totals(read(cases / "gpx_wait_5m_cadence.gpx.gz"))[1] == pytest.approx(
        1800, rel=0.01
    )
