"""Types of the arrays that everything computes on, and how arguments become such arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "ArrayLike",
    "Flags",
    "Floats",
    "Ints",
    "Times",
    "as_flags",
    "as_floats",
    "as_indices",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Times = NDArray[np.datetime64]


def as_floats(values: ArrayLike) -> Floats:
    """Return values as float64, without a copy where none is needed."""
    return np.asarray(values, dtype=np.float64)


def as_flags(values: ArrayLike) -> Flags:
    """Return values as booleans, without a copy where none is needed."""
    return np.asarray(values, dtype=np.bool_)


def as_indices(values: ArrayLike) -> NDArray[np.intp]:
    """Return values as indices of an array, without a copy where none is needed."""
    return np.asarray(values, dtype=np.intp)
