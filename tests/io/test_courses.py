"""Courses are read without times: GPX routes and tracks, TCX and FIT courses."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

import trailstats as ts
from trailstats.io.courses import read_course

ROUTE = """<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="47.01" lon="11.01"><name>Hut</name></wpt><wpt lat="99" lon="11"/>
<rte><name>Loop</name><rtept lat="47" lon="11"><ele>500</ele></rtept>
<rtept lat="47.01" lon="11.01"><ele>620</ele></rtept><rtept lat="47.02" lon="11"/></rte></gpx>"""

TRACK = """<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>Two</name>
<trkseg><trkpt lat="47" lon="11"><ele>500</ele></trkpt>
<trkpt lat="47.01" lon="11"><ele>510</ele></trkpt></trkseg>
<trkseg><trkpt lat="47.02" lon="11"><ele>520</ele></trkpt></trkseg></trk></gpx>"""

COURSE = """<TrainingCenterDatabase><Courses><Course><Name>Fell</Name><Track>
<Trackpoint><Position><LatitudeDegrees>47</LatitudeDegrees>
<LongitudeDegrees>11</LongitudeDegrees></Position><AltitudeMeters>5</AltitudeMeters></Trackpoint>
<Trackpoint><Position><LatitudeDegrees>47.1</LatitudeDegrees>
<LongitudeDegrees>11</LongitudeDegrees></Position></Trackpoint></Track>
<CoursePoint><Name>Top</Name><Position><LatitudeDegrees>47.1</LatitudeDegrees>
<LongitudeDegrees>11</LongitudeDegrees></Position></CoursePoint></Course></Courses>
</TrainingCenterDatabase>"""


def test_a_gpx_route() -> None:
    """Points, heights and the waypoint that has a place are there; a missing height is NaN."""
    found = read_course(ROUTE.encode())
    assert found.name == "Loop"
    np.testing.assert_array_equal(found.latitude, [47.0, 47.01, 47.02])
    np.testing.assert_array_equal(found.elevation, [500.0, 620.0, np.nan])
    assert [p.name for p in found.waypoints] == ["Hut"]


def test_a_gpx_track_without_times() -> None:
    """Its segments follow each other; compressed it is the same."""
    found = read_course(TRACK.encode())
    np.testing.assert_array_equal(found.elevation, [500.0, 510.0, 520.0])
    again = read_course(gzip.compress(TRACK.encode()))
    np.testing.assert_array_equal(again.latitude, found.latitude)


def test_a_tcx_course() -> None:
    """With its course point."""
    found = read_course(COURSE.encode())
    assert found.name == "Fell"
    np.testing.assert_array_equal(found.latitude, [47.0, 47.1])
    assert found.waypoints[0].name == "Top"


def test_as_recordings_they_stay_refused() -> None:
    """`read` takes none of them for a run."""
    for text in (ROUTE, TRACK, COURSE):
        with pytest.raises(ts.ReadError):
            ts.read(text.encode())


def test_a_recording_is_a_course(samples) -> None:
    """Its positions in their order."""
    found = read_course(samples / "odd" / "two-tracks.gpx")
    run = ts.read(samples / "odd" / "two-tracks.gpx")
    assert found.latitude[0] == run.records["latitude"].iloc[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<gpx></gpx>",
        '<gpx><rte><rtept lat="47" lon="11"/></rte></gpx>',
        '<gpx><rte><rtept lat="x" lon="11"/><rtept lat="95" lon="11"/></rte></gpx>',
        '<!DOCTYPE gpx [<!ENTITY a "b">]><gpx><rte><rtept lat="1" lon="1"/></rte></gpx>',
    ],
)
def test_what_is_no_course_is_refused(text: str) -> None:
    """With an error that says so."""
    with pytest.raises(ts.ReadError):
        read_course(text.encode())


def test_limits_hold() -> None:
    """More points than allowed are refused."""
    with pytest.raises(ts.LimitError):
        read_course(ROUTE.encode(), limits=ts.ReadLimits(records=2))
