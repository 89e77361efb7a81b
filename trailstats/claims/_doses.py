"""Strength and balance: doses of climbing, descending and uneven steps. A dose is no ability."""

from __future__ import annotations

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs
from trailstats.claims._mechanisms import falls
from trailstats.claims.result import Need
from trailstats.metrics.impact import GRAVITY
from trailstats.schema import Verdict


def strength(data: Evidence) -> Finding:
    """Return whether trail runs hold more climbing for their length; the other doses and the
    balance as parts.
    """
    runs = data.runs
    kilometres = (runs["distance"] / 1000.0).where(runs["distance"] > 0)
    braking = GRAVITY * runs["descent"] / kilometres
    diversity = pd.Series(_step_diversity(data), index=runs.index)
    imbalance = (runs["stance_time_balance"] - 0.5).abs()
    climb = compare_runs(data, "climb_dose", runs["ascent"] / kilometres)
    parts = (
        climb,
        compare_runs(data, "descent_dose", braking),
        compare_runs(data, "step_diversity", diversity, where=runs["unhurried"]),
        compare_runs(data, "stance_imbalance", imbalance),
    )
    return answer("strength", climb, parts=parts)


def balance(data: Evidence) -> Finding:
    """Return whether steps are more variable on trail runs; time on technical ground as a part."""
    runs = data.runs
    calm = runs["unhurried"]
    steps = compare_runs(data, "step_variability", runs["cadence_cv"], where=calm)
    technical = compare_runs(data, "technical_time", runs["technical_time"])
    caveats = []
    if runs["technical_time"].notna().any():
        weeks = max(float(np.ptp(runs["day"])) / 7.0, 1.0)
        minutes = float(runs["technical_time"].sum()) / 60.0 / weeks
        caveats.append(
            f"{minutes:.1f} minutes a week on technical ground over the whole period."
        )
    main = steps
    if len(runs) and runs["cadence_cv"].isna().all():
        main = steps.untested(Verdict.NOT_MEASURABLE).needing(
            Need("cadence", "a recorded cadence in runs on both grounds")
        )
        caveats.append(
            "No cadence, or one recorded too coarsely, so the variability of steps isn't known."
        )
    return answer(
        "balance", main, parts=(steps, technical, falls()), caveats=caveats
    )


def _step_diversity(data: Evidence) -> Floats:
    """Return the spread of step length over each run's stretches, weighted by time; NaN with fewer
    than three.
    """
    table = data.segments
    moving = (table[["cadence", "speed", "duration"]] > 0).all(axis=1)
    table = table[moving]
    row = as_indices(table["row"])
    time = table["duration"].to_numpy()
    length = (60.0 * table["speed"] / table["cadence"]).to_numpy()
    count = len(data.runs)
    total = np.bincount(row, weights=time, minlength=count)
    known = (np.bincount(row, minlength=count) >= 3) & (total > 0)
    safe = np.where(known, total, 1.0)
    mean = np.bincount(row, weights=time * length, minlength=count) / safe
    squares = time * (length - mean[row]) ** 2
    variance = np.bincount(row, weights=squares, minlength=count) / safe
    return np.where(
        known, np.sqrt(variance) / np.where(mean > 0, mean, 1.0), np.nan
    )
