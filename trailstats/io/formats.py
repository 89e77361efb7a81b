"""The table of formats, recognition by content, and the reading of one source."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import chain
from typing import IO, BinaryIO

from trailstats.boundary import reading, reason_of, shown, size_of
from trailstats.errors import (
    CorruptFileError,
    LimitError,
    NotAnActivityError,
    ReadError,
    UnsupportedFormatError,
)
from trailstats.io import _remote, _zip, fit
from trailstats.io._build import Parsed, ParseOptions, build
from trailstats.io._gzip import MAGIC, gunzip
from trailstats.io._other_readers import (
    OtherReader,
    other_readers,
    other_suffixes,
    readers_that_failed,
)
from trailstats.io._parts import separate
from trailstats.io._zip import open_zip, read_member, unzipping
from trailstats.io.xml import gpx, kml, tcx
from trailstats.model.activity import Activity, Issue
from trailstats.schema import Severity

__all__ = [
    "READERS",
    "Format",
    "FormatReader",
    "ReadLimits",
    "Source",
    "decode",
    "read",
    "sniff",
    "unpack",
]

Source = str | os.PathLike[str] | bytes | BinaryIO
"""What can be read: a path or remote address, the bytes themselves, or a binary stream."""

HEAD = 4096
"""Bytes of a file that recognition looks at."""

DENSE = 100_000
"""Samples that a source of any size may hold (our choice): those of a day at 1 Hz."""

FEW = 150
"""Activities that a source of any size may hold (our choice): each takes milliseconds to analyse,
however short it is.
"""


@dataclass(frozen=True)
class ReadLimits:
    """What a source may at most be; files are untrusted.

    Attributes
    ----------
    bytes : int
        Decompressed size of one file.
    ratio : float
        Decompressed over compressed size; only looked at above 16 MiB.
    records : int
        Samples in one file.
    nesting : int
        Archives within archives.
    members : int
        Files in one archive, those in archives within it counted, too.
    activities : int
        Tracks, sessions or chained files in one file.
    layouts : int
        Definitions of messages that differ in one FIT file.
    density : float
        Samples for each byte of the source as it lies there; only looked at above 100,000 samples.
    activity_bytes : int
        Bytes of the source as it lies there for each activity; only looked at above 150 activities.

    Examples
    --------
    >>> from trailstats import ReadLimits
    >>> ReadLimits(bytes=50_000_000).records
    5000000
    """

    bytes: int = 1 << 29
    ratio: float = 200.0
    records: int = 5_000_000
    nesting: int = 3
    members: int = 200_000
    activities: int = 1_000
    layouts: int = 1_000
    density: float = 0.25
    activity_bytes: int = 6_000

    def check_size(self, size: int, compressed: int) -> None:
        """Raise `LimitError` when a decompressed size is over the limits."""
        if size > self.bytes:
            raise LimitError(f"more than {self.bytes} bytes (limit: bytes)")
        if size > 1 << 24 and size > self.ratio * max(compressed, 1):
            raise LimitError(
                f"expands more than {self.ratio:g} times (limit: ratio)"
            )

    def records_in(self, size: int) -> int:
        """Return how many samples a source of so many bytes may hold."""
        return min(self.records, max(int(size * self.density), DENSE))

    def activities_in(self, size: int) -> int:
        """Return how many activities a source of so many bytes may hold."""
        return min(self.activities, max(size // max(self.activity_bytes, 1), FEW))

    def check_members(self, count: int) -> None:
        """Raise `LimitError` when an archive holds too many files."""
        if count > self.members:
            raise LimitError(
                f"more than {self.members} files in a zip (limit: members)"
            )


class Format(StrEnum):
    """The formats of recordings that are read.

    Examples
    --------
    >>> from trailstats import Format, read
    >>> read("data/samples/odd/two-tracks.gpx", format=Format.GPX).meta.format
    'gpx'
    """

    FIT = "fit"
    GPX = "gpx"
    TCX = "tcx"
    KML = "kml"


@dataclass(frozen=True)
class FormatReader:
    """How files of a format are called, recognised and parsed."""

    format: Format
    suffixes: tuple[str, ...]
    sniff: Callable[[bytes], bool]
    parse: Callable[[bytes, ParseOptions], list[Parsed]]


READERS = (
    FormatReader(Format.FIT, (".fit",), fit.sniff, fit.parse),
    FormatReader(Format.GPX, (".gpx",), gpx.sniff, gpx.parse),
    FormatReader(Format.TCX, (".tcx",), tcx.sniff, tcx.parse),
    FormatReader(Format.KML, (".kml", ".kmz"), kml.sniff, kml.parse),
)


def sniff(head: bytes) -> FormatReader | OtherReader | None:
    """Return the reader of a file that begins with ``head``, by its content; those of other
    packages are asked last.
    """
    plain = head
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        plain = head.decode("utf-16", errors="ignore").encode()
    for reader in READERS:
        if reader.sniff(plain):
            return reader
    return next((one for one in other_readers() if one.sniff(plain)), None)


def reader_of(format: Format | str) -> FormatReader | OtherReader:
    """Return the reader of a format by its name or suffix.

    Raises
    ------
    UnsupportedFormatError
        When there is no such format; the known ones are named.
    """
    name = str(format).lower().removeprefix(".")
    every: list[FormatReader | OtherReader] = [*READERS, *other_readers()]
    for reader in every:
        if reader.format == name:
            return reader
    known = ", ".join(reader.format for reader in every)
    raise UnsupportedFormatError(
        f"there is no format {format!r}; known are {known}"
    )


def read(
    source: Source,
    *,
    format: Format | str | None = None,
    limits: ReadLimits | None = None,
    merge_heart_rate: bool = True,
) -> Activity:
    """Read one recorded activity.

    Parameters
    ----------
    source : str, path-like, bytes or binary stream
        A FIT, GPX, TCX or KML file, plain or compressed. The content decides the format, not the
        suffix.
    format : Format or str, optional
        ``"fit"``, ``"gpx"``, ``"tcx"``, ``"kml"`` or that of a plug-in, to skip the recognition.
    limits : ReadLimits, optional
    merge_heart_rate : bool
        Whether heart rates that a strap stored by itself, under water, replace those in the records
        of a FIT file; an `Issue` says when they do.

    Returns
    -------
    Activity
        As recorded: nothing is cleaned. Where a file holds several activities, the first one, with
        an `Issue`; `iter_activities` gives all.

    Raises
    ------
    ReadError
        One of its kinds says what was found: no known format, damaged beyond use, no recording,
        over a limit.

    Examples
    --------
    >>> import trailstats as ts
    >>> run = ts.read("data/samples/odd/two-tracks.gpx")
    >>> list(run.records.columns[:3])
    ['latitude', 'longitude', 'elevation']
    """
    limits = limits or ReadLimits()
    name = name_of(source)
    with reading(name):
        activities = decode(
            bytes_of(source, limits),
            name,
            format=format,
            limits=limits,
            merge_heart_rate=merge_heart_rate,
        )
    first = activities[0]
    if len(activities) > 1:
        message = (
            f"the file holds {len(activities)} activities; this is the first"
        )
        issue = Issue(
            "several_activities", Severity.INFO, message, len(activities)
        )
        first = replace(first, issues=(*first.issues, issue))
    return first


def name_of(source: Source) -> str:
    """Return what a source is called, in a form that can be printed.

    Raises
    ------
    TypeError
        When it is nothing that can be read.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return "<bytes>"
    if isinstance(source, str | os.PathLike):
        return shown(source)
    if not hasattr(source, "read"):
        raise TypeError(
            f"a path, bytes or a binary stream is needed, not {type(source).__name__}"
        )
    return shown(getattr(source, "name", "<stream>"))


