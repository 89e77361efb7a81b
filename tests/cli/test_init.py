"""The first minutes: a profile, a page that replaces nothing else, messages that lead on."""

from __future__ import annotations

import io
import json
import shutil
import tomllib
from pathlib import Path

import pytest

OK, NOTHING, USAGE = 0, 1, 2


@pytest.fixture
def runs(samples: Path, tmp_path: Path) -> Path:
    """Return a folder with two runs."""
    folder = tmp_path / "runs"
    folder.mkdir()
    for path in sorted((samples / "archive").iterdir())[60:62]:
        shutil.copy(path, folder)
    return folder


def test_init_asks_nothing_without_a_terminal(run, runs, tmp_path) -> None:
    """It writes a valid profile, says why a key is missing, and replaces none unasked."""
    path = tmp_path / "athlete.toml"
    code, out, _ = run("init", runs, "-o", path)
    assert code == OK
    assert "ten with a heart rate are needed" in out
    assert "heart_rate_max" not in tomllib.loads(path.read_text())
    path.write_text("name = 'mine'")
    code, _, err = run("init", runs, "-o", path)
    assert code == USAGE
    assert "--force" in err
    assert path.read_text() == "name = 'mine'"
    code, out, _ = run("init", "-o", path, "--force", "--json")
    assert (code, json.loads(out)["keys"]) == (OK, [])


def test_init_takes_only_valid_answers(run, tmp_path, monkeypatch) -> None:
    """On a terminal a maximum of 20 is asked again, and Enter leaves a key out."""
    from trailstats.cli import _init

    answers = iter(["Me", "", "", "20", "191", "", ""])
    monkeypatch.setattr(_init, "_is_terminal", lambda: True)
    monkeypatch.setattr(
        _init.typer, "prompt", lambda *a, default="": next(answers) or default
    )
    code, out, _ = run("init", "-o", tmp_path / "a.toml")
    assert code == OK
    assert "heart_rate_max" in out
    profile = tomllib.loads((tmp_path / "a.toml").read_text())
    assert profile == {"name": "Me", "heart_rate_max": 191}


def test_a_report_replaces_only_a_report(run, runs, tmp_path) -> None:
    """Another file stays unless --force is given, a report is replaced, a PDF isn't written."""
    page = tmp_path / "page.html"
    page.write_text("<html>mine</html>")
    code, _, err = run("report", runs, "-o", page)
    assert (code, "--force" in err) == (USAGE, True)
    assert page.read_text() == "<html>mine</html>"
    assert run("report", runs, "-o", page, "--force")[0] == OK
    assert run("report", runs, "-o", page)[0] == OK
    code, _, err = run("report", runs, "-o", tmp_path / "r.pdf")
    assert (code, ".html" in err) == (USAGE, True)


def test_a_report_brings_its_tables_and_opens(
    run, runs, tmp_path, monkeypatch
) -> None:
    """--data writes what the page shows, --open shows the page."""
    from trailstats.cli import _answers

    opened: list[str] = []
    monkeypatch.setattr(_answers.webbrowser, "open", opened.append)
    data = tmp_path / "data"
    code, out, _ = run(
        "report", runs, "-o", tmp_path / "r.html", "--data", data, "--open"
    )
    assert code == OK
    names = {path.name for path in data.iterdir()}
    assert {"activities.csv", "parts.csv", "efforts.csv", "claims.csv"} <= names
    parts = (data / "parts.csv").read_text().splitlines()
    assert "kind" in parts[0]
    assert parts[0].endswith("file")
    assert opened == [(tmp_path / "r.html").as_uri()]
    assert str(tmp_path / "r.html") in out.replace("\n", "")


def test_a_period_and_a_sport_are_chosen(run, runs) -> None:
    """Days, and sports that there are; a mistyped one is met with the right one."""
    days = ["--since", "2100-01-01"]
    code, out, _ = run("claims", runs, *days, "--json")
    assert code == NOTHING
    code, _, err = run("batch", runs, "-o", "-", "--sport", "runing")
    assert code == USAGE
    assert "did you mean 'running'?" in err
    code, _, err = run("batch", runs, "-o", "-", "--until", "May")
    assert (code, "--until: 'May' is no date" in err) == (USAGE, True)
    code, out, _ = run("batch", runs, "-o", "-", "--sport", "running")
    assert code == OK
    assert len(out.strip().splitlines()) == 3


def test_what_analyze_takes(run, runs, samples, monkeypatch) -> None:
    """A folder is met with the right commands, a dash is standard input, of several activities all
    are shown or the one that is named.
    """
    code, _, err = run("analyze", runs)
    assert code == USAGE
    assert "trailstats report" in err
    file = next(runs.iterdir())
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(file.read_bytes()))
    )
    code, out, _ = run("analyze", "-", "--json")
    assert code == OK
    assert json.loads(out)["totals"]["distance"] > 1000
    two = samples / "odd" / "two-tracks.gpx"
    _, out, _ = run("analyze", two, "--json")
    names = [json.loads(line)["meta"]["name"] for line in out.splitlines()]
    assert len(names) == 2
    _, out, _ = run("analyze", two, "--activity", "2", "--json")
    assert json.loads(out)["meta"]["name"] == names[1]
    code, _, err = run("analyze", two, "--activity", "3")
    assert (code, "holds 2 activities" in err) == (USAGE, True)


def test_one_run_has_the_load_that_the_folder_gives_it(
    run, samples, tmp_path
) -> None:
    """--from takes the limits of all recordings; without, what is missing stands on top."""
    folder = tmp_path / "runs"
    folder.mkdir()
    for path in sorted((samples / "archive").iterdir())[40:52]:
        shutil.copy(path, folder)
    file = sorted(folder.iterdir())[3]
    _, out, _ = run("batch", folder, "-o", tmp_path / "runs.json", "--json")
    rows = json.loads(out)["activities"]
    (load,) = [
        row["session_load"] for row in rows if row["file"].endswith(file.name)
    ]
    _, out, _ = run("analyze", file, "--from", folder, "--json")
    found = json.loads(out)["metrics"]["session_load"]["value"]
    assert found == pytest.approx(load)
    _, out, _ = run("analyze", file)
    assert "No maximum heart rate is known" in out


@pytest.mark.parametrize("width", [40, 50, 80])
def test_words_stay_whole_on_a_narrow_terminal(
    run, runs, monkeypatch, width
) -> None:
    """Columns that don't fit become lines, and no line is longer than the terminal."""
    monkeypatch.setenv("COLUMNS", str(width))
    _, out, _ = run("claims", runs)
    assert "…" not in out
    words = [word for word in ("not enough data", "inconclusive") if word in out]
    assert words
    assert max(map(len, out.splitlines())) <= width


def test_a_key_that_is_nearly_right(run, runs, tmp_path) -> None:
    """Profile keys and claims are met with the one that was meant."""
    path = tmp_path / "p.toml"
    path.write_text("hart_rate_max = 180")
    _, _, err = run("claims", runs, "--athlete", path)
    assert "did you mean 'heart_rate_max'?" in err
    _, _, err = run("claims", runs, "--explain", "easydays")
    assert "did you mean 'easy_days'?" in err
