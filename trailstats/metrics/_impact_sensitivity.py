"""Constants of the load of the steps, how far each may lie off, and the load at given ones."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from trailstats.arrays import Floats, as_floats
from trailstats.metrics._surface_factor import SurfaceFactor

EXPONENTS: Final = (1.0, 4.0, 6.6, 9.0)
"""Exponents of the per-step magnitude [1]. 1 counts load. That damage grows much faster with
magnitude than with the number of steps is [Edwards2018]_; which exponents stand for a daily
stimulus (4), for bone (6.6) and for tendon (9) is our choice.
"""

DOWNHILL_SLOPE: Final = 0.06
"""Increase of the impact component per degree downhill, from +54 % at -9 degrees
[GottschallKram2005]_.
"""

DOWNHILL_SLOPE_RANGE: Final = (0.04, 0.08)
"""What `DOWNHILL_SLOPE` may be (our choice around the source)."""

MEASURED_ANGLE: Final = 9.0
"""Angle beyond which the effect of grade is held, because nobody measured there [degrees]."""

IMPACT_SPEED_SLOPE: Final = 0.21
"""Increase of the impact component with speed [s/m] (our choice). That it grows with speed is
[Mercer2005]_.
"""

STEEP_GRADE: Final = 0.10
"""Absolute grade from which two studies disagree on the load inside the shin [1]."""

STEEP_FACTOR_RANGE: Final = (0.85, 1.15)
"""What steep ground may do to the load inside the shin [1] (our choice between [Rice2024]_ and
[Baggaley2023]_).
"""


@dataclass(frozen=True, eq=False)
class ImpactConstants:
    """What the evidence on the load of a step leaves open: one value of each, or draws of them.

    Attributes
    ----------
    surface_factor : float or numpy.ndarray
        Factor of the ground on the impact component, see `SURFACE_FACTORS`. [1]
    downhill_slope : float or numpy.ndarray
        Increase of the impact component per degree downhill. [1/degree]
    steep_factor : float or numpy.ndarray
        Factor on the tibial component where the absolute grade is 0.10 or more. [1]
    exponent : float or numpy.ndarray
        Exponent of the per-step magnitude. [1]

    Raises
    ------
    ValueError
        If an exponent is not positive.
    """

    surface_factor: Floats | float = 1.0
    downhill_slope: Floats | float = DOWNHILL_SLOPE
    steep_factor: Floats | float = 1.0
    exponent: Floats | float = 1.0

    def __post_init__(self) -> None:
        if not np.all(as_floats(self.exponent) > 0.0):
            raise ValueError(f"exponent must be positive, got {self.exponent}")

    @classmethod
    def draw(
        cls, rng: np.random.Generator, ground: SurfaceFactor, size: int
    ) -> ImpactConstants:
        """Draw constants from their ranges; the first draw holds the central values.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of the draws.
        ground : SurfaceFactor
            Kind of ground; its factor is drawn from a triangle over its interval.
        size : int
            Number of draws. [1]

        Returns
        -------
        ImpactConstants
            Arrays of shape (size,).
        """
        if ground.low == ground.high:
            surface = np.full(size, ground.central)
        else:
            surface = rng.triangular(
                ground.low, ground.central, ground.high, size=size
            )
        downhill = rng.uniform(*DOWNHILL_SLOPE_RANGE, size=size)
        steep = rng.uniform(*STEEP_FACTOR_RANGE, size=size)
        exponent = as_floats(EXPONENTS)[
            rng.integers(0, len(EXPONENTS), size=size)
        ]
        surface[0] = ground.central
        downhill[0] = DOWNHILL_SLOPE
        steep[0] = 1.0
        exponent[0] = 1.0
        return cls(surface, downhill, steep, exponent)


CENTRAL_CONSTANTS: Final = ImpactConstants()
"""The constants that a load rests on where nothing else is said."""


@dataclass(frozen=True, eq=False)
class ImpactSums:
    """Sums of the load of steps on paved ground, at constants that allow any others.

    Each is in equivalent level-road kilometres at 3.0 m/s, raised to the exponent it was summed at.

    Attributes
    ----------
    active : numpy.ndarray
        Peak vertical force of the stance, a muscle and joint load. [km]
    impact, impact_low, impact_high : numpy.ndarray
        External impact peak, at the central downhill slope and at both ends of its range. [km]
    tibial, tibial_steep : numpy.ndarray
        Load inside the shin bone on ground below a grade of 0.10, and on steeper ground. [km]
    """

    active: Floats
    impact: Floats
    impact_low: Floats
    impact_high: Floats
    tibial: Floats
    tibial_steep: Floats


@dataclass(frozen=True, eq=False)
class ImpactLoad:
    """Load by component, each in equivalent level-road kilometres at 3.0 m/s.

    Attributes
    ----------
    active : numpy.ndarray
        Peak vertical force of the stance, a muscle and joint load. [km]
    impact : numpy.ndarray
        External impact peak, the only component that grade and ground move strongly. [km]
    tibial : numpy.ndarray
        Load inside the shin bone. [km]
    """

    active: Floats
    impact: Floats
    tibial: Floats


def impact_sensitivity(
    sums: ImpactSums, constants: ImpactConstants = CENTRAL_CONSTANTS
) -> ImpactLoad:
    """Compute the load that sums of steps come to at given or drawn constants.

    Parameters
    ----------
    sums : ImpactSums
        Sums at the exponent of `constants`, see `impact_load_by_group`.
    constants : ImpactConstants
        Values, or draws that broadcast against the sums.

    Returns
    -------
    ImpactLoad
        Load by component, of the broadcast shape. [km] NaN where its sums are. Between the three
        downhill slopes that were summed the impact component lies on a parabola: exact at exponent
        1, up to 3 % off at 6.6 and 10 % at 9 where all ground falls by 9 degrees.

    References
    ----------
    [GottschallKram2005]_, [Rice2024]_, [Baggaley2023]_, [Edwards2018]_

    Examples
    --------
    >>> from trailstats.metrics import impact
    >>> steps = impact.REFERENCE_STEPS_PER_KM
    >>> sums = impact.impact_load_by_group([0], 3.0, -0.1, steps, exponents=(1.0,))
    >>> soft = impact.impact_sensitivity(sums, impact.ImpactConstants(surface_factor=0.9))
    >>> soft.impact.round(3)
    array([[1.208]])
    """
    return ImpactLoad(
        *(load_component(f.name, sums, constants) for f in fields(ImpactLoad))
    )


def load_component(
    name: str, sums: ImpactSums, constants: ImpactConstants
) -> Floats:
    """Compute one component of `impact_sensitivity`, by its name in `ImpactLoad` [km]."""
    weights = component_weights(name, constants)
    parts = [getattr(sums, column) * w for column, w in weights.items()]
    return as_floats(sum(parts[1:], parts[0]))


def component_weights(
    name: str, constants: ImpactConstants
) -> dict[str, Floats | float]:
    """Return what each of the columns of `ImpactSums` that a component is made of is multiplied by,
    at given or drawn constants.
    """
    if name == "active":
        return {"active": 1.0}
    if name == "tibial":
        steep = constants.steep_factor**constants.exponent
        return {"tibial": 1.0, "tibial_steep": steep}
    # A parabola through the slopes that were summed at.
    low, high = DOWNHILL_SLOPE_RANGE
    middle = DOWNHILL_SLOPE
    x = constants.downhill_slope
    soft = constants.surface_factor**constants.exponent
    return {
        "impact_low": soft
        * (x - middle)
        * (x - high)
        / ((low - middle) * (low - high)),
        "impact": soft
        * (x - low)
        * (x - high)
        / ((middle - low) * (middle - high)),
        "impact_high": soft
        * (x - low)
        * (x - middle)
        / ((high - low) * (high - middle)),
    }
