"""Times are read in every spelling, or an error names the first that can't be."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import trailstats as ts
from trailstats.errors import CorruptFileError, NotAnActivityError
from trailstats.io._times import parse_times

EIGHT = "2026-03-01T08:00:00"

SPELLINGS = {
    "2026-03-01T08:00:00,500Z": f"{EIGHT}.5",
    "2026-03-01T08:00:00.500 UTC": f"{EIGHT}.5",
    "2026-03-01T08:00:00.250GMT": f"{EIGHT}.25",
    "2026-03-01t08:00:00.5z": f"{EIGHT}.5",
    "2026-03-01 08:00:00": EIGHT,
    "2026-03-01T08:00Z": EIGHT,
    "20260301T080000Z": EIGHT,
    "20260301080000": EIGHT,
    "2026/03/01 08:00:00": EIGHT,
    "2026.03.01 08.00.00": EIGHT,
    "2026-03-01T08.00.00.500Z": f"{EIGHT}.5",
    "1.3.2026 08:00:00": EIGHT,
    "2026-3-1 8:00:00 AM": EIGHT,
    "2026-03-01 12:00:00 a.m.": "2026-03-01T00:00:00",
    "2026-03-01 08:00:00 PM": "2026-03-01T20:00:00",
    "2026-03-01T09:00:00+01:00": EIGHT,
    "2026-03-01T09:00:00.000+0100": EIGHT,
    "2026-03-01T13:30:00+05:30": EIGHT,
    "2026-03-01T03:00:00\u221205": EIGHT,
    "2026-03-01T10:00:00 GMT+2": EIGHT,
    "2026-03-01T09:00:00+01:00[Europe/Vienna]": EIGHT,
    "+002026-03-01T08:00:00.000Z": EIGHT,
    "2026-03-01T08:00:00.123456789012Z": f"{EIGHT}.123456789",
    "1772352000": EIGHT,
    "1772352000.5": f"{EIGHT}.5",
    "1772352000.500": f"{EIGHT}.5",  # as long as a compact date and time
    "1772352000500": f"{EIGHT}.5",
    "1772352000500000": f"{EIGHT}.5",
    "1772352000500000000": f"{EIGHT}.5",
    "1.7723520005E12": f"{EIGHT}.5",
    "2569-03-01T08:00:00Z": EIGHT,
    "2016-12-31T23:59:60Z": "2016-12-31T23:59:59",
}  # fmt: skip

UNREADABLE = [
    "",
    "yesterday",
    "2026-02-29T08:00:00Z",
    "2026-13-01T08:00:00Z",
    "2026-03-01T25:00:00Z",
    "2262-05-01T08:00:00Z",
    "2847-03-01T08:00:00Z",
    "0000-00-00T00:00:00Z",
    "9" * 25,
    "2026-03-01T08:00:00" + " " * 100 + "Z",
    "\u2026",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_each_spelling_is_the_time_that_it_names(text: str) -> None:
    """The time that a person reads in the text comes out, to the nanosecond."""
    (found,) = parse_times([text])
    assert found == np.datetime64(SPELLINGS[text], "ns")


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_time_is_none(text: str) -> None:
    """No date that there isn't, no count beyond all years, and no year that would wrap around."""
    (found,) = parse_times([text])
    assert np.isnat(found)


# Zeros of scripts whose ten digits follow one another (Unicode, general category Nd).
ZEROS = {
    "arabic": 0x660,
    "persian": 0x6F0,
    "devanagari": 0x966,
    "bengali": 0x9E6,
    "thai": 0xE50,
    "burmese": 0x1040,
    "khmer": 0x17E0,
    "fullwidth": 0xFF10,
}


