"""FIT messages as an `Activity`: columns and units, sessions, developer fields, heart rates,
agreement with peers.
"""

from __future__ import annotations

import gzip
import io
import math
import struct
import warnings

import fitdecode
import numpy as np
import pandas as pd
import pytest
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.record_message import RecordMessage
from fitdecode.processors import DataProcessorBase
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trailstats as ts
from trailstats.errors import NotAnActivityError
from trailstats.io import fit
from trailstats.io._build import ParseOptions
from trailstats.schema import is_on_foot

START = 1_000_000_000
EPOCH = np.datetime64("1989-12-31", "ns")
MANY = 10**7


def parse(data, **options):
    return fit.parse(data, ParseOptions(max_records=MANY, **options))


def near(column, expected, tolerance):
    expected = np.array(
        [np.nan if v is None else v for v in expected], dtype=float
    )
    np.testing.assert_array_equal(np.isnan(column), np.isnan(expected))
    np.testing.assert_allclose(column, expected, atol=tolerance, rtol=0)


maybe = st.none()
sample = st.fixed_dictionaries(
    {
        "step": st.integers(0, 5),
        "lat": maybe | st.floats(-89.9, 89.9),
        "lon": maybe | st.floats(-179.9, 179.9),
        "altitude": maybe | st.floats(-450, 8800),
        "heart_rate": maybe | st.integers(1, 250),
        "cadence": maybe | st.integers(1, 100),
        "speed": maybe | st.floats(0, 60),
        "power": maybe | st.integers(0, 65000),
        "distance": maybe | st.floats(0, 4e7),
        "temperature": maybe | st.integers(-127, 126),
        "oscillation": maybe | st.floats(0, 6000),
        "stance": maybe | st.floats(0, 6000),
        "step_length": maybe | st.floats(0, 6000),
    }
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(sample, min_size=1, max_size=12))
def test_what_another_encoder_wrote_is_read_back(rows):
    """Records written by fit-tool come back in our units, within the resolution of the format."""
    builder = FitFileBuilder(auto_define=True)
    clock = 1_700_000_000
    times = []
    for row in rows:
        clock += row["step"]
        times.append(clock)
        message = RecordMessage()
        message.timestamp = clock * 1000
        for name, value in (
            ("position_lat", row["lat"]),
            ("position_long", row["lon"]),
            ("enhanced_altitude", row["altitude"]),
            ("heart_rate", row["heart_rate"]),
            ("cadence", row["cadence"]),
            ("enhanced_speed", row["speed"]),
            ("power", row["power"]),
            ("distance", row["distance"]),
            ("temperature", row["temperature"]),
            ("vertical_oscillation", row["oscillation"]),
            ("stance_time", row["stance"]),
            ("step_length", row["step_length"]),
        ):
            if value is not None:
                setattr(message, name, value)
        builder.add(message)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = builder.build().to_bytes()
    (parsed,) = parse(data)
    assert parsed.issues == []
    unix = (parsed.time - np.datetime64(0, "ns")) / np.timedelta64(1, "s")
    np.testing.assert_array_equal(unix, times)

    def column(name):
        return parsed.columns.get(name, np.full(len(rows), np.nan))

    near(column("latitude"), [r["lat"] for r in rows], 1e-7)
    near(column("longitude"), [r["lon"] for r in rows], 1e-7)
    near(column("elevation"), [r["altitude"] for r in rows], 0.2)
    near(column("speed"), [r["speed"] for r in rows], 1e-3)
    near(column("distance"), [r["distance"] for r in rows], 0.01)
    for name in ("heart_rate", "power", "temperature"):
        near(column(name), [r[name] for r in rows], 0)
    near(
        column("cadence"),
        [None if r["cadence"] is None else 2 * r["cadence"] for r in rows],
        0,
    )
    for name, key in (
        ("vertical_oscillation", "oscillation"),
        ("stance_time", "stance"),
        ("step_length",) * 2,
    ):
        near(
            column(name),
            [None if r[key] is None else r[key] / 1000 for r in rows],
            1e-4 + 1e-9,
        )


