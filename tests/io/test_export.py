"""Writing an activity, and reading back what was written: the same table within the stated
rounding.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import gpxpy
import numpy as np
import pandas as pd
import pytest

import trailstats as ts
from builders import make_activity
from trailstats import schema
from trailstats.errors import MissingExtraError, ReadError, WriteError
from trailstats.geo import EARTH_RADIUS, step_lengths
from trailstats.io import tables
from trailstats.io.export import convert
from trailstats.io.gpx_objects import from_gpxpy, to_gpxpy
from trailstats.io.tables import defuse, write_atomically, write_table


@pytest.fixture
def run():
    """Return a run with every sensor that GPX can hold, and gaps in them."""
    count = 301
    beats = 120.0 + np.arange(count) % 30
    beats[5] = np.nan
    return make_activity(
        duration=count - 1, elevation=np.array([500.0, 520.0]), sub_sport="trail", name="Lauf & "
                                                                                        "<so>",
        heart_rate=beats, cadence=170.0 + 2 * (np.arange(count) % 3), temperature=np.full(count,
        14.0),
        power=250.0 + np.arange(count) % 7,
    )  # fmt: skip


def test_gpx_comes_back(run, tmp_path):
    """Positions and elevations exactly, sensors in whole numbers, name and sport as they were."""
    back = ts.read(convert(run, tmp_path / "run.gpx"))
    assert (back.records.index == run.records.index).all()
    for name in ("latitude", "longitude", "elevation"):
        np.testing.assert_allclose(
            back.records[name], run.records[name], atol=1e-9
        )
    for name in ("heart_rate", "cadence", "temperature", "power"):
        np.testing.assert_array_equal(back.records[name], run.records[name])
    assert (back.meta.name, back.meta.sport, back.meta.sub_sport) == (
        "Lauf & <so>",
        "running",
        "trail",
    )


def test_gpx_is_what_gpxpy_reads(run, tmp_path):
    """Another reader sees the same points."""
    text = convert(run, tmp_path / "run.gpx").read_text(encoding="utf-8")
    points = gpxpy.parse(text).tracks[0].segments[0].points
    assert len(points) == len(run.records)
    assert points[7].latitude == pytest.approx(
        run.records["latitude"].iloc[7], abs=1e-9
    )
    assert points[7].time == run.records.index[7].to_pydatetime()
    (power, extension) = points[7].extensions
    assert (power.tag, power.text) == ("power", "250")
    assert {e.tag.rpartition("}")[2]: e.text for e in extension} == {
        "atemp": "14",
        "hr": "127",
        "cad": "86",
    }


def test_cadence_of_a_ride_is_that_of_the_pedals():
    """Only a runner has a second foot to leave out."""
    ride = make_activity(duration=10, sport="cycling", cadence=np.full(11, 90.0))
    (point, *_) = to_gpxpy(ride).tracks[0].segments[0].points
    assert [e.text for e in point.extensions[0]] == ["90"]


def test_pauses_become_segments(run, fit_writer):
    """The records after a pause stand in a new track segment, and come back as a pause."""
    w = fit_writer().define(0, 20, [(253, 4, 0x86), (0, 4, 0x85), (1, 4, 0x85)])
    w.define(1, 21, [(253, 4, 0x86), (0, 1, 0), (1, 1, 0)])
    start = 1_000_000_000
    for i in (*range(5), *range(60, 65)):
        w.add(0, start + i, 10**8 + i * 100, 10**8)
        if i == 4:
            w.add(1, start + 5, 0, 4).add(1, start + 60, 0, 0)
    paused = ts.read(w.file())
    gpx = to_gpxpy(paused)
    assert [len(s.points) for s in gpx.tracks[0].segments] == [5, 5]
    assert len(from_gpxpy(gpx).pauses) == 1


def test_objects_go_there_and_back(run):
    """An activity as a gpxpy object is the same activity again."""
    gpx = to_gpxpy(run)
    assert gpx.tracks[0].get_points_no() == len(run.records)
    back = from_gpxpy(gpx)
    np.testing.assert_allclose(
        back.records["latitude"], run.records["latitude"], atol=1e-9
    )
    with pytest.raises(ReadError):
        from_gpxpy(gpxpy.gpx.GPX())


def test_gpx_needs_positions_and_plain_text(run, tmp_path):
    """A treadmill run has none; control characters in a name can't stand in XML and are left
    out.
    """
    records = run.records.assign(latitude=np.nan, longitude=np.nan)
    with pytest.raises(WriteError, match="no positions"):
        convert(ts.Activity(records, run.meta), tmp_path / "run.gpx")
    assert not (tmp_path / "run.gpx").exists()
    odd = make_activity(duration=10, name="a\x00b\x0cc")
    assert ts.read(convert(odd, tmp_path / "odd.gpx")).meta.name == "abc"


def test_csv_comes_back(run, tmp_path):
    """Every column of the schema, times in ISO 8601 with Z, missing values empty."""
    path = convert(run, tmp_path / "run.csv")
    back = pd.read_csv(path, parse_dates=["time"], index_col="time")
    assert list(back.columns) == schema.RECORDS.names
    assert (back.index == run.records.index).all()
    # Older releases of pandas read the last digit of a number less exactly.
    np.testing.assert_allclose(
        back.to_numpy(dtype=float), run.records.to_numpy(), rtol=1e-15
    )
    assert (
        path.read_text(encoding="utf-8")
        .splitlines()[1]
        .startswith("2026-03-01T08:00:00Z,")
    )


def test_parquet_comes_back_with_units(run, tmp_path):
    """The table is the same, and every field says its unit."""
    parquet = pytest.importorskip("pyarrow.parquet")
    path = convert(run, tmp_path / "run.parquet")
    back = pd.read_parquet(path).set_index("time")
    np.testing.assert_array_equal(back.to_numpy(), run.records.to_numpy())
    assert (back.index == run.records.index).all()
    fields = parquet.read_schema(path)
    assert fields.field("elevation").metadata[b"unit"] == b"m"
    assert fields.field("heart_rate").metadata[b"unit"] == b"bpm"


def test_parquet_without_pyarrow(run, tmp_path, monkeypatch):
    """The error says which extra brings it."""
    import sys

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match="parquet"):
        convert(run, tmp_path / "run.parquet")


def test_json_comes_back(run, tmp_path):
    """Columns as lists, missing values as null, units beside them."""
    document = json.loads(
        convert(run, tmp_path / "run.json").read_text(encoding="utf-8")
    )
    assert document["format_version"] == schema.FORMAT_VERSION
    assert document["records"]["heart_rate"][5] is None
    assert document["records"]["heart_rate"][6] == 126.0
    assert document["records"]["time"][0] == "2026-03-01T08:00:00Z"
    assert document["units"]["speed"] == "m/s"
    latitude = np.array(document["records"]["latitude"])
    np.testing.assert_array_equal(latitude, run.records["latitude"])


def test_lines_of_segments_join_however_coarse_the_recording(run, tmp_path):
    """With a record every ten seconds a segment of four holds none; its line runs between its ends
    all the same.
    """
    coarse = replace(
        run, records=run.records.iloc[::10], extras=run.extras.iloc[::10]
    )
    times = run.records.index[0] + pd.to_timedelta(
        [0.0, 13.0, 17.0, 300.0, 400.0], "s"
    )
    segments = schema.SEGMENTS.frame(
        {"start_time": times[:-1], "end_time": times[1:]}
    )
    path = convert(coarse, tmp_path / "segments.geojson", segments=segments)
    lines = [
        f["geometry"]["coordinates"]
        for f in json.loads(path.read_text(encoding="utf-8"))["features"][:3]
    ]
    assert lines[0][-1] == lines[1][0]
    assert lines[1][-1] == lines[2][0]
    between = np.interp(
        13.0, [10.0, 20.0], run.records["latitude"].iloc[[10, 20]]
    )
    assert lines[1][0][1] == pytest.approx(between, abs=1e-7)
    indoors = replace(
        run, records=run.records.assign(latitude=np.nan, longitude=np.nan)
    )
    path = convert(indoors, tmp_path / "segments.geojson", segments=segments)
    assert [
        f["geometry"]
        for f in json.loads(path.read_text(encoding="utf-8"))["features"]
    ] == [None] * 4


def test_geojson_of_a_run_and_of_its_segments(run, tmp_path):
    """A line with longitude before latitude; with segments, a line each with its properties."""
    document = json.loads(
        convert(run, tmp_path / "run.geojson").read_text(encoding="utf-8")
    )
    (line,) = document["features"]
    assert line["geometry"]["type"] == "LineString"
    lon, lat, ele = line["geometry"]["coordinates"][0]
    assert (lon, lat, ele) == (11.0, 47.0, 500.0)
    index = run.records.index
    segments = schema.SEGMENTS.frame(
        {
            "index": [0, 1],
            "start_time": index[[0, 150]],
            "end_time": index[[150, 300]],
            "surface": ["road", "trail"],
            "p_trail": [0.1, np.nan],
        }
    )
    path = convert(run, tmp_path / "segments.geojson", segments=segments)
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    assert [f["properties"]["surface"] for f in features] == ["road", "trail"]
    assert [f["properties"]["p_trail"] for f in features] == [0.1, None]
    assert [len(f["geometry"]["coordinates"]) for f in features] == [151, 151]


def test_unknown_suffixes_and_places(run, tmp_path):
    """What can't be written is an error that says so, and leaves nothing behind."""
    for name in ("run.xlsx", "run"):
        with pytest.raises(WriteError, match=r"\.gpx \.kml"):
            convert(run, tmp_path / name)
    with pytest.raises(WriteError, match="can't be written"):
        convert(run, tmp_path / "none" / "run.csv")
    assert list(tmp_path.iterdir()) == []


