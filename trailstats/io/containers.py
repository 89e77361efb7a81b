"""Folders, archives and remote places: the sources in them, in a stable order, and the activities
of each.
"""

from __future__ import annotations

import io
import os
import posixpath
import stat
import sys
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, cast

from trailstats.boundary import reading, shown
from trailstats.errors import ReadError
from trailstats.io import _gzip, _remote
from trailstats.io._archives import (
    Unpacked,
    activity_names,
    read_kept,
    read_through,
)
from trailstats.io._exports import (
    TABLES,
    ExportEntry,
    entries_of,
    folders_beside,
    key_of,
)
from trailstats.io._remote import open_file
from trailstats.io._zip import MAGIC, open_zip, unzipping
from trailstats.io.formats import (
    HEAD,
    ReadLimits,
    Source,
    bytes_of,
    decode,
    is_activity_name,
    name_of,
    sniff,
)
from trailstats.model.activity import Activity

__all__ = [
    "Failure",
    "SourceRef",
    "activities_in",
    "content_of",
    "iter_activities",
    "list_all",
    "list_sources",
    "load",
    "stamp_of",
]

# Files that stand beside activities in exports and are never one; the rest is judged by its
# content.
_BESIDE = {
    ".csv", ".json", ".toml", ".txt", ".md", ".html", ".htm", ".jpg", ".jpeg", ".png", ".pdf",
    ".py", ".parquet",
    ".sqlite", ".db", ".yaml", ".yml", ".mp4", ".mov", ".heic",
}  # fmt: skip


@dataclass(frozen=True)
class SourceRef:
    """A place that holds one file: a path, or a member of a zip, perhaps of a zip within it.

    Small and picklable, so that workers can load it.
    """

    path: str
    members: tuple[str, ...] = ()
    entry: ExportEntry | None = None

    def __str__(self) -> str:
        return shown("/".join((self.path, *self.members)))


@dataclass(frozen=True)
class Failure:
    """A source that could not be turned into an activity.

    Attributes
    ----------
    source : str
    code : str
        Of the error, such as ``"corrupt"``.
    message : str
    where : str
        Place in the file, where known.

    Examples
    --------
    >>> import trailstats as ts
    >>> found = list(ts.iter_activities("data/samples/odd/web-page.gpx"))
    >>> found[0].code
    'unsupported_format'
    """

    source: str
    code: str
    message: str
    where: str = ""

    @classmethod
    def of(cls, source: str, error: Exception) -> Failure:
        """Make a failure out of an exception."""
        if isinstance(error, ReadError):
            return cls(source, error.code, error.message, error.where())
        return cls(
            source,
            getattr(error, "code", "error"),
            f"{type(error).__name__}: {error}",
        )

    def to_dict(self) -> dict[str, object]:
        """Return the failure as plain values."""
        return asdict(self)


def iter_activities(
    source: Source | Iterable[Source], *, limits: ReadLimits | None = None
) -> Iterator[Activity | Failure]:
    """Yield every activity in a folder, an archive or a file, and a `Failure` for each file that
    can't be read.

    Parameters
    ----------
    source : path, remote address, bytes, binary stream, or an iterable of these
        Folders are read recursively in the order of their names; zips are opened, also within zips.
        Addresses such as ``s3://bucket/runs`` need the package fsspec. Where the table of a Strava
        or Runkeeper export, Runtastic's sessions, Apple Health's list of workouts or running_page's
        database lie beside the files, sports, names, notes, gear and exertion are taken from there.
    limits : ReadLimits, optional

    Yields
    ------
    Activity or Failure
        Nothing is left out: each file gives at least one of the two.

    Raises
    ------
    ReadError
        When the path that was named does not exist; of several, one that does not is a `Failure`.
    MissingExtraError
        For a remote address without fsspec.

    Examples
    --------
    >>> import trailstats as ts
    >>> found = list(ts.iter_activities("data/samples/odd"))
    >>> any(isinstance(item, ts.Failure) for item in found)
    True
    >>> any(isinstance(item, ts.Activity) for item in found)
    True
    """
    limits = limits or ReadLimits()
    single = isinstance(
        source, str | os.PathLike | bytes | bytearray | memoryview
    ) or hasattr(source, "read")
    many = cast("Iterable[Source]", [source] if single else source)
    for one in many:
        if not isinstance(one, str | os.PathLike):
            yield from _activities_in_bytes(one, limits)
            continue
        try:
            refs = list_sources(one, limits=limits)
        except ReadError as error:
            if single:
                raise
            yield Failure.of(shown(one), error)
            continue
        for ref in refs:
            try:
                yield from load(ref, limits)
            except ReadError as error:
                yield Failure.of(str(ref), error)


