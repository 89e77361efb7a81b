"""A lift is no climb, and a climb is no lift."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy

from builders import codes, make_activity, totals
from trailstats.cleaning import CleanRules, clean
from trailstats.geo import EARTH_RADIUS, step_lengths
from trailstats.io import read
from trailstats.model.activity import Activity
from trailstats.schema import is_on_foot


def lift(
    vertical: float, speed: float, *, sign: int = 1, **columns: object
) -> Activity:
    """Return ten minutes of running on the flat, five in a lift, and ten of running."""
    rate = np.where(
        (np.arange(1501) > 600) & (np.arange(1501) <= 900), speed, 3.0
    )
    height = 800.0 + sign * vertical * np.clip(np.arange(1501) - 600.0, 0, 300)
    return make_activity(speed=rate, duration=1500, elevation=height, **columns)


RIDING = (np.arange(1501) > 600) & (np.arange(1501) <= 900)


@pytest.mark.parametrize(
    "ride",
    [
        lift(1.6, 5.0),
        lift(0.55, 2.0, cadence=np.where(RIDING, 0.0, 170.0)),
        lift(
            0.55,
            2.0,
            heart_rate=np.where(RIDING, 100.0, 150.0) + np.arange(1501) % 3,
        ),
        lift(2.0, 5.0, sign=-1),
        lift(1.2, 4.0, sign=-1, cadence=np.where(RIDING, 0.0, 170.0)),
    ],
    ids=[
        "gondola",
        "chair, no steps",
        "chair, calm heart",
        "down",
        "down, no steps",
    ],
)
def test_a_lift_is_no_climb(ride: Activity) -> None:
    """Five minutes in a lift are neither ascent nor descent, neither distance nor moving time; the
    places stay.
    """
    cleaned = clean(ride)
    assert "carried" in codes(cleaned)
    distance, time = totals(ride)
    assert distance == pytest.approx(3600, rel=0.02)
    assert time == pytest.approx(1200, abs=30)
    track = cleaned.track
    height = ride.records["elevation"]
    assert track["ascent"].iloc[-1] <= 0.03 * abs(
        height.iloc[-1] - height.iloc[0]
    )
    assert track["descent"].iloc[-1] <= 0.03 * abs(
        height.iloc[-1] - height.iloc[0]
    )
    assert track["grade"].abs().max() < 0.2
    assert track["elevation"].iloc[[0, -1]].to_numpy() == pytest.approx(
        height.iloc[[0, -1]].to_numpy(), abs=1
    )


@pytest.mark.parametrize(
    "climb",
    [
        lift(0.5, 1.0),
        lift(
            0.5,
            1.0,
            cadence=np.full(1501, 120.0),
            heart_rate=np.where(RIDING, 175.0, 150.0) + np.arange(1501) % 3,
        ),
        lift(
            0.35,
            0.8,
            cadence=np.where(RIDING, 0.0, 170.0),
            heart_rate=np.where(RIDING, 175.0, 150.0) + np.arange(1501) % 3,
        ),
        lift(1.2, 3.5, sign=-1),
    ],
    ids=["race pace", "hiked", "hands on poles", "fast descent"],
)
def test_a_steep_climb_is_no_lift(climb: Activity) -> None:
    """Climbing at the pace of a mountain race, without steps for the hands on the poles, and a fast
    descent are run.
    """
    cleaned = clean(climb)
    assert "carried" not in codes(cleaned)
    height = climb.records["elevation"]
    change = abs(height.iloc[-1] - height.iloc[0])
    assert cleaned.track["ascent"].iloc[-1] + cleaned.track["descent"].iloc[
        -1
    ] == pytest.approx(change, rel=0.03)


def drift(
    rng: np.random.Generator, count: int, size: float, time: float
) -> np.ndarray:
    """Return an error that wanders by ``size`` over ``time``."""
    keep = np.exp(-1 / time)
    steps = rng.normal(0, size * np.sqrt(1 - keep**2), count)
    return scipy.signal.lfilter([1.0], [1.0, -keep], steps)


def noisy_ride(
    along: float,
    up: float,
    minutes: float,
    *,
    heart: float = np.nan,
    cadence: float = np.nan,
    bends: float = 0.0,
    seed: int = 0,
) -> Activity:
    """Return twenty minutes of running, a stretch with its own speed, heart rate and steps, and
    twenty of running.

    Errors are those of a watch: 1.5 m of position over 20 s, half a metre of height over minutes.
    The heart takes a minute to come to rest.
    """
    rng = np.random.default_rng(seed)
    length = int(60 * minutes)
    t = np.arange(2400 + length + 1)
    on = (t > 1200) & (t <= 1200 + length)
    height = 800 + np.cumsum(np.where(on, up, 0.0)) + drift(rng, len(t), 0.5, 300)
    since = np.clip(t - 1200, 0, length)
    beat = np.where(
        on, heart + (150 - heart) * np.exp(-since / 60), 150.0
    ) + rng.normal(0, 1.5, len(t))
    steps = (
        np.where(on, cadence, 170.0)
        if np.isfinite(cadence)
        else np.full(len(t), np.nan)
    )
    run = make_activity(
        speed=np.where(on, along, 3.0),
        duration=len(t) - 1,
        heart_rate=np.round(beat)
        if np.isfinite(heart)
        else np.full(len(t), np.nan),
        cadence=steps,
        elevation=height,
    )
    north, east = (
        drift(rng, len(t), 1.5, 20),
        drift(rng, len(t), 1.5, 20) + bends * np.sin(np.cumsum(on) / 20),
    )
    place = {
        "latitude": run.records["latitude"] + np.degrees(north / EARTH_RADIUS),
        "longitude": run.records["longitude"]
        + np.degrees(east / EARTH_RADIUS) / np.cos(np.radians(47.0)),
    }
    return replace(run, records=run.records.assign(**place))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "ride",
    [
        {"along": 1.29, "up": 0.77, "minutes": 8},
        {"along": 1.1, "up": 1.66, "minutes": 4},
        {"along": 2.0, "up": 0.64, "minutes": 12},
        {"along": 1.15, "up": 0.34, "minutes": 8, "heart": 95.0},
        {"along": 1.8, "up": 0.21, "minutes": 5, "heart": 95.0},
        {"along": 1.15, "up": 0.34, "minutes": 8, "heart": 95.0, "cadence": 0.0},
        {"along": 1.0, "up": 0.5, "minutes": 8, "cadence": 0.0},
    ],
    ids=[
        "steep old chair", "cable up a cliff", "beyond the record", "slow chair, calm "
                                                                    "heart", "drag lift, calm "
                                                                             "heart",
        "slow chair, no steps", "steep slow chair, no steps",
    ],
)  # fmt: skip
def test_a_slow_lift_is_no_climb(ride: dict[str, float], seed: int) -> None:
    """At most a quarter of what a slow lift climbs counts, and the running before and after it
    stays.
    """
    run = noisy_ride(**ride, seed=seed)
    cleaned = clean(run)
    assert "carried" in codes(cleaned)
    assert (
        cleaned.track["ascent"].iloc[-1]
        < 0.25 * ride["up"] * ride["minutes"] * 60
    )
    distance, time = totals(run)
    carried = 60 * ride["minutes"]
    assert 7200 - 60 <= distance <= 7200 + 0.25 * carried * ride["along"] + 60
    assert time >= 2400 - 30


@pytest.mark.parametrize("climb", [0.1, 0.3, 0.36])
def test_the_way_up_to_a_slow_lift_is_no_part_of_it(climb: float) -> None:
    """Run up steadily, and on in a lift that climbs twice as fast, without a pause between."""
    count = np.arange(1621)
    riding = (count > 450) & (count <= 1170)
    rate = np.where(riding, 0.6, np.where(count <= 450, climb, 0.0))
    run = make_activity(
        speed=np.where(riding, 1.2, 3.0),
        duration=1620,
        elevation=500.0 + np.cumsum(rate) - rate[0],
    )
    cleaned = clean(run)
    assert "carried" in codes(cleaned)
    # The edge is known to about the time over which a rate of climb is taken, 20 s.
    assert cleaned.track["ascent"].iloc[-1] == pytest.approx(
        450 * climb, abs=20 * climb
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "hike",
    [
        {"along": 1.0, "up": 0.3, "minutes": 20, "heart": 130.0},
        {"along": 1.0, "up": 0.3, "minutes": 20, "heart": 125.0, "cadence": 0.0},
        {"along": 0.7, "up": 0.4, "minutes": 20, "cadence": 0.0},
        {"along": 1.0, "up": 0.4, "minutes": 30},
        {"along": 1.8, "up": 0.57, "minutes": 29},
        {"along": 1.2, "up": 0.16, "minutes": 10, "heart": 95.0, "cadence": 100.0},
        {"along": 1.0, "up": 0.16, "minutes": 10, "heart": 100.0, "bends": 30.0},
    ],
    ids=[
        "hike", "poles", "poles, no heart", "neither", "record of a kilometre straight "
                                                       "up", "stroll with steps",
        "stroll on hairpins",
    ],
)  # fmt: skip
def test_a_straight_steady_hike_is_no_lift(
    hike: dict[str, float], seed: int
) -> None:
    """A climb in a straight line at an even pace is work, with lost steps or none, as long as the
    heart says so.
    """
    run = noisy_ride(**hike, seed=seed)
    cleaned = clean(run)
    assert "carried" not in codes(cleaned)
    assert cleaned.track["ascent"].iloc[-1] == pytest.approx(
        hike["up"] * hike["minutes"] * 60, rel=0.06, abs=6
    )


def test_a_barometer_that_drifts_at_rest_is_no_lift() -> None:
    """Standing without a step and with a quiet heart while the pressure falls is a stop, not a
    ride.
    """
    assert "carried" not in codes(
        clean(noisy_ride(0.0, 0.2, 5, heart=90.0, cadence=0.0))
    )


def test_a_change_of_elevation_across_a_pause_is_no_lift() -> None:
    """A steep climb on foot with a minute's pause in it, over which the barometer moved 30 m: the
    jump took no timer time, and the climb round it is run.
    """
    later = np.arange(1501) > 750
    height = 500.0 + 0.5 * np.arange(1501) + np.where(later, 30.0, 0.0)
    run = make_activity(duration=1500, speed=2.9, elevation=height)
    index = run.records.index.where(
        ~later, run.records.index + pd.Timedelta("1min")
    )
    records = run.records.set_axis(
        pd.DatetimeIndex(index, name="time").as_unit("ns")
    )
    stop = pd.DataFrame({"start_time": [index[750]], "end_time": [index[751]]})
    paused = replace(
        run, records=records, pauses=stop.astype("datetime64[ns, UTC]")
    )
    cleaned = clean(paused)
    assert "carried" not in codes(cleaned)
    assert cleaned.track["ascent"].iloc[-1] == pytest.approx(750.0, rel=0.02)


def test_a_lift_by_other_limits() -> None:
    """Whoever climbs with a quieter heart than others sets the limit."""
    run = noisy_ride(1.15, 0.34, 8, heart=95.0)
    assert "carried" not in codes(
        clean(run, cleaning=CleanRules(carried_rest=0.5))
    )


@pytest.mark.corpus
def test_no_recorded_hike_or_trail_run_is_taken_for_a_lift(corpus: Path) -> None:
    """In recordings on foot nothing is called a lift that is nowhere faster than 4 m/s; what is
    found was looked at, and was a ride: at 5 to 16 m/s, or with stops in a town, without steps and
    with a calm heart.
    """
    index = pd.read_csv(corpus / "index.csv")
    index = index[
        index["label"].isin(["trail", "hike", "walk"]) & (index["has_gps"] == 1)
    ]
    rides = 0
    for name in sorted(index["file"]):
        run = clean(read(corpus / name))
        if not is_on_foot(
            run.meta.sport, run.meta.sub_sport
        ) or "carried" not in codes(run):
            continue
        rides += 1
        where = next(i.where for i in run.issues if i.code == "carried")
        start, _, end = where.partition(" to ")
        ridden = run.records[start:end]
        along = np.cumsum(step_lengths(ridden["latitude"], ridden["longitude"]))
        at = (ridden.index - ridden.index[0]).total_seconds().to_numpy()
        later = np.interp(at + 20.0, at, along)
        assert ((later - along) / 20.0).max() > 4.0, name
    assert len(index) > 100
    assert rides <= 11
