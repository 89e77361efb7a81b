"""The sample generator repeats itself exactly, and the samples on disk are what their truth
says.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import fitdecode
import numpy as np
import pytest

from decoded import differences, values, values_of_json

crc16 = pytest.importorskip("fit_tool.utils.crc").crc16

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "data" / "samples"
SCRIPT = ROOT / "tools" / "make_samples.py"
TCX = "{http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2}"
GPX = "{http://www.topografix.com/GPX/1/1}"


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (SAMPLES / "truth.json").read_text("utf-8")
    )
    return document


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _fit_points(
    content: bytes,
) -> tuple[list[datetime], list[tuple[float, float]]]:
    times, places = [], []
    with fitdecode.FitReader(
        io.BytesIO(content), check_crc=fitdecode.CrcCheck.RAISE
    ) as reader:
        for frame in reader:
            if (
                frame.frame_type == fitdecode.FIT_FRAME_DATA
                and frame.name == "record"
            ):
                times.append(frame.get_value("timestamp"))
                latitude = frame.get_value("position_lat", fallback=None)
                if latitude is not None:
                    places.append(
                        (
                            latitude * 180 / 2**31,
                            frame.get_value("position_long") * 180 / 2**31,
                        )
                    )
    return times, places


def _xml_points(
    content: bytes,
) -> tuple[list[datetime], list[tuple[float, float]]]:
    root = ElementTree.fromstring(content)
    times, places = [], []
    for point in root.iter(f"{GPX}trkpt"):
        times.append(_moment(point.findtext(f"{GPX}time", "")))
        places.append((float(point.attrib["lat"]), float(point.attrib["lon"])))
    for point in root.iter(f"{TCX}Trackpoint"):
        times.append(_moment(point.findtext(f"{TCX}Time", "")))
        position = point.find(f"{TCX}Position")
        if position is not None:
            latitude, longitude = (
                position.findtext(f"{TCX}LatitudeDegrees"),
                position.findtext(f"{TCX}LongitudeDegrees"),
            )
            places.append((float(latitude or "nan"), float(longitude or "nan")))
    return times, places


def _points(file: Path) -> tuple[list[datetime], list[tuple[float, float]]]:
    content = file.read_bytes()
    if file.suffix == ".gz":
        content = gzip.decompress(content)
    return (
        _fit_points(content) if ".fit" in file.suffixes else _xml_points(content)
    )


def _length(places: list[tuple[float, float]]) -> float:
    at = np.radians(np.array(places))
    step = np.diff(at, axis=0)
    half = (
        np.sin(step[:, 0] / 2) ** 2
        + np.cos(at[1:, 0]) * np.cos(at[:-1, 0]) * np.sin(step[:, 1] / 2) ** 2
    )
    return float((2 * 6_371_008.8 * np.arcsin(np.sqrt(half))).sum())


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    """Two fresh processes, with different hash seeds, write the same files byte for byte."""
    for name, seed in (("a", "1"), ("b", "2")):
        command = [
            sys.executable,
            str(SCRIPT),
            "--output",
            str(tmp_path / name),
            "--limit",
            "2",
            "--no-odd",
        ]
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
    first = _digests(tmp_path / "a")
    assert len([name for name in first if name.startswith("archive")]) == 2
    assert first == _digests(tmp_path / "b")


def _unlike(written: Path, kept: Path) -> list[str]:
    """Return what two folders of recordings say differently."""
    found = []
    for path in sorted(written.iterdir()):
        other = kept / path.name
        if not other.exists():
            found.append(f"{path.name} is missing")
            continue
        unlike = differences(values(path), values(other))
        found += [f"{path.name}, {what}" for what in unlike]
    return found


@pytest.fixture(scope="module")
def anew(
    tmp_path_factory: pytest.TempPathFactory, tool: Any
) -> tuple[Path, dict[str, Any]]:
    """Return a folder with the first six activities and all odd files, and their truth."""
    folder = tmp_path_factory.mktemp("samples")
    document: dict[str, Any] = tool("make_samples").build(folder, limit=6)
    return folder, document


def test_samples_on_disk_are_what_the_generator_writes(
    anew: tuple[Path, dict[str, Any]], truth: dict[str, Any]
) -> None:
    """The first activities and the odd files, written anew, say what those in the repository say,
    but for numbers that another processor rounds the other way (see `decoded`).
    """
    folder, document = anew
    assert len(list((folder / "archive").iterdir())) == 6
    assert document["odd"].keys() == truth["odd"].keys()
    for name in ("archive", "odd"):
        assert _unlike(folder / name, SAMPLES / name) == []
    for key in ("physiology", "odd", "activities"):
        kept = truth[key][:6] if key == "activities" else truth[key]
        pair = [
            values_of_json(json.dumps(value)) for value in (document[key], kept)
        ]
        assert differences(*pair) == []


def _heart_rate_moved(content: bytes, units: int) -> bytes:
    """Return a FIT file whose tenth heart rate is moved, its checksum set right."""
    with fitdecode.FitReader(io.BytesIO(content), keep_raw_chunks=True) as reader:
        frames = [f for f in reader if f.frame_type == fitdecode.FIT_FRAME_DATA]
    points = [
        f for f in frames if f.name == "record" and f.has_field("heart_rate")
    ]
    point = points[9]
    before = 0
    for field in point.def_mesg.field_defs:
        if field.name == "heart_rate":
            break
        before += field.size
    at = point.chunk.offset + 1 + before
    changed = bytearray(content)
    assert changed[at] == point.get_raw_value("heart_rate")
    changed[at] += units
    changed[-2:] = crc16(bytes(changed[:-2])).to_bytes(2, "little")
    return bytes(changed)


@pytest.mark.parametrize(("units", "same"), [(0, True), (1, True), (3, False)])
def test_one_unit_is_a_rounding_and_three_are_not(
    tmp_path: Path, units: int, same: bool
) -> None:
    """A number one unit off is the same recording; three units off it is another."""
    kept = SAMPLES / "archive" / "2024-02-06-1816.fit"
    moved = tmp_path / kept.name
    moved.write_bytes(_heart_rate_moved(kept.read_bytes(), units))
    assert (_unlike(tmp_path, kept.parent) == []) is same


@pytest.mark.parametrize(
    ("pattern", "instead", "same"),
    [
        (rb"<ele>(\d+)\.1</ele>", rb"<ele>\1.2</ele>", True),
        (rb"<ele>(\d+)\.1</ele>", rb"<ele>\1.4</ele>", False),
        (rb"<ele>(\d+)\.1</ele>", rb"<ele>\1.10</ele>", False),
        (rb"<trkpt .*?</trkpt>\n", rb"", False),
        (rb"<name>[^<]*</name>", rb"<name>Another run</name>", False),
        (rb":00Z</time>", rb":01Z</time>", False),
    ],
    ids=["rounding", "number", "decimals", "point", "name", "time"],
)
def test_a_changed_recording_is_found(
    tmp_path: Path, pattern: bytes, instead: bytes, same: bool
) -> None:
    """A changed, removed or reworded element of one point is found; one last digit is not."""
    kept = SAMPLES / "archive" / "2024-02-20-1842.gpx"
    text = kept.read_bytes()
    changed = re.sub(pattern, instead, text, count=1, flags=re.DOTALL)
    assert changed != text
    (tmp_path / kept.name).write_bytes(changed)
    assert (_unlike(tmp_path, kept.parent) == []) is same


def test_all_numbers_one_unit_off_are_another_recording(tmp_path: Path) -> None:
    """Ties are rare: a file in which every height is one unit off isn't a rounding."""
    kept = SAMPLES / "archive" / "2024-02-20-1842.gpx"
    changed = re.sub(rb"(\d)\.1</ele>", rb"\1.2</ele>", kept.read_bytes())
    (tmp_path / kept.name).write_bytes(changed)
    assert _unlike(tmp_path, kept.parent) != []


