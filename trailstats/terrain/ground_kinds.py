"""Kinds of ground by surface, steepness, technicality and gait: what variety is counted over."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.schema import Gait, Slope, Surface

__all__ = ["GROUND_KINDS", "LEVEL_GRADE", "kinds_of_ground"]

GROUND_KINDS: Final = (
    "level road",
    "hilly road",
    "level trail",
    "hilly trail",
    "technical",
    "hiked",
)
LEVEL_GRADE: Final = 0.05
"""Below this grade ground is level [1] (our choice)."""


def kinds_of_ground(segments: pd.DataFrame) -> NDArray[np.intp]:
    """Return the kind of ground of each segment.

    Parameters
    ----------
    segments : pandas.DataFrame
        Table `schema.SEGMENTS`.

    Returns
    -------
    numpy.ndarray of int, shape (n,)
        Index in `GROUND_KINDS`; -1 where surface or slope is not known. What is hiked counts as
        that, whatever the ground, and what is technical as that, whatever its steepness.
    """
    surface = segments["surface"]
    known = surface.isin([Surface.TRAIL, Surface.ROAD])
    known &= segments["slope"] != Slope.UNKNOWN
    kind = np.where(surface == Surface.TRAIL, 2, 0)
    kind = kind + ~(segments["mean_grade"].abs() < LEVEL_GRADE).to_numpy()
    kind = np.where(segments["technical"], GROUND_KINDS.index("technical"), kind)
    hiked = segments["gait"] == Gait.HIKE
    kind = np.where(hiked, GROUND_KINDS.index("hiked"), kind)
    return np.where(known, kind, -1).astype(np.intp)
