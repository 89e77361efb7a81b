"""The profile: every key optional, every mistake named."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from trailstats.errors import ConfigError
from trailstats.model.athlete import Athlete


def test_an_empty_file_is_a_profile(tmp_path: Path) -> None:
    """No key is required."""
    path = tmp_path / "athlete.toml"
    path.write_text("")
    assert Athlete.from_toml(path) == Athlete()


def test_a_full_profile_comes_back(tmp_path: Path) -> None:
    """Every key is read, and plain values bring the same profile back."""
    path = tmp_path / "athlete.toml"
    path.write_text(
        'name = "A"\nsex = "female"\nbirth_year = 1980\nmass = 60\nheight = 1.7\nheart_rate_max = '
        "185\n"
        "heart_rate_rest = 50\neasy_ceiling = 148\nthreshold_heart_rate = 168\nthreshold_speed = "
        "3.4\n"
        'races = [2026-05-10, "2026-06-01"]\nprivacy_zones = [[47.0, 11.0, 300.0]]\nosm = '
        '["map.osm.pbf"]\n'
    )
    athlete = Athlete.from_toml(path)
    assert athlete.races == (dt.date(2026, 5, 10), dt.date(2026, 6, 1))
    assert athlete.mass == 60.0
    assert athlete.privacy_zones == ((47.0, 11.0, 300.0),)
    assert Athlete.from_dict(athlete.to_dict()) == athlete


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("weight = 60", "weight"),
        ("mass = 600", "mass"),
        ('mass = "60"', "mass"),
        ("mass = true", "mass"),
        ('sex = "x"', "sex"),
        (
            "heart_rate_max = 150\nheart_rate_rest = 110\neasy_ceiling = 10",
            "easy_ceiling",
        ),
        ("heart_rate_max = 105\nheart_rate_rest = 110", "heart_rate_rest"),
        ('races = ["May"]', "May"),
        ("races = 5", "races"),
        ("privacy_zones = [[1.0, 2.0]]", "privacy zone"),
        ("name = 5", "name"),
        ("name = ", "athlete.toml"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: str) -> None:
    """What is wrong stands in the message, with the file."""
    path = tmp_path / "athlete.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=named) as caught:
        Athlete.from_toml(path)
    assert "athlete.toml" in str(caught.value)


def test_a_missing_file_is_a_configuration_error(tmp_path: Path) -> None:
    """Not an OSError: the caller catches one tree."""
    with pytest.raises(ConfigError):
        Athlete.from_toml(tmp_path / "none.toml")
