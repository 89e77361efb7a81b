"""Search for inputs that break a promise: files of every kind, changed where their structure is.

Run from the checkout, without further packages::

    python tools/fuzz_readers.py --seconds 120            # all kinds by turns
    python tools/fuzz_readers.py fit --seed 7 --count 10000
    python tools/fuzz_readers.py --again fuzz/fit-7-123   # one input, with its traceback

Kinds are fit, gpx, tcx, kml, container, athlete and labels. A mutant is a sound small file in which
fields, messages, elements, numbers, times, members or sizes were changed, left out, doubled, or
put in another order. It is read and analysed. Found is: an exception that is none of ours, or a
fault of ours (`InternalError`), a warning, an invariant that doesn't hold (sums, shares, ranges, a
document that is no JSON), and what takes longer than ``--slowest`` of the processor. What is found
is written into ``--found``, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import importlib.util
import io
import json
import math
import random
import re
import signal
import sys
import time
import traceback
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import trailstats as ts
from trailstats.terrain.labels import SurfaceLabels

if TYPE_CHECKING:
    from trailstats.io.xml._groups import Document

ROOT = Path(__file__).resolve().parent.parent
_spec = importlib.util.spec_from_file_location(
    "attacks", ROOT / "benchmarks" / "attacks.py"
)
assert _spec and _spec.loader
attacks = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(attacks)

NUMBERS = (
    "0", "-0", "1", "-1", "nan", "inf", "-inf", "1e308", "-1e308", "1e-320", "65535", "255",
    "2147483647", "90", "-91", "180.0000001", "1,5", "", " ", "x", "9" * 400, "٣",
)  # fmt: skip
TIMES = (
    "", "x", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
    "2026-03-01T08:00:00,5Z", "2026-02-30T08:00:00Z", "2262-04-12T00:00:00Z",
    "2026-03-01T08:00:00+99:00", "1772352000", "2026-03-01T08:05:00.123456789012Z",
)  # fmt: skip
EDGES = (0, 1, 0x7F, 0x80, 0xFF)
WIDE = (0xFFFF, 0xFFFFFFFF, 0x7FFFFFFF, 1 << 28)
SESSION = ((2, 4, 0x86), (5, 1, 0), (9, 4, 0x86))
NAMES = ("a.gpx", "../a.fit", "é.tcx", f"{'x' * 300}.fit", ".gpx")
ATHLETE = """name = "A"
sex = "female"
birth_year = 1990
mass = 60.0
height = 1.7
heart_rate_max = 190
heart_rate_rest = 50
races = ["2026-05-10"]
privacy_zones = [[47.0, 11.0, 300.0]]
"""
LABELS = """file,from,to,surface
run.gpx,0:01:00,2 km,trail
run.gpx,2026-03-01T08:10:00Z,,road
"""
MOST_RECORDS = 100_000
Rng = random.Random


def fit(rng: Rng) -> bytes:
    """Return a FIT file with messages changed, left out, doubled, moved, and sizes that lie."""
    whole = [
        (253, 4, 0x86),
        (0, 4, 0x85),
        (1, 4, 0x85),
        (2, 2, 0x84),
        (3, 1, 2),
        (4, 1, 2),
    ]
    whole += [(5, 4, 0x86), (6, 2, 0x84), (7, 2, 0x84), (13, 1, 1)]
    fields = [f for f in whole if rng.random() < 0.8]
    if rng.random() < 0.3:
        rng.shuffle(fields)
    if rng.random() < 0.2:
        number, size, base = rng.choice(fields or whole)
        fields.append(
            (
                number,
                rng.choice((1, 2, 3, 4, 8, 255)),
                rng.choice((base, 7, 13, 0x88)),
            )
        )
    out = attacks.Fit().define(0, 20, tuple(fields))
    parts: list[bytes] = []
    for i in range(rng.choice((0, 1, 2, 30, 120))):
        values = {
            253: attacks.START + i, 0: int((47 + 27e-6 * i) * 2**31 / 180), 1: 131240311,
            2: 2500 + i, 3: 140, 4: 85, 5: 300 * i, 6: 3000, 7: 250, 13: 20,
        }  # fmt: skip
        content = b""
        for number, size, _ in fields:
            value = values[number]
            if rng.random() < 0.01:
                value = rng.choice(
                    (
                        *EDGES,
                        0xFFFF,
                        0xFFFFFFFF,
                        0x7FFFFFFF,
                        1 << 28,
                        rng.getrandbits(32),
                    )
                )
            content += (value % 256 ** min(size, 8)).to_bytes(size, "little")
        parts.append(b"\0" + content)
    for number, fixed in (
        (18, ((2, 4, 0x86), (5, 1, 0), (9, 4, 0x86))),
        (19, attacks.LAP),
        (21, attacks.EVENT),
    ):
        if rng.random() < 0.5:
            size = sum(f[1] for f in fixed)
            head = attacks.Fit().define(1, number, fixed).body[0]
            for _ in range(rng.choice((1, 2, 7))):
                when = (attacks.START + rng.choice((0, 30, 60, 10**8))).to_bytes(
                    4, "little"
                )
                at = rng.randrange(len(parts) + 1)
                parts.insert(
                    at, head + b"\1" + (when + rng.randbytes(size))[:size]
                )
    if rng.random() < 0.3:
        shuffle(rng, parts)
    data = bytearray(out.add(*parts).file(checksum=rng.random() < 0.9))
    if rng.random() < 0.4:
        for _ in range(rng.randrange(1, 6)):
            data[rng.randrange(len(data))] = rng.choice(
                (*EDGES, rng.randrange(256))
            )
    return bytes(data) * rng.choice((1, 1, 1, 2, 5))


def shuffle(rng: Rng, parts: list[bytes]) -> None:
    """Leave out, double, swap or turn around some of the parts."""
    if not parts:
        return
    way = rng.randrange(4)
    a, b = sorted(rng.randrange(len(parts) + 1) for _ in range(2))
    if way == 0:
        del parts[a:b]
    elif way == 1:
        parts[a:a] = parts[a:b]
    elif way == 2:
        parts.reverse()
    else:
        rng.shuffle(parts)


def xml(rng: Rng, text: str, name: str) -> bytes:
    """Return a document with numbers, times and elements changed."""
    parts = re.split(rf"(?=<{name}\b)", text)
    if rng.random() < 0.4:
        shuffled = [p.encode() for p in parts[1:-1]]
        shuffle(rng, shuffled)
        parts[1:-1] = [p.decode() for p in shuffled]
    text = "".join(parts)
    share = rng.choice((0.0, 0.002, 0.05, 0.5))

    def number(match: re.Match[str]) -> str:
        return rng.choice(NUMBERS) if rng.random() < share else match[0]

    def moment(match: re.Match[str]) -> str:
        return rng.choice(TIMES) if rng.random() < share else match[0]

    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", moment, text)
    text = re.sub(r"(?<=[>\"])-?\d+(?:\.\d+)?(?=[<\"])", number, text)
    data = bytearray(text.encode())
    if rng.random() < 0.2:
        at = rng.randrange(len(data))
        data[at : at + rng.randrange(40)] = rng.choice(
            (b"", b"<", b"&", b"\0", b"<!--", b" " * 99)
        )
    return bytes(data)


def gpx(rng: Rng) -> bytes:
    """Return a GPX document that was changed."""
    inside = rng.choice(
        (
            "<ele>{e}</ele>",
            "<ele>{e}</ele><extensions><hr>{h}</hr><cad>{c}</cad></extensions>",
            "",
        )
    )
    made = attacks.points(
        rng.choice((1, 2, 40, 150)),
        lambda i: inside.format(e=500 + i % 30, h=140 + i % 9, c=85),
        rng.choice(("", "", "</trkseg><trkseg>")),
    )
    return xml(rng, made.decode(), "trkpt")


def tcx(rng: Rng) -> bytes:
    """Return a TCX document that was changed."""
    each = rng.choice(
        ("<Lap><Track>{point}</Track></Lap>", "<Track>{point}</Track>")
    )
    return xml(
        rng, attacks.tcx(rng.choice((1, 2, 40, 150)), each).decode(), "Trackpoint"
    )


def kml(rng: Rng) -> bytes:
    """Return a KML document that was changed."""
    sample = "<when>{time}</when><gx:coord>11 {lat:.6f} 500</gx:coord>"
    inside = rng.choice(
        (
            sample,
            f"{sample}</gx:Track><gx:Track>",
            f"{sample}</gx:Track></gx:MultiTrack></Placemark><Placemark><gx:MultiTrack><gx:Track>",
            f"{sample}<ExtendedData><SchemaData><gx:SimpleArrayData name='heart_rate'>"
            "<gx:value>{heart}</gx:value></gx:SimpleArrayData></SchemaData></ExtendedData>",
        )
    )
    made = attacks.kml(rng.choice((1, 2, 40, 150)), inside)
    return xml(rng, made.decode(), rng.choice(("when", "gx:coord", "gx:value")))


def container(rng: Rng) -> bytes:
    """Return a zip or gzip of such files, with names and sizes that lie."""
    if rng.random() < 0.2:
        data = bytearray(gzip.compress(gpx(rng)) * rng.choice((1, 2)))
    else:
        out = io.BytesIO()
        methods = (
            zipfile.ZIP_STORED,
            zipfile.ZIP_DEFLATED,
            zipfile.ZIP_BZIP2,
            zipfile.ZIP_LZMA,
        )
        with (
            warnings.catch_warnings(),
            zipfile.ZipFile(out, "w", rng.choice(methods)) as archive,
        ):
            warnings.simplefilter("ignore")  # the same name twice is meant
            for i in range(rng.choice((0, 1, 3))):
                name = rng.choice(
                    (
                        f"{i}.gpx",
                        "a.gpx",
                        "../a.fit",
                        "é.tcx",
                        f"{'x' * 300}.fit",
                        ".gpx",
                    )
                )
                archive.writestr(name, rng.choice((fit, gpx, tcx, kml))(rng))
            if rng.random() < 0.3:
                archive.writestr(
                    "activities.csv", b'Filename,Name\n0.gpx,"a\nb\0,\xff'
                )
        data = bytearray(out.getvalue())
    for _ in range(rng.choice((0, 0, 1, 5))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def text(rng: Rng, sound: str) -> bytes:
    """Return a text with its numbers, words and lines changed."""
    lines = [line.encode() for line in sound.splitlines(keepends=True)]
    if rng.random() < 0.5:
        shuffle(rng, lines)
    out = b"".join(lines).decode()
    values = (
        *NUMBERS,
        *TIMES,
        "[]",
        "[" * 3000,
        '"',
        "{}",
        "true",
        "\0",
        "-5",
        "\ufeff",
    )

    def other(match: re.Match[str]) -> str:
        return rng.choice(values) if rng.random() < 0.15 else match[0]

    return re.sub(r"[\w.:+-]+|\"[^\"]*\"", other, out).encode(errors="replace")


def check_recording(data: bytes) -> None:
    """Read and analyse all activities, and check what has to hold."""
    for format, mark in (("gpx", b"<gpx"), ("tcx", b"<Training")):
        if data.startswith(mark):
            with contextlib.suppress(ts.TrailstatsError):
                compare_ways(format, data)
    for item in ts.iter_activities(data):
        if isinstance(item, ts.Failure):
            assert item.message, "a failure without a message"
            assert item.code != "internal", item.message
            continue
        check(ts.analyze(item))


def compare_ways(format: str, data: bytes) -> None:
    """Raise `AssertionError` when the bulk path reads a document other than the walk does."""
    from trailstats.io.xml import _bulk as _xml_bulk
    from trailstats.io.xml import _walk as _xml_walk
    from trailstats.io.xml import gpx, tcx

    dialect = (gpx if format == "gpx" else tcx).DIALECT
    bulk = _xml_bulk.read_in_bulk(data, dialect, max_points=MOST_RECORDS)
    if bulk is None:
        return
    walk = _xml_walk.walk(data, dialect, max_points=MOST_RECORDS)
    if _contents(bulk, dialect.time) != _contents(walk, dialect.time):
        raise AssertionError("the bulk path and the walk differ")


def _contents(document: Document, time: str) -> list[object]:
    """Return all that a document holds as plain values; elements without a number are left out."""
    out: list[object] = [
        document.root,
        dict(document.attributes),
        document.texts,
        sorted(document.seen),
    ]
    for group in document.groups:
        parts = [
            (part.name, part.at, dict(part.attributes), part.texts)
            for part in group.parts
        ]
        out += [
            group.first,
            group.last,
            dict(group.attributes),
            group.texts,
            parts,
        ]
        out.append(group.times(time).tobytes())
        for name in sorted(set(group.leaves) - {time}):
            values = group.numbers(name)
            if not np.isnan(values).all():
                out.append((name, values.tobytes()))
    return out


def check(found: ts.Analysis) -> None:
    """Check the invariants of an analysis."""
    totals = found.totals
    json.dumps(found.to_dict(), allow_nan=False)
    for name in ("distance", "moving_time", "elapsed_time", "ascent", "descent"):
        value = getattr(totals, name)
        assert math.isnan(value) or 0 <= value < 1e12, f"{name} = {value}"
    if not math.isnan(totals.moving_time + totals.elapsed_time):
        assert totals.moving_time <= totals.elapsed_time + 1, (
            "more time moving than there is"
        )
    shares = [totals.trail_share, totals.road_share, totals.unknown_share]
    assert all(math.isnan(s) or -1e-9 <= s <= 1 + 1e-9 for s in shares), shares
    if not any(map(math.isnan, shares)):
        assert abs(sum(shares) - 1) < 1e-6, "shares of the ground"
    for name, metric in found.metrics.items():
        coverage = metric.coverage
        assert math.isnan(coverage) or -1e-9 <= coverage <= 1 + 1e-9, (
            f"coverage of {name}"
        )
        assert not math.isinf(metric.value), f"{name} is infinite"
    length = float(np.nansum(found.segments["distance"]))
    if math.isfinite(totals.distance):
        assert abs(length - totals.distance) <= 1 + 1e-6 * length, (
            "segments and distance"
        )


def check_athlete(data: bytes) -> None:
    """Read a profile."""
    path = Path(_place) / "athlete.toml"
    path.write_bytes(data)
    athlete = ts.Athlete.from_toml(path)
    assert ts.Athlete.from_dict(athlete.to_dict()) == athlete


def check_labels(data: bytes) -> None:
    """Read labels."""
    path = Path(_place) / "labels.csv"
    path.write_bytes(data)
    SurfaceLabels.from_file(path)


KINDS: dict[str, tuple[Callable[[Rng], bytes], Callable[[bytes], None]]] = {
    "fit": (fit, check_recording),
    "gpx": (gpx, check_recording),
    "tcx": (tcx, check_recording),
    "kml": (kml, check_recording),
    "container": (container, check_recording),
    "athlete": (lambda rng: text(rng, ATHLETE), check_athlete),
    "labels": (lambda rng: text(rng, LABELS), check_labels),
}


class TooSlow(BaseException):
    """An input takes longer than it may; no handler of exceptions meets it."""


def _late(*_: object) -> None:
    raise TooSlow


def tried(kind: str, data: bytes, slowest: float) -> str:
    """Return what is wrong with how an input is taken, empty where nothing is."""
    signal.setitimer(signal.ITIMER_VIRTUAL, slowest)
    try:
        KINDS[kind][1](data)
    except ts.InternalError:
        return traceback.format_exc()
    except ts.TrailstatsError:
        return ""
    except (Exception, TooSlow):
        return traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return ""


def main() -> int:
    """Try mutants until the time is over or so many were tried; return 1 when one was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", nargs="*", help="all by default")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument(
        "--count", type=int, default=sys.maxsize, help="mutants of each kind"
    )
    parser.add_argument(
        "--slowest", type=float, default=5.0, help="seconds of a processor"
    )
    parser.add_argument("--found", type=Path, default=Path("fuzz"))
    parser.add_argument("--again", type=Path, help="an input that was found")
    arguments = parser.parse_args()
    global _place
    import tempfile

    warnings.simplefilter("error")
    signal.signal(signal.SIGVTALRM, _late)
    with tempfile.TemporaryDirectory() as _place:
        if arguments.again:
            kind = arguments.again.name.partition("-")[0]
            print(
                tried(kind, arguments.again.read_bytes(), arguments.slowest)
                or "nothing"
            )
            return 0
        return _search(arguments)


def _search(arguments: argparse.Namespace) -> int:
    kinds = arguments.kind or list(KINDS)
    end = time.monotonic() + arguments.seconds
    wrong: dict[str, int] = {}
    done = 0
    while done < arguments.count and time.monotonic() < end:
        for kind in kinds:
            data = KINDS[kind][0](Rng(f"{kind} {arguments.seed} {done}"))
            if words := tried(kind, data, arguments.slowest):
                last = f"{kind}: {words.strip().splitlines()[-1]}"
                wrong[last] = wrong.get(last, 0) + 1
                if wrong[last] == 1:
                    arguments.found.mkdir(parents=True, exist_ok=True)
                    path = arguments.found / f"{kind}-{arguments.seed}-{done}"
                    path.write_bytes(data)
                    print(f"{path}\n{words}", file=sys.stderr)
        done += 1
    print(
        f"{done} mutants of each of {', '.join(kinds)}: {sum(wrong.values())} found"
    )
    for last, count in wrong.items():
        print(f"{count:6d}  {last}")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
