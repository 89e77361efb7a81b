"""One runner's model of time: terms of the ground, what earlier runs add, and pieces of a way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from trailstats.arrays import Floats, as_floats
from trailstats.history.prediction._carry import (
    CarryRules,
    RunFacts,
    carry,
    left_out,
)
from trailstats.history.prediction._fit import Prior, Terms, fit_terms
from trailstats.history.prediction._own_pace import (
    OwnPace,
    learn_own_pace,
    log_paces,
    misses_of_rule,
)
from trailstats.history.prediction._runs import Runs
from trailstats.history.prediction._terms import (
    COURSE_TERMS,
    HEART_RATE_TERMS,
    Conditions,
)
from trailstats.metrics._even_ground import UNKNOWN_TRAIL

FEWEST_RUNS: Final = 10
"""Runs from which a runner's own terms are used; before, they are the population's
(our choice).
"""

ENOUGH_KNOWN: Final = 0.5
"""Share of a way whose ground must be known for it to count (our choice); the rest is taken to be
like it.
"""

LEAST_KNOWN: Final = 0.2
"""Share of a way whose ground is known below which all that isn't known is guessed from the
climbing (our choice).
"""

HILLY, HILLY_WIDTH = 12.0, 3.0
"""Ascent at which a way that nothing is known of is as likely trail as road, and how sharply that
changes with it [m/km] (our choice, of seven pairs tried): six athletes' first runs on a way were on
trail in 20 of 22 cases above 20 m/km, and in none of 34 below 10.
"""

TECHNICAL_OF_TRAIL: Final = 0.3
"""Probability of technical ground where a way is trail for all that is known (our choice, about
that of the same first runs).
"""

LATEST: Final = 200
"""Runs by which the runner's own pace per km-effort is judged, the latest (our choice)."""

_ROUNDS: Final = 3
"""Times that the time under way is put back into the terms: it changes by less than a second
after that, as fatigue is small.
"""


@dataclass(frozen=True, eq=False)
class Pieces:
    """A way in short pieces, arrays of one length; NaN where not known.

    Attributes
    ----------
    distance : numpy.ndarray
        Length of each [m].
    grade, p_trail, p_technical : numpy.ndarray
        [1]
    ascent, descent : numpy.ndarray
        [m]
    """

    distance: Floats
    grade: Floats
    p_trail: Floats
    p_technical: Floats
    ascent: Floats
    descent: Floats

    def guessed(self) -> Pieces:
        """Return the pieces, with a ground by the climbing where hardly any of it is known: new
        ways that climb are trails.
        """
        if self.trail_known() >= LEAST_KNOWN:
            return self
        if np.isnan(self.grade).all():
            return self
        trail = trail_by_climbing(self.distance.sum(), self.ascent.sum())
        rough = np.full(len(self.distance), TECHNICAL_OF_TRAIL * trail)
        known = np.isfinite(self.p_technical)
        return replace(
            self,
            p_trail=np.where(np.isfinite(self.p_trail), self.p_trail, trail),
            p_technical=np.where(known, self.p_technical, rough),
        )

    def terms(self, *, heart_rate: bool) -> tuple[str, ...]:
        """Return the terms that can be told for these pieces."""
        left_out = set()
        if self._known(self.p_trail) < ENOUGH_KNOWN:
            left_out.add("trail")
        if self._known(self.p_technical) < ENOUGH_KNOWN:
            left_out |= {"technical", "technical_descent"}
        names = COURSE_TERMS + (HEART_RATE_TERMS if heart_rate else ())
        return tuple(name for name in names if name not in left_out)

    def trail_known(self) -> float:
        """Return the share of the way of which it is known whether it is trail."""
        return self._known(self.p_trail)

    def trail_share(self) -> float:
        """Return the mean probability of trail, where it isn't known that of unknown ground."""
        trail = np.nan_to_num(self.p_trail, nan=UNKNOWN_TRAIL) @ self.distance
        return float(trail / max(self.distance.sum(), 1.0))

    def _known(self, values: Floats) -> float:
        """Return the share of the way for which a value is known."""
        known = self.distance[np.isfinite(values)].sum()
        return float(known / max(self.distance.sum(), 1e-9))

    def _filled(self, values: Floats) -> Floats:
        """Return values with the mean of the known ones where they aren't known."""
        known = np.isfinite(values)
        if known.all() or not known.any():
            return values
        mean = np.average(values[known], weights=self.distance[known])
        return np.where(known, values, mean)

    def conditions(
        self, hours: Floats, heart_rate: float, temperature: float
    ) -> Conditions:
        """Return what the pieces are like when they are reached after some hours."""
        return Conditions(
            grade=self.grade,
            p_trail=self._filled(self.p_trail),
            p_technical=self._filled(self.p_technical),
            hours=hours,
            descent=np.cumsum(self.descent) - self.descent,
            temperature=np.full(len(hours), temperature),
            heart_rate=np.full(len(hours), heart_rate),
        )


