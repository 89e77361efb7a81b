"""Same effort: heart rate at equal grade-adjusted speed, trail ground against road ground."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, part_of
from trailstats.claims._stretches import SpeedLine, calm_stretches
from trailstats.claims.stats import (
    Comparison,
    MatchRules,
    allow_for_dilution,
    allow_for_slope,
    compare,
)
from trailstats.claims.wording import unanswered
from trailstats.schema import Surface, Verdict

SHORTEST: Final = 600.0
"""Time on one ground that makes a run count there [s] (our choice)."""

LEAST_CONTRAST: Final = 0.4
"""Probability of trail on the trail side less that on the road side that a comparison needs
(our choice).
"""

RULES: Final = MatchRules(days=60.0, duration_ratio=4.0)
"""Drift is allowed for, so runs of different length may be compared."""

NO_MATTER: Final = 3.0
"""A difference in heart rate that a single run can't show [bpm] (our choice after [Lamberts2004]_).
"""


def same_effort(data: Evidence) -> Finding:
    """Return whether equal grade-adjusted speed costs more heart beats on trail ground.

    A run has one value on each ground that it holds ten minutes of. Stretches whose ground is not
    decided count for the ground of the run. Speeds differ between the grounds and matching single
    stretches by speed would match noise with noise, so heart rates are moved along one line to the
    same speed.
    """
    runs = data.runs
    cells, line = _values_by_ground(data)
    reason = ""
    if cells.empty:
        reason = (
            "No run has ten minutes with a heart rate and a grade-adjusted speed on one ground."
            if runs["mean_heart_rate"].notna().any()
            else "No heart rate was recorded."
        )
    elif not line.believed:
        reason = (
            "Heart rate doesn't follow speed within these runs, so no equal effort can be "
            "read."
        )
    if reason:
        return answer("same_effort", Finding(unanswered("same_effort", reason)))
    calm = cells[cells["unhurried"]].reset_index(drop=True)
    common = float(calm["speed"].mean())
    comparison = compare(
        calm["heart_rate"] - line.slope * (calm["speed"] - common),
        calm["ground"] == Surface.TRAIL,
        calm["day"],
        runs["moving_time"].to_numpy()[calm["row"]],
        groups=calm["device"],
        rules=RULES,
    )
    return answer("same_effort", _found(data, calm, comparison, line))


def _values_by_ground(data: Evidence) -> tuple[pd.DataFrame, SpeedLine]:
    """Return what each run holds on each ground, with its day and device, and the line of heart
    rate on speed.
    """
    runs = data.runs
    counted = runs["outdoors"] & (runs["intent"] != "race")
    table, line = calm_stretches(data, counted.to_numpy())
    side = runs["side"].to_numpy()[as_indices(table["row"])]
    decided = table["surface"] != Surface.UNKNOWN
    table = table.assign(ground=table["surface"].where(decided, side))
    table = table[table["ground"] != ""].copy()
    names = ["heart_rate", "speed", "p_trail"]
    table[names] = table[names].mul(table["duration"], axis=0)
    columns = [*names, "duration"]
    cells = table.groupby(["row", "ground"], as_index=False)[columns].sum()
    cells[names] = cells[names].div(cells["duration"], axis=0)
    cells = cells[cells["duration"] >= SHORTEST].reset_index(drop=True)
    own = runs.iloc[as_indices(cells["row"])].reset_index(drop=True)
    return cells.join(own[["day", "device", "unhurried"]]), line


def _found(
    data: Evidence, calm: pd.DataFrame, comparison: Comparison, line: SpeedLine
) -> Finding:
    """Return the comparison as an answer, allowing for the line's slope and for ground that was
    mistaken.
    """
    trail_speed, trail_truly = _matched_side(comparison, calm, "trail")
    road_speed, road_truly = _matched_side(comparison, calm, "road")
    gap = trail_speed - road_speed
    contrast = trail_truly - road_truly
    found = allow_for_slope(
        comparison, gap, line.error, line.df, confidence=RULES.confidence
    )
    notes = []
    clear = contrast >= LEAST_CONTRAST
    if comparison.enough:
        notes.append(
            f"{line.slope:.0f} beats a minute for each m/s (standard error {line.error:.0f}), over "
            f"{gap:+.2f} m/s between the sides, whose error the interval allows for."
        )
    if comparison.enough and clear:
        found = allow_for_dilution(found, contrast)
        notes.append(
            f"By its probability {100 * trail_truly:.0f} % of the trail side's time was on "
            f"trail and {100 * road_truly:.0f} % of the road side's: if that is right, a "
            f"difference shows at {100 * contrast:.0f} % of its size. The interval reaches out to "
            "what that would make of it."
        )
    elif comparison.enough:
        notes.append(
            "The ground of these runs is too uncertain to compare the two."
        )
    if found.enough and found.low > -NO_MATTER and found.high < NO_MATTER:
        notes.append(
            f"The interval lies within {NO_MATTER:.0f} beats a minute either way: nothing that a "
            "single run could show."
        )
    # Pairs hold positions among the values; an answer's are among the runs.
    rows = as_indices(calm["row"])
    pairs = found.pairs.copy()
    for side in ("trail", "road"):
        pairs[side] = rows[as_indices(pairs[side])]
    found = replace(found, pairs=pairs)
    main = part_of(data, "same_effort", found, caveats=tuple(notes), rules=RULES)
    if comparison.enough and not clear:
        main = main.untested(Verdict.INCONCLUSIVE)
    return replace(main, tables=(partial(_explained, comparison, calm, main),))


def _matched_side(
    comparison: Comparison, calm: pd.DataFrame, side: str
) -> tuple[float, float]:
    """Return one side's mean speed and mean probability of trail, weighted as its runs were."""
    own = calm.iloc[as_indices(comparison.pairs[side])]
    weights = comparison.pairs["weight"].to_numpy()
    total = weights.sum() or np.nan
    speed = float(weights @ own["speed"].to_numpy() / total)
    return speed, float(weights @ own["p_trail"].to_numpy() / total)


def _explained(
    comparison: Comparison, calm: pd.DataFrame, main: Finding
) -> pd.DataFrame:
    """Return the pairs with what either side holds; differences as seen."""
    own: dict[str, Floats] = {}
    for side in ("trail", "road"):
        index = as_indices(comparison.pairs[side])
        for name in ("heart_rate", "speed", "p_trail"):
            own[f"{name}_{side}"] = as_floats(calm[name])[index]
    return main.explained().assign(**own)
