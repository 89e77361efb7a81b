"""Numbers as people read them: pace, distance, time, elevation, percent, values with units and
intervals.

The one place where minutes per kilometre, miles, feet and percent exist. Everything takes SI values
and returns text; a NaN gives an en dash. The report and the command line print through these
functions.
"""

from __future__ import annotations

import math

import pandas as pd

__all__ = [
    "DASH",
    "at_least",
    "climb_rate",
    "count",
    "date",
    "difference",
    "distance",
    "duration",
    "elevation",
    "interval",
    "number",
    "pace",
    "percent",
    "rate",
    "span",
]

MUCH_UNKNOWN = 0.2
"""Share of unknown ground from which the others are told as the least they can be, and a map is
named; judgement.
"""

DASH = "\u2013"
MINUS = "\u2212"
METRES_PER_MILE = 1609.344
METRES_PER_FOOT = 0.3048
_PER_MINUTE = 60.0
_KILO_FROM = 1e4
_PER_HOUR = 3600.0
_CLOCK = "clock"
_PER_MINUTE_UNITS = ("bpm", "1/min")
_UNIT_WORDS = {
    "1": "",
    "": "",
    "degC": "°C",
    "deg": "°",
    "1/min": "/min",
    "day": "days",
    "d": "days",
}
_IMPERIAL = {
    "m": (1 / METRES_PER_FOOT, "ft"),
    "km": (1000 / METRES_PER_MILE, "mi"),
    "kg": (1 / 0.45359237, "lb"),
}


def pace(speed: float, imperial: bool = False) -> str:
    """Return a speed as time per kilometre or mile, such as ``"5:00 /km"``.

    Parameters
    ----------
    speed : float
        [m/s]; NaN, zero and less give an en dash.
    imperial : bool
        Per mile instead of per kilometre.
    """
    if not math.isfinite(speed) or speed <= 0:
        return DASH
    seconds = (METRES_PER_MILE if imperial else 1000.0) / speed
    return f"{_clock(seconds)} {'/mi' if imperial else '/km'}"


def distance(metres: float, imperial: bool = False) -> str:
    """Return a length in kilometres or miles, such as ``"12.3 km"``."""
    if not math.isfinite(metres):
        return DASH
    value = metres / (METRES_PER_MILE if imperial else 1000.0)
    # Decided on the rounded value, so that 9.999 prints as 10.0 and not as 10.00.
    places = 2 if round(abs(value), 2) < 10 else 1 if round(abs(value), 1) < 100 else 0
    return f"{_fixed(value, places)} {'mi' if imperial else 'km'}"


def elevation(metres: float, imperial: bool = False) -> str:
    """Return an elevation, ascent or descent in whole metres or feet, such as ``"412 m"``."""
    if not math.isfinite(metres):
        return DASH
    return (
        f"{_fixed(metres / METRES_PER_FOOT, 0)} ft"
        if imperial
        else f"{_fixed(metres, 0)} m"
    )


def duration(seconds: float) -> str:
    """Return a time as ``"42:10"`` or, from an hour on, ``"1:02:03"``."""
    return _clock(seconds) if math.isfinite(seconds) else DASH


def climb_rate(speed: float, imperial: bool = False) -> str:
    """Return a vertical speed [m/s] in metres or feet per hour, such as ``"850 m/h"``."""
    if not math.isfinite(speed):
        return DASH
    return f"{elevation(speed * _PER_HOUR, imperial)}/h"


def percent(share: float) -> str:
    """Return a fraction in percent, such as ``"12 %"``; small ones with a decimal."""
    if not math.isfinite(share):
        return DASH
    value = 100.0 * share
    return f"{_fixed(value, 1 if round(abs(value), 1) < 10 and round(value, 1) != 0 else 0)} %"


def at_least(share: float, unknown: float) -> str:
    """Return a share in percent, as the least that it can be where a good part of the whole is
    unknown.
    """
    told = percent(share)
    return f"≥ {told}" if told != DASH and unknown >= MUCH_UNKNOWN else told


def rate(per_minute: float) -> str:
    """Return a heart rate or cadence in whole beats or steps per minute, without the unit."""
    return _fixed(per_minute, 0) if math.isfinite(per_minute) else DASH


def count(n: int) -> str:
    """Return a whole number with thousands separated."""
    return f"{n:,}"


def number(value: float, unit: str, imperial: bool = False) -> str:
    """Return a value with its unit, to three significant digits.

    Parameters
    ----------
    value : float
        In SI units.
    unit : str
        As the schema writes it: ``"m/s"`` prints as a pace, ``"s"`` from a minute on as a time,
        ``"bpm"`` and ``"1/min"`` as a whole number, ``"1"`` as a plain number, ``"share"`` as
        percent; any other stands behind the value.
    imperial : bool
        Miles, feet and pounds.

    Returns
    -------
    str
        An en dash for NaN.
    """
    if not math.isfinite(value):
        return DASH
    if unit == "m/s":
        return pace(value, imperial)
    if unit == "share":
        return percent(value)
    if unit == "s" and abs(value) >= _PER_MINUTE:
        return duration(value)
    if unit == "J" and abs(value) >= _KILO_FROM:
        return f"{_fixed(value / 1000.0, 0)} kJ"
    value, word = _displayed(value, unit, imperial)
    # A whole plain number is a count or a rating: decimals would feign precision.
    whole = unit == "1" and value == round(value)
    return _with_unit(_fixed(value, 0 if whole else _places(value, unit)), word)


