"""What a caller may give for an option: the value itself, or what it is made from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

from trailstats.errors import ConfigError
from trailstats.model.athlete import Athlete

__all__ = ["AthleteLike", "as_athlete", "as_choice", "as_given", "wrong_type"]

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)

AthleteLike = Athlete | str | os.PathLike[str] | Mapping[str, Any]
"""A profile, a TOML file with one, or its keys and values."""


def wrong_type(option: str, value: object, wanted: str) -> TypeError:
    """Return the error that says what an option takes."""
    return TypeError(f"{option} takes {wanted}, not {type(value).__name__}")


def as_choice(kind: type[Choice], value: Choice | str, *, option: str) -> Choice:
    """Return the member of an enum that was given, as such or as its text.

    Raises
    ------
    ConfigError
        For another text; the choices are named.
    TypeError
        For anything else.
    """
    if not isinstance(value, str):
        raise wrong_type(option, value, f"{kind.__name__} or its text")
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(member.value for member in kind)
        raise ConfigError(
            f"{option} is {value!r}; choose from {choices}"
        ) from None


def as_given(kind: type[T], value: T | None, *, option: str) -> T:
    """Return a value of this type; by default one without arguments.

    Raises
    ------
    TypeError
        For a value of another type.
    """
    if value is None:
        value = _by_default(cast("Any", kind))
    if not isinstance(value, kind):
        raise wrong_type(option, value, kind.__name__)
    return value


def as_athlete(value: AthleteLike | None, *, option: str = "athlete") -> Athlete:
    """Return the profile that was given; an empty one for None.

    Raises
    ------
    ConfigError
        When a file can't be read, or a key or value is none of a profile.
    TypeError
        For anything that no profile can be made from.
    """
    if isinstance(value, str | os.PathLike):
        return Athlete.from_toml(value)
    if isinstance(value, Mapping):
        return Athlete.from_dict(dict(value))
    if value is not None and not isinstance(value, Athlete):
        wanted = "an Athlete, the path of a TOML file, or a mapping"
        raise wrong_type(option, value, wanted)
    return value or Athlete()


@cache
def _by_default(kind: type[Any]) -> Any:  # noqa: ANN401  # of any type
    """Return the value without arguments, made once: it is frozen, and checked when made."""
    return kind()
