"""GPX: every dialect, both ways of reading, damage, limits, and agreement with gpxpy."""

from __future__ import annotations

import datetime
import gzip
import re

import gpxpy
import gpxpy.gpx
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trailstats as ts
from trailstats.errors import CorruptFileError, LimitError, NotAnActivityError
from trailstats.io._build import ParseOptions
from trailstats.io.xml import _bulk as _xml_bulk
from trailstats.io.xml import _walk as _xml_walk
from trailstats.io.xml import gpx

MANY = 10**7


def parse(text, *, many=MANY):
    return gpx.parse(
        text.encode() if isinstance(text, str) else text,
        ParseOptions(max_records=many),
    )


def is_bulk(text):
    data = text.encode() if isinstance(text, str) else text
    return _xml_bulk.read_in_bulk(data, gpx.DIALECT, max_points=MANY) is not None


def summary(walked):
    """Return everything that a walk found, as plain values."""
    names = (
        "lat",
        "lon",
        "ele",
        "hr",
        "cad",
        "atemp",
        "speed",
        "power",
        "LatitudeDegrees",
        "HeartRateBpm",
        "Speed",
    )
    return (
        walked.root,
        dict(walked.attributes),
        walked.texts,
        walked.seen,
        [
            (
                dict(g.attributes),
                len(g),
                g.texts,
                [(p.name, p.at, dict(p.attributes), p.texts) for p in g.parts],
                {name: g.numbers(name).tobytes() for name in names},
                [g.times(name).tobytes() for name in ("time", "Time")],
            )
            for g in walked.groups
        ],
    )


def assert_both_ways_agree(data, dialect=gpx.DIALECT):
    """Compare the bulk path with the walk, where the bulk path takes the document; return whether
    it did.
    """
    quick = _xml_bulk.read_in_bulk(data, dialect, max_points=MANY)
    if quick is None:
        return False
    slow = _xml_walk.walk(data, dialect, max_points=MANY)
    assert slow.issues == []
    assert summary(quick) == summary(slow)
    return True


def test_values_of_a_document(make_gpx):
    """Positions, elevation, heart rate, cadence and times stand where they were written."""
    (track,) = parse(make_gpx(300))
    i = np.arange(300)
    np.testing.assert_allclose(track.columns["latitude"], 47 + i / 1e5, atol=1e-9)
    np.testing.assert_allclose(
        track.columns["longitude"], 11 + i / 2e5, atol=6e-7
    )
    np.testing.assert_array_equal(track.columns["elevation"], 500 + i % 37 / 4)
    np.testing.assert_array_equal(track.columns["heart_rate"], 120 + i % 40)
    np.testing.assert_array_equal(track.columns["cadence"], 2 * (80 + i % 5))
    assert track.time[0] == np.datetime64("2026-03-01T08:00:00")
    assert track.time[299] == np.datetime64("2026-03-01T08:04:59")
    assert (track.meta.name, track.meta.sport, track.meta.device) == (
        "Morning run",
        "running",
        "Test",
    )
    assert [i.code for i in track.issues] == ["cadence_inferred"]