def difference(
    value: float, unit: str, imperial: bool = False, beside: float = 0.0
) -> str:
    """Return a difference with its sign and unit, such as ``"+0.12 km"``.

    Parameters
    ----------
    value : float
        In SI units; NaN gives an en dash.
    unit : str
        As in `number`; but speeds are given in km/h or mph, since a difference of paces depends on
        the pace itself, and shares in percentage points.
    imperial : bool
    beside : float
        The largest value that stands beside it, such as a bound of its interval: both get the same
        decimals.
    """
    if not math.isfinite(value):
        return DASH
    factor, word, places = _difference_scale(
        max(abs(value), abs(beside)), unit, imperial
    )
    return _with_unit(_signed(value * factor, places, word), word)


def interval(
    low: float, high: float, unit: str, imperial: bool = False, signed: bool = False
) -> str:
    """Return a range with its unit, such as ``"4:50 to 5:10 /km"``.

    Parameters
    ----------
    low, high : float
        Bounds in SI units; where one is NaN the other is given as "at least" or "at most", where
        both are, an en dash.
    unit : str
        As in `number`.
    imperial : bool
    signed : bool
        The range of a difference: written as `difference` does.
    """
    if not math.isfinite(low) and not math.isfinite(high):
        return DASH
    write = difference if signed else number
    if not math.isfinite(low) or not math.isfinite(high):
        bound, word = (high, "at most") if math.isfinite(high) else (low, "at least")
        return f"{word} {write(bound, unit, imperial)}"
    if signed:
        factor, word, places = _difference_scale(
            max(abs(low), abs(high)), unit, imperial
        )
        first, last = (_signed(v * factor, places, word) for v in (low, high))
        return _with_unit(f"{first} to {last}", word)
    if unit in ("m/s", "share") or (unit == "s" and abs(high) >= _PER_MINUTE):
        if unit == "m/s":
            low, high = high, low  # the faster end has the smaller pace
        first, last = (
            _clock(v) if unit == "s" else number(v, unit, imperial) for v in (low, high)
        )
        return f"{first.rsplit(' ', 1)[0]} to {last}"
    if unit == "J" and max(abs(low), abs(high)) >= _KILO_FROM:
        return f"{_fixed(low / 1000.0, 0)} to {_fixed(high / 1000.0, 0)} kJ"
    (first_value, word), (last_value, _) = (
        _displayed(v, unit, imperial) for v in (low, high)
    )
    places = _places(max(abs(first_value), abs(last_value)), unit)
    return _with_unit(
        f"{_fixed(first_value, places)} to {_fixed(last_value, places)}", word
    )


def date(time: pd.Timestamp | None, offset: float = math.nan) -> str:
    """Return a day and minute, such as ``"2026-03-04 17:05"``: local where the offset [s] is known,
    else UTC.
    """
    if time is None or pd.isna(time):
        return DASH
    if math.isfinite(offset):
        return (time + pd.Timedelta(seconds=offset)).strftime("%Y-%m-%d %H:%M")
    return time.strftime("%Y-%m-%d %H:%M UTC")


def span(start: pd.Timestamp, end: pd.Timestamp) -> str:
    """Return a period as its first and last day, such as ``"4 March 2025 to 9 February 2026"``."""
    first, last = (f"{t.day} {t.strftime('%B %Y')}" for t in (start, end))
    return first if first == last else f"{first} to {last}"


def _clock(seconds: float) -> str:
    whole = round(abs(seconds))
    sign = MINUS if seconds < 0 and whole else ""
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{sign}{hours}:{minutes:02d}:{rest:02d}"
        if hours
        else f"{sign}{minutes}:{rest:02d}"
    )


def _fixed(value: float, places: int) -> str:
    text = f"{abs(value):,.{places}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) else text


def _signed(value: float, places: int, word: str) -> str:
    text = _clock(value) if word == _CLOCK else _fixed(value, places)
    nothing = not any(c in "123456789" for c in text)
    return text if text.startswith(MINUS) or nothing else f"+{text}"


def _places(value: float, unit: str) -> int:
    """Return the decimals that show three significant digits; whole numbers per minute."""
    if unit in _PER_MINUTE_UNITS:
        return 0
    size = abs(value)
    if size == 0 or size >= 99.95:
        return 0
    return min(5, 2 - math.floor(math.log10(size) + 1e-9))


def _displayed(value: float, unit: str, imperial: bool) -> tuple[float, str]:
    if imperial and unit in _IMPERIAL:
        factor, word = _IMPERIAL[unit]
        return value * factor, word
    return value, _UNIT_WORDS.get(unit, unit)


def _difference_scale(size: float, unit: str, imperial: bool) -> tuple[float, str, int]:
    """Return the factor to the unit of display, that unit, and the decimals for a difference of
    this size.
    """
    if unit == "m/s":
        return (
            (_PER_HOUR / METRES_PER_MILE, "mph", 2)
            if imperial
            else (_PER_HOUR / 1000, "km/h", 2)
        )
    if unit == "share":
        return 100.0, "% points", 1 if round(100.0 * size, 1) >= 1 else 2
    if unit == "s" and size >= _PER_MINUTE:
        return 1.0, _CLOCK, 0
    factor, word = _displayed(1.0, unit, imperial)
    shown = size * factor
    if unit in _PER_MINUTE_UNITS:
        return factor, word, 1 if shown < 10 else 0
    # Below one two significant digits do: a difference is never known to three.
    return factor, word, _places(shown, unit) - (0 < shown < 1)


def _with_unit(text: str, word: str) -> str:
    return f"{text} {word}" if word and word != _CLOCK else text
