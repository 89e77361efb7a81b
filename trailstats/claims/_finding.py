"""From a comparison to an answer: verdict, numbers, caveats, and the table behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_floats
from trailstats.claims._evidence import Evidence
from trailstats.claims._needs import needs_of_runs
from trailstats.claims._remarks import of_other_length, size_of
from trailstats.claims._steps import run_steps
from trailstats.claims.result import ClaimResult, Need
from trailstats.claims.stats import Comparison, MatchRules, bounds_at, compare
from trailstats.claims.wording import (
    PartWords,
    claim_wording,
    claim_words,
    unanswered,
)
from trailstats.schema import Reach, Verdict

NAN = float("nan")
ALPHA = 0.05
DECIDED = (Verdict.SUPPORTED, Verdict.CONTRADICTED)
WHOLE = 0.99
"""Sides whose shares of trail are so far apart are all trail and none (our choice)."""

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
    steps : tuple of callable
        Each makes a table of the runs used, and of those dropped at which step.
    bounds : callable, optional
        Gives the interval at another confidence.
    by_margin : bool
        Whether the verdict rests on the interval's place against the margin, not on the test.
    """

    result: ClaimResult
    p_value: float = NAN
    tables: tuple[Callable[[], pd.DataFrame], ...] = ()
    steps: tuple[Callable[[], pd.DataFrame], ...] = ()
    bounds: Callable[[float], tuple[float, float]] | None = None
    by_margin: bool = False

    def with_verdict(self, verdict: Verdict | None) -> Finding:
        """Return the finding with another verdict."""
        return replace(self, result=replace(self.result, verdict=verdict))

    def untested(self, verdict: Verdict) -> Finding:
        """Return the finding with a verdict that rests on no test."""
        return replace(self.with_verdict(verdict), p_value=NAN)

    def stating(self, measured: str) -> Finding:
        """Return the finding with another statement that its verdict is of."""
        return replace(self, result=replace(self.result, measured=measured))

    def needing(self, *needs: Need) -> Finding:
        """Return the finding with what would answer it."""
        return replace(self, result=replace(self.result, needs=needs))

    @property
    def is_open(self) -> bool:
        """Whether nothing is answered, one way or the other."""
        return not self.result.is_decided

    def untraced(self) -> Finding:
        """Return the finding without what it can be traced to."""
        return replace(self, tables=(), steps=())

    def noted(self, *caveats: str) -> Finding:
        """Return the finding with more caveats."""
        every = (*self.result.caveats, *caveats)
        return replace(self, result=replace(self.result, caveats=every))

    def open(self, *, tests: float = NAN) -> Finding:
        """Return the finding with its decision taken back, and no interval that says otherwise.

        Parameters
        ----------
        tests : float
            Over so many tests the interval is widened; without a number it goes.
        """
        low = high = NAN
        if self.bounds is not None and np.isfinite(tests):
            low, high = self.bounds(1.0 - ALPHA / tests)
        result = replace(
            self.result, low=low, high=high, verdict=Verdict.INCONCLUSIVE
        )
        return replace(self, result=result, by_margin=False)

    def explained(self) -> pd.DataFrame:
        """Return what the answer can be traced to, one part after the other."""
        made = [table for make in self.tables if len(table := make())]
        return pd.concat(made, ignore_index=True) if made else pd.DataFrame()


def held_together(finding: Finding, adjusted: float) -> Finding:
    """Return a finding whose decision is taken back where its p value, adjusted for the others of
    its kind, doesn't bear it.

    Parameters
    ----------
    finding : Finding
    adjusted : float
        NaN where there is no test.
    """
    by_test = finding.result.verdict in DECIDED and not finding.by_margin
    if not (adjusted >= ALPHA and by_test):
        return finding
    note = (
        "By itself it would be decided; the interval shown allows for the others."
    )
    tests = adjusted / max(finding.p_value, 1e-300)
    return finding.open(tests=tests).noted(note)


