"""The commands `trial plan` and `trial answer`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from trailstats.cli import main


def _run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(a) for a in arguments])
    return int(ended.value.code or 0)


def test_a_plan_is_written_once_and_not_answered_before_its_end(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File and calendar are written, the promise is said; the answer is refused until it is over,
    and a plan is never written over.
    """
    files = sorted((samples / "archive").glob("2024-0[2-4]-*"))
    output = tmp_path / "trial.json"
    plan = (
        "trial", "plan", *files, "--athlete", samples / "athlete.toml",
        "--ask", "easy_heart_rate", "--effect", "4", "--start", "2099-05-04",
        "--seed", "1", "-o", output,
    )  # fmt: skip
    assert _run(*plan) == 0
    said = capsys.readouterr().out
    assert "find a difference of 4 bpm" in said
    assert json.loads(output.read_text())["question"] == "easy_heart_rate"
    assert output.with_suffix(".ics").read_text().startswith("BEGIN:VCALENDAR")
    assert _run(*plan) == 2
    assert _run("trial", "answer", output, *files[:2]) == 2
    assert "not looked at before" in capsys.readouterr().err


def test_the_weather_of_a_day_is_said_before_its_coin(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan shows no coin; each morning's word tells one, or leaves the day out."""
    files = sorted((samples / "archive").glob("2024-0[2-4]-*"))
    output = tmp_path / "trial.json"
    plan = (
        "trial", "plan", *files, "--athlete", samples / "athlete.toml",
        "--ask", "easy_heart_rate", "--effect", "4", "--start", "2099-05-04",
        "--closed", "0.2", "--seed", "1", "-o", output,
    )  # fmt: skip
    assert _run(*plan) == 0
    assert "--weather both" in capsys.readouterr().out
    runs = json.loads(output.read_text())["runs"]
    assert {run["ground"] for run in runs} == {None}
    first, second = (run["date"] for run in runs[:2])
    assert _run("trial", "day", output, "--date", first, "--weather", "both") == 0
    assert f"{first}: run on " in capsys.readouterr().out
    assert _run("trial", "day", output, "--date", second, "--weather", "one") == 0
    assert "left out of the trial" in capsys.readouterr().out
    assert json.loads(output.read_text())["runs"][0]["ground"] in (
        "trail",
        "road",
    )
    assert _run("trial", "day", output, "--date", first, "--weather", "one") == 2
    assert _run("trial", "day", output, "--date", first, "--weather", "wet") == 2