def test_an_old_file_stays_until_the_new_one_is_complete(tmp_path, monkeypatch):
    """A crash in the middle leaves the old content and no temporary file."""
    path = tmp_path / "out.json"
    write_atomically(path, b"old")

    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(WriteError, match="disk full"):
        write_atomically(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_cells_that_a_spreadsheet_would_run_are_defused(text, tmp_path):
    """A quote stands before them in CSV; harmless text is as it is."""
    assert defuse(text) == f"'{text}"
    assert defuse("a=1") == "a=1"
    table = pd.DataFrame(
        {
            "name": pd.array([text, "plain", None], dtype="str"),
            "value": [-1.0, 2.0, 3.0],
        }
    )
    path = write_table(table, tmp_path / "t.csv", table=schema.ACTIVITIES)
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    assert [row[0] for row in rows[1:]] == [
        f"'{text}".replace("\r", "\n"),
        "plain",
        "",
    ]
    assert [row[1] for row in rows[1:]] == ["-1.0", "2.0", "3.0"]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_a_table_in_parts_is_the_table(tmp_path, monkeypatch, suffix):
    """However it is cut, parts without rows among them, the file is the same, and its times are
    written alike.
    """
    monkeypatch.setattr(tables, "_ROWS_AT_A_TIME", 3)
    start = pd.Timestamp("2026-03-01T08:00:00Z") + pd.to_timedelta(
        [0.0, 1.0, 2.5, 3.0, 4.0, 5.0, 6.0], "s"
    )
    table = schema.SEGMENTS.frame(
        {
            "file": [f"=run{i}" for i in range(7)],
            "start_time": start,
            "distance": range(7),
        }
    )
    whole = write_table(table, tmp_path / f"whole{suffix}", table=schema.SEGMENTS)
    cuts = [
        table.iloc[:0],
        table.iloc[:1],
        table.iloc[1:2],
        table.iloc[2:2],
        table.iloc[2:6],
        table.iloc[6:],
    ]
    parts = write_table(
        iter(cuts), tmp_path / f"parts{suffix}", table=schema.SEGMENTS
    )
    if suffix == ".parquet":
        pd.testing.assert_frame_equal(
            pd.read_parquet(parts), pd.read_parquet(whole)
        )
    else:
        assert parts.read_bytes() == whole.read_bytes()
    nothing = write_table(
        iter([table.iloc[:0]]),
        tmp_path / f"nothing{suffix}",
        table=schema.SEGMENTS,
    )
    assert nothing.stat().st_size > 0


def test_parts_that_break_off_leave_the_old_file(tmp_path):
    """What was written so far is removed again."""
    path = tmp_path / "segments.csv"
    path.write_text("old")

    def parts():
        yield schema.SEGMENTS.frame({"file": ["a"]})
        raise ReadError("gone")

    with pytest.raises(ReadError):
        write_table(parts(), path, table=schema.SEGMENTS)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["segments.csv"]


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("cut", [False, True], ids=["whole", "segments"])
def test_geojson_is_cut_at_the_date_line(tmp_path, way, cut):
    """A run across it, eastward or westward, is a line on either side, which meet there: none spans
    the globe, and together they are as long as the run.
    """
    east = np.degrees(
        3.0 * np.arange(1801) / EARTH_RADIUS / np.cos(np.radians(66.5))
    )
    longitude = (way * (east - 0.0503) + 360.0) % 360.0 - 180.0
    run = make_activity(
        latitude=np.full(1801, 66.5),
        longitude=longitude,
        elevation=np.linspace(5, 9, 7),
    )
    segments = ts.analyze(run).segments if cut else None
    path = ts.convert(run, tmp_path / "line.geojson", segments=segments)
    lines = []
    for feature in json.loads(path.read_text())["features"]:
        shape = feature["geometry"]
        many = shape["type"] == "MultiLineString"
        lines += shape["coordinates"] if many else [shape["coordinates"]]
    total = 0.0
    for line in map(np.array, lines):
        assert (np.abs(line[:, 0]) <= 180).all()
        assert np.abs(np.diff(line[:, 0])).max() < 1
        assert line.shape[1] == 3
        total += step_lengths(line[:, 1], line[:, 0]).sum()
    assert total == pytest.approx(5400, rel=0.01)
    at_line = [end for line in lines for end in (line[0][0], line[-1][0])]
    assert sum(abs(end) == 180 for end in at_line) == 2
