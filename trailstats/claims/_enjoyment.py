"""Enjoyment: rated feel, exertion for the load, days to the next run, new ground."""

from __future__ import annotations

import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs
from trailstats.claims._routes import novelty
from trailstats.claims.result import Need
from trailstats.claims.stats import MatchRules
from trailstats.metrics.load import LoadMethod
from trailstats.schema import Verdict

RATED = MatchRules(fewest=10)
"""Ratings are coarse, so they need more runs."""


def enjoyment(data: Evidence) -> Finding:
    """Return whether trail runs were rated to feel better; the other parts are proxies that decide
    nothing.
    """
    runs = data.runs
    feel = compare_runs(data, "feel", runs["feel"], rules=RATED)
    # A load from the rating itself would say nothing, and one from duration alone little.
    methods = [LoadMethod.HEART_RATE.value, LoadMethod.PACE.value]
    measured = runs["session_load_method"].isin(methods) & runs[
        "session_load"
    ].gt(0)
    exertion = 100.0 * runs["rpe"] / runs["session_load"].where(measured)
    wait = runs["day"].shift(-1) - runs["day"]
    fresh = pd.Series(novelty(data), index=runs.index)
    parts = (
        feel,
        compare_runs(data, "exertion_per_load", exertion, rules=RATED),
        compare_runs(data, "days_to_next_run", wait),
        compare_runs(data, "new_ground", fresh),
    )
    rated = int(runs["feel"].notna().sum())
    if not rated and min(data.n_trail, data.n_road) >= RATED.fewest:
        text = f"rate how {RATED.fewest} trail and {RATED.fewest} road runs felt"
        main = feel.untested(Verdict.NOT_MEASURABLE).needing(
            Need("ratings", text, 2.0 * RATED.fewest)
        )
        caveat = (
            "No run holds a rating of how it felt, so enjoyment isn't measured; the parts are weak "
            "proxies."
        )
    else:
        main = feel
        caveat = (
            f"{rated} of {len(runs)} runs are rated. People tend to rate very good and very bad "
            "days."
        )
    return answer("enjoyment", main, parts=parts, caveats=(caveat,))
