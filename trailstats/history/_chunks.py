"""The tables of many analyses, some tens in one block, kept beside the first of them: a history of
thousands is read from few blocks, and a new recording changes the last of them.

Where a block ends follows from the keys of the results, so a recording that is put between two
others, or taken away, leaves all blocks but one as they are.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, Final, Protocol, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats import schema
from trailstats.arrays import Ints
from trailstats.cache import Cache
from trailstats.errors import SchemaError
from trailstats.history._pack import join_columns, sound

Joined = tuple[dict[str, NDArray[Any]], Ints]
"""Columns by name, one analysis after the other, and how many rows each has."""

APART: Final = 32
"""One of so many keys begins a block (our choice): then a history of a thousand has some thirty."""

_FORMAT: Final = "1"
_FAST: Final = 1
_CODES: Final = np.dtype("<i4")


@dataclass(frozen=True)
class Slot:
    """Where the blocks of one result lie: under a key, by its number among those of the source."""

    store: Cache
    key: bytes
    number: int


class Entry(Protocol):
    """One analysis in a store."""

    @property
    def slot(self) -> Slot:
        """Where it lies."""

    @property
    def measures(self) -> str:
        """What stands for the runner's measures, where its blocks don't rest on them."""

    def table(self, table: schema.Table) -> bytes:
        """Return the block of a table."""


E = TypeVar("E", bound=Entry)


def columns_in_chunks(
    entries: Sequence[Entry], table: schema.Table, names: Sequence[str]
) -> Joined:
    """Return some columns of one table of analyses that lie in a lasting store; see
    `join_columns`.
    """
    return _joined(
        [_of_chunk(chunk, table, names) for chunk in _chunks(entries)], names
    )


def made_in_chunks(
    entries: Sequence[E],
    name: str,
    basis: str,
    make: Callable[[list[E]], Joined],
) -> Joined:
    """Return columns that are made of some analyses at a time, as they are kept, else made now.

    Parameters
    ----------
    entries : sequence of Entry
        In a lasting store.
    name : str
        Of what is made.
    basis : str
        What it follows from besides the analyses.
    make : callable
        Given some of them.
    """
    found = []
    for chunk in _chunks(entries):
        said = "\n".join([_FORMAT, basis, *map(_address, chunk)])
        found.append(_kept(chunk[0].slot, name, said, partial(make, chunk)))
    return _joined(found, list(found[0][0]) if found else [])


def _joined(
    found: Sequence[Joined], names: Sequence[str]
) -> tuple[dict[str, NDArray[Any]], Ints]:
    columns = {}
    for name in names:
        # Given up one by one: the tracks of thousands of runs fill memory.
        parts = [own.pop(name) for own, _ in found]
        held = [part for part in parts if len(part)]
        columns[name] = np.concatenate(held or [np.zeros(0)])
    return columns, np.concatenate([counts for _, counts in found])


def _chunks(entries: Sequence[E]) -> Iterator[list[E]]:
    """Yield the entries in pieces, the last of which may grow."""
    piece: list[E] = []
    for entry in entries:
        if piece and entry.slot.key[0] % APART == 0:
            yield piece
            piece = []
        piece.append(entry)
    if piece:
        yield piece


def _of_chunk(
    chunk: Sequence[Entry], table: schema.Table, names: Sequence[str]
) -> Joined:
    def make() -> Joined:
        blocks = (entry.table(table) for entry in chunk)
        known = [column.name for column in table if column.name != "file"]
        return join_columns(blocks, table, known)

    said = "\n".join([_FORMAT, *(_stands_for(e, table) for e in chunk)])
    slot = chunk[0].slot
    return _kept(slot, f"{table.name} of some", said, make, names)


def _kept(
    slot: Slot,
    name: str,
    said: str,
    make: Callable[[], Joined],
    names: Sequence[str] | None = None,
) -> Joined:
    """Return some columns, or all, as they are kept for what is said of them; else as they are
    made.
    """
    basis = sha256(said.encode()).hexdigest()
    block = slot.store.derived(slot.key, slot.number, name, basis)
    if block is not None:
        with suppress(SchemaError):
            return _unpacked(block, names)
    columns, counts = make()
    kept = (slot.key, slot.number, _packed(columns, counts))
    slot.store.put_derived(name, basis, [kept])
    return {name: columns[name] for name in names or columns}, counts


def _stands_for(entry: Entry, table: schema.Table) -> str:
    """Return what the table of an analysis follows from."""
    own = "" if table is not schema.IMPACT else entry.measures
    return f"{_address(entry)} {own}"


def _address(entry: Entry) -> str:
    return f"{entry.slot.key.hex()} {entry.slot.number}"


def _packed(columns: dict[str, NDArray[Any]], counts: Ints) -> bytes:
    """Return columns as bytes, each compressed by itself: few are asked for."""
    heads = []
    bodies = [zlib.compress(counts.astype("<i8").tobytes(), _FAST)]
    for name, values in columns.items():
        texts: list[str | None] = []
        if values.dtype == object:
            codes, found = pd.factorize(values, use_na_sentinel=False)
            texts = [t if isinstance(t, str) else None for t in found.tolist()]
            values = codes.astype(_CODES)
        body = zlib.compress(np.ascontiguousarray(values).tobytes(), _FAST)
        heads.append((name, values.dtype.str, texts, len(body)))
        bodies.append(body)
    line = json.dumps([len(bodies[0]), heads], ensure_ascii=False).encode()
    return b"".join([line, b"\n", *bodies])


def _unpacked(block: bytes, names: Sequence[str] | None) -> Joined:
    with sound("tables of some analyses"):
        begin = block.index(b"\n") + 1
        size, heads = json.loads(block[:begin])
        counts = _array(block[begin : begin + size], "<i8")
        at = begin + size
        columns = {}
        for name, dtype, texts, size in heads:
            if names is None or name in names:
                values = _array(block[at : at + size], dtype)
                if texts:
                    values = np.array(texts, dtype=object)[values]
                columns[name] = values
            at += size
        return {name: columns[name] for name in names or columns}, counts


def _array(block: bytes, dtype: str) -> NDArray[Any]:
    return np.frombuffer(zlib.decompress(block), dtype=dtype)
