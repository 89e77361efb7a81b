"""The FIT protocol: checksum, definitions, frames of files, and what is salvaged from damaged
ones.
"""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest
from fitdecode.utils import compute_crc

from trailstats.errors import (
    CorruptFileError,
    LimitError,
    NotAnActivityError,
    ReadError,
)
from trailstats.io import fit
from trailstats.io._build import ParseOptions
from trailstats.io.fit._crc import crc16

MANY = 10**7
START = 1_000_000_000


def parse(data, **options):
    return fit.parse(data, ParseOptions(max_records=MANY, **options))


def codes(parsed):
    return [issue.code for issue in parsed[0].issues]


def seconds(parsed):
    times = np.concatenate([p.time for p in parsed])
    return (
        (times - np.datetime64("1989-12-31", "ns")) / np.timedelta64(1, "s")
    ).astype(int)


def test_checksum_has_its_published_check_value():
    """The catalogue of checksums gives 0xBB3D for the digits 1 to 9 under this polynomial."""
    assert crc16(b"123456789") == 0xBB3D


@pytest.mark.parametrize("size", [1, 2, 3, 255, 4096, 8191, 8192, 8193, 50_001])
def test_checksum_equals_the_byte_wise_one(size):
    """The bulk computation gives what a loop over bytes gives, at every alignment of rows."""
    data = random.Random(size).randbytes(size)
    assert crc16(data) == compute_crc(data)
    assert crc16(data + struct.pack("<H", compute_crc(data))) == 0
    assert crc16(b"") == 0


def test_records_come_in_file_order_from_several_definitions(fit_writer):
    """Two record shapes that alternate keep the order of the file, and each fills its own
    columns.
    """
    w = fit_writer()
    w.define(0, 20, [(253, 4, 0x86), (3, 1, 0x02)])
    w.define(1, 20, [(7, 2, 0x84), (253, 4, 0x86)])
    for i in range(50):
        w.add(0, START + 2 * i, 100 + i)
        w.add(1, 200 + i, START + 2 * i + 1)
    p = parse(w.file())
    assert (seconds(p) == START + np.arange(100)).all()
    assert np.array_equal(p[0].columns["heart_rate"][::2], 100.0 + np.arange(50))
    assert np.isnan(p[0].columns["heart_rate"][1::2]).all()
    assert np.array_equal(p[0].columns["power"][1::2], 200.0 + np.arange(50))


def test_a_local_number_can_be_redefined(fit_writer, add_records):
    """After a new definition for the same local number, messages are read by the new one."""
    w = add_records(fit_writer(), 10)
    w.define(0, 20, [(3, 1, 0x02), (253, 4, 0x86)]).add(0, 99, START + 10)
    p = parse(w.file())
    assert len(p[0].time) == 11
    assert p[0].columns["heart_rate"][-1] == 99


def test_big_endian_definitions(fit_writer):
    """The byte order is the definition's, not the file's."""
    w = fit_writer()
    w.define(0, 20, [(253, 4, 0x86), (2, 2, 0x84)], big=True)
    w.add(0, START, 3000).add(0, START + 1, 3005)
    w.define(1, 20, [(253, 4, 0x86), (2, 2, 0x84)]).add(1, START + 2, 3010)
    p = parse(w.file())
    assert (seconds(p) == START + np.arange(3)).all()
    assert np.array_equal(p[0].columns["elevation"], [100.0, 101.0, 102.0])


def test_compressed_timestamps_roll_over(fit_writer):
    """Five-bit offsets count on from the last full time, also past their end and over several
    messages.
    """
    w = fit_writer()
    w.define(0, 20, [(253, 4, 0x86), (3, 1, 0x02)]).define(1, 20, [(3, 1, 0x02)])
    w.add(0, START, 100)
    expected = [START]
    for step in (1, 3, 31, 7, 30, 2):
        expected.append(expected[-1] + step)
        w.add(1, 100, head=0x80 | 1 << 5 | expected[-1] & 0x1F)
    expected.append(expected[-1] + 5)
    w.add(0, expected[-1], 100)
    assert list(seconds(parse(w.file()))) == expected


def test_reserved_bits_of_data_headers_are_ignored(fit_writer):
    """Some recorders set a reserved bit; the local number is in the low four."""
    w = fit_writer().define(4, 20, [(253, 4, 0x86), (3, 1, 0x02)], bits=0x10)
    w.add(4, START, 88, head=0x14)
    assert parse(w.file())[0].columns["heart_rate"].tolist() == [88.0]


