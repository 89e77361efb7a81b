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
from trailstats.claims._finding import Finding, answer, compare_runs, part_of
from trailstats.claims._routes import cells_of_runs, surges
from trailstats.claims.result import ClaimResult
from trailstats.metrics.variability import chasing_index
from trailstats.metrics.variety import route_groups
from trailstats.schema import Verdict

__all__ = ["stress"]


def stress(data: Evidence) -> Finding:
    """Return whether unhurried trail runs show less pace pressure, by two proxies that must agree.

    A pace that varies more may come from the ground alone; so last-kilometre surges must be smaller
    as well.
    """
    runs = data.runs
    calm = runs["unhurried"]
    spread = part_of(
        data,
        "pace_spread",
        "coefficient of variation of the grade-adjusted speed within an unhurried run, a proxy for "
        "running free of a "
        "number",
        "1",
        compare_runs(data, runs["pace_spread"], where=calm),
        1,
        statement="The pace varies more on trail.",
        caveats=("Uneven ground raises it as well.",),
    )
    surge = part_of(
        data,
        "final_surge",
        "change of grade-adjusted speed in the last kilometre of an unhurried run against earlier "
        "on the same ground, "
        "a proxy for chasing a result",
        "1",
        compare_runs(data, pd.Series(surges(data), index=runs.index), where=calm),
        -1,
        statement="Runs end with less of a surge on trail.",
    )
    drift = part_of(
        data,
        "drift",
        "loss of grade-adjusted metres per heart beat from the first to the second half of steady "
        "runs",
        "1",
        compare_runs(data, runs["decoupling"], where=calm),
        -1,
        statement="Heart rate drifts less on trail.",
    )
    pair = (spread, surge)
    verdicts = {p.result.verdict for p in pair}
    whole = verdicts.pop() if len(verdicts) == 1 else Verdict.INCONCLUSIVE
    if Verdict.NOT_ENOUGH_DATA in {p.result.verdict for p in pair}:
        whole = Verdict.NOT_ENOUGH_DATA
    caveats = (
        "No file holds stress. These are proxies of pace pressure that no study has validated.",
        "The claim counts as decided only where the spread of pace and the surge at the end say "
        "the same.",
    )
    # Both must hold, so the weaker of the two tests decides.
    p = float(np.max([p.p_value for p in pair]))
    main = Finding(replace(spread.result, verdict=whole), p, spread.tables)
    return answer(
        "stress", main, parts=(spread, surge, _chasing(data), drift), caveats=caveats
    )


def _chasing(data: Evidence) -> Finding:
    """Return the share of repeats of a route near the own best, for each side, without an
    interval.
    """
    runs = data.runs
    groups = route_groups(cells_of_runs(data))
    shares, counts = {}, {}
    for side in ("trail", "road"):
        own = (
            (runs["side"] == side).to_numpy()
            & runs["unhurried"].to_numpy()
            & (groups >= 0)
        )
        shares[side] = chasing_index(groups[own], runs["moving_time"].to_numpy()[own])
        counts[side] = int(own.sum() - len(np.unique(groups[own])))
    result = ClaimResult(
        "chasing",
        "Own bests on known routes are chased less on trail.",
        "share of repeats of a route within 2 % of the own best, a proxy for chasing results",
        "1",
        trail=shares["trail"],
        road=shares["road"],
        difference=shares["trail"] - shares["road"],
        n_trail=counts["trail"],
        n_road=counts["road"],
        verdict=Verdict.INCONCLUSIVE
        if np.isfinite(shares["trail"] - shares["road"])
        else Verdict.NOT_ENOUGH_DATA,
        caveats=(
            "Shown without an interval and decides nothing: too few repeats of each route.",
        ),
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
