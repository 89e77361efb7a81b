"""`check` and `analyze` on what people have: several activities, pipes, rides, folders of other
things, terminals of any width.
"""

from __future__ import annotations

import io
import re
import shutil
from pathlib import Path

import pytest

OK, NOTHING, USAGE = 0, 1, 2
LONG_METRES = re.compile(r"\d (?:km|m|km/h)\b|/km\b")


@pytest.fixture
def piped(monkeypatch: pytest.MonkeyPatch):
    """Return a function that puts a file's content on standard input."""

    def pipe(content: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    return pipe


def test_what_was_piped_has_a_name(run, samples, piped) -> None:
    """No name of the program's inside is shown, and the advice can be followed."""
    content = (samples / "odd" / "two-tracks.gpx").read_bytes()
    piped(content)
    code, out, _ = run("analyze", "-")
    assert code == OK
    assert "standard input: running" in out
    assert "standard input#2: running" in out
    assert "map get FILE" in " ".join(out.split())
    assert "<bytes>" not in out
    piped(content)
    code, _, err = run("analyze", "-", "--activity", "3")
    assert (code, "standard input holds 2 activities" in err) == (USAGE, True)
    piped(b"hello")
    code, _, err = run("analyze", "-")
    assert code == NOTHING
    assert err.startswith("trailstats: standard input: no FIT")


def test_a_ride_has_a_speed_and_no_ground(run, samples, monkeypatch) -> None:
    """13.74 km in 1835 s are 27.0 km/h, 16.7 mph; a pace says nothing of a ride."""
    monkeypatch.setenv("COLUMNS", "200")
    ride = ("analyze", samples / "odd" / "multisport.fit", "--activity", "2")
    _, out, _ = run(*ride)
    assert "27.0 km/h" in out
    assert "/km" not in out
    assert "road 0 %" not in out
    _, out, _ = run(*ride, "--imperial")
    assert "16.7 mph" in out


@pytest.mark.parametrize("width", [32, 40, 64, 100])
def test_words_and_numbers_stay_whole(run, samples, monkeypatch, width) -> None:
    """Whatever does not fit beside each other stands below: nothing is cut off."""
    monkeypatch.setenv("COLUMNS", str(width))
    file = samples / "odd" / "truncated.fit"
    for command in ("check", "analyze"):
        _, out, _ = run(command, file)
        assert "…" not in out
        assert max(map(len, out.splitlines())) <= width


def test_miles_and_feet_everywhere(run, samples, monkeypatch) -> None:
    """Nothing metric is left: in what devices counted, in what was found, in every table."""
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("paused.fit", "truncated.fit", "duplicate.fit"):
        file = samples / "odd" / name
        _, out, _ = run("check", file, "--imperial")
        assert " ft of ascent" in out or name == "truncated.fit"
        assert not LONG_METRES.search(out)


def test_a_check_says_when_it_was_and_how_long(run, samples, monkeypatch) -> None:
    """The start as the file has it."""
    monkeypatch.setenv("COLUMNS", "200")
    _, out, _ = run("check", samples / "odd" / "paused.fit")
    text = " ".join(out.split())
    assert "2025-01-06 21:12 UTC" in text
    assert "683 records" in text


@pytest.mark.parametrize("command", ["check", "claims", "init", "batch"])
def test_a_folder_of_other_things_is_told(run, tmp_path: Path, command) -> None:
    """What lies there is named with what it is; an empty folder is called so."""
    folder = tmp_path / "things"
    folder.mkdir()
    options = {
        "init": ("-o", tmp_path / "a.toml"),
        "batch": ("-o", tmp_path / "a.csv"),
    }.get(command, ())
    _, _, err = run(command, folder, *options)
    assert "no file lies there" in err
    (folder / "notes.txt").write_text("milk, bread")
    (folder / "page.html").write_text("<html><body>log in</body></html>")
    (folder / "nothing.txt").write_text("")
    options = (*options, "--force") if command == "init" else options
    _, _, err = run(command, folder, *options)
    assert "3 files lie there" in err
    for said in ("notes.txt: text", "page.html: an HTML page", "file is empty"):
        assert said in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("analyze", "{there}/none.fit"),
        ("convert", "{there}", "{there}/out.gpx"),
        ("predict", "{there}", "--from", "{there}"),
        ("analyze", "{run}", "--athlete", "{there}"),
        ("analyze", "{run}", "--athlete", "{there}/none.toml"),
        ("claims", "{run}", "--labels", "{there}"),
        ("report", "{run}", "-o", "{there}/a.html", "--data", "{run}/x"),
        ("batch", "{there}/none", "-o", "{there}/a.csv"),
    ],
)
def test_no_word_of_the_system_s_own(
    run, samples, tmp_path: Path, arguments
) -> None:
    """Errors are sentences of ours, whatever the system says."""
    file = shutil.copy(samples / "odd" / "paused.fit", tmp_path / "run.fit")
    named = [part.format(there=tmp_path, run=file) for part in arguments]
    code, out, err = run(*named)
    assert code in (NOTHING, USAGE)
    said = out + err
    assert "trailstats: " in said
    for raw in ("Errno", "No such file", "Is a directory", "Not a directory"):
        assert raw not in said
