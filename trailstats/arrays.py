"""Types of the arrays that everything computes on, and how arguments become such arrays."""

from __future__ import annotations

from typing import Final

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
    "broadcast_floats",
    "divide_by_positive",
    "sum_up_to",
]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Times = NDArray[np.datetime64]


WIDTH_95: Final = 1.959964
"""Half width of a 95 % interval of a normal distribution, in standard deviations."""


def as_floats(values: ArrayLike) -> Floats:
    """Return values as float64, without a copy where none is needed."""
    return np.asarray(values, dtype=np.float64)


def as_flags(values: ArrayLike) -> Flags:
    """Return values as booleans, without a copy where none is needed."""
    return np.asarray(values, dtype=np.bool_)


def as_indices(values: ArrayLike) -> NDArray[np.intp]:
    """Return values as indices of an array, without a copy where none is needed."""
    return np.asarray(values, dtype=np.intp)


def broadcast_floats(*values: ArrayLike) -> tuple[Floats, ...]:
    """Return all values as float64, broadcast against each other."""
    arrays = tuple(map(as_floats, values))
    shape = arrays[0].shape
    if all(array.shape == shape for array in arrays):
        return arrays
    return np.broadcast_arrays(*arrays)


_LEAST = 1e-290


def divide_by_positive(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """Return the quotient, NaN where the denominator is not positive."""
    above, below = broadcast_floats(numerator, denominator)
    quotient = np.full(below.shape, np.nan)
    # By less a quotient may be no double any more.
    return as_floats(np.divide(above, below, out=quotient, where=below > _LEAST))


def sum_up_to(values: ArrayLike) -> Floats:
    """Return the sums of all values before each index, from 0 to the sum of all."""
    return np.concatenate([[0.0], np.cumsum(values)])
