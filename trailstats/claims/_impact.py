"""Impact: the load of the steps on each tissue, trail against road, over what its constants leave
open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from trailstats.arrays import Flags, Floats, Ints, as_floats
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import (
    Finding,
    answer,
    decide,
    held_together,
    rests_on_margin,
)
from trailstats.claims._impact_loads import AMOUNTS, LoadRow, RunLoads, run_loads
from trailstats.claims._impact_ratio import LoadRatio
from trailstats.claims._lost_way import LOST, load_if_lost
from trailstats.claims._needs import SEEN, needs_of_runs
from trailstats.claims._steps import run_steps
from trailstats.claims.result import ClaimResult, Need
from trailstats.claims.stats import Comparison, MatchRules, compare, holm
from trailstats.claims.wording import claim_wording, unanswered
from trailstats.metrics.impact import (
    EXPONENTS,
    SURFACE_FACTORS,
    Ground,
    ImpactConstants,
)
from trailstats.metrics.load import LoadMethod
from trailstats.schema import Verdict

DRAWS: Final = 1000
"""Of the constants (our choice)."""

FEWEST_RUNS: Final = 8
CONFIDENCE: Final = 0.95
TISSUES: Final = {
    "active": "muscles and joints",
    "impact": "the impact peak",
    "tibial": "the shin",
}
"""The components of the load, by what they act on."""

_MISSED: Final = {
    "km": (1.0, 1.0),
    "minute": (0.0, 0.0),
    "session_load": (0.0, 0.0),
}
"""By which power of a speed that was missed each amount is, least and most."""

_BY_PACE: Final = (0.0, 2.0)
"""That of a session load where some are by the pace: they grow with its square."""

_CONSTANTS: Final = {
    "surface_factor": "how hard a step lands on trail ground (0.83 to 1.10 times as on road)",
    "downhill_slope": "how much harder a step lands downhill (4 to 8 % a degree)",
    "steep_factor": "what steep ground asks of the shin (0.85 to 1.15 times as the level)",
}

_ACTING: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "active": (),
        "impact": ("surface_factor", "downhill_slope"),
        "tibial": ("steep_factor",),
    }
)
"""Which of them act on which tissue."""

SPREAD_DRAWS: Final = 200
"""Draws that tell how far one constant alone moves a row (our choice)."""


def impact(data: Evidence) -> Finding:
    """Return whether runs on trail load less, for each tissue: per kilometre, per minute and per
    session load, all steps counted alike, and per kilometre as if damage grew with a power of the
    load.

    Runs are matched as for all claims. The interval holds the scatter of the runs, what the
    constants of the load leave open, but for the exponent: that is a way of counting, and what a
    distance lost on trail would do. As there are many rows, their decisions allow for each other.
    """
    loads = run_loads(data)
    rows = [LoadRow(t, per, 1.0) for per in AMOUNTS for t in TISSUES]
    rows += [LoadRow(t, "km", e) for e in EXPONENTS[1:] for t in TISSUES]
    parts = _together([_part(data, loads, row) for row in rows])
    main = parts[: len(TISSUES)]
    verdicts = {p.result.verdict for p in main}
    verdict: Verdict | None = Verdict.INCONCLUSIVE
    if len(verdicts) == 1:
        (verdict,) = verdicts
    shown = parts[1]
    whole = replace(shown.result, verdict=verdict, caveats=())
    head = replace(shown, result=whole, p_value=np.nan)
    if verdict is not Verdict.NOT_ENOUGH_DATA:
        head = head.stating(_headline(main))
    first = next((p for p in main if p.is_open), shown)
    head = head.needing(*first.result.needs)
    notes = [*_because_slower(data, parts)]
    return answer("impact", head, parts=tuple(parts), caveats=notes)


def _together(parts: list[Finding]) -> list[Finding]:
    """Take back decisions of rows that don't hold once all rows are counted."""
    adjusted = holm([part.p_value for part in parts])
    return [
        held_together(part, float(p))
        for part, p in zip(parts, adjusted, strict=True)
    ]


