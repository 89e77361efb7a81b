"""What counts as on foot, as a run, as a walk and as indoors counts so everywhere."""

from __future__ import annotations

import numpy as np
import pytest

import trailstats as ts
from builders import make_activity
from trailstats import schema
from trailstats.cleaning import clean


def test_the_sets_lie_within_each_other() -> None:
    """Runs and walks are on foot and are not each other; a treadmill is indoors."""
    assert schema.RUNS | schema.WALKS < schema.ON_FOOT
    assert not schema.RUNS & schema.WALKS
    assert schema.TREADMILL < schema.INDOOR


@pytest.mark.parametrize(
    ("sport", "sub_sport", "on_foot", "ground"),
    [
        ("running", "", True, True),
        ("training", "", True, True),
        ("snowshoeing", "", True, True),
        ("running", "indoor", True, False),
        ("running", "virtual_activity", True, False),
        ("walking", "indoor_walking", True, False),
        ("fitness_equipment", "treadmill", True, False),
        ("fitness_equipment", "elliptical", False, False),
        ("cycling", "virtual_activity", False, False),
        ("cycling", "mountain", False, False),
    ],
)
def test_on_foot_and_outdoors(
    sport: str, sub_sport: str, on_foot: bool, ground: bool
) -> None:
    """A treadmill is on foot whatever the sport; nothing indoors or on wheels has a ground."""
    assert schema.is_on_foot(sport, sub_sport) == on_foot
    assert schema.has_ground(sport, sub_sport) == ground


@pytest.mark.parametrize("sport", ["snowshoeing", "training", "running"])
def test_the_limits_for_people_on_foot_hold(sport: str) -> None:
    """A receiver that jumps along at 15 m/s for a while rides a car, not a pair of snowshoes."""
    speed = np.where(np.arange(1801) // 300 == 3, 15.0, 2.0)
    on_foot = clean(make_activity(speed=speed, sport=sport))
    riding = clean(make_activity(speed=speed, sport="cycling"))
    assert on_foot.track is not None
    assert riding.track is not None
    length = float(on_foot.track["distance"].iloc[-1])
    assert length < float(riding.track["distance"].iloc[-1]) - 4000.0


@pytest.mark.parametrize("sub_sport", sorted(schema.INDOOR))
def test_indoors_has_no_ground(sub_sport: str) -> None:
    """Tables say of no activity indoors that it was on road or trail."""
    run = make_activity(sub_sport=sub_sport, device_distance=True)
    analysis = ts.analyze(run)
    assert set(analysis.segments["surface"]) <= {"unknown"}
    assert (
        np.isnan(analysis.totals.trail_share)
        or analysis.totals.trail_share == 0.0
    )
