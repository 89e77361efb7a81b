"""What hostile files cost: time over their size, and time and memory of each below 1 MB.

``python benchmarks/attacks.py`` makes each attack in the sizes n and 8 n, the larger below 1 MB,
analyses both in processes of their own, and prints CPU time, memory, and the exponent of time over
size. An attack is a file that holds many of something: sessions, pauses, definitions, attributes,
blanks, names. What is measured goes from the bytes to the last metric, or to the error.
"""

from __future__ import annotations

import argparse
import gzip
import io
import math
import multiprocessing
import resource
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from multiprocessing.connection import Connection

START = 1_140_000_000  # FIT seconds: in 2026
MOST_BYTES = 1_000_000
LONGEST = 12  # seconds
FEW = 150  # activities that a file of any size may hold
FIELDS = ((253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (3, 1, 0x02))


class Fit:
    """A writer of FIT messages without a check of anything."""

    def __init__(self) -> None:
        self.body: list[bytes] = []

    def define(
        self,
        local: int,
        message: int,
        fields: tuple[tuple[int, int, int], ...],
        developer: tuple[tuple[int, int, int], ...] = (),
    ) -> Fit:
        """Add a definition."""
        head = 0x40 | local | (0x20 if developer else 0)
        raw = struct.pack("<BBBHB", head, 0, 0, message, len(fields))
        raw += b"".join(bytes(f) for f in fields)
        if developer:
            raw += bytes([len(developer)]) + b"".join(bytes(f) for f in developer)
        self.body.append(raw)
        return self

    def add(self, *content: bytes) -> Fit:
        """Add messages, headers included."""
        self.body += content
        return self

    def file(self, checksum: bool = True) -> bytes:
        """Return the file."""
        from trailstats.io.fit._crc import crc16

        body = b"".join(self.body)
        head = struct.pack("<BBHI4sH", 14, 32, 2100, len(body), b".FIT", 0)
        crc = crc16(head + body) if checksum else 0x1234
        return head + body + struct.pack("<H", crc)


def record(i: int, local: int = 0) -> bytes:
    """Return a record of a run to the north."""
    semicircles = 2**31 / 180
    lat = int((47 + 27e-6 * i) * semicircles)
    return struct.pack(
        "<BIiiB", local, START + i, lat, int(11 * semicircles), 140
    )


def run(count: int = 50) -> Fit:
    """Return a short run to add to."""
    return Fit().define(0, 20, FIELDS).add(*map(record, range(count)))


def sessions(n: int, records: int = 50) -> bytes:
    """Many sessions, each a second after the last."""
    out = run(records).define(1, 18, ((2, 4, 0x86), (253, 4, 0x86), (5, 1, 0)))
    step = max(records // n, 1)
    rows = (
        struct.pack("<BIIB", 1, START + i * step, START + i, 1) for i in range(n)
    )
    return out.add(*rows).file()


def messages(
    n: int, number: int, fields: tuple[tuple[int, int, int], ...]
) -> bytes:
    """Many messages of one kind, their first two fields times."""
    size = sum(f[1] for f in fields) - 8
    out = run(n).define(1, number, fields)
    rows = (
        struct.pack("<BII", 1, START + i, START + i) + bytes(size)
        for i in range(n)
    )
    return out.add(*rows).file()


def timer(n: int) -> bytes:
    """Return stops and starts of the timer in turn, over as many records."""
    out = run(n).define(1, 21, ((253, 4, 0x86), (0, 1, 0), (1, 1, 0)))
    rows = (
        struct.pack("<BIBB", 1, START + i, 0, 4 * (i % 2 == 0)) for i in range(n)
    )
    return out.add(*rows).file()


def developer(n: int, same: bool) -> bytes:
    """Definitions with developer fields, described anew before each or all alike."""
    out = run()
    describe = ((0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 4, 7))
    for i in range(n):
        number = 0 if same else i % 255
        out.define(2, 206, describe).add(bytes([2, 0, number, 2]) + b"abc\0")
        out.define(1, 20, ((253, 4, 0x86),), ((number, 1, 0),))
        out.add(struct.pack("<BIB", 1, START + 60 + i, 7))
    return out.file()


def layouts(n: int, fields: int, message: int = 20) -> bytes:
    """Definitions that differ, each with one message."""
    out = run()
    for i in range(n):
        numbers = [((i * 7 + k) % 250, 1, 2) for k in range(fields)]
        out.define(
            1,
            message,
            ((253, 4, 0x86), *numbers, (i % 250, 1 + i // 250 % 250, 13)),
        )
        size = fields + 1 + i // 250 % 250
        out.add(struct.pack("<BI", 1, START + 60 + i) + bytes(size))
    return out.file()


def wide(n: int) -> bytes:
    """One record with many unknown arrays, over many with nothing."""
    out = Fit().define(0, 20, ((253, 4, 0x86),))
    out.add(*(struct.pack("<BI", 0, START + i) for i in range(n)))
    for k in range(16):
        out.define(
            1, 20, ((253, 4, 0x86), *((150 + k * 6 + j, 16, 2) for j in range(6)))
        )
        out.add(struct.pack("<BI", 1, START + n + k) + bytes(range(96)))
    return out.file()


def tiny_records(n: int, fields: tuple[tuple[int, int, int], ...]) -> bytes:
    """Return records of a byte or two, with compressed times."""
    out = run().define(1, 20, fields)
    size = sum(f[1] for f in fields)
    rows = (
        bytes([0x80 | 1 << 5 | (18 + i) % 32]) + bytes([140]) * size
        for i in range(n)
    )
    return out.add(*rows).file()


def chained(n: int, one: bytes) -> bytes:
    """Many files in one."""
    return one * n


def magic(n: int) -> bytes:
    """Headers that lead nowhere."""
    return run().file() + b"\x0e\x20\0\0\xff\xff\0\0.FIT\0\0@" * n


def redefined(n: int) -> bytes:
    """Return the same definition before each record."""
    out = Fit()
    for i in range(n):
        out.define(0, 20, FIELDS).add(record(i))
    return out.file()


def damaged(n: int, every: int) -> bytes:
    """Return a FIT file whose messages are overwritten at every so many bytes."""
    data = bytearray(run(n).file(checksum=False))
    for at in range(200, len(data) - 2, every):
        data[at] ^= 0x5A
    return bytes(data)


def broken_definitions(n: int) -> bytes:
    """Definitions without end, in a file whose checksum is wrong."""
    return (
        run()
        .add(b"\x40\0\0\x14\0\x01\xfd\x04\x86" * n, b"\x4f" * n)
        .file(checksum=False)
    )


def heart_rates(n: int) -> bytes:
    """Messages with stored heart rates, one of them long."""
    out = run(50).define(1, 132, ((253, 4, 0x86), (9, 4, 0x86)))
    out.add(*(struct.pack("<BII", 1, START + i, i * 1024) for i in range(n)))
    out.define(2, 132, ((10, 255, 13), (6, 170, 2)))
    return out.add(
        *(bytes([2]) + bytes(425) for _ in range(max(n // 50, 1)))
    ).file()


def heartbeats(n: int, size: int) -> bytes:
    """Messages with the times between heartbeats."""
    out = run(50).define(1, 78, ((0, size, 0x84),))
    return out.add(
        *(
            bytes([1]) + b"\x20\x03" * (size // 2) + bytes(size % 2)
            for _ in range(n)
        )
    ).file()


def point(i: int, inside: str = "") -> str:
    """Return a track point."""
    t = f"2026-03-01T{8 + i // 3600 % 12:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z"
    return f'<trkpt lat="{47 + 27e-6 * i:.6f}" lon="11"><time>{t}</time>{inside}</trkpt>'


def gpx(body: str, attributes: str = "") -> bytes:
    """Return a GPX document."""
    return f"<gpx{attributes}><trk><trkseg>{body}</trkseg></trk></gpx>".encode()


def points(n: int, inside: Callable[[int], str], between: str = "") -> bytes:
    """Return a GPX document with n points."""
    return gpx(between.join(point(i, inside(i)) for i in range(n)))


def jumps(n: int) -> bytes:
    """Points that jump between far places."""
    return gpx(
        "".join(point(i).replace("47", str(10 + i % 7 * 10), 1) for i in range(n))
    )


def days_apart(n: int) -> bytes:
    """Points 29 days apart."""
    return gpx(
        "".join(
            f'<trkpt lat="{47 + 27e-6 * i:.6f}" lon="11"><time>'
            f"{1990 + i // 12 % 100}-{1 + i % 12:02d}-01T00:00:00Z</time></trkpt>"
            for i in range(n)
        )
    )


def tcx(n: int, each: str) -> bytes:
    """Return a TCX document with many of something around a point each."""
    t = "2026-03-01T{:02d}:{:02d}:{:02d}Z"
    body = "".join(
        each.format(
            point=f"<Trackpoint><Time>{t.format(8 + i // 3600, i // 60 % 60, i % 60)}</Time>"
            f"<DistanceMeters>{3 * i}</DistanceMeters></Trackpoint>"
        )
        for i in range(n)
    )
    return (
        "<TrainingCenterDatabase><Activities><Activity Sport='Running'>"
        f"{body}</Activity></Activities></TrainingCenterDatabase>"
    ).encode()


def kml(
    n: int, each: str = "<when>{time}</when><gx:coord>11 {lat:.6f} 500</gx:coord>"
) -> bytes:
    """Return a KML document with many of something around a sample each."""
    body = "".join(
        each.format(
            time=f"2026-03-01T{8 + i // 3600:02d}:{i // 60 % 60:02d}:{i % 60:02d}Z",
            lat=47 + 27e-6 * i,
            heart=140 + i % 9,
        )
        for i in range(n)
    )
    return (
        '<kml xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><Placemark><name>a</name>'
        f"<gx:MultiTrack><gx:Track>{body}</gx:Track></gx:MultiTrack></Placemark></Document></kml>"
    ).encode()


def names(n: int, nested: bool = False) -> bytes:
    """Return a zip of many names; nested, of zips with many names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for i in range(max(n // 10, 1) if nested else n):
            content = names(10) if nested else b""
            archive.writestr(f"{i}.zip" if nested else f"{i}.gpx", content)
    return out.getvalue()


def squeezed(n: int) -> bytes:
    """Points that compress well."""
    return gzip.compress(points(n, lambda i: "<ele>500</ele>"), 9)


def tables(n: int) -> bytes:
    """Return a zip with many tables of an export."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for i in range(n):
            archive.writestr(
                f"{i}/activities.csv", b"Filename\nactivities/1.gpx\n"
            )
        archive.writestr("run.gpx", points(50, lambda i: ""))
    return out.getvalue()


LAP = ((253, 4, 0x86), (2, 4, 0x86), (7, 4, 0x86))
EVENT = ((253, 4, 0x86), (3, 4, 0x86), (0, 1, 0), (1, 1, 0))

# Name: the largest size, and the file of a size.
ATTACKS: dict[str, tuple[int, Callable[[int], bytes]]] = {
    "fit sessions over few records": (60_000, sessions),
    "fit sessions, a record each": (40_000, lambda n: sessions(n, n)),
    "fit sessions below the limit": (
        16_000,
        lambda n: sessions(min(n, FEW), n),
    ),
    "fit layouts below the limit": (900, lambda n: layouts(n, 25)),
    "fit records of four bytes": (
        225_000,
        lambda n: tiny_records(n, ((3, 1, 2), (4, 1, 2), (13, 1, 1))),
    ),
    "fit records with positions, none alike": (
        55_000,
        lambda n: run(n).file(),
    ),
    "fit laps": (35_000, lambda n: messages(n, 19, LAP)),
    "fit events": (35_000, lambda n: messages(n, 21, EVENT)),
    "fit pauses": (45_000, timer),
    "fit developer fields described anew": (16_000, lambda n: developer(n, True)),
    "fit developer fields that differ": (16_000, lambda n: developer(n, False)),
    "fit layouts of few fields": (6_000, lambda n: layouts(n, 2)),
    "fit layouts of many fields": (900, lambda n: layouts(n, 200)),
    "fit layouts of laps": (5_000, lambda n: layouts(n, 2, 19)),
    "fit wide records": (150_000, wide),
    "fit records of one byte": (900_000, lambda n: tiny_records(n, ())),
    "fit records of two bytes": (450_000, lambda n: tiny_records(n, ((3, 1, 2),))),
    "fit runs chained, as many as may be": (
        FEW,
        lambda n: chained(n, run(400).file()),
    ),
    "fit files chained": (2_500, lambda n: chained(n, run(20).file())),
    "fit headers chained": (60_000, magic),
    "fit definition before each record": (25_000, redefined),
    "fit damaged here and there": (70_000, lambda n: damaged(n, 997)),
    "fit damaged everywhere": (70_000, lambda n: damaged(n, 31)),
    "fit definitions without end": (80_000, broken_definitions),
    "fit heart rates stored": (50_000, heart_rates),
    "fit heartbeats": (4_500, lambda n: heartbeats(n, 200)),
    "fit heartbeats of odd size": (200_000, lambda n: heartbeats(n, 3)),
    "fit nothing but headers": (400_000, lambda n: b"\x0e\x20" * n + b".FIT" * 10),
    "gpx points": (9_000, lambda n: points(n, lambda i: "<ele>500</ele>")),
    "gpx points without anything": (100_000, lambda n: gpx("<trkpt/>" * n)),
    "gpx blanks in a value": (
        900_000, lambda n: gpx(point(0, f"<ele>5{' ' * n}</ele>") + point(1) * 20)),
    "gpx blanks around values": (
        9_000, lambda n: points(n, lambda i: "<ele>" + " " * (i % 90) + "5</ele>")),
    "gpx blanks in references": (
        100_000, lambda n: gpx(point(0, f"<ele>5{'&#32;' * n}</ele>") + point(1) * 20)),
    "gpx attributes": (
        60_000, lambda n: gpx(point(0), "".join(f' a{i}="x"' for i in range(n)))),
    "gpx attributes of a point": (
        60_000,
        lambda n: gpx(point(0).replace(" lon", "".join(f' a{i}="x"' for i in range(n)) + " lon"))),
    "gpx segments": (9_000, lambda n: points(n, lambda i: "", "</trkseg><trkseg>")),
    "gpx tracks": (
        7_000, lambda n: points(n, lambda i: "", "</trkseg></trk><trk><trkseg>")),
    "gpx elements that differ": (
        9_000, lambda n: points(n, lambda i: f"<a{i}>1</a{i}>")),
    "gpx elements of a point": (
        50_000, lambda n: gpx(point(0, "".join(f"<a{i}>1</a{i}>" for i in range(n))))),
    "gpx breaks": (9_000, lambda n: points(n, lambda i: "<&" if i % 7 == 0 else "")),
    "gpx breaks everywhere": (9_000, lambda n: points(n, lambda i: "<&")),
    "gpx texts outside points": (
        60_000, lambda n: gpx(point(0)) + b"<wpt>x</wpt>" * n),
    "gpx comments": (90_000, lambda n: gpx("<!-- -->" * n + point(0))),
    "gpx depth": (200_000, lambda n: gpx("<a>" * n)),
    "gpx declaration": (
        900_000, lambda n: b"<?xml version='1.0'" + b" " * n + b"?>" + gpx(point(0) + point(1))),
    "gpx names of a tag": (900_000, lambda n: gpx(f"<{'a' * n}>") + gpx(point(0))),
    "gpx tracks below the limit": (
        9_000,
        lambda n: points(n, lambda i: "", "").replace(
            b"</trkpt>", b"</trkpt></trkseg></trk><trk><trkseg>", FEW - 10
        ),
    ),
    "gpx hills": (
        8_000,
        lambda n: points(n, lambda i: f"<ele>{500 + 30 * (i // 20 % 2)}</ele>"),
    ),
    "gpx times only": (
        17_000,
        lambda n: points(n, lambda i: "").replace(b"<trkpt lat", b"<trkpt la"),
    ),
    "gpx jumps": (9_000, jumps),
    "gpx days apart": (9_000, days_apart),
    "tcx laps": (9_000, lambda n: tcx(n, "<Lap><Track>{point}</Track></Lap>")),
    "tcx tracks": (9_000, lambda n: tcx(n, "<Track>{point}</Track>")),
    "kml samples": (9_000, kml),
    "kml tracks": (
        5_000,
        lambda n: kml(
            n,
            "</gx:Track><gx:Track><when>{time}</when><gx:coord>11 {lat:.6f} 5</gx:coord>",
        ),
    ),
    "zip names": (8_000, names),
    "zip in zip": (7_000, lambda n: names(n, nested=True)),
    "zip tables": (4_000, tables),
    "gzip points": (60_000, squeezed),
    "gzip zeros": (400_000_000, lambda n: gzip.compress(bytes(n), 9)),
    "gzip members": (40_000, lambda n: gzip.compress(b" ") * n),
}  # fmt: skip


def cost(data: bytes) -> tuple[float, float, str]:
    """Return CPU time [s], memory beyond that of the start [MB] and the outcome of an analysis, in
    a process of its own.
    """
    ours, theirs = multiprocessing.get_context("fork").Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_measure, args=(data, theirs)
    )
    process.start()
    theirs.close()
    try:
        found: tuple[float, float, str] = (
            ours.recv() if ours.poll(LONGEST) else (1e3, 0, "hangs")
        )
    except EOFError:
        found = 1e3, 0.0, "died"
    process.kill()
    process.join()
    return found


def _measure(data: bytes, pipe: Connection) -> None:
    import trailstats as ts

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    try:
        if data[:4] == b"PK\3\4":
            outcome = f"{len(list(ts.iter_activities(data)))} found"
        else:
            ts.analyze(data)
            outcome = "ok"
    except ts.TrailstatsError as error:
        outcome = f"{error.code}: {error}"
    except BaseException as error:
        outcome = f"FOREIGN {type(error).__name__}: {error}"
    used = time.process_time() - begin
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    pipe.send((used, most / 1024, outcome))


def exponent(sizes: list[int], times: list[float]) -> float:
    """Return the slope of the logarithms of time over size, of the first against the last."""
    return math.log(times[-1] / times[0]) / math.log(sizes[-1] / sizes[0])


def main() -> int:
    """Measure all attacks, or those whose names hold a text."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", nargs="?", default="")
    parser.add_argument("--repeats", type=int, default=1)
    arguments = parser.parse_args()
    import trailstats as ts

    ts.analyze(run(600).file())  # what is loaded once is no attack's cost
    ts.analyze(points(600, lambda i: ""))
    failed = 0
    print(
        f"{'attack':40} {'kB':>5} {'s at n':>8} {'s at 8n':>8} {'exp.':>5} {'MB':>5}"
    )
    for name, (most, make) in ATTACKS.items():
        if arguments.text not in name:
            continue
        sizes = [most // 8, most]
        times, memory, outcome, size = [], 0.0, "", 0
        for n in sizes:
            data = make(n)
            size = len(data)
            found = [cost(data) for _ in range(arguments.repeats)]
            times.append(max(min(f[0] for f in found), 1e-4))
            memory, outcome = found[0][1:]
        slope = exponent(sizes, times)
        bad = size <= MOST_BYTES and (times[-1] > 2 or memory > 300)
        # Below some hundredths of a second the constant part decides.
        bad = (
            bad
            or (slope > 1.1 and times[-1] > 0.3)
            or outcome.startswith("FOREIGN")
        )
        failed += bad
        print(
            f"{name:40} {size / 1000:5.0f} {times[0]:8.3f} {times[-1]:8.3f} {slope:5.2f} "
            f"{memory:5.0f} {'!!' if bad else '  '} {outcome[:60]}",
            flush=True,
        )
    return failed


if __name__ == "__main__":
    sys.exit(main())