TRACKPOINT = "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"
DIALECTS = {
    "plain": {},
    "no indent": {"indent": ""},
    "GPX 1.0": {
        "root": 'gpx version="1.0" creator="Test" xmlns="http://www.topografix.com/GPX/1/0"'
    },
    "no namespace": {"root": 'gpx version="1.1" creator="Test"'},
    "byte order mark": {"head": '\ufeff<?xml version="1.0" encoding="UTF-8"?>'},
    "no declaration": {"head": ""},
    "blank before the declaration": {"head": '\n <?xml version="1.0"?>'},
    "undeclared prefix": {
        "extension": lambda i: (
            f"<extensions><q:hr>{120 + i % 40}</q:hr></extensions>"
        )
    },
    "fractions": {
        "time": lambda i: f"2026-03-01T08:{i // 60 % 60:02d}:{i % 60:02d}.000Z"
    },
    "mixed fractions": {
        "time": lambda i: (
            f"2026-03-01T08:{i // 60 % 60:02d}:{i % 60:02d}{'.0' * (i % 2)}Z"
        )
    },
    "offset": {
        "time": lambda i: f"2026-03-01T09:{i // 60 % 60:02d}:{i % 60:02d}+01:00"
    },
    "decimal comma in times": {
        "time": lambda i: f"2026-03-01T08:{i // 60 % 60:02d}:{i % 60:02d},0Z"
    },
    "small letters in times": {
        "time": lambda i: f"2026-03-01t08:{i // 60 % 60:02d}:{i % 60:02d}z"
    },
    "zone by name": {
        "time": lambda i: f"2026-03-01 08:{i // 60 % 60:02d}:{i % 60:02d} UTC"
    },
    "no zone": {
        "time": lambda i: f"2026-03-01T08:{i // 60 % 60:02d}:{i % 60:02d}"
    },
    "text beyond ASCII": {"name": "Läufe 跑步"},
    "named references": {"name": "Up &amp; down &lt;fast&gt;"},
    "character references": {"name": "Up &#38; down &#x1f44a;"},
    "CDATA": {"name": "<![CDATA[Up & down]]>"},
    "comment": {"extension": lambda i: "<!-- nothing -->"},
    "instruction": {"name": "A<?x y?>B"},
    "attributes within": {
        "extension": lambda i: (
            f'<extensions><hr unit="bpm">{120 + i % 40}</hr></extensions>'
        )
    },
    "two values": {
        "extension": lambda i: "<extensions><hr>121</hr><hr>99</hr></extensions>"
    },
    "empty values": {
        "extension": lambda i: (
            "<extensions><hr></hr><cad/><hr>121</hr></extensions>"
        )
    },
    "text values": {
        "extension": lambda i: "<extensions><hr>null</hr></extensions>"
    },
    "blanks in values": {
        "extension": lambda i: "<extensions><hr>\n 121 </hr></extensions>"
    },
    "prefixed": {
        "root": 'g:gpx version="1.1" creator="T" xmlns:g="http://www.topografix.com/GPX/1/1"'
    },
    "several segments": {"segments": 4},
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_dialects_are_read_and_both_ways_agree(make_gpx, dialect):
    """Three hundred points come out of each dialect, whichever way it goes."""
    text = make_gpx(300, **DIALECTS[dialect])
    tracks = parse(text)
    assert [len(t.time) for t in tracks] == [300]
    assert tracks[0].time[0] == np.datetime64("2026-03-01T08:00:00")
    assert tracks[0].issues == [] or all(
        i.code in ("cadence_inferred", "track_segments") for i in tracks[0].issues
    )
    bulk = assert_both_ways_agree(text.encode())
    assert bulk == (dialect not in ("CDATA", "comment", "instruction"))


@pytest.mark.parametrize(
    ("kind", "sport"),
    [
        ("Run", ("running", "")),
        ("jogging", ("running", "")),
        ("Trail", ("running", "trail")),
        ("TrailRun", ("running", "trail")),
        ("越野跑", ("running", "trail")),
        ("VirtualRun", ("running", "virtual_activity")),
        ("Course à pied", ("running", "")),
        ("Lauf", ("running", "")),
        ("9", ("running", "")),
        ("10", ("walking", "")),
        ("4", ("hiking", "")),
        ("1", ("cycling", "")),
        ("treadmill_walking", ("walking", "indoor_walking")),
        ("Indoor Walk", ("walking", "indoor_walking")),
        ("Langlauf", ("langlauf", "")),
        ("Other", ("", "")),
    ],
)
def test_sports_in_the_words_of_apps(make_gpx, kind, sport):
    """Whatever an app calls a run becomes a run; what is none keeps its word."""
    (track,) = parse(make_gpx(60, kind=kind))
    assert (track.meta.sport, track.meta.sub_sport) == sport


@pytest.mark.parametrize(
    ("kind", "stored", "steps"),
    [
        ("running", 84, 168),
        ("running", 112, 112),
        ("hiking", 55, 110),
        ("walking", 108, 108),
        ("walking", 100, 100),
        ("hiking", 76, 76),
        ("running", 84, 168),
        ("running", 100, 100),
        ("", 168, 168),
    ],
)
def test_cadence_of_runners_and_walkers_becomes_steps_of_both_feet(
    make_gpx, kind, stored, steps
):
    """A hard climb is walked at 110 steps a minute, and no one has 110 steps of one leg. A brisk
    walker takes 100 steps of both feet, which would be a runner's of one leg; at 1.2 m/s a runner's
    200 steps would be 36 cm long.
    """
    text = make_gpx(
        60,
        kind=kind,
        extension=lambda i: f"<extensions><cad>{stored}</cad></extensions>",
    )
    (track,) = parse(text)
    assert (track.columns["cadence"] == steps).all()


def test_numbers_with_decimal_commas(make_gpx):
    """Some apps write numbers as their user's language does."""
    text = make_gpx(60)
    for name in ("lat", "lon"):
        text = re.sub(rf'({name}="\d+)\.', r"\1,", text)
    text = re.sub(r"(<ele>\d+)\.", r"\1,", text)
    (plain,), (other,) = parse(make_gpx(60)), parse(text)
    for name in ("latitude", "longitude", "elevation"):
        np.testing.assert_array_equal(other.columns[name], plain.columns[name])
    assert_both_ways_agree(text.encode())


def test_prefixed_elements_throughout(make_gpx):
    """A document in which every element has a prefix has the same points."""
    text = make_gpx(250)
    for name in (
        "gpx",
        "trk>",
        "trkseg",
        "trkpt",
        "time",
        "ele",
        "name",
        "type",
        "metadata",
    ):
        text = text.replace(f"<{name}", f"<g:{name}").replace(
            f"</{name}", f"</g:{name}"
        )
    text = text.replace("xmlns=", "xmlns:g=")
    assert len(parse(text)[0].time) == 250
    assert gpx.sniff(text.encode())
    assert assert_both_ways_agree(text.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "utf-8-sig", "cp1252"])
