"""Matched comparison, regression on series and adjustment for several questions, each with its
interval.
"""

from trailstats.claims.stats._adjust import holm
from trailstats.claims.stats._bounds import (
    allow_for_bias,
    allow_for_dilution,
    allow_for_slope,
    bounds_at,
)
from trailstats.claims.stats._comparison import Comparison, MatchRules
from trailstats.claims.stats._matched import compare
from trailstats.claims.stats._pooling import Pooled, pool_differences
from trailstats.claims.stats._series import (
    Regression,
    ar1_regression,
    smallest_detectable,
    standardised_slopes,
)

__all__ = [
    "Comparison",
    "MatchRules",
    "Pooled",
    "Regression",
    "allow_for_bias",
    "allow_for_dilution",
    "allow_for_slope",
    "ar1_regression",
    "bounds_at",
    "compare",
    "holm",
    "pool_differences",
    "smallest_detectable",
    "standardised_slopes",
]
