"""The command line: documents, tables, exit codes, and errors as sentences."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

import trailstats as ts
from builders import beating, make_activity
from trailstats import __version__, schema
from trailstats.io.export import convert
from trailstats.model.json_schemas import document_schema

OK, NOTHING, USAGE, SOME = 0, 1, 2, 3


@pytest.fixture
def gpx(tmp_path: Path) -> Path:
    """Return a run of half an hour with heart rate."""
    rates = beating(150.0)
    return convert(
        make_activity(elevation=np.linspace(0, 50, 20), heart_rate=rates),
        tmp_path / "run.gpx",
    )


@pytest.fixture
def html(tmp_path: Path) -> Path:
    """Return a web page that was saved as a track."""
    path = tmp_path / "page.gpx"
    path.write_text("<!DOCTYPE html><html><body>Please sign in</body></html>")
    return path


def test_version_and_help(run) -> None:
    """Both are there, and each command explains itself with an example."""
    assert run("--version")[:2] == (OK, f"trailstats {__version__}\n")
    code, out, _ = run("--help")
    assert code == OK
    for command in (
        "report",
        "analyze",
        "batch",
        "claims",
        "check",
        "convert",
        "schema",
    ):
        assert command in out
        code, text, _ = run(command, "--help")
        assert code == OK
        assert "Example: trailstats" in text
        assert "--json" in text


def test_unknown_commands_and_options_are_usage_errors(run) -> None:
    """Exit code 2, with a hint on standard error."""
    for arguments in (
        ["walk"],
        ["analyze"],
        ["analyze", "x.fit", "--fast"],
        ["batch", "x", "-o", "out.xlsx"],
    ):
        code, _, err = run(*arguments)
        assert code == USAGE, arguments
        assert err


def test_analyze_prints_a_document_or_tables(run, gpx: Path) -> None:
    """The document keeps its schema; the tables name what a runner looks for."""
    code, out, _ = run("analyze", gpx, "--json")
    assert code == OK
    Draft202012Validator(document_schema("analysis")).validate(json.loads(out))
    code, out, _ = run("analyze", gpx)
    assert code == OK
    for word in ("moving", "grade-adjusted", "surface", "impact load"):
        assert word in out
    assert "mi" in run("analyze", gpx, "--imperial")[1]


def test_one_file_that_is_no_activity_exits_1(
    run, html: Path, tmp_path: Path
) -> None:
    """A page, a picture, an empty file and a missing one: a sentence that says what was found, or a
    document.
    """
    picture, empty = tmp_path / "photo.gpx", tmp_path / "empty.fit"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    empty.write_bytes(b"")
    route = tmp_path / "route.gpx"
    route.write_text('<gpx><rte><rtept lat="1" lon="2"/></rte></gpx>')
    untimed = tmp_path / "untimed.gpx"
    untimed.write_text(
        '<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>'
    )
    for path, found in (
        (html, "HTML"), (picture, "PNG"), (empty, "empty"), (route, "route"), (untimed, "time"),
        (tmp_path / "none.fit", "there is no such file"),
    ):  # fmt: skip
        code, out, err = run("analyze", path)
        assert (code, out) == (NOTHING, "")
        assert found in err
        assert "Traceback" not in err
        code, out, _ = run("analyze", path, "--json")
        assert code == NOTHING
        document = json.loads(out)
        Draft202012Validator(document_schema("problem")).validate(document)
        assert document["problem"]["path"] == str(path)


def test_batch_keeps_every_source(
    run, gpx: Path, html: Path, tmp_path: Path
) -> None:
    """The good file and the bad one are rows; exit code 3; the segments have their contract's
    columns.
    """
    out, segments = tmp_path / "out.csv", tmp_path / "segments.csv"
    code, _, err = run(
        "batch",
        gpx,
        html,
        "-o",
        out,
        "--segments",
        segments,
        "--evidence",
        "signal",
    )
    assert code == SOME
    assert "HTML" in err
    table = pd.read_csv(out)
    assert table["status"].tolist() == ["ok", "failed"]
    assert list(table.columns) == schema.ACTIVITIES.names
    parts = pd.read_csv(segments)
    assert list(parts.columns) == schema.SEGMENTS.names
    assert parts["distance"].sum() == pytest.approx(
        table["distance"].iloc[0], rel=1e-3
    )
    assert parts["start_time"].str.endswith("Z").all()
    assert pd.Timestamp(parts["start_time"].iloc[0]) == pd.Timestamp(
        "2026-03-01T08:00:00Z"
    )


def test_batch_writes_parquet_and_json(run, gpx: Path, tmp_path: Path) -> None:
    """Parquet has units in its fields, JSON keeps its schema."""
    import pyarrow.parquet as pq

    assert run("batch", gpx, "-o", tmp_path / "out.parquet")[0] == OK
    fields = pq.read_schema(tmp_path / "out.parquet")
    assert fields.field("distance").metadata[b"unit"] == b"m"
    assert run("batch", gpx, "-o", tmp_path / "out.json")[0] == OK
    Draft202012Validator(document_schema("history")).validate(
        json.loads((tmp_path / "out.json").read_text())
    )


def test_batch_of_nothing_readable_exits_1(
    run, html: Path, tmp_path: Path
) -> None:
    """All failed: exit code 1, and the table says why."""
    code, _, err = run("batch", html, "-o", tmp_path / "out.csv")
    assert code == NOTHING
    assert "no activity could be read; `trailstats check`" in err
    (tmp_path / "empty").mkdir()
    code, _, err = run("claims", tmp_path / "empty")
    assert code == NOTHING
    assert "no activity could be read: no file lies there" in err
    assert pd.read_csv(tmp_path / "out.csv")["status"].tolist() == ["failed"]


def test_batch_into_a_missing_folder_says_so_first(
    run, gpx: Path, tmp_path: Path
) -> None:
    """Not after an hour of work."""
    code, _, err = run("batch", gpx, "-o", tmp_path / "none" / "out.csv")
    assert code == USAGE
    assert "no folder" in err
    folder = tmp_path / "out.csv"
    folder.mkdir()
    assert run("batch", gpx, "-o", folder)[0] == USAGE
    assert run("report", gpx, "-o", folder)[0] == USAGE
    assert run("convert", gpx, tmp_path / "none" / "run.csv")[0] == USAGE
    assert run("convert", gpx, tmp_path / "run.xlsx")[0] == USAGE


def test_one_missing_source_of_several_is_a_row(
    run, gpx: Path, tmp_path: Path
) -> None:
    """The others are done and written, with exit code 3; where nothing is there, nothing can be
    done.
    """
    gone = tmp_path / "gone"
    assert run("batch", gone, gpx, "-o", tmp_path / "out.csv")[0] == SOME
    table = pd.read_csv(tmp_path / "out.csv")
    assert table["status"].tolist() == ["ok", "failed"]
    assert table["file"].tolist() == [str(gpx), str(gone)]
    code, out, _ = run("check", gone, gpx, "--json")
    assert code == SOME
    assert [item["status"] for item in json.loads(out)["files"]] == [
        "failed",
        "ok",
    ]
    assert run("claims", gpx, gone)[0] == SOME
    for command in ("check", "claims"):
        code, _, err = run(command, gone, tmp_path / "gone too")
        assert code == NOTHING
        assert "no such file" in err


def test_analyze_takes_the_options_that_all_commands_share(
    run, gpx: Path, tmp_path: Path
) -> None:
    """A script can pass one set of options to every command."""
    shared = (
        "--evidence",
        "signal",
        "--workers",
        1,
        "--cache",
        tmp_path / "kept",
        "--imperial",
        "--debug",
    )
    for command in (
        ("analyze",),
        ("batch", "-o", tmp_path / "out.csv"),
        ("claims",),
        ("report", "-o", tmp_path / "r.html"),
    ):
        assert run(*command, gpx, *shared)[0] == OK, command
        assert run(*command, gpx, "--no-cache")[0] == OK, command


def test_claims_answer_even_for_one_run(run, gpx: Path) -> None:
    """Eleven answers, none of them invented: with one run no difference can be decided."""
    code, out, _ = run("claims", gpx, "--json")
    assert code == OK
    document = json.loads(out)
    Draft202012Validator(document_schema("claims")).validate(document)
    assert len(document["claims"]) == 11
    assert {c["verdict"] for c in document["claims"]} <= {
        "not enough data",
        "not measurable",
    }
    code, out, _ = run("claims", gpx)
    assert code == OK
    assert "not enough data" in out


def test_check_tells_what_is_in_a_file(run, gpx: Path, html: Path) -> None:
    """Format, channels and issues of the good one, the reason of the bad one."""
    code, out, _ = run("check", gpx, html, "--json")
    assert code == SOME
    good, bad = json.loads(out)["files"]
    assert good["format"] == "gpx"
    assert "heart_rate" in good["channels"]
    assert bad["status"] == "failed"
    assert run("check", gpx)[0] == OK
    assert run("check", html)[0] == NOTHING


def test_the_devices_own_ascent_stands_beside_ours(run, samples: Path) -> None:
    """In the terminal and in the documents of `analyze` and `check`; a device that doesn't say is
    not mentioned.
    """
    archived = sorted((samples / "archive").glob("*.fit"))[0]
    counted = ts.read(archived).meta.device_totals.ascent
    said = f"counted {counted:.0f} m"
    for command in ("analyze", "check"):
        shown = " ".join(run(command, archived)[1].split())
        assert said in shown
    analysis = json.loads(run("analyze", archived, "--json")[1])
    assert analysis["meta"]["device_totals"]["ascent"] == counted
    totals = analysis["totals"]
    assert totals["ascent_low"] <= totals["ascent"] <= totals["ascent_high"]
    checked = json.loads(run("check", archived, "--json")[1])["files"][0]
    assert checked["device_totals"]["ascent"] == counted
    silent = sorted((samples / "archive").glob("*.gpx"))[0]
    assert "the device counted" not in run("analyze", silent)[1]


def test_check_compares_with_another_reader(
    run, gpx: Path, samples: Path
) -> None:
    """A plain file reads the same in gpxpy, and the comparison says so; JSON lists the
    differences.
    """
    assert "a second reader agrees" in run("check", gpx, "--compare")[1]
    archived = sorted((samples / "archive").glob("*.fit"))[0]
    code, out, _ = run("check", archived, "--compare", "--json")
    assert code == OK
    assert isinstance(json.loads(out)["files"][0]["differences"], list)


def test_convert_writes_each_format(run, gpx: Path, tmp_path: Path) -> None:
    """GeoJSON holds the labelled segments; an unknown suffix is refused."""
    for name in (
        "a.gpx",
        "a.csv",
        "a.kml",
        "a.parquet",
        "a.geoparquet",
        "a.json",
        "a.geojson",
    ):
        assert run("convert", gpx, tmp_path / name)[0] == OK
    features = json.loads((tmp_path / "a.geojson").read_text())["features"]
    assert {f["properties"]["surface"] for f in features} <= {
        "road",
        "trail",
        "unknown",
    }
    # On standard output the same bytes.
    code, out, _ = run("convert", gpx, "-", "--to", "csv")
    assert (code, out) == (OK, (tmp_path / "a.csv").read_text())
    code, _, err = run("convert", gpx, "-", "--to", "geojsn")
    assert code != OK
    assert "did you mean 'geojson'" in err
    code, _, err = run("convert", gpx, tmp_path / "a.xlsx")
    assert code != OK
    assert ".geojson" in err


def test_schema_prints_documents_and_tables(run) -> None:
    """Both by name; an unknown one is a usage error that lists the known."""
    assert (
        json.loads(run("schema", "analysis")[1])["title"] == "trailstats analysis"
    )
    assert "p_trail" in run("schema", "segments")[1]
    assert "activities" in run("schema")[1]
    assert "did you mean 'segments'" in run("schema", "segmets")[2]
    code, _, err = run("schema", "walks")
    assert code == USAGE
    assert "segments" in err


def test_a_map_or_labels_that_are_not_there_are_usage_errors(
    run, gpx: Path, tmp_path: Path
) -> None:
    """A map extract and a label file that don't exist end with exit code 2 and their path."""
    for option in ("--map", "--labels"):
        code, _, err = run("analyze", gpx, option, tmp_path / "away.csv")
        assert code == USAGE
        assert "away.csv" in err


