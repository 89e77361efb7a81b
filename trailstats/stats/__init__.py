"""Matched comparison, regression on series and adjustment for several questions, each with its interval."""

from trailstats.stats._adjust import holm
from trailstats.stats._matched import Comparison, MatchRules, compare
from trailstats.stats._series import Regression, ar1_regression, smallest_detectable
from trailstats.stats._strata import compare_within_strata

__all__ = [
    "Comparison",
    "MatchRules",
    "Regression",
    "ar1_regression",
    "compare",
    "compare_within_strata",
    "holm",
    "smallest_detectable",
]
