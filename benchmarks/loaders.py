"""Measure the loaders against the parsers that are installed, and print the table.

Run from the checkout::

    python benchmarks/loaders.py FOLDER            # real files: FIT, GPX and TCX, plain or .gz
    python benchmarks/loaders.py data/samples      # the project's own recordings
    python benchmarks/loaders.py FOLDER --damage 2000 --files 14

Times are the smallest CPU time of several runs, in one process on one core, checksums on; a ratio
is the median over files. Behind a ratio stand the bar that it must reach, the one that it should
reach, and whether it does. Peers that are not installed are left out: fitparse, fitdecode, fitfast;
gpxpy with and without lxml, fastgpx; tcxreader.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import re
import statistics
import struct
import sys
import tempfile
import time
import tracemalloc
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import trailstats as ts
from trailstats.errors import ReadError
from trailstats.io import fit
from trailstats.io._build import ParseOptions
from trailstats.io.formats import decode
from trailstats.io.xml import gpx, tcx

PARSERS = {"fit": fit.parse, "gpx": gpx.parse, "tcx": tcx.parse}
MANY = 10**8
RECORD = 20  # FIT's number of the message
_XML_BARS = {"cut": 0.55, "flip": 0.75, "zero": 0.90, "delete": 0.95}
SALVAGE_BARS = {
    "fit": {"cut": 0.58, "flip": 0.95, "zero": 0.74, "delete": 0.70},
    "gpx": _XML_BARS,
    "tcx": _XML_BARS,
}
# What the ratio to a peer must reach and should reach: of whole activities, median; of columns,
# total.
BARS = {
    ("activity", "fitparse"): (60, 120),
    ("columns", "fitparse"): (110, 200),
    ("columns", "fitfast"): (1, 2),
    ("activity", "gpxpy with lxml"): (20, 35),
    ("activity", "gpxpy without lxml"): (7, 12),
    ("activity", "tcxreader"): (6, 12),
}


def clock(work: Callable[[], object], repeats: int) -> float:
    """Return the smallest CPU time of some work [s]."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def fitparse_records(path: Path) -> None:
    """Read every record with fitparse."""
    for message in (
        import_module("fitparse").FitFile(str(path)).get_messages("record")
    ):
        message.get_values()


def fitdecode_records(path: Path) -> None:
    """Read every record with fitdecode."""
    fitdecode = import_module("fitdecode")
    with fitdecode.FitReader(str(path)) as reader:
        for frame in reader:
            if (
                frame.frame_type == fitdecode.FIT_FRAME_DATA
                and frame.name == "record"
            ):
                [(f.name, f.value) for f in frame.fields]


def fitfast_records(path: Path) -> None:
    """Read the records with fitfast."""
    import_module("fitfast").records(str(path))


def gpxpy_points(backend: str) -> Callable[[Path], None]:
    """Return a reader with gpxpy on one of its XML libraries."""

    def read(path: Path) -> None:
        parser = import_module("gpxpy.parser")
        parser.mod_etree = import_module(backend)
        points = [
            p
            for t in parser.GPXParser(path.read_text("utf-8")).parse().tracks
            for s in t.segments
            for p in s.points
        ]
        [(p.latitude, p.longitude, p.elevation, p.time) for p in points]

    return read


def fastgpx_points(path: Path) -> None:
    """Read the points with fastgpx, which knows no extensions."""
    for track in import_module("fastgpx").load(str(path)).tracks:
        for segment in track.segments:
            [
                (p.latitude, p.longitude, p.elevation, p.time)
                for p in segment.points
            ]


def tcxreader_points(path: Path) -> None:
    """Read the points with tcxreader."""
    exercise = (
        import_module("tcxreader.tcxreader")
        .TCXReader()
        .read(str(path), only_gps=False)
    )
    [(p.time, p.latitude, p.longitude, p.hr_value) for p in exercise.trackpoints]


PEERS: dict[str, list[tuple[str, tuple[str, ...], Callable[[Path], None]]]] = {
    "fit": [
        ("fitparse", ("fitparse",), fitparse_records),
        ("fitdecode", ("fitdecode",), fitdecode_records),
        ("fitfast", ("fitfast",), fitfast_records),
    ],
    "gpx": [
        ("gpxpy with lxml", ("gpxpy", "lxml"), gpxpy_points("lxml.etree")),
        ("gpxpy without lxml", ("gpxpy",), gpxpy_points("xml.etree.ElementTree")),
        ("fastgpx", ("fastgpx",), fastgpx_points),
    ],
    "tcx": [("tcxreader", ("tcxreader",), tcxreader_points)],
}


