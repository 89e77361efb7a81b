"""What a distance that a receiver loses on trail does to what is measured there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from trailstats.arrays import Floats, as_floats
from trailstats.metrics.impact import (
    active_component,
    impact_component,
    modelled_cadence,
    tibial_component,
)

LOST: Final = 0.03
"""Share of the way that receivers lose under trees and on bends [1] (our choice: they lose 0 to
5 %, and the mean square of that is 3 %): the runner was so much faster than recorded.
"""

_ON_LEVEL: Final[Mapping[str, Callable[[Floats], Floats]]] = MappingProxyType(
    {
        "active": lambda speed: active_component(speed),
        "impact": lambda speed: impact_component(speed, 0.0),
        "tibial": lambda speed: tibial_component(speed, 0.0),
    }
)


def load_if_lost(
    tissue: str, exponent: float, speed: float, powers: tuple[float, float]
) -> tuple[float, float]:
    """Return how far the true logarithm of a load per amount may lie below and above the one seen.

    Parameters
    ----------
    tissue : str
        Component of the load: active, impact or tibial.
    exponent : float
        Of the load of a step [1].
    speed : float
        Usual speed on trail, as recorded [m/s].
    powers : (float, float)
        By which powers of the speed the amount may have been missed, least and most: both 1 for a
        distance, both 0 for a time.

    Returns
    -------
    (float, float)
        Not more than 0, and not less. Steps may have been counted, which no receiver changes, or
        modelled from the speed, of which there were more then.

    Examples
    --------
    >>> low, high = load_if_lost("active", 1.0, 3.0, (1.0, 1.0))
    >>> round(low, 3), round(high, 3)
    (-0.019, 0.0)
    """
    step = _ON_LEVEL[tissue]
    both = as_floats([speed, speed * (1.0 + LOST)])
    heavier = exponent * float(np.diff(np.log(step(both)))[0])
    more = float(np.diff(np.log(modelled_cadence(both)))[0])
    least, most = (power * float(np.log1p(LOST)) for power in powers)
    return min(0.0, heavier - most), max(0.0, heavier + more - least)
