"""A profile of the runner as recordings suggest it, as a TOML file that explains every key."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from trailstats.history._history import History
from trailstats.history._stored import StoredAnalyses
from trailstats.history.days import local_starts
from trailstats.history.training import personal_cadence
from trailstats.model.activity import ActivityMeta
from trailstats.model.limits import HeartRateLimits
from trailstats.schema import RunSurface

__all__ = ["Suggestion", "profile_text", "suggest_profile"]

SURE = 3.0
"""Peaks of three recordings that lie as close together as this confirm a maximum [bpm] (our
choice).
"""


@dataclass(frozen=True)
class Suggestion:
    """What recordings tell of their runner.

    Attributes
    ----------
    values : dict of str to object
        Keys of a profile with the value to write.
    notes : dict of str to str
        What a value rests on, and how sure it is; also of keys that are only named.
    shoes : dict of str to float
        Shoes or other gear that an export names, with the distance run in them [m].

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.history.profile import suggest_profile
    >>> found = suggest_profile(ts.analyze_folder("data/samples/odd"))
    >>> sorted(found.values)
    ['cadence_at_3', 'heart_rate_max']
    """

    values: dict[str, object] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    shoes: dict[str, float] = field(default_factory=dict)


def suggest_profile(history: History) -> Suggestion:
    """Return what a history tells of its runner.

    Parameters
    ----------
    history : History
        Analysed without a profile: what one states can't be told from recordings.

    Returns
    -------
    Suggestion

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.history.profile import profile_text, suggest_profile
    >>> found = suggest_profile(ts.analyze_folder("data/samples/odd"))
    >>> "heart_rate_max" in profile_text(found)
    True
    """
    values: dict[str, object] = {}
    notes: dict[str, str] = {}
    _heart_rate(history.limits, values, notes)
    metas = list(_metas(history))
    cadence = personal_cadence(history.segments)
    if cadence.personal:
        values["cadence_at_3"] = round(cadence.at_3)
        notes["cadence_at_3"] = "From your own level running."
    _races(history, values, notes)
    shoes: Counter[str] = Counter()
    lengths = dict(
        zip(history.runs["file"], history.runs["distance"], strict=True)
    )
    for meta in metas:
        if meta.gear:
            shoes[meta.gear] += lengths.get(meta.source, 0.0)
    return Suggestion(values, notes, dict(shoes.most_common()))


def _metas(history: History) -> Iterable[ActivityMeta]:
    analyses = history.analyses
    outlines = (
        analyses.outlines()
        if isinstance(analyses, StoredAnalyses)
        else iter(analyses)
    )
    return (one.meta for one in outlines)


def _heart_rate(
    limits: HeartRateLimits, values: dict[str, object], notes: dict[str, str]
) -> None:
    if math.isnan(limits.maximum):
        notes["heart_rate_max"] = (
            "The recordings don't tell: ten with a heart rate are needed."
        )
        return
    values["heart_rate_max"] = round(limits.maximum)
    low, high = round(limits.maximum_low), round(limits.maximum_high)
    notes["heart_rate_max"] = (
        f"Three recordings reach {low}, the highest shows {high}. "
        + (
            "They agree."
            if high - low <= SURE
            else "They differ: correct it if you know better."
        )
        + " It is too low if you never went all out."
    )


def _races(
    history: History, values: dict[str, object], notes: dict[str, str]
) -> None:
    runs = history.runs
    named = (runs["intent"] == "race") & (runs["intent_source"] == "name")
    own = runs[named & (runs["surface"] != RunSurface.TRAIL)]
    own = own.dropna(subset="start_time")
    days = local_starts(own).dt.date.tolist()
    if days:
        values["races"] = days
        told = ", ".join(
            f"{day:%Y-%m-%d} {name or 'unnamed'}"
            for day, name in zip(days, own["name"], strict=True)
        )
        notes["races"] = f"By their names: {told}."


_KEYS: Mapping[str, tuple[str, object]] = {
    "name": ("Your name, for the report's title.", "Me"),
    "birth_year": ("Year of birth.", 1985),
    "sex": ('"female" or "male": chooses the constants of one load.', "female"),
    "mass": ("Body mass in kg, for the energy of a run.", 65.0),
    "height": ("Height in m.", 1.72),
    "heart_rate_max": (
        "Highest heart rate that you reach, in beats a minute. Zones and loads rest on it: the "
        "key that matters most.",
        188,
    ),
    "heart_rate_rest": ("Heart rate at rest, before getting up.", 50),
    "easy_ceiling": (
        "Heart rate that your easy running stays below: where talking in sentences gets hard. "
        "Without it a share of the maximum is taken.",
        150,
    ),
    "threshold_heart_rate": (
        "Heart rate that you hold for about an hour all out.",
        172,
    ),
    "threshold_speed": (
        "Speed that you hold for about an hour, in m/s; 3.7 is 4:30 a kilometre.",
        3.7,
    ),
    "cadence_at_3": (
        "Steps of both feet a minute at 3 m/s (5:33 a kilometre) on the level, for recordings "
        "without a cadence.",
        172,
    ),
    "timezone": (
        "Clock of recordings that don't tell the local time.",
        "Europe/Vienna",
    ),
    "races": (
        "Days of your road races: the training advice is checked against them.",
        [dt.date(2026, 5, 10)],
    ),
    "goal": (
        'What your trail runs are for: "power", "marathon" or "endurance".',
        "marathon",
    ),
    "privacy_zones": (
        "Places that no picture shows: latitude, longitude, metres around it.",
        [[47.0, 11.0, 300.0]],
    ),
}
"""Each key with what it is for, and an example."""


def profile_text(
    found: Suggestion, stated: Mapping[str, object] | None = None
) -> str:
    """Return a profile as TOML: every key explained, those without a value as a comment.

    Parameters
    ----------
    found : Suggestion
    stated : mapping of str to object, optional
        Values that the runner gave; they stand instead of those found.

    Examples
    --------
    >>> from trailstats.history.profile import Suggestion, profile_text
    >>> print(profile_text(Suggestion(), {"name": "Me"}).splitlines()[4])
    name = "Me"
    """
    values = found.values | dict(stated or {})
    lines = [
        "# Profile of a runner for trailstats, which takes it with --athlete.",
        "# Every key is optional; a line that begins with # says nothing.",
        "",
    ]
    for key, (meaning, example) in _KEYS.items():
        lines += _wrapped(meaning)
        if key in found.notes and key not in (stated or {}):
            lines += _wrapped(found.notes[key])
        sign = "" if key in values else "# "
        lines += [f"{sign}{key} = {_toml(values.get(key, example))}", ""]
    if found.shoes:
        lines.append("# Shoes in your recordings:")
        lines += [
            f"#   {_one_line(name)}: {metres / 1000:.0f} km"
            for name, metres in found.shoes.items()
        ]
    return "\n".join(lines).rstrip() + "\n"


def _wrapped(text: str, width: int = 90) -> list[str]:
    """Return a text as comments of lines that are not too long."""
    lines = ["#"]
    for word in _one_line(text).split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("#")
        lines[-1] += f" {word}"
    return lines


def _one_line(text: str) -> str:
    """Return a text without line breaks and controls: what a recording is called must not end a
    comment.
    """
    return "".join(c if c.isprintable() else " " for c in text)


def _toml(value: object) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    if isinstance(value, dt.date):
        return f'"{value:%Y-%m-%d}"'
    if isinstance(value, float | np.floating):
        return repr(float(value))
    return str(value)
