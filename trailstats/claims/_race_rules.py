"""The rules for the last month before a road race: trail runs, volume, its fall, late descents."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.claims._evidence import Evidence
from trailstats.claims._weeks import race_days, span
from trailstats.claims.result import RuleResult
from trailstats.schema import EvidenceStrength
from trailstats.schema.arrays import Flags, Floats, Ints

__all__ = ["race_rules"]

STATEMENTS = {
    "R2": "In the last month before a road race at most one trail run in two weeks.",
    "R2b": "Run 41 to 60 % less in the last two weeks before a race than in the four weeks before "
    "those.",
    "R2c": "Let the distance fall from week to week over the last weeks before a race.",
    "R2d": "No unaccustomed descents or technical ground in the last two weeks before a race.",
}
EVIDENCE = {
    "R2": EvidenceStrength.NONE,
    "R2b": EvidenceStrength.STRONG,
    "R2c": EvidenceStrength.MODERATE,
    "R2d": EvidenceStrength.MODERATE,
}
SMALLEST_CUT, LARGEST_CUT = 0.41, 0.60  # [Bosquet2007]
NO_RACE = (
    "No road race is known: none was given, none stands in the profile, and no "
    "run is named as one."
)


@dataclass(frozen=True, eq=False)
class _Before:
    """The runs before one race: days before it and what the rules look at."""

    race: pd.Timestamp
    ago: Ints
    trail: Flags
    distance: Floats
    descent: Floats
    technical: Floats
    covered: int
    files: NDArray[np.object_]

    def within(self, first: int, last: int) -> Flags:
        """Return which runs lie from ``first`` down to ``last`` days before the race."""
        return (self.ago <= first) & (self.ago >= last)

    def sources(self, where: Flags) -> tuple[str, ...]:
        return tuple(self.files[where])

    def days(self, first: int, last: int) -> str:
        return span(
            self.race - pd.Timedelta(days=first), self.race - pd.Timedelta(days=last)
        )


def race_rules(data: Evidence, days: pd.Series) -> list[RuleResult]:
    """Return the four rules for each known road race, or once as not applicable."""
    races = race_days(data, days)
    if not races:
        return [_result(rule, "", "not applicable", NO_RACE) for rule in STATEMENTS]
    runs = data.runs
    out = []
    for race in races:
        ago = (
            (race - days).dt.days.to_numpy()
            if len(days)
            else np.zeros(0, dtype=np.int64)
        )
        before = _Before(
            race,
            ago,
            (runs["side"] == "trail").to_numpy(),
            runs["distance"].fillna(0.0).to_numpy(),
            runs["descent"].to_numpy(),
            runs["technical_time"].to_numpy(),
            int(ago.max()) if len(ago) else 0,
            runs["file"].to_numpy(dtype=object),
        )
        out += [_trail_runs(before), _volume(before), _fall(before), _descents(before)]
    return out


def _result(
    rule: str, period: str, outcome: str, detail: str, files: tuple[str, ...] = ()
) -> RuleResult:
    return RuleResult(
        rule, STATEMENTS[rule], period, outcome, detail, EVIDENCE[rule], files
    )


def _unknown(before: _Before, needed: int) -> str:
    """Return why the days before the race are not all known, or an empty text."""
    if before.covered < needed:
        return (
            f"The recordings begin less than {needed} days before the race of "
            f"{before.race:%Y-%m-%d}."
        )
    if not (before.within(14, -1)).any():
        return f"No recording in the last two weeks before the race of {before.race:%Y-%m-%d}."
    return ""


def _trail_runs(before: _Before) -> RuleResult:
    period = before.days(28, 1)
    far, near = (before.within(a, b) & before.trail for a, b in ((28, 15), (14, 1)))
    counts = int(far.sum()), int(near.sum())
    detail = (
        f"{counts[0]} trail {'run' if counts[0] == 1 else 'runs'} from day 28 to 15 before the "
        "race of "
        f"{before.race:%Y-%m-%d}, {counts[1]} after that."
    )
    files = before.sources(far | near)
    if max(counts) > 1:
        return _result("R2", period, "fail", detail, files)
    reason = _unknown(before, 28)
    if reason:
        return _result("R2", period, "not enough data", reason, files)
    return _result("R2", period, "pass", detail, files)


def _volume(before: _Before) -> RuleResult:
    period = before.days(42, 1)
    reason = _unknown(before, 42)
    earlier = before.distance[before.within(42, 15)].sum() / 4.0
    if not reason and earlier <= 0:
        reason = "Nothing was run from day 42 to 15 before the race."
    if reason:
        return _result("R2b", period, "not enough data", reason)
    last = before.distance[before.within(14, 1)].sum() / 2.0
    cut = 1.0 - last / earlier
    often = before.within(14, 1).sum() / 2.0, before.within(42, 15).sum() / 4.0
    detail = (
        f"{last / 1000:.1f} km a week in the last two, {earlier / 1000:.1f} in the four before: "
        f"{100 * cut:.0f} % less; {often[0]:.1f} runs a week against {often[1]:.1f}."
    )
    kept = SMALLEST_CUT <= cut <= LARGEST_CUT
    return _result(
        "R2b",
        period,
        "pass" if kept else "fail",
        detail,
        before.sources(before.within(42, 1)),
    )


def _fall(before: _Before) -> RuleResult:
    period = before.days(28, 1)
    reason = _unknown(before, 28)
    if reason:
        return _result("R2c", period, "not enough data", reason)
    weeks = [
        float(before.distance[before.within(7 * k + 7, 7 * k + 1)].sum()) / 1000.0
        for k in (3, 2, 1, 0)
    ]
    kept = all(b < a for a, b in pairwise(weeks))
    detail = f"{', '.join(f'{w:.1f}' for w in weeks)} km in the last four weeks."
    return _result(
        "R2c",
        period,
        "pass" if kept else "fail",
        detail,
        before.sources(before.within(28, 1)),
    )


def _descents(before: _Before) -> RuleResult:
    period = before.days(56, 1)
    late, early = before.within(14, 1), before.within(56, 15)
    reason = _unknown(before, 56)
    if not reason and not (
        np.isfinite(before.descent[late]).any()
        and np.isfinite(before.descent[early]).any()
    ):
        reason = "No elevation was recorded, so descents are not known."
    if reason:
        return _result("R2d", period, "not enough data", reason)
    largest = [float(np.nanmax(before.descent[w])) for w in (late, early)]
    technical = [
        float(np.nanmax(np.append(before.technical[w], 0.0))) / 60.0
        for w in (late, early)
    ]
    detail = (
        f"Largest descent of a run {largest[0]:.0f} m in the last two weeks, {largest[1]:.0f} m in "
        "the six before; "
        f"most time on technical ground {technical[0]:.0f} against {technical[1]:.0f} min."
    )
    kept = largest[0] <= largest[1] and technical[0] <= technical[1]
    return _result(
        "R2d", period, "pass" if kept else "fail", detail, before.sources(late)
    )
