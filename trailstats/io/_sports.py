"""Sport and sub-sport, in FIT's words, of the free texts that other formats and exports have for
them. The names stand in ``sports.toml``, which is read with the first such text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from trailstats.io.fit._profile import value_names
from trailstats.model.activity import Issue
from trailstats.schema import Severity

_APPLE = "HKWorkoutActivityType"
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")
_SHOWN = 40  # our choice: characters of a text that a message shows


def sport_of(kind: str) -> tuple[str, str]:
    """Return sport and sub-sport for the free text of a track type; a text without meaning is its
    own sport.
    """
    return _meaning(kind) or ("_".join(_words(kind)) or kind.strip(), "")


def is_known_sport(kind: str) -> bool:
    """Whether a text names a sport that is known here, or none."""
    return not _words(kind) or _meaning(kind) is not None


def note_sport(kind: str, issues: list[Issue]) -> None:
    """Add an issue where a file names a sport that is not known."""
    if is_known_sport(kind):
        return
    shown = kind.strip()[:_SHOWN]
    message = f"the sport {shown!r} is not known; it counts as no run"
    issues.append(Issue("sport_unknown", Severity.WARNING, message))


def numbered_sport(app: str, number: str) -> str:
    """Return the text for an app's number of a sport, empty for one that is not known."""
    return str(_names().table[app].get(number, ""))


@lru_cache(maxsize=1024)
def _meaning(kind: str) -> tuple[str, str] | None:
    """Return sport and sub-sport of a text, None where it has no meaning."""
    names = _names()
    text = names.table["numbers"].get(kind.strip(), kind)
    words = _words(text)
    whole = _folded("".join(words))
    if whole in names.whole:
        return names.whole[whole]
    held = set(words)
    sport = _first(names.table["words"], held)
    if not sport:
        plain = "_".join(words)
        return (plain, "") if plain in value_names("sport").values() else None
    return sport, _first(names.table["sub_sports"].get(sport, {}), held)


def _words(text: str) -> list[str]:
    """Return the words of a text in small letters; ``bikeToRun`` has three."""
    spaced = _CAMEL.sub(" ", text.strip().removeprefix(_APPLE))
    return [word for word in _BETWEEN.split(_joined(spaced).lower()) if word]


def _joined(text: str) -> str:
    """Return a text whose letters are one character with their accents, and whose words hold no
    signs of the direction or joining of letters.
    """
    plain = unicodedata.normalize("NFC", text)
    return "".join(
        c for c in plain if unicodedata.category(c) not in ("Cf", "Mn")
    )


def _folded(text: str) -> str:
    """Return a text without accents and without case."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold()


def _first(meanings: dict[str, str], words: set[str]) -> str:
    """Return the meaning of the first word that is there, empty where none is."""
    return next((name for word, name in meanings.items() if word in words), "")


@dataclass(frozen=True)
class _Names:
    """The table of names, and its whole texts, folded, with what they mean."""

    table: dict[str, Any]
    whole: dict[str, tuple[str, str]]


@cache
def _names() -> _Names:
    file = resources.files("trailstats.io").joinpath("sports.toml")
    table = tomllib.loads(file.read_text("utf-8"))
    whole: dict[str, tuple[str, str]] = {}
    for meaning, languages in [*table["names"].items(), ("", table["nothing"])]:
        sport, _, sub_sport = meaning.partition("_")
        for texts in languages.values():
            for text in texts:
                key = _folded("".join(_words(text)))
                whole.setdefault(key, (sport, sub_sport))
    return _Names(table, whole)
