"""What a person sees in a terminal: widths, colours, units, completion, and errors as sentences."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from trailstats.analysis import analyze
from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.cli import _checks, _tables, main
from trailstats.cli._explained import print_explained
from trailstats.io.formats import read
from trailstats.model.athlete import Athlete
from trailstats.report.units import IMPERIAL, METRIC
from trailstats.schema import Verdict

RUN = "archive/2024-08-11-0828.fit"


def claim(verdict: Verdict) -> ClaimResult:
    """Return an answer with long words and large numbers."""
    metric = (
        "share of the time above the easy ceiling in runs meant to be easy, first ten "
        "minutes "
        "and climbs left out"
    )
    return ClaimResult(
        "easy_days",
        "s",
        metric,
        "1",
        0.1,
        0.339,
        -0.24,
        -0.341,
        -0.138,
        124,
        236,
        verdict,
    )


@pytest.fixture
def analysis(samples: Path):
    """Return a run over hills, on road and trail."""
    return analyze(
        samples / RUN, athlete=Athlete(heart_rate_max=190.0, heart_rate_rest=50.0)
    )


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch):
    """Return a function that sets the width of the terminal."""
    return lambda width: monkeypatch.setenv("COLUMNS", str(width))


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_every_line_fits_and_nothing_is_cut_off(
    analysis, samples, wide, capsys, width
) -> None:
    """No line is longer than the terminal, and no cell ends in an ellipsis."""
    wide(width)
    _tables.analysis(analysis, METRIC)
    _tables.claims([claim(v) for v in Verdict])
    _tables.rules(
        [
            RuleResult(
                "R1",
                "Run some of it on trail. " * 4,
                "2024-01-01 to 2024-03-01",
                "fail",
                "Not. " * 30,
            )
        ]
    )
    _checks.print_checks(
        [
            _checks.checked(read(samples / RUN)),
            {"file": "b.fit", "status": "failed", "error": "x: y " * 20},
        ]
    )
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in "\n".join(lines) or width < 80


def test_wide_terminals_show_more(analysis, wide, capsys) -> None:
    """How a metric was found and the published evidence stand only where there is room."""
    shown = {}
    for width in (80, 140):
        wide(width)
        _tables.analysis(analysis, METRIC)
        _tables.claims([claim(Verdict.SUPPORTED)])
        shown[width] = capsys.readouterr().out
    for words in ("race curve", "published evidence", "trail?"):
        assert words not in shown[80]
        assert words in shown[140]
    for words in (
        "grade-adjusted pace",
        "Slower easy days",
        "+ yes, in these runs",
        "124 / 236",
    ):
        assert words in shown[140]
    # A share is printed as percent, its difference in minutes: 0.1 and 0.339, -0.24.
    assert re.search(r"variation of cadence +0\.\d+ %", shown[80])
    assert re.search(r"\u221224\.0 min in 100.* 10 % / 34 %", shown[140])


def test_answers_stand_in_blocks_where_there_is_little_room(wide, capsys) -> None:
    """A sentence is not broken into a column of single words; a line's parts are indented."""
    wide(50)
    _tables.claims([claim(Verdict.SUPPORTED), claim(Verdict.CONTRADICTED)])
    lines = capsys.readouterr().out.splitlines()
    head = lines.index("Slower easy days")
    assert lines[head + 1].startswith("  answer: + yes, in these runs")
    assert "  Easy days on trail stay easier by " in lines[head + 2]
    assert max(map(len, lines)) <= 50


def test_an_explanation_names_runs_steps_and_units(wide, capsys) -> None:
    """The way from all runs to those used adds up; rows stand by date, name and unit; figures with
    the same way share it.
    """
    wide(140)
    table = pd.DataFrame(
        {
            "file": ["a.fit", "b.fit", "c.fit"],
            "name": ["Hill", "Park", "Lap"],
            "start_time": pd.date_range("2025-03-03T08:00Z", periods=3),
            "local_offset": 0.0,
        }
    )
    steps = ["used", "used", "indoors"]
    runs = pd.DataFrame(
        {
            "part": ["easy_speed"] * 3 + ["above_easy_ceiling"] * 3,
            "step": steps * 2,
        }
    )
    rests = pd.DataFrame(
        {
            "part": ["above_easy_ceiling"],
            "trail": ["a.fit"],
            "road": ["b.fit"],
            "difference": [-0.25],
            "weight": [0.5],
            "trail_value": [0.05],
            "lacking": [float("nan")],
        }
    )
    history = SimpleNamespace(activities=table)
    print_explained(history, rests, runs, METRIC)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "Slower on trail; Less time above the easy ceiling on trail:",
        "  3 runs",
        "  \u22121: indoors; 2 left",
        "  2 runs used",
        "",
    ]
    row = next(line for line in lines if "Hill" in line)
    assert re.split(r"\s{2,}", row.strip()) == [
        "2025-03-03 Hill",
        "2025-03-04 Park",
        "\u221225.0 min in 100",
        "50 %",
        "5.0 %",
    ]
    assert "lacking" not in "\n".join(lines)


