"""Folders and archives: the sources in them, in a stable order, and the activities of each."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from trailstats.activity import Activity
from trailstats.errors import CorruptFileError, LimitError, ReadError
from trailstats.io.formats import (
    HEAD,
    ReadLimits,
    Source,
    _bytes,
    decode,
    is_activity_name,
    read_member,
    sniff,
)

__all__ = ["Failure", "SourceRef", "iter_activities", "list_sources", "load"]

# Files that stand beside activities in exports and are never one; the rest is judged by its content.
_BESIDE = {
    ".csv", ".json", ".toml", ".txt", ".md", ".html", ".htm", ".jpg", ".jpeg", ".png", ".pdf", ".py", ".parquet",
    ".sqlite", ".db", ".yaml", ".yml", ".mp4", ".mov", ".heic",
}  # fmt: skip


@dataclass(frozen=True)
class SourceRef:
    """A place that holds one file: a path, or a member of a zip. Small and picklable, so that workers can load it."""

    path: str
    member: str = ""

    def __str__(self) -> str:
        return f"{self.path}/{self.member}" if self.member else self.path


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
        return cls(source, getattr(error, "code", "error"), f"{type(error).__name__}: {error}")

    def to_dict(self) -> dict[str, object]:
        """Return the failure as plain values."""
        return {"source": self.source, "code": self.code, "message": self.message, "where": self.where}


def iter_activities(
    source: Source | Iterable[Source], *, limits: ReadLimits | None = None
) -> Iterator[Activity | Failure]:
    """Yield every activity in a folder, an archive or a file, and a `Failure` for each file that can't be read.

    Parameters
    ----------
    source : path, bytes, binary stream, or an iterable of these
        Folders are read recursively in the order of their names; zips are opened.
    limits : ReadLimits, optional

    Yields
    ------
    Activity or Failure
        Nothing is left out: each file gives at least one of the two.

    Raises
    ------
    ReadError
        When a path that was named does not exist.
    """
    limits = limits or ReadLimits()
    single = isinstance(source, str | os.PathLike | bytes) or hasattr(source, "read")
    many = cast("Iterable[Source]", [source] if single else source)
    for one in many:
        if isinstance(one, str | os.PathLike):
            for ref in list_sources(one, limits=limits):
                try:
                    yield from load(ref, limits)
                except ReadError as error:
                    yield Failure.of(str(ref), error)
        else:
            name, data = _bytes(one, limits)
            try:
                yield from decode(data, name, limits=limits)
            except ReadError as error:
                yield Failure.of(name, error)


def list_sources(source: str | os.PathLike[str], *, limits: ReadLimits | None = None) -> list[SourceRef]:
    """Return the files that a path holds, sorted by name: the path itself, a folder's files, a zip's members.

    Files that stand beside activities in exports (tables, pictures, notes) are not sources. A file that was
    named itself always is one, whatever it holds.

    Raises
    ------
    ReadError
        When the path does not exist.
    """
    limits = limits or ReadLimits()
    path = Path(source)
    if path.is_dir():
        refs: list[SourceRef] = []
        for folder, folders, files in os.walk(path, onerror=None):
            folders[:] = sorted(f for f in folders if not f.startswith("."))
            for name in sorted(files):
                refs.extend(_of_file(Path(folder) / name, limits))
        return refs
    if not path.exists():
        raise ReadError("no such file or folder", path=str(source))
    return _of_file(path, limits, named=True)


def _of_file(path: Path, limits: ReadLimits, named: bool = False) -> list[SourceRef]:
    if path.suffix.lower() == ".zip":
        try:
            with zipfile.ZipFile(path) as archive:
                members = [m.filename for m in archive.infolist() if is_activity_name(m.filename)]
        except (zipfile.BadZipFile, OSError, NotImplementedError):
            return [SourceRef(str(path))]  # loading it gives the reason
        if len(members) > limits.members:
            return [SourceRef(str(path))]
        return [SourceRef(str(path), m) for m in sorted(members)] or [SourceRef(str(path))]
    if named or is_activity_name(path.name):
        return [SourceRef(str(path))]
    if path.name.startswith(".") or path.suffix.lower() in _BESIDE:
        return []
    try:
        with path.open("rb") as stream:
            return [SourceRef(str(path))] if sniff(stream.read(HEAD)) else []
    except OSError:
        return [SourceRef(str(path))]


def load(ref: SourceRef, limits: ReadLimits) -> list[Activity]:
    """Return the activities of one source.

    Raises
    ------
    ReadError
        Of any kind, with the source's name.
    """
    try:
        if not ref.member:
            _, data = _bytes(ref.path, limits)
        else:
            try:
                with zipfile.ZipFile(ref.path) as archive:
                    if len(archive.infolist()) > limits.members:
                        raise LimitError(f"more than {limits.members} files in a zip (limit: members)")
                    data = read_member(archive, archive.getinfo(ref.member), limits)
            except (
                zipfile.BadZipFile,
                zlib.error,
                EOFError,
                KeyError,
                NotImplementedError,
                RuntimeError,
                OSError,
            ) as e:
                raise CorruptFileError(f"damaged zip: {e}") from None
        return decode(data, str(ref), limits=limits)
    except ReadError as error:
        raise error.at(str(ref)) from None
