"""The command `notes`: Markdown for notebooks, and a message for another program."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
import yaml

import trailstats as ts
from builders import make_activity

HOSTILE = '[[secret]] <script>alert(1)</script>\n---\nx: "`rm -rf`"'


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """Return a folder with a run of a hostile name."""
    folder = tmp_path / "runs"
    folder.mkdir()
    run = make_activity(elevation=np.linspace(0, 50, 20), name=HOSTILE)
    ts.convert(run, folder / "a.gpx")
    return folder


@pytest.fixture
def listener() -> Iterator[tuple[str, list[dict[str, object]], list[int]]]:
    """Return an address on this machine, what it was told, and what it is to answer."""
    heard: list[dict[str, object]] = []
    answers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            heard.append(json.loads(self.rfile.read(length)))
            self.send_response(answers.pop() if answers else 204)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *given: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hook", heard, answers
        server.shutdown()


def test_a_note_for_each_activity(run, runs: Path, tmp_path: Path) -> None:
    """Its head is YAML with the numbers; what stands in files is text; an old note stays."""
    vault = tmp_path / "vault"
    code, out, _ = run("notes", runs, "-o", vault, "--json", "--workers", 1)
    assert code == 0
    (path,) = map(Path, json.loads(out)["written"])
    _, head, body = path.read_text("utf-8").split("---\n", 2)
    about = yaml.safe_load(head)
    assert set(about) == {
        "date", "sport", "distance_km", "moving_time", "ascent_m", "ground", "trail_share",
        "session_load", "impact_load", "source",
    }  # fmt: skip
    expected = ts.analyze(runs / "a.gpx").totals.distance / 1000
    assert about["distance_km"] == pytest.approx(expected, abs=0.06)
    for mark in ("<", "[[", "`", "\n---"):
        assert mark not in body
    path.write_text("mine", "utf-8")
    assert "0 new notes" in run("notes", runs, "-o", vault, "--workers", 1)[1]
    assert path.read_text("utf-8") == "mine"


def test_a_template_of_ones_own(run, runs: Path, tmp_path: Path) -> None:
    """It may name any column; what it can't name is said before anything is read."""
    template = tmp_path / "note.md"
    template.write_text("$n_records records, $$5")
    given = ("-o", tmp_path / "vault", "--template", template, "--workers", 1)
    assert run("notes", runs, *given)[0] == 0
    (path,) = (tmp_path / "vault").iterdir()
    records = len(ts.read(runs / "a.gpx").records)
    assert path.read_text() == f"{records} records, $5"
    for bad, said in (("$nothing", "$nothing is no field"), ("5 $", "alone")):
        template.write_text(bad)
        code, _, err = run("notes", runs, *given)
        assert code == 2
        assert said in err


def test_another_program_is_told(
    run, runs: Path, tmp_path: Path, listener
) -> None:
    """Of new activities, once; whoever refuses or sends it elsewhere is named."""
    address, heard, answers = listener
    given = ("--webhook", address, "--workers", 1)
    assert run("notes", runs, "-o", tmp_path / "a", *given)[0] == 0
    assert run("notes", runs, "-o", tmp_path / "a", *given)[0] == 0
    (message,) = list(heard)
    assert message["format_version"] == ts.schema.FORMAT_VERSION
    assert message["event"] == "activity"
    assert message["activity"]["n_records"] == len(
        ts.read(runs / "a.gpx").records
    )
    for status in (500, 302):
        answers.append(status)
        code, _, err = run("notes", runs, "-o", tmp_path / str(status), *given)
        assert code == 1
        assert str(status) in err
    assert len(heard) == 3
    assert (
        run("notes", runs, "-o", tmp_path / "b", "--webhook", "file:///etc/x")[0]
        == 2
    )
