"""The FIT protocol: definitions, and where the messages of each definition lie.

A file is one or several *parts* (chained files), each a header, messages and a checksum. A
message's size is fixed by its definition, so one walk over the message headers that only collects
offsets is enough to read everything else as blocks; see `_table`. A part whose checksum or
structure is wrong goes through `_salvage`.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np

from trailstats.arrays import Ints
from trailstats.errors import LimitError
from trailstats.model.activity import Issue
from trailstats.schema import Severity

TIMESTAMP = 253
FIELD_DESCRIPTION = 206
COMPRESSED, DEFINITION, _DEVELOPER = 0x80, 0x40, 0x20
_AHEAD = 16  # messages that the walk looks at first when two in a row are alike
_STRIDE = 1 << 20  # bytes between two looks at the limits
_DEFINITIONS = (
    100_000  # our choice: recorders that redefine at every turn stay below 10,000
)
_FIELDS_OF_LAYOUT = 32  # our choice, on average; those of watches have some 20
_MARKS = [bytes([head]) for head in range(256)]


class BaseType(NamedTuple):
    """How a base type is stored: numpy kind, bytes of one item, and whether 0 means "none"."""

    kind: str
    size: int
    zero: bool = False

    def invalid(self, size: int) -> int:
        """Return the value that means "none" in an item of so many bytes."""
        bits = 8 * size - (self.kind == "i")
        return 0 if self.zero else (1 << bits) - 1


BASE_TYPES = {
    number: BaseType(stored[0], int(stored[1]), stored.endswith("z"))
    for number, stored in {
        0x00: "u1", 0x01: "i1", 0x02: "u1", 0x83: "i2", 0x84: "u2", 0x85: "i4",
        0x86: "u4", 0x07: "S1", 0x88: "f4", 0x89: "f8", 0x0A: "u1z", 0x8B: "u2z",
        0x8C: "u4z", 0x0D: "B1", 0x8E: "i8", 0x8F: "u8", 0x90: "u8z",
    }.items()
}  # fmt: skip


class FieldSpec(NamedTuple):
    """One field of a definition: number, place in the message [bytes], size [bytes], base type.

    For a developer field ``base`` is the developer's index; its base type stands in its
    description.
    """

    number: int
    at: int
    size: int
    base: int


class Layout:
    """A definition and the places of its messages.

    ``starts`` and ``counts`` hold runs of messages back to back, ``singles`` the places of all
    others.

    Parameters
    ----------
    raw : bytes
        The definition message from its header on.
    defined_at : int
        Its place in the file.
    """

    def __init__(self, raw: bytes, defined_at: int) -> None:
        self.raw = raw
        self.defined_at = defined_at
        self.big = raw[2] == 1
        self.message = int.from_bytes(raw[3:5], "big" if self.big else "little")
        stop = 6 + 3 * raw[5]
        sizes = raw[7:stop:3]
        self.size = 1 + sum(sizes) + sum(raw[stop + 2 :: 3])
        index = raw[6:stop:3].find(TIMESTAMP)
        self.time_at = (
            1 + sum(sizes[:index]) if index >= 0 and sizes[index] == 4 else -1
        )
        self.singles: array[int] = array("q")
        self.starts: array[int] = array("q")
        self.counts: array[int] = array("q")

    def __len__(self) -> int:
        return len(self.singles) + sum(self.counts)

    @cached_property
    def _specs(self) -> list[FieldSpec]:
        """All fields, parsed when first asked for: of most messages nobody wants to know."""
        stop = 6 + 3 * self.raw[5]
        offset = 1
        specs = []
        for i in [*range(6, stop, 3), *range(stop + 1, len(self.raw), 3)]:
            number, size, base = self.raw[i : i + 3]
            specs.append(FieldSpec(number, offset, size, base))
            offset += size
        return specs

    @cached_property
    def fields(self) -> list[FieldSpec]:
        """The fields of the profile."""
        return self._specs[: self.raw[5]]

    @cached_property
    def developer(self) -> list[FieldSpec]:
        """The developer fields."""
        return self._specs[self.raw[5] :]

    @cached_property
    def plausible(self) -> bool:
        """Whether it looks like a definition that a recorder wrote."""
        return bool(self.fields) and all(
            f.base in BASE_TYPES
            and f.size
            and f.size % BASE_TYPES[f.base].size == 0
            for f in self.fields
        )

    def add_run(self, at: int, count: int) -> None:
        """Add messages back to back from ``at``."""
        if self.starts and self.starts[-1] + self.counts[-1] * self.size == at:
            self.counts[-1] += count
        else:
            self.starts.append(at)
            self.counts.append(count)

    def offsets(self) -> Ints:
        """Return the place of every message [bytes], in file order."""
        singles = np.frombuffer(self.singles, dtype=np.int64)
        if not self.starts:
            return singles
        starts = np.frombuffer(self.starts, dtype=np.int64)
        counts = np.frombuffer(self.counts, dtype=np.int64)
        first = np.cumsum(counts) - counts
        within = np.arange(int(counts.sum())) - np.repeat(first, counts)
        runs = np.repeat(starts, counts) + within * self.size
        if not len(singles):
            return runs
        return np.sort(np.concatenate([singles, runs]), kind="stable")


@dataclass(eq=False)
class Part:
    """One file of a chain: its messages by definition, and what was wrong.

    ``start`` is the place of its header, ``body`` of its first message, ``end`` of its checksum,
    and ``after`` of whatever follows. ``sound`` says that the checksum fits.
    """

    data: bytes
    start: int
    body: int
    end: int
    after: int
    layouts: list[Layout] = field(default_factory=list)
    compressed: bool = False
    sound: bool = False
    issues: list[Issue] = field(default_factory=list)
    most_layouts: int = 1_000

    def note(
        self, code: str, severity: Severity, message: str, at: int, count: int = 1
    ) -> None:
        """Add an issue with its byte offset."""
        self.issues.append(Issue(code, severity, message, count, f"byte {at}"))


def definition(data: bytes, at: int, end: int) -> Layout | None:
    """Return the definition message at ``at``, None where the data ends before it does."""
    if at + 6 > end:
        return None
    stop = at + 6 + 3 * data[at + 5]
    if data[at] & _DEVELOPER:
        if stop >= end:
            return None
        stop += 1 + 3 * data[stop]
    return None if stop > end else Layout(data[at:stop], at)


def find_definition(data: bytes, start: int, end: int) -> int:
    """Return the place of the first convincing definition message, -1 where there is none."""
    at = start
    while (at := data.find(b"\0", at + 1, end)) > 0:
        head = at - 1
        if (
            head >= start
            and data[head] & 0xC0 == DEFINITION
            and data[at + 1 : at + 2] in (b"\0", b"\1")
        ):
            layout = definition(data, head, end)
            if (
                layout is not None
                and len(layout.fields) > 1
                and layout.message < 0xFF00
                and layout.plausible
            ):
                return head
    return -1


class Book:
    """The definitions in force, and every layout met; the same definition again is the same
    layout.
    """

    def __init__(self) -> None:
        self.layouts: dict[tuple[bytes, int], Layout] = {}
        self.sizes = [0] * 256
        self.owners: list[Layout | None] = [None] * 256
        self.adders: list[Callable[[int], None]] = [_nowhere] * 256
        self.compressed = False
        self.described = 0  # descriptions of developer fields so far
        self.fields = 0  # of all layouts
        self.in_runs = 0  # messages back to back

    def define(self, layout: Layout) -> Layout:
        """Put a definition in force and return its layout."""
        # Developer fields get their meaning from descriptions, which may be replaced between two
        # definitions.
        described = self.described if layout.raw[0] & _DEVELOPER else 0
        local = layout.raw[0] & 0x0F
        key = (layout.raw[2:], described)
        if key not in self.layouts:
            self.fields += layout.raw[5]
        layout = self.layouts.setdefault(key, layout)
        add: Callable[[int], None] = layout.singles.append
        if layout.message == FIELD_DESCRIPTION:
            add = partial(self._add_description, layout)
        # Two bits of a data message's header are reserved; a few recorders set them.
        self._assign(range(local, 0x40, 0x10), layout, add)
        if local < 4:
            first = COMPRESSED + local * 32
            add = partial(self._add_compressed, layout)
            self._assign(range(first, first + 32), layout, add)
        return layout

    def count(self, layout: Layout, messages: int) -> None:
        """Take note of messages that were added to a layout as a run."""
        self.in_runs += messages
        if layout.message == FIELD_DESCRIPTION:
            self.described += messages

    def __len__(self) -> int:
        """Return the number of messages."""
        return self.in_runs + sum(len(o.singles) for o in self.layouts.values())

    def is_full(self, most: int) -> bool:
        """Whether there are more layouts, or fields in them, than files of that many hold."""
        return len(self.layouts) > most or self.fields > _FIELDS_OF_LAYOUT * most

    def _assign(
        self, heads: range, layout: Layout, add: Callable[[int], None]
    ) -> None:
        for head in heads:
            self.sizes[head] = layout.size
            self.owners[head] = layout
            self.adders[head] = add

    def _add_description(self, layout: Layout, at: int) -> None:
        self.described += 1
        layout.singles.append(at)

    def _add_compressed(self, layout: Layout, at: int) -> None:
        self.compressed = True
        layout.singles.append(at)


def _nowhere(at: int) -> None:
    """Stand in for a local number without a definition; such messages are never added."""


def walk(part: Part, max_messages: int) -> int:
    """Collect the messages of a part and return the place of the first fault, -1 when there is
    none.

    Raises
    ------
    LimitError
        When there are more than ``max_messages``, more than 100,000 definitions, or, in a sound
        part, more that differ than it may have.
    """
    data, pos, end = part.data, part.body, part.end
    book = Book()
    sizes, adders = book.sizes, book.adders
    before, ahead, definitions = -1, _AHEAD, 0
    fault = -1
    while pos < end and fault < 0:
        stop = min(end, pos + _STRIDE)
        while pos < stop:
            head = data[pos]
            size = sizes[head]
            if size:
                if head == before:
                    # Headers of the messages from here on, as far as they are the same.
                    heads = data[pos : min(pos + size * ahead, end) : size]
                    same = len(heads) - len(heads.lstrip(_MARKS[head]))
                    layout = book.owners[head]
                    if same > 1 and layout is not None:
                        ahead = min(ahead * 16, 8192) if same == ahead else _AHEAD
                        layout.starts.append(pos)
                        layout.counts.append(same)
                        book.count(layout, same)
                        pos += same * size
                        continue
                before = head
                adders[head](pos)
                pos += size
            else:
                layout = (
                    definition(data, pos, end)
                    if head & 0xC0 == DEFINITION
                    else None
                )
                definitions += 1
                if layout is None or definitions > _DEFINITIONS:
                    fault = pos
                    break
                book.define(layout)
                if book.is_full(part.most_layouts):
                    if part.sound:
                        raise LimitError(
                            f"more than {part.most_layouts} definitions that differ "
                            "(limit: layouts)",
                            format="fit",
                        )
                    fault = pos
                    break
                before = -1
                pos += len(layout.raw)
        if definitions > _DEFINITIONS or len(book) > max_messages:
            raise LimitError(
                f"more than {max_messages} messages (limit: records)",
                format="fit",
            )
    part.layouts = list(book.layouts.values())
    part.compressed = book.compressed
    if pos > end:
        fault = _drop_last(part)
    return fault


def _drop_last(part: Part) -> int:
    """Take away the message that reaches beyond the end and return its place."""
    last = {}
    for layout in part.layouts:
        if len(layout):
            last[layout] = int(layout.offsets()[-1])
    layout = max(last, key=lambda o: last[o])
    if layout.singles and layout.singles[-1] == last[layout]:
        layout.singles.pop()
    else:
        layout.counts[-1] -= 1
    return last[layout]