def test_units_and_scales(fit_writer):
    """Every native column comes in SI: values from the published scales, worked by hand."""
    w = fit_writer()
    w.define(0, 18, [(2, 4, 0x86), (253, 4, 0x86), (5, 1, 0), (6, 1, 0)]).add(
        0, START, START, 1, 3
    )
    numbers = (
        (253, 4, 0x86), (0, 4, 0x85), (2, 2, 0x84), (4, 1, 2), (53, 1, 2), (6, 2, 0x84), (39, 2,
        0x84), (41, 2, 0x84),
        (84, 2, 0x84), (85, 2, 0x84), (83, 2, 0x84), (1, 4, 0x85), (108, 2, 0x84),
    )  # fmt: skip
    w.define(1, 20, numbers)
    w.add(
        1,
        START,
        2**30,
        3000,
        85,
        64,
        3500,
        815,
        2460,
        4987,
        11520,
        708,
        -(2**29),
        1550,
    )
    p = parse(w.file())[0]
    expected = {
        "latitude": 90.0, "longitude": -45.0, "elevation": 100.0, "cadence": 171.0, "speed": 3.5,
        "vertical_oscillation": 0.0815, "stance_time": 0.246, "stance_time_balance": 0.4987,
        "step_length": 1.152,
        "vertical_ratio": 0.0708,
    }  # fmt: skip
    assert {k: v[0] for k, v in p.columns.items()} == pytest.approx(
        expected, rel=1e-12
    )
    assert p.extras["enhanced_respiration_rate"][0] == 15.5
    assert (p.meta.sport, p.meta.sub_sport) == ("running", "trail")


@pytest.mark.parametrize(
    ("sport", "sub_sport", "steps"),
    [
        (1, 0, 160.0),  # running
        (10, 0, 160.0),  # training
        (35, 0, 160.0),  # snowshoeing
        (11, 27, 160.0),  # walking, indoor walking
        (4, 1, 160.0),  # fitness equipment, treadmill
        (4, 15, 80.0),  # fitness equipment, elliptical
        (2, 0, 80.0),  # cycling
    ],
)
def test_cadence_on_foot_counts_both_feet(fit_writer, sport, sub_sport, steps):
    """FIT stores strides; on a bicycle and other machines the number is revolutions."""
    w = fit_writer()
    w.define(0, 18, [(2, 4, 0x86), (5, 1, 0), (6, 1, 0)])
    w.add(0, START, sport, sub_sport)
    w.define(1, 20, [(253, 4, 0x86), (4, 1, 2)]).add(1, START, 80)
    assert parse(w.file())[0].columns["cadence"].tolist() == [steps]


def test_enhanced_fields_come_first_row_by_row(fit_writer):
    """The base field fills exactly the rows in which the enhanced one is missing."""
    w = fit_writer().define(
        0,
        20,
        [
            (253, 4, 0x86),
            (2, 2, 0x84),
            (78, 4, 0x86),
            (6, 2, 0x84),
            (73, 4, 0x86),
        ],
    )
    w.add(0, START, 3000, 3005, 1000, 0xFFFFFFFF).add(
        0, START + 1, 3000, 0xFFFFFFFF, 0xFFFF, 2500
    )
    p = parse(w.file())[0]
    assert p.columns["elevation"].tolist() == [101.0, 100.0]
    assert p.columns["speed"].tolist() == [1.0, 2.5]


def test_packed_speed_and_distance(fit_writer):
    """Twelve bits of speed and twelve of distance, which counts on beyond 256 m and never erases
    the real one.
    """

    def pack(speed, ticks):
        value = int(speed * 100) | ticks % 4096 << 12
        return value.to_bytes(3, "little")

    w = fit_writer().define(0, 20, [(253, 4, 0x86), (8, 3, 0x0D), (5, 4, 0x86)])
    none = 0xFFFFFFFF
    w.add(0, START, pack(3.25, 1600), none).add(
        0, START + 1, pack(3.5, 3900), none
    )
    w.add(0, START + 2, pack(3.75, 4200), none).add(
        0, START + 3, b"\xff\xff\xff", 99_900
    )
    p = parse(w.file())[0]
    assert p.columns["speed"][:3].tolist() == [3.25, 3.5, 3.75]
    assert np.isnan(p.columns["speed"][3])
    assert p.columns["distance"].tolist() == [100.0, 243.75, 262.5, 999.0]


