"""Files that hold many of something: the work grows with their size, not with its square."""

from __future__ import annotations

import importlib.util
import math
import sys
import tracemalloc

import numpy as np
import pytest

import trailstats as ts
from conftest import ROOT
from trailstats.errors import TrailstatsError
from trailstats.io.formats import DENSE, FEW

_spec = importlib.util.spec_from_file_location(
    "attacks", ROOT / "benchmarks" / "attacks.py"
)
attacks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(attacks)

# From n to 8 n; 1.1 is what the project asks for. What is called once is a part of the count.
MOST_EXPONENT = 1.1
LEAST, TIMES = 1024, 8


def read_all(data):
    """Read a file in full, or until it is refused."""
    try:
        return list(ts.iter_activities(data))
    except TrailstatsError as error:
        return [error]


def work_of(data):
    """Return how many calls the reading of a file takes, and the most memory that it holds [B].

    Calls of Python and C functions are counted, numpy's among them, so that no clock is needed.
    """
    count = 0

    def step(_frame, event, _arg):
        nonlocal count
        count += event in ("call", "c_call")

    tracemalloc.start()
    sys.setprofile(step)
    try:
        read_all(data)
    finally:
        sys.setprofile(None)
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return count, memory


@pytest.fixture(scope="module", autouse=True)
def warmed() -> None:
    """Load what is loaded once."""
    damaged = attacks.ATTACKS["fit nothing but headers"][1]
    for make in (
        attacks.run(60).file,
        lambda: attacks.points(60, lambda _: ""),
        lambda: damaged(4096),
    ):
        read_all(make())


@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_work_grows_with_the_size(name) -> None:
    """Calls and memory, from n to 8 n, for every kind of attack."""
    most, make = attacks.ATTACKS[name]
    # The mending of definitions, which has a bound, is most of the work on a small damaged file.
    size = most // (LEAST // 8 if "everywhere" in name else LEAST)
    small, large = make(size), make(size * TIMES)
    (calls, memory), (more_calls, more_memory) = work_of(small), work_of(large)
    assert math.log(more_calls / calls, TIMES) <= MOST_EXPONENT
    # Small files may hold columns of a fixed size.
    assert math.log(more_memory / max(memory, 1e6), TIMES) <= MOST_EXPONENT
    # No array is as long as a value in the file; one of compressed content may be 200 times it.
    times = 200 if name == "gzip zeros" else 1
    assert more_memory < 5e6 + 600 * times * len(large)


@pytest.mark.parametrize(
    ("make", "limit"),
    [
        (lambda: attacks.sessions(1_001, 1_001), "activities"),
        (lambda: attacks.chained(1_001, attacks.run(3).file()), "activities"),
        (
            lambda: attacks.points(
                1_001, lambda _: "", "</trkseg></trk><trk><trkseg>"
            ),
            "activities",
        ),
        (lambda: attacks.layouts(1_001, 2), "layouts"),
        (lambda: attacks.layouts(200, 200), "layouts"),
        (lambda: attacks.tiny_records(DENSE + 51, ((3, 1, 2),)), "records"),
    ],
)
def test_limits_are_named(make, limit) -> None:
    """What is over a limit is refused, by the limit's name."""
    with pytest.raises(ts.LimitError, match=limit):
        ts.read(make())


def test_limits_can_be_set() -> None:
    """A caller who knows the files may allow more, or less."""
    data = attacks.layouts(1_001, 2)
    ts.read(data, limits=ts.ReadLimits(layouts=2_000))
    with pytest.raises(ts.LimitError):
        ts.read(attacks.sessions(5, 50), limits=ts.ReadLimits(activities=4))
    data = attacks.tiny_records(DENSE + 51, ((3, 1, 2),))
    assert len(ts.read(data, limits=ts.ReadLimits(density=1.0)).records) > DENSE


def test_activities_follow_the_size() -> None:
    """Many tiny ones are refused, as each takes its milliseconds; as many ordinary ones are not."""
    tiny = attacks.chained(FEW + 1, attacks.run(3).file())
    with pytest.raises(ts.LimitError, match="activity_bytes"):
        ts.read(tiny)
    free = ts.ReadLimits(activity_bytes=0)
    assert len(list(ts.iter_activities(tiny, limits=free))) == FEW + 1
    assert (
        len(list(ts.iter_activities(attacks.chained(FEW, attacks.run(3).file()))))
        == FEW
    )
    usual = attacks.run(900).file()
    many = attacks.chained(FEW + 1, usual)
    assert len(many) > (FEW + 1) * ts.ReadLimits().activity_bytes
    assert len(list(ts.iter_activities(many))) == FEW + 1


def test_each_session_has_its_own_records_laps_pauses_and_heartbeats() -> None:
    """Split as by looking at each record: 40 sessions over records out of order."""
    out = attacks.run(400).define(
        1, 18, ((2, 4, 0x86), (253, 4, 0x86), (5, 1, 0))
    )
    import struct

    for i in range(40):
        out.add(struct.pack("<BIIB", 1, attacks.START + 10 * i, attacks.START, 1))
    out.define(2, 21, ((253, 4, 0x86), (0, 1, 0), (1, 1, 0)))
    for i in range(0, 400, 5):
        kind = 4 if i % 10 == 0 else 0
        out.add(struct.pack("<BIBB", 2, attacks.START + i + 2, 0, kind))
    out.define(3, 78, ((0, 2, 0x84),))
    out.add(*(struct.pack("<BH", 3, 500 + i) for i in range(10)))
    found = read_all(out.file())
    assert len(found) == 40
    for i, activity in enumerate(found):
        seconds = activity.records.index - found[0].records.index[0]
        assert np.array_equal(
            seconds.total_seconds(), np.arange(10 * i, 10 * i + 10.0)
        )
        (pause,) = activity.pauses.itertuples(index=False)
        assert (pause.start_time - activity.records.index[0]).total_seconds() == 2
        assert (pause.end_time - activity.records.index[0]).total_seconds() == 7
    assert [a.rr is not None and len(a.rr) for a in found[-2:]] in (
        [False, 10],
        [0, 10],
    )


def test_heartbeats_of_an_odd_size_are_left_out_and_said() -> None:
    """The rest of the file is read."""
    activity = ts.read(attacks.heartbeats(5, 3))
    assert len(activity.records) == 50
    assert [i.code for i in activity.issues] == ["field_size_odd"]


def test_names_are_counted_before_a_directory_is_read() -> None:
    """An archive over the limit is refused whatever number it states."""
    data = bytearray(attacks.names(300))
    at = data.rfind(b"PK\5\6")
    for stated in (300, 1):
        data[at + 10 : at + 12] = stated.to_bytes(2, "little")
        (failure,) = ts.iter_activities(
            bytes(data), limits=ts.ReadLimits(members=299)
        )
        assert failure.code == "limit"


def test_archives_within_archives_share_their_limits() -> None:
    """Names and bytes are counted over all of them."""
    data = attacks.names(300, nested=True)  # 30 zips of 10 names
    found = list(ts.iter_activities(data, limits=ts.ReadLimits(members=150)))
    assert len(found) < 200
    assert len(list(ts.iter_activities(data))) == 300