def _part(data: Evidence, loads: RunLoads, row: LoadRow) -> Finding:
    """Return one row of the answer."""
    runs = data.runs
    calm = (runs["unhurried"] & runs["outdoors"]).to_numpy()
    value = loads.of(row, ImpactConstants(exponent=row.exponent), slice(None))[0]
    usable = calm & np.isfinite(value) & np.isfinite(loads.share)
    compared = compare(
        np.where(usable, value, np.nan),
        loads.share,
        runs["day"],
        runs["moving_time"],
    )
    matched = compared.matched
    steps = partial(_steps, data, row.part, calm, np.isfinite(value), matched)
    table = partial(_rows, data, row, loads, usable)
    found = replace(
        unanswered(row.part),
        n_trail=compared.n_trail,
        n_road=compared.n_road,
        activities=data.files(matched),
    )
    if not compared.enough:
        note = (
            f"{compared.n_trail} trail and {compared.n_road} road runs with a load can be "
            f"compared; {FEWEST_RUNS} each are needed."
        )
        words = claim_wording().parts[row.part]
        needs = needs_of_runs(data, words, compared, np.nan, MatchRules())
        result = replace(found, caveats=(*found.caveats, note), needs=needs)
        return Finding(result, tables=(table,), steps=(steps,))
    told = np.flatnonzero(compared.pull)
    drawn, spreads = _drawn(loads, row, told, compared.pull[told])
    compared = replace(compared, paired={})
    ratio = LoadRatio(drawn, compared, _lost(data, row, compared))
    return replace(
        _decided(data, found, ratio, spreads),
        tables=(table,),
        steps=(steps,),
    )


def _drawn(
    loads: RunLoads, row: LoadRow, told: Ints, pull: Floats
) -> tuple[Floats, dict[str, float]]:
    """Return the logarithm of trail over road in each draw of the constants, and the standard
    deviation that each constant alone gives it.
    """
    rng = np.random.default_rng(0)
    ground = SURFACE_FACTORS[Ground.UNKNOWN_TRAIL]
    every = ImpactConstants.draw(rng, ground, DRAWS)
    every = replace(every, exponent=row.exponent)
    if not _ACTING[row.tissue]:
        every = ImpactConstants()

    def ratio(constants: ImpactConstants) -> Floats:
        return loads.of(row, constants, told) @ pull

    spreads = dict.fromkeys(_CONSTANTS, 0.0)
    acting = _ACTING[row.tissue]
    whole = ratio(every)
    if len(acting) == 1:
        spreads[acting[0]] = float(np.std(whole))
        return whole, spreads
    middle = ImpactConstants(exponent=row.exponent)
    for name in acting:
        some = getattr(every, name)[:SPREAD_DRAWS]
        spreads[name] = float(np.std(ratio(replace(middle, **{name: some}))))
    return whole, spreads


def _lost(
    data: Evidence, row: LoadRow, compared: Comparison
) -> tuple[float, float]:
    """Return what a distance that was lost on trail may do to the logarithm of a row's ratio."""
    runs = data.runs
    more = np.flatnonzero(compared.pull > 0)
    distance, time = (as_floats(runs[n]) for n in ("distance", "moving_time"))
    speed = distance[more] / time[more]
    usual = float(np.average(speed, weights=compared.pull[more]))
    powers = _MISSED[row.per]
    if row.per == "session_load":
        by_pace = runs["session_load_method"] == LoadMethod.PACE.value
        powers = _BY_PACE if by_pace.any() else powers
    return load_if_lost(row.tissue, row.exponent, usual, powers)


