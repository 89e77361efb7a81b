"""Array types of the formulas."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

ArrayLike: TypeAlias = npt.ArrayLike
BoolArray: TypeAlias = npt.NDArray[np.bool_]
FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]


def as_floats(values: ArrayLike) -> FloatArray:
    """Return `values` as float64, without a copy where none is needed."""
    return np.asarray(values, dtype=np.float64)


def as_bools(values: ArrayLike) -> BoolArray:
    """Return `values` as booleans, without a copy where none is needed."""
    return np.asarray(values, dtype=np.bool_)