def _activities_in_bytes(
    source: Source, limits: ReadLimits
) -> Iterator[Activity | Failure]:
    """Yield the activities of a file's content; a zip's members one by one."""
    name = name_of(source)
    with reading(name):
        data = bytes_of(source, limits)
    refs = [SourceRef(name)]
    archive = None
    if data[:4] == MAGIC:
        try:
            with unzipping():
                archive = open_zip(io.BytesIO(data), limits)
                refs = _zip_members(archive, name, limits) or refs
        except ReadError:
            archive = None  # decoding it gives the reason
    for ref in refs:
        try:
            with reading(str(ref)):
                content = data
                if archive is not None and ref.members:
                    content = read_through(archive, ref.members, limits)
            yield from activities_in(content, ref, limits)
        except ReadError as error:
            yield Failure.of(str(ref), error)


def list_sources(
    source: str | os.PathLike[str], *, limits: ReadLimits | None = None
) -> list[SourceRef]:
    """Return the files that a place holds, sorted by name: the file itself, a folder's files, a
    zip's members.

    Files that stand beside activities in exports (tables, pictures, notes) are not sources. A file
    that was named itself always is one, whatever it holds.

    Raises
    ------
    ReadError
        When the place does not exist.
    MissingExtraError
        For a remote address without fsspec.
    """
    with reading(shown(source)):
        return _listed(source, limits or ReadLimits())


def _listed(
    source: str | os.PathLike[str], limits: ReadLimits
) -> list[SourceRef]:
    refs: list[SourceRef] = []
    if _remote.is_remote(source):
        for name, named in _remote.files(str(source)):
            refs += _refs_of_file(name, limits, named=named)
        return _with_entries(refs)
    path = Path(source)
    if path.is_dir():

        def refused(error: OSError) -> None:
            refs.append(SourceRef(str(error.filename)))  # loading it says why

        for folder, folders, files in os.walk(path, onerror=refused):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in sorted(files):
                file = Path(folder) / name
                # A pipe or device might never end; loading one says so.
                if not _is_pipe(file):
                    refs += _refs_of_file(str(file), limits)
                elif is_activity_name(name):
                    refs.append(SourceRef(str(file)))
        return _with_entries(refs)
    if not path.exists():
        raise ReadError("no such file or folder")
    return _refs_of_file(str(path), limits, named=True)


