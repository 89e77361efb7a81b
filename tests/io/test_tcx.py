"""TCX: laps, pauses, extensions, courses, and the same points whichever way it is read."""

from __future__ import annotations

import gzip
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tcxreader.tcxreader import TCXReader

import trailstats as ts
from trailstats.errors import CorruptFileError, NotAnActivityError
from trailstats.io._build import ParseOptions
from trailstats.io.xml import _bulk as _xml_bulk
from trailstats.io.xml import _walk as _xml_walk
from trailstats.io.xml import tcx

MANY = 10**7


def parse(text):
    return tcx.parse(
        text.encode() if isinstance(text, str) else text,
        ParseOptions(max_records=MANY),
    )


def summary(walked):
    names = (
        "LatitudeDegrees",
        "LongitudeDegrees",
        "AltitudeMeters",
        "DistanceMeters",
        "HeartRateBpm",
        "RunCadence",
    )
    return [
        (
            g.texts,
            len(g),
            [(p.name, p.at, dict(p.attributes), p.texts) for p in g.parts],
            [g.numbers(name).tobytes() for name in names],
            g.times("Time").tobytes(),
        )
        for g in walked.groups
    ]


def assert_both_ways_agree(data):
    quick = _xml_bulk.read_in_bulk(data, tcx.DIALECT, max_points=MANY)
    assert quick is not None
    slow = _xml_walk.walk(data, tcx.DIALECT, max_points=MANY)
    assert summary(quick) == summary(slow)


def test_values_of_a_document(make_tcx):
    """Points, laps and texts stand where they were written, in our units."""
    run = ts.read(make_tcx(300).encode())
    i = np.arange(300)
    np.testing.assert_array_equal(run.records["elevation"], 500 + i % 37 / 4)
    np.testing.assert_array_equal(run.records["heart_rate"], 120 + i % 40)
    np.testing.assert_array_equal(run.records["distance"], 3.5 * i)
    np.testing.assert_array_equal(run.records["cadence"], 2 * (85 + i % 3))
    assert (run.records["speed"] == 3.5).all()
    assert (run.records["power"] == 250).all()
    assert run.laps["start_time"].tolist() == [
        pd.Timestamp(f"2026-03-01T08:0{m}Z") for m in ("0:00", "2:30")
    ]
    assert run.laps["distance"].tolist() == [525.0, 525.0]
    assert run.laps["timer_time"].tolist() == [150.0, 150.0]
    assert run.laps["trigger"].tolist() == ["manual", "manual"]
    assert (run.meta.sport, run.meta.name, run.meta.device) == (
        "running",
        "Hills",
        "Watch",
    )
    assert run.meta.notes == "Hills\nand more"
    assert [issue.code for issue in run.issues] == ["cadence_inferred"]
    assert_both_ways_agree(make_tcx(300).encode())
    assert_both_ways_agree(make_tcx(300).replace("\n", "\r\n").encode())
    assert_both_ways_agree(make_tcx(300).replace("\n", "\r").encode())


@pytest.mark.parametrize(
    ("cadence", "expected"),
    [
        ("<Cadence>{cadence}</Cadence>", 171.5),
        ("<Cadence>60</Cadence><Extensions><ns3:TPX><ns3:RunCadence>{cadence}</ns3:RunCadence></ns3:TPX></Extensions>",
         171.5),
        ("<Extensions><TPX><RunCadence>170</RunCadence></TPX></Extensions>", 170.0),
        ("", float("nan")),
    ],
    ids=["base", "both", "both feet", "none"],
)  # fmt: skip
def test_cadence_is_in_steps_of_both_feet(make_tcx, cadence, expected):
    """The extension's cadence comes first; what counts one leg is doubled."""
    (one,) = parse(make_tcx(240, cadence=cadence))
    values = one.columns["cadence"]
    if np.isnan(expected):
        assert np.isnan(values).all()
    else:
        assert values.mean() == pytest.approx(expected, abs=1)


def test_cycling_cadence_stays(make_tcx):
    """Pedals have no second foot."""
    (one,) = parse(
        make_tcx(240, sport="Biking", cadence="<Cadence>{cadence}</Cadence>")
    )
    assert one.columns["cadence"].max() == 87


