"""Numbers and times out of many short stretches of a text at once.

Stretches of the usual layout become one matrix of digits; whatever differs is read one by one, so that the
result is that of `float` and `parse_times` in every case.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trailstats.io._build import NAT, number, parse_times

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Bytes = NDArray[np.uint8]

_MANY = 200  # judgement: below, a matrix costs more than reading one by one
_WIDEST = 44
_SPLIT = 2.0**27 + 1.0  # halves the bits of a double
_PLACES = frozenset({4, 7, 10, 13, 16})
_ISO = np.frombuffer(b"0000-00-00T00:00:00", dtype=np.uint8)


def strip(content: Bytes, start: Places, end: Places) -> tuple[Places, Places]:
    """Return the stretches without the blanks at both ends."""
    while (blank := (start < end) & (content[np.minimum(start, len(content) - 1)] <= 32)).any():
        start = start + blank
    while (blank := (start < end) & (content[end - 1] <= 32)).any():
        end = end - blank
    return start, end


def read_numbers(data: bytes, start: Places, end: Places) -> Floats:
    """Return the number in every stretch of ``data``, NaN where there is none.

    The stretches have no blanks at their ends.
    """
    out = np.full(len(start), np.nan)
    size = end - start
    left = size > 0
    rows = np.flatnonzero(left & (size <= _WIDEST))
    if len(rows) >= _MANY:
        width = min(int(size[rows].max()), len(data))
        rows = rows[start[rows] + width <= len(data)]
        values, read = _decimals(_matrix(data, start[rows], width), size[rows])
        out[rows[read]] = values[read]
        left[rows[read]] = False
    rows = np.flatnonzero(left)
    if len(rows):
        places = zip(start[rows].tolist(), end[rows].tolist(), strict=True)
        out[rows] = plain_numbers([data[a:b] for a, b in places])
    return out


def plain_numbers(texts: list[bytes] | list[str]) -> Floats:
    """Return texts as numbers one by one, NaN where a text is none or not finite."""
    try:
        out = np.array(list(map(float, texts)))
    except ValueError:
        plain = (text.decode(errors="replace") if isinstance(text, bytes) else text for text in texts)
        out = np.array([number(text) for text in plain])
    out[~np.isfinite(out)] = np.nan
    return out


def _decimals(grid: Bytes, size: Places) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the values of plain decimals such as ``-12.5``, a row each, and which rows were such.

    Rows with the point at the same place are read together, filled up with zeros to the longest.
    """
    grid = np.ascontiguousarray(grid.T)
    within = np.arange(len(grid))[:, None] < size
    digits = (grid - 48) * within
    dots = (grid == 46) & within
    dotted = dots.any(axis=0)
    point = np.where(dotted, dots.argmax(axis=0), size)
    signed = grid[0] == 45
    values, read = np.zeros(len(size)), np.zeros(len(size), dtype=bool)
    kinds = point * 2 + signed
    for kind in np.flatnonzero(np.bincount(kinds)).tolist():
        rows = np.flatnonzero(kinds == kind)
        place, first = kind >> 1, kind & 1
        longest = int(size[rows].max())
        columns = [i for i in range(first, longest) if i != place]
        if not columns:
            continue
        chosen = digits[columns] if len(rows) == len(size) else digits[np.array(columns)[:, None], rows]
        value, sure = _quotient(chosen, max(longest - place - 1, 0))
        values[rows] = -value if first else value
        read[rows] = sure & (chosen.max(axis=0) <= 9) & (size[rows] > first + dotted[rows])
    return values, read