def test_encodings(make_gpx, encoding):
    """The declared encoding, or the mark at the beginning, is followed."""
    label = {
        "utf-16": "UTF-16",
        "latin-1": "ISO-8859-1",
        "utf-8-sig": "UTF-8",
        "cp1252": "windows-1252",
    }[encoding]
    text = make_gpx(
        250, head=f'<?xml version="1.0" encoding="{label}"?>', name="Größe"
    )
    run = ts.read(text.encode(encoding))
    assert len(run.records) == 250
    assert run.meta.name == "Größe"


def test_an_encoding_that_nobody_knows(make_gpx):
    """The points are read all the same; every byte counts as a character."""
    text = make_gpx(250, head='<?xml version="1.0" encoding="klingon"?>')
    assert len(parse(text)[0].time) == 250


EXTENSIONS = {
    "Garmin v1": ("<x:TrackPointExtension><x:hr>150</x:hr><x:cad>90</x:cad><x:atemp>21</x:atemp>"
                  "</x:TrackPointExtension>", {"heart_rate": 150, "cadence": 180,
                  "temperature": 21}),
    "Garmin power": ("<power>250</power><x:TrackPointExtension><x:hr>150</x:hr>"
                     "</x:TrackPointExtension>",
                     {"heart_rate": 150, "power": 250}),
    "PowerInWatts": ("<pwr:PowerInWatts>251</pwr:PowerInWatts>", {"power": 251}),
    "Cluetrust": ("<gpxdata:hr>151</gpxdata:hr><gpxdata:cadence>88</gpxdata:cadence>"
                  "<gpxdata:temp>20</gpxdata:temp>"
                  "<gpxdata:distance>12.5</gpxdata:distance>",
                  {"heart_rate": 151, "cadence": 176, "temperature": 20, "distance": 12.5}),
    "steps of both feet": ("<x:cad>172</x:cad>", {"cadence": 172}),
    "words with "
    "capitals": ("<heartRate>149</heartRate><Cadence>86</Cadence>", {"heart_rate": 149,
    "cadence": 172}),
    "speed": ("<x:speed>3.25</x:speed>", {"speed": 3.25}),
}  # fmt: skip


