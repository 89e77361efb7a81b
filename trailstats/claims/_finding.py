"""From a comparison to an answer: verdict, numbers, caveats, and the table behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from trailstats.arrays import as_floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.claims.result import ClaimResult
from trailstats.claims.stats import Comparison, MatchRules, compare
from trailstats.claims.wording import claim_wording, claim_words, unanswered
from trailstats.schema import Verdict

NAN = float("nan")
ALPHA = 0.05
DECIDED = (Verdict.SUPPORTED, Verdict.CONTRADICTED)
_PAIR_COLUMNS = (
    "part",
    "trail",
    "road",
    "difference",
    "weight",
    "trail_value",
    "road_value",
    "days_apart",
)


@dataclass(frozen=True, eq=False)
class Finding:
    """An answer with the test behind its verdict and the table that it can be traced to.

    Attributes
    ----------
    result : ClaimResult
    p_value : float
        Of the test that decides; NaN where no test does.
    tables : tuple of callable
        Each makes a table of matched pairs, weeks or runs; made only when somebody asks for it.
    """

    result: ClaimResult
    p_value: float = NAN
    tables: tuple[Callable[[], pd.DataFrame], ...] = ()

    def with_verdict(self, verdict: Verdict) -> Finding:
        """Return the finding with another verdict."""
        return replace(self, result=replace(self.result, verdict=verdict))

    def untested(self, verdict: Verdict) -> Finding:
        """Return the finding with a verdict that rests on no test."""
        return replace(self.with_verdict(verdict), p_value=NAN)

    def explained(self) -> pd.DataFrame:
        """Return what the answer can be traced to, one part after the other."""
        made = [table for make in self.tables if len(table := make())]
        return pd.concat(made, ignore_index=True) if made else pd.DataFrame()


def decide(difference: float, p_value: float, direction: int) -> Verdict:
    """Return the verdict for a difference that the claim says is positive (1) or negative (-1)."""
    if np.isnan(p_value):
        return Verdict.NOT_ENOUGH_DATA
    if p_value >= ALPHA:
        return Verdict.INCONCLUSIVE
    return (
        Verdict.SUPPORTED if difference * direction > 0 else Verdict.CONTRADICTED
    )


def compare_runs(
    data: Evidence,
    part: str,
    values: pd.Series,
    *,
    where: pd.Series | None = None,
    rules: MatchRules | None = None,
) -> Finding:
    """Answer a part by one value per run, trail against road.

    Parameters
    ----------
    data : Evidence
    part : str
        Identifier among the parts of `claim_wording`.
    values : pandas.Series
        With the index of ``data.runs``.
    where : pandas.Series of bool, optional
        Runs that count.
    rules : MatchRules, optional
    """
    runs = data.runs
    counted = data.has_side if where is None else data.has_side & where.to_numpy()
    kept = np.where(counted, as_floats(values), np.nan)
    comparison = compare(
        kept, data.is_trail, runs["day"], runs["moving_time"], rules=rules
    )
    return part_of(data, part, comparison, rules=rules)


def part_of(
    data: Evidence,
    part: str,
    comparison: Comparison,
    *,
    caveats: tuple[str, ...] = (),
    rules: MatchRules | None = None,
) -> Finding:
    """Return one comparison as an answer.

    Parameters
    ----------
    data : Evidence
    part : str
        Identifier among the parts of `claim_wording`.
    comparison : Comparison
        Its pairs hold positions in ``data.runs``.
    caveats : tuple of str
        After those of every answer.
    rules : MatchRules, optional
    """
    direction = claim_wording().parts[part].direction
    verdict = decide(comparison.difference, comparison.p_value, direction)
    notes = list(caveats)
    if comparison.enough:
        # The mean follows single runs, the median doesn't: a sign that the two don't share rests
        # on a few runs, however small the p value.
        opposed = comparison.robust * comparison.difference < 0
        if opposed and verdict in DECIDED:
            verdict = Verdict.INCONCLUSIVE
            notes.append(
                "Mean and median of the matched pairs differ in sign: single runs carry the "
                "difference."
            )
        notes.append(_size(comparison))
    else:
        fewest = (rules or MatchRules()).fewest
        notes.append(
            f"{comparison.n_trail} trail and {comparison.n_road} road runs can be compared; "
            f"{fewest} on each side, within six weeks of each other and of like duration, are "
            "needed."
        )
    matched = as_indices(comparison.pairs[["trail", "road"]])
    result = replace(
        unanswered(part, *notes),
        trail=comparison.trail,
        road=comparison.road,
        difference=comparison.difference,
        low=comparison.low,
        high=comparison.high,
        n_trail=comparison.n_trail,
        n_road=comparison.n_road,
        verdict=verdict,
        activities=data.files(matched),
    )
    table = partial(_pairs, data, part, comparison)
    return Finding(result, comparison.p_value, (table,))


def answer(
    claim: str,
    main: Finding,
    *,
    parts: tuple[Finding, ...] = (),
    caveats: Sequence[str] = (),
) -> Finding:
    """Return the answer to a claim from its main finding and its parts.

    Parameters
    ----------
    claim : str
    main : Finding
        Its numbers and its verdict are the claim's.
    parts : tuple of Finding
        Shown with it, in this order.
    caveats : sequence of str
        After those of every answer to the claim, before those of the main finding.
    """
    words = claim_words(claim)
    own = main.result
    every = (own, *(part.result for part in parts))
    result = replace(
        own,
        claim=claim,
        statement=words.statement,
        evidence=words.evidence,
        caveats=(*words.caveats, *caveats, *own.caveats, words.published),
        activities=tuple(dict.fromkeys(f for r in every for f in r.activities)),
        parts=tuple(replace(p.result, evidence=words.evidence) for p in parts),
    )
    tables = dict.fromkeys(
        table for found in (main, *parts) for table in found.tables
    )
    return Finding(result, main.p_value, tuple(tables))


def _size(comparison: Comparison) -> str:
    parts = []
    if np.isfinite(comparison.standardised):
        parts.append(
            f"{comparison.standardised:+.2f} standard deviations of a single run"
        )
    parts.append(
        f"the trail run has the larger value in {100 * comparison.share_above:.0f} % of the "
        "matched pairs"
    )
    return f"Size of the difference: {'; '.join(parts)}."


def _pairs(data: Evidence, part: str, comparison: Comparison) -> pd.DataFrame:
    pairs = comparison.pairs
    rows = as_indices(pairs[["trail", "road"]])
    trail, road = data.file_names[rows].T
    begin, other = data.runs["day"].to_numpy()[rows].T
    shown = pairs.assign(
        part=part,
        trail=trail,
        road=road,
        weight=pairs["weight"] / pairs["weight"].sum(),
        days_apart=np.abs(begin - other),
    )
    return shown[[*_PAIR_COLUMNS]]