def trail_by_climbing(length: float, ascent: float) -> float:
    """Return the probability that a way is trail, by its length and ascent alone [m]."""
    climb = 1000.0 * ascent / max(length, 1.0)
    return float(1.0 / (1.0 + np.exp((HILLY - climb) / HILLY_WIDTH)))


@dataclass(frozen=True)
class Day:
    """What is known of the day besides the way.

    Attributes
    ----------
    heart_rate : float
        Mean of the run [bpm]; NaN where not given.
    temperature : float
        At the wrist [degC]; NaN where not given.
    """

    heart_rate: float = float("nan")
    temperature: float = float("nan")


@dataclass(frozen=True, eq=False)
class Times:
    """Moving times of the pieces of a way.

    Attributes
    ----------
    expected : numpy.ndarray
        [s]
    columns : numpy.ndarray, shape (n, k)
        Of the terms.
    spread : float
        Standard deviation of the log of the whole time, of the day and of earlier runs alone.
    own_pace : OwnPace
        What is in it of the runner's own pace per km-effort.
    """

    expected: Floats
    columns: Floats
    spread: float
    own_pace: OwnPace


@dataclass(frozen=True, eq=False)
class RunnerModel:
    """The model of one runner, made of runs.

    Attributes
    ----------
    runs : Runs
    terms : Terms
    ratio : numpy.ndarray
        Log of the time that each run took over that by the terms.
    rules : CarryRules
    usual : numpy.ndarray, shape (k,)
        Mean of the terms' columns over the runs.
    """

    runs: Runs
    terms: Terms
    ratio: Floats
    rules: CarryRules
    usual: Floats

    def times(self, pieces: Pieces, facts: RunFacts, day: Day) -> Times:
        """Return the times of the pieces of one way on one day."""
        hours = np.cumsum(pieces.distance) / 3600.0 / np.exp(self.terms.level)
        for _ in range(_ROUNDS):
            found = pieces.conditions(hours, day.heart_rate, day.temperature)
            columns = found.columns(self.terms.names)
            time = pieces.distance / np.exp(self.terms.log_speed(columns))
            hours = (np.cumsum(time) - time) / 3600.0
        if "trail" not in self.terms.names:
            facts = facts.without_ground()
        shift, spread = carry(self.ratio, self.runs.facts, facts, self.rules)
        expected = time * np.exp(shift[0])
        # Terms count where the way differs from the runs that the level was learnt from.
        weight = expected / expected.sum()
        unlike = weight @ columns - self.usual
        beyond = float(unlike @ self.terms.covariance @ unlike)
        # Without heights the size of the course in km-effort isn't known.
        own = self.own_pace if np.isfinite(pieces.grade).any() else OwnPace()
        log_time = float(np.log(expected.sum()))
        towards = own.shift(log_time, pieces.distance.sum(), pieces.ascent.sum())
        return Times(
            as_floats(expected * np.exp(towards)),
            columns,
            float(np.hypot(spread[0], beyond**0.5)) * own.narrowing,
            own,
        )

    @cached_property
    def own_pace(self) -> OwnPace:
        """The runner's own pace per km-effort, of the latest runs; nothing of it with few runs, or
        where a heart rate is given, of which the rule of thumb knows nothing.
        """
        if len(self.runs) < FEWEST_RUNS or "heart_rate" in self.terms.names:
            return OwnPace()
        order = np.argsort(self.runs.facts.day)[-LATEST:]
        missed = left_out(
            self.ratio[order], self.runs.facts.take(order), self.rules
        )
        return learn_own_pace(missed, self._log_paces()[order])

    def missed(self) -> Floats:
        """Return the log of the time that each run took over that by the other runs."""
        found = left_out(self.ratio, self.runs.facts, self.rules)
        share = self.own_pace.share
        by_rule = misses_of_rule(self._log_paces()) if share else found
        return as_floats(found + share * (by_rule - found))

    def _log_paces(self) -> Floats:
        runs = self.runs
        names = ("moving_time", "distance", "ascent")
        return log_paces(*(runs.column(name) for name in names))


def fit_runner(
    runs: Runs,
    names: tuple[str, ...],
    prior: Prior,
    rules: CarryRules | None = None,
) -> RunnerModel:
    """Return the model of a runner's time.

    Parameters
    ----------
    runs : Runs
        At least one; with a mean heart rate where ``names`` hold its terms.
    names : tuple of str
        Terms, of `COURSE_TERMS` and `HEART_RATE_TERMS`.
    prior : Prior
        Of the population.
    rules : CarryRules, optional
    """
    own = prior.of(names)
    if len(runs) < FEWEST_RUNS:
        own = replace(own, spread=own.spread * 1e-3)
    if "trail" not in names:
        runs = replace(runs, facts=runs.facts.without_ground())
    columns = runs.conditions.columns(names)
    terms = fit_terms(runs.fitted(columns), own)
    ratio = runs.log_ratio(terms.log_speed(columns))
    duration = runs.stretches["duration"]
    usual = duration @ columns / duration.sum()
    return RunnerModel(runs, terms, ratio, rules or CarryRules(), usual)
