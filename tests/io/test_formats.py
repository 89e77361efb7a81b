"""Reading one source: recognition by content, compression, limits, errors that say where and
why.
"""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

import trailstats as ts
from trailstats import schema
from trailstats.errors import (
    CorruptFileError,
    LimitError,
    NotAnActivityError,
    ReadError,
    UnsupportedFormatError,
)
from trailstats.io.formats import ReadLimits, sniff


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def run_fit(fit_writer, add_records):
    """Return a small FIT file."""
    return add_records(fit_writer(), 50).file()


def test_path_bytes_and_stream_give_the_same(run_fit, tmp_path):
    """The same content is the same activity, whatever it comes in; only its name differs."""
    path = tmp_path / "run.fit"
    path.write_bytes(run_fit)
    runs = [
        ts.read(path),
        ts.read(str(path)),
        ts.read(run_fit),
        ts.read(io.BytesIO(run_fit)),
    ]
    with path.open("rb") as stream:
        runs.append(ts.read(stream))
    assert {len(r.records) for r in runs} == {50}
    assert len({r.meta.content_hash for r in runs}) == 1
    assert [r.meta.source for r in runs] == [
        str(path),
        str(path),
        "<bytes>",
        "<stream>",
        str(path),
    ]


def test_every_column_of_the_schema_is_there(run_fit):
    """Columns that were not recorded exist and hold NaN; the index is UTC time."""
    run = ts.read(run_fit)
    assert list(run.records.columns) == schema.RECORDS.names
    assert run.records["power"].isna().all()
    assert not run.has("power")
    assert run.has("heart_rate")
    assert (run.records.index.name, str(run.records.index.dtype)) == (
        "time",
        "datetime64[ns, UTC]",
    )
    assert run.meta.start_time == run.records.index[0]


@pytest.mark.parametrize(
    "wrap",
    [
        gzip.compress,
        lambda d: gzip.compress(gzip.compress(d)),
        lambda d: zipped(**{"a.fit": d}),
        lambda d: gzip.compress(
            zipped(
                **{
                    "sub/A.FIT": d,
                    "__MACOSX/._a.fit": b"stub",
                    "readme.txt": b"hello",
                }
            )
        ),
        lambda d: zipped(**{"a.fit.gz": gzip.compress(d)}),
    ],
    ids=["gzip", "twice", "zip", "zip in gzip", "gzip in zip"],
)
def test_compression_is_seen_by_content(run_fit, tmp_path, wrap):
    """A wrong suffix does no harm: a file called .fit may be a gzip or a zip."""
    path = tmp_path / "run.fit"
    path.write_bytes(wrap(run_fit))
    assert len(ts.read(path).records) == 50


def test_the_format_can_be_named(run_fit, make_gpx):
    """A name overrides recognition; an unknown one is refused."""
    assert len(ts.read(make_gpx(5).encode(), format="gpx").records) == 5
    with pytest.raises(UnsupportedFormatError, match="known are"):
        ts.read(run_fit, format="csv")
    with pytest.raises(ReadError):
        ts.read(run_fit, format="gpx")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "HTML"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "PNG"),
        (b'{"a": 1}', "JSON"),
        (b"%PDF-1.7", "PDF"),
        (b"SQLite format 3\0" + bytes(100), "SQLite"),
        (b"<x/>", "XML"),
        (b"hello\n", "text"),
        (bytes(range(1, 9)), "binary"),
    ],
)
def test_what_is_no_activity_file_is_named(content, told):
    """The error says what the content looks like."""
    with pytest.raises(UnsupportedFormatError, match=told):
        ts.read(content)


def test_a_missing_or_unreadable_path(tmp_path):
    """A path that does not exist, or is a folder, is an error with its name."""
    for path in (tmp_path / "none.fit", tmp_path):
        with pytest.raises(ReadError) as caught:
            ts.read(path)
        assert caught.value.path == str(path)


def test_errors_say_which_file_and_where(tmp_path, make_gpx):
    """A broken document names its file, line and byte."""
    path = tmp_path / "broken.gpx"
    path.write_text("<gpx>\n<trk>\n<oops", encoding="utf-8")
    with pytest.raises(CorruptFileError) as caught:
        ts.read(path)
    assert str(path) in str(caught.value)
    assert "line 3" in str(caught.value)


def test_several_activities_in_one_file(samples):
    """The first is returned, and an issue says how many there are."""
    run = ts.read(samples / "odd" / "multisport.fit")
    assert "several_activities" in [issue.code for issue in run.issues]


