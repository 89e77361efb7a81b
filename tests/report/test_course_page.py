"""The page of a predicted course: complete without network or script, and of the same numbers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

import trailstats as ts
from trailstats.report import text
from trailstats.report.course_page import course_page
from trailstats.report.units import Units


@pytest.fixture(scope="module")
def found(samples) -> ts.Prediction:
    """Return the prediction of a course that two runs of the samples went."""
    history = ts.analyze_folder(samples / "odd", workers=1)
    return ts.predict(samples / "odd" / "two-tracks.gpx", history, splits=500.0)


def test_the_page_says_what_the_prediction_says(found: ts.Prediction) -> None:
    """Time, ranges, each split, each caveat."""
    page = course_page(found, Units.of(imperial=False))
    time = found.moving_time
    for seconds in (time.value, time.low50, time.low90, time.high90):
        assert text.clock(seconds) in page
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>', page)
    assert rows == list(found.splits["name"])
    assert len(found.caveats) + 2 == page.count("<li>") - 3 * page.count(
        'aria-label="Ground"'
    )


def test_nothing_is_loaded_and_names_are_text(found: ts.Prediction) -> None:
    """A name with markup stays a name; no script, no address."""
    course = replace(found.course, name="<script>alert(1)</script>")
    page = course_page(replace(found, course=course), Units.of(imperial=True))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")


def test_the_line_ends_where_the_course_ends(found: ts.Prediction) -> None:
    """The band's line goes from the start at time 0 to the end; the profile fills the width."""
    page = course_page(found, Units.of(imperial=False))
    drawings = re.findall(r"<svg.*?</svg>", page, flags=re.S)
    assert len(drawings) == 2
    for drawing in drawings:
        lines = ET.fromstring(drawing).findall("polyline")
        points = [p.split(",") for p in lines[0].get("points", "").split()]
        assert float(points[0][0]) == 56.0
        assert float(points[-1][0]) == pytest.approx(800.0, abs=0.1)
    assert points[0][1] == "196.0"


def test_a_course_without_heights_has_no_profile(found: ts.Prediction) -> None:
    """The band alone is drawn."""
    course = replace(
        found.course, elevation=np.full(len(found.course.distance), np.nan)
    )
    page = course_page(replace(found, course=course), Units.of(imperial=False))
    assert page.count("<svg") == 1