def test_colours_only_where_they_are_wanted(wide, capsys, monkeypatch) -> None:
    """A verdict is green on a terminal; with NO_COLOR nothing is coloured, and the words are the
    same.
    """
    wide(100)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    _tables.claims([claim(Verdict.SUPPORTED)])
    coloured = capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    _tables.claims([claim(Verdict.SUPPORTED)])
    plain = capsys.readouterr().out
    colour = re.compile(r"\x1b\[[0-9;]*(3[0-7]|38|9[0-7])[;m]")
    assert colour.search(coloured)
    assert not colour.search(plain)
    strip = re.compile(r"\x1b\[[0-9;]*m")
    assert strip.sub("", coloured) == strip.sub("", plain)


def test_imperial_units_in_every_table(analysis, wide, capsys) -> None:
    """Miles and feet, and nowhere a kilometre or metre of the run."""
    wide(140)
    _tables.analysis(analysis, IMPERIAL)
    out = capsys.readouterr().out
    assert "pace /mi" in out
    assert "gain ft" in out
    assert not re.search(r"at km|pace /km|gain m\b|\d /km", out)


def test_metrics_without_a_value_are_told_by_their_reason(
    analysis, wide, capsys
) -> None:
    """One line for each reason, not a row for each metric."""
    wide(100)
    _tables.analysis(analysis, METRIC)
    out = capsys.readouterr().out
    assert re.search(r"no value \(no body mass.*\): energy", out)


def test_files_of_one_folder_are_named_without_it(samples, wide, capsys) -> None:
    """The folder stands once above the table."""
    wide(80)
    _checks.print_checks(
        [
            _checks.checked(read(samples / "odd" / name))
            for name in ("paused.fit", "duplicate.gpx")
        ]
    )
    out = capsys.readouterr().out
    assert out.count("odd/") == 1
    assert re.search(r"^ paused\.fit", out, flags=re.MULTILINE)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell) -> None:
    """The script for the shell is printed, and the program answers it."""
    environment = os.environ | {
        "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"
    }
    program = [sys.executable, "-m", "trailstats"]
    script = subprocess.run(
        [*program, "--show-completion", shell],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert script.returncode == 0
    assert "_TRAILSTATS_COMPLETE" in script.stdout
    for typed, number, wanted in (
        ("trailstats an", 1, "analyze"),
        ("trailstats claims --ra", 2, "--race"),
    ):
        asked = {
            "_TRAILSTATS_COMPLETE": f"complete_{shell}",
            "COMP_WORDS": typed,
            "COMP_CWORD": str(number),
            "_TYPER_COMPLETE_ARGS": typed,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": typed.rsplit(" ", 1)[-1],
        }
        found = subprocess.run(
            program, capture_output=True, text=True, env=environment | asked
        )
        assert wanted in found.stdout


def test_an_unknown_claim_is_a_usage_error_before_any_work(capsys) -> None:
    """It lists the known ones."""
    with pytest.raises(SystemExit) as ended:
        main(["claims", "no-such-folder", "--explain", "happiness"])
    assert ended.value.code == 2
    assert "enjoyment" in capsys.readouterr().err


@pytest.mark.parametrize("debug", [False, True])
def test_a_mistake_in_the_program_is_a_sentence(
    samples, monkeypatch, capsys, debug
) -> None:
    """It asks for a report; the traceback is there on request."""
    monkeypatch.setattr(_tables, "analysis", lambda *_: 1 / 0)
    arguments = ["analyze", str(samples / RUN), *(["--debug"] if debug else [])]
    with pytest.raises(ZeroDivisionError if debug else SystemExit):
        main(arguments)
    err = capsys.readouterr().err
    assert ("please report it" in err) is not debug
    assert "Traceback" not in err
