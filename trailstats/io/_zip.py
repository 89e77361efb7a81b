"""What a zip raises when it is damaged, and the reading of one of its files."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable

MAGIC = b"PK\x03\x04"

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    ValueError,
    OSError,
)
_FOREIGN = (
    NotImplementedError,
    RuntimeError,
)  # an unknown compression; encrypted
ZIP_ERRORS = (*_DAMAGED, *_FOREIGN)
"""What a damaged or encrypted zip raises; one whose directory points before the file gives a
ValueError.
"""


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
