"""KML with tracks, in the layouts that OpenTracks (KML 2.3, since 4.0) and My Tracks before it
(KML 2.2 with Google's extension) publish.
"""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from trailstats.errors import (
    CorruptFileError,
    LimitError,
    NotAnActivityError,
    ReadError,
)

BEGIN = """<?xml version="1.0" encoding="UTF-8"?>

<kml xmlns="http://www.opengis.net/kml/2.3"
    xmlns:atom="http://www.w3.org/2005/Atom"
    xmlns:opentracks="http://opentracksapp.com/xmlschemas/v1">
<Document>
<open>1</open>
<visibility>1</visibility>
<name><![CDATA[Evening]]></name>
<atom:generator><![CDATA[OpenTracks]]></atom:generator>
<Schema id="schema">
<SimpleArrayField name="speed" type="float"><displayName><![CDATA[Speed (m/s)]]></displayName>
</SimpleArrayField>
</Schema>
<Folder><name><![CDATA[Markers]]></name>
<Placemark><name><![CDATA[A bench]]></name>
<TimeStamp><when>2026-03-01T18:00:05+01:00</when></TimeStamp>
<styleUrl>#waypoint</styleUrl>
<Point><coordinates>11.0,47.0,600.0</coordinates></Point>
</Placemark></Folder>
<Placemark>
<name><![CDATA[Evening]]></name>
<description><![CDATA[over the hill & back]]></description>
<opentracks:trackid>c2e8</opentracks:trackid>
<styleUrl>#track</styleUrl>
<ExtendedData>
<Data name="type"><value><![CDATA[trail running]]></value></Data>
</ExtendedData>
<MultiTrack>
<altitudeMode>absolute</altitudeMode>
<interpolate>1</interpolate>
"""
END = "</MultiTrack>\n</Placemark>\n</Document>\n</kml>\n"


def track(first: int, count: int) -> str:
    """Return a stretch of samples, one a second from this second of the evening on."""
    seconds = range(first, first + count)
    samples = "".join(
        f"<when>2026-03-01T18:{s // 60:02d}:{s % 60:02d}.000+01:00</when>\n"
        + (
            "<coord/>\n"
            if s == first
            else f"<coord>{11.0 + 4e-5 * s} {47.0} {600.0 + s}</coord>\n"
        )
        for s in seconds
    )
    arrays = {
        "trackpoint_type": ["TRACKPOINT"] * count,
        "speed": ["3", *["3.1"] * (count - 1)],
        "distance": ["", *["2.5"] * (count - 1)],
        "cadence": ["82"] * count,
        "heart_rate": [str(120 + s % 10) for s in seconds],
        "elevation_gain": ["1"] * count,
    }
    beside = "".join(
        f'<SimpleArrayData name="{name}">\n'
        + "".join(f"<value>{v}</value>\n" if v else "<value />\n" for v in values)
        + "</SimpleArrayData>\n"
        for name, values in arrays.items()
    )
    return (
        f"<Track>\n{samples}<ExtendedData>\n<SchemaData schemaUrl='#schema'>\n"
        f"{beside}</SchemaData>\n</ExtendedData>\n</Track>\n"
    )


WHOLE = (BEGIN + track(0, 60) + track(120, 60) + END).encode()


def test_a_track_of_opentracks() -> None:
    """Positions, sensors, the pause between its tracks, words; a marker is none of it."""
    run = ts.read(WHOLE)
    assert run.meta.format == "kml"
    assert run.meta.name == "Evening"
    assert run.meta.notes == "over the hill & back"
    assert run.meta.sport == "running"
    assert len(run.records) == 120
    assert run.records.index[0] == pd.Timestamp("2026-03-01T17:00:00Z")
    first, second = run.records.iloc[0], run.records.iloc[1]
    assert np.isnan(first["latitude"])
    assert second["latitude"] == 47.0
    assert second["longitude"] == pytest.approx(11.00004, abs=1e-9)
    assert second["elevation"] == 601.0
    assert (first["speed"], second["speed"]) == (3.0, 3.1)
    assert first["heart_rate"] == 120.0
    assert second["cadence"] == 164.0  # strides of one leg, as its sensors count
    assert run.records["distance"].isna().all()
    assert run.extras["sensor_distance"].iloc[1] == 2.5
    assert run.extras["elevation_gain"].iloc[0] == 1.0
    assert "trackpoint_type" not in run.extras
    (pause,) = run.pauses.to_dict("records")
    assert pause["start_time"] == pd.Timestamp("2026-03-01T17:00:59Z")
    assert pause["end_time"] == pd.Timestamp("2026-03-01T17:02:00Z")


