"""Writers of small files for the tests of the loaders, independent of the code under test."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence

import pytest
from fitdecode.utils import compute_crc

# Base types of FIT: number, struct code.
CODES = {
    0x00: "B",
    0x01: "b",
    0x02: "B",
    0x83: "h",
    0x84: "H",
    0x85: "i",
    0x86: "I",
    0x88: "f",
    0x8E: "q",
}
CODES |= {0x0A: "B", 0x8B: "H", 0x8C: "I", 0x0D: "B", 0x8F: "Q", 0x89: "d"}
START = 1_000_000_000  # FIT seconds: 2021-09-08T01:46:40Z


class FitWriter:
    """Writes FIT messages byte by byte, as the protocol describes them."""

    def __init__(self) -> None:
        self.body = b""
        self.kinds: dict[int, tuple[str, list[tuple[int, int, int]]]] = {}

    def define(
        self,
        local: int,
        message: int,
        fields: Sequence[tuple[int, int, int]],
        *,
        big: bool = False,
        developer: Iterable[tuple[int, int, int]] = (),
        bits: int = 0,
    ) -> FitWriter:
        """Add a definition; fields are (number, size, base type), developer fields (number, size,
        index).
        """
        developer = list(developer)
        order = ">" if big else "<"
        head = 0x40 | local | bits | (0x20 if developer else 0)
        self.body += struct.pack(
            f"{order}BBBHB", head, 0, int(big), message, len(fields)
        )
        self.body += b"".join(bytes(f) for f in fields)
        if developer:
            self.body += bytes([len(developer)]) + b"".join(
                bytes(f) for f in developer
            )
        self.kinds[local] = (order, list(fields))
        return self

    def add(
        self,
        local: int,
        *values: float | bytes | Sequence[float],
        head: int | None = None,
    ) -> FitWriter:
        """Add a data message; bytes stand as they are."""
        order, fields = self.kinds[local]
        self.body += bytes([local if head is None else head])
        for i, value in enumerate(values):
            if isinstance(value, bytes):
                self.body += value
            else:
                many = list(value) if isinstance(value, Sequence) else [value]
                self.body += struct.pack(
                    f"{order}{len(many)}{CODES[fields[i][2]]}", *many
                )
        return self

    def raw(self, content: bytes) -> FitWriter:
        """Add bytes that are no message."""
        self.body += content
        return self

    def file(
        self, *, header: int = 14, size: int | None = None, crc: int | None = None
    ) -> bytes:
        """Return the file; ``size`` and ``crc`` override what the header and the end say."""
        stated = len(self.body) if size is None else size
        out = struct.pack("<BBHI4s", header, 0x20, 2132, stated, b".FIT")
        if header >= 14:
            out += struct.pack("<H", compute_crc(out))
        out += self.body
        return out + struct.pack("<H", compute_crc(out) if crc is None else crc)


def records(
    writer: FitWriter,
    count: int,
    *,
    start: int = START,
    local: int = 0,
    heart: int = 120,
) -> FitWriter:
    """Add a record definition and records: time, latitude, longitude, distance, heart rate."""
    writer.define(
        local,
        20,
        [(253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85), (5, 4, 0x86), (3, 1, 0x02)],
    )
    for i in range(count):
        writer.add(
            local,
            start + i,
            500_000_000 + 300 * i,
            100_000_000 + i,
            300 * i,
            heart + i % 40,
        )
    return writer


@pytest.fixture(scope="session")
def fit_writer() -> type[FitWriter]:
    """Return the writer of FIT files."""
    return FitWriter


@pytest.fixture(scope="session")
def add_records() -> Callable[..., FitWriter]:
    """Return the function that adds plain records."""
    return records


def gpx_text(
    points: int = 300,
    *,
    head: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
    root: str = 'gpx version="1.1" creator="Test" xmlns="http://www.topografix.com/GPX/1/1" '
    'xmlns:x="http://www.garmin.com/xmlschemas/TrackPointExtension/v1"',
    name: str = "Morning run",
    kind: str = "running",
    segments: int = 1,
    time: Callable[[int], str] = lambda i: (
        f"2026-03-01T08:{i // 60 % 60:02d}:{i % 60:02d}Z"
    ),
    extension: Callable[[int], str] = lambda i: (
        f"<extensions><x:TrackPointExtension><x:hr>{120 + i % 40}</x:hr><x:cad>{80 + i % 5}</x:cad>"
        "</x:TrackPointExtension></extensions>"
    ),
    indent: str = "\n  ",
) -> str:
    """Return a GPX document."""
    rows = [
        f'{indent}<trkpt lat="{47 + i / 1e5:.6f}" lon="{11 + i / 2e5:.6f}">{indent} '
        f"<ele>{500 + i % 37 / 4}</ele>"
        f"{indent} <time>{time(i)}</time>{indent} {extension(i)}{indent}</trkpt>"
        for i in range(points)
    ]
    each = -(-points // segments)
    parts = "".join(
        f"<trkseg>{''.join(rows[i : i + each])}{indent}</trkseg>"
        for i in range(0, max(points, 1), each)
    )
    close = root.split()[0]
    meta = "<metadata><name>Day</name></metadata>"
    track = f"<trk><name>{name}</name><type>{kind}</type>{parts}</trk>"
    return f"{head}<{root}>{meta}{track}</{close}>\n"


@pytest.fixture(scope="session")
def make_gpx() -> Callable[..., str]:
    """Return the writer of GPX documents."""
    return gpx_text


def tcx_text(
    points: int = 300,
    *,
    laps: int = 2,
    sport: str = "Running",
    head: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
    cadence: str = '<Extensions><TPX xmlns="http://www.garmin.com/xmlschemas/ActivityExtension/v2">'
    "<Speed>3.5</Speed><RunCadence>{cadence}</RunCadence><Watts>250</Watts></TPX></Extensions>",
    tracks: int = 1,
) -> str:
    """Return a TCX document."""
    each = -(-points // laps)
    body = ""
    for lap in range(laps):
        rows = [
            f"<Trackpoint>\n<Time>2026-03-01T08:{i // 60 % 60:02d}:{i % 60:02d}.000Z</Time>"
            f"<Position><LatitudeDegrees>{47 + i / 1e5:.6f}</LatitudeDegrees>"
            f"<LongitudeDegrees>{11 + i / 2e5:.6f}</LongitudeDegrees></Position>"
            f"<AltitudeMeters>{500 + i % 37 / 4}</AltitudeMeters>"
            f"<DistanceMeters>{3.5 * i}</DistanceMeters>"
            f"<HeartRateBpm><Value>{120 + i % 40}</Value></HeartRateBpm>"
            f"{cadence.format(cadence=85 + i % 3)}"
            "</Trackpoint>"
            for i in range(lap * each, min((lap + 1) * each, points))
        ]
        per = -(-len(rows) // tracks)
        parts = "".join(
            f"<Track>{''.join(rows[k : k + per])}</Track>"
            for k in range(0, len(rows), per)
        )
        second = lap * each
        body += (
            f'<Lap StartTime="2026-03-01T08:{second // 60 % 60:02d}:{second % 60:02d}Z">'
            f"<TotalTimeSeconds>{each}</TotalTimeSeconds><DistanceMeters>{3.5 * each}"
            "</DistanceMeters><TriggerMethod>Manual</TriggerMethod>"
            f"{parts}</Lap>"
        )
    return (
        f"{head}<TrainingCenterDatabase "
        'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2">'
        f'<Activities><Activity Sport="{sport}"><Id>2026-03-01T08:00:00Z</Id>{body}'
        "<Notes>Hills\nand "
        "more</Notes><Creator><Name>Watch</Name></Creator></Activity></Activities>"
        "</TrainingCenterDatabase>\n"
    )


@pytest.fixture(scope="session")
def make_tcx() -> Callable[..., str]:
    """Return the writer of TCX documents."""
    return tcx_text