def describe(w, local, index, number, base, name, units="", native=None):
    """Add a field description, with its definition."""
    text, unit = name.encode() + b"\0", units.encode() + b"\0"
    fields = [
        (0, 1, 2),
        (1, 1, 2),
        (2, 1, 2),
        (3, len(text), 7),
        (8, len(unit), 7),
    ]
    values = [index, number, base, text, unit]
    if native is not None:
        fields += [(14, 2, 0x84), (15, 1, 2)]
        values += [20, native]
    return w.define(local, 206, fields).add(local, *values)


def test_developer_fields_keep_their_names_and_never_replace_a_column(fit_writer):
    """A developer field called like a native one stands beside it, in its own units."""
    w = describe(fit_writer(), 1, 0, 0, 0x88, "speed", "km/h")
    describe(w, 1, 0, 1, 0x84, "Form Power", "Watts")
    w.define(
        0, 20, [(253, 4, 0x86), (6, 2, 0x84)], developer=[(0, 4, 0), (1, 2, 0)]
    )
    for i in range(3):
        w.add(0, START + i, 3000).raw(struct.pack("<fH", 10.5 + i, 70 + i))
    p = parse(w.file())[0]
    assert p.columns["speed"].tolist() == [3.0] * 3
    assert p.extras["dev_speed"].tolist() == [10.5, 11.5, 12.5]
    assert p.extras["dev_Form Power"].tolist() == [70.0, 71.0, 72.0]
    assert "power" not in p.columns


def test_a_developer_field_that_declares_to_be_native_fills_an_empty_column(
    fit_writer,
):
    """A foot pod's power is taken for power where the watch has none of its own, and an issue says
    so.
    """
    for native_too in (False, True):
        w = describe(fit_writer(), 1, 0, 0, 0x84, "Power", "Watts", native=7)
        w.define(
            0,
            20,
            [(253, 4, 0x86)] + [(7, 2, 0x84)] * native_too,
            developer=[(0, 2, 0)],
        )
        w.add(0, START, *[180] * native_too).raw(struct.pack("<H", 250))
        p = parse(w.file())[0]
        assert p.columns["power"].tolist() == [180.0 if native_too else 250.0]
        assert p.extras["dev_Power"].tolist() == [250.0]
        assert [i.code for i in p.issues] == (
            [] if native_too else ["developer_field_used"]
        )


def test_late_missing_and_reused_developer_descriptions(fit_writer):
    """A description may come after its field, may change between definitions, or may never come."""
    w = fit_writer().define(
        0, 20, [(253, 4, 0x86)], developer=[(0, 1, 0), (9, 1, 3)]
    )
    w.add(0, START).raw(b"\x05\x07")
    describe(w, 1, 0, 0, 0x02, "Early")
    describe(w, 1, 0, 0, 0x02, "Later")
    w.define(0, 20, [(253, 4, 0x86)], developer=[(0, 1, 0), (9, 1, 3)])
    w.add(0, START + 1).raw(b"\x06\x08")
    p = parse(w.file())[0]
    assert p.extras["dev_Early"][0] == 5
    assert p.extras["dev_Later"][1] == 6
    assert [i.code for i in p.issues] == ["developer_field_undescribed"]


def test_arrays_and_unknown_fields_become_extras(fit_writer):
    """Each item of an array is a column; text and blobs are none."""
    w = fit_writer().define(
        0,
        20,
        [(253, 4, 0x86), (69, 2, 2), (200, 6, 0x83), (201, 5, 7), (202, 3, 0x0D)],
    )
    w.add(0, START, [64, 128], [1, -2, 0x7FFF], b"text\0", b"abc")
    extras = parse(w.file())[0].extras
    assert extras["left_power_phase_0"][0] == pytest.approx(90.0, rel=1e-6)
    assert (extras["unknown_200_0"][0], extras["unknown_200_1"][0]) == (1.0, -2.0)
    assert set(extras) == {
        "left_power_phase_0",
        "left_power_phase_1",
        "unknown_200_0",
        "unknown_200_1",
    }


