"""Stress: proxies of pace pressure. How freely the pace goes, last-kilometre surges, chasing of own
bests, drift.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs
from trailstats.claims._routes import cells_of_runs, surges
from trailstats.claims.wording import unanswered
from trailstats.metrics.variability import chasing_index
from trailstats.metrics.variety import route_groups
from trailstats.schema import Verdict


def stress(data: Evidence) -> Finding:
    """Return whether unhurried trail runs show less pace pressure, by two proxies that must agree.

    A pace that varies more may come from the ground alone; so last-kilometre surges must be smaller
    as well.
    """
    runs = data.runs
    calm = runs["unhurried"]
    ends = pd.Series(surges(data), index=runs.index)
    spread = compare_runs(data, "pace_spread", runs["pace_spread"], where=calm)
    surge = compare_runs(data, "final_surge", ends, where=calm)
    drift = compare_runs(data, "drift", runs["decoupling"], where=calm)
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
    return answer("stress", main, parts=(spread, surge, _chasing(data), drift))


def _chasing(data: Evidence) -> Finding:
    """Return the share of repeats of a route near the own best, for each side, without an
    interval.
    """
    runs = data.runs
    groups = route_groups(cells_of_runs(data))
    repeated = runs["unhurried"].to_numpy() & (groups >= 0)
    times = runs["moving_time"].to_numpy()
    shares = {}
    counts = {}
    for side in ("trail", "road"):
        own = (runs["side"] == side).to_numpy() & repeated
        shares[side] = chasing_index(groups[own], times[own])
        counts[side] = int(own.sum() - len(np.unique(groups[own])))
    difference = shares["trail"] - shares["road"]
    result = replace(
        unanswered("chasing"),
        trail=shares["trail"],
        road=shares["road"],
        difference=difference,
        n_trail=counts["trail"],
        n_road=counts["road"],
    )
    return Finding(result, tables=(partial(_repeats, data, groups),))


def _repeats(data: Evidence, groups: NDArray[np.intp]) -> pd.DataFrame:
    """Return the runs on known routes with the time that each took."""
    runs = data.runs
    kept = data.has_side & runs["unhurried"].to_numpy() & (groups >= 0)
    table = pd.DataFrame(
        {
            "part": "chasing",
            "file": data.file_names[kept],
            "side": runs["side"].to_numpy()[kept],
            "route": groups[kept],
            "moving_time": runs["moving_time"].to_numpy()[kept],
        }
    )
    return table.sort_values(["side", "route", "file"], ignore_index=True)
