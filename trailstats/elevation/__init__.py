"""Elevation over distance: noise, smoothing, grade over a window with its error, ascent with a
threshold, and how far all of it can be believed.
"""

from __future__ import annotations

from trailstats.elevation._ascent import (
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
    "turning_points",
]