def find_files(folder: Path, suffix: str, most: int) -> list[bytes]:
    """Return the contents of up to ``most`` files of 1,000 or more records, spread evenly over
    their sizes.
    """
    paths = sorted(
        p
        for p in folder.rglob("*")
        if p.name.lower().endswith((f".{suffix}", f".{suffix}.gz"))
    )
    contents = []
    for path in paths:
        data = path.read_bytes()
        data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        try:
            records = sum(
                len(p.time)
                for p in PARSERS[suffix](data, ParseOptions(max_records=MANY))
            )
        except ReadError:
            continue
        if records >= (1000 if suffix != "tcx" else 500):
            contents.append(data)
    contents.sort(key=len)
    step = max(len(contents) // most, 1)
    return contents[step // 2 :: step][:most]


def compare_speed(suffix: str, contents: list[bytes]) -> None:
    """Print our times and the ratios of the peers' times to them."""
    if not contents:
        print(f"{suffix}: no files")
        return
    size = sum(map(len, contents))
    ours: list[tuple[float, float]] = []
    theirs: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file.{suffix}"
        for data in contents:
            path.write_bytes(data)
            whole = clock(lambda: ts.read(path), 9)
            columns = clock(
                lambda data=data: PARSERS[suffix](
                    data, ParseOptions(max_records=MANY)
                ),
                9,
            )
            ours.append((whole, columns))
            for name, modules, read in PEERS[suffix]:
                if all(find_spec(module) for module in modules):
                    try:
                        theirs.setdefault(name, []).append(
                            clock(lambda read=read: read(path), 2)
                        )
                    except (
                        Exception
                    ) as error:  # a peer that refuses the file has no time for it
                        theirs.setdefault(name, []).append(float("nan"))
                        print(
                            f"  {name}: {type(error).__name__} on a file of {len(data)} bytes",
                            file=sys.stderr,
                        )
    milliseconds = 1000 * statistics.median(w for w, _ in ours)
    print(
        f"\n{suffix}: {len(contents)} files, {size / 1e6:.1f} MB; median {milliseconds:.1f} ms to "
        "an Activity"
    )
    print(
        f"{'':24}{'to Activity':>24}{'to columns':>24}{'columns, total':>16}  bar, stretch"
    )
    for name, times in theirs.items():
        pairs = [
            (t, w, c) for t, (w, c) in zip(times, ours, strict=True) if t == t
        ]
        whole = [t / w for t, w, _ in pairs]
        columns = [t / c for t, _, c in pairs]
        total = sum(t for t, _, _ in pairs) / sum(c for _, _, c in pairs)
        told = [
            f"{what} {low}x {'met' if value >= low else 'missed'}, {high}x "
            f"{'met' if value >= high else 'missed'}"
            for what, value in (
                ("activity", statistics.median(whole)),
                ("columns", total),
            )
            for low, high in [BARS.get((what, name), (None, None))]
            if low is not None and high is not None
        ]
        print(
            f"{name:24}{spread(whole):>24}{spread(columns):>24}{total:>15.1f}x  {'; '.join(told)}"
        )


def spread(ratios: list[float]) -> str:
    """Return the median of ratios and their range."""
    return (
        f"{statistics.median(ratios):.1f}x [{min(ratios):.1f}..{max(ratios):.1f}]"
        if ratios
        else "none"
    )


def long_fit(count: int) -> bytes:
    """Return a FIT file of plain records, a second apart."""
    fields = [
        (253, 4, 0x86),
        (0, 4, 0x85),
        (1, 4, 0x85),
        (5, 4, 0x86),
        (78, 4, 0x86),
        (73, 4, 0x86),
        (3, 1, 2),
        (4, 1, 2),
    ]
    body = struct.pack("<BBBHB", 0x40, 0, 0, 20, len(fields)) + b"".join(
        map(bytes, fields)
    )
    row = struct.Struct("<BIiiIIIBB")
    body += b"".join(
        row.pack(
            0,
            10**9 + i,
            5 * 10**8 + 300 * i,
            10**8,
            300 * i,
            5000 + i % 500,
            3000,
            120 + i % 40,
            85,
        )
        for i in range(count)
    )
    return (
        struct.pack("<BBHI4s", 12, 0x20, 2132, len(body), b".FIT")
        + body
        + b"\0\0"
    )


def measure_memory(count: int = 100_000) -> None:
    """Print the peak of memory over what stood before."""
    data = long_fit(count)
    decode(long_fit(10), "warm up")
    tracemalloc.start()
    activities = decode(data, "long")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    print(
        f"\nFIT of {len(activities[0].records)} records ({len(data) / 1e6:.1f} MB): peak "
        f"{peak / 1e6:.1f} MB (40, 20)"
    )


Damage = tuple[bytes, list[tuple[int, int]]]
"""Damaged bytes, and the stretches of the original that were hit."""


def mutate(data: bytes, kind: str, draw: random.Random) -> Damage:
    """Cut anywhere, turn 1 to 8 bits, or zero or delete up to an eighth."""
    if kind == "cut":
        at = draw.randrange(1, len(data))
        return data[:at], [(at, len(data))]
    if kind == "flip":
        out = bytearray(data)
        places = [draw.randrange(len(out)) for _ in range(draw.randint(1, 8))]
        for place in places:
            out[place] ^= 1 << draw.randrange(8)
        return bytes(out), [(place, place + 1) for place in places]
    size = draw.randrange(1, len(data) // 8)
    at = draw.randrange(len(data) - size)
    return data[:at] + bytes(size if kind == "zero" else 0) + data[at + size :], [
        (at, at + size)
    ]


def record_places(suffix: str, data: bytes) -> tuple[list[int], list[int]]:
    """Return where each record of a file begins and ends."""
    if suffix == "fit":
        layouts = [
            o
            for part, _ in fit.read_parts(data, max_records=MANY)
            for o in part.layouts
            if o.message == RECORD
        ]
        places = sorted(
            (at, at + o.size) for o in layouts for at in o.offsets().tolist()
        )
        return [a for a, _ in places], [b for _, b in places]
    name = b"trkpt" if suffix == "gpx" else b"Trackpoint"
    found = [
        m.span()
        for m in re.finditer(rb"<%b[ >].*?</%b>" % (name, name), data, re.DOTALL)
    ]
    return [a for a, _ in found], [b for _, b in found]


Row = tuple[float, ...]


def rows(activities: list[ts.Activity]) -> list[Row]:
    """Return the records of some activities as values."""
    out: list[Row] = []
    for a in activities:
        columns = [
            a.records[c].fillna(-1).to_list()
            for c in ("latitude", "longitude", "heart_rate")
        ]
        out += zip(
            a.records.index.as_unit("ns").asi8.tolist(), *columns, strict=True
        )
    return out


@dataclass
class Salvage:
    """What came back from the damaged files of one kind, as sums of shares."""

    count: int = 0
    of_all: float = 0.0
    outside: float = 0.0
    of_outside: float = 0.0
    altered: float = 0.0

    def __str__(self) -> str:
        n = max(self.count, 1)
        return (
            f"{self.of_all / n:.3f} of all; {self.outside / n:.3f} lay outside the damage, of "
            "these "
            f"{self.of_outside / n:.4f} came back; {self.altered / n:.4f} altered"
        )


def measure_damage(suffix: str, contents: list[bytes], count: int) -> None:
    """Print what share of the records comes back from damaged files, and what goes wrong."""
    small = []
    for data in contents:
        if len(data) < 400_000 and len(rows(decode(data, "whole"))) == len(
            record_places(suffix, data)[0]
        ):
            small.append(data)
    small = small[:8]
    if not small or not count:
        return
    foreign, slowest, peak = 0, 0.0, 0
    print(
        f"\n{suffix}: records that came back, {count} mutations of {len(small)} files; bar of all "
        "in brackets"
    )
    for kind, share in {
        "cut": 0.4,
        "flip": 0.4,
        "zero": 0.1,
        "delete": 0.1,
    }.items():
        sums = Salvage()
        for data in small:
            truth = rows(decode(data, "whole"))
            places = list(zip(truth, *record_places(suffix, data), strict=True))
            draw = random.Random(f"{kind}{len(data)}")
            for i in range(round(count * share / len(small))):
                damaged, hit = mutate(data, kind, draw)
                found: set[Row] = set()
                traced = i % 10 == 0  # tracing slows the work down several times
                if traced:
                    tracemalloc.start()
                start = time.process_time()
                try:
                    found = set(rows(decode(damaged, "damaged")))
                except ReadError:
                    pass
                except Exception as error:
                    foreign += 1
                    print(
                        f"  {kind} {i}: {type(error).__name__}: {error}",
                        file=sys.stderr,
                    )
                if traced:
                    peak = max(peak, tracemalloc.get_traced_memory()[1])
                    tracemalloc.stop()
                else:
                    slowest = max(slowest, time.process_time() - start)
                outside = {
                    row
                    for row, a, b in places
                    if not any(a < end and first < b for first, end in hit)
                }
                sums.count += 1
                sums.of_all += len(found & set(truth)) / len(set(truth))
                sums.outside += len(outside) / len(set(truth))
                sums.of_outside += (
                    len(found & outside) / len(outside) if outside else 1.0
                )
                sums.altered += len(found - set(truth)) / len(set(truth))
        print(f"  {kind:7s} [{SALVAGE_BARS[suffix][kind]:.2f}] {sums}")
    print(
        f"  foreign exceptions {foreign}, slowest {slowest:.2f} s, memory {peak / 1e6:.0f} MB"
    )


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=24, help="files a format")
    parser.add_argument(
        "--damage", type=int, default=0, help="mutations a format"
    )
    parser.add_argument("--no-speed", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    for suffix in PARSERS:
        contents = find_files(arguments.folder, suffix, arguments.files)
        if not arguments.no_speed:
            compare_speed(suffix, contents)
        measure_damage(suffix, contents, arguments.damage)
    measure_memory()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
