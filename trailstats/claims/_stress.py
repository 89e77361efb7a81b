"""Stress: proxies of pace pressure. How freely the pace goes, last-kilometre surges, chasing of own
bests, drift.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs
from trailstats.claims._mechanisms import chasing
from trailstats.metrics.variety import route_groups
from trailstats.schema import Verdict


def stress(data: Evidence) -> Finding:
    """Return whether unhurried trail runs show less pace pressure, by two proxies that must agree.

    A pace that varies more may come from the ground alone; so last-kilometre surges must be smaller
    as well.
    """
    runs = data.runs
    calm = runs["unhurried"]
    ends = pd.Series(data.surges, index=runs.index)
    spread = compare_runs(data, "pace_spread", runs["pace_spread"], where=calm)
    surge = compare_runs(data, "final_surge", ends, where=calm)
    drift = compare_runs(data, "drift", runs["decoupling"], where=calm)
    chased = chasing(data, route_groups(data.cells))
    verdicts = {spread.result.verdict, surge.result.verdict}
    if Verdict.NOT_ENOUGH_DATA in verdicts:
        whole: Verdict | None = Verdict.NOT_ENOUGH_DATA
    elif len(verdicts) == 1:
        whole = spread.result.verdict
    else:
        whole = Verdict.INCONCLUSIVE
    # Both must hold, so the weaker of the two tests decides.
    p = float(np.maximum(spread.p_value, surge.p_value))
    main = replace(spread.with_verdict(whole), p_value=p)
    open_parts = [part for part in (spread, surge) if part.is_open]
    if open_parts:
        main = main.needing(*open_parts[0].result.needs)
    main = main.stating(
        "The pace varies more on trail, and runs end with less of a surge."
    )
    return answer("stress", main, parts=(spread, surge, chased, drift))