def test_heart_rates_of_a_strap_are_merged_and_can_be_left_out(
    fit_writer, add_records
):
    """Values with the strap's own clock, most of them in 12 bits, go to the seconds that they
    belong to.
    """
    w = add_records(fit_writer(), 8, heart=60)
    ticks = 500_000
    w.define(2, 132, [(253, 4, 0x86), (0, 2, 0x8B), (9, 4, 0x86), (6, 1, 2)])
    w.add(2, START + 1, 16384, ticks, 140)  # half a second past the record
    # Eight more values, one every 0.75 s: 768 ticks of 1/1024 s.
    later = [(ticks + 768 * (i + 1)) & 0xFFF for i in range(8)]
    packed = b"".join(
        (a | b << 12).to_bytes(3, "little")
        for a, b in zip(later[::2], later[1::2], strict=True)
    )
    w.define(3, 132, [(10, 12, 0x0D), (6, 8, 2)]).add(
        3, packed, [141 + i for i in range(8)]
    )
    merged, plain = parse(w.file())[0], parse(w.file(), merge_heart_rate=False)[0]
    # Values at 1.5, 2.25, 3.0, 3.75, 4.5, 5.25, 6.0, 6.75 and 7.5 s after the first record.
    expected = [60, 61, 140, 142, 143, 144, 146, 147]
    # Record 3 has 2.25 and 3.0: (141 + 142) / 2, rounded up; record 6 has 5.25 and 6.0.
    assert merged.columns["heart_rate"].tolist() == expected
    assert [i.code for i in merged.issues] == ["heart_rate_merged"]
    assert plain.columns["heart_rate"].tolist() == [60.0 + i for i in range(8)]
    assert plain.issues == []


def test_heartbeats_stand_with_the_record_before_them(fit_writer, add_records):
    """Times between beats are in seconds; missing ones are left out."""
    w = add_records(fit_writer(), 1)
    w.define(5, 78, [(0, 10, 0x84)]).add(5, [800, 810, 0xFFFF, 0xFFFF, 0xFFFF])
    w.add(0, START + 1, 0, 0, 0, 100)
    w.add(5, [790, 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF])
    rr = ts.read(w.file()).rr
    assert rr.tolist() == [0.8, 0.81, 0.79]
    assert (
        (rr.index.tz_localize(None).to_numpy() - EPOCH) / np.timedelta64(1, "s")
        - START
    ).tolist() == [0, 0, 1]
    assert ts.read(add_records(fit_writer(), 3).file()).rr is None


def test_device_session_laps_and_pauses(fit_writer):
    """What the messages beside the records say stands in meta, laps and pauses."""
    w = fit_writer()
    w.define(0, 0, [(0, 1, 0), (1, 2, 0x84), (2, 2, 0x84)]).add(0, 4, 1, 2697)
    w.define(1, 26, [(8, 10, 7)]).add(1, b"Intervals\0")
    w.define(2, 3, [(4, 2, 0x84), (3, 1, 2), (8, 1, 2)]).add(2, 700, 180, 48)
    w.define(3, 20, [(253, 4, 0x86), (3, 1, 2)])
    w.define(4, 21, [(253, 4, 0x86), (0, 1, 0), (1, 1, 0)])
    w.add(4, START, 0, 0)
    for i in (*range(10), *range(40, 50)):
        w.add(3, START + i, 120)
        if i == 9:
            w.add(4, START + 10, 0, 4).add(4, START + 20, 42, 3).add(
                4, START + 39, 0, 0
            )
    w.add(4, START + 45, 0, 4).add(4, START + 45, 0, 0).add(4, START + 50, 0, 4)
    w.define(
        5,
        19,
        [(253, 4, 0x86), (2, 4, 0x86), (9, 4, 0x86), (8, 4, 0x86), (24, 1, 0)],
    )
    w.add(5, START + 9, START, 3000, 9000, 1).add(
        5, START + 50, START + 40, 3300, 10_000, 7
    )
    session = [
        (253, 4, 0x86),
        (2, 4, 0x86),
        (5, 1, 0),
        (9, 4, 0x86),
        (8, 4, 0x86),
        (22, 2, 0x84),
        (23, 2, 0x84),
    ]
    w.define(6, 18, [*session, (110, 6, 7), (192, 1, 2), (193, 1, 2)])
    w.add(6, START + 50, START, 17, 6300, 19_000, 50, 60, b"Hike\0\0", 75, 60)
    w.define(7, 34, [(253, 4, 0x86), (5, 4, 0x86)]).add(
        7, START + 50, START + 50 - 5 * 3600
    )
    run = ts.read(w.file())
    meta = run.meta
    assert (meta.device, meta.workout, meta.name, meta.sport) == (
        "garmin fenix5",
        "Intervals",
        "Hike",
        "hiking",
    )
    assert (meta.feel, meta.rpe, meta.local_offset) == (75.0, 6.0, -18_000.0)
    totals = meta.device_totals
    assert (
        totals.distance,
        totals.timer_time,
        totals.ascent,
        totals.descent,
    ) == (
        63.0,
        19.0,
        50.0,
        60.0,
    )
    assert (
        run.wearer.weight,
        run.wearer.height,
        run.wearer.resting_heart_rate,
    ) == (
        70.0,
        1.8,
        48.0,
    )
    assert math.isnan(run.wearer.max_heart_rate)
    seconds = {
        c: (
            (run.pauses[c].dt.tz_localize(None) - EPOCH) / pd.Timedelta(1, "s")
        ).tolist()
        for c in run.pauses
    }
    assert seconds == {"start_time": [START + 10.0], "end_time": [START + 39.0]}
    assert run.laps["distance"].tolist() == [30.0, 33.0]
    assert run.laps["timer_time"].tolist() == [9.0, 10.0]
    assert run.laps["trigger"].tolist() == ["time", "session_end"]


