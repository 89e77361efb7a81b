"""The athlete's own flat-road pace, against which a stretch is slow or not; from runs analysed
before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from trailstats.errors import ConfigError
from trailstats.model.activity import Issue
from trailstats.schema import Gait, Severity, Slope

__all__ = ["Baseline"]

FEWEST_RUNS = 5
"""Fewer runs than this are no habit (our choice)."""

SHORTEST_FLAT = 1000.0
"""Flat distance that a run needs to say something of the pace [m] (our choice)."""

ROAD = 0.5
"""Mean probability of trail below which a run counts towards the road pace (our choice)."""


@dataclass(frozen=True)
class Baseline:
    """How fast an athlete usually runs on flat road.

    Without it a stretch is slow or fast against the run's own median only. A run that is trail for
    the most part then has nothing to stand out from; slower on the flat than the athlete is used
    to, it has.

    Attributes
    ----------
    speed : float
        Median over runs of their median speed on the flat [m/s].
    runs : int
        Number of runs that it rests on.

    Raises
    ------
    ConfigError
        When the speed is not positive.

    Examples
    --------
    >>> from trailstats.terrain import TerrainRules
    >>> TerrainRules(baseline=Baseline(speed=2.9, runs=12)).baseline.runs
    12
    """

    speed: float
    runs: int

    def __post_init__(self) -> None:
        if not self.speed > 0:
            raise ConfigError(
                f"the baseline's speed is {self.speed:g}; it must be positive"
            )

    @property
    def issue(self) -> Issue:
        """What is said of an activity whose ground was estimated with it."""
        minutes, seconds = divmod(round(1000.0 / self.speed), 60)
        message = (
            "road and trail were estimated with the athlete's usual pace on flat road, "
            f"{minutes}:{seconds:02d} min/km "
            f"in {self.runs} runs"
        )
        return Issue("own_pace", Severity.INFO, message)

    @classmethod
    def from_segments(cls, segments: pd.DataFrame) -> Baseline | None:
        """Return the baseline that runs analysed before give.

        Parameters
        ----------
        segments : pandas.DataFrame
            Table ``schema.SEGMENTS`` of many runs of one athlete, such as ``History.segments``.

        Returns
        -------
        Baseline or None
            None with fewer than five runs that have a kilometre of flat ground and are rather road
            than trail.

        Notes
        -----
        Cadence is left out, as it adds nothing: of five athletes with both kinds of runs,
        cadence on the flat less what their road runs have at that speed was -1.5 to 3.1 steps a
        minute on trail, now below and now above zero, while their road runs scatter by 2.4 to 5.7
        (standard deviation).

        Of each run the median speed of its flat stretches that were run, weighted by their length;
        of the runs the median. Which runs are road is taken from their mean ``p_trail``, which was
        estimated without a baseline.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = [(f"{i}.fit", "flat", "run", 5000.0, 2.8 + 0.05 * i, 0.2) for i in range(7)]
        >>> names = ["file", "slope", "gait", "distance", "speed", "p_trail"]
        >>> round(Baseline.from_segments(pd.DataFrame(rows, columns=names)).speed, 2)
        2.95
        """
        p_trail, file = segments["p_trail"], segments["file"]
        weight = segments["distance"].where(p_trail.notna(), 0.0)
        total = weight.groupby(file).sum()
        weighted = (p_trail.fillna(0.0) * weight).groupby(file).sum()
        mean = weighted / total.where(total > 0)
        road = file.isin(mean.index[mean < ROAD])
        flat = (segments["slope"] == Slope.FLAT) & (segments["gait"] == Gait.RUN)
        rows = segments[road & flat & (segments["speed"] > 0)]
        pace = [
            _median_over_distance(
                run["speed"].to_numpy(), run["distance"].to_numpy()
            )
            for _, run in rows.groupby("file")
            if run["distance"].sum() >= SHORTEST_FLAT
        ]
        if len(pace) < FEWEST_RUNS:
            return None
        return cls(float(np.median(pace)), len(pace))


def _median_over_distance(values: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(values)
    half = np.cumsum(weight[order]) - weight[order] / 2
    return float(np.interp(weight.sum() / 2, half, values[order]))