def test_a_missing_file_is_found(tmp_path: Path) -> None:
    """A recording that the repository doesn't have is named."""
    (tmp_path / "new.fit").write_bytes(b"")
    assert _unlike(tmp_path, SAMPLES / "archive") == ["new.fit is missing"]


def test_archive_is_large_enough_and_small_enough(truth: dict[str, Any]) -> None:
    """At least 120 activities over 40 weeks in all three formats, below 12 MB with everything
    else.
    """
    entries = truth["activities"]
    listed = {entry["file"] for entry in entries}
    on_disk = {f"archive/{path.name}" for path in (SAMPLES / "archive").iterdir()}
    assert listed == on_disk and len(listed) >= 120
    starts = [_moment(entry["start_time"]) for entry in entries]
    assert starts == sorted(starts)
    assert (starts[-1] - starts[0]).days / 7 >= 40
    for ending in (".fit", ".fit.gz", ".gpx", ".gpx.gz", ".tcx", ".tcx.gz"):
        assert any(name.endswith(ending) for name in listed), ending
    assert (
        sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file())
        < 12e6
    )


def test_recordings_agree_with_their_truth(truth: dict[str, Any]) -> None:
    """Start, duration and the length of the recorded track agree with the truth within sensor
    noise.
    """
    for entry in truth["activities"][::4]:
        times, places = _points(SAMPLES / entry["file"])
        assert times == sorted(times)
        assert (
            0 <= (times[0] - _moment(entry["start_time"])).total_seconds() <= 20
        ), entry["file"]
        elapsed = (times[-1] - times[0]).total_seconds()
        assert entry["elapsed_time"] - 20 <= elapsed <= entry["elapsed_time"], (
            entry["file"]
        )
        assert _length(places) == pytest.approx(entry["distance"], rel=0.03), (
            entry["file"]
        )


