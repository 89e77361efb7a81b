"""The values that the rest works on: a recording, an athlete, heart-rate limits and results, all
frozen.
"""

from __future__ import annotations

from trailstats.model.activity import Activity, ActivityMeta, CleanActivity, Issue
from trailstats.model.athlete import Athlete
from trailstats.model.limits import HeartRateLimits
from trailstats.model.results import Analysis, Metric, Totals

__all__ = [
    "Activity",
    "ActivityMeta",
    "Analysis",
    "Athlete",
    "CleanActivity",
    "HeartRateLimits",
    "Issue",
    "Metric",
    "Totals",
]
