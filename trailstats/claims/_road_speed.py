"""Road speed at one heart rate, week by week: the outcome that road improvement is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.arrays import Floats, as_floats, as_indices
from trailstats.claims._evidence import Evidence
from trailstats.claims._stretches import LEAST_SLOPE, MOST_SLOPE, calm_stretches
from trailstats.claims._weeks import Weeks
from trailstats.schema import Surface

FLAT_GRADE = 0.02
"""Road counts where the grade is below this [1]."""

SHORTEST = 1200.0
"""Time on level road that a run needs [s] (our choice)."""

RECORDED = 0.7
"""Share of the weeks with a temperature from which on it is used, those between filled in
(our choice).
"""

FEWEST_RUNS = 12

SLOW_FORM: Final = 0.02
"""Form moves by so much from month to month whatever is run [1] (our choice)."""

SLOW_LOSS: Final = 0.01
"""As does the loss over a run [1] (our choice)."""

PERIOD = 61.0
"""Runs of so many days together give the slope of heart rate on speed [day] (our choice)."""


@dataclass(frozen=True, eq=False)
class RoadSpeed:
    """Weekly means of the speed that a run reaches at the reference heart rate, on level road.

    Attributes
    ----------
    week : numpy.ndarray of int, shape (n,)
    speed : numpy.ndarray, shape (n,)
        [m/s]
    count : numpy.ndarray, shape (n,)
        Runs in the week.
    temperature : numpy.ndarray, shape (n,)
        [degC]; weeks without one lie on the line between their neighbours; NaN where too few weeks
        have one.
    device : numpy.ndarray of int, shape (n,)
        The device of most of its runs, as a number; devices with few runs count together.
    hard : numpy.ndarray, shape (n,)
        Share of its runs that were hard: an error of the slope, by which heart rates are moved to
        the reference, would show between weeks with many of them and with few.
    reference : float
        Heart rate [bpm].
    runs : pandas.DataFrame
        ``row, file, week, speed, heart_rate, speed_at_reference``.
    slow : float
        How far it moves from month to month whatever is run [unit of ``speed``].
    usable : int or None
        Runs that hold what it takes, where these are too few.
    reason : str
        Why there is nothing, empty otherwise.
    """

    week: NDArray[np.intp]
    speed: Floats
    count: Floats
    temperature: Floats
    device: NDArray[np.intp]
    hard: Floats
    reference: float
    runs: pd.DataFrame
    slow: float
    reason: str = ""
    usable: int | None = None


def road_speed(data: Evidence, weeks: Weeks) -> RoadSpeed:
    """Return the weekly road speed at the athlete's median heart rate on level road."""
    runs = data.runs
    count = len(runs)
    chosen = (runs["side"] == Surface.ROAD) & (runs["intent"] != "race")
    table = calm_stretches(data, chosen.to_numpy())
    on_road = table["surface"] == Surface.ROAD
    table = table[on_road & (table["mean_grade"].abs() < FLAT_GRADE)]
    weight = table["duration"].to_numpy()
    row = as_indices(table["row"])
    total = np.bincount(row, weights=weight, minlength=count)
    inside = (weeks.of_run >= 0) & (weeks.of_run < len(weeks))
    kept = np.flatnonzero((total >= SHORTEST) & inside)
    if len(kept) < FEWEST_RUNS:
        if runs["mean_heart_rate"].isna().all():
            return _nothing("No heart rate was recorded.")
        return _nothing(
            f"{len(kept)} road runs have 20 level minutes and a heart rate, too few for a trend.",
            len(kept),
        )

    def mean(values: pd.Series) -> Floats:
        sums = np.bincount(row, weights=weight * values, minlength=count)
        return np.asarray(sums[kept] / total[kept])

    own = runs.iloc[kept]
    frame = pd.DataFrame(
        {
            "row": kept,
            "file": own["file"].to_numpy(),
            "week": weeks.of_run[kept],
            "speed": mean(table["speed"]),
            "heart_rate": mean(table["heart_rate"]),
        }
    )
    slope = _slope_within(frame, own["day"] // PERIOD)
    if not LEAST_SLOPE <= slope <= MOST_SLOPE:
        return _nothing(
            "Heart rate doesn't follow speed on these road runs, so no speed at one heart rate can "
            "be read."
        )
    reference = float(frame["heart_rate"].median())
    to_reference = (reference - frame["heart_rate"]) / slope
    frame = frame.assign(speed_at_reference=frame["speed"] + to_reference)
    slow = SLOW_FORM * float(frame["speed_at_reference"].mean())
    return _by_week(frame, own, "speed_at_reference", reference, slow)


def durability(data: Evidence, weeks: Weeks) -> RoadSpeed:
    """Return the weekly loss of speed at one heart rate from the first to the second half of steady
    road runs, in the place of the speed.
    """
    runs = data.runs
    inside = (weeks.of_run >= 0) & (weeks.of_run < len(weeks))
    steady = (runs["side"] == Surface.ROAD) & (runs["intent"] != "race")
    steady &= runs["decoupling"].notna()
    kept = np.flatnonzero(steady.to_numpy() & inside)
    if len(kept) < FEWEST_RUNS:
        return _nothing(
            f"{len(kept)} steady road runs with a heart rate; far more are needed."
        )
    own = runs.iloc[kept]
    frame = pd.DataFrame(
        {
            "row": kept,
            "file": own["file"].to_numpy(),
            "week": weeks.of_run[kept],
            "speed": own["mean_speed"].to_numpy(),
            "heart_rate": own["mean_heart_rate"].to_numpy(),
            "loss": own["decoupling"].to_numpy(),
        }
    )
    return _by_week(frame, own, "loss", np.nan, SLOW_LOSS)


def _by_week(
    runs: pd.DataFrame,
    own: pd.DataFrame,
    value: str,
    reference: float,
    slow: float,
) -> RoadSpeed:
    """Return the weekly means of one column of some runs."""
    runs = runs.assign(
        temperature=own["temperature"].to_numpy(),
        device=_devices(own["device"]),
        hard=~own["unhurried"].to_numpy(),
    )
    weekly = runs.groupby("week").agg(
        value=(value, "mean"),
        count=(value, "size"),
        temperature=("temperature", "mean"),
        device=("device", "median"),
        hard=("hard", "mean"),
    )
    return RoadSpeed(
        week=as_indices(weekly.index),
        speed=weekly["value"].to_numpy(),
        count=as_floats(weekly["count"]),
        temperature=_filled(weekly["temperature"]),
        device=as_indices(weekly["device"].round()),
        hard=as_floats(weekly["hard"]),
        reference=reference,
        runs=runs.drop(columns=["device", "hard"]),
        slow=slow,
    )


def _nothing(reason: str, usable: int | None = None) -> RoadSpeed:
    empty = np.zeros(0)
    none = np.zeros(0, dtype=np.intp)
    return RoadSpeed(
        none,
        empty,
        empty,
        empty,
        none,
        empty,
        np.nan,
        pd.DataFrame(),
        np.nan,
        reason,
        usable,
    )


def _slope_within(runs: pd.DataFrame, period: pd.Series) -> float:
    """Return the slope of heart rate on speed between runs of the same two months [bpm per m/s]."""
    values = runs[["speed", "heart_rate"]]
    means = values.groupby(period.to_numpy()).transform("mean")
    speed, rate = (values - means).to_numpy().T
    power = float(speed @ speed)
    return float(speed @ rate) / power if power > 0 else np.nan


def _filled(temperature: pd.Series) -> Floats:
    """Return the weeks' temperatures, those between known ones on the line between them."""
    week = as_floats(temperature.index)
    values = as_floats(temperature)
    known = np.isfinite(values)
    if known.mean() < RECORDED:
        return np.full(len(week), np.nan)
    return np.asarray(np.interp(week, week[known], values[known]))


def _devices(names: pd.Series) -> NDArray[np.intp]:
    """Return devices as numbers, 0 for the commonest; those with fewer than eight runs count as
    it.
    """
    counts = names.value_counts()
    common = counts.index[counts >= 8]
    return np.maximum(common.get_indexer(pd.Index(names)), 0)