def test_segments_tile_every_activity(truth: dict[str, Any]) -> None:
    """Segments follow one another from start to end, and their shares are the activity's."""
    columns = truth["segment_columns"]
    for entry in truth["activities"]:
        rows = [dict(zip(columns, row, strict=True)) for row in entry["segments"]]
        assert rows[0]["start_time"] == 0 and rows[-1][
            "end_time"
        ] == pytest.approx(entry["elapsed_time"], abs=1)
        assert all(a["end_time"] == b["start_time"] for a, b in pairwise(rows))
        assert {row["surface"] for row in rows} <= {"road", "trail"}
        length = {row["surface"]: 0.0 for row in rows}
        for row in rows:
            length[row["surface"]] += row["end_distance"] - row["start_distance"]
        assert sum(length.values()) == pytest.approx(entry["distance"], abs=2.0)
        assert length.get("trail", 0.0) / entry["distance"] == pytest.approx(
            entry["trail_share"], abs=0.01
        )


def test_trails_begin_late_and_the_truth_has_every_claim(
    truth: dict[str, Any],
) -> None:
    """No trail before the stated week, a verdict for each claim, two races of which one was well
    prepared.
    """
    first = min(
        entry["week"] for entry in truth["activities"] if entry["trail_share"] > 0
    )
    assert first == truth["effects"]["road_improvement"]["first_trail_week"]
    assert list(truth["claims"]) == [
        "strength", "easy_days", "balance", "stress", "impact", "volume", "enjoyment", "variety",
        "road_improvement", "same_effort", "training_rules",
    ]  # fmt: skip
    words = {
        "supported",
        "contradicted",
        "inconclusive",
        "not enough data",
        "not measurable",
    }
    for claim in truth["claims"].values():
        assert (
            claim["expected"] in claim["allowed"]
            and set(claim["allowed"]) <= words
        )
    assert [race["rules"]["R2"]["status"] for race in truth["races"]] == [
        "fail",
        "pass",
    ]


def test_every_odd_file_is_described(truth: dict[str, Any]) -> None:
    """Each odd file has its truth, and the duplicate pair starts at the same moment."""
    assert set(truth["odd"]) == {
        f"odd/{path.name}" for path in (SAMPLES / "odd").iterdir()
    }
    pair = [truth["odd"][f"odd/duplicate.{kind}"] for kind in ("fit", "gpx")]
    assert pair[0]["start_time"] == pair[1]["start_time"]
    assert (SAMPLES / "odd" / "empty.fit").stat().st_size == 0
