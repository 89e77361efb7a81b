"""Impact: three components of the load of the steps, trail against road, over their uncertain
constants.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.claims._evidence import SIDES, Evidence
from trailstats.claims._finding import Finding, answer
from trailstats.claims.result import ClaimResult
from trailstats.claims.wording import unanswered
from trailstats.metrics.impact import DOWNHILL_SLOPE, EXPONENTS, SURFACE_FACTORS, Ground
from trailstats.schema import Verdict
from trailstats.schema.arrays import Floats

__all__ = ["impact"]


DRAWS: Final = 1000
FEWEST_RUNS: Final = 8
CONFIDENCE: Final = 0.95
LEAST_DISTANCE: Final = 500.0
"""Distance on one ground that makes a run count for that side [m] (our choice)."""
_SLOPES: Final = (
    0.04,
    DOWNHILL_SLOPE,
    0.08,
)  # [GottschallKram2005], our choice around it
_STEEP: Final = (0.85, 1.15)  # our choice between [Rice2024] and [Baggaley2023]
_COLUMNS: Final = (
    "active",
    "impact",
    "impact_low",
    "impact_high",
    "tibial",
    "tibial_steep",
)
_PER: Final = {
    "km": "distance",
    "minute": "moving_time",
    "session_load": "session_load",
}
_COMPONENTS: Final = ("active", "impact", "tibial")


@dataclass(frozen=True, eq=False)
class _Sums:
    """One side's sums in every draw: loads, shape (draws, exponents, columns), and what they are
    divided by.
    """

    loads: Floats
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
    counted = calm[table["row"].to_numpy(dtype=np.intp)]
    table = table[counted & table["surface"].isin(SIDES)]
    far = table[table["distance"] >= LEAST_DISTANCE]
    ground = {side: far[far["surface"] == side] for side in SIDES}
    n_trail, n_road = (own["row"].nunique() for own in ground.values())
    rows = np.unique(far["row"].to_numpy(dtype=np.intp))
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
        return answer("impact", Finding(replace(whole, caveats=(note,))))
    rng = np.random.default_rng(0)
    weights = _redraw(rng, rows)
    constants = _Constants.draw(rng)
    by_ground = [
        _sums(t, weights, ("distance", "moving_time")) for t in ground.values()
    ]
    by_run = [
        _sums(_whole(data, table, side), weights, ("session_load",)) for side in SIDES
    ]
    parts = []
    for per, amount in _PER.items():
        trail, road = by_run if per == "session_load" else by_ground
        if trail.amounts[amount][0] > 0 and road.amounts[amount][0] > 0:
            ratios = (_Ratio(c, per, trail, road, constants) for c in _COMPONENTS)
            parts += [ratio.finding(whole) for ratio in ratios]
    known = [p for p in parts if p.result.verdict is not Verdict.NOT_ENOUGH_DATA]
    caveats = []
    if not known:
        caveats.append(
            "No elevation or no speed, so the load of a step can't be modelled."
        )
    caveats.extend(_where_they_agree(known))
    verdicts = {
        p.result.verdict for p in known if not p.result.claim.endswith("session_load")
    }
    verdict = Verdict.INCONCLUSIVE if known else Verdict.NOT_ENOUGH_DATA
    if len(verdicts) == 1:
        (verdict,) = verdicts
    shown = next((p.result for p in parts if p.result.claim == "impact_per_km"), whole)
    # The parts' notes on draws stay with the parts.
    main = Finding(
        replace(shown, verdict=verdict, caveats=()),
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


@dataclass(frozen=True, eq=False)
class _Constants:
    """Draws of what the literature leaves open; the first draw holds the central values."""

    ground: Floats
    slope: Floats
    steep: Floats
    exponent: NDArray[np.intp]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> _Constants:
        factor = SURFACE_FACTORS[Ground.UNKNOWN_TRAIL]
        ground = rng.triangular(factor.low, factor.central, factor.high, size=DRAWS)
        slope = rng.uniform(_SLOPES[0], _SLOPES[2], size=DRAWS)
        steep = rng.uniform(*_STEEP, size=DRAWS)
        exponent = rng.integers(0, len(EXPONENTS), size=DRAWS)
        ground[0], slope[0], steep[0], exponent[0] = (
            factor.central,
            DOWNHILL_SLOPE,
            1.0,
            0,
        )
        return cls(ground, slope, steep, exponent)


def _redraw(rng: np.random.Generator, rows: NDArray[np.intp]) -> Floats:
    """Return how often each run counts in each draw, shape (draws, largest row + 1); once in the
    first.
    """
    count = len(rows)
    weights = np.zeros((DRAWS, int(rows.max()) + 1))
    weights[:, rows] = rng.multinomial(count, np.full(count, 1.0 / count), size=DRAWS)
    weights[0, rows] = 1.0
    return weights


def _whole(data: Evidence, table: pd.DataFrame, side: str) -> pd.DataFrame:
    """Return the loads of runs that count as a whole for one side, all their ground together, with
    a session load.
    """
    runs = data.runs
    own = ((runs["side"] == side) & runs["session_load"].gt(0)).to_numpy()
    table = table[own[table["row"].to_numpy(dtype=np.intp)]]
    sums = table.groupby(["row", "exponent"], as_index=False)[
        [*_COLUMNS, "distance", "moving_time"]
    ].sum(min_count=1)
    return sums.assign(
        session_load=runs["session_load"].to_numpy()[
            sums["row"].to_numpy(dtype=np.intp)
        ]
    )


def _sums(table: pd.DataFrame, weights: Floats, amounts: tuple[str, ...]) -> _Sums:
    """Return the sums of loads, and of what they are divided by, over the runs of every draw."""
    # Runs without elevation have no impact load; they can't count for the other components alone.
    table = table[table[list(_COLUMNS)].notna().all(axis=1)]
    rows = np.unique(table["row"].to_numpy(dtype=np.intp))
    loads = np.zeros((len(rows), len(EXPONENTS), len(_COLUMNS)))
    divisors = np.zeros((len(rows), len(amounts)))
    for k, exponent in enumerate(EXPONENTS):
        part = table[table["exponent"] == exponent]
        place = np.searchsorted(rows, part["row"].to_numpy(dtype=np.intp))
        loads[place, k] = part[list(_COLUMNS)].to_numpy()
        if k == 0:
            divisors[place] = part[list(amounts)].to_numpy()
    drawn = weights[:, rows]
    totals = (drawn @ loads.reshape(len(rows), len(EXPONENTS) * len(_COLUMNS))).reshape(
        DRAWS, len(EXPONENTS), len(_COLUMNS)
    )
    return _Sums(totals, dict(zip(amounts, (drawn @ divisors).T, strict=True)))


def _component(name: str, sums: _Sums, constants: _Constants, ground: Floats) -> Floats:
    """Return one component's load in every draw, at the draw's constants."""
    draw = np.arange(DRAWS)
    chosen = sums.loads[draw, constants.exponent]
    own: dict[str, Floats] = {column: chosen[:, k] for k, column in enumerate(_COLUMNS)}
    exponent = np.asarray(EXPONENTS)[constants.exponent]
    if name == "active":
        return own["active"]
    if name == "tibial":
        return np.asarray(
            own["tibial"] + own["tibial_steep"] * constants.steep**exponent
        )
    # The load was summed at three slopes; in between, a parabola through them.
    low, middle, high = _SLOPES
    x = constants.slope
    between = (
        own["impact_low"] * (x - middle) * (x - high) / ((low - middle) * (low - high))
        + own["impact"] * (x - low) * (x - high) / ((middle - low) * (middle - high))
        + own["impact_high"]
        * (x - low)
        * (x - middle)
        / ((high - low) * (high - middle))
    )
    return np.asarray(between * ground**exponent)


@dataclass(frozen=True, eq=False)
class _Ratio:
    """One component's load on trail relative to road, per one amount."""

    component: str
    per: str
    trail: _Sums
    road: _Sums
    constants: _Constants

    def finding(self, whole: ClaimResult) -> Finding:
        """Return the ratio as a part of the whole claim's answer."""
        found = unanswered(f"{self.component}_per_{self.per}")
        found = replace(
            found,
            n_trail=whole.n_trail,
            n_road=whole.n_road,
            activities=whole.activities,
        )
        above = _component(
            self.component, self.trail, self.constants, self.constants.ground
        )
        below = _component(self.component, self.road, self.constants, np.ones(DRAWS))
        over = self.trail.amounts[_PER[self.per]]
        under = self.road.amounts[_PER[self.per]]
        drawn = (over > 0) & (under > 0) & (below > 0)
        if not drawn[0] or drawn.mean() < 0.9:
            note = "The load of a step can't be modelled: no elevation or no speed."
            return Finding(replace(found, caveats=(note,)))
        ratio = above[drawn] / below[drawn] * under[drawn] / over[drawn]
        tail = 0.5 - CONFIDENCE / 2
        low, high = np.quantile(ratio, [tail, 1.0 - tail]) - 1.0
        verdict = Verdict.INCONCLUSIVE
        if high < 0:
            verdict = Verdict.SUPPORTED
        elif low > 0:
            verdict = Verdict.CONTRADICTED
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
            caveats=(note,),
        )
        return Finding(result)


def _rows(data: Evidence, ground: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return each run's loads at exponent 1 on each ground, with the session load of runs that
    stand on one side.
    """
    table = pd.concat(ground.values(), ignore_index=True)
    table = table[table["exponent"] == 1.0]
    row = table["row"].to_numpy(dtype=np.intp)
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