def bytes_of(source: Source, limits: ReadLimits) -> bytes:
    """Return the bytes of a source, as they lie there; see `read` for what may go wrong."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | os.PathLike):
        try:
            with _remote.open_file(source) as stream:
                return _content(stream, limits, _remote.is_remote(source))
        except OSError as error:
            raise ReadError(f"can't be opened: {reason_of(error)}") from None
    data: bytes | str = source.read(limits.bytes + 1)
    if isinstance(data, str):  # GPX and TCX survive being opened as text
        data = data.encode(errors="surrogatepass")
    _check_bytes(len(data), limits)
    return data


def _content(stream: IO[bytes], limits: ReadLimits, remote: bool) -> bytes:
    """Return what a file holds now: one that grows meanwhile is read no further."""
    if remote:
        data = stream.read(limits.bytes + 1)
    else:
        _check_bytes(size := size_of(stream), limits)
        data = stream.read(size)
    _check_bytes(len(data), limits)
    return data


def _check_bytes(size: int, limits: ReadLimits) -> None:
    if size > limits.bytes:
        raise LimitError(f"more than {limits.bytes} bytes (limit: bytes)")


def decode(
    data: bytes,
    name: str,
    *,
    format: Format | str | None = None,
    limits: ReadLimits | None = None,
    merge_heart_rate: bool = True,
) -> list[Activity]:
    """Return every activity in the bytes of one file; see `read`.

    The first carries ``name`` as its source, the n-th ``name#n``.
    """
    limits = limits or ReadLimits()
    options = ParseOptions(
        limits.records_in(len(data)),
        merge_heart_rate,
        limits.activities_in(len(data)),
        limits.layouts,
    )
    data, faults = unpack(data, limits)
    if not data:
        raise UnsupportedFormatError("the file is empty")
    reader = sniff(data[:HEAD]) if format is None else reader_of(format)
    if reader is None:
        raise UnsupportedFormatError(
            f"no FIT, GPX, TCX or KML, but {_kind_of_content(data)}{readers_that_failed()}"
        )
    digest = hashlib.sha256(data).hexdigest()
    activities: list[Activity] = []
    empty: NotAnActivityError | None = None
    found = reader.parse(data, options)
    for parsed in chain.from_iterable(separate(one, options) for one in found):
        number = len(activities) + 1
        suffix = f"#{number}" if number > 1 else ""
        parsed.issues[:0] = faults
        try:
            activities.append(
                build(parsed, source=name + suffix, content_hash=digest + suffix)
            )
        except NotAnActivityError as error:
            empty = error
    if not activities:
        raise empty or NotAnActivityError(
            "no samples in it", format=str(reader.format)
        )
    return activities


def unpack(data: bytes, limits: ReadLimits) -> tuple[bytes, list[Issue]]:
    """Return the content of a gzip file or of a zip with one activity file, other bytes as they
    are; and faults.
    """
    issues: list[Issue] = []
    check = partial(limits.check_size, compressed=len(data))
    for _ in range(limits.nesting + 1):
        if data[:2] == MAGIC:
            data, damage = gunzip(data, check)
            if damage and not data:
                raise CorruptFileError(f"damaged gzip: {damage}")
            if damage:
                message = f"damaged gzip ({damage}): what came before the damage was read"
                issues.append(
                    Issue("compression_damaged", Severity.ERROR, message)
                )
        elif data[:4] == _zip.MAGIC:
            data = _unzip(data, limits)
        else:
            return data, issues
    raise LimitError(
        f"archives nested deeper than {limits.nesting} (limit: nesting)"
    )


def _unzip(data: bytes, limits: ReadLimits) -> bytes:
    with unzipping(), open_zip(io.BytesIO(data), limits) as archive:
        infos = archive.infolist()
        members = [info for info in infos if is_activity_name(info.filename)]
        count = len(members)
        if not count:
            raise UnsupportedFormatError("a zip without activity files")
        if count > 1:
            raise UnsupportedFormatError(
                f"a zip with {count} activity files; read it with iter_activities"
            )
        return read_member(archive, members[0], limits.check_size)


def is_activity_name(name: str) -> bool:
    """Whether a file's name says that it is an activity; macOS stubs are not."""
    base = name.rsplit("/", 1)[-1].lower()
    if base.startswith("._") or "__macosx" in name.lower():
        return False
    base = base.removesuffix(".gz")
    own = any(base.endswith(reader.suffixes) for reader in READERS)
    return own or base.endswith(other_suffixes())


def _kind_of_content(data: bytes) -> str:
    """Return in words what a file that is no activity looks like."""
    kinds = (
        (b"\x89PNG", "a PNG picture"),
        (b"\xff\xd8\xff", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"%PDF", "a PDF document"),
        (b"{", "JSON"),
        (b"SQLite format 3", "an SQLite database"),
    )
    start = data[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    for magic, words in kinds:
        if start.startswith(magic):
            return words
    lower = start.lower()
    if b"<html" in lower or lower.startswith(b"<!doctype html"):
        return "an HTML page, perhaps a login or error page saved in place of the file"
    if lower.startswith(b"<"):
        return "other XML"
    return (
        "text"
        if all(byte >= 9 for byte in data[:HEAD])
        else "unknown binary data"
    )