def test_an_opentracks_backup_is_read_from_its_folder(tmp_path: Path) -> None:
    """KMZ: a zip with ``doc.kml`` and pictures; two of them are two runs."""
    for number, hour in enumerate((18, 20)):
        packed = WHOLE.replace(b"T18:", f"T{hour}:".encode())
        with zipfile.ZipFile(tmp_path / f"run{number}.kmz", "w") as archive:
            archive.writestr("doc.kml", packed)
            archive.writestr("images/7.jpg", b"\xff\xd8\xff")
    found = list(ts.iter_activities(tmp_path))
    assert [type(one) for one in found] == [ts.Activity] * 2
    assert ts.read(tmp_path / "run0.kmz").meta.source.endswith("run0.kmz")


def test_the_extension_of_google() -> None:
    """My Tracks and older OpenTracks: names with a prefix, times before positions."""
    text = """<kml xmlns="http://www.opengis.net/kml/2.2"
    xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><Placemark><name>Old</name>
    <gx:Track><when>2012-05-01T08:00:00Z</when><when>2012-05-01T08:00:01Z</when>
    <gx:coord>11.1 47.1 500</gx:coord><gx:coord>11.2 47.2</gx:coord>
    <ExtendedData><SchemaData><gx:SimpleArrayData name="heart_rate">
    <gx:value>99</gx:value><gx:value>101</gx:value></gx:SimpleArrayData></SchemaData>
    </ExtendedData></gx:Track></Placemark></Document></kml>"""
    run = ts.read(text.encode())
    assert run.records["longitude"].tolist() == [11.1, 11.2]
    assert run.records["elevation"].isna().tolist() == [False, True]
    assert run.records["heart_rate"].tolist() == [99.0, 101.0]


def test_two_placemarks_are_two_activities(tmp_path: Path) -> None:
    """As an export of several tracks has them; the second is found by its number."""
    middle = WHOLE.decode().partition("<Placemark>\n<name><![CDATA[Evening]]>")
    body = (
        "<Placemark>\n<name><![CDATA[Evening]]>"
        + middle[2].partition("</Document>")[0]
    )
    both = WHOLE.replace(b"</Document>", body.encode() + b"</Document>")
    (tmp_path / "two.kml").write_bytes(both)
    sources = [one.meta.source for one in ts.iter_activities(tmp_path)]
    assert [s.rpartition("/")[2] for s in sources] == ["two.kml", "two.kml#2"]


def gpslogger(*stretches: tuple[int, int]) -> bytes:
    """Return a day as GPSLogger logs it: a nameless placemark for each time it was switched on."""
    body = "".join(
        "<Placemark>\n<gx:Track>\n"
        + "".join(
            f"\n<when>2026-03-01T08:{s // 60:02d}:{s % 60:02d}.000Z</when>\n"
            f"<gx:coord>{11.0 + 4e-5 * s} 47.0 {600.0 + s}</gx:coord>\n"
            for s in range(first, first + count)
        )
        + "</gx:Track>\n</Placemark>"
        for first, count in stretches
    )
    note = (
        "<Placemark><name>a gate</name><Point><coordinates>11.0,47.0,600.0"
        "</coordinates></Point></Placemark>\n"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" '
        'xmlns:gx="http://www.google.com/kml/ext/2.2" xmlns:kml="http://www.opengis.net/kml/2.2" '
        'xmlns:atom="http://www.w3.org/2005/Atom"><Document><name>2026-03-01T08:00:00.000Z</name>\n'
        f"{note}{body}</Document></kml>\n"
    ).encode()


def test_a_day_of_gpslogger_is_one_activity(tmp_path: Path) -> None:
    """Its KML has a placemark a stretch, its GPX a segment: both are one run with a pause, and the
    same one. Its plain text and its notes on places are none.
    """
    (tmp_path / "20260301.kml").write_bytes(gpslogger((0, 60), (120, 60)))
    points = [
        "".join(
            f'<trkpt lat="47.0" lon="{11.0 + 4e-5 * s}"><ele>{600.0 + s}</ele>'
            f"<time>2026-03-01T08:{s // 60:02d}:{s % 60:02d}.000Z</time><course>90.0</course>"
            "<speed>3.0</speed><geoidheight>47.5</geoidheight><src>gps</src><sat>12</sat>"
            "<hdop>0.7</hdop><sensordata:compass>90.000;</sensordata:compass>\n</trkpt>\n"
            for s in range(first, first + 60)
        )
        for first in (0, 120)
    ]
    (tmp_path / "20260301.gpx").write_text(
        '<?xml version="1.0" encoding="UTF-8" ?><gpx version="1.0" creator="GPSLogger 127 - '
        'http://gpslogger.mendhak.com/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns="http://www.topografix.com/GPX/1/0"><time>2026-03-01T08:00:00.000Z</time>\n'
        '<wpt lat="47.0" lon="11.0"><name>a gate</name></wpt>\n<trk>'
        + "".join(f"<trkseg>\n{p}</trkseg>" for p in points)
        + "</trk></gpx>"
    )
    (tmp_path / "20260301.txt").write_text("time,lat,lon\n")
    runs = list(ts.iter_activities(tmp_path))
    assert [run.meta.format for run in runs] == ["gpx", "kml"]
    for run in runs:
        assert len(run.records) == 120
        assert len(run.pauses) == 1
    columns = ["latitude", "longitude", "elevation"]
    pd.testing.assert_frame_equal(
        runs[0].records[columns], runs[1].records[columns]
    )