def _is_pipe(path: Path) -> bool:
    """Whether something stands there that is neither a file nor missing."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def list_all(
    places: Iterable[str | os.PathLike[str]], *, limits: ReadLimits | None = None
) -> list[SourceRef]:
    """Return the files that several places hold, each once; a place that is not there fails when it
    is loaded.

    Raises
    ------
    ReadError
        When none of the places exists.
    MissingExtraError
        For a remote address without fsspec.
    """
    found: dict[SourceRef, None] = {}
    missing: list[ReadError] = []
    places = list(places)
    for place in places:
        try:
            found |= dict.fromkeys(list_sources(place, limits=limits))
        except ReadError as error:
            missing.append(error)
            found[SourceRef(str(place))] = None
    if missing and len(missing) == len(places):
        raise missing[0]
    return list(found)


def _refs_of_file(
    path: str, limits: ReadLimits, named: bool = False
) -> list[SourceRef]:
    base = posixpath.basename(_with_slashes(path))
    suffix = posixpath.splitext(base)[1].lower()
    if suffix == ".zip" and not base.startswith("._"):
        try:
            with (
                unzipping(),
                open_file(path) as stream,
                open_zip(stream, limits) as archive,
            ):
                return _zip_members(archive, path, limits) or [SourceRef(path)]
        except ReadError:
            return [SourceRef(path)]  # loading it gives the reason
    if named or is_activity_name(base):
        return [SourceRef(path)]
    if base.startswith(".") or suffix in _BESIDE:
        return []
    try:
        with open_file(path) as stream:
            known = sniff(_decompressed_head(stream.read(HEAD)))
    except OSError:
        return [SourceRef(path)]
    return [SourceRef(path)] if known else []


def _decompressed_head(head: bytes) -> bytes:
    """Return the first bytes of a file, decompressed."""
    if head[:2] != _gzip.MAGIC:
        return head
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD)
    except zlib.error:
        return b""


def _zip_members(
    archive: zipfile.ZipFile, path: str, limits: ReadLimits
) -> list[SourceRef]:
    """Return the activity files in a zip and in the zips within it, sorted by name, with what a
    table says of them.

    Raises
    ------
    LimitError
        When there are more than ``limits.members`` files, or the first zip within is over a limit.
    """
    names = activity_names(archive, Unpacked(limits), limits.nesting)
    infos = {info.filename: info for info in archive.infolist()}
    beside: dict[str, list[str]] = {}
    for file in infos:
        folder, base = posixpath.split(file)
        beside.setdefault(folder, []).append(base)

    @contextmanager
    def opened(name: str) -> Iterator[IO[bytes]]:
        info = infos[name]
        with unzipping(), archive.open(info) as stream:
            replace(limits, bytes=sys.maxsize).check_size(
                info.file_size, info.compress_size
            )
            yield stream

    entries = entries_of(["/".join(n) for n in names], beside, opened)
    return [
        SourceRef(path, members, entries.get(key_of("/".join(members))))
        for members in sorted(names)
    ]


def _with_entries(refs: list[SourceRef]) -> list[SourceRef]:
    """Return the sources of a folder with what the tables of exports in it say of them."""
    paths = [_with_slashes(ref.path) for ref in refs if not ref.members]
    beside = {folder: _names_in(folder) for folder in folders_beside(paths)}

    @contextmanager
    def opened(name: str) -> Iterator[IO[bytes]]:
        with reading(name), open_file(name) as stream:
            yield stream

    entries = entries_of(paths, beside, opened)
    return [
        ref
        if ref.entry
        else replace(ref, entry=entries.get(key_of(_with_slashes(ref.path))))
        for ref in refs
    ]


def _names_in(folder: str) -> Collection[str]:
    """Return the files of a folder; of a remote one those that may be there."""
    if _remote.is_remote(folder):
        return TABLES
    try:
        with os.scandir(folder or ".") as found:
            return {entry.name for entry in found if entry.is_file()}
    except (OSError, ValueError):
        return ()


def _with_slashes(path: str) -> str:
    return path.replace(os.sep, "/")


def load(ref: SourceRef, limits: ReadLimits) -> list[Activity]:
    """Return the activities of one source.

    Raises
    ------
    ReadError
        Of any kind, with the source's name.
    """
    return activities_in(content_of(ref, limits), ref, limits)


def content_of(ref: SourceRef, limits: ReadLimits) -> bytes:
    """Return the bytes of one source, as they lie there.

    Raises
    ------
    ReadError
        Of any kind, with the source's name.
    """
    with reading(str(ref)):
        if ref.members:
            return read_kept(ref.path, ref.members, limits)
        return bytes_of(ref.path, limits)


def activities_in(
    data: bytes, ref: SourceRef, limits: ReadLimits
) -> list[Activity]:
    """Return the activities in the bytes of one source.

    Raises
    ------
    ReadError
        Of any kind, with the source's name.
    """
    with reading(str(ref)):
        activities = decode(data, str(ref), limits=limits)
        if ref.entry is None:
            return activities
        return [ref.entry.added_to(activity) for activity in activities]


def stamp_of(ref: SourceRef) -> str:
    """Return what changes with the file that a source lies in, without reading it; empty where
    nothing does.

    Size, time of change, and the number that the file system knows the file by; for remote places
    what their file system says, where that holds a time or a version.
    """
    if _remote.is_remote(ref.path):
        return _remote.stamp(ref.path)
    try:
        found = Path(ref.path).stat()
    except (OSError, ValueError):
        return ""
    return (
        f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
    )
