"""The tools by name: arguments checked, the answer within its size, faults as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from trailstats.errors import MissingExtraError, TrailstatsError
from trailstats.mcp import _answers, _lists
from trailstats.mcp._archive import Archive
from trailstats.mcp._schemas import DECLARED, inputs
from trailstats.mcp._words import Json, as_text

_CALLS: Final[Mapping[str, Callable[[Archive, Mapping[str, Any]], Json]]] = (
    MappingProxyType(
        {
            call.__name__: call
            for call in (
                _answers.overview,
                _lists.activities,
                _answers.activity,
                _lists.segments,
                _lists.climbs,
                _answers.claims,
                _answers.compare,
                _lists.weekly,
                _answers.predict,
                _answers.explain,
            )
        }
    )
)

TOOLS: Final = tuple(_CALLS)
"""The names of the tools."""


@dataclass(frozen=True)
class Answer:
    """What a tool gives.

    Attributes
    ----------
    text : str
        The structure as JSON, or the sentence of an error.
    structure : dict or None
        None of an error.
    """

    text: str
    structure: Json | None = None


def call(archive: Archive, name: str, arguments: Mapping[str, Any]) -> Answer:
    """Call a tool.

    Parameters
    ----------
    archive : Archive
    name : str
        One of `TOOLS`.
    arguments : mapping
        Checked against the tool's schema; what is not given is filled in from it.

    Raises
    ------
    MissingExtraError
        Without the SDK of the protocol.
    """
    if name not in _CALLS:
        return Answer(f"there is no such tool; known are {', '.join(TOOLS)}")
    taken = inputs()[name]
    if problem := _problem(taken, arguments):
        return Answer(problem)
    defaults = {
        key: rule["default"]
        for key, rule in taken["properties"].items()
        if "default" in rule
    }
    said = {"cannot_say": DECLARED["tool"][name]["cannot_say"]}
    asked = defaults | dict(arguments)
    # What it can't say is part of the answer, and of its size.
    room = asked | {"bytes": asked["bytes"] - len(as_text(said)) - 1}
    try:
        found = _CALLS[name](archive, room)
    except TrailstatsError as error:
        return Answer(archive.without_folder(str(error)))
    found |= said
    return Answer(as_text(found), found)


def _problem(taken: Json, arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the arguments, without repeating them."""
    try:
        from jsonschema import Draft202012Validator
    except ImportError as error:
        raise MissingExtraError("jsonschema", "mcp") from error
    for wrong in Draft202012Validator(taken).iter_errors(dict(arguments)):
        place = ".".join(map(str, wrong.path)) or "arguments"
        return (
            f"{place}: does not keep to {wrong.validator} {wrong.validator_value}"
        )
    return ""
