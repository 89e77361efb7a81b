"""A runner's own effort: what grade, ground and fatigue cost, learnt from the heart rate of all
runs, and what each run is worth on level road.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from trailstats.analysis._even_ground import (
    POPULATION,
    EvenGround,
    even_grounds,
)
from trailstats.history._run_stretches import ReadStretches, RunStretches
from trailstats.metrics._even_ground import KNOTS, Estimate
from trailstats.metrics.effort import (
    EvenGroundCurve,
    Footing,
    even_ground_distance,
    fit_even_ground,
    population_even_ground,
)
from trailstats.model.results import Analysis

__all__ = ["RunnerEffort"]

_GRADES: Final = tuple(knot for knot in KNOTS if knot)

_COSTS: Final = {
    "technical": "of technical ground",
    "trail": "of trail against road, technical or not",
    "walking": "of walking against running, at equal heart rate",
}

_PER_CENT: Final = {
    "hours": (
        "hour",
        "loss of speed at equal heart rate for each hour under way",
    ),
    "descent": ("km", "the same for each 1,000 m of descent behind"),
    "warmth": ("10 degC", "the same for each 10 degrees above 15 at the wrist"),
}


@dataclass(frozen=True, eq=False)
class RunnerEffort:
    """What effort means for one runner, with intervals of 95 %.

    Attributes
    ----------
    curve : EvenGroundCurve
        The runner's own from ten runs with a heart rate on, before that a population's.
    runs_source : RunStretches or callable
        `runs`, or a function that reads them when they are first looked at.

    Examples
    --------
    >>> import trailstats as ts
    >>> own = ts.analyze_folder("data/samples/odd").effort
    >>> own.curve.personal
    False
    >>> "technical" in own.to_frame().index
    True
    """

    curve: EvenGroundCurve
    runs_source: RunStretches | Callable[[], RunStretches]

    @cached_property
    def runs(self) -> RunStretches:
        """The runs that it was learnt from, in stretches of about 45 s."""
        source = self.runs_source
        return source() if callable(source) else source

    @classmethod
    def of(
        cls, activities: pd.DataFrame, analyses: Sequence[Analysis]
    ) -> RunnerEffort:
        """Return the effort of a runner.

        Parameters
        ----------
        activities : pandas.DataFrame
            Table ``schema.ACTIVITIES``.
        analyses : sequence of Analysis
            One for each of its rows with ``status`` "ok".
        """
        return cls.of_stretches(activities, ReadStretches.of(analyses))

    @classmethod
    def of_stretches(
        cls, activities: pd.DataFrame, stretches: ReadStretches
    ) -> RunnerEffort:
        """Return the effort of a runner whose stretches are read."""
        runs = stretches.of_runs(activities)
        return cls(fit_even_ground(runs.heart_rates), runs)

    @property
    def method(self) -> str:
        """Whose curve it is, and what it rests on."""
        if self.curve.personal:
            return f"own curve of {self.curve.n_runs} runs"
        return POPULATION

    @cached_property
    def level_speed(self) -> float:
        """Even-ground speed over all runs [m/s]; NaN without one."""
        s = self.runs.stretches
        level = even_ground_distance(
            s["distance"], self.runs.footing, curve=self.curve
        )
        time = float(s["duration"].sum())
        return float(level.value[0]) / time if time > 0 else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return the runner's own costs.

        Returns
        -------
        pandas.DataFrame
            A row for each, indexed by ``name``: ``value, low, high`` (95 %), ``unit``,
            ``population`` (the value of a population) and ``meaning``. Grades are level speed of
            equal heart rate over actual speed; ground is seconds a kilometre at the runner's mean
            even-ground speed; fatigue and warmth are per cent of speed.
        """
        usual = population_even_ground()
        pace = 1000.0 / self.level_speed
        rows = [self._grade_row(grade, usual) for grade in _GRADES]
        for name, words in _COSTS.items():
            meaning = f"seconds a kilometre {words}"
            found = _seconds(self.curve.term(name), pace)
            before = _seconds(usual.term(name), pace).value
            rows.append((name, *found, "s/km", before, meaning))
        for name, (unit, meaning) in _PER_CENT.items():
            found = _loss(self.curve.term(name))
            before = _loss(usual.term(name)).value
            rows.append((name, *found, f"%/{unit}", before, meaning))
        columns = [
            "name",
            "value",
            "low",
            "high",
            "unit",
            "population",
            "meaning",
        ]
        return pd.DataFrame(rows, columns=columns).set_index("name")

    def _grade_row(
        self, grade: float, usual: EvenGroundCurve
    ) -> tuple[str, float, float, float, str, float, str]:
        place = Footing.of(grade)
        value, low, high = (float(v[0]) for v in self.curve.factor(place))
        before = float(usual.factor(place).value[0])
        meaning = f"level speed over actual speed at {grade:+.0%}"
        return f"grade {grade:+.2f}", value, low, high, "1", before, meaning

    def by_year(self) -> pd.DataFrame:
        """Return the skill of going up and down year by year, each learnt from its own runs.

        Returns
        -------
        pandas.DataFrame
            Columns ``year, grade, factor, low, high, n_runs``: level speed of equal heart rate
            over actual speed, lower is better; years with fewer than ten runs with a heart rate
            are left out.
        """
        starts = pd.DatetimeIndex(self.runs.table["start_time"])
        year = starts.year.to_numpy()
        rows = []
        for one in np.unique(year):
            kept = (year == one)[self.runs.run]
            curve = fit_even_ground(self.runs.heart_rates.where(kept))
            if not curve.personal:
                continue
            factors = curve.factor(Footing.of(_GRADES))
            for place, grade in enumerate(_GRADES):
                value, low, high = (float(v[place]) for v in factors)
                rows.append((int(one), grade, value, low, high, curve.n_runs))
        columns = ["year", "grade", "factor", "low", "high", "n_runs"]
        return pd.DataFrame(rows, columns=columns)

    def worth(
        self, activities: pd.DataFrame, stretches: ReadStretches
    ) -> list[EvenGround | None]:
        """Return what each analysis is worth on level road by this curve; None where its
        stretches don't tell.

        Parameters
        ----------
        activities : pandas.DataFrame
            Table ``schema.ACTIVITIES``.
        stretches : ReadStretches
            Of the analyses of its rows with ``status`` "ok".
        """
        read = (activities["status"] == "ok").to_numpy()
        time = activities["moving_time"].to_numpy()[read]
        columns, number = stretches.columns, stretches.analysis
        return even_grounds(columns, number, time, self.curve, self.method)


def _seconds(term: Estimate, pace: float) -> Estimate:
    """Return what a term of log speed costs in seconds a kilometre at a pace."""
    value, low, high = (pace * float(np.expm1(-t)) for t in term)
    return Estimate(value, min(low, high), max(low, high))


def _loss(term: Estimate) -> Estimate:
    """Return the loss of speed by a term [%]."""
    value, low, high = (-100.0 * float(np.expm1(t)) for t in term)
    return Estimate(value, min(low, high), max(low, high))
