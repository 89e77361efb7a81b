"""What the ground may change: an interval per kind of ground, never a single number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Ground(StrEnum):
    """Kind of ground, as far as the literature on step impacts and energy tells kinds apart."""

    PAVED = "paved"
    DIRT = "dirt"
    GRASS = "grass"
    WOODCHIP = "woodchip"
    SAND = "sand"
    TECHNICAL = "technical"
    UNKNOWN_TRAIL = "unknown_trail"


@dataclass(frozen=True)
class SurfaceFactor:
    """Factor of a kind of ground relative to paved ground, with the interval that the evidence
    leaves open.

    Attributes
    ----------
    low, central, high : float
        Bounds and central value of the factor. [1]
    reference : str
        Keys of the sources that the interval was judged from.

    Raises
    ------
    ValueError
        If the three are not in order or not positive.
    """

    low: float
    central: float
    high: float
    reference: str

    def __post_init__(self) -> None:
        if not 0.0 < self.low <= self.central <= self.high:
            values = f"{self.low}, {self.central}, {self.high}"
            raise ValueError(f"expected 0 < low <= central <= high, got {values}")

    @property
    def distinguishable(self) -> bool:
        """Whether the interval excludes 1, that is, whether an effect of the ground may be stated
        at all.
        """
        return self.low > 1.0 or self.high < 1.0


SURFACE_FACTORS: Final[Mapping[str, SurfaceFactor]] = MappingProxyType(
    {
        Ground.PAVED: SurfaceFactor(1.00, 1.00, 1.00, "reference"),
        Ground.DIRT: SurfaceFactor(
            0.90, 1.00, 1.10, "[Garcia2021], [Mitchell2023]"
        ),
        Ground.GRASS: SurfaceFactor(
            0.83, 0.97, 1.10, "[Waite2021], [Tessutti2012], [FerroSanchez2023]"
        ),
        Ground.WOODCHIP: SurfaceFactor(
            0.75, 0.90, 1.00, "[Boey2017], [Mitchell2023]"
        ),
        Ground.SAND: SurfaceFactor(0.70, 0.90, 1.00, "[Mitchell2023]"),
        Ground.TECHNICAL: SurfaceFactor(
            0.90, 1.00, 1.20, "[Garcia2021], [Mitchell2023]"
        ),
        Ground.UNKNOWN_TRAIL: SurfaceFactor(
            0.83, 1.00, 1.10, "[Garcia2021], [Waite2021], [Mitchell2023]"
        ),
    }
)
"""Factor on the impact component of a step. The intervals are our choice from the studies named,
which disagree; real dirt and gravel trails showed no difference at all.
"""

ENERGY_FACTORS: Final[Mapping[str, SurfaceFactor]] = MappingProxyType(
    {
        Ground.PAVED: SurfaceFactor(1.00, 1.00, 1.00, "reference"),
        Ground.DIRT: SurfaceFactor(
            1.00, 1.00, 1.05, "[Skroce2023], [Voloshina2015]"
        ),
        Ground.GRASS: SurfaceFactor(
            1.00, 1.00, 1.05, "[Skroce2023], [Voloshina2015]"
        ),
        Ground.TECHNICAL: SurfaceFactor(1.00, 1.05, 1.10, "[Voloshina2015]"),
        Ground.UNKNOWN_TRAIL: SurfaceFactor(
            1.00, 1.02, 1.10, "[Skroce2023], [Voloshina2015]"
        ),
        Ground.SAND: SurfaceFactor(
            1.50, 1.55, 1.60, "[Lejeune1998], [Pinnington2001]"
        ),
    }
)
"""Factor on the energy of running. Walking coefficients are larger and must not be used here."""
