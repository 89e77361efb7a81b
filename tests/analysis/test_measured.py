"""Every metric of an activity carries what is needed to judge it, and runs of known truth give the
known numbers.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from builders import make_activity
from trailstats.analysis import analyze
from trailstats.model.athlete import Athlete
from trailstats.schema import METRICS, EvidenceStrength

ATHLETE = Athlete(
    mass=70.0,
    height=1.78,
    heart_rate_max=190.0,
    heart_rate_rest=50.0,
    easy_ceiling=150.0,
    threshold_speed=4.0,
)
FLAT = np.zeros(10)
SAMPLES = (
    "archive/2024-02-06-1816.fit",
    "archive/2024-02-25-0814.fit",
    "odd/treadmill.fit",
    "odd/no-elevation.gpx",
    "odd/truncated.fit",
    "odd/multisport.fit",
)


def measured(**columns):
    """Return the metrics of a level run of half an hour at 3 m/s."""
    return analyze(
        make_activity(elevation=FLAT, **columns), athlete=ATHLETE
    ).metrics


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(
    "athlete", [ATHLETE, Athlete()], ids=["known", "unknown"]
)
def test_every_metric_can_be_judged(name, athlete, samples):
    """Each key of the catalogue is there, with its unit, and says either how it was found or why it
    was not.
    """
    found = analyze(samples / name, athlete=athlete).metrics
    assert set(found) == set(METRICS)
    for key, metric in found.items():
        entry = METRICS[key]
        assert metric.unit == entry.unit, key
        by_model = metric.evidence is EvidenceStrength.WEAK and (
            "duration" in metric.method or "alone" in metric.method
        )
        assert metric.evidence is entry.evidence or by_model, key
        assert bool(metric) == bool(metric.method), key
        assert bool(metric) != bool(metric.reason), key
        assert not metric.low > metric.value + 1e-9, key
        assert not metric.high < metric.value - 1e-9, key
        assert (
            np.isnan(metric.coverage) or 0.0 <= metric.coverage <= 1.0 + 1e-9
        ), key
        assert np.isnan(metric.low) == np.isnan(metric.high), key


def test_a_level_run_at_the_reference_speed():
    """A level run at 3.0 m/s takes the published steps and forces, and one level-road kilometre per
    kilometre.
    """
    found = measured()
    assert found["steps_per_km"].value == pytest.approx(933.64, abs=0.5)
    assert found["contact_time"].value == pytest.approx(0.2629, abs=5e-4)
    assert found["peak_force"].value == pytest.approx(2.133, abs=0.002)
    for part in ("active", "impact", "tibial"):
        assert found[f"{part}_load_per_km"].value == pytest.approx(1.0, abs=0.003)
        assert found[f"{part}_load_per_minute"].value == pytest.approx(
            0.18, abs=0.001
        )
    for name in (
        "grade_adjusted_speed",
        "grade_adjusted_speed_cost",
        "grade_adjusted_speed_heart_rate",
    ):
        assert found[name].value == pytest.approx(3.0, abs=0.005)
    # 5.4 km on the level are 5.4 km of effort.
    assert found["km_effort"].value == pytest.approx(5.4, rel=2e-3)
    assert found["km_effort_speed"].value == pytest.approx(3.0, abs=0.006)
    assert found["variability_index"].value == pytest.approx(1.0, abs=0.005)
    # Level power at 3.0 m/s: 4.43 + 1.51 * 3 + 0.37 * 9 W/kg [Looney2023].
    assert found["energy"].value == pytest.approx(12.29 * 70.0 * 1800.0, rel=0.01)
    assert found["energy"].low < found["energy"].value < found["energy"].high


def test_load_per_session_load():
    """Half an hour at threshold speed is 50 of load, so 100 of it is twice the load of the
    steps.
    """
    run = analyze(make_activity(elevation=FLAT, speed=4.0), athlete=ATHLETE)
    load, steps = run.metrics["session_load"], run.metrics["impact_load"]
    assert load.value == pytest.approx(50.0, rel=0.01)
    assert run.metrics["pace_load"].value == pytest.approx(load.value)
    assert run.metrics["impact_load_per_session"].value == pytest.approx(
        100.0 * steps.value / load.value
    )


def test_best_efforts_of_a_run_with_a_fast_part():
    """Five fast minutes within a slow half hour are its best effort over a time and over lengths
    inside them.
    """
    speed = np.full(1801, 2.5)
    speed[601:901] = 4.0
    run = analyze(make_activity(elevation=FLAT, speed=speed), athlete=ATHLETE)
    table = run.efforts.set_index(["ground", "basis"])
    for ground in ("actual", "level"):
        by_time = table.loc[(ground, "time")].set_index("duration")["distance"]
        assert by_time[300.0] == pytest.approx(1200.0, abs=10.0)
        assert by_time[1800.0] == pytest.approx(1200.0 + 1500.0 * 2.5, abs=20.0)
        by_distance = table.loc[(ground, "distance")].set_index("distance")[
            "duration"
        ]
        assert by_distance[1000.0] == pytest.approx(250.0, abs=2.0)
        assert 5000.0 not in by_distance
    # 1000 m in 250 s by the equations of [DanielsGilbert1979]: 45.13 over a fraction of 1.1133.
    assert run.metrics["vdot"].value == pytest.approx(40.54, abs=0.3)


def test_speed_at_a_heart_rate():
    """Where speed follows heart rate by a line, the line is read at the easy ceiling."""
    rates = np.repeat(np.linspace(130.0, 170.0, 41), 60)[:2401]
    rates = np.append(rates, [170.0] * (2401 - len(rates)))
    speed = 3.0 + 0.02 * (rates - 150.0)
    run = analyze(
        make_activity(
            elevation=FLAT, speed=speed, duration=2400, heart_rate=rates
        ),
        athlete=ATHLETE,
    )
    found = run.metrics["speed_at_heart_rate"]
    assert found.value == pytest.approx(3.0, abs=0.01)
    assert found.low <= found.value <= found.high
    assert "150 beats" in found.method


def test_what_a_footpod_recorded_is_kept():
    """A pod's own fields come out as recorded, in SI units, and zeros before it has found its pace
    are left out.
    """
    activity = make_activity(elevation=FLAT)
    n = len(activity.records)
    values = {
        "dev_Impact Loading Rate": 60.0,
        "dev_Leg Spring Stiffness": 9.5,
        "dev_Form Power": 70.0,
    }
    extras = pd.DataFrame(
        {k: np.full(n, v) for k, v in values.items()},
        index=activity.records.index,
    )
    extras.iloc[:100] = 0.0
    found = analyze(replace(activity, extras=extras), athlete=ATHLETE).metrics
    assert found["impact_loading_rate_recorded"].value == pytest.approx(60.0)
    assert found["leg_stiffness_recorded"].value == pytest.approx(9500.0)
    assert found["form_power_recorded"].value == pytest.approx(70.0)
    assert found["impact_loading_rate_recorded"].coverage == pytest.approx(
        17 / 18, abs=0.01
    )
    assert measured()["impact_loading_rate_recorded"].reason == "not recorded"


def test_recorded_contact_time_goes_before_the_model():
    """Where the device gives a contact time, that is used, with force and stiffness as published
    for it.
    """
    found = measured(
        stance_time=np.full(1801, 0.25),
        cadence=np.full(1801, 60.0 / 0.35),
        speed=3.33,
    )
    assert found["contact_time"].value == pytest.approx(0.25)
    assert "measured by the device" in found["contact_time"].method
    # A watch is off by 19 % in the mean.
    assert found["contact_time"].low == pytest.approx(0.25 * 0.81)
    level = 0.25 * (3.33 / 2.65) ** 0.45
    assert found["contact_level"].value == pytest.approx(level, rel=0.01)
    # Check values of [Morin2005] for 0.25 s of contact and 0.10 s of flight at 3.33 m/s, 70 kg and
    # 1.78 m.
    assert found["peak_force"].value == pytest.approx(2.1991, abs=1e-3)
    assert found["vertical_stiffness"].value == pytest.approx(25179.8, rel=1e-3)
    assert found["leg_stiffness"].value == pytest.approx(9632.8, rel=2e-3)


def test_balance_and_entropy():
    """Stance balance has its distance from even; a cadence of noise is irregular, a constant one
    has no entropy.
    """
    rng = np.random.default_rng(5)
    cadence = np.round(rng.normal(170.0, 3.0, 1801))
    found = measured(stance_time_balance=np.full(1801, 0.52), cadence=cadence)
    assert found["stance_imbalance"].value == pytest.approx(0.02)
    assert found["stance_imbalance_deviation"].value == pytest.approx(
        0.0, abs=1e-9
    )
    assert found["cadence_entropy"].value > 1.5
    assert found["cadence_cv"].value == pytest.approx(3.0 / 170.0, rel=0.1)
    assert not measured(cadence=np.full(1801, 170.0))["cadence_entropy"]


def test_variability_of_beats_counts_before_the_start_only():
    """Beats while standing before the start give a value at rest; beats while running alone give
    none.
    """
    rng = np.random.default_rng(3)
    speed = np.full(1801, 3.0)
    speed[:200] = 0.0
    activity = make_activity(elevation=FLAT, speed=speed)
    intervals = 0.9 + rng.normal(0.0, 0.03, 2000)
    times = activity.records.index[0] + pd.to_timedelta(
        np.floor(np.cumsum(intervals) - intervals), unit="s"
    )
    rr = pd.Series(intervals, index=pd.DatetimeIndex(times))[
        lambda s: s.index <= activity.records.index[-1]
    ]
    found = analyze(replace(activity, rr=rr), athlete=ATHLETE).metrics
    # Differences of independent beats have sqrt(2) times their deviation.
    assert found["rmssd_rest"].value == pytest.approx(
        0.03 * np.sqrt(2.0), rel=0.15
    )
    assert found["beat_artefacts"].value < 0.02
    running = rr[rr.index >= activity.records.index[300]]
    found = analyze(replace(activity, rr=running), athlete=ATHLETE).metrics
    assert "before the start" in found["rmssd_rest"].reason


def test_easy_running_is_judged_against_the_ceiling():
    """Twenty minutes at 140 and ten at 160 with a ceiling of 150: the first ten minutes are left
    out.
    """
    # A heart rate that never moves is taken for a frozen sensor.
    rates = np.where(np.arange(1801) < 1200, 140.0, 160.0) + 0.4 * (
        -1.0
    ) ** np.arange(1801)
    found = measured(heart_rate=rates)
    assert found["easy_discipline"].value == pytest.approx(0.5, abs=0.01)
    assert found["easy_overshoot"].value == pytest.approx(5.0, abs=0.1)
    assert found["heart_rate_stuck"].value == 0.0
    assert found["heart_rate_peak"].value == pytest.approx(160.0, abs=0.5)


def test_banisters_load_without_a_sex_lies_between_both():
    """Half an hour at 130 of 50 to 190: the published curves are the bounds."""
    found = measured(heart_rate=130.0 + 0.4 * (-1.0) ** np.arange(1801))[
        "banister_load"
    ]
    x = 80.0 / 140.0
    men, women = (
        30.0 * x * a * np.exp(b * x) for a, b in ((0.64, 1.92), (0.86, 1.67))
    )
    assert found.low == pytest.approx(men, rel=1e-3)
    assert found.high == pytest.approx(women, rel=1e-3)
    assert found.value == pytest.approx((men + women) / 2.0, rel=1e-3)


@pytest.mark.parametrize(("speed", "believed"), [(6.0, True), (7.0, False)])
def test_no_runner_takes_up_more_than_ninety(speed, believed):
    """A ride that names no sport is faster than anybody runs, and implies no race performance: at
    7 m/s the level cost alone is 90 ml/kg/min [DanielsGilbert1979].
    """
    run = make_activity(elevation=FLAT, speed=speed, sport="")
    vdot = analyze(run, athlete=ATHLETE).metrics["vdot"]
    assert bool(vdot) == believed
    assert believed or "faster than any runner" in vdot.reason


@pytest.mark.parametrize(("every", "read"), [(40, True), (10, False)])
def test_no_threshold_is_read_from_many_artefacts(every, read):
    """One beat in forty missed leaves a threshold to be read or to be missed for its own reasons;
    one in ten is too many: 6 % is the most [DfaArtefacts2022].
    """
    rng = np.random.default_rng(5)
    activity = make_activity(elevation=FLAT)
    intervals = 0.5 + rng.normal(0.0, 0.005, 3000)
    intervals[every::every] *= 2.0
    times = activity.records.index[0] + pd.to_timedelta(
        np.floor(np.cumsum(intervals) - intervals), unit="s"
    )
    rr = pd.Series(intervals, index=pd.DatetimeIndex(times))
    rr = rr[rr.index <= activity.records.index[-1]]
    found = analyze(replace(activity, rr=rr), athlete=ATHLETE).metrics
    assert (found["beat_artefacts"].value < 0.06) == read
    assert ("6 % is the most" in found["alpha1_threshold_1"].reason) != read


def test_speed_at_a_heart_rate_leaves_descents_out():
    """On a descent the heart rate is higher than its effort, here that of the level at the same
    speed: it must not bend the line, which is exact off descents.
    """
    seconds = np.arange(3601)
    down = seconds > 2700
    speed = np.where(down, 3.2, 2.6 + 0.1 * (seconds // 60 % 8))
    rate = 90.0 + 20.0 * speed + 0.4 * (-1.0) ** seconds
    elevation = np.where(down, 300.0 - 0.08 * 3.2 * (seconds - 2700), 300.0)
    run = make_activity(
        duration=3600, speed=speed, elevation=elevation, heart_rate=rate
    )
    found = analyze(run, athlete=Athlete(easy_ceiling=150.0)).metrics
    assert found["speed_at_heart_rate"].value == pytest.approx(3.0, abs=0.03)


def test_loads_over_nothing_are_unknown() -> None:
    """Without distance or moving time there is no load per kilometre or minute."""
    run = make_activity(duration=60)
    still = run.records.assign(latitude=47.0, cadence=170.0)
    found = analyze(replace(run, records=still)).metrics
    for name in ("impact_load_per_km", "impact_load_per_minute"):
        assert np.isnan(found[name].value)
