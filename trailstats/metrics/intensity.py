"""Intensity: heart-rate anchors and zones, easy discipline, signal quality, thresholds from
beats.
"""

from __future__ import annotations

from trailstats.metrics._easy_runs import (
    RECOVERY_WINDOW,
    EasyDiscipline,
    easy_discipline,
    easy_intended,
)
from trailstats.metrics._fractal import (
    Alpha1,
    dfa_alpha1,
    dfa_exponent,
    threshold_from_alpha1,
)
from trailstats.metrics._heart_rate_anchors import (
    heart_rate_max_from_age,
    heart_rate_reserve_fraction,
    observed_heart_rate_max,
)
from trailstats.metrics._heart_rate_quality import (
    HeartRateQuality,
    HeartRateRules,
    heart_rate_quality,
)
from trailstats.metrics._zones import (
    RESERVE_FRACTIONS,
    ZoneRules,
    easy_ceiling,
    hrr_zone_bounds,
    lthr_zone_bounds,
    overshoot,
    polarisation_index,
    share_above,
    three_zone_bounds,
    time_in_zones,
)

__all__ = [
    "RECOVERY_WINDOW",
    "RESERVE_FRACTIONS",
    "Alpha1",
    "EasyDiscipline",
    "HeartRateQuality",
    "HeartRateRules",
    "ZoneRules",
    "dfa_alpha1",
    "dfa_exponent",
    "easy_ceiling",
    "easy_discipline",
    "easy_intended",
    "heart_rate_max_from_age",
    "heart_rate_quality",
    "heart_rate_reserve_fraction",
    "hrr_zone_bounds",
    "lthr_zone_bounds",
    "observed_heart_rate_max",
    "overshoot",
    "polarisation_index",
    "share_above",
    "three_zone_bounds",
    "threshold_from_alpha1",
    "time_in_zones",
]
