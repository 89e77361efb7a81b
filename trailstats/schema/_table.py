"""What a table is: columns with dtype, unit and meaning, and how a frame is made from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeGuard, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.internals import create_dataframe_from_blocks

from trailstats.errors import SchemaError


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    dtype : str
        ``"float64"``, ``"int64"``, ``"bool"``, ``"str"`` or ``"datetime64[ns, UTC]"``.
    unit : str
        SI unit; ``"1"`` for plain numbers and fractions, ``""`` where a unit makes no sense.
    meaning : str
    """

    name: str
    dtype: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """A table's name, its columns in order, and what one row stands for."""

    name: str
    row: str
    columns: tuple[Column, ...]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> list[str]:
        """The columns' names, in order."""
        return [column.name for column in self.columns]

    @cached_property
    def labels(self) -> pd.Index:
        """The columns' names as an index: one for all frames, so that its table of names for
        looking up columns is made once.
        """
        return pd.Index(self.names)

    @cached_property
    def _empty(self) -> pd.DataFrame:
        # Made once: typed columns without rows cost more than a short recording.
        return self.frame({})

    @cached_property
    def _dtypes(self) -> list[object]:
        return [
            pd.api.types.pandas_dtype(column.dtype) for column in self.columns
        ]

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        # By dtype, where its columns stand.
        places: dict[str, list[int]] = {}
        for i, column in enumerate(self.columns):
            places.setdefault(column.dtype, []).append(i)
        return places

    def empty(self) -> pd.DataFrame:
        """Return a frame with all columns and no rows."""
        return self._empty.copy(deep=False)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.names)

    def columns_of(
        self, data: Mapping[str, object], size: int | None = None
    ) -> Columns:
        """Return this table's columns as arrays, with their dtypes; a frame of them can be made
        later.

        Parameters
        ----------
        data : mapping of str to array-like
            Columns, or one value for all rows; those not given are filled with NaN, an empty
            string, 0 or False after their dtype.
        size : int, optional
            Rows; as many as the longest column has by default.

        Raises
        ------
        SchemaError
            When ``data`` has a column that the table does not know, or one of another length.
        """
        if unknown := data.keys() - self._known:
            raise SchemaError(
                f"table {self.name!r} has no column {sorted(unknown)}"
            )
        if size is None:
            size = max((len(v) for v in data.values() if _is_many(v)), default=0)
        arrays = {
            column.name: _array(data.get(column.name), column.dtype, size)
            for column in self.columns
        }
        return Columns(self, arrays, size)

    def frame(
        self, data: Mapping[str, object], index: pd.Index | None = None
    ) -> pd.DataFrame:
        """Return a frame with exactly this table's columns, in order and with their dtypes.

        Parameters
        ----------
        data : mapping of str to array-like
            As `columns_of` takes them.
        index : pandas.Index, optional
            Index of the frame.

        Raises
        ------
        SchemaError
            When ``data`` has a column that the table does not know, or one of another length.
        """
        size = None if index is None else len(index)
        return self.columns_of(data, size).to_frame(index)

    def blocks(
        self, arrays: Mapping[str, NDArray[Any]], size: int
    ) -> Iterator[tuple[object, NDArray[np.intp]]]:
        """Yield the blocks of a frame of columns, each with the places of its columns."""
        # Numbers of one dtype in one piece from the start: several times as fast as columns that
        # pandas looks at and puts together one by one.
        for dtype, places in self._places.items():
            values = [arrays[self.columns[i].name] for i in places]
            if dtype in _NUMBERS:
                block = np.empty((len(places), size), dtype)
                for row, column in zip(block, values, strict=True):
                    row[:] = column
                yield block, np.array(places)
                continue
            for place, column in zip(places, values, strict=True):
                held = (
                    pd.array(cast(Any, column), dtype=_TEXT)
                    if dtype == "str"
                    # A block of times has two dimensions, as one of numbers.
                    else pd.DatetimeIndex(column.copy(), tz="UTC").array.reshape(
                        1, -1
                    )
                )
                yield held, np.array([place])

    def validate(self, frame: pd.DataFrame) -> None:
        """Raise `SchemaError` unless ``frame`` has this table's columns with their dtypes."""
        if (
            frame.columns.equals(self.labels)
            and frame.dtypes.tolist() == self._dtypes
        ):
            return
        found = dict(zip(frame.columns, map(str, frame.dtypes), strict=True))
        for column in self.columns:
            if column.name not in found:
                raise SchemaError(
                    f"table {self.name!r} lacks the column {column.name!r}"
                )
            if found[column.name] != column.dtype:
                raise SchemaError(
                    f"{self.name}.{column.name} is {found[column.name]}, not {column.dtype}"
                )


TIME = "datetime64[ns, UTC]"
_NUMBERS = ("float64", "int64", "bool")
_TEXT = pd.api.types.pandas_dtype("str")
_KINDS: dict[str, Any] = {**{name: name for name in _NUMBERS}, "str": object}
"""How columns of a dtype are held as arrays; all others are times."""

_FILL: dict[str, object] = {
    "float64": float("nan"),
    "str": "",
    "bool": False,
    "int64": 0,
}


def _is_many(values: object) -> TypeGuard[Sized]:
    """Whether this is a column, and not one value for all rows."""
    return isinstance(values, Sized) and not isinstance(values, str)


def _array(values: object, dtype: str, size: int) -> NDArray[Any]:
    """Return values as an array of a column's dtype."""
    kind = _KINDS.get(dtype, "datetime64[ns]")
    if values is None:
        values = _FILL.get(dtype, np.datetime64("NaT"))
    if not _is_many(values):
        return np.full(size, cast(Any, values), dtype=kind)
    if len(values) != size:
        raise SchemaError(f"{len(values)} values for {size} rows of a table")
    if dtype in _KINDS:
        return np.asarray(values, dtype=kind)
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return np.asarray(values, dtype=kind)
    return pd.DatetimeIndex(cast(Any, values)).as_unit("ns").asi8.view(kind)


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a table as arrays, from which its frame is made only if someone looks at it.

    Attributes
    ----------
    table : Table
    arrays : mapping of str to numpy.ndarray
        All of one length; texts as objects, times as ``datetime64[ns]`` in UTC. Not to be written
        to.
    size : int
        How many rows there are.

    Examples
    --------
    >>> from trailstats import schema
    >>> efforts = schema.EFFORTS.columns_of({"ground": "level", "distance": [400.0, 800.0]})
    >>> efforts["distance"].tolist(), len(efforts)
    ([400.0, 800.0], 2)
    >>> efforts.to_frame()["ground"].tolist()
    ['level', 'level']
    """

    table: Table
    arrays: Mapping[str, NDArray[Any]]
    size: int

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self.arrays[name]

    def __len__(self) -> int:
        return self.size

    def to_frame(self, index: pd.Index | None = None) -> pd.DataFrame:
        """Return the table as a frame, by default with rows that are numbered from 0."""
        rows = pd.RangeIndex(self.size) if index is None else index
        blocks = [*self.table.blocks(self.arrays, self.size)]
        frame: pd.DataFrame = create_dataframe_from_blocks(
            blocks, rows, self.table.labels
        )
        return frame
