"""Zips, and zips within zips: their activity files by name, and one file's content."""

from __future__ import annotations

import os
import posixpath
import tempfile
import threading
import weakref
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, cast

from trailstats.errors import ReadError
from trailstats.io import _remote
from trailstats.io._zip import open_zip, read_member, unzipping
from trailstats.io.formats import ReadLimits, is_activity_name

_KEPT_OPEN = 3
_SPOOL = 1 << 26  # bytes of an archive within an archive that are kept in memory


class Unpacked:
    """What the archives within one have unpacked to so far, all together.

    Parameters
    ----------
    limits : ReadLimits
    """

    def __init__(self, limits: ReadLimits) -> None:
        self.limits = limits
        self.bytes = 0
        self.members = 0

    def check_size(self, size: int, compressed: int) -> None:
        """Raise `LimitError` where one archive, or all together, would be over a limit."""
        self.limits.check_size(size, compressed)
        self.limits.check_size(self.bytes + size, self.limits.bytes)

    def check_members(self, count: int) -> None:
        """Raise `LimitError` where the archives hold too many files, all together."""
        self.limits.check_members(self.members + count)


def activity_names(
    archive: zipfile.ZipFile, unpacked: Unpacked, depth: int
) -> list[tuple[str, ...]]:
    """Return the activity files of a zip, each as the names that lead to it through the zips
    within.

    A zip within that can't be opened, or lies deeper than ``depth``, stands for itself.

    Raises
    ------
    LimitError
        When there are more than ``limits.members`` files.
    """
    infos = archive.infolist()
    unpacked.check_members(len(infos))
    unpacked.members += len(infos)
    out: list[tuple[str, ...]] = []
    for info in infos:
        base = posixpath.basename(info.filename)
        if is_activity_name(info.filename):
            out.append((info.filename,))
        elif base.lower().endswith(".zip") and not base.startswith("._"):
            if depth <= 1:
                out.append((info.filename,))  # loading it gives the reason
                continue
            try:
                with (
                    unzipping(),
                    _open_inner_zip(archive, info.filename, unpacked) as inner,
                ):
                    below = activity_names(inner, unpacked, depth - 1)
                out.extend((info.filename, *members) for members in below)
            except ReadError:
                out.append((info.filename,))
    return out


def _open_inner_zip(
    archive: zipfile.ZipFile, name: str, limits: ReadLimits | Unpacked
) -> zipfile.ZipFile:
    """Open a zip within a zip; it is unpacked once, into memory or a temporary file."""
    # It lives as long as the archive that is opened in it.
    spool = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115
    try:
        info = archive.getinfo(name)
        with archive.open(info) as stream:
            while chunk := stream.read(1 << 20):
                spool.write(chunk)
                limits.check_size(spool.tell(), info.compress_size)
        if isinstance(limits, Unpacked):
            limits.bytes += spool.tell()
        inner = open_zip(cast("IO[bytes]", spool), limits)
    except BaseException:
        spool.close()
        raise
    weakref.finalize(inner, spool.close)
    return inner


class _Open(threading.local):
    """The archives that a thread read last: their directories are long, and members come one after
    the other.
    """

    def __init__(self) -> None:
        self.archives: OrderedDict[tuple[str, ...], zipfile.ZipFile] = (
            OrderedDict()
        )

    def get(
        self, key: tuple[str, ...], make: Callable[[], zipfile.ZipFile]
    ) -> zipfile.ZipFile:
        """Return the archive of a key, made when it is not there."""
        if key not in self.archives:
            self.archives[key] = make()
            while len(self.archives) > _KEPT_OPEN:
                self.archives.popitem(last=False)[1].close()
        self.archives.move_to_end(key)
        return self.archives[key]


_open_now = _Open()


def _open_zip(path: str, limits: ReadLimits) -> zipfile.ZipFile:
    stream = _remote.open_file(path)
    try:
        archive = open_zip(stream, limits)
    except BaseException:
        stream.close()
        raise
    weakref.finalize(archive, stream.close)
    return archive


def read_kept(path: str, members: tuple[str, ...], limits: ReadLimits) -> bytes:
    """Return a file in a zip, or in a zip within it; the archives stay open for the next one.

    Raises
    ------
    CorruptFileError
        When one of the archives is damaged.
    LimitError
        When the file, or an archive within, is over a limit.
    """
    with unzipping():
        stamp = (
            "" if _remote.is_remote(path) else str(Path(path).stat().st_mtime_ns)
        )
        # A forked process shares the place that its parent's open files are read at.
        own = (str(os.getpid()), path, stamp)
        archive = _open_now.get(own, partial(_open_zip, path, limits))
        for i, name in enumerate(members[:-1]):
            archive = _open_now.get(
                (*own, *members[: i + 1]),
                partial(_open_inner_zip, archive, name, limits),
            )
        return read_member(
            archive, archive.getinfo(members[-1]), limits.check_size
        )


def read_through(
    archive: zipfile.ZipFile, members: tuple[str, ...], limits: ReadLimits
) -> bytes:
    """Return a file in an open zip, or in a zip within it.

    Raises
    ------
    CorruptFileError, LimitError
        As in `read_kept`.
    """
    with unzipping():
        for name in members[:-1]:
            archive = _open_inner_zip(archive, name, limits)
        return read_member(
            archive, archive.getinfo(members[-1]), limits.check_size
        )