def test_a_pictogram_says_what_a_language_hides() -> None:
    """OpenTracks writes the sport in the user's language and a pictogram that is in none."""
    kind = b"<![CDATA[trail running]]>"
    icon = b"<icon><![CDATA[RUN]]></icon>\n<styleUrl>#track"
    strange = WHOLE.replace(kind, b"<![CDATA[qazaqsha juguru]]>")
    run = ts.read(strange)
    assert run.meta.sport != "running"
    assert [i.code for i in run.issues if i.code == "sport_unknown"]
    run = ts.read(strange.replace(b"<styleUrl>#track", icon))
    assert run.meta.sport == "running"
    assert not [i.code for i in run.issues if i.code == "sport_unknown"]
    run = ts.read(WHOLE.replace(b"<styleUrl>#track", icon))
    assert (run.meta.sport, run.meta.sub_sport) == ("running", "trail")


@pytest.mark.parametrize(
    "text",
    [
        "<kml><Document/></kml>",
        "<kml><Placemark><LineString><coordinates>11,47</coordinates></LineString></Placemark></kml>",
        "<kml><Placemark><Track><coord>11 47</coord></Track></Placemark></kml>",
        "<kml><Placemark><Track><when>2026-03-01T18:00:00Z</when></Track></Placemark></kml>",
    ],
)
def test_what_is_no_recording(text: str) -> None:
    """Lines, places, and tracks without times or without anything at them."""
    with pytest.raises(NotAnActivityError, match="not a recording"):
        ts.read(text.encode())


def test_our_own_kml_is_no_recording(samples: Path, tmp_path: Path) -> None:
    """`convert` writes lines with their ground, not samples; the reason is said."""
    run = ts.analyze(samples / "odd" / "two-tracks.gpx")
    activity = ts.read(samples / "odd" / "two-tracks.gpx")
    path = ts.convert(activity, tmp_path / "a.kml", segments=run.segments)
    with pytest.raises(NotAnActivityError, match="not a recording"):
        ts.read(path)


def test_a_track_cut_short_keeps_what_came_before() -> None:
    """With an issue that says where; before the first sample nothing can be kept."""
    cut = WHOLE[: WHOLE.index(b"18:02:40")]
    run = ts.read(cut)
    assert len(run.records) == 100
    (issue,) = [i for i in run.issues if i.code == "truncated"]
    assert "line" in issue.where
    with pytest.raises(CorruptFileError):
        ts.read(WHOLE[:400])


def test_hostile_documents() -> None:
    """Entities, depth and numbers of samples are refused by name."""
    entity = (
        b'<!DOCTYPE k [<!ENTITY a "aaaa">]>' + WHOLE.partition(b"?>")[2].strip()
    )
    with pytest.raises(CorruptFileError, match="entities"):
        ts.read(entity, format="kml")
    deep = b"<kml>" + b"<Folder>" * 100 + b"</Folder>" * 100 + b"</kml>"
    with pytest.raises(LimitError, match="nesting"):
        ts.read(deep)
    with pytest.raises(LimitError, match="records"):
        ts.read(WHOLE, limits=ts.ReadLimits(records=100))
    arrays = "<value>1</value>" * 200
    many = BEGIN + f"<Track><SimpleArrayData name='x'>{arrays}</SimpleArrayData>"
    with pytest.raises(LimitError, match="records"):
        ts.read(many.encode(), limits=ts.ReadLimits(records=100))


def test_changed_bytes_raise_nothing_foreign() -> None:
    """A few hundred documents with bytes changed, cut out or doubled."""
    chance = random.Random(21)
    read = 0
    for _ in range(300):
        data = bytearray(WHOLE)
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data))
            kind = chance.randrange(3)
            if kind == 0:
                data[at] = chance.randrange(256)
            elif kind == 1:
                del data[at : at + chance.randrange(200)]
            else:
                data[at:at] = data[at : at + chance.randrange(200)]
        try:
            run = ts.read(io.BytesIO(bytes(data)), format="kml")
        except ReadError:
            continue
        read += 1
        assert len(run.records) <= 1000
    assert read > 50
