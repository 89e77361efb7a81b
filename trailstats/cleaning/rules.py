"""Every threshold of cleaning, in one frozen object."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from trailstats.elevation import ElevationRules, GroundModel
from trailstats.errors import ConfigError

__all__ = ["CleanRules", "PlausibleRanges"]


@dataclass(frozen=True)
class PlausibleRanges:
    """What each channel of the records can hold, whatever field of whatever format it came through.

    All limits are our choice, wide enough for every runner and rider, and closer than the numbers
    by which formats say that there is no value: 65535 watts or thousandths of a metre a second,
    -500 m and 12,607 m for a raw 0 and 65535, 127 degrees.

    Attributes
    ----------
    elevation : tuple of float
        [m]. The shore of the Dead Sea lies at -430 m.
    distance : tuple of float
        Since the start [m].
    speed : tuple of float
        [m/s]
    heart_rate : tuple of float
        [bpm]
    cadence : tuple of float
        Steps of both feet [1/min]; 255, a byte's "no cadence", is blanked as well.
    power : tuple of float
        [W]
    temperature : tuple of float
        [degC]
    vertical_oscillation, step_length : tuple of float
        [m]
    stance_time : tuple of float
        [s]
    stance_time_balance, vertical_ratio : tuple of float
        [1]

    Raises
    ------
    ConfigError
        When a range does not increase.

    Examples
    --------
    >>> PlausibleRanges(power=(0.0, 1500.0)).power
    (0.0, 1500.0)
    """

    elevation: tuple[float, float] = (-450.0, 9000.0)
    distance: tuple[float, float] = (0.0, 1e7)
    speed: tuple[float, float] = (0.0, 60.0)
    heart_rate: tuple[float, float] = (30.0, 230.0)
    cadence: tuple[float, float] = (0.0, 300.0)
    power: tuple[float, float] = (0.0, 3000.0)
    temperature: tuple[float, float] = (-60.0, 70.0)
    vertical_oscillation: tuple[float, float] = (0.0, 0.5)
    stance_time: tuple[float, float] = (0.0, 2.0)
    stance_time_balance: tuple[float, float] = (0.0, 1.0)
    step_length: tuple[float, float] = (0.0, 4.0)
    vertical_ratio: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        _check_ranges(self)


@dataclass(frozen=True)
class CleanRules:
    """What counts as an error and what is done about it.

    All values are our choice unless a source is named. How often each rule speaks on real
    recordings stands in ``docs/cleaning.md``.

    Attributes
    ----------
    max_speed : float
        A position that can only be reached faster than this is a spike, on foot [m/s].
    max_speed_riding : float
        The same for cycling and other sports [m/s].
    gap : float
        A time between samples longer than this (and than five times the usual) is a gap [s].
    clock_step : float
        A clock that goes back by less than this was rounded, and its samples are sorted [s]. By
        more, the file's order is the truth: the samples from there on follow those before them, one
        usual step later, until the clock jumps forward again by as much. Samples that fill a hole
        among earlier ones without a detour, and whatever is a second recording of the same time,
        are sorted all the same.
    clock_overlap, clock_same_place : float
        Two parts of a file that cover the same time for longer than this [s], and are no further
        apart all the while than this [m], are two recordings of one run; the fuller one is kept. So
        are two that keep a larger distance, as wide as the jump from one to the other.
    stop_speed : float
        Slower than this, and not climbing, is standing [m/s].
    stop_climb : float
        Vertical speed above which slow going counts as moving [m/s].
    stop_time : float
        Standing shorter than this stays part of the movement [s].
    speed_window : float
        Time over which speed is taken [s].
    frozen_time : float
        A position that repeats for longer than this, while steps, speed or the device's distance go
        on or a jump follows that makes up for it, is frozen [s].
    ranges : PlausibleRanges
        What each channel can hold; values outside are blanked.
    heart_rate_flat : float
        A heart rate without any change for longer than this is stuck [s]. Even runs of healthy
        recordings keep one value for up to 160 s.
    heart_rate_lock : float
        A heart rate that keeps to the cadence for longer than this while the speed varies is the
        cadence [s].
    heart_rate_lock_distance : float
        How close it keeps [bpm].
    heart_rate_lock_likeness : float
        And, where both are smoothed first, with which correlation at least: a heart that beats
        about as often as its runner steps does not follow the steps.
    sensor_hold : float
        A heart rate, cadence or power that is recorded less often than positions is held until its
        next value, where that is no later than this [s].
    device_distance_ratio : tuple of float
        The device's distance is used when it lies in this ratio to that of the positions, where
        both exist.
    carried_time : float
        Being carried lasts at least so long [s].
    carried_climb, carried_drop : float
        Where steps aren't recorded, faster up or down than this is no runner but a lift [m/s]. A
        kilometre straight up is raced at 0.58 m/s.
    carried_climb_long : float
        Without steps, upward for five times ``carried_time`` [m/s]: 2160 m an hour, above the
        record of a kilometre straight up.
    carried_climb_calm : float
        Upward with a heart rate below its median [m/s]; where steps are recorded elsewhere in the
        file, without a step for ``carried_time_slow``.
    carried_time_slow : float
        How long what is slower than 1.5 m/s along the ground must last to be a lift [s].
    carried_climb_rest, carried_rest : float
        Upward at this rate [m/s], in a straight line, with a heart rate of no more than this share
        of its median: nobody's heart is that quiet while climbing. No recorded climb of two minutes
        at 0.15 m/s without steps has less than 0.82.
    carried_climb_still, carried_speed_still : float
        Where steps are recorded elsewhere in the file, faster than this up, down or along without a
        step, and with no heart rate above its median, is a lift or a vehicle [m/s].
    carried_speed : float
        Faster than this along the ground is a vehicle, whatever else is recorded [m/s]. 1500 m are
        raced at 7.3 m/s.
    break_step : float
        A change of elevation across a pause, gap or lift counts as none of the way's when it
        exceeds this [m].
    elevation_jump, elevation_jump_speed : float
        A change of elevation from one sample to the next by more than the first [m], and faster
        than the second [m/s], is a sensor that was set anew, and counts as none of the way's.
    elevation : ElevationRules
    dem : GroundModel, optional
        Corrects the recorded elevation by the ground, such as `trailstats.terrain.dem.GroundTiles`;
        off unless given.

    Raises
    ------
    ConfigError
        When a value is not positive, or a range does not increase.

    Examples
    --------
    >>> CleanRules(stop_time=10.0).stop_speed
    0.3
    """

    max_speed: float = 12.0
    max_speed_riding: float = 35.0
    gap: float = 30.0
    clock_step: float = 2.0
    clock_overlap: float = 60.0
    clock_same_place: float = 30.0
    stop_speed: float = 0.3
    stop_climb: float = 0.08
    stop_time: float = 20.0
    speed_window: float = 10.0
    frozen_time: float = 15.0
    ranges: PlausibleRanges = field(default_factory=PlausibleRanges)
    heart_rate_flat: float = 180.0
    heart_rate_lock: float = 180.0
    heart_rate_lock_distance: float = 3.0
    heart_rate_lock_likeness: float = 0.8
    sensor_hold: float = 90.0
    device_distance_ratio: tuple[float, float] = (0.8, 1.25)
    carried_time: float = 60.0
    carried_climb: float = 0.7
    carried_drop: float = 1.7
    carried_climb_long: float = 0.6
    carried_climb_calm: float = 0.45
    carried_time_slow: float = 120.0
    carried_climb_rest: float = 0.15
    carried_rest: float = 0.75
    carried_climb_still: float = 0.25
    carried_speed: float = 8.0
    carried_speed_still: float = 5.0
    break_step: float = 3.0
    elevation_jump: float = 15.0
    elevation_jump_speed: float = 5.0
    elevation: ElevationRules = field(default_factory=ElevationRules)
    dem: GroundModel | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, float) and not value > 0:
                raise ConfigError(
                    f"{item.name} is {value:g}; it must be positive"
                )
        _check_ranges(self)


def _check_ranges(rules: CleanRules | PlausibleRanges) -> None:
    for item in fields(rules):
        value = getattr(rules, item.name)
        if isinstance(value, tuple) and not value[0] < value[1]:
            raise ConfigError(
                f"{item.name} must increase from its first value to its second"
            )