def test_mistakes_in_options_are_usage_errors(
    run, gpx: Path, tmp_path: Path
) -> None:
    """An unknown kind of evidence, a race on no day, a profile with a wrong key."""
    assert run("analyze", gpx, "--evidence", "smell")[0] == USAGE
    assert run("claims", gpx, "--race", "in May")[0] == USAGE
    profile = tmp_path / "athlete.toml"
    profile.write_text("weight = 60")
    code, _, err = run("analyze", gpx, "--athlete", profile)
    assert code == USAGE
    assert "weight" in err


def test_names_from_files_are_text(run, tmp_path: Path) -> None:
    """Markup of the console and formulas of a spreadsheet in a track's name stay what they are:
    text.
    """
    evil = make_activity(name="=cmd|' /C calc'!A0 [red]x[/red]")
    path = convert(evil, tmp_path / "evil.gpx")
    assert "[red]x[/red]" in run("analyze", path)[1]
    run("batch", path, "-o", tmp_path / "out.csv")
    name = pd.read_csv(tmp_path / "out.csv")["name"].iloc[0]
    assert name.startswith("'=cmd")


def test_the_report_is_written(run, gpx: Path, tmp_path: Path) -> None:
    """One page, and a summary in the terminal."""
    code, out, _ = run("report", gpx, "-o", tmp_path / "report.html")
    assert code == OK
    assert "report.html" in out
    assert (
        (tmp_path / "report.html")
        .read_text()
        .lstrip()
        .lower()
        .startswith("<!doctype html>")
    )


