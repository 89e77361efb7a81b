"""The second opinion: no differences where there are none, and each difference named."""

from __future__ import annotations

import gzip

import pandas as pd
import pytest

from trailstats.errors import ReadError, UnsupportedFormatError
from trailstats.io.compare import compare

START = 1_000_000_000


@pytest.mark.parametrize(
    "name",
    [
        "archive/2024-02-06-1816.fit",
        "archive/2024-02-20-1842.gpx",
        "odd/multisport.fit",
    ],
)
def test_samples_do_not_differ(samples, name):
    """On sound files both readings are the same."""
    table = compare(samples / name)
    assert table.empty
    assert list(table.columns) == [
        "column",
        "rows",
        "largest_difference",
        "only_here",
        "only_there",
        "note",
    ]


def test_a_column_from_a_developer_field_is_ours_alone(fit_writer, tmp_path):
    """What trailstats fills from elsewhere is shown with its reason."""
    w = (
        fit_writer()
        .define(2, 207, [(1, 16, 0x0D), (3, 1, 2)])
        .add(2, bytes(16), 0)
    )
    w.define(
        1,
        206,
        [(0, 1, 2), (1, 1, 2), (2, 1, 2), (3, 6, 7), (8, 6, 7), (15, 1, 2)],
    )
    w.add(1, 0, 0, 0x84, b"Power\0", b"watts\0", 7)
    w.define(0, 20, [(253, 4, 0x86), (3, 1, 2)], developer=[(0, 2, 0)])
    w.add(0, START, 120).raw(b"\xfa\0").add(0, START + 1, 121).raw(b"\xfb\0")
    path = tmp_path / "run.fit"
    path.write_bytes(w.file())
    (row,) = compare(path).to_dict("records")
    assert (row["column"], row["rows"], row["only_here"], row["only_there"]) == (
        "power",
        2,
        2,
        0,
    )
    assert "developer field" in row["note"]


def test_merged_heart_rates_differ_by_so_much(fit_writer, add_records, tmp_path):
    """The other reader keeps what is in the records; the largest difference is told."""
    w = add_records(fit_writer(), 3, heart=60)
    w.define(2, 132, [(253, 4, 0x86), (9, 4, 0x86), (6, 1, 2)]).add(
        2, START + 1, 1024, 140
    )
    path = tmp_path / "swim.fit.gz"
    path.write_bytes(gzip.compress(w.file()))
    (row,) = compare(path).to_dict("records")
    assert (row["column"], row["rows"], row["largest_difference"]) == (
        "heart_rate",
        1,
        79.0,
    )
    assert "strap" in row["note"]


def test_a_reader_that_stops_early(fit_writer, add_records, make_gpx, tmp_path):
    """Where the other reader refuses a file, the table says so and compares what it gave."""
    path = tmp_path / "run.fit"
    path.write_bytes(add_records(fit_writer(), 300).file()[:-100])
    (row,) = compare(path).to_dict("records")
    assert row["column"] == "(file)"
    assert "which stopped" in row["note"]
    broken = tmp_path / "run.gpx"
    broken.write_text(make_gpx(300)[:-1000], encoding="utf-8")
    table = compare(broken)
    assert table["column"].tolist() == ["(file)"]
    assert "0 with gpxpy" in table["note"][0]


def test_points_without_values_compare_equal(make_gpx, tmp_path):
    """Missing elevations and times are missing in both readings."""
    text = (
        make_gpx(20)
        .replace("<ele>500.0</ele>", "")
        .replace("<time>2026-03-01T08:00:07Z</time>", "")
    )
    path = tmp_path / "run.gpx"
    path.write_text(text, encoding="utf-8")
    assert compare(path).empty


def test_what_can_not_be_compared(samples, tmp_path):
    """TCX has no second reader here; a missing file is an error with its name."""
    with pytest.raises(UnsupportedFormatError, match="FIT and GPX only"):
        compare(samples / "archive" / "2024-04-11-1826.tcx")
    with pytest.raises(ReadError) as caught:
        compare(tmp_path / "none.fit")
    assert caught.value.path == str(tmp_path / "none.fit")


@pytest.mark.corpus
def test_corpus(corpus):
    """On a few small real files both readings are the same, but for columns that a developer field
    fills.
    """
    index = pd.read_csv(corpus / "index.csv")
    small = (
        index[(index["size"] < 60_000) & (index["format"] != "tcx")]
        .groupby(["format", "athlete"])
        .head(1)
    )
    for name in small["file"][:8]:
        table = compare(corpus / name)
        other = table[
            ~table["note"].str.contains("developer field|which stopped")
        ]
        assert other.empty, (name, other.to_dict("records"))
