"""From a comparison to an answer: verdict, numbers, caveats, and the table behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.claims._evidence import Evidence
from trailstats.claims._words import CLAIM_WORDS
from trailstats.claims.result import ClaimResult
from trailstats.claims.stats import Comparison, MatchRules, compare
from trailstats.schema import Verdict

__all__ = ["Finding", "answer", "compare_runs", "decide", "part_of", "too_few"]

NAN = float("nan")
ALPHA = 0.05


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
    return Verdict.SUPPORTED if difference * direction > 0 else Verdict.CONTRADICTED


def compare_runs(
    data: Evidence,
    values: pd.Series,
    *,
    where: pd.Series | None = None,
    rules: MatchRules | None = None,
) -> Comparison:
    """Compare one value per run, trail against road; the pairs hold places in `Evidence.runs`.

    Parameters
    ----------
    data : Evidence
    values : pandas.Series
        With the index of ``data.runs``.
    where : pandas.Series of bool, optional
        Runs that count.
    rules : MatchRules, optional
    """
    counted = data.has_side if where is None else data.has_side & where.to_numpy()
    kept = np.where(counted, values.to_numpy(dtype=np.float64), np.nan)
    return compare(
        kept, data.is_trail, data.runs["day"], data.runs["moving_time"], rules=rules
    )


def too_few(comparison: Comparison, rules: MatchRules | None = None) -> str:
    """Return why a comparison has no interval."""
    fewest = (rules or MatchRules()).fewest
    return (
        f"{comparison.n_trail} trail and {comparison.n_road} road runs can be compared; "
        f"{fewest} on each side, within six weeks of each other and of like duration, are needed."
    )


def part_of(
    data: Evidence,
    name: str,
    metric: str,
    unit: str,
    comparison: Comparison,
    direction: int,
    *,
    statement: str = "",
    caveats: tuple[str, ...] = (),
    rules: MatchRules | None = None,
) -> Finding:
    """Return one comparison as an answer.

    Parameters
    ----------
    data : Evidence
    name, metric, unit : str
    comparison : Comparison
    direction : int
        1 where the claim says more on trail, -1 where less.
    statement : str
    caveats : tuple of str
    rules : MatchRules, optional
    """
    verdict = decide(comparison.difference, comparison.p_value, direction)
    notes = list(caveats)
    if comparison.enough:
        # A difference that only a few runs carry is none to decide on.
        opposed = comparison.robust * comparison.difference < 0
        if opposed and verdict in (Verdict.SUPPORTED, Verdict.CONTRADICTED):
            verdict = Verdict.INCONCLUSIVE
            notes.append(
                "Mean and median of the matched pairs differ in sign: single runs carry the "
                "difference."
            )
        notes.append(_size(comparison))
    else:
        notes.append(too_few(comparison, rules))
    pairs = comparison.pairs
    rows: NDArray[np.intp] = np.unique(pairs[["trail", "road"]].to_numpy(dtype=np.intp))
    result = ClaimResult(
        claim=name,
        statement=statement,
        metric=metric,
        unit=unit,
        trail=comparison.trail,
        road=comparison.road,
        difference=comparison.difference,
        low=comparison.low,
        high=comparison.high,
        n_trail=comparison.n_trail,
        n_road=comparison.n_road,
        verdict=verdict,
        caveats=tuple(notes),
        activities=data.files(rows),
    )
    return Finding(
        result, comparison.p_value, (partial(_pairs, data, name, comparison),)
    )


def answer(
    claim: str,
    main: Finding,
    *,
    parts: tuple[Finding, ...] = (),
    caveats: tuple[str, ...] = (),
) -> Finding:
    """Return the answer to a claim from its main finding and its parts.

    Parameters
    ----------
    claim : str
    main : Finding
        Its numbers and its verdict are the claim's.
    parts : tuple of Finding
        Shown with it, in this order.
    caveats : tuple of str
        Before those of the main finding.
    """
    words = CLAIM_WORDS[claim]
    own = main.result
    files = dict.fromkeys(own.activities)
    for part in parts:
        files |= dict.fromkeys(part.result.activities)
    result = replace(
        own,
        claim=claim,
        statement=words.statement,
        evidence=words.evidence,
        caveats=(*caveats, *own.caveats, words.published),
        activities=tuple(files),
        parts=tuple(replace(p.result, evidence=words.evidence) for p in parts),
    )
    tables = dict.fromkeys(
        (*main.tables, *(table for part in parts for table in part.tables))
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


def _pairs(data: Evidence, name: str, comparison: Comparison) -> pd.DataFrame:
    pairs = comparison.pairs
    if pairs.empty:
        return pd.DataFrame()
    runs = data.runs
    trail, road = (
        pairs["trail"].to_numpy(dtype=np.intp),
        pairs["road"].to_numpy(dtype=np.intp),
    )
    return pd.DataFrame(
        {
            "part": name,
            "trail": data.file_names[trail],
            "road": data.file_names[road],
            "difference": pairs["difference"].to_numpy(),
            "weight": pairs["weight"].to_numpy() / pairs["weight"].sum(),
            "trail_value": pairs["trail_value"].to_numpy(),
            "road_value": pairs["road_value"].to_numpy(),
            "days_apart": np.abs(
                runs["day"].to_numpy()[trail] - runs["day"].to_numpy()[road]
            ),
        }
    )
