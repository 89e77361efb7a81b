"""Known runs have the numbers that follow from how they were made."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from builders import beating, make_activity
from trailstats import schema
from trailstats.analysis import analyze, judge
from trailstats.analysis._samples import Samples
from trailstats.analysis._sums import GroundOfSamples, impact_on_grounds
from trailstats.cleaning import clean
from trailstats.metrics import effort, impact
from trailstats.model.athlete import Athlete
from trailstats.model.limits import resolve_limits
from trailstats.model.results import Analysis, HeartRateTimes, Metric
from trailstats.terrain.segments import cut_segments

ATHLETE = Athlete(heart_rate_max=190, heart_rate_rest=50, mass=70)


def run(**columns: object) -> Analysis:
    rates = beating(150.0)
    return analyze(
        make_activity(
            elevation=np.linspace(0, 60, 50), heart_rate=rates, **columns
        ),
        athlete=ATHLETE,
    )


def test_a_missing_metric_says_why() -> None:
    """Without elevation the grade-adjusted speed is NaN with a reason, and null in JSON."""
    metric = analyze(make_activity(), athlete=ATHLETE).metrics[
        "grade_adjusted_speed"
    ]
    assert not metric
    assert metric.reason == "no elevation recorded, or none that can be believed"
    assert metric.to_dict()["value"] is None
    assert Metric(0.0, "1")


def test_known_numbers_of_a_known_run() -> None:
    """5.4 km in half an hour with 60 m of climbing: length, time, ascent and beats are those."""
    found = run()
    assert found.totals.distance == pytest.approx(5400, rel=1e-3)
    assert found.totals.moving_time == pytest.approx(1800)
    assert found.totals.ascent == pytest.approx(60, rel=0.02)
    assert found.totals.mean_heart_rate == pytest.approx(150)
    assert found.heart_rate_times.moving[150] == pytest.approx(1800)
    assert found.heart_rate_times.settled[150] == pytest.approx(1200)
    # Banister with the mean of both sexes' curves, scaled to 100 for an hour at 87 % of the
    # maximum.
    x, threshold = 100 / 140, (0.87 * 190 - 50) / 140
    weight = [
        0.5 * (0.64 * f * np.exp(1.92 * f) + 0.86 * f * np.exp(1.67 * f))
        for f in (x, threshold)
    ]
    assert found.metrics["session_load"].value == pytest.approx(
        100 * 30 * weight[0] / (60 * weight[1])
    )
    assert found.metrics["time_zone_1"].value == pytest.approx(1800)


def test_loads_by_surface_are_those_of_their_samples() -> None:
    """On a road that turns to trail and back, each surface has the load that the formula gives for
    its own samples.
    """
    hills = 500.0 + 20.0 * np.sin(np.linspace(0.0, 30.0, 1801))
    level = np.linspace(2.0, 4.0, 1801)
    speed = level / effort.effort_factor(np.gradient(hills) / level)
    activity = clean(make_activity(speed=speed, elevation=hills))
    cut = cut_segments(activity)
    kinds = np.array(["road", "trail", "unknown"])[np.arange(len(cut)) // 3 % 3]
    columns = {str(name): values for name, values in cut.items()}
    segments = schema.SEGMENTS.columns_of(columns | {"surface": kinds})
    samples = Samples.of(activity)
    owner = np.searchsorted(segments["end_distance"][:-1], samples.distance)
    group = np.array(
        [["road", "trail", "unknown"].index(kind) for kind in kinds]
    )[owner]
    ground = GroundOfSamples.of(samples, segments)
    table = impact_on_grounds(samples, ground).to_frame()
    assert len(set(kinds)) == 3
    for exponent in impact.EXPONENTS:
        rows = (
            table[table["exponent"] == exponent]
            .set_index("surface")
            .loc[["road", "trail", "unknown"]]
        )
        for k, surface in enumerate(rows.index):
            own = group == k
            load = impact.impact_load(
                samples.speed[own],
                samples.grade[own],
                samples.cadence[own],
                samples.time[own],
                exponent=exponent,
            )
            row = rows.loc[surface]
            assert row["active"] == pytest.approx(load.active)
            assert row["impact"] == pytest.approx(load.impact)
            assert row["tibial"] + row["tibial_steep"] == pytest.approx(
                load.tibial
            )
    assert rows["moving_time"].to_numpy() == pytest.approx(
        [samples.time[group == k].sum() for k in range(3)]
    )


def test_steps_without_a_cadence_follow_the_athlete() -> None:
    """Half an hour at 3 m/s is 30 times the stated cadence; its loads, too, are in proportion, and
    say so.
    """
    known = replace(ATHLETE, cadence_at_3=176.0)
    own, population = (
        analyze(make_activity(elevation=np.zeros(20)), athlete=a).metrics
        for a in (known, ATHLETE)
    )
    assert own["steps"].value == pytest.approx(30 * 176.0, rel=2e-3)
    assert population["steps"].value == pytest.approx(30 * 168.056, rel=2e-3)
    assert (own["steps"].method, population["steps"].method) == (
        "modelled, this athlete",
        "modelled, population",
    )
    assert own["steps"].low == pytest.approx(0.95 * own["steps"].value)
    assert population["steps"].high == pytest.approx(
        1.10 * population["steps"].value
    )
    ratio = own["steps"].value / population["steps"].value
    for name in (
        "active_load",
        "impact_load",
        "tibial_load",
        "impact_load_per_km",
    ):
        assert own[name].value == pytest.approx(ratio * population[name].value)
        assert "steps modelled, this athlete" in own[name].method
    assert own["flight_time"].value == pytest.approx(
        60 / 176.0 - own["contact_time"].value, rel=1e-3
    )
    counted = analyze(
        make_activity(elevation=np.zeros(20), cadence=np.full(1801, 160.0)),
        athlete=known,
    ).metrics
    assert counted["steps"].value == pytest.approx(30 * 160.0, rel=2e-3)
    assert counted["steps"].method == "measured"


def test_time_in_the_zones_of_a_stated_threshold_and_reserve() -> None:
    """At a threshold of 160 the published shares part at 136, 144, 152, 160, 165 and 170; at 50 to
    190 by fourteens.
    """
    moving = np.zeros(256)
    moving[[135, 136, 144, 152, 159, 160, 164, 165, 169, 170]] = 2.0 ** np.arange(
        10
    )
    held = replace(run(), heart_rate_times=HeartRateTimes(moving=moving))
    athlete = Athlete(
        heart_rate_max=190.0, heart_rate_rest=50.0, threshold_heart_rate=160.0
    )
    found = judge(held, resolve_limits(athlete), athlete).metrics
    zones = [
        found[f"time_lthr_zone_{zone}"].value
        for zone in ("1", "2", "3", "4", "5a", "5b", "5c")
    ]
    assert zones == [1.0, 2.0, 4.0, 8.0 + 16.0, 32.0 + 64.0, 128.0 + 256.0, 512.0]
    assert [found[f"time_hrr_zone_{k}"].value for k in range(6)] == [
        0.0,
        0.0,
        7.0,
        8.0 + 16.0 + 32.0,
        960.0,
        0.0,
    ]
    assert "160" in found["time_lthr_zone_1"].method
    bare = judge(
        held,
        resolve_limits(Athlete(heart_rate_max=190.0)),
        Athlete(heart_rate_max=190.0),
    ).metrics
    assert "resting" in bare["time_hrr_zone_5"].reason, (
        "a rest that is assumed parts no zones"
    )
    assert "threshold" in bare["time_lthr_zone_1"].reason
    without = judge(
        replace(held, heart_rate_times=HeartRateTimes()),
        resolve_limits(athlete),
        athlete,
    ).metrics
    assert (
        without["time_hrr_zone_0"].reason
        == without["time_lthr_zone_5c"].reason
        == "no heart rate recorded"
    )


def test_level_running_at_the_reference_speed_is_its_kilometres() -> None:
    """1 km level at 3.0 m/s without a cadence is 1 equivalent kilometre in each component, at each
    exponent.
    """
    found = analyze(
        make_activity(speed=3.0, elevation=np.zeros(20)), athlete=ATHLETE
    )
    rows = found.impact.groupby("exponent").sum(numeric_only=True)
    kilometres = found.totals.distance / 1000
    for name in ("active", "impact", "impact_low", "impact_high"):
        assert rows[name].to_numpy() == pytest.approx(kilometres, rel=2e-3)
    assert (rows["tibial"] + rows["tibial_steep"]).to_numpy() == pytest.approx(
        kilometres, rel=2e-3
    )


def test_the_profile_is_thin_and_spans_the_run() -> None:
    """At most a few hundred points, from start to end, each in a segment."""
    found = run()
    schema.PROFILE.validate(found.profile)
    assert 100 < len(found.profile) <= 240
    assert found.profile["distance"].iloc[-1] == pytest.approx(
        found.totals.distance
    )
    assert set(found.profile["segment"]) <= set(found.segments["index"])


@pytest.mark.parametrize("jump", [120.0, 300.0])
def test_no_record_comes_from_what_a_device_makes_up_for(jump: float) -> None:
    """At an even 3 m/s, with a step of 120 or 300 m in which a device caught up: the way counts,
    the fastest 400 m take as long as the others.
    """
    speed = np.full(1801, 3.0)
    speed[40] = jump
    run = analyze(make_activity(speed=speed, device_distance=True))
    assert run.totals.distance == pytest.approx(5400.0 + jump - 3.0, rel=0.01)
    for basis in ("distance", "time"):
        efforts = run.efforts[run.efforts["basis"] == basis]
        fastest = efforts["distance"] / efforts["duration"]
        short = efforts["distance"] <= 1000.0
        assert short.sum() > 1
        assert fastest[short].max() == pytest.approx(3.0, rel=0.01)
