"""Values in metric or imperial units, as people read them.

With `trailstats.report.text` the one place where minutes per kilometre, miles and feet exist. Every
method takes SI values and returns text; a NaN gives an en dash. The report and the command line
make one `Units` from what the user asked for and print through it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from trailstats.report.text import (
    DASH,
    MINUS,
    clock,
    decimal,
    duration,
    percent,
    without_unit,
)

METRES_PER_MILE = 1609.344
METRES_PER_FOOT = 0.3048
KILOGRAMS_PER_POUND = 0.45359237
_PER_MINUTE = 60.0
_PER_HOUR = 3600.0
_PACE = re.compile(r"^pace\b( \(/\{long\}\)| /\{long\})?")
_KILO_FROM = 1e4
_FAR_FROM = 1e4
"""A longer way than this is given in kilometres or miles [m] (our choice)."""

_CLOCK = "clock"
_COUNTED_A_MINUTE = ("bpm", "1/min")
_WORDS = {
    "1": "",
    "": "",
    "degC": "°C",
    "deg": "°",
    "1/min": "/min",
    "day": "days",
    "d": "days",
}


@dataclass(frozen=True)
class Units:
    """Metric or imperial units.

    Attributes
    ----------
    long, short : str
        Names of the units of distance, and of elevation.
    long_metres, short_metres : float
        Their lengths [m].
    speed : str
        Name of the unit of a difference of speeds.
    converted : mapping of str to (float, str)
        For a unit of the schema that is shown as another, the factor and the other's name.
    by_hour : bool
        Whether a speed is shown by the hour, as of rides, and not as a pace.
    """

    long: str
    long_metres: float
    short: str
    short_metres: float
    speed: str
    converted: Mapping[str, tuple[float, str]]
    by_hour: bool = False

    @staticmethod
    def of(imperial: bool) -> Units:
        """Return imperial or metric units."""
        return IMPERIAL if imperial else METRIC

    def named(self, head: str) -> str:
        """Return a head with the names of these units in place of ``{long}`` and ``{short}``; of a
        pace one of a speed, where these are by the hour.
        """
        if self.by_hour:
            head = _PACE.sub(f"speed ({self.speed})", head)
        return head.format(long=self.long, short=self.short)

    def worded(self, said: str) -> str:
        """Return what is said of a number, with the name of the unit that the number is shown in;
        lengths that the text states stay as they are.

        Examples
        --------
        >>> from trailstats.report.units import IMPERIAL
        >>> IMPERIAL.worded("in level-road kilometres, per kilometre; below 5 km")
        'in level-road miles, per mile; below 5 km'
        >>> IMPERIAL.worded("steps per km")
        'steps per mi'
        """
        if self.long == "km":
            return said
        return _PER_KM.sub("per mi", said).replace("kilometre", "mile")

    def measured_text(self, said: str) -> str:
        """Return a text whose lengths, such as ``"25.0 km"`` and ``"348 m"``, are given in these
        units.

        Examples
        --------
        >>> from trailstats.report.units import IMPERIAL
        >>> IMPERIAL.measured_text("25.0 km a week, 348 m down")
        '15.5 mi a week, 1,142 ft down'
        """
        said = _SPEED.sub(lambda found: self.pace(float(found[1])), said)
        if self.long == "km":
            return said

        def converted(match: re.Match[str]) -> str:
            value = float(match[1].replace(",", ""))
            if match[2] == "km":
                return self.distance(value * 1000.0)
            return self.elevation(value)

        return _LENGTH.sub(converted, said)

    def pace(self, speed: float) -> str:
        """Return a speed [m/s] as time per kilometre or mile, such as ``"5:00 /km"``, or by the
        hour where these units are so; zero and less give an en dash.
        """
        if self.by_hour:
            return self.speed_over_ground(speed)
        if not math.isfinite(speed) or speed <= 0:
            return DASH
        return f"{clock(self.long_metres / speed)} /{self.long}"

    def level_pace(self, speed: float) -> str:
        """Return the pace of a grade-adjusted speed [m/s]: no ride has one."""
        return DASH if self.by_hour else self.pace(speed)

    def speed_over_ground(self, speed: float) -> str:
        """Return a speed [m/s] by the hour, such as ``"27.0 km/h"``: what is told of rides."""
        if not math.isfinite(speed) or speed <= 0:
            return DASH
        return f"{decimal(speed * _PER_HOUR / self.long_metres, 1)} {self.speed}"

    def distance(self, metres: float) -> str:
        """Return a length in kilometres or miles, such as ``"12.3 km"``."""
        if not math.isfinite(metres):
            return DASH
        value = metres / self.long_metres
        # Decided on the rounded value, so that 9.999 prints as 10.0 and not as 10.00.
        decimals = 0
        if round(abs(value), 2) < 10:
            decimals = 2
        elif round(abs(value), 1) < 100:
            decimals = 1
        return f"{decimal(value, decimals)} {self.long}"

    def elevation(self, metres: float) -> str:
        """Return an elevation, ascent or descent in whole metres or feet, such as ``"412 m"``."""
        if not math.isfinite(metres):
            return DASH
        return f"{decimal(metres / self.short_metres, 0)} {self.short}"

    def span(self, low: float, high: float) -> str:
        """Return a range of elevations, such as ``"390 to 440 m"``; a dash where it isn't known."""
        if not (math.isfinite(low) and math.isfinite(high) and high > 0):
            return DASH
        return f"{without_unit(self.elevation(low))} to {self.elevation(high)}"

    def climb_rate(self, speed: float) -> str:
        """Return a vertical speed [m/s] in metres or feet per hour, such as ``"850 m/h"``."""
        if not math.isfinite(speed):
            return DASH
        return f"{self.elevation(speed * _PER_HOUR)}/h"

    def number(self, value: float, unit: str) -> str:
        """Return a value with its unit, to three significant digits.

        Parameters
        ----------
        value : float
            In SI units.
        unit : str
            As the schema writes it: ``"m"`` of a long way prints as a distance, ``"m/s"`` as a
            pace, ``"s"`` from a minute on as a time, ``"bpm"`` and ``"1/min"`` as a whole number,
            ``"1"`` as a plain number, ``"share"`` as percent; any
            other stands behind the value.

        Returns
        -------
        str
            An en dash for NaN.
        """
        if not math.isfinite(value):
            return DASH
        if unit == "m/s":
            return self.pace(value)
        if unit == "share":
            return percent(value)
        if unit == "s" and abs(value) >= _PER_MINUTE:
            return duration(value)
        if unit == "m" and abs(value) >= _FAR_FROM:
            return self.distance(value)
        if unit == "J" and abs(value) >= _KILO_FROM:
            return f"{decimal(value / 1000.0, 0)} kJ"
        factor, word = self._conversion(unit)
        shown = value * factor
        # A whole plain number is a count or a rating: decimals would feign precision.
        whole = unit == "1" and shown == round(shown)
        return _with_unit(
            decimal(shown, 0 if whole else _three_digits(shown, unit)), word
        )

    def difference(
        self, value: float, unit: str, beside: float = 0.0, *, word: str = ""
    ) -> str:
        """Return a difference with its sign and unit, such as ``"+0.12 km"``.

        Parameters
        ----------
        value : float
            In SI units; NaN gives an en dash.
        unit : str
            As in `number`; but speeds are given in km/h or mph, since a difference of paces depends
            on the pace itself, and shares in percentage points.
        beside : float
            The largest value that stands beside it, such as a bound of its interval: both get the
            same decimals.
        word : str
            What it is counted in, in place of the unit's own word, such as ``"min in 100"``.
        """
        if not math.isfinite(value):
            return DASH
        factor, own, decimals = self._difference_scale(
            max(abs(value), abs(beside)), unit
        )
        return _with_unit(_with_sign(value * factor, decimals, own), word or own)

    def pace_change(self, speed: float, change: float, word: bool = True) -> str:
        """Return what a change of speed means for a pace, such as ``"6 s/km slower"``.

        Parameters
        ----------
        speed : float
            From which it changes [m/s].
        change : float
            [m/s]; a change that leaves no speed gives an en dash.
        word : bool
            Whether the unit is named.

        Examples
        --------
        >>> from trailstats.report.units import METRIC
        >>> METRIC.pace_change(1000 / 300, 1000 / 306 - 1000 / 300)
        '6 s/km slower'
        """
        after = speed + change
        if not (math.isfinite(after) and speed > 0 and after > 0):
            return DASH
        seconds = round(self.long_metres / after - self.long_metres / speed)
        unit = f" s/{self.long}" if word else ""
        if not seconds:
            return f"0{unit}"
        return f"{abs(seconds)}{unit} {'slower' if seconds > 0 else 'faster'}"

    def interval(
        self,
        low: float,
        high: float,
        unit: str,
        *,
        signed: bool = False,
        word: str = "",
    ) -> str:
        """Return a range with its unit, such as ``"4:50 to 5:10 /km"``.

        Parameters
        ----------
        low, high : float
            Bounds in SI units; where one is NaN the other is given as "at least" or "at most",
            where both are, an en dash.
        unit : str
            As in `number`.
        signed : bool
            The range of a difference: written as `difference` does.
        word : str
            As in `difference`.
        """
        write = partial(self.difference, word=word) if signed else self.number
        said = word
        if not math.isfinite(low) and not math.isfinite(high):
            return DASH
        if not math.isfinite(low):
            return f"at most {write(high, unit)}"
        if not math.isfinite(high):
            return f"at least {write(low, unit)}"
        size = max(abs(low), abs(high))
        if signed:
            factor, word, decimals = self._difference_scale(size, unit)
            first, last = (
                _with_sign(v * factor, decimals, word) for v in (low, high)
            )
        elif unit in ("m/s", "share"):
            # The faster end has the smaller pace.
            ends = (high, low) if unit == "m/s" else (low, high)
            first, last = (write(v, unit) for v in ends)
            first = first.rsplit(" ", 1)[0]
            word = ""
        elif unit == "m" and abs(high) >= _FAR_FROM:
            first, last = without_unit(self.distance(low)), self.distance(high)
            word = ""
        elif unit == "s" and abs(high) >= _PER_MINUTE:
            first = clock(low)
            last = clock(high)
            word = ""
        else:
            factor, word = self._conversion(unit)
            decimals = _three_digits(size * factor, unit)
            if unit == "J" and size >= _KILO_FROM:
                factor, word, decimals = 1e-3, "kJ", 0
            first, last = (decimal(v * factor, decimals) for v in (low, high))
        return _with_unit(f"{first} to {last}", said or word)

    def _conversion(self, unit: str) -> tuple[float, str]:
        """Return the factor to the unit of display and that unit."""
        return self.converted.get(unit, (1.0, _WORDS.get(unit, unit)))

    def _difference_scale(self, size: float, unit: str) -> tuple[float, str, int]:
        """Return the factor to the unit of display, that unit, and the decimals for a difference of
        this size.
        """
        if unit == "m/s":
            return _PER_HOUR / self.long_metres, self.speed, 2
        if unit == "share":
            return (
                100.0,
                "percentage points",
                1 if round(100.0 * size, 1) >= 1 else 2,
            )
        if unit == "s" and size >= _PER_MINUTE:
            return 1.0, _CLOCK, 0
        factor, word = self._conversion(unit)
        shown = size * factor
        if unit in _COUNTED_A_MINUTE:
            return factor, word, 1 if shown < 10 else 0
        # Below one two significant digits do: a difference is never known to three.
        return factor, word, _three_digits(shown, unit) - (0 < shown < 1)


