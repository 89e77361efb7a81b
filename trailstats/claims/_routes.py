"""The ground of all runs side by side: which of it is new."""

from __future__ import annotations

from typing import Final

import numpy as np

from trailstats.arrays import Floats
from trailstats.claims._evidence import Evidence
from trailstats.metrics.variety import route_novelty

MEMORY: Final = 365.0
"""Ground not run for so long counts as new [day]."""

LEARNING: Final = 56.0
"""In the first weeks all ground is new, so they are not judged [day] (our choice)."""


def novelty(data: Evidence) -> Floats:
    """Return the share of each run's ground that was not run in the year before; NaN in the first
    eight weeks.
    """
    days = data.runs["day"].to_numpy()
    share = route_novelty(data.cells, days, memory=MEMORY)
    return np.where(days - days.min(initial=np.inf) >= LEARNING, share, np.nan)
