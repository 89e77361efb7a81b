"""What must hold for every run, whatever it looked like: properties of whole analyses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import make_activity
from trailstats.analysis import analyze
from trailstats.metrics import effort, performance
from trailstats.model.athlete import Athlete

ATHLETE = Athlete(
    mass=70.0,
    height=1.78,
    heart_rate_max=190.0,
    heart_rate_rest=50.0,
    easy_ceiling=150.0,
    threshold_speed=4.0,
)
SPEEDS = st.floats(2.2, 4.5)
ADDS = (
    "active_load",
    "impact_load",
    "tibial_load",
    "energy",
    "steps",
    "climb_dose",
    "descent_dose",
)
ALIKE = (
    *ADDS,
    "grade_adjusted_speed",
    "session_load",
    "banister_load",
    "edwards_load",
    "efficiency_factor",
    "vdot",
)
FEW = settings(max_examples=6)


def hilly(speed, height, *, step=1.0, duration=1800):
    """Return a run over hills at a pace that follows them, with a heart rate of its own."""
    n = int(duration / step) + 1
    turn = np.linspace(0.0, 4.0 * np.pi, n)
    hills = height * np.sin(np.linspace(0.0, 4.0 * np.pi, 60)) ** 2
    steep = height * np.sin(2.0 * turn) * 4.0 * np.pi / (speed * duration)
    speed = speed * np.exp(-2.5 * steep)
    rate = 140.0 + 15.0 * np.sin(np.linspace(0.0, 12.0, n))
    return make_activity(
        speed=speed,
        elevation=hills,
        step=step,
        duration=duration,
        heart_rate=rate,
    )


@FEW
@given(
    speed=SPEEDS,
    height=st.floats(0.0, 60.0),
    step=st.sampled_from([2.0, 3.0, 5.0]),
)
def test_metrics_do_not_depend_on_the_sampling_rate(speed, height, step):
    """The same run recorded less often gives the same numbers within two percent."""
    fine = analyze(hilly(speed, height), athlete=ATHLETE).metrics
    coarse = analyze(hilly(speed, height, step=step), athlete=ATHLETE).metrics
    for name in ALIKE:
        assert coarse[name].value == pytest.approx(
            fine[name].value, rel=0.02, abs=0.5
        ), name


@FEW
@given(speed=SPEEDS)
def test_level_running_is_its_own_effort(speed):
    """On the level the grade-adjusted speed is the speed, by every model, and the best efforts
    agree.
    """
    run = analyze(
        make_activity(speed=speed, elevation=np.zeros(10)), athlete=ATHLETE
    )
    for name in (
        "grade_adjusted_speed",
        "grade_adjusted_speed_cost",
        "grade_adjusted_speed_heart_rate",
    ):
        assert run.metrics[name].value == pytest.approx(
            run.totals.mean_speed, rel=1e-6
        )
    table = run.efforts.set_index(["basis", "ground"])
    actual, level = (
        table.xs(ground, level="ground")["duration"]
        for ground in ("actual", "level")
    )
    assert level.to_numpy() == pytest.approx(actual.to_numpy(), rel=5e-3)


@FEW
@given(speed=SPEEDS, height=st.floats(0.0, 60.0), cut=st.integers(500, 1300))
def test_the_parts_of_a_run_add_up(speed, height, cut):
    """A run cut in two has the distance, time, work and load of the whole within two percent."""
    whole = hilly(speed, height)
    parts = [
        replace(whole, records=whole.records.iloc[: cut + 1]),
        replace(whole, records=whole.records.iloc[cut:]),
    ]
    one, (first, second) = (
        analyze(whole, athlete=ATHLETE),
        (analyze(part, athlete=ATHLETE) for part in parts),
    )
    assert first.totals.distance + second.totals.distance == pytest.approx(
        one.totals.distance, rel=5e-3
    )
    assert first.totals.moving_time + second.totals.moving_time == pytest.approx(
        one.totals.moving_time, abs=2.0
    )
    for name in ADDS:
        total = first.metrics[name].value + second.metrics[name].value
        # A rise that the cut leaves below the threshold of ascent, 3 m, is lost: 30 J/kg of climb.
        assert total == pytest.approx(
            one.metrics[name].value, rel=0.02, abs=30.0
        ), name


@FEW
@given(rate=st.integers(90, 170), more=st.integers(3, 15))
def test_a_harder_run_is_more_load(rate, more):
    """At a higher heart rate every load is at least as high, and no run is easier for it."""

    def at(beats):
        rate = beats + 0.4 * (-1.0) ** np.arange(1801)
        return analyze(
            make_activity(elevation=np.zeros(5), heart_rate=rate), athlete=ATHLETE
        )

    low, high = at(rate).metrics, at(rate + more).metrics
    for name in (
        "session_load",
        "banister_load",
        "edwards_load",
        "lucia_load",
        "easy_overshoot",
    ):
        assert high[name].value >= low[name].value - 1e-9, name
    assert high["session_load"].value > low["session_load"].value
    assert high["easy_discipline"].value <= low["easy_discipline"].value


@given(distance=st.floats(1500.0, 42195.0), pace=st.floats(170.0, 420.0))
def test_units_survive_the_way_there_and_back(distance, pace):
    """Pace to speed and back, a race to its uptake and back, and a time through Riegel's law and
    back.
    """
    speed = 1000.0 / pace
    assert 1000.0 / speed == pytest.approx(pace)
    duration = distance / speed
    uptake = float(performance.vdot(distance, duration))
    assert performance.equivalent_time(uptake, distance) == pytest.approx(
        duration, rel=1e-6
    )
    there = performance.riegel_time(duration, distance, 10000.0)
    assert float(
        performance.riegel_time(there, 10000.0, distance)
    ) == pytest.approx(duration)


@given(grade=st.floats(-0.25, 0.30), speed=SPEEDS)
def test_adjusting_back_gives_the_speed(grade, speed):
    """A level speed of equal effort, divided by the factor, is the speed on the slope."""
    level = effort.grade_adjusted_speed(speed, grade)
    assert float(level / effort.race_factor(grade)) == pytest.approx(speed)
