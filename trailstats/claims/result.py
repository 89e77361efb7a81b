"""The answer to one claim, as a frozen value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from trailstats.model.notebook import html_card
from trailstats.schema import EvidenceStrength, Reach, Verdict
from trailstats.schema.documents import plain

__all__ = ["ClaimResult", "Mark", "Need", "RuleResult", "claims_table"]

NAN = float("nan")

ANSWERED = (Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NO_DIFFERENCE)
"""The verdicts that answer something."""


@dataclass(frozen=True)
class Mark:
    """How far an open claim is from its answer in one respect.

    Attributes
    ----------
    what : str
        What is counted, such as "road runs".
    have, wanted : int
        How many there are, and how many it takes.

    Examples
    --------
    >>> from trailstats.claims.result import Mark
    >>> Mark("road runs", 7, 8).text
    '7 of 8 road runs'
    """

    what: str
    have: int
    wanted: int

    @property
    def text(self) -> str:
        """The same in words."""
        return f"{self.have} of {self.wanted} {self.what}"

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True)
class Need:
    """What would answer an open claim.

    Attributes
    ----------
    kind : str
        What it is: ``runs``, ``heart rate``, ``ratings``, ``names``, ``map``, ``weeks``,
        ``contrast``, ``profile`` or ``nothing``, where no length of records would do.
    text : str
        The same in words, with the number that is missing.
    missing : float
        That number; NaN where there is none to name.
    marks : tuple of Mark
        How far it has come, such as 7 of 8 road runs; empty where nothing is counted.

    Examples
    --------
    >>> from trailstats.claims.result import Need
    >>> Need("ratings", "rate 10 runs", 10.0).missing
    10.0
    """

    kind: str
    text: str
    missing: float = NAN
    marks: tuple[Mark, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return it as plain values."""
        return {
            "kind": self.kind,
            "text": self.text,
            "missing": plain(self.missing),
            "marks": [mark.to_dict() for mark in self.marks],
        }


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
        Both sides' values, as they were run.
    difference, low, high : float
        All trail minus none with its 95 % interval.
    n_trail, n_road : int
        Runs on each side.
    verdict : Verdict or None
        Of the statement that was measured; None for what can't fail and is shown as a description.
    evidence : EvidenceStrength or None
        Strength of the published evidence for the claim; None for a part, whose own is its
        interval.
    caveats : tuple of str
        What limits this answer, for these data.
    activities : tuple of str
        Sources of the runs that it rests on.
    parts : tuple of ClaimResult
        The answer's parts, where it has several.
    measured : str
        The statement that the verdict is of, such as "Trail runs hold more climbing."
    meaning : str
        What that says about the claim, as far as the measure reaches.
    reach : Reach
        How far the measure carries to the claim.
    error : float
        Standard error of the difference, also of too few runs for an interval; NaN where the method
        has none.
    margin : float
        Smallest difference that matters, in ``unit``; NaN where there is none.
    margin_source : str
        Where it comes from: "our choice", a reference, or "the profile".
    trail_share, road_share : float
        Expected shares of trail of the runs that ``trail`` and ``road`` are the values of: their
        gap is ``difference`` times that of the shares. NaN where sides are no runs.
    needs : tuple of Need
        What would answer it, the least first; empty where it is answered.

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
    verdict: Verdict | None = Verdict.NOT_ENOUGH_DATA
    evidence: EvidenceStrength | None = EvidenceStrength.NONE
    caveats: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    parts: tuple[ClaimResult, ...] = ()
    measured: str = field(default="", kw_only=True)
    meaning: str = field(default="", kw_only=True)
    reach: Reach = field(default=Reach.DIRECT, kw_only=True)
    error: float = field(default=NAN, kw_only=True)
    margin: float = field(default=NAN, kw_only=True)
    margin_source: str = field(default="", kw_only=True)
    trail_share: float = field(default=NAN, kw_only=True)
    road_share: float = field(default=NAN, kw_only=True)
    needs: tuple[Need, ...] = field(default=(), kw_only=True)

    @property
    def is_decided(self) -> bool:
        """Whether the verdict is an answer: one way, the other, or no difference that matters."""
        return self.verdict in ANSWERED

    def to_dict(self) -> dict[str, object]:
        """Return the answer as plain values."""
        out = {name: plain(getattr(self, name)) for name in _SINGLE}
        out["caveats"] = list(self.caveats)
        out["activities"] = list(self.activities)
        out["needs"] = [need.to_dict() for need in self.needs]
        if self.parts:
            out["parts"] = [part.to_dict() for part in self.parts]
        return out

    def _repr_html_(self) -> str:
        rows = {
            "measured statement": self.measured,
            "verdict": self.verdict.value if self.verdict else "described",
            "for the claim": self.meaning,
            "measured": f"{self.metric} [{self.unit}]",
            "trail": f"{self.trail:.4g} (n {self.n_trail})",
            "road": f"{self.road:.4g} (n {self.n_road})",
            "difference": f"{self.difference:.4g} ({self.low:.4g} to {self.high:.4g})",
            "published evidence": self.evidence.value if self.evidence else "",
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
        ``difference``, ``low``, ``high``, ``n_trail``, ``n_road``, ``verdict``, ``evidence``,
        ``measured``, ``meaning``, ``reach``, ``error``, ``margin``, ``margin_source``,
        ``trail_share``, ``road_share``.
        NaN where there is no number, no verdict or no strength.

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
        ``"pass"``, ``"fail"``, ``"described"`` (where there is nothing to keep),
        ``"not applicable"`` or ``"not enough data"``.
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
