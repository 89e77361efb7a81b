"""Same effort: heart rate at equal grade-adjusted speed, trail ground against road ground."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, part_of
from trailstats.claims._stretches import Rise, calm_stretches
from trailstats.claims.result import ClaimResult
from trailstats.claims.stats import (
    Comparison,
    MatchRules,
    allow_for_dilution,
    allow_for_slope,
    compare,
)
from trailstats.schema import Surface, Verdict
from trailstats.schema.arrays import Floats

__all__ = ["same_effort"]

SHORTEST: Final = 600.0
"""Time on one ground that makes a run count there [s]; judgement."""

LEAST_CONTRAST: Final = 0.4
"""Probability of trail on the trail side less that on the road side that a comparison needs;
judgement.
"""

RULES: Final = MatchRules(days=60.0, duration_ratio=4.0)
"""Drift is allowed for, so runs of different length may be compared."""

NO_MATTER: Final = 3.0
"""A difference in heart rate that a single run can't show [1/min]; judgement from [Lamberts2004]_.
"""

METRIC: Final = "heart rate at equal grade-adjusted speed"


def same_effort(data: Evidence) -> Finding:
    """Return whether equal grade-adjusted speed costs more heart beats on trail ground.

    A run has one value on each ground that it holds ten minutes of. Stretches whose ground is not
    decided count for the ground of the run. Speeds differ between the grounds and matching single
    stretches by speed would match noise with noise, so heart rates are moved along one line to the
    same speed.
    """
    runs = data.runs
    cells, rise = _cells(data)
    caveats = (
        "Heart rates are moved to the same grade-adjusted speed along the runner's own line within "
        "runs; slope, drift, "
        "warm-up and the heart's lag are allowed for. Runs within two months and by the same "
        "device are compared, hard "
        "runs and descents below -5 % left out.",
        "The grade-adjusted speed is a model; where it misjudges a slope, that shows here as well.",
    )

    def missing(note: str) -> Finding:
        found = ClaimResult("same_effort", "", METRIC, "bpm", caveats=(note,))
        return answer("same_effort", Finding(found), caveats=caveats)

    if cells.empty:
        rates = runs["mean_heart_rate"].notna().any()
        return missing(
            "No run has ten minutes with a heart rate and a grade-adjusted speed on one ground."
            if rates
            else "No heart rate was recorded."
        )
    calm = cells[cells["unhurried"]].reset_index(drop=True)
    if not rise.believed:
        return missing(
            "Heart rate doesn't follow speed within these runs, so no equal effort can be read."
        )
    common = float(calm["speed"].mean())
    comparison = compare(
        calm["heart_rate"] - rise.slope * (calm["speed"] - common),
        calm["ground"] == Surface.TRAIL,
        calm["day"],
        runs["moving_time"].to_numpy()[calm["row"]],
        groups=calm["device"],
        rules=RULES,
    )
    return answer("same_effort", _found(data, calm, comparison, rise), caveats=caveats)


def _cells(data: Evidence) -> tuple[pd.DataFrame, Rise]:
    """Return what each run holds on each ground, with its day and device, and the rise of heart
    rate with speed.
    """
    runs = data.runs
    table, rise = calm_stretches(
        data, (runs["outdoors"] & (runs["intent"] != "race")).to_numpy()
    )
    side = runs["side"].to_numpy()[table["row"].to_numpy(dtype=np.intp)]
    table = table.assign(
        ground=table["surface"].where(table["surface"] != Surface.UNKNOWN, side)
    )
    table = table[table["ground"] != ""]
    names = ["heart_rate", "speed", "p_trail"]
    weighted = (
        table[names]
        .mul(table["duration"], axis=0)
        .assign(row=table["row"], ground=table["ground"])
    )
    sums = (
        weighted.assign(duration=table["duration"])
        .groupby(["row", "ground"], as_index=False)
        .sum()
    )
    sums[names] = sums[names].div(sums["duration"], axis=0)
    cells = sums[sums["duration"] >= SHORTEST].reset_index(drop=True)
    own = runs.iloc[cells["row"].to_numpy(dtype=np.intp)].reset_index(drop=True)
    return cells.assign(
        day=own["day"], device=own["device"], unhurried=own["unhurried"]
    ), rise


def _found(
    data: Evidence, calm: pd.DataFrame, comparison: Comparison, rise: Rise
) -> Finding:
    """Return the comparison as an answer, allowing for the line's slope and for ground that was
    mistaken.
    """
    trail, road = (_matched(comparison, calm, side) for side in ("trail", "road"))
    gap, contrast = trail[0] - road[0], trail[1] - road[1]
    notes = []
    unclear = comparison.enough and not contrast >= LEAST_CONTRAST
    seen = allow_for_slope(comparison, gap, rise.error, rise.freedom, level=RULES.level)
    if comparison.enough:
        notes.append(
            f"{rise.slope:.0f} beats a minute for each m/s (standard error {rise.error:.0f}), over "
            f"{gap:+.2f} m/s "
            "between the sides, whose error the interval allows for."
        )
    if unclear:
        notes.append("The ground of these runs is too uncertain to compare the two.")
    elif comparison.enough:
        notes.append(
            f"By its probability {100 * trail[1]:.0f} % of the trail side's time was on trail and "
            f"{100 * road[1]:.0f} % of the road side's: if that is right, a difference shows at "
            f"{100 * contrast:.0f} % "
            "of its size. The interval reaches out to what that would make of it."
        )
    found = (
        seen if unclear or not comparison.enough else allow_for_dilution(seen, contrast)
    )
    if found.enough and found.low > -NO_MATTER and found.high < NO_MATTER:
        notes.append(
            f"The interval lies within {NO_MATTER:.0f} beats a minute either way: nothing that a "
            "single run could show."
        )
    rows = calm["row"].to_numpy(dtype=np.intp)
    pairs = found.pairs.assign(
        **{s: rows[found.pairs[s].to_numpy(dtype=np.intp)] for s in ("trail", "road")}
    )
    main = part_of(
        data,
        "same_effort",
        METRIC,
        "bpm",
        replace(found, pairs=pairs),
        -1,
        caveats=tuple(notes),
        rules=RULES,
    )
    if unclear:
        main = replace(
            main,
            result=replace(main.result, verdict=Verdict.INCONCLUSIVE),
            p_value=np.nan,
        )
    return replace(main, tables=(partial(_explained, comparison, calm, main),))


def _matched(
    comparison: Comparison, calm: pd.DataFrame, side: str
) -> tuple[float, float]:
    """Return one side's mean speed and mean probability of trail, weighted as its runs were."""
    pairs = comparison.pairs
    if pairs.empty:
        return np.nan, np.nan
    place, weights = pairs[side].to_numpy(dtype=np.intp), pairs["weight"].to_numpy()
    speed, p_trail = (
        float(np.average(calm[name].to_numpy()[place], weights=weights))
        for name in ("speed", "p_trail")
    )
    return speed, p_trail


def _explained(
    comparison: Comparison, calm: pd.DataFrame, main: Finding
) -> pd.DataFrame:
    """Return the pairs with what either side holds; differences as seen."""
    pairs = comparison.pairs
    own: dict[str, Floats] = {}
    for side in ("trail", "road"):
        place = pairs[side].to_numpy(dtype=np.intp)
        for name in ("heart_rate", "speed", "p_trail"):
            own[f"{name}_{side}"] = calm[name].to_numpy(dtype=np.float64)[place]
    return main.explained().assign(**own)