_PER_KM = re.compile(r"\bper km\b")
_LENGTH = re.compile(r"\b(\d[\d,]*(?:\.\d+)?) (km|m)\b(?!/)")
"""A length in a text, not one by which something is divided."""

_SPEED = re.compile(r"\b(\d+(?:\.\d+)?) m/s\b(?!/)")
"""A speed in a text; runners know it as a pace."""

_MILE = METRES_PER_MILE / 1000.0
"""Kilometres in a mile."""

_HOURS = {"h": (60.0, "min")}
"""Hours a week differ by minutes, and both are told in one unit."""

METRIC = Units("km", 1000.0, "m", 1.0, "km/h", _HOURS)
IMPERIAL = Units(
    "mi",
    METRES_PER_MILE,
    "ft",
    METRES_PER_FOOT,
    "mph",
    _HOURS
    | {
        "m": (1 / METRES_PER_FOOT, "ft"),
        "km": (1000 / METRES_PER_MILE, "mi"),
        "kg": (1 / KILOGRAMS_PER_POUND, "lb"),
        "m/km": (_MILE / METRES_PER_FOOT, "ft/mi"),
        "km/min": (1 / _MILE, "mi/min"),
        "1/km": (_MILE, "1/mi"),
        "rad/km": (_MILE, "rad/mi"),
        "J/kg/km": (_MILE, "J/kg/mi"),
    },
)


def _with_sign(value: float, decimals: int, word: str) -> str:
    text = clock(value) if word == _CLOCK else decimal(value, decimals)
    is_zero = not any(c in "123456789" for c in text)
    return text if text.startswith(MINUS) or is_zero else f"+{text}"


def _three_digits(value: float, unit: str) -> int:
    """Return the decimals that show three significant digits; whole numbers per minute."""
    size = abs(value)
    if unit in _COUNTED_A_MINUTE or size == 0 or size >= 99.95:
        return 0
    return min(5, 2 - math.floor(math.log10(size) + 1e-9))


def _with_unit(text: str, word: str) -> str:
    return f"{text} {word}" if word and word != _CLOCK else text


_SHARE = re.compile(
    r"\b(share|fraction|proportion|probability|coefficient of variation"
    r"|relative to|loss of|change of)\b",
    re.IGNORECASE,
)


def display_unit(unit: str, meaning: str) -> str:
    """Return ``"share"`` for a plain number whose name or meaning says that it is a part of a
    whole.
    """
    return (
        "share"
        if unit == "1" and _SHARE.search(meaning.replace("_", " "))
        else unit
    )
