"""Heart-rate limits of one athlete, stated or estimated, with where each comes from."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from trailstats.arrays import Floats
from trailstats.metrics import intensity
from trailstats.model.athlete import Athlete
from trailstats.schema.documents import plain

__all__ = ["ASSUMED_REST", "HeartRateLimits", "resolve_limits"]

NAN = float("nan")
ASSUMED_REST = 60.0
"""Resting heart rate where none is given [bpm] (our choice)."""

FEWEST_ACTIVITIES = 10
"""Activities with a heart rate from which a maximum is read (our choice): in fewer, no one has gone
all out.
"""

SHORTEST_AT_MAXIMUM = 5.0
"""Time that a heart rate must have been held to count as reached [s]."""


@dataclass(frozen=True)
class HeartRateLimits:
    """The heart rates that zones and loads are measured against.

    Attributes
    ----------
    maximum, rest : float
        [bpm]; NaN when unknown.
    easy_ceiling, hard_floor : float
        First and second threshold: easy lies below the one, hard above the other [bpm]; NaN when
        unknown.
    sex : str
        ``"female"``, ``"male"`` or empty.
    source : str
        Where the values come from, for a person.

    Examples
    --------
    >>> import trailstats as ts
    >>> history = ts.analyze_folder("data/samples/odd", athlete=ts.Athlete(heart_rate_max=187))
    >>> history.limits.maximum
    187
    """

    maximum: float = NAN
    rest: float = NAN
    easy_ceiling: float = NAN
    hard_floor: float = NAN
    sex: str = ""
    source: str = "unknown: no profile, and too few recordings with a heart rate"

    def to_dict(self) -> dict[str, object]:
        """Return the limits as plain values."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}


def resolve_limits(
    athlete: Athlete,
    *,
    day: pd.Timestamp | None = None,
    times: Floats | None = None,
    n_activities: int = 0,
) -> HeartRateLimits:
    """Return the limits: as stated, else from the highest heart rates recorded, else from age.

    Parameters
    ----------
    athlete : Athlete
    day : pandas.Timestamp, optional
        For the age.
    times : numpy.ndarray, shape (256,), optional
        Moving time at each heart rate over all activities [s].
    n_activities : int
        Activities with a heart rate; from fewer than ten no maximum is read.

    Returns
    -------
    HeartRateLimits
        Thresholds that were not stated are shares of the maximum, see
        `metrics.intensity.ZoneRules`.
    """
    maximum, sources = _maximum(athlete, day, times, n_activities)
    rest = athlete.heart_rate_rest or NAN
    if np.isnan(rest) and not np.isnan(maximum):
        rest = ASSUMED_REST
        sources.append(f"rest assumed {ASSUMED_REST:.0f}")
    easy, hard = NAN, NAN
    if not np.isnan(maximum):
        easy, hard = (float(b) for b in intensity.three_zone_bounds(maximum))
    if athlete.easy_ceiling:
        easy = athlete.easy_ceiling
        sources.append("easy ceiling stated")
    elif not np.isnan(easy):
        sources.append("easy ceiling a share of the maximum")
    if athlete.threshold_heart_rate:
        hard = athlete.threshold_heart_rate
    if not np.isnan(easy) and not np.isnan(hard) and hard <= easy:
        hard = NAN
    source = "; ".join(sources) or HeartRateLimits().source
    return HeartRateLimits(maximum, rest, easy, hard, athlete.sex, source)


def _maximum(
    athlete: Athlete,
    day: pd.Timestamp | None,
    times: Floats | None,
    n_activities: int,
) -> tuple[float, list[str]]:
    if athlete.heart_rate_max:
        return athlete.heart_rate_max, ["maximum stated"]
    if times is not None and n_activities >= FEWEST_ACTIVITIES:
        # The time at or above each rate, less the topmost thousandth, in which artefacts gather.
        above = np.cumsum(times[::-1])[::-1]
        reached = np.flatnonzero(
            above >= max(SHORTEST_AT_MAXIMUM, 0.001 * float(times.sum()))
        )
        if len(reached):
            return float(reached[-1]), [
                f"maximum from the recordings ({n_activities} with a heart rate)"
            ]
    if athlete.birth_year and day is not None:
        return float(
            intensity.heart_rate_max_from_age(day.year - athlete.birth_year)
        ), ["maximum from age"]
    return NAN, []