def test_fields_of_odd_size_and_unknown_type_do_not_shift_the_others(fit_writer):
    """A one-byte uint32, an empty field and an unknown base type are stepped over or read by their
    size.
    """
    w = fit_writer()
    w.define(
        0,
        20,
        [
            (253, 4, 0x86),
            (90, 1, 0x86),
            (91, 0, 0x84),
            (92, 3, 0x55),
            (3, 1, 0x02),
        ],
    )
    w.body += bytes([0]) + struct.pack("<I", START) + b"\x07" + b"abc" + b"\x64"
    w.body += (
        bytes([0]) + struct.pack("<I", START + 1) + b"\xff" + b"abc" + b"\x65"
    )
    p = parse(w.file())
    assert p[0].columns["heart_rate"].tolist() == [100.0, 101.0]
    assert p[0].extras["unknown_90"][0] == 7
    assert np.isnan(p[0].extras["unknown_90"][1])


def test_missing_values_of_every_base_type(fit_writer):
    """The stored "none" of each base type is NaN, the largest value below it is kept, and 0 is a
    value.
    """
    cases = {
        0x01: (0x7F, 0x7E), 0x02: (0xFF, 0xFE), 0x83: (0x7FFF, 0x7FFE), 0x84: (0xFFFF, 0),
        0x85: (0x7FFFFFFF, -5),
        0x86: (0xFFFFFFFF, 0), 0x0A: (0, 1), 0x8B: (0, 0xFFFF), 0x8C: (0, 7),
        0x8E: (0x7FFFFFFFFFFFFFFF, -1),
        0x88: (float("nan"), 1.5),
    }  # fmt: skip
    size = {
        0x01: 1,
        0x02: 1,
        0x83: 2,
        0x84: 2,
        0x85: 4,
        0x86: 4,
        0x0A: 1,
        0x8B: 2,
        0x8C: 4,
        0x8E: 8,
        0x88: 4,
    }
    w = fit_writer()
    w.define(
        0,
        20,
        [
            (253, 4, 0x86),
            *((150 + i, size[base], base) for i, base in enumerate(cases)),
        ],
    )
    w.add(0, START, *(none for none, _ in cases.values()))
    w.add(0, START + 1, *(value for _, value in cases.values()))
    extras = parse(w.file())[0].extras
    for i, (_, value) in enumerate(cases.values()):
        column = extras[f"unknown_{150 + i}"]
        assert np.isnan(column[0])
        assert column[1] == value


def test_twelve_byte_header(fit_writer, add_records):
    """Old files have a header without a checksum of its own."""
    p = parse(add_records(fit_writer(), 20).file(header=12))
    assert len(p[0].time) == 20
    assert codes(p) == []


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda d: d[:-2], "crc_missing"),
        (lambda d: d[:-2] + b"\0\0", "crc_missing"),
        (lambda d: d[:-2] + b"\x12\x34", "crc_mismatch"),
        (lambda d: d[:4] + b"\0\0\0\0" + d[8:], "data_size_wrong"),
        (lambda d: d[:4] + struct.pack("<I", 200) + d[8:], "data_size_wrong"),
        (lambda d: d + b"junk that follows", "trailing_bytes"),
        (lambda d: b"\r\n--boundary\r\n" + d, "leading_bytes"),
        (lambda d: d[:8] + b"\0\0\0\0" + d[12:], "header_missing"),
        (lambda d: d[14:], "header_missing"),
        (lambda d: d[:12] + b"\x01\x02" + d[14:], "header_crc_mismatch"),
    ],
    ids=[
        "no crc",
        "zero crc",
        "wrong crc",
        "size 0",
        "size small",
        "tail",
        "lead",
        "no magic",
        "no header",
        "header crc",
    ],
)
def test_frame_faults_keep_every_record_and_are_reported(
    fit_writer, add_records, spoil, expected
):
    """A wrong frame costs no record; the fault is an issue with a byte offset."""
    p = parse(spoil(add_records(fit_writer(), 300).file()))
    assert (seconds(p) == START + np.arange(300)).all()
    assert expected in codes(p)
    assert all(issue.where.startswith("byte ") for issue in p[0].issues)


def test_a_size_of_zero_is_the_only_fault_of_a_file_with_a_right_checksum(
    fit_writer, add_records
):
    """The two bytes of the checksum are found, not read as a message."""
    w = add_records(fit_writer(), 300)
    assert codes(parse(w.file(size=0))) == ["data_size_wrong"]