@pytest.mark.parametrize("kind", EXTENSIONS)
def test_extensions(make_gpx, kind):
    """Each vendor's names for heart rate, cadence, power and temperature are known."""
    inside, expected = EXTENSIONS[kind]
    (track,) = parse(
        make_gpx(300, extension=lambda i: f"<extensions>{inside}</extensions>")
    )
    found = {
        name: float(np.nanmean(v))
        for name, v in track.columns.items()
        if not np.isnan(v).all()
    }
    for name in ("latitude", "longitude", "elevation"):
        found.pop(name)
    assert found == expected


def test_further_numbers_of_a_point_become_extras(make_gpx):
    """What no column holds is kept by its local name, if it is a number anywhere; texts are not."""
    inside = "<hdop>1.5</hdop><fix>3d</fix><extensions><q:battery>{}</q:battery></extensions>"
    text = make_gpx(250, extension=lambda i: inside.format("" if i == 7 else 90))
    run = ts.read(text.encode())
    assert sorted(run.extras) == ["battery", "hdop"]
    assert (run.extras["hdop"] == 1.5).all()
    assert np.flatnonzero(run.extras["battery"].isna()).tolist() == [7]


def test_a_distance_from_sample_to_sample_is_none_that_was_run(make_gpx):
    """OpenTracks writes what its sensor counted since the point before."""
    text = make_gpx(
        60,
        extension=lambda i: (
            "<extensions><gpxtpx:TrackPointExtension><opentracks:gain>0.1"
            "</opentracks:gain><opentracks:distance>2.5</opentracks:distance>"
            "</gpxtpx:TrackPointExtension></extensions>"
        ),
    )
    (track,) = parse(text)
    assert (track.columns["distance"] == 2.5).all()
    creator = re.search('creator="([^"]*)"', text)[1]
    (track,) = parse(text.replace(creator, "OpenTracks"))
    assert np.isnan(track.columns["distance"]).all()
    assert (track.extras["sensor_distance"] == 2.5).all()


def test_tracks_and_segments(make_gpx):
    """Each track is an activity; the gap between two segments is a pause."""
    one = make_gpx(
        100,
        segments=2,
        time=lambda i: (
            f"2026-03-01T08:{i // 60 + 20 * (i >= 50):02d}:{i % 60:02d}Z"
        ),
    )
    two = one.replace(
        "</trk>",
        "</trk><trk><type>hiking</type><trkseg>" + POINT * 3 + "</trkseg></trk>",
    )
    tracks = parse(two)
    assert [len(t.time) for t in tracks] == [100, 3]
    assert [t.meta.sport for t in tracks] == ["running", "hiking"]
    ((start, end),) = tracks[0].pauses
    assert (start, end) == (
        np.datetime64("2026-03-01T08:00:49"),
        np.datetime64("2026-03-01T08:20:50"),
    )
    assert assert_both_ways_agree(two.encode())


POINT = '<trkpt lat="47" lon="11"><time>2026-03-01T10:00:00Z</time></trkpt>'


def document(inside):
    return f'<?xml version="1.0"?><gpx creator="t">{inside}</gpx>'


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<rte><rtept lat='1' lon='2'/></rte>", "a route"),
        ("<wpt lat='1' lon='2'><name>x</name></wpt>", "waypoints"),
        ("<trk><trkseg></trkseg></trk>", "no track"),
        ("", "no track"),
    ],
)
def test_what_is_no_recording_is_refused_with_a_reason(inside, reason):
    """Routes, waypoints and empty tracks are not activities."""
    with pytest.raises(NotAnActivityError, match=reason):
        parse(document(inside))


def test_a_track_without_times_is_a_route(make_gpx):
    """Points without times can't be a recording."""
    with pytest.raises(NotAnActivityError, match="none with a time"):
        ts.read(
            make_gpx(5, time=lambda i: "").replace("<time></time>", "").encode()
        )


