"""Strength and balance: doses of climbing, descending and uneven steps. A dose is no ability."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, compare_runs, part_of
from trailstats.metrics.impact import GRAVITY
from trailstats.schema import Verdict
from trailstats.schema.arrays import Floats

__all__ = ["balance", "strength"]


def strength(data: Evidence) -> Finding:
    """Return whether trail runs hold more climbing for their length; the other doses and the
    balance as parts.
    """
    runs = data.runs
    kilometres = (runs["distance"] / 1000.0).where(runs["distance"] > 0)
    climb = part_of(
        data,
        "climb_dose",
        "climb per kilometre, a dose that stands for the stimulus to muscles, not for strength",
        "m/km",
        compare_runs(data, runs["ascent"] / kilometres),
        1,
        statement="Trail runs hold more climbing.",
    )
    descent = part_of(
        data,
        "descent_dose",
        "braking work downhill per kilogram and kilometre, a dose that stands for eccentric load",
        "J/kg/km",
        compare_runs(data, GRAVITY * runs["descent"] / kilometres),
        1,
        statement="Trail runs hold more braking.",
    )
    steps = part_of(
        data,
        "step_diversity",
        "coefficient of variation of step length over a run's stretches, a proxy for how varied "
        "the load of steps is",
        "1",
        compare_runs(
            data,
            pd.Series(_step_diversity(data), index=runs.index),
            where=runs["unhurried"],
        ),
        1,
        statement="Steps vary more on trail.",
    )
    uneven = part_of(
        data,
        "stance_imbalance",
        "distance of the stance-time balance from even, as a share of the stance time",
        "1",
        compare_runs(data, (runs["stance_time_balance"] - 0.5).abs()),
        -1,
        statement="Left and right foot share the stance more evenly on trail.",
        caveats=("A device is about half a per cent of the stance time off.",),
    )
    caveats = (
        "The verdict is about the dose: more climbing for the length. Whether muscles grew "
        "stronger no file shows.",
        "It doesn't decide the half on imbalance; where the device records stance balance, see "
        "that part.",
    )
    return answer(
        "strength", climb, parts=(climb, descent, steps, uneven), caveats=caveats
    )


def balance(data: Evidence) -> Finding:
    """Return whether steps are more variable on trail runs; time on technical ground as a part."""
    runs = data.runs
    steps = part_of(
        data,
        "step_variability",
        "coefficient of variation of cadence at steady running, a dose of uneven steps: exposure, "
        "not ability",
        "1",
        compare_runs(data, runs["cadence_cv"], where=runs["unhurried"]),
        1,
        statement="Steps are less regular on trail.",
    )
    technical = part_of(
        data,
        "technical_time",
        "time on technical ground per run, a proxy from descent speed, its spread and turning",
        "s",
        compare_runs(data, runs["technical_time"]),
        1,
        statement="Trail runs hold time on technical ground.",
        caveats=(
            "Road is never called technical, so this part favours trail by definition and decides "
            "nothing.",
        ),
    )
    weeks = max(float(np.ptp(runs["day"].to_numpy())) / 7.0, 1.0) if len(runs) else 1.0
    minutes = float(np.nansum(runs["technical_time"].to_numpy())) / 60.0 / weeks
    caveats = [
        "It measures the dose of uneven steps, not the ability to balance; no file shows that."
    ]
    if runs["technical_time"].notna().any():
        caveats.append(
            f"{minutes:.1f} minutes a week on technical ground over the whole period."
        )
    main = steps
    if len(runs) and runs["cadence_cv"].isna().all():
        caveats.append(
            "No cadence, or one recorded too coarsely, so the variability of steps can't be told."
        )
        main = replace(
            main, result=replace(main.result, verdict=Verdict.NOT_MEASURABLE)
        )
    return answer("balance", main, parts=(steps, technical), caveats=tuple(caveats))


def _step_diversity(data: Evidence) -> Floats:
    """Return the spread of step length over each run's stretches, weighted by time; NaN with fewer
    than three.
    """
    table = data.segments
    table = table[
        (table["cadence"] > 0) & (table["speed"] > 0) & (table["duration"] > 0)
    ]
    row, time = table["row"].to_numpy(dtype=np.intp), table["duration"].to_numpy()
    length = (60.0 * table["speed"] / table["cadence"]).to_numpy()
    count = len(data.runs)
    total = np.bincount(row, weights=time, minlength=count)
    known = (np.bincount(row, minlength=count) >= 3) & (total > 0)
    safe = np.where(known, total, 1.0)
    mean = np.bincount(row, weights=time * length, minlength=count) / safe
    square = (
        np.bincount(row, weights=time * (length - mean[row]) ** 2, minlength=count)
        / safe
    )
    return np.where(known, np.sqrt(square) / np.where(mean > 0, mean, 1.0), np.nan)
