"""Sport and sub-sport, in FIT's words, of the free texts that other formats and exports have for
them. The names stand in ``sports.toml``, which is read with the first such text.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any


def sport_of(kind: str) -> tuple[str, str]:
    """Return sport and sub-sport for the free text of a track type; a text without meaning is its
    own sport.
    """
    names = _names()
    text = names["numbers"].get(kind, kind).strip().lower()
    text = text.replace(" ", "_").replace("-", "_")
    text = names["texts"].get(text, text)
    sport = _first_part(names["sports"], text) or text
    if sport == text and "treadmill" in text:
        sport = "running"
    return sport, _first_part(names["sub_sports"].get(sport, {}), text)


def _first_part(meanings: dict[str, str], text: str) -> str:
    """Return the meaning of the first part that a text contains, empty where it contains none."""
    return next((name for part, name in meanings.items() if part in text), "")


@cache
def _names() -> dict[str, Any]:
    file = resources.files("trailstats.io").joinpath("sports.toml")
    return tomllib.loads(file.read_text("utf-8"))
