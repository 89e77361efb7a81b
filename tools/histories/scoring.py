"""What the claims said of simulated runners, set against what is true."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import binomtest

from trailstats.arrays import Floats
from trailstats.claims import CLAIMS, ClaimResult, findings
from trailstats.claims._evidence import Evidence
from trailstats.claims._finding import ALPHA
from trailstats.claims._weeks import whole_weeks
from trailstats.metrics.impact import EXPONENTS, SURFACE_FACTORS, Ground

from .scenario import ALL, Scenario
from .tables import SimulatedEvidence, simulate

DECIDED = ("supported", "contradicted")
FIGURES = {
    "strength": "climb_dose",
    "easy_days": "above_easy_ceiling",
    "balance": "step_variability",
    "stress": "pace_spread",
    "impact": "impact_per_km",
    "volume": "weekly_hours",
    "enjoyment": "feel",
    "variety": "terrain_evenness",
    "road_improvement": "road_improvement",
    "same_effort": "same_effort",
}
"""The part whose interval is judged, for each claim."""

TESTED = tuple(claim for claim in CLAIMS if claim != "training_rules")
MOST_TESTS = len(TESTED) - 1
"""Claims whose decision rests on a p value: all of them but impact."""

POOLED = ("strength", "easy_days", "enjoyment", "variety")
"""Claims whose true difference has no closed form: the mean over all histories of the scenario is
taken.
"""


@dataclass
class Outcome:
    """One history: verdict, figure, bounds and truth of each claim."""

    verdicts: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    figures: dict[str, tuple[float, float, float, float]] = field(
        default_factory=dict
    )
    loads: dict[str, Floats] = field(default_factory=dict)
    seed: int = 0


def judge(job: tuple[int, int]) -> Outcome:
    """Simulate one history of a scenario and answer the claims that it is there for."""
    number, seed = job
    scenario = ALL[number]
    data = SimulatedEvidence(simulate(scenario, seed))
    alone = scenario.group in ("confounded", "curve")
    found = findings(data, ("road_improvement",) if alone else TESTED)
    out = Outcome(loads={} if alone else _loads(data), seed=seed)
    for finding in found:
        result = finding.result
        if alone:
            strict = finding.p_value * MOST_TESTS < ALPHA
            out.parts["among all"] = (
                str(result.verdict) if strict else "inconclusive"
            )
        out.verdicts[result.claim] = str(result.verdict)
        for part in result.parts:
            out.parts[part.claim] = str(part.verdict or "described")
        if result.claim in FIGURES:
            part = _figure(result)
            true = _truth(scenario, result.claim, part, data)
            out.figures[result.claim] = (
                part.difference,
                part.low,
                part.high,
                true,
            )
    return out


def _figure(result: ClaimResult) -> ClaimResult:
    name = FIGURES[result.claim]
    return next((p for p in result.parts if p.claim == name), result)


def _truth(
    scenario: Scenario, claim: str, part: ClaimResult, data: Evidence
) -> float:
    """Return the true difference where it has a closed form, else NaN."""
    if claim == "balance":
        return 0.006 * (scenario.uneven - 1.0) * math.exp(0.15**2 / 2.0)
    if claim == "stress":
        return scenario.spread
    if claim == "same_effort":
        return scenario.beats
    if claim == "volume":
        share = whole_weeks(data).share_before(4)
        low, high = np.quantile(share[np.isfinite(share)], [0.1, 0.9])
        return float(scenario.volume_per_share * (high - low))
    if claim == "road_improvement":
        if not math.isfinite(part.road):
            return math.nan
        if scenario.trail_from:
            return scenario.gain * part.road
        share = whole_weeks(data).share_before(8)
        low, high = np.quantile(share[np.isfinite(share)], [0.1, 0.9])
        return float(scenario.gain * (high - low) * part.road)
    return math.nan


def _loads(data: Evidence) -> dict[str, Floats]:
    """Return each side's distance and impact component by exponent and downhill slope, hard runs
    left out.
    """
    runs = data.history.activities
    calm = (runs["intent"] != "hard").to_numpy()
    table = data.impact
    whole = table[calm[table["analysis"].to_numpy()]]
    columns = ["distance", "impact_low", "impact", "impact_high"]
    sums = whole.groupby(["surface", "exponent"])[columns].sum()
    nothing = np.zeros((len(EXPONENTS), len(columns)))
    return {
        s: sums.loc[s].to_numpy() if s in sums.index else nothing
        for s in ("trail", "road")
    }


def _true_impact(pooled: dict[str, Floats], seed: int) -> float:
    """Return the true relative difference per kilometre if the constants of nature are one draw of
    what is open.
    """
    rng = np.random.default_rng([seed, 5])
    factor = SURFACE_FACTORS[Ground.UNKNOWN_TRAIL]
    ground = rng.triangular(factor.low, factor.central, factor.high)
    slope = rng.uniform(0.04, 0.08)
    k = EXPONENTS.index(1.0)  # all steps counted alike
    per_km = {
        s: np.exp(np.interp(slope, (0.04, 0.06, 0.08), np.log(t[k, 1:])))
        / t[k, 0]
        for s, t in pooled.items()
    }
    return float(ground ** EXPONENTS[k] * per_km["trail"] / per_km["road"] - 1.0)


@dataclass(frozen=True)
class Share:
    """A share of histories with its 95 % interval (Wilson)."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share; NaN of nothing."""
        return self.count / self.total if self.total else math.nan

    def __str__(self) -> str:
        if not self.total:
            return "none"
        bounds = binomtest(self.count, self.total).proportion_ci(method="wilson")
        return f"{100 * self.value:.1f} % ({100 * bounds.low:.1f} to {100 * bounds.high:.1f})"