@given(
    micros=st.integers(631_238_400 * 10**6, 4_102_272_000 * 10**6),
    zero=st.sampled_from([ord("0"), *ZEROS.values()]),
    sign=st.sampled_from([".", ",", "\u066b"]),
    zone=st.sampled_from(["Z", "z", " UTC", "GMT", "", "+00:00", "-0000"]),
    decimals=st.integers(0, 12),
)
@example(1_772_352_000_500_000, 0x6F0, "\u066b", "z", 12)
def test_digits_decimal_signs_and_zones_of_all_kinds(
    micros: int, zero: int, sign: str, zone: str, decimals: int
) -> None:
    """A time written with any script's digits, decimal sign and name of UTC is that time."""
    time = dt.datetime.fromtimestamp(micros // 10**6, tz=dt.UTC)
    fraction = f"{micros % 10**6:06d}000000"[:decimals]
    text = f"{time:%Y-%m-%dT%H:%M:%S}{sign if fraction else ''}{fraction}{zone}"
    digits = {str(i): chr(zero + i) for i in range(10)}
    (found,) = parse_times([text.translate(str.maketrans(digits))])
    kept = int(fraction[:6].ljust(6, "0"))
    expected = micros // 10**6 * 10**6 + kept
    assert found.astype(int) == expected * 1000


@given(st.text(max_size=40) | st.from_regex(r"[\d.,:TZ +E-]{0,30}"))
@example("9" * 19)
@example("9E99")
@example("1.5E-3")
def test_no_text_raises(text: str) -> None:
    """Whatever stands there, there is one time or none."""
    assert len(parse_times([text])) == 1


def track(times: list[str]) -> bytes:
    """Return a GPX document of points with given times, 3 m apart."""
    points = "".join(
        f'<trkpt lat="{47 + 2.7e-5 * i:.7f}" lon="11"><time>{text}</time></trkpt>'
        for i, text in enumerate(times)
    )
    return (
        f'<gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'.encode()
    )


def training(times: list[str]) -> bytes:
    """Return a TCX document of points with given times."""
    points = "".join(
        f"<Trackpoint><Time>{text}</Time><DistanceMeters>{3 * i}</DistanceMeters></Trackpoint>"
        for i, text in enumerate(times)
    )
    return (
        '<TrainingCenterDatabase><Activities><Activity Sport="Running"><Lap><Track>'
        f"{points}</Track></Lap></Activity></Activities></TrainingCenterDatabase>"
    ).encode()


SHAPES = [
    "2026-03-01T08:{m:02d}:{s:02d},500Z",
    "2026-03-01T08:{m:02d}:{s:02d}.500 UTC",
    "2026-03-01T08:{m:02d}:{s:02d}.250GMT",
    "2026-03-01T08:{m:02d}:{s:02d}.500z",
    "2026-03-01T08.{m:02d}.{s:02d}Z",
    "2026-03-01T08:{m:02d}:{s:02d}.500000000000Z",
    "{epoch}",
    "{epoch}250",
]


@pytest.mark.parametrize("write", [track, training])
@pytest.mark.parametrize("shape", SHAPES)
def test_files_of_one_spelling(write: object, shape: str) -> None:
    """A file all of whose times have an unusual spelling is five minutes and 900 m long."""
    texts = [
        shape.format(m=i // 60, s=i % 60, epoch=1_772_352_000 + i)
        for i in range(301)
    ]
    run = ts.analyze(write(texts))  # type: ignore[operator]
    assert run.totals.elapsed_time == pytest.approx(300.0)
    assert run.totals.distance == pytest.approx(900.0, rel=0.01)


@pytest.mark.parametrize("write", [track, training])
@pytest.mark.parametrize("text", ["2262-05-01T08:00:00Z", "the first of March"])
def test_an_error_names_the_time(write: object, text: str) -> None:
    """Points with times that can't be read are no route: the error says which text it was."""
    with pytest.raises(CorruptFileError, match=text):
        ts.read(write([text] * 20))  # type: ignore[operator]


def test_points_without_times_are_a_route() -> None:
    """Only where no time stands at all."""
    with pytest.raises(NotAnActivityError, match="a route or a course"):
        ts.read(track([""] * 20))


def test_the_issue_names_the_time_that_was_lost() -> None:
    """One bad time among good ones is dropped, and said."""
    texts = [f"2026-03-01T08:00:{s:02d}Z" for s in range(30)]
    texts[7] = "08:00:07"
    (issue,) = (
        i for i in ts.read(track(texts)).issues if i.code == "time_missing"
    )
    assert issue.count == 1
    assert "'08:00:07'" in issue.message


@pytest.mark.parametrize(
    ("name", "length", "seconds"),
    [("gpx_time_fraction_comma", 900, 300), ("gpx_time_persian", 1800, 600)],
)
def test_reported_files(
    cases: Path, name: str, length: float, seconds: float
) -> None:
    """Recordings modelled on public reports have their length and time."""
    run = ts.analyze(cases / f"{name}.gpx")
    assert run.totals.distance == pytest.approx(length, rel=0.01)
    assert run.totals.elapsed_time == pytest.approx(seconds, rel=0.01)
