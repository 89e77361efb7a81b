"""The 16-bit checksum of FIT, computed over whole blocks at once.

The checksum is linear: the state after one 16-bit word is ``step(state xor word)``, where ``step``
is a linear map of 16 bits. Rows of words can therefore be folded onto each other with the map for a
whole row, and the last row onto itself by halves; leading zero words change nothing, so the front
is padded to full rows.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_POLYNOMIAL = 0xA001
_ROW = 4096  # words; a power of two


def crc16(data: bytes | memoryview) -> int:
    """Return the checksum of ``data``; 0 for data that ends with its own checksum."""
    size = len(data)
    words = -(-size // 2)
    width = _ROW
    while width > 1 and width >= 2 * words:
        width //= 2
    rows = max(-(-words // width), 1)
    padded = np.zeros(rows * width * 2, dtype=np.uint8)
    padded[padded.size - size :] = np.frombuffer(data, dtype=np.uint8)
    grid = padded.view("<u2").reshape(rows, width)
    state = grid[0].copy()
    table = _whole(width)
    for row in grid[1:]:
        state = table[state]
        state ^= row
    while width > 1:
        width //= 2
        low, high = _halves(width)
        left = state[:width]
        state = low[left & 0xFF] ^ high[left >> 8] ^ state[width:]
    low, high = _halves(1)
    return int(low[state[0] & 0xFF] ^ high[state[0] >> 8])


@cache
def _halves(words: int) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Return the map over so many words, a power of two, as tables for the low and the high
    byte.
    """
    if words == 1:
        state = np.arange(256, dtype=np.uint16)
        high = _shift(state, 8)
        return high[_shift(state, 8) & 0xFF] ^ (_shift(state, 8) >> 8), high
    low, high = _halves(words // 2)
    return low[low & 0xFF] ^ high[low >> 8], low[high & 0xFF] ^ high[high >> 8]


@cache
def _whole(words: int) -> NDArray[np.uint16]:
    """Return the map over so many words as one table of all states."""
    low, high = _halves(words)
    return (high[:, None] ^ low[None, :]).ravel()


def _shift(state: NDArray[np.uint16], bits: int) -> NDArray[np.uint16]:
    for _ in range(bits):
        state = (state >> np.uint16(1)) ^ (state & np.uint16(1)) * np.uint16(
            _POLYNOMIAL
        )
    return state