@dataclass(frozen=True)
class Score:
    """One claim in one scenario."""

    supported: Share
    contradicted: Share
    decided: Share
    alike: Share
    answered: Share
    covered: Share


def score(outcomes: list[Outcome]) -> dict[str, Score]:
    """Return the score of each claim over the histories of one scenario."""
    found: dict[str, Score] = {}
    for claim in outcomes[0].verdicts:
        verdicts = [o.verdicts[claim] for o in outcomes]
        total = len(verdicts)
        supported, contradicted = (verdicts.count(v) for v in DECIDED)
        answered = (
            total
            - verdicts.count("not enough data")
            - verdicts.count("not measurable")
        )
        found[claim] = Score(
            Share(supported, total),
            Share(contradicted, total),
            Share(supported + contradicted, total),
            Share(verdicts.count("no difference that matters"), total),
            Share(answered, total),
            _coverage(claim, outcomes),
        )
    return found


def _coverage(claim: str, outcomes: list[Outcome]) -> Share:
    if claim not in FIGURES:
        return Share(0, 0)
    figures = np.array([o.figures[claim] for o in outcomes], dtype=np.float64)
    figures = figures[np.isfinite(figures[:, 1])]
    if not len(figures):
        return Share(0, 0)
    true = figures[:, 3]
    if claim in POOLED:
        true = np.full(len(figures), figures[:, 0].mean())
    if claim == "impact":
        known = [o for o in outcomes if np.isfinite(o.figures[claim][1])]
        pooled = {
            side: np.sum([o.loads[side] for o in outcomes], axis=0)
            for side in ("trail", "road")
        }
        true = np.array([_true_impact(pooled, o.seed) for o in known])
    inside = (figures[:, 1] <= true) & (true <= figures[:, 2])
    return Share(int(inside.sum()), len(figures))


def parts_decided(outcomes: list[Outcome]) -> dict[str, Share]:
    """Return how often each part of an answer was supported."""
    counts: dict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        for name, verdict in outcome.parts.items():
            counts[name].append(verdict)
    return {
        name: Share(verdicts.count("supported"), len(verdicts))
        for name, verdicts in counts.items()
    }


def impact_decided(outcomes: list[Outcome]) -> Share:
    """Return how often any part of impact is decided."""
    starts = ("active_", "impact_", "tibial_")
    found = [
        any(
            verdict in DECIDED and name.startswith(starts)
            for name, verdict in outcome.parts.items()
        )
        for outcome in outcomes
    ]
    return Share(sum(found), len(found))
