"""What a walk through GPX or TCX finds: groups of points with their columns, whichever way it went.

`_bulk` reads regular documents, `_walk` all others, damaged ones too;
both give the same.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np

from trailstats.arrays import Floats, Ints, Times
from trailstats.io._build import LARGEST, usable_times
from trailstats.io._times import NAT
from trailstats.io.xml._spans import plain_numbers, read_times, texts_to_times
from trailstats.model.activity import Issue

_SHOWN = 40  # our choice: characters of a text that a message shows
_MOST_OTHERS = 64  # our choice: further elements of a point that become columns


@dataclass(frozen=True)
class Dialect:
    """The local names that matter in a format.

    Attributes
    ----------
    format : str
        For messages.
    group, point, time : str
        Of the elements that hold one activity, one sample, and its time.
    parts : frozenset of str
        Of the elements within a group whose starts are noted, such as track segments and laps.
    outside : tuple of str
        Of the elements around points from the root on; stand in for lost ones in damaged files.
    other : frozenset of str
        Of elements that hold points, too, which are no recording.
    """

    format: str
    group: str
    point: str
    time: str
    parts: frozenset[str]
    outside: tuple[str, ...]
    other: frozenset[str] = frozenset()


class Leaves(Protocol):
    """All values of one element within points: the numbers of their points, ascending, and the
    values.
    """

    @property
    def rows(self) -> Ints:
        """Numbers of the points that have a value, counted through the document."""

    def numbers(self, which: slice) -> Floats:
        """Return some of the values as numbers, NaN where they are none."""

    def times(self, which: slice) -> Times:
        """Return some of the values as UTC times, NaT where they are none."""

    def text(self, at: int) -> str:
        """Return one of the values as it stands."""


@dataclass
class Texts:
    """Values that were collected one by one."""

    places: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @cached_property
    def rows(self) -> Ints:
        """Numbers of the points that have a value."""
        return np.array(self.places, dtype=np.int64)

    def numbers(self, which: slice) -> Floats:
        """Return values as numbers."""
        return plain_numbers(self.texts[which])

    def times(self, which: slice) -> Times:
        """Return values as UTC times."""
        return texts_to_times(self.texts[which])

    def text(self, at: int) -> str:
        """Return a value as it stands."""
        return self.texts[at]


@dataclass
class Spans:
    """Values that lie in the document; their numbers, which are read for all elements at once,
    stand beside them.
    """

    data: bytes
    rows: Ints
    start: Ints
    end: Ints
    values: Floats = field(default_factory=lambda: np.empty(0))

    def numbers(self, which: slice) -> Floats:
        """Return values as numbers."""
        return self.values[which]

    def times(self, which: slice) -> Times:
        """Return values as UTC times."""
        return read_times(self.data, self.start[which], self.end[which])

    def text(self, at: int) -> str:
        """Return a value as it stands."""
        piece = self.data[self.start[at] : self.end[at]]
        return piece.decode(errors="replace")


@dataclass
class Section:
    """A part of a group, such as a track segment or a lap: its name, its first point, attributes
    and texts.
    """

    name: str
    at: int
    attributes: Mapping[str, str]
    texts: dict[str, str] = field(default_factory=dict)


@dataclass
class Group:
    """Points under one parent (a track, an activity), from number ``first`` to before ``last`` of
    the document.

    ``texts`` holds what stands beside the points, by parent and name: ``"trk/name"``.
    """

    attributes: Mapping[str, str]
    leaves: Mapping[str, Leaves]
    first: int
    last: int = 0
    texts: dict[str, str] = field(default_factory=dict)
    parts: list[Section] = field(default_factory=list)

    def __len__(self) -> int:
        return self.last - self.first

    def columns(self, names: Mapping[str, tuple[str, ...]]) -> dict[str, Floats]:
        """Return our columns from the elements that may hold each, first match first."""
        return {
            column: self.numbers(*elements) for column, elements in names.items()
        }

    def numbers(self, *names: str) -> Floats:
        """Return the values of the first of several elements that a point has, NaN where it has
        none.
        """
        out: Floats | None = None
        for name in names:
            if name in self.leaves:
                values = self._spread(self.leaves[name])
                out = (
                    values
                    if out is None
                    else np.where(np.isnan(out), values, out)
                )
        return np.full(len(self), np.nan) if out is None else out

    def times(self, name: str) -> Times:
        """Return the values of an element as UTC times, NaT where a point has none."""
        out = np.full(len(self), NAT)
        if name in self.leaves:
            leaves = self.leaves[name]
            rows, mine = self._mine(leaves)
            out[rows] = leaves.times(mine)
        return out

    def first_unread(self, name: str, times: Times) -> str:
        """Return the first value of an element that gave no time within the years of `build`, cut
        to a line's length; empty where all did.
        """
        if name not in self.leaves:
            return ""
        rows, mine = self._mine(self.leaves[name])
        lost = np.flatnonzero(~usable_times(times[rows]))
        if not len(lost):
            return ""
        text = self.leaves[name].text(mine.start + int(lost[0]))
        return text.strip()[:_SHOWN]

    def others(self, names: Iterable[str]) -> dict[str, Floats]:
        """Return the values of elements that hold a number in any of the points, by name."""
        out = {}
        for name in names:
            leaves = self.leaves[name]
            rows, _ = self._mine(leaves)
            if not len(rows):
                continue
            values = self._spread(leaves)
            if not np.isnan(values).all():
                out[name] = values
        return out

    def _spread(self, leaves: Leaves) -> Floats:
        """Return the number of each point, NaN where it has none."""
        rows, mine = self._mine(leaves)
        values = leaves.numbers(mine)
        # What is too large is blanked, and said, by the range of its channel.
        values = np.clip(values, -LARGEST, LARGEST)
        if len(rows) == len(self):
            return values
        out = np.full(len(self), np.nan)
        out[rows] = values
        return out

    def _mine(self, leaves: Leaves) -> tuple[Ints, slice]:
        rows = leaves.rows
        first, last = np.searchsorted(rows, (self.first, self.last))
        return rows[first:last] - self.first, slice(int(first), int(last))


@dataclass
class Document:
    """What a walk found: the root, texts outside groups, groups, names of elements outside points,
    and issues.
    """

    root: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)

    def other_names(self, handled: Collection[str]) -> list[str]:
        """Return the names of further elements of points that become columns."""
        leaves = self.groups[0].leaves if self.groups else {}
        return heapq.nsmallest(_MOST_OTHERS, set(leaves) - set(handled))

    def keep_text(
        self, group: Group | None, parent: str, name: str, text: str
    ) -> None:
        """Keep the text of an element outside points, the first of its name."""
        texts = self.texts if group is None else group.texts
        texts.setdefault(f"{parent}/{name}", text)
        if group is not None and group.parts and group.parts[-1].name == parent:
            group.parts[-1].texts.setdefault(name, text)


def pauses_before(
    starts: Iterable[int], time: Times
) -> list[tuple[np.datetime64, np.datetime64]]:
    """Return the gaps in time before the points at which a new part starts.

    Where other points were recorded meanwhile, as in a file whose parts are out of order, there was
    no gap.
    """
    gaps = [
        (time[at - 1], time[at])
        for at in starts
        if not np.isnat(time[at - 1]) and time[at] > time[at - 1]
    ]
    if not gaps:
        return gaps
    start, end = np.array(gaps, dtype="M8[ns]").T
    recorded = np.sort(time)
    inside = np.searchsorted(recorded, end)
    inside -= np.searchsorted(recorded, start, side="right")
    return [gap for gap, n in zip(gaps, inside, strict=True) if n == 0]
