"""Numbers and times in bulk: exactly what the plain way gives, one by one."""

from __future__ import annotations

import random
import re
from datetime import datetime
from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trailstats.io._times import parse_times
from trailstats.io.xml._spans import (
    plain_numbers,
    read_numbers,
    read_times,
    strip,
    texts_to_times,
)


def spans(texts):
    """Return texts side by side, and where each begins and ends."""
    size = np.array([len(text.encode()) for text in texts])
    start = np.cumsum(size + 1) - size - 1
    return "<".join(texts).encode() + b"<", start, start + size


def plain(text):
    try:
        value = float(re.sub(r"^([^.,]*),([^.,]*)$", r"\1.\2", text))
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def assert_same_numbers(texts):
    np.testing.assert_array_equal(
        read_numbers(*spans(texts)), [plain(text) for text in texts]
    )


@settings(max_examples=60)
@given(
    st.lists(st.floats(-1e7, 1e7), min_size=200, max_size=260),
    st.integers(0, 20),
    st.booleans(),
)
def test_decimals_are_the_nearest_double(values, places, short):
    """Written with any number of places, every value is read as Python reads it."""
    assert_same_numbers([repr(v) if short else f"{v:.{places}f}" for v in values])


@pytest.mark.parametrize("seed", range(4))
def test_long_expansions_are_the_nearest_double(seed):
    """Some exporters print all the decimals of a binary number: up to 44 characters, cut
    anywhere.
    """
    draw = random.Random(seed)
    values = [draw.uniform(-180, 180) for _ in range(2000)]
    assert_same_numbers(
        [format(Decimal(v), "f")[: draw.randint(2, 44)] for v in values]
    )
    assert_same_numbers(
        [format(Decimal(float(np.float32(v))), "f") for v in values]
    )


@pytest.mark.parametrize("low", [1.0, 2.0**20])
def test_numbers_halfway_between_two_doubles(low):
    """Halfway cases are rounded to even, those a digit below or above to the nearer side, as Python
    does.
    """
    draw = random.Random(5)
    texts = []
    with localcontext() as context:
        context.prec = 100
        for _ in range(2000):
            value = draw.uniform(low, 2 * low)
            middle = (
                Decimal(value) + Decimal(float(np.nextafter(value, 1e9)))
            ) / 2
            texts.append(
                format(
                    middle + draw.choice((-1, 0, 1)) * Decimal(10) ** -36, "f"
                ).rstrip("0")[:44]
            )
    assert_same_numbers(texts)


def test_what_is_no_plain_decimal():
    """Signs, exponents, gaps and words come out as Python reads them, most of them as nothing; so
    does a comma.
    """
    odd = [
        "",
        "-",
        ".",
        "-.",
        "1.",
        ".5",
        "-.5",
        "+5",
        "1e5",
        "nan",
        "inf",
        "1_0",
        "0x1",
        "1..2",
        "1-2",
        "--1",
        "0",
        "-0",
    ]
    odd += ["000012.5", "\uff11\uff12", "null", "12 3", "1,5", "é"]
    assert_same_numbers([*odd, *(f"{i}.25" for i in range(300)), *odd])
    assert plain_numbers(["5", "x"])[0] == 5


def test_blanks_at_the_ends_are_left_out():
    """Blanks, tabs and line ends around a value do not count; a value of blanks is empty."""
    content = b"<  12.5\t\n<   <7<"
    start, end = strip(
        np.frombuffer(content, np.uint8),
        np.array([1, 10, 14]),
        np.array([9, 13, 15]),
    )
    assert [content[a:b] for a, b in zip(start, end, strict=True)] == [
        b"12.5",
        b"",
        b"7",
    ]


@settings(max_examples=60)
@given(
    st.lists(
        # What nanoseconds since 1970 in 64 bits hold.
        st.datetimes(
            datetime.fromisoformat("1678-01-01"),
            datetime.fromisoformat("2261-12-31"),
        ),
        min_size=1,
        max_size=30,
    ),
    st.sampled_from(["s", "ms", "us", "ns"]),
    st.booleans(),
)
def test_times_are_those_of_pandas(times, unit, zoned):
    """Whatever the digits after the second, with Z or without, the time is the slow parser's."""
    stamps = np.array(times, dtype="datetime64[us]").astype(f"datetime64[{unit}]")
    texts = [np.datetime_as_string(t) + ("Z" if zoned else "") for t in stamps]
    np.testing.assert_array_equal(read_times(*spans(texts)), parse_times(texts))


def test_odd_times():
    """Offsets, leap seconds, days that a month has not, mixed digits: read or dropped, one by
    one.
    """
    texts = [
        "2024-02-29T10:00:00Z", "2023-02-29T10:00:00Z", "2024-04-31T10:00:00Z",
        "2024-12-31T23:59:60Z",
        "2024-05-01T10:00:00+02:00", "2024-05-01T10:00:00", "2024-05-01T10:00:00.5Z",
        "2024-05-01T10:00:00.1234567Z",
        "2024-05-01 "
        "10:00:00Z", "2024-05-01T24:00:00Z", "2024-13-01T10:00:00Z", "nonsense", "",
        "2024-05-01T10:00:0xZ",
    ]  # fmt: skip
    found = read_times(*spans(texts))
    expected = [
        "2024-02-29T10:00:00", "NaT", "NaT", "2024-12-31T23:59:59", "2024-05-01T08:00:00",
        "2024-05-01T10:00:00",
        "2024-05-01T10:00:00.5", "2024-05-01T10:00:00.1234567", "2024-05-01T10:00:00", "NaT",
        "NaT", "NaT",
        "NaT", "NaT",
    ]  # fmt: skip
    np.testing.assert_array_equal(
        found, np.array(expected, dtype="datetime64[ns]")
    )


def test_few_times_are_read_as_many():
    """The short way for a handful of texts gives what a column of them gives, odd ones included."""
    odd = {
        "2024-02-29T10:00:00Z": "2024-02-29T10:00:00",
        "2023-02-29T10:00:00Z": "NaT",
        "2024-12-31T23:59:60Z": "2024-12-31T23:59:59",
        "2024-05-01T24:00:00Z": "NaT",
        "2024-05-01T10:00:00.123456789Z": "2024-05-01T10:00:00.123456789",
        "2024-05-01T10:00:00+02:00": "2024-05-01T08:00:00",
        "": "NaT",
    }
    plain_time = "2024-05-01T07:30:00Z"
    for text, expected in odd.items():
        found = texts_to_times([plain_time, text])
        truth = np.array(
            ["2024-05-01T07:30:00", expected], dtype="datetime64[ns]"
        )
        np.testing.assert_array_equal(found, truth, err_msg=text)
        np.testing.assert_array_equal(
            texts_to_times([plain_time, text] * 40),
            np.tile(truth, 40),
            err_msg=text,
        )


def test_numbers_beyond_one_batch():
    """More numbers than are converted at a time, odd ones at the seams, are each the nearest
    double.
    """
    texts = [f"{i % 97}.{i:05d}" for i in range(3 * 8192 + 5)]
    for at in (0, 8191, 8192, 16383, 16384, len(texts) - 1):
        texts[at] = "-1234.123456789012345"
    assert_same_numbers(texts)