def test_sessions_of_a_multisport_file_are_activities(fit_writer):
    """Records go to the session in which they began, each with its own sport and its own
    heartbeats.
    """
    w = (
        fit_writer()
        .define(0, 20, [(253, 4, 0x86), (4, 1, 2)])
        .define(2, 78, [(0, 2, 0x84)])
    )
    for i in range(30):
        w.add(0, START + i, 80).add(2, 700 + i)
    w.define(1, 18, [(2, 4, 0x86), (5, 1, 0)])
    w.add(1, START + 20, 1).add(1, START, 2)
    ride, run = parse(w.file())
    assert (ride.meta.sport, len(ride.time), ride.columns["cadence"][0]) == (
        "cycling",
        20,
        80.0,
    )
    assert (run.meta.sport, len(run.time), run.columns["cadence"][0]) == (
        "running",
        10,
        160.0,
    )
    assert run.rr[1].tolist() == [(720 + i) / 1000 for i in range(10)]
    assert run.rr[0].tolist() == list(range(10))


def test_a_clock_that_was_never_set_is_reported(fit_writer):
    """Times that count from power-on keep their distances, and the activity says that its date is
    none.
    """
    w = fit_writer().define(0, 20, [(253, 4, 0x86), (3, 1, 2)])
    w.add(0, 5_000_000, 100).add(0, 5_000_007, 101)
    run = ts.read(w.file())
    assert (run.records.index[1] - run.records.index[0]).total_seconds() == 7
    assert [i.code for i in run.issues] == ["clock_not_set"]


def test_files_of_other_kinds_are_refused_by_name(fit_writer):
    """Settings, courses and workouts are sound files without a recording."""
    w = fit_writer().define(0, 0, [(0, 1, 0)]).add(0, 2)
    with pytest.raises(NotAnActivityError, match="settings"):
        parse(w.file())


def test_a_course_with_records_is_no_recording(fit_writer, add_records):
    """The records of a course are a virtual partner's: positions with made-up times."""
    course = fit_writer().define(1, 0, [(0, 1, 0)]).add(1, 6)
    with pytest.raises(NotAnActivityError, match="course"):
        parse(add_records(course, 50).file())
    activity = fit_writer().define(1, 0, [(0, 1, 0)]).add(1, 4)
    (run,) = parse(
        add_records(course, 50).file() + add_records(activity, 60).file()
    )
    assert len(run.time) == 60


