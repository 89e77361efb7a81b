"""What is said beside a comparison: how large it is, and what its runs' lengths leave open."""

from __future__ import annotations

import numpy as np

from trailstats.arrays import as_floats
from trailstats.claims._evidence import Evidence
from trailstats.claims.stats import Comparison

OTHER_LENGTH = 1.4
"""Times as long from which on an answer says so (our choice)."""


def size_of(comparison: Comparison) -> str:
    """Return how large a difference is beside the scatter of single runs, and in how many pairs."""
    parts = []
    if np.isfinite(comparison.standardised):
        parts.append(
            f"{comparison.standardised:+.2f} standard deviations of a single run"
        )
    parts.append(
        f"the trail run has the larger value in {100 * comparison.share_above:.0f} % of the "
        "matched pairs"
    )
    return f"Size of the difference: {'; '.join(parts)}."


def of_other_length(data: Evidence, comparison: Comparison) -> list[str]:
    """Return, where the one ground's runs are much longer, what that leaves open."""
    size = np.log(as_floats(data.runs["moving_time"]))
    trail, road = size[comparison.matched].T
    weights = comparison.paired["weight"]
    longer = float(np.average(trail - road, weights=weights))
    if abs(longer) < np.log(OTHER_LENGTH):
        return []
    sides = ("trail", "road") if longer > 0 else ("road", "trail")
    return [
        f"The matched {sides[0]} runs take {np.exp(abs(longer)):.1f} times as long as the "
        f"{sides[1]} runs. The difference is that of runs of one length; if your longer runs are "
        "meant otherwise than the short ones, that is in it."
    ]
