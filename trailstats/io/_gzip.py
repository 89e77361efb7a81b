"""Gzip that gives what can be had: the content up to its end or its damage, and what the damage
is.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

MAGIC = b"\x1f\x8b"
_STEP = (
    1 << 16
)  # compressed bytes at a time: at most their content is lost to damage
_FIRST_STEP = 256
_MOST = 1 << 20  # bytes of content at a time
_CHECKSUM, _EXTRA, _NAME, _COMMENT = 2, 4, 8, 16


def gunzip(data: bytes, check: Callable[[int], None]) -> tuple[bytes, str]:
    """Return the content of a gzip file of one or several members, and what is wrong with it, if
    anything.

    Parameters
    ----------
    data : bytes
    check : callable
        Called with the size so far [bytes]; raises when that is too large.
    """
    out = io.BytesIO()
    at = 0
    while data[at : at + 2] == MAGIC:
        start = _content_start(data, at)
        if start < 0:
            return out.getvalue(), "its header is cut"
        first = out.tell()
        at, damage = _inflate(data, start, out, check)
        if damage:
            return out.getvalue(), damage
        if len(data) < at + 8:
            return out.getvalue(), "it is cut"
        if zlib.crc32(out.getbuffer()[first:]) != int.from_bytes(
            data[at : at + 4], "little"
        ):
            return out.getvalue(), "its checksum does not fit"
        at += 8
    return out.getvalue(), ""


def _inflate(
    data: bytes, at: int, out: io.BytesIO, check: Callable[[int], None]
) -> tuple[int, str]:
    """Write the content of one member to ``out`` and return the place after it, and what is
    wrong.
    """
    stream = zlib.decompressobj(wbits=-15)
    view = memoryview(data)
    step = _FIRST_STEP  # of a short member little is read beyond its end
    while not stream.eof:
        if at >= len(data):
            return at, "it is cut"
        piece: bytes | memoryview = view[at : at + step]
        at += len(piece)
        step = min(4 * step, _STEP)
        while True:
            try:
                chunk = stream.decompress(piece, _MOST)
            except zlib.error as error:
                return at, str(error)
            out.write(chunk)
            check(out.tell())
            piece = stream.unconsumed_tail
            if stream.eof or (not piece and len(chunk) < _MOST):
                break
    return at - len(stream.unused_data), ""


def _content_start(data: bytes, at: int) -> int:
    """Return where the compressed content of the member at ``at`` begins, -1 where its header is
    cut.
    """
    if len(data) < at + 10:
        return -1
    flags = data[at + 3]
    place = at + 10
    if flags & _EXTRA:
        place += 2 + int.from_bytes(data[place : place + 2], "little")
    for flag in (_NAME, _COMMENT):
        if flags & flag:
            place = data.find(b"\0", place) + 1
            if not place:
                return -1
    return place + (2 if flags & _CHECKSUM else 0)
