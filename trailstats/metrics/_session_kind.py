"""What kind of training a session was, by stated rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isnan, nan


class SessionKind(StrEnum):
    """Kind of training; one session may be of several kinds."""

    RACE = "race"
    INTERVAL = "interval"
    TEMPO = "tempo"
    LONG = "long"
    RECOVERY = "recovery"
    POWER = "power"
    """Short, steep and fast bouts."""
    MARATHON_VOLUME = "marathon_volume"
    """A long run on smooth, gentle trail."""
    HIKE_AND_RUN = "hike_and_run"
    """Climbs hiked, the rest run, at low intensity."""


@dataclass(frozen=True)
class SessionFeatures:
    """What the rules look at. NaN is unknown, and a rule on an unknown value does not hold.

    Attributes
    ----------
    duration : float
        Moving time. [s]
    typical_duration : float
        Median moving time of the athlete's runs of late. [s]
    trail_share, technical_share, gentle_share : float
        Shares of the distance on trail, on technical ground, and on grades below 5 %. [1]
    easy_share, middle_share, hard_share : float
        Shares of the time in the three zones. [1]
    climbing_time : float
        Time on grades of 10 % and more. [s]
    hike_share : float
        Share of that time that was walked. [1]
    steep_bouts : int
        Short, steep and fast bouts. [1]
    structured_laps : int
        Hard laps by plan or by lap button. [1]
    race : bool
        Whether it was a race. [1]
    """

    duration: float
    typical_duration: float = nan
    trail_share: float = nan
    technical_share: float = nan
    gentle_share: float = nan
    easy_share: float = nan
    middle_share: float = nan
    hard_share: float = nan
    climbing_time: float = nan
    hike_share: float = nan
    steep_bouts: int = 0
    structured_laps: int = 0
    race: bool = False


@dataclass(frozen=True)
class SessionRules:
    """Limits of `session_kinds`, all of them our choice.

    Attributes
    ----------
    interval_laps : int
        Hard laps that make intervals. [1]
    tempo_share, tempo_seconds : float
        Share and time in the middle zone that make a tempo run. [1], [s]
    long_ratio, long_seconds : float
        Ratio to the typical duration, and duration, that make a long run. [1], [s]
    recovery_share, recovery_seconds : float
        Share in the easy zone and longest duration of a recovery run. [1], [s]
    power_bouts : int
        Bouts that make a power session. [1]
    trail_share, smooth_share, gentle_share : float
        Least trail, largest technical and least gentle share of marathon volume. [1]
    hike_share, hike_seconds : float
        Share of climbing that is walked, and climbing time, of a hike and run. [1], [s]
    low_intensity_share : float
        Share of the time below the second threshold that hike and run needs. [1]
    """

    interval_laps: int = 3
    tempo_share: float = 0.40
    tempo_seconds: float = 900.0
    long_ratio: float = 1.5
    long_seconds: float = 5400.0
    recovery_share: float = 0.90
    recovery_seconds: float = 3600.0
    power_bouts: int = 1
    trail_share: float = 0.50
    smooth_share: float = 0.10
    gentle_share: float = 0.70
    hike_share: float = 0.50
    hike_seconds: float = 600.0
    low_intensity_share: float = 0.90


def session_kinds(
    features: SessionFeatures, *, rules: SessionRules | None = None
) -> tuple[SessionKind, ...]:
    """Name the kinds of training that a session was.

    Parameters
    ----------
    features : SessionFeatures
        What is known of the session.
    rules : SessionRules, optional
        Limits.

    Returns
    -------
    tuple of SessionKind
        Kinds, in the order of the enumeration; empty when none applies or nothing is known. Unknown
        (NaN) features fulfil no rule.

    References
    ----------
    [Judgement]_

    Examples
    --------
    >>> from trailstats.metrics import variety
    >>> features = variety.SessionFeatures(
    ...     duration=7200.0, trail_share=0.8, technical_share=0.0, gentle_share=0.9
    ... )
    >>> [kind.value for kind in variety.session_kinds(features)]
    ['long', 'marathon_volume']
    """
    f, limits = features, rules or SessionRules()
    long_run = f.duration >= limits.long_seconds and (
        f.duration >= limits.long_ratio * f.typical_duration
        or isnan(f.typical_duration)
    )
    found = {
        SessionKind.RACE: f.race,
        SessionKind.INTERVAL: f.structured_laps >= limits.interval_laps
        and not f.race,
        SessionKind.TEMPO: f.middle_share >= limits.tempo_share
        and f.middle_share * f.duration >= limits.tempo_seconds
        and not f.race,
        SessionKind.LONG: long_run,
        SessionKind.RECOVERY: f.easy_share >= limits.recovery_share
        and f.duration <= limits.recovery_seconds,
        SessionKind.POWER: f.steep_bouts >= limits.power_bouts,
        SessionKind.MARATHON_VOLUME: long_run
        and f.trail_share >= limits.trail_share
        and f.technical_share <= limits.smooth_share
        and f.gentle_share >= limits.gentle_share,
        SessionKind.HIKE_AND_RUN: f.hike_share >= limits.hike_share
        and f.climbing_time >= limits.hike_seconds
        and f.easy_share + f.middle_share >= limits.low_intensity_share,
    }
    return tuple(kind for kind, holds in found.items() if holds)