def _decided(
    data: Evidence,
    found: ClaimResult,
    ratio: LoadRatio,
    spreads: dict[str, float],
) -> Finding:
    """Return the row's answer from its draws, to which the scatter of the runs is added."""
    compared = ratio.compared
    low, high = ratio.bounds(CONFIDENCE)
    middle = float(np.expm1(np.median(ratio.drawn)))
    margin, source = data.margin(found.claim, 1.0)
    words = claim_wording().parts[found.claim]
    p_value = ratio.p_value
    verdict = decide((low, high), p_value, words, margin)
    notes = [
        f"Lower on trail in {100.0 * ratio.below(0.0):.0f} % of the draws.",
        f"The interval reaches out to what {100 * LOST:.0f} % of the way lost on trail would make "
        f"of it: {100 * np.expm1(ratio.lost[0]):.1f} to {100 * np.expm1(ratio.lost[1]):+.1f} %.",
    ]
    needs: tuple[Need, ...] = ()
    worst = max(spreads, key=lambda name: spreads[name])
    size = float(np.log1p(max(abs(middle), margin)))
    if spreads[worst] > size / SEEN:
        if verdict is Verdict.INCONCLUSIVE:
            notes.append(f"What leaves it open is {_CONSTANTS[worst]}.")
        text = (
            "more running won't tell: it depends on "
            f"{_CONSTANTS[worst]}, which research hasn't settled"
        )
        needs = (Need("nothing", text),)
    else:
        own = replace(compared, difference=size)
        needs = needs_of_runs(
            data, words, own, float(np.log1p(margin)), MatchRules()
        )
    result = replace(
        found,
        trail=1.0 + middle,
        road=1.0,
        difference=middle,
        low=low,
        high=high,
        verdict=verdict,
        margin=margin,
        margin_source=source,
        caveats=(*found.caveats, *notes),
        needs=needs,
    )
    by_margin = rests_on_margin(verdict, words)
    return Finding(result, p_value, bounds=ratio.bounds, by_margin=by_margin)


def _headline(parts: list[Finding]) -> str:
    """Return in words which tissue is loaded less, more, alike, or open, per kilometre."""
    words = {
        Verdict.SUPPORTED: "lower",
        Verdict.CONTRADICTED: "higher",
        Verdict.NO_DIFFERENCE: "alike",
        Verdict.INCONCLUSIVE: "open",
    }
    said = []
    for verdict, word in words.items():
        names = [
            tissue
            for tissue, part in zip(TISSUES.values(), parts, strict=True)
            if part.result.verdict is verdict
        ]
        if names:
            said.append(f"{word} for {', '.join(names)}")
    return f"Load per kilometre is lower on trail ({'; '.join(said)})."


def _because_slower(data: Evidence, parts: list[Finding]) -> list[str]:
    """Return what speed explains: a minute at a slower pace holds fewer and lighter loads."""
    by_name = {p.result.claim: p.result for p in parts}
    slower = [
        words
        for tissue, words in TISSUES.items()
        if by_name[f"{tissue}_per_minute"].verdict is Verdict.SUPPORTED
        and by_name[f"{tissue}_per_km"].verdict is not Verdict.SUPPORTED
    ]
    if not slower:
        return []
    runs = data.runs
    calm = (runs["unhurried"] & runs["outdoors"]).to_numpy()
    speed = np.where(calm, as_floats(runs["mean_speed"]), np.nan)
    found = compare(speed, runs["share"], runs["day"], runs["moving_time"])
    if not found.difference < 0:
        return []
    return [
        f"Lower per minute for {', '.join(slower)} because you run slower there: "
        f"{100.0 * found.difference / found.road:.0f} % of the speed, not because a kilometre "
        "loads less."
    ]


def _steps(
    data: Evidence, part: str, calm: Flags, known: Flags, matched: Ints
) -> pd.DataFrame:
    runs = data.runs
    return run_steps(
        data,
        part,
        (
            ("indoors", runs["outdoors"].to_numpy()),
            ("a hard run or a race", calm),
            ("its ground is not known", np.isfinite(as_floats(runs["share"]))),
            ("no elevation or no speed, so no load of a step", known),
            (
                "no run near in time, alike in length and on other ground",
                np.isin(np.arange(len(runs)), matched),
            ),
        ),
    )


def _rows(
    data: Evidence, row: LoadRow, loads: RunLoads, usable: Flags
) -> pd.DataFrame:
    """Return each run's load per amount at the middle of the constants, with its trail share."""
    value = loads.of(row, ImpactConstants(exponent=row.exponent), slice(None))[0]
    kept = np.flatnonzero(usable)
    return pd.DataFrame(
        {
            "part": row.part,
            "file": data.file_names[kept],
            "trail_share": loads.share[kept],
            "load": np.exp(value[kept]),
        }
    )
