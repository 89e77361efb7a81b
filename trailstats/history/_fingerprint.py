"""Short texts that stand for values and for the code that computes with them: equal when the
results are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from pathlib import Path

from trailstats._version import __version__

__all__ = ["code_fingerprint", "fingerprint"]

_AFTER = ("cli", "report", "claims", "stats", "app")
"""Packages that work on results: a change in them leaves what was measured as it is."""


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
        spelled = (f"{f.name}={_spell(getattr(value, f.name))}" for f in fields(value))
        return f"{type(value).__name__}({','.join(spelled)})"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(f'{_spell(k)}:{_spell(v)}' for k, v in value.items()))}}}"
    if isinstance(value, Set):
        return f"{{{','.join(sorted(_spell(v) for v in value))}}}"
    if isinstance(value, tuple | list):
        return f"({','.join(_spell(v) for v in value)})"
    raise TypeError(f"{type(value).__name__} has no fingerprint")


@cache
def code_fingerprint() -> str:
    """Return what stands for the version of the analysis: that of the package, and its code where
    it lies in files.
    """
    digest = sha256(__version__.encode())
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).parts
        if (
            name[0] not in _AFTER
            and path.suffix in (".py", ".json", ".csv", ".toml")
            and path.is_file()
        ):
            digest.update("/".join(name).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
