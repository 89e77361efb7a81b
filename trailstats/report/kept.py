"""Frozen values as bytes and back: a line of JSON, then the arrays one after the other, packed
together, and behind them what is packed already. Nothing in it can run; what comes back is equal to
the last bit.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import (
    Any,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import numpy as np
from numpy.typing import NDArray

__all__ = ["pack_value", "unpack_value"]

T = TypeVar("T")

_DTYPES = ("<f8", "<i8")
_KINDS = "fi"


def pack_value(value: object) -> bytes:
    """Return a dataclass of plain values, tuples, arrays, bytes and such dataclasses as bytes.

    Examples
    --------
    >>> from trailstats.report.text import Pairs
    >>> from trailstats.report.view import VerdictGroup
    >>> unpack_value(tuple[int, str], pack_value((3, "three")))
    (3, 'three')
    """
    aside = _Aside([], [])
    plain = _plain(value, aside)
    shapes = [(_KINDS.index(a.dtype.kind), len(a)) for a in aside.arrays]
    told = [plain, shapes, list(map(len, aside.packed))]
    line = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    parts = [
        a.astype(_DTYPES[kind]).tobytes()
        for a, (kind, _) in zip(aside.arrays, shapes, strict=True)
    ]
    block = zlib.compress(b"".join([line.encode(), b"\n", *parts]), 1)
    return b"".join([block, *aside.packed])


def unpack_value(kind: Callable[..., T], block: bytes) -> T:
    """Return the value of a type that a block was made from."""
    opened = zlib.decompressobj()
    data = opened.decompress(block)
    end = data.index(b"\n")
    plain, shapes, sizes = json.loads(data[:end])
    aside = _Back(
        _arrays(data, end + 1, shapes), _packed(opened.unused_data, sizes)
    )
    value: T = _reader(kind)(plain, aside)
    return value


class _Aside(NamedTuple):
    """What stands not in the line of JSON, in order."""

    arrays: list[np.ndarray[Any, Any]]
    packed: list[bytes]


class _Back(NamedTuple):
    """The same, one after the other as it comes back."""

    arrays: Iterator[np.ndarray[Any, Any]]
    packed: Iterator[bytes]


def _arrays(
    data: bytes, offset: int, shapes: list[list[int]]
) -> Iterator[np.ndarray[Any, Any]]:
    for kind, count in shapes:
        dtype = np.dtype(_DTYPES[kind])
        # Copied: a view would hold all that was unpacked.
        yield np.frombuffer(data, dtype, count, offset).copy()
        offset += dtype.itemsize * count


def _packed(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    offset = 0
    for size in sizes:
        yield data[offset : offset + size]
        offset += size


def _plain(value: object, aside: _Aside) -> object:
    """Return a value as JSON has it; arrays and bytes are put aside."""
    if isinstance(value, np.ndarray):
        aside.arrays.append(value)
        return None
    if isinstance(value, bytes):
        aside.packed.append(value)
        return None
    if isinstance(value, tuple | list):
        return [_plain(part, aside) for part in value]
    if is_dataclass(value):
        return [_plain(getattr(value, f.name), aside) for f in fields(value)]
    return value


_Read = Callable[[Any, _Back], Any]


@cache
def _reader(kind: Any) -> _Read:  # noqa: ANN401 - what a type hint may be
    """Return what makes a value of a type from JSON and what was put aside."""
    origin, inside = get_origin(kind), get_args(kind)
    # From numpy 2.5 on the type of arrays is an alias with a name, and that is its origin.
    if origin is np.ndarray or origin is NDArray:
        return lambda value, aside: next(aside.arrays)
    if kind is bytes:
        return lambda value, aside: next(aside.packed)
    if origin in (Union, UnionType):
        (other,) = (part for part in inside if part is not type(None))
        read = _reader(other)
        return lambda value, aside: None if value is None else read(value, aside)
    if origin is tuple:
        return _tuple_reader(inside)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        reads = [_reader(hints[f.name]) for f in fields(kind)]
        return lambda values, aside: kind(
            *(
                read(value, aside)
                for read, value in zip(reads, values, strict=True)
            )
        )
    if kind in (str, bool, object):
        return _as_is
    return lambda value, aside: kind(value)


def _tuple_reader(inside: tuple[Any, ...]) -> _Read:
    reads = [_reader(part) for part in inside if part is not Ellipsis]
    if all(read is _as_is for read in reads):
        return _plain_tuple
    if Ellipsis not in inside:
        return lambda values, aside: tuple(
            read(value, aside) for read, value in zip(reads, values, strict=True)
        )
    (read,) = reads
    if read is _plain_tuple:
        return lambda values, aside: tuple(map(tuple, values))
    return lambda values, aside: tuple(read(value, aside) for value in values)


def _plain_tuple(value: Any, aside: _Back) -> Any:  # noqa: ANN401 - as in the JSON
    return tuple(value)


def _as_is(value: Any, aside: _Back) -> Any:  # noqa: ANN401 - as in the JSON
    return value
