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
    clock = as_floats(found.week)
    trend, correlation = _line(found.speed, clock, found.count)
    begin = weeks.start[0] if len(weeks) else pd.NaT
    trend["week"] = pd.DatetimeIndex(
        [begin + pd.Timedelta(weeks=at) for at in trend["week"]], tz="UTC"
    )
    return RoadForm(table, trend, found.reference, correlation)


def _line(
    speed: Floats, clock: Floats, count: Floats
) -> tuple[pd.DataFrame, float]:
    """Return the line at even distances in weeks: its height is the constant of a fit whose clock
    is zero there.
    """
    rows = []
    correlation = float("nan")
    if len(clock) >= FEWEST_WEEKS:
        for at in np.linspace(clock[0], clock[-1], POINTS).tolist():
            fit = ar1_regression(
                speed,
                np.column_stack((np.ones(len(clock)), clock - at)),
                clock,
                weights=count,
            )
            if not fit.identified:
                break
            rows.append((at, float(fit.coefficients[0]), *fit.interval(0)))
            correlation = fit.correlation
    return pd.DataFrame(
        rows, columns=["week", "speed", "low", "high"], dtype=np.float64
    ), correlation
