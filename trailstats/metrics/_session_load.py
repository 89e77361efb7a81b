"""Load of a session by the best method that its data allow."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from trailstats.arrays import ArrayLike
from trailstats.metrics._energy import STOPPED_SPEED
from trailstats.metrics._heart_rate_anchors import heart_rate_reserve_fraction
from trailstats.metrics._trimp import (
    Sex,
    TrimpVariant,
    banister_trimp,
    pace_load,
    trimp_weight,
)
from trailstats.metrics.effort import normalised_speed
from trailstats.metrics.sampling import recorded_share, valid_seconds


class LoadMethod(StrEnum):
    """What a session load was computed from, best first."""

    HEART_RATE = "heart rate"
    PACE = "pace"
    RATING = "rating"
    DURATION = "duration"


@dataclass(frozen=True)
class SessionLoadRules:
    """Scale and gates of `session_load`.

    Attributes
    ----------
    smallest_coverage : float
        Share of the moving time that a method needs (our choice). [1]
    second_threshold : float
        Second threshold as a share of maximum heart rate; an hour there is 100. [1]
    rating_at_threshold : float
        Rating at which an hour is 100 (our choice). [1]
    duration_intensity : float
        Share of threshold intensity assumed when only time is known (our choice). [1]

    References
    ----------
    [ThreeZones]_, [Judgement]_
    """

    smallest_coverage: float = 0.80
    second_threshold: float = 0.87
    rating_at_threshold: float = 7.0
    duration_intensity: float = 0.75


@dataclass(frozen=True)
class SessionLoad:
    """Load of one session and what it was computed from.

    Attributes
    ----------
    value : float
        Load; 100 is an hour at threshold by every method. [1]
    method : LoadMethod
        What it rests on.
    coverage : float
        Share of the time in which the method had its input. [1]
    """

    value: float
    method: LoadMethod
    coverage: float


def session_load(
    dt: ArrayLike,
    *,
    hr: ArrayLike | None = None,
    rest: float | None = None,
    maximum: float | None = None,
    sex: Sex | None = None,
    speed: ArrayLike | None = None,
    threshold_speed: float | None = None,
    rating: float | None = None,
    rules: SessionLoadRules | None = None,
) -> SessionLoad:
    """Compute the load of a session by the best method that its data allow.

    In this order: Banister's training impulse when heart rate covers enough of the time and rest
    and maximum are known; then the load from normalised grade-adjusted speed when the threshold
    speed is known; then the rating; then duration at an assumed intensity. Every method is scaled
    to 100 for an hour at threshold, so that a calendar may mix them, and a gap within the coverage
    allowed is filled at the session's own rate.

    Parameters
    ----------
    dt : array-like
        Seconds that each sample stands for; 0 in pauses. [s]
    hr : array-like, optional
        Heart rate. [bpm]
    rest, maximum : float, optional
        Resting and maximum heart rate. [bpm]
    sex : Sex, optional
        Which of Banister's curves. None takes the mean of both.
    speed : array-like, optional
        Grade-adjusted speed. [m/s]
    threshold_speed : float, optional
        Level speed that can be held for about an hour. [m/s]
    rating : float, optional
        Rating of perceived exertion, 0 to 10. [1]
    rules : SessionLoadRules, optional
        Scale and gates.

    Returns
    -------
    SessionLoad
        Load, method and coverage. NaN inputs count as missing. 0 for a session without time.

    References
    ----------
    [Banister1991]_, [Skiba2006]_, [Foster2001]_

    Examples
    --------
    >>> from trailstats.metrics import load
    >>> session = load.session_load(3600.0, rating=7.0)
    >>> session.value, session.method.value
    (100.0, 'rating')
    """
    gates = rules or SessionLoadRules()
    hours = float(np.sum(valid_seconds(dt))) / 3600.0
    if (
        hr is not None
        and rest is not None
        and maximum is not None
        and maximum > rest
    ):
        coverage = recorded_share(dt, hr)
        if coverage >= gates.smallest_coverage:
            impulse = (
                banister_trimp(hr, dt, rest=rest, maximum=maximum, sex=sex)
                / coverage
            )
            threshold = heart_rate_reserve_fraction(
                gates.second_threshold * maximum, rest, maximum
            )
            hour = 60.0 * float(
                trimp_weight(threshold, sex, TrimpVariant.SEX_SPECIFIC)
            )
            return SessionLoad(
                100.0 * impulse / hour, LoadMethod.HEART_RATE, coverage
            )
    if (
        speed is not None
        and threshold_speed is not None
        and threshold_speed > STOPPED_SPEED
    ):
        coverage = recorded_share(dt, speed)
        if coverage >= gates.smallest_coverage:
            value = pace_load(
                normalised_speed(speed, dt), 3600.0 * hours, threshold_speed
            )
            return SessionLoad(value, LoadMethod.PACE, coverage)
    if rating is not None and 0.0 <= rating <= 10.0:
        return SessionLoad(
            100.0 * hours * rating / gates.rating_at_threshold,
            LoadMethod.RATING,
            1.0,
        )
    return SessionLoad(
        100.0 * hours * gates.duration_intensity**2, LoadMethod.DURATION, 1.0
    )
