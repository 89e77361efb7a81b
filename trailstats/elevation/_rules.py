"""What elevation is measured with, and how it is smoothed, counted and judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ElevationSource(StrEnum):
    """What the elevation was measured with, as its noise shows."""

    BAROMETER = "barometer"
    GNSS = "gnss"
    NONE = "none"


@dataclass(frozen=True)
class TrustRules:
    """When recorded height is believed; see `elevation_quality`. All values are our choice, by
    flat and hilly recordings with and without errors put in.

    Attributes
    ----------
    window : float
        Length over which grade and pace are taken [m].
    trend : float
        What changes over more than this is taken out of both [m].
    least_relief : float
        Relief about the trend, as a standard deviation, that makes no difference: it is believed,
        whatever it is [m].
    prior : float
        Log-odds of hills before anything is looked at.
    believe : float
        Elevation is believed from this probability on.
    speeds : tuple of float
        Paces are cut off here [m/s].
    least_spread : float
        Paces that spread less, as a log, are too even to be a person's, and say nothing. The most
        even of 580 recordings has 0.014.
    heart_rate_share : float
        Change of the log of speed that goes with one of the log of heart rate: speed goes with the
        heart rate above rest, and 150 over 150 - 50 is 1.5.
    heart_rate_lag : float
        So much later the heart answers [s].
    effort, effort_spread : float
        Slope of the log of pace over that of the inverse cost on hills: mean, and standard
        deviation between runs.
    effort_chance : float
        The same where an altimeter wanders: standard deviation about 0, beside the error of the
        slope.
    effort_error : float
        The error of the slope is so many times the one of independent windows.
    effort_range : tuple of float
        Slopes beyond are cut off: they say no more.
    place : float
        Width of a place [m].
    apart : float
        A place is passed again after this time at the least [s].
    parallel : float
        Cosine of the angle within which two ways go along the same line.
    fewest_repeats : int
        Places passed again from which on their differences are the error.
    alike, alike_spread : float
        Likeness of the grades where the way comes by again, on hills: mean, and standard deviation
        between runs.
    alike_chance : float
        The same where an altimeter wanders: standard deviation about 0.
    wander_threshold : float
        Where elevation is not believed, rises and falls count beyond so many times its error: two
        standard deviations to either side.
    most_odds : float
        Neither kind of evidence adds more than this.
    """

    window: float = 200.0
    trend: float = 3000.0
    least_relief: float = 4.0
    prior: float = 1.0
    believe: float = 0.5
    speeds: tuple[float, float] = (0.5, 8.0)
    least_spread: float = 0.01
    heart_rate_share: float = 1.5
    heart_rate_lag: float = 30.0
    effort: float = 0.6
    effort_spread: float = 0.35
    effort_chance: float = 0.1
    effort_error: float = 1.3
    effort_range: tuple[float, float] = (-0.6, 1.2)
    place: float = 30.0
    apart: float = 90.0
    parallel: float = 0.85
    fewest_repeats: int = 5
    alike: float = 0.9
    alike_spread: float = 0.25
    alike_chance: float = 0.3
    wander_threshold: float = 4.0
    most_odds: float = 6.0


@dataclass(frozen=True)
class AnewRules:
    """When an altimeter sets itself anew. All values are our choice.

    Attributes
    ----------
    step : float
        Smaller changes of level are none [m]. Watches set themselves anew by 10 m and more.
    moment : float
        A step takes no longer than this [s].
    fastest : float
        Nobody on foot comes down faster for seconds [m/s].
    settling : float
        An altimeter is watched for this time after its start, or for longer where it settles
        slowly [s].
    constants : tuple of float
        Time constants that are tried [s].
    settled : float
        What an exponential leaves over is at most this share of its size.
    shaped : float
        A moving mean of what it leaves over is at most this share: noise, and no shape.
    largest : float
        Whoever starts by a larger change is on a hill [m]: devices settle by 10 to 40.
    felt : float
        Change of the log of cost below which a grade is not felt.
    """

    step: float = 8.0
    moment: float = 4.0
    fastest: float = 3.0
    settling: float = 300.0
    constants: tuple[float, ...] = (
        5.0,
        10.0,
        20.0,
        40.0,
        65.0,
        100.0,
        150.0,
        220.0,
    )
    settled: float = 0.03
    shaped: float = 0.02
    largest: float = 60.0
    felt: float = 0.08


@dataclass(frozen=True)
class ElevationRules:
    """How elevation is smoothed and counted.

    Attributes
    ----------
    spacing : float
        Distance between grid points [m].
    window_barometer, window_gnss : float
        Length over which grade is fitted [m], our choice within the ranges of [Ammann2016]_.
    window_gnss_ascent : float
        Length over which elevation is smoothed for ascent, without a barometer [m]. A receiver errs
        by metres over minutes, which a longer window evens out, and short hills with it (our
        choice, by simulation).
    time_ascent, time_steep : float
        Time over which elevation is smoothed for ascent, with a barometer, on flat and on steep
        runs [s]: over distance, slow hiking loses its short hills (our choice, by the devices' own
        totals).
    threshold_barometer, threshold_steep, threshold_gnss : float
        A rise or fall counts towards ascent only when it exceeds this [m]: about 2 with a
        barometer, 10 without [StravaElevation]_. On flat ground what a barometer shows is more of
        it noise, on steep ground less (our choice, by the devices' own totals).
    flat, steep : float
        Ascent over distance up to which a run counts as flat, and from which as steep, for the
        threshold and the smoothing; between them these change evenly [1].
    noise_level, noise_hilly : float
        The source counts as GNSS when the noise of a grid point exceeds the first [m] plus the
        second for each m/km of ascent, since real hills are rough too, our choice, of recordings by
        barometric watches only slow hikes on steep ground exceed it.
    noise_time : float
        And when, where times are known, the noise against 5 s before and after exceeds this [m]: on
        steep ground errors of position look like errors of height, but not to a barometer's clock.
        Our choice: barometric hikes that exceed the levels above have 0.12 m at most, simulated
        receivers 0.44 m at least.
    anew : AnewRules
        When an altimeter sets itself anew.
    trust : TrustRules
        When elevation is taken for that of the ground.
    """

    spacing: float = 10.0
    window_barometer: float = 50.0
    window_gnss: float = 100.0
    window_gnss_ascent: float = 250.0
    time_ascent: float = 11.0
    time_steep: float = 3.0
    threshold_barometer: float = 2.2
    threshold_steep: float = 1.8
    threshold_gnss: float = 10.0
    noise_level: float = 0.16
    noise_hilly: float = 0.006
    flat: float = 0.01
    steep: float = 0.05
    noise_time: float = 0.25
    anew: AnewRules = field(default_factory=AnewRules)
    trust: TrustRules = field(default_factory=TrustRules)

    def counting_at(self, ascent_rate: float) -> tuple[float, float]:
        """Return the threshold [m] and the smoothing [s] of a barometer for a run of some ascent
        over distance.
        """
        share = (ascent_rate - self.flat) / (self.steep - self.flat)
        share = min(max(share, 0.0), 1.0)
        threshold = self.threshold_steep - self.threshold_barometer
        time = self.time_steep - self.time_ascent
        return (
            self.threshold_barometer + share * threshold,
            self.time_ascent + share * time,
        )
