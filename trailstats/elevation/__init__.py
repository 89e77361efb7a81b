"""Elevation over distance: noise, smoothing, grade over a window with its error, ascent with a
threshold, and how far all of it can be believed.
"""

from __future__ import annotations

from trailstats.elevation._anew import set_anew, settling
from trailstats.elevation._ascent import (
    Climbing,
    ascent_descent,
    cumulative_ascent,
    turning_points,
)
from trailstats.elevation._ground import Corrected, GroundModel
from trailstats.elevation._profile import (
    Profile,
    grid_profile,
    not_believed,
    rolling_fit,
)
from trailstats.elevation._rules import (
    AnewRules,
    ElevationRules,
    ElevationSource,
    TrustRules,
)
from trailstats.elevation._trust import (
    ElevationQuality,
    Way,
    elevation_quality,
)

__all__ = [
    "AnewRules",
    "Climbing",
    "Corrected",
    "ElevationQuality",
    "ElevationRules",
    "ElevationSource",
    "GroundModel",
    "Profile",
    "TrustRules",
    "Way",
    "ascent_descent",
    "cumulative_ascent",
    "elevation_quality",
    "grid_profile",
    "not_believed",
    "rolling_fit",
    "set_anew",
    "settling",
    "turning_points",
]
