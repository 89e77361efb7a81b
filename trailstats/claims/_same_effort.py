"""Same effort: heart rate at equal level speed, trail ground against road ground."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Floats, as_floats, as_indices
from trailstats.claims._equal_effort import OWN, EqualEffort, equal_effort
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, answer, part_of
from trailstats.claims._lost_way import LOST
from trailstats.claims._mechanisms import upper_zones
from trailstats.claims._steps import steps_of_result
from trailstats.claims.result import Need
from trailstats.claims.stats import (
    Comparison,
    MatchRules,
    allow_for_bias,
    allow_for_dilution,
    allow_for_slope,
    compare,
)
from trailstats.claims.wording import unanswered
from trailstats.metrics._even_ground_fit import REST
from trailstats.schema import Surface, Verdict

SHORTEST: Final = 600.0
"""Time on one ground that makes a run count there [s] (our choice)."""

LEAST_CONTRAST: Final = 0.4
"""Probability of trail on the trail side less that on the road side that a comparison needs
(our choice).
"""

KINDS: Final = ("smooth", "hilly", "technical")

TECHNICAL: Final = 0.15
"""Share of a run on technical ground from which on its trail counts as technical (our choice)."""

HILLY: Final = 0.02
"""Ascent over distance from which on it counts as hilly: 20 m a kilometre (our choice)."""

RULES: Final = MatchRules()


def same_effort(data: Evidence) -> Finding:
    """Return whether equal effort costs more heart beats on trail ground.

    A run has one value on each ground that it holds ten minutes of. Stretches whose ground is not
    decided count for the ground of the run. Speeds differ between the grounds and matching single
    stretches by speed would match noise with noise, so heart rates are moved along one line to the
    same level speed: by a curve that was not fitted to the run.
    """
    runs = data.runs
    counted = runs["outdoors"] & (runs["intent"] != "race")
    found = equal_effort(data, counted.to_numpy())
    cells = _values_by_ground(data, found)
    reason = ""
    if not runs["mean_heart_rate"].notna().any():
        silent = Finding(
            unanswered("same_effort", "No heart rate was recorded.")
        ).needing(
            Need("heart rate", "a recorded heart rate in runs on both grounds")
        )
        return answer("same_effort", silent.untested(Verdict.NOT_MEASURABLE))
    if cells.empty:
        reason = "No run has ten minutes with a heart rate and a level speed on one ground."
    elif not found.followed:
        reason = (
            "Heart rate doesn't follow speed within these runs, so no equal effort can be "
            "read."
        )
    if reason:
        return answer("same_effort", Finding(unanswered("same_effort", reason)))
    calm = cells[cells["unhurried"]].reset_index(drop=True)
    main = _found(data, calm, found, "same_effort")
    kinds = _kinds(data, calm)
    parts = []
    for kind in KINDS:
        own = calm[(calm["ground"] == Surface.ROAD) | (kinds == kind)]
        if int((kinds == kind).sum()) >= RULES.fewest:
            own = own.reset_index(drop=True)
            parts.append(_found(data, own, found, f"same_effort_{kind}"))
    return answer("same_effort", main, parts=(*parts, upper_zones(data)))


def _kinds(data: Evidence, calm: pd.DataFrame) -> NDArray[np.str_]:
    """Return the kind of trail of each value: technical, hilly, smooth, or nothing for road."""
    runs = data.runs.iloc[as_indices(calm["row"])]
    climb = as_floats(runs["ascent"]) / as_floats(runs["distance"])
    kind = np.select(
        [as_floats(runs["technical_share"]) >= TECHNICAL, climb >= HILLY],
        ["technical", "hilly"],
        "smooth",
    )
    return np.where(calm["ground"] == Surface.TRAIL, kind, "")


def _values_by_ground(data: Evidence, found: EqualEffort) -> pd.DataFrame:
    """Return what each run holds on each ground, with its day and device: the heart rate at the
    common speed by each curve.
    """
    runs = data.runs
    side = runs["side"].to_numpy()[found.row]
    decided = found.surface != Surface.UNKNOWN
    ground = np.where(decided, found.surface, side)
    own = found.level[OWN]
    common = {
        k: float(v.mean()) if len(v) else 0.0 for k, v in found.level.items()
    }
    table = pd.DataFrame(
        {
            "row": found.row,
            "ground": ground,
            "duration": found.duration,
            "p_trail": found.p_trail,
            "level": own,
            **{
                name: found.heart_rate(name, speed)
                for name, speed in common.items()
            },
        }
    )
    table = table[table["ground"] != ""].copy()
    names = ["p_trail", "level", *found.level]
    table[names] = table[names].mul(table["duration"], axis=0)
    cells = table.groupby(["row", "ground"], as_index=False)[
        [*names, "duration"]
    ].sum()
    cells[names] = cells[names].div(cells["duration"], axis=0)
    cells = cells[cells["duration"] >= SHORTEST].reset_index(drop=True)
    about = runs.iloc[as_indices(cells["row"])].reset_index(drop=True)
    return cells.join(about[["day", "device", "unhurried"]])


def _found(
    data: Evidence, calm: pd.DataFrame, effort: EqualEffort, part: str
) -> Finding:
    """Return both grounds compared as an answer, allowing for the line's slope, for other curves,
    for distance that was lost and for ground that was mistaken.
    """
    comparison = compare(
        calm[OWN],
        calm["ground"] == Surface.TRAIL,
        calm["day"],
        data.runs["moving_time"].to_numpy()[calm["row"]],
        groups=calm["device"],
        rules=RULES,
    )
    apart = {
        name: _between(comparison, calm[name])
        for name in ("level", "p_trail", *effort.level)
    }
    gap, contrast = apart["level"], apart["p_trail"]
    beats = comparison.trail - REST
    found = allow_for_slope(
        comparison,
        gap,
        effort.error * beats,
        max(len(calm) - 1.0, 1.0),
        confidence=RULES.confidence,
    )
    notes = []
    clear = contrast >= LEAST_CONTRAST
    recorded = found
    if comparison.enough:
        shifts = {
            name: apart[name] - comparison.difference for name in effort.level
        }
        lost = effort.gain * beats * float(np.log1p(LOST)) * contrast
        recorded = allow_for_bias(
            found, min(shifts.values()), max(shifts.values())
        )
        found = allow_for_bias(recorded, -lost, -lost)
        notes += _notes(effort, comparison, shifts, lost)
        notes.append(
            f"One per cent of speed is worth {effort.gain * beats / 100:.1f} beats a minute, over "
            f"{100 * np.expm1(gap):+.0f} % between the sides, whose error the interval allows for."
        )
    if comparison.enough and clear:
        found, recorded = (
            allow_for_dilution(f, contrast) for f in (found, recorded)
        )
        trail, road = _of_sides(comparison, calm["p_trail"])
        notes.append(
            f"By its probability {100 * trail:.0f} % of the trail side's time was on "
            f"trail and {100 * road:.0f} % of the road side's: if that is right, a "
            f"difference shows at {100 * contrast:.0f} % of its size. The interval reaches out to "
            "what that would make of it."
        )
    elif comparison.enough:
        notes.append(
            "The ground of these runs is too uncertain to compare the two."
        )
    # Pairs hold positions among the values; an answer's are among the runs.
    rows = as_indices(calm["row"])
    more, less = rows[found.matched.T]
    found = replace(found, paired={**found.paired, "trail": more, "road": less})
    main = part_of(data, part, found, caveats=tuple(notes), rules=RULES)
    if comparison.enough and not clear:
        main = main.untested(Verdict.INCONCLUSIVE)
    main = _alike(main, recorded)
    return replace(
        main,
        tables=(partial(_explained, comparison, calm, main),),
        steps=(partial(steps_of_result, data, main.result),),
    )


def _alike(main: Finding, recorded: Comparison) -> Finding:
    """Return that there is no difference that matters where the distances as recorded say so.

    A distance that was lost could only make trails easier than they seem, and that they aren't
    harder is what is asked.
    """
    margin = main.result.margin
    within = -margin < recorded.low and recorded.high < margin
    if main.result.verdict is not Verdict.SUPPORTED or not within:
        return main
    note = (
        "The interval shown is by the distances as recorded; if some of the way was lost on trail, "
        f"trails are easier than that, down to {main.result.low:+.1f} beats a minute."
    )
    result = replace(
        main.result,
        low=recorded.low,
        high=recorded.high,
        verdict=Verdict.NO_DIFFERENCE,
    )
    return replace(main, result=result).noted(note)


def _notes(
    effort: EqualEffort,
    comparison: Comparison,
    shifts: dict[str, float],
    lost: float,
) -> list[str]:
    """Return by which curve the answer is, and how far others would move it."""
    others = [v for name, v in shifts.items() if name != OWN]
    low, high = (comparison.difference + f(others) for f in (min, max))
    return [
        f"Speeds are levelled by {effort.method}; by three published curves the difference would "
        f"be {low:+.1f} to {high:+.1f} beats a minute, which the interval holds.",
        f"If the receiver lost {100 * LOST:.0f} % of the way on trail, the difference would "
        f"be {abs(lost):.1f} beats a minute smaller, which the interval allows for.",
    ]


def _between(comparison: Comparison, values: pd.Series) -> float:
    """Return what lies between both sides in another value, weighed as the difference is."""
    told = comparison.pull != 0
    if not told.any():
        return float("nan")
    return float(comparison.pull[told] @ as_floats(values)[told])


def _of_sides(comparison: Comparison, values: pd.Series) -> tuple[float, float]:
    """Return the means of another value over the runs of either side, weighed likewise."""
    own, pull = as_floats(values), comparison.pull
    trail, road = (
        float(np.average(own[end], weights=np.abs(pull[end])))
        for end in (pull > 0, pull < 0)
    )
    return trail, road


def _explained(
    comparison: Comparison, calm: pd.DataFrame, main: Finding
) -> pd.DataFrame:
    """Return the pairs with what either side holds; differences as seen."""
    own: dict[str, Floats] = {}
    shown = {"heart_rate": OWN, "level_speed": "level", "p_trail": "p_trail"}
    for side in ("trail", "road"):
        index = as_indices(comparison.paired[side])
        for name, column in shown.items():
            values = as_floats(calm[column])[index]
            own[f"{name}_{side}"] = (
                np.exp(values) if column == "level" else values
            )
    return main.explained().assign(**own)
