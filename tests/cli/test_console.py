"""What reaches a terminal: never anything that it would obey."""

from __future__ import annotations

import json

import pytest
from rich.text import Text

from builders import make_activity
from trailstats.cli import _console
from trailstats.io.export import convert

COLOUR, TITLE, C1 = "\x1b[31m", "\x1b]0;owned\x07", "\x9b2J"
EVIL = f"run{COLOUR}{TITLE}{C1}\r\u202etxt"


def is_harmless(text):
    """Whether a terminal would only show it."""
    return not any(c in text for c in "\x1b\x07\x9b\r\u202e\x08\x7f")


@pytest.mark.parametrize("text", ["a", "Läufe 跑步\n\tb", "©  · — é"])
def test_plain_text_stays(text) -> None:
    """Letters of all languages, line breaks and tabs."""
    assert _console.plain(text) == text


def test_what_a_terminal_would_obey_is_shown(capsys) -> None:
    """In lines, tables, complaints and documents; these read the same as before."""
    assert _console.plain(EVIL).startswith(
        r"run\x1b[31m\x1b]0;owned\x07\x9b2J\r\u202etxt"
    )
    _console.note(EVIL)
    _console.print_rows(("name",), [(EVIL,), (Text(EVIL, "red"),)])
    _console.complain(EVIL)
    _console.print_json({"name": EVIL, "other": "\ud800"})
    out, err = capsys.readouterr()
    assert is_harmless(out)
    assert is_harmless(err)
    assert json.loads(out.splitlines()[-1])["name"] == EVIL


def test_every_command_on_a_file_with_such_a_name(run, tmp_path) -> None:
    """A name in the file, and the file's own."""
    recorded = make_activity(heart_rate=140.0)
    path = tmp_path / f"r{COLOUR}un.gpx"
    convert(recorded, tmp_path / "run.gpx")
    text = (
        (tmp_path / "run.gpx")
        .read_text()
        .replace("<trk>", "<trk><name>a\u202eb\u009bc</name>")
    )
    path.write_text(text)
    (tmp_path / f"x{COLOUR}.fit").write_bytes(b"x")
    for arguments in (
        ["check", tmp_path],
        ["analyze", path],
        ["analyze", path, "--json"],
        ["batch", tmp_path, "-o", tmp_path / "o.csv"],
        ["claims", tmp_path],
        ["analyze", tmp_path / f"x{COLOUR}.fit"],
    ):
        _, out, err = run(*arguments)
        assert is_harmless(out)
        assert is_harmless(err)
    assert COLOUR in (tmp_path / "o.csv").read_text()  # tables stay as they are
