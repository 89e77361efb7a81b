"""Tables of a value that are made into frames when they are first looked at: most callers look at
few of them, and a frame costs more than to read a short recording.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self, cast

import pandas as pd

from trailstats.schema import Columns

__all__ = ["Later", "LaterTables"]

Later = Columns | Callable[[], Columns | pd.DataFrame]
"""A table that was left for later: its columns, or what makes them or its frame."""


class LaterTables:
    """What a dataclass with frames inherits, so that it may leave them for later."""

    @classmethod
    def with_later(cls, later: Mapping[str, Later], **given: object) -> Self:
        """Return a value of sound parts; those of ``later`` are made into frames when they are
        first looked at.
        """
        made = object.__new__(cls)
        vars(made).update(given, _later=dict(later))
        return made

    if not TYPE_CHECKING:  # else any name would be one of its attributes

        def __getattr__(self, name: str) -> object:
            """Return a table that was left for later."""
            if name in vars(self).get("_later", {}):
                held = self.held(name)
                if isinstance(held, Columns):
                    self._take(name, held.to_frame())
            try:
                return vars(self)[name]
            except KeyError:
                raise AttributeError(
                    f"{type(self).__name__!r} has no attribute {name!r}"
                ) from None

    def left(self) -> dict[str, Later]:
        """Return the tables that are still left for later."""
        return dict(vars(self).get("_later", {}))

    def held(self, name: str) -> Columns | pd.DataFrame:
        """Return a table as it is held: its columns, as long as nobody looked at its frame."""
        later: dict[str, Later] = vars(self).get("_later", {})
        left = later.get(name)
        if left is None:
            return cast(pd.DataFrame, getattr(self, name))
        made = left if isinstance(left, Columns) else left()
        if isinstance(made, Columns):
            later[name] = made
            return made
        return self._take(name, made)

    def _take(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        # Two threads may both make it: the first one's is taken.
        taken: pd.DataFrame = vars(self).setdefault(name, frame)
        vars(self)["_later"].pop(name, None)
        return taken

    def having(self, **changes: object) -> Self:
        """Return a value with other parts, as `dataclasses.replace` does; tables that were left
        for later stay so.
        """
        later = self.left()
        names = (f.name for f in fields(cast(Any, self)))
        given = {n: getattr(self, n) for n in names if n not in later} | changes
        left = later | {n: v for n, v in given.items() if isinstance(v, Columns)}
        given = {n: v for n, v in given.items() if not isinstance(v, Columns)}
        left = {n: v for n, v in left.items() if n not in given}
        return type(self).with_later(left, **given)

    def __getstate__(self) -> dict[str, Any]:
        # What makes a table later does not travel.
        return {f.name: getattr(self, f.name) for f in fields(cast(Any, self))}
