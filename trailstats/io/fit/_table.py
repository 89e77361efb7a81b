"""Blocks of FIT messages as columns: all messages of one kind in a part, in file order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints
from trailstats.io._build import LARGEST
from trailstats.io.fit._wire import (
    BASE_TYPES,
    TIMESTAMP,
    BaseType,
    FieldSpec,
    Layout,
    Part,
)

_OPAQUE = BaseType("B", 1)
_CELLS, _CELLS_OF_BYTE = 1 << 16, 4  # our choice
MAX_ITEMS = 16  # our choice: longer arrays in a record are blobs, not columns


class _Block(NamedTuple):
    """The messages of one layout: where their bytes begin, and which rows of the table they are."""

    layout: Layout
    buffer: bytes | NDArray[np.uint8]
    first: int
    size: int
    rows: slice | Ints


_Holding = tuple[_Block, FieldSpec, BaseType]
Stored = Callable[[BaseType], Floats | None]


class Table:
    """All messages of one number in a part.

    Parameters
    ----------
    part : Part
    message : int
        Global message number.
    """

    def __init__(self, part: Part, message: int) -> None:
        self.part = part
        layouts = [o for o in part.layouts if o.message == message and len(o)]
        offsets = [o.offsets() for o in layouts]
        self.offsets: Ints = (
            np.concatenate(offsets) if offsets else np.empty(0, dtype=np.int64)
        )
        places: list[slice | Ints]
        if len(layouts) == 1:
            places = [slice(None)]
        else:
            order = np.argsort(self.offsets, kind="stable")
            rank = np.empty(len(order), dtype=np.int64)
            rank[order] = np.arange(len(order))
            self.offsets = self.offsets[order]
            edges = np.cumsum([0, *(len(o) for o in offsets)])
            places = [rank[a:b] for a, b in itertools.pairwise(edges)]
        self._blocks = [
            _block_of(part.data, o, at, rows)
            for o, at, rows in zip(layouts, offsets, places, strict=True)
        ]

    def __len__(self) -> int:
        return len(self.offsets)

    @cached_property
    def _by_number(self) -> dict[int, list[_Holding]]:
        """The blocks that each field stands in: so no field is looked for in every definition."""
        found: dict[int, list[_Holding]] = {}
        for block in self._blocks:
            for spec in block.layout.fields:
                base = BASE_TYPES.get(spec.base, _OPAQUE)
                found.setdefault(spec.number, []).append((block, spec, base))
        return found

    def numbers(self) -> dict[int, tuple[int, ...]]:
        """Return the numbers of the fields, with the sizes in items that they come in."""
        return {
            number: tuple(sorted({_items(spec, base) for _, spec, base in held}))
            for number, held in self._by_number.items()
        }

    def cells(self) -> int:
        """Return how many values further columns may hold in all: some for each byte of the part,
        so that fields which few messages have don't fill the memory with what is missing.
        """
        size = self.part.end - self.part.body
        return max(_CELLS_OF_BYTE * size, _CELLS)

    def values(
        self,
        number: int,
        scale: float = 1.0,
        offset: float = 0.0,
        *,
        item: int = 0,
    ) -> Floats | None:
        """Return one field as numbers, NaN where it is missing; None when no message has a value.

        Parameters
        ----------
        number : int
        scale, offset : float
            The value is the stored number over ``scale``, minus ``offset``.
        item : int
            Which one of an array.
        """
        out = self._merged(self._holding(number), item)
        return None if out is None else scaled(out, scale, offset)

    def developer(self) -> Iterator[tuple[FieldSpec, int, slice | Ints, Stored]]:
        """Yield each developer field of each definition: what it is, the place of the definition,
        the rows of its messages, and what gives their values as stored under a base type; None
        when no message has one.
        """
        for block in self._blocks:
            for spec in block.layout.developer:
                stored = partial(_numbers, block, spec, item=0)
                yield spec, block.layout.defined_at, block.rows, stored

    def texts(self, number: int) -> list[str]:
        """Return one field as texts, empty where it is missing."""
        out = [""] * len(self)
        for rows, raw in self.raw(number):
            for row, content in zip(rows, raw, strict=True):
                text = content.tobytes().split(b"\0", 1)[0]
                out[row] = text.decode("utf-8", errors="replace").strip()
        return out

    def raw(self, number: int) -> list[tuple[Ints, NDArray[np.uint8]]]:
        """Return one field's bytes, a row a message, for each size that it comes in, with the
        rows.
        """
        rows = np.arange(len(self))
        return [
            (rows[block.rows], _bytes(block, spec.at, spec.size))
            for block, spec, _ in self._holding(number)
        ]

    def items(self, number: int, scale: float) -> tuple[Ints, Floats]:
        """Return an array field unrolled in file order, without missing items: rows and values."""
        rows, values = [np.empty(0, dtype=np.int64)], [np.empty(0)]
        numbers = np.arange(len(self))
        for block, spec, base in self._holding(number):
            if base.kind not in "ui":
                continue
            count = _items(spec, base)
            if not count:  # a size that is no multiple of the type's
                continue
            columns = [_stored(block, spec, base, i) for i in range(count)]
            grid = np.stack(columns, axis=1)
            kept = grid.ravel() != base.invalid(grid.dtype.itemsize)
            rows.append(np.repeat(numbers[block.rows], count)[kept])
            values.append(grid.ravel()[kept].astype(np.float64) / scale)
        at, flat = np.concatenate(rows), np.concatenate(values)
        order = np.argsort(at, kind="stable")
        return at[order], flat[order]

    def without_items(self, number: int) -> int:
        """Return how many messages have a field in a size that holds no whole number."""
        held = self._by_number.get(number, ())
        return sum(b.size for b, spec, base in held if not _items(spec, base))

    def seconds(self) -> Floats:
        """Return the times in FIT seconds, NaN where a message has none; compressed ones are
        resolved.
        """
        out = self.values(TIMESTAMP)
        if out is None:
            out = np.full(len(self), np.nan)
        if self.part.compressed and len(self):
            times, offsets = _clock(self.part)
            resolved = pd.Series(times, index=offsets).reindex(self.offsets)
            out = np.where(np.isnan(out), resolved, out)
        return out

    def _holding(
        self, number: int
    ) -> Iterator[tuple[_Block, FieldSpec, BaseType]]:
        """Yield each block with a field of this number in it."""
        yield from self._by_number.get(number, ())

    def _merged(
        self, fields: Iterable[tuple[_Block, FieldSpec, BaseType]], item: int
    ) -> Floats | None:
        """Return one item of some fields as a column, the first value of each message."""
        out: Floats | None = None
        for block, spec, base in fields:
            values = _numbers(block, spec, base, item)
            if values is None:
                continue
            if out is None:
                if isinstance(block.rows, slice):
                    out = values
                    continue
                out = np.full(len(self), np.nan)
            held = out[block.rows]
            out[block.rows] = np.where(np.isnan(held), values, held)
        return out


def scaled(stored: Floats, scale: float, offset: float) -> Floats:
    """Return stored numbers, which are changed, over ``scale`` and minus ``offset``."""
    if scale != 1.0:
        stored /= scale
    if offset:
        stored -= offset
    return stored


def _numbers(
    block: _Block, spec: FieldSpec, base: BaseType, item: int
) -> Floats | None:
    """Return one item of a field as it is stored, NaN where it is missing; None when it is
    everywhere.
    """
    if item >= _items(spec, base):
        return None
    stored = _stored(block, spec, base, item)
    values = stored.astype(np.float64)
    if base.kind == "f":
        missing = np.isnan(values)
        values = np.clip(values, -LARGEST, LARGEST)
    else:
        missing = stored == base.invalid(stored.dtype.itemsize)
    if missing.all():
        return None
    values[missing] = np.nan
    return values


def _block_of(
    data: bytes,
    layout: Layout,
    offsets: Ints,
    rows: slice | Ints,
) -> _Block:
    count, size = len(offsets), layout.size
    if int(offsets[-1]) - int(offsets[0]) == (count - 1) * size:
        return _Block(layout, data, int(offsets[0]), count, rows)
    # One void item a message, so that numpy copies each as a whole.
    windows: NDArray[np.void] = np.ndarray(
        (len(data) - size + 1,), dtype=f"V{size}", buffer=data, strides=(1,)
    )
    return _Block(layout, windows[offsets].view(np.uint8), 0, count, rows)


def _items(spec: FieldSpec, base: BaseType) -> int:
    """Return how many numbers a field holds: 0 for text and for bytes that are no number."""
    if base.kind == "S":
        return 0
    if base.kind == "B":
        return int(spec.size == 1)
    if spec.size % base.size:
        # Some recorders declare a wider type than they write; the size is what counts.
        return int(spec.size in (1, 2, 4) and base.kind != "f")
    return spec.size // base.size


def _stored(
    block: _Block, spec: FieldSpec, base: BaseType, item: int
) -> NDArray[np.number]:
    """Return a view of one item of a field as it is stored."""
    size = base.size if spec.size % base.size == 0 else spec.size
    kind = "u" if base.kind == "B" else base.kind
    order = ">" if block.layout.big else "<"
    return np.ndarray(
        (block.size,),
        dtype=f"{order}{kind}{size}",
        buffer=block.buffer,
        offset=block.first + spec.at + item * size,
        strides=(block.layout.size,),
    )


def _bytes(block: _Block, at: int, size: int) -> NDArray[np.uint8]:
    return np.ndarray(
        (block.size, size),
        dtype=np.uint8,
        buffer=block.buffer,
        offset=block.first + at,
        strides=(block.layout.size, 1),
    )


def _clock(part: Part) -> tuple[Floats, Ints]:
    """Return times [FIT s] and places of all messages that carry a time, in file order.

    A compressed header holds the low five bits of the time; each step forward is the difference
    modulo 32.
    """
    content = np.frombuffer(part.data, dtype=np.uint8)
    places, times, whole = [], [], []
    for layout in part.layouts:
        if not len(layout):
            continue
        at = layout.offsets()
        heads = content[at]
        full = np.full(len(at), np.nan)
        if layout.time_at > 0:
            block = _block_of(part.data, layout, at, slice(None))
            spec = next(f for f in layout.fields if f.at == layout.time_at)
            stored = _stored(block, spec, BASE_TYPES[0x86], 0)
            full = np.where(stored == 0xFFFFFFFF, np.nan, stored)
        packed = np.isnan(full) & (heads >= 0x80)
        carries = packed | ~np.isnan(full)
        places.append(at[carries])
        times.append(np.where(packed, heads & 0x1F, full)[carries])
        whole.append(~packed[carries])
    if not places:
        return np.empty(0), np.empty(0, dtype=np.int64)
    offsets = np.concatenate(places)
    order = np.argsort(offsets)
    offsets = offsets[order]
    counter = np.concatenate(times)[order].astype(np.int64)
    return unrolled(counter, np.concatenate(whole)[order], 0x1F), offsets


def unrolled(counter: Ints, anchored: Flags, mask: int) -> Floats:
    """Return a counter of which mostly the low bits are known as one that runs on.

    Parameters
    ----------
    counter : ndarray of int64, shape (n,)
        The whole value where ``anchored``, else the bits of ``mask``; each value lies less than a
        full turn of these after the one before.
    anchored : ndarray of bool, shape (n,)
    mask : int

    Returns
    -------
    ndarray, shape (n,)
        NaN before the first whole value.
    """
    step = np.zeros(len(counter), dtype=np.int64)
    step[1:] = np.diff(counter) & mask
    step[anchored] = 0
    total = np.cumsum(step)
    last = np.maximum.accumulate(np.where(anchored, np.arange(len(counter)), -1))
    anchor = np.maximum(last, 0)
    value = counter[anchor] + total - total[anchor]
    return np.where(last >= 0, value, np.nan)