def test_one_bad_value_costs_one_value(make_gpx):
    """A bad time loses its point, a bad position or elevation loses itself; the rest stands."""
    text = (
        make_gpx(300)
        .replace("08:00:07Z", "yesterday")
        .replace('lat="47.000090"', 'lat="95"')
    )
    text = text.replace('lat="47.000110"', 'lat="north"').replace(
        "<ele>503.0</ele>", "<ele>-</ele>"
    )
    run = ts.read(text.encode())
    assert len(run.records) == 299
    assert run.records["latitude"].isna().sum() == 2
    assert run.records["longitude"].isna().sum() == 2
    assert (
        run.records["elevation"].isna().sum() == (np.arange(300) % 37 == 12).sum()
    )
    assert {i.code: i.count for i in run.issues} == {
        "time_missing": 1,
        "position_invalid": 2,
        "cadence_inferred": 1,
    }


def test_repeated_and_backward_times_keep_their_rows(make_gpx):
    """No row is dropped for its time alone, and the order is the file's."""
    run = ts.read(
        make_gpx(
            300, time=lambda i: f"2026-03-01T08:00:{(i * 7) % 60:02d}Z"
        ).encode()
    )
    assert len(run.records) == 300
    assert not run.records.index.is_monotonic_increasing


def test_damage_costs_the_points_that_it_hits(make_gpx):
    """After a break the walk goes on at the next point; the break is reported with its place."""
    text = make_gpx(400)
    at = text.index("<time>", len(text) // 2)
    for broken in (
        text[:at] + "<oops" + text[at:],
        text[:at] + "\0\0\0" + text[at:],
        text[:at] + text[at + 9 :],
    ):
        (track,) = parse(broken)
        assert len(track.time) >= 398
        issue = next(i for i in track.issues if i.code == "truncated")
        assert "byte" in issue.where
        assert "line" in issue.where


def test_a_cut_document_gives_the_points_before_the_cut(make_gpx):
    """The last point, if cut, is left out; the metadata stands."""
    text = make_gpx(400)
    (track,) = parse(text[: text.index('lat="47.002500"')])
    assert len(track.time) == 250
    assert track.meta.name == "Morning run"


def test_a_track_without_points_after_one_with(make_gpx):
    """An empty track is no activity, whichever way the document is read."""
    text = make_gpx(300).replace("</trk>", "</trk><trk><name>Empty</name></trk>")
    assert len(parse(text)) == 1
    assert len(parse(text.replace("<trk>", "<!-- a remark --><trk>", 1))) == 1


def test_many_breaks(make_gpx):
    """Every tenth point broken costs every tenth point."""
    text = make_gpx(400)
    for i in range(0, 400, 10):
        text = text.replace(
            f'lat="{47 + i / 1e5:.6f}"', f'lat="{47 + i / 1e5:.6f}" <'
        )
    assert len(parse(text)[0].time) == 360


def test_entities_are_refused(make_gpx):
    """No entity is ever expanded, inside or outside the document."""
    bomb = '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>'
    outside = '<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for head in (bomb, outside):
        with pytest.raises(CorruptFileError, match="entities"):
            parse(make_gpx(5, head=head, name="&a;"))
    assert (
        len(
            parse(
                make_gpx(5, head='<!DOCTYPE gpx SYSTEM "http://127.0.0.1/x.dtd">')
            )[0].time
        )
        == 5
    )


def test_depth_and_count_are_limited(make_gpx):
    """Deep nesting and more points than allowed are typed errors that name the limit."""
    deep = "<a>" * 100 + "</a>" * 100
    with pytest.raises(LimitError, match="nesting"):
        parse(document(deep + f"<trk><trkseg>{POINT}</trkseg></trk>"))
    with pytest.raises(LimitError, match="records"):
        parse(make_gpx(300), many=299)
    assert len(parse(make_gpx(300), many=300)[0].time) == 300


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<",
        "<gpx",
        "<gpx>",
        "<gpx></gpx",
        "<gpx>&#0;</gpx>",
        "<?xml",
        "\0",
        "<a></b>",
    ],
)
def test_broken_beginnings_are_our_own_errors(text):
    """Whatever a file begins with, the error is one of ours."""
    with pytest.raises((CorruptFileError, NotAnActivityError)):
        parse(text)