def test_a_size_that_is_too_large_with_a_right_checksum_is_told_from_a_cut(
    fit_writer, add_records
):
    """The checksum of the whole shows that nothing is missing; without it the file counts as
    cut.
    """
    w = add_records(fit_writer(), 300)
    w = w.file(size=len(w.body) + 500)
    assert codes(parse(w)) == ["data_size_wrong"]
    assert codes(parse(w[:-40])) == ["truncated"]


def test_cut_file_gives_the_records_before_the_cut(fit_writer, add_records):
    """A file that ends within a message loses that message alone."""
    data = add_records(fit_writer(), 300).file()
    p = parse(data[:-25])
    assert (seconds(p) == START + np.arange(298)).all()
    assert codes(p) == ["truncated"]


def test_chained_files_give_an_activity_each(fit_writer, add_records):
    """Definitions do not carry over from one file of a chain to the next."""
    first = add_records(fit_writer(), 20).file()
    second = (
        fit_writer()
        .define(0, 20, [(253, 4, 0x86), (7, 2, 0x84)])
        .add(0, START + 500, 250)
        .file()
    )
    settings = fit_writer().define(0, 0, [(0, 1, 0)]).add(0, 2).file()
    p = parse(first + settings + second)
    assert [len(one.time) for one in p] == [20, 1]
    assert p[1].columns["power"].tolist() == [250.0]
    p = parse(first[:-2] + second)
    assert [len(one.time) for one in p] == [20, 1]
    assert codes(p) == ["crc_missing"]


def test_garbage_between_records_costs_no_record(fit_writer, add_records):
    """After a block that makes no sense, reading goes on with the next message; the block is
    reported.
    """
    w = add_records(fit_writer(), 60)
    before = len(w.body) + 14
    w.raw(random.Random(3).randbytes(333))
    for i in range(60, 111):
        w.add(0, START + i, 500_000_000 + 300 * i, 100_000_000 + i, 300 * i, 120)
    p = parse(w.file(crc=1))
    assert (seconds(p) == START + np.arange(111)).all()
    skipped = [issue for issue in p[0].issues if issue.code == "bytes_skipped"]
    assert skipped[0].where == f"byte {before}"
    assert skipped[0].count == 333


def test_messages_without_a_time_are_believed_only_where_sense_follows(
    fit_writer, add_records
):
    """In a damaged file, beats that a hole cuts into are dropped, those before it stay."""
    w = add_records(fit_writer(), 5).define(5, 78, [(0, 10, 0x84)])
    for _ in range(3):
        w.add(5, [800] * 5)
    w.raw(
        b"\x05" + struct.pack("<3H", 900, 900, 900)
    )  # cut: the next record's bytes would be beats
    for i in range(5, 10):
        w.add(0, START + i, 500_000_000, 100_000_000, 0, 120)
    (one,) = parse(w.file(crc=1))
    assert len(one.time) == 10
    assert one.rr[1].tolist() == [0.8] * 15


def test_an_undefined_local_number_costs_one_message(fit_writer, add_records):
    """A header byte without a definition is skipped with its message, even where the checksum
    fits.
    """
    w = add_records(fit_writer(), 5)
    w.raw(b"\x07" + bytes(17))
    w.add(0, START + 5, 500_000_000, 100_000_000, 0, 120)
    assert list(seconds(parse(w.file()))) == [START + i for i in range(6)]


def test_zeroed_and_deleted_blocks_cost_what_they_hit(fit_writer, add_records):
    """Each record has 18 bytes: a hole of 100 costs at most 7 of them."""
    data = add_records(fit_writer(), 400).file()
    for at in range(150, 5000, 371):
        for damaged in (
            data[:at] + bytes(100) + data[at + 100 :],
            data[:at] + data[at + 100 :],
        ):
            found = set(seconds(parse(damaged)).tolist())
            assert found <= set(range(START, START + 400))
            assert len(found) >= 393