def test_the_report_in_parts_and_pictures(run, gpx: Path, tmp_path: Path) -> None:
    """With --split activities are pages of their own, with --png the charts are pictures too."""
    assert (
        run(
            "report",
            gpx,
            "-o",
            tmp_path / "r.html",
            "--split",
            "--png",
            tmp_path / "charts",
        )[0]
        == OK
    )
    assert len(list((tmp_path / "r_activities").glob("*.html"))) == 1
    assert list((tmp_path / "charts").glob("*.png"))
    code, _, err = run("report", gpx, "-o", tmp_path / "none" / "r.html")
    assert code == USAGE
    assert "no folder" in err


def test_it_runs_as_a_module_and_in_a_pipe(gpx: Path) -> None:
    """`python -m trailstats` works, and prints no progress where no one watches."""
    command = [sys.executable, "-m", "trailstats", "analyze", str(gpx), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert json.loads(done.stdout)["format_version"] == schema.FORMAT_VERSION


def test_a_folder_of_odd_files(run, samples: Path, tmp_path: Path) -> None:
    """Each odd sample is a row; some fail, with their reasons, and the rest is analysed."""
    odd = tmp_path / "odd"
    shutil.copytree(samples / "odd", odd)
    code, _, _ = run("batch", odd, "-o", tmp_path / "odd.csv")
    assert code == SOME
    table = pd.read_csv(tmp_path / "odd.csv")
    files = {
        p.name
        for p in odd.iterdir()
        if p.suffix in (".fit", ".gpx", ".tcx", ".gz")
    }
    assert files <= {Path(f.split("#")[0]).name for f in table["file"]}
    assert table[table["status"] == "failed"]["error"].str.len().min() > 10


@pytest.mark.parametrize("name", ["analyze", "batch", "claims", "report"])
def test_options_that_commands_share_are_the_same_in_each(run, name: str) -> None:
    """The ground, the processes and what is shown take the same options in the same order."""
    code, out, _ = run(name, "--help")
    assert code == 0
    shared = (
        "athlete",
        "evidence",
        "map",
        "labels",
        "dem",
        "workers",
        "cache",
        "no-cache",
    )
    found = re.findall(r"^\s+--([a-z-]+)", out, re.MULTILINE)
    wanted = [*shared, "imperial", "json", "debug"]
    assert [option for option in found if option in wanted] == wanted
