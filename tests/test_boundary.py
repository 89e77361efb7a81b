"""Whatever is outside: every failure is an error of ours that names the place, and nothing that
has no end is read.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import subprocess
import sys
import zipfile

import pytest

import trailstats as ts
from trailstats.boundary import configuring, open_regular, reading, shown
from trailstats.cli import main
from trailstats.errors import ConfigError, InternalError, ReadError

FOREIGN = [
    IndexError("x"),
    OverflowError("x"),
    ZeroDivisionError("x"),
    MemoryError(),
    RecursionError("x"),
    RuntimeWarning("x"),
    lzma.LZMAError("x"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "x"),
]


@pytest.fixture(scope="module")
def run_gpx():
    """Return a run of five minutes straight north as GPX."""
    points = (
        f'<trkpt lat="{47 + 27e-6 * i:.6f}" lon="11"><ele>500</ele>'
        f"<time>2026-03-01T08:{i // 60:02d}:{i % 60:02d}Z</time></trkpt>"
        for i in range(300)
    )
    text = (
        f'<gpx version="1.1"><trk><trkseg>{"".join(points)}</trkseg></trk></gpx>'
    )
    return text.encode()


@pytest.mark.parametrize("error", FOREIGN, ids=lambda e: type(e).__name__)
def test_foreign_errors_leave_as_ours_with_the_place(error) -> None:
    """No list of exceptions has to be complete."""
    with pytest.raises(InternalError) as caught, reading("run.fit"):
        raise error
    assert caught.value.path == "run.fit"
    assert caught.value.__cause__ is error
    with (
        pytest.raises(ConfigError, match=r"^athlete\.toml: "),
        configuring("athlete.toml"),
    ):
        raise error


def test_errors_of_ours_pass_as_they_are() -> None:
    """With the place, where it was missing."""
    with pytest.raises(ts.LimitError) as caught, reading("run.fit"):
        raise ts.LimitError("too many")
    assert caught.value.path == "run.fit"
    with pytest.raises(ts.ConfigError), reading("run.fit"):
        raise ts.ConfigError("no")
    with pytest.raises(KeyboardInterrupt), reading("run.fit"):
        raise KeyboardInterrupt


@pytest.mark.parametrize("where", ["io.formats.decode", "analysis.clean"])
def test_a_fault_in_reading_or_measuring_is_typed_everywhere(
    monkeypatch, tmp_path, run_gpx, where
) -> None:
    """Reading, listing, analysing and a batch: the same fault, the same error; a row in a batch."""
    path = tmp_path / "run.gpx"
    path.write_bytes(run_gpx)

    def broken(*_: object, **__: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr(f"trailstats.{where}", broken)
    if "formats" in where:
        monkeypatch.setattr("trailstats.io.containers.decode", broken)
        with pytest.raises(InternalError, match="unexpected IndexError"):
            ts.read(path)
        (failure,) = ts.iter_activities(tmp_path)
        assert failure.code == "internal"
    with pytest.raises(InternalError, match="unexpected IndexError"):
        ts.analyze(path)
    monkeypatch.setattr("trailstats.history._workers.measure_with_motion", broken)
    history = ts.analyze_folder(tmp_path, workers=1)
    assert [f.code for f in history.failures] == ["internal"]


@pytest.mark.parametrize("name", ["a\0b.fit", "x" * 5000, "d/" * 3000])
def test_paths_that_no_file_can_have(name) -> None:
    """A NUL, or too long: said, by every door."""
    for door in (
        ts.read,
        ts.analyze,
        ts.analyze_folder,
        lambda n: list(ts.iter_activities(n)),
    ):
        with pytest.raises(ReadError):
            door(name)
    for door in (ts.Athlete.from_toml, ts.SurfaceLabels.from_file, ts.RoadMap):
        with pytest.raises(ConfigError):
            door(name)


def test_a_member_in_damaged_lzma_is_a_row_and_the_rest_goes_on(
    tmp_path, run_gpx
) -> None:
    """So for every kind of compression that a zip may use."""
    for kind, method in (("lzma", zipfile.ZIP_LZMA), ("bz2", zipfile.ZIP_BZIP2)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.writestr("a.gpx", run_gpx)
        data = bytearray(out.getvalue())
        data[60:90] = bytes(30)
        (tmp_path / f"{kind}.zip").write_bytes(data)
    (tmp_path / "z.gpx").write_bytes(run_gpx)
    found = list(ts.iter_activities(tmp_path))
    assert [isinstance(item, ts.Failure) for item in found] == [True, True, False]
    with pytest.raises(ts.CorruptFileError):
        ts.read(tmp_path / "lzma.zip")


def test_nothing_is_read_that_never_ends(tmp_path, run_gpx) -> None:
    """Pipes and devices are turned away without waiting, in the place of a table, a profile or
    labels, too; a growing file is read to where it was.
    """
    os.mkfifo(tmp_path / "activities.csv")
    os.mkfifo(tmp_path / "run.fit")
    os.mkfifo(tmp_path / "athlete.toml")
    (tmp_path / "b.gpx").write_bytes(run_gpx)
    read = list(ts.iter_activities(tmp_path))
    assert sum(isinstance(one, ts.Activity) for one in read) == 1
    for door in (ts.read, ts.analyze, lambda p: list(ts.iter_activities(p))):
        for path in (tmp_path / "run.fit", "/dev/zero", "/dev/tty"):
            try:
                found = door(path)
            except ReadError as error:
                assert "pipe or a device" in str(error) or path == "/dev/tty"
            else:
                assert [type(item) for item in found] == [ts.Failure]
    with pytest.raises(ConfigError):
        ts.Athlete.from_toml(tmp_path / "athlete.toml")
    with pytest.raises(ConfigError):
        ts.SurfaceLabels.from_file(tmp_path / "run.fit")


def test_a_growing_file_is_read_to_where_it_was(
    tmp_path, monkeypatch, run_gpx
) -> None:
    """Its size is looked at once, and no more is read."""
    path = tmp_path / "run.gpx"
    path.write_bytes(run_gpx)
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size

    def grown(stream):
        with path.open("ab") as more:
            more.write(b"\n" * 1000)
        return size

    monkeypatch.setattr("trailstats.io.formats.size_of", grown)
    from trailstats.io.formats import ReadLimits, bytes_of

    assert bytes_of(path, ReadLimits()) == run_gpx


def test_names_that_are_no_utf8_are_rows_like_any_other(
    tmp_path, run_gpx
) -> None:
    """Shown escaped, in tables, the cache and documents; with the cache they are recalled."""
    folder = tmp_path / "runs"
    folder.mkdir()
    for name, content in ((b"L\xe4ufe.gpx", run_gpx), (b"\xff.fit", b"x")):
        (folder / os.fsdecode(name)).write_bytes(content)
    for suffix in ("csv", "json", "parquet"):
        output = tmp_path / f"out.{suffix}"
        with pytest.raises(SystemExit) as ended:
            main(
                [
                    "batch",
                    str(folder),
                    "-o",
                    str(output),
                    "--cache",
                    str(tmp_path / "c"),
                ]
            )
        assert ended.value.code == 3
        assert b"ufe.gpx" in output.read_bytes()
    document = json.loads((tmp_path / "out.json").read_bytes())
    files = sorted(
        row["file"].rpartition("/")[2] for row in document["activities"]
    )
    assert files == [r"L\xe4ufe.gpx", r"\xff.fit"]
    assert shown("a\ud800") == r"a\ud800"
    assert shown("Läufe") == "Läufe"
    activity = ts.read(folder / os.fsdecode(b"L\xe4ufe.gpx"))
    assert activity.meta.source.endswith(r"L\xe4ufe.gpx")


@pytest.mark.parametrize(
    "text",
    [
        "mass = nan",
        "mass = inf",
        "mass = 1e400",
        "mass = 0",
        "birth_year = nan",
        "birth_year = 1" + "0" * 400,
        "birth_year = 20",
        "heart_rate_max = -1",
        "privacy_zones = [[91.0, 0.0, 100.0]]",
        "privacy_zones = [[0.0, 181.0, 100.0]]",
        "privacy_zones = [[0.0, 0.0, nan]]",
        "privacy_zones = [[0.0, 0.0, -5]]",
        "privacy_zones = [[0.0, 0.0]]",
        "privacy_zones = 3",
        "races = ['2026-13-01']",
        "races = [nan]",
        "x = " + "[" * 5000,
        "name = 3",
        "\0",
    ],
)
def test_every_value_of_a_profile_has_a_range(tmp_path, text) -> None:
    """NaN and numbers out of range are refused, and the file is named."""
    path = tmp_path / "athlete.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"athlete\.toml"):
        ts.Athlete.from_toml(path)


@pytest.mark.parametrize(
    "text",
    [
        "run.gpx,0:10:00,1e3 km,trail",
        "run.gpx," + "9" * 5000 + ":10:00,,trail",
        "run.gpx,9999-12-31T23:59:59-12:00,,trail",
        "run.gpx,0001-01-01T00:00:00+12:00,,trail",
        "run.gpx," + "9" * 400 + " km,,trail",
        "run.gpx,,," + "x" * 200_000,
        "run.gpx,\0,,trail",
    ],
)
def test_every_value_of_a_label_has_a_range(tmp_path, text) -> None:
    """So for labels."""
    path = tmp_path / "labels.csv"
    path.write_text("file,from,to,surface\n" + text + "\n")
    with pytest.raises(ConfigError, match=r"labels\.csv"):
        ts.SurfaceLabels.from_file(path)


def test_too_few_descriptors_are_said(tmp_path, run_gpx) -> None:
    """A `WorkerError` before anything hangs."""
    for i in range(40):
        (tmp_path / f"{i}.gpx").write_bytes(run_gpx)
    program = (
        "import resource, sys, trailstats as ts\n"
        "import trailstats.history\n"
        f"resource.setrlimit(resource.RLIMIT_NOFILE, (24, 24))\n"
        "try:\n"
        f"    ts.analyze_folder({str(tmp_path)!r}, workers=16)\n"
        "except ts.WorkerError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "can't be started" in done.stdout, done.stderr
    assert not done.stderr


def test_a_limit_on_memory_is_an_error_of_the_one_source(
    tmp_path, run_gpx
) -> None:
    """Where the system refuses memory, the source fails and the program goes on."""
    path = tmp_path / "run.gpx"
    path.write_bytes(run_gpx)
    program = (
        "import trailstats as ts, numpy as np\n"
        f"ts.analyze({str(path)!r})\n"
        "import trailstats.analysis as a\n"
        "def large(*_, **__):\n"
        "    return np.ones(1 << 40)\n"
        "a.clean = large\n"
        "try:\n"
        f"    ts.analyze({str(path)!r})\n"
        "except ts.InternalError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert "not enough memory" in done.stdout, done.stderr
