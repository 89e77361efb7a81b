"""Numbers and times out of many short stretches of a text at once.

A stretch is read as 64-bit words of eight characters each; what is no plain decimal or time of the
usual layout is read one by one, so that the result is that of `float` and `parse_times` in every
case.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from trailstats.arrays import Flags, Floats, Ints, Times
from trailstats.io._build import number
from trailstats.io._times import FIRST_YEAR, LAST_YEAR, NAT, parse_times

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

PAD = 64
"""Bytes that have to follow a stretch, so that it can be read in words; later ones are read one by
one.
"""

# Numbers at a time, so that what is derived from them stays in the processor's cache.
_BATCH = 1 << 13
_FEW_BLANKS = 4  # our choice: more are taken away stretch by stretch
_BLANK = bytes(range(33))
_MANY = 24  # our choice: below, words cost more than reading one by one
_PLAIN_TIME = re.compile(
    r"(?:19|20)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z", re.ASCII
)
_MOST_DECIMALS = 40
_SPLIT = 2.0**27 + 1.0  # halves the bits of a double
_EXACT = 2**53  # whole numbers below are doubles


def _each(byte: int) -> np.uint64:
    """Return a word of eight equal bytes."""
    return np.uint64(byte * 0x0101010101010101)


_ONES, _TOPS, _ZEROS, _POINT = _each(1), _each(128), _each(48), 46
# By a number of characters: the mask of the first ones, the shift that moves them to the end of a
# word, and the zeros that then stand before them.
FIRST = np.array([(1 << 8 * i) - 1 for i in range(9)], dtype=np.uint64)
_SHIFT = np.array([8 * (8 - i) % 64 for i in range(9)], dtype=np.uint64)
_BEFORE = FIRST[::-1] & _ZEROS
# Times a word with one bit, in the lowest of a byte: that byte's index on top.
_INDEX_OF_BYTE = 0x0001020304050607
# Multipliers and masks that add up pairs, fours and eights of digits.
_PAIR = np.uint64(0x000000FF000000FF)
_LOW_FOUR = np.uint64(100 + (10**6 << 32))
_HIGH_FOUR = np.uint64(1 + (10**4 << 32))
_MANTISSA = 2**52 - 1


def words_of(data: bytes) -> Words:
    """Return the word of eight bytes that begins at each byte but the last seven."""
    return np.ndarray(
        (max(len(data) - 7, 0),), dtype="<u8", buffer=data, strides=(1,)
    )


def first_of(words: Words, byte: int) -> Words:
    """Return the top bit of the first character of each word that equals ``byte``, 0 where none
    does.
    """
    differ = words ^ _each(byte)
    found = (differ - _ONES) & ~differ & _TOPS
    return found & (~found + 1)


def strip(content: Bytes, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return the stretches without the blanks at both ends."""
    last = len(content) - 1
    for _ in range(_FEW_BLANKS):
        blank = (start < end) & (content[np.minimum(start, last)] <= 32)
        if not blank.any():
            break
        start = start + blank
    else:
        start, end = _strip_each(content, start, end)
    for _ in range(_FEW_BLANKS):
        blank = (start < end) & (content[end - 1] <= 32)
        if not blank.any():
            return start, end
        end = end - blank
    return _strip_each(content, start, end)


