"""The article's claims, answered from a `History`: matched comparisons, intervals, and "not enough
data".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from trailstats import schema
from trailstats.claims._doses import balance, strength
from trailstats.claims._easy_days import easy_days
from trailstats.claims._enjoyment import enjoyment
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import Finding, held_together
from trailstats.claims._impact import impact
from trailstats.claims._needs import never
from trailstats.claims._other_claims import other_answers
from trailstats.claims._road_improvement import road_improvement
from trailstats.claims._same_effort import same_effort
from trailstats.claims._steps import steps_of_result
from trailstats.claims._stress import stress
from trailstats.claims._variety import variety
from trailstats.claims._volume import volume
from trailstats.claims.plan import training_rules
from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.claims.stats import holm
from trailstats.claims.summary import one_sentence, to_answer
from trailstats.claims.wording import meaning_of
from trailstats.history import History
from trailstats.schema.documents import plain

__all__ = [
    "CLAIMS",
    "ClaimResult",
    "RuleResult",
    "claims_document",
    "evaluate_claims",
    "explain",
    "explain_runs",
]

_ANSWERS: Final[Mapping[str, Callable[[Evidence], Finding]]] = MappingProxyType(
    {
        answer.__name__: answer
        for answer in (
            strength,
            easy_days,
            balance,
            stress,
            impact,
            volume,
            enjoyment,
            variety,
            road_improvement,
            same_effort,
            training_rules,
        )
    }
)

CLAIMS: Final = tuple(_ANSWERS)
"""The identifiers of the claims, in the order of the answers."""


def evaluate_claims(
    history: History, *, races: Sequence[dt.date] = ()
) -> list[ClaimResult]:
    """Answer the article's claims for one runner.

    Parameters
    ----------
    history : History
    races : sequence of datetime.date
        Days of road races, besides those of the profile and of the files.

    Returns
    -------
    list of ClaimResult
        One for each of `CLAIMS`, in that order, and then those of plug-ins. "Not enough data" where
        a side is too small, "not measurable" where no recording holds what is needed. Differences
        are associations in one runner's records.

    Examples
    --------
    >>> import trailstats as ts
    >>> answers = ts.evaluate_claims(ts.analyze_folder("data/samples/odd"))
    >>> len(answers)
    11
    """
    data = Evidence(history, tuple(races))
    # Pairs of thousands of runs fill memory, and nobody asks for them here.
    every = (_ANSWERS[claim](data).untraced() for claim in CLAIMS)
    own = [f.result for f in _together(list(every))]
    return [*own, *other_answers(history, CLAIMS)]


def findings(data: Evidence, claims: Sequence[str] = CLAIMS) -> list[Finding]:
    """Return the answers to some claims, their decisions adjusted for how many are tested."""
    return _together([_ANSWERS[claim](data) for claim in claims])


def _together(every: list[Finding]) -> list[Finding]:
    return [_with_meaning(finding) for finding in _adjusted(every)]


def explain(
    history: History, claim_id: str, *, races: Sequence[dt.date] = ()
) -> pd.DataFrame:
    """Return what a claim's figures rest on.

    Parameters
    ----------
    history : History
    claim_id : str
        One of `CLAIMS`.
    races : sequence of datetime.date

    Returns
    -------
    pandas.DataFrame
        Matched pairs of runs, strata, weeks or runs, as the claim's method has it; ``part`` names
        the figure that a row belongs to. Empty where nothing could be compared.

    Raises
    ------
    KeyError
        When there is no such claim.
    """
    if claim_id not in _ANSWERS:
        raise KeyError(f"no claim {claim_id!r}; known are {', '.join(CLAIMS)}")
    return _ANSWERS[claim_id](Evidence(history, tuple(races))).explained()


def explain_runs(
    history: History, claim_id: str, *, races: Sequence[dt.date] = ()
) -> pd.DataFrame:
    """Return which runs an answer uses, and at which step each of the others was dropped.

    Parameters
    ----------
    history : History
    claim_id : str
        One of `CLAIMS`, answered or not.
    races : sequence of datetime.date

    Returns
    -------
    pandas.DataFrame
        ``part, file, used, step``: for each figure every run, with "used" or what it lacks.

    Raises
    ------
    KeyError
        When there is no such claim.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.claims import explain_runs
    >>> table = explain_runs(ts.analyze_folder("data/samples/odd"), "enjoyment")
    >>> table.columns.to_list()
    ['part', 'file', 'used', 'step']
    """
    if claim_id not in _ANSWERS:
        raise KeyError(f"no claim {claim_id!r}; known are {', '.join(CLAIMS)}")
    data = Evidence(history, tuple(races))
    found = _ANSWERS[claim_id](data)
    made = [make() for make in found.steps]
    return pd.concat(
        made or [steps_of_result(data, found.result)], ignore_index=True
    )


def claims_document(
    history: History, results: Sequence[ClaimResult], rules: Sequence[RuleResult]
) -> dict[str, object]:
    """Return the document ``claims``: plain values, NaN as None, times as ISO 8601 with ``Z``.

    Parameters
    ----------
    history : History
    results : sequence of ClaimResult
    rules : sequence of RuleResult

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/odd")
    >>> found = ts.claims_document(history, ts.evaluate_claims(history), [])
    >>> list(found)
    ['format_version', 'athlete', 'period', 'answer', 'to_answer', 'claims', 'rules']
    """
    period = history.period
    return {
        "format_version": schema.FORMAT_VERSION,
        "athlete": history.athlete.to_document(),
        "period": None
        if period is None
        else {"start": plain(period[0]), "end": plain(period[1])},
        "answer": one_sentence(results),
        "to_answer": [wanted.to_dict() for wanted in to_answer(results)],
        "claims": [result.to_dict() for result in results],
        "rules": [rule.to_dict() for rule in rules],
        **({"attribution": said} if (said := history.attribution) else {}),
    }


def _adjusted(findings: list[Finding]) -> list[Finding]:
    """Take back decisions that don't hold once the claims are counted together."""
    adjusted = holm([f.p_value for f in findings])
    tests = int(np.isfinite(adjusted).sum())
    out = []
    for found, p in zip(findings, adjusted, strict=True):
        # Among nine true "no difference" one falls below 5 % by chance for one runner in three.
        finding = held_together(found, float(p))
        if np.isfinite(p):
            note = f"Allows for {tests} claims tested at once (Holm): p {_p(float(p))}."
            finding = finding.noted(note)
        out.append(finding)
    return out


def _with_meaning(finding: Finding) -> Finding:
    """Say what the verdict, now that it stands, means for the claim, and what an open one needs."""
    result = finding.result
    meaning = meaning_of(result.claim, result.verdict, result.reach)
    needs = () if result.is_decided else result.needs or (never(),)
    parts = tuple(replace(part, needs=()) for part in result.parts)
    said = replace(result, meaning=meaning, needs=needs, parts=parts)
    return replace(finding, result=said)


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"= {value:.3f}"
