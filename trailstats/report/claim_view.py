"""Claims and training rules as the page shows them: words, formatted numbers and the picture of the interval."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trailstats.claims.result import ClaimResult, RuleResult
from trailstats.report import text
from trailstats.report.palette import EVIDENCE, OUTCOMES, VERDICTS, Swatch
from trailstats.schema import EvidenceStrength, Verdict

__all__ = [
    "ClaimView",
    "IntervalPicture",
    "RuleView",
    "claim_title",
    "claim_view",
    "display_unit",
    "rule_view",
]

_TITLES = {
    "strength": "Strength and balance of muscles",
    "easy_days": "Slower easy days",
    "balance": "Balance and stability",
    "stress": "Less stress about pace",
    "impact": "Less impact on the joints",
    "volume": "More training",
    "enjoyment": "More enjoyment",
    "variety": "Variety of training",
    "road_improvement": "Better road running",
    "same_effort": "Not necessarily harder",
    "training_rules": "Training advice",
}
_SHARE = re.compile(r"\b(share|fraction|proportion|probability)\b", re.IGNORECASE)


@dataclass(frozen=True)
class IntervalPicture:
    """A difference with its interval on an axis whose middle is zero; places in percent of the axis.

    Attributes
    ----------
    left, width, dot : float
        Where the interval begins, how long it is, and where the difference lies.
    edge : str
        Difference at the right end of the axis; the left end is its opposite.
    clear : bool
        Whether the interval leaves out zero.
    label : str
        The same in words.
    """

    left: float
    width: float
    dot: float
    edge: str
    clear: bool
    label: str


@dataclass(frozen=True)
class ClaimView:
    """One claim, or one part of it, ready to be shown."""

    claim: str
    title: str
    statement: str
    metric: str
    measure: str
    verdict: Swatch
    answer: str
    trail: str
    road: str
    difference: str
    interval: str
    bounds: str
    sample: str
    evidence: str
    dots: int
    picture: IntervalPicture | None
    caveats: tuple[str, ...]
    parts: tuple[ClaimView, ...]
    runs: tuple[int, ...]


@dataclass(frozen=True)
class RuleView:
    """One training rule, ready to be shown."""

    rule: str
    statement: str
    period: str
    outcome: Swatch
    detail: str
    evidence: str
    dots: int
    runs: tuple[int, ...]


def claim_view(result: ClaimResult, numbers: Mapping[str, int], imperial: bool = False) -> ClaimView:
    """Return a claim as the page shows it.

    Parameters
    ----------
    result : ClaimResult
    numbers : mapping of str to int
        The number that the page gives to the activity from each source; sources that it lacks are left out.
    imperial : bool
    """
    unit = display_unit(result.unit, result.metric)
    bound = max((abs(v) for v in (result.low, result.high) if math.isfinite(v)), default=0.0)
    difference = text.difference(result.difference, unit, imperial, beside=bound)
    interval = text.interval(result.low, result.high, unit, imperial, signed=True)
    # Beside the difference the interval does without the unit.
    bounds = interval.removesuffix(difference[difference.find(" ") :]) if " " in difference else interval
    return ClaimView(
        claim=result.claim,
        title=claim_title(result.claim),
        statement=result.statement,
        metric=result.metric,
        measure=short_metric(result.metric),
        verdict=VERDICTS[Verdict(result.verdict)],
        answer=_answer(result, unit, imperial),
        trail=text.number(result.trail, unit, imperial),
        road=text.number(result.road, unit, imperial),
        difference=difference,
        interval=interval,
        bounds="" if interval == text.DASH else bounds,
        sample=_sample(result),
        evidence=EvidenceStrength(result.evidence).value,
        dots=EVIDENCE[EvidenceStrength(result.evidence)],
        picture=_picture(result, unit, imperial),
        caveats=result.caveats,
        parts=tuple(claim_view(part, numbers, imperial) for part in result.parts),
        runs=_runs(result.activities, numbers),
    )


def rule_view(result: RuleResult, numbers: Mapping[str, int]) -> RuleView:
    """Return a training rule as the page shows it; ``numbers`` as in `claim_view`."""
    return RuleView(
        rule=result.rule,
        statement=result.statement,
        period=result.period,
        outcome=OUTCOMES.get(result.outcome, Swatch(result.outcome, "dots", "muted")),
        detail=result.detail,
        evidence=EvidenceStrength(result.evidence).value,
        dots=EVIDENCE[EvidenceStrength(result.evidence)],
        runs=_runs(result.activities, numbers),
    )


def claim_title(claim: str) -> str:
    """Return a short name for a claim's identifier."""
    return _TITLES.get(claim, claim.replace("_", " ").capitalize())


def short_metric(metric: str) -> str:
    """Return what was measured without the qualifications behind the first comma."""
    return metric.split(",", 1)[0].rstrip(".")


def display_unit(unit: str, meaning: str) -> str:
    """Return ``"share"`` for a plain number whose name or meaning says that it is a part of a whole."""
    return "share" if unit == "1" and _SHARE.search(meaning.replace("_", " ")) else unit


def _answer(result: ClaimResult, unit: str, imperial: bool) -> str:
    """Return the finding in one sentence; where there is none, the reason."""
    what = short_metric(result.metric)
    what = f"{what[:1].upper()}{what[1:]}: "
    sides = [text.number(v, unit, imperial) for v in (result.trail, result.road)]
    known = [math.isfinite(v) for v in (result.trail, result.road)]
    if all(known):
        return f"{what}{sides[0]} on trail, {sides[1]} on road."
    if any(known):
        return f"{what}{sides[known.index(True)]} on {'trail' if known[0] else 'road'}; nothing to compare with."
    if math.isfinite(result.difference):
        return f"{what}difference {text.difference(result.difference, unit, imperial)}."
    if any(math.isfinite(part.difference) for part in result.parts):
        return f"{len(result.parts)} measures, shown apart."
    # Among the caveats the one that says what is needed is the reason.
    return next((c for c in result.caveats if "needed" in c), result.caveats[0] if result.caveats else "")


def _sample(result: ClaimResult) -> str:
    if not result.n_trail and not result.n_road:
        return text.DASH
    return f"{text.count(result.n_trail)} trail, {text.count(result.n_road)} road"


def _runs(sources: Sequence[str], numbers: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(numbers[s] for s in sources if s in numbers))


def _picture(result: ClaimResult, unit: str, imperial: bool) -> IntervalPicture | None:
    values = [v for v in (result.low, result.difference, result.high) if math.isfinite(v)]
    if not math.isfinite(result.difference):
        return None
    edge = 1.1 * max((abs(v) for v in values), default=0.0) or 1.0
    low = result.low if math.isfinite(result.low) else -edge if math.isfinite(result.high) else result.difference
    high = result.high if math.isfinite(result.high) else edge if math.isfinite(result.low) else result.difference

    def place(value: float) -> float:
        return round(50.0 + 50.0 * value / edge, 2)

    span = text.interval(result.low, result.high, unit, imperial, signed=True)
    label = f"difference {text.difference(result.difference, unit, imperial)}"
    if span != text.DASH:
        label += f", 95 % interval {span}"
    return IntervalPicture(
        left=place(low),
        width=round(place(high) - place(low), 2),
        dot=place(result.difference),
        edge=text.difference(edge, unit, imperial),
        clear=low > 0 or high < 0,
        label=label,
    )