def test_steps_in_the_place_of_strides_are_not_doubled(fit_writer):
    """Some converters to FIT write steps of both feet."""
    w = fit_writer()
    w.define(0, 18, [(2, 4, 0x86), (5, 1, 0)]).add(0, START, 1)
    w.define(1, 20, [(253, 4, 0x86), (4, 1, 2)])
    for i, strides in enumerate([0, 171, 172, 173]):
        w.add(1, START + i, strides)
    (run,) = parse(w.file())
    assert run.columns["cadence"].tolist() == [0.0, 171.0, 172.0, 173.0]
    assert [issue.code for issue in run.issues] == ["cadence_inferred"]


def test_what_is_no_cadence_of_anybody_tells_nothing_of_the_others(fit_writer):
    """A byte that means none, or nearly: the strides among them are doubled as ever."""
    w = fit_writer()
    w.define(0, 18, [(2, 4, 0x86), (5, 1, 0)]).add(0, START, 1)
    w.define(1, 20, [(253, 4, 0x86), (4, 1, 2)])
    for i in range(70):
        w.add(1, START + i, 254 if i % 7 == 0 else 85)
    (run,) = parse(w.file())
    assert np.median(run.columns["cadence"]) == 170.0


@pytest.mark.parametrize(
    ("seconds", "offset"),
    [(7200, 7200.0), (-36_000, -36_000.0), (86_400, math.nan)],
)
def test_local_time_is_kept_where_it_can_be_one(
    fit_writer, add_records, seconds, offset
):
    """Zones lie up to 14 hours from UTC; what is further was never set."""
    w = add_records(fit_writer(), 5)
    w.define(3, 34, [(253, 4, 0x86), (5, 4, 0x86)]).add(3, START, START + seconds)
    assert parse(w.file())[0].meta.local_offset == pytest.approx(
        offset, nan_ok=True
    )


def test_positions_that_are_none_or_off_the_globe(fit_writer):
    """The stored "none" is no position, half a position is none, and 0, 0 is a receiver without a
    fix.
    """
    w = fit_writer().define(0, 20, [(253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85)])
    none = 0x7FFFFFFF
    for i, (lat, lon) in enumerate(
        [(none, none), (2**29, none), (0, 0), (2**29, 2**28), (2**31 - 2, 0)]
    ):
        w.add(0, START + i, lat, lon)
    run = ts.read(w.file())
    assert run.records["latitude"].notna().tolist() == [
        False,
        False,
        False,
        True,
        False,
    ]
    assert [(i.code, i.count) for i in run.issues] == [("position_invalid", 3)]


def peer_records(data):
    """Return the records as fitdecode reads them."""
    rows = []
    reader = fitdecode.FitReader(
        io.BytesIO(data),
        processor=DataProcessorBase(),
        check_crc=fitdecode.CrcCheck.DISABLED,
        error_handling=fitdecode.ErrorHandling.IGNORE,
    )
    with reader:
        for message in reader:
            if (
                message.frame_type == fitdecode.FIT_FRAME_DATA
                and message.name == "record"
            ):
                row = {}
                for item in message.fields:
                    if (
                        item.value is not None
                        and getattr(item.field, "field_type", "") != "devfield"
                    ):
                        row.setdefault(item.name, item.value)
                rows.append(row)
    return pd.DataFrame(rows)


def assert_agrees(data, *, peer=None):
    """Compare every native column with fitdecode; a column that came from a developer field is ours
    alone.
    """
    peer = peer_records(data) if peer is None else peer
    parsed = parse(data, merge_heart_rate=False)

    def theirs(name):
        empty = pd.Series(np.nan, index=peer.index)
        return pd.to_numeric(peer.get(name, empty), errors="coerce").to_numpy(
            dtype=float
        )

    def either(first, second):
        values = theirs(first)
        return np.where(np.isnan(values), theirs(second), values)

    steps = np.concatenate(
        [
            np.full(
                len(p.time),
                2.0 if is_on_foot(p.meta.sport, p.meta.sub_sport) else 1.0,
            )
            for p in parsed
        ]
    )
    expected = {
        "latitude": theirs("position_lat") * 180 / 2**31,
        "longitude": theirs("position_long") * 180 / 2**31,
        "elevation": either("enhanced_altitude", "altitude"),
        "speed": either("enhanced_speed", "speed"),
        "cadence": (
            theirs("cadence") + np.nan_to_num(theirs("fractional_cadence"))
        )
        * steps,
        **{
            name: theirs(name)
            for name in ("distance", "heart_rate", "power", "temperature")
        },
        **{
            name: theirs(name) / 1000
            for name in ("vertical_oscillation", "stance_time", "step_length")
        },
        **{
            name: theirs(name) / 100
            for name in ("stance_time_balance", "vertical_ratio")
        },
    }
    seconds = np.concatenate(
        [(p.time - EPOCH) / np.timedelta64(1, "s") for p in parsed]
    )
    np.testing.assert_array_equal(seconds, theirs("timestamp"))
    lent = {
        i.message.split()[0]
        for p in parsed
        for i in p.issues
        if i.code == "developer_field_used"
    }
    for name, values in expected.items():
        ours = np.concatenate(
            [p.columns.get(name, np.full(len(p.time), np.nan)) for p in parsed]
        )
        if name in lent:
            assert np.isnan(values).all(), name
        else:
            np.testing.assert_allclose(
                ours, values, rtol=0, atol=1e-6, err_msg=name
            )