def decide(
    interval: tuple[float, float],
    p_value: float,
    words: PartWords,
    margin: float = 0.0,
) -> Verdict | None:
    """Return the verdict for a difference.

    Parameters
    ----------
    interval : (float, float)
        Of the difference, trail minus road.
    p_value : float
        Of no difference; NaN where there was no test.
    words : PartWords
        Which sign speaks for the statement, and whether it is one of no difference.
    margin : float
        Smallest difference that matters, in the unit of the interval.

    Returns
    -------
    Verdict or None
        An interval within the margin on either side is no difference that matters, however small
        the p value. A statement of "not worse" is borne out by an interval that keeps clear of the
        margin on the bad side. None for what isn't judged.

    References
    ----------
    [Schuirmann1987]_, for two one-sided tests, here each at 2.5 %.
    """
    if not words.judged:
        return None
    if np.isnan(p_value):
        return Verdict.NOT_ENOUGH_DATA
    low, high = interval
    if -margin < low and high < margin:
        return Verdict.NO_DIFFERENCE
    worst = high if words.direction < 0 else -low
    if words.no_worse and worst < margin:
        return Verdict.SUPPORTED
    if p_value >= ALPHA:
        return Verdict.INCONCLUSIVE
    for_it = (low + high) * words.direction > 0
    return Verdict.SUPPORTED if for_it else Verdict.CONTRADICTED


def rests_on_margin(verdict: Verdict | None, words: PartWords) -> bool:
    """Return whether a verdict of `decide` rests on the margin and not on the test."""
    return verdict is Verdict.NO_DIFFERENCE or (
        words.no_worse and verdict is Verdict.SUPPORTED
    )


def rests_on_single_runs(comparison: Comparison) -> bool:
    """Return whether a few runs carry a difference, however small its p value: the mean follows
    single runs, the median doesn't, and here they differ in sign.
    """
    return comparison.robust * comparison.difference < 0


def compare_runs(
    data: Evidence,
    part: str,
    values: pd.Series,
    *,
    where: pd.Series | None = None,
    weights: Floats | None = None,
    rules: MatchRules | None = None,
) -> Finding:
    """Answer a part by one value per run, over the expected share of trail.

    A measure that is a cue of the ground model is compared over runs whose ground something else
    tells: a label, the map or the file's tag.

    Parameters
    ----------
    data : Evidence
    part : str
        Identifier among the parts of `claim_wording`.
    values : pandas.Series
        With the index of ``data.runs``.
    where : pandas.Series of bool, optional
        Runs that count.
    weights : numpy.ndarray, optional
        For how much each of them does.
    rules : MatchRules, optional
    """
    runs = data.runs
    counted = np.ones(len(runs), dtype=bool)
    if where is not None:
        counted &= where.to_numpy()
    caveats: tuple[str, ...] = ()
    share = runs["share"]
    if claim_wording().parts[part].cue:
        counted &= runs["told"].to_numpy()
        share = runs["told_share"]
        caveats = (
            "The ground is told from this as well, so only runs count whose ground a label, the "
            "map or the file's tag tells, or that someone who tags trails left untagged: "
            f"{int(runs['told'].sum())} of {len(runs)}.",
        )
    kept = np.where(counted, as_floats(values), np.nan)
    comparison = compare(
        kept,
        share,
        runs["day"],
        runs["moving_time"],
        weights=weights,
        rules=rules,
    )
    found = part_of(data, part, comparison, caveats=caveats, rules=rules)
    steps = partial(_steps, data, part, comparison, values, where)
    return replace(found, steps=(steps,))


def _steps(
    data: Evidence,
    part: str,
    comparison: Comparison,
    values: pd.Series,
    where: pd.Series | None,
) -> pd.DataFrame:
    """Return which runs a comparison used, and why it dropped the others."""
    runs = data.runs
    every = np.ones(len(runs), dtype=bool)
    chosen = every if where is None else where.to_numpy()
    why = _CHOICES.get(str(where.name), "not meant") if where is not None else ""
    told = runs["told"].to_numpy() if claim_wording().parts[part].cue else every
    matched = np.isin(np.arange(len(runs)), comparison.matched)
    return run_steps(
        data,
        part,
        (
            ("indoors", runs["outdoors"].to_numpy()),
            ("its ground is not known", np.isfinite(as_floats(runs["share"]))),
            (why, chosen),
            ("its ground is told by its signal alone", told),
            ("nothing recorded to measure it by", np.isfinite(as_floats(values))),
            ("no run near in time, alike in length and on other ground", matched),
        ),
    )


