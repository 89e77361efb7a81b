"""Short texts that stand for values: equal when the values are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

__all__ = ["fingerprint", "fingerprint_of_fields"]


def fingerprint(value: object) -> str:
    """Return the SHA-256 of a value, as hexadecimal digits.

    Parameters
    ----------
    value : object
        Plain values, containers, enums and dataclasses of such; an object with a text
        ``fingerprint`` speaks for itself.

    Raises
    ------
    TypeError
        For any other object: what it stands for is not known.

    Examples
    --------
    >>> fingerprint((1, 2.0)) == fingerprint((1, 2.0))
    True
    >>> fingerprint({"b", "a"}) == fingerprint({"a", "b"})
    True
    """
    return sha256(_spell(value).encode()).hexdigest()


def fingerprint_of_fields(value: DataclassInstance) -> str:
    """Return the SHA-256 of a dataclass's fields, for its own ``fingerprint``."""
    return fingerprint({f.name: getattr(value, f.name) for f in fields(value)})


def _spell(value: object) -> str:
    own = getattr(value, "fingerprint", None)
    if isinstance(own, str):
        return f"{type(value).__name__}:{own}"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(
        value, bool | int | float | str | bytes | dt.date | Path
    ):
        return repr(value)
    if is_dataclass(value):
        spelled = (
            f"{f.name}={_spell(getattr(value, f.name))}" for f in fields(value)
        )
        return f"{type(value).__name__}({','.join(spelled)})"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{_spell(k)}:{_spell(v)}' for k, v in value.items()))}}}"
    if isinstance(value, Set):
        return f"{{{','.join(sorted(_spell(v) for v in value))}}}"
    if isinstance(value, tuple | list):
        return f"({','.join(_spell(v) for v in value)})"
    raise TypeError(f"{type(value).__name__} has no fingerprint")