def _quotient(digits: Bytes, decimals: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Return columns of digits over ``10**decimals``, rounded to the nearest double, and which are surely that.

    Below 2**53 and 10**22 both are exact, and so is their quotient's rounding. Longer numbers are taken as
    sums of two doubles, 104 bits, which only leaves open which way a number goes that lies halfway between
    two doubles.
    """
    limbs = [_whole(digits[i : i + 15]) for i in range(0, len(digits), 15)]
    if len(limbs) == 1 and decimals <= 22:
        return limbs[0] / 10.0**decimals, np.ones(digits.shape[1], dtype=bool)
    high, low = limbs[0], np.zeros(digits.shape[1])
    for i, limb in enumerate(limbs[1:], start=1):
        scale = 10.0 ** min(15, len(digits) - 15 * i)
        product, error = _product(high, scale)
        high = product + limb
        moved = high - product
        low = low * scale + error + ((product - (high - moved)) + (limb - moved))
        high, low = high + low, low - ((high + low) - high)
    by = float(10**decimals)
    by_low = float(10**decimals - int(by))
    first = high / by
    product, error = _product(first, by)
    second = ((high - product) - error + low - first * by_low) / by
    result = first + second
    rest = second - (result - first)
    spacing = np.spacing(np.abs(result))
    unsure = np.abs(np.abs(rest) - spacing / 2) < spacing * 2.0**-40
    unsure |= np.abs(np.abs(rest) - spacing / 4) < spacing * 2.0**-40
    return result, ~unsure


def _whole(digits: Bytes) -> Floats:
    """Return columns of at most 15 digits as whole numbers."""
    powers = 10.0 ** np.arange(len(digits) - 1, -1, -1)
    return np.asarray(powers @ digits.astype(np.float64))


def _product(a: Floats, b: float) -> tuple[Floats, Floats]:
    """Return a product and its rounding error, after Dekker."""
    product = a * b
    a_high = a * _SPLIT - (a * _SPLIT - a)
    b_high = b * _SPLIT - (b * _SPLIT - b)
    a_low, b_low = a - a_high, b - b_high
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def read_times(data: bytes, start: Places, end: Places) -> NDArray[np.datetime64]:
    """Return the ISO 8601 time in every stretch of ``data`` as UTC, NaT where there is none."""
    out = np.full(len(start), NAT)
    size = end - start
    left = size > 0
    for width in np.flatnonzero(np.bincount(size[(size >= 20) & (size <= 30)])).tolist():
        rows = np.flatnonzero(size == width)
        times, read = _utc(_matrix(data, start[rows], width))
        out[rows[read]] = times[read]
        left[rows[read]] = False
    rows = np.flatnonzero(left)
    if len(rows):
        places = zip(start[rows].tolist(), end[rows].tolist(), strict=True)
        out[rows] = parse_times([data[a:b].decode("utf-8", errors="replace") for a, b in places])
    return out


def texts_to_times(texts: list[str]) -> NDArray[np.datetime64]:
    """Return ISO 8601 texts without blanks at their ends as UTC, NaT where there is none."""
    coded = [text.encode() for text in texts]
    size = np.array([len(text) for text in coded], dtype=np.int64)
    end = np.cumsum(size)
    return read_times(b"".join(coded), end - size, end)


def _utc(grid: Bytes) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Return the times of rows like ``2024-05-01T07:00:00.123Z``, and which rows were such."""
    grid = np.ascontiguousarray(grid.T)
    width = len(grid)
    digits = grid - 48
    read = grid[-1] == 90
    for i in range(width - 1):
        sign = 46 if i == 19 else _ISO[i] if i in _PLACES else None
        read &= digits[i] <= 9 if sign is None else grid[i] == sign
    value = digits.astype(np.int32)

    def part(first: int, last: int) -> NDArray[np.int64]:
        total: NDArray[np.int64] = value[first].astype(np.int64)
        for i in range(first + 1, last):
            total = total * 10 + value[i]
        return total

    month, day = part(5, 7), part(8, 10)
    hour, minute, second = part(11, 13), part(14, 16), part(17, 19)
    # Days that not every month has, and leap seconds, are left to the slow way.
    read &= (value[0] > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 28 + 3 * (month != 2))
    read &= (day < 31) | np.isin(month, (1, 3, 5, 7, 8, 10, 12))
    read &= (hour < 24) & (minute < 60) & (second < 60) & (width != 21)
    months = np.where(read, (part(0, 4) - 1970) * 12 + month - 1, 0).astype("datetime64[M]")
    days = months.astype("datetime64[D]").astype(np.int64) + day - 1
    nanoseconds = (days * 86_400 + hour * 3600 + minute * 60 + second) * 1_000_000_000
    if width > 21:
        nanoseconds += part(20, width - 1) * 10 ** (9 - (width - 21))
    return nanoseconds.astype("datetime64[ns]"), read


def _matrix(data: bytes, start: Places, width: int) -> Bytes:
    """Return stretches of one width as rows."""
    windows = np.ndarray((len(data) - width + 1,), dtype=f"V{width}", buffer=data, strides=(1,))
    return windows[start].view(np.uint8).reshape(len(start), width)
