"""The answer to one claim, as a frozen value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from trailstats.model.notebook import html_card
from trailstats.schema import EvidenceStrength, Verdict
from trailstats.schema.documents import plain

__all__ = ["ClaimResult", "RuleResult", "claims_table"]

NAN = float("nan")


@dataclass(frozen=True)
class ClaimResult:
    """One claim of the article, answered for one runner.

    Attributes
    ----------
    claim : str
        Identifier, such as ``"easy_days"``.
    statement : str
        The article's claim in a sentence.
    metric : str
        What was measured for it; where that is a proxy, it says of what.
    unit : str
        Unit of the values, ``"1"`` for plain numbers and fractions.
    trail, road : float
        Both sides' values.
    difference, low, high : float
        Trail minus road with its 95 % interval.
    n_trail, n_road : int
        Runs on each side.
    verdict : Verdict
    evidence : EvidenceStrength
        Strength of the published evidence for the claim.
    caveats : tuple of str
        What limits this answer, for these data.
    activities : tuple of str
        Sources of the runs that it rests on.
    parts : tuple of ClaimResult
        The answer's parts, where it has several.

    Examples
    --------
    >>> import trailstats as ts
    >>> answers = ts.evaluate_claims(ts.analyze_folder("data/samples/odd"))
    >>> answers[0].claim, answers[0].verdict.value
    ('strength', 'not enough data')
    """

    claim: str
    statement: str
    metric: str
    unit: str = "1"
    trail: float = NAN
    road: float = NAN
    difference: float = NAN
    low: float = NAN
    high: float = NAN
    n_trail: int = 0
    n_road: int = 0
    verdict: Verdict = Verdict.NOT_ENOUGH_DATA
    evidence: EvidenceStrength = EvidenceStrength.NONE
    caveats: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    parts: tuple[ClaimResult, ...] = field(default=())

    def to_dict(self) -> dict[str, object]:
        """Return the answer as plain values."""
        out = {name: plain(getattr(self, name)) for name in _SINGLE}
        out["caveats"] = list(self.caveats)
        out["activities"] = list(self.activities)
        if self.parts:
            out["parts"] = [part.to_dict() for part in self.parts]
        return out

    def _repr_html_(self) -> str:
        rows = {
            "verdict": self.verdict.value,
            "measured": f"{self.metric} [{self.unit}]",
            "trail": f"{self.trail:.4g} (n {self.n_trail})",
            "road": f"{self.road:.4g} (n {self.n_road})",
            "difference": f"{self.difference:.4g} ({self.low:.4g} to {self.high:.4g})",
            "published evidence": self.evidence.value,
            "caveats": " ".join(self.caveats),
        }
        return html_card(self.statement, rows)


_SINGLE = tuple(
    f.name for f in fields(ClaimResult) if not f.type.startswith("tuple")
)
"""Fields that hold one value."""


def claims_table(results: Iterable[ClaimResult]) -> pd.DataFrame:
    """Return answers as a table.

    Parameters
    ----------
    results : iterable of ClaimResult
        From `evaluate_claims`.

    Returns
    -------
    pandas.DataFrame
        A row for each answer (``part`` is 0), and below it one for each of its parts (1, 2, ...):
        ``claim``, ``part``, ``statement``, ``metric``, ``unit``, ``trail``, ``road``,
        ``difference``, ``low``, ``high``, ``n_trail``, ``n_road``, ``verdict``, ``evidence``. NaN
        where there is no number.

    Examples
    --------
    >>> import trailstats as ts
    >>> answers = ts.evaluate_claims(ts.analyze_folder("data/samples/odd"))
    >>> table = ts.claims_table(answers)
    >>> int((table["part"] == 0).sum())
    11
    """
    held = [
        (number, each)
        for result in results
        for number, each in enumerate((result, *result.parts))
    ]
    columns: dict[str, pd.Series] = {}
    for field_ in fields(ClaimResult):
        if field_.name in _SINGLE:
            values = [plain(getattr(each, field_.name)) for _, each in held]
            dtype = _DTYPES.get(str(field_.type), "str")
            columns[field_.name] = pd.Series(values, dtype=dtype)
    table = pd.DataFrame(columns)
    table.insert(
        1, "part", np.array([number for number, _ in held], dtype="int64")
    )
    return table


_DTYPES = {"float": "float64", "int": "int64"}


@dataclass(frozen=True)
class RuleResult:
    """One training rule of the article, checked over the calendar.

    Attributes
    ----------
    rule : str
        Identifier, such as ``"R1"``.
    statement : str
        The rule in a sentence.
    period : str
        The days that it was checked over.
    outcome : str
        ``"pass"``, ``"fail"``, ``"not applicable"`` or ``"not enough data"``.
    detail : str
        What decided it, with the numbers.
    evidence : EvidenceStrength
    activities : tuple of str
        Sources of the runs that decided it.

    Examples
    --------
    >>> import trailstats as ts
    >>> rules = ts.check_plan(ts.analyze_folder("data/samples/odd"))
    >>> rules[0].rule, rules[0].outcome
    ('R1', 'not enough data')
    """

    rule: str
    statement: str
    period: str
    outcome: str
    detail: str
    evidence: EvidenceStrength = EvidenceStrength.NONE
    activities: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the result as plain values."""
        keys = ("rule", "statement", "period", "outcome", "detail", "evidence")
        return {key: plain(getattr(self, key)) for key in keys} | {
            "activities": list(self.activities)
        }
