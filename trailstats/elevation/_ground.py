"""What knows the height of the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from numpy.typing import ArrayLike

from trailstats.arrays import Floats


@dataclass(frozen=True, eq=False)
class Corrected:
    """Elevation after a correction.

    Attributes
    ----------
    elevation : numpy.ndarray, shape (n,)
        [m]; NaN where neither knows it.
    message : str
        What was done, for a person.
    """

    elevation: Floats
    message: str


class GroundModel(Protocol):
    """What knows the height of the ground: `trailstats.terrain.dem.GroundTiles`, or a user's
    own.
    """

    def correct(
        self,
        distance: ArrayLike,
        latitude: ArrayLike,
        longitude: ArrayLike,
        elevation: ArrayLike,
    ) -> Corrected | None:
        """Return the elevation corrected by the ground, or None where the model doesn't know it."""
