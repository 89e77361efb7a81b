"""Tables as Arrow's C stream, so that polars, DuckDB and pyarrow take them without a file and
without pyarrow here [ArrowC]_.

The stream is written with `ctypes`: each structure of Arrow's C data interface holds a reference to
a Python object that owns its memory, and gives it back when the one who took it calls ``release``.
"""

from __future__ import annotations

import ctypes
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from trailstats.schema import FORMAT_VERSION, Table

__all__ = ["METADATA_KEY", "ArrowTable"]

METADATA_KEY: Final = "trailstats"
"""Key of a schema's metadata that holds the table's name and the version of its columns."""

_NULLABLE = 2  # flag of a field
_STREAM: Final = b"arrow_array_stream"
_NO_SUCH_BATCH = None


class _Schema(ctypes.Structure):
    _fields_ = (
        ("format", ctypes.c_void_p),
        ("name", ctypes.c_void_p),
        ("metadata", ctypes.c_void_p),
        ("flags", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


class _Array(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.c_void_p),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


class _Stream(ctypes.Structure):
    _fields_ = (
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.c_void_p),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


def _python(name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401  # types of ctypes
    """Return a function of Python's own.

    An object of its own: those of `ctypes.pythonapi` are shared by all that ask for the name, and
    whoever asks last would say what the arguments are, this module loaded a second time included.
    """
    return ctypes.PYFUNCTYPE(result, *arguments)((name, ctypes.pythonapi))


_keep = _python("Py_IncRef", None, ctypes.py_object)
_drop = _python("Py_DecRef", None, ctypes.py_object)
_Release = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_Give = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_Explain = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
_Destroy = ctypes.PYFUNCTYPE(None, ctypes.c_void_p)


def _owner_of(address: int) -> Any:  # noqa: ANN401  # whatever was kept
    return ctypes.cast(address, ctypes.py_object).value


def _owned(structure: ctypes.Structure, owner: object) -> None:
    """Let a structure own an object, and say how it is given back."""
    _keep(owner)
    held: Any = structure
    held.private_data = id(owner)
    held.release = ctypes.cast(_RELEASE[type(held)], ctypes.c_void_p).value


def _releaser(kind: type[ctypes.Structure]) -> Callable[[int], None]:
    """Return what gives back a structure of a kind, with those below it."""

    def release(address: int) -> None:
        held: Any = kind.from_address(address)
        if not held.release:
            return
        owner = _owner_of(held.private_data)
        for child in getattr(owner, "children", ()):
            if child.release:
                release(ctypes.addressof(child))
        held.release = None
        _drop(owner)

    return release


_RELEASE: Final = {
    kind: _Release(_releaser(kind)) for kind in (_Schema, _Array, _Stream)
}


@dataclass(eq=False)
class _Memory:
    """What a structure points to: the structures below it, and its buffers."""

    children: list[Any]
    buffers: list[Any]

    def pointers(self) -> int | None:
        """Return the address of the addresses of the structures below."""
        if not self.children:
            return None
        made = (ctypes.c_void_p * len(self.children))(
            *map(ctypes.addressof, self.children)
        )
        self.buffers.append(made)
        return ctypes.addressof(made)


@dataclass(eq=False)
class _Column:
    """One column: its format in Arrow's words, and its buffers, first the mask of nulls."""

    name: str
    format: bytes
    n_missing: int
    buffers: list[np.ndarray[Any, Any] | None]
    unit: str = ""


def _column(name: str, values: pd.Series, unit: str) -> _Column:
    """Return a column of a frame; NaN and NaT are missing, anything else than numbers and times is
    text.
    """
    missing = values.isna().to_numpy()
    count = int(missing.sum())
    mask = np.packbits(~missing, bitorder="little") if count else None
    kind = values.dtype
    if isinstance(kind, pd.DatetimeTZDtype):
        held = values.dt.tz_convert("UTC").dt.as_unit("ns").astype("int64")
        return _Column(name, b"tsn:UTC", count, [mask, held.to_numpy()], unit)
    if pd.api.types.is_bool_dtype(kind):
        bits = np.packbits(values.to_numpy(dtype=bool), bitorder="little")
        return _Column(name, b"b", count, [mask, bits], unit)
    if pd.api.types.is_integer_dtype(kind):
        whole = np.ascontiguousarray(values, dtype=np.int64)
        return _Column(name, b"l", count, [mask, whole], unit)
    if pd.api.types.is_float_dtype(kind):
        real = np.ascontiguousarray(values, dtype=np.float64)
        return _Column(name, b"g", count, [mask, real], unit)
    return _Column(name, b"U", count, [mask, *_texts(values)], unit)


def _texts(values: pd.Series) -> list[np.ndarray[Any, Any] | None]:
    """Return where each text begins and ends, and all of them one after the other."""
    codes, found = pd.factorize(values)
    each = [str(text).encode(errors="replace") for text in found] + [b""]
    lengths = np.array([len(text) for text in each], dtype=np.int64)[codes]
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    joined = b"".join([each[code] for code in codes])
    return [ends, np.frombuffer(joined or b"\0", dtype=np.uint8)]


def _metadata(entries: Mapping[str, str]) -> Any:  # noqa: ANN401  # a buffer of ctypes
    """Return keys and values as the C data interface has them; None for none."""
    if not entries:
        return None
    texts = [text.encode() for pair in entries.items() for text in pair]
    parts = [struct.pack("=i", len(entries))]
    for text in texts:
        parts += [struct.pack("=i", len(text)), text]
    return ctypes.create_string_buffer(b"".join(parts))


def _fill_schema(
    out: Any,  # noqa: ANN401  # a structure of ctypes
    about: tuple[bytes, str, Mapping[str, str]],
    children: list[Any],
) -> None:
    """Fill in a structure that says what a column, or the whole table, is."""
    format_, name, entries = about
    texts = [
        ctypes.create_string_buffer(format_),
        ctypes.create_string_buffer(name.encode()),
    ]
    metadata = _metadata(entries)
    memory = _Memory(children, [*texts, metadata])
    out.format, out.name = map(ctypes.addressof, texts)
    out.metadata = None if metadata is None else ctypes.addressof(metadata)
    out.flags = 0 if children else _NULLABLE
    out.n_children, out.children = len(children), memory.pointers()
    out.dictionary = None
    _owned(out, memory)


def _fill_array(
    out: Any,  # noqa: ANN401  # a structure of ctypes
    length: int,
    column: _Column | None,
    children: list[Any],
) -> None:
    """Fill in a structure that holds a column's values, or the whole table."""
    buffers = column.buffers if column else [None]
    addresses = (ctypes.c_void_p * len(buffers))(
        *(None if b is None else b.ctypes.data for b in buffers)
    )
    memory = _Memory(children, [*buffers, addresses])
    out.length, out.offset = length, 0
    out.null_count = column.n_missing if column else 0
    out.n_buffers, out.buffers = len(buffers), ctypes.addressof(addresses)
    out.n_children, out.children = len(children), memory.pointers()
    out.dictionary = None
    _owned(out, memory)


class _Source:
    """What a stream gives: its schema, and one batch of all rows."""

    def __init__(
        self, columns: list[_Column], length: int, about: Mapping[str, str]
    ) -> None:
        self.columns, self.length, self.about = columns, length, about
        self.given = False

    def fill_schema(self, out: Any) -> None:  # noqa: ANN401
        """Fill in the table's schema."""
        children = []
        for column in self.columns:
            child = _Schema()
            entries = {"unit": column.unit} if column.unit else {}
            _fill_schema(child, (column.format, column.name, entries), [])
            children.append(child)
        _fill_schema(out, (b"+s", "", self.about), children)

    def fill_next(self, out: Any) -> None:  # noqa: ANN401
        """Fill in the batch; the second time, that there is no other."""
        if self.given:
            out.release = _NO_SUCH_BATCH
            return
        self.given = True
        children = []
        for column in self.columns:
            child = _Array()
            _fill_array(child, self.length, column, [])
            children.append(child)
        _fill_array(out, self.length, None, children)


def _source_of(address: int) -> _Source:
    source: _Source = _owner_of(_Stream.from_address(address).private_data)
    return source


def _get_schema(stream: int, out: int) -> int:
    _source_of(stream).fill_schema(_Schema.from_address(out))
    return 0


def _get_next(stream: int, out: int) -> int:
    _source_of(stream).fill_next(_Array.from_address(out))
    return 0


def _destroy(capsule: int) -> None:
    """Give back a stream that nobody took, and the structure that the capsule points to."""
    address = _pointer_of(capsule, _STREAM)
    structure = _owner_of(_context_of(capsule))
    if structure.release:
        _RELEASE[_Stream](address)
    _drop(structure)


_new_capsule = _python(
    "PyCapsule_New", ctypes.py_object, ctypes.c_void_p, ctypes.c_char_p, _Destroy
)
# In the destructor nothing may hold the capsule anew: it is passed as an address.
_pointer_of = _python(
    "PyCapsule_GetPointer", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p
)
_context_of = _python("PyCapsule_GetContext", ctypes.c_void_p, ctypes.c_void_p)
_set_context = _python(
    "PyCapsule_SetContext", ctypes.c_int, ctypes.py_object, ctypes.c_void_p
)
_CALLS: Final[tuple[Any, ...]] = (
    _Give(_get_schema),
    _Give(_get_next),
    _Explain(lambda stream: None),
    _Destroy(_destroy),
    _STREAM,
    *_RELEASE.values(),
)
for _call in _CALLS:
    # Whoever took a table may give it back when this module is long gone.
    _keep(_call)


def _capsule(source: _Source) -> object:
    stream = _Stream()
    calls = [ctypes.cast(c, ctypes.c_void_p).value for c in _CALLS[:3]]
    stream.get_schema, stream.get_next, stream.get_last_error = calls
    _owned(stream, source)
    _keep(stream)
    made = _new_capsule(ctypes.addressof(stream), _STREAM, _CALLS[3])
    _set_context(made, id(stream))
    return made


@dataclass(frozen=True, eq=False)
class ArrowTable:
    """A table that other programs take as Arrow, without a file and without pyarrow here.

    Attributes
    ----------
    table : Table
        What it is called, with the units and meanings of its columns.
    frame : pandas.DataFrame
        An index with a name becomes the first column. NaN and NaT become nulls.

    Examples
    --------
    >>> import polars as pl
    >>> import trailstats as ts
    >>> run = ts.analyze("data/samples/odd/two-tracks.gpx")
    >>> pl.DataFrame(run.table("segments")).columns[:3]
    ['file', 'index', 'start_time']
    """

    table: Table
    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return a capsule with the table as one batch; each column's unit stands in its metadata,
        the table's name and ``format_version`` in the schema's. The asked schema is not heeded, as
        the protocol allows.
        """
        units = {column.name: column.unit for column in self.table}
        frame = self.frame
        named = [name for name in frame.index.names if name is not None]
        if named:
            frame = frame.reset_index()
        columns = [
            _column(str(name), frame[name], units.get(str(name), ""))
            for name in frame.columns
        ]
        about = {"table": self.table.name, "format_version": FORMAT_VERSION}
        entries = {METADATA_KEY: json.dumps(about)}
        return _capsule(_Source(columns, len(frame), entries))
