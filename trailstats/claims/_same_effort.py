"""Same effort: heart rate at equal grade-adjusted speed, trail ground against road ground."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, part_of
from trailstats.claims._stretches import calm_stretches
from trailstats.claims.result import ClaimResult
from trailstats.schema import Surface
from trailstats.stats import Comparison, MatchRules, compare_within_strata

__all__ = ["same_effort"]

SPEED_BIN: Final = 0.2
"""Width of a bin of grade-adjusted speed [m/s]; what is left of speed within it is taken off by a line."""

SETTLED: Final = 300.0
"""Time on one ground from which more of it adds little, as the day's offset is the larger noise [s]; judgement."""

RULES: Final = MatchRules(days=60.0, draws=499)
NO_MATTER: Final = 3.0
"""A difference in heart rate that a single run can't show [1/min]; judgement from [Lamberts2004]_."""

METRIC: Final = "heart rate at equal grade-adjusted speed"


def same_effort(data: Evidence) -> Finding:
    """Return whether equal grade-adjusted speed costs more heart beats on trail ground."""
    runs = data.runs
    table = calm_stretches(data, (runs["unhurried"] & runs["outdoors"]).to_numpy())
    table = table[table["surface"].isin([Surface.TRAIL.value, Surface.ROAD.value])]
    caveats = (
        f"Stretches of 30 s and more in the same bin of {SPEED_BIN} m/s of grade-adjusted speed and within two months; "
        "slope, drift, warm-up and the heart's lag allowed for; hard runs and descents below -5 % left out.",
        "The grade-adjusted speed is a model; where it misjudges a slope, that shows here as well.",
    )
    if table.empty:
        rates = runs["mean_heart_rate"].notna().any()
        note = (
            "No stretch has both a heart rate and a grade-adjusted speed." if rates else "No heart rate was recorded."
        )
        return answer(
            "same_effort", Finding(ClaimResult("same_effort", "", METRIC, "1/min", caveats=(note,))), caveats=caveats
        )
    row = table["row"].to_numpy(dtype=np.intp)
    bins = np.floor(table["speed"].to_numpy() / SPEED_BIN).astype(np.intp)
    offset = table["speed"].to_numpy() - (bins + 0.5) * SPEED_BIN
    trail = (table["surface"] == Surface.TRAIL.value).to_numpy()
    time = table["duration"].to_numpy()
    whole = np.bincount(2 * row + trail, weights=time)[2 * row + trail]
    comparison = compare_within_strata(
        table["heart_rate"] - table["per_speed"] * offset,
        trail,
        row,
        bins,
        time / (whole + SETTLED),
        runs["day"].to_numpy()[row],
        rules=RULES,
    )
    pairs = comparison.pairs
    used = [np.isin(row, pairs[side]) & (trail == (side == "trail")) for side in ("trail", "road")]
    notes = [f"{int(used[0].sum())} stretches of the runs compared lie on trail, {int(used[1].sum())} on road."]
    if comparison.enough and comparison.low > -NO_MATTER and comparison.high < NO_MATTER:
        notes.append(
            f"The interval lies within {NO_MATTER:.0f} beats a minute either way: nothing that a single run could show."
        )
    main = part_of(data, "same_effort", METRIC, "1/min", comparison, -1, caveats=tuple(notes), rules=RULES)
    files = data.files(row[used[0] | used[1]])
    main = replace(main, result=replace(main.result, activities=files), table=_explained(data, comparison))
    return answer("same_effort", main, caveats=caveats)


def _explained(data: Evidence, comparison: Comparison) -> pd.DataFrame:
    """Return the pairs of runs with the bin of speed that they share."""
    pairs = comparison.pairs
    if pairs.empty:
        return pd.DataFrame()
    files = data.runs["file"].to_numpy()
    return pd.DataFrame(
        {
            "part": "same_effort",
            "trail": files[pairs["trail"].to_numpy(dtype=np.intp)],
            "road": files[pairs["road"].to_numpy(dtype=np.intp)],
            "speed_from": pairs["stratum"].to_numpy() * SPEED_BIN,
            "speed_to": (pairs["stratum"].to_numpy() + 1) * SPEED_BIN,
            "difference": pairs["difference"].to_numpy(),
            "weight": pairs["weight"].to_numpy() / pairs["weight"].sum(),
        }
    )