IRREGULAR = [
    ("<ele>1 > 0</ele>", "a bracket in text"),
    ("<time>2026-03-01T08:00:00Z</tim>", "mismatched tags"),
    ('<x a="1" a="2"></x>', "an attribute twice"),
    ("<x a=1></x>", "an attribute without quotes"),
    ("<x\u00e9></x\u00e9>", "a name beyond ASCII"),
    ("<x>\x07</x>", "a control character"),
    ("<trkpt lat='1' lon='2'></trkpt>", "points within points"),
    ("<b>&unknown;</b>", "an unknown reference"),
    ("<b>&#65;</b>", "a reference in a point"),
    ("</trkpt><trkpt lat='1' lon='2'></trkpt><trkpt>", "other quotes"),
    ("<!-- > -->", "a comment"),
]


REGULAR = [
    ("<ele></ele>", "an empty element"),
    ("<ele>  503\n</ele>", "blanks around a value"),
    ("<ele>503</ele><ele>504</ele>", "a value twice"),
    ("<ele/><fix>3d</fix>", "an element of another kind"),
    ("<link href='x'/>".replace("'", '"'), "an attribute in one point"),
    ("", "an element that is missing"),
    ("<b></b ><" + "n" * 60 + "/>", "a very long name"),
    (
        "<x:Value>7</x:Value><y><Value>8</Value></y>",
        "values named after their parents",
    ),
    ("<lat>5</lat>", "an element with the name of an attribute"),
]


@pytest.mark.parametrize(
    ("piece", "what"), REGULAR, ids=[what for _, what in REGULAR]
)
def test_points_of_another_shape_stay_on_the_bulk_path(make_gpx, piece, what):
    """A point that differs from the others is read with them, as the walk reads it."""
    for count in (1, 40):
        assert assert_both_ways_agree(
            make_gpx(300).replace("<ele>503.0</ele>", piece, count).encode()
        )


def test_a_document_of_very_many_shapes_is_walked(make_gpx):
    """Where nearly every point is built differently, the walk is the faster way."""
    text = make_gpx(
        300,
        extension=lambda i: "".join(
            f"<a{k}>1</a{k}>" for k in range(9) if i >> k & 1
        ),
    )
    assert not is_bulk(text)
    assert len(parse(text)[0].time) == 300


@pytest.mark.parametrize(
    ("piece", "what"), IRREGULAR, ids=[what for _, what in IRREGULAR]
)
def test_the_bulk_path_hands_over_what_it_is_not_sure_of(make_gpx, piece, what):
    """An irregular piece in one point sends the document to the walk, which gives the other
    points.
    """
    text = make_gpx(300).replace("<ele>503.0</ele>", piece, 1)
    assert not is_bulk(text)
    assert len(parse(text)[0].time) >= 299


@settings(
    max_examples=40,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
    ],
)
@given(st.data())
def test_small_changes_never_make_the_two_ways_differ(make_gpx, data):
    """Replace, insert or delete a few characters anywhere: the bulk path gives what the walk gives,
    or hands over.
    """
    text = list(
        make_gpx(4, segments=2, indent=data.draw(st.sampled_from(["", "\n "])))
    )
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at] = data.draw(
            st.sampled_from(
                [
                    "",
                    " ",
                    "<",
                    ">",
                    "/",
                    '"',
                    "=",
                    "&",
                    "x",
                    "7",
                    "<a/>",
                    "</trk>",
                    "\r",
                    "é",
                ]
            )
        )
    content = "".join(text).encode()
    quick = _xml_bulk.read_in_bulk(content, gpx.DIALECT, max_points=MANY)
    if quick is not None:
        slow = _xml_walk.walk(content, gpx.DIALECT, max_points=MANY)
        assert slow.issues == []
        assert summary(quick) == summary(slow)


points = st.lists(
    st.tuples(
        st.floats(-90, 90),
        st.floats(-180, 180),
        st.none() | st.floats(-400, 9000),
        st.integers(800_000_000, 3_700_000_000).map(
            lambda s: datetime.datetime.fromtimestamp(s, tz=datetime.UTC)
        ),
    ),
    min_size=1,
    max_size=30,
)