def test_limit_on_bytes(run_fit, tmp_path):
    """A file, a stream or a content larger than allowed is refused before it is parsed."""
    path = tmp_path / "run.fit"
    path.write_bytes(run_fit)
    for source in (
        path,
        io.BytesIO(run_fit),
        gzip.compress(run_fit),
        zipped(**{"a.fit": run_fit}),
    ):
        with pytest.raises(LimitError, match="bytes"):
            ts.read(source, limits=ReadLimits(bytes=len(run_fit) - 1))


@pytest.mark.parametrize(
    "pack", [gzip.compress, lambda d: zipped(**{"a.gpx": d})], ids=["gzip", "zip"]
)
def test_limit_on_expansion(pack):
    """A bomb is stopped while it expands, not after."""
    bomb = pack(bytes(40 << 20))
    with pytest.raises(LimitError, match="ratio"):
        ts.read(bomb)


def test_limit_on_nesting(run_fit):
    """Archives within archives are opened to a stated depth."""
    data = run_fit
    for _ in range(5):
        data = gzip.compress(data)
    with pytest.raises(LimitError, match="nesting"):
        ts.read(data)
    assert len(ts.read(data, limits=ReadLimits(nesting=5)).records) == 50


def test_a_damaged_gzip_gives_what_it_holds(make_gpx):
    """The points before the damage are kept; a gzip without any is corrupt."""
    text = make_gpx(3000).encode()
    packed = gzip.compress(text)
    run = ts.read(packed[: len(packed) // 2])
    assert 500 < len(run.records) < 3000
    assert {"compression_damaged", "truncated"} <= {
        issue.code for issue in run.issues
    }
    run = ts.read(packed[:-8] + b"wrong!!!")
    assert len(run.records) == 3000
    assert "compression_damaged" in {issue.code for issue in run.issues}
    assert (
        len(
            ts.read(
                gzip.compress(text[:5000]) + gzip.compress(text[5000:])
            ).records
        )
        == 3000
    )
    with pytest.raises(ReadError):
        ts.read(packed[:12])


def test_damaged_and_encrypted_zips(run_fit):
    """A zip that can't be opened is corrupt, in our own words."""
    good = zipped(**{"a.fit": run_fit})
    for bad in (good[:40], good[:-30], good.replace(b"\x08\x00", b"\x63\x00")):
        with pytest.raises(ReadError):
            ts.read(bad)


def test_a_zip_with_several_files_points_to_the_right_function(run_fit):
    """One source is one file: an archive of many is for `iter_activities`."""
    with pytest.raises(UnsupportedFormatError, match="iter_activities"):
        ts.read(zipped(**{"a.fit": run_fit, "b.fit": run_fit}))
    with pytest.raises(UnsupportedFormatError, match="without activity files"):
        ts.read(zipped(**{"a.txt": b"x"}))


def test_utf16_is_recognised(make_gpx):
    """A document in UTF-16 is recognised by its mark."""
    form = sniff(make_gpx(3).encode("utf-16")[:4096])
    assert form is not None
    assert form.format == "gpx"


def test_heart_rates_of_a_strap_can_be_left_out(fit_writer, add_records):
    """The option reaches the parser."""
    w = add_records(fit_writer(), 3, heart=60)
    w.define(2, 132, [(253, 4, 0x86), (9, 4, 0x86), (6, 1, 2)]).add(
        2, 1_000_000_001, 1024, 140
    )
    assert ts.read(w.file()).records["heart_rate"].tolist() == [60, 140, 62]
    assert ts.read(w.file(), merge_heart_rate=False).records[
        "heart_rate"
    ].tolist() == [
        60,
        61,
        62,
    ]


def test_what_has_no_time_is_no_activity(make_gpx):
    """A route drawn on a map is told from a recording."""
    with pytest.raises(NotAnActivityError, match="route"):
        ts.read(make_gpx(3, time=lambda i: "").encode())


def test_reading_leaves_the_source_as_it_is(run_fit, tmp_path):
    """Nothing is written or changed."""
    path = tmp_path / "run.fit"
    path.write_bytes(run_fit)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    first, second = ts.read(path), ts.read(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert list(Path(tmp_path).iterdir()) == [path]
    np.testing.assert_array_equal(first.records, second.records)


@pytest.mark.parametrize("format", [ts.Format.GPX, "gpx", "GPX", ".gpx"])
def test_a_format_is_named_by_member_or_text(make_gpx, format):
    """Both skip the recognition."""
    assert ts.read(make_gpx(3).encode(), format=format).meta.format == "gpx"


def test_a_format_that_does_not_exist_is_refused_with_the_choices(make_gpx):
    """The message names those that do."""
    with pytest.raises(
        ts.UnsupportedFormatError, match="'csv'; known are fit, gpx, tcx, kml"
    ):
        ts.read(make_gpx(3).encode(), format="csv")
