"""Claims over several runners: what they share, each runner's own, and who differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from trailstats import schema
from trailstats.claims._finding import ALPHA, decide
from trailstats.claims.result import ClaimResult
from trailstats.claims.stats import Pooled, holm, pool_differences
from trailstats.claims.wording import claim_wording
from trailstats.schema import Verdict
from trailstats.schema.documents import plain

__all__ = ["PooledClaim", "RunnerAnswer", "pool_claims", "pooled_document"]


@dataclass(frozen=True)
class RunnerAnswer:
    """One runner's difference in one measure.

    Attributes
    ----------
    runner : str
    difference, error : float
        As the own recordings alone show it.
    shrunken, low, high : float
        Drawn towards what all runners share, by as much as the own is uncertain, with its 95 %
        interval; so four trail runs give a qualified answer.
    verdict : Verdict or None
        Of the shrunken one.
    differs : bool
        Whether it lies off the other runners by more than chance and their own spread.
    """

    runner: str
    difference: float
    error: float
    shrunken: float
    low: float
    high: float
    verdict: Verdict | None
    differs: bool

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True)
class PooledClaim:
    """One measure over several runners.

    Attributes
    ----------
    claim, part, measured, unit : str
        The claim, the figure of it, the statement that is measured, and its unit.
    difference, low, high : float
        Mean over runners like these, with its 95 % interval.
    spread : float
        Standard deviation of true differences between runners.
    margin : float
        Smallest difference that matters: the median of the runners'.
    verdict : Verdict or None
    runners : tuple of RunnerAnswer

    Examples
    --------
    >>> from trailstats.claims.pooled import PooledClaim
    >>> PooledClaim("volume", "weekly_hours", "More.", "h").to_dict()["runners"]
    []
    """

    claim: str
    part: str
    measured: str
    unit: str
    difference: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    spread: float = float("nan")
    margin: float = float("nan")
    verdict: Verdict | None = None
    runners: tuple[RunnerAnswer, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        out = {
            f.name: plain(getattr(self, f.name))
            for f in fields(self)
            if f.name != "runners"
        }
        return out | {"runners": [runner.to_dict() for runner in self.runners]}


def pool_claims(
    answers: Mapping[str, Sequence[ClaimResult]],
) -> list[PooledClaim]:
    """Pool the answers of several runners.

    Parameters
    ----------
    answers : mapping of str to sequence of ClaimResult
        Each runner's, from `evaluate_claims`.

    Returns
    -------
    list of PooledClaim
        One for each measure that two runners and more have a difference with an error in: runs on
        both sides, also fewer than an answer of their own needs. Impact is left out: what its
        constants leave open is the same for all runners, so no number of them tells it.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.claims.pooled import pool_claims
    >>> own = ts.evaluate_claims(ts.analyze_folder("data/samples/odd"))
    >>> pool_claims({"one": own, "other": own})
    []
    """
    figures: dict[tuple[str, str], dict[str, ClaimResult]] = {}
    for runner, results in answers.items():
        for result in results:
            for part in result.parts or (result,):
                key = (result.claim, part.claim)
                if part.error > 0 and np.isfinite(part.difference):
                    figures.setdefault(key, {})[runner] = part
    return [
        _pooled(claim, part, own)
        for (claim, part), own in figures.items()
        if len(own) >= 2
    ]


def pooled_document(claims: Sequence[PooledClaim]) -> dict[str, object]:
    """Return the document ``pooled``: plain values, NaN as None.

    Parameters
    ----------
    claims : sequence of PooledClaim

    Examples
    --------
    >>> from trailstats.claims.pooled import pooled_document
    >>> pooled_document([])["pooled"]
    []
    """
    return {
        "format_version": schema.FORMAT_VERSION,
        "pooled": [claim.to_dict() for claim in claims],
    }


def _pooled(claim: str, part: str, own: Mapping[str, ClaimResult]) -> PooledClaim:
    values = list(own.values())
    found = pool_differences(
        [v.difference for v in values], [v.error for v in values]
    )
    margins = [v.margin for v in values if np.isfinite(v.margin)]
    margin = float(np.median(margins)) if margins else float("nan")
    differs = holm(found.differs) < ALPHA
    runners = tuple(
        RunnerAnswer(
            runner,
            value.difference,
            value.error,
            float(found.own[k]),
            *_bounds(found, k),
            _verdict(part, _bounds(found, k), margin),
            bool(differs[k]),
        )
        for k, (runner, value) in enumerate(own.items())
    )
    first = values[0]
    return PooledClaim(
        claim=claim,
        part=part,
        measured=first.measured,
        unit=first.unit,
        difference=found.mean,
        low=found.low,
        high=found.high,
        spread=found.tau,
        margin=margin,
        verdict=_verdict(part, (found.low, found.high), margin),
        runners=runners,
    )


def _bounds(found: Pooled, k: int) -> tuple[float, float]:
    reach = float(found.own_reach[k])
    return float(found.own[k]) - reach, float(found.own[k]) + reach


def _verdict(
    part: str, interval: tuple[float, float], margin: float
) -> Verdict | None:
    words = claim_wording().parts[part]
    p_value = 0.0 if interval[0] > 0 or interval[1] < 0 else 1.0
    return decide(interval, p_value, words, np.nan_to_num(margin))