def _strip_each(content: Bytes, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return the stretches without blanks at their ends, those with blanks there one by one."""
    start, end = start.copy(), end.copy()
    last = len(content) - 1
    some = (content[np.minimum(start, last)] <= 32) | (content[end - 1] <= 32)
    flat, many = start.reshape(-1), end.reshape(-1)  # views: both are new
    for i in np.flatnonzero(some & (start < end)).tolist():
        text = content[flat[i] : many[i]].tobytes()
        flat[i] = many[i] - len(text.lstrip(_BLANK))
        many[i] = max(many[i] - len(text) + len(text.rstrip(_BLANK)), flat[i])
    return start, end


def read_numbers(data: bytes, start: Ints, end: Ints) -> Floats:
    """Return the number in every stretch of ``data``, NaN where there is none.

    The stretches have no blanks at their ends.
    """
    out = np.empty(len(start))
    for at in range(0, len(start), _BATCH):
        batch = slice(at, at + _BATCH)
        out[batch] = _numbers(data, start[batch], end[batch])
    return out


def _numbers(data: bytes, start: Ints, end: Ints) -> Floats:
    out = np.full(len(start), np.nan)
    read = (end > start) & (end <= len(data) - PAD)
    if np.count_nonzero(read) >= _MANY:
        rows = _rows_where(read)
        out[rows], read[rows] = _decimals(words_of(data), start[rows], end[rows])
    else:
        read[:] = False
    if not read.all():
        out[~read] = plain_numbers(_pieces(data, start[~read], end[~read]))
    return out


def _rows_where(flags: Flags) -> slice | Ints:
    """Return which rows are flagged; all of them as a slice, which copies nothing."""
    return slice(None) if flags.all() else np.flatnonzero(flags)


def _pieces(data: bytes, start: Ints, end: Ints) -> list[bytes]:
    """Return the stretches of ``data`` one by one."""
    bounds = zip(start.tolist(), end.tolist(), strict=True)
    return [data[first:last] for first, last in bounds]


def plain_numbers(texts: list[bytes] | list[str]) -> Floats:
    """Return texts as numbers one by one, NaN where a text is none or not finite."""
    try:
        out = np.array(list(map(float, texts)))
    except ValueError:
        plain = (
            text.decode(errors="replace") if isinstance(text, bytes) else text
            for text in texts
        )
        out = np.array([number(text) for text in plain])
    out[~np.isfinite(out)] = np.nan
    return out


def _decimals(words: Words, start: Ints, end: Ints) -> tuple[Floats, Flags]:
    """Return the values of plain decimals such as ``-12.5``, rounded to the nearest double, and
    which surely are so.
    """
    front = words[start]
    negative = (front & FIRST[1]) == 45
    if signed := bool(negative.any()):
        start = start + negative
        front = words[start]
    size = end - start
    point = first_of(front, _POINT)
    place = ((point >> 7) * _INDEX_OF_BYTE >> 56).view(np.int64)
    place[point == 0] = 8
    count = np.minimum(place, size)  # digits before the point
    decimals = size - count - 1
    read = (
        (count > 0)
        & (decimals <= _MOST_DECIMALS)
        & ((decimals < 0) | (place == count))
        # Without a point in the first word it has to stand right after it.
        & (
            (decimals < 0)
            | (place < 8)
            | (words[start + count] & FIRST[1] == _POINT)
        )
    )
    whole, fine = _eight(front << _SHIFT[count] | _BEFORE[count])
    read &= fine
    most = int(decimals.max())
    at = start + count + 1
    if most <= 0:
        values = whole.astype(np.float64)
    else:
        part, fine = _fraction(words[at], decimals)
        read &= fine
        whole = whole * 10**8 + part
        read &= whole < _EXACT
        values = whole / 1e8
        if most > 8:
            long = _rows_where(decimals > 8)
            at, decimals = at[long], decimals[long]
            part, fine = _fraction(words[at + 8], decimals - 8)
            for done in range(16, min(most, _MOST_DECIMALS), 8):
                fine &= _fraction(words[at + done], decimals - done)[1]
            quotient, sure = _quotient(
                whole[long].astype(np.float64),
                part.astype(np.float64),
                decimals > 16,
            )
            values[long] = quotient
            read[long] &= fine & sure
    return (np.where(negative, -values, values) if signed else values), read


def _fraction(words: Words, decimals: Ints) -> tuple[Words, Flags]:
    """Return the first up to eight decimals as a whole number of 1e-8, and which were digits."""
    kept = FIRST.take(decimals, mode="clip")
    return _eight(words & kept | _ZEROS & ~kept)


def _eight(words: Words) -> tuple[Words, Flags]:
    """Return words of eight digits as whole numbers, and which were such."""
    digits = words - _ZEROS
    digits = digits * 10 + (digits >> 8)
    high = (digits & _PAIR) * _LOW_FOUR
    low = (digits >> 16 & _PAIR) * _HIGH_FOUR
    return high + low >> np.uint64(32), _are_digits(words)


def _are_digits(words: Words) -> Flags:
    """Return which words are eight digits."""
    return np.asarray((words - _ZEROS | words + _each(70)) & _TOPS == 0)


def _quotient(whole: Floats, part: Floats, cut: Flags) -> tuple[Floats, Flags]:
    """Return ``(whole + part / 1e8) / 1e8``, rounded to the nearest double, and which are surely
    that.

    Where ``cut``, less than a unit of the part is missing. The number is taken as a sum of two
    doubles, 104 bits, which only leaves open which way a number goes that lies halfway between two
    doubles.
    """
    product, error = _product(whole, 1e8)
    high = product + part
    moved = high - product
    low = error + ((product - (high - moved)) + (part - moved))
    first = high / 1e16
    product, error = _product(first, 1e16)
    second = ((high - product) - error + low) / 1e16
    result = first + second
    rest = second - (result - first)
    spacing = np.spacing(result)
    sure = np.abs(np.abs(rest) - spacing / 2) > spacing * 2.0**-40 + 1e-16 * cut
    # Below a power of two doubles lie closer.
    return result, sure & (
        (rest >= 0) | (result.view(np.uint64) & _MANTISSA != 0)
    )


def _product(a: Floats, b: float) -> tuple[Floats, Floats]:
    """Return a product and its rounding error, after Dekker."""
    product = a * b
    a_high = a * _SPLIT - (a * _SPLIT - a)
    b_high = b * _SPLIT - (b * _SPLIT - b)
    a_low, b_low = a - a_high, b - b_high
    error = (a_high * b_high - product) + a_high * b_low + a_low * b_high
    return product, error + a_low * b_low


def read_times(data: bytes, start: Ints, end: Ints) -> Times:
    """Return the time in every stretch of ``data`` as UTC, NaT where there is none."""
    out = np.full(len(start), NAT)
    size = end - start
    left = (size >= 20) & (size <= 30) & (size != 21) & (end <= len(data) - PAD)
    if left.any():
        rows = _rows_where(left)
        out[rows], left[rows] = _utc(words_of(data), start[rows], size[rows])
    rest = ~left & (size > 0)
    if rest.any():
        pieces = _pieces(data, start[rest], end[rest])
        out[rest] = parse_times(
            [piece.decode(errors="replace") for piece in pieces]
        )
    return out


def texts_to_times(texts: list[str]) -> Times:
    """Return texts without blanks at their ends as UTC times, NaT where there is none."""
    if len(texts) < _MANY and all(map(_PLAIN_TIME.fullmatch, texts)):
        try:
            return np.array([text[:-1] for text in texts], dtype="datetime64[ns]")
        except ValueError:  # the 30th of February, or a leap second
            pass
    coded = [text.encode() for text in texts]
    size = np.array([len(text) for text in coded], dtype=np.int64)
    end = np.cumsum(size)
    return read_times(b"".join(coded) + bytes(PAD), end - size, end)


def _layout(text: bytes) -> tuple[int, int, int]:
    """Return where a text like ``:00`` has digits, where other characters, and these."""
    digits = int.from_bytes(bytes(255 * (c == 48) for c in text), "little")
    rest = (1 << 8 * len(text)) - 1 - digits
    return digits, rest, int.from_bytes(text, "little") & rest


_DATE, _HOUR, _SECOND = (
    _layout(b"0000-00-"),
    _layout(b"00T00:00"),
    _layout(b":00"),
)
# Days that a month has in any year, by its number; the slow way judges the 29th of February.
_DAYS = np.zeros(256, dtype=np.int64)
_DAYS[1:13] = 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31


def _utc(words: Words, start: Ints, size: Ints) -> tuple[Times, Flags]:
    """Return times such as ``2024-05-01T07:00:00.123Z``, and which stretches are such."""
    date = words[start]
    if (date == date[0]).all():
        date = date[:1]  # most recordings are made on one day
    second = words[start + 16]
    date, fine = _pairs(date, _DATE)
    hour, read = _pairs(words[start + 8], _HOUR)
    read &= fine & (words[start + size - 1] & FIRST[1] == 90)
    nanoseconds = np.zeros(len(start), dtype=np.int64)
    if int(size.max()) > 20:
        parts, fine = _fraction(words[start + 20], size - 21)
        read &= (
            fine
            & (size < 30)
            & ((second >> 24 & FIRST[1] == _POINT) | (size == 20))
        )
        nanoseconds = parts.view(np.int64) * 10
    second, fine = _pairs(second, _SECOND)
    year = _byte_of(date, 0) * 100 + _byte_of(date, 2)
    month = _byte_of(date, 5)
    day = _byte_of(hour, 0)
    hours = _byte_of(hour, 3)
    minutes = _byte_of(hour, 6)
    seconds = _byte_of(second, 1)
    read &= (
        fine
        & (year >= FIRST_YEAR)
        & (year <= LAST_YEAR)
        & (day > 0)
        & (day <= _DAYS[month])
        & (hours < 24)
        & (minutes < 60)
        & (seconds < 60)
    )
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + (day - 1)
    seconds = days * 86_400 + (hours * 3600 + minutes * 60 + seconds)
    nanoseconds += seconds * 1_000_000_000
    return nanoseconds.view("datetime64[ns]"), read


def _pairs(words: Words, layout: tuple[int, int, int]) -> tuple[Words, Flags]:
    """Return words with the value of two digits in the place of the first, and which have the
    layout.
    """
    digits, rest, expected = map(np.uint64, layout)
    fine = (words & rest == expected) & _are_digits(
        words & digits | _ZEROS & ~digits
    )
    values = words & _each(15)
    return values * 10 + (values >> 8), fine


def _byte_of(words: Words, index: int) -> Ints:
    """Return one byte of each word."""
    return np.asarray(words >> 8 * index & FIRST[1]).view(np.int64)