@settings(max_examples=40)
@given(points, st.booleans())
def test_what_gpxpy_wrote_is_read_back(rows, pretty):
    """Any track that gpxpy writes is read with the same positions, elevations and times."""
    out = gpxpy.gpx.GPX()
    track = gpxpy.gpx.GPXTrack(name="A & B <C>")
    segment = gpxpy.gpx.GPXTrackSegment()
    out.tracks.append(track)
    track.segments.append(segment)
    for lat, lon, ele, time in rows:
        segment.points.append(gpxpy.gpx.GPXTrackPoint(lat, lon, ele, time))
    text = out.to_xml(prettyprint=pretty)
    (read,) = parse(text)
    assert read.meta.name == "A & B <C>"
    np.testing.assert_allclose(
        read.columns["latitude"], [r[0] for r in rows], atol=1e-9
    )
    np.testing.assert_allclose(
        read.columns["longitude"], [r[1] for r in rows], atol=1e-9
    )
    np.testing.assert_allclose(
        read.columns["elevation"],
        [np.nan if r[2] is None else r[2] for r in rows],
        atol=1e-9,
    )
    expected = [np.datetime64(r[3].replace(tzinfo=None), "ns") for r in rows]
    np.testing.assert_array_equal(read.time, np.array(expected))
    assert assert_both_ways_agree(text.encode())


def assert_agrees_with_gpxpy(data):
    peer = [
        p for t in gpxpy.parse(data).tracks for s in t.segments for p in s.points
    ]
    tracks = parse(data)

    def ours(name):
        return np.concatenate([t.columns[name] for t in tracks])

    np.testing.assert_allclose(
        ours("latitude"), [p.latitude for p in peer], atol=1e-9
    )
    np.testing.assert_allclose(
        ours("longitude"), [p.longitude for p in peer], atol=1e-9
    )
    np.testing.assert_allclose(
        ours("elevation"),
        [np.nan if p.elevation is None else p.elevation for p in peer],
        atol=1e-9,
    )
    times = [
        np.datetime64("NaT")
        if p.time is None
        else np.datetime64(p.time.replace(tzinfo=None), "ns")
        for p in peer
    ]
    np.testing.assert_array_equal(
        np.concatenate([t.time for t in tracks]),
        np.array(times, dtype="datetime64[ns]"),
    )


def test_samples_agree_with_gpxpy(samples):
    """Point by point, on recordings of the project's own."""
    names = [
        samples / "archive" / "2024-02-20-1842.gpx",
        samples / "odd" / "two-tracks.gpx",
    ]
    for path in names:
        assert_agrees_with_gpxpy(path.read_bytes())


@pytest.mark.corpus
def test_corpus_agrees_with_gpxpy(corpus):
    """Small real files, one an athlete and every odd kind, agree in every column; rows are complete
    in more.
    """
    index = pd.read_csv(corpus / "index.csv")
    index = index[index["format"] == "gpx"].sort_values("size")
    chosen = pd.concat(
        [
            index.groupby("athlete").head(2),
            index[index["role"].str.contains("odd")],
            index.iloc[::12],
        ]
    )
    chosen = chosen.drop_duplicates("file")
    for row in chosen.itertuples():
        data = gzip.decompress((corpus / row.file).read_bytes())
        assert sum(len(t.time) for t in parse(data)) == row.n_points
        if row.size < 500_000:
            assert_agrees_with_gpxpy(data)


@pytest.mark.parametrize("share", [0.03, 0.2, 0.45])
def test_steps_of_a_run_with_much_hiking_are_not_doubled(make_gpx, share):
    """Hiking at 102 steps a minute and running at 166, the latter for a small part."""
    text = make_gpx(
        1000,
        kind="trail_running",
        extension=lambda i: (
            f"<extensions><cad>{166 if i < 1000 * share else 102}</cad></extensions>"
        ),
    )
    (track,) = parse(text)
    assert set(track.columns["cadence"]) == {102.0, 166.0}


def test_strides_of_a_run_with_much_hiking_are_doubled(make_gpx):
    """The same recorded per leg, with a single wrong value."""
    text = make_gpx(
        1000,
        kind="trail_running",
        extension=lambda i: (
            "<extensions><cad>"
            f"{180 if i == 500 else 83 if i < 200 else 51}</cad></extensions>"
        ),
    )
    (track,) = parse(text)
    assert {102.0, 166.0} <= set(track.columns["cadence"])
