"""Numbers as people read them, whatever the units: percent, times, counts, days.

Everything takes SI values and returns text; a NaN gives an en dash. What depends on metric or
imperial units is in `trailstats.report.units`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

import pandas as pd

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""Such as names with their values, in order."""

MUCH_UNKNOWN = 0.2
"""Share of unknown ground from which the others are given as the least they can be, and a map is
named (our choice).
"""

DASH = "\u2013"
MINUS = "\u2212"


def duration(seconds: float) -> str:
    """Return a time as ``"42:10"`` or, from an hour on, ``"1:02:03"``."""
    return clock(seconds) if math.isfinite(seconds) else DASH


def percent(share: float) -> str:
    """Return a fraction in percent, such as ``"12 %"``; small ones with a decimal."""
    if not math.isfinite(share):
        return DASH
    value = 100.0 * share
    return f"{decimal(value, 1 if round(abs(value), 1) < 10 and round(value, 1) != 0 else 0)} %"


def at_least(share: float, unknown: float) -> str:
    """Return a share in percent, as the least that it can be where a good part of the whole is
    unknown; a dash where nothing of it is known, since "at least 0 %" says nothing.
    """
    shown = percent(share)
    if shown == percent(0.0) and unknown >= MUCH_UNKNOWN:
        return DASH
    return f"≥ {shown}" if shown != DASH and unknown >= MUCH_UNKNOWN else shown


def rate(per_minute: float) -> str:
    """Return a heart rate or cadence in whole beats or steps per minute, without the unit."""
    return decimal(per_minute, 0) if math.isfinite(per_minute) else DASH


def count(n: int) -> str:
    """Return a whole number with thousands separated."""
    return f"{n:,}"


def counted(n: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, such as ``"1 run"`` or ``"3 activities"``."""
    return f"{count(n)} {noun if n == 1 else plural or f'{noun}s'}"


def sport_name(sport: str) -> str:
    """Return a sport in FIT's words as people read it."""
    return sport.replace("_", " ") or "unknown sport"


def sports(counts: Mapping[str, int]) -> str:
    """Return sports with their numbers, such as ``"10 cycling, 2 swimming"``."""
    return ", ".join(f"{count(n)} {sport_name(s)}" for s, n in counts.items())


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


def without_unit(text: str) -> str:
    """Return a value without its unit, which stands in the column's head; percent keep theirs."""
    return text if text.endswith("%") else text.split(" ", 1)[0]


def clock(seconds: float) -> str:
    """Return a finite time as ``"42:10"`` or, from an hour on, ``"1:02:03"``."""
    whole = round(abs(seconds))
    sign = MINUS if seconds < 0 and whole else ""
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{sign}{hours}:{minutes:02d}:{rest:02d}"
        if hours
        else f"{sign}{minutes}:{rest:02d}"
    )


def decimal(value: float, decimals: int) -> str:
    """Return a number with so many decimals, thousands separated; no minus before a zero."""
    text = f"{abs(value):,.{decimals}f}"
    return MINUS + text if value < 0 and float(text.replace(",", "")) else text
