"""Enjoyment: rated feel, exertion for the load, days to the next run, new ground."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs, part_of
from trailstats.claims._routes import cells_of_runs, novelty
from trailstats.claims.stats import MatchRules
from trailstats.metrics.load import LoadMethod
from trailstats.schema import Verdict

__all__ = ["enjoyment"]

RATED = MatchRules(fewest=10)
"""Ratings are coarse, so they need more runs."""


def enjoyment(data: Evidence) -> Finding:
    """Return whether trail runs were rated to feel better; the other parts are proxies that decide
    nothing.
    """
    runs = data.runs
    feel = part_of(
        data,
        "feel",
        "how the run felt as rated by the runner, 0 very weak to 100 very strong",
        "1",
        compare_runs(data, runs["feel"], rules=RATED),
        1,
        statement="Trail runs are rated to feel better.",
        rules=RATED,
    )
    # A load from the rating itself would say nothing, and one from duration alone little.
    methods = [LoadMethod.HEART_RATE.value, LoadMethod.PACE.value]
    measured = runs["session_load_method"].isin(methods) & runs["session_load"].gt(0)
    exertion = part_of(
        data,
        "exertion_per_load",
        "rated exertion per 100 of session load",
        "1",
        compare_runs(
            data,
            100.0 * runs["rpe"] / runs["session_load"].where(measured),
            rules=RATED,
        ),
        -1,
        statement="The same load feels easier on trail.",
        rules=RATED,
    )
    wait = pd.Series(
        np.append(np.diff(runs["day"].to_numpy()), np.nan)[: len(runs)],
        index=runs.index,
    )
    again = part_of(
        data,
        "days_to_next_run",
        "days to the next run, a proxy for wanting to run again",
        "day",
        compare_runs(data, wait),
        -1,
        statement="The next run follows sooner after a trail run.",
        caveats=("Plans and recovery set this as well.",),
    )
    fresh = part_of(
        data,
        "new_ground",
        "share of the ground not run in the year before, a proxy for exploring",
        "1",
        compare_runs(
            data, pd.Series(novelty(data, cells_of_runs(data)), index=runs.index)
        ),
        1,
        statement="Trail runs cover more new ground.",
    )
    rated = int(runs["feel"].notna().sum())
    caveats = [
        f"{rated} of {len(runs)} runs are rated. People tend to rate very good and very bad days."
    ]
    main = feel
    if (
        not rated
        and min((runs["side"] == side).sum() for side in ("trail", "road"))
        >= RATED.fewest
    ):
        caveats = [
            "No run holds a rating of how it felt, so enjoyment isn't measured; the parts are weak "
            "proxies."
        ]
        main = replace(
            main, result=replace(main.result, verdict=Verdict.NOT_MEASURABLE)
        )
    return answer(
        "enjoyment", main, parts=(feel, exertion, again, fresh), caveats=tuple(caveats)
    )
