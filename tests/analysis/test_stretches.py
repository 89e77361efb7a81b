"""Short stretches: equal moving time, nothing lost, pauses kept apart, heart rate that follows."""

from __future__ import annotations

import numpy as np
import pytest

import trailstats as ts
from builders import make_activity
from trailstats import schema
from trailstats.analysis._stretches import LAG, STRETCH, stretch_of_each


def of_seconds(clock: list[float]) -> tuple[np.ndarray, int]:
    times = np.array(clock)
    return stretch_of_each(times, np.ones(len(times)))


def test_an_even_run_is_cut_evenly() -> None:
    """Nine minutes at one sample a second are twelve stretches of 45 s."""
    group, count = of_seconds(list(range(540)))
    assert count == 12
    assert set(np.bincount(group)) == {45}


def test_a_stretch_holds_no_pause() -> None:
    """After a minute's standstill a new stretch begins; a block too short for one is left out."""
    clock = [*range(100), *range(160, 260), *range(330, 340)]
    group, count = of_seconds(clock)
    assert count == 4
    assert set(group[:100]) == {0, 1}
    assert set(group[100:200]) == {2, 3}
    assert set(group[200:]) == {-1}


def test_a_sample_that_stands_for_longer_than_a_stretch_leaves_no_gap() -> None:
    """Numbers go up by one, whatever the recording interval."""
    time = np.full(6, 100.0)
    group, count = stretch_of_each(np.cumsum(time), time)
    assert count == len(set(group)) == 6
    assert (np.diff(group) == 1).all()


def test_nothing_is_no_stretch() -> None:
    """No sample, no stretch."""
    assert of_seconds([])[1] == 0


def test_stretches_add_up_to_the_run() -> None:
    """Moving time, distance and ascent of an even climb are those of the whole run."""
    run = ts.analyze(
        make_activity(duration=1800, speed=2.0, elevation=np.array([0, 360.0]))
    )
    table = run.stretches
    assert list(table.columns) == list(schema.STRETCHES.names)
    assert len(table) == 1800 / STRETCH
    assert table["duration"].sum() == pytest.approx(run.totals.moving_time)
    assert table["distance"].sum() == pytest.approx(run.totals.distance)
    assert table["ascent"].sum() == pytest.approx(run.totals.ascent, abs=0.1)
    np.testing.assert_allclose(table["speed"], 2.0, rtol=1e-3)
    np.testing.assert_allclose(table["grade"], 0.10, atol=2e-3)
    # What comes before is what the earlier stretches hold.
    before = table["ascent"].cumsum() - table["ascent"]
    np.testing.assert_allclose(table["ascent_before"], before, atol=0.2)


def test_the_heart_rate_is_taken_later() -> None:
    """A heart rate that rises by one beat in 20 s is 1.5 beats higher after the lag."""
    seconds = np.arange(1801.0)
    run = ts.analyze(make_activity(heart_rate=100.0 + seconds / 20.0))
    middle = run.stretches["start_offset"] + STRETCH / 2
    late = 100.0 + (middle + LAG) / 20.0
    np.testing.assert_allclose(
        run.stretches["heart_rate"][:-2], late[:-2], atol=0.2
    )


def test_without_a_distance_there_is_none() -> None:
    """A recording without positions or on no feet gives an empty table."""
    ride = ts.analyze(make_activity(sport="cycling"))
    assert ride.stretches.empty


def test_they_come_back_from_the_document_and_may_be_absent() -> None:
    """The document brings them back; one of an earlier release, which has none, is read."""
    document = ts.analyze(make_activity()).to_dict()
    back = ts.Analysis.from_dict(document)
    assert len(back.stretches) == 40
    del document["stretches"]
    assert ts.Analysis.from_dict(document).stretches.empty
