"""Impact: three components of the load of the steps, trail against road, over their uncertain
constants.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Floats, as_indices
from trailstats.claims._evidence import SIDES, Evidence
from trailstats.claims._finding import Finding, answer, decide
from trailstats.claims._needs import more_runs
from trailstats.claims.result import ClaimResult
from trailstats.claims.wording import claim_wording, unanswered
from trailstats.metrics.impact import (
    EXPONENTS,
    SURFACE_FACTORS,
    Ground,
    ImpactConstants,
    ImpactLoad,
    ImpactSums,
    impact_sensitivity,
)
from trailstats.schema import Verdict

DRAWS: Final = 1000
FEWEST_RUNS: Final = 8
CONFIDENCE: Final = 0.95
LEAST_DISTANCE: Final = 500.0
"""Distance on one ground that makes a run count for that side [m] (our choice)."""
_COLUMNS: Final = [f.name for f in fields(ImpactSums)]
_PER: Final = {
    "km": "distance",
    "minute": "moving_time",
    "session_load": "session_load",
}
_COMPONENTS: Final = ("active", "impact", "tibial")


@dataclass(frozen=True, eq=False)
class _Side:
    """One side's loads in every draw, and the amounts that they are divided by."""

    load: ImpactLoad
    amounts: dict[str, Floats]


def impact(data: Evidence) -> Finding:
    """Return whether trail ground loads less, for each component, per kilometre, per minute and per
    session load.

    "Less" is said only where at least 97.5 % of the draws agree: draws of the runs, the ground's
    factor, the effect of descents, that of steep ground on the shin, and the exponent that weighs
    strong steps against many.
    """
    runs = data.runs
    table = data.loads
    calm = (runs["unhurried"] & runs["outdoors"]).to_numpy()
    counted = calm[as_indices(table["row"])]
    table = table[counted & table["surface"].isin(SIDES)]
    far = table[table["distance"] >= LEAST_DISTANCE]
    ground = {side: far[far["surface"] == side] for side in SIDES}
    n_trail, n_road = (own["row"].nunique() for own in ground.values())
    rows = np.unique(as_indices(far["row"]))
    whole = replace(
        unanswered("impact"),
        n_trail=n_trail,
        n_road=n_road,
        activities=data.files(rows),
    )
    if min(n_trail, n_road) < FEWEST_RUNS:
        note = (
            f"{n_trail} runs with trail and {n_road} with road ground; {FEWEST_RUNS} each are "
            "needed."
        )
        found = Finding(replace(whole, caveats=(note,)))
        need = more_runs(n_trail, n_road, FEWEST_RUNS)
        return answer("impact", found.needing(need))
    rng = np.random.default_rng(0)
    weights = _redraw(rng, rows, len(runs))
    drawn = ImpactConstants.draw(
        rng, SURFACE_FACTORS[Ground.UNKNOWN_TRAIL], DRAWS
    )
    constants = {"trail": drawn, "road": replace(drawn, surface_factor=1.0)}
    by_ground = [
        _side(ground[side], weights, constants[side], ("distance", "moving_time"))
        for side in SIDES
    ]
    by_run = [
        _side(
            _loads_of_whole_runs(data, table, side),
            weights,
            constants[side],
            ("session_load",),
        )
        for side in SIDES
    ]
    parts = []
    for per, amount in _PER.items():
        trail, road = by_run if per == "session_load" else by_ground
        if trail.amounts[amount][0] > 0 and road.amounts[amount][0] > 0:
            parts += [
                _trail_over_road(data, (c, per), trail, road, whole)
                for c in _COMPONENTS
            ]
    known = [p for p in parts if p.result.verdict is not Verdict.NOT_ENOUGH_DATA]
    caveats = []
    if not known:
        caveats.append(
            "No elevation or no speed, so the load of a step can't be modelled."
        )
    caveats.extend(_where_they_agree(known))
    verdicts = {
        p.result.verdict
        for p in known
        if not p.result.claim.endswith("session_load")
    }
    verdict: Verdict | None
    verdict = Verdict.INCONCLUSIVE if known else Verdict.NOT_ENOUGH_DATA
    if len(verdicts) == 1:
        (verdict,) = verdicts
    shown = next(
        (p.result for p in parts if p.result.claim == "impact_per_km"), whole
    )
    # The parts' notes on draws stay with the parts.
    main = Finding(
        replace(shown, verdict=verdict, caveats=(), measured=whole.measured),
        tables=(partial(_rows, data, ground),),
    )
    return answer("impact", main, parts=tuple(parts), caveats=caveats)


def _where_they_agree(parts: list[Finding]) -> list[str]:
    words = {
        Verdict.SUPPORTED: "Lower on trail",
        Verdict.CONTRADICTED: "Higher on trail",
    }
    out = []
    for verdict, start in words.items():
        names = [
            p.result.claim.replace("_", " ")
            for p in parts
            if p.result.verdict is verdict
        ]
        if names:
            out.append(
                f"{start} over the whole range of the constants: {', '.join(names)}."
            )
    if parts and not out:
        out.append(
            "Within the range of the constants no component is clearly lower or higher on trail."
        )
    out.append(
        "The claim as a whole is decided only where every component says the same, per kilometre "
        "and per minute."
    )
    return out


