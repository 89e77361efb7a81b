"""Zips: opened within limits, read member by member, and what damage does to them as one error."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Protocol

from trailstats.errors import CorruptFileError, TrailstatsError

MAGIC = b"PK\x03\x04"

_END, _END_64, _ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x01\x02"
_TAIL = 22 + 0xFFFF + 76  # bytes of the last records, with the longest comment


class MemberLimits(Protocol):
    """What a zip may at most be."""

    def check_members(self, count: int) -> None:
        """Raise where it holds too many files."""


@contextmanager
def unzipping() -> Iterator[None]:
    """Turn whatever a damaged or encrypted zip raises into the error that says so.

    There is no complete list: each compression has its own exceptions.

    Raises
    ------
    CorruptFileError
    TrailstatsError
        As it is.
    """
    try:
        yield
    except (TrailstatsError, MemoryError):
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise CorruptFileError(f"damaged zip: {reason}") from error


def open_zip(stream: IO[bytes], limits: MemberLimits) -> zipfile.ZipFile:
    """Open a zip once it is known that its directory names no more files than the limits allow.

    Raises
    ------
    LimitError
        When it does.
    Exception
        Whatever `zipfile` raises; see `unzipping`.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(size - _TAIL, 0))
    tail = stream.read(_TAIL)
    end, stated, length = _directory(tail)
    limits.check_members(stated)
    stream.seek(max(size - len(tail) + end - length, 0))
    limits.check_members(stream.read(min(length, size)).count(_ENTRY))
    return zipfile.ZipFile(stream)


def _directory(tail: bytes) -> tuple[int, int, int]:
    """Return where a zip's last record stands, how many files it says that there are, and the
    bytes of the directory before it; 0 where there is no such record.
    """
    at = tail.rfind(_END)
    wide = tail.rfind(_END_64, 0, max(at, 0))
    if wide >= 0:
        at, places = wide, ((32, 40), (40, 48))
    else:
        places = ((10, 12), (12, 16))
    if at < 0:
        return 0, 0, 0
    stated, length = (
        int.from_bytes(tail[at + a : at + b], "little") for a, b in places
    )
    return at, stated, length


def read_member(
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    check: Callable[[int, int], None],
) -> bytes:
    """Return one file of a zip; the sizes in its directory are not trusted.

    Parameters
    ----------
    archive : zipfile.ZipFile
    member : zipfile.ZipInfo
    check : callable
        Called with the size so far and the compressed one [bytes]; raises when that is too large.
    """
    out = io.BytesIO()
    with archive.open(member) as stream:
        while chunk := stream.read(1 << 20):
            out.write(chunk)
            check(out.tell(), member.compress_size)
    return out.getvalue()
