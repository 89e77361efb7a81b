"""The athlete's profile: personal limits in one place, read from TOML, every key optional."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from trailstats.boundary import configuring, near, read_text, shown
from trailstats.errors import ConfigError
from trailstats.model.local_time import is_zone

__all__ = ["Athlete"]

GOALS = ("power", "marathon", "endurance")
"""What trail runs may be meant for: short and steep, volume for a road marathon, or endurance by
hiking and running.
"""

INTENTS = ("easy", "hard", "race")
"""What a run may be stated to have been meant to be."""

_NUMBERS = {
    "mass": (20.0, 250.0),
    "height": (0.8, 2.6),
    "heart_rate_max": (100.0, 240.0),
    "heart_rate_rest": (25.0, 120.0),
    "easy_ceiling": (70.0, 220.0),
    "threshold_heart_rate": (80.0, 230.0),
    "threshold_speed": (1.0, 8.0),
    "cadence_at_3": (120.0, 240.0),
    "birth_year": (1900, 2100),
}

_ZONE = (
    ("latitude", -90.0, 90.0),
    ("longitude", -180.0, 180.0),
    ("radius", 1.0, 100_000.0),
)
"""What a privacy zone consists of [deg, deg, m]; the bounds of the radius are our choice."""


@dataclass(frozen=True)
class Athlete:
    """Personal limits. Whatever is missing is estimated from the recordings or left out, and said
    so.

    Attributes
    ----------
    name : str
    sex : str
        ``"female"``, ``"male"`` or empty; chooses the constants of Banister's load.
    birth_year : int or None
    mass : float or None
        [kg]
    height : float or None
        [m]
    heart_rate_max, heart_rate_rest : float or None
        [bpm]
    easy_ceiling : float or None
        Heart rate of the first ventilatory threshold: easy running stays below [bpm].
    threshold_heart_rate : float or None
        Heart rate at the second threshold [bpm].
    threshold_speed : float or None
        Speed that can be held for about an hour [m/s].
    cadence_at_3 : float or None
        Steps of both feet at 3 m/s on the level, by which the steps of recordings without a cadence
        are modelled [1/min].
    timezone : str
        Name of the time zone, such as ``"Europe/Vienna"``, whose clock recordings go by that don't
        tell the local time; empty takes that of the place where each began.
    races : tuple of datetime.date
        Days of road races.
    goal : str
        What the trail runs are meant for, one of `GOALS`, or empty; chooses the rule on ground that
        is checked.
    privacy_zones : tuple of (latitude, longitude, radius)
        Circles [deg, deg, m] that the report never draws; exports hold the recording as it is.
    privacy_secret : str
        Any text that no one else knows: where the circles lie that hide the privacy zones follows
        from it. Empty takes one that is kept for the user of this computer.
    osm : tuple of str
        Local map extracts; in a file, relative to its folder.
    intents : tuple of (str, str)
        Recordings by name, or the end of their path, with what each was meant to be: one of
        `INTENTS`. In a file, the name of a CSV file with the columns ``file, intent``, relative to
        its folder.
    margins : tuple of (str, float)
        Smallest differences that matter to the runner, by the measure's name, in the place of
        those of the claims; in a file and in documents a table.

    Examples
    --------
    >>> from trailstats import Athlete
    >>> Athlete.from_toml("data/samples/athlete.toml").heart_rate_max
    187.0
    >>> Athlete(heart_rate_max=188, easy_ceiling=150).easy_ceiling
    150
    """

    name: str = ""
    sex: str = ""
    birth_year: int | None = None
    mass: float | None = None
    height: float | None = None
    heart_rate_max: float | None = None
    heart_rate_rest: float | None = None
    easy_ceiling: float | None = None
    threshold_heart_rate: float | None = None
    threshold_speed: float | None = None
    cadence_at_3: float | None = None
    timezone: str = ""
    races: tuple[dt.date, ...] = ()
    goal: str = ""
    privacy_zones: tuple[tuple[float, float, float], ...] = ()
    privacy_secret: str = ""
    osm: tuple[str, ...] = ()
    intents: tuple[tuple[str, str], ...] = ()
    margins: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        for key, (low, high) in _NUMBERS.items():
            value = getattr(self, key)
            # So that NaN is refused, too.
            if value is not None and not low <= value <= high:
                raise ConfigError(
                    f"athlete: {key} = {value} lies outside {low:g} to {high:g}"
                )
        for zone in self.privacy_zones:
            _check_zone(zone)
        for name, margin in self.margins:
            if not 0.0 <= margin < math.inf:
                raise ConfigError(
                    f"athlete: the margin {name} = {margin} is no number from 0 on"
                )
        if self.sex not in ("", "female", "male"):
            raise ConfigError(
                f'athlete: sex = {self.sex!r} is neither "female" nor "male"'
            )
        if self.timezone and not is_zone(self.timezone):
            raise ConfigError(
                f'athlete: timezone = {self.timezone!r} is none such as "Europe/Vienna"'
            )
        if self.goal not in ("", *GOALS):
            raise ConfigError(
                f"athlete: goal = {self.goal!r} is none of {', '.join(GOALS)}"
            )
        if (
            self.heart_rate_max
            and self.heart_rate_rest
            and self.heart_rate_rest >= self.heart_rate_max
        ):
            raise ConfigError(
                "athlete: heart_rate_rest is not below heart_rate_max"
            )

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> Athlete:
        """Read a profile.

        Parameters
        ----------
        path : str or Path
            A TOML file whose keys are the attributes' names; none is required.

        Raises
        ------
        ConfigError
            When the file can't be read, is no TOML, has an unknown key or a value outside its
            range.
        """
        with configuring(shown(path)):
            try:
                table = tomllib.loads(read_text(path))
                if isinstance(named := table.get("intents"), str):
                    table["intents"] = _intent_rows(Path(path).parent / named)
                athlete = cls.from_dict(table)
            except ConfigError as error:
                raise ConfigError(f"{shown(path)}: {error}") from error
            folder = Path(path).parent
            return replace(
                athlete, osm=tuple(str(folder / name) for name in athlete.osm)
            )

    @classmethod
    def from_dict(cls, data: dict[str, object]) -> Athlete:
        """Make a profile out of plain values, as they stand in TOML or JSON.

        Raises
        ------
        ConfigError
            When a key is unknown or a value has the wrong type or range.
        """
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise ConfigError(
                f"athlete: unknown key {unknown[0]!r}{near(unknown[0], known)}; known are "
                f"{', '.join(sorted(known))}"
            )
        values: dict[str, object] = {}
        for key, value in data.items():
            if key in _NUMBERS:
                values[key] = None if value is None else _number(key, value)
            elif key == "races":
                values[key] = tuple(_date(v) for v in _list(key, value))
            elif key == "privacy_zones":
                values[key] = tuple(_zone(v) for v in _list(key, value))
            elif key == "osm":
                values[key] = tuple(str(v) for v in _list(key, value))
            elif key == "intents":
                values[key] = _intents(value)
            elif key == "margins":
                values[key] = _margins(value)
            elif isinstance(value, str):
                values[key] = value
            else:
                raise ConfigError(f"athlete: {key} = {value!r} is not text")
        year = values.get("birth_year")
        if isinstance(year, float) and year.is_integer():
            values["birth_year"] = int(year)
        return cls(**values)  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, object]:
        """Return the profile as plain values that `from_dict` accepts."""
        out: dict[str, object] = {
            f.name: getattr(self, f.name) for f in fields(self)
        }
        out["races"] = [day.isoformat() for day in self.races]
        out["privacy_zones"] = [list(zone) for zone in self.privacy_zones]
        out["osm"] = list(self.osm)
        out["intents"] = dict(self.intents)
        out["margins"] = dict(self.margins)
        return out

    def to_document(self) -> dict[str, object]:
        """Return the profile as documents show it: without the private places and what hides them,
        which would be told by nothing else in them.
        """
        return replace(
            self, intents=(), privacy_zones=(), privacy_secret=""
        ).to_dict()


def _number(key: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"athlete: {key} = {value!r} is not a number")
    try:
        return float(value)
    except OverflowError:
        raise ConfigError(f"athlete: {key} is too large a number") from None


def _intents(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, Mapping):
        raise ConfigError("athlete: intents is neither a file nor a table")
    for name, intent in value.items():
        if intent not in INTENTS:
            raise ConfigError(
                f"athlete: the intent of {name} is {intent!r}, none of {', '.join(INTENTS)}"
            )
    return tuple((str(k), str(v)) for k, v in value.items())


def _intent_rows(path: Path) -> dict[str, str]:
    """Return the rows of a file of intents, the later of two for one recording."""
    rows = csv.DictReader(io.StringIO(read_text(path)), skipinitialspace=True)
    if not {"file", "intent"} <= set(rows.fieldnames or ()):
        raise ConfigError(
            f"{shown(path)}: its first line must name the columns file and intent"
        )
    return {
        (row["file"] or "").strip(): (row["intent"] or "").strip().lower()
        for row in rows
    }


def _margins(value: object) -> tuple[tuple[str, float], ...]:
    if not isinstance(value, Mapping):
        raise ConfigError("athlete: margins is not a table")
    return tuple((str(k), _number(f"margins.{k}", v)) for k, v in value.items())


def _list(key: str, value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise ConfigError(f"athlete: {key} is not a list")
    return list(value)


def _date(value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise ConfigError(
            f"athlete: {value!r} is not a date such as 2026-05-10"
        ) from error


def _zone(value: object) -> tuple[float, float, float]:
    parts = _list("privacy_zones", value)
    if len(parts) != 3:
        raise ConfigError(
            "athlete: a privacy zone is [latitude, longitude, radius in metres]"
        )
    lat, lon, radius = (_number("privacy_zones", p) for p in parts)
    return lat, lon, radius


def _check_zone(zone: tuple[float, float, float]) -> None:
    for value, (name, low, high) in zip(zone, _ZONE, strict=True):
        if not low <= value <= high:
            raise ConfigError(
                f"athlete: the {name} of a privacy zone, {value:g}, lies outside "
                f"{low:g} to {high:g}"
            )