def _redraw(
    rng: np.random.Generator, rows: NDArray[np.intp], runs: int
) -> Floats:
    """Return how often each run counts in each draw, shape (draws, runs): once in the first, and
    never those whose rows are not named.
    """
    count = len(rows)
    weights = np.zeros((DRAWS, runs))
    weights[:, rows] = rng.multinomial(
        count, np.full(count, 1.0 / count), size=DRAWS
    )
    weights[0, rows] = 1.0
    return weights


def _loads_of_whole_runs(
    data: Evidence, table: pd.DataFrame, side: str
) -> pd.DataFrame:
    """Return the loads of runs that count as a whole for one side, all their ground together, with
    a session load.
    """
    runs = data.runs
    own = ((runs["side"] == side) & runs["session_load"].gt(0)).to_numpy()
    table = table[own[as_indices(table["row"])]]
    sums = table.groupby(["row", "exponent"], as_index=False)[
        [*_COLUMNS, "distance", "moving_time"]
    ].sum(min_count=1)
    return sums.assign(
        session_load=runs["session_load"].to_numpy()[as_indices(sums["row"])]
    )


def _side(
    table: pd.DataFrame,
    weights: Floats,
    constants: ImpactConstants,
    amounts: tuple[str, ...],
) -> _Side:
    """Return the loads, and what they are divided by, of the runs and constants of every draw."""
    # Runs without elevation have no impact load; they can't count for the other components alone.
    table = table[table[_COLUMNS].notna().all(axis=1)]
    rows = np.unique(as_indices(table["row"]))
    loads = np.zeros((len(rows), len(EXPONENTS), len(_COLUMNS)))
    divisors = np.zeros((len(rows), len(amounts)))
    for k, exponent in enumerate(EXPONENTS):
        part = table[table["exponent"] == exponent]
        place = np.searchsorted(rows, as_indices(part["row"]))
        loads[place, k] = part[_COLUMNS].to_numpy()
        if k == 0:
            divisors[place] = part[list(amounts)].to_numpy()
    drawn = weights[:, rows]
    sums = np.tensordot(drawn, loads, axes=1)
    chosen = sums[
        np.arange(DRAWS), np.searchsorted(EXPONENTS, constants.exponent)
    ]
    return _Side(
        impact_sensitivity(ImpactSums(*chosen.T), constants),
        dict(zip(amounts, (drawn @ divisors).T, strict=True)),
    )


def _trail_over_road(
    data: Evidence,
    figure: tuple[str, str],
    trail: _Side,
    road: _Side,
    whole: ClaimResult,
) -> Finding:
    """Return one component's load on trail relative to road, per one amount, as a part of the whole
    claim's answer.
    """
    component, per = figure
    found = replace(
        unanswered(f"{component}_per_{per}"),
        n_trail=whole.n_trail,
        n_road=whole.n_road,
        activities=whole.activities,
    )
    above: Floats = getattr(trail.load, component)
    below: Floats = getattr(road.load, component)
    over = trail.amounts[_PER[per]]
    under = road.amounts[_PER[per]]
    drawn = (over > 0) & (under > 0) & (below > 0)
    if not drawn[0] or drawn.mean() < 0.9:
        note = "The load of a step can't be modelled: no elevation or no speed."
        return Finding(replace(found, caveats=(note,)))
    ratio = above[drawn] / below[drawn] * under[drawn] / over[drawn]
    tail = 0.5 - CONFIDENCE / 2
    low, high = np.quantile(ratio, [tail, 1.0 - tail]) - 1.0
    margin, source = data.margin(found.claim, 1.0)
    # The draws are the test: an interval that leaves out 0 is decided.
    p_value = 0.0 if low > 0 or high < 0 else 1.0
    words = claim_wording().parts[found.claim]
    verdict = decide((low, high), p_value, words, margin)
    note = (
        f"Lower on trail in {100 * np.mean(ratio < 1):.0f} % of the draws over runs "
        "and constants."
    )
    result = replace(
        found,
        trail=float(ratio[0]),
        road=1.0,
        difference=float(ratio[0]) - 1.0,
        low=float(low),
        high=float(high),
        verdict=verdict,
        margin=margin,
        margin_source=source,
        caveats=(note,),
    )
    return Finding(result)


def _rows(data: Evidence, ground: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return each run's loads at exponent 1 on each ground, with the session load of runs that
    stand on one side.
    """
    table = pd.concat(ground.values(), ignore_index=True)
    table = table[table["exponent"] == 1.0]
    row = as_indices(table["row"])
    whole = (data.runs["side"].to_numpy()[row] == table["surface"]).to_numpy()
    session = np.where(whole, data.runs["session_load"].to_numpy()[row], np.nan)
    columns = [
        "surface",
        "distance",
        "moving_time",
        "active",
        "impact",
        "tibial",
        "tibial_steep",
    ]
    shown = table[columns].assign(session_load=session)
    shown.insert(0, "part", "impact")
    shown.insert(1, "file", data.file_names[row])
    return shown.sort_values(["surface", "file"], ignore_index=True)
