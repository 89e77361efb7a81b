"""Road speed at one heart rate, week by week: the outcome that road improvement is judged by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trailstats.claims._evidence import Evidence
from trailstats.claims._stretches import LEAST_RISE, MOST_RISE, calm_stretches
from trailstats.claims._weeks import Weeks
from trailstats.schema import Surface
from trailstats.schema.arrays import Floats

__all__ = ["RoadSpeed", "road_speed"]


LEVEL = 0.02
"""Road counts where the grade is below this [1]."""

SHORTEST = 1200.0
"""Time on level road that a run needs [s]; judgement."""

RECORDED = 0.7
"""Share of the weeks with a temperature from which on it is used, those between filled in;
judgement.
"""

PERIOD = 61.0
"""Runs of so many days together tell how heart rate rises with speed [day]; judgement."""


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
    reference : float
        Heart rate [bpm].
    runs : pandas.DataFrame
        ``row, file, week, speed, heart_rate, speed_at_reference``.
    reason : str
        Why there is nothing, empty otherwise.
    """

    week: NDArray[np.intp]
    speed: Floats
    count: Floats
    temperature: Floats
    device: NDArray[np.intp]
    reference: float
    runs: pd.DataFrame
    reason: str = ""


def road_speed(data: Evidence, weeks: Weeks) -> RoadSpeed:
    """Return the weekly road speed at the athlete's median heart rate on level road."""
    runs = data.runs
    none = np.zeros(0)
    nothing = RoadSpeed(
        none.astype(np.intp),
        none,
        none,
        none,
        none.astype(np.intp),
        np.nan,
        pd.DataFrame(),
    )
    chosen = ((runs["side"] == "road") & (runs["intent"] != "race")).to_numpy()
    table, _ = calm_stretches(data, chosen)
    table = table[
        (table["surface"] == Surface.ROAD) & (table["mean_grade"].abs() < LEVEL)
    ]
    weight = table["duration"].to_numpy()
    row = table["row"].to_numpy(dtype=np.intp)
    total = np.bincount(row, weights=weight, minlength=len(runs))
    inside = (
        (weeks.of_run >= 0) & (weeks.of_run < len(weeks))
        if len(runs)
        else np.zeros(0, dtype=bool)
    )
    kept = np.flatnonzero((total >= SHORTEST) & inside)
    if len(kept) < 12:
        why = (
            "No heart rate was recorded."
            if runs["mean_heart_rate"].isna().all()
            else ""
        )
        return _because(
            nothing,
            why
            or f"{len(kept)} road runs with 20 level minutes and a heart rate; far more are "
            "needed.",
        )
    speed = (
        np.bincount(row, weights=weight * table["speed"], minlength=len(runs))[kept]
        / total[kept]
    )
    rate = (
        np.bincount(row, weights=weight * table["heart_rate"], minlength=len(runs))[
            kept
        ]
        / total[kept]
    )
    period = np.floor(runs["day"].to_numpy()[kept] / PERIOD)
    rise = _rise(speed, rate, period)
    if not LEAST_RISE <= rise <= MOST_RISE:
        return _because(
            nothing,
            "Heart rate doesn't follow speed on these road runs, so no speed at one heart rate can "
            "be read.",
        )
    reference = float(np.median(rate))
    at_reference = speed + (reference - rate) / rise
    frame = pd.DataFrame(
        {
            "row": kept,
            "file": runs["file"].to_numpy()[kept],
            "week": weeks.of_run[kept],
            "speed": speed,
            "heart_rate": rate,
            "speed_at_reference": at_reference,
            "temperature": runs["temperature"].to_numpy()[kept],
            "device": _devices(runs["device"].iloc[kept]),
        }
    )
    grouped = frame.groupby("week")
    sums = grouped.agg(
        speed=("speed_at_reference", "mean"),
        count=("speed_at_reference", "size"),
        device=("device", "median"),
    )
    warmth = grouped["temperature"].mean()
    return RoadSpeed(
        sums.index.to_numpy(dtype=np.intp),
        sums["speed"].to_numpy(),
        sums["count"].to_numpy(dtype=np.float64),
        _filled(
            sums.index.to_numpy(dtype=np.float64), warmth.to_numpy(dtype=np.float64)
        ),
        np.rint(sums["device"].to_numpy()).astype(np.intp),
        reference,
        frame,
    )


def _because(nothing: RoadSpeed, reason: str) -> RoadSpeed:
    return RoadSpeed(**{**vars(nothing), "reason": reason})


def _rise(speed: Floats, rate: Floats, period: Floats) -> float:
    """Return how heart rate rises with speed between runs of the same two months [bpm per m/s]."""
    _, group = np.unique(period, return_inverse=True)
    size = np.bincount(group)
    x, y = (v - (np.bincount(group, weights=v) / size)[group] for v in (speed, rate))
    power = float(x @ x)
    return float(x @ y) / power if power > 0 else np.nan


def _filled(week: Floats, temperature: Floats) -> Floats:
    known = np.isfinite(temperature)
    if known.mean() < RECORDED:
        return np.full(len(week), np.nan)
    return np.interp(week, week[known], temperature[known])


def _devices(names: pd.Series) -> NDArray[np.intp]:
    """Return devices as numbers, 0 for the commonest; those with fewer than eight runs count as
    it.
    """
    counts = names.value_counts()
    number = {name: k if n >= 8 else 0 for k, (name, n) in enumerate(counts.items())}
    return np.asarray([number[n] for n in names], dtype=np.intp)