NAMESPACE = "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
values = st.none() | st.floats(-400, 9000)
rows = st.lists(
    st.tuples(
        st.floats(-90, 90),
        st.floats(-180, 180),
        values,
        values,
        st.none() | st.integers(30, 230),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=40)
@given(rows, st.booleans(), st.sampled_from(["utf-8", "utf-16", "us-ascii"]))
def test_what_another_encoder_wrote_is_read_back(rows, pretty, encoding):
    """Any points that the standard library writes, under a prefix of its own, are read with the
    same values.
    """

    def below(parent, name, text=None):
        child = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
        child.text = text
        return child

    root = ElementTree.Element(f"{{{NAMESPACE}}}TrainingCenterDatabase")
    activity = below(below(root, "Activities"), "Activity")
    activity.set("Sport", "Running")
    track = below(below(activity, "Lap"), "Track")
    for i, (latitude, longitude, altitude, distance, heart) in enumerate(rows):
        point = below(track, "Trackpoint")
        below(point, "Time", f"2026-03-01T08:00:{i:02d}.250Z")
        position = below(point, "Position")
        below(position, "LatitudeDegrees", repr(latitude))
        below(position, "LongitudeDegrees", repr(longitude))
        for name, value in (
            ("AltitudeMeters", altitude),
            ("DistanceMeters", distance),
        ):
            if value is not None:
                below(point, name, repr(value))
        if heart is not None:
            below(below(point, "HeartRateBpm"), "Value", str(heart))
    below(activity, "Notes", "Übung & <mehr>")
    if pretty:
        ElementTree.indent(root)
    (read,) = parse(ElementTree.tostring(root, encoding=encoding))
    assert read.meta.notes == "Übung & <mehr>"
    columns = zip(
        ("latitude", "longitude", "elevation", "distance", "heart_rate"),
        zip(*rows, strict=True),
        strict=True,
    )
    for name, written in columns:
        np.testing.assert_array_equal(
            read.columns[name], [np.nan if v is None else v for v in written]
        )
    first = np.datetime64("2026-03-01T08:00:00.250", "ns")
    np.testing.assert_array_equal(
        read.time, first + np.arange(len(rows)) * np.timedelta64(1, "s")
    )


def test_blanks_before_the_declaration(make_tcx):
    """Some exports begin with blanks, which strict readers refuse."""
    text = " " * 10 + make_tcx(240)
    assert tcx.sniff(text.encode())
    assert len(parse(text)[0].time) == 240


def test_a_second_track_in_a_lap_is_a_pause(make_tcx):
    """A lap with two tracks has a pause between them; a new lap is none."""
    text = make_tcx(200, laps=2, tracks=2)
    (one,) = parse(text)
    assert [str(start)[14:19] for start, _ in one.pauses] == ["00:49", "02:29"]
    assert len(one.laps["distance"]) == 2
    assert_both_ways_agree(text.encode())


def test_empty_and_odd_values(make_tcx):
    """An empty heart rate and an empty point cost nothing else."""
    text = make_tcx(300).replace("<Value>121</Value>", "<Value></Value>")
    text = text.replace(
        "</Trackpoint></Track>",
        "</Trackpoint><Trackpoint></Trackpoint></Track>",
        1,
    )
    run = ts.read(text.encode())
    assert len(run.records) == 300
    assert (
        run.records["heart_rate"].isna().sum() == (np.arange(300) % 40 == 1).sum()
    )


def test_an_activity_without_laps(make_tcx):
    """Points that stand in no lap are read; there are no laps then."""
    text = re.sub(
        r"</?(?:Lap|TotalTimeSeconds|TriggerMethod)[^<]*?>(?:[\d.]+|Manual)?",
        "",
        make_tcx(240),
    )
    (one,) = parse(text)
    assert len(one.time) == 240
    assert one.laps == {}


def test_courses_are_refused_with_a_reason(make_tcx):
    """A course is a plan, also when it is damaged."""
    text = make_tcx(200)
    start, end = text.index("<Track>"), text.index("</Track>") + len("</Track>")
    track = text[start:end]
    course = f"<TrainingCenterDatabase><Courses><Course><Name>x</Name>{track}</Course></Courses>"
    with pytest.raises(NotAnActivityError, match="a course"):
        parse(course + "</TrainingCenterDatabase>")
    with pytest.raises((NotAnActivityError, CorruptFileError)):
        parse(course.replace("<Time>2026-03-01T08:00:09", "<Time<"))


def test_activities_of_a_multisport_session(make_tcx):
    """Activities within a multisport session are found, each with its sport."""
    text = make_tcx(200)
    ride = make_tcx(200, sport="Biking")
    one = text[text.index("<Activity ") : text.index("</Activities>")]
    two = ride[ride.index("<Activity ") : ride.index("</Activities>")]
    body = (
        f"<FirstSport>{two}</FirstSport><NextSport><Transition/>{one}</NextSport>"
    )
    whole = text.replace(
        one, f"<MultiSportSession><Id>x</Id>{body}</MultiSportSession>"
    )
    assert [(len(p.time), p.meta.sport) for p in parse(whole)] == [
        (200, "cycling"),
        (200, "running"),
    ]


def test_damage_costs_the_points_that_it_hits(make_tcx):
    """After a break the walk goes on at the next point, in the lap that was open."""
    text = make_tcx(300)
    at = text.index("<Position>", len(text) // 3)
    (one,) = parse(text[:at] + "<<" + text[at:])
    assert len(one.time) == 299
    assert len(one.laps["distance"]) == 2


def test_samples(samples):
    """The project's own recording loads with its laps."""
    run = ts.read(samples / "archive" / "2024-04-11-1826.tcx")
    assert len(run.records) == 888
    assert len(run.laps) >= 3


def peer_column(points, name):
    """Return a column as tcxreader has it; what stands in a point's extension comes first."""
    values = [
        p.tpx_ext[name] if name in p.tpx_ext else getattr(p, name, None)
        for p in points
    ]
    return np.array(
        [np.nan if value is None else float(value) for value in values]
    )


def assert_agrees_with_tcxreader(path):
    """Compare rows, times and every column.

    One difference is meant: tcxreader gives cadence as it is written, of one leg, and the base
    element and the extension apart. Ours is of both feet, the extension first, and an `Issue` says
    what was decided.
    """
    points = TCXReader().read(str(path), only_gps=False).trackpoints
    parsed = parse(path.read_bytes())
    names = {"heart_rate": "hr_value", "speed": "Speed", "power": "Watts"}
    for name in ("latitude", "longitude", "elevation", "distance", *names):
        ours = np.concatenate([p.columns[name] for p in parsed])
        np.testing.assert_allclose(
            ours,
            peer_column(points, names.get(name, name)),
            rtol=0,
            atol=1e-9,
            err_msg=name,
        )
    base, extension = (
        peer_column(points, "cadence"),
        peer_column(points, "RunCadence"),
    )
    ours = np.concatenate([p.columns["cadence"] for p in parsed])
    feet = np.concatenate(
        [
            np.full(len(p.time), 2.0 if told(p) == "doubled" else 1.0)
            for p in parsed
        ]
    )
    np.testing.assert_array_equal(
        ours, np.where(np.isnan(extension), base, extension) * feet
    )
    times = [np.datetime64(p.time.replace(tzinfo=None), "ns") for p in points]
    np.testing.assert_array_equal(
        np.concatenate([p.time for p in parsed]), np.array(times)
    )


def told(parsed):
    """Return what was done with the cadence."""
    messages = [
        issue.message
        for issue in parsed.issues
        if issue.code == "cadence_inferred"
    ]
    return "doubled" if messages and "doubled" in messages[0] else "kept"


def test_samples_agree_with_tcxreader(samples):
    """Row by row and value by value, on recordings of the project's own."""
    assert_agrees_with_tcxreader(samples / "archive" / "2024-04-11-1826.tcx")


@pytest.mark.corpus
def test_every_corpus_file_agrees_with_tcxreader(corpus, tmp_path):
    """All real files have all their points and the values that another reader finds."""
    index = pd.read_csv(corpus / "index.csv")
    files = index[index["format"] == "tcx"]
    assert len(files) >= 3
    for row in files.itertuples():
        path = tmp_path / "one.tcx"
        path.write_bytes(gzip.decompress((corpus / row.file).read_bytes()))
        assert sum(len(p.time) for p in parse(path.read_bytes())) == row.n_points
        assert_agrees_with_tcxreader(path)