def test_a_changed_bit_in_the_record_definition_is_mended(
    fit_writer, add_records
):
    """Any single bit of a record definition may change; the records are still found, as the same
    ones.

    The bits that only name a field or its type can't be told from another recorder's choice.
    """
    data = add_records(fit_writer(), 200).file()
    lost = []
    for bit in range(8 * (6 + 15)):
        spoiled = bytearray(data)
        spoiled[14 + bit // 8] ^= 1 << bit % 8
        try:
            found = len(parse(bytes(spoiled))[0].time)
        except ReadError:
            found = 0
        if found < 199:
            lost.append(bit)
    # 16 bits hold the message's number: with one of them changed these are other messages.
    assert set(lost) <= set(range(24, 40))


def test_a_message_with_an_impossible_time_is_left_out(fit_writer, add_records):
    """In a damaged file a single time far off its neighbours is not believed."""
    w = add_records(fit_writer(), 50)
    w.add(0, START + 90_000_000, 500_000_000, 100_000_000, 0, 120)
    for i in range(51, 100):
        w.add(0, START + i, 500_000_000, 100_000_000, 0, 120)
    p = parse(w.file(crc=1))
    assert sorted({*range(START, START + 100)} - set(seconds(p).tolist())) == [
        START + 50
    ]
    assert "message_damaged" in codes(p)
    assert len(parse(w.file())[0].time) == 100


def test_a_clock_that_jumps_is_believed_even_in_a_damaged_file(
    fit_writer, add_records
):
    """Several messages in a row that agree on another time are a set clock, not damage."""
    w = add_records(fit_writer(), 50)
    for i in range(50):
        w.add(0, START + 60_000_000 + i, 500_000_000, 100_000_000, 0, 120)
    assert len(parse(w.file(crc=1))[0].time) == 100


@pytest.mark.parametrize(
    "content",
    [b"", b"\x0e", b".FIT", bytes(500), b"\x0e\x20\x54\x08\0\0\0\0.FIT"],
)
def test_nothing_in_it(content):
    """What holds no message is refused in our own words."""
    with pytest.raises((NotAnActivityError, CorruptFileError)):
        parse(content)


def test_a_header_cut_off_by_the_next_one(fit_writer, add_records):
    """The first bytes of a header, and then the file once more from its beginning: all its
    records.
    """
    whole = add_records(fit_writer(), 30).file()
    for size in (8, 11, 12, 13):
        assert sum(len(p.time) for p in parse(whole[:size] + whole)) == 30


def test_a_definition_that_is_larger_than_the_damaged_file(
    fit_writer, add_records
):
    """A message that can't fit in is not looked for."""
    for size in range(90, 121):
        writer = fit_writer().define(
            1, 20, [(253, 4, 0x86), (60, 100, 0x0D), (61, size, 0x0D)]
        )
        data = add_records(
            add_records(writer, 4).raw(b"\xff\x17\xff"), 4, start=START + 4
        ).file(crc=1)
        assert sum(len(p.time) for p in parse(data)) == 8


def test_limits_on_records_and_messages(fit_writer, add_records):
    """More records than allowed is a typed error that names the limit."""
    data = add_records(fit_writer(), 300).file()
    with pytest.raises(LimitError, match="limit: records"):
        fit.parse(data, ParseOptions(max_records=299))
    assert len(fit.parse(data, ParseOptions(max_records=300))[0].time) == 300


def test_definitions_without_end_are_refused():
    """A file that only ever redefines is stopped by a count, not by patience."""
    body = struct.pack("<BBBHB", 0x40, 0, 0, 20, 0) * 150_000
    data = (
        struct.pack("<BBHI4s", 12, 0x20, 2132, len(body), b".FIT")
        + body
        + b"\0\0"
    )
    with pytest.raises(LimitError):
        fit.parse(data, ParseOptions(max_records=MANY))


def test_empty_messages_in_great_number_are_refused_or_read():
    """A definition without fields makes every byte a message; they are counted against the
    limit.
    """
    body = (
        struct.pack("<BBBHB", 0x40, 0, 0, 20, 0)
        + struct.pack("<BBBHB", 0x41, 0, 0, 21, 0)
        + bytes([0, 1]) * 400_000
    )
    data = (
        struct.pack("<BBHI4s", 12, 0x20, 2132, len(body), b".FIT")
        + body
        + b"\0\0"
    )
    with pytest.raises(LimitError):
        fit.parse(data, ParseOptions(max_records=10_000))


def test_recognition_of_content(fit_writer, add_records):
    """FIT is recognised by its header, after leading bytes, and without its header; other formats
    are not.
    """
    data = add_records(fit_writer(), 5).file()
    assert fit.sniff(data)
    assert fit.sniff(b"\r\n\r\n" + data)
    assert fit.sniff(data[14:])
    for other in (
        b"<?xml version='1.0'?><gpx><name>run.FIT</name>",
        b"\x89PNG\r\n\x1a\n" + bytes(4000),
        b"a" * 4000,
    ):
        assert not fit.sniff(other)
    assert not fit.sniff("<gpx>@\0\0</gpx>".encode("utf-16"))
