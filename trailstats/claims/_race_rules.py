"""The rules for the last month before a road race: trail runs, volume, its fall, late descents."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints
from trailstats.claims._evidence import Evidence
from trailstats.claims._races import RIEGEL
from trailstats.claims._weeks import race_days, span
from trailstats.claims.result import RuleResult
from trailstats.claims.wording import rule_result
from trailstats.schema import Surface

RULES = ("R2", "R2b", "R2c", "R2d")
SMALLEST_CUT = 0.41
LARGEST_CUT = 0.60
"""Between these a smaller volume before a race helps [Bosquet2007]_."""

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
    files: NDArray[np.object_]

    def within(self, first: int, last: int) -> Flags:
        """Return which runs lie from ``first`` down to ``last`` days before the race."""
        return (self.ago <= first) & (self.ago >= last)

    def weekly_distance(self, first: int, last: int) -> float:
        """Return the mean distance of a week of such days [km]."""
        distance = float(self.distance[self.within(first, last)].sum()) / 1000.0
        return distance * 7.0 / (first - last + 1)

    def weekly_runs(self, first: int, last: int) -> float:
        """Return the mean number of runs in a week of such days."""
        return float(self.within(first, last).sum()) * 7.0 / (first - last + 1)

    def result(
        self,
        rule: str,
        first: int,
        outcome: bool,
        detail: str,
        where: Flags,
    ) -> RuleResult:
        """Return a rule judged from ``first`` days before the race on, by some runs."""
        period = self.period(first)
        return rule_result(
            rule, period, outcome, detail, tuple(self.files[where])
        )

    def period(self, first: int) -> str:
        """Return the days from ``first`` before the race to its eve."""
        day = pd.Timedelta(days=1)
        return span(self.race - first * day, self.race - day)

    def unknown(self, needed: int) -> str:
        """Return why the days before the race are not all known, or an empty text."""
        if self.ago.max(initial=0) < needed:
            return (
                f"The recordings begin less than {needed} days before the race of "
                f"{self.race:%Y-%m-%d}."
            )
        if not self.within(14, -1).any():
            return f"No recording in the last two weeks before the race of {self.race:%Y-%m-%d}."
        return ""


def race_rules(data: Evidence, days: pd.Series) -> list[RuleResult]:
    """Return the four rules for each known road race, or once as not applicable."""
    races = race_days(data, days)
    if not races:
        return [
            rule_result(rule, "", "not applicable", NO_RACE) for rule in RULES
        ]
    runs = data.runs
    out = []
    for race in races:
        before = _Before(
            race,
            (race - days).dt.days.to_numpy(dtype=np.int64),
            data.is_trail,
            runs["distance"].fillna(0.0).to_numpy(),
            runs["descent"].to_numpy(),
            runs["technical_time"].to_numpy(),
            data.file_names,
        )
        out += [
            _trail_runs(before),
            _volume(before),
            _fall(before),
            _descents(before),
        ]
    return [*out, *_after_few_trails(data, days, out)]


def _after_few_trails(
    data: Evidence, days: pd.Series, results: list[RuleResult]
) -> list[RuleResult]:
    """Describe how races went after few trail runs and after more; one runner's races show no
    effect, so nothing is judged. Empty where neither two of the one nor of the other are recorded.
    """
    runs = data.runs
    score = (
        runs["grade_adjusted_speed"] * (runs["moving_time"] / 3600.0) ** RIEGEL
    )
    raced = (runs["intent"] == "race") & (runs["side"] != Surface.TRAIL)
    best = score.where(raced).groupby(days).max()
    kept: dict[str, list[float]] = {"pass": [], "fail": []}
    for race, result in zip(race_days(data, days), results[::4], strict=True):
        value = float(best.get(race, np.nan))
        if result.outcome in kept and value > 0:
            kept[result.outcome].append(value)
    few, many = kept["pass"], kept["fail"]
    if len(few) < 2 and len(many) < 2:
        return []
    said = [
        f"{len(races)} {'race' if len(races) == 1 else 'races'} after {how}"
        + (f", as fast as {np.mean(races):.2f} m/s over an hour" if races else "")
        for races, how in (
            (few, "at most one trail run in two weeks"),
            (many, "more"),
        )
    ]
    detail = f"{'; '.join(said)}. So few races show no effect."
    period = span(days.min(), days.max())
    return [rule_result("R2", period, "described", detail)]


def _trail_runs(before: _Before) -> RuleResult:
    far = before.within(28, 15) & before.trail
    near = before.within(14, 1) & before.trail
    n_far = int(far.sum())
    n_near = int(near.sum())
    files = tuple(before.files[far | near])
    detail = (
        f"Race of {before.race:%Y-%m-%d}: {n_far} trail run{'s' * (n_far != 1)} in the fourth and "
        f"third week before it, {n_near} in the last two."
    )
    few = max(n_far, n_near) <= 1
    reason = before.unknown(28)
    # Too many runs are too many, whatever else is not known.
    if few and reason:
        return rule_result(
            "R2", before.period(28), "not enough data", reason, files
        )
    return rule_result("R2", before.period(28), few, detail, files)


def _volume(before: _Before) -> RuleResult:
    reason = before.unknown(42)
    earlier = before.weekly_distance(42, 15)
    if not reason and earlier <= 0:
        reason = "Nothing was run in the sixth to third week before the race."
    if reason:
        return rule_result("R2b", before.period(42), "not enough data", reason)
    last = before.weekly_distance(14, 1)
    cut = 1.0 - last / earlier
    detail = (
        f"{last:.1f} km a week in the last two, {earlier:.1f} km in the four before: "
        f"{_less(cut)}; {before.weekly_runs(14, 1):.1f} runs a week against "
        f"{before.weekly_runs(42, 15):.1f}."
    )
    kept = SMALLEST_CUT <= cut <= LARGEST_CUT
    return before.result("R2b", 42, kept, detail, before.within(42, 1))


def _less(cut: float) -> str:
    """Return how much less was run, or how much more."""
    return f"{100 * abs(cut):.0f} % {'less' if cut >= 0 else 'more'}"


def _fall(before: _Before) -> RuleResult:
    reason = before.unknown(28)
    if reason:
        return rule_result("R2c", before.period(28), "not enough data", reason)
    weeks = [
        before.weekly_distance(first, first - 6) for first in (28, 21, 14, 7)
    ]
    falls = all(later < earlier for earlier, later in pairwise(weeks))
    detail = f"{', '.join(f'{w:.1f} km' for w in weeks)} in the last four weeks."
    return before.result("R2c", 28, falls, detail, before.within(28, 1))


def _descents(before: _Before) -> RuleResult:
    late = before.within(14, 1)
    early = before.within(56, 15)
    descent = _largest(before.descent, late, early)
    technical = _largest(before.technical, late, early) / 60.0
    reason = before.unknown(56)
    if not reason and np.isnan(descent).any():
        reason = "No elevation was recorded, so descents are not known."
    if reason:
        return rule_result("R2d", before.period(56), "not enough data", reason)
    technical = np.nan_to_num(technical)
    detail = (
        f"Largest descent of a run {descent[0]:.0f} m in the last two weeks, {descent[1]:.0f} m in "
        f"the six before; most time on technical ground {technical[0]:.0f} against "
        f"{technical[1]:.0f} min."
    )
    kept = bool(descent[0] <= descent[1] and technical[0] <= technical[1])
    return before.result("R2d", 56, kept, detail, late)


def _largest(values: Floats, *groups: Flags) -> Floats:
    """Return the largest value of each group of runs; NaN where none is known."""
    return np.array([pd.Series(values[own]).max() for own in groups])
