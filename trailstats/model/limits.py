"""Heart-rate limits of one athlete, stated or estimated, with where each comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np
import pandas as pd

from trailstats.arrays import WIDTH_95, Floats
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

CONFIRMING = 3
"""So many activities reach a maximum that is beyond doubt (our choice): bad starts come by twos."""

BEYOND, RARE = 15.0, 200.0
"""An activity whose peak exceeds the third highest by more than this [bpm], and what hardly anyone
reaches [bpm], is left out (our choice).
"""

ERROR_OF_AGE = 10.0
"""Standard error of a maximum from age [bpm] [Robergs2002]_."""


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
    maximum_low, maximum_high : float
        How sure the maximum is [bpm]: from recordings, the peak that three of them reach and the
        highest of all; from age, 95 % of people; as stated, the maximum itself.

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
    maximum_low: float = NAN
    maximum_high: float = NAN

    def to_dict(self) -> dict[str, object]:
        """Return the limits as plain values."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}


class _Maximum(NamedTuple):
    """A maximum heart rate with its bounds [bpm], and where it comes from."""

    value: float = NAN
    low: float = NAN
    high: float = NAN
    source: str = ""


def resolve_limits(
    athlete: Athlete,
    *,
    day: pd.Timestamp | None = None,
    times: Iterable[Floats] = (),
) -> HeartRateLimits:
    """Return the limits: as stated, else from the highest heart rates recorded, else from age.

    Parameters
    ----------
    athlete : Athlete
    day : pandas.Timestamp, optional
        For the age.
    times : iterable of numpy.ndarray, shape (256,)
        Moving time at each heart rate, for each activity [s]; from fewer than ten with a heart rate
        no maximum is read.

    Returns
    -------
    HeartRateLimits
        Thresholds that were not stated are shares of the maximum, see
        `metrics.intensity.ZoneRules`.
    """
    most = _maximum(athlete, day, times)
    maximum, sources = most.value, [most.source] if most.source else []
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
    return HeartRateLimits(
        maximum, rest, easy, hard, athlete.sex, source, most.low, most.high
    )


def _maximum(
    athlete: Athlete, day: pd.Timestamp | None, times: Iterable[Floats]
) -> _Maximum:
    if stated := athlete.heart_rate_max:
        return _Maximum(stated, stated, stated, "maximum stated")
    recorded = [moving for moving in times if moving.any()]
    if len(recorded) >= FEWEST_ACTIVITIES:
        return _from_recordings(np.array(recorded))
    if athlete.birth_year and day is not None:
        age = day.year - athlete.birth_year
        found = float(intensity.heart_rate_max_from_age(age))
        half = WIDTH_95 * ERROR_OF_AGE
        source = f"maximum from age, within {half:.0f}"
        return _Maximum(found, found - half, found + half, source)
    return _Maximum()


def _from_recordings(times: Floats) -> _Maximum:
    """Return the maximum that recordings show, without the few whose peaks no others come near."""
    peaks = np.array([_highest_held(moving) for moving in times])
    confirmed = float(np.sort(peaks)[-CONFIRMING])
    kept = peaks <= max(confirmed + BEYOND, RARE)
    found = _highest_held(times[kept].sum(axis=0))
    low, high = min(found, confirmed), float(peaks.max())
    source = f"maximum from the recordings ({len(peaks)} with a heart rate"
    if not kept.all():
        source += (
            f", {np.count_nonzero(~kept)} with a peak beyond all others left out"
        )
    return _Maximum(found, low, high, f"{source}; {low:.0f} to {high:.0f})")


def _highest_held(moving: Floats) -> float:
    """Return the highest rate that was reached for long enough, by the time at each rate."""
    # The topmost thousandth is left out: artefacts gather there.
    above = np.cumsum(moving[::-1])[::-1]
    least = max(SHORTEST_AT_MAXIMUM, 0.001 * float(moving.sum()))
    reached = np.flatnonzero(above >= least)
    return float(reached[-1]) if len(reached) else 0.0