@pytest.mark.parametrize("name", ["2024-02-06-1816.fit", "2024-02-11-0828.fit"])
def test_samples_agree_with_fitdecode(samples, name):
    """Row by row and value by value, on recordings of the project's own."""
    assert_agrees((samples / "archive" / name).read_bytes())


def corpus_index(corpus):
    index = pd.read_csv(corpus / "index.csv")
    return index[index["format"] == "fit"].sort_values("size")


@pytest.mark.corpus
def test_corpus_rows_are_complete(corpus):
    """A spread of real files, and every odd one, gives as many records as a count of their
    messages.
    """
    index = corpus_index(corpus)
    odd = index["role"].str.contains("odd") | (index["size"] > 2_000_000)
    for row in pd.concat([index[odd], index[~odd].iloc[::6]]).itertuples():
        data = gzip.decompress((corpus / row.file).read_bytes())
        assert sum(len(p.time) for p in parse(data)) == row.n_points, row.file


@pytest.mark.corpus
def test_corpus_agrees_with_fitdecode(corpus):
    """Small real files, one an athlete and every odd kind, agree in every column.

    Left out is one file that fitdecode refuses: it ends before its checksum.
    """
    index = corpus_index(corpus)
    index = index[~index["file"].str.contains("files_nick")]
    small = pd.concat(
        [index.groupby("athlete").head(1), index.groupby("role").head(1)]
    ).drop_duplicates("file")
    small = small[small["size"].cumsum() < 900_000]
    assert len(small) >= 15
    for name in small["file"]:
        assert_agrees(gzip.decompress((corpus / name).read_bytes()))


@pytest.mark.corpus
def test_corpus_files_with_short_fields_load_fully(corpus):
    """Files in which a four-byte type has one byte stop other readers; every record of them is
    read.
    """
    index = corpus_index(corpus)
    short = 0
    for row in index[
        index["repo"].isin(
            ["Noah-wang/running_page", "520qianjiawen/running_page"]
        )
    ].itertuples():
        data = gzip.decompress((corpus / row.file).read_bytes())
        short += b"\x03\x01\x86" in data
        assert len(parse(data)[0].time) == row.n_points
    assert short >= 5


@pytest.mark.parametrize("after", [0, 5, 600])
def test_records_after_the_last_stop_are_a_pause(fit_writer, after):
    """A stop without a start ends the run, whatever is recorded afterwards; a few seconds are the
    device's.
    """
    w = fit_writer()
    w.define(0, 20, [(253, 4, 0x86), (5, 4, 0x86)])
    for second in range(1201 + after):
        w.add(0, START + second, 300 * second)
    w.define(1, 21, [(253, 4, 0x86), (0, 1, 0), (1, 1, 0)])
    w.add(1, START, 0, 0).add(1, START + 1200, 0, 4)
    run = ts.read(w.file())
    assert len(run.pauses) == (after > 10)
    track = ts.clean(run).track
    assert track["distance"].iloc[-1] == pytest.approx(
        3600 + 3 * min(after, 5), abs=15
    )
    assert track["duration"].sum() == pytest.approx(
        1200 + after * (after < 10), abs=2
    )
