"""A profile from recordings: what they tell, how sure, and a file that says so."""

from __future__ import annotations

import datetime as dt
import tomllib
import zipfile

import pytest

import trailstats as ts
from trailstats.history.profile import (
    Suggestion,
    profile_text,
    suggest_profile,
)
from trailstats.model.athlete import Athlete


def test_a_profile_without_recordings_states_nothing() -> None:
    """Every key but that of maps and margins is explained, none has a value."""
    text = profile_text(Suggestion())
    assert tomllib.loads(text) == {}
    for key in ("heart_rate_max", "easy_ceiling", "races", "privacy_zones"):
        assert f"\n# {key} = " in text


def test_the_examples_are_valid() -> None:
    """Without its signs of comments, the whole file is a profile."""
    lines = profile_text(Suggestion()).splitlines()
    keys = [line[2:] for line in lines if " = " in line]
    profile = Athlete.from_dict(tomllib.loads("\n".join(keys)))
    assert profile.races == (dt.date(2026, 5, 10),)


def test_what_was_found_and_what_was_stated() -> None:
    """What the runner says stands instead of what was found, and is no one else's word."""
    found = Suggestion(
        {"heart_rate_max": 185, "races": [dt.date(2025, 5, 4)]},
        {"heart_rate_max": "Three recordings reach 185."},
        {"Shoe\nname = 'x'": 12_000.0},
    )
    text = profile_text(found)
    assert "# Three recordings reach 185." in text
    profile = tomllib.loads(text)
    assert profile == {"heart_rate_max": 185, "races": ["2025-05-04"]}
    stated = profile_text(found, {"heart_rate_max": 190, "name": 'A "B" \\'})
    assert "Three recordings" not in stated
    assert Athlete.from_dict(tomllib.loads(stated)).name == 'A "B" \\'
    assert tomllib.loads(stated)["heart_rate_max"] == 190


def test_a_simulated_runner_is_found_again(root) -> None:
    """The recordings of a runner with a maximum of 187 suggest it to 4 beats, and two races by
    their names.
    """
    folder = root / "data" / "samples" / "archive"
    found = suggest_profile(ts.analyze_folder(folder))
    assert abs(found.values["heart_rate_max"] - 187) <= 4
    assert found.values["races"] == [
        dt.date(2024, 7, 21),
        dt.date(2024, 12, 22),
    ]
    assert "Three recordings reach" in found.notes["heart_rate_max"]


def test_shoes_of_an_export_stand_in_the_profile(root, tmp_path) -> None:
    """Each with the kilometres that were run in it; what was ridden in it counts for none."""
    samples = sorted((root / "data" / "samples" / "archive").iterdir())[60:64]
    kinds = ("Run", "Run", "Run", "Ride")
    gear = ("Blue shoes", "Old pair", "Blue shoes", "Blue shoes")
    rows = [
        "Activity ID,Activity Date,Activity Name,Activity Type,Filename,Activity Gear"
    ]
    for k, (file, kind, name) in enumerate(
        zip(samples, kinds, gear, strict=True)
    ):
        place = f"activities/{file.name}"
        rows.append(f'{k},"Jun 1, 2024, 5:00:00 PM",Run,{kind},{place},{name}')
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for file in samples:
            archive.write(file, f"activities/{file.name}")
        archive.writestr("activities.csv", "\n".join(rows))
    history = ts.analyze_folder(tmp_path / "export.zip", workers=1)
    found = suggest_profile(history)
    told = [ts.read(file).meta.device_totals.distance for file in samples]
    assert found.shoes["Old pair"] == pytest.approx(told[1], rel=0.01)
    assert found.shoes["Blue shoes"] == pytest.approx(told[0] + told[2], rel=0.01)
    assert f"#   Old pair: {told[1] / 1000:.0f} km" in profile_text(found)
