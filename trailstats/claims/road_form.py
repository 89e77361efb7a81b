"""Form on the road: the weekly outcome that the claim on road improvement is judged by, with its
plain trend.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.arrays import Floats, as_floats
from trailstats.claims._evidence import Evidence
from trailstats.claims._road_speed import road_speed
from trailstats.claims._weeks import whole_weeks
from trailstats.claims.stats import ar1_regression
from trailstats.history import History

__all__ = ["RoadForm", "road_form"]

FEWEST_WEEKS = 8
"""Weeks with a road run that a trend needs (our choice)."""

POINTS = 24
"""Places that the line is given at."""

_WEEK = pd.Timedelta(weeks=1)


@dataclass(frozen=True, eq=False)
class RoadForm:
    """Speed on level road at one heart rate, week by week.

    Attributes
    ----------
    weeks : pandas.DataFrame
        ``week`` (Monday), ``speed`` [m/s], ``n_runs``; empty without enough road runs with a heart
        rate.
    trend : pandas.DataFrame
        ``week, speed, low, high`` along a straight line; empty where there are too few weeks.
    reference : float
        Heart rate that the speed is read at [bpm].
    correlation : float
        Of what the line leaves from one week to the next.
    """

    weeks: pd.DataFrame
    trend: pd.DataFrame
    reference: float
    correlation: float

    def trend_within(
        self, first: pd.Timestamp, last: pd.Timestamp
    ) -> pd.DataFrame:
        """Return a straight line through the weeks that begin in a period.

        Parameters
        ----------
        first, last : pandas.Timestamp
            Days of it, in UTC as ``week`` is.

        Returns
        -------
        pandas.DataFrame
            As ``trend``.
        """
        own = self.weeks[self.weeks["week"].between(first, last)]
        return _trend(own)[0]


def road_form(history: History) -> RoadForm:
    """Return the weekly road speed at one heart rate and a straight trend with the 95 % interval of
    the line.

    Parameters
    ----------
    history : History

    Returns
    -------
    RoadForm
        The line is fitted as for the claim on road improvement, by
        `trailstats.claims.stats.ar1_regression`: good and bad weeks come in spells, which makes the
        interval wider than least squares would. Unlike there, temperature and volume stay in.

    Examples
    --------
    >>> import trailstats as ts
    >>> from trailstats.claims.road_form import road_form
    >>> len(road_form(ts.analyze_folder("data/samples/odd")).weeks)
    0
    """
    data = Evidence(history)
    weeks = whole_weeks(data)
    found = road_speed(data, weeks)
    monday = weeks.start[found.week]
    table = pd.DataFrame(
        {
            "week": monday,
            "speed": found.speed,
            "n_runs": found.count.astype(np.int64),
        }
    )
    trend, correlation = _trend(table)
    return RoadForm(table, trend, found.reference, correlation)


def _trend(weeks: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return a line through some weeks, and the correlation of what it leaves."""
    columns = ["week", "speed", "low", "high"]
    if len(weeks) < FEWEST_WEEKS:
        none = weeks.reindex(columns=columns).iloc[:0]
        return none, float("nan")
    begin = weeks["week"].iloc[0]
    clock = as_floats((weeks["week"] - begin) / _WEEK)
    table, correlation = _line(
        as_floats(weeks["speed"]), clock, as_floats(weeks["n_runs"])
    )
    table.insert(0, "week", begin + table.pop("at") * _WEEK)
    return table, correlation


def _line(
    speed: Floats, clock: Floats, count: Floats
) -> tuple[pd.DataFrame, float]:
    """Return the line at even distances in weeks.

    Its height at a place is the constant of a fit whose clock is zero there. The squared half
    width of the interval is the variance of a sum of the two coefficients, so a parabola over the
    places: three fits tell it everywhere.
    """
    columns = ["at", "speed", "low", "high"]
    begin, end = clock[0], clock[-1]
    known = np.array([begin, (begin + end) / 2, end])
    fits = [
        ar1_regression(
            speed,
            np.column_stack((np.ones(len(clock)), clock - at)),
            clock,
            weights=count,
        )
        for at in known.tolist()
    ]
    if not all(fit.identified for fit in fits):
        return pd.DataFrame(columns=columns, dtype=np.float64), float("nan")
    middle = np.array([float(fit.coefficients[0]) for fit in fits])
    reach = np.array([fit.interval(0)[1] for fit in fits]) - middle
    place = np.linspace(begin, end, POINTS)
    height = np.interp(place, known, middle)
    unit = (place - begin) / (end - begin)
    parabola = np.polyfit([0.0, 0.5, 1.0], reach**2, 2)
    half = np.sqrt(np.maximum(np.polyval(parabola, unit), 0.0))
    table = pd.DataFrame(
        np.column_stack((place, height, height - half, height + half)),
        columns=columns,
    )
    return table, fits[0].correlation
