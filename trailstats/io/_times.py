"""Times as texts, in the spellings that recorders and exports have for them: ISO 8601 and its
relatives in any script's digits, and counts of seconds since 1970.
"""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np

from trailstats.arrays import Times

NAT = np.datetime64("NaT", "ns")

_SIGNS = str.maketrans(
    {
        "\u066b": ".",  # decimal sign of Arabic
        "\u060c": ",",
        "\uff0c": ",",
        "\uff0e": ".",
        "\uff1a": ":",
        "\u2212": "-",
        "\u2010": "-",
        "\u2011": "-",
        "\u200e": "",  # marks of the direction of writing
        "\u200f": "",
        "\u00a0": " ",
        "\u202f": " ",
        "\ufeff": "",
    }
)
"""Signs of other scripts, and their like in ASCII."""

_SPELLING = re.compile(
    r"(?:(\d{4}|\+?0*\d{4}(?=-))([-/.]?)(\d{1,2})\2(\d{1,2})"  # the year first
    r"|(\d{1,2})\.(\d{1,2})\.(\d{4}))"  # or the day
    r"(?:[T ,_]*(\d{1,2})([:.]?)(\d{2})(?:\9(\d{2})(?:[.,:](\d+))?)?)?"
    r" ?(AM|PM|A\.M\.|P\.M\.)?"
    r" ?(?:Z|UTC|GMT|UT)?"
    r" ?(?:([+-])(\d{1,2})(?::?(\d{2})(?::?\d{2})?)?)?"
    r"(?:\[[^\]]*\])?"
)
"""Date, time of day and zone. Every part is bounded, so that no text takes long to refuse."""

_COUNT = re.compile(r"\d{9,19}(?:[.,]\d+)?|\d(?:[.,]\d+)?E\+?\d{1,2}")
_COMPACT = 14  # digits of a date and a time without signs between them
_LONGEST = 64  # our choice: characters of a text that can be a time
# Units of a count since 1970 by its size: seconds, and by a thousand each down to nanoseconds.
_UNITS = (
    (Decimal(10) ** 11, 10**9),
    (Decimal(10) ** 14, 10**6),
    (Decimal(10) ** 17, 10**3),
    (Decimal(10) ** 20, 1),
)
# Years that nanoseconds since 1970 in 64 bits hold throughout.
FIRST_YEAR, LAST_YEAR = 1678, 2261
_BUDDHIST = 543
"""Years by which the calendar of Thailand, which some phones write, is ahead of the common one."""
_FIRST_BUDDHIST, _LAST_BUDDHIST = 2533, 2592  # 1990 to 2049

_NONE = (0, 0, 0, 0, 0, 0, 0, 0)


def parse_times(texts: list[str]) -> Times:
    """Return times of any spelling as UTC times; NaT where a text can't be read.

    Times without a zone count as UTC; a leap second counts as the second before it. Fractions
    beyond nanoseconds are cut. Digits may be those of any script, the decimal sign a comma, the
    zone a small ``z``, ``UTC`` or ``GMT``; times with dots, dates such as ``1.3.2026``, and counts
    of seconds, milliseconds, microseconds or nanoseconds since 1970 are understood, too.
    """
    parts = np.array([_parts(text) for text in texts], dtype=np.int64)
    year, month, day, hour, minute, second, fraction, shift = parts.reshape(
        -1, len(_NONE)
    ).T
    buddhist = (year >= _FIRST_BUDDHIST) & (year <= _LAST_BUDDHIST)
    year = np.where(buddhist, year - _BUDDHIST, year)
    counted = (year == 0) & (month == 1)
    known = (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    known &= (month >= 1) & (month <= 12)
    months = (np.where(known, year - 1970, 0) * 12 + month - 1).astype("M8[M]")
    days = months.astype("M8[D]").astype(np.int64) + day - 1
    following = months + np.timedelta64(1, "M")
    last = following.astype("M8[D]").astype(np.int64)
    known &= (day >= 1) & (days < last)
    known &= (hour < 24) & (minute < 60) & (second <= 60)
    clock = hour * 3600 + minute * 60 + np.minimum(second, 59) - shift
    out = np.where(
        counted, fraction, (days * 86_400 + clock) * 1_000_000_000 + fraction
    )
    return np.where(known | counted, out, NAT.astype(np.int64)).view("M8[ns]")


def _parts(text: str) -> tuple[int, ...]:
    """Return year, month, day, hour, minute, second, nanoseconds, and the zone's seconds; zeros
    where a text is no time.

    A count since 1970 has the year 0, the month 1, and all its nanoseconds.
    """
    if len(text) > _LONGEST:
        return _NONE
    plain = " ".join(text.translate(_SIGNS).upper().split())
    compact = len(plain) == _COMPACT and plain.isdecimal()
    if _COUNT.fullmatch(plain) and not compact:
        return (0, 1, 0, 0, 0, 0, _nanoseconds(plain), 0)
    found = _SPELLING.fullmatch(plain)
    if found is None:
        return _NONE
    year, _, month, day, day_first, its_month, its_year, *rest = found.groups()
    hour, _, minute, second, fraction, half, sign, hours, minutes = rest
    at = int(hour or 0)
    if half:
        at = at % 12 + 12 * half.startswith("P")
    east = int(hours or 0) * 3600 + int(minutes or 0) * 60
    return (
        int(year or its_year),
        int(month or its_month),
        int(day or day_first),
        at,
        int(minute or 0),
        int(second or 0),
        int((fraction or "0")[:9].ljust(9, "0")),
        -east if sign == "-" else east,
    )


def _nanoseconds(text: str) -> int:
    """Return a count since 1970 as nanoseconds, by its size; 0 where it is none of our time."""
    count = Decimal(text.replace(",", "."))
    unit = next((unit for most, unit in _UNITS if count < most), 0)
    return min(int(count * unit), 2**63 - 1)
