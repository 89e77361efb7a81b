"""What a table is: columns with dtype, unit and meaning, and how a frame is made from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

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
    def _labels(self) -> pd.Index:
        # One index for all frames, so that its table of names for looking up columns is made once.
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

    def frame(
        self, data: Mapping[str, object], index: pd.Index | None = None
    ) -> pd.DataFrame:
        """Return a frame with exactly this table's columns, in order and with their dtypes.

        Parameters
        ----------
        data : mapping of str to array-like
            Columns; those not given are filled with NaN, an empty string, 0 or False after their
            dtype.
        index : pandas.Index, optional
            Index of the frame.

        Raises
        ------
        SchemaError
            When ``data`` has a column that the table does not know, or one of another length.
        """
        unknown = set(data) - set(self.names)
        if unknown:
            raise SchemaError(
                f"table {self.name!r} has no column {sorted(unknown)}"
            )
        lengths = (
            len(v)
            for v in data.values()
            if isinstance(v, Sized) and not isinstance(v, str)
        )
        size = len(index) if index is not None else max(lengths, default=0)
        rows = pd.RangeIndex(size) if index is None else index
        frame: pd.DataFrame = create_dataframe_from_blocks(
            [*self._blocks(data, size)], rows, self._labels
        )
        return frame

    def _blocks(
        self, data: Mapping[str, object], size: int
    ) -> Iterator[tuple[object, NDArray[np.intp]]]:
        # Numbers of one dtype in one piece from the start: several times as fast as columns that
        # pandas looks at and puts together one by one.
        for dtype, places in self._places.items():
            names = [self.columns[i].name for i in places]
            values = [_column(data.get(name), dtype, size) for name in names]
            if dtype in _NUMBERS:
                block = np.empty((len(places), size), dtype)
                for row, column in zip(block, values, strict=True):
                    row[:] = cast(Any, column)
                yield block, np.array(places)
                continue
            for place, column in zip(places, values, strict=True):
                yield column, np.array([place])

    def validate(self, frame: pd.DataFrame) -> None:
        """Raise `SchemaError` unless ``frame`` has this table's columns with their dtypes."""
        if (
            frame.columns.equals(self._labels)
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
_FILL: dict[str, object] = {
    "float64": float("nan"),
    "str": "",
    "bool": False,
    "int64": 0,
}


def _column(values: object, dtype: str, size: int) -> object:
    """Return values as an array of a column's dtype, or a number for one that is repeated."""
    if values is None:
        values = _FILL.get(dtype, pd.NaT)
    one = isinstance(values, str) or not isinstance(values, Sized)
    if not one and len(cast(Sized, values)) != size:
        raise SchemaError(
            f"{len(cast(Sized, values))} values for {size} rows of a table"
        )
    if dtype in _NUMBERS:
        return values if one else np.asarray(values, dtype=dtype)
    if one:
        values = [values] * size
    if dtype == "str":
        return pd.array(cast(Any, values), dtype=_TEXT)
    times = (
        values
        if isinstance(values, pd.DatetimeIndex)
        else pd.DatetimeIndex(cast(Any, values))
    )
    if times.tz is None:
        times = times.tz_localize("UTC")
    # A block of times has two dimensions, as one of numbers.
    return times.as_unit("ns").array.copy().reshape(1, -1)
