"""Frozen values as bytes and back: a line of JSON, then the arrays one after the other. Nothing in
it can run; what comes back is equal to the last bit.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

__all__ = ["pack_value", "unpack_value"]

T = TypeVar("T")

_DTYPES = ("<f8", "<i8", "|u1")
_KINDS = "fiu"
_Arrays = Iterator[np.ndarray[Any, Any]]


def pack_value(value: object) -> bytes:
    """Return a dataclass of plain values, tuples, arrays, bytes and such dataclasses as bytes.

    Examples
    --------
    >>> from trailstats.report.text import Pairs
    >>> from trailstats.report.view import VerdictGroup
    >>> unpack_value(tuple[int, str], pack_value((3, "three")))
    (3, 'three')
    """
    arrays: list[np.ndarray[Any, Any]] = []
    plain = _plain(value, arrays)
    shapes = [(_KINDS.index(a.dtype.kind), len(a)) for a in arrays]
    line = json.dumps([plain, shapes], ensure_ascii=False, separators=(",", ":"))
    parts = [
        a.astype(_DTYPES[kind]).tobytes()
        for a, (kind, _) in zip(arrays, shapes, strict=True)
    ]
    return zlib.compress(b"".join([line.encode(), b"\n", *parts]), 1)


def unpack_value(kind: Callable[..., T], block: bytes) -> T:
    """Return the value of a type that a block was made from."""
    data = zlib.decompress(block)
    end = data.index(b"\n")
    plain, shapes = json.loads(data[:end])
    value: T = _reader(kind)(plain, _arrays(data, end + 1, shapes))
    return value


def _arrays(data: bytes, offset: int, shapes: list[list[int]]) -> _Arrays:
    for kind, count in shapes:
        dtype = np.dtype(_DTYPES[kind])
        yield np.frombuffer(data, dtype, count, offset)
        offset += dtype.itemsize * count


def _plain(value: object, arrays: list[np.ndarray[Any, Any]]) -> object:
    """Return a value as JSON has it; arrays are put aside, in order."""
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return None
    if isinstance(value, bytes):
        arrays.append(np.frombuffer(value, np.uint8))
        return None
    if isinstance(value, tuple | list):
        return [_plain(part, arrays) for part in value]
    if is_dataclass(value):
        return [_plain(getattr(value, f.name), arrays) for f in fields(value)]
    return value


_Read = Callable[[Any, _Arrays], Any]


@cache
def _reader(kind: Any) -> _Read:  # noqa: ANN401 - what a type hint may be
    """Return what makes a value of a type from JSON and the arrays that were put aside."""
    origin, inside = get_origin(kind), get_args(kind)
    # From numpy 2.5 on the type of arrays is an alias with a name, and that is its origin.
    if origin is np.ndarray or origin is NDArray:
        return lambda value, arrays: next(arrays)
    if kind is bytes:
        return lambda value, arrays: next(arrays).tobytes()
    if origin in (Union, UnionType):
        (other,) = (part for part in inside if part is not type(None))
        read = _reader(other)
        return lambda value, arrays: (
            None if value is None else read(value, arrays)
        )
    if origin is tuple:
        return _tuple_reader(inside)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = get_type_hints(kind)
        reads = [_reader(hints[f.name]) for f in fields(kind)]
        return lambda values, arrays: kind(
            *(
                read(value, arrays)
                for read, value in zip(reads, values, strict=True)
            )
        )
    if kind in (str, bool, object):
        return _as_is
    return lambda value, arrays: kind(value)


def _tuple_reader(inside: tuple[Any, ...]) -> _Read:
    reads = [_reader(part) for part in inside if part is not Ellipsis]
    if all(read is _as_is for read in reads):
        return _plain_tuple
    if Ellipsis not in inside:
        return lambda values, arrays: tuple(
            read(value, arrays) for read, value in zip(reads, values, strict=True)
        )
    (read,) = reads
    if read is _plain_tuple:
        return lambda values, arrays: tuple(map(tuple, values))
    return lambda values, arrays: tuple(read(value, arrays) for value in values)


def _plain_tuple(value: Any, arrays: _Arrays) -> Any:  # noqa: ANN401 - as in the JSON
    return tuple(value)


def _as_is(value: Any, arrays: _Arrays) -> Any:  # noqa: ANN401 - as in the JSON
    return value
