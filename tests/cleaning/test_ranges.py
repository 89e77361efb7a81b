"""Numbers that stand for "no value", and values that can't be, are missing: whatever channel, field
and format they came through.
"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trailstats as ts
from builders import make_activity
from trailstats import PlausibleRanges
from trailstats.cleaning import CleanRules, clean
from trailstats.schema import RECORDS

# A usual value, and numbers that formats write for none.
CHANNELS: dict[str, tuple[float, list[float]]] = {
    "elevation": (400.0, [-500.0, 12_607.0, 65_535.0, -32_768.0]),
    "distance": (900.0, [1e308, -1.0, np.inf]),
    "speed": (3.0, [65.535, 65_535.0, 4_294_967.295, -1.0]),
    "heart_rate": (140.0, [0.0, 255.0, 65_535.0, 1.0]),
    "cadence": (170.0, [255.0, 510.0, 65_535.0, 1e308, np.inf]),
    "power": (230.0, [65_535.0, 32_767.0, 16_499.0, 30_000.0, -1.0]),
    "temperature": (12.0, [127.0, -128.0, 255.0]),
    "vertical_oscillation": (0.09, [6.5535]),
    "stance_time": (0.25, [6.5535]),
    "stance_time_balance": (0.5, [6.5535]),
    "step_length": (1.1, [6.5535]),
    "vertical_ratio": (0.08, [6.5535]),
}


def test_every_channel_has_a_range() -> None:
    """Positions apart, which have a rule of their own."""
    named = {field.name for field in fields(PlausibleRanges)}
    assert named == set(RECORDS.names) - {"latitude", "longitude"}
    assert named == set(CHANNELS)


@pytest.mark.parametrize("name", CHANNELS)
@settings(max_examples=15)
@given(data=st.data())
def test_no_mark_of_none_is_a_value(name: str, data: st.DataObject) -> None:
    """Wherever it stands, the mark is blanked, said, and everything else stays."""
    usual, marks = CHANNELS[name]
    rows = data.draw(st.lists(st.integers(0, 600), min_size=1, max_size=50))
    values = usual + 0.001 * (np.arange(601) % 7)
    known = values.copy()
    values[rows] = data.draw(st.sampled_from(marks))
    run = make_activity(duration=600)
    run = replace(run, records=run.records.assign(**{name: values}))
    cleaned = clean(run)
    expected = np.delete(known, rows)
    np.testing.assert_array_equal(
        np.delete(cleaned.records[name].to_numpy(), rows), expected
    )
    assert cleaned.records[name].iloc[rows].isna().all()
    if (values[rows] != 0).any():
        assert f"{name}_range" in {issue.code for issue in cleaned.issues}


def test_ranges_can_be_set() -> None:
    """Whoever rides faster, or measures elsewhere, says so."""
    run = make_activity(power=np.full(1801, 1200.0))
    narrow = CleanRules(ranges=PlausibleRanges(power=(0.0, 1000.0)))
    assert clean(run).records["power"].notna().all()
    assert clean(run, cleaning=narrow).records["power"].isna().all()


def gpx(cadence: list[float]) -> bytes:
    """Return ten minutes with a cadence at each point."""
    points = "".join(
        f'<trkpt lat="{47 + 2.7e-5 * i:.7f}" lon="11"><time>{1_772_352_000 + i}</time>'
        f"<extensions><cad>{value:g}</cad></extensions></trkpt>"
        for i, value in enumerate(cadence)
    )
    return f"<gpx><trk><type>running</type><trkseg>{points}</trkseg></trk></gpx>".encode()


@pytest.mark.parametrize("mark", [255, 65_535, 1e308])
@pytest.mark.parametrize("steps", [85, 170])
@pytest.mark.parametrize("every", [2, 3, 50])
def test_no_cadence_among_steps(steps: int, mark: float, every: int) -> None:
    """Marks are neither doubled to infinity nor do they decide that both feet were counted."""
    cadence = [
        mark if i % every == 0 else steps + i % 3 - 1.0 for i in range(601)
    ]
    activity = ts.read(gpx(cadence))
    assert np.isfinite(activity.records["cadence"]).all()
    values = clean(activity).records["cadence"]
    assert values.dropna().between(165, 175).all()
    assert values.isna().sum() == len(range(0, 601, every))


def test_reported_files(cases: Path) -> None:
    """Recordings modelled on public reports: mean power, a treadmill, a cadence of 1e308."""
    watts = ts.analyze(cases / "tcx_power_65535.tcx")
    mean = clean(ts.read(cases / "tcx_power_65535.tcx")).records["power"].mean()
    assert mean == pytest.approx(230, rel=0.01)
    assert "power_range" in {issue.code for issue in watts.issues}
    treadmill = ts.analyze(cases / "fit_treadmill_speed_65535.fit")
    assert treadmill.totals.moving_time == pytest.approx(600, rel=0.01)
    assert treadmill.totals.mean_heart_rate == pytest.approx(141, abs=3)
    assert treadmill.metrics["session_load"].value > 0
    odd = clean(ts.read(cases / "hostile" / "cadence_inf.gpx"))
    assert not np.isinf(odd.original.records["cadence"]).any()
    assert "cadence_range" in {issue.code for issue in odd.issues}
