"""Damaged files of every format: salvaged or refused in our own words, quickly, and never with
records made up.
"""

from __future__ import annotations

import random
import time

import pytest

from trailstats.errors import ReadError
from trailstats.io.formats import decode

EACH = {"cut": 40, "flip": 40, "zero": 15, "delete": 15}
# Shares of the original records that must come back on average, over what the damage leaves.
LEAST = {"cut": 0.98, "flip": 0.97, "zero": 0.97, "delete": 0.97}


def cut(data, draw):
    at = draw.randrange(len(data) // 20, len(data))
    return data[:at], at / len(data)


def flip(data, draw):
    out = bytearray(data)
    for _ in range(draw.randint(1, 8)):
        out[draw.randrange(len(out))] ^= 1 << draw.randrange(8)
    return bytes(out), 1.0


def hole(data, draw):
    size = draw.randrange(1, len(data) // 8)
    # The first part holds definitions, or the root: what they mean can't be told from the rest.
    return draw.randrange(len(data) // 20, len(data) - size), size


def zero(data, draw):
    at, size = hole(data, draw)
    return data[:at] + bytes(size) + data[at + size :], 1 - size / len(data)


def delete(data, draw):
    at, size = hole(data, draw)
    return data[:at] + data[at + size :], 1 - size / len(data)


KINDS = {"cut": cut, "flip": flip, "zero": zero, "delete": delete}


def rows(activities):
    """Return the records as a set of values."""
    return {
        row
        for a in activities
        for row in zip(
            a.records.index.tz_localize(None).astype("int64"),
            a.records["latitude"].round(7).fillna(-1),
            a.records["heart_rate"].fillna(-1),
            strict=True,
        )
    }


@pytest.fixture(scope="module")
def originals(samples):
    """Return one recording of each format."""
    names = {
        "fit": "2024-02-06-1816.fit",
        "gpx": "2024-02-20-1842.gpx",
        "tcx": "2024-04-11-1826.tcx",
    }
    return {
        name: (samples / "archive" / file).read_bytes()
        for name, file in names.items()
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["fit", "gpx", "tcx"])
def test_seeded_damage(originals, name, kind):
    """No exception but ours, no hang, faults reported, and nearly every record outside the damage
    kept.

    A file that is cut, has bits turned, or lost a block to zeros or altogether.
    """
    data = originals[name]
    truth = rows(decode(data, name))
    draw = random.Random(f"{name} {kind}")
    salvaged, expected, invented = 0.0, 0.0, 0.0
    for _ in range(EACH[kind]):
        damaged, left = KINDS[kind](data, draw)
        begin = time.perf_counter()
        try:
            found = rows(decode(damaged, name))
        except ReadError as error:
            assert str(error)
            found = set()
        assert time.perf_counter() - begin < 5
        salvaged += len(found & truth) / len(truth)
        invented += len(found - truth) / len(truth)
        expected += left
    assert salvaged / expected >= LEAST[kind]
    assert invented / EACH[kind] <= 0.005


@pytest.mark.parametrize("name", ["fit", "gpx", "tcx"])
def test_damage_of_a_checked_file_never_goes_unnoticed(originals, name):
    """Every cut is told by an issue or an error."""
    data = originals[name]
    draw = random.Random(7)
    for _ in range(20):
        damaged, _ = cut(data, draw)
        try:
            activities = decode(damaged, name)
        except ReadError:
            continue
        assert any(
            issue.severity == "error" for a in activities for issue in a.issues
        )


@pytest.mark.parametrize("seed", range(3))
def test_noise_is_refused(seed):
    """Random bytes, with or without a beginning that looks right, are refused in our own words."""
    draw = random.Random(seed)
    heads = [
        b"",
        b"\x0e\x20\x54\x08\xff\xff\0\0.FIT\0\0",
        b"<?xml version='1.0'?><gpx><trk><trkseg>",
    ]
    heads += [b"<TrainingCenterDatabase>", b"\x1f\x8b\x08\0", b"PK\x03\x04"]
    for head in heads:
        for size in (0, 10, 1000, 50_000):
            with pytest.raises(ReadError):
                decode(head + draw.randbytes(size), "noise")
