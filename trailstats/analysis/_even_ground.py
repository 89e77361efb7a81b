"""What a run is worth on level road: its stretches, by a curve of even-ground speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from trailstats.analysis._wrapping import NO_ELEVATION, found, missing
from trailstats.arrays import Floats, Ints, as_floats, divide_by_positive
from trailstats.metrics.effort import (
    EvenGroundCurve,
    Footing,
    even_ground_distance,
    even_ground_speed,
)
from trailstats.model.results import Metric
from trailstats.schema import Columns

NAMES: Final = ("even_ground_speed", "even_ground_distance")

COLUMNS: Final = (
    "duration",
    "distance",
    "speed",
    "grade",
    "walking",
    "p_trail",
    "p_technical",
)
"""Columns of ``schema.STRETCHES`` that are looked at."""

LEAST_COVERED: Final = 0.5
"""Share of the moving time that stretches must hold for a run to be worth anything (our choice)."""

POPULATION: Final = "population's curve"


@dataclass(frozen=True)
class EvenGround:
    """What a run is worth on level road.

    Attributes
    ----------
    speed, low, high : float
        Even-ground speed and its 95 % interval [m/s].
    normalised : float
        Its power mean, which counts hard stretches more [m/s].
    coverage : float
        Share of the moving time that it rests on [1].
    method : str
        Whose curve it is.
    """

    speed: float
    low: float
    high: float
    normalised: float
    coverage: float
    method: str

    def shown(self) -> tuple[float, ...]:
        """Return the speeds as far as they are shown [cm/s]."""
        speeds = (self.speed, self.low, self.high, self.normalised)
        return tuple(round(100.0 * speed) for speed in speeds)


def even_grounds(
    stretches: Mapping[str, Floats],
    run: Ints,
    moving_time: Floats,
    curve: EvenGroundCurve,
    method: str,
) -> list[EvenGround | None]:
    """Return what runs are worth on level road; None where their stretches don't tell.

    Parameters
    ----------
    stretches : mapping of str to numpy.ndarray
        `COLUMNS` of the stretches, run after run.
    run : numpy.ndarray of int
        Number of the run of each stretch.
    moving_time : numpy.ndarray
        Of each run [s].
    curve : EvenGroundCurve
    method : str
        Whose curve it is.
    """
    s, many = stretches, len(moving_time)
    footing = Footing(s["grade"], s["p_trail"], s["p_technical"], s["walking"])
    level = even_ground_distance(
        s["distance"], footing, group=run, n_groups=many, curve=curve
    )
    speed = even_ground_speed(s["speed"], footing, curve=curve)
    seconds = np.where(np.isfinite(speed), s["duration"], 0.0)

    def total(values: Floats) -> Floats:
        return as_floats(np.bincount(run, np.nan_to_num(values), many))

    time = total(seconds)
    mean, low, high = (divide_by_positive(v, time) for v in level)
    normalised = divide_by_positive(total(seconds * speed**4), time) ** 0.25
    share = np.minimum(divide_by_positive(time, moving_time), 1.0)
    rows = np.column_stack([mean, low, high, normalised, share])
    known = (share >= LEAST_COVERED) & np.isfinite(mean)
    return [
        _even_ground(row, method) if is_known else None
        for row, is_known in zip(rows, known, strict=True)
    ]


def _even_ground(row: Floats, method: str) -> EvenGround:
    speed, low, high, normalised, coverage = (float(v) for v in row)
    return EvenGround(speed, low, high, normalised, coverage, method)


def even_ground_of(
    stretches: Columns, moving_time: float, curve: EvenGroundCurve
) -> EvenGround | None:
    """Return what one run is worth by a population's curve; None where its table
    ``schema.STRETCHES`` doesn't tell.
    """
    run = np.zeros(len(stretches), dtype=np.int64)
    time = np.array([moving_time])
    return even_grounds(stretches.arrays, run, time, curve, POPULATION)[0]


def even_ground_metrics(
    own: EvenGround | None, moving_time: float
) -> dict[str, Metric]:
    """Return the metrics of what a run is worth on level road."""
    if own is None:
        return missing(f"{NO_ELEVATION}, or not on foot", *NAMES)
    method = f"{own.method}; modelled, per stretch of 45 s; bounds: 95 %, of the curve's terms"
    bounds = {"low": own.low, "high": own.high}
    out = found(NAMES[0], own.speed, method, own.coverage, **bounds)
    bounds = {name: v * moving_time for name, v in bounds.items()}
    distance = own.speed * moving_time
    return out | found(NAMES[1], distance, method, own.coverage, **bounds)