_CHOICES = {
    "unhurried": "a hard run or a race",
    "easy": "not an easy or everyday run",
}
"""What is wrong with runs that a column leaves out."""


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
    words = claim_wording().parts[part]
    margin, source = data.margin(part, comparison.road)
    interval = (comparison.low, comparison.high)
    verdict = decide(interval, comparison.p_value, words, margin)
    by_margin = rests_on_margin(verdict, words)
    notes = list(caveats)
    if comparison.enough:
        if (
            rests_on_single_runs(comparison)
            and verdict in DECIDED
            and not by_margin
        ):
            verdict = Verdict.INCONCLUSIVE
            interval = (NAN, NAN)
            notes.append(
                "Mean and median of the matched pairs differ in sign: single runs carry the "
                "difference."
            )
        notes.append(size_of(comparison))
        notes.extend(of_other_length(data, comparison))
        more, less = comparison.shares
        if more - less < WHOLE:
            notes.append(
                f"The two values are of runs with {100 * more:.0f} % and {100 * less:.0f} % of "
                "trail expected; the difference is for all trail against none."
            )
    elif comparison.is_close(fewest := (rules or MatchRules()).fewest):
        notes.append(
            "The ground of these runs is too much alike, or too uncertain."
        )
    else:
        notes.append(
            f"{comparison.n_trail} trail and {comparison.n_road} road runs can be compared; "
            f"{fewest} on each side, within six weeks of each other and of like duration, are "
            "needed."
        )
    matched = comparison.matched
    result = replace(
        unanswered(part, *notes),
        trail=comparison.trail,
        road=comparison.road,
        trail_share=comparison.shares[0],
        road_share=comparison.shares[1],
        difference=comparison.difference,
        low=interval[0],
        high=interval[1],
        n_trail=comparison.n_trail,
        n_road=comparison.n_road,
        verdict=verdict,
        error=comparison.error,
        margin=margin,
        margin_source=source,
        activities=data.files(matched),
        needs=needs_of_runs(
            data, words, comparison, margin, rules or MatchRules()
        ),
    )
    table = partial(_pairs, data, part, comparison)
    return Finding(
        result,
        comparison.p_value,
        (table,),
        bounds=partial(bounds_at, replace(comparison, paired={})),
        by_margin=by_margin,
    )


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
        reach=words.reach,
        evidence=words.evidence,
        caveats=(*words.caveats, *caveats, *own.caveats, words.published),
        activities=tuple(dict.fromkeys(f for r in every for f in r.activities)),
        parts=tuple(_part(p.result, words.reach) for p in parts),
    )
    tables = dict.fromkeys(
        table for found in (main, *parts) for table in found.tables
    )
    steps = dict.fromkeys(
        make for found in (main, *parts) for make in found.steps
    )
    return replace(main, result=result, tables=tuple(tables), steps=tuple(steps))


def _part(result: ClaimResult, reach: Reach) -> ClaimResult:
    """Return a part's answer: the evidence is the claim's, and the reach its own or the claim's."""
    own = claim_wording().parts[result.claim].reach
    return replace(result, evidence=None, reach=own or reach)


def _pairs(data: Evidence, part: str, comparison: Comparison) -> pd.DataFrame:
    pairs = comparison.pairs
    rows = comparison.matched
    trail, road = data.file_names[rows].T
    begin, other = data.runs["day"].to_numpy()[rows].T
    shown = pairs.assign(
        part=part,
        trail=trail,
        road=road,
        weight=pairs["weight"] / pairs["weight"].sum(),
        days_apart=np.abs(begin - other),
    ).sort_values("weight", ascending=False, ignore_index=True)
    return shown[[*_PAIR_COLUMNS]]
